"""A figure through time: what each source stated, when, how surely, and what pooling makes of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

import pandas as pd

from heartland.core.dates import EdtfDate, parse
from heartland.errors import HeartlandInputError, suggestion
from heartland.evidence.claims import catalogue, quantity_of
from heartland.evidence.disagreement import finite
from heartland.evidence.issues import marks
from heartland.evidence.known import rows
from heartland.evidence.ledger import Key, Ledger
from heartland.evidence.pooling import pool
from heartland.evidence.records import plain
from heartland.evidence.values import Claim, Pooled, Quantity

__all__ = [
    "NO_SOURCE", "History", "Point", "Statement", "figure_history", "history_json", "history_table", "middle",
]  # fmt: skip

NO_SOURCE = "no source"


@dataclass(frozen=True)
class Statement:
    """One claim, in the unit of the figure.

    start, end : first and last possible day of its period, None where open
    value, low, high : NaN where the unit cannot be converted;  interval : own, or by its grade
    used : whether it entered the pooled value;  reason : why not
    """

    id: str
    period: str
    start: date | None
    end: date | None
    definition: str
    value: float
    low: float
    high: float
    interval: str
    qualifier: str
    source_id: str
    source: str
    group: str
    grade: str
    modality: str
    rank: str
    used: bool
    reason: str


@dataclass(frozen=True)
class Point:
    """The pooled value of one period and definition; NaN where nothing usable was stated."""

    period: str
    start: date | None
    end: date | None
    definition: str
    value: float
    low: float
    high: float
    n_values: int
    n_groups: int
    ratio: float
    conflict: bool


@dataclass(frozen=True)
class History:
    """A tie's channel or an actor's indicator through time, oldest first.

    unit, transform : of the quantity;  definitions : in the order of the catalogue, then as found
    issues : oddities of the texts that bear on a claim: rows of issues.csv with `records`, ids of the claims
    """

    giver: str
    receiver: str
    quantity: str
    name: str
    unit: str
    transform: str
    definitions: tuple[str, ...]
    statements: tuple[Statement, ...]
    points: tuple[Point, ...]
    known_by: date | None = None
    issues: tuple[Mapping[str, Any], ...] = ()


def figure_history(
    ledger: Ledger,
    giver: str,
    receiver: str,
    quantity: str,
    since: str = "",
    until: str = "",
) -> History:
    """All claims on one figure and its pooled value by period.

    Parameters
    ----------
    giver, receiver : actors; receiver empty for an indicator of one actor
    quantity : a channel, or an indicator where there is no receiver
    since, until : periods that end before the first or begin after the second are left out

    Raises
    ------
    HeartlandInputError
        An actor, channel or indicator the region does not know, or an unreadable date.
    """
    row = _checked(ledger, giver, receiver, quantity)
    first = parse(since).earliest if since else None
    last = parse(until).latest if until else None
    known = {key: found for key, found in ledger.claims_on(giver, receiver, quantity).items()
             if _within(parse(key.period), first, last)}  # fmt: skip
    unit = str(row.get("unit") or next((c[0].unit for c in known.values()), ""))
    what = quantity_of(row, unit)
    titles = {entry["source_id"]: entry["title"] for entry in rows(ledger.tables.get("sources"))}
    statements: list[Statement] = []
    points: list[Point] = []
    for key, claims in sorted(known.items(), key=lambda item: _order(item[0])):
        pooled = ledger.pool(key)
        when = parse(key.period)
        points.append(Point(
            key.period, when.earliest, when.latest, key.definition, pooled.value, pooled.low, pooled.high,
            pooled.n_values, pooled.n_groups, pooled.ratio, pooled.conflict,
        ))  # fmt: skip
        reasons = dict(pooled.left_out)
        statements += [
            _statement(ledger, key, claim, what, reasons.get(claim.id, ""), titles) for claim in claims
        ]
    declared = tuple(name for name in row.get("definitions", ()) if any(k.definition == name for k in known))
    definitions = tuple(dict.fromkeys((*declared, *(key.definition for key in sorted(known)))))
    return History(
        giver, receiver, quantity, str(row.get("name") or quantity), unit, what.transform, definitions,
        tuple(statements), tuple(points), ledger.known_by, tuple(_issues(ledger, statements)),
    )  # fmt: skip


def _issues(ledger: Ledger, statements: Sequence[Statement]) -> Iterator[dict[str, Any]]:
    """Issues whose closest records are among the claims."""
    tables = ledger.public.tables
    beside = marks(tables) if statements and "issues" in tables else {}
    for issue in rows(tables.get("issues")) if beside else ():
        mine = [item.id for item in statements if issue["issue_id"] in beside.get(item.id, ())]
        if mine:
            names = ("issue_id", "kind", "description", "suggested_reading", "resolved")
            yield {**{name: plain(issue[name]) for name in names}, "records": mine}


def _checked(ledger: Ledger, giver: str, receiver: str, quantity: str) -> Mapping[str, Any]:
    actors = ledger.tables["actors"]["actor_id"].tolist()
    for actor in (giver, receiver):
        if actor and actor not in actors:
            raise HeartlandInputError.at(
                f'"{actor}" is not an actor.',
                check="history",
                why="A figure belongs to known actors.",
                fix=suggestion(actor, actors, listing="Known ids: heartland evidence list actors."),
            )
    table, column = ("channels", "channel_id") if receiver else ("indicators", "indicator_id")
    known = ledger.tables[table][column].tolist() if table in ledger.tables else []
    if quantity not in known:
        kind = column.removesuffix("_id")
        raise HeartlandInputError.at(
            f'"{quantity}" is no {kind} of this region.',
            check="history",
            why="A tie has channels, one actor alone has indicators.",
            fix=suggestion(quantity, known, listing=f"Known: {', '.join(known)}."),
        )
    return catalogue({table: ledger.tables[table]})[quantity]


def _within(when: EdtfDate, first: date | None, last: date | None) -> bool:
    return (when.latest or date.max) >= (first or date.min) and (when.earliest or date.min) <= (
        last or date.max
    )


def _order(key: Key) -> tuple[date, date, str]:
    when = parse(key.period)
    return when.earliest or date.min, when.latest or date.max, key.definition


def _statement(
    ledger: Ledger, key: Key, claim: Claim, what: Quantity, reason: str, titles: Mapping[str, str]
) -> Statement:
    alone: Pooled = pool((replace(claim, rank="normal", modality="reported"),), what, ledger.grading)
    own = claim.low < claim.high or claim.low < claim.value or claim.high > claim.value
    when = parse(key.period)
    return Statement(
        claim.id, key.period, when.earliest, when.latest, key.definition, alone.value, alone.low, alone.high,
        "own" if own else "grade", claim.qualifier, claim.source_id,
        titles.get(claim.source_id, claim.source_id), claim.group if claim.source_id else NO_SOURCE,
        claim.reliability + claim.credibility,
        claim.modality, claim.rank, not reason, reason,
    )  # fmt: skip


def middle(start: date | None, end: date | None) -> date | None:
    """Middle day of a period; of an open one the end that is known."""
    if start is None or end is None:
        return start or end
    return start + timedelta(days=(end - start).days // 2)


def history_table(found: History) -> pd.DataFrame:
    """Claims and pooled values in one table, oldest first: `row` says which a row is."""
    columns = (
        "row", "period", "definition", "value", "low", "high", "unit", "id", "source_id", "group", "grade",
        "interval", "rank", "used", "reason", "n_values", "n_groups", "ratio", "conflict",
    )  # fmt: skip
    made: list[dict[str, Any]] = []
    empty = dict.fromkeys(columns, "")
    for point in found.points:
        here = (point.period, point.definition)
        made += [
            {**empty, **asdict(s), "row": "claim", "used": "yes" if s.used else "no"}
            for s in found.statements
            if (s.period, s.definition) == here
        ]
        if not math.isnan(point.value):
            said = {"row": "pooled", "conflict": "yes" if point.conflict else "no"}
            made.append({**empty, **asdict(point), **said})
    return pd.DataFrame([{**row, "unit": found.unit} for row in made], columns=list(columns), dtype=object)


def history_json(found: History) -> dict[str, Any]:
    """Object of schema `heartland.evidence.history/1`."""
    return {
        "schema": "heartland.evidence.history/1",
        "giver": found.giver,
        "receiver": found.receiver or None,
        "quantity": found.quantity,
        "name": found.name,
        "unit": found.unit,
        "transform": found.transform,
        "definitions": list(found.definitions),
        "known_by": found.known_by.isoformat() if found.known_by else None,
        "claims": [_plain(asdict(item)) for item in found.statements],
        "pooled": [_plain(asdict(item)) for item in found.points],
        "issues": [dict(issue) for issue in found.issues],
    }


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    done: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, float):
            value = finite(value)
        elif isinstance(value, date):
            value = value.isoformat()
        done[name] = None if value == "" else value
    return done
