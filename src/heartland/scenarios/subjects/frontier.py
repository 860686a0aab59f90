"""Borders inside the region, conflicts beyond it, and who stands by an incumbent in a crisis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from heartland.core.dates import parse as parse_date
from heartland.core.interventions import parse_intervention
from heartland.dynamics.events import decay
from heartland.dynamics.steps import known
from heartland.scenarios.plan import Floats
from heartland.scenarios.subjects.base import Opening, Reader, Subject, stated

if TYPE_CHECKING:
    from heartland.region.region import Region

__all__ = ["SUBJECT"]

HALF_LIFE = "border-memory.half_life"
MEMBER = 3.0  # code of a full member


def _axes(region: Region) -> Mapping[str, tuple[str, ...]]:
    """Borders between two receivers, and states beyond the region's edge that border on one."""
    inside, table = set(region.model.receivers), region.tables["borders"]
    pairs = list(zip(table["border_id"], table["first"], table["second"], strict=True))
    borders = tuple(str(name) for name, a, b in pairs if {a, b} <= inside)
    outer = {
        str(b if a in inside else a): None for _, a, b in pairs if len({a, b} & inside) == 1
    }
    beyond = [name for name in outer if name not in region.model.powers]
    return {"border": borders, "neighbour": tuple(beyond)}


def _open(book: Opening) -> None:
    tables = book.world.region.tables
    borders = tables["borders"].set_index("border_id")
    _lines(book, borders, tables["border_events"])
    _outer(book, borders)
    _backers(book)
    book.notes.append("danger from next door, memory of attacks and joint exercises count from the start")


def _lines(book: Opening, borders: Any, events: Any) -> None:
    """Agreed share of each line, memory of the last clash and the two sides, as known at the start."""
    ids, receivers = book.axes.ids("border"), book.axes.receiver
    side = np.zeros((len(ids), len(receivers), 1))
    agreed, age = np.zeros((len(ids), 1)), np.full((len(ids), 1), np.inf)
    at = book.world.at
    for row, name in enumerate(ids):
        for state in (borders.at[name, "first"], borders.at[name, "second"]):
            side[row, receivers.index(str(state)), 0] = 1.0
        own = events[events["border_id"] == name]
        when = [parse_date(str(text)).earliest for text in own["at"]]
        past = [(day, kind, value) for day, kind, value in zip(when, own["kind"], own["value"], strict=True)
                if day is not None and day <= at]  # fmt: skip
        lines = sorted((day, value) for day, kind, value in past if kind == "line")
        if not lines:
            book.notes.append(f"agreed share of the border {name} unknown at the start: taken as 0")
        agreed[row] = float(lines[-1][1]) if lines else 0.0
        fights = [day for day, kind, _ in past if kind == "clash"]
        if fights:
            age[row] = (at - max(fights)).days / 365.25
    memory = decay(book.parameters[HALF_LIFE], 1.0)[None] ** np.where(np.isinf(age), 0.0, age)
    book.state["recent_clash"] = np.where(np.isinf(age), 0.0, memory)
    book.state["agreed"] = agreed
    book.statics["border_side"] = side
    book.statics["recent_clash_start"] = book.state["recent_clash"]


def _outer(book: Opening, borders: Any) -> None:
    """Exposure of each receiver to the conflicts beyond the edge, and who provides security."""
    beyond, receivers, world = book.axes.ids("neighbour"), book.axes.receiver, book.world
    length = np.zeros((len(beyond), len(receivers), 1))
    for _, row in borders.iterrows():
        for here, there in ((row["first"], row["second"]), (row["second"], row["first"])):
            if here in receivers and there in beyond:
                length[beyond.index(there), receivers.index(here), 0] = float(row["length_km"])
    longest = length.max() if length.size and length.max() > 0 else 1.0
    start = np.zeros((len(beyond), 1))
    for row, name in enumerate(beyond):
        found = stated(world, name, "conflict-intensity").value
        if np.isnan(found):
            book.notes.append(f"conflict in {name} unknown at the start: taken as open war, 1")
        start[row, 0] = 1.0 if np.isnan(found) else found
    book.statics["conflict_exposure"] = length / longest
    outer: Floats = np.asarray((length > 0).any(axis=0), dtype=np.float64)
    book.statics["outer_frontier"] = outer
    book.statics["conflict_start"] = start
    book.statics["spill_start"] = np.asarray((length / longest * start[:, None, :]).sum(axis=0))
    present = np.nan_to_num(book.statics["presence_start"])
    total = present.sum(axis=0, keepdims=True)
    book.statics["provider_weight"] = np.divide(present, total, out=np.zeros_like(present), where=total > 0)


