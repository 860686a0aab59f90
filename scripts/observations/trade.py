"""Goods trade of the receivers: turnover with each power and in total, one row per source.

Turnover is exports plus imports in current usd. Every source keeps its own row; all carry one definition, so
that clashing sources meet in pooling and the spread is seen.
"""

from __future__ import annotations

import math

import pandas as pd

from observations.common import FIRST, POWER_STATES, RECEIVERS, Book, Raw, eu_members

__all__ = ["add_trade"]

DEFINITION = "goods-turnover"
ARTEFACT = "reporting artefact at the start of the customs union, as flagged by the data sheet"
WEAK = "the panel misses most flows of this state"
WEAK_YEAR = "the panel of 1996 misses the largest partner"
ASSUMED_ZERO = "both directions 0 between years of trade: an assumed zero, not a reported one"


def _tie(
    book: Book,
    key: str,
    giver: str,
    receiver: str,
    year: int,
    value: float,
    source: str,
    *,
    deprecated: str = "",
    published: str = "",
    note: str = "",
) -> None:
    book.add(
        key,
        giver,
        receiver,
        year,
        value,
        channel="trade",
        unit="usd",
        definition=DEFINITION,
        transform="log",
        source=source,
        deprecated=deprecated,
        credibility=5 if deprecated else 6,
        published=published,
        note=note,
    )


def _total(
    book: Book,
    key: str,
    receiver: str,
    year: int,
    value: float,
    source: str,
    *,
    deprecated: str = "",
    published: str = "",
    note: str = "",
) -> None:
    book.add(
        f"{key}-TOTAL",
        receiver,
        "",
        year,
        value,
        indicator="trade-total",
        unit="usd",
        definition=DEFINITION,
        transform="log",
        source=source,
        deprecated=deprecated,
        credibility=5 if deprecated else 6,
        published=published,
        note=note,
    )


def _legs(exports: pd.Series, imports: pd.Series, partner: str) -> tuple[float, str]:
    """Turnover with one partner and a note on a missing or zero direction; NaN if both are missing."""
    out, into = exports.get(partner, math.nan), imports.get(partner, math.nan)
    known = [leg for leg in (out, into) if pd.notna(leg)]
    if not known:
        return math.nan, ""
    if len(known) == 1:
        return float(known[0]), f"{'imports' if pd.isna(out) else 'exports'} only"
    if (out == 0) != (into == 0):
        return float(out + into), f"{'exports' if out == 0 else 'imports'} stated as 0"
    return float(out + into), ""


def _union(exports: pd.Series, imports: pd.Series, year: int) -> tuple[float, str]:
    """Turnover with the union's members of the day; the note says how many were found."""
    members = eu_members(year)
    values = [value for value, _ in (_legs(exports, imports, m) for m in members) if math.isfinite(value)]
    return (math.fsum(values) if values else math.nan), f"{len(values)} of {len(members)} members of the day"


def _assumed_zero(values: dict[int, float], year: int) -> bool:
    near = [v for y, v in values.items() if 0 < abs(y - year) <= 3]
    return values[year] == 0 and any(v > 0 for v in near)


def _directed(
    book: Book,
    table: pd.DataFrame,
    column: str,
    years: list[int],
    source: str,
    key: str,
    factor: float,
) -> None:
    """Rows from a table of directed flows (exporter_iso3, importer_iso3, year, value column)."""
    for receiver in RECEIVERS:
        out = table[table.exporter_iso3 == receiver]
        into = table[table.importer_iso3 == receiver]
        found: dict[str, dict[int, tuple[float, str]]] = {}
        for year in years:
            exports = out[out.year == year].groupby("importer_iso3")[column].sum(min_count=1) * factor
            imports = into[into.year == year].groupby("exporter_iso3")[column].sum(min_count=1) * factor
            for giver in POWER_STATES:
                found.setdefault(giver, {})[year] = _legs(exports, imports, giver)
            found.setdefault("eu", {})[year] = _union(exports, imports, year)
            whole = exports.sum() + imports.sum()
            _total(
                book,
                key,
                receiver,
                year,
                whole if whole > 0 else math.nan,
                source,
                deprecated=_doubt(source, "", receiver, year),
                note="sum of the partners listed",
            )
        for giver, series in found.items():
            values = {year: value for year, (value, _) in series.items() if math.isfinite(value)}
            for year, (value, note) in series.items():
                doubt = _doubt(source, giver, receiver, year)
                if not doubt and year in values and _assumed_zero(values, year):
                    doubt = ASSUMED_ZERO
                _tie(book, key, giver, receiver, year, value, source, deprecated=doubt, note=note)


