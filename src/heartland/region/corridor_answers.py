"""Answers about routes: the best ways at a date, what closures add, which state is the bottleneck."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from heartland.errors import HeartlandInputError, suggestion
from heartland.region.corridor_records import Corridor, corridors_of, path_of
from heartland.region.corridor_sets import hubs, transit_states
from heartland.region.corridors import FREIGHT, RouteGraph, Way, route_graph

if TYPE_CHECKING:
    from heartland.region.region import Region

__all__ = ["Answer", "Closing", "Ends", "Said", "compared", "ends_of", "overlap", "route_answer"]

MODES = (*FREIGHT, "gas", "oil")
HALF = 0.5


@dataclass(frozen=True)
class Ends:
    """One end of a question: the word asked, and the places it stands for."""

    word: str
    name: str
    places: tuple[str, ...]


@dataclass(frozen=True)
class Closing:
    """What shutting a state adds to the best way: usd and days; infinite where no way is left."""

    state: str
    cost: float
    days: float
    ratio: float
    ways_left: int


@dataclass(frozen=True)
class Said:
    """A comparison of corridors that a text states otherwise than it is read here."""

    issue: str
    fact: str
    article: str
    said: str
    reading: str
    corridors: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """Ways best first with their shares in a logit choice; `usual` is the best way without closures.

    closings : what shutting each state on the best way adds, dearest first;  said : comparisons that apply
    uses : corridors of each way, with the part of its length on each;  by : cost, days, both or km
    shut : legs that the words in `closed` take out
    """

    start: Ends
    end: Ends
    by: str
    graph: RouteGraph
    ways: tuple[Way, ...]
    shares: tuple[float, ...]
    usual: Way | None
    closed: tuple[str, ...]
    closings: tuple[Closing, ...]
    uses: tuple[tuple[tuple[str, float], ...], ...]
    said: tuple[Said, ...]
    corridors: Mapping[str, Corridor]
    shut: frozenset[str] = frozenset()


def route_answer(
    region: Region, start: str, end: str, *, at: str, closed: Sequence[str] = (), by: str = "cost",
    k: int = 5, planned: bool = False,
) -> Answer:
    """Best ways between two places, states or capitals at a date.

    Parameters
    ----------
    closed : ids of legs, states, corridors, places or modes that cannot be used
    by : cost, days, or both (cost with the value of time); pipelines are ordered by length

    Raises
    ------
    HeartlandInputError
        For a word that is none of those, with near matches, or two ends that are one place.
    """
    graph = route_graph(region, at)
    corridors = corridors_of(region, graph.at)
    ends = [ends_of(region, graph, word) for word in (start, end)]
    if set(ends[0].places) & set(ends[1].places):
        raise HeartlandInputError.at(
            f'"{start}" and "{end}" are one place.', why="There is no way between them.",
            fix="Name two places.", check="routes",
        )  # fmt: skip
    shut = {leg for word in closed for leg in _closed(graph, corridors, word)}
    modes, by = _family(graph, ends, planned, by)
    every = graph.usable(planned=planned, modes=modes)
    usual = _best(graph, ends, 1, by, every)
    ways = _best(graph, ends, k, by, every - shut)
    touched = [_uses(graph, corridors, way) for way in ways]
    return Answer(
        ends[0], ends[1], by, graph, tuple(ways), _shares(graph, ways, by), usual[0] if usual else None,
        tuple(closed), tuple(_closings(graph, ends, ways, by, every - shut)), tuple(touched),
        tuple(_said(region, corridors, {name for found in touched for name, _ in found})), corridors,
        frozenset(shut),
    )  # fmt: skip


def ends_of(region: Region, graph: RouteGraph, word: str) -> Ends:
    """Places that a word stands for: a place by id or name, or a state by id, name or capital.

    Raises
    ------
    HeartlandInputError
        With near matches.
    """
    sought = word.casefold()
    for place in graph.places.values():
        parts = {place.id, place.name, *place.name.replace("(", "/").replace(")", "/").split("/")}
        if sought in {part.strip().casefold() for part in parts}:
            return Ends(word, place.name, (place.id,))
    names = _state_names(region)
    state = next((actor for name, actor in names.items() if name.casefold() == sought), "")
    places = hubs(graph, state) if state else ()
    if not places:
        known = [*graph.places, *(p.name for p in graph.places.values()),
                 *(name for name, actor in names.items() if hubs(graph, actor))]  # fmt: skip
        raise HeartlandInputError.at(
            f'"{word}" is no place of the route graph.', why="A way needs two of its places.",
            fix=suggestion(word, known, listing="Places: heartland corridors list --places."), check="routes",
        )  # fmt: skip
    said = ", ".join(graph.places[name].name for name in places)
    return Ends(word, f"{state} ({said})", places)


def _state_names(region: Region) -> dict[str, str]:
    found: dict[str, str] = {}
    actors, names = region.tables["actors"], region.tables["actor_names"]
    for actor, name in zip(actors["actor_id"], actors["name"], strict=True):
        found |= {str(actor): str(actor), str(name): str(actor)}
    for actor, name in zip(names["actor_id"], names["text"], strict=True):
        found.setdefault(str(name), str(actor))
    return found


def _closed(graph: RouteGraph, corridors: Mapping[str, Corridor], word: str) -> frozenset[str]:
    """Legs that a closure takes out: one leg, those of a corridor, state, place or mode."""
    if word in graph.legs:
        return frozenset({word})
    if word in corridors:
        return frozenset(corridors[word].legs)
    found = frozenset(
        leg.id for leg in graph.legs.values()
        if word in leg.controllers or word in (leg.start, leg.end, leg.mode)
    )  # fmt: skip
    if not found:
        states = sorted({name for leg in graph.legs.values() for name in leg.controllers})
        known = [*graph.legs, *corridors, *states, *graph.places, *MODES]
        raise HeartlandInputError.at(
            f'--closed "{word}" is no leg, state, corridor, place or mode.',
            why="Nothing would close.", check="routes",
            fix=suggestion(word, known, listing=f"States: {', '.join(states)}; modes: {', '.join(MODES)}."),
        )  # fmt: skip
    return found


def _family(graph: RouteGraph, ends: Sequence[Ends], planned: bool, by: str) -> tuple[tuple[str, ...], str]:
    """Modes to search: freight, or one kind of pipeline where only that joins the two; and the order."""
    for modes, order in ((FREIGHT, by), (("gas",), "km"), (("oil",), "km")):
        if _best(graph, ends, 1, order, graph.usable(planned=planned, modes=modes)):
            return modes, order
    return FREIGHT, by


def _best(graph: RouteGraph, ends: Sequence[Ends], k: int, by: str, legs: frozenset[str]) -> list[Way]:
    return graph.best(ends[0].places, ends[1].places, k, by=by, legs=legs)


def _weight(graph: RouteGraph, way: Way, by: str) -> float:
    return graph.weight(way.days, way.cost, way.km, by)


def _shares(graph: RouteGraph, ways: Sequence[Way], by: str) -> tuple[float, ...]:
    """Logit split: exp(-(w - best) / (spread x best))."""
    if not ways:
        return ()
    best = _weight(graph, ways[0], by)
    parts = [math.exp(-(_weight(graph, way, by) / best - 1.0) / graph.rates.spread) for way in ways]
    return tuple(part / sum(parts) for part in parts)


def _closings(
    graph: RouteGraph, ends: Sequence[Ends], ways: Sequence[Way], by: str, legs: frozenset[str]
) -> list[Closing]:
    """What shutting each state in transit of the best way adds, dearest first; others add nothing."""
    if not ways:
        return []
    own = {name for end in ends for place in end.places for name in graph.places[place].countries}
    states = [name for name in transit_states(graph, ways[0]) if name not in own]
    found = []
    for state in states:
        left = legs - {leg.id for leg in graph.legs.values() if state in leg.controllers}
        others = _best(graph, ends, 1, by, left)
        open_ways = sum(state not in way.states for way in ways)
        if others:
            ratio = _weight(graph, others[0], by) / _weight(graph, ways[0], by)
            found.append(Closing(state, others[0].cost - ways[0].cost, others[0].days - ways[0].days, ratio,
                                 open_ways))  # fmt: skip
        else:
            found.append(Closing(state, math.inf, math.inf, math.inf, 0))
    return sorted(found, key=lambda closing: -closing.ratio)


def overlap(graph: RouteGraph, corridor: Corridor, way: Way) -> float:
    """Part of the length of a way that runs on a corridor."""
    shared = set(corridor.legs) & set(way.legs)
    return sum(graph.legs[leg].km for leg in shared) / way.km if way.km else 0.0


def _uses(graph: RouteGraph, corridors: Mapping[str, Corridor], way: Way) -> tuple[tuple[str, float], ...]:
    parts = [(name, overlap(graph, item, way)) for name, item in corridors.items() if item.kind == "route"]
    return tuple(sorted((pair for pair in parts if pair[1] >= HALF), key=lambda pair: -pair[1]))


def _said(region: Region, corridors: Mapping[str, Corridor], touched: set[str]) -> list[Said]:
    """Oddities of the texts about a fact that bears on two corridors or more, one of them touched here."""
    found = []
    for row in region.tables["issues"].to_dict("records"):
        for fact in row["fact_ids"]:
            pair = tuple(name for name, item in corridors.items() if fact in item.facts)
            if len(pair) > 1 and touched & set(pair):
                found.append(Said(
                    str(row["issue_id"]), str(fact), ";".join(row["article_ids"]), str(row["description"]),
                    str(row["suggested_reading"]), pair,
                ))  # fmt: skip
    return found


def compared(answer: Answer, said: Said) -> list[tuple[str, Way]]:
    """The corridors of a comparison that are one path, with what they come to."""
    ways = [(name, path_of(answer.graph, answer.corridors[name])) for name in said.corridors]
    return [(name, way) for name, way in ways if way is not None]
