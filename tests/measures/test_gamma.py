"""Quantiles of the gamma distribution."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import gammainc, gammaincinv

from heartland.measures.gamma import gamma_below, gamma_quantile

U = np.concatenate([np.linspace(0.0005, 0.9995, 1999), [1e-12, 1e-6, 1 - 1e-6, 2.0**-54]])


@pytest.mark.parametrize("shape", [0.05, 0.4, 1.0, 2.5, 5.0, 20.0, 300.0, 4000.0])
def test_quantiles_are_those_of_the_distribution(shape: float) -> None:
    found, expected = gamma_quantile(shape, U), gammaincinv(shape, U)
    near = expected > 1e-290  # below, the number itself has lost its precision
    np.testing.assert_allclose(gammainc(shape, found[near]), U[near], rtol=2e-11)
    np.testing.assert_allclose(gamma_below(shape, expected[near]), U[near], rtol=2e-11)
    inside = near & (U < 0.9) & (U > 0.001)
    np.testing.assert_allclose(found[inside], expected[inside], rtol=1e-11)


def test_exponential_by_hand() -> None:
    u = U[:1999]
    np.testing.assert_allclose(gamma_quantile(1.0, u), -np.log1p(-u), rtol=1e-11)


@pytest.mark.parametrize("shape", [0.05, 1.0, 6.0, 300.0])
def test_each_number_stands_on_its_own(shape: float) -> None:
    whole = gamma_quantile(shape, U)
    for part in (slice(0, 100), slice(700, 701), slice(0, None, 7)):
        np.testing.assert_array_equal(gamma_quantile(shape, U[part]), whole[part])
