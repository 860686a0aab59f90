"""Check tables against `schema/<table>.csv`: one file per table says what its columns hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from heartland.core.cells import Problem, ProblemError, Range, parse_range, reader
from heartland.core.datehelp import quote
from heartland.core.keys import MOST_FINDINGS, check_references, duplicates, more
from heartland.core.tables import RawTable, read_csv
from heartland.core.units import unit_finding
from heartland.errors import Finding, HeartlandInputError, Place, suggestion

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = [
    "Column",
    "TableSchema",
    "check_references",
    "load_schema",
    "schema_names",
    "table_schema",
    "validate",
]

FOLDER = Path(__file__).parent.parent / "schema"
HEADER = ("column", "type", "unit", "required", "default", "refers_to", "allowed", "description")
SCALARS = ("id", "ref", "text", "int", "number", "edtf", "date", "enum", "url", "bool", "unit")
TYPES = (*SCALARS, "list", *(f"list({kind})" for kind in SCALARS))
UNKNOWN_COLUMN = "Unknown columns are refused so that a typo cannot pass as a default."


@dataclass(frozen=True)
class Column:
    """One column of a table.

    type : as in `TYPES`; unit : unit of every value, where it has one; required : key, yes or no
    default : text that stands for an empty cell; refers_to : tables whose ids it holds
    allowed : words of an enum; span : range of a number
    """

    name: str
    type: str
    unit: str = ""
    required: str = "no"
    default: str = ""
    refers_to: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    description: str = ""
    span: Range | None = None

    @property
    def kind(self) -> str:
        """Type the cells are read by: a column that refers to `units` holds units."""
        if self.refers_to == ("units",):
            return "list(unit)" if self.type.startswith("list") else "unit"
        return self.type


# Any row of any table may carry these two (evidence.md 1).
COMMON = (
    Column("note", "text", description="remark"),
    Column(
        "status", "enum", default="documented", allowed=("documented", "assumption", "estimated"),
        description="whether the row rests on a source",
    ),
)


@dataclass(frozen=True)
class TableSchema:
    """All columns of a table in writing order, with `note` and `status` added where it has none."""

    name: str
    columns: tuple[Column, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Columns whose values together name a row; empty where rows have no name."""
        return tuple(column.name for column in self.columns if column.required == "key")

    @property
    def key(self) -> str:
        """First key column, the one other tables refer to; empty if there is none."""
        return self.keys[0] if self.keys else ""

    def column(self, name: str) -> Column:
        """Column by name; KeyError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


@lru_cache(maxsize=1)
def schema_names() -> tuple[str, ...]:
    """Names of all tables that have a schema, sorted."""
    start = ",".join(HEADER[:4])
    return tuple(sorted(
        path.stem for path in FOLDER.glob("*.csv")
        if path.read_text(encoding="utf-8-sig").startswith(start)
    ))


@lru_cache(maxsize=256)
def load_schema(table: str) -> TableSchema:
    """Schema of one table.

    Raises
    ------
    HeartlandInputError if there is no such schema (with the nearest names) or its file is wrong
    """
    if table not in schema_names():
        raise HeartlandInputError.at(
            f"{quote(table)} is not a table.", why="A table without a schema cannot be checked.",
            fix=suggestion(table, schema_names(), listing=f"Known tables: {', '.join(schema_names())}."),
            check="schema-table",
        )
    return table_schema(table, read_csv(FOLDER / f"{table}.csv", shown=f"schema/{table}.csv"))


def table_schema(name: str, raw: RawTable) -> TableSchema:
    """Schema from a table with the columns of `HEADER`; a column `unit` beside a `value` refers to `units`.

    Raises
    ------
    HeartlandInputError for a missing column, an unknown type, a `required` other than key, yes, no, an enum
    without words, or an `allowed` of a number that is no range
    """
    missing = [column for column in HEADER if column not in raw.columns]
    if missing:
        raise HeartlandInputError.at(
            f"the schema lacks {', '.join(missing)}.", why="Every schema has the same eight columns.",
            fix=f"Use the header {','.join(HEADER)}.", file=raw.file, row=1, check="schema-schema",
        )
    place = [raw.columns.index(column) for column in HEADER]
    columns, findings = [], []
    for row, number in zip(raw.rows, raw.numbers, strict=True):
        column, wrong = _schema_row(dict(zip(HEADER, (row[at] for at in place), strict=True)))
        columns.append(column)
        why = "The table cannot be checked."
        findings += [
            Finding("E", "schema-schema", Place(raw.file, number, where), what, why, fix)
            for where, what, fix in wrong
        ]
    if findings:
        raise HeartlandInputError(findings)
    names = {column.name for column in columns}
    if {"value", "unit"} <= names:
        columns = [replace(c, refers_to=("units",)) if c.name == "unit" else c for c in columns]
    return TableSchema(name, (*columns, *(column for column in COMMON if column.name not in names)))


def _schema_row(cells: Mapping[str, str]) -> tuple[Column, list[tuple[str, str, str]]]:
    kind, allowed, required = cells["type"], cells["allowed"], cells["required"] or "no"
    words, span = tuple(word.strip() for word in allowed.split("|") if word.strip()), None
    wrong = []
    if kind not in TYPES:
        fix = suggestion(kind, TYPES, listing=f"Types: {', '.join(TYPES[:11])}, list, list(...).")
        wrong.append(("type", f"{quote(kind)} is not a type.", fix))
    if required not in ("key", "yes", "no"):
        wrong.append(("required", f"{quote(required)} is not allowed.", "Write key, yes or no."))
    if kind in ("int", "number", "list(int)", "list(number)"):
        span, words = (parse_range(allowed) if allowed else None), ()
        if allowed and span is None:
            fix = "Write a range such as [0,1] or [0,]."
            wrong.append(("allowed", f"{quote(allowed)} is not a range.", fix))
    wordless = not words and cells["refers_to"] != "units"
    if kind.removeprefix("list(").removesuffix(")") == "enum" and wordless:
        wrong.append(("allowed", "an enum without words.", "Write the words, separated by |."))
    column = Column(
        cells["column"], kind, cells["unit"], required, cells["default"],
        tuple(name.strip() for name in cells["refers_to"].split("|") if name.strip()), words,
        cells["description"], span,
    )
    return column, wrong


def validate(raw: RawTable, schema: TableSchema) -> tuple[DataFrame, list[Finding]]:
    """Type a table and list everything that is wrong with it.

    Parameters
    ----------
    raw : table as text
    schema : what its columns may hold. A column that is absent, or a cell that is empty, takes the column's
        default; `note` and `status` are allowed in every table.

    Returns
    -------
    frame : all columns of the schema in its order, then `_row` (int64, header = row 1). Text, id, ref,
        enum, edtf, date and url are str, "" where unknown; int and number are float64, NaN where unknown;
        lists are tuples of str; bool is bool, None where unknown. A cell with a finding is unknown.
    findings : in order of columns and rows; at most 25 for each column and one that counts the rest
    """
    from pandas import DataFrame

    findings = _columns(raw, schema)
    position = {name: at for at, name in enumerate(raw.columns)}
    data: dict[str, Any] = {}
    for column in schema.columns:
        at = position.get(column.name)
        texts = [row[at] for row in raw.rows] if at is not None else [""] * len(raw.rows)
        values, found = _cells(column, texts, raw, absent=at is None)
        data[column.name] = _typed(column, values)
        findings += found
    data["_row"] = raw.numbers
    frame = DataFrame(data, copy=False)
    frame["_row"] = frame["_row"].astype("int64")
    frame.attrs["file"] = raw.file
    return frame, findings + duplicates(frame, schema, raw.file)


def _columns(raw: RawTable, schema: TableSchema) -> list[Finding]:
    known = [column.name for column in schema.columns]
    findings = []
    for name in raw.columns:
        if name not in known:
            fix = suggestion(name, known) or f"Known columns: {', '.join(known)}."
            findings.append(Finding(
                "E", "schema-unknown-column", Place(raw.file, 1, name), "unknown column.", UNKNOWN_COLUMN, fix
            ))
    for column in schema.columns:
        if column.name not in raw.columns and column.required != "no" and not column.default:
            findings.append(Finding(
                "E", "schema-missing-column", Place(raw.file, 1, column.name), "required column is missing.",
                "No row can be read without it.", "Add it to the header and fill it in every row.",
            ))
    return findings


def _cells(
    column: Column, texts: Sequence[str], raw: RawTable, *, absent: bool
) -> tuple[list[Any], list[Finding]]:
    """Values of one column and what is wrong with them; each distinct text is read once."""
    read = reader(column.kind, column.allowed, column.span)
    unknown = _unknown(column)
    values: dict[str, Any] = {}
    problems: dict[str, Problem] = {}
    for text in dict.fromkeys(texts):
        source = text or column.default
        if not source:
            values[text] = unknown
            if column.required != "no" and not absent:
                meaning = f" ({column.description})" if column.description else ""
                fix = f"Write {_an(column)}{meaning}."
                problems[text] = Problem("schema-missing-cell", "empty.", "Every row needs it.", fix)
            continue
        try:
            values[text] = read(source)
        except ProblemError as error:
            values[text], problems[text] = unknown, error.problem
    findings = _place(column, texts, raw, problems) if problems else []
    return [values[text] for text in texts], findings


def _an(column: Column) -> str:
    """The column's kind of value with its article, as the fix of an empty cell words it."""
    kind = column.kind.split("(")[0]
    if kind in ("bool", "enum", "text"):
        return {"bool": "yes or no", "text": "text"}.get(kind, " or ".join(column.allowed))
    return {
        "edtf": "a date", "date": "a day", "url": "a web address", "id": "an id", "ref": "an id",
        "int": "a whole number",
    }.get(kind, f"a {kind}")


def _place(
    column: Column, texts: Sequence[str], raw: RawTable, problems: Mapping[str, Problem]
) -> list[Finding]:
    findings: list[Finding] = []
    count = 0
    for at, text in enumerate(texts):
        problem = problems.get(text)
        if problem is None:
            continue
        count += 1
        if count > MOST_FINDINGS:
            continue
        place = Place(raw.file, raw.numbers[at], column.name)
        if problem.check == "unit":
            value = raw.rows[at][raw.columns.index("value")] if "value" in raw.columns else ""
            findings.append(unit_finding(problem.what, place, value))
        else:
            findings.append(Finding("E", problem.check, place, problem.what, problem.why, problem.fix))
    if count > MOST_FINDINGS:
        findings.append(more(count - MOST_FINDINGS, Place(raw.file, 0, column.name)))
    return findings


def _unknown(column: Column) -> Any:
    if column.type.startswith("list"):
        return ()
    return {"int": float("nan"), "number": float("nan"), "bool": None}.get(column.type, "")


def _typed(column: Column, values: list[Any]) -> Any:
    import numpy as np

    if column.type in ("int", "number"):
        return np.array(values, dtype=np.float64)
    if column.type == "bool" and None not in values:
        return np.array(values, dtype=bool)
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
