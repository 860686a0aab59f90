"""The list of changes: what was edited, when, by whom and why, and the state each table had then.

`changes.csv` only grows. A row whose column is `sha256` records the state of a whole table; other rows record
single cells. The note of every row ends in `chain <hash>`, taken over the row and the chain before it, so a
row that is altered or removed breaks the chain of all later ones. Hashes are of the text with LF line ends.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from heartland.core.schema import load_schema
from heartland.core.tables import RawTable, read_csv, write_csv
from heartland.errors import Finding, HeartlandInputError, Place
from heartland.evidence.loading import MADE, inside, schema_of

__all__ = ["chain_of", "record", "recorded_states", "settled", "table_hash", "tables_of", "unrecorded"]

FILE = "changes.csv"
STATE = "sha256"  # column name of a row that records a whole table
ALL = "all"  # record id of such a row
COLUMNS = ("change_id", "at", "by", "table", "record_id", "column", "old", "new", "reason", "note")
_CHAIN = re.compile(r"chain ([0-9a-f]{16})$")
WHY = "A number that changes without a trace cannot be trusted, nor put right."


def table_hash(path: Path) -> str:
    """SHA-256 of a table's text: no byte order mark, LF line ends."""
    data = path.read_bytes().removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    return hashlib.sha256(data).hexdigest()


def tables_of(folder: Path) -> dict[str, Path]:
    """Tables of a region folder and of its `series/`, by name; the list of changes is not one of them."""
    paths = [*sorted(folder.glob("*.csv")), *sorted((folder / "series").glob("*.csv"))]
    left_out = {FILE, *(f"{name}.csv" for name in MADE)}
    return {path.stem: path for path in paths if path.name not in left_out and inside(folder, path)}


def chain_of(before: str, cells: Sequence[str]) -> str:
    """Chain hash (16 hexadecimal digits) of a row: over the chain before it and the cells before the note."""
    return hashlib.sha256("\x1f".join([before, *cells]).encode()).hexdigest()[:16]


def _read(folder: Path) -> list[dict[str, str]]:
    path = folder / FILE
    if not path.is_file():
        return []
    raw = read_csv(path, FILE)
    return [
        {**dict.fromkeys(COLUMNS, ""), **dict(zip(raw.columns, row, strict=True)), "_row": str(number)}
        for row, number in zip(raw.rows, raw.numbers, strict=True)
    ]


def recorded_states(folder: Path) -> dict[str, str]:
    """Last recorded hash per table; empty text for a table recorded as removed.

    Raises
    ------
    HeartlandInputError
        When changes.csv cannot be read.
    """
    return {row["table"]: row["new"] for row in _read(folder) if row["column"] == STATE}


def settled(folder: Path, tables: Collection[str]) -> tuple[str, ...]:
    """Those of some tables that are as last recorded, or not there yet; none where no state was recorded."""
    states, now = recorded_states(folder), tables_of(folder)
    if not states:
        return ()
    return tuple(
        name for name in tables
        if (table_hash(now[name]) if name in now else "") == states.get(name, "")
    )  # fmt: skip


def unrecorded(folder: Path) -> Iterator[Finding]:
    """A29: tables that differ from their last recorded state, and rows of the list tampered with."""
    try:
        rows = _read(folder)
    except HeartlandInputError:
        return  # reading the region reports it
    fix = "Write down why: heartland evidence record --by NAME --reason TEXT."
    if not rows:
        yield Finding(
            "I",
            "A29",
            Place(FILE),
            "no state of the tables was ever recorded.",
            "Edits by hand cannot be told from the original.",
            "Record it once: heartland evidence record --by NAME --reason TEXT.",
        )
        return
    chain = ""
    for row in rows:
        chain = chain_of(chain, [row[name] for name in COLUMNS[:-1]])
        found = _CHAIN.search(row["note"])
        if found is None or found[1] != chain:
            yield Finding(
                "W",
                "A29",
                Place(FILE, int(row["_row"]), "note"),
                f"{row['change_id']} or a row before it was altered or removed.",
                "The list of changes only grows; a correction is a new row.",
                "Restore the row from an earlier copy.",
            )
            break
    states, now = recorded_states(folder), tables_of(folder)
    for name in sorted({*states, *now}):
        fresh, old = table_hash(now[name]) if name in now else "", states.get(name, "")
        if fresh != old:
            how = "" if fresh and old else ": the file is gone" if old else ": it was never recorded"
            what = f"{name} differs from its last recorded state{how}."
            yield Finding("W", "A29", Place(f"{name}.csv"), what, WHY, fix)


