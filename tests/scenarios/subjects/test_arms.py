"""Arms supply at the start and in a run: shares close at 1, a quiet start rests, a war thins deliveries."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from heartland.runs.run import run_all
from heartland.scenarios.compile import compile_plan
from heartland.scenarios.scenario import Scenario


@pytest.fixture(scope="module")
def short(region) -> Scenario:
    return replace(Scenario.load(region, "russia-cannot-supply"), months=12, outcomes=(), baseline_id="")


@pytest.fixture(scope="module")
def runs(short):
    return run_all([short, short.baseline()], members=64, seed=5, record="full")


def test_orders_and_standards_start_from_the_register(short):
    plan = compile_plan(short, members=64, seed=5)
    row, place = plan.axes.power.index("RUS"), plan.axes.receiver.index("KAZ")
    assert plan.start["arms_order"][row, place].min() > 0.9
    np.testing.assert_array_equal(plan.start["standards"], plan.start["arms_order"].max(axis=0))


def test_shares_of_powers_and_others_close_at_one(runs):
    for run in runs:
        share = run.array("arms_share")
        assert np.nanmax(share.sum(axis=2)) <= 1 + 1e-6
        assert np.nanmin(share) >= 0


def test_deliveries_rest_without_a_war_until_somebody_turns_away(runs):
    quiet = runs[1]
    place = quiet.layout.axes.receiver.index("KAZ")
    row = quiet.layout.axes.power.index("RUS")
    stayed = quiet.array("arms_order")[:, -1, row, place] > 0.9
    assert stayed.any()
    arms = quiet.array("arms")[:, :, row, place]
    np.testing.assert_allclose(arms[stayed, -1], arms[stayed, 0], rtol=1e-6)


def test_a_war_of_the_supplier_thins_deliveries(runs):
    axes = runs[0].layout.axes
    row, place = axes.power.index("RUS"), axes.receiver.index("KAZ")
    war, peace = (run.array("arms")[:, -1, row, place] for run in runs)
    assert np.all(war < peace)
