"""Debt distress, settlement by creditor, book-keeping: standard tests, truth by enumeration, references."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.dynamics.helpers import Case, reference, standard, total

from heartland.dynamics.distress import (
    debt_distress,
    debt_resolution,
    debt_resolution_by_count,
    debt_settlement,
    growth_memory,
)

P, R, M = 2, 3, 5
RNG = np.random.default_rng(41)
OUTCOMES = ("rescheduled", "haircut", "swapped")


def cell(value):
    return np.full((1, 1, 1), float(value))


def row(value):
    return np.full((1, 1), float(value))


def share(x):
    return 1 / (1 + math.exp(-x))


def memory_case(**changes):
    reads = {name: RNG.normal(0, 0.05, (R, M)) for name in ("growth_year", "growth_gap", "growth_gap_before")}
    return Case(growth_memory, reads, {"memory": 0.2}).with_(**changes)


def test_growth_memory():
    # a quarter is left after half a year at 1/16: three quarters of the way from .08 to the mean of -.02,
    # -.06
    hand = Case(growth_memory, {"growth_year": row(0.08), "growth_gap": row(-0.02),
                                "growth_gap_before": row(-0.06)}, {"memory": 1 / 16}, dt=0.5)
    rising = memory_case(growth_year=np.full((R, M), 0.1), growth_gap=np.full((R, M), 0.0),
                         growth_gap_before=np.full((R, M), 0.0))
    standard(memory_case(), shapes={"growth_year": (R,)}, bounds={"growth_year": (-1, 1)},
             zero={"growth_year": 0.0, "growth_gap": 0.0, "growth_gap_before": math.nan},
             directions={"memory": ("growth_year", "", 1)}, directed=rising,
             by_hand=(hand, {"growth_year/fading": row(-0.06), "growth_year/growth": row(-0.03)}))

    def scalar(reads, p, noise, dt):
        left = p["memory"] ** dt
        return {"growth_year": [left * y + (1 - left) * (g + b) / 2 - y for y, g, b in zip(
            reads["growth_year"], reads["growth_gap"], reads["growth_gap_before"], strict=True)]}

    reference(memory_case(), scalar)


def distress_case(**changes):
    reads = {"service": 0.2 + 0.2 * RNG.random((R, M)), "growth_year": np.full((R, M), -0.05),
             "trend_receiver": 0.04 * RNG.random((R, 1)), "debt_ratio": RNG.random((P, R, M))}
    parameters = {"intercept": -3.2, "service_effect": 4.0, "usual_service": 0.15, "recession_effect": 1.5,
                  "recession": -0.02}
    return Case(debt_distress, reads, parameters, {"uniform": RNG.random((R, M))}).with_(**changes)


def test_debt_distress():
    # -3.2 + 4 (.575 - .15) + 1.5 = 0: even odds over a year
    hand = Case(debt_distress, {"service": row(0.575), "growth_year": row(-0.07), "trend_receiver": row(0.04),
                                "debt_ratio": cell(0.1)},
                {"intercept": -3.2, "service_effect": 4.0, "usual_service": 0.15, "recession_effect": 1.5,
                 "recession": -0.02}, {"uniform": row(0.6)}, dt=1.0)
    # growth of -5.5, -1.5 and .5 %: the threshold of -2 %, raised by .05, passes the second and third
    directed = distress_case(growth_year=np.full((R, M), -0.055),
                             trend_receiver=np.array([[0.0], [0.04], [0.06]]))
    standard(
        distress_case(), shapes={"distress": (R,)}, bounds={"distress": (0, 1)}, zero={"debt_ratio": 0.0},
        directions={"intercept": ("distress", "", 1), "service_effect": ("distress", "", 1),
                    "usual_service": ("distress", "", -1), "recession_effect": ("distress", "", 1),
                    "recession": ("distress", "", 1)},
        directed=directed,
        by_hand=(hand, {"distress": row(0.5), "distress/occurs": row(0)}))

    def scalar(reads, p, noise, dt):
        out = []
        for i in range(R):
            odds = p["intercept"] + p["service_effect"] * (reads["service"][i] - p["usual_service"])
            if reads["growth_year"][i] + reads["trend_receiver"][i] < p["recession"]:
                odds += p["recession_effect"]
            out.append(1 - (1 - share(odds)) ** dt)
        return {"distress": out, "distress/occurs": [u < c for u, c in zip(noise["uniform"], out,
                                                                           strict=True)]}

    reference(distress_case(), scalar)


def test_a_receiver_that_owes_nothing_known_is_not_in_distress_and_unknown_service_counts_as_usual():
    owed = np.zeros((P, R, M))
    owed[0, 1], owed[1, 2] = 0.2, np.nan
    chance = total(distress_case(debt_ratio=owed).call(), "distress")
    assert (chance > 0).all(axis=1).tolist() == [False, True, False]
    assert not np.any(chance[[0, 2]])
    base = distress_case()
    unknown = base.with_(service=np.full((R, M), np.nan)).call()
    usual = base.with_(service=np.full((R, M), 0.15)).call()
    np.testing.assert_array_equal(total(unknown, "distress"), total(usual, "distress"))


def settle_case(function=debt_resolution, **changes):
    reads = {"distress": np.ones((R, M)), "debt_ratio": 0.1 + RNG.random((P, R, M)),
             "securing": np.array([[1.0], [0.0]]), "suspension": np.zeros((P, R, 1))}
    parameters = {"reschedule": 1.6, "haircut": -1.3, "swap": -1.8, "secured_reschedule": 0.0,
                  "secured_haircut": 0.4, "secured_swap": 0.9, "suspension_effect": 0.8,
                  "least": 0.005, "floor": 0.04}
    return Case(function, reads, parameters, {"uniform": RNG.random((P, R, M))}).with_(**changes)


@pytest.mark.parametrize("function", [debt_resolution, debt_resolution_by_count])
def test_debt_resolution(function):
    ln = math.log
    even = {"reschedule": 0.0, "haircut": 0.0, "swap": ln(2), "secured_reschedule": 9.0}
    hand = settle_case(function, distress=row(1), debt_ratio=cell(0.2), securing=row(0), suspension=cell(0),
                       uniform=cell(0.5), **even)
    standard(
        settle_case(function), shapes=dict.fromkeys(OUTCOMES, (P, R)),
        bounds=dict.fromkeys(OUTCOMES, (0.01, 0.97)), zero={"distress": 0.0},
        directions={"reschedule": ("rescheduled", "", 1), "haircut": ("haircut", "", 1),
                    "swap": ("swapped", "", 1), "secured_reschedule": ("rescheduled", "", 1),
                    "secured_haircut": ("haircut", "", 1), "secured_swap": ("swapped", "", 1),
                    "suspension_effect": ("rescheduled", "", 1), "least": ("rescheduled", "", -1),
                    "floor": ("haircut", "", 1)},
        directed=settle_case(function, suspension=np.ones((P, R, 1)),
                             debt_ratio=np.array([[[0.02]], [[0.5]]]) + np.zeros((P, R, M))),
        by_hand=(hand, {"rescheduled": cell(0.96 / 5 + 0.01), "haircut": cell(0.96 / 5 + 0.01),
                        "swapped": cell(0.96 * 2 / 5 + 0.01), "swapped/occurs": cell(1),
                        "haircut/occurs": cell(0)}))

    def scalar(reads, p, noise, dt):
        out = {name: np.zeros((P, R)) for name in OUTCOMES}
        for g in range(P):
            s = reads["securing"][g]
            for i in range(R):
                scores = [(1 - s) * p[k] + s * p[f"secured_{k}"] for k in ("reschedule", "haircut", "swap")]
                scores[0] += p["suspension_effect"] * reads["suspension"][g][i]
                whole = 1 + sum(map(math.exp, scores))
                for name, score in zip(OUTCOMES, scores, strict=True):
                    if reads["distress"][i] and reads["debt_ratio"][g][i] >= p["least"]:
                        out[name][g, i] = (1 - p["floor"]) * math.exp(score) / whole + p["floor"] / 4
        return out

    few = np.where(np.arange(P * R * M).reshape(P, R, M) % 3 == 0, 0.001, 0.2)
    reference(settle_case(function, debt_ratio=few, suspension=np.full((P, R, 1), 0.5)), scalar)


def test_one_draw_settles_a_distress_with_at_most_one_outcome_and_each_at_its_chance():
    n = 40_000
    uniform = (np.arange(n) + 0.5) / n + np.zeros((P, R, n))
    found = settle_case(distress=np.ones((R, n)), debt_ratio=np.full((P, R, n), 0.2), uniform=uniform).call()
    happened = np.stack([np.asarray(found[name].occurs) for name in OUTCOMES])
    assert happened.sum(axis=0).max() == 1
    for name, seen in zip(OUTCOMES, happened, strict=True):
        np.testing.assert_allclose(seen.mean(axis=-1), total(found, name)[..., 0], atol=1e-4)
        assert np.all(seen.mean(axis=-1) >= 0.0099)


def test_habits_differ_by_creditor_and_no_party_settles_nothing():
    chances = {name: total(settle_case().call(), name)[:, 0, 0] for name in OUTCOMES}
    assert chances["swapped"][0] > 0.3 > 0.05 > chances["swapped"][1]
    assert chances["rescheduled"][1] > 10 * chances["haircut"][1]
    unknown = settle_case(debt_ratio=np.full((P, R, M), np.nan)).call()
    assert not any(np.any(total(unknown, name)) or np.any(unknown[name].occurs) for name in OUTCOMES)


def book_case(**changes):
    flags = {name: (RNG.random((P, R, M)) < 0.5).astype(float) for name in OUTCOMES}
    reads = {"written_off": 0.01 * RNG.random((P, R, M)), "grace": 2 * RNG.random((P, R, M)),
             "debt_ratio": 0.1 + 0.3 * RNG.random((P, R, M)), **flags, "securing": np.array([[1.0], [0.0]])}
    parameters = {"deferral": 1.5, "haircut_share": 0.25, "swap_share": 0.5, "asset_gain": 0.2}
    return Case(debt_settlement, reads, parameters).with_(**changes)


def test_debt_settlement():
    hand = Case(debt_settlement, {"written_off": cell(0.02), "grace": cell(0.05), "debt_ratio": cell(0.4),
                                  "rescheduled": cell(1), "haircut": cell(0), "swapped": cell(1),
                                  "securing": row(1)},
                {"deferral": 1.5, "haircut_share": 0.25, "swap_share": 0.5, "asset_gain": 0.2}, dt=0.25)
    standard(
        book_case(), shapes={"written_off": (P, R), "grace": (P, R), "credit": (P, R)},
        bounds={"written_off": (0, 0.4), "grace": (0, 4), "credit": (0, 1)},
        zero={"written_off": 0.0, "grace": 0.0, "rescheduled": 0.0, "haircut": 0.0, "swapped": 0.0},
        directions={"deferral": ("grace", "", 1), "haircut_share": ("written_off", "haircut", 1),
                    "swap_share": ("written_off", "swap", 1), "asset_gain": ("credit", "", 1)},
        by_hand=(hand, {"written_off/booked": cell(-0.02), "written_off/haircut": cell(0),
                        "written_off/swap": cell(0.2), "grace/elapsed": cell(-0.05),
                        "grace/rescheduled": cell(1.5), "credit/asset": cell(0.2)}))

    def scalar(reads, p, noise, dt):
        out = {name: np.zeros((P, R)) for name in ("written_off", "grace", "credit")}
        for g in range(P):
            for i in range(R):
                new = reads["debt_ratio"][g][i] * (p["haircut_share"] * reads["haircut"][g][i]
                                                   + p["swap_share"] * reads["swapped"][g][i])
                out["written_off"][g, i] = new - reads["written_off"][g][i]
                left = max(reads["grace"][g][i] - dt, 0) + p["deferral"] * reads["rescheduled"][g][i]
                out["grace"][g, i] = left - reads["grace"][g][i]
                out["credit"][g, i] = p["asset_gain"] * reads["swapped"][g][i] * reads["securing"][g]
        return out

    reference(book_case(), scalar)
