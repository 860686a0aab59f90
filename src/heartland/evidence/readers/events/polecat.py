"""Political Event Classification, Attributes and Types (Halterman et al. 2023): coded with PLOVER."""

from __future__ import annotations

from pathlib import Path

from heartland.evidence.readers.base import Imported, Reader, Settings
from heartland.evidence.readers.events import cells, codes
from heartland.evidence.readers.events.feed import MEANINGS, Cell, Feed, Notes, read_feed

__all__ = ["POLECAT"]

CITATION = (
    "Halterman, A., Bagozzi, B. E., Beger, A., Schrodt, P. A. and Scarborough, G. I. 2023. PLOVER and "
    "POLECAT: A New Political Event Ontology and Dataset. Data: Harvard Dataverse, doi:10.7910/DVN/AJGVIT"
)
_QUADS = {
    "verbal cooperation": "1", "material cooperation": "2", "verbal conflict": "3", "material conflict": "4",
    "1": "1", "2": "2", "3": "3", "4": "4", "": "",
}  # fmt: skip


def _id(text: str) -> str | None:
    return cells.plain(text) or None


def _date(event: str, published: str) -> tuple[str, str] | None:
    """The day of the event, else that of the report, and which of the two it is."""
    basis, text = ("event", event) if cells.plain(event) else ("published", published)
    found = cells.day(text)
    return None if found is None else (found, basis)


def _published(text: str) -> str | None:
    return cells.day(text) if cells.plain(text) else ""


def _many(text: str) -> str:
    """A list of the feed, joined by `;`."""
    return codes.many(cells.plain, text.replace(",", ";"))


def _quad(text: str) -> str | None:
    return _QUADS.get(cells.plain(text).casefold())


def _place(placename: str, city: str, district: str, province: str) -> tuple[str, str]:
    name, exact = cells.place(city, district, province)
    return cells.plain(placename) or name, exact


def _kind_cell(notes: Notes) -> Cell:
    def read(type_: str, mode: str, contexts: str, intensity: str) -> tuple[str, ...] | None:
        type_, mode, weight = cells.plain(type_), cells.plain(mode), cells.score(cells.plain(intensity))
        if not type_ or weight is None:
            return None
        known = codes.plover_kind(type_, mode, _many(contexts))
        if known is None:
            unknown(type_)
            known = codes.Kind(contexts=_many(contexts))
        code = f"{type_}:{mode}" if mode else type_
        return (code, known.type, known.mode, known.contexts, known.quad, weight or known.score)

    unknown = notes.known("PLOVER type", lambda type_: None)
    targets = ("code", "type", "mode", "contexts", "quad", "plover_score")
    return Cell(targets, ("Event Type", "Event Mode", "Contexts", "Intensity"), read, "code")


def _cells(notes: Notes) -> list[Cell]:
    one = notes.known("state code", codes.from_iso3)

    def states(text: str) -> str:
        return codes.many(one, _many(text))

    return [
        Cell(("event_id",), ("Event ID",), _id, "id", distinct=True),
        Cell(("date", "date_basis"), ("Event Date", "Publication Date"), _date, "date"),
        Cell(("published",), ("Publication Date",), _published, "date"),
        Cell(("giver",), ("Actor Country",), states),
        Cell(("receiver",), ("Recipient Country",), states),
        Cell(("giver_name",), ("Actor Name",), cells.plain),
        Cell(("receiver_name",), ("Recipient Name",), cells.plain),
        Cell(("giver_sector",), ("Primary Actor Sector",), cells.plain),
        Cell(("receiver_sector",), ("Primary Recipient Sector",), cells.plain),
        _kind_cell(notes),
        Cell(("feed_quad",), ("Quad Code",), _quad),
        Cell(("place", "place_precision"), ("Placename", "City", "District", "Province"), _place),
        Cell(("country",), ("Country",), states),
        Cell(("latitude",), ("Latitude",), lambda text: cells.latitude(cells.plain(text))),
        Cell(("longitude",), ("Longitude",), lambda text: cells.longitude(cells.plain(text))),
        Cell(("reference",), ("Source",), cells.plain),
    ]


FEED = Feed(
    name="polecat",
    source=CITATION,
    needed=(
        "Event ID", "Event Date", "Event Type", "Event Mode", "Intensity", "Quad Code", "Contexts",
        "Actor Name", "Actor Country", "Primary Actor Sector", "Recipient Name", "Recipient Country",
        "Primary Recipient Sector", "Country", "Latitude", "Longitude",
    ),
    optional=("Publication Date", "Placename", "City", "District", "Province", "Source"),
    cells=_cells,
    key=("Event ID",),
    story=("Event Date", "Actor Name", "Recipient Name", "Event Type", "Event Mode"),
)


def _read(path: Path, settings: Settings) -> Imported:
    return read_feed(FEED, path, settings)


POLECAT = Reader(
    name="polecat",
    title="POLECAT weekly and yearly event files",
    publisher="Harvard Dataverse",
    layout="tab separated with a header: Event ID, Event Date, Event Type, ...; .zip, .gz or plain",
    citation=CITATION,
    references=("halterman-2023",),
    licence="as stated on the data page; passing on the rows is not assumed to be allowed",
    url="https://doi.org/10.7910/DVN/AJGVIT",
    table="incidents",
    read=_read,
    options=MEANINGS,
)
