"""Ablation: the headline outcome with each row of the model switched off in turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from heartland.core.dates import add_months
from heartland.core.tree import Call, Node, Span, walk
from heartland.runs.job import Job, variables_of
from heartland.scenarios.compile import model_rows
from heartland.scenarios.ensemble import Ensemble
from heartland.scenarios.layout import layout_of
from heartland.scenarios.outcomes import answer
from heartland.scenarios.plan import Grid, Plan
from heartland.scenarios.schedule import Operation, last_step, step_of
from heartland.scenarios.state import BLOCK, model_labels
from heartland.scenarios.summary import spread_of
from heartland.scenarios.ties import domains_of

__all__ = ["ALL_ON", "ablate", "steps_needed"]

ALL_ON = "nothing off"
# member-steps an ablation may take in all; a longer outcome is asked of fewer members
BUDGET = 24_000


def ablate(run: Ensemble, outcome: str = "") -> pd.DataFrame:
    """One outcome of a scenario with each model row off, on the first members of the run.

    Parameters
    ----------
    outcome : id; default the scenario's first

    Returns
    -------
    DataFrame of mechanism (model row and what it is about; first `nothing off`), model, outcome, value, low,
    high, n; `attrs` holds the number of members, fewer than the run's, and of steps, only as many as the
    outcome needs
    """
    item = next(one for one in run.scenario.outcomes if one.id == (outcome or run.scenario.outcomes[0].id))
    plan = run.plan()
    steps = steps_needed(item.tree, run)
    models = model_rows(plan.mechanisms)
    blocks = _blocks(run.members, steps, len(models) + 1)
    short = _shortened(plan, steps)
    rows = []
    for name, ids in {ALL_ON: (), **models}.items():
        off = tuple(
            Operation("off", mechanism, (), 0.0, 1, steps, False, f"off({name})") for mechanism in ids
        )
        changed = replace(short, operations=(*short.operations, *off))
        found = spread_of(answer(item.tree, _run(run, changed, blocks).view))
        label = f"{name} {model_labels()[name]}" if ids else name
        rows.append((label, name, item.id, found.value, found.low, found.high, found.n))
    frame = pd.DataFrame(rows, columns=["mechanism", "model", "outcome", "value", "low", "high", "n"])
    frame.attrs.update(members=blocks * BLOCK, steps=steps)
    return frame


def _blocks(members: int, steps: int, runs: int) -> int:
    wanted = max(1, BUDGET // (BLOCK * steps * runs))
    return int(min(wanted, 4, -(-members // BLOCK)))


def steps_needed(tree: Node, run: Ensemble) -> int:
    """Steps an outcome looks at; all of them where it reads the end or names no time."""
    days = run.layout.days
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


def _shortened(plan: Plan, steps: int) -> Plan:
    kept: Sequence[int] = [step for step in plan.grid.dyads if step <= steps]
    grid = Grid(tuple(range(steps + 1)), tuple(sorted({*kept, steps})), (steps,))
    return replace(plan, dates=plan.dates[: steps + 1], grid=grid, full=False)


def _run(run: Ensemble, plan: Plan, blocks: int) -> Ensemble:
    computed = [results[0] for results in Job((plan,)).many(range(blocks))]
    layout = layout_of(plan, domains_of(plan))
    arrays = {
        spec.name: np.concatenate([block[spec.name] for block in computed]) for spec in variables_of(layout)
    }
    members = min(run.members, blocks * BLOCK)
    return replace(
        run, layout=layout, members=members, source=lambda name: arrays[name][:members], plan=lambda: plan
    )
