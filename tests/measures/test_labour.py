"""Golden check T2, the edges, and what noise alone shows."""

from __future__ import annotations

import math

import numpy as np
import pytest

from heartland.measures import tidy
from heartland.measures.influence import influence
from heartland.measures.labour import division_of_labour, general_division, null_profiles, role_share

EXACT = {"abs": 1e-9, "rel": 0}


def result_t(world):
    found = tidy.inputs(world, constants=False)
    return influence(found.volume(), found.totals(), found.base, found.spec)


def test_t2_on_influence_with_two_domains(world_t) -> None:
    f = result_t(world_t).influence[:, :, 0, 0]
    result = division_of_labour(f[:, 0], f[:, 1], least_domains=2)
    assert float(result.division) == pytest.approx(0.5507889175, abs=1e-9)
    assert float(result.overlap) == pytest.approx(0.1927549195, abs=1e-9)
    assert float(result.level) == pytest.approx(1.09, **EXACT)
    assert role_share(f[:, 0], f[:, 1])[:2] == pytest.approx([0.3154929577, 0.9795918367], **EXACT)
    assert math.isnan(division_of_labour(f[:, 0], f[:, 1]).division)  # three domains are the default


def test_t2_on_bandwidth_with_three_domains(world_t) -> None:
    b = result_t(world_t).bandwidth[:, :, 0, 0]
    result = division_of_labour(b[:, 0], b[:, 1])
    assert float(result.division) == pytest.approx(0.1344148993, abs=1e-9)
    assert float(result.overlap) == pytest.approx(0.6285356248, abs=1e-9)


def test_t2_plain_profiles() -> None:
    result = division_of_labour(np.array([0.5, 0.3, 0.2, 0.0]), np.array([0.2, 0.2, 0.3, 0.3]))
    assert float(result.division) == pytest.approx(0.2124325038, abs=1e-9)
    assert float(result.overlap) == pytest.approx(0.6, **EXACT)


def test_same_profile_is_zero_and_no_common_domain_is_one() -> None:
    same = division_of_labour(np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 6.0]))
    apart = division_of_labour(np.array([1.0, 1.0, 0.0, 0.0]), np.array([0.0, 0.0, 3.0, 1.0]))
    assert (float(same.division), float(same.overlap)) == (pytest.approx(0.0, abs=1e-15), pytest.approx(1.0))
    assert (float(apart.division), float(apart.overlap)) == (pytest.approx(1.0), 0.0)


def test_a_power_without_strength_has_no_profile() -> None:
    result = division_of_labour(np.zeros(3), np.array([1.0, 2.0, 3.0]))
    assert math.isnan(result.division)
    assert bool(result.zero)
    assert float(result.level) == 6.0


def test_profiles_are_compared_on_common_domains() -> None:
    a, b = np.array([1.0, 2.0, 3.0, np.nan]), np.array([3.0, 2.0, 1.0, 9.0])
    result = division_of_labour(a, b)
    assert int(result.n_domains) == 3
    assert float(result.division) == pytest.approx(float(division_of_labour(a[:3], b[:3]).division))


def test_three_powers_are_scaled_to_one() -> None:
    apart = general_division([np.array([5.0, 0, 0]), np.array([0, 5.0, 0]), np.array([0, 0, 5.0])])
    same = general_division([np.array([1.0, 2, 3]), np.array([2.0, 4, 6]), np.array([3.0, 6, 9])])
    assert float(apart) == pytest.approx(1.0)
    assert float(same) == pytest.approx(0.0, abs=1e-12)


def test_two_equal_levels_give_the_plain_divergence() -> None:
    p, q = np.array([0.5, 0.3, 0.2, 0.0]), np.array([0.2, 0.2, 0.3, 0.3])
    assert float(general_division([p, q])) == pytest.approx(float(division_of_labour(p, q).division))


def test_the_null_has_the_pooled_profile_and_the_own_noise() -> None:
    a, b = np.array([0.2, 0.2, 0.4]), np.array([0.6, 0.1, 0.1])
    noise = np.array([[1.0, 2.0], [1.0, 1.0], [1.0, 0.5]])
    left, right = null_profiles(a[:, None] * noise, b[:, None] * np.ones((3, 2)), a, b)
    pooled = (a / 0.8 + b / 0.8) / 2
    assert left[:, 0] == pytest.approx(pooled)
    assert left[:, 1] == pytest.approx(pooled * noise[:, 1])
    assert division_of_labour(left, right).division[0] == pytest.approx(0.0, abs=1e-12)
    assert division_of_labour(left, right).division[1] > 0
