"""Sums that come out the same to the last bit however the addends are cut and ordered.

The addends are split into pieces on a common grid, each so short that adding is exact; the sum of all pieces
of all blocks is rounded once, at the end. Same idea as Demmel and Nguyen, Parallel reproducible
summation, IEEE Transactions on Computers 64 (2015).
"""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["MOST", "PIECES", "rounded", "split_sum"]

Floats: TypeAlias = NDArray[np.float64]

# bits of a piece: with room for the sum of MOST of them in a float64
BITS = 42
MOST = 1024
# pieces that hold every finite float32, from 2**128 down to 2**-149
PIECES = 7


def split_sum(values: NDArray[Any]) -> Floats:
    """Exact sum over the first axis, as pieces to be added.

    Parameters
    ----------
    values : (member, *shape), at most 1,024 members, float32 (or float64 that hold float32 values); NaN
        counts as 0

    Returns
    -------
    (piece, *shape), 7 pieces whose mathematical sum is that of the values: the sum rounded to a float64, what
    that leaves rounded likewise, and so on; so equal sums have equal pieces

    Raises
    ------
    ValueError
        For more members, or values beyond those of float32.
    """
    if len(values) > MOST:
        raise ValueError(f"{len(values)} members are more than {MOST}")
    rest = np.nan_to_num(np.asarray(values, dtype=np.float64), nan=0.0, posinf=np.inf, neginf=-np.inf)
    pieces = np.zeros((PIECES, *rest.shape[1:]))
    for number in range(PIECES):
        top = np.abs(rest).max(axis=0, initial=0.0)
        if not top.any():
            return _settled(pieces)
        if not np.isfinite(top).all():
            raise ValueError("an infinite value has no sum")
        exponent = np.frexp(top)[1]
        anchor = np.ldexp(1.5, exponent + (52 - BITS))
        part = (rest + anchor) - anchor
        pieces[number] = part.sum(axis=0)
        rest = rest - part
    if rest.any():
        raise ValueError("a value has more digits than a float32")
    return _settled(pieces)


def _settled(pieces: Floats) -> Floats:
    """Pieces (any number, *shape) with the same exact sum in the one form that `split_sum` promises."""
    flat = pieces.reshape(len(pieces), -1)
    found = np.zeros((PIECES, flat.shape[1]))
    found[0] = flat[0]
    several = np.flatnonzero(flat[1:].any(axis=0))
    for place, addends in zip(several, flat[:, several].T.tolist(), strict=True):
        found[0, place] = 0.0
        for piece in range(PIECES):
            part = math.fsum(addends)
            if part == 0.0:
                break
            found[piece, place] = part
            addends.append(-part)
    return found.reshape(PIECES, *pieces.shape[1:])


def rounded(pieces: Floats) -> Floats:
    """Sum over the first two axes, rounded once: the same for any order of the blocks.

    pieces : (block, piece, *shape), as `split_sum` gives them;  returns : (*shape)
    """
    flat = pieces.reshape(pieces.shape[0] * pieces.shape[1], -1)
    flat = flat[flat.any(axis=1)]
    return np.array([math.fsum(column) for column in flat.T.tolist()]).reshape(pieces.shape[2:])
