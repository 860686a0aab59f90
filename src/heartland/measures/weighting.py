"""Draws of weights and structures: how much of a result is the choice of its author.

One stream per weight, channel or choice, so that a channel more or less moves no other draw.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from heartland.core.noise import SMALLEST, stream_uniforms
from heartland.measures.gamma import gamma_quantile
from heartland.measures.influence import ItemWeights
from heartland.measures.scores import STRUCTURES, CompiledSpec, Floats

__all__ = ["KAPPA", "bootstrap_weights", "central_weights", "structure_draws", "weight_draws"]

KAPPA = 20.0
MECHANISM = "measure"
_TRANSFORM_STEPS = (0.5, 0.75)
_RHO_STEP, _TOTAL_STEP = 0.6, 0.7


def central_weights(compiled: CompiledSpec, n: int) -> ItemWeights:
    """The declared weights repeated for n draws, shaped as `weight_draws`."""
    own = (*compiled.item_weights, compiled.w, compiled.u)
    bandwidth, dependence, w, u = (np.repeat(part[:, None], n, axis=1) for part in own)
    return bandwidth, dependence, w, u


def weight_draws(compiled: CompiledSpec, n: int, seed: int, kappa: float | str = KAPPA) -> ItemWeights:
    """Dirichlet draws of every weight simplex, Dirichlet(kappa * w0), from one gamma stream per weight.

    Parameters
    ----------
    kappa : concentration; `inf` keeps the declared weights, `"flat"` is Dirichlet(1)

    Returns
    -------
    Weights of the bandwidth items, the dependence items, and the domains for bandwidth and for dependence,
    (item or domain, draw) each, summing to 1 over each simplex. Both parts share the domains' draws.
    """
    if kappa != "flat" and np.isinf(float(kappa)):
        return central_weights(compiled, n)
    parts = []
    for items in (compiled.bandwidth, compiled.dependence):
        drawn = np.empty((len(items), n))
        for row, item in zip(drawn, items, strict=True):
            slot = f"{item.part}:{compiled.domains[item.domain]}:{item.channel}"
            row[...] = _gamma(item.weight, kappa, seed, slot, n)
        parts.append(_normalised(drawn, [item.domain for item in items]))
    domains = np.stack([
        _gamma(weight, kappa, seed, f"domain:{name}", n)
        for name, weight in zip(compiled.domains, compiled.declared.tolist(), strict=True)
    ])
    shares = []
    for own in (compiled.w, compiled.u):
        kept = domains * (own > 0)[:, None]
        shares.append(kept / np.maximum(kept.sum(axis=0), np.finfo(float).tiny))
    return parts[0], parts[1], shares[0], shares[1]


def _gamma(weight: float, kappa: float | str, seed: int, slot: str, n: int) -> Floats:
    u = stream_uniforms(seed, MECHANISM, "weights", slot, n)
    shape = 1.0 if kappa == "flat" else float(kappa) * weight
    return gamma_quantile(shape, np.maximum(u, SMALLEST))


def _normalised(drawn: Floats, domains: list[int]) -> Floats:
    """Rows divided by their sum within each domain; a row alone is exactly 1."""
    groups = np.array(domains, dtype=np.int64)
    for domain in set(domains):
        rows = groups == domain
        drawn[rows] /= drawn[rows].sum(axis=0)
    return drawn


def bootstrap_weights(compiled: CompiledSpec, weights: ItemWeights, seed: int) -> ItemWeights:
    """Weights after a bootstrap over channels within domains; at least one channel of a part is kept.

    Each channel is kept 0, 1, 2 ... times (Poisson with mean 1, one stream per channel and domain), which is
    the bootstrap that leaves other channels' draws alone when one is added.
    """
    n = weights[0].shape[1]
    steps = np.cumsum([math.exp(-1) / math.factorial(k) for k in range(12)])
    parts = []
    for items, own in zip((compiled.bandwidth, compiled.dependence), weights[:2], strict=True):
        drawn = np.empty_like(own)
        luck = np.empty_like(own)
        for place, item in enumerate(items):
            slot = f"{compiled.domains[item.domain]}:{item.channel}"
            luck[place] = stream_uniforms(seed, MECHANISM, "bootstrap", slot, n)
            drawn[place] = own[place] * np.searchsorted(steps, luck[place], side="right")
        for domain in {item.domain for item in items}:
            rows = np.array([place for place, item in enumerate(items) if item.domain == domain])
            empty = np.flatnonzero(drawn[rows].sum(axis=0) <= 0)
            best = rows[luck[rows][:, empty].argmax(axis=0)]
            drawn[best, empty] = 1.0
        parts.append(_normalised(drawn, [item.domain for item in items]))
    return parts[0], parts[1], weights[2], weights[3]


def structure_draws(n: int, seed: int) -> npt.NDArray[np.int64]:
    """Positions in `STRUCTURES`, (draw,): transform log .5, linear .25, ecdf .25; rho 1 .6, .5 .4; total
    product .7, sum .3."""
    u = [stream_uniforms(seed, MECHANISM, "structure", slot, n) for slot in ("transform", "rho", "total")]
    transform = np.searchsorted(_TRANSFORM_STEPS, u[0], side="right")
    place = transform * 4 + (u[1] >= _RHO_STEP) * 2 + (u[2] >= _TOTAL_STEP)
    assert len(STRUCTURES) == 12
    return np.asarray(place, dtype=np.int64)
