"""`proposals:` of `organisations/*.yaml` as records; every problem with file, line and column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import Field

from heartland.core.yamlio import YamlNode
from heartland.errors import Finding, suggestion
from heartland.region.rule_parts import Strict, at, unknown_actor, unknown_source
from heartland.region.rules import Effect, Objector, Proposal
from heartland.region.settings import FOLDER_ID, edtf_text

__all__ = ["ProposalFile", "proposal_findings", "proposal_of"]


class _Objector(Strict):
    actor: str
    from_: edtf_text = Field(default="", alias="from")
    to: edtf_text = ""
    source: str


class _Effect(Strict):
    kind: Effect
    size: float = Field(default=1.0, ge=0, le=1)
    rule: str = ""
    version: str = ""


class ProposalFile(Strict):
    """One entry as written."""

    id: str = Field(pattern=FOLDER_ID)
    decision: str
    sponsor: str
    objectors: list[_Objector] = Field(default_factory=list)
    effect: _Effect
    rate: float = Field(default=0.0, ge=0)
    source: str
    text: str = ""
    note: str = ""


def proposal_of(organisation: str, item: ProposalFile) -> Proposal:
    """Record of one entry."""
    return Proposal(
        item.id,
        organisation,
        item.decision,
        item.sponsor,
        item.effect.kind,
        item.effect.size,
        item.effect.rule,
        item.effect.version,
        item.rate,
        tuple(Objector(one.actor, one.from_, one.to, one.source) for one in item.objectors),
        item.source,
        item.text,
    )


def proposal_findings(
    node: YamlNode,
    number: int,
    item: ProposalFile,
    before: Sequence[str],
    decisions: Mapping[str, Sequence[str]],
    organisation: str,
    actors: Mapping[str, object],
    sources: Mapping[str, object],
) -> list[Finding]:
    """Problems of one proposal; before : ids above it;  decisions : ids of versions by decision."""
    path: tuple[str | int, ...] = ("proposals", number)
    findings = unknown_actor(node, (*path, "sponsor"), item.sponsor, actors)
    findings += unknown_source(node, (*path, "source"), item.source, sources)
    for i, one in enumerate(item.objectors):
        findings += unknown_actor(node, (*path, "objectors", i, "actor"), one.actor, actors)
        findings += unknown_source(node, (*path, "objectors", i, "source"), one.source, sources)
    if item.id in before:
        findings.append(
            at(
                node,
                (*path, "id"),
                "proposal-repeated",
                f'proposal "{item.id}" is listed twice.',
                "A patch could not say which one it means.",
                "Give each proposal its own id.",
            )
        )
    named = {"decision": item.decision}
    if item.effect.kind == "amendment":
        named["effect rule"] = item.effect.rule
    for key, decision in named.items():
        if decision not in decisions:
            findings.append(
                at(
                    node,
                    (*path, key.partition(" ")[0]),
                    "proposal-decision",
                    f'{key} "{decision}" of proposal "{item.id}" is no decision of {organisation}.',
                    "Nobody could vote on it by a written rule.",
                    suggestion(
                        decision, decisions, listing=f"Decisions: {', '.join(decisions)}."
                    ),
                )
            )
            continue
        versions = decisions[decision]
        if key == "effect rule" and item.effect.version not in versions:
            findings.append(
                at(
                    node,
                    (*path, "effect"),
                    "proposal-version",
                    f'"{item.effect.version}" is no version of {organisation}.{decision}.',
                    "The amendment would change nothing.",
                    suggestion(item.effect.version, versions, listing=f"Versions: {', '.join(versions)}."),
                )
            )
    return findings


