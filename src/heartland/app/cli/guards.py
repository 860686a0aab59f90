"""What the commands check before a run and say after an interrupted one."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from heartland.app.cli.common import aside, choice
from heartland.errors import HeartlandError, HeartlandInputError, suggestion

if TYPE_CHECKING:
    from heartland.region.region import Region
    from heartland.scenarios.scenario import Scenario

__all__ = [
    "computing_on", "explainable", "naming", "naming_the_run", "no_headline", "placing", "usable_executor",
    "usable_out",
]  # fmt: skip


def usable_out(out: Path) -> None:
    """Refuse a folder of runs that cannot be written to; creates nothing.

    Raises
    ------
    HeartlandInputError
        If it, or the folder it would stand in, is no folder or read-only.
    """
    nearest = next(place for place in (out, *out.absolute().parents) if place.exists())
    if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        return
    what = "is read-only" if nearest.is_dir() else "is a file, not a folder"
    raise HeartlandInputError.at(
        f"{nearest} {what}.",
        why="Every run is stored in a folder of its own.",
        fix="Name another folder with --out.",
        check="usage",
    )


def usable_executor(executor: str, workers: int, address: str = "", trusted: bool = False) -> None:
    """Refuse an executor that does not exist or lacks its library, a wrong address, a negative number.

    address, trusted : of a Dask scheduler, see `heartland.runs.cluster.check_address`

    Raises
    ------
    HeartlandInputError
    """
    from heartland.runs.executors import EXECUTORS

    choice("executor", executor, tuple(EXECUTORS))
    if workers < 0:
        raise HeartlandInputError.at(
            f"{workers} workers cannot compute.", fix="Write --workers 0 for one per core.", check="usage"
        )
    if address and executor != "dask":
        raise HeartlandInputError.at(
            f"--dask-address is of no use to the executor {executor}.", fix="Add --executor dask.",
            check="usage",
        )  # fmt: skip
    if executor == "dask":
        from heartland.runs.cluster import check_address, check_library

        if address:
            check_address(address, trusted)
        check_library()


def computing_on(
    backend: str, executor: str, workers: int, every: bool, address: str = "", trusted: bool = False
) -> str:
    """The executor that goes with a backend; what cannot go together is refused.

    Raises
    ------
    HeartlandInputError
    """
    usable_executor(executor, workers, address, trusted)
    if backend == "numpy":
        return executor
    if every:
        raise HeartlandInputError.at(
            f"--all cannot be computed with --backend {backend}.",
            why="A step would be compiled for each of the scenarios, which takes longer than to run them.",
            fix="Name one scenario, or leave --backend out.",
            check="usage",
        )
    from heartland.runs.backend import usable_backend

    found = str(usable_backend(backend, executor, workers))
    aside("jax: the step is compiled first, once for the scenario and once for its baseline")
    return found


@contextmanager
def naming(folder: Path, region: str) -> Iterator[None]:
    """Add to an interruption how the run in a folder is taken up again."""
    from heartland.runs.executors import BlockFailedError, RunInterruptedError

    try:
        yield
    except (BlockFailedError, RunInterruptedError) as error:
        error.add_note(f"Finish it with: {_resume(folder, region)}")
        raise


def no_headline(region: Region, system: str, found: Mapping[str, str]) -> HeartlandInputError:
    """What is wrong with a system without headline scenario; found : scenario by system that has one."""
    known = list(region.tables["systems"]["system_id"]) if "systems" in region.tables else []
    if system in known:
        return HeartlandInputError.at(
            f'System "{system}" has no headline scenario yet.',
            why="A system is answered by the scenario that carries its headline question.",
            fix=f"Systems with one: {', '.join(found)}.", check="usage",
        )  # fmt: skip
    return HeartlandInputError.at(
        f'"{system}" is no system of {region.id}.',
        fix=suggestion(system, known, listing=f"Systems: {', '.join(known)}."), check="usage",
    )  # fmt: skip


@contextmanager
def placing(file: Path, shown: str) -> Iterator[None]:
    """Add the place in a scenario's file to errors found when it is compiled."""
    from heartland.scenarios.placing import placed

    try:
        yield
    except HeartlandInputError as error:
        found = [placed(finding, file, shown) for finding in error.findings]
        pairs = zip(found, error.findings, strict=True)
        raise HeartlandInputError([new if new.place.row else old for new, old in pairs]) from None


@contextmanager
def naming_the_run(scenario: Scenario, options: Mapping[str, Any]) -> Iterator[None]:
    """Add to an interruption how the run of a scenario is taken up again.

    options : of `run_pair`, at least out, members and seed
    """
    from heartland.runs.executors import BlockFailedError, RunInterruptedError

    try:
        yield
    except (BlockFailedError, RunInterruptedError) as error:
        folder = _unfinished(scenario, options)
        if folder is not None:
            error.add_note(f"Finish it with: {_resume(folder, _region(scenario))}")
        raise


def explainable(variable: str, giver: str, receiver: str) -> None:
    """Refuse what `why` cannot split.

    Raises
    ------
    HeartlandInputError
        For an unknown name, or a measure without its two actors.
    """
    from heartland.scenarios.explain import MEASURES
    from heartland.scenarios.state import event_kinds, state_catalogue

    name = variable.replace("-", "_")
    known = [*state_catalogue(), "presence", *MEASURES, *event_kinds()]
    if name not in known and variable not in known:
        raise HeartlandInputError.at(
            f'"{variable}" is no state, measure or event of the model.',
            why="Only these can be explained.",
            fix=suggestion(variable, known, listing=f"Known: {', '.join(known)}."),
            check="why",
        )
    if name in MEASURES and not (giver and receiver):
        raise HeartlandInputError.at(
            f"{name} differs by giver and receiver.", fix="Add --giver ID --receiver ID.", check="why"
        )


def _unfinished(scenario: Scenario, options: Mapping[str, Any]) -> Path | None:
    """Folder of the newest stored run of this scenario that misses blocks."""
    from heartland.runs.reader import Run

    asked = {"seed": options["seed"], "members": options["members"], "region_hash": scenario.region.hash}
    found = []
    for path in Path(options["out"]).glob("*/manifest.json"):
        try:
            stored = Run.open(path.parent)
        except HeartlandError:
            continue
        decisive = stored.manifest["decisive"]
        fits = stored.manifest.get("scenario", {}).get("id") == scenario.id
        if fits and not stored.complete and asked == {key: decisive[key] for key in asked}:
            found.append((path.stat().st_mtime, path.parent))
    return max(found)[1] if found else None


def _region(scenario: Scenario) -> str:
    from heartland.region.reading import find_region, shipped_regions

    name, path = scenario.region.id, scenario.region.path
    return "" if name in shipped_regions() and find_region(name) == path else str(path)


def _resume(folder: Path, region: str) -> str:
    """The command line, with the folder in full so that it works without --out."""
    return f"heartland resume {folder}" + (f" --region {region}" if region else "")
