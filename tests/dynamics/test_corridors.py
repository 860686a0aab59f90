"""Corridors: standard tests, scalar references, forced stages, what closing legs does to cost."""

import math

import numpy as np
import pytest
from tests.dynamics.helpers import Case, reference, standard, total

from heartland.dynamics.corridors import corridor_progress, corridor_state, leg_state, route_cost

L, C, P, R, M = 4, 5, 2, 3, 6
RNG = np.random.default_rng(16)
PROGRESS = {"agree": -2.4, "build": -1.3, "finish": -1.7, "will_effect": 2.0, "finance_effect": 1.0,
            "blocked_effect": 1.0, "spoiler_effect": 1.0}


def leg_case(**changes):
    reads = {"leg_open": np.ones((L, M)), "leg_built": np.ones((L, 1)),
             "leg_closed": np.array([0.0, 1, 0, 0])[:, None], "transit_denied": np.zeros((L, 1)),
             "leg_conflict": np.zeros((L, 1)), "leg_border": RNG.random((L, M))}
    return Case(leg_state, reads, {"border_threshold": 0.8}, {}).with_(**changes)


def leg_scalar(reads, p, noise, dt):
    out, closing = [], []
    for k in range(L):
        def at(name, k=k):
            value = reads[name][k]
            return value[0] if isinstance(value, list) else value
        shut = (max(at("leg_closed"), at("transit_denied"), at("leg_conflict")) >= 0.5
                or at("leg_border") >= p["border_threshold"])
        out.append(float(at("leg_built") >= 0.5 and not shut))
        closing.append(float(at("leg_open") >= 0.5 and out[-1] == 0))
    return {"leg_open": out, "leg_shut": closing}


def test_leg_state():
    one = np.ones((1, 1))
    hand = Case(leg_state, {"leg_open": one, "leg_built": one, "leg_closed": 0 * one,
                            "transit_denied": 0 * one, "leg_conflict": 0 * one, "leg_border": 0.9 * one},
                {"border_threshold": 0.8}, {})
    near = leg_case(leg_closed=np.zeros((L, 1)), leg_border=np.full((L, M), 0.82))
    standard(
        leg_case(), shapes={"leg_open": (L,), "leg_shut": (L,)},
        bounds={"leg_open": (0, 2), "leg_shut": (0, 1)},  # the helper adds the level read
        zero={"leg_open": 0.0, "leg_built": 0.0}, identity={},
        directions={"border_threshold": ("leg_open", "", 1)}, directed=near,
        by_hand=(hand, {"leg_open": 0 * one, "leg_shut": one, "leg_shut/because border": 0.5625 * one}))
    reference(leg_case(), leg_scalar)


@pytest.mark.parametrize("cause", ["leg_closed", "transit_denied", "leg_conflict"])
def test_each_cause_alone_shuts_a_leg_and_lifting_one_leaves_the_other(cause):
    clear = {"leg_closed": np.zeros((L, 1)), "leg_border": np.zeros((L, M))}
    assert np.all(total(leg_case(**clear).call(), "leg_open") == 1)
    shut = leg_case(**{**clear, cause: np.ones((L, 1))})
    assert not np.any(total(shut.call(), "leg_open"))


def test_a_planned_leg_is_not_open():
    built = np.array([1.0, 0, np.nan, 1])[:, None]
    case = leg_case(leg_closed=np.zeros((L, 1)), leg_border=np.zeros((L, M)), leg_built=built)
    np.testing.assert_array_equal(total(case.call(), "leg_open")[:, 0], [1, 0, 0, 1])


def cost_case(**changes):
    start = 1.0 + RNG.random((P, R, M))
    reads = {"ways_open": start * RNG.random((P, R, M)), "ways_start": start}
    return Case(route_cost, reads, {"spread": 0.2, "no_route": 1.4}, {}).with_(**changes)


def cost_scalar(reads, p, noise, dt):
    out = []
    for now_row, start_row in zip(reads["ways_open"], reads["ways_start"], strict=True):
        out.append([])
        for now, start in zip(now_row, start_row, strict=True):
            dear = [1 - p["spread"] * math.log(x) for x in (now, start)]
            out[-1].append(math.log(dear[0] / dear[1]))
    return {"cost_gap": out}


def test_route_cost():
    one = np.ones((1, 1, 1))
    hand = Case(route_cost, {"ways_open": math.exp(-5) * one, "ways_start": one},
                {"spread": 0.2, "no_route": 1.4}, {})
    none = cost_case(ways_open=np.where(np.arange(M) < 3, 0.0, 0.1) * np.ones((P, R, M)),
                     ways_start=np.ones((P, R, M)))
    standard(
        cost_case(), shapes={"cost_gap": (P, R)}, bounds={"cost_gap": (0, 2)},
        zero={"ways_open": 1.0, "ways_start": 1.0}, identity={},
        directions={"spread": ("cost_gap", "", 1), "no_route": ("cost_gap", "", 1)}, directed=none,
        by_hand=(hand, {"cost_gap": math.log(2) * one}))  # one way left, twice as dear: 1 + .2 * 5
    reference(cost_case(), cost_scalar)


def test_no_way_known_is_unknown_and_no_way_open_costs_what_the_parameter_says():
    case = cost_case(ways_open=np.zeros((P, R, M)), ways_start=np.stack([np.zeros((R, M)), np.ones((R, M))]))
    gap = total(case.call(), "cost_gap")
    assert np.all(np.isnan(gap[0]))
    assert np.all(gap[1] == 1.4)


