"""Oddities of the texts (issues.csv), brought to the records they bear on."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from heartland.errors import Finding
from heartland.evidence.audit_material import Material, noted
from heartland.evidence.known import rows
from heartland.evidence.records import ID_COLUMNS

__all__ = ["MARKED", "attachments", "bearing", "issue_notes", "issues_for", "marks", "spans_of"]

# tables whose records carry lines of a text
LINED = ("facts", "arguments", "memberships", "corridors", "document_questions")
# tables of which a list marks the records that an issue bears on
MARKED = (*LINED, "observations", "sources", "documents")
NAMED, SAME_LINES, SAME_TEXT = "named", "same lines", "same text"
_CLOSEST = (NAMED, SAME_LINES, SAME_TEXT)
_ID = re.compile(r"\b[A-Z]+[0-9]*(?:-[A-Z0-9]+)+[a-z]?\b")
_NOTE = re.compile(r"\b(?:foot)?notes?\b((?:[ =,;]|and\b|[0-9])+)", re.IGNORECASE)
_SPAN = re.compile(r"(\d+)(?:\s*-\s*(\d+))?")

Lines = tuple[str, int, int]  # text, first and last line
_Stretch = tuple[int, int, int, str]  # first and last line, place among all records, id
Bounds = Mapping[str, tuple[float, float]]  # text -> its first and last line


def issues_for(tables: Mapping[str, pd.DataFrame], record_id: str) -> list[dict[str, Any]]:
    """Issues that bear on a record of any table, the closest first.

    Each issue is its row without empty cells and with `match`: `named` (in its fact_ids, or an id or note
    number in its words), `same lines` (of the same text), `same text` (the record is the text itself). An
    observation takes the matches of its facts and of a source that is named.
    """
    attached = attachments(tables)
    found = []
    for issue in rows(tables.get("issues")):
        match = attached[issue["issue_id"]].get(record_id)
        if match:
            cells = {name: value for name, value in issue.items() if name != "_row" and value not in ("", ())}
            found.append({**cells, "match": match})
    return sorted(found, key=lambda issue: _CLOSEST.index(issue["match"]))


def bearing(tables: Mapping[str, pd.DataFrame], issue_id: str) -> dict[str, list[str]]:
    """Records an issue bears on, by how: `named`, `same lines`, `same text`; empty for any other id."""
    records = attachments(tables).get(issue_id, {})
    found = {how: [name for name, match in records.items() if match == how] for how in _CLOSEST}
    return {how: names for how, names in found.items() if names}


def marks(tables: Mapping[str, pd.DataFrame]) -> dict[str, tuple[str, ...]]:
    """Issues a list sets beside each record: those it is among the closest records of, texts among them."""
    found: dict[str, list[str]] = {}
    for issue, records in attachments(tables).items():
        closest = min(records.values(), key=_CLOSEST.index, default=SAME_TEXT)
        for name, match in records.items():
            if match in (closest, SAME_TEXT):
                found.setdefault(name, []).append(issue)
    return {name: tuple(issues) for name, issues in found.items()}


def attachments(tables: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, str]]:
    """Records each issue bears on: issue -> record -> `named`, `same lines` or `same text`."""
    ids = _ids(tables)
    bounds = _bounds(tables)
    sources = [row for row in rows(tables.get("sources")) if row["cited_in"]]
    lined = _lined(tables, bounds)
    numbers = _resting(tables, {row["source_id"] for row in sources})
    found: dict[str, dict[str, str]] = {}
    for issue in rows(tables.get("issues")):
        spans = _lines(issue["article_ids"], issue["lines"], bounds)
        words = f"{issue['description']} {issue['suggested_reading']}"
        notes = {int(n) for part in _NOTE.findall(words) for n in re.findall(r"\d+", part)}
        named = [name for name in (*issue["fact_ids"], *_ID.findall(words)) if name in ids]
        beside = _beside(lined, spans)
        for row in sources:
            if row["cited_in"] in issue["article_ids"]:
                own = [(row["cited_in"], int(line), int(line)) for line in row["line"]]
                if notes & {int(number) for number in row["note_numbers"]}:
                    named.append(row["source_id"])
                elif _overlap(own, spans):
                    beside.append(row["source_id"])
        matches = dict.fromkeys(issue["article_ids"], SAME_TEXT)
        matches |= dict.fromkeys(beside, SAME_LINES) | dict.fromkeys(named, NAMED)
        for how in (SAME_LINES, NAMED):
            through = [name for name, match in matches.items() if match == how]
            matches |= dict.fromkeys((number for name in through for number in numbers.get(name, ())), how)
        found[issue["issue_id"]] = matches
    return found


def _lined(tables: Mapping[str, pd.DataFrame], bounds: Bounds) -> dict[str, list[_Stretch]]:
    """Lines of records by the text they stand in, each with the record's place among all and its id."""
    found: dict[str, list[_Stretch]] = {}
    records = ((row[ID_COLUMNS[table]], row) for table in LINED for row in rows(tables.get(table)))
    for place, (name, row) in enumerate(records):
        for text, first, last in _lines(_texts(row["article_id"]), row["lines"], bounds):
            found.setdefault(text, []).append((first, last, place, name))
    return found


