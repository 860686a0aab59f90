"""One step of the loop as a pure function of arrays, which JAX compiles: the phases of one block of members.

It does what `scenarios.loop` does, with two differences that change no number: every mechanism is called on
all members in every step, and what a patch holds in place comes in as masks.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from heartland.core.arrays import Array, Namespace
from heartland.dynamics.mechanism import PHASES, Event, Mechanism
from heartland.errors import HeartlandError
from heartland.scenarios.derived import derived, presence_level, remembered
from heartland.scenarios.state import BLOCK, Axes, StateSpec

__all__ = ["Fixed", "Traced", "one_step"]

Arrays = Mapping[str, Array]


@dataclass(frozen=True)
class Fixed:
    """What is known before any number is: it decides the compiled code.

    phases : mechanisms by phase;  drawn : events that those of a phase draw
    constants : constants of the start world that neither a draw nor a patch moves, NumPy (*axes, 1)
    parts : of the split of each tracked state, by state;  logged : events whose account is kept
    """

    axes: Axes
    dt: float
    phases: Sequence[Sequence[Mechanism]]
    drawn: Sequence[frozenset[str]]
    states: Mapping[str, StateSpec]
    constants: Arrays
    parts: Mapping[str, tuple[str, ...]]
    logged: frozenset[str]


class Traced:
    """Members of one block while a step is compiled; derived inputs read it as they read NumPy's."""

    def __init__(self, fixed: Fixed, given: Mapping[str, Any]) -> None:
        self.axes, self.dt = fixed.axes, fixed.dt
        place = fixed.axes.actor.index
        self.powers: Any = np.array([place(name) for name in fixed.axes.power], dtype=np.intp)
        self.receivers: Any = np.array([place(name) for name in fixed.axes.receiver], dtype=np.intp)
        self.statics: Arrays = {**fixed.constants, **given["statics"]}
        self.state: MutableMapping[str, Array] = dict(given["state"])
        self.before: MutableMapping[str, Array] = dict(given["before"])
        self.first: Arrays = given["first"]
        self._made: dict[str, Array] = {}

    def fresh(self) -> None:
        """To be called at the head of a phase: states may have moved since inputs were last made."""
        self._made.clear()

    def get(self, name: str) -> Array:
        """State, constant of the start world or derived input, (*axes, 64) or (*axes, 1)."""
        for known in (self.state, self.statics, self._made):
            if name in known:
                return known[name]
        try:
            self._made[name] = derived()[name](self)
        except HeartlandError:
            raise
        except Exception as error:
            raise HeartlandError(f"input {name} cannot be compiled by jax: {error}") from error
        return self._made[name]


@dataclass
class _Books:
    """What a step books: changes by part since the start, events, and members with an infinite value."""

    xp: Namespace
    parts: Mapping[str, tuple[str, ...]]
    totals: dict[str, dict[str, Array]]
    draws: dict[str, dict[str, Any]]
    infinite: dict[str, Array]

    def add(self, name: str, part: str, change: Array) -> None:
        """Add a change to a part of a state that is split."""
        if name in self.parts:
            self.totals[name][part] = self.totals[name][part] + change

    def drawn(self, name: str, event: Event) -> None:
        """Keep a mechanism's account of a draw, each array with the members of the block."""
        xp = self.xp

        def wide(value: Any) -> Array:
            array = xp.asarray(value, dtype=xp.float64)
            return xp.broadcast_to(array, (*array.shape[:-1], BLOCK))

        self.draws[name] = {
            "probability": wide(event.probability),
            "contributions": {term: wide(value) for term, value in event.contributions.items()},
        }


