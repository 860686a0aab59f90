"""Readers of bilateral trade: a flow runs from the exporter to the importer, each report is its own claim."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from heartland.evidence.readers.cells import Cells, Floats, Texts, objects
from heartland.evidence.readers.files import Layout
from heartland.evidence.readers.job import Job
from heartland.evidence.readers.rows import Quantity, choose

__all__ = ["cow_trade", "dots", "turnover"]

MILLION = 1e6
IMPORTER, EXPORTER = "goods-flow-importer-reported", "goods-flow-exporter-reported"
COW_TRADE = Layout(
    ("ccode1", "ccode2", "year", "flow1", "flow2"), ("smoothflow1", "smoothflow2", "version")
)
DOTS = Layout(
    ("Country Name", "Indicator Code", "Counterpart Country Name", "Time Period", "Value"),
    ("Country Code", "Counterpart Country Code", "Unit Mult|UNIT_MULT|Scale", "Status"),
)
# flow indicators of the directions file: definition, and whether the reporting state is the exporter
DOTS_FLOWS: Mapping[str, tuple[str, bool]] = {
    "TXG_FOB_USD": (f"{EXPORTER}-fob", True),
    "TMG_CIF_USD": (f"{IMPORTER}-cif", False),
    "TMG_FOB_USD": (f"{IMPORTER}-fob", False),
}


def cow_trade(job: Job) -> None:
    """Dyadic trade of the Correlates of War project: flow1 is what state 1 imports from state 2.

    Source: Barbieri and Keshk 2016, codebook of version 4.0: million current US dollars, -9 unknown.
    """
    table = job.open(COW_TRADE)
    form = choose(job.settings, "as", ("directed", "turnover"))
    smooth = "smooth" if choose(job.settings, "smooth", ("no", "yes")) == "yes" else ""
    parts: list[pd.DataFrame] = []
    quantity = Quantity("BTR", f"{IMPORTER}{'-smoothed' if smooth else ''}", "usd", "trade")
    for cells in job.cells(table, (-9,)):
        one, two = cells.state("ccode1", "cow"), cells.state("ccode2", "cow")
        year = cells.year("year")
        flows = [_flow(cells, f"{smooth}{name}") * MILLION for name in ("flow1", "flow2")]
        job.version = job.version or _major(cells.text("version"))
        if form == "turnover":
            wanted = job.settings.actors
            parts.append(_directed(two, one, year, flows[0], cells, wanted))
            parts.append(_directed(one, two, year, flows[1], cells, wanted))
            continue
        job.booking.add(quantity, two, one, year, flows[0], ok=cells.ok)
        job.booking.add(quantity, one, two, year, flows[1], ok=cells.ok)
    if form == "turnover":
        turnover(job, parts, "BTR")


def _major(versions: Texts) -> str:
    first = next((text for text in versions if text), "")
    return str(first).split(".")[0] if first else ""


def _flow(cells: Cells, column: str) -> Floats:
    """A flow in the file's unit; a cell that is no number or below 0 is left out, its row stays."""
    values = cells.number(column, whole=False)
    for at in np.flatnonzero(values < 0):
        if cells.ok[at]:
            row, what = cells.chunk.numbers[at], f"{values[at]:g} is negative."
            why, fix = "A flow of goods cannot be.", "The cell was left out."
            cells.tally.bad("negative flow", row, what, why=why, fix=fix, column=column)
        values[at] = np.nan
    return values


def _directed(
    exporter: Texts, importer: Texts, year: object, value: Floats, cells: Cells, wanted: frozenset[str]
) -> pd.DataFrame:
    frame = pd.DataFrame({"exporter": exporter, "importer": importer, "year": year, "value": value})[cells.ok]
    if wanted:  # a total of a state asked for needs all its partners, but no other pair
        frame = frame[frame["exporter"].isin(list(wanted)) | frame["importer"].isin(list(wanted))]
    for name in ("exporter", "importer"):
        frame[name] = frame[name].astype("category")
    return frame


