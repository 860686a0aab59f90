"""Rows of division of labour: two or more powers' mixes of strength over domains in one receiver."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from heartland.measures.block import Block, Cells, code, interval
from heartland.measures.inputs import Inputs
from heartland.measures.labour import (
    WEAK_LEVEL,
    LabourResult,
    compare_pairs,
    general_result,
    null_divisions,
    role_share,
)
from heartland.measures.labour_parts import general_parts, profile_parts, role_parts
from heartland.measures.powers import enough, external, over_powers
from heartland.measures.quality import worst
from heartland.measures.registry import Measure, Request, register
from heartland.measures.scores import Floats
from heartland.measures.selection import axes, pair_axis, pairs, places
from heartland.measures.strengths import Strengths, strength_asked, strengths

__all__ = ["general_rows", "leader", "profile_rows", "role_rows"]

_LIN = "Jensen-Shannon divergence: Lin 1991; its use on profiles of influence is ours"
_NEEDS = ("x", "status", "total", "base", "weights", "reference")
_FIELDS: dict[str, Callable[[LabourResult], Floats]] = {
    "division": lambda result: result.division,
    "overlap": lambda result: result.overlap,
    "level": lambda result: result.level,
}
_Profiles = tuple[LabourResult, LabourResult | None]


def _asked(inputs: Inputs, request: Request, strength: str | None) -> tuple[Inputs, str, Strengths]:
    """Inputs, the name of the strength and the strengths, drawn with channels resampled within domains."""
    name = strength_asked(request) if strength is None else strength
    found, own = strengths(inputs, request, name, resample=True)
    return found.inputs, name, own


def profile_rows(
    inputs: Inputs, request: Request, *, field: str, name: str, unit: str, strength: str | None = None,
) -> list[Block]:
    """Rows of division, overlap or level; one per pair, receiver and date.

    strength : an index or channels; default the option `strength`, else influence
    """
    inputs, asked, own = _asked(inputs, request, strength)
    wanted = pairs(inputs, request)
    compared = _compared(own, request, asked, wanted)
    noise: list[Floats | None] = [None] * len(wanted)
    if field == "null95" and own.drawn is not None:
        noise = list(null_divisions(own.drawn, own.central, wanted))
    rows = [
        _profile(own, compared[pair], request.level, pair, field, null)
        for pair, null in zip(wanted, noise, strict=True)
    ]
    _, receivers = places(inputs, request)
    cells = Cells.stack(rows).map(lambda part: part[:, receivers][:, :, None])
    return [Block(name, unit, axes(inputs, pair_axis(inputs, wanted), receivers, {"domain": ["all"]}), cells)]


def _compared(
    own: Strengths, request: Request, asked: str, wanted: list[tuple[int, int]],
) -> dict[tuple[int, int], _Profiles]:
    """Central and drawn comparison of pairs of powers, shared by the measures of one table."""
    kept: dict[tuple[int, int], _Profiles] = request.cache.setdefault(f"profiles:{asked}", {})
    if any(pair not in kept for pair in wanted):
        central = compare_pairs(own.central, wanted)
        drawn = [None] * len(wanted) if own.drawn is None else compare_pairs(own.drawn, wanted)
        kept |= dict(zip(wanted, zip(central, drawn, strict=True), strict=True))
        request.cache[f"profiles:{asked}"] = kept
    return kept


def _profile(
    own: Strengths, compared: _Profiles, level: float, pair: tuple[int, int], field: str,
    noise: Floats | None,
) -> Cells:
    result, drawn = compared
    low = high = np.full(result.division.shape, np.nan)
    value = _FIELDS["division" if field == "null95" else field](result)
    if field == "null95":
        value = np.where(np.isnan(value), np.nan, 0.0)
        if noise is not None:
            value = interval(noise, 0.9)[1]
    elif drawn is not None:
        low, high = interval(_FIELDS[field](drawn), level)
    absent = np.isnan(value)
    whole = _both(own.overall, pair)
    reason = np.where(result.zero, code("zero-level"), code("coverage"))
    reason = np.where(result.n_domains == 0, code("unknown"), reason)
    reason = np.where(whole.reason == code("self"), code("self"), reason)
    weak = [np.nansum(own.central[:, place], axis=0) < WEAK_LEVEL for place in pair]
    flags = {**whole.flags, "weak-level": ~absent & (weak[0] | weak[1])}
    if own.rest is not None:
        flags["no-rest"] = ~absent & own.no_rest.any(axis=0)
    return replace(
        whole, value=value, low=np.where(absent, np.nan, low), high=np.where(absent, np.nan, high),
        reason=np.where(absent, reason, 0).astype(np.int8), flags=flags,
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


def general_rows(inputs: Inputs, request: Request) -> list[Block]:
    """Rows of the division among three or more powers: all from outside, or those of the option `powers`."""
    inputs, _, own = _asked(inputs, request, None)
    powers = powers_asked(inputs, request)
    result = general_result(own.central[:, powers])
    low = high = np.full(result.division.shape, np.nan)
    if own.drawn is not None:
        drawn = general_result(own.drawn[:, powers], centre=own.central[:, powers][..., None]).division
        low, high = interval(drawn, request.level)
    level = Cells(**{**own.overall.__dict__, "value": _level(own)}).map(lambda part: part[powers])
    why = np.where(result.zero, code("zero-level"), code("coverage"))
    why = np.where(enough(level)[0].any(axis=0), why, code("unknown")).astype(np.int8)
    cells = over_powers(level, result.division, low, high, why)
    left = ~np.isnan(result.division) & (result.left_out > 0)
    cells = replace(cells, flags={**cells.flags, "renormalised": cells.flags["renormalised"] | left})
    _, receivers = places(inputs, request)
    where = axes(inputs, {"giver": [""]}, receivers, {"domain": ["all"]})
    rows = cells.map(lambda part: part[receivers][None, :, None])
    return [Block("division_of_labour.general", "share of the largest", where, rows)]


def _level(own: Strengths) -> Floats:
    known = ~np.isnan(own.central)
    return np.where(known.any(axis=0), np.where(known, own.central, 0.0).sum(axis=0), np.nan)


def powers_asked(inputs: Inputs, request: Request) -> list[int]:
    """Positions of the powers compared: the option `powers` (ids, or ids joined by commas), else all."""
    asked: Any = request.options.get("powers")
    if asked is None:
        return external(inputs)
    names = asked.split(",") if isinstance(asked, str) else asked
    return named_powers(inputs, [str(name).strip() for name in names])


def named_powers(inputs: Inputs, names: Sequence[str]) -> list[int]:
    """Positions of two or more givers named by id.

    Raises
    ------
    HeartlandInputError
        An unknown id, or fewer than two.
    """
    from heartland.measures.checks import check_actors

    for name in names:
        check_actors(inputs.givers, inputs.receivers, name, None, None)
    return [inputs.givers.index(name) for name in dict.fromkeys(names)]


def role_rows(inputs: Inputs, request: Request) -> list[Block]:
    """Giver's share in the strength of both powers, by domain."""
    inputs, _, own = _asked(inputs, request, None)
    wanted = pairs(inputs, request)
    by_giver = own.cells.map(lambda part: np.moveaxis(part, 1, 0))
    rows = []
    for i, k in wanted:
        value = role_share(own.central[:, i], own.central[:, k])
        low = high = np.full(value.shape, np.nan)
        if own.drawn is not None:
            low, high = interval(role_share(own.drawn[:, i], own.drawn[:, k]), request.level)
        rows.append(_domain_cells(by_giver, (i, k), value, low, high))
    return [_by_part(inputs, own, request, wanted, rows, "division_of_labour.role_share", "share")]


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


