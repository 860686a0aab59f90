"""Growth, output and stress: standard tests, references, the loop gain, unknown weights."""

import math

import numpy as np
import pytest
from tests.dynamics.helpers import Case, check_closure, new_level, reference, standard, total

from heartland.dynamics.growth import growth, output, stress

P, R, A, M = 2, 3, 4, 5
RNG = np.random.default_rng(5)
POSITIVE = np.abs(RNG.standard_normal((R, M)))
PRIOR = {"persistence": 0.4, "partner_effect": 0.35, "remittance_effect": 0.5, "oil_effect": 0.3,
         "sales_effect": 0.6, "volatility": 0.03}


def growth_case(**changes):
    reads = {
        "growth_gap": POSITIVE / 30, "power_surge": np.full((P, M), 0.02),
        "trade_weight": 0.4 * RNG.random((P, R, M)), "remit_ratio": 0.15 * RNG.random((P, R, M)),
        "remit_rate": 0.2 * RNG.random((P, R, M)), "oil_rate": np.full((1, M), 0.3),
        "oil_share": np.array([[0.2], [0.01], [0.0]]), "sales_rate": 0.02 * RNG.random((R, M)),
    }
    return Case(growth, reads, PRIOR, {"noise": np.abs(RNG.standard_normal((R, M)))}).with_(**changes)


def growth_scalar(reads, p, noise, dt):
    stay = p["persistence"] ** dt
    spread = p["volatility"] * math.sqrt((1 - stay * stay) / (1 - p["persistence"] ** 2))
    out = []
    for i, g in enumerate(reads["growth_gap"]):
        target, rates = 0.0, p["oil_effect"] * reads["oil_share"][i] * reads["oil_rate"][0]
        for j, gap in enumerate(reads["power_surge"]):
            target += p["partner_effect"] * reads["trade_weight"][j][i] * gap
            rates += p["remittance_effect"] * reads["remit_ratio"][j][i] * reads["remit_rate"][j][i]
        rates += p["sales_effect"] * reads["sales_rate"][i]
        k = -math.log(p["persistence"])
        rates *= math.sqrt(k * dt * (1 - math.exp(-2 * k * dt)) / 2)
        out.append(target + (g - target) * stay + rates + spread * noise["noise"][i] - g)
    return {"growth_gap": out}


def test_growth():
    one = np.ones((1, 1, 1))
    hand = Case(growth, {"growth_gap": np.array([[0.02]]), "power_surge": np.array([[-0.04]]),
                         "trade_weight": 0.5 * one, "remit_ratio": 0.3 * one, "remit_rate": -0.2 * one,
                         "oil_rate": np.array([[-1.0]]), "oil_share": np.array([[0.1]]),
                         "sales_rate": np.array([[0.05]])},
                {"persistence": 0.25, "partner_effect": 0.4, "remittance_effect": 0.5, "oil_effect": 0.3,
                 "sales_effect": 0.6, "volatility": 0.03}, {"noise": np.array([[2.0]])}, dt=0.5)
    w = math.sqrt(math.log(2) / 2 * 0.75)  # phi = 1/4, dt = 1/2
    standard(
        growth_case(), shapes={"growth_gap": (R,)}, bounds={"growth_gap": (-0.3, 0.5)},
        year=dict.fromkeys(("remit_rate", "oil_rate", "sales_rate"), 0),
        zero={"growth_gap": 0.0, "power_surge": 0.0, "remit_rate": 0.0, "oil_rate": 0.0, "sales_rate": 0.0,
              "noise": 0.0},
        directions={"persistence": ("growth_gap", "reversion", 1),
                    "partner_effect": ("growth_gap", "partners", 1),
                    "remittance_effect": ("growth_gap", "remittances", 1),
                    "oil_effect": ("growth_gap", "oil", 1), "sales_effect": ("growth_gap", "energy", 1),
                    "volatility": ("growth_gap", "noise", 1)},
        by_hand=(hand, {"growth_gap/reversion": [[-0.01]], "growth_gap/partners": [[-0.004]],
                        "growth_gap/remittances": [[-0.03 * w]], "growth_gap/oil": [[-0.03 * w]],
                        "growth_gap/energy": [[0.03 * w]],
                        "growth_gap/noise": [[0.06 * math.sqrt(0.8)]]}))
    reference(growth_case(), growth_scalar)
    case = growth_case()
    check_closure(case, {"growth_gap": new_level(case, growth_scalar, "growth_gap")})


def test_unknown_weights_carry_nothing_and_spread_nowhere():
    known = growth_case()
    holes = {k: np.array(known.reads[k]) for k in ("trade_weight", "remit_ratio", "remit_rate", "oil_share")}
    holes["trade_weight"][0, 1] = holes["remit_ratio"][1, 1] = holes["remit_rate"][0, 1] = np.nan
    holes["oil_share"][1] = np.nan
    returned, full = known.with_(**holes).call(), known.call()
    assert np.all(np.isfinite(total(returned, "growth_gap")))
    np.testing.assert_array_equal(total(returned, "growth_gap")[[0, 2]], total(full, "growth_gap")[[0, 2]])
    np.testing.assert_array_equal(total(returned, "growth_gap", "remittances")[1], np.zeros(M))