def record(
    folder: Path,
    *,
    by: str,
    reason: str,
    only: Sequence[str] = (),
    before: Path | None = None,
    at: datetime | None = None,
) -> list[dict[str, str]]:
    """Append the present state of every changed table to `changes.csv`; nothing changed: nothing written.

    Parameters
    ----------
    folder : region folder
    by, reason : who changed the tables and why; neither may be empty
    only : tables to record; all changed ones when empty
    before : an earlier copy of the folder; with it every changed cell gets a row of its own
    at : UTC time of the record; now when None

    Returns
    -------
    The new rows, without their chain.

    Raises
    ------
    HeartlandInputError
        An empty name or reason, a table the folder does not hold, or an unreadable list.
    """
    for name, text in (("by", by), ("reason", reason)):
        if not text.strip():
            raise HeartlandInputError.at(
                f"--{name} is empty.",
                check="usage",
                why="A change without author or reason cannot be judged later.",
                fix=f"Write --{name} TEXT.",
            )
    rows, now = _read(folder), tables_of(folder)
    states = {row["table"]: row["new"] for row in rows if row["column"] == STATE}
    if missing := [name for name in only if name not in {*now, *states}]:
        raise HeartlandInputError.at(
            f'"{missing[0]}" is not a table of this folder.',
            check="table",
            why="Only tables are recorded.",
            fix=f"Tables: {', '.join(now)}.",
        )
    moment = (at or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    new: list[dict[str, str]] = []
    for name in sorted({*now, *states}):
        old, fresh = states.get(name, ""), table_hash(now[name]) if name in now else ""
        if old == fresh or (only and name not in only):
            continue
        cells = _cells(name, before, now) if before is not None else []
        for record_id, column, was, becomes in (*cells, (ALL, STATE, old, fresh)):
            values = ("", moment, by, name, record_id, column, was, becomes, reason)
            new.append(dict(zip(COLUMNS, values, strict=False)))
    if new:
        _append(folder, rows, new)
    return new


def _append(folder: Path, rows: Sequence[Mapping[str, str]], new: Sequence[dict[str, str]]) -> None:
    last = max((int(row["change_id"].rpartition("-")[2]) for row in rows), default=0)
    chain = ""
    for row in rows:
        chain = chain_of(chain, [row[name] for name in COLUMNS[:-1]])
    for number, fresh in enumerate(new, last + 1):
        fresh["change_id"] = f"E-{number:05d}"
        chain = chain_of(chain, [fresh[name] for name in COLUMNS[:-1]])
        fresh["note"] = f"chain {chain}"
    write_csv(folder / FILE, COLUMNS, [[row[name] for name in COLUMNS] for row in (*rows, *new)])


def _cells(name: str, before: Path, now: Mapping[str, Path]) -> list[tuple[str, str, str, str]]:
    """Changed cells of a table with a key: (record, column, old, new); a new or removed row is one entry."""
    keys = load_schema(schema_of(name)).keys
    earlier = tables_of(before).get(name)
    if not keys or earlier is None or name not in now:
        return []
    old, fresh = _by_key(read_csv(earlier), keys), _by_key(read_csv(now[name]), keys)
    found: list[tuple[str, str, str, str]] = []
    for key in dict.fromkeys((*old, *fresh)):
        if key not in old or key not in fresh:
            found.append((key, "row", *(("", "added") if key not in old else ("removed", ""))))
            continue
        for column in dict.fromkeys((*old[key], *fresh[key])):
            was, becomes = old[key].get(column, ""), fresh[key].get(column, "")
            if was != becomes:
                found.append((key, column, was, becomes))
    return found


def _by_key(raw: RawTable, keys: Sequence[str]) -> dict[str, dict[str, str]]:
    rows = (dict(zip(raw.columns, row, strict=True)) for row in raw.rows)
    return {"/".join(row.get(key, "") for key in keys): row for row in rows}
