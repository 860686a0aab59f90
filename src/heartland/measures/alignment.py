"""Alignment of actors: agreement in votes, distance of ideal points, likeness of portfolios, with draws.

Positions are (actor, level, item) shares: 1 at the level an actor takes, 0 throughout where it takes none,
and the spread of its members where the actor is a union. A row of items may stand for several items on which
everybody took the same positions; `count` says how many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from heartland.core.noise import stream_key
from heartland.measures.draws import MECHANISM
from heartland.measures.scores import Floats
from heartland.measures.similarity import distances, statistic

__all__ = [
    "LEAST_VOTES",
    "NEAR_ZERO",
    "Q5_TO_Q95",
    "Portfolios",
    "Singles",
    "agreement",
    "ideal_distance",
    "item_draws",
    "joint_tables",
    "likeness",
    "n_joint",
]

LEAST_VOTES = 20
NEAR_ZERO = 2.0
# Width of the 5-95 % interval of a normal distribution in standard deviations.
Q5_TO_Q95 = 3.29
Pairs = Sequence[tuple[int, int]]
Singles = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Portfolios:
    """Positions of several actors on the same items.

    scale : declared levels, the lowest first
    positions : (actor, level, item) shares;  count : (item,) number of items each row stands for
    items : name of each row, the slot of its draws
    own : (actor, item), true where the item is the actor itself (or a member of it)
    """

    scale: tuple[float, ...]
    positions: Floats
    count: Floats
    items: tuple[str, ...]
    own: npt.NDArray[np.bool_]

    @property
    def present(self) -> Floats:
        """(actor, item), 1 where the actor takes a position."""
        return np.asarray(self.positions.sum(axis=1) > 0, dtype=np.float64)

    def merged(self) -> tuple[Portfolios, Floats]:
        """The same with equal items in one row, and the (row, item) table that sums weights of items.

        Statistics over draws of item weights are unchanged and cheaper; the names of items are lost.
        """
        columns = np.concatenate([self.positions.reshape(-1, len(self.items)), self.own])
        _, first, place = np.unique(columns, axis=1, return_index=True, return_inverse=True)
        gather = np.zeros((len(first), len(self.items)))
        gather[place.reshape(-1), np.arange(len(self.items))] = 1.0
        rows = Portfolios(
            self.scale, self.positions[:, :, first], gather @ self.count,
            tuple(self.items[k] for k in first), self.own[:, first],
        )
        return rows, gather


def item_draws(items: Sequence[str], count: Floats, seed: int, n: int) -> npt.NDArray[np.float32]:
    """Weights of a Bayesian bootstrap over items (Rubin 1981), (item, draw), the same for all pairs.

    A row that stands for several items gets the sum of their weights, a gamma number of that shape. One
    stream per item: other items, or more draws, move nothing.
    """
    drawn = np.empty((len(items), n), dtype=np.float32)
    bits = np.random.Philox(0)
    generator = np.random.Generator(bits)
    zero = np.zeros(4, dtype=np.uint64)
    for row, item, shape in zip(drawn, items, count.tolist(), strict=True):
        key = np.frombuffer(stream_key(seed, MECHANISM, "items", item), dtype="<u8").astype(np.uint64)
        bits.state = {
            "bit_generator": "Philox", "state": {"counter": zero, "key": key}, "buffer": zero,
            "buffer_pos": 4, "has_uint32": 0, "uinteger": 0,
        }
        row[...] = generator.standard_exponential(n) if shape == 1 else generator.standard_gamma(shape, n)
    return drawn


def _joint(found: Portfolios, pairs: Pairs, rule: str) -> Floats:
    """(pair, item), 1 where both take a position and the rule for own ties keeps the item."""
    present = found.present
    first, second = ([pair[side] for pair in pairs] for side in (0, 1))
    joint = present[first] * present[second]
    if rule == "drop":
        joint *= ~(found.own[first] | found.own[second])
    return np.asarray(joint)


def n_joint(found: Portfolios, pairs: Pairs, rule: str = "keep") -> Floats:
    """Number of items on which both of a pair take a position, (pair,)."""
    return np.asarray(_joint(found, pairs, rule) @ found.count)


def agreement(found: Portfolios, pairs: Pairs, weights: Singles) -> Floats:
    """Mean over joint items of 1 - distance / range, [0, 1].

    Parameters
    ----------
    pairs : places of two actors each;  an actor agrees with itself
    weights : (item, draw) of the items; `count[:, None]` for the central value

    Returns
    -------
    (pair, draw), NaN without a joint item
    """
    near = 1 - distances(found.scale)
    joint = _joint(found, pairs, "keep")
    alike = np.empty_like(joint)
    scored = np.tensordot(near, found.positions, axes=(1, 1))  # (level, actor, item)
    for row, (i, j) in zip(alike, pairs, strict=True):
        row[...] = 1.0 if i == j else (found.positions[i] * scored[:, j]).sum(axis=0)
    kind = weights.dtype
    both = np.concatenate([alike * joint, joint]).astype(kind) @ weights
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(both[: len(pairs)] / both[len(pairs):])


def joint_tables(found: Portfolios, pairs: Pairs, weights: Singles, rule: str = "keep") -> Floats:
    """Joint shares of the levels of pairs, (level, level, pair, draw); NaN without a joint item.

    Parameters
    ----------
    pairs, weights : as in `agreement`;  rule : of own ties, `keep` or `drop`
    """
    levels, kind = len(found.scale), weights.dtype
    joint = _joint(found, pairs, rule)
    first, second = ([pair[side] for pair in pairs] for side in (0, 1))
    x, y = found.positions[first] * joint[:, None], found.positions[second]
    cells = np.moveaxis(x, 1, 0)[:, None] * np.moveaxis(y, 1, 0)[None]
    for place in [place for place, (i, j) in enumerate(pairs) if i == j]:
        cells[:, :, place] = np.eye(levels)[:, :, None] * x[place][:, None]
    shape = (levels, levels, len(pairs), weights.shape[1])
    table: Any = (cells.reshape(-1, cells.shape[-1]).astype(kind) @ weights).reshape(shape)
    with np.errstate(invalid="ignore", divide="ignore"):
        table /= (joint.astype(kind) @ weights)[None, None]
    return np.asarray(table)


def likeness(
    name: str, found: Portfolios, pairs: Pairs, weights: Singles, *, power: float | None = None,
    rule: str = "keep",
) -> Floats:
    """A statistic of `similarity.STATISTICS` for pairs of portfolios, (pair, draw); see `joint_tables`."""
    return statistic(name, joint_tables(found, pairs, weights, rule), found.scale, power=power)


def ideal_distance(first: Floats, second: Floats) -> Floats:
    """Distance of ideal points of one release, in units of its scale (releases are scaled anew)."""
    return np.asarray(np.abs(first - second))
