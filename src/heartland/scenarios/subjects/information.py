"""Media reach at the start, and whom each power's campaigns name."""

from __future__ import annotations

import numpy as np

from heartland.scenarios.plan import Floats
from heartland.scenarios.subjects.base import Opening, Subject

__all__ = ["SUBJECT", "drawn_shares"]


def drawn_shares(book: Opening, name: str, centre: Floats, sd: Floats) -> Floats:
    """Shares by pair whose log odds lie round a draw's centre; (power, receiver, draw).

    centre, sd : (draw,), share and sd of the log odds;  name : keys the random numbers
    """
    slots = book.axes.slots(("power", "receiver"))
    drawn = np.stack([book.normals(name, slot) for slot in slots])
    noise = drawn.reshape(*book.axes.shape(("power", "receiver")), book.draws)
    odds = np.log(centre / (1.0 - centre)) + sd * noise
    return np.asarray(1.0 / (1.0 + np.exp(-odds)), dtype=np.float64)


def _open(book: Opening) -> None:
    prior = drawn_shares(
        book, "media-reach", book.parameters["start.media-reach"], book.parameters["start.media-sd"]
    )
    seen = book.volumes.get("media", np.full_like(prior, np.nan))
    reach = np.where(np.isnan(seen), prior, np.clip(seen, 0.0, 1.0))
    if np.isnan(seen).any():
        book.notes.append(
            "media reach unknown for some ties: drawn from a wide prior, shown as unknown in influence"
        )
    book.state["media"] = reach
    book.statics["media_start"] = reach
    model = book.world.region.model
    named = np.zeros((len(book.axes.power), len(book.axes.power), 1))
    if model.rival in book.axes.power:
        for sender in model.insiders:
            if sender in book.axes.power and sender != model.rival:
                named[book.axes.power.index(sender), book.axes.power.index(model.rival)] = 1.0
    book.statics["named"] = named
    book.notes.append("campaigns of the insiders name the common rival unless a patch says otherwise")


SUBJECT = Subject(
    constants={"named": ("power", "power")},
    open=_open,
    parameters=("start.media-reach", "start.media-sd"),
)
