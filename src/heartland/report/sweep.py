"""The page of a sweep: main effects of every factor, pairs of factors, and the table behind them."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from heartland.charts.effects import effect_points, heat_map
from heartland.charts.render import to_svg, warm_up
from heartland.charts.svg import clean_svg, colour_classes
from heartland.charts.theme import LIGHT, Palette, Spec
from heartland.charts.words import count, interval, number, plus
from heartland.report.content import Cell, Figure, Section, Table, anchor, records
from heartland.report.page import page
from heartland.runs.sweep_effects import main_effects, pair_effects

if TYPE_CHECKING:
    from heartland.runs.sweep_result import Sweep
    from heartland.scenarios.filing import Outcome

__all__ = ["write_sweep_report"]

# outcomes that are drawn, and points that are listed
DRAWN, LISTED = 4, 200


def write_sweep_report(found: Sweep, path: Path | str) -> Path:
    """Write the page of a sweep; the same sweep gives the same bytes. Returns the path written."""
    design = found.design
    region = design.region
    palette = Palette.from_rows(records(region.tables["palette"]))
    classes = colour_classes(LIGHT, palette)
    drawn = design.outcomes[:DRAWN]
    with ThreadPoolExecutor(max_workers=1) as compiler:
        compiler.submit(warm_up)
        sections = [_design(found), *(_effects(found, item, classes) for item in drawn), _table(found)]
        text = page(
            sections, palette, title=f"Sweep: {design.scenarios[0].title}",
            kicker=f"heartland sweep. {region.model.title}", question=design.scenarios[0].question,
            lines=_lines(found), data={"schema": "heartland.sweep/1", "sweep_id": found.card["sweep_id"]},
            closing=(
                f"Sweep {found.card['sweep_id']}, {count(len(found.finished))} points of "
                f"{count(design.members)} members, seed {design.seed}. Region {region.id} "
                f"{region.model.version}."
            ),
        )  # fmt: skip
    target = Path(path)
    target.write_bytes(text.encode())
    return target


def _lines(found: Sweep) -> list[str]:
    design = found.design
    lines = [
        f"{count(len(found.finished))} points, {count(design.members)} members each, on the same random "
        "numbers."
    ]
    for item in design.outcomes[:DRAWN]:
        rows = found.table[found.table["outcome"] == item.id]
        known = rows.dropna(subset=["value"])
        if len(known):
            low, high = known["value"].min(), known["value"].max()
            lines.append(
                f"{item.question} From {number(low)} to {number(high)} over the points ({item.unit}); "
                f"evidence {found.evidence.get(item.id) or 'not graded'}."
            )
    return lines


def _design(found: Sweep) -> Section:
    design = found.design
    points: list[Cell] = [
        f"{item.name}: {', '.join(f'{x:g}' if isinstance(x, float) else x for x in item.levels)}"
        for item in design.factors
    ]
    points += [
        f"{item.name}: {design.hypercube} points of a Latin hypercube, "
        + ("as its prior" if item.scale == "prior" else f"{item.low:g} to {item.high:g}, {item.scale}")
        for item in design.ranges
    ]
    named = ", ".join(f"{name} {level}" for name, level in design.reference.items()) or "as it is"
    texts = [
        "Every point is run with the same random numbers; a parameter that is set is the same in all "
        "members, and all others keep their draws. Differences are taken member by member from the "
        f"reference: {named}.",
        "These are runs of a model: the direction of a difference may have been put in, and a wide range "
        "shows what the model does there, not that the world may be there.",
    ]
    return Section("design", "What was varied", texts=texts, points=points)


def _effects(found: Sweep, item: Outcome, classes: dict[str, str]) -> Section:
    source = f"heartland sweep {found.card['sweep_id']}, {count(found.design.members)} members a point"
    told = main_effects(found, item.id)
    figures = []
    for name, frame in told.groupby("factor", sort=False):
        spec = effect_points(frame, title=item.question, factor=str(name), unit=item.unit, source=source)
        cells: list[list[Cell]] = [
            [_level(row["level"]), plus(row["value"]), interval(row["low"], row["high"], signed=True),
             str(row["points"])]
            for row in records(frame)
        ]  # fmt: skip
        columns = [str(name), "difference", "90 % interval", "points"]
        table = Table(f"By {name}", columns, cells, frozenset({1, 2, 3}))
        figures.append(_figure(f"{item.id}-{name}", spec, table, classes))
    for one, other in combinations([factor.name for factor in found.design.factors], 2):
        pairs = pair_effects(found, item.id, one, other)
        spec = heat_map(pairs, title=item.question, across=one, down=other, unit=item.unit, source=source)
        cells = [
            [_level(row["across"]), _level(row["down"]), plus(row["value"]),
             interval(row["low"], row["high"], signed=True)]
            for row in records(pairs)
        ]  # fmt: skip
        columns = [one, other, "difference", "90 % interval"]
        table = Table(f"By {one} and {other}", columns, cells, frozenset({2, 3}))
        figures.append(_figure(f"{item.id}-{one}-{other}", spec, table, classes))
    texts = [
        "Difference from the reference by value of each factor, averaged over the values of all others; "
        "lines are 5-95 % over parameter draws."
    ]
    return Section(anchor("effects", item.id), item.question, texts=texts, groups=[figures])


def _figure(key: str, spec: Spec, table: Table, classes: dict[str, str]) -> Figure:
    name = anchor("figure", key)
    label = str(spec["description"])


    def make() -> str:
        return clean_svg(to_svg(spec), prefix=f"{name}-", label=label, classes=classes)

    return Figure(name, make, table)


def _table(found: Sweep) -> Section:
    design = found.design
    item = design.outcomes[0]
    rows = found.table[found.table["outcome"] == item.id].head(LISTED)
    names = ["scenario", *design.names] if len(design.scenarios) > 1 else list(design.names)
    cells: list[Sequence[Cell]] = [
        [str(row["point"]), *(_level(row[name]) for name in names), number(row["value"]),
         interval(row["low"], row["high"]), plus(row["difference"]), row["note"]]
        for row in records(rows)
    ]  # fmt: skip
    columns = ["point", *names, "value", "90 % interval", "difference", "note"]
    table = Table(item.question, columns, cells, frozenset({0}))
    note = "All points and outcomes are in table.csv beside this page."
    return Section("points", "Points", tables=[table], notes=[note])


def _level(level: Any) -> str:
    return f"{level:g}" if isinstance(level, float) else str(level)
