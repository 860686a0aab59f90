"""Many scenarios of one region, each with its baseline, on one pool of workers.

Scenarios that share a run, such as a baseline, stand in one group and are computed together, so nothing is
computed twice and no two workers write to one folder. Finished runs are found again by their ids.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from heartland.errors import HeartlandInputError
from heartland.runs.executors import Done, RunInterruptedError, execute
from heartland.runs.run import run_all, same
from heartland.scenarios.scenario import Scenario
from heartland.scenarios.validate import RegionOrName, load_region

if TYPE_CHECKING:
    from heartland.scenarios.ensemble import Ensemble

__all__ = ["Part", "groups_of", "sweep"]

After = Callable[["Ensemble", "Ensemble"], Any]


@dataclass(frozen=True)
class Part:
    """One scenario of a sweep: its run and baseline with what `after` made of them, or the error.

    seconds : it took; a baseline in common is computed with the first that needs it
    """

    scenario: str
    run_id: str = ""
    baseline_run_id: str = ""
    result: Any = None
    error: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class _Task:
    """Computes one group, named by its number; picklable."""

    region: str
    content: str
    groups: tuple[tuple[str, ...], ...]
    members: int
    seed: int
    out: str
    after: After

    def __call__(self, number: int) -> list[Part]:
        names = self.groups[number]
        try:
            return self._together(names)
        except RunInterruptedError:
            raise
        except Exception as error:
            if len(names) == 1:
                return [Part(names[0], error=_said(error))]
        return [part for name in names for part in self._alone(name)]

    def _alone(self, name: str) -> list[Part]:
        try:
            return self._together((name,))
        except RunInterruptedError:
            raise
        except Exception as error:
            return [Part(name, error=_said(error))]

    def _together(self, names: Sequence[str]) -> list[Part]:
        begun = time.monotonic()
        region = _region(self.region, self.content)
        scenarios = [Scenario.load(region, name) for name in names]
        baselines = [scenario.baseline() for scenario in scenarios]
        # what any of them asks is recorded in all, so that a baseline in common is the same run for each
        outcomes = [outcome for scenario in scenarios for outcome in scenario.outcomes]
        parts = []
        for scenario, baseline in zip(scenarios, baselines, strict=True):
            pair = [scenario] if same(scenario) == same(baseline) else [scenario, baseline]
            made = run_all(pair, members=self.members, seed=self.seed, out=self.out, outcomes=outcomes)
            result = self.after(made[0], made[-1])
            ids = str(made[0].card["run_id"]), str(made[-1].card["run_id"])
            ended = time.monotonic()
            parts.append(Part(scenario.id, *ids, result, seconds=ended - begun))
            begun = ended
        return parts


@cache
def _region(path: str, content: str) -> Any:
    """The region in a folder, read once for each content (its hash)."""
    return load_region(path)


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, HeartlandInputError) else f"{type(error).__name__}: {error}"


def groups_of(region: RegionOrName, names: Sequence[str]) -> tuple[list[tuple[str, ...]], list[Part]]:
    """Scenarios that share a run, together; and those that cannot be read.

    The largest groups come first, so that no worker is left alone with one at the end; then in the order of
    their first scenario in `names`.
    """
    loaded = load_region(region)
    owners: dict[bytes, int] = {}
    groups: dict[int, list[str]] = {}
    failed = []
    for name in names:
        try:
            scenario = Scenario.load(loaded, name)
            keys = (same(scenario), same(scenario.baseline()))
        except HeartlandInputError as error:
            failed.append(Part(name, error=str(error)))
            continue
        met = sorted({owners[key] for key in keys if key in owners})
        home = met[0] if met else len(owners) + len(failed)
        members = [item for other in met for item in groups.pop(other)]
        groups[home] = [*members, name]
        owners.update((key, home) for key, owner in owners.items() if owner in met)
        owners.update(dict.fromkeys(keys, home))
    place = {name: number for number, name in enumerate(names)}
    ordered = [tuple(sorted(group, key=place.__getitem__)) for group in groups.values()]
    return sorted(ordered, key=lambda group: (-len(group), place[group[0]])), failed


def sweep(
    region: RegionOrName,
    names: Sequence[str],
    after: After,
    *,
    members: int = 1000,
    seed: int = 1,
    out: Path | str = "heartland-runs",
    executor: str = "processes",
    workers: int | None = None,
    progress: Callable[[Sequence[Part], int, int], None] | None = None,
) -> list[Part]:
    """Run scenarios and their baselines, stored under `out`; what is stored there already is read.

    Parameters
    ----------
    after : run and baseline -> something small and picklable, made where they were computed
    progress : called with the scenarios just ended, how many have ended, and how many there are

    Returns
    -------
    One part for each scenario, in the order of `names`; a scenario that failed carries its error and does
    not touch the others.

    Raises
    ------
    RunInterruptedError
        After Ctrl-C; finished blocks are kept, the same call goes on from there.
    """
    loaded = load_region(region)
    groups, ended = groups_of(loaded, names)
    task = _Task(str(loaded.path), loaded.hash, tuple(groups), members, seed, str(out), after)

    def keep(done: Done) -> None:
        ended.extend(done.result)
        if progress is not None:
            progress(done.result, len(ended), len(names))

    if progress is not None and ended:
        progress(tuple(ended), len(ended), len(names))
    execute(task, range(len(groups)), executor=executor, workers=workers, on_done=keep, delays=())
    place = {name: number for number, name in enumerate(names)}
    return sorted(ended, key=lambda part: place[part.scenario])
