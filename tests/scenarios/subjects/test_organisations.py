"""Memberships, proposals and past departures at the start of the shipped region."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from heartland.dynamics.organisations import FROZEN, MEMBER, OBSERVER, OUT
from heartland.scenarios.compile import compile_plan
from heartland.scenarios.rulebook import decisions_of
from heartland.scenarios.scenario import Scenario
from heartland.scenarios.subjects.organisations import ROLES


@pytest.fixture(scope="module")
def plan_at(region):
    """Plans of an unpatched year by start."""
    made = {}

    def plan(start, **changes):
        key = (start, *changes)
        if key not in made:
            own = replace(region, **changes)
            quiet = Scenario.new("quiet", region=own, start=start, horizon="P1Y", question="What then?")
            made[key] = compile_plan(quiet, members=64, seed=2)
        return made[key]

    return plan


def status(plan, organisation, actor):
    place = plan.axes.organisation.index(organisation), plan.axes.actor.index(actor)
    return float(plan.start["membership"][place][0])


def test_status_follows_the_date(plan_at):
    assert status(plan_at("2021-12-31"), "sco", "IRN") == OBSERVER
    assert status(plan_at("2023-12-31"), "sco", "IRN") == MEMBER
    assert status(plan_at("2021-12-31"), "csto", "ARM") == MEMBER
    assert status(plan_at("2024-12-31"), "csto", "ARM") == FROZEN
    assert status(plan_at("2021-12-31"), "sco", "TKM") == OUT
    assert set(ROLES.values()) == {1.0, 2.0, 3.0, 4.0}


def test_who_left_lately_is_remembered_and_fades(plan_at):
    left = [plan_at(day).start["departures"][0].mean() for day in ("2010-12-31", "2013-12-31", "2021-12-31")]
    assert left[0] < left[1], "a member left in 2012"
    assert 0 < left[2] < left[1]


def test_members_outside_the_model_count_and_are_named(plan_at):
    plan = plan_at("2021-12-31")
    outside = dict(zip(plan.axes.organisation, plan.statics["outside_members"][:, 0], strict=True))
    assert outside["sco"] == 1
    assert outside["csto"] == outside["eeu"] == 0
    assert "PAK: in sco and not modelled; they count as members and cast no votes" in plan.unknown


def test_proposals_know_their_home_their_sponsor_and_who_objects(plan_at, region):
    before, after = plan_at("2013-12-31"), plan_at("2021-12-31")
    row = before.axes.ids("proposal").index("sco-bank")
    place = before.axes.actor.index
    assert before.statics["proposal_home"][row, :, 0].tolist() == [
        float(name == "sco") for name in before.axes.organisation]
    assert before.statics["sponsor"][row, place("CHN"), 0] == 1
    objectors = [before.axes.actor[k] for k in np.flatnonzero(before.statics["objection"][row, :, 0])]
    assert sorted(objectors) == ["RUS", "UZB"]
    assert not after.statics["objection"][row].any()
    decision = int(before.statics["proposal_decision"][row, 0])
    assert decisions_of(region.at("2013-12-31"), before.axes)[decision] == "economic-institutions"


def test_only_trade_zones_have_a_size_and_only_banks_lend(plan_at):
    plan = plan_at("2021-12-31")
    ids = plan.axes.ids("proposal")
    assert dict(zip(ids, plan.statics["zone_size"][:, 0], strict=True))["sco-free-trade-area"] == 0.5
    banks = [name for name, bank in zip(ids, plan.statics["is_bank"][:, 0], strict=True) if bank]
    assert banks == ["sco-bank"]
    assert np.count_nonzero(plan.statics["zone_size"]) == 1


def test_a_region_without_proposals_has_an_empty_axis(plan_at, region):
    plain = {name: replace(item, proposals=()) for name, item in region.organisations.items()}
    plan = plan_at("2021-12-31", organisations=plain)
    assert plan.axes.ids("proposal") == ()
    assert plan.statics["objection"].shape == (0, len(plan.axes.actor), 1)
