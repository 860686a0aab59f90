"""Rows of a Data Package against its Table Schema: types, constraints, primary and foreign keys.

Source: Table Schema 2.0 (datapackage.org, 2024).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from heartland.core.tables import RawTable
from heartland.errors import Finding, Place

__all__ = ["check_rows", "field_findings"]

Tables = Mapping[str, tuple[RawTable, Mapping[str, Any]]]
MOST = 25
WHY = "The descriptor promises otherwise."
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_PLAIN = ("string", "number", "integer", "boolean", "date", "list", "any")
_CONSTRAINTS = (
    "required",
    "unique",
    "enum",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
)


def field_findings(field: Mapping[str, Any]) -> list[str]:
    """What is wrong with a field's description, in words."""
    found = []
    if field.get("type", "any") not in _PLAIN:
        found.append(f"type {field.get('type')!r} is not one that this check knows")
    constraints = field.get("constraints", {})
    found += [f"{name} is no constraint" for name in constraints if name not in _CONSTRAINTS]
    if "pattern" in constraints:
        try:
            re.compile(constraints["pattern"])
        except re.error as error:
            found.append(f"the pattern cannot be read: {error}")
    return found


def check_rows(name: str, table: RawTable, schema: Mapping[str, Any], tables: Tables) -> list[Finding]:
    """Findings of one table, at most 25 a field.

    tables : all resources by name with their schemas, for foreign keys
    """
    missing = set(schema.get("missingValues", [""]))
    findings: list[Finding] = []
    cells = {column: [row[at] for row in table.rows] for at, column in enumerate(table.columns)}
    for field in schema["fields"]:
        if field["name"] in cells:
            findings += _field(table, field, cells[field["name"]], missing)
    key = _names(schema.get("primaryKey", []))
    if key:
        findings += _primary(table, key, cells, missing)
    for foreign in schema.get("foreignKeys", []):
        findings += _foreign(name, table, foreign, cells, missing, tables)
    return findings


def _names(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _at(table: RawTable, row: int, column: str, what: str) -> Finding:
    return Finding(
        "E", "package-row", Place(table.file, table.numbers[row], column), what, WHY, "Export it again."
    )


def _field(
    table: RawTable, field: Mapping[str, Any], cells: Sequence[str], missing: set[str]
) -> list[Finding]:
    constraints = field.get("constraints", {})
    read, tests = _reader(field), _tests(constraints)
    findings: list[Finding] = []
    seen: set[str] = set()
    verdicts: dict[str, str] = {}
    for row, text in enumerate(cells):
        if text in missing:
            what = "the cell is empty but required." if constraints.get("required") else ""
        else:
            if text not in verdicts:
                verdicts[text] = _verdict(text, read, tests, field)
            what = verdicts[text]
            if not what and constraints.get("unique") and text in seen:
                what = f'"{text}" occurs twice in a column of unique values.'
            seen.add(text)
        if what:
            findings.append(_at(table, row, field["name"], what))
            if len(findings) == MOST:
                break
    return findings


def _verdict(
    text: str,
    read: Callable[[str], Any],
    tests: Sequence[tuple[str, Callable[[Any, str], bool]]],
    field: Mapping[str, Any],
) -> str:
    try:
        value = read(text)
    except ValueError:
        return f'"{text[:60]}" is no {field.get("type", "any")}.'
    for name, holds in tests:
        if not holds(value, text):
            return f'"{text[:60]}" breaks the constraint {name}.'
    return ""


def _reader(field: Mapping[str, Any]) -> Callable[[str], Any]:
    kind = field.get("type", "any")
    if kind == "list":
        item = _reader({"type": field.get("itemType", "string")})
        mark = field.get("delimiter", ",")
        return lambda text: [item(part) for part in text.split(mark)]
    if kind == "boolean":
        words = {
            **dict.fromkeys(field.get("trueValues", ["true", "True", "TRUE", "1"]), True),
            **dict.fromkeys(field.get("falseValues", ["false", "False", "FALSE", "0"]), False),
        }
        return lambda text: _known(text, words)
    if kind == "string" and field.get("format") == "uri":
        return lambda text: _matching(text, re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+"))
    plain: Mapping[str, Callable[[str], Any]] = {
        "number": _number,
        "integer": int,
        "date": date.fromisoformat,
    }
    return plain.get(kind, str)


def _known(text: str, words: Mapping[str, bool]) -> bool:
    if text not in words:
        raise ValueError(text)
    return words[text]


def _matching(text: str, pattern: re.Pattern[str]) -> str:
    if not pattern.fullmatch(text):
        raise ValueError(text)
    return text


def _number(text: str) -> float:
    return float(_matching(text, _NUMBER))


def _tests(constraints: Mapping[str, Any]) -> list[tuple[str, Callable[[Any, str], bool]]]:
    found: list[tuple[str, Callable[[Any, str], bool]]] = []
    if "enum" in constraints:
        words = set(constraints["enum"])
        found.append(("enum", lambda value, text: value in words or text in words))
    if "pattern" in constraints:
        pattern = re.compile(constraints["pattern"])
        found.append(("pattern", lambda value, text: pattern.fullmatch(text) is not None))
    limits: Mapping[str, Callable[[Any, Any], bool]] = {
        "minimum": lambda value, end: value >= end,
        "maximum": lambda value, end: value <= end,
        "exclusiveMinimum": lambda value, end: value > end,
        "exclusiveMaximum": lambda value, end: value < end,
        "minLength": lambda value, end: len(value) >= end,
        "maxLength": lambda value, end: len(value) <= end,
    }
    for name, holds in limits.items():
        if name in constraints:
            found.append((name, partial(_within, holds, constraints[name])))
    return found


def _within(holds: Callable[[Any, Any], bool], end: Any, value: Any, text: str) -> bool:
    del text
    return holds(value, end)


def _primary(
    table: RawTable, key: Sequence[str], cells: Mapping[str, Sequence[str]], missing: set[str]
) -> list[Finding]:
    findings, seen = [], set()
    for row, values in enumerate(zip(*(cells[name] for name in key), strict=True)):
        if missing.intersection(values):
            findings.append(_at(table, row, key[0], "the primary key is empty."))
        elif values in seen:
            findings.append(_at(table, row, key[0], f"the primary key {', '.join(values)} occurs twice."))
        seen.add(values)
    return findings[:MOST]


def _foreign(
    name: str,
    table: RawTable,
    foreign: Mapping[str, Any],
    cells: Mapping[str, Sequence[str]],
    missing: set[str],
    tables: Tables,
) -> list[Finding]:
    own, reference = _names(foreign["fields"]), foreign["reference"]
    target = reference.get("resource") or name
    if target not in tables:
        return (
            [_at(table, 0, own[0], f"the foreign key leads to {target}, which is no resource.")]
            if table.rows
            else []
        )
    other = tables[target][0]
    if missing_columns := [c for c in _names(reference["fields"]) if c not in other.columns]:
        return [
            _at(table, 0, own[0], f"the foreign key leads to {missing_columns[0]}, which {target} lacks.")
        ]
    places = [other.columns.index(column) for column in _names(reference["fields"])]
    known = {tuple(row[at] for at in places) for row in other.rows}
    findings = []
    for row, values in enumerate(zip(*(cells[column] for column in own), strict=True)):
        if not missing.intersection(values) and values not in known:
            findings.append(_at(table, row, own[0], f'"{", ".join(values)}" is not in {target}.'))
    return findings[:MOST]
