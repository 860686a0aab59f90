"""Who uses a record: rows of other tables that name it, the ties it feeds, the measures that read those."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import pandas as pd

from heartland.core.schema import load_schema, schema_names
from heartland.evidence.known import rows

__all__ = [
    "ID_COLUMNS", "fed_measures", "fed_ties", "find_row", "neighbours", "observations_of",
    "tie_name", "used_by",
]  # fmt: skip

# tables whose records have an id, with the column that holds it, in the order an id is looked for
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
    "parameters": "id",
    "rules": "rule_id",
    "scenarios": "scenario_id",
    "contradictions": "id",
    "document_questions": "question_id",
    "questions": "id",
    "passages": "passage_id",
    "changes": "change_id",
}
_SAME_TIE: Mapping[str, tuple[str, ...]] = {
    "facts": ("givers", "receivers", "topic"),
    "arguments": ("cause", "effect"),
    "observations": ("giver", "receiver", "channel", "indicator"),
}
# columns of words, in which an id would be an accident
_WORDS = frozenset({
    "_row", "note", "notes", "paraphrase", "text", "description", "suggested_reading", "lines", "status",
    "title", "name", "author", "rank_reason", "definition", "unit", "status_text", "url", "lang",
    "published_basis", "written_basis", "position_basis", "reliability_reason", "licence", "snapshot_sha256",
    "action", "topic", "plover", "user_questions", "confirm_if", "refute_if", "test_data", "horizon", "coder",
    "class", "cluster",
})  # fmt: skip
MOST_NEIGHBOURS = 10


def find_row(tables: Mapping[str, pd.DataFrame], table: str, record_id: str) -> dict[str, Any] | None:
    """Row of a table by its id; None when the table or the id is not there."""
    frame, column = tables.get(table), ID_COLUMNS[table]
    if frame is None or column not in frame.columns:
        return None
    ids = frame[column].tolist()
    if record_id not in ids:
        return None
    at = ids.index(record_id)
    return rows(frame.iloc[at : at + 1])[0]


def neighbours(tables: Mapping[str, pd.DataFrame], table: str, row: Mapping[str, Any]) -> list[str]:
    """Ids of the ten records nearest in the file about the same giver, receiver and matter, in file order."""
    frame = tables.get(table)
    if table not in _SAME_TIE or frame is None:
        return []
    names = [name for name in _SAME_TIE[table] if name in frame.columns]
    own = tuple(row.get(name) for name in names)
    mine = row[ID_COLUMNS[table]]
    cells = zip(*(frame[name].tolist() for name in names), strict=True)
    found = [
        key for key, other in zip(frame[ID_COLUMNS[table]].tolist(), cells, strict=True) if other == own
    ]
    at = found.index(mine) if mine in found else 0
    first = max(0, min(at - MOST_NEIGHBOURS // 2, len(found) - MOST_NEIGHBOURS - 1))
    return [key for key in found[first : first + MOST_NEIGHBOURS + 1] if key != mine][:MOST_NEIGHBOURS]


def used_by(tables: Mapping[str, pd.DataFrame], record_id: str) -> dict[str, list[str]]:
    """Ids of all records of other tables that name this id in any column, by table."""
    found: dict[str, list[str]] = {}
    for table, column in ID_COLUMNS.items():
        frame = tables.get(table)
        if frame is None or frame.empty or column not in frame.columns:
            continue
        hits: dict[int, None] = {}
        naming = _naming(table)
        for name, kind in frame.dtypes.items():
            if name != column and (name in naming if naming else kind.kind not in "fbi"):
                hits.update(dict.fromkeys(_places(frame[name].tolist(), record_id)))
        if hits:
            ids = frame[column].tolist()
            found[table] = list(dict.fromkeys(ids[at] for at in sorted(hits) if ids[at] != record_id))
    return {table: ids for table, ids in found.items() if ids}


@lru_cache(maxsize=64)
def _naming(table: str) -> frozenset[str]:
    """Columns that may name another record; empty for a table without a schema, where all may."""
    if table not in schema_names():
        return frozenset()
    kinds = ("id", "ref", "text", "list(id)", "list(ref)", "list(text)")
    found = (column for column in load_schema(table).columns if column.type in kinds)
    return frozenset(column.name for column in found if column.name not in _WORDS)


def _places(cells: Sequence[Any], record_id: str) -> Iterator[int]:
    if isinstance(cells[0], tuple):
        yield from (at for at, cell in enumerate(cells) if cell and record_id in cell)
    elif record_id in cells:
        yield from (at for at, cell in enumerate(cells) if cell == record_id)


def fed_ties(tables: Mapping[str, pd.DataFrame], table: str, row: Mapping[str, Any]) -> list[str]:
    """Ties and indicators a record feeds, as `GIVER>RECEIVER:channel@PERIOD` or `ACTOR:indicator@PERIOD`.

    An observation feeds its own; a fact those of the observations that name it.
    """
    frame = tables.get("observations")
    if frame is None:
        return []
    named = rows(observations_of(frame, table, row))
    return list(dict.fromkeys(tie_name(found) for found in named))


def observations_of(observations: pd.DataFrame, table: str, row: Mapping[str, Any]) -> pd.DataFrame:
    """An observation's own row, or the rows that name a fact; empty for any other record."""
    if table == "observations":
        at = [place for place, name in enumerate(observations["observation_id"].tolist())
              if name == row["observation_id"]]  # fmt: skip
        return observations.iloc[at]
    if table != "facts" or "fact_ids" not in observations.columns or observations.empty:
        return observations.iloc[0:0]
    return observations.iloc[list(_places(observations["fact_ids"].tolist(), str(row["fact_id"])))]


def tie_name(row: Mapping[str, Any]) -> str:
    """Name of the tie or indicator an observation speaks of, with its period."""
    if row.get("receiver"):
        return f"{row['giver']}>{row['receiver']}:{row['channel']}@{row['period']}"
    return f"{row['giver']}:{row.get('indicator') or row.get('channel')}@{row['period']}"


def fed_measures(tables: Mapping[str, pd.DataFrame], quantities: Sequence[str]) -> list[str]:
    """Where the measures of influence weigh channels or indicators: part, domain, weight, as written."""
    totals = {
        row["channel_id"]: row["total"] for row in rows(tables.get("channels")) if row.get("total")
    }  # fmt: skip
    found = []
    for row in rows(tables.get("weights")):
        channel, base = str(row.get("channel") or ""), str(row.get("base") or "")
        if not channel:
            continue
        use = ""
        if channel in quantities:
            use = "weight"
        elif base.removeprefix("base:") in quantities or (
            base == "total" and totals.get(channel) in quantities
        ):
            use = f"base of {channel}, weight"
        if use:
            found.append(f"influence ({row['part']}, {row['domain']}): {use} {row['weight']:g}")
    return found
