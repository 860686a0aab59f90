"""Exact steps shared by the mechanisms: mean reversion, growth split into parts, unknown weights."""

from __future__ import annotations

from collections.abc import Mapping

from heartland.core.arrays import Array, everywhere, kept, namespace, nowhere

__all__ = ["known", "log_mean", "rate_weight", "reversion", "shock", "split_growth", "student6"]

# Odd polynomial of a standard normal with variance 1 and excess kurtosis 3 exactly, fitted in mean square
# to the quantiles of Student's t with 6 degrees of freedom scaled by sqrt(2/3). Its quantiles are within
# 0.3 % of the true ones up to |z| = 3, 1 % up to 5 and 10 % up to 6.
_T6 = (0.8493568918597528, 0.0398687993658040, 0.0008605135923837, 0.0000770930145869)


@kept
def known(x: Array) -> Array:
    """Same array with 0 where a value is unknown (not finite): an unknown weight carries nothing."""
    xp = namespace(x)
    finite = xp.isfinite(x)
    if everywhere(finite):
        return x
    return xp.where(finite, x, xp.zeros((), dtype=x.dtype))


@kept
def reversion(persistence: Array, dt: float) -> Array:
    """Part of the gap to the target that closes in one step: 1 - persistence**dt; same shape.

    persistence : share of a gap left after one year, in [0, 1];  dt : years
    """
    return 1.0 - persistence**dt


@kept
def rate_weight(persistence: Array, dt: float) -> Array:
    """Weight of a rate of change that is white noise (a random walk's), in place of 1 - persistence**dt.

    sqrt(-ln(phi) dt (1 - phi**(2 dt)) / 2) gives the variance of the exact continuous filter at every step
    size; it equals 1 - phi**dt to 0.1 % for a month at phi = 0.4. persistence : per year, in (0, 1).
    """
    xp = namespace(persistence)
    phi = xp.where(persistence < 1e-6, xp.full_like(persistence, 1e-6), persistence)
    return xp.sqrt(-0.5 * dt * xp.log(phi) * (1.0 - phi ** (2 * dt)))


@kept
def shock(persistence: Array, volatility: Array, dt: float) -> Array:
    """Standard deviation of one step's innovation, so that the stationary variance is free of dt.

    sd * sqrt((1 - phi**(2 dt)) / (1 - phi**2)), and sd * sqrt(dt) at phi = 1 (a random walk); Uhlenbeck
    and Ornstein 1930. volatility : innovation sd of a whole year, >= 0;  shapes broadcast.
    """
    xp = namespace(persistence)
    room = 1.0 - persistence**2
    walk = room < 1e-9
    ratio = (1.0 - persistence ** (2 * dt)) / xp.where(walk, xp.ones_like(room), room)
    return volatility * xp.sqrt(xp.where(walk, xp.full_like(room, dt), ratio))


def split_growth(level: Array, logs: Mapping[str, Array]) -> dict[str, Array]:
    """Increment level * (exp(sum of logs) - 1), split in proportion to the log changes.

    The weight is the logarithmic mean of old and new level (Ang 2004, Energy Policy 32), so the parts sum
    to the exact increment and do not depend on an order. Each part has the shape of `level`, to which the
    logs must broadcast.
    """
    mean = log_mean(level, sum(logs.values()))
    return {name: mean * part for name, part in logs.items()}


def log_mean(level: Array, change: Array) -> Array:
    """Logarithmic mean of a level and the same grown by exp(change): level (exp(change) - 1) / change."""
    xp = namespace(level)
    small = xp.abs(change) < 1e-9
    if nowhere(small):
        return level * (xp.expm1(change) / change)
    ratio = xp.expm1(change) / xp.where(small, xp.ones_like(change), change)
    return level * xp.where(small, 1.0 + change / 2, ratio)


def student6(z: Array) -> Array:
    """Standard normal draws turned into unit-variance draws close to Student's t with 6 degrees of freedom.

    z*(a + b z**2 + c z**4 + d z**6): variance 1, excess kurtosis 3 as the true law; beyond |z| = 5
    (one draw in 1.7 million) the tail is thinner than that of t. Same shape as z. The idea of a polynomial
    of a normal is Fleishman's (1978, Psychometrika 43); the coefficients are fitted here.
    """
    s = z * z
    return z * (_T6[0] + s * (_T6[1] + s * (_T6[2] + s * _T6[3])))
