"""Media at the start: drawn where nothing was observed; insiders name the common rival."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from heartland.scenarios.compile import compile_plan
from heartland.scenarios.scenario import Scenario


@pytest.fixture(scope="module")
def plan(region):
    quiet = replace(Scenario.load(region, "clickbait-2020"), months=2, patches=(), outcomes=())
    return compile_plan(quiet, members=2048, seed=5)


def test_reach_is_drawn_pair_by_pair_round_a_quarter(plan):
    reach = plan.start["media"]
    assert ((reach > 0) & (reach < 1)).all()
    assert reach.mean() == pytest.approx(0.27, abs=0.05)
    assert np.corrcoef(reach[0, 0], reach[1, 0])[0, 1] < 0.9
    np.testing.assert_array_equal(reach, plan.statics["media_start"])
    assert any(note.startswith("media reach unknown for some ties") for note in plan.unknown)


def test_insiders_name_the_rival_and_nobody_else_names_anybody(plan):
    named = plan.statics["named"][..., 0]
    powers = plan.axes.power
    for row, sender in enumerate(powers):
        expected = [float(sender in ("RUS", "CHN") and name == "USA") for name in powers]
        assert named[row].tolist() == expected, sender
