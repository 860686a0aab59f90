"""Readers of aid, remittances and development finance."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from heartland.errors import HeartlandInputError
from heartland.evidence.readers.cells import Cells, Floats, Texts, Years, labelled_year, objects
from heartland.evidence.readers.files import Layout, Table
from heartland.evidence.readers.job import Job
from heartland.evidence.readers.rows import Quantity, choose
from heartland.evidence.readers.states import codes, normal_name

__all__ = ["aiddata_gcdf", "dac", "knomad"]

MILLION = 1e6
# Three layouts in use: the old query tool, the new data explorer, and the full project files.
DAC_OLD = Layout(
    ("RECIPIENT", "Recipient", "DONOR", "Donor", "AIDTYPE", "DATATYPE", "Year|TIME", "Value"),
    ("PowerCode Code", "Aid type", "Amount type"),
)
DAC_NEW = Layout(
    ("DONOR", "RECIPIENT", "MEASURE", "PRICE_BASE", "TIME_PERIOD", "OBS_VALUE"),
    ("UNIT_MULT", "UNIT_MEASURE", "BASE_PER"),
)
CRS = Layout(("Year", "DonorName", "RecipientName", "USD_Commitment", "USD_Disbursement"), ("FlowName",))
NET_ODA = "206"  # aid type of total net official development assistance
CURRENT = {"A": "current", "D": "constant", "V": "current", "Q": "constant"}
GCDF = Layout((
    "AidData Record ID|AidData TUFF Project ID", "Recommended For Aggregates", "Financier Country",
    "Recipient ISO-3|Recipient", "Commitment Year", "Flow Class",
    "Amount (Constant USD 2021)|Amount (Constant USD2021)",
))  # fmt: skip
FLOWS: Mapping[str, tuple[str, str]] = {
    "ODA-like": ("ODA", "oda-like-commitments"), "OOF-like": ("OOF", "oof-like-commitments"),
    "Vague (Official Finance)": ("VAGUE", "vague-official-commitments"),
    "Vague": ("VAGUE", "vague-official-commitments"),
}  # fmt: skip
_YEAR_IN_TITLE = re.compile(r"(?:for|in|matrix) ((?:19|20)[0-9]{2})", re.IGNORECASE)


def dac(job: Job) -> None:
    """Aid by donor and recipient: net disbursements of table 2a, or project files summed by pair and year.

    Option `prices`: current (default) or constant; the base year of constant prices is the file's own and
    goes into the definition, so that two of them never mix. Groups of donors are left out.
    Source: OECD 2024, Development Assistance Committee, statistical reporting directives.
    """
    table = job.open(DAC_OLD, DAC_NEW, CRS)
    if table.layout == 2:
        _projects(job, table)
        return
    prices = choose(job.settings, "prices", ("current", "constant"))
    for cells in job.cells(table):
        if table.layout == 0:
            kind = objects([CURRENT.get(text, "") for text in cells.text("DATATYPE")])
            wanted = cells.text("AIDTYPE") == job.settings.options.get("measure", NET_ODA)
            giver, receiver = cells.state("Donor", "name"), cells.state("Recipient", "name")
            year, value, base = cells.year("Year"), cells.number("Value"), objects([""] * len(cells.chunk))
            power = cells.number("PowerCode Code") if "PowerCode Code" in table.place else None
            scale = np.full(len(value), 6.0) if power is None else np.where(np.isnan(power), 6.0, power)
        else:
            kind = objects([CURRENT.get(text, "") for text in cells.text("PRICE_BASE")])
            wanted = cells.text("MEASURE") == job.settings.options.get("measure", NET_ODA)
            giver, receiver = cells.state("DONOR", "iso3"), cells.state("RECIPIENT", "iso3")
            year, value, base = cells.year("TIME_PERIOD"), cells.number("OBS_VALUE"), cells.text("BASE_PER")
            scale = np.nan_to_num(cells.number("UNIT_MULT"))
        cells.leave_out(~wanted, "another measure")
        cells.leave_out(kind != prices, "other prices")
        for text in dict.fromkeys(base[cells.ok]):
            named = "current-prices" if prices == "current" else f"prices-of-{text or 'base-year'}"
            quantity = Quantity("DAC", f"oda-net-disbursements-{named}", "usd", "aid", transform="identity")
            here = cells.ok & (base == text)
            job.booking.add(quantity, giver, receiver, year, value * 10.0**scale, ok=here)


def _projects(job: Job, table: Table) -> None:
    """Sums of project rows, million US dollars; a pair-year whose rows are all empty has no row."""
    column = {"commitment": "USD_Commitment", "disbursement": "USD_Disbursement"}[
        choose(job.settings, "amount", ("commitment", "disbursement"))
    ]
    sums: dict[tuple[str, str, int], list[float]] = {}
    for cells in job.cells(table):
        giver, receiver = cells.state("DonorName", "name"), cells.state("RecipientName", "name")
        _sum(sums, cells, giver, receiver, cells.year("Year"), cells.number(column) * MILLION)
    word = "commitments" if column == "USD_Commitment" else "disbursements"
    _book_sums(job, Quantity("CRS", f"crs-{word}-current-prices", "usd", "aid"), sums)


def _sum(
    sums: dict[tuple[str, str, int], list[float]], cells: Cells, giver: Texts, receiver: Texts,
    year: Years, value: Floats,
) -> None:  # fmt: skip
    """Add the known values of the rows that are in, and count all rows; unknown ones add nothing."""
    for at in np.flatnonzero(cells.ok):
        total = sums.setdefault((giver[at], receiver[at], int(year[at])), [0.0, 0.0, 0.0])
        total[1] += 1
        if np.isfinite(value[at]):
            total[0] += value[at]
            total[2] += 1


def _book_sums(job: Job, quantity: Quantity, sums: Mapping[tuple[str, str, int], list[float]]) -> None:
    keys = sorted(sums)
    if not keys:
        return
    notes = []
    for key in keys:
        _, count, known = sums[key]
        text = f"{count:.0f} record{'s' * (count != 1)}"
        notes.append(text if known == count else f"{text}, {count - known:.0f} without an amount")
    givers, receivers = (objects([str(key[at]) for key in keys]) for at in (0, 1))
    values = [sums[key][0] if sums[key][2] else np.nan for key in keys]
    job.booking.add(quantity, givers, receivers, [key[2] for key in keys], values, note=objects(notes))


def aiddata_gcdf(job: Job) -> None:
    """Development finance records: commitments by financier, recipient, year and class of flow, summed.

    Only records recommended for aggregates; records without an amount are counted in the note. Save the
    sheet of records as CSV first. Source: Custer, Dreher and others 2023, AidData at William and Mary.
    """
    table = job.open(GCDF)
    job.version = "3"
    sums: dict[str, dict[tuple[str, str, int], list[float]]] = {}
    for cells in job.cells(table):
        use = np.array([text.casefold() == "yes" for text in cells.text("Recommended For Aggregates")])
        cells.leave_out(~use, "not recommended for aggregates")
        giver = cells.state("Financier Country", "name")
        coded = all(len(text) in (0, 3) for text in cells.chunk.column("Recipient ISO-3"))
        receiver = cells.state("Recipient ISO-3", "iso3" if coded else "name")
        flow = objects([FLOWS.get(text, ("", ""))[0] for text in cells.text("Flow Class")])
        cells.leave_out(flow == "", "flow of another class")
        year, value = cells.year("Commitment Year"), cells.number("Amount (Constant USD 2021)")
        here = cells.ok.copy()
        for name in dict.fromkeys(flow[here]):
            cells.ok = here & (flow == name)
            _sum(sums.setdefault(name, {}), cells, giver, receiver, year, value)
        cells.ok = here
    for name, definition in dict(FLOWS.values()).items():
        quantity = Quantity(f"GCDF-{name}", definition, "usd2021", "aid")
        _book_sums(job, quantity, sums.get(name, {}))


def knomad(job: Job) -> None:
    """Bilateral remittance matrix: receiving states across, sending states down, million US dollars.

    Modelled from migrant stocks and incomes, so `estimated`; the year comes from the title or the option
    `year`. Source: World Bank 2018, KNOMAD; method of Ratha and Shaw 2007.
    """
    table = job.open(Layout((
        "receiving-country (across) - sending-country (down)|Remittance-receiving country (across) - "
        "Remittance-sending country (down)|receiving-country (across) - sending-country (down) "
        "|Remittance-receiving country (across) / Remittance-sending country (down)|Sending country",
    )))  # fmt: skip
    text = " ".join(" ".join(line) for line in (*table.preamble, [job.path.name.replace("_", " ")]))
    found = _YEAR_IN_TITLE.search(text)
    year = labelled_year(job.settings.options.get("year", "")) or (int(found[1]) if found else 0)
    if not year:
        raise HeartlandInputError.at(
            "does not say the year of the estimates.", why="The values could not be dated.",
            fix="Add --option year=2017.", file=table.shown, check="import-option",
        )  # fmt: skip
    job.version = str(year)
    sender_column = next(iter(table.place))
    quantity = Quantity(
        "REM", "modelled-split", "usd", "remittances", status="estimated", credibility="4",
        note="modelled from migrant stocks and incomes",
    )  # fmt: skip
    names = codes("name")
    receivers = {at: names.get(normal_name(name), "") for at, name in enumerate(table.columns)}
    for cells in job.cells(table):
        sender = cells.state(sender_column, "name")
        for at, receiver in receivers.items():
            if not receiver or at == table.place[sender_column]:
                continue
            value = cells.number(table.columns[at], [row[at] for row in cells.chunk.rows], whole=False)
            whole = objects([receiver] * len(value))
            job.booking.add(quantity, sender, whole, np.full(len(value), year), value * MILLION, ok=cells.ok)
