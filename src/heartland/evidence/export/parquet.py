"""Tables as Parquet files, typed: numbers, days, booleans and lists as such, unknown as null."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd

from heartland.core.schema import Column
from heartland.errors import HeartlandInputError
from heartland.evidence.export.licences import readme
from heartland.evidence.export.material import Material, frames_of, unknown

__all__ = ["read", "write"]

_CONTENT = """One Parquet file per table. Dates of world and publication (EDTF, with qualifiers and open
ends) are text; single days are dates; lists are lists of text; unknown is null (never 0). The metadata of
each column hold its description and unit. Rows with rank deprecated are kept for the record and hold nothing
that is current."""


def _arrow() -> tuple[Any, Any]:
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError:
        raise HeartlandInputError.at(
            "Parquet needs pyarrow, which is not installed.",
            check="extra",
            why="It comes with the extra named data.",
            fix="Install it: uv sync --extra data, or: pip install heartland[data]. CSV needs nothing.",
        ) from None


def write(material: Material, out: Path) -> None:
    """Write each table as `<name>.parquet` and a README.md into the folder `out`.

    Raises
    ------
    HeartlandInputError
        pyarrow is not installed.
    """
    arrow, parquet = _arrow()
    for name, rows in material.rows.items():
        fields, arrays = [], []
        for column in material.columns(name):
            kind = _type(column, arrow)
            said = {"description": column.description, "unit": column.unit}
            note = {key: text for key, text in said.items() if text}
            fields.append(arrow.field(column.name, kind, metadata=note or None))
            arrays.append(arrow.array([_value(row[column.name], column) for row in rows], kind))
        about = {"heartland.table": name, "heartland.region": material.about.id}
        parquet.write_table(
            arrow.Table.from_arrays(arrays, schema=arrow.schema(fields, metadata=about)),
            out / f"{name}.parquet",
        )
    (out / "README.md").write_text(readme(material, _CONTENT), encoding="utf-8", newline="")


def read(path: Path) -> dict[str, pd.DataFrame]:
    """Typed tables of an exported folder, checked against their schemas.

    Raises
    ------
    HeartlandInputError
        pyarrow is not installed, no Parquet file in the folder, or one that cannot be read.
    """
    arrow, parquet = _arrow()
    files = sorted(path.glob("*.parquet"))
    if not files:
        raise HeartlandInputError.at(
            "holds no Parquet files.",
            why="A Parquet export is a folder of tables.",
            fix="Give the folder of an export.",
            file=str(path),
            check="export-read",
        )
    records: dict[str, list[dict[str, Any]]] = {}
    for file in files:
        try:
            found = parquet.read_table(file).to_pylist()
        except (arrow.ArrowException, OSError) as error:
            raise HeartlandInputError.at(
                f"cannot be read: {str(error).splitlines()[0]}.",
                fix="Export it again.",
                file=file.name,
                check="export-read",
            ) from None
        records[file.stem] = [{name: _cell(value) for name, value in row.items()} for row in found]
    return frames_of(records)


def _type(column: Column, arrow: Any) -> Any:
    if column.type.startswith("list"):
        return arrow.list_(arrow.string())
    plain = {"int": arrow.int64, "number": arrow.float64, "bool": arrow.bool_, "date": arrow.date32}
    return plain.get(column.type, arrow.string)()


def _value(value: Any, column: Column) -> Any:
    if unknown(value):
        return None
    if column.type == "int":
        return int(value)
    if column.type == "date":
        return date.fromisoformat(value)
    return list(value) if isinstance(value, tuple) else value


def _cell(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return tuple(value) if isinstance(value, list) else value
