"""Several scenarios in one world: their patches together, their questions together, one baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from heartland.core.dates import add_months
from heartland.core.dates import parse as parse_date
from heartland.core.dates import steps as step_dates
from heartland.core.tree import Call, Span, walk
from heartland.errors import HeartlandInputError
from heartland.scenarios.filing import Outcome
from heartland.scenarios.operations import check_between
from heartland.scenarios.schedule import last_step, step_of

if TYPE_CHECKING:
    from heartland.scenarios.scenario import Scenario

__all__ = ["Composition", "compose", "composition"]

LONGEST_ID = 64


@dataclass(frozen=True)
class Composition:
    """Scenarios to be run alone and together, all on the terms of the first one's baseline.

    together : the patches of all, those of the first first
    baseline : the first's baseline
    alone : the first as it is, and the baseline with the patches of each of the others
    notes : what the reader must know: whose horizon counts, which questions were left out
    """

    together: Scenario
    baseline: Scenario
    alone: tuple[Scenario, ...]
    notes: tuple[str, ...]


def compose(*scenarios: Scenario, id: str = "") -> Scenario:
    """One scenario with the patches of all, in order, asking what they all ask.

    The horizon is the shortest of them; an outcome whose id an earlier one uses gets its scenario's id before
    it; outcomes that look beyond the horizon are left out. It is compared with the first one's
    baseline, which holds none of these patches.

    Parameters
    ----------
    scenarios : two or more of one region, with the same start
    id : of the new scenario; default the ids joined by `-with-`

    Raises
    ------
    HeartlandInputError
        If they do not start on one day, or patch the same thing at the same time.
    """
    return composition(*scenarios, id=id).together


def composition(*scenarios: Scenario, id: str = "") -> Composition:
    """As `compose`, with the runs that its parts are compared by and notes for the reader."""
    if len(scenarios) < 2:
        raise HeartlandInputError.at(
            "A composition needs two scenarios or more.", fix="Name another one.", check="compose"
        )
    first = scenarios[0]
    for other in scenarios[1:]:
        _one_world(first, other)
    shortest = min(scenarios, key=lambda item: item.months)
    days = _days(first, shortest.months)
    outcomes, left = _outcomes(scenarios, days)
    receivers = tuple(dict.fromkeys(name for item in scenarios for name in item.receivers))
    shared = {"months": shortest.months, "outcomes": outcomes, "receivers": receivers}
    parts = [replace(item, **shared) for item in scenarios]  # type: ignore[arg-type]  # values fit their fields
    for item in scenarios:
        _inside(item, shortest, days)
    name = (id or "-with-".join(item.id for item in scenarios))[:LONGEST_ID].rstrip("-")
    together = replace(
        parts[0],
        id=name,
        title=", with: ".join(item.title for item in scenarios),
        question=" ".join(dict.fromkeys(item.question for item in scenarios)),
        patches=tuple(patch for item in scenarios for patch in item.patches),
        also=_systems(scenarios),
        also_headline=(),
        headline=False,
        levers=tuple(dict.fromkeys(lever for item in scenarios for lever in item.levers)),
        expected=_told(scenarios, "expected"),
        disproof=_told(scenarios, "disproof"),
    )
    baseline = together.baseline()
    alone = [parts[0], *(_on(baseline, first.baseline_id, item) for item in parts[1:])]
    _no_conflict(scenarios, baseline)
    return Composition(together, baseline, tuple(alone), (*_horizons(scenarios, shortest, days), *left))


def _one_world(first: Scenario, other: Scenario) -> None:
    if (first.region.id, first.region.hash) != (other.region.id, other.region.hash):
        raise HeartlandInputError.at(
            f"{first.id} belongs to the region {first.region.id}, {other.id} to {other.region.id}.",
            why="Only scenarios of one region, with the same content, can be put together.",
            fix="Load both from one region.",
            check="compose",
        )
    for name, what in (("start", "starts on"), ("known_by", "rests on what was known by")):
        mine, theirs = getattr(first, name), getattr(other, name)
        if mine != theirs:
            raise HeartlandInputError.at(
                f"{first.id} {what} {mine or 'any day'}, {other.id} on {theirs or 'any day'}."
                if name == "start"
                else f"{first.id} {what} {mine or 'any day'}, {other.id} by {theirs or 'any day'}.",
                why="Put together they happen in one world, and a world has one date.",
                fix=f"Write one {name} into both, in files of your own, and date the patches to fit.",
                check="compose",
            )


def _days(scenario: Scenario, months: int) -> tuple[date, ...]:
    begin = parse_date(scenario.start).earliest
    assert begin is not None
    return tuple(step_dates(begin, months, scenario.region.model.steps_per_year))


def _outcomes(
    scenarios: Sequence[Scenario], days: Sequence[date]
) -> tuple[tuple[Outcome, ...], tuple[str, ...]]:
    kept: dict[str, Outcome] = {}
    notes = []
    for scenario in scenarios:
        for item in scenario.outcomes:
            if not _answered(item, days):
                notes.append(f"{item.id} of {scenario.id} looks beyond {days[-1]} and is left out.")
                continue
            same = kept.get(item.id)
            if same is None:
                kept[item.id] = item
            elif (same.expression.split(), same.unit) != (item.expression.split(), item.unit):
                name = f"{scenario.id}-{item.id}"
                kept[name] = replace(item, id=name)
    return tuple(kept.values()), tuple(notes)


def _answered(item: Outcome, days: Sequence[date]) -> bool:
    """Whether every time that an outcome names lies inside the run."""
    for node in walk(item.tree):
        if not isinstance(node, Call):
            continue
        at, within = node.key("at"), node.key("within")
        begin = 1
        for key in node.keys:
            if isinstance(key.value, Span) and not _reached(key.value.text, days):
                return False
        if within is not None:
            if at is not None and isinstance(at.value, Span):
                begin = last_step(at.value.text, days)[0]
            months = getattr(within.value, "months", 0)
            if step_of(add_months(days[max(begin - 1, 0)], months), days) < 0:
                return False
    return True


def _reached(text: str, days: Sequence[date]) -> bool:
    try:
        last_step(text, days)
    except HeartlandInputError as error:
        if any(finding.check == "time" for finding in error.findings):
            return False
        raise
    return True


def _inside(scenario: Scenario, shortest: Scenario, days: Sequence[date]) -> None:
    for patch in scenario.patches:
        if not _reached(patch.do.at, days):
            raise HeartlandInputError.at(
                f'"{patch.do.text}" of {scenario.id} lies beyond {days[-1]}, where {shortest.id} ends.',
                why="Scenarios put together last as long as the shortest of them.",
                fix=f"Give {shortest.id} a longer horizon in a file of your own, or leave the patch out.",
                check="compose",
            )


def _on(baseline: Scenario, named: str, item: Scenario) -> Scenario:
    """A further scenario on the terms of the first one's baseline."""
    name = f"{item.id}-on-{baseline.id}"[:LONGEST_ID].rstrip("-") if baseline.patches else item.id
    return replace(
        baseline, id=name, title=item.title, question=item.question, system=item.system, levers=item.levers,
        patches=(*baseline.patches, *item.patches), baseline_id=named,
    )  # fmt: skip


