"""Directed goods flows of the receivers with every modelled actor and with the world, one row per source.

Every source keeps its own row. Errors are those of the grade of the source (`grading.yaml`); the distance
between two sources of one flow is usually far greater, which is why both stay.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from observations.common import POWER_STATES, RECEIVERS, Raw, eu_members
from series._common import UNION, digits

__all__ = ["tables"]

FIRST = 1992
REGION = Path(__file__).resolve().parents[2] / "src" / "heartland" / "regions" / "central-asia"
PARTNERS = (*RECEIVERS, *POWER_STATES, UNION, "ARM", "BLR")
POWERS = (*POWER_STATES, UNION)
# Standard error on the log scale by reliability of the source: the assumption of grading.yaml.
ERRORS = {"A": 0.02, "B": 0.05, "C": 0.10, "D": 0.50, "E": 0.50, "F": 0.25}
ARTEFACT = {("KAZ", "RUS", 2010), ("RUS", "KAZ", 2010), ("KAZ", "RUS", 2011), ("RUS", "KAZ", 2011)}
Flow = tuple[str, str, int]


def tables(shared: Path) -> dict[str, list[dict[str, str]]]:
    """Table `flows`."""
    raw = Raw(shared / "data")
    grades = _grades()
    rows: list[dict[str, str]] = []
    for source, values in _sources(raw):
        error = ERRORS[grades.get(source, "F")]
        rows += [_row(key, value, error, source) for key, value in values.items()]
    order = ("from", "to", "period", "source_id")
    return {"flows": sorted(rows, key=lambda row: tuple(row[c] for c in order))}


def _grades() -> dict[str, str]:
    with (REGION / "sources.csv").open(encoding="utf-8", newline="") as file:
        return {row["source_id"]: row["reliability"] or "F" for row in csv.DictReader(file)}


def _row(key: Flow, value: float, error: float, source: str) -> dict[str, str]:
    start, end, year = key
    factor = math.exp(1.645 * error)
    bounds = (digits(value / factor, 4), digits(value * factor, 4)) if value > 0 else ("", "")
    return {
        "from": start, "to": end, "flow": "goods", "period": str(year), "value": digits(value, 5),
        "low": bounds[0], "high": bounds[1], "unit": "usd", "definition": "goods-flow", "source_id": source,
    }


def _sources(raw: Raw) -> Iterable[tuple[str, Mapping[Flow, float]]]:
    cow = raw.table("cow_trade/cow_trade_directed_1992_2014.csv.gz")
    found = _directed(cow, "trade_usd_million", 1e6)
    sound = {key: x for key, x in found.items() if key not in ARTEFACT and not _assumed(found, key)}
    yield "cow-trade-4", sound
    matrix = raw.table("unctad_trade/unctad_trade_matrix.csv.gz")
    yield "unctad-matrix", _directed(matrix, "trade_usd_thousand", 1e3)
    for state, source in (("KAZ", "kaz-bns"), ("KGZ", "kgz-nsc"), ("UZB", "uzb-stat")):
        yield source, _national(raw, state)


def _directed(table: pd.DataFrame, column: str, factor: float) -> dict[Flow, float]:
    """Flows among the partners and their totals from a panel of directed flows; a missing pair stays out."""
    table = table[(table.year >= FIRST) & (table.exporter_iso3 != table.importer_iso3)]
    table = table.dropna(subset=[column])
    found: dict[Flow, float] = {}
    for year, rows in table.groupby("year"):
        union = eu_members(max(int(year), 1995))
        rows = rows.assign(
            start=rows.exporter_iso3.where(~rows.exporter_iso3.isin(union), UNION),
            end=rows.importer_iso3.where(~rows.importer_iso3.isin(union), UNION),
        )
        rows = rows[rows.start != rows.end]
        pairs = rows.groupby(["start", "end"])[column].sum(min_count=1) * factor
        for (start, end), value in pairs.items():
            if start in PARTNERS and end in PARTNERS and (start in RECEIVERS or end in RECEIVERS):
                found[start, end, int(year)] = float(value)
        for actor in (*RECEIVERS, *POWERS):
            for own, key in (("end", ("", actor)), ("start", (actor, ""))):
                whole = float(rows[rows[own] == actor][column].sum()) * factor
                if whole > 0:
                    found[(*key, int(year))] = whole
    return found


def _assumed(values: Mapping[Flow, float], key: Flow) -> bool:
    """A zero within three years of trade on the same way: put in by the panel, not reported."""
    near = [values.get((key[0], key[1], key[2] + step), 0.0) for step in (-3, -2, -1, 1, 2, 3)]
    return values[key] == 0 and any(x > 0 for x in near)


def _national(raw: Raw, state: str) -> dict[Flow, float]:
    """Flows of one state by its own customs table, newest vintage of each year; an empty cell is unknown."""
    table = raw.table(f"national_trade/{state}.csv")
    found: dict[Flow, float] = {}
    for year, every in table[table.year >= FIRST].groupby("year"):
        rows = every[every.vintage_year == every.vintage_year.max()]
        stated = rows[rows.partner_kind == "total"]
        body = stated if len(stated) else rows[rows.partner_kind.isin(["state", "undistributed"])]
        states = rows[rows.partner_kind == "state"].set_index("partner_iso3")
        for column, outward in (("export_usd_thousand", True), ("import_usd_thousand", False)):
            values = states[column].dropna().groupby(level=0).sum() * 1e3
            union = [values[m] for m in eu_members(max(int(year), 1995)) if m in values.index]
            amounts = {partner: float(values[partner]) for partner in PARTNERS if partner in values.index}
            amounts |= {UNION: math.fsum(union)} if union else {}
            whole = float(body[column].sum()) * 1e3
            amounts |= {"": whole} if whole > 0 else {}
            for partner, value in amounts.items():
                pair = (state, partner) if outward else (partner, state)
                found[(*pair, int(year))] = value
    return found
