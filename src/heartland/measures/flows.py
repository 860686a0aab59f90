"""Directed flows read at dates: shares of use and sales, source by source, pooled and drawn.

A share is always taken inside one source: the flow and the total come from the same table and year. Shares of
several sources are then pooled on the logit scale with a variance between sources (DerSimonian & Laird 1986);
a draw believes one source per tie, the whole path.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from heartland.core.dates import add_months, parse
from heartland.core.effects import random_effects
from heartland.core.noise import SMALLEST, stream_normals, stream_uniforms
from heartland.measures.scores import Floats

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FlowBook", "Quote", "Reading", "Side", "drawn", "pool", "read_side"]

MECHANISM = "measure"
_LEAST_ERROR = 1e-4  # of a source that states none: weighs as exact, and can still be divided by
_CLIP = 1e-6  # nearer to 0 or 1 a share has no logit to pool on, and the mean is taken
Tie: TypeAlias = tuple[str, str]
Bools = npt.NDArray[np.bool_]


class Quote(NamedTuple):
    """What one source says of a tie in a year: the flow, the rest of the total, their errors on log scale."""

    source: str
    year: int
    flow: float
    rest: float
    s: float
    s_rest: float


@dataclass(frozen=True)
class Reading:
    """What counts at a date: the newest year with a usable number, all its sources; no quote: unknown."""

    quotes: tuple[Quote, ...] = ()
    age: float = math.nan
    stale: bool = False


@dataclass(frozen=True)
class FlowBook:
    """Flows of one good: (from, to) -> year -> source -> (value, s); an empty end is everyone."""

    good: str
    values: Mapping[Tie, Mapping[int, Mapping[str, tuple[float, float]]]]
    max_age: float
    memory: dict[tuple[Tie, str, date], Reading] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, frame: pd.DataFrame, good: str, max_age: float) -> FlowBook:
        """Book of the rows of one good; s from low and high, a 90 % interval, 0 where there is none."""
        values: dict[Tie, dict[int, dict[str, tuple[float, float]]]] = {}
        mine = frame[frame["flow"] == good] if len(frame) else frame
        columns = ("from", "to", "period", "source_id", "value", "low", "high")
        for start, end, period, source, value, low, high in zip(
            *(mine[name].tolist() for name in columns), strict=True,
        ):
            day = parse(str(period)).latest
            if day is None or not math.isfinite(value):
                continue
            s = math.log(high / low) / 3.29 if 0 < low < high else 0.0
            values.setdefault((start, end), {}).setdefault(day.year, {})[source] = (float(value), s)
        return cls(good, values, max_age)

    def reading(self, tie: Tie, total: str, day: date) -> Reading:
        """Reading of a tie at a date.

        total : `to` asks for the total of all that `to` takes from the same source, `from` for all that
            `from` sends, anything else for no total (`rest` is then NaN)
        """
        key = (tie, total, day)
        if key not in self.memory:
            self.memory[key] = self._read(tie, total, day)
        return self.memory[key]

    def _read(self, tie: Tie, total: str, day: date) -> Reading:
        wholes = self.values.get({"to": ("", tie[1]), "from": (tie[0], "")}.get(total, ("", "")), {})
        for year in sorted(self.values.get(tie, {}), reverse=True):
            end = date(year, 12, 31)
            if end > day:
                continue
            quotes = []
            for source, (value, s) in sorted(self.values[tie][year].items()):
                whole, s_whole = wholes.get(year, {}).get(source, (math.nan, 0.0))
                if total in ("to", "from") and not whole > 0:
                    continue
                rest = max(whole - value, 0.0) if math.isfinite(whole) else math.nan
                quotes.append(Quote(source, year, value, rest, s, s_whole))
            if quotes:
                age = (day - end).days / 365.25
                stale = end < add_months(day, -round(12 * self.max_age))
                return Reading(() if stale else tuple(quotes), age, stale)
        return Reading()


def pool(y: Floats, s: Floats) -> tuple[float, Floats]:
    """Random-effects mean and the pooling weights, on the scale given.

    Examples
    --------
    >>> found, _ = pool(np.log(np.array([.49, .15]) / (1 - np.array([.49, .15]))), np.array([.2, .2]))
    >>> round(float(1 / (1 + np.exp(-found))), 3)
    0.292
    """
    found = random_effects(y.tolist(), np.maximum(s, _LEAST_ERROR).tolist())
    return found.mean, np.array(found.weights) / found.error**2


@dataclass(frozen=True)
class Side:
    """Readings of ties at dates, pooled; arrays (tie, time).

    share : flow over the total of the side asked for, NaN without totals
    flow, whole : pooled, in the unit of the flow;  year : of the reading, NaN unknown
    readings : behind them, same axes
    """

    share: Floats
    flow: Floats
    whole: Floats
    year: Floats
    age: Floats
    disagreement: Floats
    stale: Bools
    readings: Sequence[Sequence[Reading]]


def read_side(book: FlowBook, ties: Sequence[Tie], times: Sequence[date], total: str) -> Side:
    """All ties at all dates; total as in `FlowBook.reading`."""
    shape = (len(ties), len(times))
    arrays = {name: np.full(shape, np.nan) for name in ("share", "flow", "whole", "year", "age", "split")}
    stale = np.zeros(shape, dtype=bool)
    readings = [[book.reading(tie, total, day) for day in times] for tie in ties]
    for i, row in enumerate(readings):
        for t, reading in enumerate(row):
            stale[i, t] = reading.stale
            if reading.quotes:
                arrays["age"][i, t] = reading.age
                arrays["year"][i, t] = reading.quotes[0].year
                found = _pooled(reading.quotes)
                for name, value in zip(("share", "flow", "whole", "split"), found, strict=True):
                    arrays[name][i, t] = value
    return Side(
        arrays["share"], arrays["flow"], arrays["whole"], arrays["year"], arrays["age"], arrays["split"],
        stale, readings,
    )


def _pooled(quotes: Sequence[Quote]) -> tuple[float, float, float, float]:
    """Share, flow, total and disagreement of the sources of one reading."""
    if len(quotes) == 1:
        one = quotes[0]
        return one.flow / (one.flow + one.rest), one.flow, one.flow + one.rest, math.nan
    flow = np.array([quote.flow for quote in quotes])
    rest = np.array([quote.rest for quote in quotes])
    s = np.array([quote.s for quote in quotes])
    whole = flow + rest
    top = flow.max()
    split = float((top - flow.min()) / top) if top > 0 else math.nan
    value = float(np.exp(pool(np.log(flow), s)[0])) if (flow > 0).all() else float(flow.mean())
    if np.isnan(whole).any():
        return math.nan, value, math.nan, split
    share = flow / whole
    if (share > _CLIP).all() and (share < 1 - _CLIP).all():
        y = pool(np.log(share / (1 - share)), s)[0]
        middle = 1 / (1 + math.exp(-y))
    else:
        middle = float(share.mean())
    both = np.array([math.hypot(quote.s, quote.s_rest) for quote in quotes])
    return middle, value, float(np.exp(pool(np.log(whole), both)[0])), split


def drawn(
    book: FlowBook, ties: Sequence[Tie], side: Side, n: int, seed: int, total: str,
) -> tuple[Floats, Floats]:
    """Drawn flows and, if asked for, rests of the total, (tie, time, draw); common random numbers.

    A tie believes one source in a draw, at every date it speaks; the error of a flow belongs to tie and
    source, that of a total to its owner and source. A stated 0 stays 0.
    """
    shape = (len(ties), len(side.readings[0]) if ties else 0, n)
    flow = np.full(shape, np.nan)
    rest = np.full(shape if total in ("to", "from") else (0,), np.nan)
    owners: dict[tuple[str, str], Floats] = {}
    for i, (tie, row) in enumerate(zip(ties, side.readings, strict=True)):
        sources = sorted({quote.source for reading in row for quote in reading.quotes})
        name = f"{tie[0]}>{tie[1]}:{book.good}"
        errors = {
            source: stream_normals(seed, MECHANISM, "error", f"{name}|{source}", n) for source in sources
        }
        races = _races(book, tie, seed, n)
        owner = {"to": f">{tie[1]}", "from": f"{tie[0]}>"}.get(total, "")
        for source in sources if owner else ():
            if (owner, source) not in owners:
                slot = f"{owner}:{book.good}|{source}"
                owners[owner, source] = stream_normals(seed, MECHANISM, "error", slot, n)
        for t, reading in enumerate(row):
            if not reading.quotes:
                continue
            first = np.full(n, np.inf)
            for q in reading.quotes:
                ahead: slice | Bools = slice(None)
                if len(reading.quotes) > 1:
                    ahead = races[q.source] < first
                    first[ahead] = races[q.source][ahead]
                flow[i, t, ahead] = q.flow * np.exp(q.s * errors[q.source][ahead])
                if owner:
                    rest[i, t, ahead] = q.rest * np.exp(q.s_rest * owners[owner, q.source][ahead])
    return flow, rest


def _races(book: FlowBook, tie: Tie, seed: int, n: int) -> dict[str, Floats]:
    """Exponential races of the sources, won in proportion to their mean pooling weight in shared years."""
    weights: dict[str, list[float]] = {}
    for by_source in book.values.get(tie, {}).values():
        said = {source: pair for source, pair in by_source.items() if pair[0] > 0}
        if len(said) > 1:
            values, errors = np.array(list(said.values())).T
            star = pool(np.log(values), errors)[1]
            for source, weight in zip(said, star, strict=True):
                weights.setdefault(source, []).append(float(weight))
        for source in by_source:
            weights.setdefault(source, [])
    if len(weights) < 2:
        return {}
    found = {}
    for source, known in weights.items():
        slot = f"{tie[0]}>{tie[1]}:{book.good}|{source}"
        u = np.maximum(stream_uniforms(seed, MECHANISM, "source", slot, n), SMALLEST)
        found[source] = -np.log(u) / max(float(np.mean(known or [1.0])), 1e-12)
    return found
