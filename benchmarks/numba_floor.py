"""The workload as one compiled loop in Numba: what hand-written code reaches, as a floor for comparisons.

Normals come from a ziggurat of 256 layers (Marsaglia, G. and Tsang, W. W. (2000), The ziggurat method for
generating random variables, Journal of Statistical Software 5(8)) fed by SplitMix64 (Steele, G. L., Lea, D.
and Flood, C. H. (2014), Fast splittable pseudorandom number generators, OOPSLA).
Numba is used here and nowhere else; without it the row is left out of the table.
"""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from benchmarks.workload import ACTORS, CHANNELS, FAME, NOISE, RETURN, SPEED, STEPS, anchors

__all__ = ["normals", "run_numba"]

# right end of the lowest layer, and the area of each, for 256 layers
EDGE, AREA = 3.6541528853610088, 0.00492867323399
BITS = 2.0**53


def _tables() -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Right ends of the layers, their quotients with the layer below, densities at the ends."""
    ends = np.empty(257)
    ends[0], ends[1], ends[256] = AREA / math.exp(-0.5 * EDGE**2), EDGE, 0.0
    for layer in range(2, 256):
        below = ends[layer - 1]
        ends[layer] = math.sqrt(-2.0 * math.log(AREA / below + math.exp(-0.5 * below**2)))
    return ends, ends[1:] / ends[:-1], np.exp(-0.5 * ends**2)


ENDS, QUOTIENTS, DENSITIES = _tables()


@numba.njit(inline="always")
def _next(s: Any) -> Any:
    """The next 64 bits of SplitMix64."""
    s[0] += np.uint64(0x9E3779B97F4A7C15)
    z = s[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@numba.njit(inline="always")
def _uniform(s: Any) -> Any:
    return np.int64(_next(s) >> np.uint64(11)) / BITS


@numba.njit(inline="always")
def _normal(s: Any) -> Any:
    """One standard normal."""
    while True:
        bits = _next(s)
        layer = np.int64(bits & np.uint64(255))
        signed = np.int64(bits >> np.uint64(11)) * (2.0 / BITS) - 1.0
        if abs(signed) < QUOTIENTS[layer]:
            return signed * ENDS[layer]
        found, x = _edge(s, layer, signed)
        if found:
            return x


@numba.njit
def _edge(s: Any, layer: Any, signed: Any) -> Any:
    """Whether a point beyond the sure part of a layer counts, and the normal it gives."""
    if layer == 0:
        return True, _tail(s, signed)
    x = signed * ENDS[layer]
    low, high = DENSITIES[layer], DENSITIES[layer + 1]
    return low + _uniform(s) * (high - low) < math.exp(-0.5 * x * x), x


@numba.njit
def _tail(s: Any, signed: Any) -> Any:
    """A normal beyond the last layer, on the side of `signed`."""
    while True:
        x = -math.log(1.0 - _uniform(s)) / EDGE
        if -2.0 * math.log(1.0 - _uniform(s)) > x * x:
            return EDGE + x if signed > 0 else -(EDGE + x)


@numba.njit
def _run(s: Any, anchor: Any, noise: float, means: Any) -> None:
    """One run: channel means (step, channel) into `means`; anchor (channel, giver, receiver)."""
    ties, planned = anchor.copy(), anchor.copy()
    fame = np.empty(ACTORS)
    for step in range(STEPS):
        for channel in range(CHANNELS):
            tie, new, own = ties[channel], planned[channel], anchor[channel]
            fame[:] = 0.0
            for giver in range(ACTORS):
                for receiver in range(ACTORS):
                    fame[receiver] += tie[giver, receiver]
            total = 0.0
            for giver in range(ACTORS):
                for receiver in range(ACTORS):
                    if giver == receiver:
                        continue
                    target = (1 - RETURN - FAME) * own[giver, receiver] + RETURN * tie[receiver, giver]
                    target += FAME * fame[receiver] / ACTORS
                    now = tie[giver, receiver]
                    now += SPEED * (target - now) + noise * _normal(s)
                    now = min(max(now, 0.0), 1.0)
                    new[giver, receiver] = now
                    total += now
            means[step, channel] = total / (ACTORS * ACTORS)
        ties, planned = planned, ties


@numba.njit
def _runs(states: Any, anchor: Any, noise: float) -> Any:
    made = np.empty((len(states), STEPS, CHANNELS))
    for run in range(len(states)):
        _run(states[run], anchor, noise, made[run])
    return made


@numba.njit
def _drawn(state: Any, n: int) -> Any:
    found = np.empty(n)
    for place in range(n):
        found[place] = _normal(state)
    return found


def _states(runs: int, seed: int) -> NDArray[np.uint64]:
    return np.random.SeedSequence(seed).generate_state(runs, np.uint64).reshape(runs, 1)


def normals(seed: int, n: int) -> NDArray[np.float64]:
    """Standard normals of the ziggurat, (n,), to be tested."""
    found: NDArray[np.float64] = _drawn(_states(1, seed)[0], n)
    return found


def run_numba(runs: int, seed: int) -> NDArray[np.float64]:
    """Final channel means of some runs, (run, channel)."""
    anchor = np.ascontiguousarray(np.moveaxis(anchors(), -1, 0))
    made: NDArray[np.float64] = _runs(_states(runs, seed), anchor, NOISE)
    return made[:, -1]
