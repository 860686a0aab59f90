"""The catalogue of measures: what exists, what it means, where it comes from."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from heartland.errors import HeartlandInputError, suggestion
from heartland.measures.literature import cited

if TYPE_CHECKING:
    from heartland.measures.block import Block
    from heartland.measures.indices import Settings
    from heartland.measures.inputs import Inputs

__all__ = ["Measure", "Request", "catalogue", "expand", "get", "names", "register"]

# Modules that register measures when imported; a new family adds its module here.
_FAMILIES = (
    "alignment_family", "balance_family", "capability_family", "centrality_family", "encroachment_family",
    "exclusion_family", "gravity_family", "hedging_family", "influence_family", "labour_family",
    "leverage_family", "routes_family", "structure_family",
)
_ENTRY_POINTS = "heartland.measures"


@dataclass(frozen=True)
class Request:
    """What a measure is asked for.

    by : `overall`, `domain` or `channel`;  giver, receiver, other : an id, or None for all
    missing : `drop`, `impute` or `bounds`;  cache : results shared by the measures of one table
    options : what only some measures ask, such as `strength`, `portfolio`, `horizon`, `t0`, `t1`, `close`
    """

    settings: Settings
    by: str = "overall"
    giver: str | None = None
    receiver: str | None = None
    other: str | None = None
    level: float = 0.9
    missing: str = "drop"
    cache: dict[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Measure:
    """One entry of the catalogue.

    name : `family` or `family.variant`
    function : (inputs, request) -> blocks of rows
    needs : inputs it reads;  unit, low, high : unit and range inside the reference
    reading : what a high value means;  kind : d directed tie, p pair of givers in a receiver, r receiver ...
    uncertain : what is drawn (O observations, W weights, S structure, C channels)
    own_definition : no published original;  counts_actors : the value depends on how many actors there are
    by : levels of detail it has;  bounded : whether unknown inputs can be bounded;  since : first version
    anyone : givers and receivers may be any modelled actor, not only powers and receivers
    parts : (inputs, cell) -> rows of `explain`, each with some of `cell_parts.EXPLAIN_COLUMNS`; contributions
        sum to the value where the measure is additive, else they are NaN and the flag says so
    options : names of the options of `Request.options` that it reads
    free_other : `other` may be any actor of the region: a transit state, an organisation
    references : ids of the works behind it in the region's sources; by default those its citation names
    """

    name: str
    function: Callable[[Inputs, Request], list[Block]]
    needs: tuple[str, ...]
    unit: str
    low: float
    high: float
    reading: str
    kind: str
    uncertain: str
    own_definition: bool
    counts_actors: bool
    citation: str
    since: str
    by: tuple[str, ...] = ("overall",)
    bounded: bool = False
    anyone: bool = False
    parts: Callable[[Inputs, Mapping[str, Any]], list[dict[str, Any]]] | None = None
    options: tuple[str, ...] = ()
    free_other: bool = False
    references: tuple[str, ...] = ()

    @property
    def family(self) -> str:
        """First part of the name."""
        return self.name.partition(".")[0]


_CATALOGUE: dict[str, Measure] = {}
_loaded: list[bool] = []


def register(measure: Measure) -> Measure:
    """Add a measure to the catalogue; its references are those its citation names, if it gives none.

    Raises
    ------
    HeartlandInputError
        If the name is taken.
    """
    if measure.name in _CATALOGUE:
        raise HeartlandInputError.at(
            f'measure "{measure.name}" is already registered.', check="measure-name",
            why="Two measures of one name could not be told apart in a table.", fix="Give it another name.",
        )
    if not measure.references:
        measure = replace(measure, references=cited(measure.citation))
    _CATALOGUE[measure.name] = measure
    return measure


def catalogue() -> Mapping[str, Measure]:
    """All measures by name, those of installed extensions included."""
    if not _loaded:
        _loaded.append(True)
        for module in _FAMILIES:
            importlib.import_module(f"heartland.measures.{module}")
        from importlib.metadata import entry_points

        for entry in entry_points(group=_ENTRY_POINTS):
            found = entry.load()
            for measure in found if isinstance(found, list | tuple) else [found]:
                register(measure)
    return _CATALOGUE


def names() -> tuple[str, ...]:
    """Names of all measures, sorted."""
    return tuple(sorted(catalogue()))


def get(name: str) -> Measure:
    """One measure.

    Raises
    ------
    HeartlandInputError
        If there is none of that name, with near matches.
    """
    known = catalogue()
    if name not in known:
        near = suggestion(name, known, listing="Known measures: heartland describe measures.")
        raise HeartlandInputError.at(
            f'"{name}" is not a measure.', why="Nothing can be computed for it.", fix=near,
            check="measure-name",
        )
    return known[name]


def expand(name: str) -> tuple[Measure, ...]:
    """Measures meant by a name: itself, all of a family (`family.*`, or a family that is no measure), or `*`.

    Raises
    ------
    HeartlandInputError
        If nothing fits.
    """
    known = catalogue()
    family = name.removesuffix(".*")
    if name in known:
        return (known[name],)
    if name == "*":
        return tuple(known[other] for other in names())
    members = tuple(
        known[other] for other in names()
        if known[other].family == family or other.startswith(f"{family}.")
    )
    return members or (get(name),)
