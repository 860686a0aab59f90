"""Ids across rows and tables: each key used once, each reference found."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from heartland.core.datehelp import quote
from heartland.errors import Finding, Place, suggestion

if TYPE_CHECKING:
    from pandas import DataFrame

    from heartland.core.schema import Column, TableSchema

__all__ = ["MOST_FINDINGS", "check_references", "duplicates", "more"]

MOST_FINDINGS = 25
# Tables that `heartland evidence list` prints.
LISTED = ("facts", "sources", "arguments", "actors")
MEMBERS = "members-of:"


def more(count: int, place: Place) -> Finding:
    """Finding that counts what is not shown."""
    what = f"and {count:,} more rows of this column."
    return Finding("E", "schema-more", place, what, "Only the first are shown.", "Fix those and check again.")


def duplicates(frame: DataFrame, schema: TableSchema, file: str) -> list[Finding]:
    """Rows whose key was used before (check A01); rows without a key are left to the cell check."""
    if not schema.key:
        return []
    findings: list[Finding] = []
    first: dict[tuple[Any, ...], int] = {}
    count = 0
    columns = [frame[name].tolist() for name in schema.keys]
    for cells, row in zip(zip(*columns, strict=True), frame["_row"].tolist(), strict=True):
        if not any(cells):
            continue
        if (earlier := first.setdefault(cells, row)) == row:
            continue
        count += 1
        if count <= MOST_FINDINGS:
            shown = " / ".join(
                f"{cell:g}" if isinstance(cell, float) else quote(str(cell))[1:-1] for cell in cells
            )
            findings.append(Finding(
                "E", "A01", Place(file, row, schema.key), f"id {shown} already used in row {earlier}.",
                "Whatever cites it would find two rows.", "Give this row an id that was never used.",
            ))
    if count > MOST_FINDINGS:
        findings.append(more(count - MOST_FINDINGS, Place(file, 0, schema.key)))
    return findings


def check_references(
    frames: Mapping[str, DataFrame],
    schemas: Mapping[str, TableSchema],
    others: Mapping[str, Collection[str]] | None = None,
) -> list[Finding]:
    """References that lead nowhere (check A02).

    Parameters
    ----------
    frames : validated tables by name; a table that has a schema but is not here counts as empty
    schemas : schema of each table by name
    others : ids of what is not a table (`mechanisms`, `organisations`), by the name schemas use

    Returns
    -------
    findings in order of tables, columns and rows; at most 25 for each column and one that counts the rest.
    A column whose targets are neither in `schemas` nor in `others` is not checked. `members-of:<id>` is
    accepted where `<id>` is.
    """
    ids: dict[str, frozenset[str]] = {name: frozenset(known) for name, known in (others or {}).items()}
    for name, schema in schemas.items():
        own = frozenset(frames[name][schema.key]) - {""} if name in frames and schema.key else frozenset()
        ids[name] = ids.get(name, frozenset()) | own
    findings: list[Finding] = []
    for name, frame in frames.items():
        if name not in schemas:
            continue
        file = str(frame.attrs.get("file") or f"{name}.csv")
        for column in schemas[name].columns:
            targets = column.refers_to
            if targets and targets != ("units",) and all(target in ids for target in targets):
                known = frozenset[str]().union(*(ids[target] for target in targets))
                findings += _unresolved(name, frame, column, known, schemas, file)
    return findings


def _unresolved(
    table: str, frame: DataFrame, column: Column, known: frozenset[str],
    schemas: Mapping[str, TableSchema], file: str,
) -> list[Finding]:
    findings: list[Finding] = []
    fixes: dict[str, str] = {}
    count = 0
    for cell, row in zip(frame[column.name].tolist(), frame["_row"].tolist(), strict=True):
        for item in cell if isinstance(cell, tuple) else (cell,):
            if item == "" or item in known or item.removeprefix(MEMBERS) in known:
                continue
            count += 1
            if count > MOST_FINDINGS:
                continue
            if item not in fixes:
                near = suggestion(item.removeprefix(MEMBERS), known, listing=_listing(column, schemas))
                fixes[item] = near
            nouns = " or ".join(_noun(target) for target in column.refers_to)
            article = "an" if nouns[0] in "aeiou" else "a"
            findings.append(Finding(
                "E", "A02", Place(file, row, column.name), f"{quote(item)} is not {article} {nouns}.",
                _why(table, column), fixes[item],
            ))
    if count > MOST_FINDINGS:
        findings.append(more(count - MOST_FINDINGS, Place(file, 0, column.name)))
    return findings


def _noun(name: str) -> str:
    """Singular of a table or column name, as prose."""
    words = name.removesuffix("_id").removesuffix("_ids").replace("_", " ")
    if words.endswith("ies"):
        return words[:-3] + "y"
    return words[:-1] if words.endswith("s") and not words.endswith(("ss", "us")) else words


def _why(table: str, column: Column) -> str:
    if "actors" in column.refers_to:
        return f"The {_noun(table)} would vanish from every measure of the {_noun(column.name)}."
    return f"The {_noun(table)} would point at nothing."


def _listing(column: Column, schemas: Mapping[str, TableSchema]) -> str:
    target: Any = column.refers_to[0]
    if target in LISTED:
        return f"Known ids: heartland evidence list {target}."
    key = schemas[target].key if target in schemas else ""
    return f"Known ids: column {key} of {target}.csv." if key else f"Known ids: heartland describe {target}."
