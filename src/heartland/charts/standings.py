"""Who stands where at one date: rankings, profiles by domain, two powers side by side."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from heartland.charts.theme import LIGHT, WIDTH, Palette, Row, Spec, Surface, empty_spec, framed, values
from heartland.charts.words import interval, number

__all__ = ["MOST_ROWS", "SHAPES", "pair_chart", "profile_chart", "ranking_chart"]

ROW = 26
PLOT = WIDTH - 10  # px inside the padding of the frame
LETTER = 6.5  # px of a letter of the 12 px face, on the wide side
LEAST = 84  # px kept for the marks
GAP = 10
MOST_ROWS = 12
MOST_NAMED = 8  # names without a value that stand in the sentence
MOST_GONE = 3  # rows without a value that stand as rows; more are one sentence
SHAPES = ("circle", "triangle-up", "square", "diamond", "cross", "triangle-down", "stroke")


def ranking_chart(
    rows: Sequence[Mapping[str, Any]], palette: Palette, *, title: str, unit: str, source: str,
    notes: Sequence[str] = (), rising: bool = False, say: Callable[[float], str] = number,
    surface: Surface = LIGHT,
) -> Spec:
    """Values from the highest to the lowest with their intervals; at most `MOST_ROWS`, the rest is counted.

    Parameters
    ----------
    rows : mappings `actor, name, value, low, high, note`, NaN where unknown; `note` stands at the right: the
        ranks, or why there is no value
    notes : lines above the source;  rising : the lowest value first;  say : a value as a word
    """
    sign = 1 if rising else -1
    known = sorted((row for row in rows if _finite(row["value"])), key=lambda row: sign * row["value"])
    gone = [row for row in rows if not _finite(row["value"])]
    if not known:
        why = _reasons(gone)
        return empty_spec(title, f"no row has a value{f': {why}' if why else ''}", source, surface)
    left, known = max(0, len(known) - MOST_ROWS), known[:MOST_ROWS]
    lines = list(notes)
    if left:
        lines.append(f"The first {MOST_ROWS} of {left + MOST_ROWS}; all are in the table.")
    shown = gone if len(gone) <= MOST_GONE else []
    if gone and not shown:
        lines.append(f"No value: {_grouped(gone)}.")
    words = _Words(title, unit, source, lines, say)
    return _ranking(known, shown, palette, words, _said_gone(gone, left), surface)


class _Words:
    """What stands around a picture."""

    def __init__(
        self, title: str, unit: str, source: str, notes: Sequence[str], say: Callable[[float], str],
    ) -> None:
        self.title, self.unit, self.source, self.notes, self.say = title, unit, source, notes, say


def _ranking(
    known: Sequence[Mapping[str, Any]], gone: Sequence[Mapping[str, Any]], palette: Palette, words: _Words,
    rest: str, surface: Surface,
) -> Spec:
    points: list[Row] = [
        {"y": float(place), "value": row["value"], "low": row["low"], "high": row["high"],
         "colour": _colour_of(str(row["actor"]), palette, surface), "name": row["name"], "note": row["note"]}
        for place, row in enumerate(known)
    ]  # fmt: skip
    silent: list[Row] = [
        {"y": float(len(known) + place), "name": row["name"], "note": row["note"]}
        for place, row in enumerate(gone)
    ]
    low, high = _span(known)
    room = _Room([str(row["name"]) for row in (*known, *gone)], [str(row["note"]) for row in (*known, *gone)])
    x, y = room.x(low, high, words.unit), _y(len(points) + len(silent))
    layers = [
        _zero(low, high, x, y, surface), _rules(points, x, y), _points(points, x, y, "circle"),
        _texts([*points, *silent], y, surface, "name", room.names),
        _texts([*points, *silent], y, surface, "note", room.notes, right=True),
    ]  # fmt: skip
    said = f"{words.title}: " + "; ".join(
        f"{row['name']} {words.say(row['value'])}{_between(row)}"
        + _comma(str(row["note"]).removeprefix(words.say(row["value"])).removeprefix(", "))
        for row in known
    )
    return framed(
        _filled(layers), title=words.title, description=f"{said}{rest}.", source=words.source,
        surface=surface, height=ROW * (len(points) + len(silent)) + 12, notes=words.notes,
    )  # fmt: skip


def profile_chart(
    rows: Sequence[Mapping[str, Any]], palette: Palette, *, title: str, unit: str, source: str,
    notes: Sequence[str] = (), surface: Surface = LIGHT,
) -> Spec:
    """Values of a few givers by domain, one line of marks for each; shapes tell them apart without colour.

    Parameters
    ----------
    rows : mappings `domain, actor, name, value, low, high`, NaN where unknown
    """
    actors = list(dict.fromkeys(str(row["actor"]) for row in rows))
    names = {str(row["actor"]): str(row["name"]) for row in rows}
    known = [row for row in rows if _finite(row["value"])]
    every = list(dict.fromkeys(str(row["domain"]) for row in rows))
    domains = [domain for domain in every if any(row["domain"] == domain for row in known)]
    if not domains:
        return empty_spec(title, "no domain has a value", source, surface)
    silent = [domain for domain in every if domain not in domains]
    low, high = _span(known)
    step = 0.7 / max(len(actors), 1)
    keys = _keys([(actor, names[actor]) for actor in actors], palette, surface)
    head = 1 + int(max(row["y"] for row in keys))
    room = _Room(domains, [""])
    x, y = room.x(low, high, unit), _y(len(domains) + head)
    layers = [_zero(low, high, x, y, surface, head)]
    for place, actor in enumerate(actors):
        shape = SHAPES[place % len(SHAPES)]
        points: list[Row] = [
            {"y": head + domains.index(str(row["domain"])) + (place - (len(actors) - 1) / 2) * step,
             "value": row["value"], "low": row["low"], "high": row["high"],
             "colour": _colour_of(actor, palette, surface)}
            for row in known if row["actor"] == actor
        ]  # fmt: skip
        layers += [_rules(points, x, y), _points(points, x, y, shape), *_key(keys[place], y, shape, surface)]
    heads: list[Row] = [{"y": float(head + place), "name": domain} for place, domain in enumerate(domains)]
    layers.append(_texts(heads, y, surface, "name", room.names))
    said = f"{title}: " + "; ".join(
        f"{row['domain']} {row['name']} {number(row['value'])}{_between(row)}" for row in known
    ) + "."  # fmt: skip
    lines = [*notes, *([f"No value: {', '.join(silent)}."] if silent else [])]
    return framed(
        _filled(layers), title=title, description=" ".join([said, *lines[len(notes):]]), source=source,
        surface=surface, height=round(ROW * 1.2 * (len(domains) + head)) + 12, notes=lines,
    )  # fmt: skip


def pair_chart(
    rows: Sequence[Mapping[str, Any]], palette: Palette, actors: tuple[str, str], names: tuple[str, str], *,
    title: str, unit: str, source: str, notes: Sequence[str] = (), surface: Surface = LIGHT,
) -> Spec:
    """Two powers side by side in every receiver, joined by a line; the note says how sure the order is.

    Parameters
    ----------
    rows : mappings `name` of the receiver, `first, second` the two values, `note`; NaN where unknown
    """
    ends = [row[key] for row in rows for key in ("first", "second") if _finite(row[key])]
    if not ends:
        return empty_spec(title, "neither power has a value", source, surface)
    low, high = min(0.0, *ends), max(*ends, 1e-9)
    keys = _keys(list(zip(actors, names, strict=True)), palette, surface)
    head = 1 + int(max(row["y"] for row in keys))
    room = _Room([str(row["name"]) for row in rows], [str(row["note"]) for row in rows])
    x, y = room.x(low, high, unit), _y(len(rows) + head)
    lines: list[Row] = [
        {"y": float(head + place), "low": row["first"], "high": row["second"], "colour": surface.baseline}
        for place, row in enumerate(rows)
    ]
    layers = [_zero(low, high, x, y, surface, head), _rules(lines, x, y)]
    for side, (actor, key) in enumerate(zip(actors, ("first", "second"), strict=True)):
        points: list[Row] = [
            {"y": float(head + place), "value": row[key], "colour": _colour_of(actor, palette, surface)}
            for place, row in enumerate(rows) if _finite(row[key])
        ]  # fmt: skip
        layers += [_points(points, x, y, SHAPES[side]), *_key(keys[side], y, SHAPES[side], surface)]
    words: list[Row] = [
        {"y": float(head + place), "name": row["name"], "note": row["note"]} for place, row in enumerate(rows)
    ]
    layers += [_texts(words, y, surface, "name", room.names),
               _texts(words, y, surface, "note", room.notes, right=True)]  # fmt: skip
    said = f"{title}: " + "; ".join(
        f"{row['name']}: {names[0]} {_said(row['first'])}, {names[1]} {_said(row['second'])}"
        f"{_comma(row['note'])}" for row in rows
    ) + "."  # fmt: skip
    return framed(
        _filled(layers), title=title, description=said, source=source, surface=surface,
        height=ROW * (len(rows) + head) + 12, notes=notes,
    )  # fmt: skip


class _Room:
    """Px for words at the left and the right; what is left is for the marks."""

    def __init__(self, names: Sequence[str], notes: Sequence[str]) -> None:
        left, right = (4 + LETTER * max(map(len, words), default=0) for words in (names, notes))
        spare = PLOT - LEAST - 2 * GAP
        self.notes = min(right, 0.6 * spare)
        self.names = min(left, spare - self.notes)

    def x(self, low: float, high: float, unit: str) -> Spec:
        """Position whose data lie between the two columns of words."""
        pixel = (high - low) / (PLOT - self.names - self.notes - 2 * GAP)
        ends = [low - (self.names + GAP) * pixel, high + (self.notes + GAP) * pixel]
        scale = {"domain": ends, "nice": False}
        return {"field": "value", "type": "quantitative", "scale": scale,
                "axis": {"title": unit, "format": "~r", "values": _ticks(low, high)}}  # fmt: skip


def _colour_of(actor: str, palette: Palette, surface: Surface) -> str:
    """The power's own colour; ink for an actor that has none."""
    dark = surface.name == "dark"
    own = palette.dark if dark else palette.light
    return palette.colour(actor, dark) if actor in own else surface.ink


