"""The workload in plain NumPy: the arithmetic alone, no splits, no streams of their own, no bounds booked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.workload import ACTORS, CHANNELS, FAME, NOISE, RETURN, SPEED, STEPS, anchors

__all__ = ["run_numpy"]


def run_numpy(runs: int, seed: int, side_by_side: int = 64) -> NDArray[np.float64]:
    """Final channel means of some runs, (run, channel), simulated in groups."""
    groups = [min(side_by_side, runs - first) for first in range(0, runs, side_by_side)]
    generator = np.random.default_rng(seed)
    return np.concatenate([_group(count, generator)[-1] for count in groups])


def _group(runs: int, generator: np.random.Generator) -> NDArray[np.float64]:
    """Channel means, (step, run, channel)."""
    anchor = np.moveaxis(anchors(), -1, 0)
    pull = (1 - RETURN - FAME) * anchor
    ties = np.repeat(anchor[None], runs, axis=0)
    others = 1.0 - np.eye(ACTORS)
    recorded = np.empty((STEPS, runs, CHANNELS))
    shocks = np.empty_like(ties)
    for step in range(STEPS):
        change = ties.swapaxes(-1, -2) * RETURN
        change += pull
        change += (FAME / ACTORS) * ties.sum(axis=-2, keepdims=True)
        change -= ties
        change *= SPEED
        generator.standard_normal(out=shocks)
        shocks *= NOISE
        ties += change
        ties += shocks
        np.clip(ties, 0.0, 1.0, out=ties)
        ties *= others
        ties.mean(axis=(-1, -2), out=recorded[step])
    return recorded
