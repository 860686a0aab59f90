"""What each mechanism carries: every headline answer with one mechanism off at a time, on the same numbers.

    uv run python -m benchmarks.ablations                 # writes docs/judge/ablations.md
    uv run python -m benchmarks.ablations --members 512   # twice as many runs, twice the time
    uv run python -m benchmarks.ablations --systems csto  # only some; the page then holds no others

A mechanism is switched off in the headline scenarios of the systems whose rows of the model it belongs to.
One that changes none of them is tried on the other scenarios of these systems.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import heartland as hl
from heartland.charts.words import plus, with_interval
from heartland.dynamics.mechanism import catalogue
from heartland.region.region import Region
from heartland.runs.ablation import ALL_ON, without
from heartland.scenarios.compile import model_rows
from heartland.scenarios.scenario import Scenario
from heartland.scenarios.shelf import headlines, serving
from heartland.scenarios.state import model_labels
from heartland.scenarios.summary import Difference, difference, spread_of
from heartland.scenarios.systems import headline_outcome

REGION, SEED, MEMBERS = "central-asia", 1, 256
PAGE = Path(__file__).resolve().parents[1] / "docs/judge/ablations.md"
NOTHING = 1e-9
HEAD = """# What each mechanism carries

Written by `python -m benchmarks.ablations` ({members} members, seed {seed}; {held} of {count} systems).
Each line is a headline answer with one mechanism switched off, less the answer with all of them on, member by
member on the same random numbers; in brackets the 90 % interval over parameter draws. Probabilities are in
runs out of a hundred. A large change says that the answer hangs on the mechanism, not that the mechanism is
right.

"""


@dataclass(frozen=True)
class Task:
    """One outcome of a scenario and the mechanisms to switch off in it."""

    system: str
    scenario: str
    outcome: str
    mechanisms: tuple[str, ...]
    members: int


@dataclass(frozen=True)
class Carried:
    """Change of an answer without each mechanism."""

    task: Task
    question: str
    unit: str
    value: float
    changes: dict[str, Difference]


def measure(task: Task) -> Carried:
    """Run a task."""
    scenario = Scenario.load(hl.Region.load(REGION), task.scenario)
    run = hl.run(scenario, members=task.members, seed=SEED)
    found = without(run, task.outcome, task.mechanisms)
    whole = found[ALL_ON]
    item = next(one for one in scenario.outcomes if one.id == task.outcome)
    changes = {name: difference(found[name], whole, "drawn") for name in task.mechanisms}
    return Carried(task, item.question, item.unit, spread_of(whole).value, changes)


def tasks(region: Region, members: int) -> list[Task]:
    """Headline outcome of each system with all mechanisms of its rows."""
    rows = model_rows(region.model.mechanisms)
    models = dict(zip(region.tables["systems"]["system_id"], region.tables["systems"]["models"], strict=True))
    made = []
    for system, name in headlines(region).items():
        own = tuple(one for row in models[system] for one in rows.get(row, ()))
        outcome = headline_outcome(Scenario.load(region, name), system, models[system])
        if own and outcome is not None:
            made.append(Task(system, name, outcome.id, own, members))
    return made


def retries(region: Region, idle: Sequence[str], done: Iterable[Task], members: int) -> list[Task]:
    """First outcomes of the other scenarios of the systems of mechanisms that carried nothing."""
    serve, seen = serving(region), set()
    made = []
    for task in done:
        mine = tuple(name for name in task.mechanisms if name in idle)
        for name in serve.get(task.system, ())[1:]:
            scenario = Scenario.load(region, name)
            left = tuple(one for one in mine if (name, one) not in seen)
            if left and scenario.outcomes:
                seen |= {(name, one) for one in left}
                made.append(Task(task.system, name, scenario.outcomes[0].id, left, members))
    return made


def said(found: Carried, change: Difference) -> str:
    """The change in words."""
    if change.value != change.value:
        return "no value without it"
    if max(abs(change.value), abs(change.low), abs(change.high)) <= NOTHING:
        return "none"
    if found.unit == "probability":
        return f"{plus(100 * change.value)} ({100 * change.low:+.0f} to {100 * change.high:+.0f}) of 100"
    return f"{with_interval(change.value, change.low, change.high, signed=True)} {found.unit}"


def carries(change: Difference) -> bool:
    """Whether the answer changes at all, or is lost, without the mechanism."""
    return not max(abs(change.value), abs(change.low), abs(change.high)) <= NOTHING


def page(region: Region, first: Sequence[Carried], second: Sequence[Carried], members: int) -> str:
    """The whole page."""
    parts = [HEAD.format(
        members=members, seed=SEED, held=len(first), count=len(region.tables["systems"])
    )]
    for found in first:
        parts.append(f"## {found.task.system}\n\n{found.question} `{found.task.scenario}`\n\n")
        parts.append("| without | row | change of the answer |\n|---|---|---|\n")
        order = sorted(found.changes, key=lambda name: -abs(found.changes[name].value))
        parts += [f"| `{x}` | {catalogue()[x].model} | {said(found, found.changes[x])} |\n" for x in order]
        parts.append("\n")
    return "".join([*parts, *_idle(first, second), *_outside(region, first)])


def idle_of(first: Sequence[Carried]) -> list[str]:
    """Mechanisms that change no headline answer."""
    every = {name for found in first for name in found.changes}
    return sorted(every - {name for found in first for name, one in found.changes.items() if carries(one)})


def _idle(first: Sequence[Carried], second: Sequence[Carried]) -> list[str]:
    parts = [
        "## Mechanisms that change no headline answer\n\n| mechanism | row | where it does |\n|---|---|---|\n"
    ]
    for name in idle_of(first):
        where = [
            f"`{found.task.scenario}`: {said(found, found.changes[name])}"
            for found in second if name in found.changes and carries(found.changes[name])
        ]  # fmt: skip
        none = "in no first outcome of its systems' scenarios: it writes " + ", ".join(
            f"`{state}`" for state in catalogue()[name].writes
        )
        parts.append(f"| `{name}` | {catalogue()[name].model} | {'; '.join(where) or none} |\n")
    return [*parts, "\n"]


def _outside(region: Region, first: Sequence[Carried]) -> list[str]:
    asked = {name for found in first for name in found.changes}
    labels = model_labels()
    parts = [
        "## Mechanisms that were not switched off\n\nThey belong to no row of the systems above.\n\n"
        "| mechanism | row | writes |\n|---|---|---|\n"
    ]
    for name in region.model.mechanisms:
        if name not in asked:
            record = catalogue()[name]
            row = f"{record.model} {labels.get(record.model, '')}".strip() or "none"
            parts.append(f"| `{name}` | {row} | {', '.join(f'`{state}`' for state in record.writes)} |\n")
    return parts


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--members", type=int, default=MEMBERS)
    parser.add_argument("--systems", nargs="*", default=[], help="Only these; default all.")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=PAGE)
    asked = parser.parse_args()
    region = hl.Region.load(REGION)
    work = [one for one in tasks(region, asked.members) if not asked.systems or one.system in asked.systems]
    with ProcessPoolExecutor(asked.workers) as pool:
        first = list(pool.map(measure, work))
        again = retries(region, idle_of(first), work, asked.members)
        second = list(pool.map(measure, again))
    asked.out.write_text(page(region, first, second, asked.members), encoding="utf-8")
    sys.stdout.write(f"{asked.out}: {len(first)} systems, {len(second)} further scenarios\n")


if __name__ == "__main__":
    main()
