"""Numbers for an answer: value, interval over parameter draws, difference, sign, evidence grade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from heartland.scenarios.outcomes import Answer
from heartland.scenarios.state import DRAW

__all__ = [
    "Difference",
    "OutcomeSummary",
    "Spread",
    "difference",
    "draw_effects",
    "effect",
    "grade",
    "paired",
    "spread_of",
]

Floats: TypeAlias = NDArray[np.float64]
GRADES = ((0.75, "A"), (0.5, "B"), (0.25, "C"))
TINY = 1e-9
# draws it takes before a share of them is called a probability
FEWEST = 8


@dataclass(frozen=True)
class Spread:
    """Value with the 5-95 % interval the contract asks for; NaN where there is none.

    n : members it rests on
    """

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Difference:
    """Mean paired difference, its interval over parameter draws and the share of draws with its sign.

    p_sign : NaN where the sign is not a finding (`sign` says why: assumed, by-construction, none)
    """

    value: float
    low: float
    high: float
    p_sign: float
    sign: str


@dataclass(frozen=True)
class OutcomeSummary:
    """One row of the answer."""

    id: str
    question: str
    unit: str
    spread: Spread
    baseline: Spread | None
    difference: Difference | None
    evidence_grade: str
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """Keys of the contract; no value is None."""
        change = _values(self.difference, ("value", "low", "high", "p_sign"))
        return {
            "id": self.id,
            "question": self.question,
            "unit": self.unit,
            "value": _plain(self.spread.value),
            "low": _plain(self.spread.low),
            "high": _plain(self.spread.high),
            "n": self.spread.n,
            "baseline": _values(self.baseline, ("value", "low", "high")),
            "difference": change and {**change, "sign": self.difference.sign if self.difference else ""},
            "evidence_grade": self.evidence_grade or None,
            "note": self.note,
        }  # fmt: skip


def _values(found: Spread | Difference | None, names: tuple[str, ...]) -> dict[str, float | None] | None:
    return None if found is None else {name: _plain(getattr(found, name)) for name in names}


def _plain(value: float) -> float | None:
    return None if not np.isfinite(value) else float(value)


def draw_effects(values: Floats, valid: NDArray[np.bool_]) -> tuple[float, Floats]:
    """Mean and effects by parameter draw, shrunk for the noise of 16 members a draw.

    e_d = m + B (dbar_d - m) with B = s2_between / (s2_between + s2_within / K), K the harmonic mean of the
    members a draw has.

    Parameters
    ----------
    values, valid : (member,)

    Returns
    -------
    mean over members, (draw,) effects; NaN and empty when no member is valid
    """
    if not valid.any():
        return float("nan"), np.empty(0)
    draw = np.arange(values.size) // DRAW
    chosen, x = draw[valid], values[valid]
    count = np.bincount(chosen)
    kept = count > 0
    total = np.bincount(chosen, x)
    mean_d = total[kept] / count[kept]
    mean = float(x.mean())
    if mean_d.size < 2:
        return mean, mean_d
    degrees = max(x.size - mean_d.size, 1)
    centred = x - (total / np.maximum(count, 1))[chosen]
    within = float((centred**2).sum()) / degrees
    size = mean_d.size / float((1.0 / count[kept]).sum())
    between = max(0.0, float(mean_d.var(ddof=1)) - within / size)
    weight = between / (between + within / size) if between + within > 0 else 0.0
    return mean, mean + weight * (mean_d - mean)


def _interval(values: Floats, valid: NDArray[np.bool_], mean: float, effects: Floats) -> tuple[float, float]:
    """5-95 % of the draws' effects, at least as wide as the Monte Carlo error of the mean (90 %).

    With few members a draw the effects may shrink to one value; the number is still not exact.
    """
    x, draw = values[valid], (np.arange(values.size) // DRAW)[valid]
    count = np.bincount(draw)
    means = np.bincount(draw, x)[count > 0] / count[count > 0]
    groups = means if means.size > 1 else x
    error = 1.645 * float(groups.std(ddof=1)) / np.sqrt(groups.size) if groups.size > 1 else 0.0
    low, high = (float(q) for q in np.quantile(effects, [0.05, 0.95]))
    return min(low, mean - error), max(high, mean + error)


def spread_of(found: Answer) -> Spread:
    """Probability with its interval over parameter draws, or median and 5-95 % over members."""
    n = int(found.valid.sum())
    if n == 0:
        return Spread(float("nan"), float("nan"), float("nan"), 0)
    if found.binary:
        mean, effects = draw_effects(found.values, found.valid)
        low, high = _interval(found.values, found.valid, mean, effects)
        return Spread(mean, max(low, 0.0), min(high, 1.0), n)
    known, at = found.values[found.valid], np.array([0.05, 0.5, 0.95])
    if np.isfinite(known).all():
        low, value, high = np.quantile(known, at)
    else:  # waiting times may be infinite, and nothing lies between a number and infinity
        low, value, high = np.quantile(known, at, method="inverted_cdf")
    return Spread(float(value), float(low), float(high), n)


def difference(treated: Answer, base: Answer, sign: str) -> Difference:
    """Paired difference of two runs with common random numbers.

    Parameters
    ----------
    sign : `drawn`, or why the direction is not a finding: `assumed`, `by-construction`
    """
    valid = treated.valid & base.valid
    return effect(paired(treated, base), valid, sign)


def paired(treated: Answer, base: Answer) -> Floats:
    """Difference member by member, 0 where either has no value and where a wait has no end in both."""
    valid = treated.valid & base.valid
    never = np.isinf(treated.values) & (treated.values == base.values)
    with np.errstate(invalid="ignore"):
        return np.where(valid & ~never, treated.values - base.values, 0.0)


def effect(delta: Floats, valid: NDArray[np.bool_], sign: str) -> Difference:
    """Mean of a paired difference with its interval over parameter draws; `sign` as for `difference`."""
    with np.errstate(invalid="ignore"):
        mean, effects = draw_effects(delta, valid)
    if not np.isfinite(effects).all() or not effects.size:
        nan = float("nan")
        return Difference(nan, nan, nan, nan, "none")
    low, high = _interval(delta, valid, mean, effects)
    if abs(mean) <= TINY and np.all(np.abs(delta) <= TINY):
        return Difference(mean, low, high, float("nan"), "none")
    share = float(np.mean((np.sign(effects) == np.sign(mean)) & (np.abs(effects) > TINY)))
    told = sign == "drawn" and effects.size >= FEWEST
    return Difference(mean, low, high, share if told else float("nan"), sign)


def grade(carried: Mapping[str, float], estimated: Mapping[str, float]) -> str:
    """Evidence grade: the part of the absolute split that rests on estimated or pooled parameters.

    Parameters
    ----------
    carried : absolute contribution by mechanism
    estimated : share of each mechanism's parameters that are estimated or pooled

    Returns
    -------
    A (>= .75), B (>= .5), C (>= .25) or D; empty when nothing was carried
    """
    whole = sum(carried.values())
    if not whole > 0:
        return ""
    share = sum(size * estimated.get(name, 0.0) for name, size in carried.items()) / whole
    return next((letter for least, letter in GRADES if share >= least), "D")
