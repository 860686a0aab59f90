"""Where labels go on a map: a projection fitted to points, and boxes of words that cover nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

from heartland.charts.basemap import EARTH, Box, Point, Projection
from heartland.charts.theme import Row, Spec

__all__ = ["GAP", "TALL", "Placed", "View", "along", "labelled", "numbered", "spot"]

LETTER, TALL, GAP = 6.6, 14.0, 7.0
LEAST_KM, MARGIN = 400.0, 0.09
FLAT, HIGH = 0.42, 1.0
Placed: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class View:
    """An equal-area projection fitted to points of longitude and latitude; px from the upper left corner."""

    project: Projection
    scale: float
    shift: Point
    width: int
    height: int

    @classmethod
    def of(cls, points: Sequence[Point], width: int) -> View:
        """Fit points into a width; the height follows, within limits."""
        lons, lats = [p[0] for p in points], [p[1] for p in points]
        project = Projection((min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2)
        flat = [project(p) for p in points]
        low = [min(p[i] for p in flat) for i in (0, 1)]
        high = [max(p[i] for p in flat) for i in (0, 1)]
        wide, tall = (max(high[i] - low[i], LEAST_KM) for i in (0, 1))
        height = round(min(max(tall / wide, FLAT), HIGH) * width)
        room = 1 - 2 * MARGIN
        scale = min(width * room / wide, height * room / tall)
        middle = [(high[i] + low[i]) / 2 for i in (0, 1)]
        return cls(project, scale, (width / 2 - middle[0] * scale, height / 2 - middle[1] * scale),
                   width, height)  # fmt: skip

    def px(self, point: Point) -> Point:
        """Place of a point in px."""
        x, y = self.project(point)
        return x * self.scale + self.shift[0], y * self.scale + self.shift[1]

    def holds(self, point: Point) -> bool:
        """Whether a point of longitude and latitude is in the picture."""
        x, y = self.px(point)
        return 0 <= x <= self.width and 0 <= y <= self.height

    def spec(self) -> Spec:
        """The same projection for the specification."""
        return {"type": "azimuthalEqualArea", "rotate": [-self.project.lon, -self.project.lat, 0],
                "scale": self.scale * EARTH, "translate": list(self.shift), "precision": 0.3}  # fmt: skip


def spot(at: Point, half: float) -> Box:
    """Square box about a point in px."""
    return at[0] - half, at[1] - half, at[0] + half, at[1] + half


def _free(box: Box, taken: Sequence[Box], view: View) -> bool:
    inside = box[0] >= 0 and box[1] >= 0 and box[2] <= view.width and box[3] <= view.height
    return inside and not any(
        box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3] for other in taken
    )


def _sides(at: Point, text: str) -> dict[str, Box]:
    """Where a label may stand about a point."""
    wide, (x, y) = LETTER * len(text), at
    return {
        "right": (x + GAP, y - TALL / 2, x + GAP + wide, y + TALL / 2),
        "left": (x - GAP - wide, y - TALL / 2, x - GAP, y + TALL / 2),
        "above": (x - wide / 2, y - GAP - TALL, x + wide / 2, y - GAP),
        "below": (x - wide / 2, y + GAP, x + wide / 2, y + GAP + TALL),
    }


def labelled(places: Sequence[Row], view: View, taken: list[Box]) -> list[Placed]:
    """Labels that cover nothing, those of the ends first; a place without room has none."""
    found = []
    for place in places:
        for side, box in _sides(view.px(place["point"]), place["name"]).items():
            if _free(box, taken, view):
                taken.append(box)
                found.append({**place, "side": side})
                break
    return found


def numbered(ways: Sequence[Row], legs: Sequence[Row], view: View, taken: list[Box]) -> list[Placed]:
    """A number and share for each way, on the first of its legs that has room for it."""
    lines = {leg["leg"]: leg["points"] for leg in legs}
    found = []
    for way in ways:
        half = LETTER * len(way["label"]) / 2 + 3
        spots = [along(lines[leg], share) for leg in way["legs"] for share in (0.5, 0.3, 0.7, 0.15, 0.85)]
        boxes = [(x - half, y - 9, x + half, y + 9) for x, y in map(view.px, spots)]
        chosen = next((n for n, box in enumerate(boxes) if _free(box, taken, view)), 0)
        taken.append(boxes[chosen])
        found.append({"text": way["label"], "longitude": spots[chosen][0], "latitude": spots[chosen][1]})
    return found


def along(line: Sequence[Point], share: float) -> Point:
    """Point at a share of the length of a line of degrees."""
    lengths = [math.dist(a, b) for a, b in pairwise(line)]
    left = share * sum(lengths)
    for (a, b), length in zip(pairwise(line), lengths, strict=True):
        if left <= length and length > 0:
            return a[0] + (b[0] - a[0]) * left / length, a[1] + (b[1] - a[1]) * left / length
        left -= length
    return line[-1]
