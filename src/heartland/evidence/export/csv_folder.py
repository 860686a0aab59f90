"""Tables as a folder of CSV files: schema order, formula guard, the same bytes after reading and writing."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from heartland.core.tables import cell_text, read_csv, write_csv
from heartland.errors import HeartlandInputError
from heartland.evidence.export.formula import guarded, is_free, unguarded
from heartland.evidence.export.licences import readme
from heartland.evidence.export.material import Material, frames_of, schema_for

__all__ = ["GUARD", "read", "read_tables", "write", "write_tables"]

GUARD = (
    "Text that starts with = + - @, a tab or a line feed has an apostrophe in front, so that no spreadsheet "
    "runs it. Reading through heartland takes it off again."
)
_CONTENT = f"""One CSV file per table: UTF-8, comma, line feed, header row, lists joined by `;`, empty cell =
unknown (never 0). Rows with rank deprecated are kept for the record and hold nothing that is current.

{GUARD}"""


def write(material: Material, out: Path) -> None:
    """Write the tables and a README.md into the folder `out`."""
    write_tables(material, out)
    (out / "README.md").write_text(readme(material, _CONTENT), encoding="utf-8", newline="")


def write_tables(material: Material, out: Path) -> None:
    """Write each table as `<name>.csv`, columns in the order of its schema, rows in file order."""
    for name, rows in material.rows.items():
        columns = material.columns(name)
        free = {column.name for column in columns if is_free(column)}
        names = [column.name for column in columns]
        cells = [
            [guarded(cell_text(row[column])) if column in free else row[column] for column in names]
            for row in rows
        ]
        write_csv(out / f"{name}.csv", names, cells)


def read(path: Path) -> dict[str, pd.DataFrame]:
    """Typed tables of an exported folder.

    Raises
    ------
    HeartlandInputError
        No such folder, no table in it, a file that is no table, or cells that its schema refuses.
    """
    files = sorted(path.glob("*.csv"))
    if not files:
        raise HeartlandInputError.at(
            "holds no CSV files.",
            why="A CSV export is a folder of tables.",
            fix="Give the folder of an export.",
            file=str(path),
            check="export-read",
        )
    return read_tables(files)


def read_tables(files: list[Path]) -> dict[str, pd.DataFrame]:
    """Typed tables of exported files, named by their stems."""
    records = {}
    for file in files:
        raw = read_csv(file)
        schema = schema_for(file.stem)
        free = {column.name for column in schema.columns if is_free(column)} if schema else set()
        records[file.stem] = [
            {
                name: unguarded(cell) if name in free else cell
                for name, cell in zip(raw.columns, row, strict=True)
            }
            for row in raw.rows
        ]
    return frames_of(records)
