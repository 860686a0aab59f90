"""Quantiles of the gamma distribution, for weights: each number on its own, so that more draws move none.

Written out because the library that has them takes longer to import than a table takes to compute.
"""

from __future__ import annotations

import math

import numpy as np

from heartland.measures.scores import Floats

__all__ = ["gamma_below", "gamma_quantile"]

_TERMS, _ROUNDS = 10_000, 60
_NO_CHANGE = 2.0**-55  # less than half a unit in the last place: adding it changes no bit
_CLOSE = 1e-6  # of x: the error that is left after such a step is of its third power


def gamma_below(shape: float, x: Floats) -> Floats:
    """Probability of a gamma number of that shape (scale 1) below x >= 0.

    x^a e^-x / Gamma(a + 1) times 1 + x/(a+1) + x^2/((a+1)(a+2)) + ... (Abramowitz & Stegun 1964, 6.5.29).
    """
    term, whole = np.ones_like(x), np.ones_like(x)
    for k in range(1, _TERMS):
        term *= x
        term /= shape + k
        whole += term
        if k % 8 == 0 and bool((term <= _NO_CHANGE * whole).all()) and float(x.max(initial=0.0)) < shape + k:
            break
    with np.errstate(divide="ignore"):
        front = np.exp(shape * np.log(x) - x - math.lgamma(shape + 1.0))
    return np.asarray(np.minimum(front * whole, 1.0))


def gamma_quantile(shape: float, u: Floats) -> Floats:
    """x below which a gamma number of that shape (scale 1) lies with probability u.

    Parameters
    ----------
    shape : > 0;  u : in (0, 1), one axis

    Returns
    -------
    Same shape. Halley's method from the start of Wilson & Hilferty 1931, or near 0 from the first term of the
    series; the probability below the result is u to about 1e-12.
    """
    x = _start(shape, u)
    active = np.ones(u.shape, dtype=bool)
    for _ in range(_ROUNDS):
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            density = np.exp((shape - 1.0) * np.log(x) - x - math.lgamma(shape))
            step = (gamma_below(shape, x) - u) / density
            step /= np.maximum(0.5, 1.0 - 0.5 * step * ((shape - 1.0) / x - 1.0))
        step = np.where(np.isfinite(step), step, 0.0)
        moved = np.where(x - step > 0, x - step, x / 2)
        x = np.where(active, moved, x)
        active = active & (np.abs(step) > _CLOSE * x)
        if not active.any():
            break
    return x


def _start(shape: float, u: Floats) -> Floats:
    tail = np.sqrt(-2.0 * np.log(np.minimum(u, 1.0 - u)))
    z = tail - (2.30753 + 0.27061 * tail) / (1.0 + tail * (0.99229 + 0.04481 * tail))  # A & S 26.2.22
    z = np.where(u < 0.5, -z, z)
    middle = shape * (1.0 - 1.0 / (9.0 * shape) + z / (3.0 * math.sqrt(shape))) ** 3
    first = np.exp((np.log(u) + math.lgamma(shape + 1.0)) / shape)
    return np.maximum(np.where((middle > 0.2 * shape) & (shape >= 0.3), middle, first), 1e-300)
