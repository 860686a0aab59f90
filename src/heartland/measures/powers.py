"""What measures over the powers of a receiver share: which powers count, quality over them, two dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from heartland.errors import HeartlandInputError, suggestion
from heartland.measures.block import Cells, code
from heartland.measures.influence import LEAST_COVERAGE
from heartland.measures.inputs import Inputs
from heartland.measures.quality import Quality, grade
from heartland.measures.registry import Request
from heartland.measures.scores import Floats

__all__ = [
    "at_time", "enough", "external", "flag", "over_powers", "quantity_asked", "two_dates",
]

Bools = npt.NDArray[np.bool_]
_QUANTITIES = ("influence", "bandwidth", "dependence")


def external(inputs: Inputs) -> list[int]:
    """Positions of the powers from outside: givers that are no receivers."""
    return [place for place, name in enumerate(inputs.givers) if name not in inputs.receivers]


def flag(request: Request, name: str) -> bool:
    """An option that is on or off; off where it is not given."""
    value = request.options.get(name, False)
    return value.strip().lower() in ("yes", "true", "1", "on") if isinstance(value, str) else bool(value)


def quantity_asked(request: Request) -> str:
    """The option `strength` where only an index can be meant: influence (default), bandwidth, dependence.

    Raises
    ------
    HeartlandInputError
        On any other word.
    """
    word = str(request.options.get("strength", "influence"))
    if word not in _QUANTITIES:
        raise HeartlandInputError.at(
            f'"{word}" is not a strength of this measure.', check="measure-strength",
            why="It is computed from one index of all givers.",
            fix=suggestion(word, _QUANTITIES, listing=f"Choices: {', '.join(_QUANTITIES)}."),
        )
    return word


def two_dates(inputs: Inputs, request: Request) -> tuple[int, int] | None:
    """Positions of the options `t0` and `t1`, default the first and the last date; None with one date only.

    Raises
    ------
    HeartlandInputError
        If a date is not computed here, or they are in the wrong order.
    """
    days = [day.isoformat() for day in inputs.times]
    found = []
    for name, default in (("t0", days[0]), ("t1", days[-1])):
        asked = request.options.get(name)
        word = asked.isoformat() if isinstance(asked, date) else str(asked or default)
        if word not in days:
            raise HeartlandInputError.at(
                f'{name} "{word}" is not among the dates computed.', check="measure-dates",
                why="A change needs both of its dates.",
                fix=suggestion(word, days, listing=f"Dates: {days[0]} to {days[-1]}."),
            )
        found.append(days.index(word))
    if found[0] > found[1]:
        raise HeartlandInputError.at(
            f"t0 {days[found[0]]} lies after t1 {days[found[1]]}.", check="measure-dates",
            why="A change runs forward in time.", fix="Swap them.",
        )
    return None if found[0] == found[1] else (found[0], found[1])


def enough(cells: Cells) -> tuple[Bools, Bools]:
    """Where the powers' strengths (power, ...rest) are known, and where at least half of them are.

    Powers known to be 0, powers that did not exist then and a receiver itself do not count, so that a power
    without ties changes nothing.
    """
    known = ~np.isnan(cells.value)
    missed = ~known & ~np.isin(cells.reason, (code("not-born"), code("self"), code("not-applicable")))
    count = (known & (np.nan_to_num(cells.value) > 0)).sum(axis=0)
    return known, np.asarray(known.any(axis=0) & (count >= LEAST_COVERAGE * (count + missed.sum(axis=0))))


def over_powers(cells: Cells, value: Floats, low: Floats, high: Floats, why: npt.NDArray[np.int8]) -> Cells:
    """Cells made from all powers (first axis): summed counts, mean coverage, else the worst of those known.

    value, low, high, why : (...rest) of the result; `why` is the reason where the value is missing
    """
    known, _ = enough(cells)
    q = cells.quality
    cover = _mean_cover(cells, known)
    age, split = _largest(q.age, known), _largest(q.disagreement, known)
    own = grade(cover, age, split, np.zeros(cover.shape))
    worst = np.where(known, q.grade, 0).max(axis=0)
    found = Quality(
        cover, age, split, np.maximum(own, worst).astype(np.int8),
        np.asarray((q.single | ~known).all(axis=0) & known.any(axis=0)),
        np.asarray((q.imputed & known).any(axis=0)),
    )
    absent = np.isnan(value)
    flags = {name: np.asarray((where & known).any(axis=0) & ~absent) for name, where in cells.flags.items()}
    flags["renormalised"] = flags.get("renormalised", np.zeros(value.shape, dtype=bool)) | (
        ~absent & (~known & (cells.reason != code("self"))).any(axis=0)
    )
    return Cells(
        value, np.where(absent, np.nan, low), np.where(absent, np.nan, high),
        np.where(absent, why, 0).astype(np.int8), cells.n_used.sum(axis=0), cells.n_missing.sum(axis=0),
        found, flags,
    )


def _mean_cover(cells: Cells, known: Bools) -> Floats:
    """Mean coverage of the powers whose strength is unknown or above 0; of all where there is none."""
    cover = np.nan_to_num(cells.quality.coverage)
    counted = ~known | (np.nan_to_num(cells.value) > 0)
    counted &= ~np.isin(cells.reason, (code("not-born"), code("self"), code("not-applicable")))
    counted = np.where(counted.any(axis=0), counted, True)
    return np.asarray((cover * counted).sum(axis=0) / counted.sum(axis=0))


def _largest(values: Floats, known: Bools) -> Floats:
    live = np.where(known & ~np.isnan(values), values, -np.inf).max(axis=0)
    return np.where(np.isfinite(live), live, np.nan)


def at_time(inputs: Inputs, place: int) -> Inputs:
    """The inputs of one date alone."""
    def cut(values: Any) -> Any:
        return values[..., place : place + 1]

    series = inputs.series
    if series is not None and len(series):
        series = series[series["time"] == place].assign(time=0)
    return replace(
        inputs, times=(inputs.times[place],), value=cut(inputs.value), sd=cut(inputs.sd),
        age=cut(inputs.age), disagreement=cut(inputs.disagreement), status=cut(inputs.status),
        n_groups=cut(inputs.n_groups), total=cut(inputs.total),
        base={name: cut(values) for name, values in inputs.base.items()}, series=series,
        flags={name: cut(values) for name, values in inputs.flags.items()},
        imputed=None if inputs.imputed is None else cut(inputs.imputed),
    )
