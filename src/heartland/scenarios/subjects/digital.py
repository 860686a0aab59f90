"""Platform shares at the start, and powers whose law opens the data of operators abroad."""

from __future__ import annotations

import numpy as np

from heartland.scenarios.plan import Floats
from heartland.scenarios.subjects.base import Opening, Subject
from heartland.scenarios.subjects.information import drawn_shares

__all__ = ["SUBJECT"]

PARAMETERS = ("start.digital-present", "start.digital-sd", "start.operator-reach")


def _givers(book: Opening, action: str = "") -> set[str]:
    """Powers, themselves or through firms, named as givers of a digital tie in the ledger."""
    facts = book.world.region.tables["facts"]
    digital = facts[(facts["channel"] == "digital") & (facts["rank"] != "deprecated")]
    if action:
        digital = digital[digital["action"] == action]
    names = {name for givers in digital["givers"] for name in givers}
    return {book.axes.homes.get(name, name) for name in names} & set(book.axes.power)


def _open(book: Opening) -> None:
    present, sd, operators = (book.parameters[name] for name in PARAMETERS)
    there = {*book.world.region.model.insiders, *_givers(book)}
    known = np.array([name in there for name in book.axes.power])[:, None, None]
    weight = _odds(drawn_shares(book, "digital", present / (1.0 + present), sd))
    share = np.where(known, weight / (1.0 + np.where(known, weight, 0.0).sum(axis=0)), np.nan)
    seen = book.volumes.get("digital", np.full_like(share, np.nan))
    book.state["digital"] = _within(np.where(np.isnan(seen), share, seen))
    law = _givers(book, "surveil")
    book.statics["data_law"] = np.array([[float(name in law)] for name in book.axes.power])
    book.statics["operator_reach"] = drawn_shares(book, "operators", operators, sd)
    if np.isnan(seen).any():
        book.notes.append(
            "platform shares unknown: drawn from a wide prior for the insiders and powers with a digital"
            " tie in the ledger, left unknown for the rest"
        )
    if law:
        book.notes.append(
            "laws on data of operators abroad hold at every start, the share of users they reach is a prior: "
            + ", ".join(sorted(law))
        )


def _odds(share: Floats) -> Floats:
    return share / (1.0 - share)


def _within(share: Floats) -> Floats:
    """Shares scaled down where those of all powers sum to more than .98."""
    total = np.nansum(share, axis=0, keepdims=True)
    return np.asarray(share * np.minimum(1.0, 0.98 / total))


SUBJECT = Subject(
    constants={
        "platform_push": ("power", "receiver"),
        "payment_link": ("power", "receiver"),
        "telemedicine": ("power", "receiver"),
        "data_barrier": ("receiver",),
        "data_law": ("power",),
        "operator_reach": ("power", "receiver"),
    },
    open=_open,
    parameters=PARAMETERS,
)
