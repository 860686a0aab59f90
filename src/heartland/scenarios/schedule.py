"""Patches of a scenario compiled to dated operations on arrays."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from heartland.core.dates import parse as parse_date
from heartland.core.interventions import Intervention
from heartland.errors import HeartlandInputError, suggestion
from heartland.scenarios.operations import Operation, RuleChange, check_amount, check_overlap, pulled_back
from heartland.scenarios.state import Axes, EventKind, event_kinds, state_catalogue

__all__ = ["FURTHER", "Operation", "RuleChange", "compile_patches", "last_step", "role_axis", "step_of"]

FURTHER = ("leg", "corridor", "proposal", "border", "neighbour", "option")


def step_of(day: date, dates: Sequence[date]) -> int:
    """Step that holds the day, its own end included; 0 up to the start, -1 after the end of the run."""
    if day <= dates[0]:
        return 0
    return next((k for k, end in enumerate(dates) if day <= end), -1)


def last_step(text: str, dates: Sequence[date]) -> tuple[int, int]:
    """First and last step of a span of the grammar; 0 is the start of the run.

    Raises
    ------
    HeartlandInputError
        If the span is unreadable, turned round, or outside the run.
    """
    ends = text.split("/")
    steps = []
    for number, part in enumerate((ends[0], ends[-1])):
        if part in ("start", "end"):
            steps.append(0 if part == "start" else len(dates) - 1)
            continue
        bounds = parse_date(part)
        day = bounds.earliest if number == 0 else bounds.latest
        assert day is not None
        steps.append(-1 if number and day < dates[0] else step_of(day, dates))
    first, last = steps
    if len(ends) == 1 and ends[0] in ("start", "end"):
        last = first
    if first < 0 or last < 0 or (first == 0 and ends[0] not in ("start", dates[0].isoformat())):
        raise HeartlandInputError.at(
            f'"{text}" lies outside the run ({dates[0]} to {dates[-1]}).',
            why="Nothing is simulated there.",
            fix="Choose a time inside, start or end, or change start or horizon.",
            check="time",
        )
    if last < first:
        raise HeartlandInputError.at(f'"{text}" ends before it begins.', fix="Swap the two.", check="time")
    return first, last


def compile_patches(
    patches: Sequence[Intervention],
    axes: Axes,
    dates: Sequence[date],
    statics: Mapping[str, tuple[str, ...]],
    mechanisms: Mapping[str, str],
    policies: Mapping[str, Mapping[str, Sequence[Intervention]]],
    per_year: int,
) -> tuple[Operation, ...]:
    """Operations in the order of the patches.

    Parameters
    ----------
    statics : axes of each constant of the start world that a patch may touch
    mechanisms : model row (`M6`) by mechanism id
    policies : for each policy id, its options and their patches

    Raises
    ------
    HeartlandInputError
        For an unknown state, event, mechanism, organisation, policy or slot, with near matches.
    """
    done: list[Operation] = []
    for patch in patches:
        if patch.kind == "policy":
            done += _policy(patch, axes, dates, statics, mechanisms, policies, per_year)
            continue
        first, last = _span(patch, dates, per_year)
        if patch.kind == "off":
            done += _off(patch, mechanisms, first, last)
        elif patch.kind == "rule":
            done.append(_rule(patch, axes, first, last))
        elif patch.kind == "force":
            done += _force(patch, axes, first)
        else:
            done.append(_assign(patch, axes, statics, first, last, pulled_back(mechanisms)))
    check_overlap(done)
    return tuple(done)


def _span(patch: Intervention, dates: Sequence[date], per_year: int) -> tuple[int, int]:
    first, last = last_step(patch.at, dates)
    if patch.months:
        last = max(first, 1) + math.ceil(patch.months * per_year / 12) - 1
    elif "/" not in patch.at and (patch.kind != "clamp" or patch.at == "start"):
        last = len(dates) - 1
    return max(first, 1), max(last, 1)


def _policy(
    patch: Intervention,
    axes: Axes,
    dates: Sequence[date],
    statics: Mapping[str, tuple[str, ...]],
    mechanisms: Mapping[str, str],
    policies: Mapping[str, Mapping[str, Sequence[Intervention]]],
    per_year: int,
) -> tuple[Operation, ...]:
    if patch.target not in policies:
        raise _unknown("policy", patch.target, policies)
    options = policies[patch.target]
    if patch.choice not in options:
        raise _unknown(f"option of {patch.target}", patch.choice, options)
    if not options[patch.choice]:
        raise HeartlandInputError.at(
            f'"{patch.choice}" of "{patch.target}" is what holds without a patch.',
            why="The run would not differ from one without it.",
            fix="Leave it out, or choose another option (heartland describe rules).",
            check="patch",
        )
    chosen = [
        replace(item, at=patch.at, months=patch.months or item.months) if item.at == "start" else item
        for item in options[patch.choice]
    ]
    return compile_patches(chosen, axes, dates, statics, mechanisms, {}, per_year)


def _off(patch: Intervention, mechanisms: Mapping[str, str], first: int, last: int) -> list[Operation]:
    ids = [name for name, model in mechanisms.items() if patch.target in (name, model)]
    if not ids:
        raise _unknown("mechanism", patch.target, set(mechanisms) | set(mechanisms.values()))
    return [Operation("off", name, (), 0.0, first, last, False, patch.text) for name in ids]


def _rule(patch: Intervention, axes: Axes, first: int, last: int) -> Operation:
    organisation, _, decision = patch.target.partition(".")
    if organisation not in axes.organisation:
        raise _unknown("organisation that decides in the model", organisation, axes.organisation)
    change = RuleChange(axes.organisation.index(organisation), decision, patch.choice)
    return Operation("rule", patch.target, (), 0.0, first, last, False, patch.text, change)


def _force(patch: Intervention, axes: Axes, first: int) -> list[Operation]:
    kinds = event_kinds()
    if patch.target not in kinds:
        raise _unknown("event", patch.target, kinds)
    kind = kinds[patch.target]
    spec = state_catalogue()[kind.variable]
    if patch.months or "/" in patch.at:
        raise HeartlandInputError.at(
            f'force("{patch.target}") happens once and has no duration.',
            why="An event is drawn, or forced, in one step.",
            fix="Leave for= out and give one time, or write a force for each time.",
            check="patch",
        )
    slots: list[tuple[int, ...]] = [()] * len(spec.axes)
    for key, name in patch.select:
        if key == "size":
            continue
        _choose(slots, role_axis(key, kind, spec.axes), key, name, axes, spec.axes)
    if len(slots) > 1 and () in slots:
        raise HeartlandInputError.at(
            f'force("{patch.target}") names only one side.',
            why="It would happen to every other actor at once.",
            fix="Name both: giver= who acts, receiver= for whom it is aimed at.",
            check="patch",
        )
    size = patch.chosen("size")
    if size not in ("", kind.size):
        raise HeartlandInputError.at(
            f'size "{size}" cannot be forced.',
            why="Crowd sizes are not simulated yet.",
            fix=f"Write size={kind.size} or leave it out." if kind.size else "Leave it out.",
            check="patch",
        )
    names = [kind.variable] + ([kind.mark] if size else [])
    return [Operation("force", name, tuple(slots), 1.0, first, first, False, patch.text) for name in names]


def _no_axis(name: str, key: str, on: tuple[str, ...]) -> HeartlandInputError:
    return HeartlandInputError.at(
        f'"{name}" has no {key}.',
        why=f"It is a value for each {' and '.join(on)}.",
        fix=f'Leave "{key}=" out.',
        check="patch",
    )


def role_axis(key: str, kind: EventKind, on: tuple[str, ...]) -> int:
    """Which axis of an event's state a key of the grammar chooses on."""
    if key in FURTHER and key in on:
        return on.index(key)
    if key in FURTHER:
        raise _no_axis(kind.event, key, on)
    if key == "organisation" and "organisation" in on:
        return on.index("organisation")
    if key == "actor" and "organisation" in on:
        return 1 - on.index("organisation")
    if key == "actor" and kind.giver >= 0:
        raise HeartlandInputError.at(
            f'"{kind.event}" joins two actors, and actor= does not say which.',
            fix="Write giver= for who acts, receiver= for whom it is aimed at.",
            check="expression",
        )
    return kind.giver if key == "giver" and kind.giver >= 0 else kind.receiver


