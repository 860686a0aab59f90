"""Ablation and rivals: the headline outcome with rows of the model off, or in another form, one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from heartland.core.dates import add_months
from heartland.core.tree import Call, Node, Span, walk
from heartland.runs.job import Job, variables_of
from heartland.scenarios.compile import model_rows, rival_forms
from heartland.scenarios.ensemble import Ensemble
from heartland.scenarios.layout import layout_of
from heartland.scenarios.outcomes import Answer, answer
from heartland.scenarios.plan import Grid, Plan
from heartland.scenarios.scenario import Outcome
from heartland.scenarios.schedule import Operation, last_step, step_of
from heartland.scenarios.state import BLOCK, model_labels
from heartland.scenarios.summary import spread_of
from heartland.scenarios.ties import domains_of

__all__ = [
    "ALL_ON", "ablate", "rivals", "shortened", "steps_asked", "steps_needed", "structure_sd", "without",
]  # fmt: skip

ALL_ON = "nothing off"
# member-steps an ablation may take in all; a longer outcome is asked of fewer members
BUDGET = 24_000
AS_IT_IS = "as it is"


def ablate(run: Ensemble, outcome: str = "", models: Sequence[str] = ()) -> pd.DataFrame:
    """One outcome of a scenario with each model row off, on the first members of the run.

    Parameters
    ----------
    outcome : id; default the scenario's first
    models : rows to switch off; default those that carry the scenario's system, or all if none is named

    Returns
    -------
    DataFrame of mechanism (model row and what it is about; first `nothing off`), model, outcome, value, low,
    high, n; `attrs` holds the number of members, fewer than the run's, and of steps, only as many as the
    outcome needs
    """
    item = _asked(run, outcome)
    plan = run.plan()
    steps = steps_needed(item.tree, run)
    every = model_rows(plan.mechanisms)
    own = {name: every[name] for name in models or _rows_of(run, every) if name in every}
    blocks = _blocks(run.members, steps, len(own) + 1)
    short = shortened(plan, steps)
    forms = {ALL_ON: (), **own}
    changed = []
    for name, ids in forms.items():
        off = tuple(
            Operation("off", mechanism, (), 0.0, 1, steps, False, f"off({name})") for mechanism in ids
        )
        changed.append(replace(short, operations=(*short.operations, *off)))
    rows = []
    for (name, ids), made in zip(forms.items(), _runs(run, changed, blocks), strict=True):
        found = spread_of(answer(item.tree, made.view))
        label = f"{name} {model_labels()[name]}" if ids else name
        rows.append((label, name, item.id, found.value, found.low, found.high, found.n))
    frame = pd.DataFrame(rows, columns=["mechanism", "model", "outcome", "value", "low", "high", "n"])
    frame.attrs.update(members=blocks * BLOCK, steps=steps)
    return frame


def without(run: Ensemble, outcome: str, mechanisms: Sequence[str]) -> dict[str, Answer]:
    """Answer to an outcome with each mechanism off in turn, member by member; `nothing off` comes first.

    All members of the run, on the same random numbers, over as many steps as the outcome needs.
    """
    item = _asked(run, outcome)
    plan = run.plan()
    steps = steps_needed(item.tree, run)
    short = shortened(plan, steps)
    plans = [short]
    for name in mechanisms:
        off = Operation("off", name, (), 0.0, 1, steps, False, f"off({name})")
        plans.append(replace(short, operations=(*short.operations, off)))
    made = _runs(run, plans, -(-run.members // BLOCK))
    return {
        name: answer(item.tree, found.view)
        for name, found in zip((ALL_ON, *mechanisms), made, strict=True)
    }


def rivals(run: Ensemble, outcome: str = "") -> pd.DataFrame:
    """One outcome with each mechanism that has a rival form replaced by it, one at a time.

    Only mechanisms of the rows that carry the scenario's system are replaced.

    Returns
    -------
    DataFrame of mechanism, rival (first row `as it is` and empty), model, outcome, value, low, high, n;
    `attrs` as for `ablate`
    """
    item = _asked(run, outcome)
    plan = run.plan()
    steps = steps_needed(item.tree, run)
    rows_of = _rows_of(run, model_rows(plan.mechanisms))
    swaps = [form for form in rival_forms(plan) if form[2] in rows_of]
    blocks = _blocks(run.members, steps, len(swaps) + 1)
    short = shortened(plan, steps)
    forms = [(AS_IT_IS, "", ""), *swaps]
    changed = [
        replace(short, mechanisms=tuple(new if name == old else name for name in short.mechanisms))
        for old, new, _ in forms
    ]
    rows = []
    for (old, new, model), made in zip(forms, _runs(run, changed, blocks), strict=True):
        found = spread_of(answer(item.tree, made.view))
        rows.append((old, new, model, item.id, found.value, found.low, found.high, found.n))
    columns = ["mechanism", "rival", "model", "outcome", "value", "low", "high", "n"]
    frame = pd.DataFrame(rows, columns=columns)
    frame.attrs.update(members=blocks * BLOCK, steps=steps)
    return frame


def structure_sd(found: pd.DataFrame) -> float:
    """Standard deviation of an outcome over the forms of the model; NaN without a rival."""
    values = found["value"].to_numpy(dtype=float)
    return float(values.std(ddof=1)) if len(values) > 1 else float("nan")


def _asked(run: Ensemble, outcome: str) -> Outcome:
    wanted = outcome or run.scenario.outcomes[0].id
    return next(one for one in run.scenario.outcomes if one.id == wanted)


def _rows_of(run: Ensemble, every: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Rows of the model that carry the scenario's system; all if none is named."""
    systems = run.scenario.region.tables["systems"].set_index("system_id")["models"].to_dict()
    own = tuple(name for name in systems.get(run.scenario.system) or () if name in every)
    return own or tuple(every)


