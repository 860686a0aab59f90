"""Scores and means over the items of a domain, for many cells and draws of several structures at once.

Arrays are (cell, draw); the draws stand in the order of their structures, so that what differs from one
structure to another is a run of columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from heartland.measures.influence import dependence_ratio
from heartland.measures.scores import STRUCTURES, Floats, Item, score

__all__ = ["Columns", "Scored", "means", "runs", "scored", "weighted"]

Bools: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Columns:
    """Runs of columns, with the transform, the exponent, the total and the structure each has."""

    transforms: tuple[tuple[str, slice], ...]
    rhos: tuple[tuple[float, slice], ...]
    totals: tuple[tuple[str, slice], ...]
    structures: tuple[tuple[str, slice], ...]


@dataclass(frozen=True)
class Scored:
    """Scores of one item, raised to the exponent of the mean.

    place : of its weight among the items of the part;  channel : its name
    values : (cell, draw), 0 where unknown;  unknown : (cell, draw) or (cell, 1), None where nothing is
    """

    place: int
    channel: str
    values: Floats
    unknown: Bools | None

    def rows(self, cells: npt.NDArray[np.int64], hidden: Bools) -> Scored:
        """Some rows, with those of `hidden` (row,) unknown as well."""
        values = self.values[cells]
        values[hidden] = 0.0
        unknown = hidden[:, None] if self.unknown is None else self.unknown[cells] | hidden[:, None]
        return Scored(self.place, self.channel, values, unknown)


def runs(structures: npt.NDArray[np.int64]) -> Columns:
    """Runs of sorted positions in `STRUCTURES`."""
    cuts = [0, *(np.flatnonzero(np.diff(structures)) + 1).tolist(), len(structures)]
    each = [
        (STRUCTURES[int(structures[low])], low, high)
        for low, high in pairwise(cuts) if high > low
    ]

    def joined(name: str) -> tuple[tuple[Any, slice], ...]:
        found: list[tuple[Any, slice]] = []
        for structure, low, high in each:
            label = getattr(structure, name)
            if found and found[-1][0] == label:
                low = found.pop()[1].start
            found.append((label, slice(low, high)))
        return tuple(found)

    return Columns(joined("transform"), joined("rho"), joined("total"), joined("id"))


def scored(
    item: Item, place: int, columns: Columns, volume: Mapping[str, Floats], total: Mapping[str, Floats],
    base: Mapping[str, Floats], *, fill: float | None, alone: bool, like: Floats,
) -> Scored | None:
    """Scores of an item; None where there is no array for it.

    Parameters
    ----------
    volume, total, base : as for `influence`, rest axes (date, draw)
    fill : score of unknown inputs;  alone : the only item of its domain, whose mean is the score itself
    like : any array (giver, receiver, date, draw)
    """
    values, undefined = None, None
    if item.part == "dependence":
        pair = dependence_ratio(item, volume, total, base)
        if pair is not None:
            values, undefined = np.minimum(pair[0], 1.0), pair[1]
    elif item.channel in volume:
        values = _bandwidth(item, columns, volume[item.channel])
    if values is None:
        if fill is None:
            return None
        values = np.full(like.shape, np.nan, dtype=like.dtype)
    shape = like.shape
    if values.shape != shape:
        values = np.array(np.broadcast_to(values, shape))
    values = values.reshape(-1, shape[-1])
    unknown = np.isnan(values)
    if fill is not None:
        values = np.where(unknown, values.dtype.type(fill), values)
        if undefined is None:
            unknown = np.zeros_like(unknown)
        else:
            unknown = np.broadcast_to(undefined[None], shape).reshape(values.shape)
    found = _by_row(unknown)
    if found is not None:
        _put(values, found, 0.0)
    if not alone:
        for rho, cut in columns.rhos:
            if rho != 1.0:
                values[:, cut] **= rho
    return Scored(place, item.channel, values, found)


def _bandwidth(item: Item, columns: Columns, x: Floats) -> Floats:
    if item.transform != "log":  # declared so, whatever the structure
        return score(x, item.transform, item.reference)
    out = np.empty_like(x)
    for transform, cut in columns.transforms:
        out[..., cut] = score(x[..., cut], transform, item.reference)
    return out


def _by_row(unknown: Bools) -> Bools | None:
    """The same as (cell, 1) where a whole row is unknown or none of it; None where nothing is."""
    some: Bools = np.asarray(unknown.any(axis=1))
    if not some.any():
        return None
    return some[:, None] if (unknown.all(axis=1) == some).all() else unknown


def _put(values: Floats, where: Bools, number: float) -> None:
    if where.shape[1] == 1:
        values[where[:, 0]] = number
    else:
        values[where] = number


def means(items: Sequence[Scored], weights: Floats, columns: Columns) -> Floats | None:
    """Weighted means of the known items, (cell, draw); NaN where none is known; None without items.

    weights : (item, draw) of the part
    """
    if not items:
        return None
    if len(items) == 1 and (weights[items[0].place] == 1).all():
        out = items[0].values.copy()
        if items[0].unknown is not None:
            _put(out, items[0].unknown, np.nan)
        return out
    top = np.zeros_like(items[0].values)
    known: Any = np.zeros(top.shape[1], dtype=top.dtype)
    part = np.empty_like(top)
    for one in items:
        weight = weights[one.place]
        np.multiply(one.values, weight, out=part)
        top += part
        known = known + (weight if one.unknown is None else ~one.unknown * weight)
    top /= known
    for rho, cut in columns.rhos:
        if rho != 1.0:
            top[:, cut] **= 1.0 / rho
    return top


def weighted(values: Sequence[tuple[Floats, Floats]]) -> Floats:
    """Mean of (values, weight) pairs over what is not NaN, weights renormalised; weights are (draw,)."""
    first = values[0][0]
    top, part = np.zeros_like(first), np.empty_like(first)
    whole: Any = np.zeros(first.shape[1], dtype=first.dtype)
    for own, weight in values:
        np.multiply(own, weight, out=part)
        unknown = _by_row(np.isnan(own))
        if unknown is None:
            whole = whole + weight
        else:
            _put(part, unknown, 0.0)
            whole = whole + ~unknown * weight
        top += part
    top /= whole
    return top
