"""Positions on the UN scale: standard tests, reference, the weighted mean, the weak pull."""

import math

import array_api_strict
import numpy as np
import pytest
from tests.dynamics.helpers import Case, check_closure, new_level, reference, standard, total

from heartland.dynamics.alignment import dependence_mean, ideal_point

A, M = 4, 5
RNG = np.random.default_rng(29)


def align_case(**changes):
    target = np.full((A, M), 0.8)
    target[3] = np.nan  # a power: nothing draws it
    return Case(ideal_point, {"ideal_point": RNG.normal(-0.5, 0.2, (A, M)), "alignment_target": target},
                {"pull": 0.05, "volatility": 0.15},
                {"noise": np.abs(RNG.standard_normal((A, M)))}).with_(**changes)


def scalar(reads, p, noise, dt):
    out = []
    for v, target, e in zip(reads["ideal_point"], reads["alignment_target"], noise["noise"], strict=True):
        if math.isnan(target):
            out.append(p["volatility"] * math.sqrt(dt) * e)
            continue
        b = p["pull"]
        spread = p["volatility"] * math.sqrt((1 - math.exp(-2 * b * dt)) / (2 * b))
        out.append(target + (v - target) * math.exp(-b * dt) + spread * e - v)
    return {"ideal_point": out}


def test_ideal_point():
    b = math.log(2)
    hand = Case(ideal_point, {"ideal_point": np.array([[-1.0], [0.5]]),
                              "alignment_target": np.array([[1.0], [np.nan]])},
                {"pull": b, "volatility": 0.2}, {"noise": np.ones((2, 1))}, dt=1.0)
    standard(
        align_case(), shapes={"ideal_point": (A,)}, bounds={"ideal_point": (-3, 3)},
        zero={"alignment_target": math.nan, "noise": 0.0},
        directions={"pull": ("ideal_point", "pull", 1), "volatility": ("ideal_point", "noise", 1)},
        by_hand=(hand, {"ideal_point/pull": [[1.0], [0.0]],
                        "ideal_point/noise": [[0.2 * math.sqrt(0.75 / (2 * b))], [0.2]]}))
    reference(align_case(), scalar)
    case = align_case()
    check_closure(case, {"ideal_point": new_level(case, scalar, "ideal_point")})


def test_no_pull_is_a_random_walk():
    walk = align_case(pull=0.0).call()
    assert not np.any(total(walk, "ideal_point", "pull"))
    case = align_case(pull=0.0)
    np.testing.assert_allclose(total(case.call(), "ideal_point", "noise"),
                               0.15 * math.sqrt(1 / 12) * case.noise["noise"], rtol=1e-14)


def test_unknown_position_stays_unknown():
    position = np.array(align_case().reads["ideal_point"])
    position[1] = np.nan
    change = total(align_case(ideal_point=position).call(), "ideal_point")
    assert np.all(np.isnan(change[1]))
    assert np.isnan(change).sum() == M


def test_dependence_mean_by_hand():
    positions = np.array([[1.0], [-1.0], [np.nan]])
    dependence = np.array([[3.0, 0.0, np.nan, 1.0], [1.0, 0.0, 2.0, 0.0], [9.0, 0.0, np.nan, 5.0]])[..., None]
    mean = dependence_mean(positions, dependence)
    # (3 - 1)/4; depends on nobody; only the second known; only the first
    np.testing.assert_allclose(mean, [[0.5], [np.nan], [-1.0], [1.0]], rtol=1e-14)
    strict = dependence_mean(array_api_strict.asarray(positions), array_api_strict.asarray(dependence))
    np.testing.assert_array_equal(np.asarray(strict), mean)


def test_dependence_mean_stays_between_the_powers():
    positions, dependence = RNG.normal(0, 1, (4, M)), RNG.random((4, 3, M))
    mean = dependence_mean(positions, dependence)
    assert np.all(mean <= positions.max(axis=0))
    assert np.all(mean >= positions.min(axis=0))
    np.testing.assert_allclose(dependence_mean(positions + 1, 7 * dependence), mean + 1, rtol=1e-12)


def test_the_weak_pull_moves_a_tenth_in_two_years():
    level = np.array([[-0.5]])
    for _ in range(24):
        case = Case(ideal_point, {"ideal_point": level, "alignment_target": np.array([[0.5]])},
                    {"pull": 0.05, "volatility": 0.15}, {"noise": np.zeros((1, 1))})
        level = level + total(case.call(), "ideal_point")
    assert level[0, 0] == pytest.approx(0.5 - math.exp(-0.1), rel=1e-12)
