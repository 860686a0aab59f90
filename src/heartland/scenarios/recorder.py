"""What a block keeps: series, influence by domain, events, and the split of every change by mechanism."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heartland.dynamics.mechanism import Event
from heartland.scenarios.eventlog import EventLog
from heartland.scenarios.plan import Floats, Plan, Spread
from heartland.scenarios.probe import Probe
from heartland.scenarios.splits import Splits, member_first
from heartland.scenarios.state import BLOCK, StateSpec, event_kinds, state_catalogue
from heartland.scenarios.ties import MOVING, TieBook

__all__ = ["DYADS", "SERIES", "TRACKED_KINDS", "Recorder", "recorded"]

TRACKED_KINDS = ("continuous", "flag", "exogenous")
# recorded at every step / at the steps of `grid.dyads`, unless the run records in full
SERIES = (
    *("gdp", "growth_gap", "stress", "unrest", "crisis"),
    *("power_gap", "oil", "currency", "rivalry", "ideal_point"),
)
DYADS = (
    *("trade_gap", "remittances", "debt_ratio", "attitude", "effort", "deployed", "presence", "credit"),
    *("tension", "glue"),
)


def recorded(
    full: bool, states: Mapping[str, StateSpec] | None = None, asked: Sequence[str] = ()
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of states recorded at every step and at the coarser steps of pairs.

    asked : further states that outcomes ask for
    """
    known = state_catalogue() if states is None else states
    kept = [
        spec for spec in known.values()
        if spec.kind != "event" and (full or _usual(spec) or spec.name in asked)
    ]  # fmt: skip
    series = tuple(spec.name for spec in kept if len(spec.axes) == 1)
    return series, tuple(spec.name for spec in kept if len(spec.axes) > 1)


def _usual(spec: StateSpec) -> bool:
    return spec.name in SERIES or spec.name in DYADS or spec.name in MOVING


class Recorder:
    """Books of some blocks side by side; `arrays` hands them over with the member axis first.

    spread : shared with the run beside;  twin : books of a run beside this one, which is ahead by one phase
    """

    def __init__(
        self, plan: Plan, blocks: Sequence[int], probe: Probe | None = None, spread: Spread | None = None,
        twin: Recorder | None = None,
    ) -> None:  # fmt: skip
        self.plan = plan
        self.probe = probe
        self.catalogue = plan.states
        self.kinds = tuple(kind for kind in event_kinds().values() if kind.variable in plan.states)
        self.log: EventLog = EventLog(
            self.kinds, plan.terms, BLOCK * len(blocks), None if twin is None else twin.log
        )
        books = None if twin is None else twin.ties
        self.ties: TieBook | None = (
            None if plan.influence is None else TieBook(plan, blocks, spread, books)
        )
        self.width = BLOCK * len(blocks)
        series, dyads = recorded(plan.full, plan.states, plan.asked)
        self.grids = dict.fromkeys(series, plan.grid.steps) | dict.fromkeys(dyads, plan.grid.dyads)
        self.rows = {
            name: {step: row for row, step in enumerate(steps)} for name, steps in self.grids.items()
        }
        self.kept = {
            name: np.empty((len(steps), *self._shape(name)), dtype=np.float32)
            for name, steps in self.grids.items()
        }
        tracked = [name for name in plan.parts if plan.states[name].kind in TRACKED_KINDS]
        shapes = {name: self._shape(name) for name in tracked}
        self.splits: Splits = Splits(plan, shapes, None if twin is None else twin.splits)
        self.draws: dict[str, Event] = {}
        self.masks: dict[str, NDArray[np.bool_]] = {}

    def _shape(self, name: str) -> tuple[int, ...]:
        return (*self.plan.axes.shape(self.catalogue[name].axes), self.width)

    def begin(self, first: bool) -> None:
        """A phase begins; with the first one of a step the draws of the step before are forgotten."""
        self.splits.begin()
        if first:
            self.draws.clear()
            self.masks.clear()

    def settle(self) -> None:
        """A phase is over."""
        self.splits.end()

    def drawn(self, name: str, event: Event) -> None:
        """Note a mechanism's account of a draw."""
        self.draws[name] = event
        if self.probe is not None:
            self.probe.event(name, tuple(event.contributions))

    def force(self, name: str, mask: NDArray[np.bool_]) -> None:
        """Note where a patch decided an event."""
        self.masks[name] = self.masks[name] | mask if name in self.masks else mask

    def add(self, mechanism: str, name: str, value: Any, level: Floats) -> Floats:
        """Add a mechanism's increments, one array or one by part, to a level and book each."""
        # most are a dict, which is seen at once
        parts = value if isinstance(value, (dict, Mapping)) else {"": value}
        own = None
        for part, increment in parts.items():
            key = f"{mechanism}.{part}" if part else mechanism
            # what others hold stays as it is; the sum made here may grow in place
            own = level = level + increment if own is None else np.add(own, increment, out=own)
            if self.probe is not None:
                self.probe.part(name, key)
            self.splits.add(name, key, increment)
        return level

    def follow(self, name: str) -> bool:
        """Take over how the run beside has booked the same moves of a state; False to book them here."""
        return self.probe is None and self.splits.follow(name)

    def bounds(self, name: str, before: Floats, after: Floats) -> None:
        """Book what the bounds of a state took off."""
        self.splits.bounds(name, before, after)

    def patch(self, name: str, before: Floats, after: Floats) -> None:
        """Book the effect of a patch on a state."""
        self.splits.patch(name, before, after)

    def keep(self, step: int, state: Mapping[str, Floats]) -> None:
        """Record the state at the end of a step (0 is the start)."""
        for name, rows in self.rows.items():
            if step in rows:
                self.kept[name][rows[step]] = state[name]
        if self.ties is not None and step in self.plan.grid.dyads:
            self.ties.keep(step, state)
        self.splits.keep(step)

    def end(self, step: int, state: Mapping[str, Floats], blank: Mapping[str, Floats]) -> None:
        """Close a step: log its events, then record; blank : what an event that happens to nobody holds."""
        for number, kind in enumerate(self.kinds):
            if state[kind.variable] is blank[kind.variable]:
                continue
            mark = state[kind.mark] if kind.mark else None
            self.log.add(
                step, number, state[kind.variable], mark, self.draws.get(kind.variable),
                self.masks.get(kind.variable),
            )  # fmt: skip
        self.keep(step, state)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Everything recorded by variable name, member first; series float32, splits float64.

        To be called once: the books are given up one by one, so that nothing stands in memory twice.
        """
        done: dict[str, NDArray[np.generic]] = {}
        for books in (self.kept, self.ties.kept if self.ties is not None else {}):
            for name in list(books):
                done[name] = member_first(books.pop(name))
        done.update(self.log.arrays())
        done.update(self.splits.arrays())
        return done
