"""Rows of leverage by remittances and by debt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from heartland.core.dates import parse
from heartland.measures.block import Block, Cells, interval
from heartland.measures.cells import own_row
from heartland.measures.inputs import ABSENT, Inputs
from heartland.measures.leverage import debt_share
from heartland.measures.quality import quality
from heartland.measures.registry import Request
from heartland.measures.rows import reasons
from heartland.measures.scores import Floats
from heartland.measures.selection import axes, places
from heartland.measures.single import central, channel_draws, evidence

__all__ = ["debt_parts", "debt_rows", "remittance_parts", "remittance_rows"]

Bools = npt.NDArray[np.bool_]
# A corridor that carries all but this is the only one.
_ONLY = 0.999
_BASES = {"stock": "gdp", "service": "exports", "creditor_share": "external-debt"}


def remittance_rows(inputs: Inputs, request: Request) -> list[Block]:
    """Remittances from the giver over the receiver's income; not clipped."""
    value, draws = _over(inputs, request, "remittances", _base(inputs, "remittances", "gdp"))
    flags = {"modelled-split": ~np.isnan(value) & _single_corridor(inputs)}
    return [_block(inputs, request, "leverage.remittances", "gdp share", "remittances", value, draws, flags)]


def debt_rows(inputs: Inputs, request: Request, *, field: str, name: str, unit: str) -> list[Block]:
    """Debt to the giver over income, its service over exports, or its part in all external debt."""
    channel = "debt-service" if field == "service" else "debt"
    whole = _base(inputs, channel, _BASES[field])
    value, draws = _over(inputs, request, channel, whole)
    mismatch = np.zeros(value.shape, dtype=bool)
    if field == "creditor_share":
        wider = _wider(inputs)
        owed = central(inputs, channel)
        value, mismatch = debt_share(owed, np.broadcast_to(whole, owed.shape), wider=wider[..., None])
        if draws is not None:
            # A share above 1 in a draw would be two counts of different scope: that draw has no value.
            draws = np.where(draws > 1, np.nan, draws)
    return [_block(inputs, request, name, unit, channel, value, draws, {}, mismatch)]


def _base(inputs: Inputs, channel: str, name: str) -> Floats:
    """Base in the money of the channel, (receiver, time); current dollars are set against a nominal base."""
    nominal = inputs.units.get(channel, "usd") == "usd" and f"{name}-current" in inputs.base
    found = inputs.base.get(f"{name}-current" if nominal else name)
    empty = np.full((len(inputs.receivers), len(inputs.times)), np.nan)
    return empty if found is None else np.where(found > 0, found, np.nan)


def _over(inputs: Inputs, request: Request, channel: str, base: Floats) -> tuple[Floats, Floats | None]:
    drawn = channel_draws(inputs, request, channel)
    return central(inputs, channel) / base, None if drawn is None else drawn[0] / base[..., None]


def _single_corridor(inputs: Inputs) -> Bools:
    """(1, receiver, time): the split behind the figures is a model with one corridor."""
    frame = inputs.table("channels")
    mine = frame[frame["channel_id"] == "remittances"] if len(frame) else frame
    modelled = any("modelled" in str(word) for entry in mine.get("definitions", ()) for word in entry)
    value = central(inputs, "remittances")
    known = np.nan_to_num(value) > 0
    whole = np.full(value.shape[1:], np.nan)
    if "remittances" in inputs.channels:
        whole = inputs.total[:, inputs.channels.index("remittances")]
    with np.errstate(invalid="ignore"):
        all_of_it = np.isnan(whole) | (np.nansum(value, axis=0) >= _ONLY * whole)
    return np.asarray(modelled & (known.sum(axis=0) == 1) & all_of_it)[None]


