"""Mechanisms bound to the parameters and random numbers of some blocks, ready for the loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np

from heartland.dynamics.mechanism import PHASES, Mechanism, in_order
from heartland.scenarios.plan import Floats, Plan, spread

__all__ = ["Bound", "Source", "Stream", "bind"]


class Source(Protocol):
    """Random numbers of one block, as `core.noise.Noise` gives them."""

    def normal(self, mechanism: str, stream: str, slots: Sequence[str]) -> Floats:
        """(step, slot, 64), standard normal."""

    def uniform(self, mechanism: str, stream: str, slots: Sequence[str]) -> Floats:
        """(step, slot, 64), uniform on [0, 1)."""


class Stream:
    """One random stream of a mechanism, drawn when a step first asks for it.

    A mechanism that is never called, because what it waits for never happens, costs no random numbers.
    """

    def __init__(self, draw: Callable[[], Floats], shape: tuple[int, ...]) -> None:
        self._draw, self._shape = draw, shape
        self._drawn: Floats | None = None

    def at(self, step: int) -> Floats:
        """Numbers of a step, (*axes, member); the first step is 1."""
        if self._drawn is None:
            numbers = self._draw()
            self._drawn = numbers.reshape(numbers.shape[0], *self._shape, numbers.shape[-1])
        numbers_now: Floats = self._drawn[step - 1]
        return numbers_now


@dataclass(frozen=True)
class Bound:
    """A mechanism with its parameters and random numbers for one block."""

    record: Mechanism
    parameters: Mapping[str, Floats]
    noise: Mapping[str, Stream]


def bind(plan: Plan, noises: Sequence[Source], blocks: Sequence[int]) -> list[list[Bound]]:
    """Mechanisms by phase with the parameters and random numbers of some blocks, side by side.

    noises : one source per block, or one that draws for all of them
    parameters : (member,); random numbers : streams that are drawn when first asked for
    """
    phases: list[list[Bound]] = [[] for _ in PHASES]
    for record in in_order(plan.mechanisms):
        slots, shape = plan.axes.slots(record.axes), plan.axes.shape(record.axes)
        streams = {
            name: Stream(partial(_draw, noises, record.id, name, slots), shape) for name in record.noise
        }
        names = zip(record.parameters, record.parameter_ids, strict=True)
        parameters = {name: spread(plan.parameters[full], blocks) for name, full in names}
        phases[PHASES.index(record.phase)].append(Bound(record, parameters, streams))
    return phases


def _draw(noises: Sequence[Source], mechanism: str, stream: str, slots: Sequence[str]) -> Floats:
    kind = "normal" if stream.startswith("noise") else "uniform"
    drawn: list[Floats] = [getattr(source, kind)(mechanism, stream, slots) for source in noises]
    together: Floats = drawn[0] if len(drawn) == 1 else np.concatenate(drawn, axis=-1)
    return together
