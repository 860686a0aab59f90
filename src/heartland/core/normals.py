"""Uniforms and standard normals of 32 random bits each; no bits are refused, so places in a stream are known.

A uniform is (w + 1/2) / 2**32 of the 32 bits w as a whole number: never 0, never 1.

For a normal the last of the bits is set, so that they are an odd number x with its sign, |x| < 2**31. The
normal is Q(|x| / 2**32) with the sign of x, where Q(p) is what a standard normal exceeds with probability p:
an even grid of 2**31 probabilities, symmetric about 0, whose least is 2.3e-10 (6.2 standard deviations).
Between 512 places in each power of two Q is taken as straight, which moves no normal by more than 2.1e-7 and
the distribution function by less than 7e-8. At the places Q is Wichura's algorithm AS 241 (Applied Statistics
37, 1988) as Python's `statistics` has it, right to the last bits.

So numbers of any step are drawn without those before, and with a few operations on whole arrays, in less time
than by a method that refuses some bits or takes 64 of them.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["PER_WORD", "normals", "uniforms"]

Floats: TypeAlias = NDArray[np.float64]
Words: TypeAlias = NDArray[np.uint64]

# Numbers made of one 64-bit number.
PER_WORD = 2
_ODD = np.uint64(0x1_0000_0001)
# Leading bits of the fraction of a double that choose the place: 2**9 places in each power of two.
_PLACES = 9
_SHIFT = np.uint64(52 - _PLACES)
_BIAS = 1023


@cache
def _table() -> NDArray[np.complex128]:
    """Straight pieces of Q by the leading bits of x as a double: height at 0, slope as imaginary part.

    Most leading bits never occur; the memory of their zeros is never touched.
    """
    from statistics import NormalDist

    exact = NormalDist().inv_cdf
    negative = 1 << 11 + _PLACES
    table = np.zeros(2 * negative, dtype=np.complex128)
    for power in range(31):
        edges = np.ldexp(1 + np.linspace(0, 1, (1 << _PLACES) + 1), power)
        # the last edge of all is probability 1/2
        heights = np.array([-exact(edge / 2**32) for edge in edges.tolist()])
        slope = np.diff(heights) / np.diff(edges)
        begin = _BIAS + power << _PLACES
        piece = table[begin : begin + len(slope)]
        piece.real, piece.imag = heights[:-1] - slope * edges[:-1], slope
        # of the same size, with the other sign
        table[negative + begin : negative + begin + len(slope)] = -piece.conj()
    table.setflags(write=False)
    return table


def uniforms(words: Words) -> Floats:
    """Uniforms in (0, 1) made of random bits; words and result as for `normals`."""
    numbers = _halves(np.array(words, order="C")).astype(np.float64)
    numbers += 0.5
    numbers *= 2.0**-32
    return numbers


def normals(words: Words) -> Floats:
    """Standard normals made of random bits.

    Parameters
    ----------
    words : uint64 (..., n), evenly distributed

    Returns
    -------
    float64 (..., 2 n), C-contiguous; two of each word, that of its lower bits first
    """
    numbers = _halves(np.bitwise_or(words, _ODD, order="C")).view(np.int32).astype(np.float64)
    places = (numbers.view(np.uint64) >> _SHIFT).view(np.int64)
    # all places exist: clipping changes none, and is the quickest way to say that they need no check
    pieces = _table().take(places, mode="clip")
    numbers *= pieces.imag
    numbers += pieces.real
    return numbers


def _halves(words: Words) -> NDArray[np.uint32]:
    """Lower and upper 32 bits of contiguous words, the lower first on every machine."""
    if sys.byteorder == "little":
        return words.view(np.uint32)
    return words.byteswap().view(np.uint32).byteswap()
