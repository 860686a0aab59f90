"""Practices in force at the start of a run are those of the policies that hold on its day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from heartland.region.rules import Policy
from heartland.scenarios.compile import compile_plan
from heartland.scenarios.practices import holds
from heartland.scenarios.scenario import Scenario


@pytest.mark.parametrize(("begins", "ends", "day", "expected"), [
    ("", "", date(1999, 1, 1), True), ("2020-06", "", date(2020, 5, 31), False),
    ("2020-06", "", date(2020, 6, 1), True), ("2020-06", "2021-12", date(2021, 12, 31), True),
    ("2020-06", "2021-12", date(2022, 1, 1), False)])
def test_a_policy_holds_from_its_first_day_to_its_last(begins, ends, day, expected):
    assert holds(Policy("a", "A", {"x": ()}, "x", from_=begins, to=ends), day) is expected


def plan_at(region, start):
    return compile_plan(replace(Scenario.load(region, "at-bashi-2020"), start=start, months=3, patches=(),
                                outcomes=()), members=64, seed=1)


def test_default_options_set_constants_while_they_hold(region):
    before, during, after = (plan_at(region, day) for day in ("2019-12-31", "2020-12-31", "2022-12-31"))
    row, column = before.axes.power.index("CHN"), before.axes.receiver.index("KGZ")
    held = [plan.statics["suspension"][row, column, 0] for plan in (before, during, after)]
    assert held == [0.0, 1.0, 0.0]
    assert during.statics["suspension"].sum() == 3.0
    assert np.all(before.statics["tied"][row] == 1.0)
    assert before.statics["tied"].sum() == len(before.axes.receiver)


def test_another_default_stands_in_its_place(region):
    policy = replace(region.policies["chn-tied-loans"], default="untied")
    free = replace(region, policies={**region.policies, "chn-tied-loans": policy})
    assert not plan_at(free, "2019-12-31").statics["tied"].any()
