"""Compiled patches, and the checks that keep a patch from doing nothing or something else than it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from heartland.core.interventions import Intervention
from heartland.dynamics.mechanism import catalogue
from heartland.errors import HeartlandInputError
from heartland.scenarios.state import StateSpec

__all__ = ["Operation", "RuleChange", "check_amount", "check_between", "check_overlap", "pulled_back"]


@dataclass(frozen=True)
class RuleChange:
    """From a step on, an organisation decides by another rule: codes as in `dynamics.decide`."""

    organisation: int
    decision: str
    choice: str


@dataclass(frozen=True)
class Operation:
    """One dated operation.

    action : set, scale, shock, clamp, force, rule or off
    variable : state or static touched (mechanism id for off)
    slots : chosen positions along each axis, () = all
    first, last : steps, inclusive; scale and shock with a duration are undone at last + 1
    """

    action: str
    variable: str
    slots: tuple[tuple[int, ...], ...]
    value: float
    first: int
    last: int
    undo: bool
    text: str
    rule: RuleChange | None = None


def pulled_back(mechanisms: Mapping[str, str]) -> frozenset[str]:
    """States that a mechanism in use pulls back to a target; the level of output has none."""
    records = catalogue()
    written = {state for name in mechanisms if name in records for state in records[name].writes}
    return frozenset(written - {"gdp"})


def check_overlap(operations: Sequence[Operation]) -> None:
    """Refuse two patches that hold one value at the same time."""
    held = [op for op in operations if op.action == "set" and op.undo]
    for number, op in enumerate(held):
        for other in held[:number]:
            shared = all(
                not mine or not theirs or set(mine) & set(theirs)
                for mine, theirs in zip(op.slots, other.slots, strict=False)
            )
            if op.variable == other.variable and shared and op.first <= other.last and other.first <= op.last:
                raise HeartlandInputError.at(
                    f'"{other.text}" and "{op.text}" hold the same value at the same time.',
                    why="What holds after the first of them ends would depend on their order.",
                    fix="Let one end before the other begins.",
                    check="patch",
                )


def check_between(one: str, mine: Sequence[Operation], other: str, theirs: Sequence[Operation]) -> None:
    """Refuse patches of two scenarios that cannot both hold in one world.

    Refused: the same patch in both; at the same time, one value set or held by both, one decision given two
    rules, one mechanism switched off by both.

    one, other : ids of the scenarios;  mine, theirs : their compiled patches
    """
    for a in mine:
        for b in theirs:
            said = _clash(a, b)
            if said:
                what, why = said
                raise HeartlandInputError.at(
                    f'"{a.text}" of {one} and "{b.text}" of {other} {what}.',
                    why=why,
                    fix="Take one of the two out in a file of your own, or let one end before the other "
                    "begins.",
                    check="compose",
                )


def _clash(a: Operation, b: Operation) -> tuple[str, str] | None:
    """What two patches cannot both do, and why not; None where they get along."""
    if a.variable != b.variable or not (a.first <= b.last and b.first <= a.last):
        return None
    shared = all(not x or not y or set(x) & set(y) for x, y in zip(a.slots, b.slots, strict=False))
    if a.action == b.action == "off":
        return "switch the same mechanism off", "Their effects could not be told apart."
    if a.rule is not None and b.rule is not None:
        return "give one decision two rules", "A decision is taken by one rule at a time."
    if shared and a.text == b.text:
        return "are the same patch", "Made once, the sum of the two would count it twice."
    if shared and a.action in _HOLD and b.action in _HOLD:
        return "hold the same value at the same time", "Only one of them could have its way."
    held, moved = (a, b) if a.action in _HOLD else (b, a)
    swallows = held.action == "clamp" or held.undo or held.first == moved.first
    if shared and held.action in ("set", "clamp") and moved.action in ("scale", "shock") and swallows:
        return "hold and move the same value at the same time", "What comes out would hang on their order."
    return None


_HOLD = ("set", "clamp", "force")


def check_amount(patch: Intervention, spec: StateSpec | None) -> None:
    """Refuse an amount that its state cannot take; spec is None for a constant of the start world."""
    what = why = fix = ""
    if spec is not None and spec.kind == "event" and patch.kind != "clamp":
        what = f'"{patch.target}" is an event and has no level to {patch.kind}.'
        why, fix = (
            "It is drawn anew in every step.",
            "Write force(EVENT, ...), or clamp(EVENT, 0) to hold it off.",
        )
    elif patch.sd and (spec is None or spec.unit != "sd"):
        what = f'"{patch.target}" is in {spec.unit if spec is not None else "its own unit"}, not in sd.'
        why, fix = "Its standard deviation is not declared.", "Give the amount in its own unit."
    elif spec is not None and patch.kind in ("set", "clamp") and not spec.low <= patch.value <= spec.high:
        what = f'{patch.value:g} is outside the range of "{patch.target}", {spec.low:g} to {spec.high:g}.'
        why, fix = "No mechanism knows such a level.", "Choose a value inside."
    elif patch.kind == "scale" and not (spec is not None and (spec.low == 0 or spec.start == "presence")):
        what = f'"{patch.target}" has no natural zero to be scaled from.'
        why, fix = "It is a change since the start, which is 0 there.", "Write shock(TARGET, AMOUNT, ...)."
    elif patch.kind == "scale" and spec is not None and not spec.start and patch.at == "start":
        what = f'"{patch.target}" is 0 at the start, and scaled it stays 0.'
        why, fix = "The run would not differ from one without the patch.", "Write set(TARGET, LEVEL, ...)."
    elif patch.kind == "scale" and patch.value == 0 and (patch.months > 0 or "/" in patch.at):
        what = f'"{patch.target}" scaled by 0 cannot be scaled back.'
        why, fix = (
            "The patch ends, and what it took is lost.",
            "Write set(TARGET, 0, ...) with the same span.",
        )
    if what:
        raise HeartlandInputError.at(what, why=why, fix=fix, check="patch")
