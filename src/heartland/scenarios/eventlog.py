"""What happened to each member: a ragged log of events in arrays of fixed width."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from heartland.dynamics.mechanism import Event
from heartland.scenarios.plan import Floats
from heartland.scenarios.state import BLOCK, EventKind

__all__ = ["CAPACITY", "TOP", "EventLog"]

CAPACITY = 256
TOP = 3


class EventLog:
    """Log of one block; `arrays` hands it over member first.

    event_step, event_kind, event_giver, event_receiver : (64, 256) small integers, -1 = none
    event_mark : 1 where the kind's mark holds (a regime-threatening wave)
    event_probability : chance at the draw; NaN where a patch forced it
    event_term, event_value : (64, 256, 3) the terms of the linear predictor that are largest in size
    """

    def __init__(self, kinds: Sequence[EventKind], terms: Mapping[str, tuple[str, ...]]) -> None:
        self.kinds = kinds
        self.terms = terms
        self.count = np.zeros(BLOCK, dtype=np.int32)
        self.dropped = np.zeros(BLOCK, dtype=np.int32)
        self.whole = {name: np.full((BLOCK, CAPACITY), -1, dtype=np.int16) for name in _WHOLE}
        self.probability = np.full((BLOCK, CAPACITY), np.nan, dtype=np.float32)
        self.term = np.full((BLOCK, CAPACITY, TOP), -1, dtype=np.int16)
        self.value = np.full((BLOCK, CAPACITY, TOP), np.nan, dtype=np.float32)

    def add(
        self,
        step: int,
        kind: int,
        happened: Floats,
        mark: Floats | None,
        drawn: Event | None,
        forced: NDArray[np.bool_] | None,
    ) -> None:
        """Log the events of one kind in one step.

        happened, mark : (*axes, 64), non-zero = yes; drawn : the mechanism's account of its draw
        """
        if not happened.any():
            return
        found = np.nonzero(happened)
        record = self.kinds[kind]
        for position in range(found[0].size):
            where = tuple(int(axis[position]) for axis in found)
            member = where[-1]
            at = int(self.count[member])
            if at == CAPACITY:
                self.dropped[member] += 1
                continue
            self.count[member] += 1
            self.whole["event_step"][member, at] = step
            self.whole["event_kind"][member, at] = kind
            self.whole["event_giver"][member, at] = where[record.giver] if record.giver >= 0 else -1
            self.whole["event_receiver"][member, at] = where[record.receiver]
            self.whole["event_mark"][member, at] = int(mark is not None and mark[where] != 0)
            if drawn is not None and not (forced is not None and forced[where]):
                self._account(record.variable, drawn, where, member, at)

    def _account(self, variable: str, drawn: Event, where: tuple[int, ...], member: int, at: int) -> None:
        shape = np.shape(drawn.occurs)
        self.probability[member, at] = np.broadcast_to(drawn.probability, shape)[where]
        names = self.terms.get(variable, ())
        values = [float(np.broadcast_to(drawn.contributions[name], shape)[where]) for name in names]
        order = sorted(range(len(names)), key=lambda i: (-abs(values[i]), i))[:TOP]
        for rank, index in enumerate(order):
            self.term[member, at, rank] = index
            self.value[member, at, rank] = values[index]

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


_WHOLE = ("event_step", "event_kind", "event_giver", "event_receiver", "event_mark")