def _doubt(source: str, giver: str, receiver: str, year: int) -> str:
    """Reason to keep a number out of pooling; empty if there is none."""
    if source == "penppml-2021":
        if receiver in ("TJK", "TKM", "UZB"):
            return WEAK
        return WEAK_YEAR if year == 1996 else ""
    if (source, giver, receiver) == ("cow-trade-4", "RUS", "KAZ") and year in (2010, 2011):
        return ARTEFACT
    return ""


def _national(book: Book, raw: Raw, receiver: str, source: str, key: str, *, printed_union: bool) -> None:
    """Rows from a receiver's own customs table; each vintage of a revised year is kept."""
    table = raw.table(f"national_trade/{receiver}.csv")
    table = table[table.year >= FIRST]
    revised = table.groupby("year").vintage_year.nunique().max() > 1
    for (year, vintage), rows in table.groupby(["year", "vintage_year"]):
        published = str(vintage) if revised else ""
        states = rows[rows.partner_kind == "state"].set_index("partner_iso3")
        exports, imports = states.export_usd_thousand * 1e3, states.import_usd_thousand * 1e3
        stated = rows[rows.partner_kind == "total"]
        body = stated if len(stated) else rows[rows.partner_kind.isin(["state", "undistributed"])]
        whole = (body.export_usd_thousand.sum() + body.import_usd_thousand.sum()) * 1e3
        _total(
            book,
            key,
            receiver,
            year,
            whole,
            source,
            published=published,
            note="" if len(stated) else "sum of partner rows with the undistributed row",
        )
        for giver in POWER_STATES:
            value, note = _legs(exports, imports, giver)
            _tie(book, key, giver, receiver, year, value, source, published=published, note=note)
        if printed_union:
            row = rows[(rows.partner_name == "The EU") & (rows.partner_kind == "group")]
            value, note = (
                (
                    row[["export_usd_thousand", "import_usd_thousand"]].sum().sum() * 1e3,
                    "printed row of the union",
                )
                if len(row)
                else (math.nan, "")
            )
        else:
            value, note = _union(exports, imports, year)
        _tie(book, key, "eu", receiver, year, value, source, published=published, note=note)


def add_trade(book: Book, raw: Raw) -> None:
    """Book trade ties and totals from six sources."""
    _directed(
        book,
        raw.table("cow_trade/cow_trade_directed_1992_2014.csv.gz"),
        "trade_usd_million",
        list(range(FIRST, 2015)),
        "cow-trade-4",
        "TRD-COW",
        1e6,
    )
    _directed(
        book,
        raw.table("unctad_trade/unctad_trade_matrix.csv.gz"),
        "trade_usd_thousand",
        [1995, 2005, 2015],
        "unctad-matrix",
        "TRD-UNC",
        1e3,
    )
    _directed(
        book,
        raw.table("penppml_trade/trade_every_4th_year_1992_2016.csv.gz"),
        "trade_usd",
        list(range(1996, 2017, 4)),
        "penppml-2021",
        "TRD-PPM",
        1.0,
    )
    _national(book, raw, "KAZ", "kaz-bns", "TRD-NAT", printed_union=False)
    _national(book, raw, "KGZ", "kgz-nsc", "TRD-NAT", printed_union=True)
    _national(book, raw, "UZB", "uzb-stat", "TRD-NAT", printed_union=False)
