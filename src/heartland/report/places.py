"""Section of the maps: influence of each principal power at start and end, and the change."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from heartland.charts.basemap import Basemap
from heartland.charts.borders import Dispute, disputes_at, footer_line
from heartland.charts.maps import Canvas, choropleth
from heartland.charts.words import month, number, plus
from heartland.core.jsonio import read_geojson
from heartland.errors import HeartlandInputError
from heartland.report.content import Cell, Context, Figure, Section, Table

if TYPE_CHECKING:
    from heartland.region.region import Region

__all__ = ["AROUND", "basemap_of", "map_section"]

FOLDER = "basemap"
AROUND = 1.0
MOST_POWERS = 2


def map_section(context: Context) -> Section | None:
    """Three small maps for each of the first two powers; None for a region without a basemap."""
    basemap, rows = basemap_of(context.run.scenario.region)
    if basemap is None:
        return Section("maps", "Maps", texts=["This region has no basemap, so nothing is drawn on one."])
    try:
        found = np.asarray(context.run.array("influence")[:, [0, -1], -1], dtype=np.float64)
    except HeartlandInputError:
        return None
    axes = context.run.layout.axes
    west, south, east, north = basemap.extent(axes.receiver)
    view = (west - AROUND, south - AROUND, east + AROUND, north + AROUND)
    steps = context.run.layout.steps("influence")
    dates = [context.run.layout.dates[step] for step in steps]
    before, after = (disputes_at(rows, date, basemap, view) for date in (dates[0], dates[-1]))
    first = Canvas.of(basemap, axes.receiver, [s for dispute in before for s in dispute.segments])
    canvases = (first, first.with_lines(basemap, [s for dispute in after for s in dispute.segments]))
    disputes = list({dispute.area_id: dispute for dispute in (*before, *after)}.values())
    values = {power: _values(found[..., axes.power.index(power), :], axes.receiver)
              for power in context.focus.powers[:MOST_POWERS]}  # fmt: skip
    top = _top(v for start, end, _ in values.values() for v in (*start.values(), *end.values()))
    most = _top(abs(v) for _, _, change in values.values() for v in change.values())
    maps = [
        _maps(context, canvases, power, values[power], top, most, (dates[0], dates[-1])) for power in values
    ]
    group = [figure for pair in maps for figure in pair[:2]] + [pair[2] for pair in maps]
    added = " ".join(f"{a['name']} is drawn as a {a['note']}." for a in basemap.properties.get("added", ()))
    base = f"Base map: {basemap.properties.get('source', 'source not stated')}. {added}".strip()
    return Section(
        "maps", "Maps",
        texts=["Influence over each receiver, from 0, on one scale for all maps; median over the "
               "what-if's runs. "
               "Dotted outlines without fill are receivers without data."],
        groups=[group], tables=[_disputes(context, disputes)],
        notes=[footer_line(), base],
    )  # fmt: skip


def basemap_of(region: Region) -> tuple[Basemap | None, list[dict[str, str]]]:
    """Base map of a region and the rows of its disputed lines; None for a region without one."""
    folder = region.path / FOLDER
    if not (folder / "basemap.topo.json").is_file():
        return None, []
    basemap = Basemap.from_topojson(read_geojson(folder / "basemap.topo.json"))
    table = folder / "disputed.csv"
    text = table.read_text(encoding="utf-8") if table.is_file() else ""
    return basemap, list(csv.DictReader(text.splitlines()))


Values = tuple[dict[str, float], dict[str, float], dict[str, float]]


def _values(members: NDArray[np.float64], receivers: tuple[str, ...]) -> Values:
    """Median at start and end and median of the change, by receiver; from (member, time, receiver)."""

    def medians(block: NDArray[np.float64]) -> dict[str, float]:
        known = {r: block[:, i][~np.isnan(block[:, i])] for i, r in enumerate(receivers)}
        return {r: float(np.median(x)) if x.size else math.nan for r, x in known.items()}

    return medians(members[:, 0]), medians(members[:, -1]), medians(members[:, -1] - members[:, 0])


def _top(values: Iterable[float]) -> float:
    known = [x for x in values if math.isfinite(x)]
    return max(known, default=0.0)


def _maps(
    context: Context, canvases: tuple[Canvas, Canvas], power: str, values: Values, top: float, most: float,
    dates: tuple[str, str],
) -> list[Figure]:  # fmt: skip
    start, end, change = values
    name = context.name(power)
    figures = []
    for key, title, shown, limit, moved in (
        ("start", f"{name}, {month(dates[0])}", start, top, False),
        ("end", f"{name}, {month(dates[1])}", end, top, False),
        ("change", f"{name}, change", change, most, True),
    ):
        svg = choropleth(canvases[key != "start"], shown, title=title, top=limit, change=moved)
        said = "; ".join(f"{context.name(r)} {(plus if moved else number)(v)}" for r, v in shown.items())
        what = f"Influence of {name} over each receiver, {'change' if moved else month(dates[key == 'end'])}"
        table = Table(what, ["receiver", "influence (index)"], _rows(context, shown, moved), frozenset({1}))
        figures.append(context.drawn(f"map-{power}-{key}", svg, f"Map. {what}: {said}.", table))
    return figures


def _rows(context: Context, values: Mapping[str, float], moved: bool) -> list[list[Cell]]:
    return [[context.name(r), (plus if moved else number)(v, 3)] for r, v in values.items()]


def _disputes(context: Context, disputes: list[Dispute]) -> Table:
    cells: list[list[Cell]] = [
        [d.name, " and ".join(context.name(x) for x in d.holder.split(";") if x),
         ", ".join(context.name(x) for x in d.claimants), f"{d.start or 'unknown'} to {d.end or 'today'}",
         context.source_link(d.source), d.note]
        for d in disputes
    ]  # fmt: skip
    columns = ["dashed line", "held by", "claimed by", "from - to", "source", "note"]
    return Table(
        "How borders are drawn: disputed lines in view, at the start or the end", columns, cells, folded=False
    )
