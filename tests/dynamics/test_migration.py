"""Remittances: standard tests, scalar reference, the recession of 2015, path independence."""

import math

import numpy as np
import pytest
from tests.dynamics.helpers import Case, check_closure, new_level, reference, standard, total

from heartland.dynamics.migration import remittance

P, R, M = 2, 3, 5
RNG = np.random.default_rng(17)
PRIOR = {"host_elasticity": 1.5, "currency_elasticity": 0.6, "policy_effect": 0.3, "volatility": 0.12}


def remit_case(**changes):
    reads = {"remittances": 1e8 * (1 + RNG.random((P, R, M))), "power_surge": 0.03 * RNG.random((P, M)),
             "currency_rate": 0.2 * RNG.random((P, M)), "policy_rate": RNG.random((P, R, M)),
             "trend_receiver": np.array([[0.07], [0.05], [0.04]])}
    return Case(remittance, reads, PRIOR, {"noise": np.abs(RNG.standard_normal((P, R, M)))}).with_(**changes)


def scalar(reads, p, noise, dt):
    out = []
    for i, row in enumerate(reads["remittances"]):
        out.append([])
        for j, level in enumerate(row):
            log = math.log(level) + dt * (
                reads["trend_receiver"][j] + p["host_elasticity"] * reads["power_surge"][i]
                + p["currency_elasticity"] * reads["currency_rate"][i]
                + p["policy_effect"] * reads["policy_rate"][i][j])
            log += p["volatility"] * math.sqrt(dt) * noise["noise"][i][j]
            out[-1].append(math.exp(log) - level)
    return {"remittances": out}


def test_remittance():
    one = np.ones((1, 1, 1))
    # log change: 1/2 (0.04 - 1.5*0.04 - 0.5*0.4 - 1*0.2) + 0.2*sqrt(1/4)*... with dt = 1/4
    hand = Case(remittance, {"remittances": 1000.0 * one, "power_surge": np.array([[-0.08]]),
                             "currency_rate": np.array([[-0.4]]), "policy_rate": -0.2 * one,
                             "trend_receiver": np.array([[0.04]])},
                {"host_elasticity": 1.5, "currency_elasticity": 0.5, "policy_effect": 1.0,
                 "volatility": 0.2}, {"noise": -one}, dt=0.25)
    log = 0.01 - 0.03 - 0.05 - 0.05 - 0.1
    mean = 1000 * (math.exp(log) - 1) / log
    standard(
        remit_case(), shapes={"remittances": (P, R)}, bounds={"remittances": (0, 1e9)},
        zero={"power_surge": 0.0, "currency_rate": 0.0, "policy_rate": 0.0, "trend_receiver": 0.0,
              "noise": 0.0},
        directions={"host_elasticity": ("remittances", "host-growth", 1),
                    "currency_elasticity": ("remittances", "currency", 1),
                    "policy_effect": ("remittances", "policy", 1),
                    "volatility": ("remittances", "noise", 1)},
        by_hand=(hand, {
            "remittances": 1000 * (math.exp(-0.22) - 1) * one, "remittances/trend": 0.01 * mean * one,
            "remittances/host-growth": -0.03 * mean * one, "remittances/currency": -0.05 * mean * one,
            "remittances/policy": -0.05 * mean * one, "remittances/noise": -0.1 * mean * one}))
    reference(remit_case(), scalar)
    case = remit_case()
    check_closure(case, {"remittances": new_level(case, scalar, "remittances")})


def year(gap, currency, steps, start=1.0):
    """Level after a year with the host off trend by `gap` and its currency moved by `currency` in all."""
    level, dt = np.full((1, 1, 1), start), 1 / steps
    for _ in range(steps):
        case = Case(remittance, {"remittances": level, "power_surge": np.array([[gap]]),
                                 "currency_rate": np.array([[currency]]), "policy_rate": np.zeros((1, 1, 1)),
                                 "trend_receiver": np.zeros((1, 1))}, PRIOR,
                    {"noise": np.zeros((1, 1, 1))}, dt)
        level = level + total(case.call(), "remittances")
    return float(level[0, 0, 0])


def test_the_recession_of_2015():
    # host output -2.3 %, currency from 38.4 to 61.0 per usd (yearly means): a quarter or more is lost
    fall = math.log(38.4 / 61.0)
    level = year(math.log(1 - 0.023), fall, 12)
    assert level <= 0.75
    assert level > 0.65
    # the host's output alone explains a seventh of that
    assert year(math.log(1 - 0.023), 0.0, 12) == pytest.approx(0.977**1.5, rel=1e-12)


def test_a_year_does_not_depend_on_the_step():
    assert year(-0.05, -0.3, 12) == pytest.approx(year(-0.05, -0.3, 1), rel=1e-13)
    assert year(-0.05, -0.3, 4) == pytest.approx(math.exp(-1.5 * 0.05 - 0.6 * 0.3), rel=1e-13)


def test_unknown_stays_unknown_and_none_stays_none():
    case = remit_case()
    level = np.array(case.reads["remittances"])
    level[0, 0], level[1, 1] = np.nan, 0.0
    rate = np.array(case.reads["policy_rate"])
    rate[0, 2] = np.nan
    returned = case.with_(remittances=level, policy_rate=rate).call()
    change = total(returned, "remittances")
    assert np.all(np.isnan(change[0, 0]))
    assert np.isnan(change).sum() == M
    assert not np.any(change[1, 1])
    assert not np.any(total(returned, "remittances", "policy")[0, 2])
