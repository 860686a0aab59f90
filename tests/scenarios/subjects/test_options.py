"""Options of a further receiver as data: whom they court, what the chooser lives on, who rivals whom."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from heartland.scenarios.compile import compile_plan
from heartland.scenarios.scenario import Scenario
from heartland.scenarios.validate import load_region

OPTIONS = ("unchanged", "mediate", "issue-based", "side-with-china", "side-with-america")


@pytest.fixture(scope="module")
def scenario():
    return Scenario.load(load_region("central-asia"), "pakistan-options")


@pytest.fixture(scope="module")
def plan(scenario):
    return compile_plan(replace(scenario, patches=(), outcomes=(), months=2), members=64, seed=2)


def test_options_come_from_the_policy_of_the_chooser(plan):
    assert plan.axes.ids("option") == OPTIONS
    who = plan.axes.index("receiver", "PAK")
    np.testing.assert_array_equal(plan.statics["option_actor"][:, who, 0], 1.0)
    china, america = (plan.axes.index("power", name) for name in ("CHN", "USA"))
    court = plan.statics["option_courting"][..., 0]
    assert court[3, china] == 1.0
    assert court[3, america] == -0.25
    assert plan.statics["option_one_sided"][:, 0].tolist() == [0, 0, 0, 1, 1]


def test_the_order_inside_a_set_is_that_of_the_file(plan):
    order = plan.statics["option_order"][..., 0]
    np.testing.assert_array_equal(order, np.tril(np.ones((5, 5))))


def test_ties_are_shares_and_the_greatest_supplier_leads(plan):
    ties = plan.statics["option_tie"]
    assert np.all((ties >= 0) & (ties <= 1))
    assert ties[0].mean(axis=-1).argmax() == plan.axes.index("power", "CHN")


def test_rivals_are_symmetric_and_dated(plan):
    rivals = plan.statics["pair_rivalry"][..., 0]
    np.testing.assert_array_equal(rivals, rivals.T)
    a, b = plan.axes.index("power", "USA"), plan.axes.index("power", "CHN")
    assert rivals[a, b] == 1.0
    assert rivals[a, plan.axes.index("power", "IND")] == 0.0


def test_without_the_chooser_there_are_no_options(scenario):
    alone = replace(scenario, patches=(), outcomes=(), receivers=(), months=2)
    plan = compile_plan(alone, members=64, seed=2)
    assert plan.axes.ids("option") == ()
    assert plan.statics["option_tie"].shape[0] == 0