def turnover(job: Job, parts: list[pd.DataFrame], key: str) -> None:
    """Book exports plus imports of each ordered pair, and each state's total over the partners listed.

    A direction that is unknown is left out of the sum and named in the note; with both unknown there is no
    row. The receiver is the state whose trade it is.
    """
    if not parts:
        return
    flows = pd.concat([part.astype({"exporter": object, "importer": object}) for part in parts])
    flows = flows[flows["exporter"] != flows["importer"]]
    flows = flows.groupby(["exporter", "importer", "year"], sort=True)["value"].max().reset_index()
    back = flows.rename(columns={"exporter": "importer", "importer": "exporter", "value": "back"})
    pairs = flows.merge(back, on=["exporter", "importer", "year"], how="outer")
    into, out = pairs["value"].to_numpy(), pairs["back"].to_numpy()  # seen from the importer
    value = np.where(np.isnan(into), out, np.where(np.isnan(out), into, into + out))
    note = np.where(np.isnan(into), "exports only", np.where(np.isnan(out), "imports only", ""))
    giver, receiver = objects(pairs["exporter"].tolist()), objects(pairs["importer"].tolist())
    year = pairs["year"].to_numpy()
    tie = Quantity(key, "goods-turnover", "usd", "trade")
    job.booking.add(tie, giver, receiver, year, value, note=objects(note.tolist()))
    pairs["turnover"] = value
    totals = pairs.groupby(["importer", "year"])["turnover"].sum(min_count=1).reset_index()
    whole = Quantity(
        f"{key}-TOTAL", "goods-turnover", "usd", indicator="trade-total",
        note="sum of the partners listed",
    )  # fmt: skip
    job.booking.add(
        whole, objects(totals["importer"].tolist()), None, totals["year"].to_numpy(),
        totals["turnover"].to_numpy(),
    )  # fmt: skip


def dots(job: Job) -> None:
    """Directions of trade: exports and imports as each side reports them, kept as two claims.

    Values are US dollars times 10 to the power of the multiplier: a column of the file, the option
    `scale`, or 0 with a warning. Source: IMF 2024, Direction of Trade Statistics.
    """
    table = job.open(DOTS)
    frequency = choose(job.settings, "frequency", ("A", "Q", "M"))
    wanted = {name: flow for name, flow in DOTS_FLOWS.items() if _flow_wanted(job, name)}
    power = job.settings.options.get("scale", "")
    if "Unit Mult" not in table.place and not power:
        job.tally.note(
            "scale not stated", 1, "Value", "the file does not say the scale of its values.",
            why="Read as US dollars.", fix="If they are millions, add --option scale=6.",
        )  # fmt: skip
    for cells in job.cells(table):
        codes, period = cells.text("Indicator Code"), cells.text("Time Period")
        cells.leave_out(~np.isin(codes.astype(str), list(wanted)), "not a flow of goods asked for")
        dates = objects([_period(text, frequency) for text in period])
        cells.leave_out(dates == "", "another frequency")
        reporter, partner = _states(cells)
        value = _flow(cells, "Value")
        scale = np.nan_to_num(cells.number("Unit Mult")) if "Unit Mult" in table.place else _power(power)
        value = value * 10.0**scale
        for code, (definition, exporter) in wanted.items():
            quantity = Quantity(f"DOT-{code.split('_')[0]}-{code.split('_')[1]}", definition, "usd", "trade")
            here = cells.ok & (codes == code)
            sides = (reporter, partner) if exporter else (partner, reporter)
            job.booking.add(quantity, *sides, dates, value, ok=here)


def _flow_wanted(job: Job, name: str) -> bool:
    asked = job.settings.options.get("flows", "")
    return not asked or name in asked.split(";")


def _power(text: str) -> float:
    return float(text) if text.lstrip("-").isdigit() else 0.0


def _states(cells: Cells) -> tuple[Texts, Texts]:
    """Reporter and partner by name: the numeric codes of the file are the publisher's own."""
    return cells.state("Country Name", "name"), cells.state("Counterpart Country Name", "name")


def _period(text: str, frequency: str) -> str:
    """EDTF of a period of one frequency, such as `2014`, `2014Q1`, `2014M03`; "" for another."""
    year, rest = text[:4], text[4:].replace("-", "")
    if not (len(year) == 4 and year.isdigit()):
        return ""
    if frequency == "A":
        return year if not rest else ""
    number, most = rest[1:], 4 if frequency == "Q" else 12
    if rest[:1] != frequency or not (number.isdigit() and 1 <= int(number) <= most):
        return ""
    if frequency == "M":
        return f"{year}-{int(number):02d}"
    return f"{year}-{3 * int(number) - 2:02d}/{year}-{3 * int(number):02d}"
