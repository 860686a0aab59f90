"""Fans: nested 50, 80 and 95 % bands of a series with its median and a few sample paths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from heartland.charts.axes import dated
from heartland.charts.theme import BANDS, LIGHT, Row, Spec, Surface, empty_spec, framed, values
from heartland.charts.words import interval, month, number

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["contrast", "fan", "fan_pair"]

LABEL_ROOM = 64
PATHS = 5


def fan(
    frame: pd.DataFrame,
    *,
    title: str,
    unit: str,
    source: str,
    paths: pd.DataFrame | None = None,
    label: str = "",
    colour: str = "",
    dash: Sequence[int] = (),
    description: str = "",
    surface: Surface = LIGHT,
) -> Spec:
    """Bands, median and sample paths of one series.

    Parameters
    ----------
    frame : columns of `frames.fan_frame`: date, low95 ... median ... high95
    paths : columns date, path, value (`frames.paths_frame`); the first five are drawn
    unit : on the axis;  label : at the end of the median;  colour, dash : of the power it belongs to
    """
    rows = _rows(frame)
    if not rows:
        return empty_spec(title, "the series is not known", source, surface)
    ink = colour or surface.ink
    layers = [*_bands(rows, ink, unit), *_paths(paths, ink, unit), _median(rows, ink, unit, dash)]
    if label:
        layers.append(_label(rows[-1], label, ink, unit, 0))
    return framed(
        dated(layers, rows), title=title, description=description or _said(title, rows, unit), source=source,
        surface=surface, right=LABEL_ROOM if label else 8,
    )  # fmt: skip


def fan_pair(
    frame: pd.DataFrame,
    baseline: pd.DataFrame,
    *,
    title: str,
    unit: str,
    source: str,
    paths: pd.DataFrame | None = None,
    labels: tuple[str, str] = ("what-if", "baseline"),
    colour: str = "",
    dash: Sequence[int] = (),
    description: str = "",
    surface: Surface = LIGHT,
) -> Spec:
    """A what-if as a fan, and its baseline as a grey dashed median inside its own 80 % lines.

    Parameters
    ----------
    frame, baseline : columns of `frames.fan_frame`
    labels : names at the ends of the two medians;  the rest as in `fan`
    """
    rows, base = _rows(frame), _rows(baseline)
    if not rows and not base:
        return empty_spec(title, "the series is not known in either run", source, surface)
    ink, grey = colour or surface.ink, surface.baseline
    layers = [*_bands(rows, ink, unit), *_paths(paths, ink, unit)]
    for edge in ("low80", "high80"):
        layers.append(_line(base, edge, grey, unit, width=1, dash=(2, 3)))
    layers.append(_line(base, "median", grey, unit, width=2, dash=(6, 4)))
    layers.append(_median(rows, ink, unit, dash))
    first, second = _apart(rows, base)
    if rows:
        layers.append(_label(rows[-1], labels[0], ink, unit, first))
    if base:
        layers.append(_label(base[-1], labels[1], grey, unit, second))
    said = description or " ".join(
        _said(f"{title}, {name}", part, unit) for name, part in zip(labels, (rows, base), strict=True) if part
    )
    layers = dated([layer for layer in layers if layer["data"]["values"]], rows or base)
    return framed(
        layers, title=title, description=said, source=source, surface=surface, right=LABEL_ROOM
    )  # fmt: skip


def contrast(
    frame: pd.DataFrame,
    *,
    title: str,
    unit: str,
    source: str,
    paths: pd.DataFrame | None = None,
    description: str = "",
    surface: Surface = LIGHT,
) -> Spec:
    """A difference of two runs: bands above zero in one colour, below it in the other, zero drawn in ink.

    Parameters
    ----------
    frame : columns of `frames.fan_frame`, of the difference member by member;  the rest as in `fan`
    """
    rows = _rows(frame)
    if not rows:
        return empty_spec(title, "the difference is not known", source, surface)
    layers: list[Spec] = []
    for colour, cut in ((surface.positive, max), (surface.negative, min)):
        side = [
            {"date": row["date"]} | {name: cut(row[name], 0.0) for name in row if name not in ("date", "n")}
            for row in rows
        ]
        if any(row["low95"] or row["high95"] for row in side):
            layers += _bands(side, colour, unit)
    rule = {
        "data": values([{"zero": 0.0}]),
        "mark": {"type": "rule", "color": surface.muted, "strokeWidth": 1},
    }
    layers.append({**rule, "encoding": {"y": _y("zero", unit)}})
    layers += _paths(paths, surface.muted, unit)
    layers.append(_median(rows, surface.ink, unit, ()))
    said = description or _said(f"{title}, difference", rows, unit)
    if all(row["low95"] == row["high95"] == 0 for row in rows):
        said = f"{title}: no difference in any run."
    return framed(dated(layers, rows), title=title, description=said, source=source, surface=surface)


def _rows(frame: pd.DataFrame) -> list[Row]:
    """Rows with a median, as plain values."""
    if not len(frame):
        return []
    found = frame.to_dict("records")
    return [
        {str(key): _plain(value) for key, value in row.items()}
        for row in found
        if row["median"] == row["median"]
    ]


def _plain(value: Any) -> Any:
    return value if isinstance(value, str) else float(f"{float(value):.6g}")


def _x() -> Spec:
    return {"field": "date", "type": "temporal", "scale": {"type": "utc"}, "axis": {"title": None}}


def _y(field: str, unit: str) -> Spec:
    return {
        "field": field, "type": "quantitative", "scale": {"zero": False, "nice": True},
        "axis": {"title": unit or "index", "tickCount": 5, "format": "~r"} | _compact(unit),
    }  # fmt: skip


def _compact(unit: str) -> Spec:
    return {"format": "~s"} if unit.startswith("usd") else {}


def _bands(rows: list[Row], colour: str, unit: str) -> list[Spec]:
    if not rows:
        return []
    mark: Spec = {"type": "area", "color": colour, "line": False}
    if len(rows) == 1:
        mark = {"type": "rule", "color": colour, "strokeWidth": 14}
    return [
        {
            "data": values(rows),
            "mark": {**mark, "opacity": opacity},
            "encoding": {"x": _x(), "y": _y(f"low{level}", unit), "y2": {"field": f"high{level}"}},
        }
        for level, opacity in BANDS
    ]


def _paths(paths: pd.DataFrame | None, colour: str, unit: str) -> list[Spec]:
    if paths is None or not len(paths):
        return []
    rows = [
        {str(key): _plain(value) for key, value in row.items()}
        for row in paths.to_dict("records")
        if row["value"] == row["value"]
    ]
    shown = sorted({row["path"] for row in rows})[:PATHS]
    mark = {"type": "line", "color": colour, "strokeWidth": 0.7, "opacity": 0.55}
    encoding = {"x": _x(), "y": _y("value", unit), "detail": {"field": "path", "type": "nominal"}}
    data = values([row for row in rows if row["path"] in shown])
    return [{"data": data, "mark": mark, "encoding": encoding}]


def _median(rows: list[Row], colour: str, unit: str, dash: Sequence[int]) -> Spec:
    if len(rows) == 1:
        mark: Spec = {"type": "point", "filled": True, "size": 60, "color": colour, "opacity": 1}
        return {"data": values(rows), "mark": mark, "encoding": {"x": _x(), "y": _y("median", unit)}}
    return _line(rows, "median", colour, unit, width=2, dash=dash)


def _line(rows: list[Row], field: str, colour: str, unit: str, width: float, dash: Sequence[int]) -> Spec:
    mark: Spec = {"type": "line", "color": colour, "strokeWidth": width}
    if dash:
        mark["strokeDash"] = list(dash)
    return {"data": values(rows), "mark": mark, "encoding": {"x": _x(), "y": _y(field, unit)}}


def _label(row: Row, text: str, colour: str, unit: str, shift: int) -> Spec:
    mark = {
        "type": "text",
        "align": "left",
        "baseline": "middle",
        "dx": 5,
        "dy": shift,
        "color": colour,
        "clip": False,
    }
    encoding = {"x": _x(), "y": _y("median", unit), "text": {"field": "label", "type": "nominal"}}
    return {"data": values([{**row, "label": text}]), "mark": mark, "encoding": encoding}


def _apart(rows: list[Row], base: list[Row]) -> tuple[int, int]:
    """Vertical shifts in px that keep two labels at the lines' ends from covering each other."""
    if not rows or not base:
        return 0, 0
    both = [*rows, *base]
    span = max(row["high95"] for row in both) - min(row["low95"] for row in both)
    gap = rows[-1]["median"] - base[-1]["median"]
    if span > 0 and abs(gap) > 0.09 * span:
        return 0, 0
    return (-7, 7) if gap >= 0 else (7, -7)


def _said(title: str, rows: list[Row], unit: str) -> str:
    first, last = rows[0], rows[-1]
    ends = interval(last["low95"], last["high95"])
    start = f"median {number(first['median'])} in {month(first['date'])}, " if len(rows) > 1 else "median "
    end = f"{number(last['median'])} {unit}".strip()
    return f"{title}: {start}{end} in {month(last['date'])} (95 % of runs {ends})."
