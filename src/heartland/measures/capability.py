"""Material capability: the composite index of national capability, and surplus output, with draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from heartland.core.noise import stream_normals
from heartland.measures.draws import MECHANISM
from heartland.measures.scores import Floats

__all__ = [
    "COMPONENTS",
    "SUBSISTENCE",
    "Surplus",
    "cinc",
    "drawn_logs",
    "shares",
    "surplus",
    "surplus_draws",
    "system_totals",
]

# Components of the index (Singer, Bremer & Stuckey 1972).
COMPONENTS = ("milex", "milper", "irst", "pec", "tpop", "upop")
# Output a resident needs to live, 2011 PPP dollars a year: 3 a day (Anders, Fariss & Markowitz 2020).
SUBSISTENCE = 3.0 * 365


def system_totals(values: Floats) -> Floats:
    """Sums over all actors with a figure; (actor, ...rest) to (...rest), NaN where nobody has one."""
    known = ~np.isnan(values)
    return np.where(known.any(axis=0), np.where(known, values, 0.0).sum(axis=0), np.nan)


def shares(values: Floats, totals: Floats) -> Floats:
    """Shares of the observed total of the system; NaN where unknown or the total is 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(values / np.where(totals > 0, totals, np.nan))


def cinc(values: Floats, totals: Floats, *, renormalise: Floats | None = None) -> Floats:
    """Composite index of national capability.

    Parameters
    ----------
    values : (component, actor, ...rest) in any unit, NaN unknown
    totals : (component, ...) of the whole system in the same units, broadcasting to `values` (for one
        actor axis: `totals[:, None]`)
    renormalise : sum of the index over the system, by which to divide; the published index is not divided

    Returns
    -------
    (actor, ...rest): mean over the components observed **for that actor** of its share in the observed
    total of the system, NaN where none is observed. Sums over actors exceed 1 where figures are missing.
    An unknown component is left out, not read as 0: only this reproduces the published column.
    """
    parts = shares(values, totals)
    known = ~np.isnan(parts)
    count = known.sum(axis=0)
    found = np.where(known, parts, 0.0).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        index = found / np.where(count > 0, count, np.nan)
        return np.asarray(index if renormalise is None else index / renormalise)


def surplus(gdp: Floats, population: Floats) -> Floats:
    """Output beyond subsistence, max(GDP - 3 * 365 * population, 0), 2011 PPP dollars.

    Parameters
    ----------
    gdp : 2011 PPP dollars a year;  population : persons; of one shape

    Source: Anders, Fariss & Markowitz 2020.
    """
    return np.asarray(np.maximum(gdp - SUBSISTENCE * population, 0.0))


def drawn_logs(
    value: Floats, sd: Floats, component: str, slots: Sequence[str], seed: int, n: int,
) -> Floats:
    """Draws exp(N(ln value, sd)), (actor, time, draw), one stream per component and actor.

    Parameters
    ----------
    value : (actor, time) > 0, NaN unknown;  sd : of the natural logarithm, NaN or 0 exact
    slots : names of the actors; an actor errs the same way at all dates
    """
    names = [f"{component}:{slot}" for slot in slots]
    z = np.array([stream_normals(seed, MECHANISM, "capability", name, n) for name in names]).reshape(-1, n)
    return np.asarray(value[..., None] * np.exp(np.nan_to_num(sd)[..., None] * z[:, None]))


@dataclass(frozen=True)
class Surplus:
    """Surplus of actors with draws.

    value : (actor, time), 2011 PPP dollars;  log : its natural logarithm, NaN where the surplus is 0
    draws, log_draws : (actor, time, draw), the latter NaN where a draw has no surplus
    zero_share : (actor, time) share of draws without surplus, 0 without draws
    near_zero : where a draw has no surplus, or the centre has none
    """

    value: Floats
    log: Floats
    draws: Floats | None
    log_draws: Floats | None
    zero_share: Floats
    near_zero: npt.NDArray[np.bool_]


def surplus_draws(gdp: Floats, population: Floats, drawn: tuple[Floats, Floats] | None) -> Surplus:
    """Surplus and its logarithm from centres and, if any, drawn output and population.

    The centre never moves for the sake of a draw: where draws fall to 0, the value stays and is flagged, and
    the logarithm rests on the positive draws.
    """
    value = surplus(gdp, population)
    draws = logs = None
    zero = np.zeros(value.shape)
    if drawn is not None:
        draws = surplus(*drawn)
        logs = _log(draws)
        zero = np.where(np.isnan(value), 0.0, (draws <= 0).mean(axis=-1))
    return Surplus(value, _log(value), draws, logs, zero, (zero > 0) | (value <= 0))


def _log(values: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.log(np.where(values > 0, values, np.nan)))
