"""Global Data on Events, Location and Tone (Leetaru and Schrodt 2013): event files of 1.0 and 2.0."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from heartland.evidence.readers.base import Imported, Reader, Settings
from heartland.evidence.readers.events import cells, codes
from heartland.evidence.readers.events.feed import MEANINGS, Cell, Feed, Notes, read_feed

__all__ = ["COLUMNS_1", "COLUMNS_2", "GDELT"]

CITATION = (
    "Leetaru, K. and Schrodt, P. A. 2013. GDELT: Global Data on Events, Location, and Tone, 1979-2012. "
    "ISA Annual Convention, San Francisco"
)
_ACTOR = (
    "Code", "Name", "CountryCode", "KnownGroupCode", "EthnicCode", "Religion1Code", "Religion2Code",
    "Type1Code", "Type2Code", "Type3Code",
)  # fmt: skip
_EVENT = (
    "IsRootEvent", "EventCode", "EventBaseCode", "EventRootCode", "QuadClass", "GoldsteinScale",
    "NumMentions", "NumSources", "NumArticles", "AvgTone",
)  # fmt: skip
_PLACES = ("Actor1Geo_", "Actor2Geo_", "ActionGeo_")


def _columns(place: Sequence[str]) -> tuple[str, ...]:
    actors = [which + name for which in ("Actor1", "Actor2") for name in _ACTOR]
    places = [which + name for which in _PLACES for name in place]
    return (
        "GLOBALEVENTID", "SQLDATE", "MonthYear", "Year", "FractionDate", *actors, *_EVENT, *places,
        "DATEADDED", "SOURCEURL",
    )  # fmt: skip


COLUMNS_1 = _columns(("Type", "Fullname", "CountryCode", "ADM1Code", "Lat", "Long", "FeatureID"))
COLUMNS_2 = _columns(("Type", "Fullname", "CountryCode", "ADM1Code", "ADM2Code", "Lat", "Long", "FeatureID"))

# 1 state, 2 and 5 first-order division, 3 and 4 town; 0 none (codebook of 2015).
_PRECISION = {"1": "country", "2": "province", "5": "province", "3": "exact", "4": "exact"}


def _added(text: str) -> str | None:
    """Day of `DATEADDED`, 14 digits in 2.0 and 8 in 1.0; empty stays empty."""
    if len(text) in (8, 14) and text.isdigit():
        return cells.day(text[:8])
    return None if text else ""


def _point(name: str, kind: str, north: str, east: str) -> tuple[str, ...] | None:
    """A place has one position, so its four cells are read, and remembered, together."""
    latitude, longitude = cells.latitude(north), cells.longitude(east)
    if latitude is None or longitude is None:
        return None
    return (cells.clean(name), _PRECISION.get(kind, ""), latitude, longitude)


def _quad(text: str) -> str | None:
    return text if text in ("", "1", "2", "3", "4") else None


def cameo_cell(source: str, notes: Notes) -> Cell:
    """Code, type, mode, contexts, class and score from a column with a CAMEO code."""

    def read(code: str) -> tuple[str, ...] | None:
        code = cells.clean(code)
        if not code:
            return None
        kind = codes.cameo_kind(code)
        if kind is None:
            unknown(code)
            kind = codes.Kind()
        return (code, kind.type, kind.mode, kind.contexts, kind.quad, kind.score)

    unknown = notes.known("CAMEO code", lambda code: None)
    targets = ("code", "type", "mode", "contexts", "quad", "plover_score")
    return Cell(targets, (source,), read, "code")


def _cells(notes: Notes) -> list[Cell]:
    state = notes.known("state code", codes.from_cameo_state)
    return [
        Cell(("event_id",), ("GLOBALEVENTID",), cells.digits, "id", distinct=True, sound=cells.sound_ids),
        Cell(("date",), ("SQLDATE",), cells.day, "date"),
        Cell(("published",), ("DATEADDED",), _added, "date"),
        Cell(("giver",), ("Actor1CountryCode",), state),
        Cell(("receiver",), ("Actor2CountryCode",), state),
        Cell(("giver_name",), ("Actor1Name",)),
        Cell(("receiver_name",), ("Actor2Name",)),
        Cell(("giver_sector",), ("Actor1Type1Code",)),
        Cell(("receiver_sector",), ("Actor2Type1Code",)),
        cameo_cell("EventCode", notes),
        Cell(("feed_quad",), ("QuadClass",), _quad),
        Cell(("goldstein",), ("GoldsteinScale",), cells.score),
        Cell(("mentions",), ("NumMentions",), cells.whole),
        Cell(("sources",), ("NumSources",), cells.whole),
        Cell(("confidence",), ("IsRootEvent",), lambda text: {"1": "root", "0": "other"}.get(text, "")),
        Cell(
            ("place", "place_precision", "latitude", "longitude"),
            ("ActionGeo_Fullname", "ActionGeo_Type", "ActionGeo_Lat", "ActionGeo_Long"),
            _point,
            blame=lambda name, kind, north, east: 2 if cells.latitude(north) is None else 3,
        ),
        Cell(("reference",), ("SOURCEURL",), distinct=True, sound=cells.sound_text),
    ]


FEED = Feed(
    name="gdelt",
    source=CITATION,
    needed=COLUMNS_2[:1],
    cells=_cells,
    key=("GLOBALEVENTID",),
    numbered=True,
    story=("SQLDATE", "Actor1Code", "Actor2Code", "EventRootCode", "ActionGeo_Fullname"),
    layouts={61: COLUMNS_2, 58: COLUMNS_1, 57: COLUMNS_1[:-1]},
)


def _read(path: Path, settings: Settings) -> Imported:
    return read_feed(FEED, path, settings)


GDELT = Reader(
    name="gdelt",
    title="GDELT event files, 1.0 and 2.0",
    publisher="The GDELT Project",
    layout="tab separated without a header, 61 columns (2.0) or 57 or 58 (1.0); .zip, .gz or plain",
    citation=CITATION,
    references=("leetaru-schrodt-2013",),
    licence="free use with citation and a link to the project",
    url="https://www.gdeltproject.org/data.html",
    table="incidents",
    read=_read,
    options=MEANINGS,
)
