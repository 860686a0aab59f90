"""Everything about a region folder that can be checked without running it to the end."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

from heartland.core.yamlio import YamlNode, read_yaml
from heartland.dynamics.mechanism import catalogue
from heartland.errors import Finding, HeartlandInputError, Place, suggestion
from heartland.region.region import Region, validate_folder
from heartland.scenarios.cases import check_cases
from heartland.scenarios.compile import Openings, compile_plan, priors_of
from heartland.scenarios.placing import placed
from heartland.scenarios.scenario import Scenario
from heartland.scenarios.shelf import check_systems
from heartland.scenarios.state import BLOCK

__all__ = ["RegionOrName", "load_region", "mechanism_phases", "validate_region"]

RegionOrName: TypeAlias = "str | Path | Region"


def mechanism_phases() -> dict[str, str]:
    """Phase of every mechanism the code knows."""
    return {record.id: record.phase for record in catalogue().values()}


def load_region(name_or_path: RegionOrName = "") -> Region:
    """Load a region with its list of mechanisms checked against the catalogue; a loaded one comes back."""
    if isinstance(name_or_path, Region):
        return name_or_path
    return Region.load(name_or_path, mechanism_phases())


def validate_region(name_or_path: str | Path) -> list[Finding]:
    """All findings: tables, rules, model, and every scenario and case compiled for a few members.

    Scenarios are only tried when the tables hold no error, and cases when no scenario does, since they would
    repeat it.
    """
    findings = validate_folder(name_or_path, mechanism_phases())
    if any(finding.severity == "E" for finding in findings):
        return findings
    region = load_region(name_or_path)
    if "parameters" not in region.tables or not len(region.tables["parameters"]):
        return findings
    try:
        priors_of(region)
    except HeartlandInputError as error:
        return [*findings, *error.findings]
    taken: dict[str, str] = {}
    openings = Openings()
    for name in region.scenario_ids():
        findings.extend(_scenario(region, name, taken, openings))
    if not any(finding.severity == "E" for finding in findings):
        findings.extend(check_cases(region, openings))
    return findings


def _scenario(region: Region, name: str, taken: dict[str, str], openings: Openings) -> list[Finding]:
    try:
        scenario = Scenario.load(region, name)
        scenario.baseline()
        compile_plan(scenario, members=BLOCK, seed=1, openings=openings)
        return [*_sources(region, scenario), *check_systems(region, scenario, taken)]
    except HeartlandInputError as error:
        path = region.scenario_file(name)
        return [placed(finding, path, f"scenarios/{path.name}") for finding in error.findings]


def _sources(region: Region, scenario: Scenario) -> list[Finding]:
    """Patches whose source is no source of the region."""
    known = set(region.tables["sources"]["source_id"])
    file = f"scenarios/{scenario.id}.yaml"
    node = read_yaml(region.scenario_file(scenario.id), file)
    return [
        Finding(
            "E",
            "patch-source",
            Place(file, *_at(node, number)),
            f'"{patch.source}" is not a source.',
            "A change without origin cannot be judged.",
            suggestion(patch.source, known, listing="Write a source id, or an assumption."),
        )
        for number, patch in enumerate(scenario.patches)
        if patch.source and patch.source not in known
    ]


def _at(node: YamlNode, number: int) -> tuple[int, str]:
    row, column = node.at(("patches", number, "source"))
    return row, str(column)
