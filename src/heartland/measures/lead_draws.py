"""Who leads whom: influence of two givers at a time on the channels known for both.

Hiding what one of two givers lacks from the other gives few different cases: many pairs share them, and most
domains of a case are as they were. Only what differs is worked out again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from heartland.measures.domain_means import Scored, means
from heartland.measures.index_draws import DrawnBlock, layers_of
from heartland.measures.influence import InfluenceResult, ItemWeights, influence
from heartland.measures.inputs import Inputs
from heartland.measures.scores import CompiledSpec, Floats

__all__ = ["Chances", "Race", "common_centres"]

Ints = npt.NDArray[np.int64]
_MOST_CHANNELS = 62


@dataclass(frozen=True)
class Chances:
    """Share of draws in which the first giver of a pair is ahead, plus half the ties; NaN without draws.

    domain : (domain, pair, receiver, date);  overall : (pair, receiver, date)
    """

    domain: Floats
    overall: Floats


class Race:
    """Counts who is ahead, block by block.

    Parameters
    ----------
    pairs : positions of two givers each
    """

    def __init__(self, inputs: Inputs, spec: CompiledSpec, pairs: Sequence[tuple[int, int]]) -> None:
        self._pairs, self._spec = pairs, spec
        self._channels = [name for name in inputs.channels if name in spec.channels]
        assert len(self._channels) <= _MOST_CHANNELS, "one bit per channel"
        self._hidden = _hidden_codes(inputs, self._channels, pairs)
        shape = (len(spec.domains) + 1, *self._hidden.shape[:1], *self._hidden.shape[2:])
        self._wins, self._count = np.zeros(shape), np.zeros(shape, dtype=np.int64)
        centre = common_centres(inputs, pairs)
        known = ~np.isnan(np.concatenate([centre.influence, centre.overall[None]]))
        self._known = known.reshape(shape[0], 2, *shape[1:]).all(axis=1)

    def run(
        self, block: DrawnBlock, parts: tuple[Sequence[Floats | None], Sequence[Floats | None]],
        weights: ItemWeights, constants: Mapping[str, Mapping[str, float]],
    ) -> None:
        """Count the draws of a block.

        parts : means of the domains of all cells, for bandwidth and for dependence
        """
        low, high = block.dates
        cells, codes, place = self._cases(low, high)
        both = []
        for items, own, weight in zip((block.bandwidth, block.dependence), parts, weights[:2], strict=True):
            both.append([
                None if mean is None else self._again(mean[cells], scored, cells, codes, weight, block)
                for mean, scored in zip(own, items, strict=True)
            ])
        like = np.empty((len(cells), block.shape[-1]), dtype=weights[0].dtype)
        layers = layers_of(both[0], both[1], weights, block.columns, constants, like)
        for k, values in enumerate((*layers.domain["influence"], layers.overall["influence"])):
            if values is not None:
                wins, count = _ahead(values, place[:, 0].reshape(-1), place[:, 1].reshape(-1))
                shape = place[:, 0].shape
                self._wins[k, ..., low:high] += wins.reshape(shape)
                self._count[k, ..., low:high] += count.reshape(shape)

    def chances(self) -> Chances:
        """What was counted."""
        with np.errstate(invalid="ignore", divide="ignore"):
            found = np.where(self._known, self._wins / self._count, np.nan)
        return Chances(found[:-1], found[-1])

    def _cases(self, low: int, high: int) -> tuple[Ints, Ints, Ints]:
        """Cells and hidden channels of the different cases, and the case of each (pair, side, receiver,
        date)."""
        hidden = self._hidden[..., low:high]
        n_receivers, n_dates = hidden.shape[2:]
        givers = np.array(self._pairs, dtype=np.int64).reshape(-1, 2, 1, 1)
        cell = (givers * n_receivers + np.arange(n_receivers)[:, None]) * n_dates + np.arange(n_dates)
        keys = np.stack([np.broadcast_to(cell, hidden.shape).reshape(-1), hidden.reshape(-1)])
        cases, place = np.unique(keys, axis=1, return_inverse=True)
        return cases[0], cases[1], place.reshape(hidden.shape)

    def _again(
        self, mean: Floats, items: Sequence[Scored], cells: Ints, codes: Ints, weight: Floats,
        block: DrawnBlock,
    ) -> Floats:
        """Means of the cases, worked out again where something of the domain is hidden."""
        hidden = {
            one.place: (codes >> self._channels.index(one.channel) & 1).astype(bool)
            for one in items if one.channel in self._channels
        }
        touched = np.flatnonzero(np.any(list(hidden.values()), axis=0)) if hidden else np.zeros(0, np.int64)
        if not len(touched):
            return mean
        nothing = np.zeros(len(cells), dtype=bool)
        less = [one.rows(cells[touched], hidden.get(one.place, nothing)[touched]) for one in items]
        found = means(less, weight, block.columns)
        assert found is not None
        mean[touched] = found
        return mean


def _hidden_codes(inputs: Inputs, channels: Sequence[str], pairs: Sequence[tuple[int, int]]) -> Ints:
    """(pair, side, receiver, date) with a bit for each channel known to that side and not to the other."""
    unknown = np.isnan(inputs.value)
    if inputs.imputed is not None:
        unknown = unknown & np.isnan(inputs.imputed).any(axis=0)
    columns = [inputs.channels.index(name) for name in channels]
    out = np.zeros((len(pairs), 2, len(inputs.receivers), len(inputs.times)), dtype=np.int64)
    for own, (i, k) in zip(out, pairs, strict=True):
        for bit, column in enumerate(columns):
            one, other = unknown[i, :, column], unknown[k, :, column]
            own[0] |= (other & ~one).astype(np.int64) << bit
            own[1] |= (one & ~other).astype(np.int64) << bit
    return out


def _ahead(values: Floats, first: Ints, second: Ints) -> tuple[Floats, Ints]:
    """Draws in which the first row is larger plus half of those in which both are equal; draws compared."""
    a, b = values[first], values[second]
    wins = np.greater(a, b).sum(axis=1, dtype=np.int32).astype(np.float64)
    level = np.equal(a, b)
    if level.any():
        wins += 0.5 * level.sum(axis=1)
    count = np.full(len(first), values.shape[1], dtype=np.int64)
    absent = np.isnan(values)
    if absent.any():
        count -= (absent[first] | absent[second]).sum(axis=1)
    return wins, count


def common_centres(inputs: Inputs, pairs: Sequence[tuple[int, int]]) -> InfluenceResult:
    """Central results of the first givers of all pairs, then of all second ones, on common channels.

    Arrays as of `influence`, with two rows per pair in place of the givers.
    """
    from heartland.measures.indices import compiled

    volume = {}
    for k, name in enumerate(inputs.channels):
        one, other = (inputs.value[[pair[side] for pair in pairs], :, k] for side in (0, 1))
        hidden = np.isnan(one) | np.isnan(other)
        volume[name] = np.concatenate([np.where(hidden, np.nan, x) for x in (one, other)])
    with np.errstate(invalid="ignore", divide="ignore"):
        return influence(volume, inputs.totals(), inputs.base, compiled(inputs.spec), counts=False)
