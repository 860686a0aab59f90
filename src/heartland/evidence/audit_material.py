"""What the audits look at: all rows, the rows known by a date, and what stands beside the tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from heartland.core.dates import parse
from heartland.core.schema import load_schema
from heartland.core.tables import read_csv
from heartland.errors import Finding, HeartlandInputError
from heartland.evidence.checkbook import Book, book_of, place
from heartland.evidence.ledger import Key, Ledger
from heartland.evidence.loading import inside
from heartland.evidence.values import Pooled

__all__ = [
    "USED",
    "WORD",
    "Material",
    "by_id",
    "counted",
    "ends",
    "items",
    "live",
    "named",
    "noted",
    "quantity_of",
    "starts",
    "tie_of",
    "warn",
]

WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
USED = ("asserted", "reported", "assessed")  # modalities that enter pooling


@dataclass(frozen=True)
class Material:
    """Everything an audit may look at.

    tables : validated tables, whole
    ledger : the same tables cut by the date of knowledge, if one was asked for
    at : day the age of numbers is counted to
    folder : region folder, for what is not a table; None: only tables
    texts : folder of source texts, one `<document>.txt` each; None: none at hand
    mechanisms : ids of the known mechanisms; None: not known here
    """

    tables: Mapping[str, pd.DataFrame]
    ledger: Ledger
    at: date
    folder: Path | None = None
    texts: Path | None = None
    mechanisms: frozenset[str] | None = None

    @cached_property
    def book(self) -> Book:
        """Rows of all tables."""
        return book_of(self.tables)

    @cached_property
    def seen(self) -> Book:
        """Rows of all tables that were public by the date of knowledge."""
        return self.book if self.ledger.known_by is None else book_of(self.ledger.public.tables)

    @cached_property
    def pooled(self) -> Mapping[Key, Pooled]:
        """Pooled value of every key on which more than one independence group speaks."""
        several = (key for key, found in self.ledger.claims.items() if len({c.group for c in found}) > 1)
        return {key: self.ledger.pool(key) for key in several}

    @cached_property
    def groups(self) -> Mapping[str, str]:
        """Independence group per source; a source without one is its own."""
        return {
            row["source_id"]: row["independence_group"] or row["source_id"]
            for row in self.book.get("sources", ())
        }

    @cached_property
    def words_of_files(self) -> frozenset[str]:
        """Words and ids in the YAML files of the folder and in the bulk tables below `series/`."""
        found: set[str] = set()
        if self.folder is None:
            return frozenset()
        for path in sorted(self.folder.rglob("*.yaml")):
            if inside(self.folder, path):
                found.update(re.findall(r"[A-Za-z0-9][A-Za-z0-9-]*", path.read_text(encoding="utf-8")))
        for path in sorted((self.folder / "series").glob("*.csv")):
            try:
                table, schema = read_csv(path, path.name), load_schema(path.stem)
            except HeartlandInputError:
                continue  # reading the region reports it
            for column in schema.columns:
                if column.refers_to and column.name in table.columns:
                    at = table.columns.index(column.name)
                    found.update(part for row in table.rows for part in row[at].split(";"))
        return frozenset(found)


def warn(
    check: str, table: str, row: Mapping[str, Any], column: str, what: str, why: str, fix: str
) -> Finding:
    """A warning about one cell."""
    return Finding("W", check, place(table, row, column), what, why, fix)


def noted(
    check: str, table: str, row: Mapping[str, Any], column: str, what: str, why: str, fix: str
) -> Finding:
    """A note about one cell: nothing is wrong, a reader should know."""
    return Finding("I", check, place(table, row, column), what, why, fix)


def named(items: Iterable[str], most: int = 3) -> str:
    """`a, b, c and 4 more`; a list is never cut to hide a single item."""
    found = list(dict.fromkeys(items))
    if len(found) <= most + 1:
        return ", ".join(found)
    return f"{', '.join(found[:most])} and {len(found) - most} more"


def counted(number: int, noun: str) -> str:
    """`1 value`, `3 values`, `3 ties`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def quantity_of(row: Mapping[str, Any]) -> str:
    """Channel or indicator of an observation."""
    return str(row["channel"] or row["indicator"])


def tie_of(row: Mapping[str, Any]) -> str:
    """`A>B channel` of an observation; `A indicator` where there is no receiver."""
    pair = f"{row['giver']}>{row['receiver']}" if row["receiver"] else str(row["giver"])
    return f"{pair} {quantity_of(row)}"


def starts(text: str) -> date:
    """First day a date text allows; the beginning of time where it is open or unknown."""
    return (parse(text).earliest if text else None) or date.min


def ends(text: str) -> date:
    """Last day a date text allows; the end of time where it is open or unknown."""
    return (parse(text).latest if text else None) or date.max


def items(cell: object) -> Sequence[str]:
    """Items of a cell: of a list all, of a text itself, none if empty."""
    if isinstance(cell, tuple):
        return cell
    return (cell,) if isinstance(cell, str) and cell else ()


def by_id(rows: Iterable[Mapping[str, Any]], column: str) -> dict[str, Mapping[str, Any]]:
    """Rows by the value of a column; the first one wins."""
    found: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        found.setdefault(row[column], row)
    return found


def live(rows: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Rows that are not deprecated."""
    return (row for row in rows if row.get("rank") != "deprecated")
