"""Rows of hedging: how many vectors a receiver has, how even they are, and how that changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from heartland.measures import hedging
from heartland.measures.block import Block, Cells, code, interval
from heartland.measures.cells import Bundle, bundle, layer, layers
from heartland.measures.inputs import Inputs
from heartland.measures.parts import NOT_ADDITIVE, both_dates, inner, layer_of, power_row, request_of
from heartland.measures.powers import enough, external, over_powers, quantity_asked, two_dates
from heartland.measures.registry import Measure, Request, register
from heartland.measures.scores import Floats
from heartland.measures.selection import axes, pair_axis, pairs, places
from heartland.measures.strengths import layer_cells

__all__ = ["number_rows", "pair_rows", "reaction_rows", "spread_rows"]

_NEEDS = ("x", "status", "total", "base", "weights", "reference")
_OPTIONS = ("strength",)
_NUMBERS: dict[str, Callable[[Floats], Floats]] = {
    "effective_number": hedging.effective_number, "entropy_number": hedging.entropy_number,
}


def _layers(inputs: Inputs, request: Request) -> tuple[Bundle, list[int | None], list[int], str]:
    found = bundle(inputs, request)
    powers = external(found.inputs)
    return found, layers(found, request.by), powers, quantity_asked(request)


def _strength(
    found: Bundle, request: Request, quantity: str, domain: int | None, powers: list[int],
) -> tuple[Cells, Floats | None]:
    """Central cells (power, receiver, time) and draws (.., draw) of the powers that count."""
    cells = layer_cells(found, request, quantity, domain).map(lambda part: part[powers])
    if found.draws is None:
        return cells, None
    draws = found.draws.layer(quantity, domain)
    return cells, draws if len(powers) == len(draws) else draws[powers]


def _of_receiver(
    found: Bundle, request: Request, chosen: list[int | None], parts: list[Cells], name: str, unit: str,
) -> Block:
    """Block over (one, receiver, layer, date) from cells (receiver, date) by layer."""
    _, receivers = places(found.inputs, request)
    names = ["all" if domain is None else found.spec.domains[domain] for domain in chosen]
    cells = Cells.stack(parts).map(lambda part: np.moveaxis(part[:, receivers], 0, 1)[None])
    return Block(name, unit, axes(found.inputs, {"giver": [""]}, receivers, {"domain": names}), cells)


def number_rows(inputs: Inputs, request: Request, *, variant: str) -> list[Block]:
    """Effective number of powers by receiver, from shares or from their entropy."""
    found, chosen, powers, quantity = _layers(inputs, request)
    function, parts = _NUMBERS[variant], []
    for domain in chosen:
        cells, draws = _strength(found, request, quantity, domain, powers)
        parts.append(_number(cells, draws, function, request.level))
    return [_of_receiver(found, request, chosen, parts, f"hedging.{variant}", "powers")]


def _number(
    cells: Cells, draws: Floats | None, function: Callable[[Floats], Floats], level: float,
) -> Cells:
    known, many = enough(cells)
    value = np.where(many, function(cells.value), np.nan)
    low = high = np.full(value.shape, np.nan)
    if draws is not None:
        low, high = interval(function(np.where(known[..., None], draws, np.nan)), level)
    whole = np.nansum(cells.value, axis=0)
    why = np.where(known.any(axis=0), code("coverage"), _first_reason(cells))
    why = np.where(known.any(axis=0) & (whole <= 0), code("zero-level"), why).astype(np.int8)
    return over_powers(cells, value, low, high, why)


def _first_reason(cells: Cells) -> Any:
    """Reason of a receiver in which no power is known: the one all powers share, else `unknown`."""
    first = cells.reason[0]
    return np.where((cells.reason == first).all(axis=0) & (first > 0), first, code("unknown"))


def pair_rows(inputs: Inputs, request: Request, *, variant: str) -> list[Block]:
    """Balance and level of two powers in a receiver."""
    found, chosen, powers, quantity = _layers(inputs, request)
    every = set(powers) if request.giver is None and request.other is None else set(range(len(inputs.givers)))
    wanted = [pair for pair in pairs(found.inputs, request) if set(pair) <= every]
    if not wanted:
        return []
    function = hedging.balance if variant == "balance" else np.add
    parts = []
    for domain in chosen:
        cells, draws = _strength(found, request, quantity, domain, list(range(len(inputs.givers))))
        parts.append(Cells.stack([_pair(cells, draws, pair, function, request.level) for pair in wanted]))
    _, receivers = places(found.inputs, request)
    names = ["all" if domain is None else found.spec.domains[domain] for domain in chosen]
    grid = Cells.stack(parts).map(lambda part: np.moveaxis(part[:, :, receivers], 0, 2))
    where = axes(found.inputs, pair_axis(found.inputs, wanted), receivers, {"domain": names})
    return [Block(f"hedging.{variant}", "share" if variant == "balance" else "index", where, grid)]


def _pair(
    cells: Cells, draws: Floats | None, pair: tuple[int, int],
    function: Callable[[Floats, Floats], Floats], level: float,
) -> Cells:
    two = cells.map(lambda part: part[list(pair)])
    value = function(two.value[0], two.value[1])
    low = high = np.full(value.shape, np.nan)
    if draws is not None:
        low, high = interval(function(draws[pair[0]], draws[pair[1]]), level)
    why = np.where(two.reason[0] > 0, two.reason[0], two.reason[1])
    why = np.where(why > 0, why, code("zero-level")).astype(np.int8)
    return over_powers(two, value, low, high, why)


def spread_rows(inputs: Inputs, request: Request) -> list[Block]:
    """How much the mix of powers differs between domains, by receiver."""
    found, _, powers, quantity = _layers(inputs, replace(request, by="domain"))
    every = [
        _strength(found, request, quantity, domain, powers) for domain in range(len(found.spec.domains))
    ]
    central = np.stack([cells.value for cells, _ in every])
    domains, kept = hedging.usable_domains(central)
    value = hedging.spread(central, domains, kept)
    low = high = np.full(value.shape, np.nan)
    if found.draws is not None:
        draws = found.draws.domain[quantity][:, powers]
        low, high = interval(hedging.spread(draws, domains[..., None], kept[..., None]), request.level)
    overall, _ = _strength(found, request, quantity, None, powers)
    known = ~np.isnan(central).all(axis=(0, 1))
    zero = known & (np.nansum(central, axis=(0, 1)) <= 0)
    why = np.where(known, code("coverage"), _first_reason(overall))
    why = np.where(zero, code("zero-level"), why).astype(np.int8)
    cells = over_powers(replace(overall, value=np.where(kept, 1.0, np.nan)), value, low, high, why)
    return [_of_receiver(found, request, [None], [cells], "hedging.spread", "share of the largest")]


def reaction_rows(inputs: Inputs, request: Request) -> list[Block]:
    """Change of the effective number from t0 to t1, one row per receiver dated t1."""
    found, chosen, powers, quantity = _layers(inputs, request)
    dates = two_dates(found.inputs, request)
    first, last = (len(inputs.times) - 1,) * 2 if dates is None else dates
    parts = []
    for domain in chosen:
        cells, draws = _strength(found, request, quantity, domain, powers)
        parts.append(_reaction(cells, draws, first, last, request.level))
    block = _of_receiver(found, request, chosen, parts, "hedging.reaction", "powers")
    where = (*block.axes[:3], {"date": [inputs.times[last].isoformat()]})
    return [replace(block, axes=where)]


def _reaction(cells: Cells, draws: Floats | None, first: int, last: int, level: float) -> Cells:
    """Change of the effective number over the powers known at both dates; (receiver, 1)."""
    before, after = cells.map(lambda part: part[:, :, [first]]), cells.map(lambda part: part[:, :, [last]])
    known = ~np.isnan(before.value) & ~np.isnan(after.value)
    many = enough(before)[1] & enough(after)[1]
    value = hedging.reaction(
        np.where(known, before.value, np.nan), np.where(known, after.value, np.nan),
    )
    value = np.where(many & (first != last), value, np.nan)
    low = high = np.full(value.shape, np.nan)
    if draws is not None:
        two = [np.where(known[..., None], draws[:, :, [t]], np.nan) for t in (first, last)]
        low, high = interval(hedging.reaction(*two), level)
    zero = known.any(axis=0) & (
        (np.nansum(before.value, axis=0) <= 0) | (np.nansum(after.value, axis=0) <= 0))
    why = np.where(known.any(axis=0), code("coverage"), _first_reason(before))
    why = np.where(zero, code("zero-level"), why)
    why = np.where(first == last, code("not-applicable"), why).astype(np.int8)
    both = replace(after, value=np.where(known, after.value, np.nan), flags=before.either_flag(after))
    return over_powers(both, value, low, high, why)


def number_parts(inputs: Inputs, cell: Mapping[str, Any], *, variant: str) -> list[dict[str, Any]]:
    """The powers' strengths and shares, then their inputs; the number is not additive."""
    request, receiver = request_of(inputs, cell), str(cell["receiver"])
    found, domain = bundle(inputs, request), layer_of(inputs, cell)
    quantity, r = quantity_asked(request), inputs.receivers.index(str(cell["receiver"]))
    powers = external(inputs)
    if cell.get("giver") and cell.get("other"):
        powers = [inputs.givers.index(str(cell[key])) for key in ("giver", "other")]
    chosen: list[int | None] = [domain]
    if variant == "spread":
        chosen = list(range(len(found.spec.domains)))
    rows: list[dict[str, Any]] = []
    for place in chosen:
        strength = layer(found, quantity, place, request.level).value[powers, r, 0]
        share = hedging.shares(strength)
        label = "all" if place is None else found.spec.domains[place]
        additive = variant == "level"
        rows += [
            power_row(inputs.givers[power], float(strength[k]), weight=float(share[k]), domain=label,
                      contribution=float(strength[k]) if additive else np.nan,
                      flag="" if additive else NOT_ADDITIVE)
            for k, power in enumerate(powers)
        ]
    names = [inputs.givers[power] for power in powers]
    label = "all" if domain is None or variant == "spread" else found.spec.domains[domain]
    return rows + inner(inputs, names, receiver, quantity, label)


