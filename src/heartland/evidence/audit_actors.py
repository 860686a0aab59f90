"""Audits of who is named: orphans, actors on both sides, near-duplicates, collectives read as states."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from heartland.core.schema import load_schema
from heartland.errors import Finding
from heartland.evidence.audit_material import WORD, Material, by_id, ends, items, live, named, starts, warn
from heartland.evidence.loading import schema_of

__all__ = ["both_sides", "collective_for_one", "near_duplicate", "orphan"]

MUTUAL = ("tie", "agreement", "border")  # types of facts in which each does to the other
# tables that describe an actor without using it
DESCRIBING = ("actor_names", "names", "palette")
# columns of free text that name a source or an actor
_FREE = re.compile(r"(?:source|_basis|source_id|base|members|publisher|data_ids)$")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
ALIKE = 0.15  # assumption: share of common longer words above which two statements may be one


def orphan(material: Material) -> Iterator[Finding]:
    """A17: every actor is used, every source cited; one finding per kind of either.

    A note that says `kept: <why>` settles it.
    """
    actors, sources = _references(material, "actors"), _references(material, "sources")
    elsewhere = material.words_of_files
    loose: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in material.book.get("actors", ()):
        if row["actor_id"] not in actors | elsewhere and not _kept(row):
            loose.setdefault(("actors", row["kind"]), []).append(row)
    documents = {row["article_id"] for row in material.book.get("documents", ())}
    for row in material.book.get("sources", ()):
        if row["source_id"] not in sources | elsewhere | documents and not _kept(row):
            loose.setdefault(("sources", row["kind"]), []).append(row)
    for (table, kind), found in loose.items():
        column = "actor_id" if table == "actors" else "source_id"
        who = named((row[column] for row in found), 5)
        use = "used nowhere" if table == "actors" else "cited by no fact or number"
        what = f"{who} {'is' if len(found) == 1 else 'are'} {use}"
        yield warn(
            "A17",
            table,
            found[0],
            column,
            f"{what} ({kind}).",
            "A record nothing rests on is either forgotten work or a leftover.",
            "Code what the texts say of it, or write kept: and why in its note.",
        )


def _kept(row: Mapping[str, Any]) -> bool:
    return "kept:" in row["note"]


def _references(material: Material, target: str) -> frozenset[str]:
    """Ids of a table that other rows name: in columns that refer to it, and in free text that may."""
    found: set[str] = set()
    for name, rows in material.book.items():
        if name in DESCRIBING or not rows:
            continue
        for column in load_schema(schema_of(name)).columns:
            refers = target in column.refers_to
            said = _FREE.search(column.name) or (column.name == "note" and target == "sources" != name)
            if not refers and not (said and column.type in ("text", "list(text)")):
                continue
            for row in rows:
                own = row["actor_id"] if name == target == "actors" else ""
                for cell in items(row[column.name]):
                    found.update({cell} - {own} if refers else _ID.findall(cell))
    return frozenset(found)


def both_sides(material: Material) -> Iterator[Finding]:
    """A19: nobody is giver and receiver of one fact, unless the type is mutual or both sides are the same."""
    for row in live(material.seen.get("facts", ())):
        givers, receivers = set(row["givers"]), set(row["receivers"])
        shared = [actor for actor in row["givers"] if actor in receivers]
        if not shared or row["type"] in MUTUAL or (givers == receivers and not row["channel"]):
            continue
        yield warn(
            "A19",
            "facts",
            row,
            "receivers",
            f"{named(shared)} is both giver and receiver.",
            "The fact would count as a tie of an actor with itself.",
            "Take it off one side, or use a mutual type (tie, agreement, border).",
        )


def near_duplicate(material: Material) -> Iterator[Finding]:
    """A22: two facts with the same actors, action and topic, overlapping dates and like words."""
    same: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for row in live(material.seen.get("facts", ())):
        key = (row["givers"], row["receivers"], row["action"], row["topic"])
        same.setdefault(key, []).append(row)
    for found in same.values():
        for a, b in combinations(found, 2):
            overlap = starts(a["date"]) <= ends(b["date"]) and starts(b["date"]) <= ends(a["date"])
            if overlap and not _told_apart(a, b) and _alike(a, b):
                yield warn(
                    "A22",
                    "facts",
                    b,
                    "fact_id",
                    f"{a['fact_id']} and {b['fact_id']}: same actors, action, overlapping date; "
                    "merge or mark different.",
                    "One statement counted twice weighs double.",
                    f'Deprecate one with a reason, or write "not {a["fact_id"]}: ..." in its note.',
                )


def _told_apart(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    return a["fact_id"] in b["note"] or b["fact_id"] in a["note"]


def _alike(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    """Whether two statements share enough words, or state the same number."""
    if a["value"] == b["value"] and a["unit"] == b["unit"]:
        return True
    first, second = (
        {word for word in WORD.findall(row["paraphrase"].casefold()) if len(word) > 3} for row in (a, b)
    )
    return bool(first | second) and len(first & second) / len(first | second) >= ALIKE


def collective_for_one(material: Material) -> Iterator[Finding]:
    """A26: what is said of a collective is no evidence about one of its members."""
    members = _members(material)
    facts = by_id(live(material.book.get("facts", ())), "fact_id")
    for row in live(material.seen.get("observations", ())):
        for name in row["fact_ids"]:
            fact = facts.get(name)
            if fact is None:
                continue
            for actor in (row["giver"], row["receiver"]):
                region = _collective(actor, (*fact["givers"], *fact["receivers"]), members)
                if region:
                    yield _not_of_one("observations", row, "fact_ids", name, region, actor)
    spoken: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for fact in facts.values():
        if fact["action"] == "membership":
            for organisation in fact["receivers"]:
                spoken.setdefault((fact["article_id"], organisation), []).append(fact)
    for row in live(material.book.get("memberships", ())):
        if row["member"] in members:
            yield _not_of_one(
                "memberships", row, "member", row["membership_id"], row["member"], "each of its members"
            )
        for article in row["article_id"]:
            told = spoken.get((article, row["organisation"]), [])
            regions = [_collective(row["member"], fact["givers"], members) for fact in told]
            if told and all(regions) and _same_lines(row, told):
                yield _not_of_one(
                    "memberships", row, "article_id", told[0]["fact_id"], regions[0], row["member"]
                )


def _same_lines(row: Mapping[str, Any], told: list[Mapping[str, Any]]) -> bool:
    lines = {line for fact in told for line in re.findall(r"\d+", fact["lines"])}
    return set(re.findall(r"\d+", row["lines"])) <= lines


def _members(material: Material) -> dict[str, frozenset[str]]:
    """Members of every collective; `members-of:X` is everyone with a live spell in X."""
    spells: dict[str, set[str]] = {}
    for row in live(material.book.get("memberships", ())):
        if row["role"] == "member":
            spells.setdefault(row["organisation"], set()).add(row["member"])
    found: dict[str, frozenset[str]] = {}
    for row in material.book.get("actors", ()):
        listed: set[str] = set()
        for item in row["members"]:
            kind, _, organisation = item.rpartition(":")
            listed |= spells.get(organisation, set()) if kind == "members-of" else {item}
        if listed:
            found[row["actor_id"]] = frozenset(listed)
    return found


def _collective(actor: str, spoken: tuple[str, ...], members: Mapping[str, frozenset[str]]) -> str:
    """Collective a statement speaks of when it names the actor only through it; empty: not so."""
    if not actor or actor in spoken:
        return ""
    return next((name for name in spoken if actor in members.get(name, ())), "")


def _not_of_one(
    table: str, row: Mapping[str, Any], column: str, fact: str, region: str, state: str
) -> Finding:
    return warn(
        "A26",
        table,
        row,
        column,
        f"{fact} speaks of {region}; not evidence for {state}.",
        "What holds of most need not hold of each.",
        "Cite a statement about the one, or deprecate the row with a reason.",
    )
