"""Indicators of single actors: output, prices, debt, people, rents, arms spending, regime, protest."""

from __future__ import annotations

import math
from typing import NamedTuple

from observations.common import FIRST, POWER_STATES, RECEIVERS, Book, Raw, eu_members
from observations.finance import deflator, gdp_current

__all__ = ["add_economy"]

REGION_AND_POWERS = (*RECEIVERS, *POWER_STATES)
ACTORS = (*REGION_AND_POWERS, "ARM", "BLR")
Z90 = 1.645
UNION_OF = 2020  # the union's own indicators use one fixed composition, so that accession is not growth
MACRO = "macro/macro_1990_2024.csv.gz"
WDI = "macro/wdi_growth_inflation_1990_2023.csv"
NOMINAL = "macro/gdp_current_usd.csv"
RENTS = "macro/resource_rents_1994_2023.csv"
POWER_INDEX = "peace/nmc_cinc_1816_2022.csv.gz"


class Series(NamedTuple):
    """A column of a raw table that is an indicator as it stands, times a factor."""

    key: str
    table: str
    column: str
    actors: tuple[str, ...]
    indicator: str
    unit: str
    definition: str
    transform: str
    source: str
    factor: float = 1.0


SERIES = (
    Series(
        "GDP", MACRO, "gdp_constant_usd", ACTORS, "gdp", "usd2015", "constant-prices", "log", "gapminder-sg"
    ),
    Series(
        "GDPC",
        NOMINAL,
        "gdp_current_usd",
        ACTORS,
        "gdp-current",
        "usd",
        "current-prices",
        "log",
        "wdi-gdp-current",
    ),
    Series(
        "GROW",
        WDI,
        "gdp_growth_pct",
        ACTORS,
        "growth",
        "share",
        "real-gdp-growth",
        "identity",
        "wdi-2025",
        0.01,
    ),
    Series(
        "CPI",
        WDI,
        "cpi_inflation_pct",
        REGION_AND_POWERS,
        "inflation",
        "share",
        "consumer-prices",
        "identity",
        "wdi-2025",
        0.01,
    ),
    Series(
        "DEFL",
        MACRO,
        "inflation_gdp_deflator_pct",
        RECEIVERS,
        "deflator-inflation",
        "share",
        "gdp-deflator",
        "identity",
        "gapminder-sg",
        0.01,
    ),
    Series(
        "XDEBT",
        MACRO,
        "external_debt_current_usd",
        RECEIVERS,
        "external-debt",
        "usd",
        "external-debt-stock",
        "log",
        "gapminder-sg",
    ),
    Series(
        "FDI",
        MACRO,
        "fdi_net_inflow_pct_gdp",
        RECEIVERS,
        "fdi-inflow",
        "share",
        "net-inflow-to-gdp",
        "identity",
        "gapminder-sg",
        0.01,
    ),
    Series(
        "MILEX",
        MACRO,
        "milex_pct_gdp",
        REGION_AND_POWERS,
        "military-spending",
        "share",
        "share-of-gdp",
        "logit",
        "gapminder-sg",
        0.01,
    ),
    Series(
        "RENT-OIL",
        RENTS,
        "oil_rents_pct_gdp",
        REGION_AND_POWERS,
        "oil-rents",
        "share",
        "share-of-gdp",
        "logit",
        "wb-rents",
        0.01,
    ),
    Series(
        "RENT-GAS",
        RENTS,
        "gas_rents_pct_gdp",
        REGION_AND_POWERS,
        "gas-rents",
        "share",
        "share-of-gdp",
        "logit",
        "wb-rents",
        0.01,
    ),
    Series(
        "RENT-RES",
        RENTS,
        "resource_rents_pct_gdp",
        RECEIVERS,
        "resource-rents",
        "share",
        "share-of-gdp",
        "logit",
        "wb-rents",
        0.01,
    ),
    Series(
        "POP-GAP",
        MACRO,
        "population_persons",
        RECEIVERS,
        "population",
        "persons",
        "residents",
        "log",
        "gapminder-sg",
    ),
    Series(
        "POP-NMC",
        POWER_INDEX,
        "tpop_thousand",
        REGION_AND_POWERS,
        "population",
        "persons",
        "residents",
        "log",
        "cow-nmc-7",
        1e3,
    ),
)


