"""How much two actors would trade, given size and distance: partners' expected shares from a panel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from heartland.measures.effects import Codes, codes
from heartland.measures.ppml import PoissonFit, fit_poisson
from heartland.measures.scores import Floats

__all__ = ["Gravity", "expected_shares", "fit_gravity", "principal"]


@dataclass(frozen=True)
class Gravity:
    """Gravity of a panel.

    fit : coefficients and covariance
    push, pull : by (actor, period): attraction as a seller and as a buyer, log scale, up to a constant per
        period; absent where the fit has no row
    """

    fit: PoissonFit
    push: dict[tuple[str, str], float]
    pull: dict[tuple[str, str], float]


def fit_gravity(
    sellers: Sequence[str], buyers: Sequence[str], periods: Sequence[str], flows: Floats, costs: Floats,
) -> Gravity:
    """Poisson regression with seller-period and buyer-period effects, errors clustered by pair.

    Parameters
    ----------
    sellers, buyers, periods : (row,) labels;  flows : (row,) >= 0, zeros kept
    costs : (row, variable) such as log distance, a common border

    Notes
    -----
    Both directions of a pair are one cluster. Leave out the actors whose shares are to be judged.
    """
    places, days = codes(np.asarray([*sellers, *buyers])), codes(np.asarray(periods))
    seller, buyer = places[: len(flows)], places[len(flows) :]
    names = np.unique(np.asarray([*sellers, *buyers]))
    when = np.unique(np.asarray(periods))
    factors, keys = [], []
    for actor in (seller, buyer):
        combined = actor * len(when) + days
        levels, factor = np.unique(combined, return_inverse=True)
        factors.append(factor.astype(np.int64).reshape(-1))
        keys.append([(str(names[k // len(when)]), str(when[k % len(when)])) for k in levels.tolist()])
    pair: Codes = np.minimum(seller, buyer) * len(names) + np.maximum(seller, buyer)
    fit = fit_poisson(flows, costs, factors, pair)
    push, pull = (
        {key: float(value) for key, value in zip(own, effects, strict=True) if np.isfinite(value)}
        for own, effects in zip(keys, fit.effects, strict=True)
    )
    return Gravity(fit, push, pull)


def expected_shares(coefficients: Floats, costs: Floats, attraction: Floats) -> Floats:
    """Partners' expected shares in one actor's trade; its own size cancels out.

    Parameters
    ----------
    coefficients : (variable, ...) central, or with a last axis of draws
    costs : (partner, variable) towards the actor;  attraction : (partner,) log scale

    Returns
    -------
    (partner, ...) shares that sum to 1
    """
    index = np.tensordot(costs, coefficients, axes=(1, 0))
    index = index + attraction.reshape(-1, *(1,) * (index.ndim - 1))
    weight = np.exp(index - index.max(axis=0))
    return np.asarray(weight / weight.sum(axis=0))


def principal(covariance: Floats) -> Floats:
    """Columns L with L L' = covariance, the widest direction first; (variable, direction)."""
    size, direction = np.linalg.eigh(covariance)
    order = np.argsort(size)[::-1]
    direction = direction[:, order] * np.where(direction[0, order] < 0, -1.0, 1.0)
    return np.asarray(direction * np.sqrt(np.maximum(size[order], 0.0)))
