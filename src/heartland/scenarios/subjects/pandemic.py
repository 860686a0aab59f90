"""Outbreaks and borders at the start: nothing has broken out, trends of trade shares, weights of travel."""

from __future__ import annotations

import numpy as np

from heartland.core.arrays import filled, namespace
from heartland.scenarios.plan import Floats
from heartland.scenarios.subjects.base import Opening, Reader, Subject

__all__ = ["SUBJECT", "share_trend"]

WINDOW = 6  # years before the start in which a trend is looked for
LEAST = 3  # fewest yearly shares of one source that make a trend


def _open(book: Opening) -> None:
    size = np.where(book.state["gdp"] == 1.0, 0.0, book.state["gdp"])  # unknown output stands at 1
    book.statics["travel_weight"] = size / np.maximum(size.sum(axis=0, keepdims=True), 1.0)
    book.statics["trade_trend"] = _trends(book)
    book.notes.append("no epidemic at the start; one begins only by a patch")


def _trends(book: Opening) -> Floats:
    """Log change a year of each giver's share of the receiver's trade before the start; NaN unknown."""
    world = book.world
    last = world.at.year if (world.at.month, world.at.day) == (12, 31) else world.at.year - 1
    table = world.region.ledger.as_of(known_by=world.known_by).observations
    table = table[table["rank"] != "deprecated"]
    table = table.assign(year=table["period"].str[:4].astype(int))
    table = table[(table["year"] <= last) & (table["year"] > last - WINDOW)]
    totals = table[table["indicator"] == "trade-total"].set_index(["giver", "source_id", "year"])["value"]
    pairs = table[table["channel"] == "trade"]
    whole = totals.groupby(level=[0, 1, 2]).median().to_dict()
    shares: dict[tuple[str, str], dict[str, dict[int, float]]] = {}
    names = [pairs[name].astype(str) for name in ("giver", "receiver", "source_id")]
    for giver, receiver, source, year, value in zip(*names, pairs["year"], pairs["value"], strict=True):
        total = whole.get((receiver, source, year))
        if total:
            own = shares.setdefault((giver, receiver), {}).setdefault(source, {})
            own[int(year)] = float(value) / total
    found = np.array([
        [share_trend(shares.get((power, receiver), {})) for receiver in book.axes.receiver]
        for power in book.axes.power
    ])  # fmt: skip
    none = np.isnan(found).all(axis=0)
    blank = [name for name, unknown in zip(book.axes.receiver, none, strict=True) if unknown]
    if blank:
        book.notes.append(
            f"trend of trade shares before the start unknown, nothing to speed: {', '.join(blank)}"
        )
    return found[..., None]


def share_trend(by_source: dict[str, dict[int, float]]) -> float:
    """Slope of log shares over the years, from the source with most years; NaN with fewer than three."""
    best = max(by_source.values(), key=len, default={})
    years = sorted(year for year, share in best.items() if share > 0)
    if len(years) < LEAST:
        return float("nan")
    return float(np.polyfit(years, np.log([best[year] for year in years]), 1)[0])


def _worry(reader: Reader) -> Floats:
    reported = reader.state["reported"]
    worry: Floats = namespace(reported).maximum(
        reported[reader.powers][:, None], reported[reader.receivers][None]
    )
    return worry


def _exposure(reader: Reader) -> Floats:
    """Part of the world's output that is in outbreaks abroad, less what closed borders keep out."""
    carried = reader.statics["travel_weight"] * reader.state["outbreak"]
    exposed = carried.sum(axis=0) - carried
    stopped = (carried[reader.powers][:, None] * reader.state["border_shut"]).sum(axis=0)
    exposed = filled(exposed, reader.receivers, exposed[reader.receivers] - stopped)
    value: Floats = namespace(exposed).maximum(exposed, 0.0)
    return value


def _isolation(reader: Reader) -> Floats:
    held = reader.statics["quarantine"]
    spread = namespace(held).zeros((len(reader.axes.actor), held.shape[-1]))
    value: Floats = filled(spread, reader.receivers, held)
    return value


SUBJECT = Subject(
    constants={
        "containment": ("actor",),
        "concealment": ("actor",),
        "entry_ban": ("power", "receiver"),
        "quarantine": ("receiver",),
        "trade_trend": ("power", "receiver"),
    },
    open=_open,
    derived={
        "worry": _worry,
        "exposure": _exposure,
        "isolation": _isolation,
        "blame": lambda reader: reader.state["blamed"][reader.powers],
        "reported_power": lambda reader: reader.state["reported"][reader.powers],
        "reported_receiver": lambda reader: reader.state["reported"][reader.receivers],
        "outbreak_receiver": lambda reader: reader.state["outbreak"][reader.receivers],
    },
)
