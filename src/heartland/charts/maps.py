"""Small maps: one number for each receiver on an equal-area projection, with disputed lines dashed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from html import escape
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from heartland.charts.basemap import Basemap, Box, Point, Projection, Ring, clip_ring, joined
from heartland.charts.borders import Segment
from heartland.charts.theme import LIGHT, WIDTH, Surface
from heartland.charts.words import number, plus

__all__ = ["Canvas", "choropleth", "parted", "step_of"]

STEPS = 5
HEAD, FOOT = 22, 40
MARGIN = 0.04
COARSE = 0.7
GRID = 40
_MIDDLE = ' text-anchor="middle"'


@dataclass(frozen=True)
class Canvas:
    """A basemap projected to px for the receivers of a region; made once, used for several maps.

    paths : area -> path data;  places : receiver -> where its label stands
    plain : path data of undisputed lines by the areas they part;  disputed : of disputed ones
    (path data count tenths of a px)
    px : from degrees to px
    """

    width: int
    height: int
    paths: Mapping[str, str]
    places: Mapping[str, Point]
    plain: Mapping[tuple[str, ...], str]
    disputed: str
    receivers: tuple[str, ...]
    px: Callable[[Point], Point] = field(compare=False, repr=False)

    @classmethod
    def of(
        cls, basemap: Basemap, receivers: Sequence[str], segments: Sequence[Segment] = (), width: int = WIDTH
    ) -> Canvas:
        """Project a basemap so that the receivers fill the width.

        segments : disputed parts of borders, drawn dashed
        """
        west, south, east, north = basemap.extent(receivers)
        project = Projection((west + east) / 2, (south + north) / 2)
        points = [project(p) for r in receivers for polygon in basemap.rings(r) for p in polygon[0]] or [
            (0.0, 0.0)
        ]
        low = (min(p[0] for p in points), min(p[1] for p in points))
        high = (max(p[0] for p in points), max(p[1] for p in points))
        scale = width * (1 - 2 * MARGIN) / max(high[0] - low[0], 1.0)
        edge = width * MARGIN
        height = round((high[1] - low[1]) * scale + 2 * edge)

        @cache
        def px(point: Point) -> Point:
            x, y = project(point)
            return (x - low[0]) * scale + edge, (y - low[1]) * scale + edge

        view: Box = (0.0, 0.0, float(width), float(height))
        arcs = [_thin([px(p) for p in arc]) for arc in basemap.arcs]
        shapes = {
            area: [[clip_ring(joined(arcs, ring), view) for ring in polygon] for polygon in polygons]
            for area, polygons in basemap.areas.items()
        }
        plain, disputed = _lines(basemap, segments, px, view)
        return cls(
            width, height,
            {area: data for area, data in ((a, _rings(p)) for a, p in sorted(shapes.items())) if data},
            {r: _middle(shapes[r]) for r in receivers if any(polygon[0] for polygon in shapes.get(r, ()))},
            plain, disputed, tuple(receivers), px,
        )  # fmt: skip

    def with_lines(self, basemap: Basemap, segments: Sequence[Segment]) -> Canvas:
        """The same map with other disputed lines, as at another date."""
        plain, disputed = _lines(
            basemap, segments, self.px, (0.0, 0.0, float(self.width), float(self.height))
        )
        return replace(self, plain=plain, disputed=disputed)


def choropleth(
    canvas: Canvas,
    values: Mapping[str, float],
    *,
    title: str,
    top: float,
    change: bool = False,
    unit: str = "index",
    surface: Surface = LIGHT,
) -> str:
    """One map as SVG text.

    Parameters
    ----------
    values : receiver -> number; absent or NaN is "no data": dotted outline and the word, no fill
    top : upper end of the scale, from 0, or from -top where `change` is set
    """
    body = [_text(0, 14, title, surface.ink, size=14, weight=600)]
    shapes = []
    for area, shape in canvas.paths.items():
        if area not in canvas.receivers:
            shapes.append(f'<path d="{shape}" fill="{surface.neutral}" opacity="0.7"/>')
    marks, labels = [], []
    for receiver in canvas.receivers:
        data = canvas.paths.get(receiver)
        if data is None:
            continue
        value = values.get(receiver, math.nan)
        known = math.isfinite(value)
        fill = _fill(value, top, change, surface) if known else (surface.background, 1.0)
        marks.append(f'<path d="{data}" fill="{fill[0]}" fill-opacity="{fill[1]}"/>')
        x, y = canvas.places[receiver]
        said = (plus if change else number)(value) if known else "no data"
        dark = known and _is_dark(value, top, change)
        ink = surface.background if dark else surface.ink
        halo = f' stroke="{fill[0]}" stroke-width="3" stroke-linejoin="round"' if dark else ""
        for more in (halo, "") if halo else ("",):
            labels += [_text(x, y - 2, receiver, ink, weight=600, more=_MIDDLE + more),
                       _text(x, y + 11, said, ink, more=_MIDDLE + more)]  # fmt: skip
    missing = {r for r in canvas.receivers if not math.isfinite(values.get(r, math.nan))}
    dotted = "".join(data for pair, data in canvas.plain.items() if missing & set(pair))
    solid = "".join(data for pair, data in canvas.plain.items() if not missing & set(pair))
    lines = [
        _stroke(solid, surface.muted, 6), _stroke(dotted, surface.muted, 10, "10 20"),
        _stroke(canvas.disputed, surface.ink, 10, "30 20"),
    ]  # fmt: skip
    drawn = f'<g transform="scale(0.1)">{"".join((*shapes, *marks, *lines))}</g>'
    body.append(f'<g transform="translate(0,{HEAD})">{drawn}{"".join(labels)}</g>')
    body += _legend(canvas, top, change, unit, surface)
    tall = canvas.height + HEAD + FOOT
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{canvas.width}" height="{tall}" '
            f'viewBox="0 0 {canvas.width} {tall}">{"".join(body)}</svg>')  # fmt: skip


def step_of(value: float, top: float) -> int:
    """Step 0 to 4 of a number on a scale from 0 to top; 0 and below are the lowest step."""
    if not top > 0:
        return 0
    return min(max(math.ceil(STEPS * value / top - 1e-9) - 1, 0), STEPS - 1)


def _fill(value: float, top: float, change: bool, surface: Surface) -> tuple[str, float]:
    if not change:
        return surface.steps[step_of(value, top)], 1.0
    size = abs(value) / top if top > 0 else 0.0
    if size < 0.05:
        return surface.neutral, 1.0
    return (surface.positive if value > 0 else surface.negative), 0.45 if size <= 0.5 else 1.0


def _is_dark(value: float, top: float, change: bool) -> bool:
    return abs(value) > 0.5 * top if change else step_of(value, top) == STEPS - 1


def _stroke(data: str, colour: str, width: int, dash: str = "") -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{data}" fill="none" stroke="{colour}" stroke-width="{width}"{dashes}/>' if data else ""


def _text(
    x: float, y: float, text: str, fill: str, *, size: int = 12, weight: int = 400, more: str = ""
) -> str:
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" fill="{fill}"{more}>'
            f"{escape(text, quote=False)}</text>")  # fmt: skip


def _legend(canvas: Canvas, top: float, change: bool, unit: str, surface: Surface) -> list[str]:
    y, size = canvas.height + HEAD + 8, 26
    if change:
        fills = [_fill(top * share, top, True, surface) for share in (-1.0, -0.3, 0.0, 0.3, 1.0)]
        ends = (plus(-top), plus(top))
    else:
        fills = [(colour, 1.0) for colour in surface.steps]
        ends = ("0", number(top))
    boxes = [
        f'<rect x="{i * size}" y="{y}" width="{size}" height="8" fill="{colour}" fill-opacity="{opacity}" '
        f'stroke="{surface.muted}" stroke-width="0.5"/>'
        for i, (colour, opacity) in enumerate(fills)
    ]
    words = [_text(0, y + 22, ends[0], surface.muted),
             _text(STEPS * size, y + 22, ends[1], surface.muted, more=_MIDDLE),
             _text(STEPS * size + 10, y + 9, unit, surface.muted)]  # fmt: skip
    return [*boxes, *words]


def _thin(line: Ring) -> Ring:
    """Points at least half a px apart, both ends kept."""
    kept = line[:1]
    for point in line[1:-1]:
        if math.dist(point, kept[-1]) >= COARSE:
            kept.append(point)
    return [*kept, line[-1]] if len(line) > 1 else kept


def _rings(polygons: Sequence[Sequence[Ring]]) -> str:
    paths = (_path(ring) for polygon in polygons for ring in polygon if len(ring) > 3)
    return "".join(f"{path}z" for path in paths if path)


def _path(line: Sequence[Point]) -> str:
    """Path data in tenths of a px, as steps: half the size of coordinates."""
    places = [(round(10 * x), round(10 * y)) for x, y in line]
    steps = [f"{b[0] - a[0]},{b[1] - a[1]}" for a, b in pairwise(places) if a != b]
    return f"M{places[0][0]},{places[0][1]}l{' '.join(steps)}" if steps else ""


def _middle(polygons: Sequence[Sequence[Ring]]) -> Point:
    """Point of the largest ring with most room for words around it: twice as much to the sides as above."""
    ring = max((np.array(polygon[0]) for polygon in polygons if polygon[0]), key=_room)
    low, high = ring.min(axis=0), ring.max(axis=0)
    xs, ys = (np.linspace(low[i], high[i], GRID + 2)[1:-1] for i in (0, 1))
    ax, ay, bx, by = *ring[:-1].T, *ring[1:].T
    best, most = (float(xs[0]), float(ys[0])), -1.0
    for y in ys:
        cut = (ay > y) != (by > y)
        crossed = xs[:, None] < ax[cut] + (bx[cut] - ax[cut]) * (y - ay[cut]) / (by[cut] - ay[cut])
        inside = xs[crossed.sum(axis=1) % 2 == 1]
        if not inside.size:
            continue
        across, down = (inside[:, None] - ax) / 2, y - ay
        away = (across * across + down * down).min(axis=1)
        place = int(np.argmax(away))
        if away[place] > most:
            best, most = (float(inside[place]), float(y)), float(away[place])
    return best


def _room(ring: NDArray[np.float64]) -> float:
    """Area enclosed by a ring."""
    return abs(float(np.sum(ring[:-1, 0] * ring[1:, 1] - ring[1:, 0] * ring[:-1, 1]))) / 2


def _lines(
    basemap: Basemap, segments: Sequence[Segment], px: Callable[[Point], Point], view: Box
) -> tuple[dict[tuple[str, ...], str], str]:
    plain: dict[tuple[str, ...], str] = {}
    dashed = ""
    for pair, lines in sorted(basemap.borders.items(), key=lambda item: sorted(item[0])):
        mine = [segment for segment in segments if segment.pair == pair]
        for line in lines:
            for part, disputed in parted(line, mine, basemap.box, len(pair) == 1):
                data = "".join(_path(run) for run in _inside(_thin([px(p) for p in part]), view))
                if disputed:
                    dashed += data
                elif data:
                    plain[tuple(sorted(pair))] = plain.get(tuple(sorted(pair)), "") + data
    return plain, dashed


def _inside(line: Ring, view: Box) -> list[Ring]:
    """Runs of a line whose points lie in view; a step across the edge is left out (it is under a px long)."""
    runs: list[Ring] = [[]]
    for x, y in line:
        if view[0] <= x <= view[2] and view[1] <= y <= view[3]:
            runs[-1].append((x, y))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if len(run) > 1]


def parted(
    line: Sequence[Point], segments: Sequence[Segment], frame: Box, coast: bool
) -> list[tuple[list[Point], bool]]:
    """A line cut where it enters or leaves a disputed stretch; edges along the frame are left out."""
    done: list[tuple[list[Point], bool]] = []
    for a, b in pairwise(line):
        if coast and _on_frame(a, frame) and _on_frame(b, frame):
            continue
        disputed = any(s.holds(a) and s.holds(b) for s in segments)
        if done and done[-1][1] == disputed and done[-1][0][-1] == a:
            done[-1][0].append(b)
        else:
            done.append(([a, b], disputed))
    return done


def _on_frame(point: Point, frame: Box) -> bool:
    near = 2e-3
    return any(abs(point[i % 2] - frame[i]) < near for i in range(4))
