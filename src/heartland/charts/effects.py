"""What a sweep found: the effect of each value of a factor, of a range, and of two factors together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from heartland.charts.theme import LIGHT, Row, Spec, Surface, empty_spec, framed, values
from heartland.charts.words import plus

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["effect_points", "heat_map"]

CELL = 34


def effect_points(
    frame: pd.DataFrame, *, title: str, factor: str, unit: str, source: str, surface: Surface = LIGHT
) -> Spec:
    """Difference from the reference by value of a factor, with its interval; a dashed line at no difference.

    Parameters
    ----------
    frame : level (numbers, or texts in their order), value, low, high
    factor : name under the axis;  unit : of the difference
    """
    rows: list[Row] = [
        {"level": row["level"], **{name: float(row[name]) for name in ("value", "low", "high")}}
        for row in frame.to_dict("records") if math.isfinite(row["value"])
    ]  # fmt: skip
    if not rows:
        return empty_spec(title, "no point has a value in common with the reference", source, surface)
    numeric = all(isinstance(row["level"], float) for row in rows)
    x: Spec = {"field": "level", "type": "nominal", "sort": None}
    if numeric:
        scale = {"zero": False, "nice": False, "padding": 8}
        x = {"field": "level", "type": "quantitative", "scale": scale}
    x["axis"] = {"title": factor, "labelAngle": 0, "tickCount": 5}
    y: Spec = {"field": "value", "type": "quantitative"}
    y["axis"] = {"title": unit, "tickCount": 4, "format": "~g"}
    layers: list[Spec] = [
        {"data": values([{"zero": 0.0}]),
         "mark": {"type": "rule", "color": surface.baseline, "strokeDash": [6, 4]},
         "encoding": {"y": {**y, "field": "zero"}}},
        {"data": values(rows), "mark": {"type": "rule", "strokeWidth": 1, "color": surface.muted},
         "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}}},
        {"data": values(rows), "mark": {"type": "point", "filled": True, "size": 34, "color": surface.ink},
         "encoding": {"x": x, "y": y}},
    ]  # fmt: skip
    said = "; ".join(f"{row['level']}: {plus(row['value'])}" for row in rows[:12])
    more = f"; and {len(rows) - 12} further points" if len(rows) > 12 else ""
    return framed(
        layers, title=title, description=f"{title}, by {factor}: {said}{more} ({unit}).", source=source,
        surface=surface,
    )  # fmt: skip


def heat_map(
    frame: pd.DataFrame, *, title: str, across: str, down: str, unit: str, source: str,
    surface: Surface = LIGHT,
) -> Spec:  # fmt: skip
    """Difference from the reference by the values of two factors, as coloured cells with their numbers.

    frame : across, down (values of the two, in their order), value;  across, down : names of the factors
    """
    rows: list[Row] = [
        {"across": _shown(row["across"]), "down": _shown(row["down"]), "value": float(row["value"]),
         "text": plus(row["value"])}
        for row in frame.to_dict("records") if math.isfinite(row["value"])
    ]  # fmt: skip
    if not rows:
        return empty_spec(title, "no cell has a value in common with the reference", source, surface)
    largest = max(abs(row["value"]) for row in rows) or 1.0
    for row in rows:
        row["colour"] = _colour(row["value"] / largest, surface)
    x: Spec = {"field": "across", "type": "nominal", "sort": None,
               "axis": {"title": across, "labelAngle": 0}}  # fmt: skip
    y: Spec = {"field": "down", "type": "nominal", "sort": None, "axis": {"title": down}}
    layers: list[Spec] = [
        {"data": values(rows), "mark": {"type": "rect", "stroke": surface.background},
         "encoding": {"x": x, "y": y, "color": {"field": "colour", "type": "nominal", "scale": None}}},
        {"data": values(rows), "mark": {"type": "text", "color": surface.ink},
         "encoding": {"x": x, "y": y, "text": {"field": "text", "type": "nominal"}}},
    ]  # fmt: skip
    deep = len(dict.fromkeys(row["down"] for row in rows))
    said = "; ".join(f"{row['across']} and {row['down']}: {row['text']}" for row in rows[:12])
    return framed(
        layers, title=title, description=f"{title}, by {across} and {down}: {said} ({unit}).", source=source,
        surface=surface, height=CELL * deep + 10, notes=[f"Cells: {unit}."],
    )  # fmt: skip


def _shown(level: str | float) -> str:
    return f"{level:g}" if isinstance(level, float) else level


def _colour(part: float, surface: Surface) -> str:
    """Colour between no effect and the largest one of its sign, light enough for ink on it."""
    end = surface.positive if part > 0 else surface.negative
    mixed = [
        round(a + 0.6 * abs(part) * (b - a))
        for a, b in zip(_parts(surface.neutral), _parts(end), strict=True)
    ]
    return "#" + "".join(f"{value:02X}" for value in mixed)


def _parts(colour: str) -> Sequence[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
