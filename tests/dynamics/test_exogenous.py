"""Exogenous paths: standard tests, scalar references, rest point, pass-through of oil."""

import math

import numpy as np
import pytest
from tests.dynamics.helpers import Case, check_closure, reference, standard, total

from heartland.dynamics.exogenous import host_currency, oil_path, power_growth, rivalry_path, threat_path

P, M = 3, 4
RNG = np.random.default_rng(11)
Z = RNG.standard_normal((P, M))
EXPORTER = np.array([[1.0], [0.0], [1.0]])
HALF = {"persistence": 0.25, "volatility": 2.0}  # at dt = 1/2: 1/2 stays, shock 2 sqrt(.8)


def scalar_ar(x, phi, sd, e, dt, target=0.0):
    spread = sd * math.sqrt((1 - phi ** (2 * dt)) / (1 - phi * phi))
    return target + (x - target) * phi**dt + spread * e - x


SIMPLE = {
    "power": [(rivalry_path, "rivalry"), (threat_path, "threat")],
    "world": [(oil_path, "oil")],
}


@pytest.mark.parametrize(("function", "name", "n"), [
    (f, name, 1 if axis == "world" else P) for axis, pairs in SIMPLE.items() for f, name in pairs])
def test_simple_paths(function, name, n):
    case = Case(function, {name: 0.5 + RNG.random((n, M))},
                {"persistence": 0.8, "volatility": np.array([0.1, 0.2, 0.3, 0.4])},
                {"noise": np.abs(Z[:n])})
    hand = Case(function, {name: np.full((n, 1), 3.0)}, HALF, {"noise": np.ones((n, 1))}, dt=0.5)
    standard(
        case, shapes={name: (n,)}, bounds={name: (-2, 3)}, zero={name: 0.0, "noise": 0.0},
        directions={"persistence": (name, "reversion", 1), "volatility": (name, "noise", 1)},
        by_hand=(hand, {f"{name}/reversion": np.full((n, 1), -1.5),
                        f"{name}/noise": np.full((n, 1), 2 * math.sqrt(0.8))}))

    def scalar(reads, parameters, noise, dt):
        return {name: [scalar_ar(x, parameters["persistence"], parameters["volatility"], e, dt)
                       for x, e in zip(reads[name], noise["noise"], strict=True)]}

    reference(case, scalar)


def growth_case(**changes):
    return Case(power_growth,
                {"power_gap": np.abs(Z) / 20, "oil_rate": np.full((1, M), 0.3), "exporter": EXPORTER},
                {"persistence": 0.3, "oil_effect": 0.15, "volatility": 0.02},
                {"noise": np.abs(RNG.standard_normal((P, M)))}).with_(**changes)


def test_power_growth():
    # phi = exp(-2), dt = 1/2: exp(-1) stays; weight sqrt(2/2 * 1/2 * (1 - exp(-2)))
    e1, e2 = math.exp(-1), math.exp(-2)
    hand = Case(power_growth, {"power_gap": np.array([[0.04]]), "oil_rate": np.array([[-1.0]]),
                               "exporter": np.array([[1.0]])},
                {"persistence": e2, "oil_effect": 0.2, "volatility": 0.03}, {"noise": np.array([[1.0]])}, 0.5)
    standard(
        growth_case(), shapes={"power_gap": (P,)}, bounds={"power_gap": (-0.3, 0.4)},
        year={"oil_rate": 0},
        zero={"power_gap": 0.0, "oil_rate": 0.0, "noise": 0.0},
        directions={"persistence": ("power_gap", "reversion", 1), "oil_effect": ("power_gap", "oil", 1),
                    "volatility": ("power_gap", "noise", 1)},
        by_hand=(hand, {"power_gap/reversion": [[-0.04 * (1 - e1)]],
                        "power_gap/oil": [[-0.2 * math.sqrt(0.5 * (1 - e2))]],
                        "power_gap/noise": [[0.03 * math.sqrt((1 - e2) / (1 - e2 * e2))]]}))

    def scalar(reads, p, noise, dt):
        out = []
        for g, s, e in zip(reads["power_gap"], reads["exporter"], noise["noise"], strict=True):
            k = -math.log(p["persistence"])
            w = math.sqrt(k * dt / 2 * (1 - math.exp(-2 * k * dt)))
            out.append(scalar_ar(g, p["persistence"], p["volatility"], e, dt)
                       + w * p["oil_effect"] * s * reads["oil_rate"][0])
        return {"power_gap": out}

    reference(growth_case(), scalar)


def test_oil_moves_only_exporters_and_unknown_exporters_count_as_none():
    case = growth_case(exporter=np.array([[1.0], [0.0], [np.nan]]), noise=np.zeros((P, M)))
    oil = total(case.call(), "power_gap", "oil")
    assert np.all(oil[0] > 0)
    assert not np.any(oil[1:])


