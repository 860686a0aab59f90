"""Division of labour between powers in one receiver, from their strengths by domain. Ours.

Arrays are (domain, ...rest); NaN marks a domain in which a power's strength is not known. Profiles are
compared over the domains known for both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from heartland.measures.scores import Floats

__all__ = [
    "LEAST_DOMAINS",
    "WEAK_LEVEL",
    "GeneralResult",
    "LabourResult",
    "compare_pairs",
    "division_of_labour",
    "general_division",
    "general_result",
    "null_divisions",
    "null_profiles",
    "role_share",
]

LEAST_DOMAINS = 3
WEAK_LEVEL = 0.02
_BLOCK = 4096


@dataclass(frozen=True)
class LabourResult:
    """Comparison of two profiles; arrays of shape (...rest).

    division : Jensen-Shannon divergence of the profiles in bits, [0, 1]; 0 the same mix, 1 nothing in common
    overlap : sum of the lesser shares, [0, 1]; 1 exactly where division is 0
    level : sum of both strengths over the common domains
    n_domains : number of common domains
    zero : where a power has no strength at all in the common domains (division and overlap are NaN)
    """

    division: Floats
    overlap: Floats
    level: Floats
    n_domains: npt.NDArray[np.integer[Any]]
    zero: npt.NDArray[np.bool_]


def division_of_labour(a_i: Floats, a_k: Floats, *, least_domains: int = LEAST_DOMAINS) -> LabourResult:
    """Do two powers do different things?

    Parameters
    ----------
    a_i, a_k : (domain, ...rest) strengths >= 0 on one scale; NaN unknown
    least_domains : fewer common domains give NaN

    Returns
    -------
    LabourResult

    Notes
    -----
    H((p+q)/2) - (H(p) + H(q))/2 with base-2 logarithms (Lin 1991), p and q the profiles. Symmetric.
    """
    common = ~np.isnan(a_i) & ~np.isnan(a_k)
    i, k = np.where(common, a_i, 0.0), np.where(common, a_k, 0.0)
    level_i, level_k = i.sum(axis=0), k.sum(axis=0)
    n_domains = common.sum(axis=0)
    enough = n_domains >= least_domains
    zero = enough & ((level_i <= 0) | (level_k <= 0))
    with np.errstate(invalid="ignore", divide="ignore"):
        p, q = i / level_i, k / level_k
    defined = enough & ~zero
    division = _entropy((p + q) / 2) - (_entropy(p) + _entropy(q)) / 2
    return LabourResult(
        division=np.where(defined, np.clip(division, 0.0, 1.0), np.nan),
        overlap=np.where(defined, np.minimum(np.minimum(p, q).sum(axis=0), 1.0), np.nan),
        level=np.where(enough, level_i + level_k, np.nan),
        n_domains=n_domains,
        zero=zero,
    )


def role_share(a_i: Floats, a_k: Floats) -> Floats:
    """Share of the first power in the strength of both, by domain; NaN where unknown or both are 0."""
    both = a_i + a_k
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(a_i / np.where(both > 0, both, np.nan))


@dataclass(frozen=True)
class GeneralResult:
    """Comparison of the profiles of several powers; arrays of shape (...rest).

    division : generalised Jensen-Shannon divergence over its largest value, [0, 1]
    n_domains : domains known for all powers compared;  n_powers : powers compared
    left_out : powers that could not be compared, their strength being known in too few domains
    zero : where fewer than two powers with known profiles have any strength
    """

    division: Floats
    n_domains: npt.NDArray[np.int64]
    n_powers: npt.NDArray[np.int64]
    left_out: npt.NDArray[np.int64]
    zero: npt.NDArray[np.bool_]


def general_division(strengths: Sequence[Floats], *, least_domains: int = LEAST_DOMAINS) -> Floats:
    """Division of labour among two or more powers, [0, 1]; see `general_result`.

    strengths : one (domain, ...rest) array per power
    """
    return general_result(np.stack(strengths, axis=1), least_domains=least_domains).division


def general_result(
    strength: Floats, *, centre: Floats | None = None, least_domains: int = LEAST_DOMAINS,
) -> GeneralResult:
    """Division of labour among all powers that can be compared.

    Parameters
    ----------
    strength : (domain, power, ...rest), NaN unknown
    centre : strengths that decide which powers and domains are compared (broadcast); default the same
    least_domains : powers known in fewer domains are left out, fewer common domains give NaN

    Returns
    -------
    GeneralResult

    Notes
    -----
    (H(sum of w p) - sum of w H(p)) / log2(min(powers, domains)) with base-2 logarithms, p the profiles and
    w proportional to the powers' levels (Lin 1991). Unlike the two-power form it leans towards the stronger
    powers; a power without any strength has no weight and is not counted.
    """
    centre = strength if centre is None else centre
    known = ~np.isnan(centre)
    strong = np.nansum(centre, axis=0) > 0
    kept = strong & (known.sum(axis=0) >= least_domains)
    common = (known | ~kept[None]).all(axis=1) & kept.any(axis=0)
    n_domains = common.sum(axis=0)
    n_powers = (kept & (np.where(common[:, None], np.nan_to_num(centre), 0.0).sum(axis=0) > 0)).sum(axis=0)
    whole, shared = _shared(strength, common[:, None] & kept[None])
    with np.errstate(invalid="ignore", divide="ignore"):
        most = np.log2(np.maximum(np.minimum(n_powers, n_domains), 2))
        zero = (n_domains >= least_domains) & (n_powers < 2)
        defined = (n_domains >= least_domains) & (n_powers >= 2)
        defined = defined & ~np.isnan(whole)  # a draw may lack a domain that the centre has
        division = np.where(defined, np.clip(shared / most, 0.0, 1.0), np.nan)
    silent = ~known.any(axis=0)
    return GeneralResult(
        np.asarray(division), np.asarray(n_domains), np.asarray(n_powers),
        np.asarray(((strong & ~kept) | silent).sum(axis=0)), np.asarray(zero),
    )


def _shared(strength: Floats, live: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Sum of the live strengths, and bits shared by power and domain: H(powers) + H(domains) - H(both)."""
    levels, both, domains = np.zeros(()), np.zeros(()), np.zeros(())
    for own, use in zip(strength, live, strict=True):  # x log x adds up before the sum is known
        x = np.where(use, own, 0.0)
        levels = levels + x
        both = both + _x_log_x(x).sum(axis=0)
        domains = domains + _x_log_x(x.sum(axis=0))
    whole = levels.sum(axis=0)
    inside = both - domains - _x_log_x(levels).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        shared = inside / whole + np.log2(whole)
    return np.asarray(whole), np.asarray(shared)


