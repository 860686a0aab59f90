"""Trade shares: standard tests, scalar reference, long-run responses, unknown inputs."""

import math

import numpy as np
import pytest
from tests.dynamics.helpers import Case, check_closure, new_level, reference, standard, total

from heartland.dynamics.trade import crowding, home_trade, trade

P, R, M = 2, 3, 5
RNG = np.random.default_rng(3)
PRIOR = {"persistence": 0.8, "gravity": 0.8, "cost_elasticity": 1.0, "union_effect": 0.25,
         "sanction_effect": 0.5, "border_effect": 0.9, "volatility": 0.25}
T6 = (0.8493568918597528, 0.0398687993658040, 0.0008605135923837, 0.0000770930145869)


def trade_case(**changes):
    reads = {"trade_gap": np.abs(RNG.standard_normal((P, R, M))) / 3,
             "growth_power": 0.2 * RNG.random((P, M)), "growth_receiver": -0.1 * RNG.random((R, M)),
             "cost": -0.3 * RNG.random((P, R, M)), "union": np.ones((P, R, 1)),
             "sanction": -RNG.random((P, R, M)), "cost_gap": -0.2 * RNG.random((P, R, M)),
             "union_gap": RNG.random((P, R, M)), "border_shut": np.zeros((P, R, M)),
             "border_shut_before": RNG.random((P, R, M))}
    return Case(trade, reads, PRIOR, {"noise": np.abs(RNG.standard_normal((P, R, M)))}).with_(**changes)


def scalar(reads, p, noise, dt):
    stay = p["persistence"] ** dt
    spread = p["volatility"] * math.sqrt((1 - stay**2) / (1 - p["persistence"] ** 2))
    out = []
    for i, row in enumerate(reads["trade_gap"]):
        out.append([])
        for j, y in enumerate(row):
            union = reads["union"][i][j] + reads["union_gap"][i][j]
            cost = reads["cost"][i][j] + reads["cost_gap"][i][j]
            shut = [p["border_effect"] * reads[name][i][j] for name in ("border_shut", "border_shut_before")]
            target = (p["gravity"] * (reads["growth_power"][i] - reads["growth_receiver"][j])
                      - p["cost_elasticity"] * cost + p["union_effect"] * union
                      - p["sanction_effect"] * reads["sanction"][i][j])
            z = noise["noise"][i][j]
            fat = sum(c * z ** (2 * k + 1) for k, c in enumerate(T6))
            free = y + shut[1]
            out[-1].append(target + stay * (free - target) + spread * fat - shut[0] - y)
    return {"trade_gap": out}


def test_trade():
    one = np.ones((1, 1, 1))
    hand = Case(trade, {"trade_gap": 0.4 * one, "growth_power": np.array([[0.1]]),
                        "growth_receiver": np.array([[0.3]]), "cost": 0.2 * one, "union": one,
                        "sanction": 0.5 * one, "cost_gap": 0.0 * one, "union_gap": 0.0 * one,
                        "border_shut": 0.5 * one, "border_shut_before": 0.2 * one},
                {"persistence": 0.25, "gravity": 0.8, "cost_elasticity": 1.0, "union_effect": 0.25,
                 "sanction_effect": 0.5, "border_effect": 1.0, "volatility": 0.2}, {"noise": one}, dt=0.5)
    standard(
        trade_case(), shapes={"trade_gap": (P, R)}, bounds={"trade_gap": (-3, 3)},
        year={"border_shut_before": 0, "border_shut": 0},
        zero={"trade_gap": 0.0, "growth_power": 0.0, "growth_receiver": 0.0, "cost": 0.0, "union": 0.0,
              "sanction": 0.0, "cost_gap": 0.0, "union_gap": 0.0, "border_shut": 0.0,
              "border_shut_before": 0.0, "noise": 0.0},
        directions={"persistence": ("trade_gap", "reversion", 1), "gravity": ("trade_gap", "", 1),
                    "cost_elasticity": ("trade_gap", "cost", 1), "union_effect": ("trade_gap", "union", 1),
                    "sanction_effect": ("trade_gap", "sanction", 1),
                    "border_effect": ("trade_gap", "border", 1),
                    "volatility": ("trade_gap", "noise", 1)},
        by_hand=(hand, {
            "trade_gap/reversion": -0.2 * one, "trade_gap/growth-giver": 0.04 * one,
            "trade_gap/growth-receiver": -0.12 * one, "trade_gap/cost": -0.1 * one,
            "trade_gap/union": 0.125 * one, "trade_gap/sanction": -0.125 * one,
            "trade_gap/border": -0.4 * one,
            "trade_gap/noise": 0.2 * math.sqrt(0.8) * sum(T6) * one}))
    reference(trade_case(), scalar)


def test_parts_close():
    case = trade_case()
    check_closure(case, {"trade_gap": new_level(case, scalar, "trade_gap")})


@pytest.mark.parametrize(("lever", "value", "long_run"), [
    ("cost", math.log(2), -math.log(2)), ("union", 1.0, 0.25), ("sanction", 1.0, -0.5),
    ("cost_gap", math.log(2), -math.log(2)), ("union_gap", 1.0, 0.25)])
