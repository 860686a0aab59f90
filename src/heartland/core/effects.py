"""Random-effects mean of values that disagree more than their errors allow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["RandomEffects", "random_effects"]


class RandomEffects(NamedTuple):
    """Mean and its standard error, variance between the values, I2, and weights that sum to 1."""

    mean: float
    error: float
    tau2: float
    i2: float
    weights: list[float]


def random_effects(y: Sequence[float], s: Sequence[float]) -> RandomEffects:
    """Mean of values y with standard errors s; exact values (s = 0) alone decide it.

    Source: DerSimonian & Laird 1986, Controlled Clinical Trials 7(3).
    """
    n = len(y)
    if any(e <= 0.0 for e in s):
        exact = [value for value, e in zip(y, s, strict=True) if e <= 0.0]
        weights = [1.0 / len(exact) if e <= 0.0 else 0.0 for e in s]
        mean = sum(exact) / len(exact)
        return RandomEffects(mean, 0.0, 0.0, 0.0 if all(value == mean for value in y) else 1.0, weights)
    if n == 1:
        return RandomEffects(y[0], s[0], 0.0, 0.0, [1.0])
    w = [1.0 / (e * e) for e in s]
    total = sum(w)
    fixed = sum(wi * value for wi, value in zip(w, y, strict=True)) / total
    q = sum(wi * (value - fixed) ** 2 for wi, value in zip(w, y, strict=True))
    tau2 = max(0.0, (q - (n - 1)) / (total - sum(wi * wi for wi in w) / total))
    w = [1.0 / (e * e + tau2) for e in s]
    total = sum(w)
    mean = sum(wi * value for wi, value in zip(w, y, strict=True)) / total
    i2 = max(0.0, (q - (n - 1)) / q) if q > 0 else 0.0
    return RandomEffects(mean, total**-0.5, tau2, i2, [wi / total for wi in w])