def _series(book: Book, raw: Raw, series: Series) -> None:
    """One row per actor and year, from the first year on; unknown cells book nothing."""
    table = raw.table(series.table)
    rows = table[table.iso3.isin(series.actors) & (table.year >= FIRST)].dropna(subset=[series.column])
    for actor, year, value in zip(rows.iso3, rows.year, rows[series.column], strict=True):
        book.add(
            series.key,
            actor,
            "",
            int(year),
            float(value) * series.factor,
            indicator=series.indicator,
            unit=series.unit,
            definition=series.definition,
            transform=series.transform,
            source=series.source,
        )


def _union(book: Book, raw: Raw) -> None:
    """Output of the union as the sum of one fixed list of members; a year with a gap books nothing."""
    members = eu_members(UNION_OF)
    note = f"sum of the {len(members)} members of {UNION_OF}"
    table = raw.table(MACRO).pivot_table(index="year", columns="iso3", values="gdp_constant_usd")
    whole = table.reindex(columns=members).sum(axis=1, min_count=len(members)).dropna()
    for year, value in whole[whole.index >= FIRST].items():
        book.add(
            "GDP",
            "eu",
            "",
            int(year),
            value,
            indicator="gdp",
            unit="usd2015",
            definition="constant-prices",
            transform="log",
            source="gapminder-sg",
            note=note,
        )
        if year - 1 in whole.index:
            book.add(
                "GROW",
                "eu",
                "",
                int(year),
                value / whole[year - 1] - 1,
                indicator="growth",
                unit="share",
                definition="real-gdp-growth",
                transform="identity",
                source="gapminder-sg",
                note=note,
            )
    nominal = gdp_current(raw)
    for year in range(FIRST, 2024):
        values = [nominal.get((m, year), math.nan) for m in members]
        book.add(
            "GDPC",
            "eu",
            "",
            year,
            math.fsum(values),
            indicator="gdp-current",
            unit="usd",
            definition="current-prices",
            transform="log",
            source="wdi-gdp-current",
            note=note,
        )


def _computed(book: Book, raw: Raw) -> None:
    """Exports in usd and the price level of the usd."""
    macro, nominal = raw.table(MACRO), gdp_current(raw)
    rows = macro[macro.iso3.isin(RECEIVERS) & (macro.year >= FIRST)]
    for actor, year, percent in zip(rows.iso3, rows.year, rows.exports_pct_gdp, strict=True):
        book.add(
            "EXP",
            actor,
            "",
            int(year),
            percent / 100 * nominal.get((actor, int(year)), math.nan),
            indicator="exports",
            unit="usd",
            definition="goods-and-services",
            transform="log",
            source="gapminder-sg",
            note="share of GDP x gdp-current",
        )
    for year, level in deflator(raw).items():
        if year >= FIRST:
            book.add(
                "USDEF",
                "USA",
                "",
                year,
                level,
                indicator="us-deflator",
                unit="index",
                definition="gdp-deflator-2015",
                transform="log",
                source="gapminder-sg",
                note="chained from yearly change, 2015 = 1",
            )


def _society(book: Book, raw: Raw) -> None:
    """Electoral democracy with its measurement error, and protest events."""
    regimes = raw.table("regimes/vdem_high_level_1946_2024.csv.gz")
    rows = regimes[regimes.iso3.isin(REGION_AND_POWERS) & (regimes.year >= FIRST)]
    for row in rows.itertuples():
        value, error = row.v2x_polyarchy, Z90 * row.v2x_polyarchy_sd
        book.add(
            "POLY",
            row.iso3,
            "",
            int(row.year),
            value,
            low=max(0.0, value - error),
            high=min(1.0, value + error),
            indicator="polyarchy",
            unit="index",
            definition="electoral-democracy",
            transform="identity",
            source="vdem-15",
        )
    protests = raw.table("protests/mass_mobilization_1990_2020.csv.gz")
    mine = protests[protests.iso3.isin(RECEIVERS) & (protests.year >= FIRST)]
    for (actor, year), count in mine.groupby(["iso3", "year"]).protest.sum().items():
        book.add(
            "PROT",
            str(actor),
            "",
            int(year),
            count,
            indicator="protests",
            unit="count",
            definition="events-50-or-more",
            transform="log",
            source="mass-mobilization-2020",
        )


def add_economy(book: Book, raw: Raw) -> None:
    """Book the indicators of single actors."""
    for series in SERIES:
        _series(book, raw, series)
    _union(book, raw)
    _computed(book, raw)
    _society(book, raw)
