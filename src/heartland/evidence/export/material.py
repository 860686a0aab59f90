"""What is exported: the rows of the tables, checked once so that every format can hold every text."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

import pandas as pd

from heartland.core.dates import parse
from heartland.core.schema import Column, TableSchema, load_schema, schema_names, validate
from heartland.core.tables import RawTable, cell_text
from heartland.core.textio import nfc
from heartland.errors import HeartlandInputError, suggestion
from heartland.evidence.knowing import cut
from heartland.evidence.loading import schema_of

__all__ = [
    "HOLDS",
    "About",
    "Material",
    "Row",
    "Tie",
    "bounds",
    "filled",
    "frames_of",
    "gather",
    "is_current",
    "schema_for",
    "unknown",
]

Row = dict[str, Any]
HOLDS = ("asserted", "reported", "assessed")  # modalities that say something is so
# What no text file may hold: C0 and C1 controls other than tab and line feed, surrogates, non-characters.
# The same set that tables are refused for on reading; XML 1.0 forbids a part of it (W3C 2008, 2.2).
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class About:
    """What a file says of its origin: id, title, version and licence of the region, hash of its folder."""

    id: str
    title: str = ""
    version: str = ""
    licence: str = ""
    hash: str = ""


@dataclass(frozen=True)
class Tie:
    """Pooled value of one tie at a date, in `unit`; NaN where not known. `source_ids`: what it rests on."""

    giver: str
    receiver: str
    channel: str
    value: float
    low: float = math.nan
    high: float = math.nan
    unit: str = ""
    date: str = ""
    source_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Material:
    """Checked content of an export.

    rows : table -> rows in file order, each with all columns of its schema; unknown is "", NaN, None or ()
    ties : pooled ties at the day `at`;  known_by : ISO day the content was cut at, "" for none
    """

    about: About
    rows: Mapping[str, Sequence[Row]]
    ties: tuple[Tie, ...] = ()
    at: str = ""
    known_by: str = ""
    schemas: Mapping[str, TableSchema] = field(default_factory=dict, repr=False)

    def table(self, name: str) -> Sequence[Row]:
        """Rows of a table; none where it is absent."""
        return self.rows.get(name, ())

    def columns(self, name: str) -> tuple[Column, ...]:
        """Columns of a table in writing order."""
        return self.schemas[name].columns

    @property
    def summary(self) -> str:
        """One line on the origin, for formats that have a place for a description."""
        parts = [self.about.title or self.about.id, self.about.version and f"version {self.about.version}"]
        parts += [self.known_by and f"as known by {self.known_by}", self.at and f"ties at {self.at}"]
        parts += [self.about.licence and f"coded records under {self.about.licence}"]
        return nfc(
            ", ".join(part for part in parts if part) + "; a source's own terms stand in its licence column"
        )


def unknown(value: object) -> bool:
    """Whether a cell says nothing: empty text, NaN, None or an empty list."""
    return value is None or value == "" or value == () or (isinstance(value, float) and math.isnan(value))


def is_current(fact: Row) -> bool:
    """Whether a fact may be taken as so: not withdrawn, and neither plan, forecast, rumour nor denial."""
    return fact["rank"] != "deprecated" and fact["modality"] in HOLDS


def filled(row: Row) -> Row:
    """The cells of a row that say something."""
    return {name: value for name, value in row.items() if not unknown(value)}


def bounds(text: str) -> tuple[str, str]:
    """First and last day of an EDTF text as ISO days; "" where that end is open or unknown."""
    if not text:
        return "", ""
    first, last = parse(text).earliest, parse(text).latest
    return first.isoformat() if first else "", last.isoformat() if last else ""


def schema_for(table: str) -> TableSchema | None:
    """Schema of a table; None where there is none, so that it cannot be exported."""
    return load_schema(schema_of(table)) if schema_of(table) in schema_names() else None


def gather(
    tables: Mapping[str, pd.DataFrame],
    about: About,
    *,
    names: Sequence[str] = (),
    known_by: date | None = None,
    ties: Sequence[Tie] = (),
    at: str = "",
) -> Material:
    """Rows of all tables that hold something, or of `names`, cut at `known_by` and checked.

    Text becomes Unicode normal form C with line feeds, as every table on disk.

    Raises
    ------
    HeartlandInputError
        An unknown table; a control character, a list item with `;`, or an infinite number in a cell.
    """
    told = {name: _text(str(value), "model.yaml", 0, name) for name, value in asdict(about).items()}
    schemas = {name: schema for name in tables if (schema := schema_for(name)) is not None}
    for name in names:
        if name not in schemas:
            raise HeartlandInputError.at(
                f'"{name}" is not a table of this region.', check="export-table",
                why="Only its tables can be exported.",
                fix=suggestion(name, schemas, listing=f"Tables: {', '.join(schemas)}."),
            )  # fmt: skip
    rows = {name: _rows(tables[name], schema, name) for name, schema in schemas.items()}
    if known_by is not None:
        rows = cut(rows, tables, schemas, known_by)
    kept = {name: rows[name] for name in (names or rows) if rows[name] or name in names}
    return Material(
        About(**told), MappingProxyType(kept), tuple(ties), at, known_by.isoformat() if known_by else "",
        MappingProxyType({name: schemas[name] for name in kept}),
    )  # fmt: skip


def frames_of(records: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, pd.DataFrame]:
    """Typed tables of records as read from a file: table -> rows of column -> value or text.

    Raises
    ------
    HeartlandInputError
        A table without schema, or cells that its schema refuses.
    """
    frames: dict[str, pd.DataFrame] = {}
    for name, rows in records.items():
        schema = schema_for(name)
        if schema is None:
            raise HeartlandInputError.at(
                f'"{name}" is not a table.', why="Nothing says what its columns mean.", check="export-table",
                fix=suggestion(name, schema_names()),
            )  # fmt: skip
        columns = [column.name for column in schema.columns]
        cells = [[cell_text(row.get(column)) for column in columns] for row in rows]
        raw = RawTable(name, f"{name}.csv", columns, cells, list(range(2, len(cells) + 2)))
        frames[name], findings = validate(raw, schema)
        if findings:
            raise HeartlandInputError(findings)
    return frames


def _rows(frame: pd.DataFrame, schema: TableSchema, table: str) -> list[Row]:
    if frame.empty:
        return []
    data = {}
    for column in schema.columns:
        if column.name in frame.columns:
            values = frame[column.name].tolist()
        else:
            values = [() if column.type.startswith("list") else ""] * len(frame)
        data[column.name] = _checked(values, f"{table}.csv", column.name)
    names = list(data)
    return [dict(zip(names, cells, strict=True)) for cells in zip(*data.values(), strict=True)]


def _checked(values: list[Any], file: str, column: str) -> list[Any]:
    known: dict[str, str] = {}
    for at, value in enumerate(values):
        if isinstance(value, str):
            if value not in known:
                known[value] = _text(value, file, at + 2, column)
            values[at] = known[value]
        elif isinstance(value, tuple):
            values[at] = tuple(_item(str(item), file, at + 2, column) for item in value)
        elif isinstance(value, float) and math.isinf(value):
            raise HeartlandInputError.at(
                "infinity is no value.", why="A number is finite or unknown.", fix="Leave the cell empty.",
                file=file, row=at + 2, column=column, check="export-number",
            )  # fmt: skip
    return values


def _text(text: str, file: str, row: int, column: str) -> str:
    if found := _FORBIDDEN.search(text.replace("\r\n", "\n").replace("\r", "\n")):
        raise HeartlandInputError.at(
            f"contains the control character U+{ord(found[0]):04X}.",
            why="No export can hold it: XML forbids it, and in a terminal it may steer the screen.",
            fix="Delete it.", file=file, row=row, column=column, check="export-character",
        )  # fmt: skip
    return nfc(text.replace("\r\n", "\n").replace("\r", "\n"))


def _item(text: str, file: str, row: int, column: str) -> str:
    clean = _text(text, file, row, column)
    if ";" in clean or clean != clean.strip() or not clean:
        raise HeartlandInputError.at(
            f"the list item {clean!r} is empty, holds a semicolon or has spaces around it.",
            why="Lists are joined by semicolons; it would come back as something else.",
            fix="Write the item without them.", file=file, row=row, column=column, check="export-list",
        )  # fmt: skip
    return clean
