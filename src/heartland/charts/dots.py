"""Probability as a hundred dots."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from heartland.charts.theme import LIGHT, Row, Spec, Surface, empty_spec, framed, values
from heartland.charts.words import of_100

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["dots100"]

GAP = 3


def dots100(
    frame: pd.DataFrame,
    *,
    title: str,
    source: str,
    notes: Sequence[str] = (),
    description: str = "",
    surface: Surface = LIGHT,
) -> Spec:
    """A hundred dots for each run, n of them filled, with "n of 100 runs" beneath.

    Parameters
    ----------
    frame : label (what-if, baseline; at most two rows are drawn), probability in [0, 1], NaN where unknown
    """
    found = [dict(row) for row in frame.to_dict("records")][:2]
    if not any(math.isfinite(row["probability"]) for row in found):
        return empty_spec(title, "the question has no answer in any run", source, surface)
    dots: list[Row] = []
    words: list[Row] = []
    for place, row in enumerate(found):
        known = math.isfinite(row["probability"])
        filled = round(100 * row["probability"]) if known else 0
        left = place * (10 + GAP)
        kind = ("what-if", "baseline")[place]
        dots += (
            []
            if not known
            else [
                {"x": left + i % 10, "y": i // 10, "kind": kind if i < filled else "empty"}
                for i in range(100)
            ]
        )
        words.append({"x": left - 0.4, "y": 10.3, "text": _caption(row)})
    layers = [
        _dots([dot for dot in dots if dot["kind"] == kind], kind, surface)
        for kind in dict.fromkeys(dot["kind"] for dot in dots)
    ]
    layers.append({
        "data": values(words),
        "mark": {"type": "text", "align": "left", "baseline": "top", "color": surface.ink},
        "encoding": {**_places(), "text": {"field": "text", "type": "nominal"}},
    })  # fmt: skip
    said = description or f"{title} " + "; ".join(str(word["text"]) for word in words) + "."
    return framed(
        layers, title=title, description=said, source=source, surface=surface, notes=notes, height=164,
    )  # fmt: skip


def _caption(row: dict[Any, Any]) -> str:
    said = of_100(row["probability"])
    return f"{row['label']}: {said}" if said == "no data" else f"{row['label']}: {said} of 100 runs"


def _places() -> Spec:
    def axis(field: str, low: float, high: float, reverse: bool) -> Spec:
        scale = {"domain": [low, high], "nice": False, "zero": False, "reverse": reverse}
        return {"field": field, "type": "quantitative", "scale": scale, "axis": None}

    return {"x": axis("x", -0.6, 2 * 10 + GAP + 3, False), "y": axis("y", -0.6, 11.3, True)}


def _dots(rows: list[Row], kind: str, surface: Surface) -> Spec:
    colour = {"what-if": surface.ink, "baseline": surface.baseline}.get(kind, surface.baseline)
    full = kind in ("what-if", "baseline")
    mark: Spec = {
        "type": "point",
        "shape": "circle",
        "size": 58,
        "opacity": 1,
        "filled": full,
        "color": colour,
    }
    if not full:
        mark |= {"strokeWidth": 0.8, "fill": None}
    return {"data": values(rows), "mark": mark, "encoding": _places()}
