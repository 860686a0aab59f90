"""The one loop: phases of mechanisms over named arrays. It holds no content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from heartland.core.arrays import held
from heartland.dynamics.mechanism import PHASES
from heartland.scenarios.agenda import agenda_of
from heartland.scenarios.binding import Bound
from heartland.scenarios.calling import call
from heartland.scenarios.derived import presence_level
from heartland.scenarios.interfering import interfere, override
from heartland.scenarios.members import Members
from heartland.scenarios.moving import Move, move, widen_to
from heartland.scenarios.plan import Plan, Spread
from heartland.scenarios.probe import Probe
from heartland.scenarios.recorder import Recorder

__all__ = ["Running", "run_blocks", "side_by_side"]


class Running:
    """Members of some blocks on their way through a plan, one step at a time.

    No operation mixes members, so the numbers of a block do not depend on its neighbours.

    Parameters
    ----------
    spread : makes arrays by member, shared with the run beside
    beside : a run of the same blocks on the same random numbers that takes every phase just before this one;
        what it has worked out from the same numbers is taken from it
    """

    def __init__(
        self, plan: Plan, bound: Sequence[Sequence[Bound]], blocks: Sequence[int], probe: Probe | None = None,
        *, spread: Spread | None = None, beside: Running | None = None,
    ) -> None:  # fmt: skip
        self.plan, self.bound = plan, bound
        for item in (item for phase in bound for item in phase):
            for values in item.parameters.values():
                held(values)
        twin = beside if beside is not None and _comparable(plan, beside.plan) else None
        self._twin = twin
        self.moves: Mapping[str, Move] = {}
        self.members: Members = Members(plan, blocks, spread, None if twin is None else twin.members)
        books = None if twin is None else twin.recorder
        self.recorder: Recorder = Recorder(plan, blocks, probe, spread, books)
        _refresh(self.members)
        self.members.kin = frozenset() if twin is None else _kin(bound, twin.bound)
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
        for number in range(len(PHASES)):
            self.take(step, number)
        self.close(step)

    def take(self, step: int, number: int) -> None:
        """Take one phase of a step, the first is 0; errors as of `advance`."""
        members, recorder, day = self.members, self.recorder, self.agenda[step]
        recorder.begin(number == 0)
        members.inputs.fresh()
        levels = members.levels(PHASES[number])
        if number == 0:
            interfere(members, recorder, day, step)
        thorough = recorder.probe is not None
        results = [
            (item.record.id, call(members, item, step, thorough=thorough))
            for item in self.bound[number]
            if item.record.id not in day.off
        ]
        self.moves = move(members, recorder, results, {} if self._twin is None else self._twin.moves, step)
        drawn = self.events[number]
        for name in sorted(drawn - set(self.moves)):
            members.put(name, members.blank[name])
        override(members, recorder, day, drawn)
        if "effort" in self.moves or "deployed" in self.moves:
            _refresh(members)
        recorder.settle()
        members.before.update(levels)

    def close(self, step: int) -> None:
        """Record a step whose phases were taken, here and in the run beside."""
        self.recorder.end(step, self.members.state, self.members.blank)

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
    """Take several runs on the same random numbers to their ends, phase by phase.

    So few numbers are held, and a run finds what the one beside it has just worked out.

    Raises
    ------
    HeartlandError
        As `Running.advance`.
    """
    for step in range(1, max(one.plan.steps for one in running) + 1):
        under_way = [one for one in running if step <= one.plan.steps]
        for number in range(len(PHASES)):
            for one in under_way:
                one.take(step, number)
        for one in under_way:
            one.close(step)


def _comparable(plan: Plan, other: Plan) -> bool:
    """Whether arrays of two runs mean the same, and the other goes on for as long as the one."""
    return plan.axes == other.axes and plan.dt == other.dt and plan.steps <= other.steps


def _kin(bound: Sequence[Sequence[Bound]], other: Sequence[Sequence[Bound]]) -> frozenset[str]:
    """Mechanisms with the same parameters and random numbers in two runs."""
    theirs = {item.record.id: item for phase in other for item in phase}
    mine = (item for phase in bound for item in phase)
    return frozenset(
        item.record.id for item in mine if item.record.id in theirs and item.same(theirs[item.record.id])
    )


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
                members.put(name, widen_to(members.state[name], value))


def _drawn_in(members: Members, phase: Sequence[Bound]) -> frozenset[str]:
    """Events that the mechanisms of a phase draw."""
    names = (name for item in phase for name in item.record.writes)
    return frozenset(name for name in names if members.catalogue[name].kind == "event")


def _refresh(members: Members) -> None:
    if "presence" not in members.state:
        return
    members.put("presence", presence_level(members.state["effort"], members.state["deployed"]))
