"""Full-text search over the records of a region; an index of SQLite (FTS5) that lives in memory.

What is indexed is our own wording, names and titles, never the text of a source.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from heartland.errors import HeartlandInputError, edit_distance, suggestion
from heartland.evidence.indexed import COLUMNS, SEARCHED, Document, documents
from heartland.evidence.known import has_clock
from heartland.evidence.query import Term, asked_for, expression, read_query, stem

if TYPE_CHECKING:
    from heartland.evidence.ledger import Ledger

__all__ = ["SEARCHED", "Found", "Hit", "SearchIndex", "search"]

WEIGHTS = (3.0, 2.0, 2.0, 2.0, 1.0)  # of the columns in bm25; assumption: the statement itself says most
MOST_NEAR = 3
MOST_CLOSEST = 5  # records shown that hold most of the words, where none holds all
MOST_RANKED = 20_000  # words that match more records than this tell nothing apart: they come by date


@dataclass(frozen=True)
class Hit:
    """One record that matches; a lower score is a better match (bm25)."""

    table: str
    id: str
    date: str
    score: float
    text: str


@dataclass(frozen=True)
class Found:
    """Answer to a query.

    hits : best first, ties by date and id;  total : matches in all
    nearest : without a hit, for each word that occurs nowhere the nearest words that do
    counts : without a hit, how many records hold each word that occurs
    left_out : tables that could not be filtered as asked
    closest : without a hit, records that hold most of the terms;  held : how many of the `asked` terms
    """

    query: str
    hits: tuple[Hit, ...] = ()
    total: int = 0
    nearest: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    closest: tuple[Hit, ...] = ()
    held: int = 0
    asked: int = 0


class SearchIndex:
    """Index of some tables of a region, built once, asked often; not shared between threads."""

    def __init__(self, tables: Mapping[str, pd.DataFrame], within: Sequence[str] = ("facts",)) -> None:
        """Index the tables named in `within`, keys of `SEARCHED`; absent ones are empty."""
        self._entries: list[tuple[str, str, str, str]] = []
        self._database = sqlite3.connect(":memory:")
        try:
            self._database.execute(
                f"create virtual table records using fts5({', '.join(COLUMNS)}, content='', "
                "tokenize='unicode61 remove_diacritics 2', prefix='2 3')"
            )
        except sqlite3.OperationalError as error:
            raise HeartlandInputError.at(
                f"the SQLite of this Python has no full-text search ({error}).",
                check="search",
                why="Search needs the module FTS5.",
                fix="Use a Python from python.org, conda or the system, or filter with evidence list.",
            ) from error
        self._fill(documents(tables, within))

    def _fill(self, found: Iterable[Document]) -> None:
        ordered = sorted(found, key=lambda item: item[:3])
        self._entries = [(item.table, item.id, item.date, item.says) for item in ordered]
        with self._database as database:
            database.executemany(
                f"insert into records(rowid, {', '.join(COLUMNS)}) values (?, ?, ?, ?, ?, ?)",
                ((row, *item.text) for row, item in enumerate(ordered)),
            )

    def __len__(self) -> int:
        return len(self._entries)

    def find(
        self, query: str, limit: int = 20, allowed: Mapping[str, frozenset[str]] | None = None
    ) -> Found:
        """Records that match every term of a query.

        Parameters
        ----------
        query : words (all must occur, in any plain form: export finds exports), "phrases" and "words" as they
            stand, word* (beginnings), -word (must not occur); in a question (?) who, how, the do not count
        limit : most hits returned; 0 for all;  allowed : ids by table, others do not count; None is all

        Raises
        ------
        HeartlandInputError
            A query without a word, or with too many.
        """
        terms = asked_for(read_query(query), query)
        total, matched = self._matched(terms, 0 if allowed is not None else limit)
        if allowed is not None:
            matched = [item for item in matched if self._passes(item[0], allowed)]
            total = len(matched)
        if not total:
            closest, held = self._closest(terms, allowed)
            nearest, counts = self._near(terms)
            asked = sum(not term.negative for term in terms)
            return Found(query, (), 0, nearest, counts, (), self._hits(closest), held, asked)
        return Found(query, self._hits(matched[:limit] if limit else matched), total)

    def _passes(self, row: int, allowed: Mapping[str, frozenset[str]]) -> bool:
        table, name = self._entries[row][:2]
        return table in allowed and name in allowed[table]

    def _hits(self, matched: Iterable[tuple[int, float]]) -> tuple[Hit, ...]:
        found = []
        for row, score in matched:
            table, name, when, says = self._entries[row]
            found.append(Hit(table, name, when, round(score, 9), says))
        return tuple(found)

    def _matched(self, terms: Sequence[Term], limit: int) -> tuple[int, list[tuple[int, float]]]:
        """Number of matches, and (row, score) of the first `limit` of them (0: of all), best first."""
        wanted = expression([term for term in terms if not term.negative], "AND", self._forms)
        without = self._without(terms)
        if not wanted:
            kept = [(row, 0.0) for row in range(len(self._entries)) if row not in without]
            return len(kept), kept
        total = int(self._count(wanted))
        ranked = total <= MOST_RANKED
        score = f"bm25(records, {', '.join(map(str, WEIGHTS))})" if ranked else "0.0"
        found: list[tuple[int, float]] = self._database.execute(
            f"select rowid, {score} as score from records where records match ? "
            f"order by {'score, ' if ranked else ''}rowid limit ?",
            (wanted, limit if limit and not without else -1),
        ).fetchall()
        if not without:
            return total, found
        found = [item for item in found if item[0] not in without]
        return len(found), found

    def _without(self, terms: Sequence[Term]) -> set[int]:
        """Rows that hold a word which must not occur; the title of a source says nothing against a record."""
        unwanted = expression([term for term in terms if term.negative], "OR")
        if not unwanted:
            return set()
        return self._rows(f"{{{' '.join(COLUMNS[:-1])}}} : ({unwanted})")

    def _rows(self, wanted: str) -> set[int]:
        asked = self._database.execute("select rowid from records where records match ?", (wanted,))
        return {row for (row,) in asked}

    def _closest(
        self, terms: Sequence[Term], allowed: Mapping[str, frozenset[str]] | None
    ) -> tuple[list[tuple[int, float]], int]:
        """Rows that hold most terms, the best first, and how many; none that holds less than half of them."""
        wanted = [term for term in terms if not term.negative]
        without = self._without(terms)
        held: dict[int, int] = {}
        for term in wanted if len(wanted) > 1 else ():
            for row in self._rows(expression([term], "AND", self._forms)) - without:
                if allowed is None or self._passes(row, allowed):
                    held[row] = held.get(row, 0) + 1
        most = max(held.values(), default=0)
        if 2 * most < len(wanted) or not most:
            return [], 0
        best = {row for row, count in held.items() if count == most}
        score = f"bm25(records, {', '.join(map(str, WEIGHTS))})" if len(held) <= MOST_RANKED else "0.0"
        ranked = self._database.execute(
            f"select rowid, {score} as score from records where records match ? order by score, rowid",
            (expression(wanted, "OR", self._forms),),
        )
        return [item for item in ranked if item[0] in best][:MOST_CLOSEST], most

    def _forms(self, term: Term) -> tuple[str, ...]:
        """Other plain forms of a word that stand in the index."""
        if term.quoted or term.prefix or len(term.words) != 1:
            return ()
        (word,) = term.words
        return tuple(other for other in self._families.get(stem(word), ()) if other != word)

    @cached_property
    def _families(self) -> dict[str, tuple[str, ...]]:
        """Words of the index by what their forms share."""
        found: dict[str, list[str]] = {}
        for word in self._vocabulary:
            found.setdefault(stem(word), []).append(word)
        return {root: tuple(words) for root, words in found.items()}

    def _count(self, wanted: str) -> int:
        asked = "select count(*) from records where records match ?"
        return int(self._database.execute(asked, (wanted,)).fetchone()[0])

    def _near(self, terms: Sequence[Term]) -> tuple[dict[str, tuple[str, ...]], dict[str, int]]:
        known = self._vocabulary
        nearest: dict[str, tuple[str, ...]] = {}
        counts: dict[str, int] = {}
        for term in terms:
            if term.negative:
                continue
            count = self._count(expression([term], "AND", self._forms))
            if count:
                counts[term.shown] = count
                continue
            for word in term.words:
                if word not in known:
                    nearest[word] = _nearest(word, known)
        return nearest, counts

    @cached_property
    def _vocabulary(self) -> dict[str, int]:
        """Every word of the index with the number of records it stands in."""
        self._database.execute(
            "create virtual table if not exists temp.words using fts5vocab('main', 'records', 'row')"
        )
        return dict(self._database.execute("select term, doc from temp.words").fetchall())


def search(
    ledger: Ledger, query: str, within: str = "facts", limit: int = 20, **filters: object
) -> Found:
    """Records of a ledger that match a query and every filter.

    Parameters
    ----------
    query : as in `SearchIndex.find`;  within : one of `SEARCHED`, or `all`
    filters : those of `Ledger.where`; with `all`, tables they cannot be asked of are left out

    Raises
    ------
    HeartlandInputError
        An unknown table, query or filter, or a value the region does not know.
    """
    if within != "all" and within not in SEARCHED:
        known = [*SEARCHED, "all"]
        raise HeartlandInputError.at(
            f'"{within}" cannot be searched.',
            check="search",
            why="Only tables with words in them are indexed.",
            fix=suggestion(within, known, listing=f"Write one of: {', '.join(known)}."),
        )
    ledger = ledger.public
    tables = [name for name in SEARCHED if name in ledger.tables] if within == "all" else [within]
    asked = {name: value for name, value in filters.items() if value not in (None, "", ())}
    limits = asked if ledger.known_by is None else {"known_by": ledger.known_by.isoformat(), **asked}
    allowed, left_out = _allowed(ledger, tables, asked, limits) if limits else (None, ())
    kept = [name for name in tables if name not in left_out]
    found = SearchIndex(ledger.tables, kept).find(query, limit, allowed)
    return replace(found, left_out=left_out)


def _allowed(
    ledger: Ledger, tables: Sequence[str], asked: Mapping[str, Any], limits: Mapping[str, Any]
) -> tuple[dict[str, frozenset[str]], tuple[str, ...]]:
    """Ids by table that pass `asked` (with a clock: `limits`), and tables that cannot be asked so."""
    allowed: dict[str, frozenset[str]] = {}
    refused: dict[str, HeartlandInputError] = {}
    for table in tables:
        try:
            frame = ledger.where(table, **(limits if has_clock(table) else asked))
        except HeartlandInputError as error:
            if any(item.check != "filter" for item in error.findings):
                raise
            refused[table] = error
            continue
        allowed[table] = frozenset(frame[SEARCHED[table].key].tolist())
    if not allowed:
        raise next(iter(refused.values()))
    return allowed, tuple(refused)


def _nearest(word: str, known: Mapping[str, int]) -> tuple[str, ...]:
    """Up to three indexed words within two edits (one for short words), nearest first, then most used."""
    reach = 2 if len(word) > 4 else 1
    letters = set(word)
    near = sorted(
        (steps, -count, term)
        for term, count in known.items()
        if abs(len(term) - len(word)) <= reach
        and len(letters.symmetric_difference(term)) <= 2 * reach  # an edit changes two letters at most
        and (steps := edit_distance(word, term)) <= reach
    )
    return tuple(term for _, _, term in near[:MOST_NEAR])
