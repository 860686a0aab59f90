"""Decision rules of organisations and policies of actors: dated, sourced versions, one in force at a date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, get_args

from heartland.core.dates import may_contain, parse
from heartland.errors import HeartlandInputError, suggestion

__all__ = [
    "EFFECTS", "KINDS", "MEMBER_ROLES", "Effect", "Kind", "Modifier", "Objector", "Organisation", "Policy",
    "Proposal", "RuleRecord", "in_force", "rule_at", "version_at",
]

Kind = Literal["consensus", "majority", "two-thirds", "weighted", "lead", "unilateral", "never"]
Modifier = Literal["veto", "quorum", "abstain", "mandate_from"]
Effect = Literal["bank", "trade-zone", "amendment"]
KINDS: tuple[str, ...] = get_args(Kind)
EFFECTS: tuple[str, ...] = get_args(Effect)
MEMBER_ROLES = frozenset({"member", "distancing"})


@dataclass(frozen=True)
class RuleRecord:
    """One version of an organisation's decision rule.

    kind : closed list `KINDS`;  modifiers : any of veto, quorum, abstain, mandate_from
    mandate_from : body whose authorisation is needed first
    voters : actor ids or `members-of:<organisation>`
    lead : actor that decides where kind is lead;  quorum : share of voters that must take part
    weights : votes per voter where kind is weighted;  from_, to : EDTF bounds of validity, empty = open
    """

    rule_id: str
    organisation: str
    decision: str
    kind: str
    modifiers: tuple[str, ...] = ()
    mandate_from: str = ""
    trigger: str = ""
    voters: tuple[str, ...] = ()
    lead: str = ""
    quorum: float | None = None
    weights: tuple[tuple[str, float], ...] = ()
    from_: str = ""
    to: str = ""
    status: str = "in-force"
    source: str = ""
    text: str = ""


@dataclass(frozen=True)
class Objector:
    """A voter on record against a proposal; from_, to : EDTF bounds of the record, empty = open."""

    actor: str
    from_: str = ""
    to: str = ""
    source: str = ""


@dataclass(frozen=True)
class Proposal:
    """Something put to the vote in an organisation.

    decision : the organisation's decision by whose rule it is voted on;  sponsor : actor that wants it
    effect : closed list `EFFECTS`;  size : of a trade zone, as a share of a customs union
    rule, version : for an amendment, the decision of the organisation and the version that it brings
    rate : how often a year it is put to the vote, unless a patch does so
    """

    id: str
    organisation: str
    decision: str
    sponsor: str
    effect: str
    size: float = 1.0
    rule: str = ""
    version: str = ""
    rate: float = 0.0
    objectors: tuple[Objector, ...] = ()
    source: str = ""
    text: str = ""


@dataclass(frozen=True)
class Organisation:
    """An organisation's decisions, each with its versions in file order, and what is proposed in it.

    lead : the member the others depend on;  candidates : actors that may join or become observers
    customs_union : whether membership means free trade inside
    """

    id: str
    decisions: Mapping[str, tuple[RuleRecord, ...]]
    title: str = ""
    lead: str = ""
    candidates: tuple[str, ...] = ()
    customs_union: bool = False
    proposals: tuple[Proposal, ...] = ()


@dataclass(frozen=True)
class Policy:
    """A choice an actor makes by rule: option id -> patches in the intervention grammar."""

    id: str
    actor: str
    options: Mapping[str, tuple[str, ...]]
    default: str
    rule_id: str = ""
    from_: str = ""
    to: str = ""
    source: str = ""
    text: str = ""


def rule_at(organisation: Organisation, decision: str, at: date, version: str | None = None) -> RuleRecord:
    """Version of a decision rule: the one in force at a day, one named by `rule_id`, or a bare kind.

    version : None (in force at `at`; the latest to begin if several are), a rule_id, or one of `KINDS`, which
        gives the version in force (else the first one written) that kind and nothing else

    Raises
    ------
    HeartlandInputError
        Unknown decision or version; no version in force at the day.
    """
    if decision not in organisation.decisions:
        raise HeartlandInputError.at(
            f'"{decision}" is no decision of {organisation.id}.',
            check="rule-decision",
            why="A rule belongs to one decision of one organisation.",
            fix=suggestion(
                decision, organisation.decisions, listing=f"Decisions: {', '.join(organisation.decisions)}."
            ),
        )
    versions = organisation.decisions[decision]
    current = version_at(organisation, decision, at)
    if version is None and current is not None:
        return current
    ids = [v.rule_id for v in versions]
    if version is None:
        raise HeartlandInputError.at(
            f"{organisation.id}.{decision} has no version in force on {at.isoformat()}.",
            check="rule-in-force",
            why="A proposed rule binds nobody.",
            fix=f"Name a version in a rule patch: {', '.join(ids)}.",
        )
    for v in versions:
        if v.rule_id == version:
            return v
    if version in KINDS:
        return replace(current or versions[0], kind=version, rule_id=version, source="assumption")
    raise HeartlandInputError.at(
        f'"{version}" is neither a version of {organisation.id}.{decision} nor a kind of rule.',
        check="rule-version",
        why="The patch would change nothing.",
        fix=suggestion(
            version, [*ids, *KINDS], listing=f"Versions: {', '.join(ids)}. Kinds: {', '.join(KINDS)}."
        ),
    )


def version_at(organisation: Organisation, decision: str, at: date) -> RuleRecord | None:
    """Version in force at a day, the latest to begin if several are; None without one."""
    valid = [
        v
        for v in organisation.decisions.get(decision, ())
        if v.status == "in-force" and in_force(v.from_, v.to, at)
    ]
    return max(valid, key=lambda v: _start(v.from_), default=None)


def in_force(start: str, end: str, day: date) -> bool:
    """Whether a span with EDTF bounds (empty = open) may hold on a day."""
    if start:
        first = parse(start)
        if first.earliest is not None and first.earliest > day:
            return False
    if end:
        last = parse(end)
        return last.latest is None or last.latest >= day or may_contain(last, day)
    return True


def _start(text: str) -> date:
    return (parse(text).earliest if text else None) or date.min