def _x_log_x(x: Floats) -> Floats:
    """x log2 x, 0 at 0, in the precision of x."""
    found = np.asarray(np.maximum(x, np.finfo(x.dtype).tiny))
    np.log2(found, out=found)
    found *= x
    return found


def compare_pairs(
    strength: Floats, pairs: Sequence[tuple[int, int]], *, least_domains: int = LEAST_DOMAINS,
) -> list[LabourResult]:
    """`division_of_labour` of many pairs of powers, with what belongs to one power worked out once.

    strength : (domain, power, ...rest);  pairs : positions of powers
    """
    shape = strength.shape[2:]
    flat = strength.reshape(*strength.shape[:2], -1)
    size, kind = flat.shape[-1], flat.dtype
    kinds: tuple[Any, ...] = (kind, kind, kind, np.int8, bool)
    out: list[npt.NDArray[Any]] = [np.empty((len(pairs), size), dtype=own) for own in kinds]
    for low in range(0, size, _BLOCK):  # blocks that fit in the processor's cache
        _compare_block(flat[..., low : low + _BLOCK], pairs, least_domains,
                       [part[:, low : low + _BLOCK] for part in out])
    return [LabourResult(*(part[k].reshape(shape) for part in out)) for k in range(len(pairs))]


def _compare_block(
    strength: Floats, pairs: Sequence[tuple[int, int]], least_domains: int,
    out: Sequence[npt.NDArray[Any]],
) -> None:
    """Comparison of (domain, power, cell) into division, overlap, level, domains and zero, (pair, cell)."""
    known = ~np.isnan(strength)
    filled = np.where(known, strength, strength.dtype.type(0))
    count = known.sum(axis=0, dtype=np.int8)
    own = [_profile(filled[:, power]) for power in range(filled.shape[1])]
    bits = np.left_shift(1, np.arange(len(strength)))[:, None, None]
    pattern = (known * bits).sum(axis=0)
    for place, (i, k) in enumerate(pairs):
        first, second, common = own[i], own[k], count[i]
        if (pattern[i] != pattern[k]).any():  # known in different domains: profiles over the common ones
            both = known[:, i] & known[:, k]
            first, second = _profile(filled[:, i] * both), _profile(filled[:, k] * both)
            common = both.sum(axis=0, dtype=np.int8)
        overlap = np.minimum(first[0], second[0]).sum(axis=0)
        found = _division(first, second), overlap, first[2], second[2], common
        _put([part[place] for part in out], found, least_domains)


_Profile: TypeAlias = tuple[Floats, Floats, Floats]


def _profile(x: Floats) -> _Profile:
    """Shares of strengths (domain, ...), 0 where not compared, their sum of x log x, and the level."""
    level = x.sum(axis=0)
    shares = x / np.where(level > 0, level, 1)
    return shares, _x_log_x(shares).sum(axis=0), level


