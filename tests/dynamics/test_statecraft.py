"""Hedging and wariness: standard tests, scalar references, the start as a rest point, what fear does."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.dynamics.helpers import Case, reference, standard, total

from heartland.dynamics.statecraft import (
    bandwagon,
    hedging,
    hedging_by_benefit,
    use,
    wariness,
    wariness_without_learning,
)

P, R, M = 3, 2, 4
RNG = np.random.default_rng(131)
SHARE = 0.1 + 0.2 * RNG.random((P, R, 1))
PAIRS = {
    "trade_share": SHARE, "trade_weight": SHARE * 1.2 + np.zeros((P, R, M)),
    "wariness": 1 + RNG.random((P, R, M)), "engagement": 2 + RNG.random((P, R, M)),
    "engagement_start": np.ones((P, R, 1)), "credit": RNG.random((P, R, M)), "offer": RNG.random((P, R, 1)),
    "route_open": 0.5 + 0.5 * RNG.random((P, R, M)),
}
HEDGE = {"fear": 1.0, "engagement_benefit": 0.3, "half_use": 2.0, "credit_benefit": 0.4,
         "shut_weight": 0.7, "speed": 0.17}


def some(*names):
    return {name: PAIRS[name] for name in names}


def hedge_case(**changes):
    return Case(hedging, PAIRS, HEDGE).with_(**changes)


def cell(value, *shape):
    return np.full((*(shape or (1, 1)), 1), float(value))


def steered(wish, share, gate, speed, dt):
    """Log target over start by power for one receiver, times the part closed in the step."""
    weight = [s * g * math.exp(w) for s, g, w in zip(share, gate, wish, strict=True)]
    whole = 1 - sum(share) + sum(weight)
    return [(1 - math.exp(-speed * dt)) * (w + math.log(g) - math.log(whole))
            for w, g in zip(wish, gate, strict=True)]


def by_receiver(wish_of):
    def scalar(reads, p, noise, dt):
        out = np.zeros((P, R))
        for i in range(R):
            wish = [wish_of(reads, p, k, i) for k in range(P)]
            share = [reads["trade_share"][k][i] for k in range(P)]
            gate = [max(reads["route_open"][k][i], p["shut_weight"]) for k in range(P)]
            out[:, i] = steered(wish, share, gate, p["speed"], dt)
        return {"trade_gap": out}
    return scalar


def worth(s, h):
    return s / (s + h)


def benefit(reads, p, k, i):
    now, before = reads["engagement"][k][i], reads["engagement_start"][k][i]
    lift = worth(now, p["half_use"]) - worth(before, p["half_use"])
    return (reads["offer"][k][i] + p["engagement_benefit"] * lift
            + p["credit_benefit"] * reads["credit"][k][i])


def danger(reads, k, i):
    return reads["wariness"][k][i] * reads["trade_weight"][k][i] - reads["trade_share"][k][i]


REST = {"trade_weight": np.broadcast_to(SHARE, (P, R, M)), "wariness": 1.0, "engagement": 1.0, "credit": 0.0,
        "offer": 0.0, "route_open": 1.0}


def resting(*names):
    return {name: value for name, value in REST.items() if name in names}


def test_hedging():
    # one partner of share .5, fear doubled: wish -.5; target .5 e^-.5 over .5 + .5 e^-.5; half closes
    hand = Case(hedging, {
        "trade_share": cell(0.5), "trade_weight": cell(0.5), "wariness": cell(2), "engagement": cell(1),
        "engagement_start": cell(1), "credit": cell(0), "offer": cell(0), "route_open": cell(1)},
        {**HEDGE, "speed": math.log(2)}, dt=1.0)
    standard(
        hedge_case(), shapes={"trade_gap": (P, R)}, bounds={"trade_gap": (-1, 1)},
        zero=resting(*PAIRS), identity={"trade_gap": 0.0},
        directions={"fear": ("trade_gap", "fear", -1), "engagement_benefit": ("trade_gap", "engagement", 1),
                    "half_use": ("trade_gap", "engagement", -1), "credit_benefit": ("trade_gap", "credit", 1),
                    "shut_weight": ("trade_gap", "routes", 1), "speed": ("trade_gap", "fear", -1)},
        directed=hedge_case(engagement=np.full((P, R, M), 1.2)),
        by_hand=(hand, {"trade_gap/fear": cell(-0.25),
                        "trade_gap": cell(0.5 * (-0.5 - math.log(0.5 + 0.5 * math.exp(-0.5))))}))
    reference(hedge_case(), by_receiver(lambda r, p, k, i: benefit(r, p, k, i) - p["fear"] * danger(r, k, i)))


def test_hedging_by_benefit():
    names = ("trade_share", "engagement", "engagement_start", "credit", "offer", "route_open")
    parameters = {name: value for name, value in HEDGE.items() if name != "fear"}
    case = Case(hedging_by_benefit, some(*names), parameters)
    hand = Case(hedging_by_benefit, {
        "trade_share": cell(0.5), "engagement": cell(2), "engagement_start": cell(2), "credit": cell(1),
        "offer": cell(0), "route_open": cell(1)}, {**parameters, "speed": math.log(2)}, dt=1.0)
    standard(
        case, shapes={"trade_gap": (P, R)}, bounds={"trade_gap": (-1, 1)}, zero=resting(*names),
        identity={"trade_gap": 0.0},
        directions={"engagement_benefit": ("trade_gap", "engagement", 1),
                    "half_use": ("trade_gap", "engagement", -1), "credit_benefit": ("trade_gap", "credit", 1),
                    "shut_weight": ("trade_gap", "routes", 1), "speed": ("trade_gap", "offer", 1)},
        directed=case.with_(engagement=np.full((P, R, M), 1.2)),
        by_hand=(hand, {"trade_gap/credit": cell(0.2)}))
    reference(case, by_receiver(benefit))


def test_bandwagon():
    names = ("trade_share", "trade_weight", "wariness", "offer", "route_open")
    case = Case(bandwagon, some(*names), {"lean": 0.4, "shut_weight": 0.7, "speed": 0.17})
    hand = Case(bandwagon, {"trade_share": cell(0.5), "trade_weight": cell(0.5), "wariness": cell(2),
                            "offer": cell(0), "route_open": cell(1)},
                {"lean": 1.0, "shut_weight": 0.5, "speed": math.log(2)}, dt=1.0)
    standard(
        case, shapes={"trade_gap": (P, R)}, bounds={"trade_gap": (-1, 1)}, zero=resting(*names),
        identity={"trade_gap": 0.0},
        directions={"lean": ("trade_gap", "lean", 1), "shut_weight": ("trade_gap", "routes", 1),
                    "speed": ("trade_gap", "lean", 1)},
        by_hand=(hand, {"trade_gap/lean": cell(0.25)}))
    reference(case, by_receiver(lambda r, p, k, i: r["offer"][k][i] + p["lean"] * danger(r, k, i)))


def test_what_one_partner_loses_the_others_gain():
    rest = {name: PAIRS[name] * 0 + value if np.ndim(value) == 0 else value for name, value in REST.items()}
    wary = np.ones((P, R, M))
    wary[0] = 2.0
    moved = total(hedge_case(**{**rest, "wariness": wary}).call(), "trade_gap")
    assert np.all(moved[0] < 0)
    assert np.all(moved[1:] > 0)


@given(st.integers(0, P - 1))
def test_a_shut_route_loses_trade(power):
    rest = {name: PAIRS[name] * 0 + value if np.ndim(value) == 0 else value for name, value in REST.items()}
    shut = np.ones((P, R, M))
    shut[power] = 0.0
    moved = total(hedge_case(**{**rest, "route_open": shut}).call(), "trade_gap")
    assert np.all(moved[power] < 0)
    assert np.all(np.isfinite(moved))


def test_unknown_shares_carry_nothing():
    share, weight = np.array(SHARE), np.array(PAIRS["trade_weight"])
    share[1], weight[1] = np.nan, np.nan
    assert np.isfinite(total(hedge_case(trade_share=share, trade_weight=weight).call(), "trade_gap")).all()


@given(st.lists(st.floats(0, 20), min_size=2, max_size=8), st.floats(0.1, 10))
def test_steady_visits_are_worth_more_than_the_same_sum_in_spasms(visits, half_use):
    several = np.array(visits)
    mean = np.mean(use(several, half_use))
    assert use(np.array([several.mean()]), half_use)[0] >= mean - 1e-12


def wary_case(**changes):
    pressed = np.zeros((P, R, M))
    pressed[0, 0] = 1.0
    return Case(wariness, {"wariness": 1 + RNG.random((P, R, M)), "pressure_on": pressed},
                {"own_lesson": 0.5, "neighbours_lesson": 0.2, "half_life": 4.0}).with_(**changes)


def wary_scalar(reads, p, noise, dt):
    out = np.zeros((P, R))
    left = 2 ** (-dt / p["half_life"])
    for k in range(P):
        used = reads["pressure_on"][k]
        for i in range(R):
            others = [used[j] for j in range(R) if j != i]
            lesson = p["own_lesson"] * used[i] + p["neighbours_lesson"] * sum(others) / len(others)
            out[k, i] = (left - 1) * (reads["wariness"][k][i] - 1) + lesson
    return {"wariness": out}


def test_wariness():
    hand = Case(wariness, {"wariness": np.full((1, 2, 1), 3.0), "pressure_on": np.array([[[1.0], [0.0]]])},
                {"own_lesson": 0.5, "neighbours_lesson": 0.2, "half_life": 1.0}, dt=1.0)
    standard(
        wary_case(), shapes={"wariness": (P, R)}, bounds={"wariness": (0, 5)},
        zero={"wariness": 1.0, "pressure_on": 0.0},
        directions={"own_lesson": ("wariness", "own lesson", 1),
                    "neighbours_lesson": ("wariness", "lesson of neighbours", 1),
                    "half_life": ("wariness", "fading", 1)},
        by_hand=(hand, {"wariness": [[[-0.5], [-0.8]]]}))
    reference(wary_case(), wary_scalar)


def test_wariness_without_learning():
    case = Case(wariness_without_learning, {"wariness": 1 + RNG.random((P, R, M))}, {"half_life": 4.0})
    hand = case.with_(wariness=cell(3), half_life=1.0, dt=1.0)
    standard(
        case, shapes={"wariness": (P, R)}, bounds={"wariness": (0, 5)}, zero={"wariness": 1.0},
        directions={"half_life": ("wariness", "fading", 1)}, by_hand=(hand, {"wariness": cell(-1)}))
    reference(case, lambda reads, p, noise, dt: {"wariness": [
        [(2 ** (-dt / p["half_life"]) - 1) * (x - 1) for x in row] for row in reads["wariness"]]})


def test_fading_does_not_depend_on_the_step():
    def after(steps):
        level = np.full((1, 1, 1), 3.0)
        for _ in range(steps):
            case = Case(wariness_without_learning, {"wariness": level}, {"half_life": 3.0}, dt=4 / steps)
            level = level + total(case.call(), "wariness")
        return level[0, 0, 0]

    assert after(4) == pytest.approx(1 + 2 * 2 ** (-4 / 3), rel=1e-12)
    assert after(48) == pytest.approx(after(4), rel=1e-12)


def test_hedging_reaches_the_same_tie_at_every_step_size():
    def after(per_year):
        gap, share = np.zeros((2, 1, 1)), np.array([[[0.4]], [[0.2]]])
        for _ in range(10 * per_year):
            weight = share * np.exp(gap)
            case = Case(hedging, {
                "trade_share": share, "trade_weight": weight, "wariness": np.array([[[2.0]], [[1.0]]]),
                "engagement": cell(1, 2, 1), "engagement_start": cell(1, 2, 1), "credit": cell(0, 2, 1),
                "offer": cell(0, 2, 1), "route_open": cell(1, 2, 1)}, HEDGE, dt=1 / per_year)
            gap = gap * 0.8 ** (1 / per_year) + total(case.call(), "trade_gap")
        return gap[:, 0, 0]

    assert after(12)[0] < -0.1
    np.testing.assert_allclose(after(4), after(12), rtol=0.03)
    np.testing.assert_allclose(after(1), after(12), rtol=0.05)
