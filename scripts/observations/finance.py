"""Money that is not trade: investment, debt, aid and remittances."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd

from observations.common import FIRST, RECEIVERS, Book, Raw, eu_members

__all__ = ["add_finance", "deflator", "gdp_current"]

REGISTER = Path(__file__).with_name("finance_register.csv")
ENERGY = Path(__file__).with_name("energy_register.csv")
SPLIT_SINCE = 2000  # before, moves inside the former union were no labour migration
SENDERS = ("RUS", "CHN", "USA", "TUR", "IND", "IRN")
# Interval of the modelled split, as factors on the value: the main corridor is better known than the rest.
MAIN_SHARE, MAIN_LOW, MAIN_HIGH = 0.5, 0.75, 1.15
OTHER_LOW, OTHER_HIGH = 0.4, 2.0
# Deals include contracts without a stake; see the note on the rows.
DEALS_LOW, DEALS_HIGH = 0.5, 1.1


def gdp_current(raw: Raw) -> dict[tuple[str, int], float]:
    """Gross domestic product in current usd by (iso3, year)."""
    table = raw.table("macro/gdp_current_usd.csv").dropna(subset=["gdp_current_usd"])
    return {(r.iso3, int(r.year)): float(r.gdp_current_usd) for r in table.itertuples()}


def deflator(raw: Raw) -> dict[int, float]:
    """Price level of the usd, 2015 = 1, chained from the yearly change of the American GDP deflator."""
    table = raw.table("macro/macro_1990_2024.csv.gz")
    rows = table[table.iso3 == "USA"].set_index("year").inflation_gdp_deflator_pct.dropna().sort_index()
    level, chain = 1.0, {}
    for year, percent in rows.items():
        level *= 1 + percent / 100
        chain[int(year)] = level
    return {year: value / chain[2015] for year, value in chain.items()}


def _investment(book: Book, raw: Raw) -> None:
    """Running sum of the deals on record; before a state's first deal nothing is stated."""
    deals = raw.table("china_finance/aei_tracker_2005_2018.csv")
    for receiver in RECEIVERS:
        yearly = deals[deals.iso3 == receiver].groupby("year").amount_usd_million.sum()
        if yearly.empty:
            continue
        for year in range(int(yearly.index.min()), 2019):
            value = yearly[yearly.index <= year].sum() * 1e6
            book.add(
                "INV-AEI",
                "CHN",
                receiver,
                year,
                value,
                channel="investment",
                unit="usd",
                definition="announced-deals-since-2005",
                transform="log",
                source="aei-2018",
                credibility=4,
                low=DEALS_LOW * value,
                high=DEALS_HIGH * value,
                note="interval assumed: contracts are in",
            )
    book.add(
        "INV-A1",
        "CHN",
        "KAZ",
        2020,
        19.2e9,
        channel="investment",
        unit="usd",
        definition="investment-since-2005",
        transform="log",
        source="A1",
        facts="F-A1-014",
        note="sum over 2005/2020 as stated",
    )


def _debt(book: Book, raw: Raw) -> None:
    table = raw.table("debt_to_china/debt_to_china_2000_2017.csv")
    for row in table[table.iso3.isin(RECEIVERS)].itertuples():
        book.add(
            "DEBT-HRT",
            "CHN",
            row.iso3,
            int(row.year),
            row.debt_to_china_usd,
            channel="debt",
            unit="usd",
            definition="estimated-public-stock",
            transform="log",
            source="hrt-2020",
            note="wider coverage than official external debt" if row.iso3 == "TKM" else "",
        )


def _aid(book: Book, raw: Raw) -> None:
    prices = deflator(raw)
    table = raw.table("china_finance/gcdf3_country_year_2000_2021.csv")
    for row in table[table.iso3.isin(RECEIVERS)].itertuples():
        book.add(
            "AID-GCDF",
            "CHN",
            row.iso3,
            int(row.year),
            row.oda_usd2021 / prices[2021],
            channel="aid",
            unit="usd2015",
            definition="oda-like-commitments",
            transform="log",
            source="aiddata-gcdf-3",
            note="usd of 2021 / us-deflator 2021",
        )


