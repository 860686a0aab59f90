"""The corridors of a region as records: legs, states, and stage, will and standing at a date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from heartland.core.dates import parse
from heartland.region.corridors import RouteGraph, Way

if TYPE_CHECKING:
    from heartland.region.region import Region

__all__ = ["STAGES", "Corridor", "Spell", "corridors_of", "path_of"]

STAGES = ("idea", "agreed", "building", "open", "closed")


@dataclass(frozen=True)
class Spell:
    """A stage of a corridor from a day on, and what that rests on."""

    stage: str
    begins: str
    source: str
    basis: str
    note: str


@dataclass(frozen=True)
class Corridor:
    """One corridor; `stage` and `wills` are those at the date asked for.

    no_path : why it is no single path, or has no legs;  wills : actor -> 0..1, where something is known
    """

    id: str
    name: str
    kind: str
    endpoints: str
    modes: tuple[str, ...]
    states: tuple[str, ...]
    sponsors: tuple[str, ...]
    status_text: str
    legs: tuple[str, ...]
    no_path: str
    facts: tuple[str, ...]
    note: str
    stage: str
    spells: tuple[Spell, ...]
    wills: Mapping[str, float]


def corridors_of(region: Region, at: date | None = None) -> dict[str, Corridor]:
    """All corridors by id, in the order of the table, with stage and wills at a date (default: the last)."""
    spells: dict[str, list[tuple[bool, Spell]]] = {}
    for row in _rows(region, "corridor_status"):
        spell = Spell(*(str(row[name]) for name in ("stage", "from", "source_id", "basis", "note")))
        spells.setdefault(str(row["corridor_id"]), []).append((_begun(spell.begins, at), spell))
    wills: dict[str, dict[str, float]] = {}
    for row in _rows(region, "corridor_wills"):
        if _begun(str(row["from"]), at):
            wills.setdefault(str(row["corridor_id"]), {})[str(row["actor"])] = float(row["will"])
    found = {}
    for row in _rows(region, "corridors"):
        name = str(row["corridor_id"])
        own = spells.get(name, [])
        begun = [spell.stage for held, spell in own if held]
        found[name] = Corridor(
            name, str(row["name"]), str(row["kind"]), str(row["endpoints"]), _names(row["modes"]),
            _names(row["states_crossed"]), _names(row["sponsor"]), str(row["status_text"]),
            _names(row["leg_ids"]), str(row["no_path"]), _names(row["fact_ids"]), str(row["note"]),
            begun[-1] if begun else STAGES[0], tuple(spell for _, spell in own), wills.get(name, {}),
        )  # fmt: skip
    return found


def path_of(graph: RouteGraph, corridor: Corridor) -> Way | None:
    """The corridor as one path over its legs; None where it is not one."""
    if not corridor.legs or corridor.kind not in ("route", "hub"):
        return None
    return graph.way(corridor.legs)


def _rows(region: Region, table: str) -> Iterator[dict[str, Any]]:
    for row in region.tables[table].to_dict("records"):
        yield {str(name): value for name, value in row.items()}


def _names(cell: Any) -> tuple[str, ...]:
    return tuple(str(name) for name in cell)


def _begun(text: str, at: date | None) -> bool:
    day = parse(text).earliest if text else None
    return day is None or at is None or day <= at
