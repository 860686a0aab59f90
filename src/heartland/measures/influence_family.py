"""Rows of influence, bandwidth, dependence; who leads whom; ranks; quality of the data behind influence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from heartland.measures.block import Block, Cells, code, interval
from heartland.measures.cells import Bundle, bundle, layer, layers, own_row
from heartland.measures.channel_rows import channel_block
from heartland.measures.indices import index_draws
from heartland.measures.inputs import Inputs
from heartland.measures.lead_draws import Chances, common_centres
from heartland.measures.parts import NOT_ADDITIVE, inner
from heartland.measures.quality import worst
from heartland.measures.registry import Measure, Request, register
from heartland.measures.scores import Floats
from heartland.measures.selection import axes, pair_axis, pairs, places

__all__ = ["lead", "quality_rows", "rank", "rank_shift", "ties"]

_MOYER = "Moyer et al. 2018; Moyer et al. 2021 (structure); weights, scale and reference are ours"
_NEEDS = ("x", "status", "total", "base", "weights", "reference")


def ties(inputs: Inputs, request: Request, *, quantity: str) -> list[Block]:
    """Rows of one quantity: by channel, by domain or overall."""
    found = bundle(inputs, request)
    if request.by == "channel":
        return [channel_block(found, request, quantity, quantity)]
    chosen = layers(found, request.by)
    cells = Cells.stack([layer(found, quantity, domain, request.level) for domain in chosen])
    return [_by_giver(found, request, cells, chosen, quantity, "index")]


def _by_giver(
    found: Bundle, request: Request, cells: Cells, chosen: Sequence[int | None], name: str, unit: str,
) -> Block:
    """Block over (giver, receiver, layer, date) from cells over (layer, giver, receiver, date)."""
    givers, receivers = places(found.inputs, request)
    first = {"giver": [found.inputs.givers[k] for k in givers]}
    where = axes(found.inputs, first, receivers, {"domain": _labels(found, chosen)})
    return Block(
        name, unit, where,
        cells.map(lambda part: np.moveaxis(part[:, givers][:, :, receivers], 0, 2)),
    )


def _labels(found: Bundle, chosen: Sequence[int | None]) -> list[str]:
    return ["all" if domain is None else found.spec.domains[domain] for domain in chosen]


def quality_rows(inputs: Inputs, request: Request, *, field: str) -> list[Block]:
    """Coverage, age or disagreement of the data behind influence, as measures of their own."""
    found = bundle(inputs, request)
    chosen = layers(found, request.by)
    parts = []
    for domain in chosen:
        cells = layer(found, "influence", domain, request.level)
        unborn = cells.reason == code("not-born")
        value = np.where(own_row(inputs) | unborn, np.nan, getattr(cells.quality, field))
        reason = np.where(unborn, code("not-born"), code("unknown"))
        reason = np.where(own_row(inputs), code("self"), reason)
        absent = np.full(value.shape, np.nan)
        parts.append(replace(
            cells, value=value, low=absent, high=absent, flags={},
            reason=np.where(np.isnan(value), reason, 0).astype(np.int8),
        ))
    unit = "years" if field == "age" else "share"
    return [_by_giver(found, request, Cells.stack(parts), chosen, f"quality.{field}", unit)]


def lead(inputs: Inputs, request: Request) -> list[Block]:
    """Probability that the giver's influence exceeds the other's, on the channels known for both.

    Share of draws in which it is larger plus half the ties; without draws 1, .5 or 0 from the centres.
    """
    found = bundle(inputs, request)
    inputs = found.inputs
    chosen, wanted = layers(found, request.by), pairs(inputs, request)
    chances = _chances(inputs, request, wanted)
    parts = []
    for domain in chosen:
        cells = layer(found, "influence", domain, request.level)
        values = chances.overall if domain is None else chances.domain[domain]
        parts.append(Cells.stack([
            _lead_cells(value, cells, pair) for value, pair in zip(values, wanted, strict=True)
        ]))
    _, receivers = places(inputs, request)
    cells = Cells.stack(parts).map(lambda part: np.moveaxis(part[:, :, receivers], 0, 2))
    labels = {"domain": _labels(found, chosen)}
    return [Block(
        "influence.lead", "probability", axes(inputs, pair_axis(inputs, wanted), receivers, labels), cells,
    )]


def _chances(inputs: Inputs, request: Request, wanted: Sequence[tuple[int, int]]) -> Chances:
    if request.settings.draws > 0:
        if "chances" not in request.cache:
            request.cache["chances"] = index_draws(inputs, request.settings, bootstraps=(), pairs=wanted)[1]
        found = request.cache["chances"]
        assert isinstance(found, Chances)
        return found
    result = common_centres(inputs, wanted)
    both = [np.split(values, 2, axis=-3) for values in (result.influence, result.overall)]
    ahead = [np.where(np.isnan(a + b), np.nan, (a > b) + 0.5 * (a == b)) for a, b in both]
    return Chances(ahead[0], ahead[1])


def _lead_cells(value: Floats, cells: Cells, pair: tuple[int, int]) -> Cells:
    """value : (receiver, time);  cells : (giver, receiver, time)."""
    first, second = cells.at(pair[0]), cells.at(pair[1])
    own = (first.reason == code("self")) | (second.reason == code("self"))
    value = np.where(own, np.nan, value)
    why = np.where(second.reason > 0, second.reason, code("coverage"))
    why = np.where(first.reason > 0, first.reason, why)
    absent = np.full(value.shape, np.nan)
    return Cells(
        value, absent, absent, np.where(np.isnan(value), why, 0).astype(np.int8),
        first.n_used + second.n_used, first.n_missing + second.n_missing,
        worst(first.quality, second.quality), first.either_flag(second),
    )


def _ranks(values: Floats) -> Floats:
    """Rank among givers (first axis), 1 the largest, ties sharing the mean; NaN is not ranked."""
    known = ~np.isnan(values)
    filled = np.where(known, values, -np.inf)
    out = np.empty_like(values)
    for place in range(len(values)):
        ahead = (filled > filled[place]).sum(axis=0)
        level = ((filled == filled[place]) & known).sum(axis=0) - 1
        out[place] = np.where(known[place], 1 + ahead + 0.5 * level, np.nan)
    return out


def _central_and_drawn(found: Bundle, domain: int | None, cells: Cells) -> tuple[Floats, Floats | None]:
    blank = np.isnan(cells.value)
    draws = None
    if found.draws is not None:
        draws = _ranks(np.where(blank[..., None], np.nan, found.draws.layer("influence", domain)))
    return _ranks(cells.value), draws


def rank(inputs: Inputs, request: Request) -> list[Block]:
    """Rank of each giver in a receiver by influence: median and interval over draws."""
    found = bundle(inputs, request)
    chosen = layers(found, request.by)
    parts = []
    for domain in chosen:
        cells = layer(found, "influence", domain, request.level)
        value, draws = _central_and_drawn(found, domain, cells)
        low = high = np.full(value.shape, np.nan)
        if draws is not None:
            low, high = interval(draws, request.level)
            middle, _ = interval(draws, 0.0)
            value = np.where(np.isnan(middle), value, middle)
        parts.append(replace(cells, value=value, low=low, high=high))
    return [_by_giver(found, request, Cells.stack(parts), chosen, "influence.rank", "rank")]


def rank_shift(inputs: Inputs, request: Request) -> list[Block]:
    """Mean over draws and givers of the distance between drawn and central rank, by receiver."""
    found = bundle(inputs, request)
    chosen = layers(found, request.by)
    parts = []
    for domain in chosen:
        cells = layer(found, "influence", domain, request.level)
        centre, draws = _central_and_drawn(found, domain, cells)
        shift = np.full(centre.shape[1:], np.nan)
        if draws is not None:
            far = np.abs(draws - centre[..., None])
            known = np.isfinite(far)
            with np.errstate(invalid="ignore", divide="ignore"):
                shift = np.where(known, far, 0.0).sum(axis=(0, -1)) / known.sum(axis=(0, -1))
        whole = _over_givers(cells)
        reason = np.where(np.isnan(shift), code("unknown"), 0).astype(np.int8)
        parts.append(replace(whole, value=shift, reason=reason))
    _, receivers = places(inputs, request)
    cells = Cells.stack(parts).map(lambda part: np.moveaxis(part[:, receivers], 0, 1)[None])
    labels = {"domain": _labels(found, chosen)}
    where = axes(inputs, {"giver": [""]}, receivers, labels)
    return [Block("influence.rank_shift", "rank", where, cells)]


def _over_givers(cells: Cells) -> Cells:
    """Cells of a receiver from those of all its givers: summed counts, worst quality, no interval."""
    givers = [cells.at(place) for place in range(len(cells.value))]
    found = givers[0].quality
    for other in givers[1:]:
        found = worst(found, other.quality)
    absent = np.full(givers[0].value.shape, np.nan)
    return Cells(
        absent, absent, absent, givers[0].reason, cells.n_used.sum(axis=0), cells.n_missing.sum(axis=0),
        found,
    )


def _parts(inputs: Inputs, cell: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Inputs of the influence a row rests on: of both powers, of all that are ranked, or of the giver."""
    ranked = str(cell["measure"]).startswith("influence.rank")
    named = [str(cell[key]) for key in ("giver", "other") if cell.get(key)]
    givers = inputs.givers if ranked or not named else named
    rows = inner(inputs, givers, str(cell["receiver"]), domain=str(cell.get("domain") or "all"))
    return [{**row, "flag": f"{row['flag']}; {NOT_ADDITIVE}"} for row in rows]


