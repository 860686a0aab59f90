"""Rows of concentration: over how few partners a receiver's ties in a channel, or influence on it, lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from heartland.measures.block import Block, Cells, code, interval
from heartland.measures.cells import Bundle, bundle, layer, layers, own_row
from heartland.measures.inputs import Inputs
from heartland.measures.parts import NOT_ADDITIVE, inner, layer_of, power_row, request_of
from heartland.measures.powers import enough, over_powers, quantity_asked
from heartland.measures.registry import Measure, Request, register
from heartland.measures.scores import Floats
from heartland.measures.selection import axes, places
from heartland.measures.single import evidence
from heartland.measures.strengths import channel_cells, layer_cells, volumes
from heartland.measures.structure import VARIANTS, concentration, partner_shares

__all__ = ["rows"]

_NEEDS = ("x", "status", "total", "base", "weights", "reference")
_FALLS = ("effective_number", "entropy")  # lower for a more concentrated receiver
_SLACK = 1e-9


def rows(inputs: Inputs, request: Request, *, variant: str) -> list[Block]:
    """Concentration by receiver: over influence (overall, by domain), or in each channel."""
    found = bundle(inputs, request)
    labels: dict[str, list[str]]
    if request.by == "channel":
        names = list(found.inputs.channels)
        parts = [_channel(found, request, name, variant) for name in names]
        labels = {"domain": [""] * len(names), "channel": names}
    else:
        chosen = layers(found, request.by)
        parts = [_index(found, request, domain, variant) for domain in chosen]
        labels = {"domain": ["all" if place is None else found.spec.domains[place] for place in chosen]}
    _, receivers = places(found.inputs, request)
    cells = Cells.stack(parts).map(lambda part: np.moveaxis(part[:, receivers], 0, 1)[None])
    where = axes(found.inputs, {"giver": [""]}, receivers, labels)
    return [Block(f"concentration.{variant}", _UNITS[variant], where, cells)]


def _index(found: Bundle, request: Request, domain: int | None, variant: str) -> Cells:
    """Concentration of an index: the powers are the whole, and at least half of them must be known."""
    quantity = quantity_asked(request)
    cells = layer_cells(found, request, quantity, domain)
    known, many = enough(cells)
    partners = _partners(cells)
    shares, rest = partner_shares(cells.value)
    value = np.where(many, concentration(variant, shares, rest, partners=partners), np.nan)
    low = high = np.full(value.shape, np.nan)
    if found.draws is not None:
        drawn = partner_shares(np.where(known[..., None], found.draws.layer(quantity, domain), np.nan))
        low, high = interval(concentration(variant, *drawn, partners=partners[..., None]), request.level)
    why = np.where(known.any(axis=0), code("coverage"), code("unknown"))
    why = np.where(known.any(axis=0) & (np.nansum(cells.value, axis=0) <= 0), code("zero-level"), why)
    why = np.where(many & (partners < 2) & (why == code("coverage")), code("constant"), why)
    made = over_powers(cells, value, low, high, why.astype(np.int8))
    return replace(made, flags={**made.flags, "no-rest": ~np.isnan(value)})


def _channel(found: Bundle, request: Request, name: str, variant: str) -> Cells:
    """Concentration in one channel; what no known partner carries bounds the interval."""
    inputs = found.inputs
    column = inputs.channels.index(name)
    x = np.where(own_row(inputs), np.nan, inputs.value[:, :, column])
    total = inputs.total[:, column]
    cells = channel_cells(found, name, x, x * np.nan, x * np.nan)
    known, many = enough(cells)
    many |= ~np.isnan(total)  # where the total is known, the rest is bounded
    partners = _partners(cells)
    shares, rest = partner_shares(x, total)
    value = concentration(variant, shares, rest, partners=partners)
    value = np.where(many & known.any(axis=0) & ~((rest >= 1 - _SLACK) & ~known.all(axis=0)), value, np.nan)
    ends = [concentration(variant, shares, rest, one=one, partners=partners) for one in (False, True)]
    open_part = rest > _SLACK
    low = high = np.full(value.shape, np.nan)
    volume, totals = volumes(found, request)
    if volume:
        own = np.where(known[..., None], volume[name], np.nan)
        drawn = partner_shares(own, totals[name])
        ends = []
        for one in (False, True):
            low, high = interval(
                concentration(variant, *drawn, one=one, partners=partners[..., None]), request.level,
            )
            ends += [low, high]
            if not open_part.any():
                break
        low, high = np.fmin(ends[0], ends[-2]), np.fmax(ends[1], ends[-1])
    elif open_part.any():
        low, high = (np.where(open_part, end(*ends), np.nan) for end in (np.fmin, np.fmax))
    zero = (np.nansum(x, axis=0) <= 0) & ~(total > 0) & known.any(axis=0)
    why = np.where(known.any(axis=0), code("coverage"), cells.reason[0])
    why = np.where(~known.any(axis=0) & (why == code("self")), code("unknown"), why)
    why = np.where(many & (partners < 2), code("constant"), why)
    why = np.where(zero, code("zero-total"), why)
    why = np.where(why == 0, code("unknown"), why).astype(np.int8)
    made = over_powers(cells, value, low, high, why)
    there = ~np.isnan(value)
    flags = {
        **made.flags, "unmeasured-share": there & open_part, "no-rest": there & np.isnan(total),
        "clipped": there & (np.nansum(x, axis=0) > total * (1 + _SLACK)),
    }
    flags["renormalised"] = flags["renormalised"] & np.isnan(total)
    return replace(made, flags=flags)


def _partners(cells: Cells) -> Floats:
    """Number of partners that exist and could have ties, at each receiver and date."""
    out = np.isin(cells.reason, (code("not-born"), code("self"), code("not-applicable")))
    return np.asarray((~out).sum(axis=0), dtype=np.float64)


def parts(inputs: Inputs, cell: Mapping[str, Any], *, variant: str) -> list[dict[str, Any]]:
    """Partners with their shares; contributions sum to `hhi` and `entropy`, the others are no sums."""
    request, receiver = request_of(inputs, cell), str(cell["receiver"])
    found, r = bundle(inputs, request), inputs.receivers.index(receiver)
    channel = str(cell.get("channel") or "")
    others = [place for place, name in enumerate(inputs.givers) if name != receiver]
    domain = "" if channel else str(cell.get("domain") or "all")
    total = None
    if channel and channel in inputs.channels:
        column = inputs.channels.index(channel)
        volume, total = inputs.value[others, r, column, 0], inputs.total[r, column, 0]
    else:
        volume = layer(found, quantity_asked(request), layer_of(inputs, cell), 0.9).value[others, r, 0]
    shares, rest = partner_shares(volume, total)
    own = _terms(variant, np.append(shares, rest))
    if variant == "hhi":
        own[-1] = 0.0  # many small partners
    if variant == "entropy" and rest > 0:
        own[-1] = float(concentration(variant, shares, rest)) - float(np.nansum(own[:-1]))
    additive = variant in ("hhi", "entropy")
    unit = inputs.units.get(channel, "") if channel else "index"
    own = np.where(np.isnan(own) & additive, 0.0, own)
    found_rows = [
        power_row(inputs.givers[place], float(volume[k]), weight=float(shares[k]), domain=domain,
                  channel=channel, unit=unit, contribution=float(own[k]),
                  flag="" if additive else NOT_ADDITIVE)
        for k, place in enumerate(others)
    ]
    if total is not None:
        found_rows.append(power_row("rest of the world", float(rest * total), weight=float(rest),
                                    channel=channel, unit=unit, contribution=float(own[-1]),
                                    flag="" if additive else NOT_ADDITIVE))
        return found_rows + _evidence_rows(inputs, others, receiver, channel)
    names = [inputs.givers[place] for place in others]
    return found_rows + inner(inputs, names, receiver, quantity_asked(request), domain)


def _terms(variant: str, shares: Floats) -> Floats:
    if variant == "hhi":
        return np.asarray(shares * shares)
    if variant == "entropy":
        return np.asarray(np.where(shares > 0, -shares * np.log2(np.where(shares > 0, shares, 1.0)), 0.0))
    return np.full(shares.shape, np.nan)


def _evidence_rows(inputs: Inputs, others: list[int], receiver: str, channel: str) -> list[dict[str, Any]]:
    """Observations behind the ties of one channel."""
    return [
        {**row, "part": inputs.givers[place], "contribution": np.nan, "flag": "input"}
        for place in others for row in evidence(inputs, inputs.givers[place], receiver, channel)
    ]


_UNITS = {
    "hhi": "index", "normalised": "index", "hirschman": "points", "effective_number": "partners",
    "entropy": "bits", "top_share": "share",
}


def _register() -> None:
    assert set(_UNITS) == set(VARIANTS)
    known: dict[str, tuple[float, float, str, str]] = {
        "hhi": (0.0, 1.0, "higher: fewer, larger partners", "Herfindahl 1950"),
        "normalised": (0.0, 1.0, "higher: fewer, larger partners; 0 all alike", "Herfindahl 1950; rescaled"),
        "hirschman": (0.0, 100.0, "higher: fewer, larger partners", "Hirschman 1945"),
        "effective_number": (1.0, np.inf, "higher: more partners that matter", "Laakso & Taagepera 1979"),
        "entropy": (0.0, np.inf, "higher: spread over more partners", "Shannon 1948; Theil 1967"),
        "top_share": (0.0, 1.0, "higher: more with the largest partner", "general use"),
    }
    for variant, (low, high, reading, source) in known.items():
        register(Measure(
            f"concentration.{variant}", partial(rows, variant=variant), _NEEDS, _UNITS[variant], low, high,
            reading, "r", "OWS", False, variant == "normalised", source, "0.1",
            by=("overall", "domain", "channel"), parts=partial(parts, variant=variant),
            options=("strength",),
        ))


_register()
