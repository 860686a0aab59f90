"""How closed an order is: outsiders' share against expectation, ties inside against ties from outside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from heartland.measures.scores import Floats

__all__ = ["LEAST_EXPECTED", "Closure", "closure", "closure_of", "gap"]

# An expectation below this is too small to be missed.
LEAST_EXPECTED = 0.01


def gap(observed: Floats, expected: Floats) -> Floats:
    """1 - observed / expected share of outsiders: 0 as expected, 1 closed, negative more open than expected.

    NaN where a share is unknown or less than `LEAST_EXPECTED` is expected.

    Examples
    --------
    >>> round(float(gap(np.array(.10), np.array(.25))), 10)
    0.6
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(expected >= LEAST_EXPECTED, 1 - observed / expected, np.nan)


@dataclass(frozen=True)
class Closure:
    """Closure of an order and what it is made of.

    value : [-1, 1], NaN where there is no tie at all
    present_in, possible_in, present_out, possible_out : counts of known cells
    """

    value: Floats
    present_in: Floats
    possible_in: Floats
    present_out: Floats
    possible_out: Floats


def closure(inside: Floats, outside: Floats) -> Closure:
    """(d_in - d_out) / (d_in + d_out) of densities d: after the E-I index of Krackhardt & Stern 1988.

    Densities, not counts: a small order has few ties inside only because few are possible.

    Parameters
    ----------
    inside, outside : (cell, ...) 1 tie present, 0 absent, NaN unknown (left out of both counts), of the cells
        that are possible among members, and from outsiders to members

    Examples
    --------
    >>> inside, outside = np.repeat([1., 0.], [8, 2]), np.repeat([1., 0.], [3, 17])
    >>> round(float(closure(inside, outside).value), 10)
    0.6842105263
    """
    counts = []
    for ties in (inside, outside):
        known = ~np.isnan(ties)
        counts += [np.where(known, ties, 0.0).sum(axis=0), known.sum(axis=0).astype(np.float64)]
    return closure_of(*(np.asarray(count) for count in counts))


def closure_of(
    present_in: Floats, possible_in: Floats, present_out: Floats, possible_out: Floats,
) -> Closure:
    """The same from counts of ties present and possible."""
    with np.errstate(invalid="ignore", divide="ignore"):
        inner, outer = _density(present_in, possible_in), _density(present_out, possible_out)
        value = (inner - outer) / np.where(inner + outer > 0, inner + outer, np.nan)
    return Closure(np.asarray(value), present_in, possible_in, present_out, possible_out)


def _density(present: Floats, possible: Floats) -> npt.NDArray[np.float64]:
    return np.asarray(present / np.where(possible > 0, possible, np.nan))
