"""Bars that explain: a change split by mechanism, and the answer with one mechanism off at a time."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING

from heartland.charts.theme import LIGHT, Row, Spec, Surface, empty_spec, framed, values
from heartland.charts.words import number, plus

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ablation", "why_bars"]

ROW, TALL_ROW = 24, 32
MOST = 12


def why_bars(
    frame: pd.DataFrame,
    *,
    title: str,
    unit: str,
    source: str,
    description: str = "",
    surface: Surface = LIGHT,
) -> Spec:
    """Bars by mechanism that sum to the change, drawn last in ink; thin lines are 5-95 % over runs.

    Parameters
    ----------
    frame : mechanism, part, value, low, high, largest first; the last row `change` is their sum. Beyond
        eleven parts the smallest are added up in one bar.
    """
    rows = _why_rows(frame)
    if not rows:
        return empty_spec(title, "nothing changed", source, surface)
    for row in rows:
        total = row["kind"] == "change"
        row["colour"] = surface.ink if total else surface.positive if row["value"] > 0 else surface.negative
    parts = "; ".join(f"{row['label']} {row['text']}" for row in rows[:-1])
    said = description or f"{title}: {rows[-1]['text']} {unit} in all, as the sum of {parts}."
    return _bars(rows, title=title, unit=unit, source=source, description=said, surface=surface)


def ablation(
    frame: pd.DataFrame,
    *,
    title: str,
    unit: str,
    source: str,
    reference: float = math.nan,
    description: str = "",
    surface: Surface = LIGHT,
) -> Spec:
    """The answer with one mechanism off at a time, against the answer with all of them on.

    Parameters
    ----------
    frame : mechanism, value, and low, high where known
    reference : the answer with everything on, drawn as a dashed grey line
    """
    rows = [
        {"label": str(row["mechanism"]), "value": float(row["value"]), "text": number(row["value"]),
         "low": float(row.get("low", math.nan)), "high": float(row.get("high", math.nan)),
         "colour": surface.ink, "kind": "off"}
        for row in frame.to_dict("records") if math.isfinite(row["value"])
    ]  # fmt: skip
    if not rows:
        return empty_spec(title, "no mechanism was switched off in this run", source, surface)
    said = description or f"{title}: " + "; ".join(f"without {r['label']} {r['text']}" for r in rows) + "."
    return _bars(
        rows, title=title, unit=unit, source=source, description=said, surface=surface, reference=reference
    )


def _why_rows(frame: pd.DataFrame) -> list[Row]:
    rows: list[Row] = []
    for item in frame.to_dict("records"):
        if not math.isfinite(item["value"]):
            continue
        part = f": {item['part']}" if item["part"] else ""
        rows.append({
            "label": f"{item['mechanism']}{part}".replace("-", " ").replace("_", " "),
            "value": float(item["value"]), "low": float(item["low"]), "high": float(item["high"]),
            "kind": "change" if item["mechanism"] == "change" else "part",
        })  # fmt: skip
    parts, change = [r for r in rows if r["kind"] == "part"], [r for r in rows if r["kind"] == "change"]
    if not parts or not change:
        return []
    if len(parts) > MOST - 1:
        rest = sum(row["value"] for row in parts[MOST - 2 :])
        name = f"{len(parts) - MOST + 2} smaller parts"
        parts = [
            *parts[: MOST - 2],
            {"label": name, "value": rest, "low": math.nan, "high": math.nan, "kind": "part"},
        ]
    for row in (*parts, *change):
        row["text"] = plus(row["value"])
    return [*parts, *change]


def _bars(
    rows: list[Row], *, title: str, unit: str, source: str, description: str, surface: Surface,
    reference: float = math.nan,
) -> Spec:  # fmt: skip
    for number_, row in enumerate(rows):
        row["order"] = number_
        row["shown"] = "\n".join(textwrap.wrap(row["label"], 19, max_lines=2, placeholder="…")) or "?"
        row["end"] = _far(row)
    tall = TALL_ROW if any("\n" in row["shown"] for row in rows) else ROW
    order = {"field": "order", "type": "ordinal", "axis": None}
    y = {**order, "scale": {"paddingInner": 0.35, "paddingOuter": 0.2}}
    low = min(0.0, *(_ends(row)[0] for row in rows), reference if math.isfinite(reference) else 0.0)
    high = max(0.0, *(_ends(row)[1] for row in rows), reference if math.isfinite(reference) else 0.0)
    span = (high - low) or 1.0
    scale = {"domain": [low - 0.72 * span, high + 0.3 * span], "nice": False}
    room = {"field": "value", "type": "quantitative", "scale": scale,
            "axis": {"title": unit, "tickCount": 4, "format": "~r", "values": _ticks(low, high)}}  # fmt: skip
    layers: list[Spec] = [
        {"data": values([{"zero": 0.0}]), "mark": {"type": "rule", "color": surface.rule},
         "encoding": {"x": {**room, "field": "zero"}}},
        {"data": values(rows), "mark": {"type": "bar", "height": {"band": 1}, "opacity": 0.85},
         "encoding": {"x": room, "y": y, "color": {"field": "colour", "type": "nominal", "scale": None}}},
        {"data": values([row for row in rows if math.isfinite(row["low"]) and math.isfinite(row["high"])]),
         "mark": {"type": "rule", "strokeWidth": 1, "color": surface.muted},
         "encoding": {"x": {**room, "field": "low"}, "x2": {"field": "high"}, "y": y}},
        {"data": values(rows), "mark": {"type": "text", "align": "left", "baseline": "middle", "dx": 5},
         "encoding": {"x": {**room, "field": "end"}, "y": y, "text": {"field": "text", "type": "nominal"}}},
        *(_names(rows, lines, y) for lines in (1, 2)),
    ]  # fmt: skip
    if math.isfinite(reference):
        layers.insert(1, {
            "data": values([{"reference": reference}]),
            "mark": {"type": "rule", "color": surface.baseline, "strokeDash": [6, 4], "strokeWidth": 2},
            "encoding": {"x": {**room, "field": "reference"}},
        })  # fmt: skip
    layers = [layer for layer in layers if layer["data"]["values"]]
    return framed(
        layers, title=title, description=description, source=source, surface=surface,
        height=tall * len(rows) + 10,
    )  # fmt: skip


def _names(rows: list[Row], lines: int, y: Spec) -> Spec:
    """Names of the bars that take so many lines, centred on them."""
    mark = {"type": "text", "align": "left", "baseline": "middle", "x": 0, "dy": -6.5 * (lines - 1),
            "lineBreak": "\n", "lineHeight": 13, "limit": 116}  # fmt: skip
    chosen = [row for row in rows if row["shown"].count("\n") + 1 == lines]
    return {
        "data": values(chosen),
        "mark": mark,
        "encoding": {"y": y, "text": {"field": "shown", "type": "nominal"}},
    }


def _ends(row: Row) -> tuple[float, float]:
    known = [x for x in (row["value"], row["low"], row["high"]) if math.isfinite(x)]
    return min(known), max(known)


def _far(row: Row) -> float:
    """Where the number stands: behind the longest of bar and interval, never left of zero."""
    return max(0.0, _ends(row)[1])


def _ticks(low: float, high: float) -> list[float]:
    step = 10.0 ** math.floor(math.log10(max(high - low, 1e-12)))
    for part in (1.0, 2.0, 5.0):
        if (high - low) / (step * part) <= 4:
            step *= part
            break
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(step * i, 12) for i in range(first, last + 1)]
