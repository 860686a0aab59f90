"""The ways a pair may take whatever closes: best ways, and the best that avoid each state and each leg."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from heartland.region.corridors import RouteGraph, Way

__all__ = ["OVERLAND", "hubs", "transit_states", "way_set"]

OVERLAND = ("rail", "road", "sea")


def hubs(graph: RouteGraph, actor: str) -> tuple[str, ...]:
    """Places where the goods of an actor start and end; empty where the graph has none."""
    return tuple(place.id for place in graph.places.values() if actor in place.hub_of)


def transit_states(graph: RouteGraph, way: Way) -> tuple[str, ...]:
    """States that control legs of a way and in which it neither starts nor ends."""
    ends = {*graph.places[way.places[0]].countries, *graph.places[way.places[-1]].countries}
    return tuple(name for name in way.states if name not in ends)


def way_set(
    graph: RouteGraph, starts: Iterable[str], ends: Iterable[str], k: int, *, by: str = "both",
    without: Sequence[str] = (),
) -> list[Way]:
    """Ways of a pair by weight, without doubles, standing legs or not.

    The k best of all legs and of the open ones; then, so that some way is left when others close, the best
    without each leg of the best way, and without each state in transit and each state that takes its place.
    without : legs never to be used
    """
    origins, goals = tuple(starts), tuple(ends)
    every = frozenset(x.id for x in graph.legs.values() if x.mode in OVERLAND) - set(without)
    standing = graph.usable(modes=OVERLAND) - set(without)
    found = graph.best(origins, goals, k, by=by, legs=every)
    first = graph.best(origins, goals, k, by=by, legs=standing)
    found += first
    for best in first[:1]:
        for leg in best.legs:
            found += graph.best(origins, goals, 1, by=by, legs=standing - {leg})
        for name in transit_states(graph, best):
            left = standing - _of(graph, name)
            others = graph.best(origins, goals, 2, by=by, legs=left)
            found += others
            for second in others[:1]:
                for more in transit_states(graph, second):
                    found += graph.best(origins, goals, 1, by=by, legs=left - _of(graph, more))
    unique = {way.legs: way for way in found}
    return sorted(unique.values(), key=lambda way: graph.weight(way.days, way.cost, way.km, by))


def _of(graph: RouteGraph, state: str) -> frozenset[str]:
    return frozenset(leg.id for leg in graph.legs.values() if state in leg.controllers)
