"""What `heartland evidence list` and `show` print: tidy tables, JSON objects and text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from heartland.errors import HeartlandInputError, suggestion
from heartland.evidence.known import rows
from heartland.evidence.ledger import Ledger
from heartland.evidence.records import plain

__all__ = ["KINDS", "list_json", "list_records", "list_text", "show_json", "show_text"]

# what can be listed, with the columns printed (those a table lacks are skipped)
KINDS: Mapping[str, tuple[str, ...]] = {
    "facts": (
        "fact_id",
        "date",
        "type",
        "givers",
        "receivers",
        "domain",
        "channel",
        "value",
        "unit",
        "modality",
        "rank",
        "credibility",
        "article_id",
        "known_from",
        "paraphrase",
    ),
    "sources": (
        "source_id",
        "published",
        "reliability",
        "independence_group",
        "kind",
        "publisher",
        "title",
        "url",
    ),
    "arguments": (
        "argument_id",
        "cause",
        "effect",
        "sign",
        "domain",
        "strength",
        "kind",
        "modality",
        "article_id",
        "systems",
        "paraphrase",
    ),
    "actors": ("actor_id", "name", "kind", "home", "from", "to"),
    "observations": (
        "observation_id",
        "giver",
        "receiver",
        "channel",
        "indicator",
        "period",
        "value",
        "low",
        "high",
        "unit",
        "definition",
        "source_id",
        "rank",
        "credibility",
        "known_from",
    ),
    "memberships": ("membership_id", "organisation", "member", "role", "from", "to", "status", "rank"),
}


def list_records(ledger: Ledger, kind: str = "facts", **filters: object) -> pd.DataFrame:
    """Tidy table of one kind of record, one row per record, in file order.

    kind : one of `KINDS`;  filters : those of `Ledger.where`, None = not asked

    Raises
    ------
    HeartlandInputError
        An unknown kind or filter, or a value the region does not know.
    """
    if kind not in KINDS:
        raise HeartlandInputError.at(
            f'"{kind}" is nothing that can be listed.',
            check="list-kind",
            why="The ledger lists one kind of record at a time.",
            fix=suggestion(kind, KINDS, listing=f"Write one of: {', '.join(KINDS)}."),
        )
    if ledger.known_by is not None and kind in ("facts", "observations"):
        filters = {"known_by": ledger.known_by.isoformat(), **filters}
    found = ledger.where(kind, **filters)
    return found[[name for name in KINDS[kind] if name in found.columns]].reset_index(drop=True)


def list_json(ledger: Ledger, kind: str = "facts", **filters: object) -> dict[str, Any]:
    """Object of schema `heartland.evidence.list/1`; empty and unknown cells are null."""
    found = list_records(ledger, kind, **filters)
    return {
        "schema": "heartland.evidence.list/1",
        "kind": kind,
        "filters": {name: plain(value) for name, value in filters.items() if value not in (None, "", ())},
        "count": len(found),
        "rows": [{name: plain(value) for name, value in row.items()} for row in rows(found)],
    }


def list_text(ledger: Ledger, kind: str = "facts", *, width: int = 60, **filters: object) -> str:
    """Aligned text table; cells longer than `width` characters are cut, deprecated rows struck through."""
    found = list_records(ledger, kind, **filters)
    if found.empty:
        return f"no {kind} match"
    table = [[str(name) for name in found.columns]]
    for row in rows(found):
        cells = [_cut(_text(value), width) for value in row.values()]
        if row.get("rank") == "deprecated":
            cells[0] = f"~~{cells[0]}~~"
        table.append(cells)
    return f"{_aligned(table)}\n{len(found)} {kind}"


def show_json(ledger: Ledger, record_id: str) -> dict[str, Any]:
    """Object of schema `heartland.evidence.show/1` for one record id.

    Raises
    ------
    HeartlandInputError
        An id that is in no table, with the nearest ids.
    """
    return {"schema": "heartland.evidence.show/1", **ledger.show(record_id)}


def show_text(ledger: Ledger, record_id: str) -> str:
    """The same as `show_json`, as lines of text."""
    found = ledger.show(record_id)
    record = {name: value for name, value in found["record"].items() if value not in (None, [])}
    lines = [f"{found['id']}  ({found['table']}, row {found['row']})"]
    if record.get("rank") == "deprecated":
        lines[0] = f"~~{found['id']}~~  ({found['table']}, row {found['row']}; deprecated)"
    lines += [f"  {name}: {_text(value)}" for name, value in record.items()]
    if found["chain"]:
        said = " > ".join(f"{link['name']}{_graded(link['reliability'])}" for link in found["chain"])
        lines.append(f"chain: {said}; reliability {found['chain_reliability'] or 'F'}")
    if found["table"] in ("facts", "observations"):
        lines.append(f"known from: {found['known_from'] or 'never (no publication date)'}")
    for source in found["sources"]:
        lines.append(
            f"source: {source['source_id']}  {source['title']}  "
            f"({', '.join(part for part in (source['publisher'], source['published']) if part) or 'undated'})"
        )
    if found["neighbours"]:
        lines.append(f"beside it: {', '.join(found['neighbours'])}")
    lines += [f"used by {table}: {', '.join(ids)}" for table, ids in found["used_by"].items()]
    return "\n".join(lines)


def _graded(letter: str) -> str:
    return f" [{letter}]" if letter else ""


def _text(value: object) -> str:
    cleaned = plain(value)
    if isinstance(cleaned, list):
        return ";".join(str(entry) for entry in cleaned)
    if isinstance(cleaned, float):
        return f"{cleaned:.12g}"
    return "" if cleaned is None else str(cleaned).replace("\n", " ")


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 3]}..."


def _aligned(table: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    return "\n".join(
        "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in table
    )
