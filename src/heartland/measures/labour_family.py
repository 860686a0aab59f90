"""Rows of division of labour: two powers' mixes of strength over domains in one receiver."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from heartland.measures.block import Block, Cells, code, interval
from heartland.measures.cells import Bundle, bundle, layer
from heartland.measures.indices import Indices, drawn
from heartland.measures.inputs import Inputs
from heartland.measures.labour import (
    WEAK_LEVEL,
    LabourResult,
    division_of_labour,
    null_profiles,
    role_share,
)
from heartland.measures.quality import worst
from heartland.measures.registry import Measure, Request, register
from heartland.measures.scores import Floats
from heartland.measures.selection import axes, pair_axis, pairs, places

__all__ = ["leader", "profile_rows", "role_rows"]

_LIN = "Jensen-Shannon divergence: Lin 1991; its use on profiles of influence is ours"
_NEEDS = ("x", "status", "total", "base", "weights", "reference")
_FIELDS: dict[str, Callable[[LabourResult], Floats]] = {
    "division": lambda result: result.division,
    "overlap": lambda result: result.overlap,
    "level": lambda result: result.level,
}


@dataclass(frozen=True)
class _Strengths:
    """Strengths of all givers: central (domain, giver, receiver, time), drawn with a last axis of draws.

    cells : (domain, giver, receiver, time), with reasons, counts and quality of each strength
    overall : (giver, receiver, time), the same over all domains
    """

    central: Floats
    drawn: Floats | None
    cells: Cells
    overall: Cells


def _strengths(inputs: Inputs, request: Request, strength: str) -> tuple[Bundle, _Strengths]:
    """Strengths with draws that also resample channels within domains; computed once per table."""
    found = bundle(inputs, request)
    key = f"labour:{strength}"
    if key not in request.cache:
        draws = request.cache.get("labour")
        if draws is None and request.settings.draws > 0:
            draws = drawn(found.inputs, replace(request.settings, bootstrap=True))
            request.cache["labour"] = draws
        cells = Cells.stack([
            layer(found, strength, domain, request.level) for domain in range(len(found.spec.domains))
        ])
        values = None
        if isinstance(draws, Indices):
            values = np.where(np.isnan(cells.value)[..., None], np.nan, draws.domain[strength])
        overall = layer(found, strength, None, request.level)
        request.cache[key] = _Strengths(cells.value, values, cells, overall)
    strengths = request.cache[key]
    assert isinstance(strengths, _Strengths)
    return found, strengths


def profile_rows(
    inputs: Inputs, request: Request, *, field: str, name: str, unit: str, strength: str = "influence",
) -> list[Block]:
    """Rows of division, overlap or level; one per pair, receiver and date."""
    found, strengths = _strengths(inputs, request, strength)
    wanted = pairs(found.inputs, request)
    rows = [_profile(strengths, pair, field, request.level) for pair in wanted]
    _, receivers = places(found.inputs, request)
    cells = Cells.stack(rows).map(lambda part: part[:, receivers][:, :, None])
    where = axes(found.inputs, pair_axis(found.inputs, wanted), receivers, {"domain": ["all"]})
    return [Block(name, unit, where, cells)]


def _profile(strengths: _Strengths, pair: tuple[int, int], field: str, level: float) -> Cells:
    i, k = pair
    result = division_of_labour(strengths.central[:, i], strengths.central[:, k])
    low = high = np.full(result.division.shape, np.nan)
    value = _FIELDS["division" if field == "null95" else field](result)
    if strengths.drawn is not None:
        a, b = strengths.drawn[:, i], strengths.drawn[:, k]
        if field == "null95":
            null = null_profiles(a, b, strengths.central[:, i], strengths.central[:, k])
            value = interval(division_of_labour(*null).division, 0.9)[1]
        else:
            low, high = interval(_FIELDS[field](division_of_labour(a, b)), level)
    elif field == "null95":
        value = np.where(np.isnan(value), np.nan, 0.0)
    absent = np.isnan(value)
    whole = _both(strengths.overall, pair)
    reason = np.where(result.zero, code("zero-level"), code("coverage"))
    reason = np.where(result.n_domains == 0, code("unknown"), reason)
    reason = np.where(whole.reason == code("self"), code("self"), reason)
    weak = [np.nansum(strengths.central[:, place], axis=0) < WEAK_LEVEL for place in pair]
    return replace(
        whole, value=value, low=np.where(absent, np.nan, low), high=np.where(absent, np.nan, high),
        reason=np.where(absent, reason, 0).astype(np.int8),
        flags={**whole.flags, "weak-level": ~absent & (weak[0] | weak[1])},
    )


def _both(cells: Cells, pair: tuple[int, int]) -> Cells:
    """Counts, worst quality, reasons and flags of two givers (first axis); the value is left empty."""
    first, second = cells.at(pair[0]), cells.at(pair[1])
    absent = np.full(first.value.shape, np.nan)
    return Cells(
        absent, absent, absent, np.where(first.reason > 0, first.reason, second.reason),
        first.n_used + second.n_used, first.n_missing + second.n_missing,
        worst(first.quality, second.quality), first.either_flag(second),
    )


def role_rows(inputs: Inputs, request: Request) -> list[Block]:
    """Giver's share in the strength of both powers, by domain."""
    found, strengths = _strengths(inputs, request, "influence")
    wanted = pairs(found.inputs, request)
    by_giver = strengths.cells.map(lambda part: np.moveaxis(part, 1, 0))
    rows = []
    for i, k in wanted:
        value = role_share(strengths.central[:, i], strengths.central[:, k])
        low = high = np.full(value.shape, np.nan)
        if strengths.drawn is not None:
            low, high = interval(role_share(strengths.drawn[:, i], strengths.drawn[:, k]), request.level)
        rows.append(_domain_cells(by_giver, (i, k), value, low, high))
    return [_by_domain(found, request, wanted, rows, "division_of_labour.role_share", "share")]