def reaction_parts(inputs: Inputs, cell: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The powers' shares at both dates and their inputs; contributions of the dates sum to the change."""
    inputs = both_dates(inputs, cell)
    request = request_of(inputs, cell)
    found, domain = bundle(inputs, request), layer_of(inputs, cell)
    quantity, r = quantity_asked(request), inputs.receivers.index(str(cell["receiver"]))
    powers, last = external(inputs), len(inputs.times) - 1
    strength = layer(found, quantity, domain, request.level).value[powers, r]
    known = ~np.isnan(strength[:, [0, last]]).any(axis=1)
    rows: list[dict[str, Any]] = []
    label = "all" if domain is None else found.spec.domains[domain]
    for sign, place in ((-1.0, 0), (1.0, last)):
        live = np.where(known, strength[:, place], np.nan)
        day = inputs.times[place].isoformat()
        number = float(hedging.effective_number(live))
        rows.append(power_row(f"{day} effective number", number, contribution=sign * number, unit="powers",
                              domain=label))
        share = hedging.shares(live)
        rows += [
            power_row(f"{day} {inputs.givers[power]}", float(live[k]), weight=float(share[k]), domain=label,
                      flag=NOT_ADDITIVE)
            for k, power in enumerate(powers)
        ]
        names = [inputs.givers[power] for power in powers]
        rows += inner(inputs, names, str(cell["receiver"]), quantity, label, place=place, label=f"{day} ")
    return rows


def _register() -> None:
    laakso, ours = "Laakso & Taagepera 1979; as a measure of hedging ours", "ours"
    many = "higher: more vectors, the ties spread over more powers"
    both = ("overall", "domain")
    rows: tuple[tuple[str, Any, str, float, float, str, str, bool, str, tuple[str, ...]], ...] = (
        ("effective_number", partial(number_rows, variant="effective_number"), "powers", 1.0, np.inf, many,
         "r", False, laakso, both),
        ("entropy_number", partial(number_rows, variant="entropy_number"), "powers", 1.0, np.inf,
         f"{many}; weak powers count for more", "r", False, laakso, both),
        ("balance", partial(pair_rows, variant="balance"), "share", 0.0, 1.0,
         "higher: the two powers are more even; 0 one patron; to be read with the level", "p", False, ours,
         both),
        ("level", partial(pair_rows, variant="level"), "index", 0.0, np.inf,
         "higher: the two powers are stronger together", "p", False, ours, both),
        ("spread", spread_rows, "share of the largest", 0.0, 1.0,
         "higher: the mix of powers differs more by domain; 0 the same mix everywhere", "r", True,
         "ours; why domains matter: Kuik 2008; Lim & Cooper 2015", ("overall",)),
    )
    for variant, function, unit, low, high, reading, kind, counts, source, by in rows:
        register(Measure(
            f"hedging.{variant}", function, _NEEDS, unit, low, high, reading, kind, "OWS", True, counts,
            source, "0.1", by=by, parts=partial(number_parts, variant=variant), options=_OPTIONS,
        ))
    register(Measure(
        "hedging.reaction", reaction_rows, _NEEDS, "powers", -np.inf, np.inf,
        "positive: more vectors at t1 than at t0", "r", "OWS", True, False, laakso, "0.1", by=both,
        parts=reaction_parts, options=(*_OPTIONS, "t0", "t1"),
    ))


_register()