def _register() -> None:
    readings = {
        "influence": "higher: more capacity to influence the receiver; 0 without ties or without reliance",
        "bandwidth": "higher: more and thicker ties",
        "dependence": "higher: the receiver relies more on the giver",
    }
    for name, reading in readings.items():
        register(Measure(
            name, partial(ties, quantity=name), _NEEDS, "index", 0.0, 1.0, reading, "d", "OWS", True, False,
            _MOYER, "0.1", by=("overall", "domain", "channel"), bounded=True,
        ))
    register(Measure(
        "influence.lead", lead, _NEEDS, "probability", 0.0, 1.0, "higher: the first giver is ahead", "p",
        "OWS", True, False, _MOYER, "0.1", by=("overall", "domain"), parts=_parts,
    ))
    register(Measure(
        "influence.rank", rank, _NEEDS, "rank", 1.0, float("inf"), "lower: stronger", "d", "OWS", True, True,
        _MOYER, "0.1", by=("overall", "domain"), parts=_parts,
    ))
    register(Measure(
        "influence.rank_shift", rank_shift, _NEEDS, "rank", 0.0, float("inf"),
        "higher: the ranking hangs more on choices and errors", "r", "OWS", True, True,
        "Saisana, Saltelli & Tarantola 2005", "0.1", by=("overall", "domain"), parts=_parts,
    ))
    for field, unit, high, reading in (
        ("coverage", "share", 1.0, "higher: more of the declared weight is known"),
        ("age", "years", float("inf"), "higher: older data"),
        ("disagreement", "share", 1.0, "higher: sources differ more"),
    ):
        register(Measure(
            f"quality.{field}", partial(quality_rows, field=field), ("x", "status", "weights"), unit, 0.0,
            high, reading, "d", "", True, False, "ours", "0.1", by=("overall", "domain"), parts=_parts,
        ))


_register()
