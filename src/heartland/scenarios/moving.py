"""Moving the states by what the mechanisms of a phase return: summed, booked, kept within bounds.

All mechanisms of a phase have read the states as they were before it. Where the same results move the same
level as in a run beside this one, the level is taken from there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from heartland.core.arrays import alike
from heartland.dynamics.mechanism import Event
from heartland.errors import HeartlandError
from heartland.scenarios.members import Members
from heartland.scenarios.plan import Floats
from heartland.scenarios.recorder import Recorder
from heartland.scenarios.state import BLOCK, StateSpec

__all__ = ["Move", "Results", "move", "widen_to"]

Results = Sequence[tuple[str, Mapping[str, Any]]]
# Kinds of state that stand still in most steps.
RESTING = ("flag", "derived")


class Move(NamedTuple):
    """How a phase moved a state: from which level, by what of which mechanisms, to which level."""

    before: Floats
    asked: Sequence[tuple[str, Any]]
    after: Floats

    def as_before(self, before: Floats, asked: Sequence[tuple[str, Any]]) -> bool:
        """Whether the same results move the same level."""
        if self.before is not before or len(self.asked) != len(asked):
            return False
        for (mine, result), (other, value) in zip(self.asked, asked, strict=True):
            if result is not value or mine != other:
                return False
        return True


def move(
    members: Members, recorder: Recorder, results: Results, beside: Mapping[str, Move], step: int
) -> dict[str, Move]:
    """Move the states by the results of a phase, (mechanism id, its result by state).

    beside : how the same phase has moved the states of a run beside this one

    Raises
    ------
    HeartlandError
        Naming mechanism, step and member where a level is infinite.
    """
    asked: dict[str, list[tuple[str, Any]]] = {}
    for mechanism, result in results:
        for name, value in result.items():
            asked.setdefault(name, []).append((mechanism, value))
    moves: dict[str, Move] = {}
    for name, wanted in asked.items():
        before, theirs = members.state[name], beside.get(name)
        if theirs is not None and theirs.as_before(before, wanted) and recorder.follow(name):
            after = theirs.after
        else:
            after = _level(members, recorder, name, wanted, step)
        value = wanted[-1][1]
        if isinstance(value, Event):
            recorder.drawn(name, value)
        members.put(name, after)
        moves[name] = Move(before, wanted, after)
    return moves


def _level(
    members: Members, recorder: Recorder, name: str, wanted: Sequence[tuple[str, Any]], step: int
) -> Floats:
    """New level of one state."""
    spec, before = members.catalogue[name], members.state[name]
    value = wanted[-1][1]
    if isinstance(value, Event):
        happens = np.asarray(value.occurs)
        return happens.astype(np.float64) if np.count_nonzero(happens) else members.blank[name]
    if spec.kind == "derived":
        level = widen_to(before, value)
    else:
        level = before
        for mechanism, increment in wanted:
            level = recorder.add(mechanism, name, increment, level)
    inside = _range(level)
    if inside is None and np.isinf(level).any():
        raise _infinite(members, name, level, wanted, step)
    level = _bounded(spec, level, inside, recorder)
    return alike(level, before) if spec.kind in RESTING else level


def _range(level: Floats) -> tuple[float, float] | None:
    """Least and greatest value; None if there is none or some value is not finite."""
    if not level.size:
        return None
    low, high = float(level.min()), float(level.max())
    return (low, high) if math.isfinite(low) and math.isfinite(high) else None


def _infinite(
    members: Members, name: str, level: Floats, wanted: Sequence[tuple[str, Any]], step: int
) -> HeartlandError:
    writers = ", ".join(mechanism for mechanism, _ in wanted)
    block, place = divmod(int(np.nonzero(np.isinf(level))[-1].min()), BLOCK)
    member = members.blocks[block] * BLOCK + place
    return HeartlandError(f"mechanism {writers} made {name} infinite in step {step}, member {member}")


def widen_to(like: Floats, value: NDArray[Any] | float) -> Floats:
    """Values on all axes of a state; not to be written to. What has its shape already is not copied."""
    found = np.asarray(value, dtype=np.float64)
    if found.shape == like.shape and found.flags.c_contiguous:
        return found
    return np.array(np.broadcast_to(found, like.shape))


def _bounded(
    spec: StateSpec, level: Floats, inside: tuple[float, float] | None, recorder: Recorder
) -> Floats:
    """The level within its bounds; what lay outside is booked. inside : its range where that is known."""
    if not spec.bounded or (inside is not None and spec.low <= inside[0] and inside[1] <= spec.high):
        return level
    clipped = np.clip(level, spec.low, spec.high)
    if spec.kind in ("continuous", "flag", "exogenous"):
        recorder.bounds(spec.name, level, clipped)
    return clipped
