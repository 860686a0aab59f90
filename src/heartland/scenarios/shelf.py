"""Which scenario answers for which system."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from heartland.core.yamlio import read_yaml
from heartland.errors import Finding, Place, suggestion
from heartland.scenarios.scenario import Scenario

if TYPE_CHECKING:
    from heartland.region.region import Region

__all__ = ["check_systems", "headlines", "headlines_of", "serving", "shelf"]


def shelf(region: Region) -> dict[str, Scenario]:
    """All scenarios of a region by id, in the order of their ids."""
    return {name: Scenario.load(region, name) for name in region.scenario_ids()}


def headlines_of(scenario: Scenario) -> tuple[str, ...]:
    """Systems whose headline question a scenario carries."""
    own = (scenario.system,) if scenario.headline and scenario.system else ()
    return tuple(dict.fromkeys((*own, *scenario.also_headline)))


def headlines(region: Region, scenarios: Mapping[str, Scenario] | None = None) -> dict[str, str]:
    """Id of the headline scenario of each system that has one, in the order of systems.csv."""
    known = shelf(region) if scenarios is None else scenarios
    found = {system: item.id for item in known.values() for system in headlines_of(item)}
    order = list(region.tables["systems"]["system_id"]) if "systems" in region.tables else []
    return {system: found[system] for system in [*order, *(set(found) - set(order))] if system in found}


def serving(region: Region, scenarios: Mapping[str, Scenario] | None = None) -> dict[str, tuple[str, ...]]:
    """Scenarios that serve each system, the headline first."""
    known = shelf(region) if scenarios is None else scenarios
    first = headlines(region, known)
    found: dict[str, dict[str, None]] = {system: {name: None} for system, name in first.items()}
    for name, item in known.items():
        for system in (item.system, *item.also, *item.also_headline):
            if system:
                found.setdefault(system, {})[name] = None
    return {system: tuple(names) for system, names in found.items()}


def check_systems(region: Region, scenario: Scenario, taken: dict[str, str]) -> list[Finding]:
    """Systems that a scenario names and the region does not know, and headlines that are taken.

    taken : scenario by system whose headline it carries; this scenario's are added
    """
    if "systems" not in region.tables:
        return []
    known = list(region.tables["systems"]["system_id"])
    shown = f"scenarios/{scenario.id}.yaml"
    node = read_yaml(region.scenario_file(scenario.id), shown)

    def at(key: str) -> Place:
        row, column = node.at((key,))
        return Place(shown, row, str(column))

    named = [("system", scenario.system)] if scenario.system else []
    named += [(key, name) for key in ("also", "also_headline") for name in getattr(scenario, key)]
    findings = [
        Finding(
            "E", "scenario", at(key), f'"{name}" is no system of {region.id}.',
            "A scenario answers for systems of systems.csv.",
            suggestion(name, known, listing=f"Known: {', '.join(known)}."),
        )
        for key, name in named
        if name not in known
    ]  # fmt: skip
    for system in headlines_of(scenario):
        if system in taken:
            findings.append(
                Finding(
                    "E", "scenario", at("headline" if system == scenario.system else "also_headline"),
                    f'the headline of "{system}" is carried by {taken[system]} already.',
                    "A system has one headline scenario.", "Name the system under also: instead.",
                )
            )  # fmt: skip
        taken.setdefault(system, scenario.id)
    return findings
