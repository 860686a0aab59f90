"""The answer of a run: every outcome with interval, difference, the standing of its sign, and its grade."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from heartland.core.tree import Call, Everything, Given, Listing, Name, Node, Span, walk
from heartland.dynamics.mechanism import catalogue
from heartland.errors import HeartlandInputError
from heartland.scenarios.compile import priors_of
from heartland.scenarios.explain import MEASURES, measure_parts, state_parts
from heartland.scenarios.outcomes import Answer, answer
from heartland.scenarios.priors import Prior
from heartland.scenarios.state import DRAW, event_kinds, state_catalogue
from heartland.scenarios.summary import OutcomeSummary, difference, grade, spread_of
from heartland.scenarios.why import by_mechanism, subtract

if TYPE_CHECKING:
    from heartland.scenarios.ensemble import Ensemble
    from heartland.scenarios.scenario import Outcome

__all__ = ["Standing", "carried_by", "rows_of", "sign_of", "standing_of", "summaries", "waited_for"]

Floats: TypeAlias = NDArray[np.float64]
# a mechanism's parameters of these kinds carry a direction; the others set pace, noise or level
DIRECTIONS = (
    *("effect", "gain", "loss", "factor", "weight", "elasticity", "shift", "gravity", "contagion"),
    *("weakness", "own_past", "margin", "pull", "jump"),
)
# members enough to see which mechanisms carry a number
SAMPLE = 16 * DRAW


@dataclass(frozen=True)
class Standing:
    """What is known of a mechanism's parameters.

    estimated : share of them that data stand behind
    one_sided : whether all that carry a direction have a fixed sign; None where none carries one
    """

    estimated: float
    one_sided: bool | None


def standing_of(priors: Mapping[str, Prior]) -> dict[str, Standing]:
    """Standing of each mechanism of the catalogue that has parameters in the region."""
    found = {}
    for record in catalogue().values():
        own = [priors[name] for name in record.parameter_ids if name in priors]
        if not own:
            continue
        aimed = [item for item in own if item.id.partition(".")[2].endswith(DIRECTIONS)]
        share = sum(item.estimated for item in own) / len(own)
        found[record.id] = Standing(share, all(item.one_sided for item in aimed) if aimed else None)
    return found


def summaries(run: Ensemble, base: Ensemble | None) -> list[OutcomeSummary]:
    """One row for each outcome of the scenario, in its order.

    base : the baseline on the same random numbers, or None to leave baseline and difference out
    """
    if base is None:
        return rows_of(run, None, lambda item: run.outcome(item.id))
    other = base.view
    return rows_of(run, base, lambda item: run.outcome(item.id), lambda item: answer(item.tree, other))


def rows_of(
    run: Ensemble,
    base: Ensemble | None,
    asked: Callable[[Outcome], Answer],
    asked_of_base: Callable[[Outcome], Answer] | None = None,
) -> list[OutcomeSummary]:
    """One row for each outcome, from answers that may rest on more members than are at hand.

    run, base : of which the first members say what carries each answer
    asked, asked_of_base : answer to an outcome
    """
    standings = standing_of(priors_of(run.scenario.region))
    rows = []
    for item in run.scenario.outcomes:
        own = asked(item)
        other = None if asked_of_base is None else asked_of_base(item)
        carried = carried_by(run, base, item)
        letter = grade(carried, {name: found.estimated for name, found in standings.items()})
        sign = "drawn" if other is None else sign_of(own, other, carried, standings)
        rows.append(
            OutcomeSummary(
                item.id,
                item.question,
                item.unit,
                spread_of(own),
                None if other is None else spread_of(other),
                None if other is None else difference(own, other, sign),
                letter,
                _note(own),
            )
        )
    return rows


def _note(found: Answer) -> str:
    left = int((~found.valid).sum())
    return f"asked of {found.valid.size - left} of {found.valid.size} members" if left else ""


def sign_of(
    own: Answer, other: Answer, carried: Mapping[str, float], standings: Mapping[str, Standing]
) -> str:
    """How the sign of a difference stands: `drawn`, or why it is no finding (`assumed`, `by-construction`).

    carried : absolute contribution of each mechanism;  standings : as `standing_of` gives them
    """
    if own.binary:
        a = own.values[own.valid].mean() if own.valid.any() else 0.0
        b = other.values[other.valid].mean() if other.valid.any() else 0.0
        if min(a, b) <= 0.05 * max(a, b):
            return "by-construction"
    aimed = {
        name: size
        for name, size in carried.items()
        if name in standings and standings[name].one_sided is not None
    }
    one_sided = sum(size for name, size in aimed.items() if standings[name].one_sided)
    return "assumed" if one_sided > 0.5 * sum(aimed.values()) else "drawn"


def carried_by(run: Ensemble, base: Ensemble | None, item: Outcome) -> dict[str, float]:
    """Absolute contribution of each mechanism to an outcome.

    For states and measures: to the difference between the runs, or to the change since the start where there
    is no difference; for events: every mechanism that draws them, or an event they wait for, counts 1.
    """
    carried: dict[str, float] = {}
    tree: Node = item.tree.expression if isinstance(item.tree, Given) else item.tree
    for node in walk(tree):
        if not isinstance(node, Call) or not node.arguments or not isinstance(node.arguments[0], Name):
            continue
        name = node.arguments[0].text
        if node.function in ("occurs", "count", "first"):
            found = dict.fromkeys(waited_for(event_kinds()[name].variable, run)[0], 1.0)
        elif node.function in ("value", "share", "change", "measure"):
            found = _sizes(run, base, node, name.replace("-", "_"))
        else:
            continue
        for mechanism, size in found.items():
            carried[mechanism] = carried.get(mechanism, 0.0) + size
    return carried


def waited_for(variable: str, run: Ensemble) -> tuple[list[str], list[str]]:
    """Mechanisms that write a state, with those that draw the events it waits for; and these events' states.

    The state itself comes first among the states if it is an event.
    """
    used = set(run.scenario.region.model.mechanisms)
    records = [record for record in catalogue().values() if record.id in used]
    states = state_catalogue()
    found: dict[str, None] = {}
    waiting, seen = [variable], {variable: None}
    while waiting:
        name = waiting.pop()
        for record in records:
            if name not in record.writes:
                continue
            found[record.id] = None
            events = [item for item in record.reads if item in states and states[item].kind == "event"]
            waiting += [item for item in events if item not in seen]
            seen.update(dict.fromkeys(events))
    return list(found), [name for name in seen if name in states and states[name].kind == "event"]


def _sizes(run: Ensemble, base: Ensemble | None, node: Call, name: str) -> dict[str, float]:
    slots = {key.key: _texts(key.value)[0] for key in node.keys if _texts(key.value)}
    slots["at"] = slots.get("at") or slots.get("to") or "end"
    name = "trade_gap" if name in ("trade", "trade_share", "effective_partners") else name
    few, few_base = _sample(run), None if base is None else _sample(base)
    try:
        parts = _parts(few, few_base, name, slots)
        if few_base is not None and not any(value.any() for value in parts.values()):
            parts = _parts(few, None, name, slots)
    except HeartlandInputError:
        return dict.fromkeys(waited_for(name, run)[0], 1.0)
    known = {part: np.abs(value[~np.isnan(value)]) for part, value in parts.items() if part != "remainder"}
    return {part: float(value.mean()) for part, value in known.items() if value.size and value.any()}


def _parts(run: Ensemble, base: Ensemble | None, name: str, slots: Mapping[str, str]) -> dict[str, Floats]:
    if name in MEASURES:
        return measure_parts(run, base, name, slots)
    own = state_parts(run, name, slots["at"])
    parts = own if base is None else subtract(own, state_parts(base, name, slots["at"]))
    places = _places(run, name, slots)
    return by_mechanism({part: value[places] for part, value in parts.items()})


def _places(run: Ensemble, name: str, slots: Mapping[str, str]) -> tuple[int | slice, ...]:
    axes = ("power", "receiver") if name == "presence" else state_catalogue()[name].axes
    found: list[int | slice] = []
    for position, axis in enumerate(axes):
        keys = ("giver",) if position == 0 and len(axes) == 2 else ("receiver", "actor", "giver", "other")
        chosen = next((slots[key] for key in keys if key in slots), None)
        known = run.layout.axes.ids(axis)
        found.append(known.index(chosen) if chosen in known else slice(None))
    return tuple(found)


def _texts(value: Node) -> Sequence[str]:
    if isinstance(value, Listing):
        return value.names
    if isinstance(value, Everything):
        return ()
    return (value.text,) if isinstance(value, Name | Span) else ()


def _sample(run: Ensemble) -> Ensemble:
    """The first members of an ensemble: enough to see who carries what."""
    if run.members <= SAMPLE:
        return run
    rows = None if run.rows is None else partial(_first_rows, run.rows)
    return replace(run, members=SAMPLE, source=lambda name: run.source(name)[:SAMPLE], rows=rows)


def _first_rows(rows: Callable[[str, int], NDArray[Any]], name: str, row: int) -> NDArray[Any]:
    return rows(name, row)[:SAMPLE]