def _by_part(
    inputs: Inputs, own: Strengths, request: Request, wanted: list[tuple[int, int]], rows: list[Cells],
    name: str, unit: str, columns: Callable[[list[int]], dict[str, npt.NDArray[np.object_]]] | None = None,
) -> Block:
    """Block over (pair, receiver, part, date) from one (part, receiver, date) grid per pair."""
    _, receivers = places(inputs, request)
    cells = Cells.stack(rows).map(lambda part: np.moveaxis(part, 1, 2)[:, receivers])
    where = axes(inputs, pair_axis(inputs, wanted), receivers, own.labels)
    return Block(name, unit, where, cells, {} if columns is None else columns(receivers))


def leader(inputs: Inputs, request: Request) -> list[Block]:
    """The power with the larger strength in each domain, and the probability that it leads.

    The row's giver is the leader, `other` the power it leads. Draws as for the profiles.
    """
    inputs, _, own = _asked(inputs, request, None)
    wanted = pairs(inputs, request)
    by_giver = own.cells.map(lambda part: np.moveaxis(part, 1, 0))
    names = np.array(inputs.givers, dtype=object)
    rows, ahead = [], []
    for i, k in wanted:
        a, b = own.central[:, i], own.central[:, k]
        first = ~(b > a)
        value = np.where(np.isnan(a) | np.isnan(b), np.nan, np.where(a == b, 0.5, 1.0))
        if own.drawn is not None:
            chance = _chance(own.drawn[:, i], own.drawn[:, k])
            value = np.where(np.isnan(value), np.nan, np.where(first, chance, 1 - chance))
        absent = np.full(value.shape, np.nan)
        rows.append(_domain_cells(by_giver, (i, k), value, absent, absent))
        ahead.append(np.moveaxis(first, 0, 1))

    def labels(receivers: list[int]) -> dict[str, npt.NDArray[np.object_]]:
        first = np.stack(ahead)[:, receivers]
        shape = (-1, 1, 1, 1)
        i, k = (names[[pair[side] for pair in wanted]].reshape(shape) for side in (0, 1))
        return {"giver": np.where(first, i, k), "other": np.where(first, k, i)}

    name = "division_of_labour.leader"
    return [_by_part(inputs, own, request, wanted, rows, name, "probability", labels)]


