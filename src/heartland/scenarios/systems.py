"""How far each system of a region works: five tests, and what is missing where one is not met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from heartland.core.tree import Call, Name, walk
from heartland.core.yamlio import read_yaml
from heartland.dynamics.mechanism import catalogue
from heartland.scenarios.answered import read_answers
from heartland.scenarios.cases import case_ids
from heartland.scenarios.explain import MEASURES
from heartland.scenarios.measured import state_of
from heartland.scenarios.shelf import headlines, serving, shelf
from heartland.scenarios.state import event_kinds, state_catalogue

if TYPE_CHECKING:
    from heartland.region.region import Region
    from heartland.scenarios.scenario import Outcome, Scenario
    from heartland.scenarios.summary import OutcomeSummary

__all__ = ["TESTS", "CaseCard", "SystemStatus", "cases_by_scenario", "headline_outcome", "system_status"]

# measures made of ties whose changes are split
COMPOSED = ("effective_partners", "influence_share")
TESTS = {
    "loads": "its elements and rules load",
    "measured": "its state is measured with an interval",
    "mechanisms": "its mechanisms run",
    "answered": "a scenario answers its headline question and says why",
    "case": "a dated historical case is at hand",
}


@dataclass(frozen=True)
class CaseCard:
    """What a case claims, who says so, and the scenario it is about (empty where it brings its own)."""

    id: str
    says: str
    given: str
    when: str
    then: str
    source: str
    tolerance: float


@dataclass(frozen=True)
class SystemStatus:
    """Standing of one system.

    scenarios : that serve it, the headline first;  headline : empty where there is none
    outcome : of the headline scenario, that answers the headline question
    answer : its answer as last recorded, None where it was not run yet
    missing : by test of `TESTS`, what is missing; empty lists where a test is met
    """

    system: str
    name: str
    models: tuple[str, ...]
    scenarios: tuple[str, ...]
    headline: str
    outcome: str
    question: str
    answer: OutcomeSummary | None
    cases: tuple[CaseCard, ...]
    missing: Mapping[str, tuple[str, ...]]

    @property
    def works(self) -> bool:
        """Whether all five tests are met."""
        return not any(self.missing.values())

    @property
    def gaps(self) -> str:
        """What is missing, in words; empty if nothing is."""
        return "; ".join(text for found in self.missing.values() for text in found)


def system_status(
    region: Region,
    known: Mapping[str, Scenario] | None = None,
    answers: Mapping[tuple[str, str], OutcomeSummary] | None = None,
) -> list[SystemStatus]:
    """Standing of every system of a region, in the order of systems.csv.

    known : the region's scenarios by id; read from the folder by default
    answers : by scenario and outcome, before those of the region's answers.csv
    """
    scenarios = shelf(region) if known is None else known
    first, serve = headlines(region, scenarios), serving(region, scenarios)
    cases = cases_by_scenario(region.path)
    recorded, failed = _told(region)
    told = {**recorded, **(answers or {})}
    made = []
    for row in region.tables["systems"].to_dict("records"):
        system = str(row["system_id"])
        own = serve.get(system, ())
        mine = tuple(card for name in own for card in cases.get(name, ()))
        head = scenarios.get(first.get(system, ""))
        outcome = headline_outcome(head, system, row["models"]) if head else None
        place = (head.id if head else "", outcome.id if outcome else "")
        answer = told.get(place)
        start = head.start if head else str(region.model.start)
        missing = {
            "loads": _unresolved(region, row),
            "measured": _unmeasured(region, system, start),
            "mechanisms": _without_mechanism(region, row["models"]),
            "answered": _unanswered(head, outcome, answer),
            "case": _unproved(mine, failed),
        }
        made.append(SystemStatus(
            system, str(row["name"]), tuple(row["models"]), own, head.id if head else "",
            outcome.id if outcome else "", outcome.question if outcome else "", answer, mine, missing,
        ))  # fmt: skip
    return made


def headline_outcome(scenario: Scenario, system: str, models: Sequence[str] = ()) -> Outcome | None:
    """The outcome that answers a system's headline question: the first of its own headline scenario.

    A scenario that carries the headline of a further system answers it with the first outcome that looks at
    something written by that system's rows of the model, tried in their order.
    """
    for model in models if system != scenario.system else ():
        records = [record for record in catalogue().values() if record.model == model]
        written = {name for record in records for name in record.writes}
        for outcome in scenario.outcomes:
            if {_state(name) for name in _named(outcome)} & written:
                return outcome
    return scenario.outcomes[0] if scenario.outcomes else None


def cases_by_scenario(folder: Path) -> dict[str, list[CaseCard]]:
    """Cases of a region folder by the scenario that is given or that they are about; others under ``."""
    found: dict[str, list[CaseCard]] = {}
    for name in case_ids(folder):
        content = read_yaml(folder / "cases" / f"{name}.yaml", name).value
        given = content["given"] if isinstance(content["given"], str) else content.get("about", "")
        card = CaseCard(
            name, str(content["says"]), given, str(content["when"]), str(content["then"]),
            str(content.get("source", "")), float(content.get("tolerance", 1.0)),
        )  # fmt: skip
        found.setdefault(given, []).append(card)
    return found


def _told(region: Region) -> tuple[dict[tuple[str, str], OutcomeSummary], set[str]]:
    """Recorded answers by scenario and outcome, and the cases that did not hold when last looked at."""
    rows = read_answers(region.path)
    told = {(row.scenario, row.outcome): row.summary() for row in rows if row.kind == "outcome"}
    return told, {row.outcome for row in rows if row.kind == "case" and row.holds is False}


def _unproved(cases: Sequence[CaseCard], failed: set[str]) -> tuple[str, ...]:
    sourced = [card.id for card in cases if card.source]
    if sourced and set(sourced) <= failed:
        return tuple(f"case {name} does not hold" for name in sourced)
    return () if sourced else ("no sourced case",)


def _unresolved(region: Region, row: Mapping[Any, Any]) -> tuple[str, ...]:
    actors = set(region.tables["actors"]["actor_id"])
    written = {rule.rule_id for item in region.organisations.values() for found in item.decisions.values()
               for rule in found} | {policy.rule_id for policy in region.policies.values()}  # fmt: skip
    return (
        *(f'element "{name}" is no actor' for name in row["elements"] if name not in actors),
        *(f"rule {name} is not written down" for name in row["rules"] if name not in written),
    )


def _unmeasured(region: Region, system: str, start: str) -> tuple[str, ...]:
    for item in state_of(region, system, start):
        if item.bounded and not item.evidence.startswith("assumed"):
            return ()
    return (f"no measured state on {start}",)


def _without_mechanism(region: Region, models: Sequence[str]) -> tuple[str, ...]:
    records = catalogue()
    running = {records[name].model for name in region.model.mechanisms if name in records}
    if not models:
        return ("no row of the model is named",)
    return tuple(f"no mechanism of {name}" for name in models if name not in running)


def _unanswered(
    head: Scenario | None, outcome: Outcome | None, answer: OutcomeSummary | None
) -> tuple[str, ...]:
    if head is None or outcome is None:
        return ("no headline scenario",)
    if not _explained(outcome):
        return (f"{head.id}: its first outcome has no split by mechanism",)
    return () if answer is not None else (f"{head.id} has no recorded answer",)


def _explained(outcome: Outcome) -> bool:
    """Whether an outcome looks at a state, an event or a measure whose change is split by mechanism."""
    return bool({_state(name) for name in _named(outcome)} & {*state_catalogue(), *MEASURES, *COMPOSED})


def _named(outcome: Outcome) -> set[str]:
    """Names of the states, events and measures an outcome looks at; a vote looks at `vote`."""
    calls = [node for node in walk(outcome.tree) if isinstance(node, Call)]
    names = {item.text for node in calls for item in node.arguments if isinstance(item, Name)}
    return names | {node.function for node in calls if node.function == "vote"}


def _state(name: str) -> str:
    """The state behind a name of the outcome grammar."""
    kinds = event_kinds()
    if name in kinds:
        return kinds[name].variable
    return {"trade": "trade_gap", "trade-share": "trade_gap"}.get(name, name.replace("-", "_"))
