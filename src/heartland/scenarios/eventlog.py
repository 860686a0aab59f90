"""What happened to each member: a ragged log of events in arrays of fixed width."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import is_
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heartland.dynamics.mechanism import Event
from heartland.scenarios.plan import Floats
from heartland.scenarios.state import EventKind

__all__ = ["CAPACITY", "TOP", "EventLog"]

CAPACITY = 256
TOP = 3
_WHOLE = ("event_step", "event_kind", "event_giver", "event_receiver", "event_mark")


@dataclass(frozen=True)
class _Batch:
    """Events of one kind in one step in the order of their members; arrays (event,), values (term, event).

    probability, values : NaN where a patch forced the event; empty where no mechanism gave an account;
        probability also one number for all of them
    """

    step: int
    kind: int
    member: NDArray[np.intp]
    giver: NDArray[np.intp] | None
    receiver: NDArray[np.intp]
    mark: NDArray[np.bool_] | None
    probability: Floats | None
    values: Floats | None


class EventLog:
    """Log of some members; `arrays` hands it over member first.

    event_step, event_kind, event_giver, event_receiver : (member, 256) small integers, -1 = none
    event_mark : 1 where the kind's mark holds (a regime-threatening wave)
    event_probability : chance at the draw; NaN where a patch forced it
    event_term, event_value : (member, 256, 3) the terms of the linear predictor that are largest in size
    n_events : events kept; events_dropped : those beyond the first 256
    """

    def __init__(
        self, kinds: Sequence[EventKind], terms: Mapping[str, tuple[str, ...]], width: int,
        twin: EventLog | None = None,
    ) -> None:  # fmt: skip
        """twin : log of a run beside this one with the same kinds, which logs every step just before"""
        self.kinds = kinds
        self.terms = terms
        self.width = width
        self._batches: list[_Batch] = []
        self._twin = twin if twin is not None and twin.terms == terms else None
        # what was last logged of each kind, and what came of it
        self._last: dict[int, tuple[tuple[Any, ...], _Batch | None]] = {}

    def add(
        self, step: int, kind: int, happened: Floats, mark: Floats | None, drawn: Event | None,
        forced: NDArray[np.bool_] | None,
    ) -> None:  # fmt: skip
        """Log the events of one kind in one step.

        happened, mark : (*axes, member), non-zero = yes; drawn : the mechanism's account of its draw
        """
        asked = (happened, mark, drawn, forced)
        last = self._twin._last.get(kind) if self._twin is not None else None
        if last is not None and all(map(is_, last[0], asked)) and (last[1] is None or last[1].step == step):
            batch = last[1]
        else:
            batch = self._batch(step, kind, happened, mark, drawn, forced)
        self._last[kind] = (asked, batch)
        if batch is not None:
            self._batches.append(batch)

    def _batch(
        self, step: int, kind: int, happened: Floats, mark: Floats | None, drawn: Event | None,
        forced: NDArray[np.bool_] | None,
    ) -> _Batch | None:  # fmt: skip
        # ten times as quick on flags as on numbers
        flat = (happened != 0.0).reshape(-1).nonzero()[0]
        if not flat.size:
            return None
        flat = flat[(flat % self.width).argsort(kind="stable")]
        where = np.unravel_index(flat, happened.shape)
        record = self.kinds[kind]
        probability = values = None
        if drawn is not None:
            names = self.terms.get(record.variable, ())
            free = None if forced is None else ~forced.reshape(-1)[flat]
            asked = _Asked.of(happened.shape, where, flat, drawn.chosen, free)
            probability = asked.at(drawn.probability)
            if names:
                values = np.empty((len(names), flat.size))
                for row, name in zip(values, names, strict=True):
                    row[:] = asked.at(drawn.contributions[name])
        giver = where[record.giver] if record.giver >= 0 else None
        marked = None if mark is None else mark.reshape(-1).take(flat) != 0.0
        return _Batch(step, kind, where[-1], giver, where[record.receiver], marked, probability, values)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Arrays by variable name, member first."""
        width, batches = self.width, self._batches
        sizes = [batch.member.size for batch in batches]
        member = np.concatenate([np.zeros(0, dtype=np.intp), *(batch.member for batch in batches)])
        order = np.argsort(member, kind="stable")
        counted = np.bincount(member, minlength=width)
        place = np.empty(member.size, dtype=np.intp)
        place[order] = np.arange(member.size) - np.repeat(np.cumsum(counted) - counted, counted)
        kept = place < CAPACITY
        at = (member[kept], place[kept])
        found: dict[str, NDArray[np.generic]] = {}
        for name, column in self._columns(sizes).items():
            whole = np.full((width, CAPACITY), -1, dtype=np.int16)
            whole[at] = column[kept]
            found[name] = whole
        found.update(self._accounts(sizes, kept, at))
        found["n_events"] = np.minimum(counted, CAPACITY).astype(np.int32)
        found["events_dropped"] = np.maximum(counted - CAPACITY, 0).astype(np.int32)
        return found

    def _columns(self, sizes: Sequence[int]) -> dict[str, NDArray[np.int16]]:
        """What every event has, (event,)."""
        total = sum(sizes)
        columns = {name: np.full(total, -1, dtype=np.int16) for name in _WHOLE}
        for batch, own in zip(self._batches, _slices(sizes), strict=True):
            columns["event_step"][own] = batch.step
            columns["event_kind"][own] = batch.kind
            if batch.giver is not None:
                columns["event_giver"][own] = batch.giver
            columns["event_receiver"][own] = batch.receiver
            columns["event_mark"][own] = 0 if batch.mark is None else batch.mark
        return columns

    def _accounts(
        self, sizes: Sequence[int], kept: NDArray[np.bool_], at: tuple[NDArray[np.intp], NDArray[np.intp]]
    ) -> dict[str, NDArray[Any]]:
        """Chance of each event and its largest terms; kinds with equally many terms are ranked at once."""
        total = sum(sizes)
        chance = np.full(total, np.nan, dtype=np.float32)
        term = np.full((total, TOP), -1, dtype=np.int16)
        value = np.full((total, TOP), np.nan, dtype=np.float32)
        by_many: dict[int, list[tuple[slice, Floats]]] = {}
        for batch, own in zip(self._batches, _slices(sizes), strict=True):
            if batch.probability is not None:
                chance[own] = batch.probability
            if batch.values is not None:
                by_many.setdefault(len(batch.values), []).append((own, batch.values))
        for pairs in by_many.values():
            rows = np.concatenate([np.arange(own.start, own.stop) for own, _ in pairs])
            values = np.concatenate([values for _, values in pairs], axis=1)
            free = ~np.isnan(chance[rows])
            rows, values = rows[free], values[:, free]
            largest = np.argsort(-np.abs(values), axis=0, kind="stable")[:TOP]
            term[rows, : len(largest)] = largest.T
            value[rows, : len(largest)] = np.take_along_axis(values, largest, axis=0).T
        blank = (self.width, CAPACITY)
        found: dict[str, NDArray[Any]] = {
            "event_probability": np.full(blank, np.nan, dtype=np.float32),
            "event_term": np.full((*blank, TOP), -1, dtype=np.int16),
            "event_value": np.full((*blank, TOP), np.nan, dtype=np.float32),
        }
        parts: tuple[NDArray[Any], ...] = (chance, term, value)
        for whole, part in zip(found.values(), parts, strict=True):
            whole[at] = part[kept]
        return found


