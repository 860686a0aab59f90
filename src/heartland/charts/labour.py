"""Who does what: shares of powers by domain, and how different two powers' roles are through time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from heartland.charts.fans import fan, fan_pair
from heartland.charts.theme import LIGHT, Palette, Row, Spec, Surface, empty_spec, framed, values
from heartland.charts.words import number

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["division_of_labour", "role_share_stack"]

BAR = 15
ROOM, LETTER = 240, 7.2


def division_of_labour(
    frame: pd.DataFrame, baseline: pd.DataFrame | None = None, *, title: str, source: str, **more: Any
) -> Spec:
    """Difference of two powers' roles through time: 0 bits the same mix of domains, 1 bit nothing in common.

    Parameters
    ----------
    frame, baseline : columns of `frames.fan_frame`, in bits;  more : as for `fan_pair`
    """
    unit = "bits (0 same roles, 1 separate)"
    if baseline is None:
        return fan(frame, title=title, unit=unit, source=source, **more)
    return fan_pair(frame, baseline, title=title, unit=unit, source=source, **more)


def role_share_stack(
    frame: pd.DataFrame,
    palette: Palette,
    *,
    title: str,
    source: str,
    names: Mapping[str, str] | None = None,
    description: str = "",
    surface: Surface = LIGHT,
) -> Spec:
    """Shares of the powers in each domain as stacked bars, one bar for each date.

    Parameters
    ----------
    frame : domain, date (a label, at most a few), actor, share in [0, 1]; NaN where unknown
    names : actor id -> name on the bar;  colours come from the palette, `other` for the rest
    """
    found = [dict(row) for row in frame.to_dict("records")] if len(frame) else []
    known = {row["domain"] for row in found if math.isfinite(row["share"])}
    if not known:
        return empty_spec(title, "no domain has a known share", source, surface)
    bars: list[Row] = []
    heads: list[Row] = []
    place = 0.0
    dark = surface.name == "dark"
    for domain in dict.fromkeys(str(row["domain"]) for row in found):
        heads.append({"y": place, "text": domain, "kind": "domain"})
        place += 1
        for date in dict.fromkeys(str(row["date"]) for row in found if row["domain"] == domain):
            cells = [row for row in found if row["domain"] == domain and row["date"] == date]
            left = 0.0
            for row in cells:
                if not math.isfinite(row["share"]):
                    continue
                actor = str(row["actor"])
                bars.append({
                    "y": place, "y2": place + 0.86, "x": left, "x2": left + row["share"],
                    "middle": left + row["share"] / 2, "colour": palette.colour(actor, dark),
                    "text": _inside(actor, float(row["share"]), names or {}),
                })  # fmt: skip
                left += row["share"]
            heads.append({"y": place, "text": date if left else f"{date}: no data", "kind": "date"})
            place += 1
        place += 0.25
    said = description or f"{title}: " + "; ".join(
        f"{row['domain']} {row['date']} {(names or {}).get(row['actor'], row['actor'])} "
        f"{number(row['share'])}"
        for row in found if math.isfinite(row["share"])
    ) + "."  # fmt: skip
    layers = _stack(bars, heads, place, surface)
    return framed(
        layers,
        title=title,
        description=said,
        source=source,
        surface=surface,
        height=round(BAR * 1.25 * place) + 24,
    )


def _inside(actor: str, share: float, names: Mapping[str, str]) -> str:
    """Label of a piece: name and share where it is wide enough, else the share or nothing."""
    text = f"{100 * share:.0f}"
    full = f"{names.get(actor, actor)} {text}"
    if share * ROOM >= LETTER * len(full):
        return full
    return text if share * ROOM >= LETTER * (len(text) + 1) else ""


def _stack(bars: list[Row], heads: list[Row], length: float, surface: Surface) -> list[Spec]:
    y = {"field": "y", "type": "quantitative", "axis": None,
         "scale": {"domain": [0, length], "reverse": True, "nice": False}}  # fmt: skip
    x = {"field": "x", "type": "quantitative", "scale": {"domain": [-0.34, 1], "nice": False},
         "axis": {"title": "share of all powers' influence, %", "values": [0, 0.5, 1],
                  "labelExpr": "datum.value * 100"}}  # fmt: skip
    text: Spec = {"field": "text", "type": "nominal"}
    label: Spec = {"type": "text", "align": "left", "baseline": "top", "x": 0, "dy": 2}
    left = {"y": y, "text": text}
    return [
        {"data": values(bars), "mark": {"type": "rect", "stroke": surface.background, "strokeWidth": 1},
         "encoding": {"x": x, "x2": {"field": "x2"}, "y": y, "y2": {"field": "y2"},
                      "color": {"field": "colour", "type": "nominal", "scale": None}}},
        {"data": values([row for row in bars if row["text"]]),
         "mark": {"type": "text", "baseline": "top", "dy": 2, "color": surface.background},
         "encoding": {"x": {**x, "field": "middle"}, "y": y, "text": text}},
        {"data": values([row for row in heads if row["kind"] == "domain"]),
         "mark": {**label, "fontWeight": 600, "color": surface.ink}, "encoding": left},
        {"data": values([row for row in heads if row["kind"] == "date"]),
         "mark": {**label, "color": surface.muted}, "encoding": left},
    ]  # fmt: skip
