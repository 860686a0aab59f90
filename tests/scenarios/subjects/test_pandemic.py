"""Outbreaks at the start and in a run: trends from one source, and nothing at all without an outbreak."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from heartland.runs.run import run_all
from heartland.scenarios.compile import compile_plan
from heartland.scenarios.scenario import Scenario
from heartland.scenarios.subjects.pandemic import share_trend

IDLE = ("spread", "outbreak", "reported", "blamed", "border_shut", "medical_aid", "goodwill", "gift_number")


@pytest.fixture(scope="module")
def short(region) -> Scenario:
    return replace(Scenario.load(region, "covid-2020"), months=9, outcomes=(), baseline_id="")


@pytest.fixture(scope="module")
def runs(short):
    return run_all([short, short.baseline()], members=64, seed=5, record="full")


def test_a_trend_is_the_slope_of_the_source_with_most_years():
    grows = {2015: 0.1, 2016: 0.1 * np.e**0.05, 2017: 0.1 * np.e**0.1}
    assert share_trend({"one": grows, "two": {2016: 0.4, 2017: 0.1}}) == pytest.approx(0.05)
    assert np.isnan(share_trend({"two": {2016: 0.4, 2017: 0.1}}))
    assert np.isnan(share_trend({}))


def test_trends_before_the_start_are_those_of_the_record(short):
    plan = compile_plan(short, members=64, seed=5)
    row, place = plan.axes.power.index("CHN"), plan.axes.receiver.index
    trend = plan.statics["trade_trend"][..., 0]
    assert 0.0 < trend[row, place("KGZ")] < 0.15, "the share grew from .19 to .26 in 2015-2019"
    assert np.isnan(trend[:, place("TKM")]).all()
    assert "trend of trade shares before the start unknown, nothing to speed: " in " ".join(plan.unknown)
    assert plan.statics["travel_weight"].sum() == pytest.approx(1.0)


def test_without_an_outbreak_nothing_of_it_happens(runs):
    quiet = runs[1]
    for name in IDLE:
        assert not quiet.array(name).any(), name
    for event in ("outbreak-begins", "border-closed", "medical-gift", "relief-gift", "medical-help-asked"):
        assert quiet.probability(f"occurs({event})") == 0.0, event


def test_an_outbreak_spreads_closes_borders_and_brings_gifts(runs):
    sick = runs[0]
    assert sick.probability("occurs(outbreak-begins, actor=KAZ)") > 0.7
    assert sick.probability("occurs(border-closed, giver=CHN, receiver=KGZ)") > 0.8
    assert sick.probability("occurs(medical-gift, giver=CHN, receiver=KGZ)") > 0.5
    blamed = sick.array("blamed")
    origin = sick.layout.axes.actor.index("CHN")
    assert blamed[:, -1, origin].all()
    assert not np.delete(blamed, origin, axis=2).any()


def test_a_state_that_conceals_reports_nothing(runs):
    place = runs[0].layout.axes.actor.index("TKM")
    assert runs[0].array("outbreak")[:, :, place].any()
    assert not runs[0].array("reported")[:, :, place].any()
