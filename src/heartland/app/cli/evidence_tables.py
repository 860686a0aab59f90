"""The ledger as the commands see it: the region's tables, and its rules and scenarios as tables too."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from heartland.core.yamlio import read_yaml
from heartland.errors import HeartlandInputError
from heartland.evidence.ledger import Ledger, as_day
from heartland.evidence.records import record_table

if TYPE_CHECKING:
    from heartland.region.region import Region

__all__ = ["open_ledger", "public", "rules_table", "scenarios_table"]

RULES = (
    "rule_id", "holder", "decision", "kind", "modifiers", "trigger", "voters", "mandate_from", "from", "to",
    "status", "article_id", "lines", "text",
)  # fmt: skip
SCENARIOS = (
    "scenario_id", "title", "question", "system", "start", "horizon", "baseline", "article_id", "names",
)  # fmt: skip


def open_ledger(region: Region, known_by: str = "") -> Ledger:
    """Ledger of a region with the tables `rules` and `scenarios`, every table cut by what was known.

    Raises
    ------
    HeartlandInputError
        For a date that cannot be read.
    """
    tables = {**region.tables, "rules": rules_table(region), "scenarios": scenarios_table(region)}
    ledger = Ledger(tables, region.ledger.grading)
    return ledger.as_of(known_by=known_by).public if known_by else ledger


def public(region: Region, record_id: str, known_by: str) -> None:
    """Refuse a record that was not yet public; a text that a known record rests on is refused as well.

    Raises
    ------
    HeartlandInputError
        With the day it became public.
    """
    whole = open_ledger(region)
    if not known_by or record_table(whole.tables, record_id) is None:
        return
    found, limit = whole.show(record_id), as_day(known_by).isoformat()
    day = found["known_from"]
    later = found["table"] in ("sources", "documents") and (day is None or day > limit)
    if later or record_table(open_ledger(region, known_by).tables, record_id) is None:
        begins = found["record"].get("from") or found["record"].get("start")
        raise HeartlandInputError.at(
            f'"{record_id}" was not known by {limit}.',
            check="known-by",
            why="Nothing that became public later may reach a back-test.",
            fix=f"It became public on {day}." if day and day > limit
            else f"It begins {begins}." if begins
            else "It has no publication date, so it never counts.",
        )


def rules_table(region: Region) -> pd.DataFrame:
    """Decision rules of organisations and policies of actors, one row for each version."""
    rows: list[dict[str, Any]] = []
    for organisation in region.organisations.values():
        for versions in organisation.decisions.values():
            for rule in versions:
                article, _, lines = rule.source.partition(":")
                rows.append({
                    "rule_id": rule.rule_id, "holder": rule.organisation, "decision": rule.decision,
                    "kind": rule.kind, "modifiers": rule.modifiers, "trigger": rule.trigger,
                    "voters": rule.voters, "mandate_from": rule.mandate_from, "from": rule.from_,
                    "to": rule.to, "status": rule.status, "article_id": article, "lines": lines,
                    "text": rule.text,
                })  # fmt: skip
    for policy in region.policies.values():
        article, _, lines = policy.source.partition(":")
        rows.append({
            "rule_id": policy.rule_id or policy.id, "holder": policy.actor, "decision": policy.id,
            "kind": "policy", "modifiers": (), "trigger": "", "voters": (), "mandate_from": "",
            "from": policy.from_, "to": policy.to, "status": "in-force", "article_id": article,
            "lines": lines, "text": policy.text,
        })  # fmt: skip
    return pd.DataFrame(rows, columns=list(RULES)).astype(object)


def scenarios_table(region: Region) -> pd.DataFrame:
    """Shipped scenarios, with the ids their patches and outcomes name; unreadable files are left out."""
    rows = []
    for name, path in sorted(region.content.scenarios.items()):
        try:
            content = read_yaml(path, path.name).value
        except HeartlandInputError:
            continue
        if not isinstance(content, dict):
            continue
        patches = [patch for patch in content.get("patches") or () if isinstance(patch, dict)]
        outcomes = [item for item in content.get("outcomes") or () if isinstance(item, dict)]
        sources = (str(patch.get("source") or "").partition(":")[0] for patch in patches)
        rows.append({
            "scenario_id": name,
            **{key: str(content.get(key) or "") for key in SCENARIOS[1:7]},
            "article_id": tuple(dict.fromkeys(source for source in sources if source)),
            "names": _names([*(patch.get("do") for patch in patches),
                             *(item.get("expression") for item in outcomes)]),
        })  # fmt: skip
    return pd.DataFrame(rows, columns=list(SCENARIOS)).astype(object)


def _names(texts: Iterable[object]) -> tuple[str, ...]:
    words = (word for text in texts for word in re.findall(r"[A-Za-z][\w.-]*", str(text or "")))
    return tuple(dict.fromkeys(words))