def _division(first: _Profile, second: _Profile) -> Floats:
    """H(m) - (H(p) + H(q)) / 2; H(m) is 1 - sum(s log s)/2 for the mean m of two profiles and their sum s."""
    both = _x_log_x(first[0] + second[0]).sum(axis=0)
    return np.asarray(np.clip(1 - (both - first[1] - second[1]) / 2, 0, 1))


def _put(out: Sequence[npt.NDArray[Any]], found: tuple[Any, ...], least_domains: int) -> None:
    """Division, overlap, level and the number of domains of a pair, where they may be told."""
    division, overlap, first, second, count = found
    enough = count >= least_domains
    zero = enough & ((first <= 0) | (second <= 0))
    out[0][...], out[1][...], out[2][...] = division, np.minimum(overlap, 1), first + second
    out[3][...], out[4][...] = count, zero
    few = ~enough
    if few.any():
        out[2][few] = np.nan
    few |= zero
    if few.any():
        out[0][few] = out[1][few] = np.nan


def null_divisions(
    drawn: Floats, central: Floats, pairs: Sequence[tuple[int, int]], *, least_domains: int = LEAST_DOMAINS,
) -> Floats:
    """Divisions of pairs that noise alone would show, (pair, ..., draw); see `null_profiles`.

    drawn : (domain, power, ..., draw);  central : (domain, power, ...)
    """
    n = drawn.shape[-1]
    cells = central.reshape(*central.shape[:2], -1)
    rows = drawn.reshape(*cells.shape, n)
    out = np.empty((len(pairs), cells.shape[-1], n), dtype=drawn.dtype)
    step = max(1, _BLOCK // max(n, 1))
    for low in range(0, cells.shape[-1], step):
        centre = cells[..., low : low + step]
        known, filled = ~np.isnan(centre), np.nan_to_num(centre)
        with np.errstate(invalid="ignore", divide="ignore"):
            noise = rows[:, :, low : low + step] / filled.astype(drawn.dtype)[..., None]
        noise[filled <= 0] = 1
        for place, (i, k) in enumerate(pairs):
            both = known[:, i] & known[:, k]
            out[place, low : low + step] = _null(noise[:, i], noise[:, k], filled[:, i], filled[:, k], both,
                                                 least_domains)
    return out.reshape(len(pairs), *drawn.shape[2:])


def _null(
    noise_i: Floats, noise_k: Floats, i: Floats, k: Floats, both: npt.NDArray[np.bool_], least_domains: int,
) -> Floats:
    """Division of two pooled profiles (domain, cell) with noise (domain, cell, draw)."""
    i, k = i * both, k * both
    with np.errstate(invalid="ignore", divide="ignore"):
        pooled = ((i / i.sum(axis=0) + k / k.sum(axis=0)) / 2).astype(noise_i.dtype)[..., None]
    x, y = noise_i * pooled, noise_k * pooled
    count: Any = both.sum(axis=0)[:, None]
    lost = np.isnan(x) | np.isnan(y)
    if lost.any():
        x[lost] = y[lost] = 0
        count = (both[..., None] & ~lost).sum(axis=0)
    first, second = _profile(x), _profile(y)
    division = _division(first, second)
    few = np.broadcast_to(count < least_domains, division.shape)
    division[few | (first[2] <= 0) | (second[2] <= 0)] = np.nan
    return division


def null_profiles(
    drawn_i: Floats, drawn_k: Floats, central_i: Floats, central_k: Floats,
) -> tuple[Floats, Floats]:
    """Strengths the two powers would show if both had the pooled profile, with their own draw noise.

    Noise alone pushes the divergence up; the 95 % point of the divergence of these profiles says how far.

    Parameters
    ----------
    drawn_i, drawn_k : (domain, ..., draw) drawn strengths
    central_i, central_k : (domain, ...) central strengths

    Returns
    -------
    Two (domain, ..., draw) arrays: pooled profile times drawn over central strength. Where the central
    strength is 0 the noise is unknown and the pooled share itself stands.
    """
    known = ~np.isnan(central_i) & ~np.isnan(central_k)
    i, k = np.where(known, central_i, 0.0), np.where(known, central_k, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        pooled = (i / i.sum(axis=0) + k / k.sum(axis=0)) / 2
        noise = [
            np.where(centre[..., None] > 0, drawn / centre[..., None], 1.0)
            for drawn, centre in ((drawn_i, i), (drawn_k, k))
        ]
    base = np.where(known, pooled, np.nan)[..., None]
    return base * noise[0], base * noise[1]


def _entropy(p: Floats) -> Floats:
    """Entropy in bits over the first axis; 0 log 0 is 0."""
    positive = p > 0
    return np.asarray(-np.where(positive, p * np.log2(np.where(positive, p, 1.0)), 0.0).sum(axis=0))