def _no_conflict(scenarios: Sequence[Scenario], baseline: Scenario) -> None:
    from heartland.scenarios.compile import operations_of

    for number, item in enumerate(scenarios):
        for other in scenarios[:number]:
            check_between(other.id, operations_of(other), item.id, operations_of(item))
        if number and baseline.patches:
            check_between(baseline.id, operations_of(baseline), item.id, operations_of(item))


def _systems(scenarios: Sequence[Scenario]) -> tuple[str, ...]:
    first = scenarios[0]
    named = [name for item in scenarios for name in (item.system, *item.also)]
    return tuple(dict.fromkeys(name for name in named if name and name != first.system))


def _told(scenarios: Sequence[Scenario], name: str) -> str:
    return " ".join(f"{item.title}: {getattr(item, name)}" for item in scenarios if getattr(item, name))


def _horizons(scenarios: Sequence[Scenario], shortest: Scenario, days: Sequence[date]) -> tuple[str, ...]:
    spans = {item.id: item.months for item in scenarios}
    notes = []
    if len(set(spans.values())) > 1:
        cut = ", ".join(name for name, months in spans.items() if months > shortest.months)
        notes.append(
            f"The runs end on {days[-1]}, where {shortest.id} ends; in {cut} too, `end` means this day."
        )
    return tuple(notes)
