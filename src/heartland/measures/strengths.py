"""Strengths of givers by domain or by channel, central and drawn: what profiles and shares are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from heartland.errors import HeartlandInputError, suggestion
from heartland.measures.block import Cells, code, interval
from heartland.measures.cells import Bundle, bundle, layer, own_row
from heartland.measures.draws import ObservationDraws
from heartland.measures.indices import Indices, drawn
from heartland.measures.inputs import ABSENT, NOT_APPLICABLE, Inputs
from heartland.measures.quality import quality, worst
from heartland.measures.registry import Request
from heartland.measures.scores import Floats

__all__ = ["Strengths", "channel_cells", "layer_cells", "merged", "strength_asked", "strengths", "volumes"]

_INDICES = ("influence", "bandwidth", "dependence")


@dataclass(frozen=True)
class Strengths:
    """Strengths of all givers in parts: domains of an index, or channels as shares of the receiver's total.

    labels : column of the tidy table -> label of each part
    central : (part, giver, receiver, time);  drawn : the same with a last axis of draws, or None
    cells : (part, giver, receiver, time), with reasons, counts and quality of each strength
    overall : (giver, receiver, time), the same over all parts, its value only where it is an index
    rest, rest_drawn : (part, receiver, time), (.., draw) share of everybody else; None for an index
    no_rest : (part, receiver, time), where the rest of the world is not known
    """

    labels: Mapping[str, Sequence[str]]
    central: Floats
    drawn: Floats | None
    cells: Cells
    overall: Cells
    rest: Floats | None
    rest_drawn: Floats | None
    no_rest: npt.NDArray[np.bool_]


def strength_asked(request: Request, default: str = "influence") -> str:
    """The option `strength` as one word: an index, or channels joined by commas."""
    asked: Any = request.options.get("strength", default)
    words = asked.split(",") if isinstance(asked, str) else list(asked)
    return ",".join(str(word).strip() for word in words)


def strengths(
    inputs: Inputs, request: Request, strength: str, *, resample: bool = False,
) -> tuple[Bundle, Strengths]:
    """Strengths of a request, computed once per table.

    Parameters
    ----------
    strength : `influence`, `bandwidth`, `dependence`, or channels joined by commas
    resample : also resample channels within domains in the draws (indices only)

    Raises
    ------
    HeartlandInputError
        For a word that is neither an index nor a channel.
    """
    found = bundle(inputs, request)
    key = f"strengths:{strength}:{resample}"
    if key not in request.cache:
        if strength in _INDICES:
            request.cache[key] = _of_index(found, request, strength, resample)
        else:
            request.cache[key] = _of_channels(found, request, _channels(found.inputs, strength))
    own = request.cache[key]
    assert isinstance(own, Strengths)
    return found, own


def layer_cells(found: Bundle, request: Request, quantity: str, domain: int | None) -> Cells:
    """Cells (giver, receiver, time) of one index in one layer, computed once per table."""
    key = f"layer:{quantity}:{domain}"
    if key not in request.cache:
        request.cache[key] = layer(found, quantity, domain, request.level)
    cells = request.cache[key]
    assert isinstance(cells, Cells)
    return cells


def _channels(inputs: Inputs, strength: str) -> list[str]:
    names = list(dict.fromkeys(strength.split(",")))
    for name in names:
        if name not in inputs.channels:
            known = (*_INDICES, *inputs.channels)
            raise HeartlandInputError.at(
                f'"{name}" is no strength of a power.', check="measure-strength",
                why="Profiles are made of an index, or of channels.",
                fix=suggestion(name, known, listing=f"Choices: {', '.join(known)}."),
            )
    return names


def _of_index(found: Bundle, request: Request, strength: str, resample: bool) -> Strengths:
    cells = Cells.stack([
        layer_cells(found, request, strength, domain) for domain in range(len(found.spec.domains))
    ])
    draws: Any = found.draws
    if resample and request.settings.draws > 0:
        draws = request.cache.get("resampled")
        if draws is None:
            draws = drawn(found.inputs, replace(request.settings, bootstrap=True))
            request.cache["resampled"] = draws
    values = None
    if isinstance(draws, Indices):
        values = draws.domain[strength]
        blank = np.isnan(cells.value)
        if not np.isnan(values[blank]).all():
            values = np.where(blank[..., None], np.nan, values)
    overall = layer_cells(found, request, strength, None)
    return Strengths(
        {"domain": list(found.spec.domains)}, cells.value, values, cells, overall, None, None,
        np.ones((cells.value.shape[0], *cells.value.shape[2:]), dtype=bool),
    )


def _of_channels(found: Bundle, request: Request, names: Sequence[str]) -> Strengths:
    inputs = found.inputs
    volume, total = volumes(found, request)
    parts, rests, drawn_parts, drawn_rests, unknown = [], [], [], [], []
    for name in names:
        column = inputs.channels.index(name)
        share, rest = _shares(inputs.value[:, :, column], inputs.total[:, column])
        own = own_row(inputs)
        share = np.where(own, np.nan, share)
        low = high = np.full(share.shape, np.nan)
        if volume:
            one, other = _shares(volume[name], total[name])
            one = np.where(np.isnan(share)[..., None], np.nan, one)
            low, high = interval(one, request.level)
            drawn_parts.append(one)
            drawn_rests.append(other)
        unknown.append(np.isnan(inputs.total[:, column]))
        rests.append(rest)
        parts.append(channel_cells(found, name, share, low, high))
    cells = Cells.stack(parts)
    return Strengths(
        {"domain": [_domain(found, name) for name in names], "channel": list(names)}, cells.value,
        np.stack(drawn_parts) if drawn_parts else None, cells, merged(cells), np.stack(rests),
        np.stack(drawn_rests) if drawn_rests else None, np.stack(unknown),
    )


def volumes(found: Bundle, request: Request) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Drawn volumes (giver, receiver, time, draw) and totals by channel; empty without draws."""
    if request.settings.draws <= 0:
        return {}, {}
    if "volumes" not in request.cache:
        settings = request.settings
        source = ObservationDraws(
            found.inputs, settings.draws, settings.seed, fixed="observations" not in settings.vary,
        )
        request.cache["volumes"] = source.block(0, settings.draws)
    pair = request.cache["volumes"]
    return dict(pair[0]), dict(pair[1])