def progress_case(**changes):
    reads = {"corridor_stage": np.broadcast_to(np.arange(5.0)[:, None], (C, M)).copy(),
             "corridor_consent": 0.6 * np.ones((C, 1)), "finance_gap": 0.4 * np.ones((C, 1)),
             "alternative_blocked": 0.3 * np.ones((C, M)), "spoiler": 0.2 * np.ones((C, 1))}
    return Case(corridor_progress, reads, PROGRESS, {"uniform": RNG.random((C, M))}).with_(**changes)


def progress_scalar(reads, p, noise, dt):
    names = ("corridor_agreed", "corridor_begun", "corridor_opened")
    out = {name: [0.0] * C for name in names}
    for k in range(C):
        def at(name, k=k):
            value = reads[name][k]
            return value[0] if isinstance(value, list) else value
        moved = (p["will_effect"] * (at("corridor_consent") - 0.5)
                 - p["finance_effect"] * (at("finance_gap") - 0.5)
                 + p["blocked_effect"] * at("alternative_blocked") - p["spoiler_effect"] * at("spoiler"))
        for stage, (name, base) in enumerate(zip(names, ("agree", "build", "finish"), strict=True)):
            if at("corridor_stage") == stage:
                rate = min(4.0, math.exp(p[base] + moved))
                out[name][k] = 1 - math.exp(-rate * dt)
    return out


def test_corridor_progress():
    one = np.ones((1, 1))
    hand = Case(corridor_progress, {"corridor_stage": 0 * one, "corridor_consent": 0.5 * one,
                                    "finance_gap": 0.5 * one, "alternative_blocked": 0 * one,
                                    "spoiler": 0 * one},
                PROGRESS | {"agree": math.log(0.5)}, {"uniform": 0.5 * one}, dt=1.0)
    names = ("corridor_agreed", "corridor_begun", "corridor_opened")
    standard(
        progress_case(), shapes=dict.fromkeys(names, (C,)), bounds=dict.fromkeys(names, (0, 1)),
        zero={"corridor_stage": 3.0},
        directions={"agree": ("corridor_agreed", "", 1), "build": ("corridor_begun", "", 1),
                    "finish": ("corridor_opened", "", 1), "will_effect": ("corridor_agreed", "", 1),
                    "finance_effect": ("corridor_begun", "", 1), "blocked_effect": ("corridor_agreed", "", 1),
                    "spoiler_effect": ("corridor_agreed", "", -1)},
        by_hand=(hand, {"corridor_agreed": (1 - math.exp(-0.5)) * one, "corridor_begun": 0 * one,
                        "corridor_agreed/occurs": 0 * one}))
    reference(progress_case(), progress_scalar)


def test_the_delayed_railway_is_agreed_at_about_four_per_cent_a_year():
    none, half = np.zeros((1, 1)), np.full((1, 1), 0.5)
    year = Case(corridor_progress, {"corridor_stage": none, "corridor_consent": none + 0.2,
                                    "finance_gap": half, "alternative_blocked": none, "spoiler": none},
                PROGRESS, {"uniform": np.zeros((1, 1))}, dt=1.0)
    assert 0.03 < total(year.call(), "corridor_agreed")[0, 0] < 0.06


@pytest.mark.parametrize("dt", [1.0, 0.25, 1 / 12])
def test_the_chance_of_a_year_does_not_depend_on_the_step(dt):
    base = progress_case(uniform=np.zeros((C, M)))
    step = total(Case(corridor_progress, base.reads, PROGRESS, base.noise, dt=dt).call(), "corridor_agreed")
    year = total(Case(corridor_progress, base.reads, PROGRESS, base.noise, dt=1.0).call(), "corridor_agreed")
    np.testing.assert_allclose(1 - (1 - step) ** (1 / dt), year, rtol=1e-12)


def state_case(**changes):
    reads = {"corridor_stage": np.array([0.0, 1, 2, 3, 4])[:, None] * np.ones(M),
             "corridor_agreed": np.array([1.0, 0, 0, 0, 0])[:, None] * np.ones(M),
             "corridor_begun": np.array([0.0, 1, 0, 0, 0])[:, None] * np.ones(M),
             "corridor_opened": np.array([0.0, 0, 1, 0, 1])[:, None] * np.ones(M)}
    return Case(corridor_state, reads, {}, {}).with_(**changes)


def state_scalar(reads, p, noise, dt):
    out = []
    for stage, agreed, begun, opened in zip(*reads.values(), strict=True):
        new = 3.0 if opened else max(stage, 2.0 if begun else 0.0, 1.0 if agreed else 0.0)
        out.append(new - stage)
    return {"corridor_stage": out}


def test_corridor_state():
    one = np.ones((1, 1))
    hand = Case(corridor_state, {"corridor_stage": one, "corridor_agreed": 0 * one,
                                 "corridor_begun": 0 * one, "corridor_opened": one}, {}, {})
    standard(
        state_case(), shapes={"corridor_stage": (C,)}, bounds={"corridor_stage": (0, 4)},
        zero={"corridor_agreed": 0.0, "corridor_begun": 0.0, "corridor_opened": 0.0}, directions={},
        by_hand=(hand, {"corridor_stage": 2 * one}))
    reference(state_case(), state_scalar)
    assert list(total(state_case().call(), "corridor_stage")[:, 0]) == [1, 1, 1, 0, -1]


def test_an_empty_axis_works():
    empty = {name: np.zeros((0, M)) for name in progress_case().reads}
    found = progress_case(**empty, uniform=np.zeros((0, M))).call()
    assert total(found, "corridor_opened").shape == (0, M)


