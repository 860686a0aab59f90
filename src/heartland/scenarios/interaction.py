"""Do two changes together do more, or less, than the sum of each alone?

With y0 the outcome of a member in the baseline, y1 ... yk with one of k scenarios alone, and y with all of
them, its interaction is (y - y0) - sum of (yi - y0), in the outcome's unit; a probability is additive here
too. All runs share their random numbers, so a scenario that changes nothing has an interaction of exactly 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from heartland.scenarios.answers import carried_by, sign_of, standing_of, summaries
from heartland.scenarios.compile import priors_of
from heartland.scenarios.outcomes import Answer, answer
from heartland.scenarios.summary import Difference, OutcomeSummary, effect, paired

if TYPE_CHECKING:
    from heartland.scenarios.ensemble import Ensemble
    from heartland.scenarios.scenario import Outcome

__all__ = ["Interaction", "Part", "interactions"]


@dataclass(frozen=True)
class Part:
    """One scenario alone: its id, its title, and its difference from the baseline."""

    scenario: str
    title: str
    difference: Difference


@dataclass(frozen=True)
class Interaction:
    """One outcome with each scenario alone, with all of them, and what the sum leaves open.

    answer : the outcome of the joint run
    alone, together, rest : differences over the members that have a value in every run, so that
        together = sum of alone + rest
    n : those members
    """

    answer: OutcomeSummary
    alone: tuple[Part, ...]
    together: Difference
    rest: Difference
    n: int

    def to_json(self) -> dict[str, Any]:
        """The outcome object of a run, with `alone`, `together` and `interaction` beside it."""
        return {
            **self.answer.to_json(),
            "alone": [{"scenario": item.scenario, **_plain(item.difference)} for item in self.alone],
            "together": _plain(self.together),
            "interaction": {**_plain(self.rest), "n": self.n},
        }


def _plain(found: Difference) -> dict[str, Any]:
    numbers = {name: getattr(found, name) for name in ("value", "low", "high", "p_sign")}
    return {
        **{name: float(value) if np.isfinite(value) else None for name, value in numbers.items()},
        "sign": found.sign,
    }


def interactions(together: Ensemble, base: Ensemble, alone: Sequence[Ensemble]) -> list[Interaction]:
    """Interaction for each outcome of the joint run.

    Parameters
    ----------
    together : the composed scenario;  base : its baseline;  alone : each of its scenarios alone

    Raises
    ------
    HeartlandInputError
        If the runs do not share seed, members and dates.
    """
    for run in (together, *alone):
        run.contrast(base)
    rows = {row.id: row for row in summaries(together, base)}
    return [_interaction(together, base, alone, item, rows[item.id]) for item in together.scenario.outcomes]


def _interaction(
    together: Ensemble, base: Ensemble, alone: Sequence[Ensemble], item: Outcome, row: OutcomeSummary
) -> Interaction:
    standings = standing_of(priors_of(together.scenario.region))
    both, without = answer(item.tree, together.view), answer(item.tree, base.view)
    ones = [answer(item.tree, run.view) for run in alone]
    valid = reduce(np.logical_and, (found.valid for found in (both, without, *ones)))
    whole, *each = (paired(found, without) for found in (both, *ones))
    with np.errstate(invalid="ignore"):
        rest = whole - sum(each[1:], start=each[0])
        summed = Answer(without.values + (whole - rest), valid, both.binary)
    carried = carried_by(together, base, item)
    parts = []
    for run, found, delta in zip(alone, ones, each, strict=True):
        sign = sign_of(found, without, carried_by(run, base, item), standings)
        parts.append(Part(run.scenario.id, run.scenario.title, effect(delta, valid, sign)))
    return Interaction(
        row,
        tuple(parts),
        effect(whole, valid, sign_of(both, without, carried, standings)),
        effect(rest, valid, sign_of(both, summed, carried, standings)),
        int(valid.sum()),
    )
