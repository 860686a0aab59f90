"""The one loop: phases of mechanisms over named arrays. It holds no content."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heartland.dynamics.mechanism import PHASES, Event
from heartland.errors import HeartlandError
from heartland.scenarios.agenda import Day, agenda_of
from heartland.scenarios.binding import Bound
from heartland.scenarios.calling import call, concerned
from heartland.scenarios.derived import presence_level
from heartland.scenarios.interfering import interfere, override
from heartland.scenarios.members import Members
from heartland.scenarios.plan import Floats, Plan
from heartland.scenarios.probe import Probe
from heartland.scenarios.recorder import Recorder
from heartland.scenarios.state import BLOCK, StateSpec

__all__ = ["Running", "run_blocks", "side_by_side"]

# Kinds of state that stand still in most steps.
RESTING = ("flag", "derived")


class Running:
    """Members of some blocks on their way through a plan, one step at a time.

    No operation mixes members, so the numbers of a block do not depend on its neighbours.
    """

    def __init__(
        self, plan: Plan, bound: Sequence[Sequence[Bound]], blocks: Sequence[int], probe: Probe | None = None
    ) -> None:
        self.plan, self.bound = plan, bound
        self.members = Members(plan, blocks)
        self.recorder = Recorder(plan, blocks, probe)
        _refresh(self.members)
        self.agenda = agenda_of(plan)
        self.events = [_drawn_in(self.members, phase) for phase in bound]
        _settle(self.members, bound)
        self.recorder.keep(0, self.members.state)

    def advance(self, step: int) -> None:
        """Take one step; the first is 1, each is taken once and in order.

        Raises
        ------
        HeartlandError
            Naming mechanism, step and member if a mechanism fails or returns an infinite value.
        """
        members, recorder, day = self.members, self.recorder, self.agenda[step]
        recorder.begin(members.state)
        for number, phase in enumerate(self.bound):
            members.inputs.fresh()
            levels = members.levels(PHASES[number])
            if number == 0:
                interfere(members, recorder, day, step)
            _phase(members, recorder, phase, self.events[number], day, step)
            members.before.update(levels)
        recorder.end(step, members.state, members.blank)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """What was recorded, member first; nothing of a probe."""
        return {} if self.recorder.probe is not None else self.recorder.arrays()


def run_blocks(
    plan: Plan, bound: Sequence[Sequence[Bound]], blocks: Sequence[int], probe: Probe | None = None
) -> dict[str, NDArray[np.generic]]:
    """Run the members of some blocks side by side and return what is recorded, member first.

    Raises
    ------
    HeartlandError
        As `Running.advance`.
    """
    running = Running(plan, bound, blocks, probe)
    for step in range(1, plan.steps + 1):
        running.advance(step)
    return running.arrays()


def side_by_side(running: Sequence[Running]) -> None:
    """Take several runs on the same random numbers to their ends, step by step, so that few numbers are held.

    Raises
    ------
    HeartlandError
        As `Running.advance`.
    """
    for step in range(1, max(one.plan.steps for one in running) + 1):
        for one in running:
            if step <= one.plan.steps:
                one.advance(step)


def _settle(members: Members, bound: Sequence[Sequence[Bound]]) -> None:
    """Levels of the derived states at the start: each may read others, so as many rounds as there are."""
    derived = [
        item
        for phase in bound
        for item in phase
        if all(members.catalogue[name].kind == "derived" for name in item.record.writes)
    ]
    for _ in derived:
        members.inputs.fresh()
        for item in derived:
            for name, value in call(members, item, 1).items():
                members.state[name] = _widen_to(members.state[name], value)


def _drawn_in(members: Members, phase: Sequence[Bound]) -> frozenset[str]:
    """Events that the mechanisms of a phase draw."""
    names = (name for item in phase for name in item.record.writes)
    return frozenset(name for name in names if members.catalogue[name].kind == "event")


def _phase(
    members: Members, recorder: Recorder, phase: Sequence[Bound], drawn: frozenset[str], day: Day, step: int
) -> None:
    results = _results(members, phase, day, step, recorder.probe is not None)
    fresh: dict[str, Floats] = {}
    for item, result in results:
        for name, value in result.items():
            if isinstance(value, Event):
                happens = np.asarray(value.occurs)
                fresh[name] = happens.astype(np.float64) if happens.any() else members.blank[name]
                recorder.drawn(name, value)
            elif members.catalogue[name].kind == "derived":
                fresh[name] = _widen_to(members.state[name], value)
            else:
                fresh[name] = recorder.add(item.record.id, name, value, fresh.get(name, members.state[name]))
    for name, level in fresh.items():
        if members.catalogue[name].kind == "event":
            members.state[name] = level
            continue
        inside = _range(level)
        if inside is None and np.isinf(level).any():
            raise _infinite(members, name, level, results, step)
        bounded = _bounded(members.catalogue[name], level, inside, recorder)
        members.state[name] = _unmoved(members.catalogue[name], members.state[name], bounded)
    for name in sorted(drawn - set(fresh)):
        members.state[name] = members.blank[name]
    override(members, recorder, day, drawn)
    if "effort" in fresh or "deployed" in fresh:
        _refresh(members)


def _results(
    members: Members, phase: Sequence[Bound], day: Day, step: int, thorough: bool
) -> list[tuple[Bound, Mapping[str, Any]]]:
    """What the mechanisms of a phase return; those that wait for what happens to nobody are passed over."""
    found = []
    for item in phase:
        if item.record.id in day.off:
            continue
        chosen = None if thorough else concerned(members, item)
        if chosen is None or chosen.size:
            found.append((item, call(members, item, step, chosen)))
    return found


def _range(level: Floats) -> tuple[float, float] | None:
    """Least and greatest value; None if there is none or some value is not finite."""
    if not level.size:
        return None
    low, high = float(level.min()), float(level.max())
    return (low, high) if math.isfinite(low) and math.isfinite(high) else None


def _infinite(
    members: Members, name: str, level: Floats, results: Sequence[tuple[Bound, Mapping[str, Any]]], step: int
) -> HeartlandError:
    writers = ", ".join(item.record.id for item, result in results if name in result)
    block, place = divmod(int(np.nonzero(np.isinf(level))[-1].min()), BLOCK)
    member = members.blocks[block] * BLOCK + place
    return HeartlandError(f"mechanism {writers} made {name} infinite in step {step}, member {member}")


def _unmoved(spec: StateSpec, before: Floats, after: Floats) -> Floats:
    """The array of before where a resting state has the same bits, so that its readers see it rest."""
    if spec.kind not in RESTING or after.shape != before.shape:
        return after
    old, new = (np.ascontiguousarray(values).view(np.int64) for values in (before, after))
    return before if np.array_equal(old, new) else after


def _widen_to(like: Floats, value: Any) -> Floats:
    return np.array(np.broadcast_to(value, like.shape))


def _bounded(
    spec: StateSpec, level: Floats, inside: tuple[float, float] | None, recorder: Recorder
) -> Floats:
    """The level within its bounds; what lay outside is booked. inside : its range where that is known."""
    if not spec.bounded or (inside is not None and spec.low <= inside[0] and inside[1] <= spec.high):
        return level
    clipped = np.clip(level, spec.low, spec.high)
    if spec.kind in ("continuous", "flag", "exogenous"):
        recorder.book("bounds", spec.name, level, clipped)
    return clipped


def _refresh(members: Members) -> None:
    if "presence" not in members.state:
        return
    members.state["presence"] = presence_level(members.state["effort"], members.state["deployed"])