def _domain_cells(
    by_giver: Cells, pair: tuple[int, int], value: Floats, low: Floats, high: Floats,
) -> Cells:
    whole = _both(by_giver, pair)
    absent = np.isnan(value)
    reason = np.where(whole.reason > 0, whole.reason, code("zero-level"))
    return replace(
        whole, value=value, low=np.where(absent, np.nan, low), high=np.where(absent, np.nan, high),
        reason=np.where(absent, reason, 0).astype(np.int8),
    )


def _by_domain(
    found: Bundle, request: Request, wanted: list[tuple[int, int]], rows: list[Cells], name: str, unit: str,
    columns: Callable[[list[int]], dict[str, npt.NDArray[np.object_]]] | None = None,
) -> Block:
    """Block over (pair, receiver, domain, date) from one (domain, receiver, date) grid per pair."""
    _, receivers = places(found.inputs, request)
    cells = Cells.stack(rows).map(lambda part: np.moveaxis(part, 1, 2)[:, receivers])
    where = axes(
        found.inputs, pair_axis(found.inputs, wanted), receivers, {"domain": list(found.spec.domains)},
    )
    return Block(name, unit, where, cells, {} if columns is None else columns(receivers))


def leader(inputs: Inputs, request: Request) -> list[Block]:
    """The power with the larger strength in each domain, and the probability that it leads.

    The row's giver is the leader, `other` the power it leads. Draws as for the profiles.
    """
    found, strengths = _strengths(inputs, request, "influence")
    wanted = pairs(found.inputs, request)
    by_giver = strengths.cells.map(lambda part: np.moveaxis(part, 1, 0))
    names = np.array(found.inputs.givers, dtype=object)
    rows, ahead = [], []
    for i, k in wanted:
        a, b = strengths.central[:, i], strengths.central[:, k]
        first = ~(b > a)
        value = np.where(np.isnan(a) | np.isnan(b), np.nan, np.where(a == b, 0.5, 1.0))
        if strengths.drawn is not None:
            chance = _chance(strengths.drawn[:, i], strengths.drawn[:, k])
            value = np.where(np.isnan(value), np.nan, np.where(first, chance, 1 - chance))
        absent = np.full(value.shape, np.nan)
        rows.append(_domain_cells(by_giver, (i, k), value, absent, absent))
        ahead.append(np.moveaxis(first, 0, 1))

    def labels(receivers: list[int]) -> dict[str, npt.NDArray[np.object_]]:
        first = np.stack(ahead)[:, receivers]
        shape = (-1, 1, 1, 1)
        i, k = (names[[pair[side] for pair in wanted]].reshape(shape) for side in (0, 1))
        return {"giver": np.where(first, i, k), "other": np.where(first, k, i)}

    return [_by_domain(found, request, wanted, rows, "division_of_labour.leader", "probability", labels)]


def _chance(a: Floats, b: Floats) -> Floats:
    """Share of draws with a > b plus half the ties, over draws in which both exist."""
    both = ~np.isnan(a) & ~np.isnan(b)
    wins = (((a > b) + 0.5 * (a == b)) * both).sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(wins / both.sum(axis=-1))


def _register() -> None:
    family = "division_of_labour"
    profiles = (
        (family, "division", "bits", 1.0, "influence", "higher: more complementary; 0 the same mix"),
        (f"{family}.overlap", "overlap", "share", 1.0, "influence", "higher: more alike"),
        (f"{family}.level", "level", "index", float("inf"), "influence", "higher: stronger together"),
        (f"{family}.bandwidth", "division", "bits", 1.0, "bandwidth",
         "higher: more complementary in what they offer, whatever the receiver relies on"),
        (f"{family}.null95", "null95", "bits", 1.0, "influence",
         "95 % point of the division that noise alone would show; below it nothing is shown to be special"),
    )
    for name, field, unit, high, strength, reading in profiles:
        register(Measure(
            name, partial(profile_rows, field=field, name=name, unit=unit, strength=strength), _NEEDS, unit,
            0.0, high, reading, "p", "OWSC", True, False, _LIN, "0.1",
        ))
    register(Measure(
        f"{family}.role_share", role_rows, _NEEDS, "share", 0.0, 1.0,
        "higher: the domain is the giver's", "p", "OWSC", True, False, "ours", "0.1", by=("domain",),
    ))
    register(Measure(
        f"{family}.leader", leader, _NEEDS, "probability", 0.0, 1.0,
        "higher: surer that the giver leads the domain", "p", "OWSC", True, False, "ours", "0.1",
        by=("domain",),
    ))


_register()