def _backers(book: Opening) -> None:
    """Regime of each power, and the declared policies in force that bear on backing an incumbent."""
    world, powers = book.world, book.axes.power
    rows = []
    for name in powers:
        found = stated(world, name, "polyarchy").value
        if np.isnan(found):
            book.notes.append(f"electoral democracy of {name} unknown: its regime taken as half-way")
        rows.append([1.0 - found])
    book.statics["autocracy"] = np.array(rows).reshape(len(powers), 1)
    for policy in world.region.policies.values():
        begins = parse_date(policy.from_).earliest if policy.from_ else None
        ends = parse_date(policy.to).latest if policy.to else None
        holds = (begins is None or begins <= world.at) and (ends is None or world.at <= ends)
        dropped = any(_drops(text) for patches in policy.options.values() for text in patches)
        if holds and dropped and policy.actor in powers:
            book.statics["counter_revolution"][powers.index(policy.actor)] = 1.0


def _drops(text: str) -> bool:
    """Whether a patch of a policy's option gives up averting revolts: then the policy itself pursues it."""
    patch = parse_intervention(text)
    return patch.kind == "set" and patch.target == "counter_revolution" and patch.value == 0.0


def _border_member(reader: Reader) -> Floats:
    """1 where both sides of a border are members of an organisation, .5 where both have some seat.

    Codes of membership: 0 out, 1 observer, 2 partner, 3 member, 4 frozen; (organisation, border, member).
    """
    side, seat = reader.statics["border_side"][..., 0], reader.state["membership"][:, reader.receivers]
    sides = np.maximum(side.sum(axis=1), 1.0)[:, None]
    full, some = (side @ part.astype("float64") >= sides for part in (seat == MEMBER, seat > 0.0))
    seated: Floats = 0.5 * full + 0.5 * some
    return seated


def _alliance_member(reader: Reader) -> Floats:
    """1 for full members of an organisation with a lead; (organisation, receiver, member)."""
    full = reader.state["membership"][:, reader.receivers] == MEMBER
    led = (reader.statics["lead"].sum(axis=1) > 0)[:, None, :]
    value: Floats = (full & led).astype("float64")
    return value


def _position_gap(reader: Reader) -> Floats:
    """Change since the start of the gap between the voting positions of power and receiver; unknown is 0."""
    gap: Floats = known(_apart(reader, reader.state["ideal_point"]) - reader.get("pairs_apart_start"))
    return gap


def _apart(reader: Reader, points: Floats) -> Floats:
    """Gap between the voting positions of every power and receiver; (power, receiver, member)."""
    return abs(points[reader.powers][:, None] - points[reader.receivers][None])


SUBJECT = Subject(
    constants={
        "monitors": ("border",),
        "demilitarised": ("border",),
        "good_offices": ("organisation",),
        "wave_abroad": ("receiver",),
        "counter_revolution": ("power",),
    },
    open=_open,
    parameters=(HALF_LIFE,),
    derived={
        "border_member": _border_member,
        "alliance_member": _alliance_member,
        "pairs_apart_start": lambda reader: _apart(reader, reader.first["ideal_point"]),
        "position_gap": _position_gap,
        "backing_stake": lambda reader: known(reader.get("trade_weight")),
    },
    axes=_axes,
)
