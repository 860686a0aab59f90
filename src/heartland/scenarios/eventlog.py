"""What happened to each member: a ragged log of events in arrays of fixed width."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from heartland.dynamics.mechanism import Event
from heartland.scenarios.plan import Floats
from heartland.scenarios.state import EventKind

__all__ = ["CAPACITY", "TOP", "EventLog"]

CAPACITY = 256
TOP = 3
_WHOLE = ("event_step", "event_kind", "event_giver", "event_receiver", "event_mark")


class EventLog:
    """Log of some members; `arrays` hands it over member first.

    event_step, event_kind, event_giver, event_receiver : (member, 256) small integers, -1 = none
    event_mark : 1 where the kind's mark holds (a regime-threatening wave)
    event_probability : chance at the draw; NaN where a patch forced it
    event_term, event_value : (member, 256, 3) the terms of the linear predictor that are largest in size
    """

    def __init__(self, kinds: Sequence[EventKind], terms: Mapping[str, tuple[str, ...]], width: int) -> None:
        self.kinds = kinds
        self.terms = terms
        self.count = np.zeros(width, dtype=np.int32)
        self.dropped = np.zeros(width, dtype=np.int32)
        self.whole = {name: np.full((width, CAPACITY), -1, dtype=np.int16) for name in _WHOLE}
        self.probability = np.full((width, CAPACITY), np.nan, dtype=np.float32)
        self.term = np.full((width, CAPACITY, TOP), -1, dtype=np.int16)
        self.value = np.full((width, CAPACITY, TOP), np.nan, dtype=np.float32)

    def add(
        self, step: int, kind: int, happened: Floats, mark: Floats | None, drawn: Event | None,
        forced: NDArray[np.bool_] | None,
    ) -> None:  # fmt: skip
        """Log the events of one kind in one step.

        happened, mark : (*axes, member), non-zero = yes; drawn : the mechanism's account of its draw
        """
        width = self.count.size
        flat = np.flatnonzero(happened.reshape(-1) != 0.0)
        if not flat.size:
            return
        flat = flat[np.argsort(flat % width, kind="stable")]
        member = flat % width
        added = np.bincount(member, minlength=width)
        place = self.count[member] + np.arange(member.size) - (np.cumsum(added) - added)[member]
        kept = place < CAPACITY
        if not kept.all():
            lost = np.bincount(member[~kept], minlength=width)
            self.dropped += lost.astype(np.int32)
            added = added - lost
            flat, member, place = flat[kept], member[kept], place[kept]
        self.count += added.astype(np.int32)
        where = np.unravel_index(flat, happened.shape)
        at = (member, place)
        record = self.kinds[kind]
        self.whole["event_step"][at] = step
        self.whole["event_kind"][at] = kind
        if record.giver >= 0:
            self.whole["event_giver"][at] = where[record.giver]
        self.whole["event_receiver"][at] = where[record.receiver]
        self.whole["event_mark"][at] = 0 if mark is None else mark[where] != 0
        if drawn is not None:
            own = slice(None) if forced is None else ~forced[where]
            at = (member[own], place[own])
            self._account(record.variable, drawn, happened.shape, tuple(axis[own] for axis in where), at)

    def _account(
        self, variable: str, drawn: Event, shape: tuple[int, ...], chosen: tuple[NDArray[np.intp], ...],
        rows: tuple[NDArray[np.intp], NDArray[np.intp]],
    ) -> None:  # fmt: skip
        if not chosen[0].size:
            return
        self.probability[rows] = _at(drawn.probability, shape, chosen)
        names = self.terms.get(variable, ())
        if not names:
            return
        values = np.stack([_at(drawn.contributions[name], shape, chosen) for name in names])
        largest = np.argsort(-np.abs(values), axis=0, kind="stable")[:TOP]
        top = (*rows, slice(0, largest.shape[0]))
        self.term[top] = largest.T
        self.value[top] = np.take_along_axis(values, largest, axis=0).T

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Arrays by variable name, member first."""
        return {
            **self.whole,
            "event_probability": self.probability,
            "event_term": self.term,
            "event_value": self.value,
            "n_events": self.count,
            "events_dropped": self.dropped,
        }


def _at(values: Floats, shape: tuple[int, ...], chosen: tuple[NDArray[np.intp], ...]) -> Floats:
    """Elements of an array that broadcasts to a shape."""
    whole = np.asarray(values)
    found: Floats = (whole if whole.shape == shape else np.broadcast_to(whole, shape))[chosen]
    return found
