"""One figure through time: claims of every source with their intervals, and the pooled line with its band."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from heartland.charts.axes import dated
from heartland.charts.theme import LIGHT, Row, Spec, Surface, empty_spec, framed, values
from heartland.charts.words import number

__all__ = ["GLYPHS", "MOST_GROUPS", "history_chart", "with_runs"]

WIDTH, HEIGHT = 728, 320
LABEL_ROOM, LABEL_STEP = 150, 16
MOST_GROUPS = 7
OTHERS = "all others"
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right")
GLYPHS = ("●", "■", "▲", "◆", "✚", "▼", "▶")
DASHES = ((), (4, 3), (1, 3), (8, 3, 2, 3), (10, 4), (2, 2), (6, 2, 2, 2))
# labels in words a reader knows: 0, 500k, 20m, 1.5bn
SHORT = "datum.value == 0 ? '0' : replace(replace(datum.label, 'G', 'bn'), 'M', 'm')"
LOG_FROM = 20.0  # largest by smallest value from which amounts are drawn on a log axis
NARROW = 0.6  # smallest by largest value above which the axis of amounts need not begin at zero


def history_chart(
    claims: Sequence[Row],
    pooled: Sequence[Row],
    *,
    title: str,
    unit: str,
    source: str,
    log: bool = False,
    description: str = "",
    surface: Surface = LIGHT,
) -> Spec:
    """Claims by source group through time with the pooled value.

    Every group has a mark and a dash of its own and a label at the right, so that nothing depends on colour.
    Claims that did not enter the pooled value are hollow; deprecated ones are crossed out. A break in the
    line is a time nobody spoke of; the sign of inequality stands over periods whose sources conflict.

    Parameters
    ----------
    claims : rows with date (middle of the period), start, end (ISO dates), value, low, high, group, rank,
        used (bool), run and spell (bool); a spell is drawn along its time, everything else at its middle
    pooled : rows with date, start, end, value, low, high, conflict (bool), run and spell; see `with_runs`
    log : amounts, drawn on a log axis where they span more than a factor of twenty
    """
    known = [row for row in claims if _finite(row["value"])]
    if not known:
        return empty_spec(title, "nobody stated a value", source, surface)
    line = [row for row in pooled if _finite(row["value"])]
    groups = _groups(known)
    scale = _scale([*known, *line], log)
    ink = surface.ink
    layers = [*_band(line, scale, unit, ink), *_pooled(line, scale, unit, ink)]
    colours = _colours(surface)
    for place, name in enumerate(groups):
        mine = _members(known, name, groups)
        layers += _group(mine, place, colours[place % len(colours)], scale, unit)
    layers += _struck(known, scale, unit, ink) + _conflicts(line, known, scale, unit, ink)
    layers = dated([layer for layer in layers if layer["data"]["values"]], [*known, *line])
    layers += _labels(groups, known, scale, surface)
    return framed(
        layers, title=title, description=description or _said(title, known, line, unit), source=source,
        surface=surface, width=WIDTH, height=HEIGHT,
    )  # fmt: skip


def _finite(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def _groups(rows: Sequence[Row]) -> list[str]:
    """Groups by number of claims, most first; beyond the marks that can be told apart the rest share one."""
    count: dict[str, int] = {}
    for row in rows:
        count[row["group"]] = count.get(row["group"], 0) + 1
    order = sorted(count, key=lambda name: (-count[name], name))
    return order if len(order) <= MOST_GROUPS else [*order[: MOST_GROUPS - 1], OTHERS]


def _members(rows: Sequence[Row], name: str, groups: Sequence[str]) -> list[Row]:
    return [row for row in rows if (row["group"] if row["group"] in groups else OTHERS) == name]


def _colours(surface: Surface) -> tuple[str, ...]:
    return (surface.negative, surface.positive, surface.steps[4], surface.muted, surface.ink)


def _scale(rows: Sequence[Row], log: bool) -> Spec:
    found = [row[name] for row in rows for name in ("value", "low", "high") if _finite(row[name])]
    low, high = min(found), max(found)
    if log and low > 0 and high / low > LOG_FROM:
        return {"type": "log", "domain": [low / 1.15, high * 1.15], "nice": False}
    pad = 0.06 * (high - low or abs(high) or 1.0)
    first = 0.0 if 0 <= low < NARROW * high else low - pad
    return {"type": "linear", "domain": [first, high + pad], "nice": False, "zero": False}


def _x(field: str = "date") -> Spec:
    return {"field": field, "type": "temporal", "scale": {"type": "utc"}, "axis": {"title": None}}


def _y(field: str, scale: Spec, unit: str) -> Spec:
    form = "~s" if unit.startswith("usd") or scale["domain"][1] >= 1e5 else "~r"
    axis: Spec = {"title": unit or "index", "tickCount": 5, "format": form, "labelExpr": SHORT}
    if scale["type"] == "log":
        axis["values"] = _decades(scale["domain"])
    return {"field": field, "type": "quantitative", "scale": scale, "axis": axis}


def _decades(domain: Sequence[float]) -> list[float]:
    """Round ticks of a log axis: powers of ten, with 3 between them where there are few."""
    first, last = math.floor(math.log10(domain[0])), math.ceil(math.log10(domain[1]))
    steps = (1, 3) if last - first <= 3 else (1,)
    ticks = [step * 10.0**power for power in range(first, last + 1) for step in steps]
    return [tick for tick in ticks if domain[0] <= tick <= domain[1]]


def _layer(rows: Sequence[Row], mark: Spec, encoding: Spec) -> Spec:
    return {"data": values(rows), "mark": mark, "encoding": encoding}


def _runs(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Points in runs of two and more, and those that stand alone; spells are neither."""
    points = [row for row in rows if not row["spell"]]
    count: dict[Any, int] = {}
    for row in points:
        count[row["run"]] = count.get(row["run"], 0) + 1
    return [r for r in points if count[r["run"]] > 1], [r for r in points if count[r["run"]] == 1]


