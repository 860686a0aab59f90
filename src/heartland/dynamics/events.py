"""Small array helpers shared by mechanisms that draw or read events."""

from __future__ import annotations

import numpy as np

from heartland.core.arrays import Array, kept, namespace

__all__ = ["LN2", "decay", "step_probability", "truth"]

LN2 = 0.6931471805599453


@kept
def truth(flag: Array) -> Array:
    """Bool array of an event or flag that may be stored as 0/1 numbers; same shape."""
    if type(flag) is np.ndarray:
        return flag != 0
    xp = namespace(flag)
    return xp.astype(flag, xp.bool)


def step_probability(rate: Array, dt: float) -> Array:
    """Chance of at least one event in `dt` years at a constant rate per year: 1-exp(-rate*dt)."""
    return -namespace(rate).expm1(rate * -dt)


@kept
def decay(half_life: Array, dt: float) -> Array:
    """Share left after `dt` years of exponential decay with a half-life in years: 2**(-dt/half_life)."""
    return namespace(half_life).exp(-LN2 * dt / half_life)