def _shares(volume: Floats, total: Floats) -> tuple[Floats, Floats]:
    """Shares of the givers in the total, or in their own sum where it is not known, and of the rest."""
    known = np.nansum(volume, axis=0)
    whole = np.where(np.isnan(total), known, np.maximum(total, known))
    with np.errstate(invalid="ignore", divide="ignore"):
        share = volume / np.where(whole > 0, whole, np.nan)
    return np.asarray(share), np.where(whole > 0, (whole - known) / np.where(whole > 0, whole, 1.0), 0.0)


def channel_cells(found: Bundle, name: str, value: Floats, low: Floats, high: Floats) -> Cells:
    """Cells (giver, receiver, time) of a number made from one channel alone."""
    inputs = found.inputs
    column = inputs.channels.index(name)
    raw, status = inputs.value[:, :, column], inputs.status[:, :, column]
    known, present = ~np.isnan(raw), ~np.isnan(value)
    reason = np.where(known, code("zero-total"), code("unknown"))
    reason = np.where(status == NOT_APPLICABLE, code("not-applicable"), reason)
    reason = np.where(status == ABSENT, code("not-born"), reason)
    reason = np.where(own_row(inputs), code("self"), reason)
    count = known.astype(np.int64)
    return Cells(
        value, np.where(present, low, np.nan), np.where(present, high, np.nan),
        np.where(present, 0, reason).astype(np.int8), count, 1 - count,
        quality(inputs, [name], np.ones(1), known.astype(np.float64), known[None]),
        {word: np.asarray(where[:, :, column]) for word, where in inputs.flags.items()},
    )


def _domain(found: Bundle, channel: str) -> str:
    for item in (*found.spec.bandwidth, *found.spec.dependence):
        if item.channel == channel:
            return found.spec.domains[item.domain]
    return ""


def merged(cells: Cells) -> Cells:
    """Cells over the first axis: summed counts, worst quality, any flag, the first reason; no value."""
    parts = [cells.at(place) for place in range(len(cells.value))]
    found = parts[0].quality
    for other in parts[1:]:
        found = worst(found, other.quality)
    absent = np.full(cells.value.shape[1:], np.nan)
    return Cells(
        absent, absent, absent, np.asarray(cells.reason.max(axis=0)), cells.n_used.sum(axis=0),
        cells.n_missing.sum(axis=0), found,
        {name: np.asarray(where.any(axis=0)) for name, where in cells.flags.items()},
    )
