"""What a plan draws for some of its members alone, so that very many members need not be held at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from heartland.scenarios.compile import began, priors_of
from heartland.scenarios.extent import widened
from heartland.scenarios.plan import Floats, Plan
from heartland.scenarios.priors import draw
from heartland.scenarios.start import ONCE

if TYPE_CHECKING:
    from heartland.scenarios.scenario import Scenario

__all__ = ["DRAWN", "Drawn", "drawn", "with_draws"]

# the fields of a plan that hold arrays by draw
DRAWN = ("start", "statics", "parameters", "volumes", "totals", "bases")
Drawn = Mapping[str, Mapping[str, Floats]]


def drawn(scenario: Scenario, plan: Plan, first: int, draws: int) -> Drawn:
    """Arrays of a plan, by field and name, for the draws `first` to `first + draws - 1` of a longer run.

    scenario : from which the plan was compiled, without values set;  plan : for any number of members
    returns : (*axes, draws), the numbers that the plan of the longer run has there, or (*axes, 1)
    """
    region = widened(scenario.region, scenario.receivers)
    parameters = draw(priors_of(region), tuple(plan.parameters), plan.seed, draws, first)
    once = {name: np.full(draws, plan.parameters[name][0]) for name in ONCE}
    _, start = began(scenario, region, plan.axes, {**parameters, **once}, plan.seed, draws, first)
    return {
        "start": start.state, "statics": start.statics, "parameters": parameters,
        "volumes": start.volumes, "totals": start.totals, "bases": start.bases,
    }  # fmt: skip


def with_draws(plan: Plan, arrays: Drawn) -> Plan:
    """The plan with its arrays by draw in place of those that it holds."""
    changed: Any = {name: arrays[name] for name in DRAWN}
    return replace(plan, **changed)
