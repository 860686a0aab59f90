"""What a mechanism is: a pure function that declares itself by its signature.

Positional arguments are the states it reads, keyword-only arguments are parameters, `noise...` and
`uniform...` ask for random streams (standard normal and uniform on [0, 1)), `dt` is the step in years.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from heartland.core.arrays import Array

__all__ = ["PHASES", "Event", "Mechanism", "catalogue", "in_order", "mechanism"]

PHASES = ("exogenous", "economy", "publics", "powers", "decisions", "organisations", "corridors", "alignment")

Returned = Mapping[str, "Array | Mapping[str, Array] | Event"]


@dataclass(frozen=True)
class Event:
    """A random event drawn in this step.

    occurs : bool array (*axes, member)
    probability : chance of it at the draw, broadcastable to `occurs`; 0 where no draw was due
    contributions : terms of the linear predictor by name, each broadcastable to `occurs`
    chosen : set by the loop where probability and contributions are those of these members only
    """

    occurs: Array
    probability: Array
    contributions: Mapping[str, Array]
    chosen: Array | None = None


@dataclass(frozen=True)
class Mechanism:
    """One entry of the catalogue; see `mechanism` for the meaning of the fields."""

    id: str
    model: str
    phase: str
    writes: tuple[str, ...]
    axes: tuple[str, ...]
    unit: str
    source: str
    rival_of: str
    function: Callable[..., Returned]
    reads: tuple[str, ...]
    parameters: tuple[str, ...]
    noise: tuple[str, ...]
    uses_dt: bool
    idle: tuple[str, ...] = ()
    doc: str = field(repr=False, default="")

    @property
    def parameter_ids(self) -> tuple[str, ...]:
        """Ids in `parameters.csv`: `<mechanism id>.<keyword>`."""
        return tuple(f"{self.id}.{name}" for name in self.parameters)


_CATALOGUE: dict[str, Mechanism] = {}


def mechanism(
    *,
    model: str,
    phase: str,
    writes: str | tuple[str, ...],
    axes: str | tuple[str, ...],
    unit: str,
    source: str,
    rival_of: str = "",
    idle: str | tuple[str, ...] = (),
) -> Callable[[Callable[..., Returned]], Callable[..., Returned]]:
    """Register a function as a mechanism and return it unchanged.

    Parameters
    ----------
    model : row of the model table, `M1` to `M26`, or `X` for an exogenous path
    phase : one of `PHASES`; all mechanisms of a phase read the phase's start
    writes : states it adds increments to (or events it draws)
    axes : axes of its random streams, e.g. `("power", "receiver")`; one stream per slot
    unit : unit of what it writes
    source : citation, or `assumption: ...`
    rival_of : id of the mechanism it replaces when chosen in `model.yaml`
    idle : inputs; where all of them are 0 it changes nothing, and the loop leaves those members out

    Raises
    ------
    ValueError
        If the id is taken or the phase unknown: a programming error, found at import.
    """

    def register(function: Callable[..., Returned]) -> Callable[..., Returned]:
        record = _record(function, model, phase, writes, axes, unit, source, rival_of, idle)
        if record.id in _CATALOGUE and _CATALOGUE[record.id].function.__module__ != function.__module__:
            raise ValueError(f"two mechanisms are called {record.id}")
        if phase not in PHASES:
            raise ValueError(f"{record.id}: no phase {phase}")
        _CATALOGUE[record.id] = record
        return function

    return register


def _record(
    function: Callable[..., Returned],
    model: str,
    phase: str,
    writes: str | tuple[str, ...],
    axes: str | tuple[str, ...],
    unit: str,
    source: str,
    rival_of: str,
    idle: str | tuple[str, ...],
) -> Mechanism:
    reads: list[str] = []
    keywords: list[str] = []
    for name, parameter in inspect.signature(function).parameters.items():
        keyword = parameter.kind is inspect.Parameter.KEYWORD_ONLY
        (keywords if keyword else reads).append(name)
    noise = tuple(name for name in keywords if name.startswith(("noise", "uniform")))
    return Mechanism(
        id=function.__name__.replace("_", "-"),
        model=model,
        phase=phase,
        writes=(writes,) if isinstance(writes, str) else tuple(writes),
        axes=(axes,) if isinstance(axes, str) else tuple(axes),
        unit=unit,
        source=source,
        rival_of=rival_of,
        function=function,
        reads=tuple(reads),
        parameters=tuple(name for name in keywords if name not in noise and name != "dt"),
        noise=noise,
        uses_dt="dt" in keywords,
        idle=(idle,) if isinstance(idle, str) else tuple(idle),
        doc=inspect.getdoc(function) or "",
    )


def catalogue() -> Mapping[str, Mechanism]:
    """All mechanisms by id, after importing every module of this package that defines some."""
    import importlib

    from heartland import dynamics

    for name in dynamics.MODULES:
        importlib.import_module(f"heartland.dynamics.{name}")
    return dict(_CATALOGUE)


def in_order(ids: Iterable[str]) -> tuple[Mechanism, ...]:
    """Mechanisms of a region in the order of the phases; within a phase in the order given.

    Raises
    ------
    KeyError
        If an id is not in the catalogue (the region loader reports it with file and row first).
    """
    known: Mapping[str, Any] = catalogue()
    chosen = [known[name] for name in ids]
    return tuple(sorted(chosen, key=lambda record: PHASES.index(record.phase)))
