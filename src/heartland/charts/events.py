"""How often and when: events of all runs along time, and the spread of an outcome over runs."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from heartland.charts.axes import dated
from heartland.charts.theme import LIGHT, Row, Spec, Surface, empty_spec, framed, values
from heartland.charts.words import number, of_100

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["distribution", "event_timeline"]

BINS = 24


def event_timeline(
    frame: pd.DataFrame, *, title: str, source: str, description: str = "", surface: Surface = LIGHT
) -> Spec:
    """One line for each kind of event: a disc per date, its area the share of runs, the share in all behind.

    Parameters
    ----------
    frame : event (label), date (ISO), share of runs with the event at that date, ever (share of runs with it
        at any date); rows of one event stand together
    """
    rows = [dict(row) for row in frame.to_dict("records") if row["share"] > 0] if len(frame) else []
    if not rows:
        return empty_spec(title, "nothing of this kind happened in any run", source, surface)
    names = list(dict.fromkeys(str(row["event"]) for row in rows))
    points: list[Row] = [
        {"date": row["date"], "row": names.index(row["event"]), "share": round(float(row["share"]), 6)}
        for row in rows
    ]
    ever = {row["event"]: float(row["ever"]) for row in rows}
    ends: list[Row] = [
        {
            "row": i,
            "text": "\n".join(textwrap.wrap(name, 38, max_lines=2, placeholder="…")),
            "often": f"{of_100(ever[name])} of 100",
        }
        for i, name in enumerate(names)
    ]
    y = {"field": "row", "type": "quantitative", "axis": None,
         "scale": {"domain": [-0.8, len(names) - 0.5], "reverse": True, "nice": False,
                   "zero": False}}  # fmt: skip
    x = {"field": "date", "type": "temporal", "scale": {"type": "utc"},
         "axis": {"title": None, "labelBound": True}}  # fmt: skip
    size = {
        "field": "share",
        "type": "quantitative",
        "legend": None,
        "scale": {"domain": [0, 1], "range": [0, 620]},
    }
    line: Spec = {"type": "text", "baseline": "bottom", "dy": -13}
    layers: list[Spec] = [
        {"data": values(ends), "mark": {"type": "rule", "color": surface.rule}, "encoding": {"y": y}},
        {"data": values(points),
         "mark": {"type": "point", "filled": True, "shape": "circle", "color": surface.ink, "opacity": 0.55,
                  "clip": False},
         "encoding": {"x": x, "y": y, "size": size}},
        *(_labels(ends, lines, {**line, "align": "left", "x": 0, "limit": 236}, y) for lines in (1, 2)),
        {"data": values(ends), "mark": {**line, "align": "right", "x": "width", "color": surface.muted},
         "encoding": {"y": y, "text": {"field": "often", "type": "nominal"}}},
    ]  # fmt: skip
    said = (
        description
        or f"{title}: " + "; ".join(f"{name} in {of_100(ever[name])} of 100 runs" for name in names) + "."
    )
    return framed(
        dated(layers, points), title=title, description=said, source=source, surface=surface,
        height=54 * len(names) + 20,
        notes=("disc area: share of runs with the event in that month",),
    )  # fmt: skip


def _labels(ends: list[Row], lines: int, mark: Spec, y: Spec) -> Spec:
    """Names of events that take so many lines, standing above their row."""
    rows = [end for end in ends if str(end["text"]).count("\n") + 1 == lines]
    shift = mark["dy"] - 14 * (lines - 1)
    return {
        "data": values(rows),
        "mark": {**mark, "dy": shift, "lineBreak": "\n", "lineHeight": 14},
        "encoding": {"y": y, "text": {"field": "text", "type": "nominal"}},
    }


def distribution(
    frame: pd.DataFrame,
    *,
    title: str,
    unit: str,
    source: str,
    description: str = "",
    surface: Surface = LIGHT,
) -> Spec:
    """Spread of a number over runs as outlines of histograms; the baseline grey and dashed.

    Parameters
    ----------
    frame : run (what-if, baseline), value; NaN where a run has no value
    """
    series = {
        str(name): np.asarray(part["value"], dtype=np.float64)
        for name, part in frame.groupby("run", sort=False)
    } if len(frame) else {}  # fmt: skip
    known = {name: x[~np.isnan(x)] for name, x in series.items()}
    known = {name: x for name, x in known.items() if x.size}
    if not known:
        return empty_spec(title, "no run has a value", source, surface)
    pool = np.concatenate(list(known.values()))
    low, high = float(pool.min()), float(pool.max())
    if low == high:
        text = f"every run: {number(low, 3)} {unit}".strip()
        return _single(title, text, source, surface)
    edges = np.linspace(low, high, BINS + 1)
    layers: list[Spec] = []
    x = {"field": "x", "type": "quantitative", "scale": {"zero": False, "nice": False},
         "axis": {"title": unit, "tickCount": 5,
                  "format": "~s" if unit.startswith("usd") else "~r"}}  # fmt: skip
    y = {"field": "share", "type": "quantitative", "axis": {"title": "share of runs, %", "tickCount": 3}}
    for name, found in known.items():
        shares = 100.0 * np.histogram(found, edges)[0] / found.size
        rows = [{"x": float(f"{edge:.6g}"), "share": round(float(share), 3)}
                for edge, share in zip(edges, [*shares, shares[-1]], strict=True)]  # fmt: skip
        mark: Spec = {
            "type": "area",
            "interpolate": "step-after",
            "color": surface.ink,
            "opacity": 0.22,
            "line": False,
        }
        line: Spec = {"type": "line", "interpolate": "step-after", "color": surface.ink, "strokeWidth": 1.5}
        if name == "baseline":
            line |= {"color": surface.baseline, "strokeDash": [6, 4]}
        else:
            layers.append({"data": values(rows), "mark": mark, "encoding": {"x": x, "y": y}})
        layers.append({"data": values(rows), "mark": line, "encoding": {"x": x, "y": y}})
    medians = "; ".join(
        f"{name} median {number(float(np.median(found)), 3)}" for name, found in known.items()
    )
    return framed(
        layers, title=title, description=description or f"{title}: {medians} {unit}.".replace(" .", "."),
        source=source, surface=surface, notes=(medians,), height=140,
    )  # fmt: skip


def _single(title: str, text: str, source: str, surface: Surface) -> Spec:
    layer = {
        "data": values([{"text": text}]),
        "mark": {"type": "text", "align": "left", "x": 4, "y": 14, "fontSize": 14, "color": surface.ink},
        "encoding": {"text": {"field": "text", "type": "nominal"}},
    }
    return framed(
        [layer], title=title, description=f"{title}: {text}.", source=source, surface=surface, height=28
    )
