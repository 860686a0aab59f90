"""Areas and lines of a map from TopoJSON, and their projection: no drawing here."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, TypeAlias

__all__ = ["Basemap", "Point", "Projection", "Ring", "clip_ring", "length_inside"]

Point: TypeAlias = tuple[float, float]
Ring: TypeAlias = list[Point]
Box: TypeAlias = tuple[float, float, float, float]
EARTH = 6371.0


@dataclass(frozen=True)
class Projection:
    """Lambert azimuthal equal-area projection around a centre (Snyder 1987, p. 185); km, y to the south."""

    lon: float
    lat: float

    def __call__(self, point: Point) -> Point:
        """Kilometres east and south of the centre, for degrees of longitude and latitude."""
        lam, phi = math.radians(point[0] - self.lon), math.radians(point[1])
        phi0 = math.radians(self.lat)
        cosine = math.sin(phi0) * math.sin(phi) + math.cos(phi0) * math.cos(phi) * math.cos(lam)
        k = EARTH * math.sqrt(2.0 / max(1.0 + cosine, 1e-9))
        east = k * math.cos(phi) * math.sin(lam)
        north = k * (math.cos(phi0) * math.sin(phi) - math.sin(phi0) * math.cos(phi) * math.cos(lam))
        return east, -north


@dataclass(frozen=True)
class Basemap:
    """Arcs in degrees, areas as rings of arc indices (~i is arc i backwards), and where they came from.

    areas : id -> polygons, each a list of rings, the outer one first
    """

    arcs: tuple[tuple[Point, ...], ...]
    areas: Mapping[str, Sequence[Sequence[Sequence[int]]]]
    names: Mapping[str, str]
    box: Box
    properties: Mapping[str, Any]

    @classmethod
    def from_topojson(cls, data: Mapping[str, Any]) -> Basemap:
        """Decode a quantized TopoJSON object with the collection `countries`.

        Raises
        ------
        ValueError
            If it is not such an object.
        """
        if data.get("type") != "Topology" or "countries" not in data.get("objects", {}):
            raise ValueError("not a TopoJSON map with the collection countries")
        (kx, ky), (dx, dy) = data["transform"]["scale"], data["transform"]["translate"]
        arcs = []
        for arc in data["arcs"]:
            x = y = 0
            line = []
            for step in arc:
                x, y = x + step[0], y + step[1]
                line.append((x * kx + dx, y * ky + dy))
            arcs.append(tuple(line))
        shapes = data["objects"]["countries"]["geometries"]
        areas = {str(s["id"]): s["arcs"] if s["type"] == "MultiPolygon" else [s["arcs"]] for s in shapes}
        names = {str(s["id"]): str(s["properties"].get("name", s["id"])) for s in shapes}
        west, south, east, north = (float(x) for x in data["bbox"])
        return cls(tuple(arcs), areas, names, (west, south, east, north), data.get("properties", {}))

    def rings(self, area: str) -> list[list[Ring]]:
        """Polygons of an area in degrees."""
        return [[joined(self.arcs, ring) for ring in polygon] for polygon in self.areas.get(area, ())]

    def area_at(self, lon: float, lat: float) -> str:
        """Id of the area a point lies in, or an empty text."""
        for area in self.areas:
            for outer, *holes in self.rings(area):
                if _holds(outer, (lon, lat)) and not any(_holds(hole, (lon, lat)) for hole in holes):
                    return area
        return ""

    @cached_property
    def borders(self) -> dict[frozenset[str], list[tuple[Point, ...]]]:
        """Lines by the ids of the two areas they part; coasts and the frame belong to one area only."""
        owners: dict[int, list[str]] = defaultdict(list)
        for area, polygons in self.areas.items():
            for polygon in polygons:
                for ring in polygon:
                    for index in ring:
                        owners[index if index >= 0 else ~index].append(area)
        found: dict[frozenset[str], list[tuple[Point, ...]]] = defaultdict(list)
        for index, names in sorted(owners.items()):
            found[frozenset(names)].append(self.arcs[index])
        return dict(found)

    def extent(self, areas: Iterable[str]) -> Box:
        """Smallest box of longitudes and latitudes that holds the areas; the whole box if none is known."""
        points = [p for area in areas for polygon in self.rings(area) for p in polygon[0]]
        if not points:
            return self.box
        lons, lats = [p[0] for p in points], [p[1] for p in points]
        return min(lons), min(lats), max(lons), max(lats)


def joined(arcs: Sequence[Sequence[Point]], ring: Sequence[int]) -> Ring:
    """Closed ring from arc indices."""
    points: Ring = []
    for index in ring:
        line = arcs[index] if index >= 0 else arcs[~index][::-1]
        points += list(line[1:] if points else line)
    return points


def _holds(ring: Ring, point: Point) -> bool:
    inside = False
    for (ax, ay), (bx, by) in pairwise(ring):
        if (ay > point[1]) != (by > point[1]) and point[0] < ax + (bx - ax) * (point[1] - ay) / (by - ay):
            inside = not inside
    return inside


def clip_ring(ring: Ring, box: Box) -> Ring:
    """Closed ring cut to a box (Sutherland and Hodgman 1974); empty when nothing is left."""
    points = ring[:-1]
    for axis, bound, sense in ((0, box[0], 1.0), (0, box[2], -1.0), (1, box[1], 1.0), (1, box[3], -1.0)):
        kept: Ring = []
        for i, here in enumerate(points):
            before = points[i - 1]
            inside, was = (sense * (p[axis] - bound) >= 0 for p in (here, before))
            if inside != was:
                share = (bound - before[axis]) / (here[axis] - before[axis])
                other = before[1 - axis] + share * (here[1 - axis] - before[1 - axis])
                kept.append((bound, other) if axis == 0 else (other, bound))
            if inside:
                kept.append(here)
        points = kept
    return [*points, points[0]] if len(points) > 2 else []


def length_inside(line: Sequence[Point], box: Box) -> float:
    """Length in degrees of the parts of a line whose both ends lie in a box."""
    inside = [box[0] <= x <= box[2] and box[1] <= y <= box[3] for x, y in line]
    return sum(math.dist(line[i], line[i + 1]) for i in range(len(line) - 1) if inside[i] and inside[i + 1])
