"""Cut the region's basemap from Natural Earth 1:50m as packaged by world-atlas (offline, from a given file).

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python scripts/build_basemap.py package/countries-50m.json

Writes `basemap/basemap.topo.json`: TopoJSON with shared arcs, ids from `basemap_ids.csv`, clipped to a box of
longitudes and latitudes and otherwise not simplified. An exclave the source lacks at this scale is added as a
schematic outline, marked as such. The SHA-256 of the input file is recorded in the output.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import math
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "src/heartland/regions/central-asia/basemap/basemap.topo.json"
BOX = (40.0, 25.0, 95.0, 60.0)
GRID = 1e-3
SOURCE = "Natural Earth 4.1.0, 1:50m, admin 0 countries (public domain), as packaged in world-atlas 2.0.2"

Point = tuple[float, float]
Ring = list[Point]

# Area of about 90 km2 around the settlement; the outline is schematic, not surveyed.
ADDED: tuple[dict[str, Any], ...] = (
    {"id": "UZB", "inside": "KGZ", "name": "Shohimardon", "centre": (71.80, 39.98), "km2": 90.0},
)


def decode(topology: dict[str, Any]) -> list[Ring]:
    """Arcs of a quantized TopoJSON file in degrees."""
    (kx, ky), (dx, dy) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for step in arc:
            x, y = x + step[0], y + step[1]
            line.append((x * kx + dx, y * ky + dy))
        arcs.append(line)
    return arcs


def rings_of(geometry: dict[str, Any], arcs: list[Ring]) -> list[list[Ring]]:
    """Polygons of a geometry, each a list of closed rings, the outer one first."""
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    return [[_join(ring, arcs) for ring in polygon] for polygon in polygons]


def _join(indices: list[int], arcs: list[Ring]) -> Ring:
    ring: Ring = []
    for index in indices:
        line = arcs[index] if index >= 0 else arcs[~index][::-1]
        ring += line if not ring else line[1:]
    return ring


def clip(ring: Ring, box: tuple[float, float, float, float]) -> Ring:
    """Ring cut to a box (Sutherland and Hodgman 1974); empty when nothing is left."""
    west, south, east, north = box
    sides = ((0, west, 1.0), (0, east, -1.0), (1, south, 1.0), (1, north, -1.0))
    points = ring[:-1]
    for axis, bound, sense in sides:
        kept: Ring = []
        for i, here in enumerate(points):
            before = points[i - 1]
            inside, was = (sense * (p[axis] - bound) >= 0 for p in (here, before))
            if inside != was:
                kept.append(_crossing(before, here, axis, bound))
            if inside:
                kept.append(here)
        points = kept
    return [*points, points[0]] if len(points) > 2 else []


def _crossing(a: Point, b: Point, axis: int, bound: float) -> Point:
    if a > b:
        a, b = b, a
    share = (bound - a[axis]) / (b[axis] - a[axis])
    other = a[1 - axis] + share * (b[1 - axis] - a[1 - axis])
    return (bound, other) if axis == 0 else (other, bound)


def snap(ring: Ring) -> list[tuple[int, int]]:
    """Ring on the integer grid, without repeated points; empty when it collapses."""
    points: list[tuple[int, int]] = []
    for x, y in ring:
        point = (round((x - BOX[0]) / GRID), round((y - BOX[1]) / GRID))
        if not points or points[-1] != point:
            points.append(point)
    return points if len(points) > 3 else []


def outline(centre: Point, km2: float, corners: int = 12) -> Ring:
    """Regular polygon of a given area around a point, in degrees."""
    radius = math.sqrt(2 * km2 / (corners * math.sin(2 * math.pi / corners)))
    ring = []
    for i in range(corners):
        angle = 2 * math.pi * i / corners
        north, east = radius * math.sin(angle) / 110.95, radius * math.cos(angle) / 111.32
        ring.append((centre[0] + east / math.cos(math.radians(centre[1])), centre[1] + north))
    return [*ring, ring[0]]


class Topology:
    """Rings of all countries turned into arcs that neighbours share."""

    def __init__(self, rings: list[tuple[str, list[tuple[int, int]]]]) -> None:
        self.owners: dict[tuple[Any, Any], set[int]] = defaultdict(set)
        self.arcs: list[list[tuple[int, int]]] = []
        self.known: dict[tuple[tuple[int, int], ...], int] = {}
        for number, (_, ring) in enumerate(rings):
            for edge in pairwise(ring):
                self.owners[min(edge), max(edge)].add(number)

    def cut(self, ring: list[tuple[int, int]]) -> list[int]:
        """Arc indices of one ring, ~index for an arc run backwards."""
        edges = list(pairwise(ring))
        owners = [frozenset(self.owners[min(edge), max(edge)]) for edge in edges]
        starts = [i for i in range(len(edges)) if owners[i] != owners[i - 1]]
        if not starts:
            points = ring[:-1]
            first = points.index(min(points))
            return [self.index([*points[first:], *points[:first], points[first]])]
        runs = []
        for start, stop in zip(starts, [*starts[1:], starts[0] + len(edges)], strict=True):
            picked = [edges[i % len(edges)] for i in range(start, stop)]
            runs.append(self.index([picked[0][0], *(edge[1] for edge in picked)]))
        return runs

    def index(self, line: list[tuple[int, int]]) -> int:
        """Index of a line among the arcs, made when new."""
        forward, backward = tuple(line), tuple(line[::-1])
        if forward in self.known:
            return self.known[forward]
        if backward in self.known:
            return ~self.known[backward]
        self.known[forward] = len(self.arcs)
        self.arcs.append(line)
        return self.known[forward]


def delta(line: list[tuple[int, int]]) -> list[list[int]]:
    """Points of an arc as differences, as TopoJSON wants them."""
    before = (0, 0)
    steps = []
    for point in line:
        steps.append([point[0] - before[0], point[1] - before[1]])
        before = point
    return steps


def read_ids(path: Path) -> dict[str, tuple[str, str]]:
    """Id and name by numeric code, or by name for areas without a code."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["numeric"]: (row["iso3"], row["name"]) for row in csv.DictReader(file)}


