"""What lenders and projects are at the start, and the debt identity over whole runs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartland.core.draws import Draws
from heartland.core.interventions import parse_intervention
from heartland.core.noise import stream_normals
from heartland.dynamics.mechanism import PHASES
from heartland.scenarios.binding import bind
from heartland.scenarios.compile import compile_plan
from heartland.scenarios.loop import Running
from heartland.scenarios.scenario import Patch, Scenario
from heartland.scenarios.subjects.lending import gamma


@pytest.fixture(scope="module")
def quiet(region):
    return replace(Scenario.load(region, "debt-distress-2020"), months=24, patches=(), outcomes=())


@pytest.fixture(scope="module")
def plan(quiet):
    return compile_plan(quiet, members=512, seed=2)


def place(plan, giver, receiver):
    return plan.axes.power.index(giver), plan.axes.receiver.index(receiver)


def test_loans_at_the_start_lie_between_the_record_and_the_usual(plan):
    loans = plan.statics["loans_start"]
    # record of KGZ 2013-2017: debt fell from 2402 to 2305 million usd; repaid a fifteenth of the ratio
    ratio = plan.start["debt_ratio"][place(plan, "CHN", "KGZ")].mean()
    output = 2305e6 / ratio
    own = (2305e6 - 2402e6) / 4 / output + ratio / 15
    usual = np.exp(-4.92)
    found = np.median(loans[place(plan, "CHN", "KGZ")])
    assert min(own, usual) * 0.6 < found < max(own, usual) * 1.6
    assert np.isnan(loans[place(plan, "RUS", "KGZ")]).all(), "a register of three years names no yearly loans"
    assert any("lending of 30 ties unknown" in note for note in plan.unknown)


def test_projects_at_the_start_rest_on_the_rate_of_announcements(plan):
    rate = plan.statics["announcements"]
    for name, pace in (("projects_planned", "start_rate"), ("projects", "finish_rate")):
        pair = place(plan, "CHN", "KAZ")
        np.testing.assert_allclose(plan.start[name][pair] * plan.parameters[f"project-stages.{pace}"],
                                   rate[pair])
    many, few = (rate[place(plan, "CHN", name)].mean() for name in ("KAZ", "TJK"))
    assert many > 3 > 0.3 > few
    assert np.isnan(plan.start["projects"][place(plan, "RUS", "KGZ")]).all()


def test_a_creditor_with_a_base_takes_assets(plan):
    taken = dict(zip(plan.axes.power, plan.statics["securing"][:, 0], strict=True))
    assert {name for name, value in taken.items() if value} == {"RUS"}


def test_gamma_draws_have_the_mean_and_spread_of_counts():
    drawn = gamma(np.full(20_000, 9.5), stream_normals(1, "x", "y", "z", 20_000))
    assert drawn.mean() == pytest.approx(9.5, rel=0.02)
    assert drawn.var() == pytest.approx(9.5, rel=0.04)
    assert gamma(np.full(3, 0.5), np.full(3, -6.0)).tolist() == [0.0, 0.0, 0.0]


RELIEF = "shock(relief[giver=CHN, receiver=KGZ], .05, at=2020-03, for=P1M)"
OTHERS = (
    "force(debt-distress, actor=KGZ, at=2020-03)",
    "set(bank-lending[giver=CHN], .02, at=2020-02)",
    "clamp(growth-gap[receiver=TJK], -.1, at=2020-02, for=P6M)",
    "policy(chn-debt-suspension, suspend, at=2020-04, for=P6M)",
)


def watched(plan):
    """States before and after the economy phase of every step, in full precision."""
    seen = []
    running = Running(plan, bind(plan, Draws(plan.seed, plan.steps, (0,)), (0,)), (0,))
    members = running.members
    for step in range(1, plan.steps + 1):
        for number, phase in enumerate(PHASES):
            if phase == "economy":
                members.inputs.fresh()
                kept = {name: members.get(name).copy() for name in NEEDS}
            running.take(step, number)
            if phase == "economy":
                seen.append((kept, members.state["debt_ratio"].copy()))
        running.close(step)
    return seen


NEEDS = ("debt_ratio", "loans", "payments", "relief", "written_off", "growth_gap", "trend_receiver")


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 2**31), st.sets(st.sampled_from((RELIEF, *OTHERS))))
def test_debt_is_what_was_owed_with_interest_and_flows_over_a_whole_run(quiet, seed, texts):
    """D' = ((1+r)/(1+g))^dt D + (L - A) dt - relief to 1e-12 in every step and member, nothing in between."""
    patches = tuple(Patch(parse_intervention(text), "", assumption="test") for text in sorted(texts))
    plan = compile_plan(replace(quiet, months=12, patches=patches), members=64, seed=seed)
    interest = np.repeat(plan.parameters["debt-identity.interest"], 16)
    last = None
    for kept, after in watched(plan):
        d = kept["debt_ratio"]
        known = np.isfinite(kept["loans"] + kept["payments"]) & np.isfinite(d)
        growth = np.exp(kept["growth_gap"] + np.nan_to_num(kept["trend_receiver"]))[None]
        expected = (d * ((1 + interest) / growth) ** plan.dt + (kept["loans"] - kept["payments"]) * plan.dt
                    - kept["relief"] - kept["written_off"])
        np.testing.assert_allclose(after[known], np.maximum(expected, 0.0)[known], rtol=0, atol=1e-12)
        assert known.any(axis=(1, 2)).sum() == 1
        if last is not None:
            np.testing.assert_array_equal(d, last)
        last = after


def test_a_write_off_leaves_the_debt_once(quiet):
    texts = ("off(debt-distress)", "force(debt-haircut, giver=RUS, receiver=KGZ, at=2020-02)")
    patches = tuple(Patch(parse_intervention(text), "", "x") for text in texts)
    plan = compile_plan(replace(quiet, months=6, patches=patches), members=64, seed=3)
    pair = place(plan, "RUS", "KGZ")
    booked = np.array([kept["written_off"][pair] for kept, _ in watched(plan)])
    assert np.all(booked[2] > 0)
    assert not np.any(np.delete(booked, 2, axis=0))
    share = np.repeat(plan.parameters["debt-settlement.haircut_share"], 16)
    before = [kept["debt_ratio"][pair] for kept, _ in watched(plan)]
    np.testing.assert_allclose(booked[2], share * before[2], rtol=1e-12)


def test_without_the_settlement_nothing_is_deferred(quiet):
    texts = ("off(debt-settlement)", "force(debt-rescheduled, giver=CHN, receiver=KGZ, at=2020-02)")
    patches = tuple(Patch(parse_intervention(text), "", "x") for text in texts)
    plan = compile_plan(replace(quiet, months=4, patches=patches), members=64, seed=3)
    paid = [kept["payments"][place(plan, "CHN", "KGZ")] for kept, _ in watched(plan)]
    assert np.all(np.array(paid) > 0)
    with_it = compile_plan(replace(quiet, months=4, patches=patches[1:]), members=64, seed=3)
    paid = [kept["payments"][place(plan, "CHN", "KGZ")] for kept, _ in watched(with_it)]
    assert not np.any(paid[3])