def _grouped(gone: Sequence[Mapping[str, Any]]) -> str:
    """Names without a value by their reason: `A, B (unknown); C (coverage)`."""
    found: dict[str, list[str]] = {}
    for row in gone:
        found.setdefault(str(row["note"]).removeprefix("no value: "), []).append(str(row["name"]))
    said = []
    for why, names in found.items():
        who = ", ".join(names) if len(names) <= MOST_NAMED else f"{len(names)} rows"
        said.append(f"{who} ({why})" if why else who)
    return "; ".join(said)


def _reasons(gone: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(dict.fromkeys(
        why for row in gone if (why := str(row["note"]).removeprefix("no value: "))))  # fmt: skip


def _said_gone(gone: Sequence[Mapping[str, Any]], left: int) -> str:
    rest = f"; {left} more in the table" if left else ""
    return rest + (f"; no value: {_grouped(gone)}" if gone else "")


def _between(row: Mapping[str, Any]) -> str:
    text = interval(row["low"], row["high"])
    return f" ({text})" if text else ""


def _comma(text: Any) -> str:
    return f", {text}" if text else ""


def _said(value: float) -> str:
    return number(value) if _finite(value) else "no value"


def _finite(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def _filled(layers: Sequence[Spec]) -> list[Spec]:
    return [layer for layer in layers if layer["data"]["values"]]


def _span(rows: Sequence[Mapping[str, Any]]) -> tuple[float, float]:
    ends = [row[key] for row in rows for key in ("value", "low", "high") if _finite(row[key])]
    low, high = min(0.0, *ends), max(0.0, *ends)
    return low, high if high > low else low + 1e-9


def _ticks(low: float, high: float) -> list[float]:
    step = 10.0 ** math.floor(math.log10(max(high - low, 1e-12)))
    for part in (0.2, 0.5, 1.0, 2.0, 5.0):
        if (high - low) / (step * part) <= 3:
            step *= part
            break
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(k * step, 12) for k in range(first, last + 1)]


def _y(count: int) -> Spec:
    scale = {"domain": [-0.6, count - 0.4], "reverse": True, "nice": False, "zero": False}
    return {"field": "y", "type": "quantitative", "axis": None, "scale": scale}


def _zero(low: float, high: float, x: Spec, y: Spec, surface: Surface, head: int = 0) -> Spec:
    """A line at zero beside the rows, not through the key above them."""
    ends = y["scale"]["domain"]
    rows: list[Row] = [{"zero": 0.0, "y": head - 0.6, "end": ends[1]}] if low <= 0 <= high else []
    return {"data": values(rows), "mark": {"type": "rule", "color": surface.rule},
            "encoding": {"x": {**x, "field": "zero"}, "y": y, "y2": {"field": "end"}}}  # fmt: skip


def _colour() -> Spec:
    return {"field": "colour", "type": "nominal", "scale": None}


def _rules(rows: Sequence[Row], x: Spec, y: Spec) -> Spec:
    kept = [row for row in rows if _finite(row["low"]) and _finite(row["high"])]
    return {"data": values(kept), "mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.55},
            "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "y": y,
                         "color": _colour()}}  # fmt: skip


