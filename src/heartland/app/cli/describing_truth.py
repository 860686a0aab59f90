"""Truth tables beside the rules that `heartland describe rules` prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from heartland.app.cli.common import text_table

if TYPE_CHECKING:
    from heartland.region.region import Region
    from heartland.scenarios.truth import TruthTable

__all__ = ["with_truth"]

Rows = list[dict[str, Any]]
WORDS = {True: "yes", False: "no", None: "any"}


def with_truth(region: Region, rows: Rows, spoken: bool) -> Rows:
    """Rows of decision rules with the truth table of each for the members at the region's start.

    spoken : the table as lines for the eye, one column a case; else all cases as data. Policies have none.
    """
    from heartland.scenarios.truth import truth_table, voters_of

    names = dict(zip(region.tables["actors"]["actor_id"], region.tables["actors"]["name"], strict=True))
    world = region.at(region.model.start)
    tables: dict[tuple[str, str, str], TruthTable] = {}
    for organisation in region.organisations.values():
        for decision, versions in organisation.decisions.items():
            for rule in versions:
                voters = voters_of(world, rule)
                tables[organisation.id, decision, rule.rule_id] = truth_table(rule, voters, names)
    found = []
    for row in rows:
        table = tables.get((row["organisation"], row["decision"], row["rule"]))
        extra = {} if table is None else {"truth table": _lines(table) if spoken else _data(table)}
        found.append({**row, **extra})
    return found


def _lines(table: TruthTable) -> list[str]:
    cases = table.short
    lines = [
        [words, *(WORDS[row[place]] for row, _ in cases)] for place, words in enumerate(table.conditions)
    ]
    return text_table([*lines, ["passes", *(WORDS[yes] for _, yes in cases)]]).split("\n")


def _data(table: TruthTable) -> Mapping[str, Any]:
    return {
        "conditions": list(table.conditions),
        "cases": [{"holds": list(row), "passes": yes} for row, yes in table.rows],
    }
