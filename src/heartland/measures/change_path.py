"""Why any measure changed: shares of the change by input, along the straight path between two dates.

The contribution of an input is its change times the mean slope of the measure in it along the path (the
path integral of Aumann and Shapley 1974), taken at 16 Gauss-Legendre points with central differences. The
parts of a smooth measure close to 1e-6; what is left is printed as `remainder`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from heartland.errors import HeartlandInputError
from heartland.measures.indices import Settings
from heartland.measures.inputs import Inputs
from heartland.measures.registry import Measure, Request
from heartland.measures.scores import Floats

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["NODES", "measure_path", "path_parts"]

NODES = 16
_STEP = 1e-4
_MOST = 40_000
Function: TypeAlias = Callable[[Floats], Floats]


def path_parts(function: Function, start: Floats, end: Floats, nodes: int = NODES) -> tuple[Floats, float]:
    """Contribution of each coordinate to function(end) - function(start), and the remainder.

    Parameters
    ----------
    function : points (coordinate, point) -> values (point,), NaN where it has none
    start, end : (coordinate,)

    Returns
    -------
    parts : (coordinate,), 0 where a coordinate did not move
    remainder : what the parts leave of the change
    """
    step = end - start
    moved = np.flatnonzero(step != 0)
    points, weights = np.polynomial.legendre.leggauss(nodes)
    points, weights = (points + 1) / 2, weights / 2
    base = start[:, None] + step[:, None] * points
    columns = [np.stack([start, end], axis=1)]
    size = np.abs(step) * _STEP
    for place in moved.tolist():
        for sign in (1.0, -1.0):
            shifted = base.copy()
            shifted[place] += sign * size[place]
            columns.append(shifted)
    values = function(np.concatenate(columns, axis=1))
    ends, rest = values[:2], values[2:].reshape(len(moved), 2, nodes)
    parts = np.zeros(len(start))
    if len(moved):
        slope = (rest[:, 0] - rest[:, 1]) / (2 * size[moved])[:, None]
        parts[moved] = step[moved] * (slope * weights).sum(axis=1)
    return parts, float(ends[1] - ends[0] - parts.sum())


def measure_path(
    inputs: Inputs, measure: Measure, cell: Mapping[str, Any], options: Mapping[str, Any],
) -> pd.DataFrame:
    """Rows that attribute the change of a cell of any measure of ties to the volumes and wholes behind it.

    Parameters
    ----------
    inputs : at exactly two dates;  measure : one whose rows are computed date by date from ties
    cell : names of the row: `giver, receiver, other, domain, channel`

    Returns
    -------
    DataFrame, columns of `change_rows.CHANGE_COLUMNS`; part `tie` (cause: the giver), `whole` of a channel,
    `base`, then
    `coverage` (what is known at one date only), `remainder` and `total`; no intervals. Where what is known at
    both dates carries no value, the whole change stands under `coverage`.
    """
    import pandas as pd

    place = inputs.receivers.index(str(cell["receiver"]))
    line = _Line.of(inputs, place)
    read = _Reader(inputs, measure, {**cell, "receiver": inputs.receivers[place]}, options, line)
    full = read.dates(inputs)
    parts, remainder = path_parts(read, line.start, line.end)
    rows = [
        {"part": kind, "domain": "", "channel": name, "cause": who, "value": value, "flags": ""}
        for (kind, name, who), value in zip(line.names, parts.tolist(), strict=True)
        if value != 0 and np.isfinite(remainder)
    ]
    common = float(parts.sum()) + remainder
    change = float(full[1] - full[0])
    rest = [("coverage", change - common, ""), ("remainder", remainder, "")]
    rest.append(("total", change, "" if np.isfinite(change) else "nan:coverage"))
    if not np.isfinite(common) and np.isfinite(change):
        rest = [("coverage", change, "too little is known at both dates"), rest[-1]]
    if not np.isfinite(change):
        rows, rest = [], rest[-1:]
    rows += [
        {"part": part, "domain": "", "channel": "", "cause": "", "value": value, "flags": flag}
        for part, value, flag in rest
    ]
    frame = pd.DataFrame(rows)
    frame["low"] = frame["high"] = np.nan
    return frame[["part", "domain", "channel", "cause", "value", "low", "high", "flags"]]


class _Line:
    """The inputs of one receiver that are known at both dates, as one vector at each date."""

    def __init__(self, names: list[tuple[str, str, str]], start: Floats, end: Floats, place: int) -> None:
        self.names, self.start, self.end, self.place = names, start, end, place

    @classmethod
    def of(cls, inputs: Inputs, place: int) -> _Line:
        names: list[tuple[str, str, str]] = []
        pairs: list[tuple[float, float]] = []
        for k, channel in enumerate(inputs.channels):
            for g, giver in enumerate(inputs.givers):
                names.append(("tie", channel, giver))
                pairs.append((inputs.value[g, place, k, 0], inputs.value[g, place, k, 1]))
            names.append(("whole", channel, ""))
            pairs.append((inputs.total[place, k, 0], inputs.total[place, k, 1]))
        for base, values in inputs.base.items():
            names.append(("base", base, ""))
            pairs.append((values[place, 0], values[place, 1]))
        table = np.array(pairs, dtype=np.float64)
        known = np.isfinite(table).all(axis=1)
        table[~known] = np.nan
        return cls(names, np.nan_to_num(table[:, 0]), np.nan_to_num(table[:, 1]), place).keep(known)

    def keep(self, known: Any) -> _Line:
        """The same line with what is unknown at either date left out."""
        chosen = np.flatnonzero(known)
        self.known = known
        self.names = [self.names[k] for k in chosen]
        self.start, self.end = self.start[chosen], self.end[chosen]
        return self


class _Reader:
    """The measure as a function of the vector of a `_Line`, many points at once."""

    def __init__(
        self, inputs: Inputs, measure: Measure, cell: Mapping[str, Any], options: Mapping[str, Any],
        line: _Line,
    ) -> None:
        self._inputs, self._measure, self._cell, self._options = inputs, measure, cell, options
        self._line = line

    def __call__(self, points: Floats) -> Floats:
        wide = max(1, _MOST // max(len(self._line.known), 1))
        cuts = range(0, points.shape[1], wide)
        return np.concatenate([self.dates(self._at(points[:, low : low + wide])) for low in cuts])

    def dates(self, inputs: Inputs) -> Floats:
        """Value of the cell at each date of some inputs."""
        by = "channel" if self._cell.get("channel") else "overall"
        if self._cell.get("domain") not in (None, "", "all") and by == "overall":
            by = "domain"
        by = by if by in self._measure.by else self._measure.by[0]
        request = Request(
            Settings(draws=0), by, self._cell.get("giver") or None, str(self._cell["receiver"]),
            self._cell.get("other") or None, options=self._options,
        )
        from heartland.measures.block import to_frame

        frame = to_frame(self._measure.function(inputs, request), 0.9)
        for name in ("giver", "receiver", "other", "domain", "channel"):
            wanted = self._cell.get(name)
            if wanted:
                frame = frame[frame[name] == wanted]
        if len(frame) < len(inputs.times):
            raise HeartlandInputError.at(
                f"The change of {self._measure.name} cannot be taken apart here.", check="change-measure",
                why="Whom its row names follows from the values and is not the same all the way.",
                fix="Its values at both dates: --from, --to.",
            )
        return np.asarray(frame["value"].to_numpy(dtype=np.float64))[: len(inputs.times)]

    def _at(self, points: Floats) -> Inputs:
        inputs, place = self._inputs, self._line.place
        n = points.shape[1]
        vector = np.full((len(self._line.known), n), np.nan)
        vector[self._line.known] = points
        givers, channels = len(inputs.givers), len(inputs.channels)
        body = vector[: channels * (givers + 1)].reshape(channels, givers + 1, n)
        value = np.moveaxis(body[:, :givers], 0, 1)[:, None]
        total = body[:, givers][None]
        base = {
            name: vector[channels * (givers + 1) + k][None]
            for k, name in enumerate(inputs.base)
        }
        last = (slice(None), slice(place, place + 1), slice(None), slice(1, 2))

        def spread(array: Any) -> Any:
            return np.repeat(array[last], n, axis=-1)

        return replace(
            inputs, receivers=(inputs.receivers[place],), times=(inputs.times[1],) * n, value=value,
            sd=spread(inputs.sd), age=spread(inputs.age), disagreement=spread(inputs.disagreement),
            status=spread(inputs.status), n_groups=spread(inputs.n_groups), total=total, base=base,
            series=None, flags={}, imputed=None,
        )
