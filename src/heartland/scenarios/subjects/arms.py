"""Arms supply at the start: deliveries of five years, orders by supplier, who is tied to whose standards."""

from __future__ import annotations

import numpy as np

from heartland.scenarios.subjects.base import Opening, Subject

__all__ = ["SUBJECT"]

PAIR = ("power", "receiver")
WINDOW = 5.0  # years over which the channel adds deliveries up


def _open(book: Opening) -> None:
    nothing = np.full((*book.axes.shape(PAIR), 1), np.nan)
    arms = book.volumes.get("arms", nothing)
    known = np.nan_to_num(arms)
    total = book.totals.get("arms", np.full((*book.axes.shape(("receiver",)), 1), np.nan))
    whole = np.maximum(np.nan_to_num(total), known.sum(axis=0))
    some = whole > 0
    book.state["arms"] = arms
    book.state["arms_rest"] = whole - known.sum(axis=0)
    share = np.divide(known, whole[None], out=np.zeros_like(known + whole[None]), where=some[None])
    book.state["arms_order"] = share
    book.state["standards"] = share.max(axis=0, initial=0.0)
    book.statics["arms_demand"] = whole / WINDOW
    for place, name in enumerate(book.axes.receiver):
        if not some[place].any():
            book.notes.append(f"no arms delivered to {name} in five years: no supplier, and none is lost")
        elif np.isnan(arms[:, place]).any():
            book.notes.append(f"deliveries of some powers to {name} unknown: counted with other suppliers")


SUBJECT = Subject(
    constants={
        "arms_offer": PAIR,
        "arms_demand": ("receiver",),
        "common_standards": ("receiver",),
        "joint_production": ("receiver",),
    },
    open=_open,
)
