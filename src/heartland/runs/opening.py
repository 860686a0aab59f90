"""Stored runs opened again as ensembles, taken up again, and paired with their baselines."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from heartland.errors import HeartlandInputError, IncompleteRunError, suggestion
from heartland.runs.backend import backend_of, usable_backend
from heartland.runs.executors import Computing
from heartland.runs.question import read_question
from heartland.runs.reader import Run
from heartland.runs.run import Progress, planned, reader, rows_reader, run_all
from heartland.runs.summed import refuse_summary
from heartland.scenarios.compile import compile_plan
from heartland.scenarios.ensemble import Ensemble
from heartland.scenarios.layout import Layout
from heartland.scenarios.plan import Plan
from heartland.scenarios.scenario import Scenario
from heartland.scenarios.validate import RegionOrName, load_region

__all__ = ["baseline_of", "find_run", "open_plan", "open_run", "resume"]


def find_run(name: str | Path, out: str | Path = "heartland-runs") -> Path:
    """Folder of a run, given its path or its id (or the start of it) under `out`.

    Raises
    ------
    IncompleteRunError
        If there is none, with what there is.
    """
    path = Path(name)
    if (path / "manifest.json").is_file():
        return path
    known = sorted(item.parent.name for item in Path(out).glob("*/manifest.json"))
    found = [item for item in known if item.startswith(str(name))] if str(name) else []
    if len(found) == 1:
        return Path(out) / found[0]
    listing = f"Runs under {out}: {', '.join(known[:20]) or 'none'}."
    what = f"{len(found)} runs begin with {name}" if found else f"There is no run {name}"
    raise IncompleteRunError(f"{what}. {suggestion(str(name), known, listing=listing)}")


def open_run(folder: str | Path, region: RegionOrName = "") -> Ensemble:
    """Open a stored run; of an unfinished one the finished members.

    Parameters
    ----------
    region : where its region lies now; default the shipped region of that name

    Raises
    ------
    IncompleteRunError, HeartlandInputError
        If there is no run, or it is damaged, or its region is not found.
    """
    stored = Run.open(folder)
    manifest = stored.manifest
    refuse_summary(stored.folder, manifest)
    if "points" in manifest["decisive"]:
        raise HeartlandInputError.at(
            f"{stored.folder.name} is a sweep, not a run.", why="Its points keep answers, not series.",
            fix="Read its table, or run one of its points alone.", check="run",
        )  # fmt: skip
    loaded = load_region(region or str(manifest["region"]))
    scenario = Scenario.from_json(loaded, read_question(stored.folder, manifest)["scenario"])
    decisive = manifest["decisive"]
    layout = Layout.from_json(manifest["layout"])
    if not stored.members_finished:
        stored.require_complete()
    card = {"run_id": manifest["run_id"], **decisive, "machine": manifest.get("machine", {})}
    if stored.members_finished < int(decisive["members"]):
        card["partial"] = stored.progress
    seed = int(decisive["seed"])
    return Ensemble(
        scenario, layout, stored.members_finished, seed, reader(stored), card,
        _planner(scenario, layout, int(decisive["members"]), seed, str(decisive["region_hash"])),
        rows_reader(stored),
    )  # fmt: skip


def _planner(
    scenario: Scenario, layout: Layout, members: int, seed: int, expected: str
) -> Callable[[], Plan]:
    @cache
    def plan() -> Plan:
        if scenario.region.hash != expected:
            raise HeartlandInputError.at(
                "The region has changed since the run was made.",
                why="The start world of the run cannot be rebuilt from other content.",
                fix="Run the scenario again, or restore the region's files.",
                check="run-changed",
            )
        return compile_plan(scenario, members=members, seed=seed, full=layout.full)

    return plan


def baseline_of(run: Ensemble, folder: Path) -> Ensemble | None:
    """The stored baseline of a run beside it, or None if it was not kept."""
    name = read_question(folder, Run.open(folder).manifest)["baseline"]
    beside = folder.parent / str(name)
    if not name or not (beside / "manifest.json").is_file():
        return None
    return open_run(beside, run.scenario.region)


def resume(
    folder: Path,
    *,
    executor: Computing = "processes",
    workers: int | None = None,
    progress: Progress | None = None,
    region: RegionOrName = "",
) -> list[Ensemble]:
    """Compute what an interrupted run, and its baseline, still miss.

    Raises
    ------
    HeartlandInputError
        If code or content changed since: its new blocks would not belong to its old ones.
    """
    from heartland.runs.manifest import read_manifest

    manifest: dict[str, Any] = read_manifest(folder)
    decisive = manifest["decisive"]
    loaded = load_region(region or str(manifest["region"]))
    asked = read_question(folder, manifest)
    scenario = Scenario.from_json(loaded, asked["scenario"])
    both = [scenario, scenario.baseline()] if asked["baseline"] else [scenario]
    members, seed = int(decisive["members"]), int(decisive["seed"])
    record = "full" if Layout.from_json(manifest["layout"]).full else "outcomes"
    backend, _ = backend_of(decisive)
    executor = usable_backend(backend, executor, workers)
    today = planned(both, members, seed, record, backend=backend)[0].spec.id
    if today != folder.name:
        raise HeartlandInputError.at(
            f"The run was started with other code or content; today it would be run {today}.",
            why="New blocks would not belong to the old ones.",
            fix="Restore what changed, or run the scenario again.",
            file=str(folder),
            check="run-changed",
        )
    return run_all(
        both, members=members, seed=seed, out=folder.parent, executor=executor, workers=workers,
        progress=progress, record=record, backend=backend,
    )  # fmt: skip


def open_plan(folder: Path, region: RegionOrName = "") -> Plan:
    """The compiled scenario of a stored run, from its manifest alone.

    Raises
    ------
    HeartlandInputError
        If the region is not the one the run was made with.
    """
    from heartland.runs.manifest import read_manifest

    manifest: dict[str, Any] = read_manifest(folder)
    decisive = manifest["decisive"]
    loaded = load_region(region or str(manifest["region"]))
    scenario = Scenario.from_json(loaded, manifest["scenario"])
    layout = Layout.from_json(manifest["layout"])
    return _planner(
        scenario, layout, int(decisive["members"]), int(decisive["seed"]), str(decisive["region_hash"])
    )()
