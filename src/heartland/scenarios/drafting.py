"""A first scenario file to start from: runnable as it is, with a comment above every key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from heartland.dynamics.mechanism import catalogue
from heartland.errors import HeartlandInputError
from heartland.scenarios.compile import compile_plan, operations_of
from heartland.scenarios.saving import text_of
from heartland.scenarios.scenario import Scenario
from heartland.scenarios.state import DRAW, event_kinds, state_catalogue

if TYPE_CHECKING:
    from heartland.region.region import Region

__all__ = ["commented", "draft"]

COMMENTS = {
    "id": "Name of the file and of its runs.",
    "title": "A few words; the heading of the report.",
    "question": "What you want to know, in one sentence.",
    "system": "System of the region that the question belongs to (heartland describe systems).",
    "start": "The world as it was on this day; every run begins there.",
    "horizon": "How long the runs last: P18M, P5Y.",
    "baseline": "Scenario it is compared with. Without this line: the same world without the patches.",
    "patches": "What is changed. Kinds: set, scale, shock, clamp (states), rule, policy (decisions), force\n"
    "(events), off (mechanisms). Each needs a why, and a source: <id> or an assumption: <text>.",
    "outcomes": "What is asked of every run. A yes or no has unit: probability; any other number the unit of "
    "what\nit reads. The first is the headline. A wrong name is refused with the nearest right one.",
    "levers": "Patches worth trying next.",
    "expected": "What you expect; write it before you run it.",
    "disproof": "What would show that you were wrong.",
}


def draft(region: Region, name: str, *, base: str = "", system: str = "", start: str = "") -> Scenario:
    """A scenario that runs at once, filled with what the region's model has.

    Parameters
    ----------
    name : its id
    base : id of a scenario to copy; default one patch on a power and two outcomes of the first receiver
    system : system it belongs to;  start : day it starts on, default that of the copied one or of the region

    Raises
    ------
    HeartlandInputError
        For an id, scenario, system or day that cannot be used, with near matches, or if what is copied does
        not run from that day.
    """
    made = _copied(region, name, base, start) if base else _fresh(region, name, start)
    if system:
        same = Scenario.new(name, region=region, start=made.start, system=system)
        also = tuple(item for item in made.also if item != same.system)
        made = replace(made, system=same.system, also=also)
    compile_plan(made, members=DRAW, seed=1)
    made.baseline()
    return made


def _copied(region: Region, name: str, base: str, start: str) -> Scenario:
    Scenario.new(name, region=region, start=start or region.model.start)
    found = Scenario.load(region, base)
    moved = bool(start) and start != found.start
    return replace(
        found, id=name, title=f"{found.title}, changed", start=start or found.start, headline=False,
        also_headline=(), baseline_id="" if moved else found.baseline_id,
    )  # fmt: skip


def _fresh(region: Region, name: str, start: str) -> Scenario:
    model = region.model
    if not model.powers or not model.receivers:
        raise HeartlandInputError.at(
            f"The model of {region.id} has no powers or no receivers.",
            why="There is nothing to change or ask.", fix="Fill powers: and receivers: in model.yaml.",
            check="new-scenario",
        )  # fmt: skip
    power, receiver = (model.insiders or model.powers)[0], model.receivers[0]
    made = Scenario.new(
        name,
        region=region,
        title=name.replace("-", " ").capitalize(),
        question=f"What would a recession of {power} change for {receiver}?",
        start=start or model.start,
        horizon="P2Y",
        expected="Write here what you expect, before you run it.",
        disproof="Write here what would show that you were wrong.",
    )
    made = made.patch(
        f"scale(gdp[actor={power}], .95, at=start, for=P1Y)",
        why=f"The output of {power} is 5 % lower for a year.",
        assumption="size and length chosen to try it out",
    )
    asked, text = _event(region, power, receiver)
    made = made.outcome("first-question", asked, text)
    made = made.outcome(
        "second-question",
        f"How much influence does {power} hold over {receiver} at the end?",
        f"measure(influence, giver={power}, receiver={receiver}, at=end)",
        "index",
    )
    return _with_lever(made, power, receiver)


def _event(region: Region, power: str, receiver: str) -> tuple[str, str]:
    """Question and expression on an event that a mechanism of the region draws; else on output."""
    records = catalogue()
    written = {state for name in region.model.mechanisms for state in records[name].writes if name in records}
    kinds = [kind for kind in event_kinds().values() if kind.variable in written]
    for kind in sorted(kinds, key=lambda item: item.giver >= 0):
        axes = state_catalogue()[kind.variable].axes
        if kind.giver < 0 and axes[kind.receiver] in ("receiver", "actor"):
            return f"Is there in {receiver}: {kind.label}?", f"occurs({kind.event}, actor={receiver})"
        if kind.giver >= 0 and (axes[kind.giver], axes[kind.receiver]) == ("power", "receiver"):
            said = f"Is there, of {power} and {receiver}: {kind.label}?"
            return said, f"occurs({kind.event}, giver={power}, receiver={receiver})"
    return (
        f"Is the output of {receiver} smaller at the end?",
        f"change(gdp, actor={receiver}, from=start, to=end) < 0",
    )


def _with_lever(made: Scenario, power: str, receiver: str) -> Scenario:
    """The scenario with the first of some further patches that its model can take."""
    tried = (f"shock(rivalry[giver={power}], +1sd)", f"scale(gdp[actor={receiver}], 1.05)")
    for text in tried:
        try:
            operations_of(made.patch(text, why="lever"))
        except HeartlandInputError:
            continue
        return made.lever(text)
    return made


def commented(scenario: Scenario) -> str:
    """The scenario's file with a comment above each of its keys."""
    return "\n".join(_commented(scenario)) + "\n"


def _commented(scenario: Scenario) -> Iterator[str]:
    yield "# A scenario: a world at a date, what is changed in it, and what is asked."
    yield f"# Run it: heartland run {scenario.id}.yaml"
    for line in text_of(scenario).splitlines():
        key = line.partition(":")[0]
        if key in COMMENTS and not line.startswith((" ", "-")):
            yield from ("", *(f"# {part}" for part in COMMENTS[key].splitlines()))
        yield line
