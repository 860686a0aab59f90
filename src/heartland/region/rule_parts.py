"""Pieces of rule files shared by their readers: strict models, places, unknown actors and sources."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from heartland.core.yamlio import YamlNode
from heartland.errors import Finding, Place, suggestion

__all__ = ["Strict", "at", "unknown_actor", "unknown_source"]


class Strict(BaseModel):
    """Frozen model without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)


def at(node: YamlNode, path: tuple[str | int, ...], check: str, what: str, why: str, fix: str) -> Finding:
    """Finding at a place of a document."""
    line, column = node.at(path)
    return Finding("E", check, Place(node.file, line, str(column)), what, why, fix)


def unknown_actor(
    node: YamlNode, path: tuple[str | int, ...], name: str, actors: Mapping[str, object]
) -> list[Finding]:
    """A finding where an id is not in actors."""
    if name in actors:
        return []
    return [
        at(
            node,
            path,
            "A02",
            f'"{name}" is not in actors.',
            "The rule would bind nobody.",
            suggestion(name, actors, listing="Known ids: heartland evidence list actors."),
        )
    ]


def unknown_source(
    node: YamlNode, path: tuple[str | int, ...], text: str, sources: Mapping[str, object]
) -> list[Finding]:
    """Sources are written `ID`, `ID:LINES`, several separated by spaces, or the word assumption."""
    findings = []
    for entry in text.split():
        name = entry.partition(":")[0]
        if name != "assumption" and name not in sources:
            findings.append(
                at(
                    node,
                    path,
                    "A02",
                    f'"{name}" is not in sources.',
                    "A rule without a source is an assumption and must say so.",
                    suggestion(name, sources, listing="Or write source: assumption."),
                )
            )
    return findings
