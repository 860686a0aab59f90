"""Poisson regression of flows with fixed effects of several factors: zeros stay in, no logarithm of a flow.

y = exp(x'b + effects) e, fitted by iteratively reweighted least squares with the effects swept out
(Santos Silva & Tenreyro 2006; Correia, Guimaraes & Zylkin 2020). Standard errors are clustered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from heartland.errors import HeartlandInputError
from heartland.measures.effects import Codes, Effects
from heartland.measures.scores import Floats
from heartland.measures.separation import separated

__all__ = ["PoissonFit", "fit_poisson"]

STEPS = 200
TOLERANCE = 1e-9
_FINE, _COARSE = 1e-11, 1e-3
# Largest relative gap between fitted and observed sums over a level of an effect; a level with next to no
# flow may keep a greater one, so only a few steps are spent on it.
_MARGIN, _EXTRA = 2e-7, 3


@dataclass(frozen=True)
class PoissonFit:
    """A fitted regression.

    coefficients : (regressor,);  covariance : (regressor, regressor), clustered
    effects : one array of fixed effects per factor, log scale, NaN for a level without a row used; unique up
        to constants that shift between factors
    fitted : (row,) expected flows, 0 for rows left out;  used : (row,) false where separated
    deviance, steps : at the end
    """

    coefficients: Floats
    covariance: Floats
    effects: tuple[Floats, ...]
    fitted: Floats
    used: npt.NDArray[np.bool_]
    deviance: float
    steps: int

    @property
    def errors(self) -> Floats:
        """Standard errors of the coefficients."""
        return np.sqrt(np.diag(self.covariance))


def fit_poisson(
    y: Floats, x: Floats, factors: Sequence[Codes], clusters: Codes | None = None, *,
    tolerance: float = TOLERANCE, steps: int = STEPS,
) -> PoissonFit:
    """Poisson pseudo-maximum likelihood with fixed effects.

    Parameters
    ----------
    y : (row,) flows, >= 0, any unit;  x : (row, regressor)
    factors : fixed effects, one array (row,) of level numbers each; none: a constant
    clusters : (row,) group numbers inside which errors may be related; default each row for itself
    tolerance : change of the deviance, relative to it;  steps : of reweighting, at most

    Raises
    ------
    HeartlandInputError
        On a negative or unknown number, regressors that the effects or each other explain, or no end.
    """
    _check(y, x)
    used = ~separated(y, x, factors)
    rows = np.flatnonzero(used)
    kept = [np.unique(factor[rows], return_inverse=True) for factor in factors]
    effects = Effects([place.astype(np.int64).reshape(-1) for _, place in kept], len(rows))
    # A common scale: the stopping rules do not depend on the unit of y.
    unit = float(y[rows].mean())
    state = _iterate(y[rows] / unit, x[rows], effects, tolerance, steps)
    level = state.effects + np.where(np.arange(effects.count) < effects.starts[1], np.log(unit), 0.0)
    fitted = np.zeros(len(y))
    fitted[rows] = state.mu * unit
    groups = np.arange(len(rows)) if clusters is None else _groups(clusters[rows])
    full = []
    for place, factor in enumerate(factors):
        own = np.full(int(factor.max()) + 1, np.nan)
        own[kept[place][0]] = level[effects.starts[place] : effects.starts[place + 1]]
        full.append(own)
    return PoissonFit(
        state.b,
        _clustered(state.swept, state.mu, y[rows] / unit - state.mu, groups, _freed(effects, groups)),
        tuple(full) if full else (level,), fitted, used, state.deviance * unit, state.steps,
    )


@dataclass(frozen=True)
class _State:
    b: Floats
    effects: Floats
    mu: Floats
    swept: Floats
    deviance: float
    steps: int


def _iterate(y: Floats, x: Floats, effects: Effects, tolerance: float, steps: int) -> _State:
    """Reweighted least squares; the sweep is coarse at first and fine at the end."""
    mu = (y + y.mean()) / 2
    eta = np.log(mu)
    last, fine, extra = np.inf, _COARSE, 0
    start: Floats | None = None
    for step in range(1, steps + 1):
        work = np.column_stack([eta + (y - mu) / mu, x])
        found = effects.fit(work, mu, start=start, tolerance=fine)
        swept = work - effects.spread(found)
        b = _solve(swept[:, 1:], swept[:, 0], mu)
        own = found[:, 0] - found[:, 1:] @ b
        eta, mu, deviance = _stepped(y, eta, x @ b + effects.spread(own[:, None])[:, 0], last)
        change = abs(last - deviance) / max(deviance, 0.1)
        if change < tolerance and fine <= _FINE:
            extra += 1
            if extra > _EXTRA or _margins_off(y, mu, effects) < _MARGIN:
                return _State(b, own, mu, swept[:, 1:], deviance, step)
        fine = max(_FINE, min(fine, change / 10 if np.isfinite(change) else fine))
        if change < 1e-4:
            fine = _FINE
        last, start = deviance, found
    raise HeartlandInputError.at(
        f"the gravity fit did not settle in {steps} steps.", check="ppml",
        why="Its numbers would depend on where it stopped.", fix="Look for regressors that hardly vary.",
    )


def _margins_off(y: Floats, mu: Floats, effects: Effects) -> float:
    sums = effects.sums(np.column_stack([y, mu]))
    return float(np.abs(sums[:, 1] / sums[:, 0] - 1).max())


def _stepped(y: Floats, old: Floats, new: Floats, last: float) -> tuple[Floats, Floats, float]:
    """Linear predictor, mean and deviance after a step, halved while it makes things much worse."""
    for _ in range(10):
        mu = np.exp(np.clip(new, -700.0, 700.0))
        deviance = _deviance(y, mu)
        if deviance <= last * (1 + 1e-6) or not np.isfinite(last):
            break
        new = (old + new) / 2
    return new, mu, deviance


def _deviance(y: Floats, mu: Floats) -> float:
    some = y > 0
    return float(2 * ((y[some] * np.log(y[some] / mu[some])).sum() - (y - mu).sum()))


def _solve(x: Floats, z: Floats, weights: Floats) -> Floats:
    if not x.shape[1]:
        return np.zeros(0)
    heavy = x * weights[:, None]
    return np.asarray(np.linalg.solve(heavy.T @ x, heavy.T @ z), dtype=np.float64)


def _freed(effects: Effects, groups: Codes) -> int:
    """Effects that cost degrees of freedom: not those of a factor with each level inside one cluster."""
    count = 0
    for factor, size in zip(effects.factors, effects.sizes, strict=True):
        first = np.zeros(size, dtype=np.int64)
        first[factor] = groups
        if (first[factor] != groups).any():
            count += size - (count > 0)
    return count


def _clustered(x: Floats, mu: Floats, off: Floats, groups: Codes, freed: int) -> Floats:
    """Sandwich covariance with scores summed by cluster, times G/(G-1) and (N-1)/(N-K)."""
    if not x.shape[1]:
        return np.zeros((0, 0))
    bread = np.linalg.inv((x * mu[:, None]).T @ x)
    count = int(groups.max()) + 1
    scores = np.column_stack([np.bincount(groups, weights=column * off, minlength=count) for column in x.T])
    n = len(mu)
    small = count / (count - 1) * (n - 1) / max(n - x.shape[1] - freed, 1)
    return np.asarray(bread @ (scores.T @ scores) @ bread * small)


def _groups(clusters: Codes) -> Codes:
    return np.unique(clusters, return_inverse=True)[1].astype(np.int64).reshape(-1)


def _check(y: Floats, x: Floats) -> None:
    if not (np.isfinite(y).all() and np.isfinite(x).all() and (y >= 0).all() and (y > 0).any()):
        raise HeartlandInputError.at(
            "flows or regressors are negative or unknown.", check="ppml",
            why="An unknown flow is no zero.", fix="Leave such rows out before the fit.",
        )