def _beside(lined: Mapping[str, Sequence[_Stretch]], spans: Sequence[Lines]) -> list[str]:
    """Records with a line in one of the spans, in the order of the tables."""
    found = {
        (place, name)
        for text, first, last in spans
        for begin, end, place, name in lined.get(text, ())
        if begin <= last and first <= end
    }
    return [name for _, name in sorted(found)]


def _resting(tables: Mapping[str, pd.DataFrame], cited: Collection[str]) -> dict[str, list[str]]:
    """Observations that rest on each fact, and on each item cited in a text."""
    found: dict[str, list[str]] = {}
    frame = tables.get("observations")
    if frame is None or frame.empty:
        return found
    columns = (frame[name].tolist() for name in ("observation_id", "source_id", "fact_ids"))
    for number, source, facts in zip(*columns, strict=True):
        for name in (*facts, source) if source in cited else facts:
            found.setdefault(name, []).append(number)
    return found


def spans_of(tables: Mapping[str, pd.DataFrame], issue: Mapping[str, Any]) -> list[Lines]:
    """Lines an issue stands in, each with its text.

    As many entries as texts: entry by entry; otherwise each entry belongs to the texts whose span holds it.
    """
    return _lines(issue["article_ids"], issue["lines"], _bounds(tables))


def _ids(tables: Mapping[str, pd.DataFrame]) -> frozenset[str]:
    return frozenset(
        str(cell)
        for table, column in ID_COLUMNS.items()
        if table in tables and column in tables[table].columns
        for cell in tables[table][column].tolist()
    )


def _texts(cell: object) -> tuple[str, ...]:
    return cell if isinstance(cell, tuple) else (str(cell),)


def _bounds(tables: Mapping[str, pd.DataFrame]) -> Bounds:
    return {row["article_id"]: (row["first_line"], row["last_line"]) for row in rows(tables.get("documents"))}


def _lines(articles: tuple[str, ...], text: str, bounds: Bounds) -> list[Lines]:
    pieces = [(int(first), int(last or first)) for first, last in _SPAN.findall(text)]

    def holds(article: str, piece: tuple[int, int]) -> bool:
        first, last = bounds.get(article, (0, float("inf")))
        return first <= piece[0] and piece[1] <= last

    pairs = list(zip(articles, pieces, strict=False))
    if len(articles) == len(pieces) and all(holds(*pair) for pair in pairs):
        return [(article, *piece) for article, piece in pairs]
    return [(article, *piece) for piece in pieces for article in articles if holds(article, piece)]


def _overlap(a: list[Lines], b: list[Lines]) -> bool:
    return any(x[0] == y[0] and x[1] <= y[2] and y[1] <= x[2] for x in a for y in b)


def issue_notes(material: Material) -> Iterator[Finding]:
    """Note for every oddity of the texts that the tables do not yet follow."""
    for row in material.seen.get("issues", ()):
        if row["resolved"]:
            continue
        reading = f" Read as: {row['suggested_reading'].rstrip('.')}." if row["suggested_reading"] else ""
        yield noted(
            "issue",
            "issues",
            row,
            "resolved",
            f"{row['issue_id']} ({row['kind'].replace('_', ' ')}, {', '.join(row['article_ids'])}): "
            f"{row['description'].rstrip('.')}.{reading}",
            "It stands beside the records it bears on.",
            "Follow the reading in the tables, then write yes in resolved.",
        )
