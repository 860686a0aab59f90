"""Armed Conflict Location and Event Data (Raleigh et al. 2010): export of the user's own account."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from heartland.evidence.readers.base import Imported, Reader, Settings
from heartland.evidence.readers.events import cells, codes
from heartland.evidence.readers.events.feed import MEANINGS, Cell, Feed, Notes, read_feed

__all__ = ["ACLED"]

CITATION = (
    "Raleigh, C., Linke, A., Hegre, H. and Karlsen, J. 2010. Introducing ACLED: An Armed Conflict Location "
    "and Event Dataset. Journal of Peace Research 47(5): 651-660; with the date of the export"
)
# geo_precision of the codebook: 1 town, 2 part of a region, 3 region.
_PRECISION = {"1": "exact", "2": "near", "3": "province"}
# "Military Forces of A (1999-2005)", "Police Forces of A (2019-) Special Unit", "Government of A (2010-)".
_OF_STATE = re.compile(r"(?:Military Forces|Police Forces|Government) of (?P<state>.+?) \(\d{4}-(?:\d{4})?\)")


@cache
def _kinds() -> Mapping[tuple[str, str], codes.Kind]:
    with (codes.PACKAGE / "schema" / "acled_plover.csv").open(encoding="utf-8", newline="") as stream:
        return {
            (row["event_type"].casefold(), row["sub_event_type"].casefold()): codes.typed_kind(
                row["type"], row["mode"]
            )
            for row in csv.DictReader(stream)
        }


def _date(text: str, precision: str) -> str | None:
    """The day, the week around it (precision 2: three days either side) or its month (3)."""
    found = cells.day(text)
    if found is None or precision.strip() not in ("", "1", "2", "3"):
        return None
    if precision.strip() == "2":
        middle = date.fromisoformat(found)
        return f"{middle - timedelta(3)}/{middle + timedelta(3)}"
    if precision.strip() == "3":
        first = date.fromisoformat(found).replace(day=1)
        return f"{first}/{(first + timedelta(31)).replace(day=1) - timedelta(1)}"
    return found


def _cells(notes: Notes) -> list[Cell]:
    named = notes.known("state name", codes.from_name)
    numbered = notes.known("state number", codes.from_numeric)

    def side(actor: str) -> str:
        found = _OF_STATE.match(actor.strip())
        return named(found["state"]) if found else ""

    def kind(event: str, sub: str) -> tuple[str, ...] | None:
        event, sub = cells.clean(event), cells.clean(sub)
        if not event:
            return None
        exact = _kinds().get((event.casefold(), sub.casefold()))
        if exact is None:
            unknown(f"{event}: {sub}")
        known = exact or _kinds().get((event.casefold(), ""), codes.Kind())
        return (f"{event}: {sub}" if sub else event, known.type, known.mode, known.quad, known.score)

    unknown = notes.known("event type", lambda text: None)
    return [
        Cell(("event_id",), ("event_id_cnty",), lambda text: cells.clean(text) or None, "id", distinct=True),
        Cell(("date",), ("event_date", "time_precision"), _date, "date"),
        Cell(("published",), ("timestamp",), _stamp, "date"),
        Cell(("giver",), ("actor1",), side),
        Cell(("receiver",), ("actor2",), side),
        Cell(("giver_name",), ("actor1",)),
        Cell(("receiver_name",), ("actor2",)),
        Cell(("giver_sector",), ("inter1",), cells.plain),
        Cell(("receiver_sector",), ("inter2",), cells.plain),
        Cell(
            ("code", "type", "mode", "quad", "plover_score"), ("event_type", "sub_event_type"), kind, "code"
        ),
        Cell(("fatalities",), ("fatalities",), cells.whole),
        Cell(("place",), ("location",)),
        Cell(("country",), ("iso",), numbered),
        Cell(("latitude",), ("latitude",), cells.latitude),
        Cell(("longitude",), ("longitude",), cells.longitude),
        Cell(("place_precision",), ("geo_precision",), lambda text: _PRECISION.get(text.strip(), "")),
        Cell(("reference",), ("source",)),
    ]


def _stamp(text: str) -> str | None:
    """Day of a time in seconds since 1970, or of an ISO date; empty stays empty."""
    text = text.strip()
    if text.isdigit() and text.isascii() and 9 <= len(text) <= 10:
        return (date(1970, 1, 1) + timedelta(seconds=int(text))).isoformat()
    return cells.day(text) if text else ""


FEED = Feed(
    name="acled",
    source=CITATION,
    needed=(
        "event_id_cnty", "event_date", "event_type", "sub_event_type", "actor1", "actor2", "iso", "latitude",
        "longitude", "geo_precision", "source", "fatalities",
    ),
    optional=("time_precision", "inter1", "inter2", "location", "timestamp"),
    cells=_cells,
    key=("event_id_cnty",),
    story=("event_date", "actor1", "actor2", "sub_event_type", "latitude", "longitude"),
    quoted=True,
)


def _read(path: Path, settings: Settings) -> Imported:
    return read_feed(FEED, path, settings)


ACLED = Reader(
    name="acled",
    title="ACLED event export",
    publisher="Armed Conflict Location and Event Data",
    layout="comma separated with a header: event_id_cnty, event_date, ...; .zip, .gz or plain",
    citation=CITATION,
    references=("raleigh-2010",),
    licence="terms of the user's account; rows may not be passed on",
    url="https://acleddata.com/",
    table="incidents",
    read=_read,
    options=MEANINGS,
)
