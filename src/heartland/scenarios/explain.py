"""`why`: the change of a state or a measure, and every event, traced to mechanisms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from heartland.errors import HeartlandInputError, suggestion
from heartland.measures.labour import division_of_labour
from heartland.scenarios.plan import Plan
from heartland.scenarios.recorder import TRACKED_KINDS
from heartland.scenarios.schedule import last_step
from heartland.scenarios.state import DRAW, event_kinds, state_catalogue
from heartland.scenarios.ties import MOVING, TieStart, engine
from heartland.scenarios.why import by_mechanism, measure_split, presence_split, subtract

if TYPE_CHECKING:
    from heartland.scenarios.ensemble import Ensemble

__all__ = [
    "MEASURES",
    "event_table",
    "explain_contrast",
    "explain_run",
    "measure_parts",
    "state_parts",
    "table",
]

Floats: TypeAlias = NDArray[np.float64]
MEASURES = ("influence", "division_of_labour")


def _row(run: Ensemble, at: str) -> int:
    """Row of the recorded splits for a time of the grammar.

    Raises
    ------
    HeartlandInputError
        If nothing was split at that time, with the times at which it was.
    """
    _, last = last_step(at or "end", run.layout.days)
    steps = run.layout.grid.why
    if last not in steps:
        dates = ", ".join(run.layout.dates[step] for step in steps)
        raise HeartlandInputError.at(
            f'Changes were not split at "{at}".', why="The split of another time would be another answer.",
            fix=f"Ask at one of: {dates}.", check="why",
        )  # fmt: skip
    return steps.index(last)


def all_members(values: Floats, members: int) -> Floats:
    """Values by draw, (*axes, draw) or (*axes, 1), as (*axes, member)."""
    if values.shape[-1] == 1:
        return np.broadcast_to(values, (*values.shape[:-1], members))
    return np.repeat(values, DRAW, axis=-1)[..., :members]


def state_parts(run: Ensemble, name: str, at: str, receiver: int | None = None) -> dict[str, Floats]:
    """Split of a state's change since the start by `mechanism.part`, each (*axes, member).

    receiver : place of the only receiver wanted, whose axis then has length 1; default all
    """
    if name == "presence":
        return _presence(run, at, receiver)
    if name in MOVING and name not in run.layout.parts:
        return {}
    if name not in state_catalogue() or f"why_{name}" not in {f"why_{x}" for x in run.layout.parts}:
        known = [*run.layout.parts, "presence", *MEASURES]
        spec = state_catalogue().get(name)
        if spec is not None and spec.kind in TRACKED_KINDS:
            raise HeartlandInputError.at(
                f'The changes of "{name}" were not split in this run.',
                why="Only states that the answers and the report need are.",
                fix="Ask for it in an outcome of the scenario, or run again with --record full.",
                check="why",
            )
        raise HeartlandInputError.at(
            f'There is no split of "{name}".',
            why="Only states that mechanisms add to, presence and measures of influence have one.",
            fix=suggestion(name, known, listing=f"Known: {', '.join(sorted(known))}."),
            check="why",
        )
    array = _cut(name, run.split(name, _row(run, at)), receiver, leading=2)
    return {part: np.moveaxis(array[:, i], 0, -1) for i, part in enumerate(run.layout.parts[name])}


def state_now(run: Ensemble, plan: Plan, name: str, at: str, receiver: int | None = None) -> Floats:
    """A state at a recorded date in full precision: its start plus the split of its change."""
    level = _begun(plan, name, run.members, receiver)
    for part in state_parts(run, name, at, receiver).values():
        level = level + part
    return level


def _begun(plan: Plan, name: str, members: int, receiver: int | None) -> Floats:
    """A state at the start, (*axes, member)."""
    return np.array(all_members(_cut(name, plan.start[name], receiver), members))


def _presence(run: Ensemble, at: str, receiver: int | None) -> dict[str, Floats]:
    plan = run.plan()
    start = _begun(plan, "effort", run.members, receiver)
    effort = state_parts(run, "effort", at, receiver)
    now = state_now(run, plan, "effort", at, receiver)
    return presence_split(start, effort, now, state_now(run, plan, "deployed", at, receiver))


def _pick(run: Ensemble, name: str, slots: Mapping[str, str]) -> tuple[int, ...]:
    axes = ("power", "receiver") if name == "presence" else state_catalogue()[name].axes
    keys = {1: (("receiver", "actor", "giver"),), 2: (("giver", "organisation"), ("receiver", "other"))}[
        len(axes)
    ]
    found = []
    for axis, names in zip(axes, keys, strict=True):
        chosen = next((slots[key] for key in names if slots.get(key)), None)
        if axis == "world":
            found.append(0)
            continue
        if chosen is None:
            raise HeartlandInputError.at(
                f"{name} differs by {axis}.", fix=f"Name one with --{names[0]} ID.", check="why"
            )
        found.append(run.layout.axes.index(axis, chosen))
    return tuple(found)


def explain_run(run: Ensemble, variable: str, slots: Mapping[str, str]) -> pd.DataFrame:
    """Split of the change since the start, by mechanism; rows sum to the row `change`.

    slots : giver, receiver, other, at (a time of the grammar, default end)
    """
    name, at = variable.replace("-", "_"), slots.get("at", "end")
    if name in MEASURES:
        return table(measure_parts(run, None, name, slots))
    parts = state_parts(run, name, at)
    place = _pick(run, name, slots)
    return table({part: value[place] for part, value in parts.items()})


def explain_contrast(
    treated: Ensemble, base: Ensemble, variable: str, slots: Mapping[str, str]
) -> pd.DataFrame:
    """Split of the difference of two runs by mechanism; rows sum to the row `change`."""
    name, at = variable.replace("-", "_"), slots.get("at", "end")
    if name in MEASURES:
        return table(measure_parts(treated, base, name, slots))
    parts = subtract(state_parts(treated, name, at), state_parts(base, name, at))
    place = _pick(treated, name, slots)
    return table({part: value[place] for part, value in parts.items()})


def measure_parts(
    run: Ensemble, base: Ensemble | None, name: str, slots: Mapping[str, str]
) -> dict[str, Floats]:
    """Split of a measure's change, each part (member,): since the start, or from the base to the run."""
    at, plan = slots.get("at", "end"), run.plan()
    receiver = run.layout.axes.index("receiver", slots.get("receiver", ""))
    before, after = {}, {}
    moved: dict[str, dict[str, Floats]] = {}
    for key in MOVING:
        parts = state_parts(run, key, at, receiver)
        if base is None:
            before[key] = _begun(plan, key, run.members, receiver)
        else:
            parts = subtract(parts, state_parts(base, key, at, receiver))
            before[key] = state_now(base, base.plan(), key, at, receiver)
        total = np.zeros_like(before[key])
        for mechanism, value in by_mechanism(parts).items():
            total = total + value
            if value.any():
                moved.setdefault(mechanism, {})[key] = value
        after[key] = before[key] + total
    start = _one_receiver(plan, run.members, receiver)
    givers, measure = _measure(run, name, slots)
    return measure_split(partial(engine, plan), start, before, after, moved, measure, givers)


