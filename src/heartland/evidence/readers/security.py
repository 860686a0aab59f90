"""Readers of capabilities, alliances, organisations and arms deliveries."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from heartland.core.datehelp import quote
from heartland.errors import HeartlandInputError, suggestion
from heartland.evidence.readers.assembly import series_frame
from heartland.evidence.readers.cells import Cells, Floats, Texts, Years, objects
from heartland.evidence.readers.files import Layout
from heartland.evidence.readers.job import Job
from heartland.evidence.readers.rows import Quantity, choose
from heartland.evidence.readers.spells import book_spells

__all__ = ["atop", "cow_alliances", "nmc", "sipri"]

NMC = Layout(
    ("ccode", "year", "milex", "milper", "irst", "pec", "tpop", "upop", "cinc"), ("stateabb", "version")
)
POUNDS_UNTIL = 1913
# component -> unit and what a printed unit is worth in it; the codebook counts in thousands
NMC_COLUMNS: Mapping[str, tuple[str, float]] = {
    "milex": ("usd", 1e3), "milper": ("persons", 1e3), "irst": ("tonnes", 1e3), "pec": ("tonnes", 1e3),
    "tpop": ("persons", 1e3), "upop": ("persons", 1e3), "cinc": ("index", 1.0),
}  # fmt: skip
NMC_NAMES: Mapping[str, str] = {
    "milex": "military expenditure", "milper": "military personnel", "irst": "iron and steel production",
    "pec": "primary energy consumption in coal tonnes", "tpop": "total population",
    "upop": "urban population", "cinc": "composite index of national capability",
}  # fmt: skip

ALLIANCES = Layout(("ccode1", "ccode2", "year", "defense", "neutrality", "nonaggression", "entente"),
                   ("version4id", "version"))  # fmt: skip
ATOP = Layout(
    ("stateA|state1|mem1", "stateB|state2|mem2", "year", "defense", "offense", "neutral", "nonagg", "consul"),
    ("version",),
)
COMMITMENT = Quantity(
    "PACT", "strongest-obligation", "level", "commitment", transform="identity",
)  # fmt: skip

DELIVERIES = Layout(
    ("Supplier", "Recipient", "Delivery year", "TIV delivery values|TIV delivered"),
    ("Delivery year is estimate", "Status", "SIPRI AT Database ID", "Numbers delivered is estimate"),
)
DEALS = Layout(
    ("Recipient", "Supplier", "Year(s) of delivery|Year(s) delivered",
     "SIPRI TIV of delivered weapons|SIPRI TIV for delivered weapons"),
    ("Year of order", "Status|status"),
)  # fmt: skip
_SPAN = re.compile(r"\(?([0-9]{4})\)?(?: ?[-–] ?\(?([0-9]{4})\)?)?")
_GENERATED = re.compile(r"(?:generated|created)[^0-9]*(?:[0-9]{1,2} \w+ )?([0-9]{4})", re.IGNORECASE)


def nmc(job: Job) -> None:
    """National material capabilities: seven indicators of a state-year, -9 unknown.

    Military expenditure is in pounds to 1913 and is left out before 1914. Source: Singer 1987; codebook of
    the Correlates of War project: all but the index in thousands.
    """
    asked = [name for name in job.settings.options.get("columns", "").split(";") if name] or [*NMC_COLUMNS]
    for name in asked:
        if name not in NMC_COLUMNS:
            raise HeartlandInputError.at(
                f"{quote(name)} is not a component.", why="It would be left out without a word.",
                fix=suggestion(name, NMC_COLUMNS, listing=f"Components: {', '.join(NMC_COLUMNS)}."),
                check="import-option",
            )  # fmt: skip
    table = job.open(NMC)
    form = choose(job.settings, "as", ("capabilities", "observations"))
    system = _System()
    rows: list[dict[str, object]] = []
    for cells in job.cells(table, (-9,)):
        state, year = cells.state("ccode", "cow"), cells.year("year")
        job.version = job.version or next((text.split(".")[0] for text in cells.text("version") if text), "")
        values = {name: cells.number(name) * NMC_COLUMNS[name][1] for name in NMC_COLUMNS}
        for name in asked:
            ok = cells.ok.copy()
            if name == "milex":
                early = ok & (year <= POUNDS_UNTIL)
                job.tally.skip("expenditure in pounds", int(early.sum()))
                ok &= ~early
            if form == "observations":
                job.booking.add(_component(name), state, None, year, values[name], ok=ok)
            elif name != "cinc":
                rows += _capability_rows(job, name, state, year, values[name], ok)
        if form == "capabilities":
            system.add(cells, year, values)
    if form == "capabilities":
        job.frame = series_frame(job, "capabilities", [*system.rows(job), *rows])
        job.frame["world"] = system.worlds(job.frame)


def _component(name: str) -> Quantity:
    definition = "cinc-published" if name == "cinc" else f"nmc-{name}"
    unit = NMC_COLUMNS[name][0]
    return Quantity(f"NMC-{name.upper()}", definition, unit, indicator=name, name=NMC_NAMES[name])


def _capability_rows(
    job: Job, name: str, state: Texts, year: Years, value: Floats, ok: NDArray[np.bool_]
) -> list[dict[str, object]]:
    return [
        {
            "actor": state[at], "period": str(year[at]), "component": name, "value": value[at],
            "unit": NMC_COLUMNS[name][0], "status": "documented",
        }
        for at in np.flatnonzero(job.booking.keep(state, None, year, value, ok))
    ]  # fmt: skip


class _System:
    """Sums over all states of a year, taken before actors are picked; keyed on the file's own rows."""

    def __init__(self) -> None:
        self._shares: list[pd.DataFrame] = []

    def add(self, cells: Cells, year: Years, values: Mapping[str, Floats]) -> None:
        """Keep the components of the rows that are in, whatever actors and years were asked for."""
        six = {name: value[cells.ok] for name, value in values.items() if name != "cinc"}
        self._shares.append(pd.DataFrame({"year": year[cells.ok], **six}))

    def _table(self) -> pd.DataFrame:
        return pd.concat(self._shares, ignore_index=True)

    def rows(self, job: Job) -> list[dict[str, object]]:
        """Sum of the index over all states of a year: shares are means over the components observed."""
        table = self._table() if self._shares else pd.DataFrame({"year": []})
        rows: list[dict[str, object]] = []
        for year, now in table.groupby("year"):
            if job.booking.first <= int(str(year)) <= job.booking.last:
                six = now.drop(columns="year")
                total = float((six / six.sum()).mean(axis=1).to_numpy().sum())
                rows.append({
                    "actor": "", "period": str(year), "component": "cinc-sum", "value": total,
                    "unit": "share", "status": "documented",
                    "note": "sum of the index over all states of the year",
                })  # fmt: skip
        return rows

    def worlds(self, frame: pd.DataFrame) -> list[float]:
        """World sum of the component of each row; NaN for the row of the system."""
        sums = self._table().groupby("year").sum(min_count=1) if self._shares else pd.DataFrame()
        return [
            float(sums[component].loc[int(period)]) if component in sums.columns else float("nan")
            for period, component in zip(frame["period"], frame["component"], strict=True)
        ]


