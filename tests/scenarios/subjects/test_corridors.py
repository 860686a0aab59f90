"""Legs, stages and ways at the start, and what closing a leg or a state in transit leaves of them."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from heartland.scenarios.compile import compile_plan
from heartland.scenarios.scenario import Scenario
from heartland.scenarios.subjects.corridors import STAGES, SUBJECT


@pytest.fixture(scope="module")
def plan(region):
    quiet = Scenario.new("quiet", region=region, start="2021-12-31", horizon="P1Y", question="What then?")
    return compile_plan(quiet, members=64, seed=2)


def reader(plan, **state):
    """The start of a run as inputs see it, with some of it changed."""
    view = SimpleNamespace(
        state={**plan.start, **state}, first=plan.start, statics=dict(plan.statics), axes=plan.axes
    )
    view.get = lambda name: value(name, view)
    return view


def value(name, view):
    return SUBJECT.derived[name](view)


def test_at_the_start_all_ways_of_the_start_are_left(plan):
    view = reader(plan)
    np.testing.assert_allclose(value("ways_open", view), plan.statics["ways_start"])
    assert not value("alternative_blocked", view).any()
    built, planned = value("leg_built", view), plan.statics["leg_planned"]
    assert np.array_equal(built[..., 0] == 0, planned[..., 0] == 1), "only planned legs are not there yet"


def test_ways_left_are_counted_again_only_where_a_gate_moved(plan):
    """One leg shut to half the members: each set of ways is the sum over the ways that avoid the leg."""
    legs, weight = plan.start["leg_open"].shape[0], plan.statics["ways_weight"]
    gates = plan.statics["ways_gates"][..., 0].astype(int)
    busiest = int(np.bincount(gates[gates < legs], minlength=legs)[:legs].argmax())
    open_legs = np.repeat(plan.start["leg_open"], weight.shape[-1], axis=1)
    shut = np.arange(weight.shape[-1]) % 2 == 0
    open_legs[busiest, shut] = 0.0
    found = value("ways_open", reader(plan, leg_open=open_legs))
    closed = np.append(open_legs[:, 0] < 0.5, np.zeros(gates.max() + 1 - legs, dtype=bool))
    closed[-2] = True
    usable = ~closed[gates].any(axis=-1)
    expected = (weight * usable[..., None]).sum(axis=-2)
    np.testing.assert_allclose(found[..., shut], expected[..., shut], rtol=1e-12)
    np.testing.assert_array_equal(found[..., ~shut], plan.statics["ways_start"][..., ~shut])
    assert (found[..., shut] < plan.statics["ways_start"][..., shut]).any()


def test_without_any_leg_no_way_is_left_and_a_known_one_is_blocked(plan):
    view = reader(plan, leg_open=np.zeros_like(plan.start["leg_open"]))
    assert not value("ways_open", view).any()
    blocked, first = value("alternative_blocked", view), plan.statics["around_start"]
    assert np.array_equal(blocked > 0, np.broadcast_to(first > 0, blocked.shape))


def test_a_state_that_bars_transit_closes_ways_and_opens_none(plan):
    shut = np.zeros_like(plan.statics["transit_closed"])
    view = reader(plan)
    before = value("ways_open", view)
    shut[plan.axes.ids("controller").index("KAZ")] = 1.0
    view.statics["transit_closed"] = shut
    after = value("ways_open", view)
    assert (after <= before + 1e-12).all()
    assert (after < before - 1e-12).any()


def test_an_opened_corridor_brings_its_legs(plan):
    row, leg = np.argwhere((plan.statics["leg_brought"] * plan.statics["leg_planned"][None])[..., 0] > 0)[0]
    stage = np.array(np.broadcast_to(plan.start["corridor_stage"], (len(plan.axes.ids("corridor")), 1)))
    assert value("leg_built", reader(plan))[leg].max() == 0
    stage[row] = STAGES.index("open")
    assert value("leg_built", reader(plan, corridor_stage=stage))[leg].min() == 1


def test_the_tightest_border_stops_a_leg(plan):
    meets = plan.statics["leg_meets"][..., 0]
    p, r, leg = np.argwhere(meets > 0)[0]
    shut = np.zeros((*meets.shape[:2], 1))
    assert not value("leg_border", reader(plan, border_shut=shut)).any()
    shut[p, r] = 0.4
    found = value("leg_border", reader(plan, border_shut=shut))[:, 0]
    assert found[leg] == pytest.approx(0.4)
    assert np.array_equal(found > 0, meets[p, r] > 0)


def test_consent_is_the_will_of_the_least_willing(plan):
    will = np.full_like(plan.statics["corridor_will"], np.nan)
    will[0, :2, 0] = (0.9, 0.2)
    view = reader(plan)
    view.statics["corridor_will"] = will
    found = value("corridor_consent", view)[:, 0]
    assert found[0] == pytest.approx(0.2)
    assert np.isnan(found[1:]).all(), "nobody's will is known"
