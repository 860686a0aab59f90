"""Helpers of events: flags as booleans, chances of a step, half-lives."""

from __future__ import annotations

import array_api_strict
import numpy as np
import pytest

from heartland.dynamics.events import decay, step_probability, truth


def test_flags_may_be_numbers_or_booleans():
    for flags in (np.array([0.0, 1.0, 4.0]), np.array([False, True, True])):
        np.testing.assert_array_equal(truth(flags), [False, True, True])
        assert truth(array_api_strict.asarray(flags)).dtype == array_api_strict.bool


def test_chance_of_a_step_composes_to_that_of_a_year():
    rate = np.array([0.0, 0.04, 5.6])
    month, year = step_probability(rate, 1 / 12), step_probability(rate, 1.0)
    np.testing.assert_allclose(1 - (1 - month) ** 12, year, rtol=1e-12, atol=1e-15)
    assert year[1] == pytest.approx(0.039210560847676823)


def test_small_rates_keep_their_digits():
    assert step_probability(np.array(1e-17), 1.0) == pytest.approx(1e-17, rel=1e-12)


def test_half_life():
    np.testing.assert_allclose(decay(np.array([0.5, 1.0, 3.0]), 1.0), [0.25, 0.5, 2 ** (-1 / 3)])
