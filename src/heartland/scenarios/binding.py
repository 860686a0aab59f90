"""Mechanisms bound to the parameters and random numbers of some blocks, ready for the loop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from heartland.dynamics.mechanism import PHASES, Mechanism, in_order
from heartland.scenarios.plan import Floats, Plan, Spread

__all__ = ["Bound", "Numbers", "Source", "Stream", "bind"]


class Numbers(Protocol):
    """Random numbers of one stream, as `core.draws.Steps` gives them."""

    def at(self, step: int) -> Floats:
        """Numbers of a step, (slot, member); the first step is 1."""


class Source(Protocol):
    """Random numbers of some blocks side by side, as `core.draws.Draws` gives them."""

    def stream(self, kind: str, mechanism: str, name: str, slots: Sequence[str]) -> Numbers:
        """One stream of a mechanism, kind `normal` or `uniform`, drawn when first asked for."""


class Stream:
    """One random stream of a mechanism on the axes of the mechanism.

    A mechanism that is never called, because what it waits for never happens, costs no random numbers.
    """

    def __init__(self, numbers: Numbers, shape: tuple[int, ...]) -> None:
        self._numbers, self._shape = numbers, shape

    def at(self, step: int) -> Floats:
        """Numbers of a step, (*axes, member); the first step is 1."""
        found = self._numbers.at(step)
        return found.reshape(*self._shape, found.shape[-1])

    def same(self, other: Stream) -> bool:
        """Whether both give the same numbers, being views of one stream."""
        return self._numbers is other._numbers and self._shape == other._shape


@dataclass(frozen=True)
class Bound:
    """A mechanism with its parameters and random numbers for one block."""

    record: Mechanism
    parameters: Mapping[str, Floats]
    noise: Mapping[str, Stream]

    def same(self, other: Bound) -> bool:
        """Whether both are one mechanism with the same arrays of parameters and the same random numbers."""
        return (
            self.record is other.record
            and all(self.parameters[name] is values for name, values in other.parameters.items())
            and all(self.noise[name].same(stream) for name, stream in other.noise.items())
        )


def bind(
    plan: Plan, source: Source, blocks: Sequence[int], spread: Spread | None = None
) -> list[list[Bound]]:
    """Mechanisms by phase with the parameters and random numbers of some blocks, side by side.

    source : random numbers of just these blocks;  spread : shared with the runs of other plans
    parameters : (member,); random numbers : streams that are drawn when first asked for
    """
    phases: list[list[Bound]] = [[] for _ in PHASES]
    spread = spread or Spread(blocks)
    for record in in_order(plan.mechanisms):
        slots, shape = plan.axes.slots(record.axes), plan.axes.shape(record.axes)
        streams = {
            name: Stream(source.stream(_kind(name), record.id, name, slots), shape) for name in record.noise
        }
        names = zip(record.parameters, record.parameter_ids, strict=True)
        parameters = {name: spread(plan.parameters[full]) for name, full in names}
        phases[PHASES.index(record.phase)].append(Bound(record, parameters, streams))
    return phases


def _kind(stream: str) -> str:
    return "normal" if stream.startswith("noise") else "uniform"