def _wider(inputs: Inputs) -> Bools:
    """(giver, receiver): at some date the debt exceeds all external debt, so it counts more than that."""
    out = np.zeros((len(inputs.givers), len(inputs.receivers)), dtype=bool)
    frame = inputs.table("observations")
    if not len(frame):
        return out
    frame = frame[frame["rank"] != "deprecated"]
    whole = {
        (str(row["giver"]), _year(row["period"])): float(row["value"])
        for row in frame[frame["indicator"] == "external-debt"].to_dict("records")
    }
    for row in frame[frame["channel"] == "debt"].to_dict("records"):
        giver, receiver = str(row["giver"]), str(row["receiver"])
        if giver in inputs.givers and receiver in inputs.receivers:
            known = whole.get((receiver, _year(row["period"])), np.inf)
            out[inputs.givers.index(giver), inputs.receivers.index(receiver)] |= float(row["value"]) > known
    return out


def _year(period: object) -> int:
    day = parse(str(period)).latest
    return 0 if day is None else day.year


def _block(
    inputs: Inputs, request: Request, name: str, unit: str, channel: str, value: Floats, draws: Floats | None,
    flags: Mapping[str, Bools], mismatch: Bools | None = None,
) -> Block:
    own = np.broadcast_to(own_row(inputs), value.shape)
    value = np.where(own, np.nan, value)
    absent = np.isnan(value)
    low = high = np.full(value.shape, np.nan)
    if draws is not None:
        low, high = (np.where(absent, np.nan, end) for end in interval(draws, request.level))
    gone, carried = np.zeros(value.shape, dtype=bool), {}
    if channel in inputs.channels:
        k = inputs.channels.index(channel)
        gone = inputs.status[:, :, k] == ABSENT
        # A ratio of two figures in current money needs no price level.
        carried = {word: where[:, :, k] for word, where in inputs.flags.items() if word != "nominal"}
    reason = reasons(
        value.shape, ("self", own), ("not-born", gone),
        ("source-mismatch", np.zeros(1, dtype=bool) if mismatch is None else mismatch), ("unknown", absent),
    )
    count = (~absent).astype(np.int64)
    known = quality(inputs, [channel], np.ones(1), count.astype(np.float64), ~absent[None])
    cells = Cells(
        value, low, high, np.where(absent, reason, 0).astype(np.int8), count, 1 - count, known,
        {**carried, **{word: np.broadcast_to(where, value.shape) for word, where in flags.items()}},
    )
    givers, receivers = places(inputs, request)
    where = axes(
        inputs, {"giver": [inputs.givers[k] for k in givers]}, receivers, {"domain": ["all"]},
    )
    return Block(name, unit, where, cells.map(
        lambda part: np.broadcast_to(part, value.shape)[givers][:, receivers][:, :, None],
    ))


def remittance_parts(inputs: Inputs, cell: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Observations behind the remittances, and the income they are set against."""
    return _parts(inputs, cell, "remittances", "gdp")


def debt_parts(inputs: Inputs, cell: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Observations behind the debt, and what it is set against."""
    field = str(cell["measure"]).rpartition(".")[2]
    return _parts(inputs, cell, "debt-service" if field == "service" else "debt", _BASES[field])


def _parts(inputs: Inputs, cell: Mapping[str, Any], channel: str, base: str) -> list[dict[str, Any]]:
    giver, receiver = str(cell["giver"]), str(cell["receiver"])
    g, r = inputs.givers.index(giver), inputs.receivers.index(receiver)
    whole = float(_base(inputs, channel, base)[r, 0])
    value = float(central(inputs, channel)[g, r, 0])
    rows = evidence(inputs, giver, receiver, channel)
    for row in rows:
        row |= {"domain": "economic", "score": value / whole, "contribution": np.nan, "flag": "pooled below"}
    rows.append({
        "part": "ratio", "domain": "economic", "channel": channel, "raw value": value,
        "transform": "over base", "unit": inputs.units.get(channel, ""), "score": value / whole,
        "weight": 1.0, "contribution": value / whole,
    })
    rows.append({
        "part": "base", "domain": "economic", "channel": base, "raw value": whole, "unit": "usd",
        "contribution": np.nan, "flag": "not additive",
    })
    return rows
