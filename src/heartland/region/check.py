"""Checks of `model.yaml` against the rest of a region and against the known mechanisms."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import pandas as pd

from heartland.core.yamlio import YamlNode
from heartland.errors import Finding, Place, suggestion
from heartland.region.settings import ModelSettings

__all__ = ["check_model_settings"]


def check_model_settings(
    model: ModelSettings,
    node: YamlNode,
    tables: Mapping[str, pd.DataFrame],
    organisations: Collection[str],
    scenarios: Collection[str],
    mechanisms: Mapping[str, str] | None,
    folder: str,
) -> list[Finding]:
    """Findings about a readable model.yaml.

    organisations : ids that have a rule file;  scenarios : ids that have a scenario file
    mechanisms : known mechanism ids and their phases, or None
    folder : name the id must equal (of a shipped region), or empty
    """
    findings = [*_actors(model, node, tables), *_mechanisms(model, node, mechanisms)]
    for i, name in enumerate(model.organisations):
        if name not in organisations:
            findings.append(
                _finding(
                    node,
                    ("organisations", i),
                    "model-organisation",
                    f'"{name}" has no rule file.',
                    "It could decide nothing.",
                    suggestion(name, organisations, listing=f"Write organisations/{name}.yaml."),
                )
            )
    if model.baseline_scenario and model.baseline_scenario not in scenarios:
        findings.append(
            _finding(
                node,
                ("baseline_scenario",),
                "model-baseline",
                f'"{model.baseline_scenario}" is no scenario.',
                "What-ifs would have nothing to be compared with.",
                suggestion(model.baseline_scenario, scenarios),
            )
        )
    if folder and folder != model.id:
        findings.append(
            _finding(
                node,
                ("id",),
                "file-id",
                f'id "{model.id}" is not the folder name "{folder}".',
                "One name must find both the folder and the region.",
                f"Write id: {folder}.",
            )
        )
    return findings


def _actors(model: ModelSettings, node: YamlNode, tables: Mapping[str, pd.DataFrame]) -> Iterator[Finding]:
    known = set(tables["actors"]["actor_id"].tolist())
    for i, name in enumerate(model.actors):
        if name not in known:
            yield _finding(
                node,
                ("actors", i),
                "A02",
                f'"{name}" is not an actor.',
                "A modelled actor needs a row in actors.csv.",
                suggestion(name, known, listing="Known ids: heartland evidence list actors."),
            )


def _mechanisms(model: ModelSettings, node: YamlNode, known: Mapping[str, str] | None) -> Iterator[Finding]:
    if known is None:
        return
    for i, name in enumerate(model.mechanisms):
        if name not in known:
            yield _finding(
                node,
                ("mechanisms", i),
                "model-mechanism",
                f'"{name}" is not a mechanism.',
                "The run would leave it out in silence.",
                suggestion(name, known, listing="Known: heartland describe mechanisms."),
            )


def _finding(
    node: YamlNode, path: tuple[str | int, ...], check: str, what: str, why: str, fix: str
) -> Finding:
    line, column = node.at(path)
    return Finding("E", check, Place(node.file, line, str(column)), what, why, fix)
