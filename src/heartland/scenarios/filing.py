"""What a scenario's file says, read into its parts, with the place of every mistake."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from heartland.core.dates import parse as parse_date
from heartland.core.expressions import parse as parse_expression
from heartland.core.interventions import Intervention, parse_intervention
from heartland.core.limits import limit, over
from heartland.core.tree import Node, Where
from heartland.core.yamlio import YamlNode, check_model
from heartland.errors import Finding, HeartlandInputError, Place
from heartland.scenarios.files import OutcomeFile, PatchFile, ScenarioFile
from heartland.scenarios.outcomes import yes_or_no

__all__ = ["Outcome", "Patch", "fields_of", "outcome_of"]

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_OUTCOME_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,127}")
_HORIZON = re.compile(r"P(\d{1,3})([MY])")


@dataclass(frozen=True)
class Patch:
    """One dated change with its reason and either a source id or a stated assumption."""

    do: Intervention
    why: str
    source: str = ""
    assumption: str = ""


@dataclass(frozen=True)
class Outcome:
    """A question to a run: expression of the closed grammar, unit `probability` for yes-no outcomes."""

    id: str
    question: str
    expression: str
    unit: str
    tree: Node = field(compare=False, repr=False)


def fields_of(node: YamlNode, file: str) -> Mapping[str, Any]:
    """Fields of a scenario from a parsed YAML document; `file` is the name shown in messages."""
    content = check_model(node, ScenarioFile, file)
    _check_id(content.id, node, file)
    _check_time(content.start, content.known_by, node, file)
    if len(content.patches) > limit("SCENARIO_PATCHES"):
        row, column = node.at(("patches",))
        what = f"the scenario has {len(content.patches)} patches"
        raise over("SCENARIO_PATCHES", what, file=file, row=row, column=str(column or ""))
    ids = [item.id for item in content.outcomes]
    for number, name in enumerate(ids):
        _check(
            _OUTCOME_ID.fullmatch(name) is not None,
            node,
            file,
            ("outcomes", number, "id"),
            f'outcome id "{name}" is not an id',
            "Tables and reports name the outcome by it.",
            "Write small letters, digits and hyphens: my-outcome.",
        )
        _check(
            name not in ids[:number],
            node,
            file,
            ("outcomes", number, "id"),
            f'outcome id "{name}" is used twice',
            "Answers are found by it.",
            "Rename one.",
        )
    plain = ("id", "title", "question", "start", "known_by", "system", "expected", "disproof", "headline")
    return {
        **{name: getattr(content, name) for name in plain},
        "months": _months(content.horizon, node, file),
        "baseline_id": content.baseline,
        "patches": tuple(_patch(item, node, file, i) for i, item in enumerate(content.patches)),
        "outcomes": tuple(outcome_of(item, node, file, i) for i, item in enumerate(content.outcomes)),
        **{name: tuple(getattr(content, name)) for name in ("levers", "receivers", "also", "also_headline")},
    }


def _check_id(name: str, node: YamlNode, file: str) -> None:
    stem = Path(file).stem if file else name
    _check(
        name == stem and (_ID.fullmatch(name) is not None or not file),
        node,
        file,
        ("id",),
        f'id "{name}" is not the file name "{stem}"',
        "Runs are named by it.",
        f"Write id: {stem}.",
    )
    _check(
        _ID.fullmatch(name) is not None,
        node,
        file,
        ("id",),
        f'"{name}" is not an id',
        "Files and runs are named by it.",
        "Write small letters, digits and hyphens, at most 64: my-scenario.",
    )


def _check(
    fine: bool, node: YamlNode, file: str, path: tuple[str | int, ...], what: str, why: str, fix: str
) -> None:
    if fine:
        return
    raise HeartlandInputError(Finding("E", "scenario", _place(node, file, path), what + ".", why, fix))


def _place(node: YamlNode, file: str, path: tuple[str | int, ...]) -> Place:
    row, column = node.at(path)
    return Place(file, row, str(column or ""))


def _check_time(start: str, known_by: str, node: YamlNode, file: str) -> None:
    for key, text in (("start", start), ("known_by", known_by)):
        if not text:
            continue
        try:
            date = parse_date(text)
        except HeartlandInputError as error:
            finding = error.findings[0]
            raise HeartlandInputError(replace(finding, place=_place(node, file, (key,)))) from None
        _check(
            date.precision == "day",
            node,
            file,
            (key,),
            f'"{text}" is not a day',
            "A world has one date.",
            "Write it as 2021-12-31.",
        )


def _months(text: str, node: YamlNode, file: str) -> int:
    match = _HORIZON.fullmatch(text)
    months = int(match[1]) * (12 if match[2] == "Y" else 1) if match else 0
    _check(
        months > 0,
        node,
        file,
        ("horizon",),
        f'"{text}" is not a horizon',
        f"Runs last 1 to {limit('SCENARIO_STEPS')} months.",
        "Write P6M or P5Y.",
    )
    if months > limit("SCENARIO_STEPS"):
        row, column = node.at(("horizon",))
        what = f'"{text}" is {months:,} months'
        raise over("SCENARIO_STEPS", what, file=file, row=row, column=str(column or ""))
    return months


def _patch(item: PatchFile, node: YamlNode, file: str, number: int) -> Patch:
    row, _ = node.at(("patches", number, "do"))
    intervention = parse_intervention(item.do, Where(file, row))
    _check(
        bool(item.source) != bool(item.assumption),
        node,
        file,
        ("patches", number),
        "a patch needs a source or an assumption, and not both",
        "A change without origin cannot be judged.",
        "Add source: <id> or assumption: <why>.",
    )
    _check(
        bool(item.why.strip()),
        node,
        file,
        ("patches", number, "why"),
        "the reason is empty",
        "A reader must see why the patch is there.",
        "Say it in one sentence.",
    )
    return Patch(intervention, item.why, item.source, item.assumption)


def outcome_of(
    item: OutcomeFile, node: YamlNode, file: str, number: int, key: str = "outcomes"
) -> Outcome:
    """One outcome of a file, its expression parsed and its unit checked.

    key : list of the file that it stands in, at place `number`

    Raises
    ------
    HeartlandInputError
        With the place of the mistake.
    """
    row, _ = node.at((key, number, "expression"))
    tree = parse_expression(item.expression, Where(file, row))
    kind, other = ("a yes or no", "a number") if yes_or_no(tree) else ("a number", "a yes or no")
    _check(
        yes_or_no(tree) == (item.unit == "probability"),
        node,
        file,
        (key, number, "expression"),
        f'outcome "{item.id}" is {kind}, but its unit "{item.unit}" is that of {other}',
        "A probability is the share of runs in which something holds; everything else has a unit of its own.",
        "Write unit: probability for occurs() and comparisons, and the state's unit otherwise.",
    )
    return Outcome(item.id, item.question, item.expression, item.unit, tree)
