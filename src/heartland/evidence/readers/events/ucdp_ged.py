"""Georeferenced Event Dataset of the Uppsala Conflict Data Program (Sundberg and Melander 2013)."""

from __future__ import annotations

from pathlib import Path

from heartland.evidence.readers.base import Imported, Reader, Settings
from heartland.evidence.readers.events import cells, codes
from heartland.evidence.readers.events.feed import MEANINGS, Cell, Feed, Notes, read_feed

__all__ = ["UCDP_GED"]

CITATION = (
    "Sundberg, R. and Melander, E. 2013. Introducing the UCDP Georeferenced Event Dataset. Journal of Peace "
    "Research 50(4): 523-532; with the yearly update of the release used"
)
# where_prec of the codebook: 1 exact, 2 near, 3 second and 4 first order division, 5 line or fuzzy area,
# 6 state, 7 international waters or air.
_PRECISION = {
    "1": "exact", "2": "near", "3": "district", "4": "province", "5": "line", "6": "country", "7": "open",
}  # fmt: skip
_VIOLENCE = {"1": "1 state-based", "2": "2 non-state", "3": "3 one-sided"}
_CLARITY = {"1": "clear", "2": "summed up"}


def _kind(text: str) -> tuple[str, ...] | None:
    """Every row is organised lethal violence, so its type is the one of an assault."""
    code = _VIOLENCE.get(text.strip())
    if code is None:
        return None
    kind = codes.typed_kind("ASSAULT")
    return (code, kind.type, kind.quad, kind.score)


def _cells(notes: Notes) -> list[Cell]:
    one = notes.known("state number", codes.from_gw)

    def states(text: str) -> str:
        return codes.many(one, text.replace(",", ";"))

    return [
        Cell(("event_id",), ("id",), cells.digits, "id", distinct=True),
        Cell(("date",), ("date_start", "date_end"), cells.span, "date"),
        Cell(("giver",), ("gwnoa",), states),
        Cell(("receiver",), ("gwnob",), states),
        Cell(("giver_name",), ("side_a",)),
        Cell(("receiver_name",), ("side_b",)),
        Cell(("code", "type", "quad", "plover_score"), ("type_of_violence",), _kind, "code"),
        Cell(("fatalities_low",), ("low",), cells.whole),
        Cell(("fatalities",), ("best",), cells.whole),
        Cell(("fatalities_high",), ("high",), cells.whole),
        Cell(("place",), ("where_coordinates",)),
        Cell(("country",), ("country_id",), one),
        Cell(("latitude",), ("latitude",), cells.latitude),
        Cell(("longitude",), ("longitude",), cells.longitude),
        Cell(("place_precision",), ("where_prec",), lambda text: _PRECISION.get(text.strip(), "")),
        Cell(("sources",), ("number_of_sources",), _sources),
        Cell(("confidence",), ("event_clarity",), lambda text: _CLARITY.get(text.strip(), "")),
        Cell(("reference",), ("source_article",)),
    ]


def _sources(text: str) -> str | None:
    """Number of reports; -1 stands for not counted."""
    return "" if text.strip() == "-1" else cells.whole(text)


FEED = Feed(
    name="ucdp-ged",
    source=CITATION,
    needed=(
        "id", "type_of_violence", "side_a", "side_b", "where_prec", "latitude", "longitude", "date_start",
        "date_end", "best", "high", "low", "gwnoa", "gwnob",
    ),
    optional=("where_coordinates", "country_id", "number_of_sources", "event_clarity", "source_article"),
    cells=_cells,
    key=("id",),
    numbered=True,
    story=("date_start", "date_end", "side_a", "side_b", "latitude", "longitude"),
    quoted=True,
)


def _read(path: Path, settings: Settings) -> Imported:
    return read_feed(FEED, path, settings)


UCDP_GED = Reader(
    name="ucdp-ged",
    title="UCDP Georeferenced Event Dataset, global",
    publisher="Uppsala Conflict Data Program",
    layout="comma separated with a header: id, relid, year, ..., gwnoa, gwnob; .zip, .gz or plain",
    citation=CITATION,
    references=("sundberg-melander-2013",),
    licence="CC BY 4.0",
    url="https://ucdp.uu.se/downloads/",
    table="incidents",
    read=_read,
    options=MEANINGS,
)
