"""The ledger pooled into arrays at given dates: ties, receivers' totals and the bases of dependence."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from heartland.evidence.values import GroupVote
from heartland.region.cell import STATUS, Book, Cell

__all__ = ["SERIES_COLUMNS", "CellArrays", "build_arrays", "series_id"]

Floats = NDArray[np.float64]
SERIES_COLUMNS = (
    "series_id",
    "giver",
    "receiver",
    "channel",
    "time",
    "group",
    "transform",
    "y",
    "s",
    "weight",
    "observation_ids",
)


@dataclass(frozen=True)
class CellArrays:
    """Pooled ties at dates. Axes (time, giver, receiver, channel), givers = powers.

    value, low, high : channel's unit, NaN = unknown;  sd : on the transformed scale of `transform`
    status : int8 codes of `measures.md` 1;  age : years;  disagreement : [0, 1], NaN with one group
    n_groups : independence groups behind the value;  end : last year the value speaks of, 0 = unknown
    total : (time, receiver, channel) from all givers;  base : name -> (time, receiver), indicator's unit
    total_status, base_status : the same codes;  transform : per channel, log, logit or identity
    series : long table, one row per (giver, receiver, channel, time, group); y and s on `transform` of the
        row, y = -inf for a reported zero on the log scale
    flags : (time, giver, receiver, channel) index -> sorted flags, only cells that have any
    """

    times: tuple[date, ...]
    givers: tuple[str, ...]
    receivers: tuple[str, ...]
    channels: tuple[str, ...]
    value: Floats
    low: Floats
    high: Floats
    sd: Floats
    status: NDArray[np.int8]
    age: Floats
    disagreement: Floats
    n_groups: NDArray[np.int64]
    end: NDArray[np.int64]
    total: Floats
    total_status: NDArray[np.int8]
    base: Mapping[str, Floats]
    base_status: Mapping[str, NDArray[np.int8]]
    transform: tuple[str, ...]
    series: pd.DataFrame
    flags: Mapping[tuple[int, int, int, int], tuple[str, ...]]


def series_id(giver: str, receiver: str, channel: str) -> str:
    """Name of one tie over all dates, as noise slots and explanations write it."""
    return f"{giver}>{receiver}:{channel}"


def build_arrays(
    book: Book,
    times: Sequence[date],
    givers: Sequence[str],
    receivers: Sequence[str],
    channels: Sequence[str],
    totals: Mapping[str, str],
    bases: Iterable[str],
) -> CellArrays:
    """Cells, totals and bases at the given dates.

    totals : channel -> indicator of the receiver's total, `sum` (over the givers) or empty (unknown)
    bases : indicators read for every receiver
    """
    shape = (len(times), len(givers), len(receivers), len(channels))
    names = ("value", "low", "high", "sd", "age", "disagreement")
    numbers = {name: np.full(shape, np.nan) for name in names}
    status = np.full(shape, STATUS["unknown"], dtype=np.int8)
    n_groups, end = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    flags: dict[tuple[int, int, int, int], tuple[str, ...]] = {}
    series: list[tuple[Any, ...]] = []
    for place in np.ndindex(*shape):
        t, g, r, c = place
        giver, receiver, channel = givers[g], receivers[r], channels[c]
        cell = book.cell(giver, receiver, channel, times[t])
        status[place] = cell.status
        if cell.flags:
            flags[t, g, r, c] = cell.flags
        if not cell.pooled.known:
            continue
        pooled = cell.pooled
        for name in ("value", "low", "high", "sd", "disagreement"):
            numbers[name][place] = getattr(pooled, name)
        numbers["age"][place] = cell.age
        n_groups[place], end[place] = pooled.n_groups, cell.end.year if cell.end else 0
        series.extend(_series(giver, receiver, channel, t, cell, book.rules[channel].quantity.transform))
    total, total_status = _totals(book, times, receivers, channels, totals, numbers["value"])
    base, base_status = _bases(book, times, receivers, bases)
    return CellArrays(
        tuple(times),
        tuple(givers),
        tuple(receivers),
        tuple(channels),
        numbers["value"],
        numbers["low"],
        numbers["high"],
        numbers["sd"],
        status,
        numbers["age"],
        numbers["disagreement"],
        n_groups,
        end,
        total,
        total_status,
        base,
        base_status,
        tuple(book.rules[name].quantity.transform if name in book.rules else "log" for name in channels),
        pd.DataFrame(series, columns=list(SERIES_COLUMNS)),
        flags,
    )


def _series(
    giver: str, receiver: str, channel: str, time: int, cell: Cell, transform: str
) -> Iterable[tuple[Any, ...]]:
    name, found = series_id(giver, receiver, channel), cell.pooled
    largest = max((abs(vote.y) for vote in found.groups), default=0.0)
    for vote in found.groups:
        y, s = vote.y, vote.s
        if transform == "log" and found.transform == "identity":
            y, s = _on_log(vote, largest)
        yield (name, giver, receiver, channel, time, vote.group, transform, y, s, vote.weight, vote.ids)


def _on_log(vote: GroupVote, largest: float) -> tuple[float, float]:
    """A vote pooled on the plain scale because another one is zero, back on the log scale."""
    return (math.log(vote.y), vote.s / largest) if vote.y > 0 else (-math.inf, 0.0)


def _totals(
    book: Book,
    times: Sequence[date],
    receivers: Sequence[str],
    channels: Sequence[str],
    totals: Mapping[str, str],
    value: Floats,
) -> tuple[Floats, NDArray[np.int8]]:
    """Totals (time, receiver, channel); a sum over givers is known only where every one of them is."""
    total = np.full((len(times), len(receivers), len(channels)), np.nan)
    status = np.full(total.shape, STATUS["unknown"], dtype=np.int8)
    for c, channel in enumerate(channels):
        source = totals.get(channel, "")
        if source == "sum":
            total[:, :, c] = value[:, :, :, c].sum(axis=1)
            status[:, :, c] = np.where(np.isnan(total[:, :, c]), STATUS["unknown"], STATUS["observed"])
        elif source:
            for t, day in enumerate(times):
                for r, receiver in enumerate(receivers):
                    cell = book.cell(receiver, "", source, day, window_of=channel)
                    total[t, r, c], status[t, r, c] = cell.pooled.value, cell.status
    return total, status


def _bases(
    book: Book, times: Sequence[date], receivers: Sequence[str], names: Iterable[str]
) -> tuple[dict[str, Floats], dict[str, NDArray[np.int8]]]:
    values: dict[str, Floats] = {}
    codes: dict[str, NDArray[np.int8]] = {}
    for name in names:
        cells = [[book.cell(receiver, "", name, day) for receiver in receivers] for day in times]
        values[name] = np.array([[cell.pooled.value for cell in row] for row in cells]).reshape(
            len(times), len(receivers)
        )
        codes[name] = np.array([[cell.status for cell in row] for row in cells], dtype=np.int8).reshape(
            len(times), len(receivers)
        )
    return values, codes
