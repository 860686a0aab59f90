"""Rows of a large file, a block at a time: memory does not grow with the file, nor does a broken row stop it.

The rows, their numbers and what is wrong with them do not depend on the size of the blocks.
"""

from __future__ import annotations

import csv
import gzip
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from heartland.core.limits import limit, over
from heartland.core.unpacking import check_entries, check_ratio
from heartland.errors import HeartlandInputError
from heartland.evidence.readers.base import Tally

__all__ = ["BLOCK", "Batch", "quoted_rows", "tab_rows", "unpacked"]

# Bytes read, and rows handled, at once: small enough that all that is made of them stays in the caches of
# the processor, which makes twice the speed.
BLOCK = 64_000
ROWS = 128
MOST_LINES = 200  # of one quoted record
TABLES = (".csv", ".tsv", ".tab", ".txt")
# stands for a line above the cap; no line that can be read holds a NUL
_LONG = b"\0long\0"
_SURROGATE = re.compile("[\udc80-\udcff]")


class Bytes(Protocol):
    """What is read from: `read(n)` gives at most n bytes, none at the end."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Batch:
    """Some rows in file order, their cells apart; numbers: row of each, the first of the file being row 1."""

    numbers: list[int]
    rows: list[list[str]]


class _Capped:
    """A stream that stops at the caps on unpacked bytes and on the ratio to the packed ones."""

    def __init__(self, stream: IO[bytes], packed: int, shown: str) -> None:
        self.stream, self.packed, self.shown = stream, packed, shown
        self.most, self.done = limit("EVENT_BYTES"), 0

    def read(self, size: int, /) -> bytes:
        try:
            data = self.stream.read(size)
        except (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile) as error:
            raise _damaged(self.shown, str(error) or type(error).__name__) from None
        self.done += len(data)
        if self.done > self.most:
            raise over("EVENT_BYTES", f"the file has more than {self.most:,} bytes", file=self.shown)
        check_ratio(self.done, self.packed, self.shown)
        return data


def _damaged(shown: str, reason: str) -> HeartlandInputError:
    return HeartlandInputError.at(
        f"cannot be unpacked: {reason}.", why="Rows after the damage would be lost without a word.",
        fix="Download it again.", file=shown, check="archive",
    )  # fmt: skip


@contextmanager
def unpacked(path: Path) -> Iterator[Bytes]:
    """The bytes of a file, unpacked if it is gzip or a zip archive of one table, whatever it is called.

    Raises
    ------
    HeartlandInputError for a missing or unreadable file, UTF-16, a zip archive without a table, with several
    or with a password, a damaged archive, or one above a cap (`HEARTLAND_LIMIT_EVENT_BYTES, _ARCHIVE_RATIO`)
    """
    shown = path.name
    try:
        raw = path.open("rb")
    except OSError as error:
        raise HeartlandInputError.at(
            "there is no such file." if isinstance(error, FileNotFoundError)
            else f"cannot be read: {error.strerror}.",
            fix="Check the name and the folder.", file=shown, check="file",
        ) from None  # fmt: skip
    with raw:
        head = raw.read(4)
        raw.seek(0)
        if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise HeartlandInputError.at(
                "is UTF-16.", why="Event files are UTF-8.", fix="Save it as UTF-8.", file=shown, row=1,
                check="encoding",
            )  # fmt: skip
        size = path.stat().st_size
        if head[:2] == b"\x1f\x8b":
            with gzip.open(raw) as stream:
                yield _Capped(stream, size, shown)  # type: ignore[arg-type]  # a GzipFile reads bytes
        elif head == b"PK\x03\x04":
            with _member(raw, shown) as (member, packed):
                yield _Capped(member, packed, shown)
        else:
            yield _Capped(raw, 0, shown)


@contextmanager
def _member(raw: IO[bytes], shown: str) -> Iterator[tuple[IO[bytes], int]]:
    try:
        archive = zipfile.ZipFile(raw)
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError) as error:
        raise _damaged(shown, str(error)) from None
    with archive:
        check_entries(archive, shown)
        members = [info for info in archive.infolist() if info.filename.lower().endswith(TABLES)]
        if len(members) != 1:
            raise HeartlandInputError.at(
                f"the archive holds {len(members)} tables.", why="Exactly one can be read.",
                fix="Unpack it and name the file.", file=shown, check="archive",
            )  # fmt: skip
        if members[0].flag_bits & 1:
            raise HeartlandInputError.at(
                "the archive has a password.", fix="Unpack it and name the file.", file=shown, check="archive"
            )
        try:
            stream = archive.open(members[0])
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
            raise _damaged(shown, str(error)) from None
        with stream:
            yield stream, max(members[0].compress_size, 1)


def _blocks(stream: Bytes, size: int, most: int) -> Iterator[bytes]:
    """Whole lines, about `size` bytes at a time; a line above `most` bytes may become `_LONG`."""
    head = b""
    while len(head) < 3 and (more := stream.read(3 - len(head))):
        head += more
    chunk = head.removeprefix(b"\xef\xbb\xbf") or stream.read(size)
    parts: list[bytes] = []
    held = 0
    while chunk:
        cut = chunk.rfind(b"\n") + 1
        if cut:
            start = chunk.find(b"\n")
            yield b"".join([*parts, chunk[:cut]] if held + start <= most else [_LONG, chunk[start:cut]])
            parts, held = [], 0
        if rest := chunk[cut:]:
            held += len(rest)
            parts = [*parts, rest] if held <= most else []
        chunk = stream.read(size)
    if held:
        yield b"".join(parts) if held <= most else _LONG


def _lines(stream: Bytes, size: int) -> Iterator[list[str]]:
    """Lines without their ends, a block at a time; one that cannot be read is a NUL and the reason."""
    most = limit("EVENT_LINE")
    for block in _blocks(stream, size, most):
        try:
            text = block.decode("utf-8")
            sound = "\0" not in text
        except UnicodeDecodeError:
            text, sound = block.decode("utf-8", "surrogateescape"), False
        lines = text.split("\n")
        if not lines[-1]:
            lines.pop()
        if not sound or max(map(len, lines)) * 4 > most:
            lines = [_checked(line, most) for line in lines]
        if "\r" in text:
            lines = [line.removesuffix("\r") for line in lines]
        yield lines


def _checked(line: str, most: int) -> str:
    if len(line) * 4 > most and len(line.encode("utf-8", "surrogateescape")) > most:
        return "\0long"
    if "\0" in line:
        return "\0long" if line.encode("utf-8", "surrogateescape") == _LONG else "\0nul"
    if line.isascii():
        return line
    wrong = _SURROGATE.search(line)
    return f"\0{ord(wrong[0]) - 0xDC00:02x}" if wrong else line


def _report(fault: str, row: int, tally: Tally) -> None:
    """Count a line that is `_checked` to be unreadable."""
    if fault == "\0long":
        tally.bad(
            "line too long", row, f"the line has more than {limit('EVENT_LINE'):,} bytes.",
            why="No feed writes such a line; a line end is missing.", fix="Download the file again.",
        )  # fmt: skip
    elif fault == "\0nul":
        tally.bad(
            "NUL", row, "contains a NUL character.", why="No text has one; the row is damaged.",
            fix="Download the file again.",
        )  # fmt: skip
    else:
        tally.bad(
            "not UTF-8", row, f"byte 0x{fault[1:]} is not part of a letter.",
            why="The text would be garbled.", fix="Convert the file to UTF-8 if it is in another encoding.",
        )  # fmt: skip


def tab_rows(stream: Bytes, tally: Tally, size: int = BLOCK) -> Iterator[Batch]:
    """Rows of a file whose cells are parted by tabs and never quoted.

    Empty lines are counted as such; lines that are no text or too long are counted in `tally`.
    """
    first = 1
    for lines in _lines(stream, size):
        numbers = list(range(first, first + len(lines)))
        first += len(lines)
        faulty = [at for at, line in enumerate(lines) if not line or line[0] == "\0"]
        if faulty:
            for at in faulty:
                if lines[at]:
                    _report(lines[at], numbers[at], tally)
                else:
                    tally.skip("empty line")
            dropped = set(faulty)
            numbers = [row for at, row in enumerate(numbers) if at not in dropped]
            lines = [line for at, line in enumerate(lines) if at not in dropped]
        for at in range(0, len(lines), ROWS):
            yield Batch(numbers[at : at + ROWS], [line.split("\t") for line in lines[at : at + ROWS]])


def quoted_rows(stream: Bytes, tally: Tally, size: int = BLOCK) -> Iterator[Batch]:
    """Rows of a file with commas and RFC 4180 quotes; a row is a record, as a spreadsheet counts.

    A quote that does not close within 200 lines is a fault of its own line only: the lines after it are
    read again.
    """
    source = (line for lines in _lines(stream, size) for line in lines)
    again: list[str] = []
    numbers: list[int] = []
    rows: list[list[str]] = []
    row = 0
    while (line := again.pop() if again else next(source, None)) is not None:
        row += 1
        if not line:
            tally.skip("empty line")
            continue
        if line[0] == "\0":
            _report(line, row, tally)
            continue
        record = line.split(",") if '"' not in line else _whole_record(line, source, again)
        if record is None:
            tally.bad(
                "quote", row, "a double quote is not closed, or text follows a closing one.",
                why="The cells cannot be told apart.", fix='Write a quote inside a cell twice: "".',
            )  # fmt: skip
            continue
        numbers.append(row)
        rows.append(record)
        if len(rows) >= ROWS:
            yield Batch(numbers, rows)
            numbers, rows = [], []
    if rows:
        yield Batch(numbers, rows)


def _whole_record(line: str, source: Iterator[str], again: list[str]) -> list[str] | None:
    """Cells of a record that starts with `line`; None, with the lines after it back in `again`, if none."""
    parts, marks = [line], line.count('"')
    while marks % 2 and len(parts) < MOST_LINES:
        more = again.pop() if again else next(source, None)
        if more is None:
            break
        parts.append(more)
        marks += more.count('"')
    broken = marks % 2 or any(part.startswith("\0") for part in parts)
    record = None if broken else _record(parts)
    if record is None:
        again += reversed(parts[1:])
    return record


def _record(lines: list[str]) -> list[str] | None:
    field = limit("EVENT_LINE") * 2
    if csv.field_size_limit() < field:
        csv.field_size_limit(field)
    try:
        found = list(csv.reader(io.StringIO("\n".join(lines), newline=""), strict=True))
    except csv.Error:
        return None
    return found[0] if len(found) == 1 else None
