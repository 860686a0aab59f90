"""Where imported rows go: a CSV or Parquet file that appears whole or not at all, or a frame."""

from __future__ import annotations

import gzip
import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

from heartland.core.schema import load_schema
from heartland.errors import HeartlandInputError

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["Sink", "columns_of", "open_sink"]

MARKS = ",\n\"\r"  # what a cell may hold only in quotes
_BARE = frozenset(MARKS)
GROUP = 50_000  # rows of a row group
ENDINGS = (".csv", ".csv.gz", ".parquet")


class Sink(Protocol):
    """Takes rows by the column, all columns of the table in its order, "" where unknown.

    use : positions of the rows to write, in order; all of them where it is empty
    """

    rows: int

    def write(self, columns: Sequence[Sequence[str]], use: Sequence[int] = ()) -> None: ...

    def frame(self) -> DataFrame | None: ...


def columns_of(table: str) -> tuple[str, ...]:
    """Columns of a table as readers write them; those that any table may carry are left out."""
    names = (column.name for column in load_schema(table).columns)
    return tuple(name for name in names if name not in ("note", "status"))


class _Text:
    """CSV as `core.tables.write_csv` writes it: quotes only where needed."""

    def __init__(self, stream: IO[str], table: str) -> None:
        self.stream, self.rows, self.width = stream, 0, len(columns_of(table))
        self.marked: set[int] = set()  # columns that have needed quotes so far
        stream.write(",".join(columns_of(table)) + "\n")

    def write(self, columns: Sequence[Sequence[str]], use: Sequence[int] = ()) -> None:
        lines, sound = self._lines(columns)
        if not sound:
            # a mark stands in a column that has not needed quotes so far
            self.marked |= {at for at, column in enumerate(columns) if not _BARE.isdisjoint("".join(column))}
            lines, _ = self._lines(columns)
        if use and len(use) < len(lines):
            lines = [lines[row] for row in use]
        self.stream.write("\n".join(lines) + "\n" if lines else "")
        self.rows += len(lines)

    def _lines(self, columns: Sequence[Sequence[str]]) -> tuple[list[str], bool]:
        """Lines with the marked columns in quotes, and whether no other column holds any of `MARKS`."""
        cells = [_quoted(column) if at in self.marked else column for at, column in enumerate(columns)]
        inside = "".join(["".join(cells[at]) for at in self.marked])
        should = [inside.count(mark) for mark in MARKS]
        should[0] += len(columns[0]) * (self.width - 1)
        lines = list(map(",".join, zip(*cells, strict=True)))
        text = "".join(lines)
        return lines, should == [text.count(mark) for mark in MARKS]

    def frame(self) -> DataFrame | None:
        return None


def _quoted(column: Sequence[str]) -> Sequence[str]:
    """Cells of a column as they stand in a CSV file."""
    if '"' not in "".join(column):
        return [f'"{cell}"' if "," in cell or "\n" in cell or "\r" in cell else cell for cell in column]
    return ['"' + cell.replace('"', '""') + '"' if not _BARE.isdisjoint(cell) else cell for cell in column]


def _picked(columns: Sequence[Sequence[str]], use: Sequence[int]) -> Sequence[Sequence[str]]:
    if not use or len(use) == len(columns[0]):
        return columns
    return [[column[row] for row in use] for column in columns]


class _Frame:
    def __init__(self, table: str) -> None:
        self.table, self.rows = table, 0
        self.parts: list[Sequence[Sequence[str]]] = []

    def write(self, columns: Sequence[Sequence[str]], use: Sequence[int] = ()) -> None:
        self.parts.append(_picked(columns, use))
        self.rows += len(self.parts[-1][0])

    def frame(self) -> DataFrame | None:
        """Text is str, "" where unknown; numbers are float64, NaN where unknown."""
        from pandas import DataFrame, Series, to_numeric

        schema, data = load_schema(self.table), {}
        for at, name in enumerate(columns_of(self.table)):
            texts = Series(list(chain.from_iterable(part[at] for part in self.parts)), dtype="str")
            numeric = schema.column(name).kind in ("int", "number")
            data[name] = to_numeric(texts.where(texts != "")).astype("float64") if numeric else texts
        return DataFrame(data)


