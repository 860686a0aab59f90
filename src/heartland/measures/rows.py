"""Rows of measures whose cells are no grid of giver, receiver and layer: one row per label and date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from heartland.measures.block import Block, Bools, Cells, code, interval
from heartland.measures.quality import Quality, grade
from heartland.measures.scores import Floats

__all__ = ["plain_quality", "plain_rows", "reasons"]


def reasons(shape: tuple[int, ...], *cases: tuple[str, Any]) -> npt.NDArray[np.int8]:
    """Codes of reasons, the first case that holds; 0 where none does.

    cases : pairs (reason of `block.REASONS`, bool array that broadcasts to `shape`)
    """
    out = np.zeros(shape, dtype=np.int8)
    for word, where in reversed(cases):
        out = np.where(where, code(word), out).astype(np.int8)
    return out


def plain_quality(
    shape: tuple[int, ...], *, coverage: Any = 1.0, age: Any = 0.0, disagreement: Any = np.nan,
    assumed: Any = 0.0, single: Any | None = None,
) -> Quality:
    """Quality from explicit arrays (or numbers), each broadcast to `shape`.

    coverage : known part of the inputs;  age : years;  disagreement : NaN where one source alone speaks
    assumed : part of the inputs that is assumed or imputed;  single : default where disagreement is NaN
    """
    def full(values: Any) -> Floats:
        return np.broadcast_to(np.asarray(values, dtype=np.float64), shape)

    parts = full(coverage), full(age), full(disagreement)
    alone = np.isnan(parts[2]) & (parts[0] > 0) if single is None else np.broadcast_to(single, shape)
    return Quality(*parts, grade(*parts, full(assumed)), np.asarray(alone), full(assumed) > 0)


def plain_rows(
    measure: str, unit: str, labels: Mapping[str, Sequence[str]], times: Sequence[date], value: Floats, *,
    draws: Floats | None = None, level: float = 0.9, low: Floats | None = None, high: Floats | None = None,
    reason: npt.NDArray[np.int8] | None = None, n_used: Any = 0, n_missing: Any = 0,
    quality: Quality | None = None, flags: Mapping[str, Bools] | None = None,
    columns: Mapping[str, npt.NDArray[np.object_]] | None = None,
) -> Block:
    """Block of rows (row, time).

    Parameters
    ----------
    labels : column of the tidy table -> one label per row;  times : dates of the second axis
    value : (row, time), NaN where there is none
    draws : (row, time, draw), from which the interval comes;  low, high : the interval itself, without draws
    reason : (row, time), see `reasons`; default `unknown` for every NaN, and ignored where there is a value
    n_used, n_missing : broadcast to (row, time);  quality : default complete, new, from one source
    columns : labels that vary from cell to cell, (row, time)
    """
    shape = value.shape
    absent = np.isnan(value)
    if draws is not None:
        low, high = interval(draws, level)
    ends = [np.full(shape, np.nan) if end is None else np.where(absent, np.nan, end) for end in (low, high)]
    why = np.full(shape, code("unknown")) if reason is None else np.where(reason > 0, reason, code("unknown"))
    counts = [np.broadcast_to(np.asarray(n, dtype=np.int64), shape) for n in (n_used, n_missing)]
    cells = Cells(
        value, ends[0], ends[1], np.where(absent, why, 0).astype(np.int8), counts[0], counts[1],
        quality or plain_quality(shape, coverage=np.where(absent, 0.0, 1.0)),
        {name: np.broadcast_to(where, shape) for name, where in (flags or {}).items()},
    )
    axes = (dict(labels), {"date": [day.isoformat() for day in times]})
    return Block(measure, unit, axes, cells, columns or {})
