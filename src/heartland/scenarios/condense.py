"""What is kept of the members of a block when only a summary is asked for.

Of every outcome the value of every member, so that chances, quantiles and paired differences are those of the
members themselves. Of every state the exact sum, least and greatest value at each recorded step, so that
means do not depend on how the members were cut into blocks. No member's path is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from heartland.core.tree import Node
from heartland.scenarios.layout import Layout
from heartland.scenarios.outcomes import answer
from heartland.scenarios.readings import RunView
from heartland.scenarios.recorder import recorded
from heartland.scenarios.totals import PIECES, split_sum

__all__ = ["KEPT", "condense", "kept_states", "places", "shapes"]

Array: TypeAlias = NDArray[Any]

KEPT = ("outcome", "total", "low", "high", "known")


def kept_states(layout: Layout) -> list[str]:
    """States of which sums are kept, in the order of their places."""
    series, dyads = recorded(layout.full, asked=layout.asked)
    return [*series, *dyads]


def _axes(layout: Layout, name: str) -> list[Sequence[str]]:
    """Labels along each axis of a state behind the member axis, as texts; the time comes first."""
    labels = layout.labels()
    return [[str(value) for value in labels[dim]] for dim in layout.dims(name)]


def shapes(layout: Layout) -> Iterator[tuple[str, slice, tuple[int, ...]]]:
    """Each kept state with its stretch of places and its shape, time first."""
    first = 0
    for name in kept_states(layout):
        shape = tuple(len(labels) for labels in _axes(layout, name))
        size = int(np.prod(shape))
        yield name, slice(first, first + size), shape
        first += size


def places(layout: Layout) -> list[str]:
    """A label for each place: `unrest 2022-01-31 AAA`."""
    return [" ".join((name, *slot)) for name in kept_states(layout) for slot in product(*_axes(layout, name))]


def condense(
    source: Callable[[str], Array], members: int, layout: Layout, outcomes: Sequence[Node]
) -> Mapping[str, Array]:
    """What is kept of some members.

    Parameters
    ----------
    source : recorded array by name, (member, *axes)
    members : how many there are
    outcomes : trees of what is asked

    Returns
    -------
    outcome : (member, outcome), NaN where a member has no value
    total : (1, piece, place), see `totals.split_sum`;  low, high : (1, place), NaN where none has a value
    known : (1, place), members that have one; a value that is too large for float32 counts as none
    """
    view = RunView(layout.axes, layout.days, members, source, layout.steps, layout.domains)
    asked = np.empty((members, len(outcomes)))
    for column, tree in enumerate(outcomes):
        found = answer(tree, view)
        asked[:, column] = np.where(found.valid, found.values, np.nan)
    parts = [(place, source(name).reshape(members, -1)) for name, place, _ in shapes(layout)]
    size = parts[-1][0].stop if parts else 0
    total, known = np.zeros((1, PIECES, size)), np.zeros((1, size), dtype=np.int32)
    low, high = (np.empty((1, size), dtype=np.float32) for _ in range(2))
    for place, values in parts:
        there = np.isfinite(values)
        total[0, :, place] = split_sum(values if there.all() else np.where(there, values, np.nan))
        known[0, place] = there.sum(axis=0)
        low[0, place] = _extreme(np.where(there, values, np.inf).min(axis=0))
        high[0, place] = _extreme(np.where(there, values, -np.inf).max(axis=0))
    return {"outcome": asked, "total": total, "low": low, "high": high, "known": known}


def _extreme(values: Array) -> Array:
    return np.where(np.isinf(values), np.nan, values)
