"""Put imported rows into a region's folder: all files or none, ids unique, the source on record."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from heartland.core.schema import load_schema
from heartland.core.tables import RawTable, read_csv, write_csv
from heartland.errors import Finding, HeartlandInputError, Place
from heartland.evidence.readers.base import Imported
from heartland.evidence.series import FOLDER as SERIES_FOLDER
from heartland.evidence.series import SERIES

__all__ = ["Addition", "actors_of", "added", "plan", "span_of"]

ADDABLE = frozenset({"observations", "memberships"}) | SERIES
SHOWN = 5
LAG_MONTHS = "12"  # assumption: a year from the end of a period to its publication
# what makes two rows one claim, where the table has no id or ids may differ; a bulk table that measures
# read whole takes one source a session or state-year
CLAIM: Mapping[str, tuple[str, ...]] = {
    "observations": (
        "giver", "receiver", "channel", "indicator", "period", "definition", "source_id", "published"
    ),
    "ideal_points": ("actor", "session", "release"),
    "capabilities": ("actor", "period", "component"),
    "votes": ("session",),
    "memberships": ("organisation", "member", "role", "from"),
}  # fmt: skip


@dataclass(frozen=True)
class Addition:
    """New content of the files of a folder: file -> (columns, rows), and rows added by table."""

    files: Mapping[Path, tuple[Sequence[str], Sequence[Sequence[object]]]]
    counts: Mapping[str, int]


def plan(imported: Imported, folder: Path) -> Addition:
    """What the files of a region's folder would hold with the rows added; writes nothing.

    Raises
    ------
    HeartlandInputError if there are no rows, they belong to no table of a region, or a row is there already
    """
    table, frame = imported.table, imported.frame
    if frame is None or table not in ADDABLE:
        raise HeartlandInputError.at(
            f"rows of {table} have no place in a region's folder.", why="A region has no such table.",
            fix="Write them to a file with --out.", check="import-into",
        )  # fmt: skip
    if frame.empty:
        raise HeartlandInputError.at(
            "no row of the file is about this region.", why="Its source alone would stand there for nothing.",
            fix="Look at what was left out: run it without --into.", check="import-into",
        )  # fmt: skip
    path = folder / SERIES_FOLDER / f"{table}.csv" if table in SERIES else folder / f"{table}.csv"
    raw = _read(path, table)
    records = frame.astype(object).where(frame.notna(), None).to_dict("records")
    rows = [{str(name): value for name, value in record.items()} for record in records]
    _refuse_repeats(raw, rows, table)
    files = {path: _joined(raw, rows, table)}
    counts = {table: len(rows)}
    extra: list[tuple[str, str, Sequence[Mapping[str, object]]]] = []
    if imported.source_row:
        extra.append(("sources", "source_id", [imported.source_row]))
    if table == "observations":
        extra.append(("indicators", "indicator_id", imported.catalogue))
    if table in SERIES:
        lag = {"table": table, "lag_months": LAG_MONTHS, "status": "assumption"}
        extra.append(("series", "table", [lag]))
    for name, key, wanted in extra:
        there = _read(folder / f"{name}.csv", name)
        known = {row[there.columns.index(key)] for row in there.rows}
        fresh = [dict(row) for row in wanted if row[key] not in known]
        if fresh:
            files[folder / f"{name}.csv"] = _joined(there, fresh, name)
            counts[name] = len(fresh)
    return Addition(files, counts)


def _read(path: Path, table: str) -> RawTable:
    if path.is_file():
        return read_csv(path, path.name)
    return RawTable(table, path.name, [column.name for column in load_schema(table).columns], [], [])


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _refuse_repeats(raw: RawTable, rows: Sequence[Mapping[str, object]], table: str) -> None:
    """Refuse a row whose id, or whose claim, is in the table already."""
    keys = [load_schema(table).keys, CLAIM.get(table, ())]
    findings: list[Finding] = []
    for names in keys:
        if not names:
            continue
        places = [raw.columns.index(name) if name in raw.columns else -1 for name in names]
        known = {
            tuple(row[at] if at >= 0 else "" for at in places): number
            for row, number in zip(raw.rows, raw.numbers, strict=True)
        }
        for row in rows:
            key = tuple(_text(row.get(name)) for name in names)
            if key in known:
                said = ", ".join(part for part in key if part)
                findings.append(Finding(
                    "E", "import-repeat", Place(raw.file, known[key], names[0]),
                    f"{said} is there already.", "One claim would count twice.",
                    "Import other years or actors, or take the old row out first.",
                ))  # fmt: skip
        if findings:
            break
    if findings:
        more = len(findings) - SHOWN
        rest = [] if more <= 0 else [
            Finding("E", "import-repeat", Place(raw.file), f"and {more:,} more rows.", "", "")
        ]  # fmt: skip
        raise HeartlandInputError([*findings[:SHOWN], *rest])


def _joined(
    raw: RawTable, rows: Sequence[Mapping[str, object]], table: str
) -> tuple[list[str], list[list[object]]]:
    """Old and new rows; a column the file lacks is added where a new row fills it."""
    schema = [column.name for column in load_schema(table).columns]
    filled = {name for row in rows for name, value in row.items() if _text(value)}
    missing = [name for name in schema if name in filled and name not in raw.columns]
    columns = [*raw.columns, *missing]
    old: list[list[object]] = [[*row, *([""] * len(missing))] for row in raw.rows]
    return columns, old + [[row.get(name, "") for name in columns] for row in rows]


@contextmanager
def added(addition: Addition) -> Iterator[None]:
    """The folder with the rows added; if the block ends in an error, every file is as it was."""
    before = {path: path.read_bytes() if path.is_file() else None for path in addition.files}
    folders = {path.parent for path in addition.files if not path.parent.is_dir()}
    try:
        for folder in folders:
            folder.mkdir()
        for path, (columns, rows) in addition.files.items():
            write_csv(path, columns, rows)
        yield
    except BaseException:
        for path, content in before.items():
            if content is None:
                path.unlink(missing_ok=True)
            else:
                _restore(path, content)
        for folder in folders:
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
        raise


def _restore(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_bytes(content)
    os.replace(temporary, path)


def span_of(frame: pd.DataFrame) -> tuple[str, str]:
    """First and last year that the rows speak of; empty texts if they have no date."""
    column = next((name for name in ("period", "date", "from", "day") if name in frame), None)
    if column is None or not len(frame):
        return "", ""
    texts = [str(text) for text in pd.unique(frame[column].astype(object)) if text]
    firsts, lasts = [text[:4] for text in texts], [text.split("/")[-1][:4] for text in texts]
    return (min(firsts), max(lasts)) if texts else ("", "")


def actors_of(frame: pd.DataFrame) -> list[str]:
    """Actors the rows name, sorted."""
    sides = ("giver", "receiver", "actor", "member", "yes", "abstain", "no")
    columns = [name for name in sides if name in frame]
    found = {
        part for name in columns for text in pd.unique(frame[name].astype(object)) if isinstance(text, str)
        for part in text.split(";") if part
    }  # fmt: skip
    return sorted(found)
