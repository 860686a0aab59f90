"""Ablation and rivals: the headline outcome with rows of the model off, or in another form, one at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from heartland.core.dates import add_months
from heartland.core.tree import Call, Node, Span, walk
from heartland.runs.executors import Computing, Done, execute
from heartland.runs.forms import Asked, Forms
from heartland.scenarios.compile import model_rows, rival_forms
from heartland.scenarios.ensemble import Ensemble
from heartland.scenarios.outcomes import Answer
from heartland.scenarios.plan import Grid, Plan
from heartland.scenarios.scenario import Outcome
from heartland.scenarios.schedule import Operation, last_step, step_of
from heartland.scenarios.state import BLOCK, model_labels
from heartland.scenarios.summary import spread_of

__all__ = [
    "ALL_ON", "ablate", "ablate_and_swap", "rivals", "shortened", "steps_asked", "steps_needed",
    "structure_sd", "without",
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
    asked = _ablation(run, outcome, models)
    return asked.frame(asked.forms.answers())


def rivals(run: Ensemble, outcome: str = "") -> pd.DataFrame:
    """One outcome with each mechanism that has a rival form replaced by it, one at a time.

    Only mechanisms of the rows that carry the scenario's system are replaced.

    Returns
    -------
    DataFrame of mechanism, rival (first row `as it is` and empty), model, outcome, value, low, high, n;
    `attrs` as for `ablate`
    """
    asked = _rivalry(run, outcome)
    return asked.frame(asked.forms.answers())


def ablate_and_swap(
    run: Ensemble, executor: Computing = "serial", workers: int | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What `ablate` and `rivals` give for the first outcome, each computed in a process of its own.

    executor, workers : as for `run`
    """
    both = (_ablation(run, "", ()), _rivalry(run, ""))
    found: dict[int, list[Answer]] = {}

    def keep(done: Done) -> None:
        found[done.block] = done.result

    task = Asked(tuple(asked.forms for asked in both))
    execute(task, range(len(both)), executor=executor, workers=workers, on_done=keep)
    ablations, swaps = (asked.frame(found[number]) for number, asked in enumerate(both))
    return ablations, swaps


def without(run: Ensemble, outcome: str, mechanisms: Sequence[str]) -> dict[str, Answer]:
    """Answer to an outcome with each mechanism off in turn, member by member; `nothing off` comes first.

    All members of the run, on the same random numbers, over as many steps as the outcome needs.
    """
    item = _asked(run, outcome)
    steps = steps_needed(item.tree, run)
    short = shortened(run.plan(), steps)
    plans = (short, *(_off(short, steps, name, (name,)) for name in mechanisms))
    made = Forms(plans, item.tree, -(-run.members // BLOCK), run.members).answers()
    return dict(zip((ALL_ON, *mechanisms), made, strict=True))


@dataclass(frozen=True)
class _Question:
    """Forms of a run and what stands in the table for each before the outcome's id and value."""

    outcome: str
    columns: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    forms: Forms
    steps: int

    def frame(self, answers: Sequence[Answer]) -> pd.DataFrame:
        rows = []
        for label, made in zip(self.labels, answers, strict=True):
            found = spread_of(made)
            rows.append((*label, self.outcome, found.value, found.low, found.high, found.n))
        frame = pd.DataFrame(rows, columns=[*self.columns, "outcome", "value", "low", "high", "n"])
        frame.attrs.update(members=self.forms.blocks * BLOCK, steps=self.steps)
        return frame


def _ablation(run: Ensemble, outcome: str, models: Sequence[str]) -> _Question:
    item = _asked(run, outcome)
    plan = run.plan()
    every = model_rows(plan.mechanisms)
    own = {name: every[name] for name in models or _rows_of(run, every) if name in every}
    steps = steps_needed(item.tree, run)
    short = shortened(plan, steps)
    plans = (short, *(_off(short, steps, name, ids) for name, ids in own.items()))
    labels = ((ALL_ON, ALL_ON), *((f"{name} {model_labels()[name]}", name) for name in own))
    return _Question(item.id, ("mechanism", "model"), labels, _forms(run, plans, item, steps), steps)


def _rivalry(run: Ensemble, outcome: str) -> _Question:
    item = _asked(run, outcome)
    plan = run.plan()
    rows_of = _rows_of(run, model_rows(plan.mechanisms))
    swaps = [form for form in rival_forms(plan) if form[2] in rows_of]
    steps = steps_needed(item.tree, run)
    short = shortened(plan, steps)
    labels = ((AS_IT_IS, "", ""), *swaps)
    plans = tuple(
        replace(short, mechanisms=tuple(new if name == old else name for name in short.mechanisms))
        for old, new, _ in labels
    )
    columns = ("mechanism", "rival", "model")
    return _Question(item.id, columns, labels, _forms(run, plans, item, steps), steps)


def _off(short: Plan, steps: int, name: str, mechanisms: Sequence[str]) -> Plan:
    off = tuple(Operation("off", one, (), 0.0, 1, steps, False, f"off({name})") for one in mechanisms)
    return replace(short, operations=(*short.operations, *off))


def _forms(run: Ensemble, plans: tuple[Plan, ...], item: Outcome, steps: int) -> Forms:
    blocks = _blocks(run.members, steps, len(plans))
    return Forms(plans, item.tree, blocks, min(run.members, blocks * BLOCK))


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
