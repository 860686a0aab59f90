"""Exact steps: worked values, limits, and the fat-tailed transformation against the true law."""

import math

import numpy as np
import pytest
from scipy.special import ndtr, stdtrit

from heartland.dynamics.steps import known, rate_weight, reversion, shock, split_growth, student6


def test_reversion_by_hand():
    # a quarter left after a year means a half left after six months
    assert reversion(np.array([0.25]), 0.5)[0] == 0.5
    assert reversion(np.array([1.0]), 0.5)[0] == 0.0


def test_shock_by_hand_and_at_the_random_walk():
    # (1 - 1/4)/(1 - 1/16) = 0.8
    assert shock(np.array([0.25]), np.array([3.0]), 0.5)[0] == pytest.approx(3 * math.sqrt(0.8), rel=1e-14)
    assert shock(np.array([0.25]), np.array([3.0]), 1.0)[0] == pytest.approx(3.0, rel=1e-14)
    assert shock(np.array([1.0]), np.array([3.0]), 0.25)[0] == pytest.approx(1.5, rel=1e-14)
    near = shock(np.array([1 - 1e-8]), np.array([3.0]), 0.25)[0]
    assert near == pytest.approx(1.5, rel=1e-6)


def test_rate_weight_by_hand_and_for_short_steps():
    # phi = 1/4, dt = 1/2: sqrt(ln 4 * 1/4 * 3/4)
    assert rate_weight(np.array([0.25]), 0.5)[0] == pytest.approx(math.sqrt(math.log(4) * 3 / 16), rel=1e-14)
    phi = np.array([0.2, 0.4, 0.8])
    np.testing.assert_allclose(rate_weight(phi, 1 / 12), reversion(phi, 1 / 12), rtol=1e-3)
    assert np.isfinite(rate_weight(np.array([0.0]), 1 / 12)[0])


def test_rate_weight_gives_one_variance_at_every_step():
    # driver: random walk of sd 1 a year, rate = step / dt, so variance 1/dt
    phi = np.array([0.3])
    variance = [rate_weight(phi, dt)[0] ** 2 / dt / (1 - phi[0] ** (2 * dt)) for dt in (1.0, 0.25, 1 / 12)]
    np.testing.assert_allclose(variance, -math.log(0.3) / 2, rtol=1e-13)


def test_two_half_steps_are_one_step():
    phi, sd = np.array([0.7]), np.array([0.2])
    half, whole = shock(phi, sd, 0.5), shock(phi, sd, 1.0)
    np.testing.assert_allclose(half**2 * (1 + phi), whole**2, rtol=1e-14)
    np.testing.assert_allclose((1 - reversion(phi, 0.5)) ** 2, 1 - reversion(phi, 1.0), rtol=1e-14)


def test_unknown_counts_as_zero():
    np.testing.assert_array_equal(known(np.array([1.5, np.nan, np.inf, -np.inf, -2.0])), [1.5, 0, 0, 0, -2.0])
    np.testing.assert_array_equal(known(np.array([1.5, -2.0])), [1.5, -2.0])


def test_split_growth_is_exact_and_proportional():
    level = np.array([[100.0, 0.0, 50.0]])
    logs = {"a": np.array([[math.log(2), 1.0, 0.0]]), "b": np.array([[-math.log(4), 1.0, 0.0]])}
    parts = split_growth(level, logs)
    # 100 -> 50: change -50, shares 1 : -2 of the log change, so +50 and -100
    np.testing.assert_allclose(parts["a"], [[50.0, 0.0, 0.0]], rtol=1e-14)
    np.testing.assert_allclose(parts["b"], [[-100.0, 0.0, 0.0]], rtol=1e-14)


@pytest.mark.parametrize("size", [1e-15, 1e-10, 9.9e-10, 1.1e-9, 1e-6, 1e-2])
def test_split_growth_near_zero(size):
    parts = split_growth(np.array([1e9]), {"a": np.array([size])})
    np.testing.assert_allclose(parts["a"], [1e9 * math.expm1(size)], rtol=1e-12)


def test_student6_moments():
    z = np.linspace(-9.5, 9.5, 200_001)
    weight = np.exp(-z * z / 2) / math.sqrt(2 * math.pi) * (z[1] - z[0])
    t = student6(z)
    assert np.sum(t * weight) == pytest.approx(0, abs=1e-12)
    assert np.sum(t**2 * weight) == pytest.approx(1, abs=1e-9)
    assert np.sum(t**4 * weight) - 3 == pytest.approx(3, abs=1e-6)
    assert np.all(np.diff(t) > 0)


@pytest.mark.parametrize(("low", "high", "error"), [(0.01, 3, 0.003), (3, 5, 0.01), (5, 6, 0.10)])
def test_student6_quantiles_against_the_true_law(low, high, error):
    z = np.linspace(low, high, 1001)
    true = -stdtrit(6, ndtr(-z)) * math.sqrt(2 / 3)
    np.testing.assert_allclose(student6(z), true, rtol=error)
    np.testing.assert_array_equal(student6(-z), -student6(z))
