"""Influence by channel: score of the tie times the receiver's reliance on it."""

from __future__ import annotations

import numpy as np

from heartland.measures.block import Block, Cells, code, interval
from heartland.measures.cells import Bundle, own_row
from heartland.measures.draws import ObservationDraws
from heartland.measures.influence import bandwidth_score, dependence_ratio
from heartland.measures.inputs import ABSENT, NOT_APPLICABLE
from heartland.measures.quality import quality
from heartland.measures.registry import Request
from heartland.measures.scores import Floats, Item
from heartland.measures.selection import axes, places

__all__ = ["channel_block"]

_SLACK = 1e-9


def channel_block(found: Bundle, request: Request, quantity: str, name: str) -> Block:
    """Rows of one quantity by channel.

    Intervals come from the draws of observations alone: a single channel has no weight, and its score keeps
    the declared transform.
    """
    keys = _keys(found)
    volume: dict[str, Floats] = {}
    total: dict[str, Floats] = {}
    if request.settings.draws > 0:
        source = ObservationDraws(
            found.inputs, request.settings.draws, request.settings.seed,
            fixed="observations" not in request.settings.vary,
        )
        volume, total = source.block(0, request.settings.draws)
    parts = []
    for domain, channel in keys:
        band = _find(found.spec.bandwidth, domain, channel)
        share = _find(found.spec.dependence, domain, channel)
        draws = _drawn(found, band, share, volume, total, quantity) if volume else None
        parts.append(_cells(found, channel, band, share, quantity, draws, request))
    givers, receivers = places(found.inputs, request)
    cells = Cells.stack(parts).map(lambda part: np.moveaxis(part[:, givers][:, :, receivers], 0, 2))
    labels = {
        "domain": [found.spec.domains[domain] for domain, _ in keys], "channel": [name for _, name in keys],
    }
    first = {"giver": [found.inputs.givers[k] for k in givers]}
    return Block(name, "index", axes(found.inputs, first, receivers, labels), cells)


def _keys(found: Bundle) -> list[tuple[int, str]]:
    items = (*found.spec.bandwidth, *found.spec.dependence)
    return sorted({(item.domain, item.channel) for item in items})


def _find(items: tuple[Item, ...], domain: int, channel: str) -> int | None:
    for place, item in enumerate(items):
        if (item.domain, item.channel) == (domain, channel):
            return place
    return None


def _central(found: Bundle, band: int | None, share: int | None) -> tuple[Floats, Floats, Floats]:
    nothing = np.full(found.result.overall.shape, np.nan)
    g = nothing if band is None else found.scores[band]
    ratio = nothing if share is None else found.ratios[share]
    return g, np.minimum(ratio, 1.0), ratio


def _drawn(
    found: Bundle, band: int | None, share: int | None, volume: dict[str, Floats], total: dict[str, Floats],
    quantity: str,
) -> Floats | None:
    g = None if band is None else bandwidth_score(found.spec.bandwidth[band], volume)
    base = {name: values[..., None] for name, values in found.inputs.base.items()}
    with np.errstate(invalid="ignore", divide="ignore"):
        pair = None if share is None else dependence_ratio(
            found.spec.dependence[share], volume, total, base,
        )
    h = None if pair is None else np.minimum(pair[0], 1.0)
    if quantity == "influence":
        return None if g is None or h is None else g * h
    return g if quantity == "bandwidth" else h


def _cells(
    found: Bundle, channel: str, band: int | None, share: int | None, quantity: str, draws: Floats | None,
    request: Request,
) -> Cells:
    inputs = found.inputs
    g, h, ratio = _central(found, band, share)
    value = {"bandwidth": g, "dependence": h, "influence": g * h}[quantity]
    blank = np.broadcast_to(own_row(inputs), value.shape)
    low, high = (np.full(value.shape, np.nan),) * 2 if draws is None else interval(draws, request.level)
    why = _reason(found, channel, band, share, quantity)
    reason = np.where(blank | np.isnan(value), why, 0).astype(np.int8)
    if request.missing == "bounds":
        low, high = _bounds(g, h, quantity, (low, high), (reason == 0) | (reason == code("unknown")))
    value, low, high = (np.where(blank, np.nan, part) for part in (value, low, high))
    present = ~np.isnan(value)
    used = present[None]
    shown = quality(inputs, [channel], np.ones(1), present.astype(np.float64), used)
    flags = {}
    with np.errstate(invalid="ignore"):
        if quantity != "dependence":
            flags["above-reference"] = present & ((g > 1 + _SLACK) | (high > 1 + _SLACK))
        if quantity != "bandwidth":
            flags["clipped"] = present & (ratio > 1 + _SLACK)
    if channel in inputs.channels:
        column = inputs.channels.index(channel)
        flags |= {name: where[:, :, column] for name, where in inputs.flags.items()}
    one = present.astype(np.int64)
    return Cells(value, low, high, reason, one, 1 - one, shown, flags)


def _bounds(
    g: Floats, h: Floats, quantity: str, drawn: tuple[Floats, Floats], where: np.typing.NDArray[np.bool_],
) -> tuple[Floats, Floats]:
    """Ends with unknown scores 0 and 1, around those of the draws."""
    ends = []
    for fill, end, widest in ((0.0, drawn[0], np.fmin), (1.0, drawn[1], np.fmax)):
        one, other = (np.where(np.isnan(part), fill, part) for part in (g, h))
        own = {"bandwidth": one, "dependence": other, "influence": one * other}[quantity]
        ends.append(np.where(where, widest(end, own), end))
    return ends[0], ends[1]


def _reason(
    found: Bundle, channel: str, band: int | None, share: int | None, quantity: str,
) -> np.typing.NDArray[np.int8]:
    inputs = found.inputs
    out = np.full(found.result.overall.shape, code("unknown"), dtype=np.int8)
    if share is not None and quantity != "bandwidth":
        out = np.where(found.undefined[share][None], code("zero-total"), out)
    if channel in inputs.channels:
        status = inputs.status[:, :, inputs.channels.index(channel)]
        out = np.where(status == NOT_APPLICABLE, code("not-applicable"), out)
        out = np.where(status == ABSENT, code("not-born"), out)
    if quantity != "dependence" and band is None:
        out = np.full_like(out, code("not-applicable"))
    if quantity != "bandwidth" and share is None:
        out = np.full_like(out, code("no-dependence"))
    return np.where(own_row(inputs), code("self"), out).astype(np.int8)