def _cut(key: str, values: Floats, receiver: int | None, leading: int = 0) -> Floats:
    """One receiver of a state, the axis kept; leading : axes before those of the state."""
    axes = ("power", "receiver") if key == "presence" else state_catalogue()[key].axes
    if receiver is None or "receiver" not in axes:
        return values
    place = leading + axes.index("receiver")
    found: Floats = values[(*[slice(None)] * place, slice(receiver, receiver + 1))]
    return found


def _one_receiver(plan: Plan, members: int, receiver: int) -> TieStart:
    only = slice(receiver, receiver + 1)

    def whole(values: Floats) -> Floats:
        return np.array(all_members(values, members))

    return TieStart(
        {name: whole(x[:, only]) for name, x in plan.volumes.items()},
        {name: whole(x[only]) for name, x in plan.totals.items()},
        {name: whole(x[only]) for name, x in plan.bases.items()},
        {key: _begun(plan, key, members, receiver) for key in MOVING},
        (plan.axes.actor.index(plan.axes.receiver[receiver]),),
        frozenset(plan.money),
    )


def _measure(
    run: Ensemble, name: str, slots: Mapping[str, str]
) -> tuple[list[int], Callable[[Floats], Floats]]:
    """Places of the powers that a measure is of, and the measure of their influence on one receiver."""
    giver = run.layout.axes.index("power", slots.get("giver", ""))
    if name == "influence":
        domain = run.layout.domain(slots.get("domain", "all") or "all")
        return [giver], lambda layers: layers[domain, 0, 0]
    other = run.layout.axes.index("power", slots.get("other", ""))
    return [giver, other], lambda layers: division_of_labour(layers[:-1, 0, 0], layers[:-1, 1, 0]).division


def table(parts: Mapping[str, Floats]) -> pd.DataFrame:
    """Mean and 5-95 % over members of each part, largest first, then the row `change` they sum to.

    Columns: mechanism, part, value, low, high.
    """
    rows = []
    for name, values in parts.items():
        known = values[~np.isnan(values)]
        if not known.size or not known.any():
            continue
        mechanism, _, part = name.partition(".")
        low, high = np.quantile(known, [0.05, 0.95])
        rows.append((mechanism, part, float(known.mean()), float(low), float(high)))
    rows.sort(key=lambda row: (-abs(row[2]), row[0], row[1]))
    whole = sum(parts.values(), np.zeros(()))
    known = whole[~np.isnan(whole)] if whole.ndim else np.empty(0)
    ends = np.quantile(known, [0.05, 0.95]) if known.size else (np.nan, np.nan)
    mean = float(known.mean()) if known.size else float("nan")
    rows.append(("change", "", mean, float(ends[0]), float(ends[1])))
    return pd.DataFrame(rows, columns=["mechanism", "part", "value", "low", "high"])


def event_table(run: Ensemble, event: str) -> pd.DataFrame:
    """Chance at the draw and the terms of its linear predictor, as logged with the events of one kind.

    Columns: term, value (mean over the logged events), times (events in which it ranked among the top three).
    """
    kinds = event_kinds()
    if event not in kinds:
        raise HeartlandInputError.at(
            f'"{event}" is not an event the model logs.', fix=suggestion(event, kinds), check="why"
        )
    hit = (run.array("event_kind") == list(kinds).index(event)) & (run.array("event_step") > 0)
    probability = run.array("event_probability")[hit]
    rows: list[tuple[str, float, int]] = []
    drawn = probability[~np.isnan(probability)]
    rows.append(
        ("probability at the draw", float(drawn.mean()) if drawn.size else float("nan"), int(drawn.size))
    )
    terms, values = run.array("event_term")[hit], run.array("event_value")[hit]
    for number, name in enumerate(run.layout.terms.get(kinds[event].variable, ())):
        chosen = values[terms == number]
        if chosen.size:
            rows.append((name, float(chosen.mean()), int(chosen.size)))
    return pd.DataFrame(rows, columns=["term", "value", "times"])
