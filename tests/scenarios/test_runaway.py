"""Feedbacks that feed on themselves end at the bounds of their state."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from heartland.core.draws import Draws
from heartland.scenarios.binding import bind
from heartland.scenarios.compile import compile_plan
from heartland.scenarios.loop import run_blocks
from heartland.scenarios.scenario import Scenario
from heartland.scenarios.state import BLOCK, state_catalogue

SEED = 1
# where the powers gain with each other most; unbounded, trade with one receiver can pass e to the 160
MEMBER = 4998


def test_trade_gains_that_feed_each_other_stay_within_the_state(region):
    block, row = divmod(MEMBER, BLOCK)
    plan = compile_plan(Scenario.load(region, "kazakhstan-2022"), members=MEMBER + 1, seed=SEED)
    draws = plan.parameters["crowding.displacement"]
    assert draws[MEMBER // 16] == draws.min() < -0.5
    # twice that, so that no luck is needed
    plan = replace(plan, parameters={**plan.parameters, "crowding.displacement": 2 * draws})
    made = run_blocks(plan, bind(plan, Draws(SEED, plan.steps, (block,)), (block,)), (block,))
    bounds = state_catalogue()["trade_gap"]
    gap = made["trade_gap"]
    assert np.nanmin(gap) >= bounds.low
    assert np.nanmax(gap[row]) == bounds.high == 3.0
    # what was taken off is booked
    parts = dict(zip(plan.parts["trade_gap"], np.moveaxis(made["why_trade_gap"][row], 1, 0), strict=True))
    assert np.nanmin(parts["bounds"]) < 0
    for name, array in made.items():
        assert not np.isinf(array).any(), name
