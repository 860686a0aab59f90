"""Filters over ledger tables: one closed list of names, every value checked against the region."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pandas as pd

from heartland.core.dates import parse
from heartland.errors import HeartlandInputError, suggestion
from heartland.evidence.records import LETTERS, worst_letter

__all__ = ["FILTERS", "select"]

# filter -> columns it looks in; a table is filtered by those of them that it has
FILTERS: Mapping[str, tuple[str, ...]] = {
    "actor": (
        "givers",
        "receivers",
        "giver",
        "receiver",
        "cause_actors",
        "effect_actors",
        "organisation",
        "member",
        "actor_id",
    ),
    "giver": ("givers", "giver", "cause_actors"),
    "receiver": ("receivers", "receiver", "effect_actors"),
    "speaker": ("speakers",),
    "channel": ("channel",),
    "indicator": ("indicator",),
    "domain": ("domain",),
    "topic": ("topic",),
    "type": ("type", "kind"),
    "action": ("action",),
    "modality": ("modality",),
    "reliability": ("reliability",),
    "credibility": ("credibility",),
    "rank": ("rank",),
    "status": ("status",),
    "group": ("independence_group",),
    "source": ("source_id", "cited_source_ids", "article_id", "cited_in"),
    "system": ("systems",),
    "role": ("role",),
}
_IN_TABLE = {
    "actor": "actors",
    "giver": "actors",
    "receiver": "actors",
    "speaker": "actors",
    "channel": "channels",
    "indicator": "indicators",
    "source": "sources",
    "system": "systems",
}
_RESTS_ON = ("source_id", "article_id", "cited_source_ids")
_DATED = ("date", "period", "published", "written")


def select(
    frame: pd.DataFrame, table: str, tables: Mapping[str, pd.DataFrame], filters: Mapping[str, object]
) -> pd.DataFrame:
    """Rows of `frame` that match every filter; filters whose value is None or empty do nothing.

    Raises
    ------
    HeartlandInputError
        A filter that is not in the list or not usable on this table, or a value the region does not know.
    """
    _in_order(filters.get("since"), filters.get("until"))
    keep = [True] * len(frame)
    for name, wanted in filters.items():
        if wanted is None or wanted in ("", ()):
            continue
        keep = [a and b for a, b in zip(keep, _matches(frame, table, tables, name, wanted), strict=True)]
    return frame[keep] if len(frame) else frame


def _matches(
    frame: pd.DataFrame, table: str, tables: Mapping[str, pd.DataFrame], name: str, wanted: object
) -> Iterable[bool]:
    if name in ("since", "until", "known_by"):
        return _dated(frame, table, name, str(wanted))
    if name not in FILTERS:
        known = [*FILTERS, "since", "until", "known_by"]
        raise HeartlandInputError.at(
            f'"{name}" is not a filter.',
            check="filter",
            why="Nothing would be filtered by it.",
            fix=suggestion(name, known, listing=f"Filters: {', '.join(known)}."),
        )
    values = {wanted} if isinstance(wanted, str) else {str(value) for value in _each(wanted)}
    columns = [column for column in FILTERS[name] if column in frame.columns]
    if name == "reliability" and not columns and any(c in frame.columns for c in _RESTS_ON):
        return [letter in values for letter in _letters(frame, tables, values)]
    if not columns:
        raise HeartlandInputError.at(
            f"{table} cannot be filtered by {name}.",
            check="filter",
            why="The table has no such column.",
            fix=f"Leave {name} out, or ask another table.",
        )
    hits = [False] * len(frame)
    for column in columns:
        cells = frame[column].tolist()
        hits = [
            hit or (cell in values if isinstance(cell, str) else not values.isdisjoint(_each(cell)))
            for hit, cell in zip(hits, cells, strict=True)
        ]
    if len(values) > 1 or not any(hits):
        for value in values:
            _check_known(value, name, columns, frame, tables)
    return hits


def _letters(frame: pd.DataFrame, tables: Mapping[str, pd.DataFrame], values: set[str]) -> Iterable[str]:
    """Reliability of the chain of each row: the worst letter of what it rests on."""
    for value in values:
        if value not in LETTERS:
            raise HeartlandInputError.at(
                f'"{value}" is no reliability of this region.',
                check="filter-value",
                why="An unknown name would look like an empty answer.",
                fix="Known here: A, B, C, D, E, F.",
            )
    sources = tables.get("sources")
    letter = {} if sources is None else dict(zip(sources["source_id"], sources["reliability"], strict=True))
    columns = [frame[name].tolist() for name in _RESTS_ON if name in frame.columns]
    for cells in zip(*columns, strict=True):
        names = [name for cell in cells for name in _each(cell) if name]
        yield worst_letter([letter.get(name) or "F" for name in names])


def _each(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, tuple | list | set | frozenset) else (value,)


def _check_known(
    value: str, name: str, columns: list[str], frame: pd.DataFrame, tables: Mapping[str, pd.DataFrame]
) -> None:
    known = {
        str(entry) for column in columns for cell in frame[column].tolist() for entry in _each(cell) if entry
    }
    table = _IN_TABLE.get(name, "")
    if table in tables and len(tables[table]):
        known |= {str(entry) for entry in tables[table].iloc[:, 0].tolist()}
    if value not in known:
        listing = f"Known ids: heartland evidence list {table}." if table in ("actors", "sources") else ""
        raise HeartlandInputError.at(
            f'"{value}" is no {name} of this region.',
            check="filter-value",
            why="An unknown name would look like an empty answer.",
            fix=_named(value, tables) if table == "actors" and _named(value, tables)
            else suggestion(value, known, listing=listing or f"Known here: {', '.join(sorted(known)[:20])}."),
        )


def _named(value: str, tables: Mapping[str, pd.DataFrame]) -> str:
    """Which actor goes by a name, as a hint; empty where none does."""
    found: dict[str, None] = {}
    for table, column in (("actors", "name"), ("actor_names", "text")):
        if table in tables and column in tables[table].columns:
            pairs = zip(tables[table]["actor_id"].tolist(), tables[table][column].tolist(), strict=True)
            found.update((actor, None) for actor, name in pairs if name.casefold() == value.casefold())
    return f"It is a name of {' and '.join(found)}: write the id." if found else ""


def _in_order(since: object, until: object) -> None:
    """Refuse a span that ends before it begins: open-ended records would still lie in it."""
    first = parse(str(since)).earliest if since else None
    last = parse(str(until)).latest if until else None
    if first is not None and last is not None and last < first:
        raise HeartlandInputError.at(
            f"until {until} is before since {since}.",
            check="filter",
            why="No time lies between them.",
            fix="Swap the two.",
        )


def _dated(frame: pd.DataFrame, table: str, name: str, text: str) -> list[bool]:
    bounds = parse(text)
    if name == "known_by":
        limit = bounds.latest or date.max
        if "known_from" not in frame.columns:
            raise HeartlandInputError.at(
                f"{table} has no known_from.",
                check="filter",
                why="Only records that were read in a dated text or source carry that clock.",
                fix="Leave known_by out, or ask facts, observations, arguments, sources or documents.",
            )
        return [isinstance(day, date) and day <= limit for day in frame["known_from"].tolist()]
    column = next((column for column in _DATED if column in frame.columns), None)
    if column is None:
        raise HeartlandInputError.at(
            f"{table} has no dates to filter by.",
            check="filter",
            why="The table has no such column.",
            fix=f"Leave {name} out, or ask another table.",
        )
    cells = [parse(cell) if cell else None for cell in frame[column].tolist()]
    if name == "since":
        start = bounds.earliest or date.min
        return [cell is not None and (cell.latest or date.max) >= start for cell in cells]
    end = bounds.latest or date.max
    return [cell is not None and (cell.earliest or date.min) <= end for cell in cells]
