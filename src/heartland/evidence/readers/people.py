"""Readers of people who moved, and of regimes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from heartland.errors import HeartlandInputError
from heartland.evidence.readers.cells import labelled_year, objects
from heartland.evidence.readers.files import Layout
from heartland.evidence.readers.job import Job
from heartland.evidence.readers.rows import Quantity
from heartland.evidence.readers.states import codes, normal_name

__all__ = ["undesa_migrants", "unhcr", "vdem"]

POPULATION = Layout(
    ("Year", "Country of origin (ISO)|Country of Origin ISO", "Country of asylum (ISO)|Country of Asylum ISO",
     "Refugees under UNHCR's mandate|Refugees"),
    ("Asylum-seekers", "Stateless persons"),
)  # fmt: skip
REFUGEE_COLUMNS: Mapping[str, tuple[str, str]] = {
    "Refugees under UNHCR's mandate": ("REF", "refugees-under-mandate"),
    "Asylum-seekers": ("ASY", "asylum-seekers"),
}
MATRIX = Layout((
    "Year",
    "Major area, region, country or area of destination|Region, development group, country or area of "
    "destination|Country or area of destination",
    "Code|Country code|Location code of destination",
))  # fmt: skip
PAIRS = Layout((
    "Region, development group, country or area of destination",
    "Region, development group, country or area of origin",
))  # fmt: skip
VDEM = Layout(("country_text_id", "year"), ("country_name", "COWcode"))
# index of the regime data -> indicator here
INDICES: Mapping[str, tuple[str, str]] = {
    "v2x_polyarchy": ("polyarchy", "electoral-democracy"),
    "v2x_libdem": ("liberal-democracy", "liberal-democracy"),
    "v2x_partipdem": ("participatory-democracy", "participatory-democracy"),
    "v2x_delibdem": ("deliberative-democracy", "deliberative-democracy"),
    "v2x_egaldem": ("egalitarian-democracy", "egalitarian-democracy"),
}
SIXTY_EIGHT_TO_NINETY = 1.645  # 90 % of a normal distribution in standard deviations


def unhcr(job: Job) -> None:
    """Refugees and asylum-seekers by origin, asylum and year; a dash is unknown, 0 is a stated zero.

    The origin gives, the state of asylum receives; option `channel` names the channel they feed.
    Source: UNHCR 2024, Refugee Population Statistics Database.
    """
    table = job.open(POPULATION)
    for cells in job.cells(table):
        origin = cells.state("Country of origin (ISO)", "iso3")
        asylum = cells.state("Country of asylum (ISO)", "iso3")
        year = cells.year("Year")
        values = {name: cells.number(name) for name in REFUGEE_COLUMNS if name in table.place}
        for name, value in values.items():
            key, definition = REFUGEE_COLUMNS[name]
            job.booking.add(
                Quantity(key, definition, "persons", "refugees"), origin, asylum, year, value, ok=cells.ok
            )


def undesa_migrants(job: Job) -> None:
    """Migrant stock by destination and origin: the wide matrix (one column an origin) or the long table.

    The origin gives, the destination receives. An empty cell of the matrix is unknown, as the publisher
    says. In the long table the first column of a year is both sexes. Source: United Nations 2019 and 2020,
    Department of Economic and Social Affairs, International Migrant Stock.
    """
    table = job.open(MATRIX, PAIRS)
    quantity = Quantity("MIG", "migrant-stock-mid-year", "persons", "migrants")
    names = codes("name")
    if table.layout == 1:
        years: dict[int, int] = {}
        for at, name in enumerate(table.columns):
            if labelled_year(name):
                years.setdefault(labelled_year(name), at)
        for cells in job.cells(table):
            to, whence = (cells.state(name, "name") for name in PAIRS.needed)
            for stock_year, at in years.items():
                value = cells.number(str(stock_year), [row[at] for row in cells.chunk.rows], whole=False)
                job.booking.add(quantity, whence, to, np.full(len(value), stock_year), value, ok=cells.ok)
        return
    destination = MATRIX.needed[1].split("|")[0]
    origins = {at: names.get(normal_name(name), "") for at, name in enumerate(table.columns)}
    for cells in job.cells(table):
        to, when = cells.state(destination, "name"), cells.year("Year")
        for at, origin in origins.items():
            if not origin or at in table.place.values():
                continue
            value = cells.number(table.columns[at], [row[at] for row in cells.chunk.rows], whole=False)
            job.booking.add(quantity, objects([origin] * len(value)), to, when, value, ok=cells.ok)


def vdem(job: Job) -> None:
    """High-level indices of a state-year with their intervals: 1.645 standard deviations where given.

    Without `_sd` the published bounds (one standard deviation about the centre) are widened to 90 %. Option
    `columns` names other indices of the file. Source: Coppedge and others 2025, V-Dem codebook, version 15.
    """
    options = job.settings.options
    asked = [name for name in options.get("columns", "").split(";") if name] or [*INDICES]
    extra = tuple(f"{name}{end}" for name in asked for end in ("", "_codelow", "_codehigh", "_sd"))
    needed = tuple(asked) if options.get("columns") else ()
    table = job.open(Layout((*VDEM.needed, *needed), (*VDEM.optional, *extra)))
    job.version = options.get("version", "")
    present = [name for name in asked if name in table.place]
    if not present:
        raise HeartlandInputError.at(
            "holds none of the high-level indices.", why="There is nothing to import.",
            fix=f"The official layout has {', '.join(INDICES)}; or name others with --option columns=.",
            file=table.shown, row=1, check="import-header",
        )  # fmt: skip
    for cells in job.cells(table):
        state, year = cells.state("country_text_id", "iso3"), cells.year("year")
        for name in present:
            value, spread = cells.number(name), cells.number(f"{name}_sd")
            below, above = cells.number(f"{name}_codelow"), cells.number(f"{name}_codehigh")
            low = np.where(np.isnan(spread), value - (value - below) * SIXTY_EIGHT_TO_NINETY,
                           value - spread * SIXTY_EIGHT_TO_NINETY)  # fmt: skip
            high = np.where(np.isnan(spread), value + (above - value) * SIXTY_EIGHT_TO_NINETY,
                            value + spread * SIXTY_EIGHT_TO_NINETY)  # fmt: skip
            indicator, definition = INDICES.get(name, (name.replace("_", "-"), name.replace("_", "-")))
            quantity = Quantity(
                f"VDEM-{name.upper().replace('_', '-')}", definition, "index", indicator=indicator,
                transform="identity", name=indicator.replace("-", " "),
            )  # fmt: skip
            if name.startswith("v2x_"):
                low, high = np.maximum(low, 0), np.minimum(high, 1)
            job.booking.add(quantity, state, None, year, value, low=low, high=high, ok=cells.ok)
