"""Named arrays of the simulation: which states exist, on which axes, within which bounds.

The catalogue is `schema/states.csv`. Inside the loop the member axis is last and contiguous.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from heartland.errors import HeartlandInputError, suggestion

__all__ = [
    "AXES",
    "BLOCK",
    "DRAW",
    "Axes",
    "EventKind",
    "StateSpec",
    "event_kinds",
    "model_labels",
    "state_catalogue",
]

BLOCK = 64
DRAW = 16
AXES = (
    *("actor", "power", "receiver", "organisation", "world"),
    *("leg", "corridor", "controller", "proposal", "border", "neighbour", "option"),
)


@dataclass(frozen=True)
class StateSpec:
    """One state: axes in order, kind (exogenous, continuous, flag, event, derived), unit and bounds."""

    name: str
    axes: tuple[str, ...]
    kind: str
    unit: str
    low: float
    high: float
    start: str
    label: str
    description: str

    @property
    def bounded(self) -> bool:
        """Whether the loop clips this state."""
        return self.low > float("-inf") or self.high < float("inf")


# the word of the grammar (size=WORD) for each mark that an event can carry
SIZES = {"threat_mark": "threat", "protest_large": "large"}


@dataclass(frozen=True)
class EventKind:
    """One kind of event the model logs: the state that holds it and which axis plays which role."""

    event: str
    variable: str
    mark: str
    giver: int
    receiver: int
    model: str
    label: str

    @property
    def size(self) -> str:
        """Word for the size that the mark stands for; empty where the event has none."""
        return SIZES.get(self.mark, "")


@dataclass(frozen=True)
class Axes:
    """Ids along each axis of a region's model.

    further : ids along axes that only some regions have, such as `leg`
    homes : modelled actor that another actor of the ledger (a firm, a public) attaches to
    """

    actor: tuple[str, ...]
    power: tuple[str, ...]
    receiver: tuple[str, ...]
    organisation: tuple[str, ...]
    further: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    homes: Mapping[str, str] = field(default_factory=dict)

    def ids(self, axis: str) -> tuple[str, ...]:
        """Ids along one axis; the axis `world` has the single id `world`."""
        if axis == "world":
            return ("world",)
        if axis in ("actor", "power", "receiver", "organisation"):
            return tuple(getattr(self, axis))
        return tuple(self.further.get(axis, ()))

    def shape(self, axes: tuple[str, ...]) -> tuple[int, ...]:
        """Lengths of the given axes."""
        return tuple(len(self.ids(axis)) for axis in axes)

    def slots(self, axes: tuple[str, ...]) -> tuple[str, ...]:
        """Slot ids in C order, `A>B` for two axes; they key the random streams."""
        slots: tuple[str, ...] = ("",)
        for axis in axes:
            slots = tuple(f"{slot}>{name}" if slot else name for slot in slots for name in self.ids(axis))
        return slots

    def index(self, axis: str, name: str) -> int:
        """Position of an id on an axis; an actor without a state stands for the one it attaches to.

        Raises
        ------
        HeartlandInputError
            With near matches when the id is not on the axis.
        """
        known = self.ids(axis)
        if name not in known and self.homes.get(name) in known and axis in ("actor", "power", "receiver"):
            return known.index(self.homes[name])
        if name not in known:
            raise HeartlandInputError.at(
                f'"{name}" is not a modelled {axis}.',
                why="Only actors on the axis have a state.",
                fix=suggestion(name, known, listing=f"Known: {', '.join(known)}."),
            )
        return known.index(name)


def _rows(name: str) -> list[dict[str, str]]:
    text = files("heartland").joinpath("schema", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def state_catalogue() -> Mapping[str, StateSpec]:
    """All states by name, as declared in `schema/states.csv`."""
    found = {}
    for row in _rows("states.csv"):
        low = float(row["low"]) if row["low"] else float("-inf")
        high = float(row["high"]) if row["high"] else float("inf")
        found[row["name"]] = StateSpec(
            row["name"],
            tuple(row["axes"].split(";")),
            row["kind"],
            row["unit"],
            low,
            high,
            row["start"],
            row["label"],
            row["description"],
        )
    return found


@cache
def model_labels() -> Mapping[str, str]:
    """What each row of the model is about, as declared in `schema/models.csv`."""
    return {row["model"]: row["label"] for row in _rows("models.csv")}


@cache
def event_kinds() -> Mapping[str, EventKind]:
    """All kinds of event by name, as declared in `schema/events.csv`."""
    return {
        row["event"]: EventKind(
            row["event"],
            row["variable"],
            row["mark"],
            int(row["giver"]),
            int(row["receiver"]),
            row["model"],
            row["label"],
        )
        for row in _rows("events.csv")
    }