def _assign(
    patch: Intervention,
    axes: Axes,
    statics: Mapping[str, tuple[str, ...]],
    first: int,
    last: int,
    moved: frozenset[str],
) -> Operation:
    states = state_catalogue()
    name = patch.target.replace("-", "_")
    kind = event_kinds().get(patch.target)
    if kind is not None:
        name = kind.variable
    if name in states:
        spec = states[name]
        if spec.kind == "derived":
            raise HeartlandInputError.at(
                f'"{patch.target}" is computed from other states and cannot be patched.',
                why="The next step would overwrite it.",
                fix=f"Patch what it is made of: {spec.description}.",
                check="patch",
            )
        check_amount(patch, spec)
        on = spec.axes
    elif name in statics:
        on = statics[name]
        check_amount(patch, None)
    else:
        raise _unknown("state", patch.target, set(states) | set(statics))
    held = patch.kind == "clamp" and name not in states  # a constant stays where it is set
    undo = held or ((patch.months > 0 or "/" in patch.at) and patch.kind in ("scale", "shock", "set"))
    if undo and name in moved:
        raise HeartlandInputError.at(
            f'"{patch.target}" is moved by mechanisms, so {patch.kind} cannot be taken back after a while.',
            why="Part of the change has faded by then; taking it back whole would overshoot.",
            fix="Leave the duration out, or hold the level with clamp(TARGET, VALUE, at=..., for=...).",
            check="patch",
        )
    action = "set" if held else patch.kind
    return Operation(action, name, _slots(patch, axes, on, kind), patch.value, first, last, undo, patch.text)


def _slots(
    patch: Intervention, axes: Axes, on: tuple[str, ...], kind: EventKind | None
) -> tuple[tuple[int, ...], ...]:
    slots: list[tuple[int, ...]] = [()] * len(on)
    for key, name in patch.select:
        if key in FURTHER and key in on:
            position = on.index(key)
        elif key in FURTHER:
            raise _no_axis(patch.target, key, on)
        elif kind is not None:
            position = role_axis(key, kind, on)
        elif len(on) == 1 or key in ("giver", "organisation"):
            position = 0
        elif key == "other":
            position = 1
        else:
            position = len(on) - 1
        _choose(slots, position, key, name, axes, on)
    return tuple(slots)


def _choose(
    slots: list[tuple[int, ...]], position: int, key: str, name: str, axes: Axes, on: tuple[str, ...]
) -> None:
    if slots[position]:
        raise HeartlandInputError.at(
            f"{key}={name} chooses a {on[position]} a second time.",
            why="Only one of the two would be patched.",
            fix="Keep one, and write a patch for each.",
            check="patch",
        )
    slots[position] = (axes.index(on[position], name),)


def _unknown(
    what: str, name: str, known: Mapping[str, object] | set[str] | Sequence[str]
) -> HeartlandInputError:
    names = sorted(known)
    return HeartlandInputError.at(
        f'"{name}" is not a known {what}.',
        why="A patch on nothing would silently change nothing.",
        fix=suggestion(name, names, listing=f"Known: {', '.join(names[:40])}."),
        check="patch",
    )
