"""Draws of observations: which source is believed, and by how much it errs.

Draw r means the same for every cell, date and actor (common random numbers). Each stream belongs to one
series, channel or choice, so that adding an actor, a source or a channel moves no other draw, and the first
100 of 1,000 draws are the 100.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from heartland.core.noise import SMALLEST, stream_normals, stream_uniforms
from heartland.measures.inputs import ZERO, Inputs
from heartland.measures.scores import Floats

__all__ = [
    "ObservationDraws",
    "StartDraws",
    "Votes",
    "bounded",
    "observation_draws",
    "start_draws",
]

MECHANISM = "measure"


@dataclass(frozen=True)
class Votes:
    """One source's value at one date of one series, for all series; arrays of shape (vote,).

    cell : flat index into (giver, receiver, channel, time); stream : index of the (series, group) pair
    scale : 0 log, 1 logit, 2 identity
    """

    cell: npt.NDArray[np.int64]
    stream: npt.NDArray[np.int64]
    y: Floats
    s: Floats
    scale: npt.NDArray[np.int8]


@dataclass(frozen=True)
class StartDraws:
    """Drawn start of a run, member r being draw r.

    volume : by channel, (giver, receiver, draw);  total : by channel, (receiver, draw)
    """

    volume: Mapping[str, Floats]
    total: Mapping[str, Floats]


class ObservationDraws:
    """Drawn volumes and totals of all cells.

    A draw takes one source per series (the whole path, so that it never zigzags between sources), one vote
    per independence group with probability proportional to its mean pooling weight, then that source's error
    on its scale. Reported zeros stay zero; ordinal channels are rounded to a level; totals move with the
    drawn ties of the modelled givers while the rest of the world stays.

    Parameters
    ----------
    inputs : central values with their errors and, where several sources speak, their series
    n : number of draws
    seed : of the streams
    fixed : keep the central values (no variation from observations)
    first : number of the first draw

    Attributes
    ----------
    votes, errors : what the sources say, and the errors (stream, draw)
    single, several : votes alone in their cell, and the votes of each cell that has more
    race : (draw,) of each stream of `several`; the least is believed
    """

    def __init__(
        self, inputs: Inputs, n: int, seed: int, *, fixed: bool = False, first: int = 0
    ) -> None:
        self.inputs, self.n, self.first = inputs, n, first
        self.votes, names, weights = _collect(inputs, fixed)
        self.errors = np.empty((len(names), n))
        for row, name in zip(self.errors, names, strict=True):
            row[...] = stream_normals(seed, MECHANISM, "error", name, n, first)
        order = np.argsort(self.votes.cell, kind="stable")
        self.single, self.several = _group(self.votes.cell, order)
        # The source that finishes first is believed: a source more or less moves only its own draws.
        self.race = {}
        for stream in {int(self.votes.stream[v]) for votes in self.several for v in votes}:
            u = np.maximum(stream_uniforms(seed, MECHANISM, "source", names[stream], n, first), SMALLEST)
            self.race[stream] = -np.log(u) / weights[stream]

    def block(self, low: int, high: int) -> tuple[dict[str, Floats], dict[str, Floats]]:
        """Draws low to high-1 of those that are held.

        Returns
        -------
        volume : by channel, (giver, receiver, time, draw) in the channel's unit, NaN unknown
        total : by channel, (receiver, time, draw)
        """
        inputs, shape = self.inputs, self.inputs.value.shape
        flat = np.repeat(inputs.value.reshape(-1)[:, None], high - low, axis=1)
        votes = self.votes
        flat[votes.cell[self.single]] = self._drawn(self.single, low, high)
        for group in self.several:
            keys = np.stack([self.race[int(s)][low:high] for s in votes.stream[group]])
            drawn = self._drawn(group, low, high)
            flat[votes.cell[group[0]]] = np.take_along_axis(drawn, keys.argmin(axis=0)[None], axis=0)[0]
        zero = (inputs.status == ZERO).reshape(-1) | (inputs.value.reshape(-1) == 0)
        flat[zero] = np.where(np.isnan(inputs.value.reshape(-1)[zero]), np.nan, 0.0)[:, None]
        values = flat.reshape(*shape, high - low)
        if inputs.imputed is not None:
            values = _impute(values, inputs.imputed, self.first + low, self.first + high)
        volume = {
            name: bounded(values[:, :, k], inputs.levels.get(name)) for k, name in enumerate(inputs.channels)
        }
        total = {
            name: _moved_total(inputs.total[:, k], inputs.value[:, :, k], volume[name])
            for k, name in enumerate(inputs.channels)
        }
        return volume, total

    def _drawn(self, votes: npt.NDArray[np.int64], low: int, high: int) -> Floats:
        v = self.votes
        y = v.y[votes][:, None] + v.s[votes][:, None] * self.errors[v.stream[votes], low:high]
        scale = v.scale[votes]
        y[scale == 0] = np.exp(y[scale == 0])
        y[scale == 1] = 1.0 / (1.0 + np.exp(-y[scale == 1]))
        return y


def _collect(inputs: Inputs, fixed: bool) -> tuple[Votes, list[str], list[float]]:
    """Votes of the series table, then one vote for each cell that has an error but no series."""
    names: dict[str, int] = {}
    weights: list[list[float]] = []
    rows: list[tuple[int, int, float, float, int]] = []
    covered = np.zeros(inputs.value.size, dtype=bool)
    if not fixed and inputs.series is not None and len(inputs.series):
        for cell, name, weight, y, s, scale in _series_rows(inputs):
            stream = names.setdefault(name, len(names))
            if stream == len(weights):
                weights.append([])
            weights[stream].append(weight)
            rows.append((cell, stream, y, s, scale))
            covered[cell] = True
    value, sd = inputs.value.reshape(-1), inputs.sd.reshape(-1)
    loose = ~covered & np.isfinite(value) & (sd > 0) & (value != 0)
    for cell in [] if fixed else np.flatnonzero(loose).tolist():
        g, r, c, _ = (int(place) for place in np.unravel_index(cell, inputs.value.shape))
        channel = inputs.channels[c]
        name = f"{inputs.givers[g]}>{inputs.receivers[r]}:{channel}"
        stream = names.setdefault(name, len(names))
        if stream == len(weights):
            weights.append([1.0])
        scale = _scale(inputs.transform.get(channel, "log"))
        rows.append((cell, stream, _forward(float(value[cell]), scale), float(sd[cell]), scale))
    table = np.array(rows, dtype=np.float64).reshape(-1, 5)
    votes = Votes(table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2], table[:, 3],
                   table[:, 4].astype(np.int8))
    means = [max(float(np.mean(w)), 1e-12) for w in weights]
    return votes, list(names), means


def _series_rows(inputs: Inputs) -> list[tuple[int, str, float, float, float, int]]:
    frame = inputs.series
    assert frame is not None
    places = [
        _places(frame[column], labels)
        for column, labels in (
            ("giver", inputs.givers), ("receiver", inputs.receivers), ("channel", inputs.channels),
        )
    ]
    cells = np.ravel_multi_index((*places, frame["time"].to_numpy(dtype=np.int64)), inputs.value.shape)
    own = frame["transform"] if "transform" in frame else frame["channel"].map(_named(inputs))
    s = np.nan_to_num(frame["s"].to_numpy(dtype=np.float64))
    known = np.isfinite(inputs.value.reshape(-1)[cells])
    return [
        (int(cell), f"{series}|{group}", float(weight), float(y), float(error), _scale(str(scale)))
        for cell, series, group, weight, y, error, scale, use in zip(
            cells, frame["series_id"], frame["group"], frame["weight"], frame["y"], s, own, known,
            strict=True,
        )
        if use and not np.isnan(y)  # minus infinity is a reported zero on the log scale
    ]


def _named(inputs: Inputs) -> dict[Any, str]:
    """Scale of each channel, by name and by position."""
    scales = [inputs.transform.get(name, "log") for name in inputs.channels]
    return {**dict(zip(inputs.channels, scales, strict=True)), **dict(enumerate(scales))}


def _places(column: Iterable[Any], labels: tuple[str, ...]) -> npt.NDArray[np.int64]:
    index = {label: i for i, label in enumerate(labels)}
    return np.array([index[x] if isinstance(x, str) else int(x) for x in column], dtype=np.int64)


def _scale(name: str) -> int:
    return {"log": 0, "logit": 1}.get(name, 2)


def _forward(value: float, scale: int) -> float:
    if scale == 0:
        return float(np.log(value))
    if scale == 1:
        p = min(max(value, 1e-4), 1 - 1e-4)
        return float(np.log(p / (1 - p)))
    return float(value)


def _group(
    cells: npt.NDArray[np.int64], order: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.int64], list[npt.NDArray[np.int64]]]:
    """Votes that stand alone in their cell, and the groups of votes of the other cells."""
    if not len(order):
        return order, []
    cuts = np.flatnonzero(np.diff(cells[order])) + 1
    groups = np.split(order, cuts)
    single = np.array([g[0] for g in groups if len(g) == 1], dtype=np.int64)
    return single, [g for g in groups if len(g) > 1]


def _impute(values: Floats, imputed: Floats, low: int, high: int) -> Floats:
    """Fill what is unknown in draw r with imputation r modulo their number."""
    picked = np.moveaxis(imputed[np.arange(low, high) % len(imputed)], 0, -1)
    return np.where(np.isnan(values), picked, values)


def bounded(values: Floats, top: float | None) -> Floats:
    """Values of at least 0; whole levels up to `top` where that is given."""
    if top is None:
        return np.maximum(values, 0.0)
    return np.clip(np.rint(values), 0.0, top)


def _moved_total(total: Floats, central: Floats, drawn: Floats) -> Floats:
    """Total with the modelled givers' part replaced by its draw; (receiver, time, draw).

    Where the modelled givers' part exceeds the stated total, the total moves in proportion.
    """
    centre = np.where(np.isnan(central), 0.0, central).sum(axis=0)
    part = np.where(np.isnan(drawn), 0.0, drawn).sum(axis=0)
    whole = np.maximum(total, centre)[..., None]
    with np.errstate(invalid="ignore", divide="ignore"):
        factor = np.where(whole > 0, 1.0 + (part - centre[..., None]) / whole, 1.0)
    return total[..., None] * factor


def observation_draws(inputs: Inputs, n: int, seed: int, *, time: int = 0) -> dict[str, Floats]:
    """Drawn volumes at one date, by channel, (giver, receiver, draw)."""
    volume, _ = ObservationDraws(inputs, n, seed).block(0, n)
    return {name: values[:, :, time] for name, values in volume.items()}


def start_draws(inputs: Inputs, n: int, seed: int, *, time: int = 0, first: int = 0) -> StartDraws:
    """Start of a run from the same draws as the measures, so that both worlds agree.

    Parameters
    ----------
    inputs : of the start date (see `measures.tidy.inputs`)
    n : number of draws;  seed : of the streams;  time : position of the start in `inputs.times`
    first : number of the first draw
    """
    volume, total = ObservationDraws(inputs, n, seed, first=first).block(0, n)
    return StartDraws(
        {name: values[:, :, time] for name, values in volume.items()},
        {name: values[:, time] for name, values in total.items()},
    )
