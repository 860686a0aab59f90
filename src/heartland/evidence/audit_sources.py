"""Audits of what numbers and statements rest on: one group, a conflict, an interested source, a rumour."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from heartland.errors import Finding
from heartland.evidence.audit_material import (
    USED,
    Material,
    by_id,
    counted,
    live,
    named,
    quantity_of,
    tie_of,
    warn,
)
from heartland.evidence.ledger import Key
from heartland.evidence.number_checks import observation_without_source
from heartland.evidence.values import Claim, Pooled

__all__ = ["conflict", "interested", "one_source", "rumour_in_use", "without_source"]

NO_SOURCE = "A number nobody stated must not look like one somebody did."
# kinds of publishers that speak for whoever owns them
SPEAKS_FOR_OWNER = ("state-media", "official", "company")


def without_source(material: Material) -> Iterator[Finding]:
    """A13: a number has a source or says that it is an assumption; observations must, routes should."""
    yield from observation_without_source(material.book)
    pairs = {
        "legs": (("length_km", "length_source"), ("days", "days_basis"), ("cost_index", "cost_basis")),
        "nodes": (("latitude", "position_basis"),),
    }
    for table, columns in pairs.items():
        filled = [row for row in material.book.get(table, ()) if row.get("status") != "assumption"]
        for number, basis in columns:
            bare = [row for row in filled if not math.isnan(row[number]) and not row[basis]]
            if bare:
                key = "leg_id" if table == "legs" else "node_id"
                yield warn(
                    "A13",
                    table,
                    bare[0],
                    basis,
                    f"no source: status must be assumption ({number} of {named(row[key] for row in bare)}).",
                    NO_SOURCE,
                    f"Name the source in {basis}, or write assumption there.",
                )


def one_source(material: Material) -> Iterator[Finding]:
    """A14: ties on which one independence group alone speaks; one finding per channel and group."""
    behind: dict[str, dict[str, list[Mapping[str, Any]]]] = {}
    speaking: dict[str, set[str]] = {}
    for row in live(material.seen.get("observations", ())):
        if row["channel"] and row["source_id"]:
            tie = tie_of(row)
            behind.setdefault(row["channel"], {}).setdefault(tie, []).append(row)
            group = material.groups.get(row["source_id"], row["source_id"])
            speaking.setdefault(tie, set()).add(group)
    for channel, ties in behind.items():
        alone: dict[str, list[str]] = {}
        for tie in ties:
            if len(speaking[tie]) == 1:
                alone.setdefault(next(iter(speaking[tie])), []).append(tie)
        for group, found in alone.items():
            number = sum(len(ties[tie]) for tie in found)
            pairs = [tie.rpartition(" ")[0] for tie in found]
            rest = "rests" if number == 1 else "all rest"
            what = f"{found[0]}" if len(found) == 1 else f"{channel} ({named(pairs)})"
            yield warn(
                "A14",
                "observations",
                ties[found[0]][0],
                "source_id",
                f"{counted(number, 'value')} of {what} {rest} on {group}.",
                "One group's error is every value's error, and no pooling can show it.",
                "Add a second independent source; until then read the intervals as too narrow.",
            )


def conflict(material: Material) -> Iterator[Finding]:
    """A15: independent groups disagree beyond the limit of pooling; one finding per tie, the worst period."""
    rows = by_id(material.seen.get("observations", ()), "observation_id")
    worst: dict[tuple[str, str, str, str], tuple[float, Key]] = {}
    periods: dict[tuple[str, str, str, str], list[str]] = {}
    for key, pooled in material.pooled.items():
        if not pooled.conflict:
            continue
        tie = (key.giver, key.receiver, key.quantity, key.definition)
        size = pooled.ratio if math.isfinite(pooled.ratio) else pooled.spread
        periods.setdefault(tie, []).append(key.period)
        if tie not in worst or size > worst[tie][0]:
            worst[tie] = (size, key)
    for tie, (_, key) in worst.items():
        pooled = material.pooled[key]
        first, last = _ends_of(pooled, material.ledger.claims[key])
        more = len(periods[tie]) - 1
        also = f"; {counted(more, 'more period')}" if more else ""
        yield warn(
            "A15",
            "observations",
            rows[first.id],
            "value",
            f"{_tie(key)} {key.period}: {_said(first)} against {_said(last)}, "
            f"{_apart(pooled, first, last)}{also}.",
            "The pooled value lies between them and its interval spans both.",
            "Find out what each counts; give them different definitions, or prefer one with a reason.",
        )


def _tie(key: Key) -> str:
    pair = f"{key.giver}>{key.receiver}" if key.receiver else key.giver
    return f"{pair} {key.quantity}"


def _ends_of(pooled: Pooled, claims: Sequence[Claim]) -> tuple[Claim, Claim]:
    """Claims that stand for the group with the highest and with the lowest vote: the middle one of each."""
    groups = sorted(pooled.groups, key=lambda group: (group.y, group.group))
    found = []
    for group in (groups[-1], groups[0]):
        own = sorted((claim for claim in claims if claim.id in group.ids), key=lambda claim: claim.value)
        found.append(own[len(own) // 2])
    return found[0], found[1]


def _said(claim: Claim) -> str:
    """`5.07 billion usd (source)`."""
    for size, word in ((1e9, " billion"), (1e6, " million")):
        if abs(claim.value) >= size:
            return f"{claim.value / size:.3g}{word} {claim.unit} ({claim.source_id})"
    return f"{claim.value:,.3g} {claim.unit} ({claim.source_id})".replace("e+0", "e")


def _apart(pooled: Pooled, first: Claim, last: Claim) -> str:
    if pooled.transform == "logit" or not math.isfinite(pooled.ratio):
        return f"difference {first.value - last.value:.2g}"
    return f"ratio {pooled.ratio:.1f}"


def interested(material: Material) -> Iterator[Finding]:
    """A16: what an actor is said to have done rests on its own outlets alone; one finding per actor."""
    sources = by_id(material.book.get("sources", ()), "source_id")
    homes = {row["actor_id"]: row["home"] or row["actor_id"] for row in material.book.get("actors", ())}
    found: dict[tuple[str, str], list[tuple[str, Mapping[str, Any]]]] = {}

    def owner(source: str) -> str:
        row = sources.get(source, {})
        return homes.get(row.get("publisher", ""), "") if row.get("kind") in SPEAKS_FOR_OWNER else ""

    for row in live(material.seen.get("facts", ())):
        cited = row["cited_source_ids"]
        givers = {homes.get(actor, actor) for actor in row["givers"]}
        if cited and row["modality"] in USED and all(owner(source) in givers - {""} for source in cited):
            group = material.groups.get(cited[0], cited[0])
            found.setdefault(("facts", group), []).append((row["fact_id"], row))
    for row in live(material.seen.get("observations", ())):
        source, giver = row["source_id"], homes.get(row["giver"], row["giver"])
        if row["channel"] and source and owner(source) == giver and _alone(material, row):
            group = material.groups.get(source, source)
            found.setdefault(("observations", group), []).append((tie_of(row), row))
    for (table, group), hits in found.items():
        yield warn(
            "A16",
            table,
            hits[0][1],
            "cited_source_ids" if table == "facts" else "source_id",
            f"{group} speaks about its own act; no other group confirms ({named(name for name, _ in hits)}).",
            "An owner's outlet tells the owner's side.",
            "Cite an independent source as well; until then read it as the owner's word.",
        )


def _alone(material: Material, row: Mapping[str, Any]) -> bool:
    key = Key(row["giver"], row["receiver"], quantity_of(row), row["period"], row["definition"])
    return len({claim.group for claim in material.ledger.claims.get(key, ())}) < 2


def rumour_in_use(material: Material) -> Iterator[Finding]:
    """A18: a rumour, denial or refutation feeds no tie."""
    feeding = {
        fact: row for row in live(material.seen.get("observations", ())) for fact in row["fact_ids"]
    }
    for row in live(material.seen.get("facts", ())):
        if row["modality"] not in ("rumoured", "denied", "refuted"):
            continue
        if row["fact_id"] in feeding:
            tie = f"{feeding[row['fact_id']]['observation_id']} ({tie_of(feeding[row['fact_id']])})"
        elif row["channel"]:
            tie = f"{row['channel']} of {named([*row['givers'], *row['receivers']])}"
        else:
            continue
        yield warn(
            "A18",
            "facts",
            row,
            "modality",
            f"{row['modality']} fact feeds {tie}.",
            "What is rumoured or denied is kept, never counted.",
            "Empty channel or the observation's fact_ids, or correct the modality.",
        )
