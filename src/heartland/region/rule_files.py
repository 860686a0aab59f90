"""`organisations/*.yaml` and `policies/*.yaml` as records; every problem with file, line and column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from heartland.core.dates import parse
from heartland.core.interventions import parse_intervention
from heartland.core.modelcheck import checked
from heartland.core.yamlio import YamlNode, check_model
from heartland.errors import Finding, HeartlandInputError, Place, suggestion
from heartland.region.rules import Kind, Modifier, Organisation, Policy, RuleRecord
from heartland.region.settings import FOLDER_ID, edtf_text

__all__ = ["organisation_of", "policy_of"]


def _patch(text: str) -> str:
    parse_intervention(text)
    return text


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)


class _Version(_Strict):
    rule_id: str
    kind: Kind
    modifiers: list[Modifier] = []
    mandate_from: str = ""
    trigger: str = ""
    voters: str | list[str] = ""
    lead: str = ""
    quorum: float | None = Field(default=None, ge=0, le=1)
    weights: dict[str, float] = {}
    from_: edtf_text = Field(default="", alias="from")
    to: edtf_text = ""
    status: Literal["in-force", "proposed"] = "in-force"
    source: str
    text: str = ""
    note: str = ""


class _OrganisationFile(_Strict):
    id: str = Field(pattern=FOLDER_ID)
    title: str = ""
    note: str = ""
    decisions: dict[str, Annotated[list[_Version], Field(min_length=1)]]


class _Option(_Strict):
    id: str
    do: list[Annotated[str, AfterValidator(checked(_patch))]] = []
    text: str = ""
    why: str = ""


class _PolicyFile(_Strict):
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
                    _at(
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
    if findings:
        raise HeartlandInputError(findings)
    return Organisation(content.id, decisions, content.title)


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
        for finding in _unknown_actor(node, (*path, key), name, actors)
    ]
    findings += _unknown_source(node, (*path, "source"), version.source, sources)
    if version.kind == "lead" and not version.lead:
        findings.append(
            _at(
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
            _at(
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
            _at(
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
    findings += _unknown_actor(node, ("actor",), content.actor, actors)
    findings += _unknown_source(node, ("source",), content.source, sources)
    options = [option.id for option in content.options]
    for i, option in enumerate(options):
        if option in options[:i]:
            findings.append(
                _at(
                    node,
                    ("options", i, "id"),
                    "policy-option",
                    f'option "{option}" is listed twice.',
                    "A patch could not say which one it means.",
                    "Give each option its own id.",
                )
            )
    if content.default not in options:
        findings.append(
            _at(
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


def _at(node: YamlNode, path: tuple[str | int, ...], check: str, what: str, why: str, fix: str) -> Finding:
    line, column = node.at(path)
    return Finding("E", check, Place(node.file, line, str(column)), what, why, fix)


def _file_name(node: YamlNode, content_id: str) -> list[Finding]:
    stem = node.file.rpartition("/")[2].removesuffix(".yaml")
    if stem == content_id:
        return []
    return [
        _at(
            node,
            ("id",),
            "file-id",
            f'id "{content_id}" is not the file name "{stem}".',
            "One name must find both the file and the record.",
            f"Write id: {stem}, or rename the file.",
        )
    ]


def _unknown_actor(
    node: YamlNode, path: tuple[str | int, ...], name: str, actors: Mapping[str, object]
) -> list[Finding]:
    if name in actors:
        return []
    return [
        _at(
            node,
            path,
            "A02",
            f'"{name}" is not in actors.',
            "The rule would bind nobody.",
            suggestion(name, actors, listing="Known ids: heartland evidence list actors."),
        )
    ]


def _unknown_source(
    node: YamlNode, path: tuple[str | int, ...], text: str, sources: Mapping[str, object]
) -> list[Finding]:
    """Sources are written `ID`, `ID:LINES`, several separated by spaces, or the word assumption."""
    findings = []
    for entry in text.split():
        name = entry.partition(":")[0]
        if name != "assumption" and name not in sources:
            findings.append(
                _at(
                    node,
                    path,
                    "A02",
                    f'"{name}" is not in sources.',
                    "A rule without a source is an assumption and must say so.",
                    suggestion(name, sources, listing="Or write source: assumption."),
                )
            )
    return findings
