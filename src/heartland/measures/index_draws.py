"""Indices of all cells in all draws, date by date: scores once, then sums for each set of weights.

Every operation is made number by number, so that the size of the blocks changes no bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from heartland.measures.domain_means import Columns, Scored, means, runs, scored, weighted
from heartland.measures.draws import ObservationDraws
from heartland.measures.influence import ItemWeights
from heartland.measures.inputs import Inputs
from heartland.measures.ordered_draws import OrderedDraws
from heartland.measures.scores import CompiledSpec, Floats

__all__ = ["DrawnBlock", "Layers", "block_means", "blocks", "layers_of"]

DRAWS_AT_ONCE = 4096
CELLS_AT_ONCE = 40_000


@dataclass(frozen=True)
class Layers:
    """Bandwidth, dependence and influence of some cells: by domain, and overall; (cell, draw) each.

    A domain that cannot have a value has None.
    """

    domain: Mapping[str, Sequence[Floats | None]]
    overall: Mapping[str, Floats]


@dataclass(frozen=True)
class DrawnBlock:
    """Scored items of some dates and draws.

    draws : positions of the draws, in the order of their structures;  dates : low and high
    bandwidth, dependence : scored items by domain;  shape : (giver, receiver, date, draw)
    """

    draws: npt.NDArray[np.int64]
    dates: tuple[int, int]
    columns: Columns
    bandwidth: Sequence[Sequence[Scored]]
    dependence: Sequence[Sequence[Scored]]
    shape: tuple[int, ...]


def blocks(
    inputs: Inputs, spec: CompiledSpec, source: ObservationDraws, structures: npt.NDArray[np.int64], *,
    fill: float | None, dtype: Any,
) -> Iterator[DrawnBlock]:
    """Scored items of all dates and draws, block by block.

    structures : (draw,) positions in `STRUCTURES`;  fill : score of unknown inputs, None drops them
    """
    ties = len(inputs.givers) * len(inputs.receivers)
    base = {name: values.astype(dtype) for name, values in inputs.base.items()}
    whole = {item.channel for item in spec.dependence if item.base == "total"}
    for first in range(0, len(structures), DRAWS_AT_ONCE):
        picked = structures[first : first + DRAWS_AT_ONCE]
        order = np.argsort(picked, kind="stable") + first
        columns = runs(structures[order])
        ordered = OrderedDraws(source, order, dtype)
        step = max(1, CELLS_AT_ONCE // max(1, ties * len(order)))
        for low in range(0, len(inputs.times), step):
            high = min(low + step, len(inputs.times))
            volume, total = ordered.at(low, high, spec.channels, whole)
            bases = {name: values[:, low:high, None] for name, values in base.items()}
            parts = [
                _scored(spec, part, columns, (volume, total, bases), fill)
                for part in ("bandwidth", "dependence")
            ]
            shape = (len(inputs.givers), len(inputs.receivers), high - low, len(order))
            yield DrawnBlock(order, (low, high), columns, parts[0], parts[1], shape)


def _scored(
    spec: CompiledSpec, part: str, columns: Columns, arrays: tuple[Mapping[str, Floats], ...],
    fill: float | None,
) -> list[list[Scored]]:
    items = spec.bandwidth if part == "bandwidth" else spec.dependence
    domains = [item.domain for item in items]
    found: list[list[Scored]] = [[] for _ in spec.domains]
    like = next(iter(arrays[0].values()))
    with np.errstate(invalid="ignore", divide="ignore"):
        for place, item in enumerate(items):
            one = scored(
                item, place, columns, *arrays, fill=fill, alone=domains.count(item.domain) == 1, like=like,
            )
            if one is not None:
                found[item.domain].append(one)
    return found


def layers_of(
    bandwidth: Sequence[Floats | None], dependence: Sequence[Floats | None], weights: ItemWeights,
    columns: Columns, constants: Mapping[str, Mapping[str, float]], like: Floats,
) -> Layers:
    """All layers from the domains' means.

    weights : (item, draw) and (domain, draw), in the order of the columns;  constants : of the structures
    like : any array (cell, draw)
    """
    product = [
        None if b is None or d is None else b * d for b, d in zip(bandwidth, dependence, strict=True)
    ]
    _, _, w, u = weights
    whole_b, whole_d = _overall(bandwidth, w, like), _overall(dependence, u, like)
    whole = whole_b * whole_d
    for total, cut in columns.totals:
        if total == "sum":
            own = [None if x is None else x[:, cut] for x in product]
            whole[:, cut] = _overall(own, w[:, cut], like[:, cut])
    found = Layers(
        {"bandwidth": bandwidth, "dependence": dependence, "influence": product},
        {"bandwidth": whole_b, "dependence": whole_d, "influence": whole},
    )
    for name, parts in found.domain.items():
        stretch = _constants(columns, constants, f"{name}_domain", like)
        _stretch(found.overall[name], _constants(columns, constants, name, like))
        for part in parts:
            if part is not None:
                _stretch(part, stretch)
    return found


def _overall(parts: Sequence[Floats | None], weights: Floats, like: Floats) -> Floats:
    live = [
        (part, weight) for part, weight in zip(parts, weights, strict=True)
        if part is not None and weight.any()
    ]
    return weighted(live) if live else np.full(like.shape, np.nan, dtype=like.dtype)


def _constants(
    columns: Columns, constants: Mapping[str, Mapping[str, float]], name: str, like: Floats,
) -> Floats | None:
    """(draw,) constant of each draw's structure; None where all are 1."""
    out = np.ones(like.shape[1], dtype=like.dtype)
    for identity, cut in columns.structures:
        out[cut] = constants.get(identity, {}).get(name, 1.0)
    return None if (out == 1).all() else out


def _stretch(values: Floats, constant: Floats | None) -> None:
    """Values times the constant of their structure; what lay inside [0, 1] stays inside."""
    if constant is None:
        return
    above = values > 1
    values *= constant
    out = values > 1
    out &= ~above
    if out.any():
        values[out] = 1


def block_means(
    block: DrawnBlock, weights: ItemWeights,
) -> tuple[list[Floats | None], list[Floats | None]]:
    """Means of the domains of a block, for bandwidth and for dependence."""
    return (
        [means(items, weights[0], block.columns) for items in block.bandwidth],
        [means(items, weights[1], block.columns) for items in block.dependence],
    )

