"""Donors' means and the weight of their firms."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from heartland.scenarios.compile import compile_plan
from heartland.scenarios.scenario import Scenario
from heartland.scenarios.subjects.aid import SUBJECT


def test_means_fall_with_size_and_with_an_outbreak_at_home():
    reader = SimpleNamespace(
        powers=[0, 1, 2], statics={"tied_means": np.array([[0.9], [0.9], [0.9]])},
        state={"gdp": np.array([[8.0], [4.0], [0.0]]), "outbreak": np.array([[0.0], [1.0], [0.0]])},
    )
    found = SUBJECT.derived["donor_means"](reader)[:, 0]
    assert found.tolist() == pytest.approx([0.0, np.log(0.5) + np.log(0.1), np.log(0.001)])


def test_footprint_is_a_share_of_known_investment(region):
    quiet = replace(Scenario.load(region, "no-pandemic"), months=2, outcomes=(), baseline_id="")
    plan = compile_plan(quiet, members=64, seed=5)
    total = plan.statics["footprint"].sum(axis=0)
    assert ((np.abs(total - 1.0) < 1e-12) | (total == 0.0)).all()
    assert (plan.statics["footprint"][plan.axes.power.index("CHN")] > 0).any()
