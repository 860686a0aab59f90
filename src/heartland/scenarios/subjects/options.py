"""Options among which an actor of the region may choose: policies whose options say whom they court."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heartland.core.dates import parse as parse_date
from heartland.core.interventions import Intervention, parse_intervention
from heartland.scenarios.plan import Floats
from heartland.scenarios.subjects.base import Opening, Subject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from heartland.region.region import Region

__all__ = ["SUBJECT"]


def _open_policies(region: Region) -> dict[str, tuple[str, str, tuple[Intervention, ...]]]:
    """Options by id: policy, actor and patches; only policies of receivers that court somebody."""
    found: dict[str, tuple[str, str, tuple[Intervention, ...]]] = {}
    for policy in region.policies.values():
        patches = {
            option: tuple(parse_intervention(text) for text in do) for option, do in policy.options.items()
        }
        courts = any(patch.target == "courting" for do in patches.values() for patch in do)
        if courts and policy.actor in region.model.receivers:
            found.update({option: (policy.id, policy.actor, do) for option, do in patches.items()})
    return found


def _axes(region: Region) -> Mapping[str, tuple[str, ...]]:
    return {"option": tuple(_open_policies(region))}


def _open(book: Opening) -> None:
    options, axes = _open_policies(book.world.region), book.axes
    ids = axes.ids("option")
    court = np.zeros((*axes.shape(("option", "power")), 1))
    sided, calm = np.zeros((len(ids), 1)), np.zeros((len(ids), 1))
    actor = np.zeros((*axes.shape(("option", "receiver")), 1))
    group = np.zeros((len(ids), len(ids), 1))
    for row, name in enumerate(ids):
        policy, who, patches = options[name]
        actor[row, axes.receiver.index(who)] = 1.0
        group[row] = np.array([[float(options[other][0] == policy)] for other in ids])
        for patch in patches:
            giver = dict(patch.select).get("giver", "")
            if patch.target == "courting":
                court[row, axes.index("power", giver)] = patch.value
            elif patch.target == "one_sided":
                sided[row] = patch.value
            elif patch.target == "calm":
                calm[row] = patch.value
    book.statics.update(
        option_courting=court, option_one_sided=sided, option_calm=calm, option_actor=actor,
        option_group=group, option_order=group * np.tril(np.ones((len(ids), len(ids))))[..., None],
        option_tie=_ties(book, actor), pair_rivalry=_rivals(book),
    )  # fmt: skip


def _ties(book: Opening, actor: Floats) -> Floats:
    """Mean of the power's shares in the chooser's trade and arms, over those that are known, else 0."""
    if not actor.size:
        return np.zeros((actor.shape[0], len(book.axes.power), 1))
    shares = [book.statics["trade_share"]]
    if "arms" in book.volumes and "arms" in book.totals:
        with np.errstate(invalid="ignore", divide="ignore"):
            shares.append(book.volumes["arms"] / book.totals["arms"][None])
    width = max(share.shape[-1] for share in shares)
    stacked = np.stack([np.broadcast_to(share, (*share.shape[:-1], width)) for share in shares])
    known = np.isfinite(stacked)
    count = known.sum(axis=0)
    mean = np.where(known, stacked, 0.0).sum(axis=0) / np.maximum(count, 1)
    places = actor[..., 0].argmax(axis=1)
    for place in sorted(set(places.tolist())):
        if not count[:, place].any():
            name = book.axes.receiver[place]
            book.notes.append(f"trade and arms of {name} unknown: all its ties weigh the same")
    return np.asarray(np.clip(np.moveaxis(mean[:, places], 0, 1), 0.0, 1.0), dtype=np.float64)


def _rivals(book: Opening) -> Floats:
    """1 for two powers that are strategic rivals at the start; (power, power, 1)."""
    powers, table = book.axes.power, book.world.region.tables["rivalries"]
    found = np.zeros((len(powers), len(powers), 1))
    for a, b, begin, end in zip(*(table[name] for name in ("first", "second", "from", "to")), strict=True):
        first = parse_date(str(begin)).earliest
        last = parse_date(str(end)).latest if end == end and end else None
        lasts = (first is None or first <= book.world.at) and (last is None or book.world.at <= last)
        if a in powers and b in powers and lasts:
            found[powers.index(a), powers.index(b)] = found[powers.index(b), powers.index(a)] = 1.0
    return found


SUBJECT = Subject(
    constants={
        "courting": ("power", "receiver"),
        "courted": ("power", "receiver"),
        "one_sided": ("receiver",),
        "calm": ("receiver",),
        "pair_rivalry": ("power", "power"),
    },
    open=_open,
    axes=_axes,
)
