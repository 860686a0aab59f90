"""A measure through the years: lines with their intervals, gaps where nothing is known."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from heartland.charts.axes import dated
from heartland.charts.theme import LIGHT, Palette, Row, Spec, Surface, empty_spec, framed, values
from heartland.charts.words import interval, number

__all__ = ["trend_chart"]

LABEL_ROOM = 124
LEAST_GAP = 0.075
DASHES: tuple[tuple[int, ...], ...] = ((), (6, 3), (2, 2), (9, 3, 2, 3))


def trend_chart(
    rows: Sequence[Mapping[str, Any]], palette: Palette, *, title: str, unit: str, source: str,
    notes: Sequence[str] = (), span: tuple[float, float] | None = None,
    say: Callable[[float], str] = number, surface: Surface = LIGHT,
) -> Spec:
    """Lines with intervals; each line is named at its end, and its dash tells it from others without colour.

    Parameters
    ----------
    rows : mappings `actor, name, date (ISO), value, low, high`, NaN where unknown; a line breaks there, and a
        value between two gaps is a point
    notes : lines above the source
    span : ends of the scale, for pictures that are read side by side; default what the rows need
    say : a value as a word
    """
    series: dict[str, list[Row]] = {}
    for row in rows:
        series.setdefault(str(row["actor"]), []).append(dict(row))
    known = {
        actor: mine for actor, mine in series.items() if any(math.isfinite(row["value"]) for row in mine)
    }
    if not known:
        return empty_spec(title, "no year has a value", source, surface)
    layers: list[Spec] = []
    strokes = _strokes(list(known), palette, surface)
    for actor, mine in known.items():
        mine.sort(key=lambda row: str(row["date"]))
        for run in _runs(mine):
            layers += _line(run, *strokes[actor], unit, span)
    layers += _labels(known, strokes, unit, span)
    said = f"{title}: " + "; ".join(_said(mine, say) for mine in known.values()) + "."
    silent = [str(mine[0]["name"]) for actor, mine in series.items() if actor not in known]
    if silent:
        said += f" No value for {', '.join(silent)}."
    every = [row for mine in series.values() for row in mine]
    return framed(
        dated(_whole(layers, every), every), title=title, description=said, source=source, surface=surface,
        height=220, notes=[*notes, *([f"No value for {', '.join(silent)}."] if silent else [])],
    )  # fmt: skip


def _strokes(
    actors: Sequence[str], palette: Palette, surface: Surface,
) -> dict[str, tuple[str, Sequence[int]]]:
    """Colour and dash of each line: the palette's, else a neutral colour with a dash of its own."""
    dark = surface.name == "dark"
    own = palette.dark if dark else palette.light
    neutral = [surface.ink, surface.negative, surface.positive, surface.muted]
    found: dict[str, tuple[str, Sequence[int]]] = {}
    spare = 0
    for actor in actors:
        if actor in own:
            found[actor] = (palette.colour(actor, dark), palette.dash(actor))
        else:
            turn = spare + spare // len(neutral)  # colour and dash never repeat together
            found[actor] = (neutral[spare % len(neutral)], DASHES[turn % len(DASHES)])
            spare += 1
    return found


def _runs(rows: Sequence[Row]) -> list[list[Row]]:
    """Stretches of neighbouring dates with a value."""
    found: list[list[Row]] = [[]]
    for row in rows:
        if math.isfinite(row["value"]):
            found[-1].append(row)
        elif found[-1]:
            found.append([])
    return [run for run in found if run]


def _line(
    run: list[Row], colour: str, dash: Sequence[int], unit: str, span: tuple[float, float] | None,
) -> list[Spec]:
    x, y = _x(), _y(unit, span)
    data = values([{key: row[key] for key in ("date", "value", "low", "high")} for row in run])
    if len(run) == 1:
        return [
            {"data": data, "mark": {"type": "rule", "color": colour, "opacity": 0.5, "strokeWidth": 2},
             "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}}},
            {"data": data, "mark": {"type": "point", "filled": True, "size": 40, "color": colour,
                                    "opacity": 1},
             "encoding": {"x": x, "y": y}},
        ]  # fmt: skip
    mark: Spec = {"type": "line", "color": colour, "strokeWidth": 2}
    if dash:
        mark["strokeDash"] = list(dash)
    return [
        {"data": data, "mark": {"type": "area", "color": colour, "opacity": 0.14, "line": False},
         "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}}},
        {"data": data, "mark": mark, "encoding": {"x": x, "y": y}},
    ]  # fmt: skip


def _labels(
    known: Mapping[str, list[Row]], strokes: Mapping[str, tuple[str, Sequence[int]]], unit: str,
    span: tuple[float, float] | None,
) -> list[Spec]:
    """Names at the right edge, moved apart where lines end together."""
    ends = {actor: [row for row in mine if math.isfinite(row["value"])][-1] for actor, mine in known.items()}
    last = max(str(row["date"]) for mine in known.values() for row in mine)
    numbers = [
        row[key] for mine in known.values() for row in mine for key in ("value", "low", "high")
        if isinstance(row[key], float) and math.isfinite(row[key])
    ]
    numbers += list(span or ())
    least = LEAST_GAP * ((max(numbers) - min(0.0, *numbers)) or 1.0)
    layers: list[Spec] = []
    place = -math.inf
    for actor, row in sorted(ends.items(), key=lambda item: item[1]["value"]):
        place = max(place + least, row["value"])
        mark = {"type": "text", "align": "left", "baseline": "middle", "dx": 6,
                "color": strokes[actor][0], "clip": False, "limit": LABEL_ROOM - 4}  # fmt: skip
        data = values([{"date": last, "value": place, "label": str(row["name"])}])
        layers.append({"data": data, "mark": mark, "encoding": {
            "x": _x(), "y": _y(unit, span), "text": {"field": "label", "type": "nominal"}}})  # fmt: skip
    return layers


def _said(rows: Sequence[Row], say: Callable[[float], str]) -> str:
    known = [row for row in rows if math.isfinite(row["value"])]
    first, last = known[0], known[-1]
    between = interval(last["low"], last["high"])
    end = f"{say(last['value'])}{f' ({between})' if between else ''} in {str(last['date'])[:4]}"
    if first is last:
        return f"{first['name']} {end}"
    return f"{first['name']} {say(first['value'])} in {str(first['date'])[:4]}, {end}"


def _x() -> Spec:
    return {"field": "date", "type": "temporal", "scale": {"type": "utc"}, "axis": {"title": None}}


def _whole(layers: Sequence[Spec], rows: Sequence[Row]) -> list[Spec]:
    """Layers on one axis of all dates asked for, those without a value too."""
    dates = sorted({str(row["date"]) for row in rows})
    if len(dates) < 2:
        return list(layers)
    ends = [
        {"year": int(day[:4]), "month": int(day[5:7]), "date": int(day[8:10]), "utc": True}
        for day in (dates[0], dates[-1])
    ]
    done = []
    for layer in layers:
        x = layer["encoding"]["x"]
        encoding = {**layer["encoding"], "x": {**x, "scale": {**x["scale"], "domain": ends}}}
        done.append({**layer, "encoding": encoding})
    return done


def _y(unit: str, span: tuple[float, float] | None) -> Spec:
    scale: Spec = {"zero": True, "nice": True}
    if span is not None:
        scale |= {"domain": list(span)}
    return {"field": "value", "type": "quantitative", "scale": scale,
            "axis": {"title": unit, "tickCount": 5, "format": "~r"}}  # fmt: skip