def _chance(a: Floats, b: Floats) -> Floats:
    """Share of draws with a > b plus half the ties, over draws in which both exist."""
    count = (~(np.isnan(a) | np.isnan(b))).sum(axis=-1)
    ahead, level = (test(a, b).sum(axis=-1) for test in (np.greater, np.equal))  # false with a NaN
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((ahead + 0.5 * level) / count)


def _register() -> None:
    family = "division_of_labour"
    profiles: tuple[tuple[str, str, str, float, str | None, str], ...] = (
        (family, "division", "bits", 1.0, None, "higher: more complementary; 0 the same mix"),
        (f"{family}.overlap", "overlap", "share", 1.0, None, "higher: more alike"),
        (f"{family}.level", "level", "index", float("inf"), None, "higher: stronger together"),
        (f"{family}.bandwidth", "division", "bits", 1.0, "bandwidth",
         "higher: more complementary in what they offer, whatever the receiver relies on"),
        (f"{family}.null95", "null95", "bits", 1.0, None,
         "95 % point of the division that noise alone would show; below it nothing is shown to be special"),
    )
    for name, field, unit, high, strength, reading in profiles:
        register(Measure(
            name, partial(profile_rows, field=field, name=name, unit=unit, strength=strength), _NEEDS, unit,
            0.0, high, reading, "p", "OWSC", True, False,
            "ours" if field in ("overlap", "level") else _LIN, "0.1",
            parts=partial(profile_parts, field=field, strength=strength or "influence"),
            options=("strength",) if strength is None else (),
        ))
    own: tuple[tuple[str, Callable[[Inputs, Request], list[Block]], str, str, str], ...] = (
        ("role_share", role_rows, "share", "higher: the domain is the giver's", "p"),
        ("leader", leader, "probability", "higher: surer that the giver leads the domain", "p"),
    )
    for variant, function, unit, reading, kind in own:
        register(Measure(
            f"{family}.{variant}", function, _NEEDS, unit, 0.0, 1.0, reading, kind, "OWSC", True, False,
            "ours", "0.1", by=("domain",), parts=partial(role_parts, variant=variant), options=("strength",),
        ))
    register(Measure(
        f"{family}.general", general_rows, _NEEDS, "share of the largest", 0.0, 1.0,
        "higher: the powers' mixes differ more; three or more powers, the stronger ones weighing more", "r",
        "OWSC", True, False, _LIN, "0.1", parts=general_parts, options=("powers", "strength"),
    ))


_register()
