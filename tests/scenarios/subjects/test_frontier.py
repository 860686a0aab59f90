"""Borders, neighbours in conflict and backers as a run finds them at its start."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from heartland.scenarios.compile import compile_plan
from heartland.scenarios.scenario import Scenario
from heartland.scenarios.validate import load_region


@pytest.fixture(scope="module")
def plan_at():
    """Plan of two months from a day, with nothing patched."""
    region = load_region("central-asia")
    calm = replace(Scenario.load(region, "batken-2022"), patches=(), outcomes=(), months=2)
    kept = {}

    def at(day, **changes):
        key = (day, *changes.items())
        if key not in kept:
            kept[key] = compile_plan(replace(calm, start=day, **changes), members=128, seed=4)
        return kept[key]

    return at


def border(plan, name, pair):
    return np.asarray(plan.start[name] if name in plan.start else plan.statics[name])[
        plan.axes.index("border", pair)
    ]


def test_a_line_holds_what_was_agreed_by_the_day(plan_at):
    before, after = plan_at("2022-08-31"), plan_at("2022-12-31")
    assert border(before, "agreed", "KGZ-UZB") == pytest.approx(0.85)
    assert border(after, "agreed", "KGZ-UZB") == pytest.approx(1.0)
    assert border(before, "agreed", "KGZ-TJK") == pytest.approx(0.53)


def test_the_memory_of_a_clash_fades_with_the_drawn_half_life(plan_at):
    plan = plan_at("2022-08-31")
    years = 490 / 365.25  # from 28 April 2021
    expected = 0.5 ** (years / plan.parameters["border-memory.half_life"])
    np.testing.assert_allclose(border(plan, "recent_clash", "KGZ-TJK"), expected)
    np.testing.assert_array_equal(border(plan, "recent_clash", "TJK-UZB"), 0.0)
    assert not np.asarray(plan_at("2020-12-31").start["recent_clash"]).any(), "nothing is known of the future"


def test_each_border_has_two_sides_and_only_receivers_count(plan_at):
    plan = plan_at("2022-08-31")
    side = plan.statics["border_side"]
    np.testing.assert_array_equal(side.sum(axis=1), 2.0)
    assert plan.axes.ids("neighbour") == ("AFG",)
    assert len(plan.axes.ids("border")) == 7


def test_danger_falls_on_those_who_share_the_frontier(plan_at):
    spill = dict(zip(plan_at("2021-06-30").axes.receiver, plan_at("2021-06-30").statics["spill_start"],
                     strict=True))  # fmt: skip
    assert spill["TJK"] == pytest.approx(1.0)
    assert spill["TKM"] == pytest.approx(804 / 1357)
    assert spill["UZB"] == pytest.approx(144 / 1357)
    assert spill["KAZ"] == spill["KGZ"] == 0.0
    later = plan_at("2024-01-31")
    assert later.statics["conflict_start"][0] == pytest.approx(0.5)


def test_a_declared_policy_counts_from_the_day_it_holds(plan_at):
    before, after = plan_at("2004-12-31"), plan_at("2021-12-31")
    place = after.axes.index("power", "RUS")
    assert before.statics["counter_revolution"][place] == 0.0
    assert after.statics["counter_revolution"][place] == 1.0
    assert after.statics["counter_revolution"].sum() == 1.0


def test_providers_share_what_presence_there_is(plan_at):
    shares = plan_at("2021-12-31").statics["provider_weight"].sum(axis=0)
    assert np.all(np.isclose(shares, 1.0) | (shares == 0.0))


def test_a_border_with_a_further_receiver_is_inside(plan_at):
    plan = plan_at("2021-12-31", receivers=("AFG",))
    assert {"TJK-AFG", "TKM-AFG", "UZB-AFG"} <= set(plan.axes.ids("border"))
    assert plan.axes.ids("neighbour") == ()
    assert not plan.statics["outer_frontier"].any()
