"""Patches at work: what they change at the head of a step, and what they hold in place after every phase."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from heartland.scenarios.agenda import Day
from heartland.scenarios.members import Members
from heartland.scenarios.plan import Floats
from heartland.scenarios.schedule import Operation, RuleChange

__all__ = ["Books", "interfere", "override", "place_of"]


class Books(Protocol):
    """Where the effect of patches is noted, as `scenarios.recorder.Recorder` does."""

    def patch(self, name: str, before: Floats, after: Floats) -> None:
        """Book the effect of a patch on a state."""

    def force(self, name: str, mask: NDArray[np.bool_]) -> None:
        """Note where a patch decided an event."""


def place_of(op: Operation, shape: tuple[int, ...]) -> tuple[Any, ...]:
    """Index of the slots that an operation touches, in an array of the shape without its member axis."""
    chosen = [
        list(slots) if slots else list(range(size)) for slots, size in zip(op.slots, shape, strict=False)
    ]
    return np.ix_(*chosen) if chosen else (slice(None),)


def interfere(members: Members, recorder: Books, day: Day, step: int) -> None:
    """Patches that act once, at the head of a step: set, scale, shock, rule; and the end of their spans."""
    for number, op in day.once:
        if op.rule is not None:
            _change_rule(members, op.rule, step)
            continue
        if step == op.last + 1 and not op.undo:
            continue
        is_state = op.variable in members.state
        before = members.state[op.variable] if is_state else members.statics[op.variable]
        after = before.copy()
        place = place_of(op, before.shape[:-1])
        after[place] = _changed(members, number, op, before[place], step == op.first)
        if is_state:
            members.put(op.variable, after)
            recorder.patch(op.variable, before, after)
        else:
            members.statics[op.variable] = after
    if day.once:
        members.share_statics()
    override(members, recorder, day, frozenset())


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


def override(members: Members, recorder: Books, day: Day, drawn: frozenset[str]) -> None:
    """Clamps hold their state after every phase; events drawn in this phase are forced or held off."""
    for op in day.held:
        if op.variable not in members.state:
            continue
        is_event = members.catalogue[op.variable].kind == "event"
        if is_event and op.variable not in drawn:
            continue
        before = members.state[op.variable]
        after = before.copy()
        place = place_of(op, before.shape[:-1])
        after[place] = op.value
        members.put(op.variable, after)
        if is_event:
            mask = np.zeros(before.shape, dtype=np.bool_)
            mask[place] = True
            recorder.force(op.variable, mask)
        else:
            recorder.patch(op.variable, before, after)
