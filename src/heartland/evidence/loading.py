"""A folder of tables read and typed, with every problem collected instead of stopping at the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from heartland.core.schema import load_schema, schema_names, validate
from heartland.core.tables import RawTable, read_csv
from heartland.errors import Finding, HeartlandInputError, Place, suggestion
from heartland.evidence.series import SERIES

__all__ = ["MADE", "SHARED", "inside", "read_tables", "schema_of", "table_names"]

# schemas of what ships with the package rather than with a region
SHARED = frozenset({"states", "units", "plover", "events", "incidents", "incident_counts"})

# tables that the program writes beside a region's content: they decide nothing and are no evidence
MADE = frozenset({"answers"})


def table_names() -> tuple[str, ...]:
    """Tables a region folder may hold, sorted; bulk tables stand apart, see `series`."""
    return tuple(name for name in schema_names() if name not in SHARED | MADE and name not in SERIES)


def schema_of(table: str) -> str:
    """Schema of a table: its own name, or `weights` for a rival set of weights `weights-<name>`."""
    return "weights" if table.startswith("weights-") else table


def inside(folder: Path, path: Path) -> bool:
    """Whether a path stays inside a folder after following links."""
    return path.resolve().is_relative_to(folder.resolve())


def read_tables(
    folder: Path, defaults: Mapping[str, Mapping[str, Any]] | None = None, names: Sequence[str] | None = None
) -> tuple[dict[str, pd.DataFrame], list[Finding]]:
    """Typed tables of a folder and all findings of reading them.

    Parameters
    ----------
    folder : region folder; tables stand in it as `<name>.csv`, and an absent one is an empty table
    defaults : table -> column -> value for empty and absent cells
    names : tables to read; all that a region may hold when None, and then any other CSV is a finding
    """
    wanted = table_names() if names is None else tuple(names)
    files = {path.stem: path for path in sorted(folder.glob("*.csv")) if path.stem not in MADE}
    frames: dict[str, pd.DataFrame] = {}
    findings: list[Finding] = []
    if names is None:
        findings += _unknown_tables(files, wanted)
        findings += _unknown_defaults(defaults or {}, wanted)
        wanted = (*wanted, *(name for name in files if name not in wanted and schema_of(name) in wanted))
    for name in wanted:
        raw = RawTable(
            name, f"{name}.csv", [column.name for column in load_schema(schema_of(name)).columns], [], []
        )
        if name in files:
            try:
                raw = _with_defaults(_read(folder, files[name]), _known((defaults or {}).get(name, {}), name))
            except HeartlandInputError as error:
                findings.extend(error.findings)
        frames[name], found = validate(raw, load_schema(schema_of(name)))
        findings += found
    return frames, findings


def _read(folder: Path, path: Path) -> RawTable:
    if not inside(folder, path):
        raise HeartlandInputError.at(
            "leads outside the region folder.",
            file=path.name,
            check="outside",
            why="A region may not read other files.",
            fix="Replace the link by the file itself.",
        )
    return read_csv(path, path.name)


def _known(defaults: Mapping[str, Any], table: str) -> dict[str, Any]:
    names = {column.name for column in load_schema(schema_of(table)).columns}
    return {name: value for name, value in defaults.items() if name in names}


def _with_defaults(raw: RawTable, defaults: Mapping[str, Any]) -> RawTable:
    """The table with empty cells of defaulted columns filled; absent ones are added."""
    if not defaults:
        return raw
    columns = [*raw.columns, *(name for name in defaults if name not in raw.columns)]
    padded = [[*row, *([""] * (len(columns) - len(row)))] for row in raw.rows]
    for name, value in defaults.items():
        at, text = columns.index(name), str(value)
        for row in padded:
            row[at] = row[at] or text
    return RawTable(raw.name, raw.file, columns, padded, raw.numbers)


def _unknown_tables(files: Mapping[str, Path], known: Sequence[str]) -> list[Finding]:
    return [
        Finding(
            "E",
            "table",
            Place(f"{name}.csv"),
            f'"{name}" is not a table of a region.',
            "A misspelled table would pass as an absent one.",
            suggestion(name, known, listing="Known tables: heartland describe tables."),
        )
        for name in files
        if schema_of(name) not in known
    ]


def _unknown_defaults(defaults: Mapping[str, Mapping[str, Any]], known: Sequence[str]) -> list[Finding]:
    findings = []
    for table, columns in defaults.items():
        if table not in known:
            findings.append(
                Finding(
                    "E",
                    "defaults",
                    Place("model.yaml"),
                    f'defaults: "{table}" is not a table of a region.',
                    "The default would fill nothing.",
                    suggestion(table, known),
                )
            )
            continue
        names = [column.name for column in load_schema(table).columns]
        findings.extend(
            Finding(
                "E",
                "defaults",
                Place("model.yaml"),
                f'defaults.{table}: "{name}" is not a column.',
                "The default would fill nothing.",
                suggestion(name, names),
            )
            for name in columns
            if name not in names
        )
    return findings
