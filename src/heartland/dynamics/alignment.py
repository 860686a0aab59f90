"""Positions on the scale of UN votes (row M24)."""

from __future__ import annotations

from heartland.core.arrays import Array, namespace
from heartland.dynamics.mechanism import mechanism
from heartland.dynamics.steps import known

__all__ = ["dependence_mean", "ideal_point"]


def dependence_mean(positions: Array, dependence: Array) -> Array:
    """Mean position of the powers a receiver depends on, weighted by dependence.

    positions : (power, member), UN scale;  dependence : (power, receiver, member), >= 0, NaN = unknown
    Returns (receiver, member); NaN where a receiver depends on nobody. Powers of unknown position drop out.
    """
    xp = namespace(positions)
    weight = known(dependence) * xp.astype(xp.isfinite(positions), positions.dtype)[:, None, :]
    mass = xp.sum(weight, axis=0)
    some = mass > 0
    mean = xp.sum(weight * known(positions)[:, None, :], axis=0) / xp.where(some, mass, xp.ones_like(mass))
    return xp.where(some, mean, xp.full_like(mass, xp.nan))


@mechanism(
    model="M24", phase="alignment", writes="ideal_point", axes="actor", unit="UN scale",
    source="Bailey, Strezhnev and Voeten 2017, Journal of Conflict Resolution 61(2)",
)
def ideal_point(
    ideal_point: Array, alignment_target: Array, *, pull: Array, volatility: Array, noise: Array, dt: float
) -> dict[str, dict[str, Array]]:
    """Position of each actor: a random walk, weakly drawn to the powers it depends on.

    v' = v + (1-exp(-b dt)) (target - v) + sd sqrt((1-exp(-2 b dt))/(2 b)) e; sd sqrt(dt) e without target

    ideal_point, noise : (actor, member), UN scale, N(0, 1)
    alignment_target : (actor, member), dependence-weighted mean of powers (`dependence_mean`), NaN = none
    pull : per year, >= 0, weak by design;  volatility : UN scale, sd of a year's change
    Range: -3 to 3. Cited: Bailey et al. 2017 (the scale); the pull is an assumption. Parts: pull, noise.
    Fails for sudden realignments after a change of government; votes are bought issue by issue.
    """
    xp = namespace(ideal_point)
    drawn = xp.isfinite(alignment_target + 0.0 * ideal_point)
    gap = known(alignment_target) - ideal_point
    x = 2.0 * dt * pull
    small = x < 1e-9
    shrink = xp.where(small, 1.0 - x / 2, -xp.expm1(-x) / xp.where(small, xp.ones_like(x), x))
    scale = xp.where(drawn, xp.sqrt(shrink) + 0.0 * ideal_point, xp.ones_like(ideal_point))
    return {"ideal_point": {
        "pull": xp.where(drawn, -xp.expm1(-dt * pull) * gap, 0.0 * ideal_point),
        "noise": volatility * dt**0.5 * scale * noise,
    }}
