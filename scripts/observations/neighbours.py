"""States next door: one whose choice of arms supplier is modelled, and one whose war reaches over.

They are neither receivers nor principal powers, so they take no part in the reference of scores.
"""

from __future__ import annotations

from observations.common import FIRST, Book, Raw
from observations.economy import MACRO
from observations.security import add_arms

__all__ = ["ARMED", "add_neighbours"]

ARMED, AT_WAR = "PAK", "AFG"
SUPPLIERS = ("RUS", "CHN", "USA", "TUR")
SINCE, ARMS_SINCE, WAR_LAST = 2005, 2012, 2024
INSIDE = ("intrastate", "II")  # II: with troops of other states on a side
LAYERS = 2  # levels of intensity: 1 is 25 to 999 deaths in battle in a year, 2 is 1,000 and more


def add_neighbours(book: Book, raw: Raw) -> None:
    """Book arms, output and votes of the one, and the intensity of the other's war."""
    add_arms(book, raw, (ARMED,), ARMS_SINCE, SUPPLIERS)
    _output(book, raw)
    _ideal(book, raw)
    _war(book, raw)


def _output(book: Book, raw: Raw) -> None:
    table = raw.table(MACRO)
    rows = table[(table.iso3 == ARMED) & (table.year >= SINCE)].dropna(subset=["gdp_constant_usd"])
    for year, value in zip(rows.year, rows.gdp_constant_usd, strict=True):
        book.add(
            "GDP", ARMED, "", int(year), float(value), indicator="gdp", unit="usd2015",
            definition="constant-prices", transform="log", source="gapminder-sg",
        )  # fmt: skip


def _ideal(book: Book, raw: Raw) -> None:
    table = raw.table("un_ideal_points/ideal_points_all_1946_2019.csv.gz")
    for row in table[(table.iso3 == ARMED) & (table.year >= SINCE)].itertuples():
        book.add(
            "IDEAL", ARMED, "", int(row.year), row.ideal_point, low=row.q5, high=row.q95,
            indicator="ideal-point", unit="index", definition="posterior-mean-2020", transform="identity",
            source="bsv-2020",
        )  # fmt: skip


def _war(book: Book, raw: Raw) -> None:
    """Highest intensity in a year of a conflict fought inside the state, as a part of the highest level."""
    table = raw.table("peace/ucdp_armed_conflict_1946_2024.csv")
    inside = table[(table.iso3_a == AT_WAR) & table.type_of_conflict.isin(INSIDE)]
    levels = inside[inside.year.between(FIRST, WAR_LAST)].groupby("year").intensity_level.max()
    for year, level in levels.items():
        book.add(
            "WAR", AT_WAR, "", int(year), level / LAYERS, indicator="conflict-intensity", unit="index",
            definition="ucdp-intensity", transform="identity", source="ucdp-acd-2025",
        )  # fmt: skip
