"""The workload all versions share: ties between actors that answer each other and follow popularity.

15 actors hold a tie in [0, 1] to every other in 6 channels. At each of 60 steps a tie moves part of the way
to a target made of its own anchor, the tie that comes back and the mean tie its receiver enjoys, plus noise:

    target[i, j] = (1 - RETURN - FAME) anchor[i, j] + RETURN tie[j, i] + FAME mean over k of tie[k, j]
    tie[i, j]   <- clip(tie[i, j] + SPEED (target[i, j] - tie[i, j]) + NOISE e, 0, 1)

with nothing held to oneself and the mean tie of each channel recorded after every step.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "ACTORS", "CHANNELS", "DOCUMENTED", "FAME", "NOISE", "RETURN", "SPEED", "STEPS", "TOLERANCE", "anchors",
]  # fmt: skip

ACTORS, CHANNELS, STEPS = 15, 6, 60
SPEED, RETURN, FAME, NOISE = 0.15, 0.30, 0.10, 0.02
# mean tie by channel after the last step, over many runs
DOCUMENTED = (0.279, 0.272, 0.269, 0.264, 0.269, 0.273)
TOLERANCE = 0.001


def anchors() -> NDArray[np.float64]:
    """Anchor of every tie, (giver, receiver, channel), 0 on the diagonal."""
    drawn = np.random.default_rng(0).beta(1.2, 3.0, size=(ACTORS, ACTORS, CHANNELS))
    drawn[np.diag_indices(ACTORS)] = 0.0
    return drawn