def test_output_lost_to_a_lasting_oil_fall_is_the_elasticity():
    # oil falls by one log point in one month: summed growth given up = oil_effect, to the size of a step
    lost, gap = 0.0, np.zeros((1, 1))
    for step in range(12 * 12):
        rate = np.array([[-12.0 if step == 0 else 0.0]])
        case = Case(power_growth, {"power_gap": gap, "oil_rate": rate, "exporter": np.ones((1, 1))},
                    {"persistence": 0.3, "oil_effect": 0.15, "volatility": 0.02},
                    {"noise": np.zeros((1, 1))})
        gap = gap + total(case.call(), "power_gap")
        lost += gap[0, 0] / 12
    assert lost == pytest.approx(-0.15, rel=0.06)


def currency_case(**changes):
    reads = {"currency": 0.2 + np.abs(Z) / 5, "oil": np.full((1, M), -0.1), "oil_rate": np.full((1, M), 0.6),
             "exporter": EXPORTER, "own_currency": np.array([[1.0], [0.0], [1.0]])}
    return Case(host_currency, reads, {"persistence": 0.8, "oil_effect": 0.5, "volatility": 0.1},
                {"noise": np.abs(Z)}).with_(**changes)


def test_host_currency():
    # oil fell 0.4 in the last half year to -0.6; before, -0.2 explained -0.1 of the currency's 0.3
    hand = Case(host_currency,
                {"currency": np.array([[0.3]]), "oil": np.array([[-0.6]]), "oil_rate": np.array([[-0.8]]),
                 "exporter": np.array([[1.0]]), "own_currency": np.array([[1.0]])},
                {"persistence": 0.25, "oil_effect": 0.5, "volatility": 2.0},
                {"noise": np.array([[1.0]])}, 0.5)
    standard(
        currency_case(), shapes={"currency": (P,)}, bounds={"currency": (-1.5, 1.5)},
        year={"oil_rate": 0},
        zero={"currency": 0.0, "oil": 0.0, "oil_rate": 0.0, "noise": 0.0},
        directions={"persistence": ("currency", "reversion", 1), "oil_effect": ("currency", "oil", 1),
                    "volatility": ("currency", "noise", 1)},
        by_hand=(hand, {"currency/oil": [[-0.2]], "currency/reversion": [[-0.2]],
                        "currency/noise": [[2 * math.sqrt(0.8)]]}))

    def scalar(reads, p, noise, dt):
        out = []
        rows = zip(reads["currency"], reads["exporter"], reads["own_currency"], noise["noise"], strict=True)
        for x, s, own, e in rows:
            now = p["oil_effect"] * s * own * reads["oil"][0]
            before = p["oil_effect"] * s * own * (reads["oil"][0] - dt * reads["oil_rate"][0])
            unexplained = x - before
            new = unexplained + scalar_ar(unexplained, p["persistence"], p["volatility"] * own, e, dt)
            out.append(now + new - x)
        return {"currency": out}

    reference(currency_case(), scalar)
    case = currency_case()
    now, before = 0.5 * EXPORTER * -0.1, 0.5 * EXPORTER * (-0.1 - 0.05)
    sd = 0.1 * math.sqrt((1 - 0.8 ** (1 / 6)) / (1 - 0.64))
    own, x = case.reads["own_currency"], case.reads["currency"]
    new = now * own + 0.8 ** (1 / 12) * (x - before * own) + own * sd * case.noise["noise"]
    check_closure(case, {"currency": new})


def test_oil_passes_through_whole_and_then_stays():
    currency, oil = np.zeros((1, 1)), np.array([[-0.7]])
    for step in range(24):
        rate = np.array([[-0.7 * 12 if step == 0 else 0.0]])
        case = Case(host_currency, {"currency": currency, "oil": oil, "oil_rate": rate,
                                    "exporter": np.ones((1, 1)), "own_currency": np.ones((1, 1))},
                    {"persistence": 0.8, "oil_effect": 0.6, "volatility": 0.1}, {"noise": np.zeros((1, 1))})
        currency = currency + total(case.call(), "currency")
        assert currency[0, 0] == pytest.approx(-0.42, abs=1e-12)


def test_the_dollar_does_not_move_against_itself():
    case = currency_case(currency=np.zeros((P, M)))
    assert not np.any(total(case.call(), "currency")[1])


def test_start_is_a_rest_point():
    for case in (growth_case(power_gap=np.zeros((P, M)), oil_rate=np.zeros((1, M)), noise=np.zeros((P, M))),
                 currency_case(currency=np.zeros((P, M)), oil=np.zeros((1, M)), oil_rate=np.zeros((1, M)),
                               noise=np.zeros((P, M)))):
        for name in case.record.writes:
            assert not np.any(total(case.call(), name))
