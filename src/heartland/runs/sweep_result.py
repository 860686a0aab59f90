"""What a sweep found: answers by point, outcome and member, as one tidy table and one Dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from heartland.errors import HeartlandInputError, suggestion
from heartland.runs.points import BASELINE, VALUE, Floats
from heartland.scenarios.compile import priors_of
from heartland.scenarios.design import SCENARIO, Design, Point
from heartland.scenarios.factors import AS_IT_IS
from heartland.scenarios.outcomes import Answer, yes_or_no
from heartland.scenarios.priors import Prior, share_below
from heartland.scenarios.summary import difference, spread_of

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Sweep"]


@dataclass(frozen=True)
class Sweep:
    """The finished points of a sweep.

    arrays : answers, (finished point, outcome, member) by variable, NaN where a member has none
    finished : numbers of the finished points, ascending; 0 is the reference
    run_ids : of all points; equal settings on the same seed and members have the same
    evidence : grade of each outcome at the first scenario as it is
    card : provenance: id, hashes, versions, seed, members
    """

    design: Design
    arrays: Mapping[str, Floats]
    finished: tuple[int, ...]
    run_ids: tuple[str, ...]
    evidence: Mapping[str, str]
    card: Mapping[str, Any]
    folder: Path | None = None
    _found: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def __repr__(self) -> str:
        many = len(self.design.points)
        return f"Sweep({len(self.finished)} of {many} points, {self.design.members} members each)"

    @property
    def complete(self) -> bool:
        """Whether every point is there."""
        return len(self.finished) == len(self.design.points)

    def answer(self, point: int, outcome: str, variable: str = VALUE) -> Answer:
        """What the members of a point answer.

        point : number, 0 for the reference;  variable : `value`, or `baseline`

        Raises
        ------
        HeartlandInputError
            If there is no such outcome, or the point is not finished.
        """
        ids = [item.id for item in self.design.outcomes]
        if outcome not in ids:
            raise HeartlandInputError.at(
                f'"{outcome}" is no outcome of the sweep.',
                fix=suggestion(outcome, ids, listing=f"Outcomes: {', '.join(ids)}."), check="outcome",
            )  # fmt: skip
        if point not in self.finished:
            raise HeartlandInputError.at(
                f"Point {point} is not there.", why=f"{len(self.finished)} points are finished.",
                fix="Take up the sweep again, or name another.", check="sweep",
            )  # fmt: skip
        place = ids.index(outcome)
        values = self.arrays[variable][self.finished.index(point), place]
        return Answer(values, ~np.isnan(values), yes_or_no(self.design.outcomes[place].tree))

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row for each finished point and outcome.

        Columns: point, run_id, scenario, one for each factor and range (a number, the name of a choice, or
        `as-it-is`), outcome, unit; value, low, high, n; difference, difference_low, difference_high, p_sign
        of the paired difference from the reference (empty at the reference); with baselines also baseline,
        baseline_low, baseline_high, effect, effect_low, effect_high, effect_p_sign (the paired difference
        from the baseline under the same values); evidence_grade; note.
        """
        rows = [
            self._row(number, place) for number in self.finished for place in range(len(self.design.outcomes))
        ]
        found = pd.DataFrame(rows)
        for name in self.design.parameters:
            if (found[name] != AS_IT_IS).all():
                found[name] = found[name].astype(float)
        return found

    def _row(self, number: int, place: int) -> dict[str, Any]:
        point, item = self.design.points[number], self.design.outcomes[place]
        own = self.answer(number, item.id)
        told = spread_of(own)
        row = {
            "point": number, "run_id": self.run_ids[number], SCENARIO: point.scenario, **point.levels,
            "outcome": item.id, "unit": item.unit, "value": told.value, "low": told.low, "high": told.high,
            "n": told.n,
        }  # fmt: skip
        blank = number == 0 or 0 not in self.finished
        row |= _change("difference", "", own, None if blank else self.answer(0, item.id))
        if self.design.baseline:
            base = self.answer(number, item.id, BASELINE)
            known = spread_of(base)
            row |= {"baseline": known.value, "baseline_low": known.low, "baseline_high": known.high}
            row |= _change("effect", "effect_", own, base)
        left = self.design.members - told.n
        asked = f"asked of {told.n} of {self.design.members} members" if left else ""
        notes = "; ".join(part for part in (asked, *self._remarks(point)) if part)
        return row | {"evidence_grade": self.evidence.get(item.id, ""), "note": notes}

    def _remarks(self, point: Point) -> list[str]:
        """What a point sets to values that the prior hardly allows."""
        remarks = []
        for name, value in self.design.values(point).items():
            share = share_below(self._priors[name], value)
            if share < 0.05 or share > 0.95:
                remarks.append(f"{name} = {value:g} lies outside its prior's 5-95 %")
        return remarks

    @cached_property
    def _priors(self) -> Mapping[str, Prior]:
        found: Mapping[str, Prior] = priors_of(self.design.region)
        return found

    @cached_property
    def ds(self) -> xr.Dataset:
        """Answers as a Dataset on (point, outcome, member), with every factor as a coordinate of the points.

        Raises nothing for members without an answer: they are NaN.
        """
        import xarray as xr

        points = [self.design.points[number] for number in self.finished]
        coords: dict[str, Any] = {
            "point": list(self.finished),
            "outcome": [item.id for item in self.design.outcomes],
            "member": np.arange(self.design.members),
            "run_id": ("point", [self.run_ids[number] for number in self.finished]),
            SCENARIO: ("point", [point.scenario for point in points]),
            "unit": ("outcome", [item.unit for item in self.design.outcomes]),
        }
        for name in self.design.names:
            levels = [point.levels[name] for point in points]
            if name in self.design.parameters:
                levels = [np.nan if level == AS_IT_IS else level for level in levels]
            coords[name] = ("point", levels)
        data = {name: (("point", "outcome", "member"), array) for name, array in self.arrays.items()}
        return xr.Dataset(data, coords, {"seed": self.design.seed, **_texts(self.card)})

    def save(self, path: Path | str) -> Path:
        """Write the table as CSV, or as Parquet where the file's name ends so.

        Raises
        ------
        HeartlandInputError
            For another ending, or for Parquet without pyarrow.
        """
        target = Path(path)
        if target.suffix == ".csv":
            self.table.to_csv(target, index=False)
            return target
        if target.suffix != ".parquet":
            raise HeartlandInputError.at(
                f"{target.name} is no table that can be written.",
                fix="Let its name end in .csv or .parquet.", check="usage",
            )  # fmt: skip
        try:
            self.table.astype(
                {name: str for name in self.design.names if self.table[name].dtype == object}
            ).to_parquet(target, index=False)
        except ImportError:
            raise HeartlandInputError.at(
                "Parquet needs pyarrow, which is not installed.",
                fix="Install heartland[data], or write a .csv file.", check="usage",
            ) from None  # fmt: skip
        return target


def _change(name: str, before: str, own: Answer, other: Answer | None) -> dict[str, float]:
    """Paired difference of two answers, as columns."""
    columns = (name, f"{name}_low", f"{name}_high", f"{before}p_sign")
    if other is None:
        return dict.fromkeys(columns, float("nan"))
    found = difference(own, other, "drawn")
    return dict(zip(columns, (found.value, found.low, found.high, found.p_sign), strict=True))


def _texts(card: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in card.items() if isinstance(value, str | int)}
