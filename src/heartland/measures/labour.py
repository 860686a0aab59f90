"""Division of labour between powers in one receiver, from their strengths by domain. Ours.

Arrays are (domain, ...rest); NaN marks a domain in which a power's strength is not known. Profiles are
compared over the domains known for both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from heartland.measures.scores import Floats

__all__ = [
    "LEAST_DOMAINS",
    "WEAK_LEVEL",
    "LabourResult",
    "division_of_labour",
    "general_division",
    "null_profiles",
    "role_share",
]

LEAST_DOMAINS = 3
WEAK_LEVEL = 0.02


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
    n_domains: npt.NDArray[np.int64]
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


def general_division(strengths: Sequence[Floats], *, least_domains: int = LEAST_DOMAINS) -> Floats:
    """Division of labour among two or more powers, [0, 1].

    Jensen-Shannon divergence of the profiles with weights proportional to the powers' levels, divided by
    log2(min(powers, common domains)). Unlike the two-power form it leans towards the stronger powers.

    Parameters
    ----------
    strengths : one (domain, ...rest) array per power
    """
    stack = np.stack(strengths)
    common = ~np.isnan(stack).any(axis=0)
    values = np.where(common, stack, 0.0)
    levels = values.sum(axis=1)
    n_domains = common.sum(axis=0)
    defined = (n_domains >= least_domains) & (levels > 0).all(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        profiles = values / levels[:, None]
        weights = levels / levels.sum(axis=0)
        inside = sum((w * _entropy(p) for w, p in zip(weights, profiles, strict=True)), start=np.zeros(1))
        mixed = _entropy((weights[:, None] * profiles).sum(axis=0))
        most = np.log2(np.minimum(len(strengths), n_domains))
        result = np.where(defined, np.clip((mixed - inside) / most, 0.0, 1.0), np.nan)
    return np.asarray(result).reshape(stack.shape[2:])


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
