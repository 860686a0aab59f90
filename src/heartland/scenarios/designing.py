"""Designs of sweeps from Python values, from the words of a command line, and from a YAML file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from heartland.core.tree import Where
from heartland.core.yamlio import YamlNode, check_model, read_yaml
from heartland.errors import HeartlandInputError, suggestion
from heartland.scenarios.design import Design
from heartland.scenarios.factors import Factor, Level, Range, factor_of, range_of, split_assignment
from heartland.scenarios.files import OutcomeFile
from heartland.scenarios.filing import Outcome, outcome_of
from heartland.scenarios.scenario import Scenario

if TYPE_CHECKING:
    from heartland.region.region import Region

__all__ = ["DesignFile", "design_of", "is_design", "levels_of", "read_design"]

MOST_MEMBERS = 100_000


class HypercubeFile(BaseModel):
    """A Latin hypercube of a design's file."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    points: int
    ranges: dict[str, str]


class DesignFile(BaseModel):
    """What a design's file may hold; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    scenarios: list[str]
    over: dict[str, list[float | bool | str]] = Field(default_factory=dict)
    hypercube: HypercubeFile | None = None
    reference: dict[str, float | bool | str] = Field(default_factory=dict)
    outcomes: list[str] = Field(default_factory=list)
    ask: list[OutcomeFile] = Field(default_factory=list)
    baseline: bool = False
    members: int = 256
    seed: int = 1


def design_of(
    scenarios: Sequence[Scenario],
    *,
    over: Mapping[str, Sequence[Any]],
    ranges: Mapping[str, Any],
    points: int = 0,
    reference: Mapping[str, Any] | None = None,
    outcomes: Sequence[str] = (),
    baseline: bool = False,
    members: int = 256,
    seed: int = 1,
) -> Design:
    """A design from Python values; arguments and errors as for `heartland.sweep`."""
    if not scenarios:
        raise HeartlandInputError.at("A sweep needs a scenario.", fix="Name one.", check="sweep")
    region = scenarios[0].region
    _check_members(members, Where())
    return Design(
        tuple(scenarios),
        tuple(factor_of(region, name, [_level(value) for value in levels]) for name, levels in over.items()),
        tuple(range_of(region, name, _range_text(value)) for name, value in ranges.items()),
        points,
        {name: _level(value) for name, value in (reference or {}).items()},
        _asked(scenarios[0], outcomes),
        baseline, members, seed,
    )  # fmt: skip


def levels_of(text: str) -> tuple[str, list[Level]]:
    """Factor and values of `NAME=VALUE,VALUE`, as a command line has them; raises as `split_assignment`."""
    name, values = split_assignment(text)
    return name, [_number_or_text(part.strip()) for part in values.split(",")]


def is_design(path: Path | str) -> bool:
    """Whether a YAML file is a design and not a scenario: it names scenarios, and has no start of its own."""
    value = read_yaml(path).value
    return isinstance(value, dict) and "start" not in value


def read_design(region: Region, path: Path | str, **given: Any) -> Design:
    """Read a design from a YAML file.

    Parameters
    ----------
    given : members and seed that stand in place of the file's, where they are not None

    Raises
    ------
    HeartlandInputError
        With file, row and column of every mistake, and near matches.
    """
    node = read_yaml(path)
    file = node.file
    content = check_model(node, DesignFile, file)
    scenarios = tuple(
        _scenario(region, name, _where(node, file, "scenarios", at))
        for at, name in enumerate(content.scenarios)
    )
    if not scenarios:
        place = _where(node, file, "scenarios")
        raise HeartlandInputError.at(
            "A sweep needs a scenario.", fix="Name at least one.", file=file, row=place.row, check="sweep"
        )
    factors: list[Factor] = []
    for name, levels in content.over.items():
        place = _where(node, file, "over", name)
        factors.append(factor_of(region, name, [_level(level) for level in levels], place))
    ranges: list[Range] = []
    if content.hypercube is not None:
        for name, text in content.hypercube.ranges.items():
            ranges.append(range_of(region, name, text, _where(node, file, "hypercube", "ranges", name)))
    asked = [outcome_of(item, node, file, at, "ask") for at, item in enumerate(content.ask)]
    outcomes = (*_asked(scenarios[0], content.outcomes), *asked) if content.outcomes or not asked else asked
    chosen = {name: getattr(content, name) for name in ("members", "seed")}
    chosen |= {name: value for name, value in given.items() if value is not None}
    _check_members(chosen["members"], _where(node, file, "members"))
    try:
        return Design(
            scenarios, tuple(factors), tuple(ranges),
            content.hypercube.points if content.hypercube is not None else 0,
            {name: _level(level) for name, level in content.reference.items()},
            tuple(outcomes), content.baseline, **chosen,
        )  # fmt: skip
    except HeartlandInputError as error:
        raise _placed(error, file) from None


def _placed(error: HeartlandInputError, file: str) -> HeartlandInputError:
    from dataclasses import replace

    from heartland.errors import Place

    return HeartlandInputError(
        [item if item.place.file else replace(item, place=Place(file)) for item in error.findings]
    )


def _where(node: YamlNode, file: str, *path: str | int) -> Where:
    return Where(file, node.key_at(path)[0])


def _scenario(region: Region, name: str, where: Where) -> Scenario:
    known = region.scenario_ids()
    if name not in known:
        raise HeartlandInputError.at(
            f'There is no scenario "{name}" in {region.id}.',
            fix=suggestion(name, known, listing=f"Known: {', '.join(known)}."), file=where.file,
            row=where.row, check="scenario",
        )  # fmt: skip
    return Scenario.load(region, name)


def _asked(scenario: Scenario, outcomes: Sequence[str]) -> tuple[Outcome, ...]:
    known = {item.id: item for item in scenario.outcomes}
    for name in outcomes:
        if name not in known:
            raise HeartlandInputError.at(
                f'"{name}" is not an outcome of {scenario.id}.',
                fix=suggestion(name, known, listing=f"Outcomes: {', '.join(known)}."), check="outcome",
            )  # fmt: skip
    return tuple(known[name] for name in outcomes) if outcomes else scenario.outcomes


def _check_members(members: int, where: Where) -> None:
    if not 1 <= members <= MOST_MEMBERS:
        raise HeartlandInputError.at(
            f"{members} members cannot be run at each point.",
            why=f"A point has 1 to {MOST_MEMBERS:,} members.", fix="Write --members 256.",
            file=where.file, row=where.row, check="members",
        )  # fmt: skip


def _level(value: Any) -> Level:
    """A value as levels hold it: yes and no for a boolean, numbers as floats."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return float(value) if isinstance(value, int | float) else str(value)


def _number_or_text(text: str) -> Level:
    try:
        return float(text)
    except ValueError:
        return text


def _range_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return ":".join(part if isinstance(part, str) else repr(float(part)) for part in value)