def _levels(cells: Cells, levels: Mapping[str, int]) -> Floats:
    """Strongest obligation of each row: 0 where all are known and none is set, NaN where one is unknown."""
    strongest = np.zeros(len(cells.chunk))
    unknown = np.zeros(len(cells.chunk), dtype=bool)
    for name, level in levels.items():
        value = cells.number(name)
        strongest = np.maximum(strongest, np.where(value == 1, level, 0))
        unknown |= np.isnan(value)
    return np.where(unknown & (strongest < 3), np.nan, strongest)


def cow_alliances(job: Job) -> None:
    """Formal alliances by dyad and year: strongest obligation, 3 defence, 2 neutrality or entente, 1 non-
    aggression; several treaties of a pair give the strongest.

    A file by dyad binds both sides; a directed one the first (option `form`, else from the file's name).
    Source: Gibler 2009, International Military Alliances, version 4.1.
    """
    table = job.open(ALLIANCES)
    named = "directed" if "direct" in job.path.name.casefold() else "dyadic"
    form = choose(job.settings, "form", (named, "directed" if named == "dyadic" else "dyadic"))
    job.version = "4"
    found: dict[tuple[str, str, int], float] = {}
    for cells in job.cells(table, (-9,)):
        one, two = cells.state("ccode1", "cow"), cells.state("ccode2", "cow")
        year = cells.year("year")
        level = _levels(cells, {"defense": 3, "neutrality": 2, "entente": 2, "nonaggression": 1})
        sides = [(one, two)] if form == "directed" else [(one, two), (two, one)]
        for giver, receiver in sides:
            _strongest(found, cells, giver, receiver, year, level)
    book_spells(job, COMMITMENT, found, "COW")