def _slices(sizes: Sequence[int]) -> list[slice]:
    ends = np.cumsum(sizes).tolist()
    return [slice(end - size, end) for end, size in zip(ends, sizes, strict=True)]


@dataclass(frozen=True)
class _Asked:
    """Places of events in a mechanism's own arrays, which may hold some of the members only.

    shape : of those arrays in full;  where : (axis, event);  flat : the same places in C order
    free : events that the mechanism drew; the others were decided by a patch; None for all
    """

    shape: tuple[int, ...]
    where: tuple[NDArray[np.intp], ...]
    flat: NDArray[np.intp]
    free: NDArray[np.bool_] | None

    @classmethod
    def of(
        cls, shape: tuple[int, ...], where: tuple[NDArray[np.intp], ...], flat: NDArray[np.intp],
        chosen: NDArray[np.intp] | None, free: NDArray[np.bool_] | None,
    ) -> _Asked:  # fmt: skip
        if chosen is None:
            return cls(shape, where, flat, free)
        place = np.minimum(np.searchsorted(chosen, where[-1]), len(chosen) - 1)
        where, shape = (*where[:-1], place), (*shape[:-1], len(chosen))
        return cls(shape, where, np.ravel_multi_index(where, shape), free)

    def at(self, values: Floats) -> Floats:
        """Elements of an array that broadcasts to the shape, or its only one; NaN where a patch decided."""
        whole = np.asarray(values)
        # `take` is twice as quick as an index
        if whole.shape == self.shape:
            found = whole.reshape(-1).take(self.flat)
        elif whole.shape == self.shape[-1:]:
            found = whole.take(self.where[-1])
        else:
            own = self.where[len(self.shape) - whole.ndim :]
            chosen = tuple(0 if size == 1 else axis for size, axis in zip(whole.shape, own, strict=True))
            found = whole[chosen]
        return found if self.free is None else np.where(self.free, found, np.nan)
