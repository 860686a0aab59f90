"""What one subject adds to a run beside its mechanisms: start values, constants, inputs, axes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from heartland.core.noise import stream_normals
from heartland.scenarios.plan import Floats
from heartland.scenarios.state import Axes

if TYPE_CHECKING:
    from heartland.region.region import Region
    from heartland.region.world import World

__all__ = ["Opening", "Reader", "Subject", "stated"]


class Reader(Protocol):
    """What a derived input may look at while members run.

    powers, receivers : places of the powers and receivers on the actor axis;  dt : years
    """

    axes: Axes
    dt: float
    powers: list[int]
    receivers: list[int]

    @property
    def state(self) -> Mapping[str, Floats]:
        """Current states, (*axes, member)."""

    @property
    def statics(self) -> Mapping[str, Floats]:
        """Constants of the start world, (*axes, member) or (*axes, 1)."""

    @property
    def before(self) -> Mapping[str, Floats]:
        """Levels one step ago of the states that a subject remembers."""

    @property
    def first(self) -> Mapping[str, Floats]:
        """Levels at the start."""

    def get(self, name: str) -> Floats:
        """State, constant or derived input by name."""


@dataclass
class Opening:
    """The start of a run while it is being filled; the last axis of every array is the draw, or 1.

    state : every state of the catalogue, 0 unless filled;  statics : constants of the start world
    volumes : (power, receiver, draw) by channel;  totals, bases : (receiver, 1), as influence reads them
    own : the region's own receivers; a scenario may simulate further ones
    notes : what is unknown or assumed at the start and how the run treats it, for the report
    first : number of the first draw
    """

    world: World
    axes: Axes
    parameters: Mapping[str, Floats]
    seed: int
    draws: int
    state: dict[str, Floats]
    statics: dict[str, Floats]
    volumes: Mapping[str, Floats]
    totals: Mapping[str, Floats]
    bases: Mapping[str, Floats]
    own: tuple[str, ...]
    notes: list[str]
    first: int = 0

    def normals(self, stream: str, slot: str) -> Floats:
        """Standard normals of a stream of the start, (draw,)."""
        return stream_normals(self.seed, "start", stream, slot, self.draws, self.first)


@dataclass(frozen=True)
class Subject:
    """One subject's part of the start and of the inputs.

    constants : patchable constants by name -> axes; 0 unless `open` fills them
    standing : those of them that the default options of policies in force set at the start
    open : fills states and constants from the world;  parameters : ids of parameters that it needs
    derived : inputs made anew in every phase that reads them
    remembered : states whose level one step before is kept, by the phase that moves them
    axes : ids along further axes (`leg`, `corridor`, `proposal`, `border`) from the region's tables
    """

    constants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    standing: frozenset[str] = frozenset()
    open: Callable[[Opening], None] | None = None
    parameters: tuple[str, ...] = ()
    derived: Mapping[str, Callable[[Reader], Floats]] = field(default_factory=dict)
    remembered: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    axes: Callable[[Region], Mapping[str, tuple[str, ...]]] | None = None


class Stated(NamedTuple):
    """What is known of an indicator of one actor: value and standard error, NaN where unknown."""

    value: float
    sd: float


def stated(world: World, actor: str, indicator: str) -> Stated:
    """An indicator of one actor at the world's date; unknown where the region does not list the indicator."""
    if indicator not in world.settings.indicators:
        return Stated(math.nan, math.nan)
    found = world.indicator(actor, indicator)
    return Stated(found.value, found.sd)