def one_step(xp: Namespace, fixed: Fixed, off: frozenset[str], given: Mapping[str, Any]) -> dict[str, Any]:
    """States, remembered levels, splits and events after a step of one block.

    Parameters
    ----------
    xp : `jax.numpy`;  off : mechanisms left out in this step
    given : by name, arrays (*axes, 64) or (*axes, 1): `state`, `before`, `first`, `statics` (those that a
        draw or a patch moves), `parameters` and `noise` by mechanism, `levels` (of the first phase, before
        patches acted), `totals` (change since the start by state and part), `held` (by state `mask`, `value`
        and whether `active`)

    Raises
    ------
    HeartlandError
        Naming a mechanism that JAX cannot compile.
    """
    members = Traced(fixed, given)
    books = _Books(xp, fixed.parts, {k: dict(v) for k, v in given["totals"].items()}, {}, {})
    levels: Arrays = given["levels"]
    for number, phase in enumerate(fixed.phases):
        members.fresh()
        if number:
            known = (name for name in remembered(PHASES[number]) if name in members.state)
            levels = {name: members.state[name] for name in known}
        else:
            _hold(members, books, given["held"], fixed, frozenset())
        chosen = [record for record in phase if record.id not in off]
        results = [(record, _call(xp, members, record, given)) for record in chosen]
        fresh = _collect(xp, members, books, results, fixed)
        _settle(xp, members, books, fresh, fixed)
        for name in sorted(fixed.drawn[number] - set(fresh)):
            members.state[name] = xp.zeros_like(members.state[name])
        _hold(members, books, given["held"], fixed, fixed.drawn[number])
        if ("effort" in fresh or "deployed" in fresh) and "presence" in members.state:
            members.state["presence"] = presence_level(members.state["effort"], members.state["deployed"])
        members.before.update(levels)
    whole = xp.zeros(BLOCK, dtype=bool)
    for found in books.infinite.values():
        whole = whole | found
    return {
        "state": dict(members.state), "before": dict(members.before), "totals": books.totals,
        "draws": books.draws, "infinite": books.infinite, "fails": whole.any(),
    }  # fmt: skip


def _call(xp: Namespace, members: Traced, record: Mechanism, given: Mapping[str, Any]) -> Mapping[str, Any]:
    keywords: dict[str, Any] = {**given["parameters"][record.id], **given["noise"].get(record.id, {})}
    if record.uses_dt:
        keywords["dt"] = members.dt
    reads = [xp.asarray(members.get(name)) for name in record.reads]
    try:
        return record.function(*reads, **keywords)
    except Exception as error:
        raise HeartlandError(f"mechanism {record.id} cannot be compiled by jax: {error}") from error


def _collect(
    xp: Namespace, members: Traced, books: _Books, results: Sequence[tuple[Mechanism, Mapping[str, Any]]],
    fixed: Fixed,
) -> dict[str, Array]:
    """New levels from what the mechanisms of a phase return, not yet within bounds; increments are booked."""
    fresh: dict[str, Array] = {}
    for record, result in results:
        for name, value in result.items():
            like = members.state[name]
            if isinstance(value, Event):
                fresh[name] = xp.broadcast_to(xp.asarray(value.occurs, dtype=xp.float64), like.shape)
                if name in fixed.logged:
                    books.drawn(name, value)
            elif fixed.states[name].kind == "derived":
                fresh[name] = xp.broadcast_to(xp.asarray(value, dtype=xp.float64), like.shape)
            else:
                level = fresh.get(name, like)
                for part, increment in (value if isinstance(value, Mapping) else {"": value}).items():
                    level = level + increment
                    books.add(name, f"{record.id}.{part}" if part else record.id, increment)
                fresh[name] = level
    return fresh


def _settle(xp: Namespace, members: Traced, books: _Books, fresh: Arrays, fixed: Fixed) -> None:
    """Put new levels in place, within bounds; what lay outside is booked, what is infinite is noted."""
    for name, level in fresh.items():
        spec = fixed.states[name]
        if spec.kind == "event":
            members.state[name] = level
            continue
        found = xp.isinf(level).reshape(-1, level.shape[-1]).any(axis=0)
        books.infinite[name] = books.infinite[name] | found if name in books.infinite else found
        if spec.bounded:
            clipped = xp.clip(level, spec.low, spec.high)
            books.add(name, "bounds", clipped - level)
            level = clipped
        members.state[name] = level


def _hold(
    members: Traced, books: _Books, held: Mapping[str, Arrays], fixed: Fixed, drawn: frozenset[str]
) -> None:
    """Clamps hold their state after every phase; events drawn in this phase are forced or held off."""
    xp = books.xp
    for name, what in held.items():
        is_event = fixed.states[name].kind == "event"
        if is_event and name not in drawn:
            continue
        before = members.state[name]
        after = xp.where(what["mask"], what["value"], before)
        members.state[name] = after
        if not is_event:
            books.add(name, "patch", xp.where(what["active"], after - before, 0.0))
