"""Concentration of partners, and participation over layers.

Shares are (partner, ...rest) of a known whole, NaN unknown; what no known partner carries is the rest, which
may be many small partners or a single one.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from heartland.measures.scores import Floats

__all__ = ["VARIANTS", "WORLD_PARTNERS", "concentration", "participation", "partner_shares"]

# Partners a rest of the world can be spread over: the 193 member states of the United Nations since 2011.
WORLD_PARTNERS = 193
_SLACK = 1e-9


def partner_shares(volume: Floats, total: Floats | None = None) -> tuple[Floats, Floats]:
    """Shares of partners and of the rest.

    Parameters
    ----------
    volume : (partner, ...rest) >= 0, NaN unknown
    total : (...rest) from all partners; NaN unknown, None where there is no such thing

    Returns
    -------
    shares : (partner, ...rest), NaN where unknown or the whole is 0
    rest : (...rest) share of everybody else, 0 where the total is not known or below the partners' sum
    """
    known = np.nansum(volume, axis=0)
    whole = known if total is None else np.where(np.isnan(total), known, np.maximum(total, known))
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = volume / np.where(whole > 0, whole, np.nan)
        rest = np.where(whole > 0, (whole - known) / whole, np.nan)
    return np.asarray(shares), np.where(rest > _SLACK, rest, 0.0 * rest)


def concentration(
    variant: str, shares: Floats, rest: Floats, *, one: bool = False, partners: Floats | float = np.nan,
) -> Floats:
    """One variant of concentration.

    Parameters
    ----------
    variant : one of `VARIANTS`
    shares, rest : as `partner_shares` gives them
    one : the rest is a single partner; else it is spread over so many small ones that its squares vanish
        (for entropy: evenly over those of `WORLD_PARTNERS` that have no share of their own)
    partners : (...rest) number that exist and could trade, for `normalised`

    Returns
    -------
    (...rest); NaN where the whole is 0
    """
    squares = np.nansum(shares * shares, axis=0) + (rest * rest if one else 0.0 * rest)
    return np.asarray(VARIANTS[variant](squares, shares, rest, one, partners))


def _normalised(squares: Floats, shares: Floats, rest: Floats, one: bool, partners: Floats | float) -> Floats:
    n = np.asarray(partners, dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        floor = 1.0 / np.where(n > 1, n, np.nan)
        return np.maximum((squares - floor) / (1.0 - floor), 0.0)


def _entropy(squares: Floats, shares: Floats, rest: Floats, one: bool, partners: Floats | float) -> Floats:
    positive = shares > 0
    inside = -np.where(positive, shares * np.log2(np.where(positive, shares, 1.0)), 0.0).sum(axis=0)
    small = 1.0 if one else np.maximum(WORLD_PARTNERS - positive.sum(axis=0), 1)
    beyond = np.where(rest > 0, -rest * np.log2(np.where(rest > 0, rest / small, 1.0)), 0.0)
    return np.where(np.isnan(squares) | np.isnan(rest), np.nan, inside + beyond)


def _top(squares: Floats, shares: Floats, rest: Floats, one: bool, partners: Floats | float) -> Floats:
    top = np.where(np.isnan(shares), -np.inf, shares).max(axis=0)
    top = np.where(np.isfinite(top), top, 0.0)
    return np.where(np.isnan(rest), np.nan, np.maximum(top, rest) if one else top)


def _inverse(squares: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.asarray(1.0 / np.where(squares > 0, squares, np.nan))


VARIANTS: dict[str, Callable[[Floats, Floats, Floats, bool, Floats | float], Floats]] = {
    "hhi": lambda squares, shares, rest, one, partners: squares,
    "normalised": _normalised,
    "hirschman": lambda squares, shares, rest, one, partners: 100.0 * np.sqrt(squares),
    "effective_number": lambda squares, shares, rest, one, partners: _inverse(squares),
    "entropy": _entropy,
    "top_share": _top,
}


def participation(strength: Floats) -> Floats:
    """How evenly an actor's ties lie over layers, [0, 1].

    Parameters
    ----------
    strength : (layer, ...rest), each layer in shares of its own total so that units do not matter; NaN
        leaves a layer out

    Returns
    -------
    (...rest) M/(M-1) (1 - sum of squared shares), 1 even over layers, 0 all in one; NaN with fewer than two
    layers or no tie (Battiston, Nicosia & Latora 2014)
    """
    layers = (~np.isnan(strength)).sum(axis=0)
    whole = np.nansum(strength, axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        even = 1.0 - np.nansum(strength * strength, axis=0) / (whole * whole)
        value = even * layers / (layers - 1)
    return np.where((layers >= 2) & (whole > 0), np.clip(value, 0.0, 1.0), np.nan)
