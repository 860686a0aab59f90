"""Rows of centrality: where an actor stands in the network of ties between powers and receivers.

Edges run from a receiver to its givers. Betweenness and the eigenvector use the sum of both directions unless
the option `directed` is set; constraint always does. Unknown ties are no edges: they are counted as missing,
and a network of which less than half is known has no values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from heartland.measures import centrality
from heartland.measures.block import Block, Cells, code, interval
from heartland.measures.cells import Bundle, bundle, layers, own_row
from heartland.measures.inputs import ABSENT, Inputs
from heartland.measures.parts import NOT_ADDITIVE, inner, layer_of, power_row, request_of
from heartland.measures.powers import enough, flag, over_powers, quantity_asked
from heartland.measures.registry import Measure, Request, register
from heartland.measures.scores import Floats
from heartland.measures.single import evidence
from heartland.measures.strengths import channel_cells, layer_cells, volumes
from heartland.measures.structure import participation

__all__ = ["network_rows", "nodes", "participation_rows"]

_NEEDS = ("x", "status", "total", "base", "weights", "reference")
# Betweenness, constraint and the eigenvector take their interval from this many of the draws.
_DRAWS = 200
_Function = Callable[[Floats], Floats]


def nodes(inputs: Inputs) -> tuple[str, ...]:
    """Actors of the network: powers, then receivers that are no powers."""
    return tuple(dict.fromkeys((*inputs.givers, *inputs.receivers)))


def _network(inputs: Inputs, weights: Floats) -> Floats:
    """(..., node, node) with edges from receiver to giver, of ties (giver, receiver, ...); unknown: none."""
    names = nodes(inputs)
    givers = [names.index(name) for name in inputs.givers]
    receivers = [names.index(name) for name in inputs.receivers]
    out = np.zeros((*weights.shape[2:], len(names), len(names)))
    moved = np.moveaxis(np.where(np.isnan(weights), 0.0, weights), (0, 1), (-1, -2))
    out[..., np.array(receivers)[:, None], np.array(givers)[None]] = moved
    out[..., np.arange(len(names)), np.arange(len(names))] = 0.0
    return out


def _ties(
    found: Bundle, request: Request, layer_: int | str | None, most: int,
) -> tuple[Cells, Floats | None]:
    """Ties of one layer, (giver, receiver, time), and at most so many of their draws."""
    if isinstance(layer_, str):
        column = found.inputs.channels.index(layer_)
        x = np.where(own_row(found.inputs), np.nan, found.inputs.value[:, :, column])
        volume, _ = volumes(found, request)
        cells = channel_cells(found, layer_, x, x * np.nan, x * np.nan)
        return cells, volume[layer_][..., :most] if volume else None
    quantity = quantity_asked(request)
    cells = layer_cells(found, request, quantity, layer_)
    return cells, None if found.draws is None else found.draws.layer(quantity, layer_)[..., :most]


def network_rows(inputs: Inputs, request: Request, *, variant: str) -> list[Block]:
    """One centrality of every actor, by layer and date."""
    found = bundle(inputs, request)
    inputs = found.inputs
    labels: dict[str, list[str]]
    chosen: list[int | str | None]
    if request.by == "channel":
        chosen = list(inputs.channels)
        labels = {"domain": [""] * len(chosen), "channel": list(inputs.channels)}
    else:
        own = layers(found, request.by)
        chosen = list(own)
        labels = {"domain": ["all" if place is None else found.spec.domains[place] for place in own]}
    most = request.settings.draws if variant == "pagerank" else min(_DRAWS, request.settings.draws)
    parts = []
    for one in chosen:
        cells, draws = _ties(found, request, one, most)
        parts.append(_cells(inputs, request, variant, cells, draws))
    return [_by_node(inputs, request, Cells.stack(parts), labels, variant)]


def _by_node(
    inputs: Inputs, request: Request, cells: Cells, labels: Mapping[str, list[str]], variant: str,
) -> Block:
    """Block over (node, layer, date) from cells (layer, node, date)."""
    names = nodes(inputs)
    shown = [k for k, name in enumerate(names) if request.giver in (None, name)]
    grid = cells.map(lambda part: np.moveaxis(part, 0, 1)[shown])
    where = (
        {"giver": [names[k] for k in shown]}, labels, {"date": [day.isoformat() for day in inputs.times]},
    )
    return Block(f"centrality.{variant}", _VARIANTS[variant][0], where, grid)


def _function(request: Request, variant: str) -> _Function:
    own: dict[str, _Function] = {
        "pagerank": centrality.pagerank, "constraint": centrality.constraint,
        "betweenness": centrality.betweenness, "eigenvector": centrality.eigenvector,
    }
    function = own[variant]
    if variant in ("betweenness", "eigenvector") and not flag(request, "directed"):
        return lambda weights: function(centrality.undirected(weights))
    return function


def _cells(
    inputs: Inputs, request: Request, variant: str, ties: Cells, draws: Floats | None,
) -> Cells:
    """Cells (node, time) of one layer."""
    flat = ties.map(lambda part: part.reshape(-1, part.shape[-1]))
    known, many = enough(flat)
    network = _network(inputs, ties.value)
    function = _function(request, variant)
    unborn = _unborn(inputs)
    value = np.where(many & ~_no_tie(network), _born(function(network).T, unborn, variant), np.nan)
    low = high = np.full(value.shape, np.nan)
    if draws is not None:
        drawn = np.where(np.isnan(ties.value)[..., None], np.nan, draws)
        found = np.moveaxis(function(_network(inputs, drawn)), -1, 0)
        low, high = interval(_born(found, unborn[..., None], variant), request.level)
    why = np.where(known.any(axis=0), code("coverage"), code("unknown"))
    why = np.where(known.any(axis=0) & _no_tie(network), code("zero-level"), why)
    if variant in ("eigenvector", "constraint"):
        lonely = (centrality.undirected(network).sum(axis=-1) <= 0).T
        apart = code("disconnected") if variant == "eigenvector" else code("zero-level")
        why = np.where(many & ~_no_tie(network), np.where(lonely, code("zero-level"), apart), why)
    why = np.where(unborn, code("not-born"), why).astype(np.int8)
    spread = flat.map(lambda part: np.broadcast_to(part[:, None], (len(part), *value.shape)))
    return over_powers(spread, value, low, high, why)


def _unborn(inputs: Inputs) -> npt.NDArray[np.bool_]:
    """(node, time), true where an actor did not exist yet: all its ties are of before its birth."""
    names, gone = nodes(inputs), inputs.status == ABSENT
    out = np.zeros((len(names), len(inputs.times)), dtype=bool)
    for actors, axis in ((inputs.givers, 1), (inputs.receivers, 0)):
        # An actor's row with itself says nothing of its birth.
        own = np.broadcast_to(own_row(inputs)[:, :, None], gone.shape)
        absent = (gone | own).all(axis=(axis, 2)) & (gone & ~own).any(axis=(axis, 2))
        for k, name in enumerate(actors):
            out[names.index(name)] |= absent[k]
    return out


def _born(found: Floats, unborn: npt.NDArray[np.bool_], variant: str) -> Floats:
    """A centrality (node, ...) of the actors that exist; shares are of those alone."""
    if not unborn.any():
        return found
    found = np.where(unborn, np.nan, found)
    return found / np.nansum(found, axis=0) if variant == "pagerank" else found


def _no_tie(network: Floats) -> npt.NDArray[np.bool_]:
    return np.asarray((network <= 0).all(axis=(-2, -1)))


def participation_rows(inputs: Inputs, request: Request) -> list[Block]:
    """How evenly every actor's ties lie over domains."""
    found = bundle(inputs, request)
    inputs, quantity = found.inputs, quantity_asked(request)
    most = request.settings.draws
    ties = [_ties(found, request, domain, most) for domain in range(len(found.spec.domains))]
    # A layer of which less than half is known has no total that shares could be taken of.
    many = [enough(cells.map(lambda part: part.reshape(-1, part.shape[-1])))[1] for cells, _ in ties]
    value_of = [np.where(usable, cells.value, np.nan) for (cells, _), usable in zip(ties, many, strict=True)]
    central, known = _layer_shares(inputs, np.stack(value_of))
    value = participation(central)
    low = high = np.full(value.shape, np.nan)
    if found.draws is not None:
        draws = np.where(np.isnan(np.stack(value_of))[..., None], np.nan, found.draws.domain[quantity])
        drawn, _ = _layer_shares(inputs, draws, known)
        low, high = interval(participation(drawn), request.level)
    nothing = known.any(axis=0) & (np.nansum(central, axis=0) <= 0)
    some = np.stack([~np.isnan(cells.value) for cells, _ in ties]).any(axis=(0, 1, 2))
    why = np.where(some & nothing, code("zero-level"), np.where(some, code("coverage"), code("unknown")))
    unborn = _unborn(inputs)
    value = np.where(unborn, np.nan, value)
    why = np.where(unborn, code("not-born"), why)
    stacked = Cells.stack([cells for cells, _ in ties]).map(
        lambda part: np.broadcast_to(
            part.reshape(-1, 1, part.shape[-1]), (part[..., 0].size, *value.shape)),
    )
    cells = over_powers(stacked, value, low, high, why.astype(np.int8))
    return [_by_node(inputs, request, Cells.stack([cells]), {"domain": ["all"]}, "participation")]


