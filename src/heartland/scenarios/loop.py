"""The one loop: phases of mechanisms over named arrays. It holds no content."""

from __future__ import annotations

import math
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heartland.dynamics.mechanism import PHASES, Event
from heartland.errors import HeartlandError
from heartland.scenarios.agenda import Day, agenda_of
from heartland.scenarios.binding import Bound
from heartland.scenarios.calling import call, concerned
from heartland.scenarios.derived import derived, presence_level, remembered
from heartland.scenarios.plan import Floats, Plan, spread
from heartland.scenarios.probe import Probe
from heartland.scenarios.recorder import Recorder
from heartland.scenarios.schedule import Operation, RuleChange
from heartland.scenarios.state import BLOCK, StateSpec

__all__ = ["Members", "run_blocks"]


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
        self.cache: dict[str, Floats] = {}
        self.undo: dict[int, Floats] = {}

    def get(self, name: str) -> Floats:
        """State, constant of the start world or derived input, (*axes, 64) or (*axes, 1)."""
        found = self.state.get(name)
        if found is not None:
            return found
        if name in self.statics:
            return self.statics[name]
        if name not in self.cache:
            self.cache[name] = derived()[name](self)
        return self.cache[name]

    def levels(self, phase: str) -> dict[str, Floats]:
        """Levels from which rates will be taken once the phase is over."""
        return {name: self.state[name] for name in self.remembered(phase)}

    def remembered(self, phase: str) -> list[str]:
        """States of a phase whose level one step before is kept."""
        return [name for name in remembered(phase) if name in self.state]


def _widen(values: Floats, width: int) -> Floats:
    return np.array(np.broadcast_to(values, (*values.shape[:-1], width)))


def run_blocks(
    plan: Plan, bound: Sequence[Sequence[Bound]], blocks: Sequence[int], probe: Probe | None = None
) -> dict[str, NDArray[np.generic]]:
    """Run the members of some blocks side by side and return what is recorded, member first.

    No operation mixes members, so the numbers of a block do not depend on its neighbours.

    Raises
    ------
    HeartlandError
        Naming mechanism, step and member if a mechanism fails or returns an infinite value.
    """
    members = Members(plan, blocks)
    recorder = Recorder(plan, blocks, probe)
    _refresh(members)
    agenda = agenda_of(plan)
    events = [_drawn_in(members, phase) for phase in bound]
    _settle(members, bound)
    recorder.keep(0, members.state)
    for step in range(1, plan.steps + 1):
        recorder.begin(members.state)
        for number, phase in enumerate(bound):
            members.cache.clear()
            levels = members.levels(PHASES[number])
            if number == 0:
                _interfere(members, recorder, agenda[step], step)
            _phase(members, recorder, phase, events[number], agenda[step], step)
            members.before.update(levels)
        recorder.end(step, members.state, members.blank)
    return {} if probe is not None else recorder.arrays()


def _nothing(like: Floats) -> Floats:
    """Zeros of a shape that nobody may write to: the state of an event that happens to nobody."""
    zeros = np.zeros_like(like)
    zeros.setflags(write=False)
    return zeros


def _settle(members: Members, bound: Sequence[Sequence[Bound]]) -> None:
    """Levels of the derived states at the start: each may read others, so as many rounds as there are."""
    derived = [
        item
        for phase in bound
        for item in phase
        if all(members.catalogue[name].kind == "derived" for name in item.record.writes)
    ]
    for _ in derived:
        members.cache.clear()
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
        members.state[name] = _bounded(members.catalogue[name], level, inside, recorder)
    for name in sorted(drawn - set(fresh)):
        members.state[name] = members.blank[name]
    _override(members, recorder, day, drawn)
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


def _place(op: Operation, shape: tuple[int, ...]) -> tuple[Any, ...]:
    chosen = [
        list(slots) if slots else list(range(size)) for slots, size in zip(op.slots, shape, strict=False)
    ]
    return np.ix_(*chosen) if chosen else (slice(None),)


def _interfere(members: Members, recorder: Recorder, day: Day, step: int) -> None:
    """Patches that act once, at the head of a step: set, scale, shock, rule; and the end of their spans."""
    for number, op in day.once:
        if op.rule is not None:
            _change_rule(members, op.rule, step)
            continue
        if step == op.last + 1 and not op.undo:
            continue
        kept: MutableMapping[str, Floats] = members.state if op.variable in members.state else members.statics
        before = kept[op.variable]
        after = before.copy()
        place = _place(op, before.shape[:-1])
        after[place] = _changed(members, number, op, before[place], step == op.first)
        kept[op.variable] = after
        if op.variable in members.state:
            recorder.book("patch", op.variable, before, after)
    _override(members, recorder, day, frozenset())


def _change_rule(members: Members, changed: RuleChange, step: int) -> None:
    """Write the codes of the rule in force: that of the last patch that holds now, else the start's."""
    rules, which = members.plan.rules, (changed.organisation, changed.decision)
    holding = [
        op.rule.choice
        for op in members.plan.operations
        if op.rule is not None
        and (op.rule.organisation, op.rule.decision) == which
        and op.first <= step <= op.last
    ]
    new = rules.choices[*which, holding[-1]] if holding else rules.current
    for name, codes in rules.choices[*which, changed.choice].items():
        applies = ~np.isnan(codes)[..., None]
        members.statics[name] = np.where(applies, new[name][..., None], members.statics[name])


def _changed(members: Members, number: int, op: Operation, held: Floats, begins: bool) -> Floats:
    """New values of the patched slots, inside the state's bounds; the undo takes back what was done."""
    spec = members.catalogue.get(op.variable) if op.variable in members.state else None
    low, high = (spec.low, spec.high) if spec is not None else (-np.inf, np.inf)
    if not begins:
        done = members.undo[number]
        back = done if op.action == "set" else held / done if op.action == "scale" else held - done
        return np.clip(back, low, high)
    if op.action == "set":
        members.undo[number] = held.copy()
        return np.full_like(held, op.value)
    wanted = held * op.value if op.action == "scale" else held + op.value
    new = np.clip(wanted, low, high)
    whole = new == wanted
    if op.action == "scale":
        ratio = np.divide(new, held, out=np.ones_like(new), where=held != 0)
        members.undo[number] = np.where(whole, op.value, ratio)
    else:
        members.undo[number] = np.where(whole, op.value, new - held)
    return new


def _override(members: Members, recorder: Recorder, day: Day, drawn: frozenset[str]) -> None:
    """Clamps hold their state after every phase; events drawn in this phase are forced or held off."""
    for op in day.held:
        if op.variable not in members.state:
            continue
        is_event = members.catalogue[op.variable].kind == "event"
        if is_event and op.variable not in drawn:
            continue
        before = members.state[op.variable]
        after = before.copy()
        place = _place(op, before.shape[:-1])
        after[place] = op.value
        members.state[op.variable] = after
        if is_event:
            mask = np.zeros(before.shape, dtype=np.bool_)
            mask[place] = True
            recorder.force(op.variable, mask)
        else:
            recorder.book("patch", op.variable, before, after)