def _points(rows: Sequence[Row], x: Spec, y: Spec, shape: str) -> Spec:
    return {"data": values(rows), "mark": {"type": "point", "filled": True, "size": 62, "opacity": 1,
                                           "shape": shape},
            "encoding": {"x": x, "y": y, "color": _colour()}}  # fmt: skip


def _keys(actors: Sequence[tuple[str, str]], palette: Palette, surface: Surface) -> list[Row]:
    """Place of each name in the key, in lines that fit the width."""
    found: list[Row] = []
    x, line = 6.0, 0
    for actor, name in actors:
        wide = 16 + LETTER * len(name)
        if x > 6 and x + wide > PLOT:
            x, line = 6.0, line + 1
        found.append({"x": x, "y": float(line), "colour": _colour_of(actor, palette, surface), "text": name})
        x += wide + 8
    return found


def _key(row: Row, y: Spec, shape: str, surface: Surface) -> list[Spec]:
    data = values([{name: row[name] for name in ("y", "colour", "text")}])
    point = {"type": "point", "filled": True, "size": 62, "opacity": 1, "shape": shape, "x": row["x"]}
    text = {"type": "text", "align": "left", "baseline": "middle", "x": row["x"] + 9, "color": surface.ink}
    return [
        {"data": data, "mark": point, "encoding": {"y": y, "color": _colour()}},
        {"data": data, "mark": text, "encoding": {"y": y, "text": {"field": "text", "type": "nominal"}}},
    ]


def _texts(
    rows: Sequence[Row], y: Spec, surface: Surface, field: str, room: float, *, right: bool = False,
) -> Spec:
    place: Spec = {"align": "right", "x": "width"} if right else {"align": "left", "x": 0}
    mark = {"type": "text", "baseline": "middle", "limit": round(room),
            "color": surface.muted if right else surface.ink, **place}  # fmt: skip
    kept = [row for row in rows if row.get(field)]
    return {"data": values(kept), "mark": mark,
            "encoding": {"y": y, "text": {"field": field, "type": "nominal"}}}  # fmt: skip
