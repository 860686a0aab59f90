"""Sections that say what was assumed, what is missing, and where the run came from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from heartland.charts.words import count, interval, number, plus
from heartland.dynamics.mechanism import catalogue
from heartland.report.content import Cell, Context, Link, Section, Table, anchor, records
from heartland.scenarios.compile import priors_of
from heartland.scenarios.state import state_catalogue
from heartland.scenarios.summary import OutcomeSummary
from heartland.scenarios.ties import MOVING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["limit_section", "provenance_section", "rival_section", "scenario_section"]

ESTIMATED = ("estimated", "pooled")


def scenario_section(context: Context) -> Section:
    """What is made to happen, why, and what would speak against the essay's reading."""
    scenario = context.run.scenario
    cells: list[list[Cell]] = [
        [patch.why, patch.do.text,
         context.source_link(patch.source) if patch.source else f"assumption: {patch.assumption}"]
        for patch in scenario.patches
    ]  # fmt: skip
    others = context.base.scenario
    texts = [
        f"Baseline: {others.title}. "
        + ("; ".join(p.why for p in others.patches) or "No change is made to it.")
    ]
    if scenario.expected:
        texts.append(f"Expected: {scenario.expected}")
    if scenario.disproof:
        texts.append(f"What would speak against it: {scenario.disproof}")
    table = Table("Changes made to the world", ["what and why", "change", "source"], cells, folded=False)
    return Section("scenario", "What is made to happen", texts=texts, tables=[table] if cells else [])


def rival_section(found: pd.DataFrame | None, rows: Sequence[OutcomeSummary]) -> Section:
    """The headline outcome with rival forms of mechanisms, and what was not computed."""
    title, later = "Rival forms and sensitivities", (
        "Which parameter would change the answer most was not computed in this run."
    )
    if found is None or len(found) < 2:
        text = (
            "No mechanism of this system was replaced by a rival form in this run, so the uncertainty of the "
            "model's structure is not in any interval above."
        )
        return Section("later", title, texts=[text, later])
    name = str(found["outcome"].iloc[0])
    asked = next((row.question for row in rows if row.id == name), name)
    reference = float(found["value"].iloc[0])
    cells: list[list[Cell]] = [
        [str(row["mechanism"]), str(row["rival"]), number(row["value"], 3),
         interval(row["low"], row["high"], 3), plus(row["value"] - reference, 3)]
        for row in records(found)
    ]  # fmt: skip
    spread = float(found["value"].std(ddof=1))
    text = (
        "Some mechanisms have a second published or plausible form. With each put in its place the answer "
        f"moves as below; its standard deviation over the forms is {number(spread, 3)}, which no interval "
        f"above holds. On the first {count(int(found.attrs.get('members', 0)))} members."
    )
    columns = ["mechanism", "rival form", "value", "interval", "change of the answer"]
    table = Table(asked, columns, cells, frozenset({2, 3, 4}), folded=False)
    return Section("later", title, texts=[text, later], tables=[table])


def limit_section(context: Context, rows: Sequence[OutcomeSummary], mechanisms: Sequence[str]) -> Section:
    """Prior-driven parameters, unknown and old data, history the authors knew, and sampling error."""
    points: list[Cell] = [*_standing(context, mechanisms), *_signs(rows), *_data(context), *_history(context)]
    moving = ", ".join(state_catalogue()[name].label.lower() for name in MOVING)
    points.append(
        f"Within a run influence moves only through {moving}; of the other channels, those in money "
        "keep their ratio to the receiver's output, and the rest keep their start value."
    )
    points.append(
        f"With {count(context.run.members)} runs a probability near one half is uncertain by "
        f"{number(98 / math.sqrt(context.run.members))} of 100 from sampling alone, on top of the "
        "intervals shown."
    )
    table = _assumed(context, mechanisms)
    return Section("limits", "What this cannot say", points=points, tables=[table] if table.rows else [])


def _own(context: Context, mechanisms: Sequence[str]) -> list[Any]:
    known = catalogue()
    wanted = {name for m in mechanisms if m in known for name in known[m].parameter_ids}
    return [prior for prior in priors_of(context.run.scenario.region).values() if prior.id in wanted]