def _remittances(book: Book, raw: Raw) -> None:
    gdp = gdp_current(raw)
    table = raw.table("remittances/remittances_pct_gdp.csv")
    flows = raw.table("remittances/bilateral_remittances_2017.csv")
    for receiver in RECEIVERS:
        own = table[(table.iso3 == receiver) & (table.year >= FIRST)]
        newest = own[own.source_id == "wdi-remittances-2025"]
        source = "wdi-remittances-2025" if len(newest) else "wdi-remittances-2023"
        for row in own.itertuples():
            old = ""
            if row.source_id != source:
                old = (
                    "superseded by a newer vintage"
                    if row.year in set(newest.year)
                    else "withdrawn in a newer vintage"
                )
            book.add(
                f"REMSH-{row.source_id[-4:]}",
                receiver,
                "",
                int(row.year),
                row.remittances_received_pct_gdp / 100,
                indicator="remittances-share",
                unit="share",
                definition="personal-remittances-received",
                transform="logit",
                source=row.source_id,
                deprecated=old,
            )
        totals = {
            int(r.year): r.remittances_received_pct_gdp / 100 * gdp[(receiver, int(r.year))]
            for r in own[own.source_id == source].itertuples()
            if (receiver, int(r.year)) in gdp
        }
        for year, value in totals.items():
            book.add(
                "REM-TOTAL",
                receiver,
                "",
                year,
                value,
                indicator="remittances-total",
                unit="usd",
                definition="personal-remittances-received",
                transform="log",
                source=source,
                note="share of GDP x gdp-current",
            )
        _split(book, receiver, source, totals, flows[flows.receiver_iso3 == receiver])


def _split(book: Book, receiver: str, source: str, totals: dict[int, float], flows: pd.DataFrame) -> None:
    """Ties: the split of 2017 carried over the known yearly totals; absent corridors stay unknown."""
    by = flows.set_index("sender_iso3").remittances_usd_million
    world = by.get("WLD", math.nan)
    if not world > 0:
        return
    amounts = {sender: by.get(sender, math.nan) for sender in SENDERS}
    union = [by[m] for m in eu_members(2017) if m in by.index]
    amounts["eu"] = math.fsum(union) if union else math.nan
    only = len(by) == 2
    for giver, amount in amounts.items():
        if not amount > 0:
            continue
        share = amount / world
        main = share >= MAIN_SHARE
        factors = (0.5 if only else MAIN_LOW, min(MAIN_HIGH, 1 / share)) if main else (OTHER_LOW, OTHER_HIGH)
        warning = "; the only corridor modelled" if only else ""
        common = {
            "channel": "remittances",
            "unit": "usd",
            "definition": "modelled-split",
            "transform": "log",
            "credibility": 4,
        }
        note = f"members of 2017{warning}" if giver == "eu" else warning.removeprefix("; ")
        book.add(
            "REM-WB",
            giver,
            receiver,
            2017,
            amount * 1e6,
            low=factors[0] * amount * 1e6,
            high=factors[1] * amount * 1e6,
            source="wb-bilateral-remittances-2017",
            note=note,
            **common,
        )
        for year, total in totals.items():
            if year == 2017 or year < SPLIT_SINCE:
                continue
            value = share * total
            book.add(
                "REM-SPLIT",
                giver,
                receiver,
                year,
                value,
                low=factors[0] * value,
                high=factors[1] * value,
                source=source,
                status="assumption",
                note=f"total x share {share:.3g} of 2017{warning}",
                **common,
            )


def _hand(book: Book, register: Path) -> None:
    """A register read by hand of what no table at hand covers: assumptions, wide intervals, no source."""
    for row in pd.read_csv(register, keep_default_na=False, na_values=[""]).fillna("").itertuples():
        indicator = getattr(row, "indicator", "")
        book.add(
            "ENERGY-TOTAL" if indicator else _HAND[row.channel],
            row.giver,
            row.receiver,
            int(row.period),
            float(row.value),
            low=float(row.low or "nan"),
            high=float(row.high or "nan"),
            channel=row.channel,
            indicator=indicator,
            unit="usd",
            definition=row.definition,
            transform="log",
            source="",
            status="assumption",
            note=row.note,
        )


_HAND = {"investment": "INV-HAND", "debt": "DEBT-HAND", "energy": "ENERGY-HAND"}


def add_finance(book: Book, raw: Raw) -> None:
    """Book investment, debt, aid and remittances."""
    _investment(book, raw)
    _debt(book, raw)
    _aid(book, raw)
    _remittances(book, raw)
    _hand(book, REGISTER)
    _hand(book, ENERGY)
