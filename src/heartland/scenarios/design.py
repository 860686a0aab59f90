"""The design of a sweep: scenarios x values of factors x points of a Latin hypercube, and the reference.

Every point is run with the same random numbers; a parameter that a point sets is the same in all its members,
and all other parameters keep their draws, so that two points differ by what was varied and nothing else.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from heartland.core.expressions import parse as parse_expression
from heartland.core.hypercube import latin_hypercube
from heartland.core.interventions import parse_intervention
from heartland.errors import HeartlandInputError, suggestion
from heartland.scenarios.compile import priors_of
from heartland.scenarios.factors import AS_IT_IS, Factor, Level, Range, factor_of, patch_of
from heartland.scenarios.filing import Outcome, Patch
from heartland.scenarios.scenario import Scenario

if TYPE_CHECKING:
    from heartland.region.region import Region

__all__ = ["MOST_POINTS", "SCENARIO", "Design", "Levels", "Point"]

# name of the factor that the scenarios of a sweep are the values of
SCENARIO = "scenario"
MOST_POINTS = 20_000
WHY = "varied by the sweep"
_PLAIN = ("hypercube", "baseline", "members", "seed")

Levels = Mapping[str, Level]


@dataclass(frozen=True)
class Point:
    """One combination: the scenario by id, and the value of every factor and range by name."""

    scenario: str
    levels: Levels

    def to_json(self) -> dict[str, Any]:
        """As plain data; what is as it is stands for nothing and is left out."""
        kept = {name: level for name, level in self.levels.items() if level != AS_IT_IS}
        return {SCENARIO: self.scenario, "levels": kept}


@dataclass(frozen=True)
class Design:
    """Frozen description of a sweep, checked against its region when it is made.

    scenarios : of one region and one start, the first being that of the reference
    factors, ranges : what is varied over values, and over points of a hypercube
    hypercube : number of points of the hypercube, 0 without ranges
    reference : values of factors at the point that all others are compared with; default as it is
    outcomes : what is asked of every point
    baseline : whether each point is also compared with its scenario's baseline under the same values
    """

    scenarios: tuple[Scenario, ...]
    factors: tuple[Factor, ...] = ()
    ranges: tuple[Range, ...] = ()
    hypercube: int = 0
    reference: Levels = field(default_factory=dict)
    outcomes: tuple[Outcome, ...] = ()
    baseline: bool = False
    members: int = 256
    seed: int = 1

    def __post_init__(self) -> None:
        asked = self.outcomes or self.scenarios[0].outcomes
        object.__setattr__(self, "outcomes", tuple(asked))
        object.__setattr__(self, "reference", self._referred(dict(self.reference)))
        self._check()

    @property
    def region(self) -> Region:
        """The region of the scenarios."""
        return self.scenarios[0].region

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all factors and ranges."""
        return (*(item.name for item in self.factors), *(item.name for item in self.ranges))

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the factors and ranges that are parameters."""
        return (*(item.name for item in self.factors if item.parameter), *(item.name for item in self.ranges))

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """All points, the reference first; each combination stands once."""
        grid = itertools.product(*(factor.levels for factor in self.factors))
        combinations = [dict(zip((factor.name for factor in self.factors), row, strict=True)) for row in grid]
        cube = self._cube()
        listed = [Point(self.scenarios[0].id, self.reference)]
        for scenario in self.scenarios:
            for levels in combinations:
                listed += [Point(scenario.id, {**levels, **row}) for row in cube]
        return tuple({_key(point): point for point in listed}.values())

    def form(self, point: Point) -> tuple[Scenario, dict[str, float]]:
        """The scenario that a point runs, with its patches, and the parameters that it sets."""
        scenario = next(item for item in self.scenarios if item.id == point.scenario)
        return self._with(scenario, point), self.values(point)

    def base(self, point: Point) -> Scenario:
        """The baseline of a point's scenario under the values of the point."""
        scenario = next(item for item in self.scenarios if item.id == point.scenario)
        return self._with(scenario.baseline(), point)

    def values(self, point: Point) -> dict[str, float]:
        """Parameters that a point sets."""
        return {
            name: float(point.levels[name]) for name in self.parameters if point.levels[name] != AS_IT_IS
        }

    def to_json(self) -> dict[str, Any]:
        """As plain data, for manifests."""
        return {
            "scenarios": [item.to_json() for item in self.scenarios],
            "factors": [
                {"name": item.name, "levels": list(item.levels), "parameter": item.parameter}
                for item in self.factors
            ],
            "ranges": [vars(item) for item in self.ranges],
            "reference": dict(self.reference),
            "outcomes": [
                {name: getattr(item, name) for name in ("id", "question", "expression", "unit")}
                for item in self.outcomes
            ],
            **{name: getattr(self, name) for name in _PLAIN},
        }

    @classmethod
    def from_json(cls, region: Region, data: Mapping[str, Any]) -> Design:
        """Back from `to_json`."""
        return cls(
            tuple(Scenario.from_json(region, item) for item in data["scenarios"]),
            tuple(
                Factor(item["name"], tuple(item["levels"]), item["parameter"]) for item in data["factors"]
            ),
            tuple(Range(**item) for item in data["ranges"]),
            reference=data["reference"],
            outcomes=tuple(
                Outcome(**item, tree=parse_expression(item["expression"])) for item in data["outcomes"]
            ),
            **{name: data[name] for name in _PLAIN},
        )

    def _with(self, scenario: Scenario, point: Point) -> Scenario:
        texts = [patch_of(item.name, point.levels[item.name]) for item in self.factors if not item.parameter]
        made = tuple(Patch(parse_intervention(text), WHY, assumption=WHY) for text in texts if text)
        return replace(scenario, patches=(*scenario.patches, *made), outcomes=self.outcomes)

    def _cube(self) -> list[dict[str, Level]]:
        if not self.ranges:
            return [{}]
        priors: Mapping[str, Any] = priors_of(self.region)
        names = [item.name for item in self.ranges]
        shares = latin_hypercube(self.seed, names, self.hypercube)
        columns = [
            item.at(shares[:, place], priors[item.name]) for place, item in enumerate(self.ranges)
        ]
        return [
            {name: float(column[row]) for name, column in zip(names, columns, strict=True)}
            for row in range(self.hypercube)
        ]

    def _referred(self, given: dict[str, Level]) -> dict[str, Level]:
        """Values of the reference, checked, with what is not named as it is."""
        for name in given:
            if name not in self.names:
                raise HeartlandInputError.at(
                    f'The reference names "{name}", which the sweep does not vary.',
                    why="All points have the same value of it.",
                    fix=suggestion(name, self.names, listing=f"Varied: {', '.join(self.names)}."),
                    check="sweep",
                )  # fmt: skip
            given[name] = factor_of(self.region, name, (given[name],)).levels[0]
        return {name: given.get(name, AS_IT_IS) for name in self.names}

    def _check(self) -> None:
        starts = {(item.start, item.months, item.known_by) for item in self.scenarios}
        if len(starts) > 1:
            raise _wrong(
                f"The scenarios have other spans: {', '.join(_span(item) for item in self.scenarios)}.",
                "Only runs over one span can be compared member by member.",
                "Sweep them one by one, or give them the same start and horizon.",
            )
        named = (*(item.id for item in self.scenarios), *self.names)
        twice = [name for place, name in enumerate(named) if name in named[:place]]
        if twice:
            raise _wrong(f"{twice[0]} is varied twice.", "A point has one value of it.", "Keep one.")
        if bool(self.ranges) != bool(self.hypercube):
            missing = "ranges" if self.hypercube else "points"
            raise _wrong(
                f"A Latin hypercube without {missing}.", "It places points in the ranges of parameters.",
                "Give both: --lhs 200 --range PARAMETER=LOW:HIGH.",
            )  # fmt: skip
        if not self.outcomes:
            raise _wrong(
                f"{self.scenarios[0].id} asks nothing.", "A sweep is a table of answers.",
                "Add outcomes to the scenario, or take another.",
            )  # fmt: skip
        many = len(self.scenarios) * max(self.hypercube, 1)
        for factor in self.factors:
            many *= len(factor.levels)
        if many > MOST_POINTS:
            raise _wrong(
                f"The sweep has {many:,} points.", f"It may have {MOST_POINTS:,}.",
                "Give fewer values, or replace the grid by a Latin hypercube (--lhs).",
            )  # fmt: skip


def _wrong(what: str, why: str, fix: str) -> HeartlandInputError:
    return HeartlandInputError.at(what, why=why, fix=fix, check="sweep")


def _span(scenario: Scenario) -> str:
    return f"{scenario.id} on {scenario.start} for {scenario.months} months"


def _key(point: Point) -> tuple[Any, ...]:
    return (point.scenario, *sorted((name, str(level)) for name, level in point.levels.items()))
