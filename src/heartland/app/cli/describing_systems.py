"""`heartland describe systems`: how far each system works, its answer, and how each question is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from heartland.region.region import Region
    from heartland.scenarios.scenario import Scenario

__all__ = ["behind", "systems"]


def behind(scenario: Scenario) -> str:
    """Where what lies behind an answer can be read, in one line for a screen."""
    shipped = scenario.id in scenario.region.scenario_ids()
    commands = [
        f"heartland describe scenarios {scenario.id}" if shipped else "",
        f"heartland describe systems {scenario.system}" if scenario.system else "",
    ]
    return "; ".join(["Changes, causes and sources: in the report", *filter(None, commands)]) + "."


def systems(region: Region) -> list[dict[str, Any]]:
    """One row for each system; the first six columns are what the table shows."""
    from heartland.report.system_words import answer_words
    from heartland.scenarios.systems import TESTS, system_status

    content = {row["system_id"]: row for row in region.tables["systems"].to_dict("records")}
    asked = region.tables["system_questions"]
    rows = []
    for status in system_status(region):
        own = content[status.system]
        mine = asked[asked["system_id"] == status.system].to_dict("records")
        rows.append({
            "system": status.system, "works": status.works, "headline": status.headline or "none yet",
            "answer": answer_words(status.answer),
            "evidence": status.answer.evidence_grade if status.answer else "",
            "missing": status.gaps, "name": status.name,
            "question": status.question,
            "scenarios": "; ".join(status.scenarios) or "none yet",
            "arguments": len(own["arguments"]), "rules": len(own["rules"]),
            "questions": own["user_questions"],
            "asked": [
                f"{row['question']} {row['command']}" + (f"  # {row['note']}" if row["note"] else "")
                for row in mine
            ],
            "evidence from": [
                f"heartland evidence list arguments --system {status.system}",
                *(f"heartland evidence list facts --source {name}" for name in own["article_ids"]),
            ],
            "cases": [f"{card.id}: {card.says}" for card in status.cases],
            "models": "; ".join(status.models),
            "tests": [
                f"{words}: {'; '.join(status.missing[name]) or 'yes'}" for name, words in TESTS.items()
            ],
        })  # fmt: skip
    return rows
