"""`hl.sweep`: many points of one design as one job, in one store, taken up again where it stopped.

The store is a run folder whose first axis is that of the points: one file and one journal line for each
point, in the same form and with the same guarantees as the blocks of a run. `verify` checks it, plain
`xarray.open_zarr` reads it, and no folder of its own stands for a point.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from heartland.errors import HeartlandInputError
from heartland.runs.executors import Computing, Done, execute
from heartland.runs.manifest import canonical, code_hash, digest, machine, read_manifest, run_id
from heartland.runs.points import Floats, PointTask, computed, point_variables
from heartland.runs.reader import Run
from heartland.runs.run import run_pair
from heartland.runs.store import RunWriter, start_run
from heartland.runs.sweep_result import Sweep
from heartland.scenarios.answers import summaries
from heartland.scenarios.compile import compile_plan, operations_of
from heartland.scenarios.design import Design, Levels
from heartland.scenarios.designing import design_of
from heartland.scenarios.scenario import Scenario
from heartland.scenarios.validate import RegionOrName, load_region

__all__ = [
    "SWEEP_SCHEMA", "folder_of", "open_sweep", "point_job", "resume_sweep", "run_design", "sweep",
]  # fmt: skip

SWEEP_SCHEMA = "heartland.sweep/1"
# runs that one task computes on the same random numbers
TOGETHER = 2
# members that show which mechanisms carry an outcome
SAMPLE = 128
Progress = Callable[[int, int], None]


def sweep(
    scenarios: Scenario | Sequence[Scenario],
    *,
    over: Mapping[str, Sequence[Any]] | None = None,
    ranges: Mapping[str, Any] | None = None,
    points: int = 0,
    reference: Levels | None = None,
    outcomes: Sequence[str] = (),
    baseline: bool = False,
    members: int = 256,
    seed: int = 1,
    out: Path | str | None = None,
    executor: Computing = "serial",
    workers: int | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """Run scenarios over values of parameters and patches, all on the same random numbers.

    Parameters
    ----------
    scenarios : one, or several of one region and span
    over : values by factor; a factor is a parameter's id, or a patch without its value
        (`rule(org.decision)`); every combination is a point
    ranges, points : (low, high), (low, high, "log") or "prior" by parameter, and how many points a Latin
        hypercube places in them; each is met with every combination of `over`
    reference : values of factors at the point that the others are compared with; default as it is
    outcomes : ids of the outcomes of the first scenario to ask; default all
    baseline : compare each point with its scenario's baseline under the same values, too
    members, seed : as for `run`;  out : folder of runs to store it in; None keeps it in memory
    executor, workers, progress : as for `run`; progress counts points

    Raises
    ------
    HeartlandInputError
        If the design does not fit the region.
    RunInterruptedError
        After Ctrl-C; with `out` finished points are kept and the same call goes on from there.
    """
    chosen = (scenarios,) if isinstance(scenarios, Scenario) else tuple(scenarios)
    design = design_of(
        chosen, over=over or {}, ranges=ranges or {}, points=points, reference=reference or {},
        outcomes=outcomes, baseline=baseline, members=members, seed=seed,
    )  # fmt: skip
    return run_design(design, out=out, executor=executor, workers=workers, progress=progress)


def run_design(
    design: Design,
    *,
    out: Path | str | None = None,
    executor: Computing = "serial",
    workers: int | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """Run a design; arguments and errors as for `sweep`."""
    _try_out(design)
    if out is None:
        return _in_memory(design, executor, workers, progress)
    folder = folder_of(out, design)
    with _writer(folder, design) as writer:
        _fill(writer, design, executor, workers, progress)
    return open_sweep(folder, design.region)


def folder_of(out: Path | str, design: Design) -> Path:
    """Folder of a sweep: `OUT/<sweep id>`."""
    return Path(out) / run_id(_decisive(design))


def open_sweep(folder: Path | str, region: RegionOrName = "") -> Sweep:
    """Open a stored sweep; of an unfinished one the finished points.

    region : where its region lies now; default the shipped region of that name

    Raises
    ------
    IncompleteRunError, HeartlandInputError
        If there is none, it is damaged, or the folder holds a single run.
    """
    stored = Run.open(folder)
    manifest = stored.manifest
    if manifest.get("schema") != SWEEP_SCHEMA:
        raise HeartlandInputError.at(
            f"{stored.folder.name} is a run, not a sweep.",
            fix=f"Write: heartland report {stored.folder.name}", check="sweep",
        )  # fmt: skip
    design = Design.from_json(load_region(region or str(manifest["region"])), manifest["design"])
    arrays = {spec.name: stored.array(spec.name) for spec in stored.layout.variables}
    return Sweep(
        design, arrays, stored.finished, tuple(manifest["run_ids"]), manifest["evidence"],
        _card(manifest["decisive"]), stored.folder,
    )  # fmt: skip


def resume_sweep(
    folder: Path,
    *,
    executor: Computing = "processes",
    workers: int | None = None,
    progress: Progress | None = None,
    region: RegionOrName = "",
) -> Sweep:
    """Compute the points that an interrupted sweep still misses.

    Raises
    ------
    HeartlandInputError
        If code or content changed since: new points could not be compared with the old ones.
    """
    manifest = read_manifest(folder)
    design = Design.from_json(load_region(region or str(manifest["region"])), manifest["design"])
    with _writer(folder, design) as writer:
        _fill(writer, design, executor, workers, progress)
    return open_sweep(folder, design.region)


def point_job(folder: Path, region: RegionOrName = "") -> Callable[[int], dict[str, Floats]]:
    """What computes one point of a stored sweep again, for `repair`."""
    manifest = read_manifest(folder)
    design = Design.from_json(load_region(region or str(manifest["region"])), manifest["design"])

    def job(number: int) -> dict[str, Floats]:
        made = computed(design, [design.points[number]])[0]
        return {name: array[None] for name, array in made.items()}

    return job


def _decisive(design: Design) -> dict[str, Any]:
    """What decides the bits of a sweep."""
    libraries = {name: version(name) for name in ("heartland", "numpy", "scipy")}
    return {
        "region": design.region.id,
        "region_hash": design.region.hash,
        "scenarios": [[item.id, item.content()] for item in design.scenarios],
        "baselines": [item.baseline().content() for item in design.scenarios] if design.baseline else [],
        "points": [point.to_json() for point in design.points],
        "outcomes": [[item.id, item.expression] for item in design.outcomes],
        "seed": design.seed,
        "members": design.members,
        "versions": {**libraries, "code": code_hash()},
    }


def _run_ids(design: Design) -> list[str]:
    """Ids of the points: what each runs, whatever else is in the sweep."""
    common = _decisive(design)
    common = {name: common[name] for name in ("region_hash", "outcomes", "seed", "members", "versions")}
    found = []
    for point in design.points:
        scenario, values = design.form(point)
        base = design.base(point).content() if design.baseline else None
        found.append(digest(canonical([common, scenario.content(), values, base]))[:16])
    return found


def _card(decisive: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "sweep_id": run_id(decisive),
        **{name: decisive[name] for name in ("region", "region_hash", "seed", "members", "versions")},
    }


def _try_out(design: Design) -> None:
    """Compile each scenario with each value of each factor once, so that no mistake waits until its turn."""
    for scenario in design.scenarios:
        compile_plan(scenario, members=1, seed=design.seed, outcomes=design.outcomes)
    seen = set()
    for point in design.points:
        patches = [point.levels[item.name] for item in design.factors if not item.parameter]
        key = (point.scenario, *patches)
        if key not in seen:
            seen.add(key)
            operations_of(design.form(point)[0])


def _evidence(design: Design) -> dict[str, str]:
    """Grade of each outcome, from the first members of the first scenario as it is and its baseline."""
    from dataclasses import replace

    scenario = replace(design.scenarios[0], outcomes=design.outcomes)
    run, base = run_pair(scenario, members=min(design.members, SAMPLE), seed=design.seed)
    return {row.id: row.evidence_grade for row in summaries(run, base)}


def _writer(folder: Path, design: Design) -> RunWriter:
    decisive = _decisive(design)
    if (folder / "manifest.json").is_file():
        manifest: dict[str, Any] = {"decisive": decisive}
    else:
        manifest = {
            "schema": SWEEP_SCHEMA,
            "decisive": decisive,
            "design": design.to_json(),
            "region": design.region.id,
            "run_ids": _run_ids(design),
            "evidence": _evidence(design),
            "machine": machine(),
        }
    coords: dict[str, Any] = {
        "outcome": [item.id for item in design.outcomes],
        "member": np.arange(design.members),
    }
    return start_run(
        folder, manifest, point_variables(design), coords, len(design.points), axis="point", per_block=1
    )


def _fill(
    writer: RunWriter, design: Design, executor: Computing, workers: int | None, progress: Progress | None
) -> None:
    """Compute and journal the points that are missing."""
    missing, total = writer.missing(), len(design.points)
    task = PointTask(design, _groups(design, missing), writer.layout)
    count = total - len(missing)

    def keep(done: Done) -> None:
        nonlocal count
        for record in done.result:
            writer.journal(record, done.seconds / len(done.result), done.attempt)
        count += len(done.result)
        if progress is not None:
            progress(count, total)

    execute(task, list(task.groups), executor=executor, workers=workers, on_done=keep)


def _groups(design: Design, points: Sequence[int]) -> dict[int, tuple[int, ...]]:
    many = 1 if design.baseline else TOGETHER
    parts = [tuple(points[at : at + many]) for at in range(0, len(points), many)]
    return {part[0]: part for part in parts}


def _in_memory(
    design: Design, executor: Computing, workers: int | None, progress: Progress | None
) -> Sweep:
    total = len(design.points)
    made: dict[int, dict[str, Floats]] = {}
    task = PointTask(design, _groups(design, range(total)), None)

    def keep(done: Done) -> None:
        made.update(zip(task.groups[done.block], done.result, strict=True))
        if progress is not None:
            progress(len(made), total)

    execute(task, list(task.groups), executor=executor, workers=workers, on_done=keep)
    arrays = {
        spec.name: np.stack([made[number][spec.name] for number in range(total)])
        for spec in point_variables(design)
    }
    return Sweep(
        design, arrays, tuple(range(total)), tuple(_run_ids(design)), _evidence(design),
        _card(_decisive(design)),
    )  # fmt: skip
