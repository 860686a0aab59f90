"""What a scenario's file says that only its region can judge: units, levers, systems and sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from heartland.core.interventions import parse_intervention
from heartland.core.tree import Call, Given, Name, Node, Where
from heartland.core.units import known_units
from heartland.core.yamlio import YamlNode
from heartland.errors import Finding, HeartlandInputError, Place, suggestion
from heartland.scenarios.state import state_catalogue

if TYPE_CHECKING:
    from heartland.region.region import Region
    from heartland.scenarios.filing import Outcome
    from heartland.scenarios.scenario import Scenario

__all__ = ["check_scenario", "outcome_units"]

# units of what is measured or computed in runs, beside those of states and of the ledger
MEASURED = ("probability", "bits", "ratio")
# functions that leave the unit of a list of values as it is
REDUCED = ("mean", "max", "min", "sum")


def outcome_units() -> tuple[str, ...]:
    """Units that an outcome may have: those of the ledger, of the model's states, and of measures."""
    states = [spec.unit for spec in state_catalogue().values() if spec.unit not in ("", "1")]
    return tuple(dict.fromkeys((*MEASURED, *known_units(), *states)))


def check_scenario(scenario: Scenario, node: YamlNode, file: str, *, whole: bool) -> None:
    """Check the parts of a file that a wrong word could leave without effect.

    Parameters
    ----------
    node, file : the parsed file and its name in messages
    whole : systems and sources too; of a shipped file `validate` checks these

    Raises
    ------
    HeartlandInputError
        One finding for each mistake, with its place.
    """
    findings = [*_units(scenario, node, file), *_receivers(scenario, node, file)]
    if not findings:
        findings += _levers(scenario, node, file)
    if whole:
        findings += [*_systems(scenario, node, file), *_sources(scenario, node, file)]
    if findings:
        raise HeartlandInputError(findings)


def _place(node: YamlNode, file: str, *path: str | int) -> Place:
    row, column = node.at(path)
    return Place(file, row, str(column or ""))


def _units(scenario: Scenario, node: YamlNode, file: str) -> Iterator[Finding]:
    known = outcome_units()
    for number, item in enumerate(scenario.outcomes):
        place = _place(node, file, "outcomes", number, "unit")
        if item.unit not in known:
            yield Finding(
                "E", "outcome-unit", place, f'"{item.unit}" is not a unit.',
                "A reader could not tell what the number counts.",
                suggestion(item.unit, known, listing=f"Units: {', '.join(known)}."),
            )  # fmt: skip
            continue
        own = _unit_read(item)
        if own and own.replace(" ", "-") != item.unit.replace(" ", "-"):
            yield Finding(
                "E", "outcome-unit", place, f'outcome "{item.id}" is read in {own}, not in "{item.unit}".',
                "Nothing converts it on the way.", f"Write unit: {own}.",
            )  # fmt: skip


def _unit_read(item: Outcome) -> str:
    """Unit of the state that an outcome reads as it is, alone or averaged; empty where it computes more."""
    tree: Node = item.tree.expression if isinstance(item.tree, Given) else item.tree
    while isinstance(tree, Call) and tree.function in REDUCED and len(tree.arguments) == 1:
        tree = tree.arguments[0]
    if not isinstance(tree, Call) or tree.function != "value" or not tree.arguments:
        return ""
    first = tree.arguments[0]
    spec = state_catalogue().get(first.text.replace("-", "_")) if isinstance(first, Name) else None
    return spec.unit if spec is not None and spec.unit != "1" else ""


def _levers(scenario: Scenario, node: YamlNode, file: str) -> Iterator[Finding]:
    from heartland.scenarios.compile import operations_of
    from heartland.scenarios.filing import Patch

    for number, text in enumerate(scenario.levers):
        place = _place(node, file, "levers", number)
        try:
            do = parse_intervention(text, Where(file, place.row))
            lever = Patch(do, "lever", assumption="lever")
            operations_of(replace(scenario, patches=(lever,)))
        except HeartlandInputError as error:
            for finding in error.findings:
                yield finding if finding.place.file else replace(finding, place=place)


def _receivers(scenario: Scenario, node: YamlNode, file: str) -> Iterator[Finding]:
    known = _ids(scenario.region, "actors", "actor_id")
    for number, name in enumerate(scenario.receivers):
        if name not in known:
            yield Finding(
                "E", "scenario", _place(node, file, "receivers", number),
                f'"{name}" is not an actor of {scenario.region.id}.', "A receiver needs a row in actors.csv.",
                suggestion(name, known, listing="Known: heartland evidence list actors."),
            )  # fmt: skip


def _ids(region: Region, table: str, column: str) -> list[str]:
    return [str(name) for name in region.tables[table][column]] if table in region.tables else []


def _systems(scenario: Scenario, node: YamlNode, file: str) -> Iterator[Finding]:
    known = _ids(scenario.region, "systems", "system_id")
    named: list[tuple[tuple[str | int, ...], str]] = []
    if scenario.system:
        named.append((("system",), scenario.system))
    for key in ("also", "also_headline"):
        named += [((key, number), name) for number, name in enumerate(getattr(scenario, key))]
    for path, name in named:
        if name not in known:
            yield Finding(
                "E", "scenario", _place(node, file, *path),
                f'"{name}" is no system of {scenario.region.id}.',
                "A scenario answers for systems of systems.csv.",
                suggestion(name, known, listing=f"Known: {', '.join(known)}."),
            )  # fmt: skip


def _sources(scenario: Scenario, node: YamlNode, file: str) -> Iterator[Finding]:
    known = set(_ids(scenario.region, "sources", "source_id"))
    for number, patch in enumerate(scenario.patches):
        if patch.source and patch.source not in known:
            yield Finding(
                "E", "patch-source", _place(node, file, "patches", number, "source"),
                f'"{patch.source}" is not a source.', "A change without origin cannot be judged.",
                suggestion(patch.source, known, listing="Write a source id, or an assumption."),
            )  # fmt: skip