def _blocks(members: int, steps: int, runs: int) -> int:
    wanted = max(1, BUDGET // (BLOCK * steps * runs))
    return int(min(wanted, 4, -(-members // BLOCK)))


def steps_needed(tree: Node, run: Ensemble) -> int:
    """Steps an outcome looks at; all of them where it reads the end or names no time."""
    return steps_asked(tree, run.layout.days)


def steps_asked(tree: Node, days: Sequence[date]) -> int:
    """As `steps_needed`, of a run over these days, the start first."""
    whole = len(days) - 1
    last = 0
    for node in walk(tree):
        if not isinstance(node, Call) or not node.keys:
            continue
        ends = [last_step(key.value.text, days)[1] for key in node.keys if isinstance(key.value, Span)]
        within = node.key("within")
        if within is not None:
            end = step_of(add_months(days[0], getattr(within.value, "months", 0)), days)
            ends.append(whole if end < 0 else end)
        last = max([last, *(ends or [whole])])
    return last or whole


def shortened(plan: Plan, steps: int) -> Plan:
    """The first steps of a plan, with changes not split; the numbers of these steps are the same."""
    kept: Sequence[int] = [step for step in plan.grid.dyads if step <= steps]
    grid = Grid(tuple(range(steps + 1)), tuple(sorted({*kept, steps})), (steps,))
    return replace(plan, dates=plan.dates[: steps + 1], grid=grid, full=False, parts={}, terms={})


def _runs(run: Ensemble, plans: Sequence[Plan], blocks: int) -> Iterator[Ensemble]:
    """The run in other forms of its plan, all on the same random numbers."""
    computed = Job(tuple(plans)).many(range(blocks))
    members = min(run.members, blocks * BLOCK)
    for number, plan in enumerate(plans):
        layout = layout_of(plan, domains_of(plan))
        arrays = {
            spec.name: np.concatenate([block[number][spec.name] for block in computed])
            for spec in variables_of(layout)
        }
        yield replace(
            run, layout=layout, members=members, source=partial(_first, arrays, members),
            plan=partial(_same, plan), rows=None,
        )  # fmt: skip


def _first(arrays: Mapping[str, Any], members: int, name: str) -> Any:
    return arrays[name][:members]


def _same(plan: Plan) -> Plan:
    return plan