def atop(job: Job) -> None:
    """Alliance obligations by directed dyad and year: what state A owes state B.

    3 defence or offence, 2 neutrality or consultation, 1 non-aggression. Source: Leeds, Ritter, Mitchell
    and Long 2002, International Interactions 28(3), version 5.1.
    """
    table = job.open(ATOP)
    found: dict[tuple[str, str, int], float] = {}
    levels = {"defense": 3, "offense": 3, "neutral": 2, "consul": 2, "nonagg": 1}
    for cells in job.cells(table, (-9,)):
        giver, receiver = cells.state("stateA", "cow"), cells.state("stateB", "cow")
        year = cells.year("year")
        job.version = job.version or next((text for text in cells.text("version") if text), "")
        _strongest(found, cells, giver, receiver, year, _levels(cells, levels))
    job.version = job.version.replace(".", "-")
    book_spells(job, COMMITMENT, found, "ATOP")


def _strongest(
    found: dict[tuple[str, str, int], float], cells: Cells, giver: Texts, receiver: Texts,
    year: Years,
    level: Floats,
) -> None:  # fmt: skip
    for at in np.flatnonzero(cells.ok):
        key = (str(giver[at]), str(receiver[at]), int(year[at]))
        before = found.get(key, np.nan)
        found[key] = float(np.fmax(before, level[at]))


def sipri(job: Job) -> None:
    """Trade register of arms transfers: million TIV delivered by supplier, recipient and period.

    Two layouts: one row per delivery year, and one per deal with `Year(s) of delivery`. A deal delivered
    over several years is kept as one total of that span, not split. `?` and brackets mark estimates, which
    the note counts. Source: Stockholm International Peace Research Institute 2024, sources and methods.
    """
    table = job.open(DELIVERIES, DEALS)
    text = " ".join(" ".join(line) for line in table.preamble)
    job.version = found[1] if (found := _GENERATED.search(text)) else ""
    dated = "Delivery year" if table.layout == 0 else "Year(s) of delivery"
    worth = "TIV delivery values" if table.layout == 0 else "SIPRI TIV of delivered weapons"
    sums: dict[tuple[str, str, str], list[float]] = {}
    for cells in job.cells(table):
        giver, receiver = cells.state("Supplier", "name"), cells.state("Recipient", "name")
        tiv = cells.number(worth, [cell.strip("()? ") for cell in cells.chunk.column(worth)])
        periods = cells.chunk.column(dated)
        estimates = cells.text("Delivery year is estimate")
        for at in np.flatnonzero(cells.ok):
            spans = _spans(periods[at])
            if not spans:
                cells.reject(
                    "not a year", int(at), dated, f"{quote(periods[at])} is not a year or span of years.",
                    why="The delivery could not be dated.", fix="The row was left out.",
                )  # fmt: skip
                continue
            unsure = "?" in periods[at] or "(" in periods[at] or estimates[at] == "Yes"
            total = sums.setdefault((giver[at], receiver[at], spans), [0.0, 0.0, 0.0, 0.0])
            total[0] += np.nan_to_num(tiv[at])
            total[1] += 1
            total[2] += unsure
            total[3] += not np.isnan(tiv[at])
    _book_deliveries(job, sums)


def _spans(text: str) -> str:
    """EDTF year or interval of `1998`, `1998-2001`, `(2003)?`, `1998-1999; 2003`; "" if it is none."""
    years: list[int] = []
    for part in re.split(r"[;,]", text.replace("?", "")):
        found = _SPAN.fullmatch(part.strip())
        if not found:
            return ""
        years += [int(found[1]), int(found[2] or found[1])]
    return str(min(years)) if min(years) == max(years) else f"{min(years)}/{max(years)}"


def _book_deliveries(job: Job, sums: Mapping[tuple[str, str, str], Sequence[float]]) -> None:
    keys = sorted(sums)
    notes = []
    for key in keys:
        _, count, unsure, _ = sums[key]
        said = f"{count:.0f} {'delivery' if count == 1 else 'deliveries'}"
        notes.append(f"{said}, {unsure:.0f} with an estimated year" if unsure else said)
    quantity = Quantity("ARMS", "delivered-tiv", "tiv", "arms")
    givers, receivers, periods = (objects([key[at] for key in keys]) for at in range(3))
    values = [sums[key][0] if sums[key][3] else np.nan for key in keys]
    if keys:
        job.booking.add(quantity, givers, receivers, periods, values, note=objects(notes))
