"""Readers of indicator files as CSV and JSON, and of debts by creditor."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from heartland.core.datehelp import quote
from heartland.core.units import known_units
from heartland.errors import HeartlandInputError
from heartland.evidence.readers.cells import labelled_year, objects
from heartland.evidence.readers.files import Layout, Table, read_bytes
from heartland.evidence.readers.job import Job
from heartland.evidence.readers.rows import Quantity
from heartland.evidence.readers.states import codes

__all__ = ["ids", "wb_json", "wdi"]

WIDE = Layout(("Country Name", "Country Code", "Indicator Name", "Indicator Code"))
DATABANK = Layout(("Country Name", "Country Code", "Series Name", "Series Code"))
DEBTS = Layout((
    "Country Name", "Country Code", "Counterpart-Area Name", "Series Name", "Series Code",
))  # fmt: skip
JSON_BYTES = 200_000_000


@dataclass(frozen=True)
class _Known:
    indicator: str
    definition: str
    unit: str
    transform: str = "log"


# indicator code -> what it is called here; others keep their code
KNOWN: Mapping[str, _Known] = {
    "NY.GDP.MKTP.KD": _Known("gdp", "constant-prices", "usd2015"),
    "NY.GDP.MKTP.CD": _Known("gdp-current", "current-prices", "usd"),
    "NY.GDP.MKTP.KD.ZG": _Known("growth", "real-gdp-growth", "percent", "identity"),
    "FP.CPI.TOTL.ZG": _Known("inflation", "consumer-prices", "percent", "identity"),
    "NY.GDP.DEFL.KD.ZG": _Known("deflator-inflation", "gdp-deflator", "percent", "identity"),
    "NE.EXP.GNFS.CD": _Known("exports", "goods-and-services", "usd"),
    "DT.DOD.DECT.CD": _Known("external-debt", "external-debt-stock", "usd"),
    "BX.KLT.DINV.WD.GD.ZS": _Known("fdi-inflow", "net-inflow-to-gdp", "percent", "identity"),
    "SP.POP.TOTL": _Known("population", "residents", "persons"),
    "NY.GDP.TOTL.RT.ZS": _Known("resource-rents", "share-of-gdp", "percent", "logit"),
    "NY.GDP.PETR.RT.ZS": _Known("oil-rents", "share-of-gdp", "percent", "logit"),
    "NY.GDP.NGAS.RT.ZS": _Known("gas-rents", "share-of-gdp", "percent", "logit"),
    "MS.MIL.XPND.GD.ZS": _Known("military-spending", "share-of-gdp", "percent", "logit"),
    "BX.TRF.PWKR.DT.GD.ZS": _Known("remittances-share", "personal-remittances-received", "percent", "logit"),
    "BX.TRF.PWKR.CD.DT": _Known("remittances-total", "personal-remittances-received", "usd"),
}  # fmt: skip
# words in an indicator's name -> unit, first match counts
UNITS = (
    ("constant 2015 us$", "usd2015"), ("current us$", "usd"), ("annual %", "percent"), ("%", "percent"),
    ("index", "index"), ("score", "index"), ("population", "persons"), ("number of", "count"),
    ("kwh", "kwh"),
)  # fmt: skip
NEGATIVE = ("growth", "balance", "net ", "annual %", "change", "estimate")


def quantity_of(code: str, name: str, job: Job) -> Quantity | None:
    """What an indicator is here; None where its unit is not known and none was given."""
    known = KNOWN.get(code)
    if known is not None:
        return Quantity(f"WDI-{_key(code)}", known.definition, known.unit, indicator=known.indicator,
                        transform=known.transform, name=name)  # fmt: skip
    plain = name.casefold()
    unit = job.settings.options.get("unit", "") or next((u for words, u in UNITS if words in plain), "")
    if not unit or unit not in known_units():
        return None
    transform = "identity" if any(word in plain for word in NEGATIVE) or unit == "index" else "log"
    slug = re.sub(r"[^a-z0-9]+", "-", code.casefold()).strip("-")
    return Quantity(f"WDI-{_key(code)}", slug, unit, indicator=slug, transform=transform, name=name)


def _key(code: str) -> str:
    return re.sub(r"[^A-Z0-9]+", "-", code.upper()).strip("-")


def _years(table: Table) -> dict[int, int]:
    """Year -> column of a wide table.

    Raises
    ------
    HeartlandInputError if no column is headed by a year
    """
    years = {year: at for at, name in enumerate(table.columns) if (year := labelled_year(name))}
    if not years:
        raise HeartlandInputError.at(
            "no column is headed by a year.", why="The values could not be dated.",
            fix="The official layout has one column a year: 1960, 1961, ...", file=table.shown, row=1,
            check="import-header",
        )  # fmt: skip
    return years


def _updated(table: Table) -> str:
    for line in table.preamble:
        if line and line[0].casefold() == "last updated date" and len(line) > 1:
            return line[1][:10]
    return ""


def _asked(job: Job) -> frozenset[str]:
    return frozenset(code for code in job.settings.options.get("codes", "").split(";") if code)


def wdi(job: Job) -> None:
    """Indicator files, one column a year: the download of one indicator, the bulk file or a DataBank export.

    Values stay in the unit that the indicator's name states; empty and `..` are unknown.
    Source: World Bank 2025, World Development Indicators.
    """
    table = job.open(WIDE, DATABANK)
    code_column, name_column = [("Indicator Code", "Indicator Name"), ("Series Code", "Series Name")][
        table.layout
    ]
    years, asked = _years(table), _asked(job)
    updated = _updated(table)
    job.version, job.note = updated[:4], f"last updated {updated}" if updated else ""
    for cells in job.cells(table):
        indicators, names = cells.text(code_column), cells.text(name_column)
        if asked:
            cells.leave_out(~np.isin(indicators.astype(str), list(asked)), "not asked for")
        state = cells.state("Country Code", "iso3")
        values = {
            year: cells.number(str(year), [row[at] for row in cells.chunk.rows], whole=False)
            for year, at in years.items()
        }
        for code in dict.fromkeys(indicators[cells.ok]):
            here = indicators == code
            quantity = quantity_of(code, str(names[np.flatnonzero(here)[0]]), job)
            if quantity is None:
                cells.leave_out(here, "unit not known: add --option unit=")
                continue
            for year, value in values.items():
                job.booking.add(quantity, state, None, np.full(len(value), year), value, ok=here & cells.ok)


def wb_json(job: Job) -> None:
    """Answer of the indicators API, version 2: a list of a description and the rows.

    Source: World Bank 2025, Indicators API documentation.
    """
    file = job.tally.file
    data = read_bytes(job.path, file, "JSON_BYTES", JSON_BYTES)
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise HeartlandInputError.at(
            f"is no JSON: {type(error).__name__}.", why="Nothing can be read from it.",
            fix="Ask the API with format=json.", file=file, row=getattr(error, "lineno", 0),
            check="import-file",
        ) from None  # fmt: skip
    if not (isinstance(content, list) and len(content) == 2 and isinstance(content[1], list)):
        message = "is not a list of a description and rows."
        if isinstance(content, list) and content and isinstance(content[0], dict) and "message" in content[0]:
            message = "is an error message of the API, not data."
        raise HeartlandInputError.at(
            message, why="The official layout is [{page, pages, ...}, [{indicator, country, date, value}]].",
            fix="Ask for .../indicator/CODE?format=json&per_page=20000.", file=file, check="import-header",
        )  # fmt: skip
    head = content[0] if isinstance(content[0], dict) else {}
    job.version = str(head.get("lastupdated", ""))[:4]
    if isinstance(head.get("pages"), int) and head["pages"] > 1:
        job.tally.note(
            "page of several", 1, "pages", f"this is page {head.get('page')} of {head['pages']}.",
            why="The other pages are not in the file.", fix="Ask with per_page=20000 and import again.",
        )  # fmt: skip
    found: dict[Quantity, list[tuple[str, str, float]]] = {}
    for number, row in enumerate(content[1], 1):
        job.read += 1
        _json_row(job, number, row, found)
    for quantity, rows in found.items():
        state, period = objects([row[0] for row in rows]), objects([row[1] for row in rows])
        job.booking.add(quantity, state, None, period, [row[2] for row in rows])


def _json_row(job: Job, number: int, row: Any, found: dict[Quantity, list[tuple[str, str, float]]]) -> None:
    """Check one row and put it under its quantity."""
    fix = "The row was left out."
    try:
        code, name = str(row["indicator"]["id"]), str(row["indicator"]["value"])
        iso3, period, value = str(row["countryiso3code"]), str(row["date"]), row["value"]
    except (KeyError, TypeError):
        what = "the row lacks indicator, countryiso3code, date or value."
        job.tally.bad("not a row of the API", number, what, why="It could not be placed.", fix=fix)
        return
    asked = _asked(job)
    if asked and code not in asked:
        job.tally.skip("not asked for")
        return
    if not re.fullmatch(r"[0-9]{4}", period):
        what = f"{quote(period[:40])} is not a year."
        job.tally.bad("not a year", number, what, why="It could not be dated.", fix=fix, column="date")
        return
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        what = f"{quote(str(value)[:40])} is not a number."
        job.tally.bad("not a number", number, what, why="The value is lost.", fix=fix, column="value")
        return
    if iso3 not in codes("iso3"):
        job.tally.skip("not a state of the list")
        return
    quantity = quantity_of(code, name, job)
    if quantity is None:
        job.tally.skip("unit not known: add --option unit=")
        return
    found.setdefault(quantity, []).append((iso3, period, _float(value)))


def _float(value: float | None) -> float:
    """A number; an unknown or one too large for a float is NaN."""
    try:
        return float("nan") if value is None else float(value)
    except OverflowError:
        return float("nan")


def ids(job: Job) -> None:
    """Debts by debtor and creditor: the creditor gives, the debtor receives.

    The series asked for (option `codes`, usually the public and publicly guaranteed stock DT.DOD.DPPG.CD)
    in current US dollars; creditors that are no states are left out and counted. Source: World Bank 2024,
    International Debt Statistics.
    """
    table = job.open(DEBTS)
    years = _years(table)
    asked = _asked(job) or frozenset({"DT.DOD.DPPG.CD"})
    for cells in job.cells(table):
        series = cells.text("Series Code")
        cells.leave_out(~np.isin(series.astype(str), list(asked)), "not asked for")
        debtor = cells.state("Country Code", "iso3")
        creditor = cells.state("Counterpart-Area Name", "name")
        for year, at in years.items():
            texts = [row[at] for row in cells.chunk.rows]
            value = cells.number(str(year), texts, whole=False)
            for code in asked:
                definition = "owed-public-debt" if code == "DT.DOD.DPPG.CD" else _key(code).lower()
                quantity = Quantity(f"IDS-{_key(code)}", definition, "usd", "debt")
                job.booking.add(
                    quantity, creditor, debtor, np.full(len(value), year), value,
                    ok=cells.ok & (series == code),
                )  # fmt: skip
