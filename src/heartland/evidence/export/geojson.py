"""GeoJSON: places as points, legs as lines, facts without geometry but with the ids of country polygons.

Source: RFC 7946 (2016): longitude before latitude, lines cut at the 180th meridian (3.1.9).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from heartland.core.jsonio import read_geojson
from heartland.errors import HeartlandInputError
from heartland.evidence.export.material import Material, Row, filled, frames_of, is_current
from heartland.evidence.export.writing import dumps

__all__ = ["feature_tables", "features_of", "line", "read", "write"]

_TABLES = {"nodes": "node_id", "legs": "leg_id", "facts": "fact_id"}
_OWN = ("table", "polygon_ids", "current")  # properties that are no columns


def write(material: Material, out: Path) -> None:
    """Write one FeatureCollection; `description` says where it is from."""
    content = {
        "type": "FeatureCollection",
        "description": material.summary,
        "features": features_of(material),
    }
    out.write_text(dumps(content), encoding="utf-8", newline="")


def features_of(material: Material) -> list[dict[str, Any]]:
    """Features of nodes, legs and facts; the properties are the known cells, lists as arrays.

    A leg runs straight from node to node: it shows which places it joins, not its course. A fact is about
    actors, so it gets `polygon_ids` (three-letter codes of the states of its givers and receivers, or of the
    states they belong to) to be joined with a map of countries, and never a point.
    """
    nodes = {row["node_id"]: (row["longitude"], row["latitude"]) for row in material.table("nodes")}
    found = [
        _feature("nodes", row, {"type": "Point", "coordinates": list(nodes[row["node_id"]])})
        for row in material.table("nodes")
    ]
    for row in material.table("legs"):
        first, last = nodes.get(row["from_node"]), nodes.get(row["to_node"])
        found.append(_feature("legs", row, line(first, last) if first and last else None))
    polygons = _polygons(material.table("actors"))
    for row in material.table("facts"):
        ids = dict.fromkeys(
            polygons[actor] for actor in (*row["givers"], *row["receivers"]) if polygons.get(actor)
        )
        found.append(_feature("facts", row, None, {"polygon_ids": list(ids), "current": is_current(row)}))
    return found


def line(start: tuple[float, float], end: tuple[float, float]) -> dict[str, Any]:
    """Straight line between two places (longitude, latitude), in degrees.

    One that is shorter across the 180th meridian becomes two lines that end at it.
    """
    (x0, y0), (x1, y1) = start, end
    if abs(x1 - x0) <= 180:
        return {"type": "LineString", "coordinates": [[x0, y0], [x1, y1]]}
    side = 180.0 if x0 > 0 else -180.0
    gone, left = side - x0, x1 + side  # degrees to the meridian, and from it to the end
    part = gone / (gone + left) if gone + left else 0.0
    y = y0 + (y1 - y0) * part
    return {
        "type": "MultiLineString",
        "coordinates": [[[x0, y0], [side, y]], [[-side, y], [x1, y1]]],
    }


def read(path: Path) -> list[dict[str, Any]]:
    """Features of an exported file.

    Raises
    ------
    HeartlandInputError
        No FeatureCollection, or a file above a cap.
    """
    content = read_geojson(path)
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
        raise HeartlandInputError.at(
            "is no FeatureCollection.",
            why="Nothing else is exported.",
            fix="Export it again.",
            file=path.name,
            check="export-read",
        )
    return features


def feature_tables(features: Sequence[Mapping[str, Any]]) -> dict[str, pd.DataFrame]:
    """Typed tables of nodes, legs and facts from their features."""
    records: dict[str, list[dict[str, Any]]] = {}
    for feature in features:
        cells = {name: value for name, value in feature["properties"].items() if name not in _OWN}
        records.setdefault(feature["properties"]["table"], []).append(cells)
    return frames_of(records)


def _feature(
    table: str, row: Row, geometry: dict[str, Any] | None, extra: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    known = {name: list(value) if isinstance(value, tuple) else value for name, value in filled(row).items()}
    return {
        "type": "Feature",
        "id": row[_TABLES[table]],
        "geometry": geometry,
        "properties": {"table": table, **known, **(extra or {})},
    }


def _polygons(actors: Sequence[Row]) -> dict[str, str]:
    """Code of the country of each actor: its own, else that of its home; actors without one are absent."""
    own = {
        row["actor_id"]: row["iso3"] or (row["actor_id"] if row["kind"] == "state" else "") for row in actors
    }
    return {
        row["actor_id"]: code for row in actors if (code := own[row["actor_id"]] or own.get(row["home"], ""))
    }
