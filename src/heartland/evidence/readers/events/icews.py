"""Integrated Crisis Early Warning System, coded event data (Boschee et al. 2015)."""

from __future__ import annotations

from pathlib import Path

from heartland.evidence.readers.base import Imported, Reader, Settings
from heartland.evidence.readers.events import cells, codes
from heartland.evidence.readers.events.feed import MEANINGS, Cell, Feed, Notes, read_feed
from heartland.evidence.readers.events.gdelt import cameo_cell

__all__ = ["ICEWS"]

CITATION = (
    "Boschee, E., Lautenschlager, J., O'Brien, S., Shellman, S., Starz, J. and Ward, M. 2015. ICEWS Coded "
    "Event Data. Harvard Dataverse, doi:10.7910/DVN/28075"
)


def _story(publisher: str, story: str) -> str:
    return " ".join(part for part in (cells.plain(publisher), cells.plain(story)) if part)


def _cells(notes: Notes) -> list[Cell]:
    state = notes.known("state name", codes.from_name)
    return [
        Cell(("event_id",), ("Event ID",), cells.digits, "id", distinct=True),
        Cell(("date",), ("Event Date",), cells.day, "date"),
        Cell(("giver",), ("Source Country",), state),
        Cell(("receiver",), ("Target Country",), state),
        Cell(("giver_name",), ("Source Name",)),
        Cell(("receiver_name",), ("Target Name",)),
        Cell(("giver_sector",), ("Source Sectors",), cells.plain),
        Cell(("receiver_sector",), ("Target Sectors",), cells.plain),
        cameo_cell("CAMEO Code", notes),
        Cell(("goldstein",), ("Intensity",), cells.score),
        Cell(("place", "place_precision"), ("City", "District", "Province"), cells.place),
        Cell(("country",), ("Country",), state),
        Cell(("latitude",), ("Latitude",), cells.latitude),
        Cell(("longitude",), ("Longitude",), cells.longitude),
        Cell(("reference",), ("Publisher", "Story ID"), _story, distinct=True),
    ]


FEED = Feed(
    name="icews",
    source=CITATION,
    needed=(
        "Event ID", "Event Date", "Source Name", "Source Sectors", "Source Country", "CAMEO Code",
        "Intensity", "Target Name", "Target Sectors", "Target Country", "Country", "Latitude", "Longitude",
    ),
    optional=("Story ID", "Publisher", "City", "District", "Province"),
    cells=_cells,
    key=("Event ID", "Event Date"),
    story=("Event Date", "Source Name", "Target Name", "CAMEO Code"),
)


def _read(path: Path, settings: Settings) -> Imported:
    return read_feed(FEED, path, settings)


ICEWS = Reader(
    name="icews",
    title="ICEWS coded event data, 1995-2023",
    publisher="Harvard Dataverse",
    layout="tab separated with a header: Event ID, Event Date, Source Name, ...; .zip, .gz or plain",
    citation=CITATION,
    references=("icews",),
    licence="as stated on the data page; passing on the rows is not assumed to be allowed",
    url="https://doi.org/10.7910/DVN/28075",
    table="incidents",
    read=_read,
    options=MEANINGS,
)
