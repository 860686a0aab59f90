"""Rows of expected trade: partners' shares that size and distance would give."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from heartland.core.dates import add_months, parse
from heartland.core.noise import stream_normals
from heartland.measures.block import Block
from heartland.measures.cells import own_row
from heartland.measures.inputs import ABSENT, Inputs
from heartland.measures.leverage_trade import largest_age
from heartland.measures.registry import Measure, Request, register
from heartland.measures.rows import plain_quality, plain_rows, reasons
from heartland.measures.scores import Floats
from heartland.measures.selection import places
from heartland.measures.single import records

__all__ = ["Expected", "expectation_parts", "expectation_rows", "expected"]

# Columns `load_1` ... of expectations.csv: principal directions of the coefficients' errors.
_DIRECTIONS = 3


@dataclass(frozen=True)
class Expected:
    """Expected amounts of one channel, arrays (giver, receiver, time); drawn with a last axis or None.

    age : years since the period;  stale : the newest is too old;  unit : of the table
    rows : (giver, receiver, time) -> the row of the table
    """

    value: Floats
    draws: Floats | None
    age: Floats
    stale: npt.NDArray[np.bool_]
    unit: str
    rows: Mapping[tuple[int, int, int], Mapping[str, Any]]


def expected(inputs: Inputs, request: Request, channel: str) -> Expected:
    """Expectations of a channel at the dates of the inputs: the newest period that has ended."""
    key = f"expected:{channel}"
    if key not in request.cache:
        request.cache[key] = _expected(inputs, request, channel)
    found = request.cache[key]
    assert isinstance(found, Expected)
    return found


def _expected(inputs: Inputs, request: Request, channel: str) -> Expected:
    frame = inputs.table("expectations")
    mine = frame[frame["channel"] == channel] if len(frame) else frame
    by_tie: dict[tuple[str, str], list[tuple[date, dict[str, Any]]]] = {}
    for row in records(mine):
        end = parse(str(row["period"])).latest
        if end is not None:
            by_tie.setdefault((str(row["giver"]), str(row["receiver"])), []).append((end, row))
    shape = (len(inputs.givers), len(inputs.receivers), len(inputs.times))
    value, age, stale = np.full(shape, np.nan), np.full(shape, np.nan), np.zeros(shape, dtype=bool)
    n = request.settings.draws
    draws = np.full((*shape, n), np.nan) if n else None
    steps = [
        stream_normals(request.settings.seed, "measure", "gravity", f"direction-{k + 1}", n)
        for k in range(_DIRECTIONS)
    ]
    months = -round(12 * largest_age(inputs, channel))
    found = {}
    for g, giver in enumerate(inputs.givers):
        for r, receiver in enumerate(inputs.receivers):
            known = sorted(by_tie.get((giver, receiver), []), key=lambda pair: pair[0])
            for t, day in enumerate(inputs.times):
                past = [pair for pair in known if pair[0] <= day]
                if not past:
                    continue
                end, row = past[-1]
                stale[g, r, t] = end < add_months(day, months)
                if not stale[g, r, t]:
                    found[g, r, t] = row
                    value[g, r, t], age[g, r, t] = float(row["value"]), (day - end).days / 365.25
                    if draws is not None:
                        draws[g, r, t] = _drawn(row, steps, request.settings.seed, n)
    units = {str(row["unit"]) for _, row in (pair for known in by_tie.values() for pair in known)}
    return Expected(value, draws, age, stale, units.pop() if len(units) == 1 else "share", found)


def _drawn(row: Mapping[str, Any], steps: list[Floats], seed: int, n: int) -> Floats:
    """Draws of one expectation: along the principal directions of the coefficients, the same for all rows.

    Without such loads its own low and high make an error of its own; without those there is none.
    """
    loads = [float(row.get(f"load_{k + 1}", math.nan)) for k in range(_DIRECTIONS)]
    if not all(math.isnan(load) for load in loads):
        move = sum(
            (load * step for load, step in zip(loads, steps, strict=True) if not math.isnan(load)),
            np.zeros(n),
        )
        return np.asarray(float(row["value"]) * np.exp(move))
    low, high = float(row.get("low", math.nan)), float(row.get("high", math.nan))
    if not 0 < low < high:
        return np.full(n, np.nan)
    slot = f"{row['giver']}>{row['receiver']}:{row['channel']}"
    return np.asarray(float(row["value"]) * np.exp(
        math.log(high / low) / 3.29 * stream_normals(seed, "measure", "expectation", slot, n)
    ))


def expectation_rows(inputs: Inputs, request: Request) -> list[Block]:
    """One row per giver, receiver and date: the giver's expected share of the receiver's goods trade."""
    found = expected(inputs, request, "trade")
    givers, receivers = places(inputs, request)

    def flat(part: Any) -> Any:
        part = np.broadcast_to(part, found.value.shape + np.shape(part)[3:])[givers][:, receivers]
        return part.reshape(-1, *part.shape[2:])

    value = flat(np.where(own_row(inputs), np.nan, found.value))
    unborn = (inputs.status == ABSENT).all(axis=2)
    count = len(givers) * len(receivers)
    labels = {
        "giver": [inputs.givers[g] for g in givers for _ in receivers],
        "receiver": [inputs.receivers[r] for _ in givers for r in receivers],
        "channel": ["trade"] * count, "domain": [""] * count,
    }
    known = ~np.isnan(value)
    return [plain_rows(
        "gravity.expectation", found.unit, labels, inputs.times, value,
        draws=None if found.draws is None else flat(found.draws), level=request.level,
        reason=reasons(
            value.shape, ("self", flat(own_row(inputs))), ("not-born", flat(unborn)),
            ("no-expectation", True),
        ),
        n_used=known, n_missing=~known, flags={"stale": flat(found.stale)},
        quality=plain_quality(value.shape, coverage=known * 1.0, age=flat(found.age)),
    )]


def expectation_parts(inputs: Inputs, cell: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The row of the table of expectations, and how it moves with the coefficients."""
    from heartland.measures.indices import Settings

    found = expected(inputs, Request(Settings(draws=0)), "trade")
    place = inputs.givers.index(str(cell["giver"])), inputs.receivers.index(str(cell["receiver"])), 0
    row = found.rows.get(place)
    if row is None:
        return [{"part": "expectation", "channel": "trade", "status": "unknown", "flag": "no-expectation"}]
    value = float(row["value"])
    rows: list[dict[str, Any]] = [{
        "part": "expectation", "domain": "economic", "channel": "trade",
        "observation_id": f"{row['giver']}>{row['receiver']}:{row['period']}@{row['source_id']}",
        "source_id": str(row["source_id"]), "period": str(row["period"]), "raw value": value,
        "unit": str(row["unit"]), "status": str(row.get("status", "")), "score": value, "weight": 1.0,
        "contribution": value,
    }]
    for k in range(_DIRECTIONS):
        load = float(row.get(f"load_{k + 1}", math.nan))
        if not math.isnan(load):
            rows.append({
                "part": f"coefficients, direction {k + 1}", "channel": "trade", "raw value": load,
                "unit": "log-points", "transform": "change of ln value per sd", "contribution": math.nan,
                "flag": "not additive",
            })
    return rows


register(Measure(
    "gravity.expectation", expectation_rows, ("expectations",), "share", 0.0, 1.0,
    "higher: more of the receiver's goods trade would be with the giver, given size and distance", "d", "b",
    False, False, "Santos Silva & Tenreyro 2006; Yotov et al. 2016", "0.1", parts=expectation_parts,
))
