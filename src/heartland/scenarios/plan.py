"""Everything a block needs to run, as plain arrays: made once, sent to every worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from heartland.measures.influence import InfluenceSpec
from heartland.scenarios.schedule import Operation
from heartland.scenarios.state import BLOCK, DRAW, Axes, StateSpec, state_catalogue

__all__ = ["Floats", "Grid", "Plan", "Rules", "Spread", "spread"]

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Grid:
    """Which steps are recorded: every step for series of actors, `dyads` for pairs, `why` for the splits."""

    steps: tuple[int, ...]
    dyads: tuple[int, ...]
    why: tuple[int, ...]


@dataclass(frozen=True)
class Rules:
    """Codes of the rules in force: arrays (organisation, receiver) at the start and by choice of a patch.

    current : `rule_kind`, `rule_veto`, `rule_mandate` at the start
    choices : for (organisation index, decision, choice) the same three with NaN where it does not apply
    """

    current: Mapping[str, Floats]
    choices: Mapping[tuple[int, str, str], Mapping[str, Floats]]


@dataclass(frozen=True)
class Plan:
    """A compiled scenario.

    dates : ISO ends of the steps, the start first; dt : years
    influence : how ties are measured; None leaves them out
    money : channels and bases counted in money
    states : catalogue of the states, by name
    asked : states recorded because an outcome asks for them
    start, statics : (*axes, draw) or (*axes, 1); parameters : (draw,) by id
    """

    scenario: str
    axes: Axes
    dates: tuple[str, ...]
    dt: float
    seed: int
    mechanisms: tuple[str, ...]
    start: Mapping[str, Floats]
    statics: Mapping[str, Floats]
    parameters: Mapping[str, Floats]
    operations: tuple[Operation, ...]
    rules: Rules
    grid: Grid
    full: bool
    influence: InfluenceSpec | None
    volumes: Mapping[str, Floats]
    money: tuple[str, ...]
    totals: Mapping[str, Floats]
    bases: Mapping[str, Floats]
    unknown: tuple[str, ...] = ()
    states: Mapping[str, StateSpec] = field(default_factory=state_catalogue)
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    terms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    asked: tuple[str, ...] = ()

    @property
    def steps(self) -> int:
        """Number of steps."""
        return len(self.dates) - 1


def spread(values: Floats, blocks: Sequence[int]) -> Floats:
    """Members of some blocks, side by side, from values by draw.

    values : (*axes, draw), or (*axes, 1) for what does not vary
    returns : (*axes, 64 x blocks) with 16 neighbours sharing a draw, or the input when it does not vary
    """
    if values.shape[-1] == 1:
        return values
    per_block = BLOCK // DRAW
    places = [block * per_block + draw for block in blocks for draw in range(per_block)]
    return np.ascontiguousarray(np.repeat(values[..., places], DRAW, axis=-1))


class Spread:
    """Spreads values by draw over the members of some blocks, each array once however often it is asked for.

    Plans of one start hold the same arrays, so their runs get the same arrays too.

    blocks : block numbers, in the order of the members
    """

    def __init__(self, blocks: Sequence[int]) -> None:
        self.blocks = tuple(blocks)
        # The input stands beside its result, so that its place in memory is not given to another array.
        self._made: dict[int, tuple[Floats, Floats]] = {}

    def __call__(self, values: Floats) -> Floats:
        """As `spread`; the result is shared, so nobody may write to it."""
        if id(values) not in self._made:
            self._made[id(values)] = (values, spread(values, self.blocks))
        return self._made[id(values)][1]
