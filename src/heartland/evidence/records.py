"""One record of the ledger in full: who says it, on what it rests, what stands beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import pandas as pd

from heartland.errors import HeartlandInputError, suggestion
from heartland.evidence.known import rows

__all__ = [
    "ID_COLUMNS",
    "Citation",
    "chain",
    "citations",
    "record_table",
    "shown",
    "unknown_record",
    "worst_letter",
]

# tables whose records can be shown, with their id column, in the order they are searched
ID_COLUMNS: Mapping[str, str] = {
    "facts": "fact_id",
    "observations": "observation_id",
    "arguments": "argument_id",
    "sources": "source_id",
    "documents": "article_id",
    "actors": "actor_id",
    "memberships": "membership_id",
    "corridors": "corridor_id",
    "legs": "leg_id",
    "nodes": "node_id",
    "systems": "system_id",
    "issues": "issue_id",
    "channels": "channel_id",
    "indicators": "indicator_id",
    "document_questions": "question_id",
    "questions": "id",
}
_SAME_TIE: Mapping[str, tuple[str, ...]] = {
    "facts": ("givers", "receivers", "topic"),
    "arguments": ("cause", "effect"),
    "observations": ("giver", "receiver", "channel", "indicator"),
}
LETTERS = "ABCFDE"  # best to worst: what cannot be judged stands between fairly and not usually reliable


class Citation(NamedTuple):
    """A source a record rests on."""

    source_id: str
    title: str
    author: str
    publisher: str
    published: str
    url: str
    reliability: str
    independence_group: str
    role: str  # own (the record's text or source) or cited


def worst_letter(letters: Sequence[str]) -> str:
    """Reliability of a chain: the worst letter in it (A best; F between C and D); F for an empty chain."""
    return max((letter or "F" for letter in letters), key=LETTERS.index, default="F")


def record_table(tables: Mapping[str, pd.DataFrame], record_id: str) -> tuple[str, str] | None:
    """(table, id column) of a record; None when the id is nowhere."""
    for table, column in ID_COLUMNS.items():
        if table in tables and column in tables[table].columns and (tables[table][column] == record_id).any():
            return table, column
    return None


def unknown_record(tables: Mapping[str, pd.DataFrame], record_id: str) -> HeartlandInputError:
    """Error for an id that is in no table, with the nearest ids."""
    ids = [
        str(value)
        for table, column in ID_COLUMNS.items()
        if table in tables and column in tables[table].columns
        for value in tables[table][column].tolist()
    ]
    return HeartlandInputError.at(
        f'"{record_id}" is no id of this region.',
        check="record-id",
        why="Only recorded items can be shown.",
        fix=suggestion(
            record_id, ids, listing="Known ids: heartland evidence list facts|sources|arguments|actors."
        ),
    )


def _found(tables: Mapping[str, pd.DataFrame], table: str, record_id: str) -> dict[str, Any] | None:
    frame, column = tables.get(table), ID_COLUMNS[table]
    if frame is None or column not in frame.columns:
        return None
    hit = rows(frame[frame[column] == record_id].head(1))
    return hit[0] if hit else None


def _citation(tables: Mapping[str, pd.DataFrame], source_id: str, role: str) -> Citation:
    source = _found(tables, "sources", source_id) or {}
    document = _found(tables, "documents", source_id) or {}
    return Citation(
        source_id,
        source.get("title") or document.get("title") or source_id,
        source.get("author") or document.get("author") or "",
        source.get("publisher") or document.get("outlet") or "",
        source.get("published") or document.get("written") or "",
        source.get("url", ""),
        source.get("reliability") or "F",
        source.get("independence_group") or source_id,
        role,
    )


def citations(tables: Mapping[str, pd.DataFrame], record_id: str, table: str) -> tuple[Citation, ...]:
    """Sources of a record, its own first; an observation also brings those of its facts."""
    row = _found(tables, table, record_id) or {}
    own = row.get("source_id") or row.get("article_id") or ()
    found = dict.fromkeys((own,) if isinstance(own, str) else own, "own")
    for source in row.get("cited_source_ids", ()):
        found.setdefault(source, "cited")
    for fact in row.get("fact_ids", ()):
        for citation in citations(tables, fact, "facts"):
            found.setdefault(citation.source_id, "cited")
    return tuple(_citation(tables, source, role) for source, role in found.items())


def chain(tables: Mapping[str, pd.DataFrame], table: str, row: Mapping[str, Any]) -> list[dict[str, str]]:
    """Speaker chain of a record, outermost first: article author, cited sources, innermost speakers."""
    links = []
    for citation in citations(tables, str(row[ID_COLUMNS[table]]), table):
        who = citation.author if citation.author not in ("", "not stated") else citation.publisher
        links.append(
            {
                "role": "author" if citation.role == "own" else "cited-source",
                "id": citation.source_id,
                "name": who or citation.title,
                "reliability": citation.reliability,
            }
        )
    links.extend(
        {
            "role": "speaker",
            "id": actor,
            "name": (_found(tables, "actors", actor) or {}).get("name", actor),
            "reliability": "",
        }
        for actor in row.get("speakers", ())
    )
    return links


def shown(tables: Mapping[str, pd.DataFrame], table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Everything about one record as plain JSON values (NaN and empty -> None)."""
    record_id = str(row[ID_COLUMNS[table]])
    links = chain(tables, table, row)
    graded = [link["reliability"] for link in links if link["role"] != "speaker"]
    return {
        "table": table,
        "id": record_id,
        "record": {name: plain(value) for name, value in row.items() if name not in ("_row", "known_from")},
        "row": int(row["_row"]) if "_row" in row else None,
        "chain": links,
        "chain_reliability": worst_letter(graded) if graded else None,
        "sources": [citation._asdict() for citation in citations(tables, record_id, table)],
        "neighbours": _neighbours(tables, table, row),
        "used_by": _used_by(tables, record_id),
    }


def _neighbours(tables: Mapping[str, pd.DataFrame], table: str, row: Mapping[str, Any]) -> list[str]:
    """Ids of up to ten other records on the same tie, or of the same text around it."""
    if table not in _SAME_TIE:
        return []
    column = ID_COLUMNS[table]
    same = _SAME_TIE[table]
    own = [tuple(row.get(name, ())) if isinstance(row.get(name), tuple) else row.get(name) for name in same]
    found = [
        other[column]
        for other in rows(tables[table])
        if other[column] != row[column] and [other.get(name) for name in same] == own
    ]
    return found[:10]


def _used_by(tables: Mapping[str, pd.DataFrame], record_id: str) -> dict[str, list[str]]:
    """Records of other tables that name this id in any column, at most ten per table."""
    found: dict[str, list[str]] = {}
    for table, column in ID_COLUMNS.items():
        if table not in tables or column not in tables[table].columns:
            continue
        ids: list[str] = []
        frame = tables[table]
        for name in frame.columns:
            if name in (column, "_row", "note", "paraphrase") or frame[name].dtype.kind in "fbi":
                continue
            hits = [
                key
                for key, cell in zip(frame[column].tolist(), frame[name].tolist(), strict=True)
                if cell == record_id or (isinstance(cell, tuple) and record_id in cell)
            ]
            ids.extend(key for key in hits if key not in ids)
        if ids:
            found[table] = ids[:10]
    return found


def plain(value: object) -> object:
    """A cell as a JSON value: NaN, None and empty text become None, tuples lists, dates ISO text."""
    if isinstance(value, tuple | list):
        return [plain(entry) for entry in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return None if math.isnan(value) else value
    return None if value == "" else value
