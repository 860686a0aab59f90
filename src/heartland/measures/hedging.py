"""How widely a receiver's ties are spread: over whom, how evenly, and with the same mix in each domain.

Arrays are (power, ...rest) or (domain, power, ...rest); NaN is an unknown strength and is left out, never
read as 0. What is left out is the caller's to report.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from heartland.core.arrays import namespace
from heartland.measures.influence import LEAST_COVERAGE
from heartland.measures.scores import Floats

__all__ = ["balance", "effective_number", "entropy_number", "reaction", "shares", "spread", "usable_domains"]



def shares(strength: Floats) -> Floats:
    """Share of each power (first axis) in the known powers' sum; NaN where unknown or the sum is 0."""
    whole = np.nansum(strength, axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(strength / np.where(whole > 0, whole, np.nan))


def effective_number(strength: Floats) -> Floats:
    """Number of equally strong powers that would be as concentrated: 1 / sum of squared shares.

    Parameters
    ----------
    strength : (power, ...rest), >= 0

    Returns
    -------
    (...rest) count from 1 to the number of powers; NaN where all are 0 or unknown (Laakso & Taagepera 1979)
    """
    xp = namespace(strength)
    whole = xp.nansum(strength, axis=0)
    squares = xp.nansum(strength * strength, axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        value: Floats = xp.asarray(xp.where(whole > 0, whole * whole / squares, xp.nan))
        return value


def entropy_number(strength: Floats) -> Floats:
    """The same count from entropy: exp(-sum s ln s); weak powers weigh more than in `effective_number`."""
    s = shares(strength)
    positive = s > 0
    inside = np.where(positive, s * np.log(np.where(positive, s, 1.0)), 0.0).sum(axis=0)
    return np.asarray(np.where(np.nansum(strength, axis=0) > 0, np.exp(-inside), np.nan))


def balance(first: Floats, second: Floats) -> Floats:
    """How even two powers are in a receiver: 1 - |a - b| / (a + b), [0, 1].

    0 is one patron, 1 an even pair; NaN where both are 0 or one is unknown. Read it with the level a + b.
    """
    both = first + second
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(1.0 - np.abs(first - second) / np.where(both > 0, both, np.nan))


def reaction(before: Floats, after: Floats) -> Floats:
    """Change of the effective number between two dates; positive: more vectors than before.

    before, after : (power, ...rest) strengths of the same draws
    """
    return np.asarray(effective_number(after) - effective_number(before))


def usable_domains(strength: Floats) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Domains whose mixes can be compared, and the powers known in all of them.

    Parameters
    ----------
    strength : (domain, power, ...rest) central strengths

    Returns
    -------
    domains : (domain, ...rest), their sum above 0 and at least half of the powers that are unknown or above
        0 known there; powers known in no domain at all do not count
    powers : (power, ...rest), known in every such domain
    """
    known = ~np.isnan(strength)
    whole = np.nansum(strength, axis=1)
    strong = (known & (np.nan_to_num(strength) > 0)).sum(axis=1)
    missed = (~known & known.any(axis=0)).sum(axis=1)
    domains = (strong >= LEAST_COVERAGE * (strong + missed)) & (whole > 0)
    powers = (known | ~domains[:, None]).all(axis=0) & domains.any(axis=0)
    return domains, powers


def spread(
    strength: Floats, domains: npt.NDArray[np.bool_] | None = None,
    powers: npt.NDArray[np.bool_] | None = None,
) -> Floats:
    """How much the mix of powers differs between domains, [0, 1]. Ours.

    Parameters
    ----------
    strength : (domain, power, ...rest)
    domains, powers : from `usable_domains`, broadcast to the strengths; default of these strengths

    Returns
    -------
    (...rest) mean divergence (base 2) of the domains' mixes from their mean, over log2 of the lesser of the
    numbers of domains and powers: 0 the same mix everywhere, 1 a different sole patron in each. NaN with
    fewer than two domains or powers, or where a domain's sum is 0.
    """
    if domains is None or powers is None:
        domains, powers = usable_domains(strength)
    n_domains, n_powers = domains.sum(axis=0), powers.sum(axis=0)
    mean, inside, empty = np.zeros(()), np.zeros(()), np.zeros((), dtype=bool)
    for own, use in zip(strength, domains, strict=True):
        live = np.where(use[None] & powers, own, 0.0)
        whole = live.sum(axis=0)
        empty = empty | ((whole <= 0) & use)
        mix = live / np.where(whole > 0, whole, 1.0)
        mean, inside = mean + mix, inside + _entropy(mix)
    # Mean divergence from the mean mix = entropy of the mean less mean of the entropies.
    count = np.maximum(n_domains, 1)
    apart = _entropy(mean / count) - inside / count
    most = np.log2(np.maximum(np.minimum(n_domains, n_powers), 2))
    defined = (n_domains >= 2) & (n_powers >= 2) & ~empty
    return np.asarray(np.where(defined, np.clip(apart / most, 0.0, 1.0), np.nan))


def _entropy(p: Floats) -> Floats:
    """Entropy in bits over the first axis; 0 log 0 is 0."""
    return np.asarray(-(p * np.log2(np.where(p > 0, p, 1.0))).sum(axis=0))
