"""Main effects of a sweep: what a value of a factor does on average over the values of all others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from heartland.scenarios.summary import Difference, effect, paired

if TYPE_CHECKING:
    from heartland.runs.sweep_result import Sweep

__all__ = ["main_effects", "mean_difference", "pair_effects"]


def mean_difference(found: Sweep, outcome: str, points: Sequence[int]) -> Difference:
    """Difference from the reference, averaged member by member over points; interval over parameter draws.

    Members without an answer at one of the points, or at the reference, are left out. NaN where none is left.
    """
    base = found.answer(0, outcome)
    others = [found.answer(point, outcome) for point in points]
    valid = np.logical_and.reduce([base.valid, *(other.valid for other in others)])
    delta = np.mean([paired(other, base) for other in others], axis=0)
    if not valid.any():
        nan = float("nan")
        return Difference(nan, nan, nan, nan, "none")
    return effect(np.where(valid, delta, 0.0), valid, "drawn")


def main_effects(found: Sweep, outcome: str) -> pd.DataFrame:
    """Differences from the reference by factor and value; of a range by point.

    Returns
    -------
    DataFrame of factor, level, value, low, high, points (how many the mean is of), in the order of the design
    """
    rows = []
    for name, groups in _groups(found).items():
        for level, points in groups:
            told = mean_difference(found, outcome, points)
            rows.append((name, level, told.value, told.low, told.high, len(points)))
    return pd.DataFrame(rows, columns=["factor", "level", "value", "low", "high", "points"])


def pair_effects(found: Sweep, outcome: str, across: str, down: str) -> pd.DataFrame:
    """Differences from the reference by the values of two factors: across, down, value, low, high, points."""
    design = found.design
    levels = {factor.name: factor.levels for factor in design.factors}
    rows = []
    for second in levels[down]:
        for first in levels[across]:
            points = [
                number for number in found.finished
                if (design.points[number].levels[across], design.points[number].levels[down])
                == (first, second)
            ]  # fmt: skip
            if points:
                told = mean_difference(found, outcome, points)
                rows.append((first, second, told.value, told.low, told.high, len(points)))
    return pd.DataFrame(rows, columns=["across", "down", "value", "low", "high", "points"])


def _groups(found: Sweep) -> dict[str, list[tuple[float | str, list[int]]]]:
    """Finished points by factor and value; those of a range one by one, in the order of the value."""
    design = found.design
    made: dict[str, list[tuple[float | str, list[int]]]] = {}
    for factor in design.factors:
        having = [
            (level, [n for n in found.finished if design.points[n].levels[factor.name] == level])
            for level in factor.levels
        ]
        made[factor.name] = [(level, points) for level, points in having if points]
    for item in design.ranges:
        placed: dict[float, list[int]] = {}
        for number in found.finished:
            level = design.points[number].levels[item.name]
            if isinstance(level, float):
                placed.setdefault(level, []).append(number)
        made[item.name] = [(level, placed[level]) for level in sorted(placed)]
    return made