class _Parquet:
    def __init__(self, path: Path, table: str) -> None:
        self.arrow: Any = import_module("pyarrow")
        kinds = {"int": self.arrow.int64(), "number": self.arrow.float64()}
        schema = load_schema(table)
        self.schema = self.arrow.schema(
            [(name, kinds.get(schema.column(name).kind, self.arrow.string())) for name in columns_of(table)]
        )
        parquet = import_module("pyarrow.parquet")
        self.writer: Any = parquet.ParquetWriter(path, self.schema, compression="zstd")
        self.rows = 0
        self.parts: list[Sequence[Sequence[str]]] = []
        self.held = 0

    def write(self, columns: Sequence[Sequence[str]], use: Sequence[int] = ()) -> None:
        self.parts.append(_picked(columns, use))
        self.held += len(self.parts[-1][0])
        self.rows += len(self.parts[-1][0])
        if self.held >= GROUP:
            self.flush()

    def flush(self) -> None:
        """Write what is held as one row group."""
        arrays = []
        for at, field in enumerate(self.schema):
            texts = chain.from_iterable(part[at] for part in self.parts)
            cells = self.arrow.array([text or None for text in texts], type=self.arrow.string())
            arrays.append(cells if field.type == self.arrow.string() else cells.cast(field.type))
        if self.held:
            self.writer.write_batch(self.arrow.record_batch(arrays, schema=self.schema))
        self.parts, self.held = [], 0

    def frame(self) -> DataFrame | None:
        return None


def _refuse(out: Path, force: bool) -> None:
    if not out.name.endswith(ENDINGS):
        raise HeartlandInputError.at(
            f'"{out.name}" ends in none of {", ".join(ENDINGS)}.', why="The ending says what is written.",
            fix=f"Write for example {out.name.split('.')[0] or 'events'}.csv.", check="usage",
        )  # fmt: skip
    if out.is_dir() or (out.exists() and not force):
        raise HeartlandInputError.at(
            f"{out} is there already.", why="Nothing is overwritten unasked.",
            fix="Name another file, or add --force." if not out.is_dir() else "Name a file in it.",
            check="usage",
        )  # fmt: skip
    if not out.absolute().parent.is_dir():
        raise HeartlandInputError.at(
            f"{out.parent} is no folder.", fix="Create it, or name another file with --out.", check="usage"
        )
    if out.suffix == ".parquet":
        try:
            import_module("pyarrow.parquet")
        except ImportError:
            raise HeartlandInputError.at(
                "Parquet needs the extra [data].", check="extra",
                fix='Install it: pip install "heartland[data]"; or write .csv.',
            ) from None  # fmt: skip


@contextmanager
def open_sink(out: Path | None, table: str, force: bool = False) -> Iterator[Sink]:
    """Where rows of a table go; a file takes its name only when the block ends without an error.

    Parameters
    ----------
    out : file ending in .csv, .csv.gz or .parquet; None for a frame
    table : schema of the rows; force : replace `out`

    Raises
    ------
    HeartlandInputError for another ending, a file that is there, a missing folder, or Parquet without its
    extra
    """
    if out is None:
        yield _Frame(table)
        return
    _refuse(out, force)
    temporary = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    try:
        if out.suffix == ".parquet":
            parquet = _Parquet(temporary, table)
            try:
                yield parquet
                parquet.flush()
            finally:
                parquet.writer.close()
        else:
            with _text(temporary, packed=out.suffix == ".gz") as stream:
                yield _Text(stream, table)
        os.replace(temporary, out)
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


@contextmanager
def _text(path: Path, packed: bool) -> Iterator[IO[str]]:
    if not packed:
        with path.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        return
    # no time and no name inside, so that the same rows give the same bytes
    with (
        path.open("wb") as raw,
        gzip.GzipFile("", "wb", 6, raw, mtime=0) as zipped,
        io.TextIOWrapper(zipped, encoding="utf-8", newline="") as stream,
    ):
        yield stream
