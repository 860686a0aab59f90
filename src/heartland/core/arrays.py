"""The small part of the Python array API standard that mechanisms need beyond operators."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

__all__ = ["Array", "Namespace", "everywhere", "logistic", "namespace", "nowhere", "yearly_to_step"]

# A NumPy, array-api-strict or JAX array; the standard has no common static type.
Array: TypeAlias = Any
Namespace: TypeAlias = Any


def namespace(*arrays: Array) -> Namespace:
    """Array namespace of the first argument that has one.

    Raises
    ------
    TypeError
        If no argument is an array of the standard.
    """
    for array in arrays:
        found = getattr(array, "__array_namespace__", None)
        if found is not None:
            return found()
    raise TypeError("none of the arguments is an array of the array API standard")


def everywhere(flags: Array) -> bool:
    """Whether all flags are seen to hold, so that a shorter way with the same bits may be taken.

    Only a NumPy array is looked at: any other, whose values may not be there yet, goes the whole way.
    """
    return isinstance(flags, np.ndarray) and bool(flags.all())


def nowhere(flags: Array) -> bool:
    """Whether no flag is seen to hold; as `everywhere`, of NumPy arrays alone."""
    return isinstance(flags, np.ndarray) and not flags.any()


def logistic(x: Array) -> Array:
    """Standard logistic function 1/(1+exp(-x)), elementwise, without overflow; same shape as x."""
    xp = namespace(x)
    positive = 1.0 / (1.0 + xp.exp(-xp.abs(x)))
    return xp.where(x >= 0, positive, 1.0 - positive)


def yearly_to_step(probability: Array, dt: float) -> Array:
    """Probability per step of `dt` years from a yearly one: 1-(1-p)**dt; p in [0, 1], same shape."""
    return 1.0 - (1.0 - probability) ** dt
