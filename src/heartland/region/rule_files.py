"""`organisations/*.yaml` and `policies/*.yaml` as records; every problem with file, line and column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from heartland.core.dates import parse
from heartland.core.interventions import parse_intervention
from heartland.core.modelcheck import checked
from heartland.core.yamlio import YamlNode, check_model
from heartland.errors import Finding, HeartlandInputError, suggestion
from heartland.region.proposal_files import ProposalFile, proposal_findings, proposal_of
from heartland.region.rule_parts import Strict, at, unknown_actor, unknown_source
from heartland.region.rules import Kind, Modifier, Organisation, Policy, RuleRecord
from heartland.region.settings import FOLDER_ID, edtf_text

__all__ = ["organisation_of", "policy_of"]


def _patch(text: str) -> str:
    parse_intervention(text)
    return text


class _Version(Strict):
    rule_id: str
    kind: Kind
    modifiers: list[Modifier] = Field(default_factory=list)
    mandate_from: str = ""
    trigger: str = ""
    voters: str | list[str] = ""
    lead: str = ""
    quorum: float | None = Field(default=None, ge=0, le=1)
    weights: dict[str, float] = Field(default_factory=dict)
    from_: edtf_text = Field(default="", alias="from")
    to: edtf_text = ""
    status: Literal["in-force", "proposed"] = "in-force"
    source: str
    text: str = ""
    note: str = ""


class _OrganisationFile(Strict):
    id: str = Field(pattern=FOLDER_ID)
    title: str = ""
    note: str = ""
    lead: str = ""
    candidates: list[str] = Field(default_factory=list)
    customs_union: bool = False
    decisions: dict[str, Annotated[list[_Version], Field(min_length=1)]]
    proposals: list[ProposalFile] = Field(default_factory=list)


class _Option(Strict):
    id: str
    do: list[Annotated[str, AfterValidator(checked(_patch))]] = Field(default_factory=list)
    text: str = ""
    why: str = ""


class _PolicyFile(Strict):
    id: str = Field(pattern=FOLDER_ID)
    actor: str
    rule_id: str = ""
    options: Annotated[list[_Option], Field(min_length=1)]
    default: str
    from_: edtf_text = Field(default="", alias="from")
    to: edtf_text = ""
    source: str
    text: str = ""
    note: str = ""


def organisation_of(
    node: YamlNode, actors: Mapping[str, object], sources: Mapping[str, object]
) -> Organisation:
    """Organisation of a file, with every id checked.

    Raises
    ------
    HeartlandInputError
        One finding per problem, with line and column: unknown key, kind, modifier, actor, body or source; a
        rule_id used twice; a lead rule without a lead; a mandate without a body.
    """
    content = check_model(node, _OrganisationFile)
    findings = _file_name(node, content.id)
    seen: set[str] = set()
    decisions: dict[str, tuple[RuleRecord, ...]] = {}
    for decision, versions in content.decisions.items():
        for i, version in enumerate(versions):
            path: tuple[str | int, ...] = ("decisions", decision, i)
            findings += _version_findings(node, path, version, actors, sources)
            if version.rule_id in seen:
                findings.append(
                    at(
                        node,
                        (*path, "rule_id"),
                        "rule-repeated",
                        f'rule_id "{version.rule_id}" is used twice.',
                        "A patch could not say which version it means.",
                        "Give each version its own id.",
                    )
                )
            seen.add(version.rule_id)
        decisions[decision] = tuple(_record(content.id, decision, version) for version in versions)
    findings += _membership_findings(node, content, actors)
    ids = [item.id for item in content.proposals]
    known = {name: [version.rule_id for version in versions] for name, versions in decisions.items()}
    for i, item in enumerate(content.proposals):
        findings += proposal_findings(node, i, item, ids[:i], known, content.id, actors, sources)
    if findings:
        raise HeartlandInputError(findings)
    return Organisation(
        content.id,
        decisions,
        content.title,
        content.lead,
        tuple(content.candidates),
        content.customs_union,
        tuple(proposal_of(content.id, item) for item in content.proposals),
    )


def _membership_findings(
    node: YamlNode, content: _OrganisationFile, actors: Mapping[str, object]
) -> list[Finding]:
    findings = unknown_actor(node, ("lead",), content.lead, actors) if content.lead else []
    for i, name in enumerate(content.candidates):
        findings += unknown_actor(node, ("candidates", i), name, actors)
    return findings


def _record(organisation: str, decision: str, version: _Version) -> RuleRecord:
    voters = (
        (version.voters,) if isinstance(version.voters, str) and version.voters else tuple(version.voters)
    )
    return RuleRecord(
        version.rule_id,
        organisation,
        decision,
        version.kind,
        tuple(version.modifiers),
        version.mandate_from,
        version.trigger,
        voters,
        version.lead,
        version.quorum,
        tuple(sorted(version.weights.items())),
        version.from_,
        version.to,
        version.status,
        version.source,
        version.text,
    )


def _version_findings(
    node: YamlNode,
    path: tuple[str | int, ...],
    version: _Version,
    actors: Mapping[str, object],
    sources: Mapping[str, object],
) -> list[Finding]:
    voters = [version.voters] if isinstance(version.voters, str) else list(version.voters)
    named = {
        "lead": [version.lead],
        "mandate_from": [version.mandate_from],
        "voters": [v.removeprefix("members-of:") for v in voters],
        "weights": list(version.weights),
    }
    findings = [
        finding
        for key, ids in named.items()
        for name in ids
        if name
        for finding in unknown_actor(node, (*path, key), name, actors)
    ]
    findings += unknown_source(node, (*path, "source"), version.source, sources)
    if version.kind == "lead" and not version.lead:
        findings.append(
            at(
                node,
                path,
                "rule-lead",
                f"{version.rule_id} is decided by a lead that is not named.",
                "Without one nobody could decide.",
                'Add "lead:" with an actor id.',
            )
        )
    if "mandate_from" in version.modifiers and not version.mandate_from:
        findings.append(
            at(
                node,
                path,
                "rule-mandate",
                f"{version.rule_id} needs a mandate from a body that is not named.",
                "The rule could never be satisfied.",
                'Add "mandate_from:" with the body\'s id.',
            )
        )
    if version.from_ and version.to and _ends_before(version.from_, version.to):
        findings.append(
            at(
                node,
                (*path, "to"),
                "rule-dates",
                f'to "{version.to}" is before from "{version.from_}".',
                "The version would never be in force.",
                "Swap the two.",
            )
        )
    return findings


def policy_of(node: YamlNode, actors: Mapping[str, object], sources: Mapping[str, object]) -> Policy:
    """Policy of a file, with ids and patches checked; raises like `organisation_of`."""
    content = check_model(node, _PolicyFile)
    findings = _file_name(node, content.id)
    findings += unknown_actor(node, ("actor",), content.actor, actors)
    findings += unknown_source(node, ("source",), content.source, sources)
    options = [option.id for option in content.options]
    for i, option in enumerate(options):
        if option in options[:i]:
            findings.append(
                at(
                    node,
                    ("options", i, "id"),
                    "policy-option",
                    f'option "{option}" is listed twice.',
                    "A patch could not say which one it means.",
                    "Give each option its own id.",
                )
            )
    for i, item in enumerate(content.options):
        if not item.do and content.default in options and item.id != content.default:
            findings.append(
                at(
                    node,
                    ("options", i),
                    "policy-idle",
                    f'option "{item.id}" changes nothing and is not the default.',
                    "A run under it would not differ from one under the option in force.",
                    'Say under "do:" which states or rules it patches.',
                )
            )
    if content.default not in options:
        findings.append(
            at(
                node,
                ("default",),
                "policy-default",
                f'default "{content.default}" is no option.',
                "The baseline would have no policy.",
                suggestion(content.default, options, listing=f"Options: {', '.join(options)}."),
            )
        )
    if findings:
        raise HeartlandInputError(findings)
    return Policy(
        content.id,
        content.actor,
        {option.id: tuple(option.do) for option in content.options},
        content.default,
        content.rule_id,
        content.from_,
        content.to,
        content.source,
        content.text,
    )


def _ends_before(start: str, end: str) -> bool:
    first, last = parse(start).earliest, parse(end).latest
    return first is not None and last is not None and last < first


def _file_name(node: YamlNode, content_id: str) -> list[Finding]:
    stem = node.file.rpartition("/")[2].removesuffix(".yaml")
    if stem == content_id:
        return []
    return [
        at(
            node,
            ("id",),
            "file-id",
            f'id "{content_id}" is not the file name "{stem}".',
            "One name must find both the file and the record.",
            f"Write id: {stem}, or rename the file.",
        )
    ]
