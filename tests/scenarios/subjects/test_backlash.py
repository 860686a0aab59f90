"""Publics at the start, and what must hold over parameter draws: open polities give way more often."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from heartland.dynamics.publics import project_cancel
from heartland.scenarios.compile import compile_plan
from heartland.scenarios.scenario import Scenario


@pytest.fixture(scope="module")
def plan(region):
    quiet = replace(Scenario.load(region, "at-bashi-2020"), months=3, patches=(), outcomes=())
    return compile_plan(quiet, members=4096, seed=5)


def test_openness_is_the_score_of_electoral_democracy(plan):
    mean = dict(zip(plan.axes.receiver, plan.statics["openness"].mean(axis=-1), strict=True))
    assert mean["KGZ"] == pytest.approx(0.44, abs=0.03)
    assert max(mean, key=mean.__getitem__) == "KGZ"
    assert mean["TKM"] < 0.2
    assert not plan.statics["regard_start"].any()
    assert any("no survey" in note for note in plan.unknown)


def chance(plan, place, large):
    """P(cancelled | protest) of each draw, against the power that most is owed to."""
    openness = plan.statics["openness"][place][None]
    debt = np.nan_to_num(plan.start["debt_ratio"][plan.axes.power.index("CHN"), place])[None, None]
    keywords = {name: plan.parameters[f"project-cancel.{name}"] for name in (
        "intercept", "size_effect", "openness_effect", "debt_effect", "glue_effect", "floor")}
    one = np.ones((1, 1, openness.shape[-1]))
    event = project_cancel(one, one * large, openness, debt + 0.0 * one, np.zeros((1, 1)), **keywords,
                           uniform=one)["project_cancelled"]
    return event.probability[0, 0]


def test_protest_moves_the_open_polity_more_than_the_closed_one_in_nine_draws_of_ten(plan):
    opened, closed = (plan.axes.receiver.index(name) for name in ("KGZ", "TKM"))
    by_size = [chance(plan, place, 1.0) - chance(plan, place, 0.0) for place in (opened, closed)]
    assert (by_size[0] > by_size[1]).mean() >= 0.9
    assert (chance(plan, opened, 1.0) > chance(plan, closed, 1.0)).mean() >= 0.9


def test_chances_of_cancellation_lie_at_the_anchors_of_the_model(plan):
    """About a half (.2 to .8) in the open polity after a large protest, about 3 in 100 in closed ones."""
    opened = chance(plan, plan.axes.receiver.index("KGZ"), 1.0)
    assert 0.4 < opened.mean() < 0.6
    assert 0.1 < np.quantile(opened, 0.05) < np.quantile(opened, 0.95) < 0.9
    for name in ("TJK", "TKM"):
        assert 0.02 < np.median(chance(plan, plan.axes.receiver.index(name), 1.0)) < 0.06
