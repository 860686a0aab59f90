"""Checks of `model.yaml` against the rest of a region and against the known mechanisms."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import pandas as pd

from heartland.core.yamlio import YamlNode
from heartland.errors import Finding, Place, suggestion
from heartland.region.settings import ModelSettings

__all__ = ["check_model_settings"]

LISTS = ("actors", "receivers", "powers", "insiders", "exporters", "organisations", "mechanisms")


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
    findings = [
        *_repeated(model, node),
        *_outside(model, node),
        *_actors(model, node, tables),
        *_mechanisms(model, node, mechanisms),
    ]
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


def _repeated(model: ModelSettings, node: YamlNode) -> Iterator[Finding]:
    for name in LISTS:
        entries: list[str] = getattr(model, name)
        for i, entry in enumerate(entries):
            if entry in entries[:i]:
                why = "Each entry is one slot of the arrays."
                if name == "mechanisms":
                    why = "A mechanism acts once per step, in one phase."
                yield _finding(
                    node,
                    (name, i),
                    "model-list",
                    f'{name}: "{entry}" is listed twice.',
                    why,
                    "Delete one of the two.",
                )


def _outside(model: ModelSettings, node: YamlNode) -> Iterator[Finding]:
    subsets: tuple[tuple[str, str], ...] = (
        ("receivers", "actors"),
        ("powers", "actors"),
        ("exporters", "actors"),
        ("insiders", "powers"),
    )
    for name, whole in subsets:
        known: list[str] = getattr(model, whole)
        for i, entry in enumerate(getattr(model, name)):
            if entry not in known:
                yield _not_among(node, (name, i), name, entry, whole, known)
    if model.rival and model.rival not in model.actors:
        yield _not_among(node, ("rival",), "rival", model.rival, "actors", model.actors)
    for i, entry in enumerate(model.powers):
        if entry in model.receivers:
            yield _finding(
                node,
                ("powers", i),
                "model-list",
                f'"{entry}" is both a receiver and a power.',
                "Ties run from powers to receivers.",
                "Keep it in one of the two lists.",
            )


def _not_among(
    node: YamlNode, path: tuple[str | int, ...], name: str, entry: str, whole: str, known: list[str]
) -> Finding:
    fix = suggestion(entry, known) or f"Add it to {whole}, or delete it here."
    return _finding(
        node,
        path,
        "model-list",
        f'{name}: "{entry}" is not among {whole}.',
        "A tie needs both its ends among the modelled actors.",
        fix,
    )


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
