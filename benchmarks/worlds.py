"""Worlds of a benchmark on the library's own loop: states, mechanisms and constants alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from heartland.core.draws import Draws
from heartland.scenarios.binding import bind
from heartland.scenarios.loop import run_blocks
from heartland.scenarios.plan import Floats, Grid, Plan, Rules
from heartland.scenarios.ready import keep_freed
from heartland.scenarios.state import Axes, StateSpec

__all__ = ["bare_plan", "index", "run_block"]


def index(name: str, axes: tuple[str, ...], kind: str = "continuous") -> StateSpec:
    """A state between 0 and 1."""
    return StateSpec(name, axes, kind, "index", 0.0, 1.0, "anchor", name, "benchmark")


def bare_plan(
    name: str, axes: Axes, states: Sequence[StateSpec], mechanisms: Sequence[str], seed: int, steps: int, *,
    start: Mapping[str, Floats], statics: Mapping[str, Floats], parameters: Mapping[str, float],
    parts: Mapping[str, tuple[str, ...]] | None = None,
) -> Plan:  # fmt: skip
    """A plan without patches, rules, events or measured ties; all is recorded, pairs and splits at the end.

    parameters : by id, the same in every member;  parts : of the states whose changes are split by cause
    """
    return Plan(
        scenario=name,
        axes=axes,
        dates=tuple(f"step-{step}" for step in range(steps + 1)),
        dt=1 / 12,
        seed=seed,
        mechanisms=tuple(mechanisms),
        start=start,
        statics=statics,
        parameters={name: np.array([value]) for name, value in parameters.items()},
        operations=(),
        rules=Rules({}, {}),
        grid=Grid(tuple(range(steps + 1)), (steps,), (steps,)),
        full=True,
        influence=None,
        volumes={},
        totals={},
        bases={},
        money=(),
        states={state.name: state for state in states},
        parts=parts or {},
    )


def run_block(plan: Plan, block: int) -> dict[str, NDArray[np.generic]]:
    """What is recorded of the 64 members of a block, as in any run of the library."""
    # as in every process that runs a job
    keep_freed()
    bound = bind(plan, Draws(plan.seed, plan.steps, (block,)), (block,))
    return run_blocks(plan, bound, (block,))
