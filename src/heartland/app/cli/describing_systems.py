"""`heartland describe systems`: how far each system works, its answer, and how each question is asked."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from heartland.region.region import Region
    from heartland.scenarios.scenario import Scenario

__all__ = ["behind", "overview", "systems"]

WIDTH = 100


def behind(scenario: Scenario) -> str:
    """Where what lies behind an answer can be read, in one line for a screen."""
    shipped = scenario.id in scenario.region.scenario_ids()
    commands = [
        f"heartland describe scenarios {scenario.id}" if shipped else "",
        f"heartland describe systems {scenario.system}" if scenario.system else "",
    ]
    return "; ".join(["Changes, causes and sources: in the report", *filter(None, commands)]) + "."


def overview(rows: Sequence[Mapping[str, Any]], width: int) -> str:
    """Each system with its standing, its answer, and what can be asked of it with the command that answers.

    rows : as `systems` makes them;  width : characters of a line, 0 where nobody counts; commands stay whole
    """
    return "\n\n".join("\n".join(_told(row, width or WIDTH)) for row in rows)


def _told(row: Mapping[str, Any], width: int) -> Iterator[str]:
    yield f"{row['system']}: {row['name']}"
    standing = "works" if row["works"] else f"missing: {row['missing']}"
    grade = f"; evidence {row['evidence']}" if row["evidence"] else ""
    answer = f"{standing}. {row['headline']}: {row['answer']}{grade}."
    yield textwrap.fill(answer, width, initial_indent="  ", subsequent_indent="    ")
    for line in row["asked"]:
        question, mark, rest = line.partition("? heartland ")
        yield textwrap.fill(question + "?", width, initial_indent="  ", subsequent_indent="    ")
        yield f"      heartland {rest.partition('  # ')[0]}" if mark else ""


def systems(region: Region) -> list[dict[str, Any]]:
    """One row for each system."""
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
