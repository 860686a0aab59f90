"""Names of parts and terms, learnt from a run of a few steps."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Probe"]


@dataclass
class Probe:
    """Collects the parts added to each state and the terms of each event's predictor, in order."""

    parts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    terms: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def part(self, state: str, name: str) -> None:
        """Note a part of a state."""
        if name not in self.parts.get(state, ()):
            self.parts[state] = (*self.parts.get(state, ()), name)

    def event(self, state: str, names: tuple[str, ...]) -> None:
        """Note the terms of an event."""
        self.terms[state] = names
