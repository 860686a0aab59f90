"""Outcomes tried on an empty run, so that a wrong name is found before anything is computed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heartland.errors import Finding, HeartlandInputError
from heartland.scenarios.eventlog import CAPACITY, TOP
from heartland.scenarios.layout import Layout, layout_of
from heartland.scenarios.outcomes import answer
from heartland.scenarios.plan import Plan
from heartland.scenarios.readings import RunView
from heartland.scenarios.recorder import recorded
from heartland.scenarios.ties import LAYERS, domains_of

__all__ = ["check_outcomes"]


def check_outcomes(plan: Plan, outcomes: Sequence[Any]) -> None:
    """Ask every outcome of one member to whom nothing happens.

    Raises
    ------
    HeartlandInputError
        One finding for each outcome that names what the runs of this plan do not have.
    """
    layout = layout_of(plan, domains_of(plan))
    view = RunView(
        layout.axes, layout.days, 1, lambda name: _blank(layout, name), layout.steps, layout.domains
    )
    findings: list[Finding] = []
    for outcome in outcomes:
        try:
            answer(outcome.tree, view)
        except HeartlandInputError as error:
            findings += [finding for finding in error.findings if finding not in findings]
    if findings:
        raise HeartlandInputError(findings)


def _blank(layout: Layout, name: str) -> NDArray[Any]:
    series, dyads = recorded(layout.full, asked=layout.asked)
    if name not in (*series, *dyads, *LAYERS, "trade_share", "n_events") and not name.startswith("event_"):
        raise HeartlandInputError.at(
            f'"{name}" is not recorded.', why="Only what the report needs is kept of every run.",
            fix="Run with --record full.", check="record",
        )  # fmt: skip
    axes = layout.axes
    lengths = {
        "time": len(layout.grid.steps), "time_dyads": len(layout.grid.dyads), "event": CAPACITY, "rank": TOP,
        "domain": len(layout.domains), "giver": len(axes.power), "other": len(axes.power),
    }  # fmt: skip
    shape = [lengths.get(dim) or len(axes.ids(dim)) for dim in layout.dims(name)]
    return np.zeros((1, *shape), dtype=np.int64 if name.startswith("event_") else np.float64)
