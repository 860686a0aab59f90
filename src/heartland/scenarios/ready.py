"""What the first block of a run would otherwise load: mechanisms, states, events and derived inputs."""

from __future__ import annotations

import numpy as np

from heartland.dynamics.mechanism import catalogue
from heartland.scenarios.derived import derived
from heartland.scenarios.state import event_kinds, state_catalogue

__all__ = ["keep_freed", "make_ready"]


# bytes; just under 32 MiB, the largest size to which the C library moves its threshold (mallopt(3))
FREED = 31 << 20


def keep_freed() -> None:
    """Have the C library keep what is freed.

    Arrays of a block come and go thousands of times. Until a larger piece has been freed, glibc hands memory
    of their size back to the system, to ask for it again at once; elsewhere this does nothing.
    """
    np.empty(FREED, dtype=np.uint8)


def make_ready() -> None:
    """Load them, and have the C library keep what is freed."""
    keep_freed()
    for load in (catalogue, derived, state_catalogue, event_kinds):
        load()
