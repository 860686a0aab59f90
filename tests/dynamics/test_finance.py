"""Debt identity: standard tests, an independent stock-flow account, unknown lending."""

import math

import numpy as np
import pytest
from tests.dynamics.helpers import Case, reference, standard, total

from heartland.dynamics.finance import debt_identity

P, R, M = 2, 3, 5
RNG = np.random.default_rng(23)


def debt_case(**changes):
    reads = {"debt_ratio": 0.4 * RNG.random((P, R, M)), "lending": 0.05 * RNG.random((P, R, 1)),
             "relief": 0.001 * RNG.random((P, R, M)), "growth_gap": RNG.normal(0, 0.05, (R, M)),
             "trend_receiver": np.array([[0.07], [0.05], [0.04]])}
    return Case(debt_identity, reads, {"interest": 0.02}).with_(**changes)


def account(reads, p, noise, dt):
    """Money and output kept apart: debt in usd, output in usd, the ratio only at the end."""
    out = []
    for i, row in enumerate(reads["debt_ratio"]):
        out.append([])
        for j, ratio in enumerate(row):
            before = 1234.5
            owed = ratio * before
            after = before * math.exp((reads["trend_receiver"][j] + reads["growth_gap"][j]) * dt)
            owed *= (1 + p["interest"]) ** dt
            owed += reads["lending"][i][j] * after * dt
            owed -= reads["relief"][i][j] * after
            out[-1].append(owed / after - ratio)
    return {"debt_ratio": out}


def test_debt_identity():
    one = np.ones((1, 1, 1))
    # interest e^0.06 - 1, growth 0.02 + 0.02: over a year the ratio grows by e^0.02
    hand = Case(debt_identity, {"debt_ratio": 0.5 * one, "lending": 0.03 * one, "relief": 0.01 * one,
                                "growth_gap": np.array([[0.02]]), "trend_receiver": np.array([[0.02]])},
                {"interest": math.expm1(0.06)}, dt=1.0)
    mean = 0.5 * math.expm1(0.02) / 0.02
    standard(
        debt_case(), shapes={"debt_ratio": (P, R)}, bounds={"debt_ratio": (0, 1)},
        zero={"lending": 0.0, "relief": 0.0, "growth_gap": 0.0, "trend_receiver": math.nan,
              "debt_ratio": 0.0},
        directions={"interest": ("debt_ratio", "", 1)},
        by_hand=(hand, {"debt_ratio": (0.5 * math.expm1(0.02) + 0.02) * one,
                        "debt_ratio/interest": 0.06 * mean * one, "debt_ratio/growth": -0.04 * mean * one,
                        "debt_ratio/lending": 0.03 * one, "debt_ratio/relief": -0.01 * one}))
    reference(debt_case(), account, rtol=1e-10)


def test_identity_holds_to_1e_12_over_thirty_years():
    case = debt_case(relief=np.zeros((P, R, M)))
    ratio, output = case.reads["debt_ratio"], np.full((R, M), 7e9)
    owed = ratio * output
    for _ in range(30 * 12):
        gap = RNG.normal(0, 0.05, (R, M))
        ratio = ratio + total(case.with_(debt_ratio=ratio, growth_gap=gap).call(), "debt_ratio")
        output = output * np.exp((case.reads["trend_receiver"] + gap) / 12)
        owed = owed * 1.02 ** (1 / 12) + case.reads["lending"] * output / 12
        np.testing.assert_allclose(ratio * output, owed, rtol=1e-12)


def test_no_growth_no_interest_no_flow_is_no_change():
    case = debt_case(lending=np.zeros((P, R, 1)), relief=np.zeros((P, R, M)), growth_gap=np.zeros((R, M)),
                     trend_receiver=np.zeros((R, 1)), interest=0.0)
    assert not np.any(total(case.call(), "debt_ratio"))


def test_unknown_lending_holds_the_ratio_on_trend_and_lets_a_recession_raise_it():
    lending = np.full((P, R, 1), np.nan)
    calm = debt_case(lending=lending, relief=np.zeros((P, R, M)), growth_gap=np.zeros((R, M)))
    np.testing.assert_allclose(total(calm.call(), "debt_ratio"), 0, atol=1e-16)
    slump = calm.with_(growth_gap=np.full((R, M), -0.06), dt=1.0)
    change = total(slump.call(), "debt_ratio") / slump.reads["debt_ratio"]
    # interest and trend: e^(ln 1.02 - n) (e^0.06 - 1)
    expected = 1.02 * np.exp(-slump.reads["trend_receiver"]) * math.expm1(0.06)
    np.testing.assert_allclose(change, np.broadcast_to(expected, (P, R, M)), rtol=1e-10)


def test_unknown_debt_stays_unknown():
    ratio = np.array(debt_case().reads["debt_ratio"])
    ratio[1, 0] = np.nan
    change = total(debt_case(debt_ratio=ratio).call(), "debt_ratio")
    assert np.all(np.isnan(change[1, 0]))
    assert np.isnan(change).sum() == M


def test_relief_is_taken_off_once():
    case = debt_case()
    relief = np.zeros((P, R, M))
    relief[0, 1] = 0.05
    less = total(case.with_(relief=relief).call(), "debt_ratio")
    base = total(case.with_(relief=np.zeros((P, R, M))).call(), "debt_ratio")
    assert (less - base)[0, 1] == pytest.approx(-0.05, abs=1e-15)
    assert np.abs(less - base).sum() == pytest.approx(0.05 * M, abs=1e-14)