@pytest.mark.parametrize("dt", [1 / 12, 1 / 4, 1.0])
def test_loop_gain_never_passes_one_over_the_prior(dt):
    # worst case: the only partner moves exactly as the receiver does
    n = 4000
    rho = RNG.beta(2, 3, n)
    effect = RNG.normal(0.35, 0.2, 2 * n)
    effect = effect[(effect >= 0) & (effect <= 1)][:n]  # the prior's bounds
    case = Case(growth, {"growth_gap": np.full((1, n), 0.01), "power_surge": np.full((1, n), 0.01),
                         "trade_weight": np.ones((1, 1, n)), "remit_ratio": np.zeros((1, 1, n)),
                         "remit_rate": np.zeros((1, 1, n)), "oil_rate": np.zeros((1, n)),
                         "oil_share": np.zeros((1, n)), "sales_rate": np.zeros((1, n))},
                {**PRIOR, "persistence": rho, "partner_effect": effect}, {"noise": np.zeros((1, n))}, dt)
    gain = 1 + total(case.call(), "growth_gap") / 0.01
    assert np.all(gain <= 1)
    assert np.all(gain > 0)


def output_case(**changes):
    return Case(output, {"gdp": 1e9 * (1 + RNG.random((A, M))), "actor_gap": RNG.normal(0, 0.03, (A, M)),
                         "trend": np.array([[0.05], [0.02], [0.0], [0.07]])}, {}).with_(**changes)


def test_output():
    hand = Case(output, {"gdp": np.array([[100.0]]), "actor_gap": np.array([[-math.log(4)]]),
                         "trend": np.array([[math.log(2)]])}, {}, dt=1.0)
    standard(output_case(), shapes={"gdp": (A,)}, bounds={"gdp": (0, 1e11)},
             zero={"actor_gap": 0.0, "trend": 0.0}, directions={},
             by_hand=(hand, {"gdp": [[-50.0]], "gdp/trend": [[50.0]], "gdp/gap": [[-100.0]]}))

    def scalar(reads, p, noise, dt):
        return {"gdp": [y * math.exp((n[0] if isinstance(n, list) else n) * dt + g * dt) - y
                        for y, g, n in zip(reads["gdp"], reads["actor_gap"], reads["trend"], strict=True)]}

    reference(output_case(), scalar)
    case = output_case()
    new = case.reads["gdp"] * np.exp((case.reads["trend"] + case.reads["actor_gap"]) / 12)
    check_closure(case, {"gdp": new})


def test_output_of_an_actor_without_gap_or_level():
    case = output_case()
    gdp, gap = np.array(case.reads["gdp"]), np.array(case.reads["actor_gap"])
    gdp[0], gap[1] = np.nan, np.nan
    change = total(case.with_(gdp=gdp, actor_gap=gap).call(), "gdp")
    assert np.all(np.isnan(change[0]))
    np.testing.assert_allclose(change[1], gdp[1] * math.expm1(0.02 / 12), rtol=1e-12)


def stress_case(**changes):
    reads = {"stress": POSITIVE, "growth_gap": -POSITIVE / 25, "growth_gap_before": -POSITIVE / 20,
             "price_shock": POSITIVE, "austerity": 2 * POSITIVE}
    return Case(stress, reads, {"memory": 0.5, "history_sd": 0.03, "food_effect": 0.5,
                                "austerity_effect": 0.3}).with_(**changes)


def test_stress():
    hand = Case(stress, {"stress": np.array([[1.0]]), "growth_gap": np.array([[-0.05]]),
                         "growth_gap_before": np.array([[-0.03]]), "price_shock": np.array([[2.0]]),
                         "austerity": np.array([[1.0]])},
                {"memory": 0.25, "history_sd": 0.02, "food_effect": 0.5, "austerity_effect": 0.3}, dt=0.5)
    standard(
        stress_case(), shapes={"stress": (R,)}, bounds={"stress": (-6, 6)},
        zero={"stress": 0.0, "growth_gap": 0.0, "growth_gap_before": 0.0, "price_shock": 0.0,
              "austerity": 0.0},
        directions={"memory": ("stress", "reversion", 1), "history_sd": ("stress", "growth", -1),
                    "food_effect": ("stress", "food", 1), "austerity_effect": ("stress", "austerity", 1)},
        by_hand=(hand, {"stress/reversion": [[-0.5]], "stress/growth": [[1.0]], "stress/food": [[0.5]],
                        "stress/austerity": [[0.15]]}))

    def scalar(reads, p, noise, dt):
        stay = p["memory"] ** dt
        out = []
        for i, s in enumerate(reads["stress"]):
            mean = (reads["growth_gap"][i] + reads["growth_gap_before"][i]) / 2
            target = (-mean / p["history_sd"] + p["food_effect"] * reads["price_shock"][i]
                      + p["austerity_effect"] * reads["austerity"][i])
            out.append(stay * s + (1 - stay) * target - s)
        return {"stress": out}

    reference(stress_case(), scalar)


def test_a_year_of_recession_is_felt_and_then_forgotten():
    level = np.zeros((1, 1))
    trace = []
    for step in range(120):
        gap = np.array([[-0.05 if step < 12 else 0.0]])
        nothing = np.zeros((1, 1))
        case = Case(stress, {"stress": level, "growth_gap": gap, "growth_gap_before": gap,
                             "price_shock": nothing, "austerity": nothing},
                    {"memory": 0.5, "history_sd": 0.025, "food_effect": 0.5, "austerity_effect": 0.3})
        level = level + total(case.call(), "stress")
        trace.append(level[0, 0])
    assert trace[11] == pytest.approx(2 * (1 - 0.5), rel=1e-12)  # two sd, half of it felt after a year
    assert trace[23] == pytest.approx(0.5, rel=1e-12)
    assert trace[119] < 0.005
