"""Leave out of the tables what was not yet public on a day, with no reference left that leads nowhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from heartland.core.dates import parse
from heartland.core.schema import TableSchema, load_schema, schema_names
from heartland.evidence.claims import lags
from heartland.evidence.known import (
    facts_known_from,
    first_public,
    observations_known_from,
    publication_dates,
)
from heartland.evidence.known import rows as rows_of
from heartland.evidence.loading import schema_of

__all__ = ["cut", "known_tables"]

Rows = dict[str, list[dict[str, Any]]]
# what a record is read from, and when what it says was made: column -> whether a later date removes the row
_TEXTS = ("article_id", "article_ids")
_MADE = ("from", "opens", "at", "years", "date")
_PLAIN_MADE = ("from", "start")  # the same in tables without a schema
_OUTCOME = ("outcome_date", "outcome_source", "outcome_confidence")
_PRIMARY = ("facts", "observations")
_PULLED = ("sources", "documents", "actors")  # kept where a fact or an observation that is kept names them


def known_tables(tables: Mapping[str, pd.DataFrame], day: date) -> dict[str, pd.DataFrame]:
    """Tables with the rows that were public by `day`, as `cut` leaves them, in the columns they came in.

    A table without a schema keeps the rows that rest on a text of the day or on none, and begin no later.
    """
    schemas = {name: load_schema(schema_of(name)) for name in tables if schema_of(name) in schema_names()}
    kept = cut({name: rows_of(tables[name]) for name in schemas}, tables, schemas, day)
    published = publication_dates(tables)
    for name in tables.keys() - schemas.keys():
        found = [dict(row) for row in rows_of(tables[name]) if _public_plain(row, name, published, day)]
        for row in found:
            if _after(row.get("to"), day):
                row["to"] = ""
        kept[name] = found
    return {name: _frame(kept[name], frame) for name, frame in tables.items()}


def _public_plain(row: Mapping[str, Any], name: str, published: Mapping[str, date], day: date) -> bool:
    texts = [item for column in _TEXTS for item in _items(row.get(column, "")) if item in published]
    first = first_public(name, texts, published)
    return (first is None or first <= day) and not any(_after(row.get(made), day) for made in _PLAIN_MADE)


def _frame(kept: list[dict[str, Any]], frame: pd.DataFrame) -> pd.DataFrame:
    if not kept:
        return frame.iloc[0:0]
    made = pd.DataFrame({name: [row[name] for row in kept] for name in map(str, frame.columns)})
    return made.astype(frame.dtypes.to_dict())


def cut(
    rows: Mapping[str, Sequence[dict[str, Any]]],
    tables: Mapping[str, pd.DataFrame],
    schemas: Mapping[str, TableSchema],
    day: date,
) -> Rows:
    """Rows that were public by `day`.

    Facts and observations by their `known_from`. Sources, texts and actors if public or founded by then, or
    named by a kept fact or observation. Other records: not if all their texts are later (of an issue, any of
    them), or their own date is; an end that lay ahead is emptied, a question not yet resolved stands as
    unresolved. References to rows left out are taken from lists and optional cells; a row that needs one
    goes too. Undated choices of the model (catalogues, weights) stay.
    """
    kept: Rows = {name: [dict(row) for row in found] for name, found in rows.items()}
    published = publication_dates(tables)
    _primary(kept, tables, day)
    named = _named(kept, schemas)
    known = {item for item, when in published.items() if when <= day} | named
    for name in kept:
        if name in _PRIMARY:
            continue
        key = schemas[name].key
        if name in ("sources", "documents"):
            kept[name] = [row for row in kept[name] if row[key] in known]
        elif name == "actors":
            kept[name] = [row for row in kept[name] if row[key] in named or not _after(row["from"], day)]
        else:
            kept[name] = [row for row in kept[name] if _public(row, schemas[name], known, published, day)]
        for row in kept[name]:
            _only_known_texts(row, published, day)
            _blind(row, day, schemas[name])
    _prune(kept, rows, schemas)
    return kept


def _primary(kept: Rows, tables: Mapping[str, pd.DataFrame], day: date) -> None:
    known = {
        "facts": facts_known_from(tables.get("facts"), publication_dates(tables)),
        "observations": observations_known_from(tables.get("observations"), lags(tables))[0],
    }
    for name in kept.keys() & known.keys():
        kept[name] = [
            row
            for row, first in zip(kept[name], known[name], strict=True)
            if first is not None and first <= day
        ]


def _named(kept: Rows, schemas: Mapping[str, TableSchema]) -> set[str]:
    """Ids of sources, texts and actors that kept facts and observations name."""
    found: set[str] = set()
    for name in _PRIMARY:
        for column in schemas[name].columns if name in kept else ():
            if set(column.refers_to) & set(_PULLED):
                found.update(item for row in kept[name] for item in _items(row[column.name]))
    return found


def _items(cell: Any) -> tuple[str, ...]:
    return cell if isinstance(cell, tuple) else (cell,) if cell else ()


def _after(text: Any, day: date) -> bool:
    """Whether a date text begins after the day."""
    first = parse(text[:10] if "T" in text else text).earliest if isinstance(text, str) and text else None
    return first is not None and first > day


def _public(
    row: Mapping[str, Any], schema: TableSchema, known: set[str], published: Mapping[str, date], day: date
) -> bool:
    texts = [item for column in _TEXTS for item in _items(row.get(column, ""))]
    if texts:
        first = first_public(schema.name, texts, published)
        if first is None or first > day:
            return False
    source = row.get("source_id", "")
    if source in published and source not in known:
        return False
    if schema.name == "question_classes":
        last = parse(row["years"]).latest
        return last is not None and last <= day
    return not any(_after(row[column], day) for column in _MADE if _is_date(schema, column))


def _only_known_texts(row: dict[str, Any], published: Mapping[str, date], day: date) -> None:
    """Take later texts out of a list of texts, each with its entry in `lines` where there is one for each."""
    for column in _TEXTS:
        texts = row.get(column, "")
        if not isinstance(texts, tuple):
            continue
        public = [text in published and published[text] <= day for text in texts]
        lines = str(row.get("lines", "")).split(";")
        if len(lines) == len(texts) > 1:
            row["lines"] = ";".join(line for line, known in zip(lines, public, strict=True) if known)
        row[column] = tuple(text for text, known in zip(texts, public, strict=True) if known)


def _is_date(schema: TableSchema, name: str) -> bool:
    """Whether a table has such a column and it holds dates: in a table of flows `from` is an actor."""
    return any(column.name == name and column.kind in ("edtf", "date", "text") for column in schema.columns)


def _blind(row: dict[str, Any], day: date, schema: TableSchema) -> None:
    """Take out of a kept row what the day could not know; a span that must have an end ends on the day."""
    if _is_date(schema, "to") and _after(row["to"], day):
        row["to"] = day.isoformat() if schema.column("to").required != "no" else ""
    if "attested" in row:
        row["attested"] = tuple(text for text in row["attested"] if not _after(text, day))
    if "resolves_at" in row and _after(row["resolves_at"], day):
        row["outcome"] = "unresolved"
        row.update({column: "" for column in _OUTCOME if column in row})


def _prune(
    kept: Rows, before: Mapping[str, Sequence[Mapping[str, Any]]], schemas: Mapping[str, TableSchema]
) -> None:
    """Remove references to rows that were left out, until none is left."""
    keys = {name: schemas[name].key for name in kept if schemas[name].key}
    known = {name: {row[key] for row in before[name]} for name, key in keys.items()}
    changed = True
    while changed:
        alive = {name: {row[key] for row in kept[name]} for name, key in keys.items()}
        gone = {name: known[name] - alive[name] for name in keys}
        changed = False
        for name in kept:
            if name not in _PRIMARY:
                left = [row for row in kept[name] if _settled(row, schemas[name], gone, alive)]
                changed = changed or len(left) < len(kept[name])
                kept[name] = left
        for name in _PRIMARY:
            for row in kept.get(name, ()):
                _settled(row, schemas[name], gone, alive)


def _settled(
    row: dict[str, Any], schema: TableSchema, gone: Mapping[str, set[str]], alive: Mapping[str, set[str]]
) -> bool:
    """Whether a row still has all it needs after its dead references are taken out."""
    for column in schema.columns:
        if not column.refers_to or column.refers_to == ("units",):
            continue
        cell = row[column.name]
        dead = {
            item for item in _items(cell)
            if any(item in gone.get(table, ()) for table in column.refers_to)
            and not any(item in alive.get(table, ()) for table in column.refers_to)
        }  # fmt: skip
        if not dead:
            continue
        row[column.name] = tuple(item for item in cell if item not in dead) if isinstance(cell, tuple) else ""
        if column.required != "no" and not row[column.name]:
            return False
    return True
