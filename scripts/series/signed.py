"""Signed ties among the states of the region's actors: alliances (+1) and armed disputes (-1), as spells.

Both registers are directed. A pair counts as allied in a year if either side owes the other defence, offence,
neutrality or consultation; a pact of non-aggression alone is no alliance, for the all-European one joins
nearly everybody here. It counts as in dispute if either side has one against the other that began or went on
in that year. Disputes are known to 2010: every pair has a row without a sign from 2011 to the end of the
alliances, so that silence is not read as peace.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

from observations.common import Raw, runs

__all__ = ["tables"]

FIRST, PACTS_LAST, DISPUTES_LAST = 1992, 2018, 2010
PACTS, DISPUTES = "atop-2018", "gml-mid-2"
OBLIGATIONS = ("atop_defense", "atop_offense", "atop_neutral", "atop_consul")
ACTORS = Path(__file__).resolve().parents[2] / "src" / "heartland" / "regions" / "central-asia" / "actors.csv"
Pairs = dict[tuple[str, str], set[int]]


def tables(shared: Path) -> dict[str, list[dict[str, str]]]:
    """Table `signed`."""
    raw = Raw(shared / "data")
    states = _states()
    rows = _spells(_allied(raw, states), "1", PACTS, "")
    rows += _spells(_disputing(raw, states), "-1", DISPUTES, "")
    rows += [
        _row(a, b, "", DISPUTES_LAST + 1, PACTS_LAST, DISPUTES, "disputes are not known after 2010")
        for a, b in combinations(sorted(states), 2)
    ]
    return {"signed": rows}


def _states() -> set[str]:
    """Actors of the region that are states today."""
    with ACTORS.open(encoding="utf-8", newline="") as file:
        return {
            row["actor_id"] for row in csv.DictReader(file)
            if row["kind"] == "state" and row["actor_id"] == row["iso3"] and not row["to"]
        }


def _allied(raw: Raw, states: set[str]) -> Pairs:
    table = raw.table("peace/atop_alliances_directed_1990_2018.csv.gz")
    table = table[(table.year >= FIRST) & (table[list(OBLIGATIONS)].max(axis=1) == 1)]
    return _pairs(zip(table.giver_iso3, table.receiver_iso3, table.year, strict=True), states)


def _disputing(raw: Raw, states: set[str]) -> Pairs:
    table = raw.table("peace/mid_directed_dyad_years_1946_2010.csv")
    table = table[(table.year >= FIRST) & ((table.midongoing == 1) | (table.midonset == 1))]
    return _pairs(zip(table.a_iso3, table.b_iso3, table.year, strict=True), states)


def _pairs(directed: Iterable[tuple[object, ...]], states: set[str]) -> Pairs:
    """Years by pair, the first id in the alphabet first, whichever direction the register gives."""
    found: Pairs = {}
    for one, other, year in directed:
        a, b = sorted((str(one), str(other)))
        if a != b and {a, b} <= states:
            found.setdefault((a, b), set()).add(int(str(year)))
    return found


def _spells(pairs: Pairs, sign: str, source: str, note: str) -> list[dict[str, str]]:
    return [
        _row(a, b, sign, first, last, source, note)
        for (a, b), years in sorted(pairs.items())
        for first, last, _ in runs([(year, 1.0) for year in sorted(years)])
    ]


def _row(a: str, b: str, sign: str, first: int, last: int, source: str, note: str) -> dict[str, str]:
    period = f"{first}/{last}" if last > first else str(first)
    return {"a": a, "b": b, "sign": sign, "period": period, "source_id": source, "note": note}
