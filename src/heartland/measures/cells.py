"""What measures built on influence share: central and drawn indices, reasons, flags and quality by layer.

A layer is a domain, or `all` for the overall index; layer arrays are (layer, giver, receiver, time).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from heartland.errors import HeartlandInputError
from heartland.measures.block import Cells, code, interval
from heartland.measures.indices import QUANTITIES, Indices, central, compiled, drawn, index_draws
from heartland.measures.influence import (
    LEAST_COVERAGE,
    InfluenceResult,
    bandwidth_score,
    dependence_ratio,
)
from heartland.measures.inputs import ABSENT, Inputs
from heartland.measures.quality import quality
from heartland.measures.registry import Measure, Request
from heartland.measures.scores import CompiledSpec, Floats, Item
from heartland.measures.selection import pairs

__all__ = ["Bundle", "bundle", "layer", "layers", "own_row"]

Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int8]
_SLACK = 1e-9


@dataclass(frozen=True)
class Bundle:
    """Inputs after the policy for missing values, with everything computed from them once.

    bounds : central results with unknown scores 0 and 1, empty unless asked for
    draws : None when no draws are asked for;  bound_draws : the same with unknown scores 0 and 1
    scores : (item, giver, receiver, time) of the bandwidth items, NaN unknown
    ratios, undefined : of the dependence items, the latter (item, receiver, time)
    """

    inputs: Inputs
    spec: CompiledSpec
    result: InfluenceResult
    bounds: tuple[InfluenceResult, ...]
    draws: Indices | None
    bound_draws: tuple[Indices, ...]
    scores: Floats
    ratios: Floats
    undefined: Bools


def bundle(inputs: Inputs, request: Request) -> Bundle:
    """Indices of a request, computed once for all its measures.

    Raises
    ------
    HeartlandInputError
        If imputed values are asked for and there are none.
    """
    found = request.cache.get("bundle")
    if not isinstance(found, Bundle):
        found = request.cache["bundle"] = _bundle(inputs, request)
    return found


def _bundle(inputs: Inputs, request: Request) -> Bundle:
    if request.missing == "impute":
        if inputs.imputed is None:
            raise HeartlandInputError.at(
                "There are no imputed values in this world.", check="missing-policy",
                why="Unknown ties cannot be filled from nothing.",
                fix="Use --missing drop or --missing bounds.",
            )
        inputs = inputs.imputations()
    else:
        inputs = replace(inputs, imputed=None)
    spec = compiled(inputs.spec)
    fills = (0.0, 1.0) if request.missing == "bounds" else ()
    draws = request.settings.draws > 0
    scores, ratios, undefined = _item_arrays(inputs, spec)
    return Bundle(
        inputs, spec, central(inputs), tuple(central(inputs, fill=fill) for fill in fills),
        _draws(inputs, request) if draws else None,
        tuple(drawn(inputs, replace(request.settings, fill=fill)) for fill in fills if draws),
        scores, ratios, undefined,
    )


def _draws(inputs: Inputs, request: Request) -> Indices:
    """Draws of the indices, and in the same pass whatever else the measures of the table will ask of them."""
    asked: Sequence[Measure] = request.cache.get("measures", ())
    also = request.settings.bootstrap or any("C" in measure.uncertain for measure in asked)
    race = any(measure.name == "influence.lead" for measure in asked)
    # By domain, what the measures of a table ask for; a quantity that is not kept can still be had.
    usual = ("influence", "bandwidth") if also else ("influence",)
    names = QUANTITIES if request.by != "overall" or not asked else usual
    found, chances = index_draws(
        inputs, request.settings, pairs=pairs(inputs, request) if race else None,
        bootstraps=(request.settings.bootstrap, True) if also else None,
        keep=((names, QUANTITIES), (usual, ()))[: 2 if also else 1],
    )
    if also:
        request.cache["resampled"] = found[1]
    if race:
        request.cache["chances"] = chances
    return found[0]


def _item_arrays(inputs: Inputs, spec: CompiledSpec) -> tuple[Floats, Floats, Bools]:
    volume, total = inputs.volume(), inputs.totals()
    shape = (len(inputs.givers), len(inputs.receivers), len(inputs.times))
    scores = np.full((len(spec.bandwidth), *shape), np.nan)
    ratios = np.full((len(spec.dependence), *shape), np.nan)
    undefined = np.zeros((len(spec.dependence), *shape[1:]), dtype=bool)
    for row, item in zip(scores, spec.bandwidth, strict=True):
        found = bandwidth_score(item, volume)
        row[...] = np.nan if found is None else found
    for row, where, item in zip(ratios, undefined, spec.dependence, strict=True):
        pair = dependence_ratio(item, volume, total, inputs.base)
        if pair is not None:
            row[...], where[...] = pair
    return scores, ratios, undefined


def own_row(inputs: Inputs) -> Bools:
    """(giver, receiver, 1), true where both are the same actor."""
    return np.array([[g == r for r in inputs.receivers] for g in inputs.givers])[..., None]


def layers(found: Bundle, by: str) -> list[int | None]:
    """Layers of a level of detail: positions of domains, or None for the overall index."""
    return list(range(len(found.spec.domains))) if by == "domain" else [None]


def layer(found: Bundle, quantity: str, domain: int | None, level: float) -> Cells:
    """One quantity (`bandwidth`, `dependence`, `influence`) on one domain, or overall for None.

    Returns
    -------
    Cells over (giver, receiver, time)
    """
    parts = ("bandwidth", "dependence") if quantity == "influence" else (quantity,)
    value = _central(found.result, quantity, domain)
    blank = np.broadcast_to(own_row(found.inputs), value.shape)
    value, low, high = (
        np.where(blank, np.nan, part) for part in (value, *_interval(found, quantity, domain, level))
    )
    reason = np.where(np.isnan(value), _reason(found, parts, domain), 0).astype(np.int8)
    items, used = _used(found, parts, domain)
    cover = _cover(found, parts, domain)
    weights = _weights(found.spec, parts, domain)
    known = quality(found.inputs, [item.channel for item in items], weights, cover, used)
    return Cells(
        value, low, high, reason, used.sum(axis=0), (~used).sum(axis=0), known,
        _flags(found, parts, domain, cover, value, high),
    )


def _central(result: InfluenceResult, quantity: str, domain: int | None) -> Floats:
    whole = {"bandwidth": result.overall_bandwidth, "dependence": result.overall_dependence,
             "influence": result.overall}
    parts = {"bandwidth": result.bandwidth, "dependence": result.dependence, "influence": result.influence}
    return whole[quantity] if domain is None else np.asarray(parts[quantity][domain])


def _interval(found: Bundle, quantity: str, domain: int | None, level: float) -> tuple[Floats, Floats]:
    low = high = np.full(found.result.overall.shape, np.nan)
    if found.draws is not None:
        low, high = interval(found.draws.layer(quantity, domain), level)
    if found.bounds:
        ends: Sequence[tuple[Floats, Floats]] = [
            interval(draws.layer(quantity, domain), level) for draws in found.bound_draws
        ] or [(_central(result, quantity, domain),) * 2 for result in found.bounds]
        low, high = np.fmin(low, ends[0][0]), np.fmax(high, ends[1][1])
    return low, high


def _chosen(items: Sequence[Item], domain: int | None) -> list[int]:
    return [place for place, item in enumerate(items) if domain is None or item.domain == domain]


def _used(found: Bundle, parts: Sequence[str], domain: int | None) -> tuple[list[Item], Bools]:
    """Items of a layer, and where each is known; a defined-as-nothing share counts as known."""
    items: list[Item] = []
    known: list[Bools] = []
    value = found.inputs.value
    for part in parts:
        source = found.spec.bandwidth if part == "bandwidth" else found.spec.dependence
        for place in _chosen(source, domain):
            item = source[place]
            items.append(item)
            if part == "bandwidth":
                known.append(~np.isnan(found.scores[place]))
                continue
            x = np.full(value.shape[:2] + value.shape[3:], np.nan)
            if item.channel in found.inputs.channels:
                x = value[:, :, found.inputs.channels.index(item.channel)]
            known.append(~np.isnan(found.ratios[place]) | (found.undefined[place][None] & ~np.isnan(x)))
    empty = np.zeros((0, *found.result.overall.shape), dtype=bool)
    return items, np.stack(known) if known else empty


def _weights(spec: CompiledSpec, parts: Sequence[str], domain: int | None) -> Floats:
    """Weights of the items of a layer inside each part, in the order of `_used`."""
    weights: list[float] = []
    for part in parts:
        items, over = (spec.bandwidth, spec.w) if part == "bandwidth" else (spec.dependence, spec.u)
        weights.extend(
            items[k].weight * (1.0 if domain is not None else float(over[items[k].domain]))
            for k in _chosen(items, domain)
        )
    return np.array(weights, dtype=np.float64)


def _part_cover(found: Bundle, part: str, domain: int | None) -> Floats:
    result = found.result
    if domain is None:
        cover = getattr(result, f"overall_{part}_coverage")
    else:
        cover = getattr(result, f"{part}_coverage")[domain]
    return np.broadcast_to(cover, result.overall.shape)


def _cover(found: Bundle, parts: Sequence[str], domain: int | None) -> Floats:
    covers = [_part_cover(found, part, domain) for part in parts]
    return np.nan_to_num(np.fmin(covers[0], covers[-1]))


def _reason(found: Bundle, parts: Sequence[str], domain: int | None) -> Codes:
    """Why a value is missing; meaningful only where it is."""
    inputs = found.inputs
    out = np.zeros(found.result.overall.shape, dtype=np.int8)
    channels: set[str] = set()
    for part in reversed(parts):
        items = found.spec.bandwidth if part == "bandwidth" else found.spec.dependence
        mine = {items[place].channel for place in _chosen(items, domain)}
        channels |= mine
        cover = _part_cover(found, part, domain)
        if not mine:
            out[...] = code("no-dependence" if part == "dependence" else "not-applicable")
            continue
        if part == "bandwidth" and (out == code("no-dependence")).all():
            continue
        out = np.where(~(cover >= LEAST_COVERAGE - _SLACK), code("coverage"), out)
        out = np.where(cover <= 0, code("unknown"), out)
        out = np.where(np.isnan(cover), code("zero-total"), out).astype(np.int8)
    columns = [inputs.channels.index(name) for name in channels if name in inputs.channels]
    if columns:
        gone = (inputs.status[:, :, columns] == ABSENT).all(axis=2)
        out = np.where(gone, code("not-born"), out).astype(np.int8)
    return np.where(own_row(inputs), code("self"), out).astype(np.int8)


def _flags(
    found: Bundle, parts: Sequence[str], domain: int | None, cover: Floats, value: Floats, high: Floats,
) -> dict[str, Bools]:
    present = ~np.isnan(value)
    inputs, spec = found.inputs, found.spec
    bands, shares = _chosen(spec.bandwidth, domain), _chosen(spec.dependence, domain)
    flags = {"renormalised": present & (cover < 1 - _SLACK)}
    channels = set()
    if "bandwidth" in parts:
        channels |= {spec.bandwidth[k].channel for k in bands}
        above = _any(found.scores[bands], lambda g: g > 1 + _SLACK) | (np.nan_to_num(high) > 1 + _SLACK)
        flags["above-reference"] = present & above
    if "dependence" in parts:
        channels |= {spec.dependence[k].channel for k in shares}
        flags["clipped"] = present & _any(found.ratios[shares], lambda h: h > 1 + _SLACK)
        flags["renormalised"] |= present & np.asarray(found.undefined[shares].any(axis=0))[None]
    columns = [k for k, name in enumerate(inputs.channels) if name in channels]
    for name, where in inputs.flags.items():
        flags[name] = np.asarray(where[:, :, columns].any(axis=2))
    return flags


def _any(values: Floats, test: Callable[[Floats], Bools]) -> Bools:
    with np.errstate(invalid="ignore"):
        return np.asarray(test(values).any(axis=0))
