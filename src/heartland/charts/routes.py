"""Map of routes: legs by mode and standing, the best ways with their shares, places with labels that clear.

Longitudes and latitudes stay in the specification; only where labels go is worked out in px here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from heartland.charts.basemap import Basemap, Point
from heartland.charts.borders import Segment
from heartland.charts.labels import GAP, TALL, Placed, View, along, labelled, numbered, spot
from heartland.charts.maps import parted
from heartland.charts.theme import LIGHT, Row, Spec, Surface, empty_spec, framed, values

__all__ = ["BROAD", "DASHES", "SLIM", "Land", "route_map"]

BROAD, SLIM = 728, 344
DASHES: Mapping[str, tuple[int, ...]] = {
    "rail": (1, 0), "road": (7, 4), "sea": (2, 3), "air": (2, 9), "gas": (12, 4, 2, 4),
    "oil": (12, 4, 2, 4, 2, 4),
}  # fmt: skip
SHAPES = {"city": "circle", "port": "square", "crossing": "diamond", "plant": "triangle-up"}
SIGNS = {"planned": "○", "closed": "×", "suspended": "×", "closed-to-transit": "×"}
THIN, THICK = 2.0, 9.0


@dataclass(frozen=True)
class Land:
    """Outlines under the routes, with the disputed parts of borders; drawn where the basemap reaches."""

    basemap: Basemap
    segments: Sequence[Segment] = ()


def route_map(
    legs: Sequence[Row],
    places: Sequence[Row],
    ways: Sequence[Row] = (),
    *,
    title: str,
    description: str,
    source: str,
    notes: Sequence[str] = (),
    land: Land | None = None,
    surface: Surface = LIGHT,
    width: int = BROAD,
) -> Spec:
    """Legs between places, thick where many goods go; without ways the standing of every leg.

    Nothing depends on colour: modes differ in dash, standing in a sign on the leg, ways in their number.

    Parameters
    ----------
    legs : leg, mode, status, share (sum over the ways on it, 0 off them), best (bool), points of (longitude,
        latitude), asked (bool, optional: to be in the picture though no way takes it)
    places : place, name, kind, longitude, latitude, rank: 0 for the ends, larger for what may go unlabelled
    ways : way, share, label, legs that its number may stand on, in the order tried
    """
    drawn = [leg for leg in legs if leg["share"] > 0 or leg.get("asked")] or list(legs)
    if not drawn:
        return empty_spec(title, "no leg is open", source, surface)
    view = View.of([point for leg in drawn for point in leg["points"]], width)
    seen = [leg for leg in legs if any(view.holds(point) for point in leg["points"])]
    other = [leg for leg in seen if not leg["share"] > 0]
    on = [leg for leg in seen if leg["share"] > 0]
    taken = [spot(view.px(place["point"]), 4) for place in _points(places, view) if place["rank"] < 2]
    numbers = numbered(ways, legs, view, taken)
    here, signs = _points(places, view), _signs(seen, view)
    taken += [spot(view.px((sign["longitude"], sign["latitude"])), 6) for sign in signs]
    texts = labelled(here, view, taken)
    layers = [
        *_land(land, view, surface), *_legs(other, surface, bool(ways)), *_ways(on, surface),
        _text(signs, surface, size=15, weight=700), _places(here, surface), *_texts(texts, surface),
        *_waynumbered(numbers, surface),
    ]  # fmt: skip
    return framed(
        [layer for layer in layers if layer["data"]["values"]], title=title, description=description,
        source=source, notes=notes, surface=surface, width=width, height=view.height, letters=width // 6,
        projection=view.spec(), autosize={"type": "pad"},
    )  # fmt: skip


def _points(places: Iterable[Row], view: View) -> list[Row]:
    found = [{**place, "point": (place["longitude"], place["latitude"])} for place in places]
    return sorted((p for p in found if view.holds(p["point"])), key=lambda place: place["rank"])


def _land(land: Land | None, view: View, surface: Surface) -> list[Spec]:
    if land is None:
        return []
    shapes = []
    for area in land.basemap.areas:
        seen = [polygon for polygon in land.basemap.rings(area) if _meets(polygon[0], view)]
        rings = [[_turned(thin, not hole) for hole, ring in enumerate(polygon)
                  if len(thin := _thin(ring, view)) > 3] for polygon in seen]  # fmt: skip
        if any(rings):
            shapes.append(_feature("MultiPolygon", [polygon for polygon in rings if polygon]))
    plain: list[list[list[float]]] = []
    dashed: list[list[list[float]]] = []
    for pair, lines in sorted(land.basemap.borders.items(), key=lambda item: sorted(item[0])):
        mine = [segment for segment in land.segments if segment.pair == pair]
        for line in lines:
            for part, disputed in parted(line, mine, land.basemap.box, len(pair) == 1):
                if _meets(part, view):
                    (dashed if disputed else plain).append(_rounded(_thin(part, view)))
    return [
        _shape(shapes, {"fill": surface.neutral, "fillOpacity": 0.6, "stroke": None}),
        _shape([_feature("MultiLineString", plain)] if plain else [], _line(surface.baseline, 0.6)),
        _shape([_feature("MultiLineString", dashed)] if dashed else [],
               _line(surface.ink, 0.9) | {"strokeDash": [3, 2]}),
    ]  # fmt: skip


def _thin(line: Sequence[Point], view: View) -> list[Point]:
    """Points at least a px apart, both ends kept."""
    kept, last = [line[0]], view.px(line[0])
    for point in line[1:-1]:
        here = view.px(point)
        if math.dist(here, last) >= 1.0:
            kept.append(point)
            last = here
    return [*kept, line[-1]]


def _meets(line: Sequence[Sequence[float]], view: View) -> bool:
    xs, ys = zip(*(view.px((p[0], p[1])) for p in line), strict=True)
    return bool(min(xs) < view.width and max(xs) > 0 and min(ys) < view.height and max(ys) > 0)


def _turned(ring: Sequence[Point], outer: bool) -> list[list[float]]:
    """Outer rings run clockwise and holes against it, so that the inside is what is filled."""
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))
    return _rounded(ring if (area < 0) == outer else ring[::-1])


def _rounded(line: Sequence[Point]) -> list[list[float]]:
    return [[round(x, 2), round(y, 2)] for x, y in line]


def _feature(kind: str, coordinates: Sequence[Any]) -> Row:
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": list(coordinates)},
            "properties": {}}  # fmt: skip


def _shape(features: Sequence[Row], mark: Spec) -> Spec:
    return {"data": {"values": list(features)}, "mark": {"type": "geoshape", "clip": True, **mark}}


def _line(colour: str, width: float) -> Spec:
    return {"filled": False, "fill": None, "stroke": colour, "strokeWidth": width}


def _rows(legs: Sequence[Row]) -> list[Row]:
    return [
        {"leg": leg["leg"], "mode": leg["mode"], "status": leg["status"], "share": leg["share"],
         "order": order, "longitude": lon, "latitude": lat}
        for leg in legs for order, (lon, lat) in enumerate(leg["points"])
    ]  # fmt: skip


def _drawn(legs: Sequence[Row], mark: Spec, ink: str, **more: Any) -> Spec:
    modes = [mode for mode in DASHES if mode in {leg["mode"] for leg in legs}]
    return {
        "data": values(_rows(legs)),
        "mark": {"type": "line", "clip": True, "strokeCap": "butt", **mark},
        "encoding": {
            "longitude": {"field": "longitude", "type": "quantitative"},
            "latitude": {"field": "latitude", "type": "quantitative"},
            "detail": {"field": "leg", "type": "nominal"},
            "order": {"field": "order", "type": "quantitative"},
            "strokeDash": {
                "field": "mode", "type": "nominal",
                "scale": {"domain": list(DASHES), "range": [list(dash) for dash in DASHES.values()]},
                "legend": {"orient": "bottom", "direction": "horizontal", "title": None, "symbolSize": 900,
                           "symbolStrokeWidth": 2, "symbolStrokeColor": ink, "labelColor": ink,
                           "labelFontSize": 12, "columnPadding": 12, "values": modes},
            },
            **more,
        },
    }  # fmt: skip


def _legs(legs: Sequence[Row], surface: Surface, faint: bool) -> list[Spec]:
    """Legs that no way takes: open ones in the muted ink, others fainter still."""
    colour = surface.baseline if faint else surface.negative
    mark = {"stroke": colour, "strokeWidth": 1.2 if faint else THIN}
    shut = [leg for leg in legs if leg["status"] != "open"]
    return [_drawn([leg for leg in legs if leg["status"] == "open"], mark, surface.ink),
            _drawn(shut, {**mark, "stroke": surface.baseline, "opacity": 0.7}, surface.ink)]  # fmt: skip


def _ways(legs: Sequence[Row], surface: Surface) -> list[Spec]:
    """Legs of the ways, thick by the goods on them, those of the best way in a second colour."""
    width = {"size": {"field": "share", "type": "quantitative", "legend": None,
                      "scale": {"domain": [0, 1], "range": [THIN, THICK]}}}  # fmt: skip
    return [
        _drawn([leg for leg in legs if bool(leg["best"]) is best], {"stroke": colour}, surface.ink, **width)
        for best, colour in ((False, surface.negative), (True, surface.positive))
    ]


def _signs(legs: Sequence[Row], view: View) -> list[Row]:
    rows: list[Row] = []
    for leg in legs:
        middle = along(leg["points"], 0.5)
        if leg["status"] in SIGNS and view.holds(middle):
            rows.append({"text": SIGNS[leg["status"]], "status": leg["status"], "longitude": middle[0],
                         "latitude": middle[1]})  # fmt: skip
    return rows


def _places(places: Sequence[Row], surface: Surface) -> Spec:
    rows = [{key: place[key] for key in ("place", "name", "kind", "longitude", "latitude")} |
            {"size": 70 if place["rank"] == 0 else 34 if place["rank"] < 2 else 14} for place in places]
    return {
        "data": values(rows),
        "mark": {"type": "point", "filled": True, "fill": surface.background, "stroke": surface.ink,
                 "strokeWidth": 1.4, "opacity": 1},
        "encoding": {
            "longitude": {"field": "longitude", "type": "quantitative"},
            "latitude": {"field": "latitude", "type": "quantitative"},
            "shape": {"field": "kind", "type": "nominal", "legend": None, "scale": {
                "domain": list(SHAPES), "range": list(SHAPES.values())}},
            "size": {"field": "size", "type": "quantitative", "scale": None, "legend": None},
        },
    }  # fmt: skip


def _texts(places: Sequence[Placed], surface: Surface) -> list[Spec]:
    """Names of places, one layer for each side and weight."""
    moves: dict[str, dict[str, Any]] = {
        "right": {"align": "left", "dx": GAP}, "left": {"align": "right", "dx": -GAP},
        "above": {"align": "center", "dy": -GAP - TALL / 2},
        "below": {"align": "center", "dy": GAP + TALL / 2},
    }  # fmt: skip
    return [
        _text([{"text": place["name"], "longitude": place["longitude"], "latitude": place["latitude"]}
               for place in places if place["side"] == side and (place["rank"] == 0) is bold],
              surface, halo=halo, weight=700 if bold else 400, **move)
        for side, move in moves.items() for bold in (False, True) for halo in (True, False)
    ]  # fmt: skip


def _waynumbered(numbers: Sequence[Placed], surface: Surface) -> list[Spec]:
    return [_text(numbers, surface, halo=halo, weight=700, size=13) for halo in (True, False)]


def _text(
    rows: Sequence[Row], surface: Surface, *, halo: bool = False, size: int = 12, weight: int = 400,
    **mark: Any,
) -> Spec:  # fmt: skip
    around = {"stroke": surface.background, "strokeWidth": 4, "strokeJoin": "round"} if halo else {}
    return {
        "data": values(rows),
        "mark": {"type": "text", "fontSize": size, "fontWeight": weight, "baseline": "middle",
                 "color": surface.background if halo else surface.ink, **around, **mark},
        "encoding": {
            "longitude": {"field": "longitude", "type": "quantitative"},
            "latitude": {"field": "latitude", "type": "quantitative"},
            "text": {"field": "text", "type": "nominal"},
        },
    }  # fmt: skip
