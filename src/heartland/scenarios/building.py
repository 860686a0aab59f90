"""A scenario built step by step in Python, checked as a file would be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from heartland.core.interventions import parse_intervention
from heartland.core.textio import nfc
from heartland.core.yamlio import NOWHERE, Mark, YamlNode
from heartland.errors import HeartlandInputError, suggestion
from heartland.scenarios.files import OutcomeFile
from heartland.scenarios.filing import fields_of, outcome_of

if TYPE_CHECKING:
    from heartland.region.region import Region
    from heartland.scenarios.scenario import Scenario

__all__ = ["fields_of_new", "with_lever", "with_outcome"]


def fields_of_new(region: Region, content: dict[str, Any]) -> dict[str, Any]:
    """Fields of a new scenario, from what its file would say; keys left empty are as in a file without them.

    Raises
    ------
    HeartlandInputError
        For an id, day, horizon, system, baseline or receiver that cannot be used, with near matches.
    """
    given = {
        name: nfc(value) if isinstance(value, str) else list(value) if isinstance(value, tuple) else value
        for name, value in content.items()
        if value not in ("", None, [], ())
    }
    whole = {"question": "", **given}
    mark = Mark(0, 0, dict.fromkeys(whole, (0, 0, NOWHERE)))
    found = dict(fields_of(YamlNode(whole, "", mark), ""))
    _known("system", [found["system"], *found["also"]], _ids(region, "systems", "system_id"))
    _known("scenario", [found["baseline_id"]], list(region.scenario_ids()))
    _known("actor", list(found["receivers"]), _ids(region, "actors", "actor_id"))
    return found


def _ids(region: Region, table: str, column: str) -> list[str]:
    return [str(name) for name in region.tables[table][column]] if table in region.tables else []


def _known(what: str, names: list[str], known: list[str]) -> None:
    for name in names:
        if name and name not in known:
            raise HeartlandInputError.at(
                f'"{name}" is no {what} of the region.',
                why="Nothing could be looked up under it.",
                fix=suggestion(name, known, listing=f"Known: {', '.join(known)}."),
                check="scenario",
            )


def with_outcome(scenario: Scenario, id: str, question: str, expression: str, unit: str) -> Scenario:
    """The scenario with one more outcome; raises as `Scenario.outcome`."""
    if id in {item.id for item in scenario.outcomes}:
        raise HeartlandInputError.at(
            f'outcome id "{id}" is used twice.', why="Answers are found by it.", fix="Rename one.",
            check="scenario",
        )  # fmt: skip
    item = OutcomeFile(id=id, question=question, expression=expression, unit=unit)
    made = outcome_of(item, YamlNode({}, "", NOWHERE), "", 0)
    return replace(scenario, outcomes=(*scenario.outcomes, made))


def with_lever(scenario: Scenario, do: str) -> Scenario:
    """The scenario with one more lever, a patch worth trying; raises if it cannot be read."""
    return replace(scenario, levers=(*scenario.levers, parse_intervention(do).text))
