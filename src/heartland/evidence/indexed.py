"""What full-text search reads of each table: which columns, every name of an actor, titles of sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import pandas as pd

from heartland.core.dates import EdtfDate, parse
from heartland.evidence.known import rows

__all__ = ["COLUMNS", "SEARCHED", "Document", "Reading", "documents"]

COLUMNS = ("body", "topic", "place", "actors", "sources")


@dataclass(frozen=True)
class Reading:
    """Which columns of a table are indexed where; `date` orders ties, `says` is printed."""

    key: str
    body: tuple[str, ...]
    topic: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    date: str = ""
    says: str = ""


SEARCHED: Mapping[str, Reading] = {
    "facts": Reading(
        "fact_id", ("paraphrase",), ("topic", "action"), ("place",), ("givers", "receivers", "speakers"),
        ("article_id", "cited_source_ids"), "date", "paraphrase",
    ),
    "arguments": Reading(
        "argument_id", ("paraphrase", "condition"), ("cause", "effect", "mechanisms"), (),
        ("cause_actors", "effect_actors", "speakers"), ("article_id",), "", "paraphrase",
    ),
    "sources": Reading(
        "source_id", ("title",), ("kind",), (), ("publisher", "author"), (), "published", "title",
    ),
    "issues": Reading(
        "issue_id", ("description", "suggested_reading"), ("kind",), (), (), ("article_ids",), "",
        "description",
    ),
    "actors": Reading("actor_id", ("name",), ("kind", "sectors"), (), ("actor_id",), (), "from", "name"),
    "corridors": Reading(
        "corridor_id", ("name", "note"), ("kind", "status_text"), ("endpoints",),
        ("sponsor", "states_crossed"), ("article_id",), "", "name",
    ),
    "nodes": Reading("node_id", ("name",), ("kind",), (), ("countries",), (), "", "name"),
    "document_questions": Reading(
        "question_id", ("text", "confirm_if", "refute_if"), ("kind",), (), (), ("article_id",), "", "text",
    ),
}  # fmt: skip


class Document(NamedTuple):
    """What the index holds of one record; sorted by the first three.

    day : orders ties, the last possible day where there is none;  date : as written
    says : what is printed;  text : of each of `COLUMNS`
    """

    day: date
    id: str
    table: str
    date: str
    says: str
    text: tuple[str, ...]


def documents(tables: Mapping[str, pd.DataFrame], within: Sequence[str]) -> Iterator[Document]:
    """What is indexed of each record of some tables, in file order."""
    names, titles = _Names(tables), _titles(tables)
    for table in within:
        reading = SEARCHED[table]
        for row in rows(tables.get(table)):
            when = str(row.get(reading.date) or "")
            span = parse(when) if when else None
            text = (
                " ".join(_each(row, reading.body)),
                " ".join(_each(row, reading.topic)),
                " ".join(_each(row, reading.place)),
                names.text(_each(row, reading.actors), span),
                " ".join([titles.get(name, name) for name in _each(row, reading.sources)]),
            )
            day = span.earliest or span.latest if span else None
            says = str(row.get(reading.says) or "")
            yield Document(day or date.max, str(row[reading.key]), table, when, says, text)


def _each(row: Mapping[str, Any], columns: Sequence[str]) -> list[str]:
    found: list[str] = []
    for column in columns:
        value = row.get(column)
        if isinstance(value, str):
            found.append(value)
        elif value:
            found.extend(value)
    return found


class _Names:
    """Every name an actor goes by, with its id; a dated name counts only for records of its time."""

    def __init__(self, tables: Mapping[str, pd.DataFrame]) -> None:
        self._always: dict[str, list[str]] = defaultdict(list)
        self._dated: dict[str, list[tuple[str, date, date]]] = defaultdict(list)
        for row in rows(tables.get("actors")):
            self._always[row["actor_id"]] += [row["actor_id"], row["name"]]
        for row in rows(tables.get("actor_names")):
            first, last = row.get("from") or "", row.get("to") or ""
            if not first and not last:
                self._always[row["actor_id"]].append(row["text"])
                continue
            begins = (parse(first).earliest if first else None) or date.min
            ends = (parse(last).latest if last else None) or date.max
            self._dated[row["actor_id"]].append((row["text"], begins, ends))
        self._fixed = {actor: " ".join(dict.fromkeys(found)) for actor, found in self._always.items()}

    def text(self, actors: Iterable[str], when: EdtfDate | None) -> str:
        """Names of some actors at a date; without a date all of them."""
        said = []
        for actor in dict.fromkeys(actors):
            said.append(self._fixed.get(actor, actor))
            for name, begins, ends in self._dated.get(actor, ()):
                first = (when.earliest if when else None) or date.min
                last = (when.latest if when else None) or date.max
                if begins <= last and first <= ends:
                    said.append(name)
        return " ".join(said)


def _titles(tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Title and publisher of each source and text."""
    actors = {row["actor_id"]: row["name"] for row in rows(tables.get("actors"))}
    found = {
        row["article_id"]: f"{row['title']} {row.get('outlet') or ''}"
        for row in rows(tables.get("documents"))
    }
    for row in rows(tables.get("sources")):
        publisher = str(row.get("publisher") or "")
        found[row["source_id"]] = f"{row['title']} {publisher} {actors.get(publisher, '')}"
    return found
