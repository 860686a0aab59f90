"""How good the data behind a number are: coverage, age, disagreement and the data grade."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from heartland.measures.inputs import ASSUMED, Inputs
from heartland.measures.scores import Floats

__all__ = ["DISPUTED", "GRADES", "Quality", "grade", "quality", "worst"]

GRADES = ("A", "B", "C", "D")
DISPUTED = 0.3
# Grade A, B, C: least coverage, greatest age in years, greatest disagreement.
_LIMITS = ((0.9, 1.0, 0.1), (0.75, 2.0, 0.25), (0.5, 3.0, 0.5))
_SLACK = 1e-9

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Quality:
    """Data quality of cells, all arrays of one shape.

    coverage : known part of the declared weight, [0, 1];  age : weighted mean, years
    disagreement : weighted mean over inputs with two or more independent sources, [0, 1]; NaN without any
    grade : position in `GRADES`;  single : no input has a second source;  imputed : some input is assumed
    """

    coverage: Floats
    age: Floats
    disagreement: Floats
    grade: npt.NDArray[np.int8]
    single: Bools
    imputed: Bools


def quality(
    inputs: Inputs, channels: Sequence[str], weights: Floats, coverage: Floats, used: Bools | None = None,
) -> Quality:
    """Quality of a number made from some channels of each cell.

    Parameters
    ----------
    inputs : cells (giver, receiver, channel, time)
    channels : one per weight; a channel may stand twice
    weights : (item,) declared weights of the inputs
    coverage : (giver, receiver, time)
    used : (item, giver, receiver, time), inputs that enter; default those with a known value

    Returns
    -------
    Quality of shape (giver, receiver, time)
    """
    place = {name: k for k, name in enumerate(inputs.channels)}
    kept = [k for k, name in enumerate(channels) if name in place]
    columns = [place[channels[k]] for k in kept]
    value, age, split, status = (
        np.moveaxis(part[:, :, columns], 2, 0)
        for part in (inputs.value, inputs.age, inputs.disagreement, inputs.status)
    )
    known = ~np.isnan(value) if used is None else used[kept] & ~np.isnan(value)
    weight = weights[kept].reshape(-1, 1, 1, 1) * known
    measured = np.isfinite(split) & known
    assumed = _mean(np.where(status == ASSUMED, 1.0, 0.0), weight)
    shares = _mean(np.where(measured, split, 0.0), weight * measured)
    ages = _mean(np.nan_to_num(age), weight * np.isfinite(age))
    return Quality(
        coverage=coverage, age=ages, disagreement=shares, grade=grade(coverage, ages, shares, assumed),
        single=np.asarray(known.any(axis=0) & ~measured.any(axis=0)),
        imputed=np.nan_to_num(assumed) > 0,
    )


def grade(coverage: Floats, age: Floats, disagreement: Floats, assumed: Floats) -> npt.NDArray[np.int8]:
    """Data grade, as a position in `GRADES`, set by the worst of the items.

    Parameters
    ----------
    coverage, age, disagreement : as in `Quality`; an unknown disagreement counts as B, an unknown age as D
    assumed : weight of imputed or assumed inputs over the weight known; above one half gives D
    """
    found = np.zeros(np.broadcast_shapes(coverage.shape, age.shape, disagreement.shape), dtype=np.int8)
    single = np.isnan(disagreement)
    for place, (least, oldest, widest) in enumerate(_LIMITS, 1):
        fits = (coverage >= least - _SLACK) & (age <= oldest + _SLACK)
        fits &= (disagreement <= widest + _SLACK) | (single & (place > 1))
        found = np.where(fits, found, np.maximum(found, place)).astype(np.int8)
    return np.where(assumed > 0.5 + _SLACK, np.int8(3), found)


def worst(first: Quality, second: Quality) -> Quality:
    """Quality of a number made from two cells: the lesser coverage, the greater age and disagreement."""
    return Quality(
        coverage=np.fmin(first.coverage, second.coverage),
        age=np.fmax(first.age, second.age),
        disagreement=np.fmax(first.disagreement, second.disagreement),
        grade=np.maximum(first.grade, second.grade),
        single=first.single & second.single,
        imputed=first.imputed | second.imputed,
    )


def _mean(values: Floats, weight: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((values * weight).sum(axis=0) / weight.sum(axis=0))