def _band(rows: Sequence[Row], scale: Spec, unit: str, ink: str) -> list[Spec]:
    joined, alone = _runs(rows)
    y: Spec = {"y": _y("low", scale, unit), "y2": {"field": "high"}}
    run = {"detail": {"field": "run", "type": "nominal"}}
    area: Spec = {"type": "area", "color": ink, "opacity": 0.12, "line": False}
    bar: Spec = {"type": "rule", "color": ink, "opacity": 0.12, "strokeWidth": 9}
    box: Spec = {"type": "rect", "color": ink, "opacity": 0.12}
    along = {"x": _x("start"), "x2": {"field": "end"}, **y}
    return [
        _layer(joined, area, {"x": _x(), **y, **run}),
        _layer(alone, bar, {"x": _x(), **y}),
        _layer([row for row in rows if row["spell"]], box, along),
    ]


def _pooled(rows: Sequence[Row], scale: Spec, unit: str, ink: str) -> list[Spec]:
    joined, alone = _runs(rows)
    at = {"x": _x(), "y": _y("value", scale, unit)}
    run = {"detail": {"field": "run", "type": "nominal"}}
    spells = [row for row in rows if row["spell"]]
    return [
        _layer(joined, {"type": "line", "color": ink, "strokeWidth": 2}, {**at, **run}),
        _layer(
            alone, {"type": "tick", "orient": "horizontal", "color": ink, "thickness": 2, "size": 12}, at,
        ),
        _layer(
            spells, {"type": "rule", "color": ink, "strokeWidth": 2},
            {"x": _x("start"), "x2": {"field": "end"}, "y": at["y"]},
        ),
    ]  # fmt: skip


def _group(rows: Sequence[Row], place: int, colour: str, scale: Spec, unit: str) -> list[Spec]:
    at = {"x": _x(), "y": _y("value", scale, unit)}
    ends = {"x": _x(), "y": _y("low", scale, unit), "y2": {"field": "high"}}
    point: Spec = {
        "type": "point", "shape": SHAPES[place % len(SHAPES)], "size": 42, "color": colour, "opacity": 1,
        "strokeWidth": 1.4,
    }  # fmt: skip
    dash = {"strokeDash": list(DASHES[place % len(DASHES)])} if DASHES[place % len(DASHES)] else {}
    along = {"x": _x("start"), "x2": {"field": "end"}, "y": at["y"]}
    run = {"detail": {"field": "run", "type": "nominal"}}
    return [
        _layer([r for r in rows if not r["spell"]],
               {"type": "line", "color": colour, "strokeWidth": 1, "opacity": 0.7, **dash}, {**at, **run}),
        _layer([r for r in rows if r["spell"]],
               {"type": "rule", "color": colour, "strokeWidth": 1.2, **dash}, along),
        _layer(rows, {"type": "rule", "color": colour, "strokeWidth": 1, "opacity": 0.75}, ends),
        _layer([r for r in rows if r["used"]], {**point, "filled": True}, at),
        _layer([r for r in rows if not r["used"]], {**point, "filled": False}, at),
    ]  # fmt: skip


