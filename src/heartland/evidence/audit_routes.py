"""Audit of routes: legs no shorter than the earth allows, corridors whose legs join."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from heartland.errors import Finding
from heartland.evidence.audit_material import Material, by_id, warn

__all__ = ["great_circle_km", "route_faults"]

EARTH_KM = 6371.0088  # mean radius, IUGG 1980 (Moritz 2000, Journal of Geodesy 74)
TOLERANCE = 0.03  # assumption: a node stands for a whole town


def great_circle_km(latitude: float, longitude: float, latitude2: float, longitude2: float) -> float:
    """Shortest distance of two points over a sphere, km; degrees in (haversine formula)."""
    a, b = math.radians(latitude), math.radians(latitude2)
    half = math.sin((b - a) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(longitude2 - longitude) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def route_faults(material: Material) -> Iterator[Finding]:
    """A28: a leg is no shorter than the great circle (3 % allowed), the legs of a route join in order."""
    nodes = by_id(material.book.get("nodes", ()), "node_id")
    legs = by_id(material.book.get("legs", ()), "leg_id")
    for row in legs.values():
        ends = [nodes.get(row[column]) for column in ("from_node", "to_node")]
        if ends[0] is None or ends[1] is None:
            continue
        circle = great_circle_km(*(end[name] for end in ends if end for name in ("latitude", "longitude")))
        if row["length_km"] < (1 - TOLERANCE) * circle:
            yield warn(
                "A28",
                "legs",
                row,
                "length_km",
                f"{row['leg_id']} {row['length_km']:,.0f} km is below {circle:,.0f} km.",
                "No way is shorter than the great circle between its ends.",
                "Check the length, and the positions of the two nodes.",
            )
    for row in material.book.get("corridors", ()):
        if row["kind"] == "route":
            yield from _gaps(row, legs)


def _gaps(row: Mapping[str, Any], legs: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    """Places where a leg does not start where the one before it may have ended."""
    reached: set[str] = set()
    before = ""
    for name in row["leg_ids"]:
        leg = legs.get(name)
        if leg is None:
            return
        ways = [(leg["from_node"], leg["to_node"])]
        if leg["direction"] == "both":
            ways.append((leg["to_node"], leg["from_node"]))
        ends = {end for start, end in ways if start in reached}
        if before and not ends:
            yield warn(
                "A28",
                "corridors",
                row,
                "leg_ids",
                f"{row['corridor_id']}: {before} does not connect to {name}.",
                "Length, days and cost of the route would leave out the way between them.",
                "Add the missing leg, put the legs in order, or use kind set.",
            )
        reached = ends or {end for _, end in ways}
        before = name
