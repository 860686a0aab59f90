"""Energy sales at the start: who buys, what the lines can carry, what could be sold elsewhere."""

from __future__ import annotations

import numpy as np

from heartland.core.arrays import namespace
from heartland.dynamics.steps import known
from heartland.scenarios.plan import Floats
from heartland.scenarios.subjects.base import Opening, Reader, Subject, stated

__all__ = ["SUBJECT"]

PAIR = ("power", "receiver")
STOPPED = 0.98  # most of a volume that a cut or a closed line can stop, so that logs stay finite
NEEDED = (
    "start.spare-line",
    "start.substitutable-oil",
    "start.substitutable-gas",
    "start.border-trade",
)


def _open(book: Opening) -> None:
    nothing = np.full((*book.axes.shape(PAIR), 1), np.nan)
    sales = book.volumes.get("energy", nothing)
    book.state["energy_sales"] = book.state["energy_flow"] = sales
    total = book.bases.get("energy-sales", np.full((*book.axes.shape(("receiver",)), 1), np.nan))
    sold = np.nan_to_num(sales).sum(axis=0)
    book.statics["energy_elsewhere"] = np.maximum(np.nan_to_num(total) - sold, 0.0)
    book.statics["energy_room"] = np.broadcast_to(
        np.log1p(book.parameters["start.spare-line"]), (*book.axes.shape(PAIR), book.draws)
    ).copy()
    book.statics["contract_weight"] = np.ones((*book.axes.shape(PAIR), 1))
    output = book.bases.get("gdp-current", book.bases["gdp"])
    book.statics["energy_output"] = output
    book.statics["substitutable"] = _substitutable(book)
    book.statics["border_trade"] = _border(book)
    book.notes.append(
        "energy sales to a power without a figure are unknown: no cut of that power reaches the seller, and "
        "shares leave that buyer out"
    )
    for place, name in enumerate(book.axes.receiver):
        if np.isnan(sales[:, place]).all():
            book.notes.append(f"energy sales of {name} unknown: no exposure to a buyer is shown")
        elif np.isnan(total[place]).all():
            book.notes.append(f"energy sales of {name} to others unknown: taken as none")


def _substitutable(book: Opening) -> Floats:
    """Part of a receiver's energy sales that finds another buyer within a year, by its mix of oil and gas."""
    rows = []
    for name in book.axes.receiver:
        found = [stated(book.world, name, f"{kind}-rents").value for kind in ("oil", "gas")]
        oil, gas = np.nan_to_num(found)
        part = oil / (oil + gas) if oil + gas > 0 else 0.5
        rows.append(part * book.parameters[NEEDED[1]] + (1.0 - part) * book.parameters[NEEDED[2]])
    return np.stack(rows) if rows else np.zeros((0, 1))


def _border(book: Opening) -> Floats:
    """Part of a neighbour's trade with a power that starts or ends in the power's border region.

    Neighbours have a border post in common in the route graph.
    """
    posts = [set(states) for states in book.world.region.tables["nodes"]["countries"]]
    joined = [
        [float(any({power, name} <= states for states in posts)) for name in book.axes.receiver]
        for power in book.axes.power
    ]
    shape = book.axes.shape(PAIR)
    return np.array(joined).reshape(*shape, 1) * book.parameters[NEEDED[3]]


def _stopped(reader: Reader, cut: Floats, shut: Floats) -> Floats:
    """Log of the part of each volume that flows: a buyer's cut shared by contract weight, closed lines."""
    xp = namespace(cut)
    sales = xp.nan_to_num(reader.first["energy_sales"])
    weight = reader.statics["contract_weight"]
    weighed = (sales * weight).sum(axis=1, keepdims=True)
    whole = sales.sum(axis=1, keepdims=True)
    ratio = xp.where(weighed > 0, whole / xp.where(weighed > 0, weighed, 1.0), 0.0)
    part = cut[:, None, :] * weight * ratio
    kept = (1.0 - xp.clip(part, 0.0, STOPPED)) * (1.0 - xp.minimum(shut, STOPPED))
    logs: Floats = xp.log(xp.maximum(kept, 1.0 - STOPPED))
    return logs


def _supply_step(reader: Reader) -> Floats:
    state, before = reader.state, reader.before
    now = _stopped(reader, state["energy_cut"], state["energy_shut"])
    return now - _stopped(reader, before["energy_cut"], before["energy_shut"])


def _load(reader: Reader) -> Floats:
    """Log of today's volume to the start's; 0 where nothing was sold."""
    first, now = reader.first["energy_flow"], reader.state["energy_flow"]
    xp, some = namespace(now), (first > 0) & (now > 0)
    load: Floats = xp.log(xp.where(some, now / xp.where(some, first, 1.0), 1.0))
    return load


def _output(reader: Reader) -> Floats:
    """Output of each receiver in usd of the day: at the start, carried by its growth; (receiver, member)."""
    grown = reader.state["gdp"][reader.receivers] / reader.first["gdp"][reader.receivers]
    size: Floats = reader.statics["energy_output"] * grown
    return size


def _ratio(reader: Reader) -> Floats:
    """Energy sales at the prices of the start over output, by buyer; 0 where unknown."""
    ratio: Floats = known(reader.state["energy_flow"] / _output(reader)[None])
    return ratio


def _sales_rate(reader: Reader) -> Floats:
    """Change of the volumes sold off trend, and of new outlets, over output, per year; (receiver, member)."""
    moved = reader.state["energy_volume"] - reader.before["energy_volume"]
    opened = (reader.state["energy_outlet"] - reader.before["energy_outlet"]).sum(axis=0)
    rate: Floats = ((reader.get("energy_ratio") * moved).sum(axis=0) + opened / _output(reader)) / reader.dt
    return rate


def _total(reader: Reader) -> Floats:
    """Energy sales to all buyers; the others' purchases keep pace with output and price."""
    grown = reader.state["gdp"][reader.receivers] / reader.first["gdp"][reader.receivers]
    others = reader.statics["energy_elsewhere"] * grown * namespace(grown).exp(reader.state["energy_price"])
    total: Floats = known(reader.state["energy_sales"]).sum(axis=0) + others
    return total


SUBJECT = Subject(
    constants={
        "contract_weight": PAIR,
        "energy_room": PAIR,
        "pipeline_open": PAIR,
        "substitutable": ("receiver",),
        "energy_elsewhere": ("receiver",),
        "energy_output": ("receiver",),
        "border_trade": PAIR,
    },
    open=_open,
    parameters=NEEDED,
    derived={
        "supply_step": _supply_step,
        "cost_step": lambda reader: reader.state["cost_gap"] - reader.before["cost_gap"],
        "price_step": lambda reader: reader.state["energy_price"] - reader.before["energy_price"],
        "energy_load": _load,
        "energy_ratio": _ratio,
        "energy_total": _total,
        "sales_rate": _sales_rate,
    },
    remembered={
        "exogenous": ("energy_cut", "energy_shut"),
        "economy": ("energy_volume", "energy_outlet", "energy_price"),
        "corridors": ("cost_gap",),
    },
)
