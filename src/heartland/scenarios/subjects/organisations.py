"""Memberships, rules in force and proposals as inputs of the run (M11, M12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heartland.core.dates import parse
from heartland.dynamics.organisations import FROZEN, MEMBER
from heartland.region.rules import MEMBER_ROLES, in_force
from heartland.scenarios.institutions import INPUTS
from heartland.scenarios.plan import Floats
from heartland.scenarios.rulebook import decisions_of
from heartland.scenarios.subjects.base import Opening, Subject

if TYPE_CHECKING:
    from heartland.region.region import Region

__all__ = ["ROLES", "SUBJECT"]

# role in memberships.csv -> code of the state `membership`
ROLES = {"observer": 1.0, "partner": 2.0, "frozen": FROZEN, **dict.fromkeys(MEMBER_ROLES, MEMBER)}


def _axes(region: Region) -> dict[str, tuple[str, ...]]:
    names = (name for name in region.model.organisations if name in region.organisations)
    return {"proposal": tuple(item.id for name in names for item in region.organisations[name].proposals)}


def _open(book: Opening) -> None:
    from heartland.region.world import roles_at
    from heartland.scenarios.start import neighbours

    world, axes = book.world, book.axes
    of = axes.shape(("organisation", "actor"))
    status, candidate, anchor = (np.zeros((*of, 1)) for _ in range(3))
    outside, customs = (np.zeros((of[0], 1)) for _ in range(2))
    for row, name in enumerate(axes.organisation):
        record, roles = world.region.organisations[name], roles_at(world, name, world.at)
        members = [actor for actor, role in roles.items() if role in MEMBER_ROLES]
        unseen = [actor for actor in members if actor not in axes.actor]
        outside[row], customs[row] = len(unseen), record.customs_union
        if unseen:
            book.notes.append(
                f"{', '.join(unseen)}: in {name} and not modelled; they count as members and cast no votes"
            )
        chief = record.lead or next((v[0].lead for v in record.decisions.values() if v[0].lead), "")
        for place, actor in enumerate(axes.actor):
            status[row, place] = ROLES.get(roles.get(actor, ""), 0.0)
            candidate[row, place] = actor in record.candidates or roles.get(actor) in ("observer", "partner")
            anchor[row, place] = actor == chief
    borders = neighbours(world)
    near = [[float(other in borders.get(name, ())) for other in axes.actor] for name in axes.receiver]
    book.state["membership"] = status
    book.state["departures"] = _departures(book)
    book.statics.update(
        candidate=candidate, is_lead=anchor, outside_members=outside, customs_union=customs,
        borders=np.array(near).reshape(len(axes.receiver), len(axes.actor), 1),
    )  # fmt: skip
    book.statics.update(_proposals(book))
    book.notes.append("what members gain from an organisation counts as a change since the start")


def _departures(book: Opening) -> Floats:
    """Share of members lost in the years before the start, as far as memberships say."""
    world, table = book.world, book.world.region.tables["memberships"]
    half = book.parameters["departures.half_life"]
    found = np.zeros((len(book.axes.organisation), half.size))
    for row, name in enumerate(book.axes.organisation):
        own = table[(table["organisation"] == name) & (table["rank"] != "deprecated")]
        frozen = own[own["role"] == "frozen"]["from"].tolist()
        now = world.members(name)
        left = [
            end for member, role, end in zip(own["member"], own["role"], own["to"], strict=True)
            if role in MEMBER_ROLES and end and member not in now
        ]  # fmt: skip
        for text in (*left, *frozen):
            day = parse(str(text)).latest if text else None
            if day is not None and day < world.at:
                age = (world.at - day).days / 365.25
                found[row] += 2.0 ** (-age / half) / max(len(now), 1)
    return found


def _proposals(book: Opening) -> dict[str, Floats]:
    """Constants of the proposals, and the axes they act on, by proposal."""
    world, axes = book.world, book.axes
    count, actors, organisations = len(axes.ids("proposal")), len(axes.actor), len(axes.organisation)
    rate, zone, bank = (np.zeros((count, 1)) for _ in range(3))
    sponsor, objection = (np.zeros((count, actors, 1)) for _ in range(2))
    home, decision = np.zeros((count, organisations, 1)), np.zeros((count, 1))
    decisions = decisions_of(world, axes)
    number = 0
    for row, name in enumerate(axes.organisation):
        for item in world.region.organisations[name].proposals:
            home[number, row], decision[number] = 1.0, decisions.index(item.decision)
            rate[number] = item.rate
            zone[number] = item.size if item.effect == "trade-zone" else 0.0
            bank[number] = float(item.effect == "bank")
            on_record = [one.actor for one in item.objectors if in_force(one.from_, one.to, world.at)]
            for place, actor in enumerate(axes.actor):
                sponsor[number, place] = actor == item.sponsor
                objection[number, place] = actor in on_record
            number += 1
    return {
        "tabling_rate": rate, "zone_size": zone, "is_bank": bank, "sponsor": sponsor, "objection": objection,
        "proposal_home": home, "proposal_decision": decision,
    }  # fmt: skip


SUBJECT = Subject(
    constants={
        "side_payment": ("organisation", "actor"),
        "join_pressure": ("organisation", "actor"),
        "autonomy": ("organisation", "actor"),
        "membership_benefit": ("organisation", "actor"),
        "voice": ("organisation",),
        "tabling_rate": ("proposal",),
        "objection": ("proposal", "actor"),
    },
    standing=frozenset({"voice"}),
    open=_open,
    parameters=("departures.half_life",),
    derived=INPUTS,
    axes=_axes,
)
