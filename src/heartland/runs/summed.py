"""A stored run of the summary kind, opened: outcomes of every member, means and ranges of the states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from heartland.errors import HeartlandInputError, suggestion
from heartland.runs.manifest import read_manifest
from heartland.runs.reader import Run
from heartland.scenarios.condense import shapes
from heartland.scenarios.layout import Layout
from heartland.scenarios.outcomes import Answer, yes_or_no
from heartland.scenarios.scenario import Scenario
from heartland.scenarios.totals import rounded
from heartland.scenarios.validate import RegionOrName, load_region

__all__ = ["SUMMARY_SCHEMA", "Band", "Summary", "is_summary", "open_summary", "refuse_summary"]

SUMMARY_SCHEMA = "heartland.summary/1"
NOT_KEPT = "no member's path is kept, only its outcomes and the sums over all members"

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Band:
    """Mean, least and greatest value over the members that have one, and how many those are, by date.

    A value too large for float32, as a member may reach that drifts off for ever, counts as none.
    """

    dates: tuple[str, ...]
    mean: Floats
    low: Floats
    high: Floats
    n: NDArray[np.int64]


@dataclass(frozen=True)
class Summary:
    """A run of the summary kind.

    layout : axes, dates and steps of which sums are kept;  card : provenance, as of an ensemble
    """

    scenario: Scenario
    layout: Layout
    members: int
    seed: int
    card: Mapping[str, Any]
    stored: Run

    def __repr__(self) -> str:
        span = f"{self.layout.dates[0]} to {self.layout.dates[-1]}"
        return f"Summary({self.scenario.id}, {self.members} members, {span}, seed {self.seed})"

    def outcome(self, name: str) -> Answer:
        """One of the outcomes, by id, for each member.

        Raises
        ------
        HeartlandInputError
            If it was not asked when the run was made.
        """
        known = {item.id: (column, item) for column, item in enumerate(self.scenario.outcomes)}
        if name not in known:
            raise HeartlandInputError.at(
                f'"{name}" was not asked of this run.', why=f"In a run of the summary kind {NOT_KEPT}.",
                fix=suggestion(name, known, listing=f"Asked: {', '.join(known)}. Add it to the scenario's "
                               "outcomes and run again."),
                check="record",
            )  # fmt: skip
        column, item = known[name]
        values = np.array(self._asked[:, column])
        return Answer(values, ~np.isnan(values), yes_or_no(item.tree))

    def band(self, state: str, **slots: str) -> Band:
        """Mean and range of one state, for chosen slots; the mean is the exact sum rounded once.

        slots : one id for each axis of the state, such as actor, giver, receiver

        Raises
        ------
        HeartlandInputError
            For a state of which no sum is kept, or a slot that is missing or unknown.
        """
        found = {name: (place, shape) for name, place, shape in shapes(self.layout)}
        if state not in found:
            raise HeartlandInputError.at(
                f'No sums of "{state}" are kept in this run.',
                why=f"In a run of the summary kind {NOT_KEPT}.",
                fix=suggestion(state, found, listing=f"Kept: {', '.join(found)}."), check="record",
            )  # fmt: skip
        place, shape = found[state]
        flat = np.arange(place.start, place.stop).reshape(shape)
        index: Any = (slice(None), *self._slots(state, slots))
        at = flat[index]
        n = self._of_blocks("known", at).sum(axis=0, dtype=np.int64)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = rounded(self._of_blocks("total", at)) / n
        low, high = np.fmin.reduce(self._of_blocks("low", at)), np.fmax.reduce(self._of_blocks("high", at))
        dates = tuple(self.layout.dates[step] for step in self.layout.steps(state))
        return Band(dates, mean, low.astype(np.float64), high.astype(np.float64), n)

    def _of_blocks(self, name: str, at: NDArray[np.int64]) -> NDArray[Any]:
        """Values of each block at some places; one block at a time is in memory."""
        return np.concatenate([self.stored.array(name, block)[..., at] for block in self.stored.finished])

    def _slots(self, state: str, slots: Mapping[str, str]) -> tuple[int, ...]:
        dims, labels = self.layout.dims(state)[1:], self.layout.labels()
        unknown = [name for name in slots if name not in dims]
        if unknown:
            raise HeartlandInputError.at(
                f"{state} has no axis {unknown[0]}.", fix=f"It has: {', '.join(dims)}.", check="record"
            )
        places = []
        for dim in dims:
            ids = [str(one) for one in labels[dim]]
            chosen = slots.get(dim, ids[0] if len(ids) == 1 else "")
            if chosen not in ids:
                what = f'"{chosen}" is no {dim} of {state}.'
                raise HeartlandInputError.at(
                    what if chosen else f"{state} has one series for each {dim}.",
                    fix=suggestion(chosen, ids, listing=f"Write {dim}= one of {', '.join(ids)}."),
                    check="record",
                )  # fmt: skip
            places.append(ids.index(chosen))
        return tuple(places)

    @cached_property
    def _asked(self) -> Floats:
        return self.stored.array("outcome")


def is_summary(folder: Path) -> bool:
    """Whether a run folder holds a run of the summary kind.

    Raises
    ------
    IncompleteRunError, HeartlandInputError
        If it holds no run, or a damaged one.
    """
    return bool(read_manifest(folder).get("schema") == SUMMARY_SCHEMA)


def refuse_summary(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Refuse a run that has no paths to open.

    Raises
    ------
    HeartlandInputError
        If it is of the summary kind.
    """
    if manifest.get("schema") == SUMMARY_SCHEMA:
        raise HeartlandInputError.at(
            f"{folder.name} is a run of the summary kind.", why=f"In such a run {NOT_KEPT}.",
            fix="Name the run of its first members that was made beside it, or run with --record outcomes.",
            file=str(folder), check="record",
        )  # fmt: skip


def open_summary(folder: Path, region: RegionOrName = "") -> Summary:
    """Open a complete run of the summary kind.

    Raises
    ------
    IncompleteRunError, HeartlandInputError
        If there is no run, or it is unfinished, damaged or of another kind.
    """
    stored = Run.open(folder)
    manifest = stored.manifest
    if manifest.get("schema") != SUMMARY_SCHEMA:
        raise HeartlandInputError.at(
            f"{Path(folder).name} is not a run of the summary kind.", fix="Open it as any other run.",
            file=str(folder), check="record",
        )  # fmt: skip
    stored.require_complete()
    scenario = Scenario.from_json(load_region(region or str(manifest["region"])), manifest["scenario"])
    decisive = manifest["decisive"]
    card = {"run_id": manifest["run_id"], **decisive, "machine": manifest.get("machine", {})}
    layout = Layout.from_json(manifest["layout"])
    return Summary(scenario, layout, int(decisive["members"]), int(decisive["seed"]), card, stored)