def _layer_shares(
    inputs: Inputs, ties: Floats, known: npt.NDArray[np.bool_] | None = None,
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Strength of each node in each layer as a share of the layer's total, (layer, node, ...rest).

    A node's layer counts where at least half of its ties that are unknown or above 0 are known.
    """
    names = nodes(inputs)
    own = own_row(inputs)[..., 0]
    shape = (len(ties), len(names), *ties.shape[3:])
    strength, strong, missed = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    there = np.zeros(shape, dtype=bool)
    gap = np.isnan(ties)
    live = np.where(gap, 0.0, ties)
    for axis, actors in ((2, inputs.givers), (1, inputs.receivers)):
        at = [names.index(name) for name in actors]
        strength[:, at] += live.sum(axis=axis)
        if known is None:
            hidden = gap & ~own.reshape(1, *own.shape, *(1,) * (ties.ndim - 3))
            strong[:, at] += (live > 0).sum(axis=axis)
            missed[:, at] += hidden.sum(axis=axis)
            there[:, at] |= (~gap).any(axis=axis)
    if known is None:
        known = there & (strong >= 0.5 * (strong + missed))
    else:
        known = known.reshape(*known.shape, *(1,) * (strength.ndim - known.ndim))
    total = strength.sum(axis=1, keepdims=True)
    share = strength / np.where(total > 0, total, 1.0)
    counted = known & (total > 0)
    return np.where(counted, share, np.nan), np.asarray(known if known.shape == shape else there)


def parts(inputs: Inputs, cell: Mapping[str, Any], *, variant: str) -> list[dict[str, Any]]:
    """Ties of the network, then the inputs of the actor's own ties; a centrality is not additive."""
    request = request_of(inputs, cell)
    found, who = bundle(inputs, request), str(cell["giver"])
    channel = str(cell.get("channel") or "")
    domains: list[int | str | None] = [channel if channel else layer_of(inputs, cell)]
    if variant == "participation":
        domains = list(range(len(found.spec.domains)))
    rows: list[dict[str, Any]] = []
    for one in domains:
        ties, _ = _ties(found, request, one, 0)
        label = "all" if one is None else "" if isinstance(one, str) else found.spec.domains[one]
        rows += [
            power_row(f"{giver} in {receiver}", float(ties.value[g, r, 0]), domain=label, channel=channel,
                      flag=NOT_ADDITIVE)
            for g, giver in enumerate(inputs.givers) for r, receiver in enumerate(inputs.receivers)
            if giver != receiver
        ]
    if channel:
        return rows + [
            {**row, "part": f"{giver} in {receiver}", "contribution": np.nan, "flag": "input"}
            for giver in inputs.givers for receiver in inputs.receivers
            if giver != receiver and who in (giver, receiver)
            for row in evidence(inputs, giver, receiver, channel)
        ]
    domain = "all" if variant == "participation" else str(cell.get("domain") or "all")
    quantity = quantity_asked(request)
    for receiver in inputs.receivers:
        givers = inputs.givers if receiver == who else (who,) if who in inputs.givers else ()
        rows += inner(inputs, givers, receiver, quantity, domain, label=f"{receiver}: ")
    return rows


_VARIANTS = {
    "pagerank": ("share", "higher: more of the receivers' reliance ends here", True,
                 "Page, Brin, Motwani & Winograd 1999"),
    "betweenness": ("share", "higher: on more of the shortest paths between two others (length 1 / weight)",
                    False, "Freeman 1977"),
    "constraint": ("index", "lower: a broker between contacts that are not tied to each other", False,
                   "Burt 1992"),
    "eigenvector": ("index", "higher: tied to actors that are central themselves", False, "Bonacich 1972"),
    "participation": ("share", "higher: ties more even over domains; 0 all in one", False,
                      "Battiston, Nicosia & Latora 2014"),
}


def _register() -> None:
    for variant, (unit, reading, counts, source) in _VARIANTS.items():
        layered = variant == "participation"
        directed = ("directed",) if variant in ("betweenness", "eigenvector") else ()
        register(Measure(
            f"centrality.{variant}",
            participation_rows if layered else partial(network_rows, variant=variant), _NEEDS, unit, 0.0,
            np.inf if variant == "constraint" else 1.0, reading, "a", "OWS", False, counts, source, "0.1",
            by=("overall",) if layered else ("overall", "domain", "channel"), anyone=True,
            parts=partial(parts, variant=variant), options=("strength", *directed),
        ))


_register()
