"""Members of some blocks while they run: their states, constants and what can be read of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, MutableMapping, Sequence

import numpy as np
from numpy.typing import NDArray

from heartland.core.arrays import alike, held
from heartland.dynamics.mechanism import PHASES
from heartland.scenarios.calling import Said
from heartland.scenarios.derived import derived, remembered
from heartland.scenarios.plan import Floats, Plan, Spread
from heartland.scenarios.state import BLOCK
from heartland.scenarios.watching import Kept

__all__ = ["Members"]


class Members:
    """State of the members of some blocks while they run; mechanisms read it through `get`.

    Two runs that go through the same steps beside each other hold the same array wherever the numbers are the
    same to the bit, so that what was worked out for one need not be worked out for the other.

    Parameters
    ----------
    spread : makes arrays by member, shared with the run beside
    twin : members of a run beside this one, on the same axes, which is ahead of it by one phase
    """

    def __init__(
        self, plan: Plan, blocks: Sequence[int], spread: Spread | None = None, twin: Members | None = None
    ) -> None:
        self.plan = plan
        self.blocks = tuple(blocks)
        self.axes = plan.axes
        self.dt = plan.dt
        self.width = BLOCK * len(blocks)
        self.catalogue = plan.states
        self._twin = twin
        spread = spread or Spread(blocks)
        self.statics: dict[str, Floats] = {name: held(spread(x)) for name, x in plan.statics.items()}
        self.statics.update({name: held(x[..., None].copy()) for name, x in plan.rules.current.items()})
        self.share_statics()
        start = {name: held(_widen(spread(x), self.width)) for name, x in plan.start.items()}
        self.first: MutableMapping[str, Floats] = self._shared(start, "first")
        self.state: MutableMapping[str, Floats] = dict(self.first)
        self.powers = [plan.axes.actor.index(name) for name in plan.axes.power]
        self.receivers = [plan.axes.actor.index(name) for name in plan.axes.receiver]
        self.before: MutableMapping[str, Floats] = {
            name: self.state[name] for phase in PHASES for name in self.remembered(phase)
        }
        if "trend" in self.statics:
            drift = np.nan_to_num(self.statics["trend"]) * plan.dt
            self.before["gdp"] = self.state["gdp"] * np.exp(-drift)
            self.before["remittances"] = self.state["remittances"] * np.exp(-drift[self.receivers])
            self.before = self._shared(self.before, "before")
        self.blank: Mapping[str, Floats] = twin.blank if twin is not None else _blanks(plan, self.state)
        self.inputs: Kept = Kept(derived(), None if twin is None else twin.inputs)
        self.said: dict[str, Said] = {}
        self.beside: Mapping[str, Said] = {} if twin is None else twin.said
        self.kin: Collection[str] = frozenset()
        self.struck: dict[str, tuple[Floats, NDArray[np.bool_]]] = {}
        self.undo: dict[int, Floats] = {}
        # where the states of the two runs were last seen to differ
        self._apart: dict[str, int] = {}

    def _shared(self, arrays: Mapping[str, Floats], place: str) -> dict[str, Floats]:
        """Arrays of the run beside, where they have the same bits, that stand there in the same place."""
        theirs: Mapping[str, Floats] = {} if self._twin is None else getattr(self._twin, place)
        return {name: alike(x, theirs[name]) if name in theirs else x for name, x in arrays.items()}

    def get(self, name: str) -> Floats:
        """State, constant of the start world or derived input, (*axes, 64) or (*axes, 1)."""
        found = self.state.get(name)
        if found is not None:
            return found
        if name in self.statics:
            return self.statics[name]
        return self.inputs.get(self, name)

    def put(self, name: str, level: Floats) -> None:
        """Set a state; takes the array of the run beside where that has the same bits."""
        twin = None if self._twin is None else self._twin.state.get(name)
        self.state[name] = level if twin is None else alike(level, twin, self._apart, name)

    def share_statics(self) -> None:
        """Take the constants of the run beside where they have the same bits."""
        self.statics.update({name: held(x) for name, x in self._shared(self.statics, "statics").items()})

    def levels(self, phase: str) -> dict[str, Floats]:
        """Levels from which rates will be taken once the phase is over."""
        return {name: self.state[name] for name in self.remembered(phase)}

    def remembered(self, phase: str) -> list[str]:
        """States of a phase whose level one step before is kept."""
        return [name for name in remembered(phase) if name in self.state]


def _widen(values: Floats, width: int) -> Floats:
    return np.array(np.broadcast_to(values, (*values.shape[:-1], width)))


def _blanks(plan: Plan, state: Mapping[str, Floats]) -> dict[str, Floats]:
    return {name: _nothing(state[name]) for name, spec in plan.states.items() if spec.kind == "event"}


def _nothing(like: Floats) -> Floats:
    """Zeros of a shape that nobody may write to: the state of an event that happens to nobody."""
    zeros = np.zeros_like(like)
    zeros.setflags(write=False)
    return zeros
