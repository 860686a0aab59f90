"""Audits of dates: later than the text, from outside it, of actors and roles that had ended, and stale."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from heartland.core.dates import add_months, before, parse
from heartland.errors import Finding
from heartland.evidence.audit_material import (
    Material,
    counted,
    ends,
    items,
    live,
    named,
    quantity_of,
    starts,
    tie_of,
    warn,
)
from heartland.evidence.checkbook import catalogue_of

__all__ = [
    "dated_after_its_text",
    "dead_actor",
    "from_outside_the_text",
    "item_after_its_text",
    "role_outside_validity",
    "stale",
]

AHEAD = ("planned", "forecast", "hypothetical", "cancelled")  # a plan may be dated in the text's future
YEAR = 365.25


def dated_after_its_text(material: Material) -> Iterator[Finding]:
    """A10: something stated as done is not dated after the text that states it."""
    written = {row["article_id"]: row["written"] for row in material.book.get("documents", ())}
    for row in live(material.seen.get("facts", ())):
        text = written.get(row["article_id"], "")
        if row["modality"] in AHEAD or not row["date"] or not text:
            continue
        if before(parse(text), parse(row["date"])) == "yes":
            yield warn(
                "A10",
                "facts",
                row,
                "date",
                f"{row['date']} is after the text ({text}); planned or forecast?",
                "A text cannot report what had not happened.",
                "Check the date, or write planned or forecast in modality.",
            )


def item_after_its_text(material: Material) -> Iterator[Finding]:
    """A11: a cited item is not dated after the text that cites it."""
    written = {row["article_id"]: row["written"] for row in material.book.get("documents", ())}
    citing: dict[str, list[str]] = {}
    for row in material.seen.get("facts", ()):
        for source in row["cited_source_ids"]:
            citing.setdefault(source, []).append(row["article_id"])
    for row in material.seen.get("sources", ()):
        texts = [*items(row["cited_in"]), *citing.get(row["source_id"], ())]
        for article in dict.fromkeys(texts):
            text = written.get(article, "")
            if row["published"] and text and before(parse(text), parse(row["published"])) == "yes":
                yield warn(
                    "A11",
                    "sources",
                    row,
                    "published",
                    f"{row['source_id']} is dated {row['published']}, after {article}; "
                    "check the printed date.",
                    "A text cannot cite what was not out; a wrong year moves every fact that rests on it.",
                    "Correct published, keep the printed date in published_printed and write corrected.",
                )


def from_outside_the_text(material: Material) -> Iterator[Finding]:
    """A12: a date the text does not give is verified before a tie rests on it."""
    used = _observed(material)
    for row in live(material.seen.get("facts", ())):
        if row["date_basis"] == "outside-knowledge" and (row["channel"] or row["fact_id"] in used):
            tie = row["channel"] or tie_of(used[row["fact_id"]])
            yield warn(
                "A12",
                "facts",
                row,
                "date_basis",
                f"date comes from outside the text; verify before calibrating ({row['fact_id']}, {tie}).",
                "The date is the coder's knowledge, not the source's.",
                "Cite a source for the date, or empty channel.",
            )


def _observed(material: Material) -> dict[str, Mapping[str, Any]]:
    """Observation that names a fact, per fact."""
    found: dict[str, Mapping[str, Any]] = {}
    for row in live(material.seen.get("observations", ())):
        for fact in row["fact_ids"]:
            found.setdefault(fact, row)
    return found


def dead_actor(material: Material) -> Iterator[Finding]:
    """A20: whoever acts in a fact existed at its date."""
    spans = {row["actor_id"]: row for row in material.book.get("actors", ()) if row["from"] or row["to"]}
    for row in live(material.seen.get("facts", ())):
        if not row["date"]:
            continue
        when = parse(row["date"])
        for column in ("givers", "receivers"):
            for actor in row[column]:
                span = spans.get(actor)
                if span is None:
                    continue
                if span["to"] and before(parse(span["to"]), when) == "yes":
                    state = f"ended {span['to']}"
                elif span["from"] and before(when, parse(span["from"])) == "yes":
                    state = f"began {span['from']}"
                else:
                    continue
                yield warn(
                    "A20",
                    "facts",
                    row,
                    column,
                    f"{actor} {state}; fact dated {row['date']}.",
                    "Nobody acts outside the time they exist.",
                    "Name the successor or predecessor, or correct the date.",
                )


def role_outside_validity(material: Material) -> Iterator[Finding]:
    """A21: a stated membership lies inside a spell of that organisation and member."""
    spells: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in live(material.book.get("memberships", ())):
        spells.setdefault((row["organisation"], row["member"]), []).append(row)
    for row in live(material.seen.get("facts", ())):
        if row["action"] != "membership" or not row["date"]:
            continue
        for member in row["givers"]:
            for organisation in row["receivers"]:
                known = spells.get((organisation, member), [])
                if organisation in {key[0] for key in spells} and not _holds(known, row["date"]):
                    yield _no_role(row, "facts", "date", member, "in any role", organisation, row["date"])
    for row in live(material.book.get("memberships", ())):
        known = [
            other
            for other in spells[(row["organisation"], row["member"])]
            if other["role"] == row["role"] and (other["from"] or other["to"])
        ]
        for text in row["attested"]:
            if known and not _holds(known, text):
                yield _no_role(
                    row, "memberships", "attested", row["member"], row["role"], row["organisation"], text
                )


def _holds(spells: list[Mapping[str, Any]], text: str) -> bool:
    first, last = starts(text), ends(text)
    return any(starts(row["from"]) <= last and first <= ends(row["to"]) for row in spells)


def _no_role(
    row: Mapping[str, Any], table: str, column: str, member: str, role: str, organisation: str, text: str
) -> Finding:
    return warn(
        "A21",
        table,
        row,
        column,
        f"{member} was not {role} of {organisation} on {text}.",
        "Votes and members-of lists follow the spells, not this statement.",
        "Correct the spell in memberships.csv, or deprecate the statement with a reason.",
    )


def stale(material: Material) -> Iterator[Finding]:
    """A23: the newest value of a tie is not older than its channel allows; one finding per channel.

    A channel with a complete register is not stale: its silence says 0.
    """
    newest: dict[str, dict[str, tuple[date, Mapping[str, Any]]]] = {}
    for row in live(material.seen.get("observations", ())):
        if not row["period"] or starts(row["period"]) > material.at:
            continue
        ties = newest.setdefault(quantity_of(row), {})
        day = min(ends(row["period"]), material.at)
        if tie_of(row) not in ties or day > ties[tie_of(row)][0]:
            ties[tie_of(row)] = (day, row)
    limits = catalogue_of(material.book)
    for name, ties in newest.items():
        limit = float(limits.get(name, {}).get("max_age_years", float("nan")))
        if math.isnan(limit) or _register_covers(material, name, limit):
            continue
        oldest = add_months(material.at, -round(12 * limit))
        old = {tie: (material.at - day).days / YEAR for tie, (day, _) in ties.items() if day < oldest}
        if not old:
            continue
        low, high = round(min(old.values())), round(max(old.values()))
        years = f"{high}" if low == high else f"{low} to {high}"
        who = [tie.rpartition(" ")[0] for tie in old]
        all_of = "all " if len(old) == len(ties) and len(old) > 1 else ""
        yield warn(
            "A23",
            "observations",
            ties[next(iter(old))][1],
            "period",
            f"newest value of {name} is {years} years old on {material.at} for {all_of}"
            f"{counted(len(old), 'series').replace('seriess', 'series')} ({named(who)}).",
            f"Values older than {limit:g} years count as unknown.",
            "Add newer values, or read the tie as unknown.",
        )


def _register_covers(material: Material, channel: str, limit: float) -> bool:
    """Whether a register whose silence means zero reaches far enough for its zeros to count at the date."""
    reach = add_months(material.at, -round(12 * limit))
    return any(
        row["channel"] == channel and row["silence"] == "zero" and ends(row["to"]) >= reach
        for row in material.book.get("silence", ())
    )
