"""How the arrays of a run are laid out: axes, dates, recorded steps, names of parts and terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np

from heartland.errors import HeartlandInputError, suggestion
from heartland.scenarios.plan import Grid, Plan
from heartland.scenarios.recorder import recorded
from heartland.scenarios.state import Axes, state_catalogue
from heartland.scenarios.ties import LAYERS

__all__ = ["Layout", "layout_of"]


@dataclass(frozen=True)
class Layout:
    """Plain description of what a run holds; goes into its manifest and comes back from it.

    parts : names of the parts of each `why_<state>`; terms : names of an event's predictor terms by state
    asked : states recorded because an outcome asks for them
    """

    axes: Axes
    dates: tuple[str, ...]
    grid: Grid
    domains: tuple[str, ...]
    parts: Mapping[str, tuple[str, ...]]
    terms: Mapping[str, tuple[str, ...]]
    full: bool
    asked: tuple[str, ...] = ()

    @property
    def days(self) -> tuple[date, ...]:
        """Ends of the steps as dates, the start first."""
        return tuple(date.fromisoformat(text) for text in self.dates)

    def steps(self, name: str) -> tuple[int, ...]:
        """Recorded steps of an array."""
        if name.startswith("why_"):
            return self.grid.why
        series, _ = recorded(self.full, asked=self.asked)
        return self.grid.steps if name in series else self.grid.dyads

    def dims(self, name: str) -> tuple[str, ...]:
        """Names of the axes of an array behind the member axis."""
        if name in LAYERS:
            return ("time_dyads", "domain", "giver", "receiver")
        if name == "trade_share":
            return ("time_dyads", "giver", "receiver")
        if name.startswith("event_"):
            return ("event", "rank") if name in ("event_term", "event_value") else ("event",)
        if name in ("n_events", "events_dropped"):
            return ()
        split = name.startswith("why_")
        axes = _dims(state_catalogue()[name.removeprefix("why_")].axes)
        if split:
            return ("time_why", f"part_{name.removeprefix('why_')}", *axes)
        return ("time" if self.steps(name) == self.grid.steps else "time_dyads", *axes)

    def domain(self, name: str) -> int:
        """Position of a domain, or of `all`, in the measures of influence.

        Raises
        ------
        HeartlandInputError
            With near matches when there is none of that name.
        """
        if name not in self.domains:
            raise HeartlandInputError.at(
                f'"{name}" is not a domain.',
                fix=suggestion(name, self.domains, listing=f"Name one of {', '.join(self.domains)}."),
            )
        return self.domains.index(name)

    def labels(self) -> dict[str, Any]:
        """Labels along every axis other than the member axis: dates or ids."""
        days = np.array(self.dates, dtype="datetime64[D]")
        return {
            "time": days[list(self.grid.steps)],
            "time_dyads": days[list(self.grid.dyads)],
            "time_why": days[list(self.grid.why)],
            "domain": list(self.domains),
            "giver": list(self.axes.power),
            "other": list(self.axes.power),
            "receiver": list(self.axes.receiver),
            "actor": list(self.axes.actor),
            "organisation": list(self.axes.organisation),
            **{axis: list(ids) for axis, ids in self.axes.further.items()},
            "world": ["world"],
            **{f"part_{name}": list(parts) for name, parts in self.parts.items()},
        }

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Layout:
        """Back from plain data."""
        axes = data["axes"]
        actor, power, receiver, organisation = (
            tuple(axes[name]) for name in ("actor", "power", "receiver", "organisation")
        )
        further = {axis: tuple(ids) for axis, ids in axes.get("further", {}).items()}
        grid = {name: tuple(int(step) for step in steps) for name, steps in data["grid"].items()}
        return cls(
            axes=Axes(actor, power, receiver, organisation, further, dict(axes.get("homes", {}))),
            dates=tuple(data["dates"]),
            grid=Grid(**grid),
            domains=tuple(data["domains"]),
            parts={name: tuple(parts) for name, parts in data["parts"].items()},
            terms={name: tuple(terms) for name, terms in data["terms"].items()},
            full=bool(data["full"]),
            asked=tuple(data.get("asked", ())),
        )


def _dims(axes: tuple[str, ...]) -> tuple[str, ...]:
    if axes in (("power", "receiver"), ("organisation", "receiver")):
        return ("giver" if axes[0] == "power" else "organisation", "receiver")
    if axes[:2] == ("power", "power"):
        return ("giver", "other", *axes[2:])
    return tuple("giver" if axis == "power" else axis for axis in axes)


def layout_of(plan: Plan, domains: tuple[str, ...]) -> Layout:
    """Layout of the runs of a plan; `domains` ends with `all`."""
    return Layout(
        plan.axes, plan.dates, plan.grid, domains, dict(plan.parts), dict(plan.terms), plan.full, plan.asked
    )
