"""What the first block of a run would otherwise load: mechanisms, states, events and derived inputs."""

from __future__ import annotations

from heartland.dynamics.mechanism import catalogue
from heartland.scenarios.derived import derived
from heartland.scenarios.state import event_kinds, state_catalogue

__all__ = ["make_ready"]


def make_ready() -> None:
    """Load them."""
    for load in (catalogue, derived, state_catalogue, event_kinds):
        load()
