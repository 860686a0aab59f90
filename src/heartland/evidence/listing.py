"""What `heartland evidence list` prints: tidy tables of every kind of record, JSON objects and text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from heartland.core.schema import schema_names
from heartland.errors import HeartlandInputError, suggestion
from heartland.evidence.disagreement import disagreements, figure, statement
from heartland.evidence.filters import select
from heartland.evidence.issues import MARKED, marks
from heartland.evidence.known import has_clock, rows
from heartland.evidence.ledger import Ledger
from heartland.evidence.records import ID_COLUMNS, plain
from heartland.evidence.showing import aligned, cell_text, rounded, show_json, show_text

__all__ = ["KINDS", "PAIRED", "csv_text", "list_json", "list_records", "list_text", "show_json", "show_text"]

# what can be listed, with the columns printed (those a table lacks are skipped)
KINDS: Mapping[str, tuple[str, ...]] = {
    kind: tuple(columns.split())
    for kind, columns in {
        "facts": "fact_id date type givers receivers domain channel value unit modality rank credibility "
        "article_id known_from paraphrase",
        "sources": "source_id published reliability independence_group kind publisher title_kind title url",
        "arguments": "argument_id cause effect sign domain strength kind modality confidence article_id "
        "systems paraphrase",
        "actors": "actor_id name kind home from to",
        "observations": "observation_id giver receiver channel indicator period value low high unit "
        "definition source_id rank credibility known_from",
        "memberships": "membership_id organisation member role from to attested article_id status rank",
        "documents": "article_id document title author outlet written written_basis first_line last_line",
        "corridors": "corridor_id name kind status endpoints modes sponsor states_crossed article_id",
        "nodes": "node_id name kind countries latitude longitude position_basis accuracy_km",
        "legs": "leg_id from_node to_node mode length_km length_low length_high length_source days "
        "controllers direction status from to",
        "rules": "rule_id holder decision kind status from to article_id lines text",
        "scenarios": "scenario_id title system start horizon baseline article_id question",
        "issues": "issue_id kind article_ids lines resolved fact_ids description suggested_reading",
        "document_questions": "question_id article_id lines kind horizon text",
        "questions": "id text kind opens closes outcome outcome_source outcome_confidence class role "
        "document_items label",
        "parameters": "id mechanism unit family location scale low high status sign_fixed source_id "
        "argument_ids data_ids",
        "systems": "system_id name article_ids rules user_questions",
        "contradictions": "id argument_a argument_b on kind status note",
        "channels": "channel_id name domain unit kind window_years max_age_years lag_months definitions",
        "indicators": "indicator_id name unit definition kind lag_months max_age_years",
        "changes": "change_id at by table record_id column old new reason",
    }.items()
}
# figures on which sources disagree: those beyond the limits of grading.yaml, and all
PAIRED: Mapping[str, bool] = {"conflicts": True, "disagreements": False}
NARROW = 24  # most characters of a column where a line has limited room
_WORDS = ("paraphrase", "description", "title", "text", "question", "name", "reason")
_PAIRED_COLUMNS = (
    "giver", "receiver", "channel", "indicator", "period", "definition", "unit", "value", "low", "high",
    "ratio", "disagreement", "i2", "conflict", "n_groups", "claims",
)  # fmt: skip


def list_records(ledger: Ledger, kind: str = "facts", **filters: object) -> pd.DataFrame:
    """Tidy table of one kind of record, one row per record, in file order; `issues` marks those of the texts.

    kind : one of `KINDS`, `conflicts` or `disagreements`
    filters : those of `Ledger.where`, None = not asked

    Raises
    ------
    HeartlandInputError
        An unknown kind or filter, or a value the region does not know.
    """
    known = [*KINDS, *PAIRED]
    if kind not in known:
        raise HeartlandInputError.at(
            f'"{kind}" is nothing that can be listed.',
            check="list-kind",
            why="The ledger lists one kind of record at a time.",
            fix=suggestion(kind, known, listing=f"Write one of: {', '.join(known)}."),
        )
    if kind in PAIRED:
        frame = _paired(ledger, kind, filters)
        return frame[list(_PAIRED_COLUMNS)].reset_index(drop=True)
    ledger = ledger.public
    if kind not in ledger.tables and kind in schema_names():
        return pd.DataFrame(columns=list(KINDS[kind]))
    if ledger.known_by is not None and has_clock(kind):
        filters = {"known_by": ledger.known_by.isoformat(), **filters}
    found = ledger.where(kind, **filters)
    listed = found[[name for name in KINDS[kind] if name in found.columns]].reset_index(drop=True)
    if kind in MARKED and "issues" in ledger.tables:
        beside = marks(ledger.tables)
        listed["issues"] = [beside.get(name, ()) for name in listed[ID_COLUMNS[kind]].tolist()]
    return listed


def list_json(ledger: Ledger, kind: str = "facts", **filters: object) -> dict[str, Any]:
    """Object of schema `heartland.evidence.list/1`; empty and unknown cells are null."""
    found = rows(list_records(ledger, kind, **filters))
    if kind in PAIRED:
        asked = rows(_paired(ledger, kind, filters))
        for row, full in zip(found, asked, strict=True):
            row["claims"] = full["figure"]["claims"]
    return {
        "schema": "heartland.evidence.list/1",
        "kind": kind,
        "known_by": plain(ledger.known_by),
        "filters": {name: plain(value) for name, value in filters.items() if value not in (None, "", ())},
        "count": len(found),
        "rows": [{name: plain(value) for name, value in row.items()} for row in found],
    }


def list_text(
    ledger: Ledger, kind: str = "facts", *, width: int = 60, room: int = 0, **filters: object
) -> str:
    """Aligned text table; cells longer than `width` characters are cut, deprecated rows struck through.

    room : characters of a line; columns that do not fit are left out and named. 0: all columns
    """
    found = list_records(ledger, kind, **filters)
    words = kind.replace("_", " ")
    if found.empty:
        return f"no {words} match"
    if kind in PAIRED:
        return _paired_text(found, words)
    if "issues" in found.columns and not any(found["issues"]):
        found = found.drop(columns="issues")
    table = [[str(name) for name in found.columns]]
    for row in rows(found):
        cells = [_cut(cell_text(value), width) for value in row.values()]
        if row.get("rank") == "deprecated":
            cells[0] = f"~~{cells[0]}~~"
        table.append(cells)
    table, left_out = _fitted(table, room) if room else (table, [])
    note = f"; no room for {', '.join(left_out)} (--format csv has all)" if left_out else ""
    return f"{aligned(table)}\n{len(found)} {words}{note}"


def _fitted(table: list[list[str]], room: int) -> tuple[list[list[str]], list[str]]:
    """Columns that fit in a line: id and words first, then in their order; and the names of the others.

    Columns without any entry are left out unnamed.
    """
    head = table[0]
    filled = [at for at in range(len(head)) if any(row[at] for row in table[1:])]
    size = {at: min(NARROW, max(len(row[at]) for row in table)) for at in filled}
    words = next((at for at in filled if head[at] in _WORDS), filled[0])
    least = min(max(len(row[words]) for row in table), room // 2)
    kept = dict.fromkeys((filled[0], words))
    left = room - max(len(row[filled[0]]) for row in table) - (2 + least if words != filled[0] else 0)
    for at in filled:
        if at not in kept and size[at] + 2 <= left:
            kept[at] = None
            left -= size[at] + 2
    size |= {filled[0]: room, words: least + max(left, 0)}
    shown = [at for at in filled if at in kept]
    fitted = [[_cut(row[at], size[at]) for at in shown] for row in table]
    return fitted, [head[at] for at in filled if at not in kept]


def _paired(ledger: Ledger, kind: str, filters: Mapping[str, object]) -> pd.DataFrame:
    """Disagreements as a table that can be filtered like any other; `figure` holds the JSON of each."""
    known_by = filters.get("known_by")
    cut = ledger.as_of(known_by=str(known_by)) if known_by else ledger
    channels = set(ledger.tables["channels"]["channel_id"]) if "channels" in ledger.tables else set()
    found = []
    for item in disagreements(cut, only_conflicts=PAIRED[kind]):
        said = figure(item.key, item.claims, item.pooled)
        quantity = said.pop("quantity")
        is_channel = quantity in channels
        found.append({
            **said,
            "channel": quantity if is_channel else "",
            "indicator": "" if is_channel else quantity,
            "conflict": "yes" if said["conflict"] else "no",
            "claims": tuple(statement(claim, cell_text(claim["value"])) for claim in said["claims"]),
            "source_id": tuple(claim.source_id for claim in item.claims),
            "credibility": tuple(claim.credibility for claim in item.claims),
            "figure": said,
        })  # fmt: skip
    columns = [*_PAIRED_COLUMNS, "source_id", "credibility", "figure"]
    frame = pd.DataFrame(found, columns=columns).astype(object)
    frame = frame.where(frame.notna(), "")
    asked = {name: value for name, value in filters.items() if name != "known_by"}
    return select(frame, kind, ledger.tables, asked)


def _paired_text(found: pd.DataFrame, words: str) -> str:
    lines = []
    for row in rows(found):
        who = f"{row['giver']} to {row['receiver']}" if row["receiver"] else str(row["giver"])
        pooled = f"{rounded(row['value'])} {row['unit']}"
        ends = f"{rounded(row['low'])} to {rounded(row['high'])}"
        what = f"{row['channel'] or row['indicator']}, {row['period']}, {row['definition'] or 'undefined'}"
        lines.append(
            f"{who}, {what}: pooled {pooled} ({ends}), ratio {_short(row['ratio'])}, I2 {_short(row['i2'])}"
            + (", conflict" if row["conflict"] == "yes" else "")
        )
        lines += [f"  {claim}" for claim in row["claims"]]
    return "\n".join([*lines, f"{len(found)} {words}"])


def _short(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else cell_text(value)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 3]}..."


def csv_text(found: pd.DataFrame) -> str:
    """A listed table as CSV: lists joined by `;`, unknown cells empty."""
    cells = [[cell_text(value) for value in row.values()] for row in rows(found)]
    return str(pd.DataFrame(cells, columns=list(found.columns)).to_csv(index=False)).rstrip("\n")

