"""Typed tables as the checks read them: rows as dictionaries, with the place of every cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from heartland.errors import Place
from heartland.evidence.known import rows

__all__ = ["Book", "book_of", "catalogue_of", "each", "place"]

# table -> its rows as dictionaries, made once for all checks
Book = Mapping[str, Sequence[Mapping[str, Any]]]
NUMBER_WHY = "Intervals and draws are built from these numbers."


def book_of(tables: Mapping[str, pd.DataFrame]) -> Book:
    """Rows of typed tables, as all checks take them."""
    return {name: rows(frame) for name, frame in tables.items()}


def place(table: str, row: Mapping[str, Any], column: str) -> Place:
    """Place of a cell in its file."""
    return Place(f"{table}.csv", int(row["_row"]), column)


def each(book: Book, *names: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Rows of the named tables, each with its table."""
    for name in names:
        for row in book.get(name, ()):
            yield name, row


def catalogue_of(book: Book) -> dict[str, Mapping[str, Any]]:
    """Rows of channels and indicators by id; channels win where an id is in both."""
    found = {row["indicator_id"]: row for row in book.get("indicators", ())}
    found.update({row["channel_id"]: row for row in book.get("channels", ())})
    return found
