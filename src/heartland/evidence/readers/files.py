"""Open an official table as it was downloaded: packed or not, any encoding, lines before the header."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

from heartland.core.limits import limit, over
from heartland.core.unpacking import Unpacked, check_entries
from heartland.errors import Finding, HeartlandInputError, Place, did_you_mean
from heartland.evidence.readers.base import Tally

__all__ = ["Chunk", "Layout", "Table", "open_table", "read_bytes"]

CELLS = 400_000  # cells held at once: bounds the memory whatever the width of the file
DEPTH = 60  # lines searched for the header
IMPORT_BYTES = 8_000_000_000
BLOCK = 1 << 20
DELIMITERS = ",;\t|"
TABLES = (".csv", ".txt", ".tab", ".tsv")
FOOTERS = ("data from database", "last updated", "source:", "note:", "notes:")
_BROKEN = (
    OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, UnicodeError, RuntimeError,
    NotImplementedError, ValueError,
)  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """Columns that tell a layout; `a|b` accepts either name and is read as `a`."""

    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def header(self) -> str:
        """The official header as far as it is needed."""
        return ", ".join(name.split("|")[0] for name in self.needed)


@dataclass(frozen=True)
class Chunk:
    """Some rows of a table.

    numbers : row of each record, the first line of the file being row 1
    rows : cells of each record, at least as many as the header has
    place : column -> position
    """

    numbers: list[int]
    rows: list[list[str]]
    place: Mapping[str, int]

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> list[str]:
        """Cells of a column, trimmed; empty texts if the file lacks it."""
        at = self.place.get(name)
        return [""] * len(self.rows) if at is None else [row[at].strip() for row in self.rows]


@dataclass
class Table:
    """A table whose header has been found.

    columns : the header as printed; place : needed and optional columns -> position
    preamble : lines before the header; layout : number of the layout that fits
    """

    path: Path
    shown: str
    columns: list[str]
    place: dict[str, int]
    preamble: list[list[str]]
    layout: int
    delimiter: str
    encoding: str
    member: str = ""
    read: int = 0
    _start: int = field(default=0, repr=False)

    def chunks(self, tally: Tally) -> Iterator[Chunk]:
        """Rows in file order; what does not fit the header is counted in `tally`.

        Raises
        ------
        HeartlandInputError where the file breaks off or is above a cap
        """
        width, most = len(self.columns), limit("CSV_ROWS", 50_000_000)
        size = max(1, CELLS // max(width, 1))
        numbers: list[int] = []
        rows: list[list[str]] = []
        for number, record in _records(self.path, self.shown, self.encoding, self.delimiter, self.member):
            if number <= self._start:
                continue
            plain = len(record) == width and record[0] and record[-1]
            if not plain and (not record or not any(cell.strip() for cell in record)):
                continue
            if not plain and _footer(record):
                tally.skip("line below the table")
                continue
            self.read += 1
            if self.read > most:
                raise over("CSV_ROWS", "the table has too many rows", file=self.shown, default=most)
            if not plain and (len(record) < width or any(cell.strip() for cell in record[width:])):
                tally.bad(
                    "cells do not match the header", number,
                    f"the row has {len(record)} cells, the header {width}.",
                    why="Its cells would land in the wrong columns.", fix="The row was left out.",
                )  # fmt: skip
                continue
            numbers.append(number)
            rows.append(record)
            if len(rows) >= size:
                yield Chunk(numbers, rows, self.place)
                numbers, rows = [], []
        if rows:
            yield Chunk(numbers, rows, self.place)


def _footer(record: Sequence[str]) -> bool:
    filled = [cell for cell in record if cell.strip()]
    return len(filled) == 1 and filled[0].strip().casefold().startswith(FOOTERS)


def _refuse(shown: str, what: str, fix: str = "Download the file again.") -> HeartlandInputError:
    why = "Nothing can be read from it."
    return HeartlandInputError.at(what, why=why, fix=fix, file=shown, check="import-file")


def _binary(path: Path, shown: str, member: str) -> IO[bytes]:
    """The bytes inside: unpacked from .gz or .zip."""
    if not path.is_file():
        raise _refuse(shown, "there is no such file.", "Check the name and the folder.")
    with path.open("rb") as stream:
        head = stream.read(4)
    if head[:2] == b"\x1f\x8b":
        return _unpacked(cast("IO[bytes]", gzip.open(path, "rb")), path.stat().st_size, shown)
    if head == b"PK\x03\x04":
        archive = zipfile.ZipFile(path)
        return _unpacked(archive.open(member), archive.getinfo(member).compress_size, shown)
    return path.open("rb")


def _unpacked(stream: IO[bytes], packed: int, shown: str) -> IO[bytes]:
    return io.BufferedReader(Unpacked(stream, max(packed, 1), shown))


def _member(path: Path, shown: str) -> str:
    """Name of the table inside a .zip; empty for any other file."""
    with path.open("rb") as stream:
        if stream.read(4) != b"PK\x03\x04":
            return ""
    with zipfile.ZipFile(path) as packed:
        check_entries(packed, shown)
        entries = packed.infolist()
    if any(entry.filename.startswith("xl/") for entry in entries):
        raise _refuse(shown, "is an Excel workbook.", "Save the sheet with the table as CSV UTF-8.")
    tables = [
        entry for entry in entries
        if entry.filename.casefold().endswith(TABLES)
        and not entry.filename.split("/")[-1].startswith(("Metadata_", ".", "__"))
    ]
    if not tables:
        raise _refuse(shown, "holds no .csv, .txt or .tab file.", "Unpack it and name the table itself.")
    return max(tables, key=lambda entry: entry.file_size).filename


def _encoding(path: Path, shown: str, member: str) -> str:
    """Encoding of a text: UTF-16 by its mark, UTF-8 if all of it is, else Windows-1252."""
    most = limit("IMPORT_BYTES", IMPORT_BYTES)
    decoder = codecs.getincrementaldecoder("utf-8")()
    with _binary(path, shown, member) as stream:
        block = stream.read(BLOCK)
        if block[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return "utf-16"
        if b"\0" in block:
            raise _refuse(shown, "is no text: it has NUL bytes.", "Give the table as CSV.")
        size, utf8 = 0, True
        while block:
            size += len(block)
            if size > most:
                raise over("IMPORT_BYTES", "the file has too many bytes", file=shown, default=IMPORT_BYTES)
            if utf8:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    utf8 = False
            block = stream.read(BLOCK)
    return "utf-8-sig" if utf8 else "cp1252"


def _records(
    path: Path, shown: str, encoding: str, delimiter: str, member: str
) -> Iterator[tuple[int, list[str]]]:
    field_size = limit("CSV_FIELD")
    if csv.field_size_limit() <= field_size:
        csv.field_size_limit(field_size + 1)
    number = 0
    try:
        with (
            _binary(path, shown, member) as stream,
            io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="") as text,
        ):
            for record in csv.reader(text, delimiter=delimiter):
                if any(len(cell) > field_size for cell in record):  # the limit of csv is the whole process's
                    raise csv.Error(f"a cell has more than {field_size:,} characters")
                number += 1
                yield number, record
    except csv.Error as error:
        raise HeartlandInputError.at(
            f"cannot be split into cells: {error}.", why="A quote that never closes swallows the rest.",
            fix="Look for a single double quote near this row.", file=shown, row=number + 1,
            check="import-file",
        ) from None
    except HeartlandInputError:
        raise
    except _BROKEN as error:
        raise _refuse(shown, f"breaks off after row {number}: {type(error).__name__}.") from None


def _positions(columns: Sequence[str], layout: Layout) -> tuple[dict[str, int], list[str]]:
    """Column -> position, and the needed columns that are not there."""
    exact = {name: at for at, name in reversed(list(enumerate(columns)))}
    folded: dict[str, int] = {}
    for at, name in reversed(list(enumerate(columns))):
        folded[" ".join(name.casefold().split())] = at
    place: dict[str, int] = {}
    missing = []
    for entry in (*layout.needed, *layout.optional):
        names = entry.split("|")
        found = next((exact[name] for name in names if name in exact), None)
        if found is None:
            found = next((folded[name.casefold()] for name in names if name.casefold() in folded), None)
        if found is not None:
            place[names[0]] = found
        elif entry in layout.needed:
            missing.append(names[0])
    return place, missing


def _no_header(
    shown: str, best: tuple[int, list[str], list[str], Layout] | None, layouts: Sequence[Layout]
) -> HeartlandInputError:
    official = " or ".join(layout.header for layout in layouts)
    if best is None:
        return HeartlandInputError.at(
            "has no header row.", why="The header says which column is which.",
            fix=f"The official layout has: {official}.", file=shown, row=1, check="import-header",
        )  # fmt: skip
    row, columns, missing, layout = best
    findings = []
    for name in missing[:20]:
        near = did_you_mean(name, columns)
        hint = f"Did you mean {' or '.join(near)}? " if near else ""
        findings.append(Finding(
            "E", "import-header", Place(shown, row, name), "column is missing.",
            "No row can be read without it.", f"{hint}The official layout has: {layout.header}.",
        ))  # fmt: skip
    return HeartlandInputError(findings)


def open_table(path: Path, layouts: Sequence[Layout], *, shown: str = "") -> Table:
    """Find the header of the first layout that fits, within the first lines of the file.

    Parameters
    ----------
    path : text table with commas, semicolons, tabs or bars, plain or in a .gz or .zip
    layouts : header layouts, the first that fits is used;  shown : name used in messages

    Raises
    ------
    HeartlandInputError for a file that is none, is no text, or has none of the layouts: the missing columns
    of the nearest one, what they may be called in the file, and the official header
    """
    shown = shown or path.name
    try:
        member = _member(path, shown) if path.is_file() else ""
        encoding = _encoding(path, shown, member)
    except HeartlandInputError:
        raise
    except _BROKEN as error:
        raise _refuse(shown, f"cannot be opened: {type(error).__name__}.") from None
    best: tuple[int, list[str], list[str], Layout] | None = None
    for delimiter in DELIMITERS:
        preamble: list[list[str]] = []
        records = _records(path, shown, encoding, delimiter, member)
        for number, record in records:
            if number > DEPTH:
                break
            columns = [" ".join(cell.replace("\ufeff", "").split()) for cell in record]
            while columns and not columns[-1]:
                columns.pop()
            for at, layout in enumerate(layouts):
                place, missing = _positions(columns, layout)
                if not missing and len(columns) <= limit("CSV_COLUMNS"):
                    return Table(
                        path, shown, columns, place, preamble, at, delimiter, encoding, member, _start=number
                    )
                least = len(best[2]) - len(best[3].needed) if best else 1
                if any(columns) and len(missing) - len(layout.needed) < least:
                    best = (number, columns, missing, layout)
            preamble.append(columns)
    raise _no_header(shown, best, layouts)


def read_bytes(path: Path, shown: str, cap: str, default: int) -> bytes:
    """All bytes of a small file, unpacked.

    Raises
    ------
    HeartlandInputError for a missing or broken file or one above the cap
    """
    most = limit(cap, default)
    try:
        member = _member(path, shown) if path.is_file() else ""
        with _binary(path, shown, member) as stream:
            data = stream.read(most + 1)
    except HeartlandInputError:
        raise
    except _BROKEN as error:
        raise _refuse(shown, f"cannot be opened: {type(error).__name__}.") from None
    if len(data) > most:
        raise over(cap, f"the file has more than {most:,} bytes", file=shown, default=default)
    return data
