"""Members of some blocks on their way through a plan on JAX: the step compiled, the books kept in NumPy.

The start, the patches that act once and everything that is recorded are those of `scenarios.loop`, and so are
the random numbers; only the phases of a step are compiled, for all blocks at once (`vmap` over blocks of 64).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heartland.core.arrays import Array
from heartland.dynamics.mechanism import PHASES, Event, in_order
from heartland.errors import HeartlandError
from heartland.scenarios.agenda import Day
from heartland.scenarios.binding import Bound
from heartland.scenarios.derived import remembered
from heartland.scenarios.interfering import interfere, place_of
from heartland.scenarios.loop import Running
from heartland.scenarios.plan import Floats, Plan
from heartland.scenarios.recorder import TRACKED_KINDS
from heartland.scenarios.state import BLOCK, event_kinds
from heartland.scenarios.traced.engine import double_precision, engine
from heartland.scenarios.traced.step import Fixed, one_step

__all__ = ["Compiled", "TracedRunning"]


class Compiled:
    """The step of a plan, compiled when first taken; one code for all groups of as many blocks.

    moving : constants of the start world that a draw or a patch moves
    held : states that a patch ever holds
    """

    def __init__(self, plan: Plan) -> None:
        statics = {**plan.statics, **{name: x[..., None] for name, x in plan.rules.current.items()}}
        touched = {op.variable for op in plan.operations}
        if any(op.rule is not None for op in plan.operations):
            touched |= {name for codes in plan.rules.choices.values() for name in codes}
        self.moving = frozenset(name for name, x in statics.items() if name in touched or x.shape[-1] > 1)
        holding = {op.variable for op in plan.operations if op.action in ("clamp", "force")}
        self.held = tuple(sorted(holding & set(plan.start)))
        records = in_order(plan.mechanisms)
        phases = [tuple(record for record in records if record.phase == phase) for phase in PHASES]
        events = {name for name, spec in plan.states.items() if spec.kind == "event"}
        self.fixed = Fixed(
            plan.axes, plan.dt, phases,
            drawn=[frozenset(w for one in phase for w in one.writes if w in events) for phase in phases],
            states=plan.states,
            constants={name: np.asarray(x) for name, x in statics.items() if name not in self.moving},
            parts={name: own for name, own in plan.parts.items() if plan.states[name].kind in TRACKED_KINDS},
            logged=frozenset(kind.variable for kind in event_kinds().values()) & events,
        )  # fmt: skip
        self._steps: dict[frozenset[str], Any] = {}

    def step(self, off: frozenset[str], given: Mapping[str, Any]) -> dict[str, Any]:
        """Take a step of several blocks; see `one_step`, the blocks put first in each array that varies."""
        jax = engine()
        if off not in self._steps:
            axes = {
                **dict.fromkeys(("state", "before", "first", "totals", "levels"), 0),
                "statics": {name: _axis(x) for name, x in given["statics"].items()},
                "parameters": {
                    name: {key: _axis(x) for key, x in own.items()}
                    for name, own in given["parameters"].items()
                },
                "noise": -2, "held": None,
            }  # fmt: skip
            body = partial(one_step, jax.numpy, self.fixed, off)
            self._steps[off] = jax.jit(jax.vmap(body, in_axes=(axes,)))
        found: dict[str, Any] = self._steps[off](given)
        return found


def _axis(array: Array) -> int | None:
    """Axis of the blocks: the first, where the members of each are told apart."""
    return 0 if array.shape[-1] == BLOCK else None


def _by_block(values: Floats) -> Floats:
    """(*axes, 64 x blocks) -> (*axes, block, 64)."""
    return values.reshape(*values.shape[:-1], values.shape[-1] // BLOCK, BLOCK)


def _apart(values: Floats) -> Floats:
    """(*axes, 64 x blocks) -> (block, *axes, 64); what does not vary, (*axes, 1), stays."""
    if values.shape[-1] == 1:
        return values
    return np.ascontiguousarray(np.moveaxis(_by_block(values), -2, 0))


def _together(values: Any) -> NDArray[Any]:
    """(block, *axes, 64) -> (*axes, 64 x blocks)."""
    turned = np.moveaxis(np.asarray(values), 0, -2)
    return turned.reshape(*turned.shape[:-2], turned.shape[-2] * turned.shape[-1])


class _Seen(Mapping[str, Floats]):
    """States as the books read them; an event that happens to nobody is the one array that says so."""

    def __init__(self, arrays: Mapping[str, Any], blank: Mapping[str, Floats]) -> None:
        self._arrays, self._blank = arrays, blank
        self._made: dict[str, Floats] = {}

    def __getitem__(self, name: str) -> Floats:
        if name not in self._made:
            found = _together(self._arrays[name])
            self._made[name] = self._blank[name] if name in self._blank and not found.any() else found
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)


class _Patched:
    """What patches that act once change of a state, by state."""

    def __init__(self) -> None:
        self.changes: dict[str, Floats] = {}

    def patch(self, name: str, before: Floats, after: Floats) -> None:
        """Note the effect of a patch on a state."""
        self.changes[name] = self.changes.get(name, 0.0) + (after - before)

    def force(self, name: str, mask: NDArray[np.bool_]) -> None:
        """Patches that force events are held in place within the step, not here."""
        raise AssertionError(f"{name} is forced at the head of a step")


class TracedRunning:
    """Members of some blocks on their way, as `scenarios.loop.Running`, on JAX."""

    def __init__(
        self, compiled: Compiled, plan: Plan, bound: Sequence[Sequence[Bound]], blocks: Sequence[int]
    ) -> None:
        self.plan, self.compiled, self.bound = plan, compiled, bound
        start = Running(plan, bound, blocks)
        self.members, self.recorder, self.agenda = start.members, start.recorder, start.agenda
        members, moving = self.members, compiled.moving
        self.state: dict[str, Any] = {name: _apart(x) for name, x in members.state.items()}
        self.first = {name: _apart(x) for name, x in members.first.items()}
        self.before: dict[str, Any] = {name: _apart(x) for name, x in members.before.items()}
        self.statics = {name: _apart(x) for name, x in members.statics.items() if name in moving}
        self.parameters = {
            item.record.id: {name: _apart(x) for name, x in item.parameters.items()}
            for phase in bound for item in phase
        }  # fmt: skip
        self.totals: dict[str, dict[str, Any]] = self._nothing()

    def advance(self, step: int) -> None:
        """Take one step; the first is 1, each is taken once and in order.

        Raises
        ------
        HeartlandError
            Naming mechanism, step and member if a mechanism fails or makes an infinite value.
        """
        day, recorder, blank = self.agenda[step], self.recorder, self.members.blank
        recorder.begin(first=True)
        head = {name: self.state[name] for name in remembered(PHASES[0]) if name in self.state}
        if day.once:
            self._interfere(day, step)
        with double_precision():
            made = self._step(day, step, head)
        if bool(np.any(made["fails"])):
            raise self._infinite(made["infinite"], step)
        self.state, self.before, self.totals = made["state"], made["before"], made["totals"]
        seen = _Seen(self.state, blank)
        for name, account in made["draws"].items():
            if seen[name] is not blank[name]:
                terms = {term: _together(x) for term, x in account["contributions"].items()}
                recorder.drawn(name, Event(seen[name] != 0.0, _together(account["probability"]), terms))
        self._force(day)
        if step in self.plan.grid.why:
            self._split()
        recorder.end(step, seen, blank)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """What was recorded, member first."""
        return self.recorder.arrays()

    def _step(self, day: Day, step: int, head: Mapping[str, Any]) -> dict[str, Any]:
        numbers = {
            item.record.id: {
                name: _by_block(stream.at(step)) for name, stream in item.noise.items()
            }
            for phase in self.bound for item in phase if item.noise
        }  # fmt: skip
        given = {
            "state": self.state, "before": self.before, "first": self.first, "totals": self.totals,
            "levels": dict(head), "statics": self.statics, "parameters": self.parameters, "noise": numbers,
            "held": self._held(day),
        }  # fmt: skip
        try:
            return self.compiled.step(day.off, given)
        except HeartlandError:
            raise
        except Exception as error:
            raise HeartlandError(f"jax failed in step {step}: {error}") from error

    def _held(self, day: Day) -> dict[str, dict[str, NDArray[Any]]]:
        """Masks and values of what patches hold in this step, for every state that one ever holds."""
        states = self.members.state
        held = {}
        for name in self.compiled.held:
            shape = (*states[name].shape[:-1], 1)
            mask, value = np.zeros(shape, dtype=np.bool_), np.zeros(shape)
            own = [op for op in day.held if op.variable == name]
            for op in own:
                place = place_of(op, shape[:-1])
                mask[place], value[place] = True, op.value
            held[name] = {"mask": mask, "value": value, "active": np.asarray(bool(own))}
        return held

    def _force(self, day: Day) -> None:
        drawn = frozenset().union(*self.compiled.fixed.drawn)
        for op in day.held:
            if op.variable in drawn:
                mask = np.zeros(self.members.state[op.variable].shape, dtype=np.bool_)
                mask[place_of(op, mask.shape[:-1])] = True
                self.recorder.force(op.variable, mask)

    def _interfere(self, day: Day, step: int) -> None:
        """Patches that act once, as the loop does them; what they move goes back into the compiled step."""
        members, books = self.members, _Patched()
        names = {op.variable for _, op in day.once} & set(self.state)
        for name in names:
            members.state[name] = _together(self.state[name])
        interfere(members, books, replace(day, held=()), step)
        for name in names:
            self.state[name] = _apart(members.state[name])
        self.statics = {name: _apart(members.statics[name]) for name in self.statics}
        for name, change in books.changes.items():
            if name in self.totals:
                own = self.totals[name]
                self.totals[name] = {**own, "patch": np.asarray(own["patch"]) + _apart(change)}

    def _split(self) -> None:
        """Bring the changes since this was last done, by part, into the books."""
        for name, parts in self.totals.items():
            for part, total in parts.items():
                self.recorder.splits.add(name, part, _together(total))
        self.totals = self._nothing()

    def _nothing(self) -> dict[str, dict[str, Any]]:
        return {
            name: {part: np.zeros(self.state[name].shape) for part in parts}
            for name, parts in self.compiled.fixed.parts.items()
        }

    def _infinite(self, found: Mapping[str, Any], step: int) -> HeartlandError:
        name = next(name for name, hit in found.items() if np.any(hit))
        writers = ", ".join(
            item.record.id for phase in self.bound for item in phase if name in item.record.writes
        )
        block, place = divmod(int(np.flatnonzero(np.asarray(found[name]))[0]), BLOCK)
        member = self.members.blocks[block] * BLOCK + place
        return HeartlandError(f"mechanism {writers} made {name} infinite in step {step}, member {member}")
