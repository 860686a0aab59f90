"""What stands behind a cell of exclusion: outsiders' flows by source and expectations, or coded ties."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from heartland.errors import HeartlandInputError, suggestion
from heartland.measures.gravity_family import expected
from heartland.measures.indices import Settings
from heartland.measures.inputs import Inputs
from heartland.measures.leverage_trade import book_of
from heartland.measures.orders import KINDS, Order, inside, newest_turnovers, observed, orders, shared_orders
from heartland.measures.registry import Request
from heartland.measures.single import central, evidence, records

__all__ = ["closure_parts", "gap_parts"]

_LOOSE = {"contribution": math.nan, "flag": "not additive"}


def _order(inputs: Inputs, cell: Mapping[str, Any], request: Request) -> Order:
    every = orders(inputs, request)
    name = str(cell.get("other") or "")
    for order in every:
        if name in (order.organisation, order.id):
            return order
    known = [order.organisation for order in every]
    raise HeartlandInputError.at(
        f'"{name}" is no declared order.', check="explain-cell", why="Its outsiders are not listed.",
        fix=suggestion(name, known, listing=f"Orders: {', '.join(known)}."),
    )


def gap_parts(inputs: Inputs, cell: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The gap as 1 less observed over expected, then each outsider's figures, source by source."""
    request = Request(Settings(draws=0))
    order, channel = _order(inputs, cell, request), str(cell.get("channel") or "trade")
    r = inputs.receivers.index(str(cell["receiver"]))
    found = observed(inputs, request, order, channel)
    share, wanted = float(found.share[r, 0]), float(found.expectation[r, 0])
    rows: list[dict[str, Any]] = [
        {"part": "expected share", "channel": channel, "raw value": wanted, "unit": "share",
         "transform": "over itself", "score": 1.0, "weight": 1.0, "contribution": 1.0},
        {"part": "observed share", "channel": channel, "raw value": share, "unit": "share",
         "transform": "over expected", "score": share / wanted if wanted > 0 else math.nan, "weight": -1.0,
         "contribution": -share / wanted if wanted > 0 else math.nan},
    ]
    behind = _flow_rows if channel == "trade" else _tie_rows
    return rows + behind(inputs, request, order, channel, r)


def _flow_rows(
    inputs: Inputs, request: Request, order: Order, channel: str, r: int,
) -> list[dict[str, Any]]:
    book, receiver = book_of(inputs, request, "goods"), inputs.receivers[r]
    rows: list[dict[str, Any]] = []
    year, by_source = newest_turnovers(inputs, book, receiver, inputs.times[0]) or (0, {})
    for source, (ties, whole) in by_source.items():
        rows.append({
            "part": "turnover outside the region", "channel": channel, "source_id": source,
            "period": str(year), "raw value": whole, "unit": "usd", **_LOOSE,
        })
        for giver in order.outsiders:
            for side, x in ties.get(giver, {}).items():
                tie = (giver, receiver) if side == "in" else (receiver, giver)
                rows.append({
                    "part": f"{tie[0]} to {tie[1]}", "channel": channel, "source_id": source,
                    "observation_id": f"{tie[0]}>{tie[1]}:{book.good}:{year}@{source}",
                    "period": str(year), "raw value": x, "unit": "usd",
                    "status": "unknown" if math.isnan(x) else "observed", **_LOOSE,
                })
    gravity = expected(inputs, request, channel)
    for g, giver in enumerate(inputs.givers):
        row = gravity.rows.get((g, r, 0))
        if giver in order.outsiders and row is not None:
            rows.append({
                "part": f"expected of {giver}", "channel": channel, "source_id": str(row["source_id"]),
                "observation_id": f"{giver}>{receiver}:{row['period']}@{row['source_id']}",
                "period": str(row["period"]), "raw value": float(row["value"]), "unit": str(row["unit"]),
                "status": str(row.get("status", "")), **_LOOSE,
            })
    return rows


def _tie_rows(
    inputs: Inputs, request: Request, order: Order, channel: str, r: int,
) -> list[dict[str, Any]]:
    del request
    rows = [
        {**row, "part": f"{giver} to {inputs.receivers[r]}", **_LOOSE}
        for giver in order.outsiders if giver in inputs.givers
        for row in evidence(inputs, giver, inputs.receivers[r], channel)
    ]
    member = inside(inputs, order)[:, 0]
    rows += [
        {"part": "comparison", "channel": channel, "status": name, **_LOOSE}
        for place, name in enumerate(inputs.receivers)
        if name in order.comparison and place != r and not member[place]
    ]
    return rows


def _shared(inputs: Inputs, request: Request, giver: str, receiver: str) -> list[dict[str, Any]]:
    """The rows of memberships by which two actors share a declared organisation, as one row."""
    both = {order.organisation for order in orders(inputs, request) if {giver, receiver} <= order.members[0]}
    ids = [
        str(row["membership_id"]) for row in records(inputs.table("memberships"))
        if row["organisation"] in both and row["member"] in (giver, receiver)
        and row.get("rank") != "deprecated"
    ]
    return [{"observation_id": ";".join(ids), "status": "observed" if both else "none shared"}]


def closure_parts(inputs: Inputs, cell: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every coded tie, from inside and from outside; densities are not additive."""
    request = Request(Settings(draws=0))
    order = _order(inputs, cell, request)
    kinds = [str(cell["channel"])] if cell.get("channel") else list(order.kinds)
    members, insiders = order.members[0], inside(inputs, order)[:, 0]
    rows: list[dict[str, Any]] = []
    for kind in kinds:
        ties = (
            shared_orders(inputs, orders(inputs, request)) if kind == "membership"
            else central(inputs, KINDS[kind][0])
        )
        for g, giver in enumerate(inputs.givers):
            if giver not in members and giver not in order.outsiders:
                continue
            for r, receiver in enumerate(inputs.receivers):
                if not insiders[r] or giver == receiver:
                    continue
                x = float(ties[g, r, 0])
                least = 1.0 if kind == "membership" else KINDS[kind][1]
                behind = _shared(inputs, request, giver, receiver) if kind == "membership" else (
                    evidence(inputs, giver, receiver, KINDS[kind][0]))
                side = "inside" if giver in members else "outside"
                rows += [{
                    **row, "part": f"{kind}: {giver} to {receiver}, {side}",
                    "score": math.nan if np.isnan(x) else float(x >= least and x > 0), **_LOOSE,
                } for row in behind]
    return rows