def _struck(rows: Sequence[Row], scale: Spec, unit: str, ink: str) -> list[Spec]:
    gone = [row for row in rows if row["rank"] == "deprecated"]
    mark = {"type": "point", "shape": "stroke", "size": 180, "color": ink, "strokeWidth": 1.6, "angle": 325}
    return [_layer(gone, mark, {"x": _x(), "y": _y("value", scale, unit)})]


def _conflicts(
    line: Sequence[Row], claims: Sequence[Row], scale: Spec, unit: str, ink: str
) -> list[Spec]:
    rows = []
    for row in line:
        if row["conflict"]:
            tops = [c["high"] for c in claims if c["date"] == row["date"] and _finite(c["high"])]
            rows.append({**row, "top": max([row["high"], *tops]), "sign": "≠"})
    mark = {"type": "text", "dy": -8, "fontSize": 13, "fontWeight": "bold", "color": ink, "clip": False}
    encoding = {
        "x": _x(), "y": _y("top", scale, unit), "text": {"field": "sign", "type": "nominal"},
    }  # fmt: skip
    return [_layer(rows, mark, encoding)]


def _labels(groups: Sequence[str], rows: Sequence[Row], scale: Spec, surface: Surface) -> list[Spec]:
    """Mark and name of each group at the right edge, at the height of its last value, kept apart."""
    last_of_all = max(str(row["end"]) for row in rows)
    wanted = []
    for place, name in enumerate(groups):
        last = max(_members(rows, name, groups), key=lambda row: str(row["end"]))
        ended = "" if str(last["end"]) >= last_of_all else f" (to {str(last['end'])[:4]})"
        text = f"{GLYPHS[place % len(GLYPHS)]} {name}{ended}"
        wanted.append((_height(last["value"], scale), text, place))
    colours = _colours(surface)
    return [
        {
            "data": values([{"label": text}]),
            "mark": {
                "type": "text", "align": "left", "baseline": "middle", "x": {"expr": "width + 10"}, "y": y,
                "clip": False, "color": colours[place % len(colours)], "limit": LABEL_ROOM - 12,
            },
            "encoding": {"text": {"field": "label", "type": "nominal"}},
        }
        for y, text, place in _apart(wanted)
    ]  # fmt: skip


def _height(value: float, scale: Spec) -> float:
    """Place of a value on the axis in px from the top."""
    low, high = scale["domain"]
    if scale["type"] == "log":
        value, low, high = math.log(value), math.log(low), math.log(high)
    return float(HEIGHT * (1 - (value - low) / (high - low)))


def _apart(wanted: Sequence[tuple[float, str, int]]) -> list[tuple[float, str, int]]:
    """The same labels from top to bottom, at least one line apart, none below the axis."""
    done: list[tuple[float, str, int]] = []
    for y, text, place in sorted(wanted):
        done.append((max(y, done[-1][0] + LABEL_STEP) if done else max(y, 6.0), text, place))
    below = (done[-1][0] - (HEIGHT - 4)) if done else 0.0
    if below > 0:
        floor = float(HEIGHT - 4)
        for index in range(len(done) - 1, -1, -1):
            y, text, place = done[index]
            done[index] = (min(y, floor), text, place)
            floor = done[index][0] - LABEL_STEP
    return done


def _said(title: str, claims: Sequence[Row], line: Sequence[Row], unit: str) -> str:
    groups = len({row["group"] for row in claims})
    clashes = sum(bool(row["conflict"]) for row in line)
    said = f"{title}: {len(claims)} values of {groups} {'group' if groups == 1 else 'groups'} of sources"
    if line:
        first, last = line[0], line[-1]
        said += (
            f"; pooled {number(first['value'], 3)} in {str(first['date'])[:4]}, "
            f"{number(last['value'], 3)} {unit} in {str(last['date'])[:4]}"
        )
    return f"{said}; {clashes} {'period' if clashes == 1 else 'periods'} in conflict."


def with_runs(rows: Sequence[Mapping[str, Any]], key: str = "") -> list[Row]:
    """Rows with `run`: a new one begins where a period does not follow the one before it within a year.

    rows : with start and end, oldest first;  key : column whose values never share a run
    """
    done: list[Row] = []
    before: dict[str, tuple[int, int]] = {}
    for row in rows:
        of = str(row[key]) if key else ""
        first = _month(str(row["start"]))
        last, run = before.get(of, (first - 1, 0))
        run += first - last > 1
        before[of] = (_month(str(row["end"])), run)
        done.append({**row, "run": f"{of} {run}"})
    return done


def _month(iso: str) -> int:
    return int(iso[:4]) * 12 + int(iso[5:7])
