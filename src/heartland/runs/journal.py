"""The list of finished blocks: one line each, every line carrying the hash of the line before.

A line is canonical JSON with the keys `n, block, files, raw, seconds, attempt, prev, line`. `prev` is the
SHA-256 of the line before (of the manifest for the first), `line` that of this line without the key itself,
so that a change of any byte shows. A block may have several lines; the last one counts, and all of them must
have the same `raw`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from heartland.errors import HeartlandInputError
from heartland.runs import fsio
from heartland.runs.manifest import canonical, digest

__all__ = [
    "JOURNAL",
    "BlockRecord",
    "Entry",
    "FileRecord",
    "Journal",
    "add_entry",
    "cut_tail",
    "damaged",
    "read_journal",
    "rechained",
]

JOURNAL = "journal.jsonl"


@dataclass(frozen=True)
class FileRecord:
    """One file of a block: path below the run folder, size in bytes, SHA-256."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class BlockRecord:
    """What was written for one block: its files, and the hash of the values of each variable."""

    block: int
    files: tuple[FileRecord, ...]
    raw: Mapping[str, str]


@dataclass(frozen=True)
class Entry:
    """One journal line."""

    n: int
    record: BlockRecord
    seconds: float
    attempt: int


@dataclass(frozen=True)
class Journal:
    """The journal as read.

    entries : good lines in order
    head : hash the next line must carry as `prev`
    good : the bytes of the good lines
    torn : what is wrong with the last line, "" if nothing; it never counted
    crash_torn : the last line has no end, as a crash leaves it
    damage : (line number from 1, what) for bad lines that are followed by others
    """

    entries: tuple[Entry, ...]
    head: str
    good: bytes
    torn: str = ""
    crash_torn: bool = False
    damage: tuple[tuple[int, str], ...] = ()

    @property
    def blocks(self) -> dict[int, BlockRecord]:
        """Latest record of each block, by block number."""
        latest = {entry.record.block: entry.record for entry in self.entries}
        return dict(sorted(latest.items()))


def render_entry(entry: Entry, prev: str) -> bytes:
    """Bytes of one line, with its newline."""
    body: dict[str, Any] = {
        "n": entry.n,
        "block": entry.record.block,
        "files": [vars(file) for file in entry.record.files],
        "raw": dict(entry.record.raw),
        "seconds": entry.seconds,
        "attempt": entry.attempt,
        "prev": prev,
    }
    body["line"] = digest(canonical(body))
    return canonical(body) + b"\n"


def _parse(line: bytes) -> tuple[Entry, str]:
    body = json.loads(line)
    record = BlockRecord(
        body["block"], tuple(FileRecord(**file) for file in body["files"]), dict(body["raw"])
    )
    entry = Entry(body["n"], record, body["seconds"], body["attempt"])
    prev = body["prev"]
    if render_entry(entry, prev) != line:
        raise ValueError("does not agree with its own hash")
    return entry, prev


def read_journal(folder: Path, anchor: str) -> Journal:
    """Read and check the journal of a run; a missing file is an empty journal.

    anchor : SHA-256 of the manifest's bytes, the `prev` of the first line
    """
    try:
        data = (folder / JOURNAL).read_bytes()
    except FileNotFoundError:
        data = b""
    *whole, rest = data.split(b"\n")
    lines = [line + b"\n" for line in whole] + ([rest] if rest else [])
    entries: list[Entry] = []
    good: list[bytes] = []
    bad: list[tuple[int, str]] = []
    head, trusted = anchor, True
    for row, line in enumerate(lines, 1):
        try:
            entry, prev = _parse(line)
        except (
            ValueError, KeyError, TypeError, AttributeError, RecursionError, HeartlandInputError,
        ) as error:  # the last for a number beyond float64
            own = str(error).startswith("does not")
            bad.append((row, "does not agree with its own hash" if own else "is not a journal line"))
            trusted = False
            continue
        if trusted and prev != head:
            bad.append((row, "does not follow the line before it"))
            if row == len(lines):
                continue
        entries.append(entry)
        good.append(line)
        head, trusted = digest(line), True
    torn = ""
    if bad and bad[-1][0] == len(lines):
        torn = f"line {len(lines)} {bad.pop()[1]}"
    crash = bool(torn) and not data.endswith(b"\n")
    return Journal(tuple(entries), head, b"".join(good), torn, crash, tuple(bad))


def add_entry(folder: Path, journal: Journal, record: BlockRecord, seconds: float, attempt: int) -> Journal:
    """Append one durable line; the block counts from the return of this call on.

    Raises
    ------
    OSError
        If the disk refuses; the journal on disk may then end in a torn line, to be cut with `cut_tail`.
    """
    n = journal.entries[-1].n + 1 if journal.entries else 0
    entry = Entry(n, record, round(seconds, 6), attempt)
    line = render_entry(entry, journal.head)
    path = folder / JOURNAL
    new = not path.exists()
    fsio.append(path, line)
    fsio.fsync(path)
    if new:
        fsio.fsync_dir(folder)
    return replace(
        journal, entries=(*journal.entries, entry), head=digest(line), good=journal.good + line
    )


def rechained(folder: Path, journal: Journal, anchor: str) -> Journal:
    """Rewrite the journal durably with its good lines, each made to follow the one before it anew."""
    entries: list[Entry] = []
    lines: list[bytes] = []
    head = anchor
    for n, entry in enumerate(journal.entries):
        entries.append(replace(entry, n=n))
        lines.append(render_entry(entries[-1], head))
        head = digest(lines[-1])
    good = b"".join(lines)
    fsio.put(folder / JOURNAL, good)
    return Journal(tuple(entries), head, good)


def cut_tail(folder: Path, journal: Journal) -> Journal:
    """Rewrite the journal durably with its good lines only, dropping a torn last line.

    Raises
    ------
    HeartlandInputError
        If a line further up is bad: that is damage, not a torn end.
    """
    if journal.damage:
        row, what = journal.damage[0]
        raise damaged(folder, row, what)
    fsio.put(folder / JOURNAL, journal.good)
    return replace(journal, torn="", crash_torn=False)


def damaged(folder: Path, row: int, what: str) -> HeartlandInputError:
    """The error for a bad line in the middle of the journal."""
    return HeartlandInputError.at(
        f"The journal line {what}.",
        why="The list of finished blocks has been changed since it was written.",
        fix=f"Run `heartland verify {folder.name} --repair`.",
        file=str(folder / JOURNAL),
        row=row,
        check="run-journal",
    )