def _standing(context: Context, mechanisms: Sequence[str]) -> list[str]:
    found = _own(context, mechanisms)
    weak = [prior for prior in found if prior.status not in ESTIMATED]
    if not weak:
        return []
    fixed = sum(prior.sign_fixed for prior in weak)
    return [
        f"{len(weak)} of the {len(found)} parameters of the mechanisms behind these outcomes are "
        "elicited or guessed, "
        f"and {fixed} of them allow one direction only: the answer follows from these priors as much as "
        "from data. "
        "They are listed below."
    ]


def _signs(rows: Sequence[OutcomeSummary]) -> Iterator[str]:
    for sign, text in (
        ("assumed", "The direction of the difference is assumed by one-sided priors, not found, for: "),
        (
            "by-construction",
            "The difference follows by construction, since the event hardly occurs otherwise, for: ",
        ),
    ):
        named = [row.question for row in rows if row.difference is not None and row.difference.sign == sign]
        if named:
            yield text + " ".join(named)


def _data(context: Context) -> Iterator[str]:
    run = context.run
    scenario = run.scenario
    for text in run.plan().unknown:
        yield f"At the start: {text}."
    world = scenario.region.at(scenario.start, scenario.known_by or None)
    names = {name: info.name for name, info in world.settings.channels.items()}
    cells = {(p, c): world.cell(p, context.focus.receiver, c) for p in world.powers for c in names}
    where = context.name(context.focus.receiver)
    unknown = [names[c] for c in names if all(cells[p, c].status == 1 for p in world.powers)]
    partly = [
        f"{names[c]} ({n} of {len(world.powers)} powers)" for c in names if c not in unknown
        and 0 < (n := sum(cells[p, c].status == 1 for p in world.powers)) < len(world.powers)
    ]  # fmt: skip
    if unknown:
        listed = ", ".join(unknown)
        yield f"Channels without any data for {where} at the start, left out of influence: {listed}."
    if partly:
        yield f"Channels known for some powers only: unknown in {', '.join(partly)}."
    old = [cell.age for cell in cells.values() if math.isfinite(cell.age) and cell.age > 1]
    if old:
        yield (
            f"{len(old)} ties of {where} stand on data more than a year older than the start, the oldest by "
            f"{number(max(old))} years."
        )


def _history(context: Context) -> Iterator[str]:
    scenario, region = context.run.scenario, context.run.scenario.region
    version = str(region.model.version)
    start = scenario.start.replace("-", ".")
    if version[:4].isdigit() and start < version:
        yield (
            f"Contaminated history: the run starts on {scenario.start}, but the model and its priors "
            "were written by "
            f"people who knew what followed (region version {version}). It is a hindcast and proves no skill."
        )
    if not scenario.known_by:
        yield "Data published after the start are used for the start world; no knowledge date was set."


def _assumed(context: Context, mechanisms: Sequence[str]) -> Table:
    cells: list[list[Cell]] = [
        [Link(prior.id, f"#{anchor('parameter', prior.id)}"), prior.status,
         "one direction only" if prior.sign_fixed else "either", context.source_link(prior.source_id)]
        for prior in _own(context, mechanisms) if prior.status not in ESTIMATED
    ]  # fmt: skip
    columns = ["parameter", "standing", "direction", "source"]
    return Table("Prior-driven parameters behind these outcomes", columns, cells)


def provenance_section(context: Context, seconds: Mapping[str, float] | None) -> Section:
    """Everything that decides the numbers, as recorded with both runs."""
    rows: list[list[Cell]] = []
    own, other = dict(_flat(context.run.card)), dict(_flat(context.base.card))
    for key, value in own.items():
        rows.append([key, value, other.get(key, "") if other.get(key) != value else "the same"])
    rows += [[key, "", value] for key, value in other.items() if key not in own]
    tables = [Table("Provenance card", ["what", "what-if", "baseline"], rows)]
    if seconds:
        cells: list[list[Cell]] = [[name, f"{value:.1f}"] for name, value in seconds.items()]
        tables.append(Table("Seconds taken", ["part", "seconds"], cells, frozenset({1})))
    region = context.run.scenario.region
    text = (
        f"Region {region.id}, version {region.model.version}, content hash {region.hash[:16]}. The same "
        "region, "
        f"scenario, seed ({context.run.seed}) and number of members give the same bits."
    )
    return Section("provenance", "Provenance", texts=[text], tables=tables)


def _flat(card: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in card.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            yield from _flat(value, f"{name}.")
        elif isinstance(value, list | tuple):
            yield name, ", ".join(str(item) for item in value)
        else:
            yield name, "" if value is None else str(value)
