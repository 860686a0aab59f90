"""Members of some blocks while they run: their states, constants and what can be read of them."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence

import numpy as np

from heartland.dynamics.mechanism import PHASES
from heartland.scenarios.calling import Said
from heartland.scenarios.derived import derived, remembered
from heartland.scenarios.plan import Floats, Plan, spread
from heartland.scenarios.state import BLOCK
from heartland.scenarios.watching import Kept

__all__ = ["Members"]


class Members:
    """State of the members of some blocks while they run; mechanisms read it through `get`."""

    def __init__(self, plan: Plan, blocks: Sequence[int]) -> None:
        self.plan = plan
        self.blocks = tuple(blocks)
        self.axes = plan.axes
        self.dt = plan.dt
        self.width = BLOCK * len(blocks)
        self.catalogue = plan.states
        self.statics: dict[str, Floats] = {name: spread(x, blocks) for name, x in plan.statics.items()}
        self.statics.update({name: x[..., None] for name, x in plan.rules.current.items()})
        self.state: MutableMapping[str, Floats] = {
            name: _widen(spread(x, blocks), BLOCK * len(blocks)) for name, x in plan.start.items()
        }
        self.powers = [plan.axes.actor.index(name) for name in plan.axes.power]
        self.receivers = [plan.axes.actor.index(name) for name in plan.axes.receiver]
        self.first: MutableMapping[str, Floats] = dict(self.state)
        self.before: MutableMapping[str, Floats] = {
            name: self.state[name] for phase in PHASES for name in self.remembered(phase)
        }
        if "trend" in self.statics:
            drift = np.nan_to_num(self.statics["trend"]) * plan.dt
            self.before["gdp"] = self.state["gdp"] * np.exp(-drift)
            self.before["remittances"] = self.state["remittances"] * np.exp(-drift[self.receivers])
        self.blank: Mapping[str, Floats] = {
            name: _nothing(self.state[name]) for name, spec in plan.states.items() if spec.kind == "event"
        }
        self.inputs = Kept(derived())
        self.said: dict[str, Said] = {}
        self.undo: dict[int, Floats] = {}

    def get(self, name: str) -> Floats:
        """State, constant of the start world or derived input, (*axes, 64) or (*axes, 1)."""
        found = self.state.get(name)
        if found is not None:
            return found
        if name in self.statics:
            return self.statics[name]
        return self.inputs.get(self, name)

    def levels(self, phase: str) -> dict[str, Floats]:
        """Levels from which rates will be taken once the phase is over."""
        return {name: self.state[name] for name in self.remembered(phase)}

    def remembered(self, phase: str) -> list[str]:
        """States of a phase whose level one step before is kept."""
        return [name for name in remembered(phase) if name in self.state]


def _widen(values: Floats, width: int) -> Floats:
    return np.array(np.broadcast_to(values, (*values.shape[:-1], width)))


def _nothing(like: Floats) -> Floats:
    """Zeros of a shape that nobody may write to: the state of an event that happens to nobody."""
    zeros = np.zeros_like(like)
    zeros.setflags(write=False)
    return zeros
