"""One record of the ledger in full: who says it, on what it rests, what stands beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import pandas as pd

from heartland.errors import HeartlandInputError, suggestion
from heartland.evidence.usage import ID_COLUMNS, fed_measures, fed_ties, find_row, neighbours, used_by

__all__ = [
    "ID_COLUMNS",
    "LETTERS",
    "Citation",
    "chain",
    "citations",
    "publisher_name",
    "record_table",
    "shown",
    "unknown_record",
    "worst_letter",
]

_COMPUTED = ("_row", "known_from", "lag_assumed")  # columns a ledger adds to those of the table
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
    role: str  # own (the record's text or source), cited, data (of a parameter) or assumption


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


def _citation(tables: Mapping[str, pd.DataFrame], source_id: str, role: str) -> Citation:
    source = find_row(tables, "sources", source_id) or {}
    document = find_row(tables, "documents", source_id) or {}
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


def publisher_name(tables: Mapping[str, pd.DataFrame], publisher: str) -> str:
    """Name of a publisher that is an actor; any other stands as written."""
    return str((find_row(tables, "actors", publisher) or {}).get("name") or publisher)


def citations(tables: Mapping[str, pd.DataFrame], record_id: str, table: str) -> tuple[Citation, ...]:
    """Sources of a record, its own first; an observation also brings those of its facts."""
    row = find_row(tables, table, record_id) or {}
    own = row.get("source_id") or row.get("article_id") or row.get("article_ids") or ()
    found = dict.fromkeys((own,) if isinstance(own, str) else own, "own")
    for source in row.get("cited_source_ids", ()):
        found.setdefault(source, "cited")
    for fact in row.get("fact_ids", ()):
        for citation in citations(tables, fact, "facts"):
            found.setdefault(citation.source_id, "cited")
    for source in row.get("data_ids", ()):
        found.setdefault(source, "data")
    if not found and row.get("status") == "assumption":
        found[f"assumption: {row.get('note') or 'no reason given'}"] = "assumption"
    return tuple(
        _assumed(source) if source.startswith("assumption") else _citation(tables, source, role)
        for source, role in found.items()
    )


def _assumed(text: str) -> Citation:
    """What stands in place of a source where there is none: the assumption and its reason."""
    reason = text.removeprefix("assumption").lstrip(": ") or "no source"
    return Citation("assumption", reason, "", "", "", "", "F", "assumption", "assumption")


def chain(tables: Mapping[str, pd.DataFrame], table: str, row: Mapping[str, Any]) -> list[dict[str, str]]:
    """Speaker chain of a record, outermost first: article author, cited sources, innermost speakers."""
    links = []
    for citation in citations(tables, str(row[ID_COLUMNS[table]]), table):
        publisher = publisher_name(tables, citation.publisher)
        who = citation.author if citation.author not in ("", "not stated") else publisher
        links.append(
            {
                "role": {"own": "author", "assumption": "assumption"}.get(citation.role, "cited-source"),
                "id": citation.source_id,
                "name": who or citation.title,
                "reliability": citation.reliability,
            }
        )
    links.extend(
        {
            "role": "speaker",
            "id": actor,
            "name": (find_row(tables, "actors", actor) or {}).get("name", actor),
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
        "record": {name: plain(value) for name, value in row.items() if name not in _COMPUTED},
        "row": int(row["_row"]) if "_row" in row else None,
        "lag_assumed": bool(row.get("lag_assumed", False)),
        "chain": links,
        "chain_reliability": worst_letter(graded) if graded else None,
        "sources": [citation._asdict() for citation in citations(tables, record_id, table)],
        "dates": _dates(tables, table, row),
        "rank": {"rank": row["rank"], "reason": plain(row.get("rank_reason", ""))} if "rank" in row else None,
        "neighbours": neighbours(tables, table, row),
        "used_by": used_by(tables, record_id),
        "feeds": _feeds(tables, table, row),
    }


def _dates(tables: Mapping[str, pd.DataFrame], table: str, row: Mapping[str, Any]) -> dict[str, object]:
    """The four dates of a record: of what it states, of its text, of the copy, of the reading."""
    own = row.get("source_id") or row.get("article_id") or ""
    name = own if isinstance(own, str) else own[0]
    source = (find_row(tables, "sources", name) if name else None) or {}
    document = (find_row(tables, "documents", name) if name else None) or {}
    stated = next((row[column] for column in ("date", "period") if row.get(column)), "")
    return {
        "date": plain(stated),
        "published": plain(row.get("published") or source.get("published") or document.get("written") or ""),
        "retrieved": plain(source.get("retrieved") or ""),
        "coded_on": plain(row.get("coded_on") or ""),
    }


def _feeds(tables: Mapping[str, pd.DataFrame], table: str, row: Mapping[str, Any]) -> dict[str, list[str]]:
    """Ties a record feeds and measures that weigh them; a channel or indicator feeds measures only."""
    ties = fed_ties(tables, table, row)
    quantities = [tie.rpartition("@")[0].rpartition(":")[2] for tie in ties]
    if table in ("channels", "indicators"):
        quantities = [str(row[ID_COLUMNS[table]])]
    found = {"ties": ties, "measures": fed_measures(tables, quantities)}
    return {name: names for name, names in found.items() if names}


def plain(value: object) -> object:
    """A cell as a JSON value: NaN, None and empty text become None, tuples lists, dates ISO text."""
    if isinstance(value, tuple | list):
        return [plain(entry) for entry in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return None if math.isnan(value) else value
    return None if value == "" else value