def test_levers_reach_their_long_run_effect(lever, value, long_run):
    quiet = {k: np.zeros(np.shape(v)) for k, v in trade_case().reads.items()} | {
        lever: np.full((P, R, M), value), "noise": np.zeros((P, R, M))}
    gap = quiet["trade_gap"]
    for _ in range(60 * 12):
        gap = gap + total(trade_case(**{**quiet, "trade_gap": gap}).call(), "trade_gap")
    np.testing.assert_allclose(gap, long_run, rtol=1e-5)
    gap = quiet["trade_gap"]
    for _ in range(12):
        gap = gap + total(trade_case(**{**quiet, "trade_gap": gap}).call(), "trade_gap")
    np.testing.assert_allclose(gap, long_run * 0.2, rtol=1e-12)  # 1 - 0.8 of the way after a year


def test_unknown_forcing_is_no_forcing_and_an_unknown_level_stays_unknown():
    case = trade_case()
    cost, level = np.array(case.reads["cost"]), np.array(case.reads["trade_gap"])
    cost[0, 0], level[1, 2] = np.nan, np.nan
    growth = np.array(case.reads["growth_receiver"])
    growth[1] = np.nan
    returned = case.with_(cost=cost, trade_gap=level, growth_receiver=growth).call()
    change = total(returned, "trade_gap")
    assert np.all(np.isnan(change[1, 2]))
    assert np.isnan(change).sum() == M
    assert not np.any(total(returned, "trade_gap", "cost")[0, 0])
    assert not np.any(total(returned, "trade_gap", "growth-receiver")[:, 1])


def test_a_border_shuts_and_opens_at_once():
    still = {k: np.zeros(np.shape(v)) for k, v in trade_case().reads.items()} | {
        "noise": np.zeros((P, R, M))}
    gap, before, seen = still["trade_gap"], still["border_shut"], []
    for shut in (0.0, 1.0, 1.0, 0.5, 0.0):
        now = np.full((P, R, M), shut)
        case = trade_case(**{**still, "trade_gap": gap, "border_shut": now, "border_shut_before": before})
        gap, before = gap + total(case.call(), "trade_gap"), now
        seen.append(gap)
    for level, shut in zip(seen, (0.0, 1.0, 1.0, 0.5, 0.0), strict=True):
        np.testing.assert_allclose(level, -0.9 * shut, atol=1e-12)


def crowding_case(**changes):
    reads = {"trade_gap": 0.1 + 0.5 * RNG.random((P, R, M)), "trade_share": 0.1 + 0.3 * RNG.random((P, R, 1))}
    return Case(crowding, reads, {"displacement": 0.3, "persistence": 0.8}).with_(**changes)


def test_crowding():
    hand = Case(crowding, {"trade_gap": np.array([[[math.log(3)]], [[0.0]]]),
                           "trade_share": np.array([[[0.2]], [[0.4]]])},
                {"displacement": 0.5, "persistence": 0.25}, dt=0.5)
    standard(crowding_case(), shapes={"trade_gap": (P, R)}, bounds={"trade_gap": (-3, 3)},
             year=None,
             zero={"trade_gap": 0.0},
             directions={"displacement": ("trade_gap", "", -1), "persistence": ("trade_gap", "", 1)},
             by_hand=(hand, {"trade_gap/displaced": [[[0.0]], [[-0.125]]]}))

    def scalar(reads, p, noise, dt):
        pull = (1 - p["persistence"] ** dt) * p["displacement"]
        gained = [[s / (1 - s) * math.expm1(y) for s, y in zip(a, b, strict=True)]
                  for a, b in zip(reads["trade_share"], reads["trade_gap"], strict=True)]
        return {"trade_gap": [[-pull * sum(gained[k][j] for k in range(P) if k != i) for j in range(R)]
                              for i in range(P)]}

    reference(crowding_case(), scalar)


def test_a_giver_of_unknown_share_displaces_nobody():
    case = crowding_case()
    share = np.array(case.reads["trade_share"])
    share[0] = np.nan
    step = total(case.with_(trade_share=share).call(), "trade_gap")
    np.testing.assert_array_equal(step[1], np.zeros((R, M)))
    assert np.all(step[0] < 0)


def home_case(**changes):
    reads = {"trade_gap": RNG.normal(0, 0.2, (P, R, M)), "home_gap": 0.1 + 0.1 * RNG.random((P, M)),
             "border_trade": 0.2 + 0.3 * RNG.random((P, R, M))}
    return Case(home_trade, reads, {"elasticity": 0.8, "persistence": 0.8}).with_(**changes)


def test_home_trade():
    one = np.ones((1, 1, 1))
    hand = Case(home_trade, {"trade_gap": one, "home_gap": np.array([[-0.2]]), "border_trade": 0.5 * one},
                {"elasticity": 1.0, "persistence": 0.25}, dt=0.5)
    standard(home_case(), shapes={"trade_gap": (P, R)}, bounds={"trade_gap": (-3, 3)}, year=None,
             zero={"home_gap": 0.0},
             directions={"elasticity": ("trade_gap", "", 1), "persistence": ("trade_gap", "", -1)},
             by_hand=(hand, {"trade_gap/border-region": -0.05 * one}))

    def scalar(reads, p, noise, dt):
        pull = (1 - p["persistence"] ** dt) * p["elasticity"]
        return {"trade_gap": [[pull * c * h for c in row]
                              for row, h in zip(reads["border_trade"], reads["home_gap"], strict=True)]}

    reference(home_case(), scalar)