def polygons_in_box(
    topology: dict[str, Any], ids: dict[str, tuple[str, str]]
) -> list[tuple[str, str, list[list[tuple[int, int]]]]]:
    """(id, name, rings on the grid) of every polygon with a part in the box."""
    arcs, found = decode(topology), []
    for geometry in topology["objects"]["countries"]["geometries"]:
        raw = geometry["properties"]["name"]
        key = geometry.get("id", raw)
        for polygon in rings_of(geometry, arcs):
            rings = [ring for ring in (snap(clip(ring, BOX)) for ring in polygon) if ring]
            if not rings:
                continue
            if key not in ids:
                raise SystemExit(
                    f"{raw} (code {geometry.get('id')}) lies in the box: add it to basemap_ids.csv"
                )
            found.append((*ids[key], rings))
    for extra in ADDED:
        ring = snap(outline(extra["centre"], extra["km2"]))
        host = next(p for p in found if p[0] == extra["inside"] and _holds(p[2][0], ring[0]))
        host[2].append(ring[::-1])
        name = next(p[1] for p in found if p[0] == extra["id"])
        found.append((extra["id"], name, [ring]))
    return found


def _holds(ring: list[tuple[int, int]], point: tuple[int, int]) -> bool:
    inside = False
    for (ax, ay), (bx, by) in pairwise(ring):
        if (ay > point[1]) != (by > point[1]) and point[0] < ax + (bx - ax) * (point[1] - ay) / (by - ay):
            inside = not inside
    return inside


def build(source: Path) -> dict[str, Any]:
    """The basemap as TopoJSON."""
    data = source.read_bytes()
    found = polygons_in_box(json.loads(data), read_ids(Path(__file__).with_name("basemap_ids.csv")))
    flat = [(name, ring) for name, _, rings in found for ring in rings]
    topology = Topology(flat)
    shapes: dict[str, dict[str, Any]] = {}
    for area, name, rings in found:
        shape = shapes.setdefault(
            area, {"type": "MultiPolygon", "id": area, "properties": {"name": name}, "arcs": []}
        )
        shape["arcs"].append([topology.cut(ring) for ring in rings])
    return {
        "type": "Topology",
        "bbox": list(BOX),
        "transform": {"scale": [GRID, GRID], "translate": [BOX[0], BOX[1]]},
        "properties": {
            "source": SOURCE,
            "sha256": hashlib.sha256(data).hexdigest(),
            "clip": "longitude and latitude box, see bbox; no other simplification than a grid of 0.001 "
                    "degrees",
            "added": [
                {key: extra[key] for key in ("id", "name", "inside", "km2")}
                | {"note": "schematic outline of the right area; lost in the source at this scale"}
                for extra in ADDED
            ],
        },
        "objects": {
            "countries": {"type": "GeometryCollection", "geometries": [shapes[key] for key in sorted(shapes)]}
        },
        "arcs": [delta(line) for line in topology.arcs],
    }


def main() -> None:
    """Read the file named on the command line, write the basemap."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("source", type=Path, help="countries-50m.json of world-atlas")
    parser.add_argument("--out", type=Path, default=OUT)
    chosen = parser.parse_args()
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(build(chosen.source), separators=(",", ":"), ensure_ascii=False)
    chosen.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
