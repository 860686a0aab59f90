"""What expressions read from a run: events, states and measures, one value per member."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from heartland.core.dates import add_months
from heartland.core.tree import Call, Everything, Listing, Name, Span
from heartland.errors import HeartlandInputError, suggestion
from heartland.measures.labour import division_of_labour
from heartland.scenarios.schedule import FURTHER, last_step, role_axis, step_of
from heartland.scenarios.stages import read_stage
from heartland.scenarios.standing import effective_partners, influence_share
from heartland.scenarios.state import Axes, event_kinds, state_catalogue
from heartland.scenarios.ties import LAYERS

__all__ = ["RunView", "read"]

Values: TypeAlias = NDArray[Any]
_ROLES = ("actor", "giver", "receiver", "organisation", "other", *FURTHER)
_TIMES = ("at", "from", "to", "within", "for")
_KEYS = {
    **dict.fromkeys(("occurs", "count", "first"), (*_ROLES, "size", "at", "within")),
    **dict.fromkeys(("value", "share"), (*_ROLES, "at")),
    "change": (*_ROLES, "from", "to"),
    "measure": ("giver", "other", "receiver", "domain", "at"),
    **dict.fromkeys(("vote", "stage"), ("at",)),
    "status": ("organisation", "at"),
}


@dataclass(frozen=True)
class RunView:
    """What expressions may look at: recorded arrays, member first, and where their steps lie.

    arrays : function giving a recorded array by name
    steps : recorded steps of each array's time axis, by array name
    domains : domains of the array `influence`, `all` last
    """

    axes: Axes
    dates: tuple[date, ...]
    members: int
    arrays: Callable[[str], Values]
    steps: Callable[[str], tuple[int, ...]]
    domains: tuple[str, ...]


def read(node: Call, view: RunView) -> Values:
    """Value of a call that looks at the run, (member,) or (member, k) for a list of slots.

    Raises
    ------
    HeartlandInputError
        For a name, slot or time that the run does not have.
    """
    for key in node.keys if node.function in _KEYS else ():
        allowed = _KEYS[node.function]
        if key.key not in allowed or (key.op != "=" and key.key != "size"):
            raise HeartlandInputError.at(
                f'"{key.key}{key.op}" means nothing in {node.function}().', why="It would be passed over.",
                fix=suggestion(key.key, allowed, listing=f"Keys: {', '.join(allowed)}, each with =."),
                check="not-represented" if key.key not in _TIMES else "expression",
            )  # fmt: skip
    if node.function in ("occurs", "count", "first"):
        return _events(node, view)
    if node.function in ("value", "share", "change"):
        return _state(node, view)
    if node.function == "measure":
        return _measure(node, view)
    if node.function == "vote":
        return _vote(node, view)
    if node.function == "status":
        return _status(node, view)
    if node.function == "stage":
        return read_stage(node, view)
    raise HeartlandInputError.at(
        f"{node.function}() is not simulated by this region's mechanisms.",
        why="No run could answer it.",
        fix="Ask with occurs(), value(), share(), change(), measure() or stage().",
        check="not-represented",
    )


def _subject(node: Call) -> str:
    first = node.arguments[0] if node.arguments else None
    if not isinstance(first, Name):
        raise HeartlandInputError.at(
            f"{node.function}() needs a name first.",
            fix=f"Write {node.function}(NAME, ...).",
            check="expression",
        )
    return first.text


def _slots(node: Call, keys: Sequence[str], axis: str, view: RunView) -> list[int] | None:
    for name in keys:
        key = node.key(name)
        if key is None:
            continue
        if isinstance(key.value, Everything):
            return list(range(len(view.axes.ids(axis))))
        names = key.value.names if isinstance(key.value, Listing) else (getattr(key.value, "text", ""),)
        return [view.axes.index(axis, item) for item in names]
    return None


def _window(node: Call, view: RunView) -> tuple[int, int]:
    at, within = node.key("at"), node.key("within")
    first, last = (1, len(view.dates) - 1)
    if at is not None and isinstance(at.value, Span):
        first, last = last_step(at.value.text, view.dates)
    if within is not None:
        months = getattr(within.value, "months", 0)
        begin = view.dates[max(first - 1, 0)]
        last = step_of(add_months(begin, months), view.dates)
        if last < 0:
            raise HeartlandInputError.at(
                f"{node.function}() looks {months} months ahead of {begin}, beyond the run's end on "
                f"{view.dates[-1]}.",
                why="What happens after the end is not simulated, and silence is not a no.",
                fix="Shorten within=, or lengthen the horizon.",
                check="time",
            )
    return first, last


def _events(node: Call, view: RunView) -> Values:
    kinds = event_kinds()
    name = _subject(node)
    if name not in kinds:
        raise HeartlandInputError.at(
            f'"{name}" is not an event the model logs.', why="Nothing could ever count.",
            fix=suggestion(name, kinds, listing=f"Events: {', '.join(kinds)}."), check="expression",
        )  # fmt: skip
    kind = kinds[name]
    axes = state_catalogue()[kind.variable].axes
    step = view.arrays("event_step")
    hit = view.arrays("event_kind") == list(kinds).index(name)
    first, last = _window(node, view)
    hit &= (step >= first) & (step <= last)
    for key in node.keys:
        if key.key not in _ROLES:
            continue
        position = role_axis(key.key, kind, axes)
        chosen = _slots(node, (key.key,), axes[position], view)
        array = "event_giver" if position == kind.giver else "event_receiver"
        hit &= np.isin(view.arrays(array), chosen or [])
    size = node.key("size")
    if size is not None:
        if not kind.size or getattr(size.value, "text", "") != kind.size:
            raise HeartlandInputError.at(
                f"Only size={kind.size} is simulated." if kind.size else f'"{name}" has no size.',
                fix=f"Write size={kind.size}." if kind.size else "Leave size= out.", check="not-represented",
            )  # fmt: skip
        hit &= view.arrays("event_mark") == 1
    if node.function == "occurs":
        return np.asarray(hit.any(axis=1), dtype=np.float64)
    if node.function == "count":
        return np.asarray(hit.sum(axis=1), dtype=np.float64)
    months = np.where(hit, step, np.iinfo(np.int16).max).min(axis=1)
    per_year = 12.0 * (len(view.dates) - 1) / _months_between(view.dates[0], view.dates[-1])
    return np.where(hit.any(axis=1), months / per_year, np.inf)


def _months_between(a: date, b: date) -> int:
    return (b.year - a.year) * 12 + b.month - a.month


def _times(text: str, recorded: tuple[int, ...], view: RunView) -> list[int]:
    first, last = last_step(text, view.dates)
    rows = [row for row, step in enumerate(recorded) if first <= step <= last]
    if len(rows) < last - first + 1:
        near = sorted(recorded, key=lambda step: (abs(step - last), step))[:2]
        dates = " and ".join(view.dates[step].isoformat() for step in sorted(near))
        raise HeartlandInputError.at(
            f'Not every step of "{text}" was recorded.',
            why="The value of another month must not stand in for it.",
            fix=f"Ask at a recorded time (nearest: {dates}), or write it into an outcome of the scenario.",
            check="record",
        )
    return rows


def _state(node: Call, view: RunView) -> Values:
    name = _subject(node).replace("-", "_")
    if node.function == "change":
        spans = [node.key("from"), node.key("to")]
        texts = ["start" if spans[0] is None else getattr(spans[0].value, "text", "start"),
                 "end" if spans[1] is None else getattr(spans[1].value, "text", "end")]  # fmt: skip
        known = state_catalogue().get(name)
        if known is not None and not known.start and name != "trade_gap":
            raise HeartlandInputError.at(
                f'"{name}" is a change since the start, which is 0 there, and has no relative change.',
                fix=f"Ask value({name}, ..., at=...) instead.", check="expression",
            )  # fmt: skip
        before, after = (_level(name, node, text, view) for text in texts)
        if name == "trade_gap":
            return np.asarray(np.exp(after - before) - 1.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(before == 0, np.nan, after / before - 1.0)
    at = node.key("at")
    text = getattr(at.value, "text", "end") if at is not None else "end"
    if node.function == "share" or name == "trade":
        if name != "trade" and f"{name}_share" not in state_catalogue():
            raise HeartlandInputError.at(
                f'share({_subject(node)}) is not simulated.', fix="Shares of trade, energy and arms are.",
                check="not-represented",
            )  # fmt: skip
        return _level(f"{name}_share", node, text, view)
    return _level(name, node, text, view)


def _level(name: str, node: Call, text: str, view: RunView) -> Values:
    states = state_catalogue()
    if name != "trade_share" and (name not in states or states[name].kind == "event"):
        known = [item.name for item in states.values() if item.kind != "event"]
        raise HeartlandInputError.at(
            f'"{name}" is not a state of the model.',
            fix=suggestion(name, known, listing=f"States: {', '.join(known)}."),
            check="expression",
        )  # fmt: skip
    array = view.arrays(name)
    rows = _times(text, view.steps(name), view)
    series = np.asarray(array[:, rows], dtype=np.float64).mean(axis=1)
    axes = ("power", "receiver") if name == "trade_share" else states[name].axes
    keys = {
        1: (("actor", "receiver", "giver"),),
        2: (("giver", "organisation"), ("receiver", "other")),
        3: (("giver",), ("other",), ("receiver",)),
    }
    for position, names in enumerate(keys.get(len(axes), ())):
        if axes[position] == "world":
            chosen: list[int] | None = [0]
        else:
            keys_here = (axes[position],) if axes[position] in FURTHER else names
            chosen = _slots(node, keys_here, axes[position], view)
        if chosen is None:
            raise HeartlandInputError.at(
                f"{name} is a value for each {axes[position]}.", why="The expression names none.",
                fix=f"Add {names[0]}=ID, a list or *.", check="expression",
            )  # fmt: skip
        series = np.take(series, chosen, axis=position + 1)
    flat = series.reshape(view.members, -1)
    return np.asarray(flat[:, 0] if flat.shape[1] == 1 else flat)


def _measure(node: Call, view: RunView) -> Values:
    name = _subject(node)
    known = (*LAYERS, "division_of_labour", "effective_partners", "influence_share")
    if name not in known:
        raise HeartlandInputError.at(
            f'"{name}" is not measured in runs.',
            fix=suggestion(name, known, listing=f"Known: {', '.join(known)}."),
            check="expression",
        )  # fmt: skip
    layer = name if name in LAYERS else "influence"
    if name == "effective_partners" and node.key("domain") is None:
        layer = "trade_share"
    at = node.key("at")
    rows = _times(getattr(at.value, "text", "end") if at is not None else "end", view.steps(layer), view)
    array = np.asarray(view.arrays(layer)[:, rows], dtype=np.float64).mean(axis=1)
    receivers = _slots(node, ("receiver",), "receiver", view)
    if receivers is None:
        raise HeartlandInputError.at(f"measure({name}) needs receiver=.", fix="Name one.", check="expression")
    if name == "division_of_labour":
        giver, other = _one(node, "giver", "power", view), _one(node, "other", "power", view)
        profiles = np.moveaxis(array[:, :-1], 1, 0)
        found: Any = division_of_labour(
            profiles[:, :, giver][:, :, receivers], profiles[:, :, other][:, :, receivers]
        ).division
    else:
        strength = array if layer == "trade_share" else array[:, _domain(node, view)]
        found = _of_domain(node, name, strength[:, :, receivers], view)
    flat = np.asarray(found).reshape(view.members, -1)
    return np.asarray(flat[:, 0] if flat.shape[1] == 1 else flat)


def _domain(node: Call, view: RunView) -> int:
    key = node.key("domain")
    domain = getattr(key.value, "text", "") if key is not None else "all"
    if domain not in view.domains:
        raise HeartlandInputError.at(
            f'"{domain}" is not a domain.', check="expression",
            fix=suggestion(domain, view.domains, listing=f"Name one of {', '.join(view.domains)}."),
        )  # fmt: skip
    return view.domains.index(domain)


def _of_domain(node: Call, name: str, strength: Values, view: RunView) -> Values:
    """A measure of one domain from strengths (member, giver, receiver)."""
    if name == "effective_partners":
        return effective_partners(strength)
    if name == "influence_share":
        givers = _slots(node, ("giver",), "power", view)
        if givers is None:
            raise HeartlandInputError.at(
                "measure(influence_share) needs giver=.", fix="Name one or a list.", check="expression"
            )
        return influence_share(strength, givers)
    return np.asarray(strength[:, _one(node, "giver", "power", view)])


def _status(node: Call, view: RunView) -> Values:
    """Code of membership at the end of a time: status(ORGANISATION, ACTOR) or (ACTOR, organisation=...)."""
    given, key = [getattr(part, "text", "") for part in node.arguments], node.key("organisation")
    if key is not None:
        given.insert(0, getattr(key.value, "text", ""))
    if len(given) != 2:
        raise HeartlandInputError.at(
            "status() needs an organisation and an actor.", fix="Write status(ORGANISATION, ACTOR, at=end).",
            check="expression",
        )  # fmt: skip
    row, actor = view.axes.index("organisation", given[0]), view.axes.index("actor", given[1])
    at = node.key("at")
    text = getattr(at.value, "text", "end") if at is not None else "end"
    rows = _times(text, view.steps("membership"), view)
    return np.asarray(view.arrays("membership")[:, rows[-1], row, actor], dtype=np.float64)


def _vote(node: Call, view: RunView) -> Values:
    """Code of a receiver's last vote at a time; unknown where there was none."""
    actor = view.axes.index("receiver", _subject(node))
    at = node.key("at")
    rows = _times(getattr(at.value, "text", "end") if at is not None else "end", view.steps("vote"), view)
    code = np.asarray(view.arrays("vote")[:, rows[-1], actor], dtype=np.float64)
    return np.where(code > 0, code, np.nan)


def _one(node: Call, key: str, axis: str, view: RunView) -> int:
    chosen = _slots(node, (key,), axis, view)
    if chosen is None or len(chosen) != 1:
        raise HeartlandInputError.at(
            f"{node.function}() needs one {key}=.", fix=f"Add {key}=ID.", check="expression"
        )
    return chosen[0]
