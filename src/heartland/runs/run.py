"""Run scenarios: compiled, computed block by block, stored, and handed back as ensembles."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heartland.errors import HeartlandInputError
from heartland.runs.backend import Work, at_once, deciding, job_for, usable_backend
from heartland.runs.compute import compute_runs
from heartland.runs.early import early
from heartland.runs.executors import Computing, Done, execute, usable_cores
from heartland.runs.job import coordinates, variables_of
from heartland.runs.manifest import RunSpec, canonical, code_hash, machine
from heartland.runs.question import write_question
from heartland.runs.reader import Run
from heartland.runs.store import RunWriter, start_run
from heartland.scenarios.compile import Openings, compile_plan
from heartland.scenarios.ensemble import Ensemble
from heartland.scenarios.layout import Layout, layout_of
from heartland.scenarios.plan import Plan
from heartland.scenarios.scenario import Scenario
from heartland.scenarios.state import BLOCK
from heartland.scenarios.ties import domains_of

__all__ = ["RUN_SCHEMA", "Request", "folder_of", "planned", "run", "run_all", "run_pair", "same", "spec_of"]

RUN_SCHEMA = "heartland.run/1"
MOST_MEMBERS = 1_000_000
# blocks simulated side by side: fewer calls for the same bits; more would leave the cache
FEWEST, MOST = 4, 8
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Request:
    """One run to be made: scenario, its plan and what decides its bits."""

    scenario: Scenario
    plan: Plan
    layout: Layout
    members: int
    baseline: str = ""
    backend: str = "numpy"

    @cached_property
    def spec(self) -> RunSpec:
        """What decides the bits."""
        return spec_of(self)


def spec_of(request: Request) -> RunSpec:
    """What decides the bits of a run."""
    scenario, plan = request.scenario, request.plan
    record = tuple(spec.name for spec in variables_of(request.layout))
    content = {**scenario.content(), "steps": plan.grid.dyads, "mechanisms": plan.mechanisms}
    if plan.asked:
        content["asked"] = plan.asked
    return RunSpec(
        region=scenario.region.id,
        region_hash=scenario.region.hash,
        scenario=content,
        seed=plan.seed,
        members=request.members,
        months=scenario.months,
        record=record,
        versions={
            **{name: version(name) for name in ("heartland", "numpy", "scipy")}, "code": code_hash(),
            **deciding(request.backend),
        },
    )


def folder_of(out: Path | str, request: Request) -> Path:
    """Folder of a run: `OUT/<run id>`."""
    return Path(out) / request.spec.id


def _request(
    scenario: Scenario, members: int, seed: int, full: bool, outcomes: Sequence[Any], openings: Openings
) -> Request:
    if not 1 <= members <= MOST_MEMBERS:
        raise HeartlandInputError.at(
            f"{members} members cannot be run.", why=f"A run has 1 to {MOST_MEMBERS:,} members.",
            fix="Write --members 1000.", check="members",
        )  # fmt: skip
    plan = compile_plan(
        scenario, members=members, seed=seed, full=full, outcomes=outcomes, openings=openings
    )
    return Request(scenario, plan, layout_of(plan, domains_of(plan)), members)


def run(
    scenario: Scenario,
    *,
    members: int = 1000,
    seed: int = 1,
    out: Path | str | None = None,
    executor: Computing = "serial",
    workers: int | None = None,
    record: str = "outcomes",
    progress: Progress | None = None,
    backend: str = "numpy",
) -> Ensemble:
    """Run one scenario.

    Parameters
    ----------
    members : random realisations; 16 neighbours share a draw of the parameters
    seed : whole number from 0; the same seed gives the same bits
    out : folder of runs to store it in; None keeps it in memory
    executor, workers : `serial`, `processes` and how many, or `Workers` that are there already
    record : `outcomes` (what the answers and the report need) or `full` (every state, every layer)
    progress : called with blocks done and blocks in all
    backend : `numpy`, or `jax` with the extra `[jax]`: same random numbers, same answers but for last digits

    Raises
    ------
    HeartlandInputError
        If the scenario does not fit its region, or the backend cannot be used.
    """
    return run_all(
        [scenario], members=members, seed=seed, out=out, executor=executor, workers=workers, record=record,
        progress=progress, backend=backend,
    )[0]  # fmt: skip


def run_pair(scenario: Scenario, **options: Any) -> tuple[Ensemble, Ensemble]:
    """Run a scenario and its baseline on the same random numbers; options as for `run`."""
    treated, base = run_all([scenario, scenario.baseline()], **options)
    return treated, base


def run_all(
    scenarios: Sequence[Scenario],
    *,
    members: int = 1000,
    seed: int = 1,
    out: Path | str | None = None,
    executor: Computing = "serial",
    workers: int | None = None,
    record: str = "outcomes",
    progress: Progress | None = None,
    outcomes: Sequence[Any] | None = None,
    backend: str = "numpy",
) -> list[Ensemble]:
    """Run several scenarios of one region block by block on the same random numbers; options as for `run`.

    outcomes : what must be recorded for; default the outcomes of these scenarios
    """
    executor = usable_backend(backend, executor, workers)
    # processes started by now import while the scenarios are compiled
    hands = early(executor, workers or 0, members) if executor == "processes" else nullcontext(executor)
    with hands as computing:
        requests = planned(scenarios, members, seed, record, outcomes, backend)
        if out is None:
            return _in_memory(requests, computing, workers, progress)
        return _stored(requests, Path(out), computing, workers, progress)


def planned(
    scenarios: Sequence[Scenario],
    members: int,
    seed: int,
    record: str,
    outcomes: Sequence[Any] | None = None,
    backend: str = "numpy",
) -> list[Request]:
    """The runs that `run_all` would make of these scenarios, compiled and not yet computed."""
    if record not in ("outcomes", "full"):
        raise HeartlandInputError.at(f'record "{record}" is not known.', fix="Write outcomes or full.")
    if outcomes is None:
        outcomes = [outcome for scenario in scenarios for outcome in scenario.outcomes]
    openings = Openings()
    requests = [_request(item, members, seed, record == "full", outcomes, openings) for item in scenarios]
    requests = [replace(request, backend=backend) for request in requests]
    return [replace(request, baseline=_baseline_among(requests, request)) for request in requests]


def same(scenario: Scenario) -> bytes:
    """What two scenarios share that give the same numbers on the same seed."""
    return canonical(scenario.content())


def _baseline_among(requests: Sequence[Request], request: Request) -> str:
    """Run that a request is compared with, if another request asks for it."""
    wanted = same(request.scenario.baseline())
    twins = (other for other in requests if other is not request)
    return next((one.spec.id for one in twins if same(one.scenario) == wanted), "")


def _in_memory(
    requests: Sequence[Request], executor: Computing, workers: int | None, progress: Progress | None
) -> list[Ensemble]:
    members = requests[0].members
    blocks = -(-members // BLOCK)
    job = job_for([request.plan for request in requests], requests[0].backend, blocks)
    arrays = [
        {spec.name: np.empty((members, *spec.shape), spec.dtype) for spec in variables_of(request.layout)}
        for request in requests
    ]
    done: set[int] = set()
    many = side_by_side(blocks, executor, workers, requests[0].backend)
    firsts = range(0, blocks, many)

    def keep(result: Done) -> None:
        for block, computed in enumerate(result.result, start=result.block):
            rows = slice(block * BLOCK, min((block + 1) * BLOCK, members))
            for kept, made in zip(arrays, computed, strict=True):
                for name, array in kept.items():
                    array[rows] = made[name][: rows.stop - rows.start]
            done.add(block)
        if progress is not None:
            progress(len(done), blocks)

    execute(_Side(job, blocks, many), firsts, executor=executor, workers=workers, on_done=keep)
    return [_ensemble(request, kept.__getitem__) for request, kept in zip(requests, arrays, strict=True)]


def side_by_side(blocks: int, executor: Computing, workers: int | None, backend: str = "numpy") -> int:
    """How many blocks one process takes at once: the more, the cheaper, as long as every process has some."""
    if backend != "numpy":
        return at_once(blocks)
    standing = 1 if executor == "serial" else getattr(executor, "workers", 0)
    hands = workers or standing or usable_cores()
    return min(MOST, max(FEWEST, -(-blocks // hands)))


@dataclass(frozen=True)
class _Side:
    """Several blocks of a job side by side, named by the first."""

    job: Work
    blocks: int
    many: int

    def __call__(self, first: int) -> list[list[Mapping[str, NDArray[Any]]]]:
        return self.job.many(range(first, min(first + self.many, self.blocks)))


def _stored(
    requests: Sequence[Request],
    out: Path,
    executor: Computing,
    workers: int | None,
    progress: Progress | None,
) -> list[Ensemble]:
    distinct = {request.spec.id: request for request in reversed(requests)}
    plans = {request.spec.id: request.plan for request in requests}
    writers: list[RunWriter] = []

    def begin(request: Request) -> None:
        writer = make_writer(out, request)
        writers.append(writer)
        write_question(writer.folder, request.scenario.to_json(), request.baseline)

    try:
        # mostly waiting for the disk
        with ThreadPoolExecutor() as threads:
            list(threads.map(begin, distinct.values()))
        writers.sort(key=lambda writer: [*distinct].index(writer.folder.name))
        waiting = [writer for writer in writers if writer.missing()]
        if waiting:
            backend, whole = requests[0].backend, waiting[0].layout.n_blocks
            wanted = job_for([plans[writer.folder.name] for writer in waiting], backend, whole)
            blocks = sorted({block for writer in waiting for block in writer.missing()})
            count = [whole - len(blocks)]

            def step(block: int, seconds: float) -> None:
                count[0] += 1
                if progress is not None:
                    progress(count[0], whole)

            compute_runs(
                waiting, wanted, executor=executor, workers=workers, progress=step, batch=wanted,
                group=side_by_side(len(blocks), executor, workers, backend),
            )  # fmt: skip
    finally:
        for writer in writers:
            writer.close()
    written = {writer.folder.name: Run.written(writer) for writer in writers}
    opened = [(request, written[request.spec.id]) for request in requests]
    return [_ensemble(request, reader(stored), rows_reader(stored)) for request, stored in opened]


def make_writer(out: Path, request: Request) -> RunWriter:
    """Open the store of a run to be made, new or taken up again."""
    manifest = {
        "schema": RUN_SCHEMA,
        "decisive": request.spec.decisive(),
        "scenario": request.scenario.to_json(),
        "region": request.scenario.region.id,
        "baseline": request.baseline,
        "layout": request.layout.to_json(),
        "machine": machine(),
    }
    return start_run(
        folder_of(out, request), manifest, variables_of(request.layout), coordinates(request.layout),
        request.members,
    )  # fmt: skip


def reader(stored: Run) -> Callable[[str], NDArray[Any]]:
    """Arrays of a stored run by name, read once; KeyError for what was not recorded."""
    known = {spec.name for spec in stored.layout.variables}

    @cache
    def read(name: str) -> NDArray[Any]:
        if name not in known:
            raise KeyError(name)
        return stored.array(name)

    return read


def rows_reader(stored: Run) -> Callable[[str, int], NDArray[Any]]:
    """Single rows of the arrays of a stored run by name and row, read once."""

    @cache
    def read(name: str, row: int) -> NDArray[Any]:
        return stored.array(name, row=row)

    return read


def _ensemble(
    request: Request, source: Callable[[str], NDArray[Any]],
    rows: Callable[[str, int], NDArray[Any]] | None = None,
) -> Ensemble:  # fmt: skip
    card = {"run_id": request.spec.id, **request.spec.decisive(), "machine": machine()}
    return Ensemble(
        request.scenario, request.layout, request.members, request.plan.seed, source, card,
        partial(_same, request.plan), rows,
    )  # fmt: skip


def _same(plan: Plan) -> Plan:
    return plan
