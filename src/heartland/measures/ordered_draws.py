"""Drawn volumes and totals date by date, in any order of draws: what the indices are computed from."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import numpy.typing as npt

from heartland.measures.draws import ObservationDraws, bounded
from heartland.measures.inputs import ZERO
from heartland.measures.scores import Floats

__all__ = ["OrderedDraws"]


class OrderedDraws:
    """Some draws in some order, for the dates asked; what belongs to no date is worked out once.

    Up to rounding the same numbers as `ObservationDraws.block`.
    """

    def __init__(self, source: ObservationDraws, order: npt.NDArray[np.int64], dtype: Any) -> None:
        self._source, self._order, self._type = source, order, np.dtype(dtype)
        self._errors = source.errors[:, order].astype(self._type)
        self._chosen: dict[tuple[int, ...], tuple[npt.NDArray[np.int64], Floats]] = {}
        *shape, n_times = source.inputs.value.shape
        votes, n_cells = source.votes, int(np.prod(shape))
        self._place = np.stack([votes.cell // n_times, votes.cell % n_times])  # tie, date
        self._by_date: list[list[npt.NDArray[np.int64]]] = [[] for _ in range(n_times)]
        for group in source.several:
            self._by_date[int(self._place[1, group[0]])].append(group)
        assert n_cells * n_times == source.inputs.value.size

    def at(
        self, low: int, high: int, channels: Collection[str], totals: Collection[str],
    ) -> tuple[dict[str, Floats], dict[str, Floats]]:
        """Volumes of some channels (giver, receiver, date, draw) and totals of some (receiver, date, draw).

        Dates are low to high-1.
        """
        inputs, n = self._source.inputs, len(self._order)
        centre = inputs.value[..., low:high]
        flat = np.empty((centre.size, n), dtype=self._type)
        flat[...] = centre.reshape(-1)[:, None]
        self._fill(flat, low, high)
        zero = (inputs.status[..., low:high] == ZERO) | (centre == 0)
        flat[zero.reshape(-1)] = np.where(np.isnan(centre[zero]), np.nan, 0.0)[:, None]
        values = flat.reshape(*centre.shape, n)
        if inputs.imputed is not None:
            picked = np.moveaxis(inputs.imputed[self._order % len(inputs.imputed), ..., low:high], 0, -1)
            values = np.where(np.isnan(values), picked, values).astype(self._type)
        volume, total = {}, {}
        for k, name in enumerate(inputs.channels):
            if name in channels:
                volume[name] = bounded(values[:, :, k], inputs.levels.get(name))
            if name in totals:
                own = inputs.total[:, k, low:high].astype(self._type)
                total[name] = _moved_total(own, centre[:, :, k].astype(self._type), volume[name])
        return volume, total

    def _fill(self, flat: Floats, low: int, high: int) -> None:
        votes, date = self._source.votes, self._place[1]
        alone = self._source.single
        alone = alone[(date[alone] >= low) & (date[alone] < high)]
        rows = self._place[0] * (high - low) + date - low
        if len(alone):
            flat[rows[alone]] = self._error(
                votes.y[alone][:, None], votes.s[alone][:, None], votes.scale[alone],
                self._errors[votes.stream[alone]],
            )
        for group in (group for day in self._by_date[low:high] for group in day):
            winner, error = self._winner(votes.stream[group])
            one = group[winner]
            flat[rows[group[0]]] = self._error(votes.y[one], votes.s[one], votes.scale[one], error)

    def _winner(self, streams: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], Floats]:
        """Which of a cell's sources each draw believes, and the error of that source."""
        key = tuple(streams.tolist())
        if key not in self._chosen:
            keys = np.stack([self._source.race[stream][self._order] for stream in key])
            winner = keys.argmin(axis=0)
            self._chosen[key] = winner, self._errors[streams[winner], np.arange(len(self._order))]
        return self._chosen[key]

    def _error(self, y: Floats, s: Floats, scale: npt.NDArray[np.int8], error: Floats) -> Floats:
        """Value after its error; on the log scale the centre is a factor, which keeps it exact."""
        out = s.astype(self._type) * error
        log, logit = scale == 0, scale == 1
        with np.errstate(over="ignore"):
            if log.all():
                np.exp(out, out=out)
                out *= np.exp(y).astype(self._type)
                return out
            every = np.broadcast_to(y, out.shape)
            plain = ~log & ~logit
            out[log] = np.exp(out[log]) * np.exp(every[log]).astype(self._type)
            out[logit] = 1.0 / (1.0 + np.exp(-(every[logit].astype(self._type) + out[logit])))
            out[plain] += every[plain].astype(self._type)
        return out


def _moved_total(total: Floats, central: Floats, drawn: Floats) -> Floats:
    """As in `draws`, in the precision of the draws and added giver by giver, whatever the block."""
    centre, part = _known_sum(central), _known_sum(drawn)
    whole = np.maximum(total, centre)[..., None]
    with np.errstate(invalid="ignore", divide="ignore"):
        factor = np.where(whole > 0, 1 + (part - centre[..., None]) / whole, 1)
    return np.asarray(total[..., None] * factor)


def _known_sum(values: Floats) -> Floats:
    found: Floats = np.zeros_like(values[0])
    for row in values:
        found += np.where(np.isnan(row), row.dtype.type(0), row)
    return found
