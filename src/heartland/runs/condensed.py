"""Runs of the summary kind: very many members, of which outcomes and sums are kept and no path.

Beside it, the first members are run and kept as usual: they say which mechanisms carry an answer, and the
report shows their paths. They are the same members, because a smaller run is the beginning of a larger one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from heartland.core.tree import Node
from heartland.errors import HeartlandInputError
from heartland.runs.blocks import VariableSpec
from heartland.runs.compute import compute_runs
from heartland.runs.early import early
from heartland.runs.executors import Computing
from heartland.runs.job import Job
from heartland.runs.manifest import RunSpec, machine, read_manifest
from heartland.runs.run import MOST_MEMBERS, Progress, Request, planned, run_pair
from heartland.runs.shelf import AsNeeded, shelved
from heartland.runs.store import RunWriter, start_run
from heartland.runs.summed import SUMMARY_SCHEMA, Summary, open_summary
from heartland.scenarios.answers import rows_of
from heartland.scenarios.condense import KEPT, condense, places
from heartland.scenarios.layout import Layout
from heartland.scenarios.plan import Plan
from heartland.scenarios.scenario import Outcome, Scenario
from heartland.scenarios.state import BLOCK
from heartland.scenarios.totals import PIECES
from heartland.scenarios.validate import RegionOrName, load_region

if TYPE_CHECKING:
    from heartland.scenarios.ensemble import Ensemble
    from heartland.scenarios.summary import OutcomeSummary

__all__ = [
    "COMPANION", "WIDTH", "SummaryJob", "Summed", "repair_job", "resume_summary", "run_summary", "summarise",
]  # fmt: skip

# members simulated side by side and stored together: more would cost less time each, and more memory
WIDTH = 6 * BLOCK
# members of the run beside it, whose paths are kept; as few workers as share them, so that memory is bounded
COMPANION, FEWEST = 512, 2


@dataclass(frozen=True)
class Summed:
    """A summary run with its baseline, the first members of both with their paths, and the answer."""

    run: Summary
    base: Summary
    first: Ensemble
    first_base: Ensemble
    rows: list[OutcomeSummary]


class Source(Protocol):
    """Has the plans of a run for one stored block at a time."""

    def plans(self, block: int) -> tuple[Plan, ...]:
        """The plans with the draws of that stored block alone."""


@dataclass(frozen=True)
class SummaryJob:
    """Simulates the members of a stored block and keeps what `condense` keeps; picklable.

    plans : as they are, or what has them for one stored block;  layouts : of the plans
    outcomes : what is asked of each;  members : of the run
    """

    plans: Source | tuple[Plan, ...]
    layouts: tuple[Layout, ...]
    outcomes: tuple[Node, ...]
    members: int

    def __call__(self, block: int) -> list[Mapping[str, Any]]:
        """What is kept of each plan for a stored block of 384 members."""
        first = block * WIDTH
        many = min(WIDTH, self.members - first)
        blocks = range(first // BLOCK, -(-(first + many) // BLOCK))
        job = Job(self.plans) if isinstance(self.plans, tuple) else Job(self.plans.plans(block), blocks[0])
        made = job.many(blocks)
        return [
            condense(_joined([one[number] for one in made], many), many, layout, self.outcomes)
            for number, layout in enumerate(self.layouts)
        ]


def _joined(arrays: Sequence[Mapping[str, Any]], members: int) -> Callable[[str], Any]:
    return lambda name: np.concatenate([one[name] for one in arrays])[:members]


def _light(request: Request) -> Request:
    """The same run without the split of every change by mechanism, which no summary keeps."""
    plan = replace(request.plan, parts={})
    return replace(request, plan=plan, layout=replace(request.layout, parts={}))


def _spec(request: Request, outcomes: Sequence[Outcome]) -> RunSpec:
    whole = request.spec
    asked = [{"id": item.id, "expression": item.expression} for item in outcomes]
    return replace(whole, scenario={**whole.scenario, "summary": asked}, record=KEPT)


def variables_of(layout: Layout, outcomes: Sequence[Outcome]) -> tuple[list[VariableSpec], dict[str, Any]]:
    """What a summary run stores, and the labels of its axes."""
    labels = places(layout)
    place = ("place",), (len(labels),)
    variables = [
        VariableSpec("outcome", "f8", ("asked",), (len(outcomes),), {"label": "value of each outcome"}),
        VariableSpec(
            "total", "f8", ("piece", *place[0]), (PIECES, *place[1]),
            {"label": "sum over the members of the block, exactly that of its pieces"}, per_block=True,
        ),
        VariableSpec("low", "f4", *place, {"label": "least value in the block"}, per_block=True),
        VariableSpec("high", "f4", *place, {"label": "greatest value in the block"}, per_block=True),
        VariableSpec("known", "i4", *place, {"label": "members with a value"}, per_block=True),
    ]  # fmt: skip
    return variables, {"asked": [item.id for item in outcomes], "place": labels}


def _writer(out: Path, request: Request, outcomes: Sequence[Outcome], baseline: str) -> RunWriter:
    spec = _spec(request, outcomes)
    asked = replace(request.scenario, outcomes=tuple(outcomes))
    manifest = {
        "schema": SUMMARY_SCHEMA,
        "decisive": spec.decisive(),
        "scenario": asked.to_json(),
        "region": request.scenario.region.id,
        "baseline": baseline,
        "layout": request.layout.to_json(),
        "machine": machine(),
    }
    variables, coords = variables_of(request.layout, outcomes)
    return start_run(out / spec.id, manifest, variables, coords, request.members, per_block=WIDTH)


def _requests(
    scenarios: Sequence[Scenario], members: int, seed: int, *, whole: bool = False
) -> list[Request]:
    """Runs of scenarios that all keep what the first asks.

    whole : with the draws of all members in their plans; else those of a block, and `drawn` gives the others
    """
    compiled = members if whole or not 1 <= members <= MOST_MEMBERS else min(members, BLOCK)
    found = planned(scenarios, compiled, seed, "outcomes", scenarios[0].outcomes)
    return [_light(replace(one, members=members)) for one in found]


def _job(
    requests: Sequence[Request], outcomes: Sequence[Outcome], plans: Source | tuple[Plan, ...]
) -> SummaryJob:
    layouts = tuple(one.layout for one in requests)
    return SummaryJob(plans, layouts, tuple(item.tree for item in outcomes), requests[0].members)


def _as_needed(requests: Sequence[Request]) -> AsNeeded:
    return AsNeeded(tuple(one.scenario for one in requests), tuple(one.plan for one in requests), WIDTH)


def _asked(folder: Path, region: RegionOrName) -> tuple[Scenario, int, int, bool]:
    """Scenario, members, seed of a stored summary run, and whether it is compared with a baseline."""
    manifest: dict[str, Any] = read_manifest(folder)
    loaded = load_region(region or str(manifest["region"]))
    decisive = manifest["decisive"]
    scenario = Scenario.from_json(loaded, manifest["scenario"])
    return scenario, int(decisive["members"]), int(decisive["seed"]), bool(manifest["baseline"])


def _reopened(folder: Path, region: RegionOrName) -> tuple[Scenario, Request, bool]:
    """Scenario of a stored summary run, the run as it would be made now, and whether it is compared.

    Raises
    ------
    HeartlandInputError
        If code or content changed since.
    """
    scenario, members, seed, compared = _asked(folder, region)
    (request,) = _requests([scenario], members, seed)
    _same(folder, _spec(request, scenario.outcomes).id)
    return scenario, request, compared


def repair_job(folder: Path, region: RegionOrName = "") -> SummaryJob:
    """What computes the blocks of a stored summary run again.

    Raises
    ------
    HeartlandInputError
        If code or content changed since.
    """
    scenario, request, _ = _reopened(folder, region)
    return _job([request], scenario.outcomes, _as_needed([request]))


def resume_summary(
    folder: Path,
    *,
    executor: Computing = "processes",
    progress: Progress | None = None,
    region: RegionOrName = "",
) -> Summed | Summary:
    """Compute what an interrupted summary run still misses; with its answer, unless it is a baseline.

    Raises
    ------
    HeartlandInputError
        If code or content changed since.
    """
    scenario, request, compared = _reopened(folder, region)
    options: dict[str, Any] = {
        "members": request.members, "seed": request.spec.seed, "out": folder.parent,
        "executor": executor, "progress": progress,
    }  # fmt: skip
    if compared:
        return run_summary(scenario, **options)
    return summarise(scenario, alone=True, **options)[0]


def _same(folder: Path, today: str) -> None:
    if folder.name != today:
        raise HeartlandInputError.at(
            f"The run was started with other code or content; today it would be run {today}.",
            why="New blocks would not belong to the old ones.",
            fix="Restore what changed, or run the scenario again.", file=str(folder), check="run-changed",
        )  # fmt: skip


def run_summary(
    scenario: Scenario,
    *,
    members: int,
    seed: int = 1,
    out: Path,
    executor: Computing = "serial",
    workers: int | None = None,
    progress: Progress | None = None,
) -> Summed:
    """Run a scenario and its baseline for very many members and keep a summary of each.

    Memory does not grow with the members beyond their outcomes (8 bytes each): the draws of the start world
    lie on the disk while it is computed, but on a scheduler of Dask, whose machines do not see that disk.
    What is kept does not depend on the order of the blocks nor on how many workers compute them.

    Parameters
    ----------
    members, seed, executor, workers : as for `run`;  out : folder of runs
    progress : called with stored blocks of 384 members done, and blocks in all

    Raises
    ------
    HeartlandInputError
        If the scenario does not fit its region, or asks nothing.
    """
    if not scenario.outcomes:
        raise HeartlandInputError.at(
            f"{scenario.id} has no outcomes.", why="A run of the summary kind keeps what its outcomes ask.",
            fix="Add outcomes to the scenario, or run it with --record outcomes.", check="record",
        )  # fmt: skip
    options: dict[str, Any] = {"seed": seed, "out": out}
    with early(executor, workers or 0) if executor == "processes" else nullcontext(executor) as computing:
        hands = workers if computing == "dask" else max(FEWEST, workers or getattr(computing, "workers", 0))
        few = min(members, COMPANION)
        first, first_base = run_pair(scenario, members=few, executor=computing, workers=hands, **options)
        run, base = summarise(
            scenario, members=members, executor=computing, workers=workers, progress=progress, **options
        )
    rows = rows_of(first, first_base, lambda item: run.outcome(item.id), lambda item: base.outcome(item.id))
    return Summed(run, base, first, first_base, rows)


def summarise(
    scenario: Scenario,
    *,
    members: int,
    seed: int,
    out: Path,
    executor: Computing = "serial",
    workers: int | None = None,
    progress: Progress | None = None,
    alone: bool = False,
) -> tuple[Summary, Summary]:
    """The summary runs of a scenario and its baseline, computed where they miss blocks; see `run_summary`.

    alone : without the baseline, which is then the run itself
    """
    outcomes = scenario.outcomes
    away = _elsewhere(executor)
    requests = _requests([scenario, scenario if alone else scenario.baseline()], members, seed, whole=away)
    ids = [_spec(one, outcomes).id for one in requests]
    if ids[0] == ids[1]:
        requests = requests[:1]
    with ExitStack() as context:
        writers = [
            context.enter_context(_writer(out, one, outcomes, ids[1] if one is requests[0] else ""))
            for one in requests
        ]
        waiting = {block for writer in writers for block in writer.missing()}
        total = writers[0].layout.n_blocks
        count = [total - len(waiting)]

        def step(block: int, seconds: float) -> None:
            count[0] += 1
            if progress is not None:
                progress(count[0], total)

        if waiting:
            plans: Source | tuple[Plan, ...] = tuple(one.plan for one in requests)
            if not away:
                plans = context.enter_context(shelved(_as_needed(requests), waiting, out))
            job = _job(requests, outcomes, plans)
            compute_runs(writers, job, executor=executor, workers=workers, progress=step)
    run, base = (open_summary(out / name, scenario.region) for name in ids)
    return run, base


def _elsewhere(executor: Computing) -> bool:
    """Whether blocks may be computed on other machines, which do not see this one's files."""
    return executor == "dask" or type(executor).__name__ == "Cluster"
