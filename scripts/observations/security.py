"""Arms, exercises, treaty commitments and presence."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from observations.common import FIRST, POWER_STATES, POWERS, RECEIVERS, Book, Raw, eu_members, runs

__all__ = ["add_arms", "add_security"]

ARMS_LAST, EXERCISES_LAST, PACTS_LAST = 2024, 2010, 2018
REGISTER = Path(__file__).with_name("presence_register.csv")


def _giver_rows(table: pd.DataFrame, column: str, giver: str, year: int) -> pd.DataFrame:
    states = eu_members(year) if giver == "eu" else (giver,)
    return table[table[column].isin(states)]


def add_arms(
    book: Book, raw: Raw, receivers: Sequence[str] = RECEIVERS, first: int = FIRST,
    givers: Sequence[str] = POWERS,
) -> None:
    """Delivered military value; a pair the register does not list is a zero by `silence.csv`, not a row."""
    table = raw.table("sipri_arms/deliveries_1995_2025.csv.gz")
    for receiver in receivers:
        mine = table[table.recipient_iso3 == receiver]
        for year in range(first, ARMS_LAST + 1):
            got = mine[mine.delivery_year == year]
            book.add(
                "ARM-TOTAL",
                receiver,
                "",
                year,
                got.tiv_delivered_million.sum(),
                indicator="arms-total",
                unit="tiv",
                definition="delivered-tiv",
                transform="log",
                source="sipri-at-2026",
            )
            for giver in givers:
                rows = _giver_rows(got, "supplier_iso3", giver, year)
                if len(rows):
                    book.add(
                        "ARM-SIPRI",
                        giver,
                        receiver,
                        year,
                        rows.tiv_delivered_million.sum(),
                        channel="arms",
                        unit="tiv",
                        definition="delivered-tiv",
                        transform="log",
                        source="sipri-at-2026",
                        note="1 delivery" if len(rows) == 1 else f"{len(rows)} deliveries",
                    )


def _exercises(book: Book, raw: Raw) -> None:
    """Multinational exercises that both took part in, by year of start."""
    table = raw.table("troops_exercises/exercise_participants_1980_2010.csv")
    starts = raw.table("troops_exercises/exercises_1980_2010.csv").set_index("exercise_id").year
    table = table.assign(year=table.exercise_id.map(starts))
    for year in range(FIRST, EXERCISES_LAST + 1):
        now = table[table.year == year]
        for receiver in RECEIVERS:
            mine = set(now[now.iso3 == receiver].exercise_id)
            book.add(
                "EXE-TOTAL",
                receiver,
                "",
                year,
                len(mine),
                indicator="exercises-total",
                unit="count",
                definition="multinational-exercises",
                transform="log",
                source="mme-7",
            )
            for giver in POWERS:
                shared = mine & set(_giver_rows(now, "iso3", giver, year).exercise_id)
                if shared:
                    book.add(
                        "EXE-MME",
                        giver,
                        receiver,
                        year,
                        len(shared),
                        channel="exercises",
                        unit="count",
                        definition="multinational-exercises",
                        transform="log",
                        source="mme-7",
                    )


def _level(row: pd.Series) -> int:
    if row.atop_defense or row.atop_offense:
        return 3
    if row.atop_neutral or row.atop_consul:
        return 2
    return 1 if row.atop_nonagg else 0


def _commitment(book: Book, raw: Raw) -> None:
    """Strongest obligation the giver owes the receiver, as spells; a pair without a pact is a stated 0."""
    table = raw.table("peace/atop_alliances_directed_1990_2018.csv.gz")
    table = table[table.receiver_iso3.isin(RECEIVERS) & (table.year >= FIRST)]
    levels: dict[tuple[str, str, int], int] = {}
    for _, row in table.iterrows():
        giver, year = row.giver_iso3, int(row.year)
        for name in (giver, "eu" if giver in eu_members(year) else ""):
            if name:
                cell = (name, row.receiver_iso3, year)
                levels[cell] = max(levels.get(cell, 0), _level(row))
    for giver in POWERS:
        for receiver in RECEIVERS:
            series = [(y, levels.get((giver, receiver, y), 0)) for y in range(FIRST, PACTS_LAST + 1)]
            for first, last, level in runs(series):
                note = "strongest obligation of any member of the day" if giver == "eu" else ""
                if (giver, receiver) == ("RUS", "UZB"):
                    note = "defence pact kept after the exit of 2012 by the source; check against the ledger"
                book.add(
                    "PACT-ATOP",
                    giver,
                    receiver,
                    f"{first}/{last}",
                    level,
                    channel="commitment",
                    unit="level",
                    definition="strongest-obligation",
                    transform="identity",
                    source="atop-2018",
                    note=note if level else "no pact listed in a register of all pacts",
                )


def _presence(book: Book) -> None:
    """The hand register of presence levels."""
    with REGISTER.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["giver"] not in POWERS or row["receiver"] not in RECEIVERS:
                raise ValueError(
                    f"presence register: {row['giver']} -> {row['receiver']} is not a modelled pair"
                )
            book.add(
                "PRES",
                row["giver"],
                row["receiver"],
                row["period"],
                float(row["level"]),
                channel="presence",
                unit="level",
                definition="hand-coded-level",
                transform="identity",
                source=row["source_id"],
                low=float(row["low"]),
                high=float(row["high"]),
                facts=row["fact_ids"],
                status="assumption",
                note=row["note"],
            )


def add_security(book: Book, raw: Raw) -> None:
    """Book arms, exercises, commitments and presence."""
    if set(POWER_STATES) - set(POWERS):
        raise ValueError("every power state must be a power")
    add_arms(book, raw)
    _exercises(book, raw)
    _commitment(book, raw)
    _presence(book)
