"""Disputed stretches of borders: rows of `disputed.csv` as data for the map and for the list under it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from heartland.charts.basemap import Basemap, Box, Point, length_inside
from heartland.errors import HeartlandInputError

__all__ = ["Dispute", "Segment", "disputes_at", "footer_line"]

@dataclass(frozen=True)
class Segment:
    """The part of the line between two areas that lies in a box of degrees, and how it is drawn."""

    style: str
    pair: frozenset[str]
    box: Box

    def holds(self, point: Point) -> bool:
        """Whether a point lies in the box."""
        west, south, east, north = self.box
        return west <= point[0] <= east and south <= point[1] <= north


@dataclass(frozen=True)
class Dispute:
    """One disputed area: who holds it, who claims it, from and to when."""

    area_id: str
    name: str
    holder: str
    claimants: tuple[str, ...]
    start: str
    end: str
    source: str
    note: str
    segments: tuple[Segment, ...]


def disputes_at(
    rows: Iterable[Mapping[str, Any]], at: str, basemap: Basemap, view: Box, border_view: str = "de_facto"
) -> list[Dispute]:
    """Disputes in force at a date whose line, or place, is in view.

    Parameters
    ----------
    rows : columns area_id, name, holder, claimants, from, to, parent_un, line_de_facto, line_un, source,
        note; a line is `none`, or `STYLE A|B WEST SOUTH EAST NORTH`, several joined by `;`
    at : ISO date;  view : box of degrees that the map shows;  border_view : de_facto or un

    Raises
    ------
    HeartlandInputError
        If a line cannot be read.
    """
    found = []
    for number, row in enumerate(rows, start=2):
        begin, end = str(row.get("from") or ""), str(row.get("to") or "")
        if (begin and begin > at) or (end and end <= at[: len(end)]):
            continue
        segments = _segments(str(row[f"line_{'un' if border_view == 'un' else 'de_facto'}"]), number)
        shown = tuple(s for s in segments if _seen(s, basemap, view))
        if not shown:
            continue
        found.append(Dispute(
            str(row["area_id"]), str(row["name"]), str(row["holder"]),
            tuple(x for x in str(row["claimants"]).split(";") if x), begin, end, str(row["source"]),
            str(row.get("note") or ""), shown,
        ))  # fmt: skip
    return found


def _seen(segment: Segment, basemap: Basemap, view: Box) -> bool:
    box = (max(segment.box[0], view[0]), max(segment.box[1], view[1]),
           min(segment.box[2], view[2]), min(segment.box[3], view[3]))  # fmt: skip
    return any(length_inside(line, box) > 0 for line in basemap.borders.get(segment.pair, ()))


def _segments(text: str, row: int) -> list[Segment]:
    found = []
    for part in text.split(";"):
        words = part.split()
        if not words or words == ["none"]:
            continue
        try:
            style, pair, west, south, east, north = words
            box = (float(west), float(south), float(east), float(north))
        except ValueError:
            raise HeartlandInputError.at(
                f'"{part.strip()}" is not a line.', why="The map would draw a disputed line as settled.",
                fix="Write none, or STYLE A|B WEST SOUTH EAST NORTH.", file="basemap/disputed.csv", row=row,
            ) from None  # fmt: skip
        found.append(Segment(style, frozenset(pair.split("|")), box))
    return found


def footer_line(border_view: str = "de_facto") -> str:
    """The sentence under every map."""
    return f"Lines and names do not imply endorsement; view: {border_view.replace('_', ' ')}."
