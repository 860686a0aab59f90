"""The route graph: places, legs and their standing at a date, and the k best loopless ways between places.

Days of a way = travel + waiting at borders + gauge changes + changes of mode + half a day at each end; cost
is that of 20 tonnes. Pipelines have a length and neither days nor cost, and no goods change into them.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

from heartland.core.dates import parse
from heartland.errors import HeartlandInputError

if TYPE_CHECKING:
    from heartland.region.region import Region

__all__ = ["FREIGHT", "Leg", "Place", "Rates", "RouteGraph", "Way", "great_circle", "route_graph"]

FREIGHT = ("rail", "road", "sea", "air")
_Links: TypeAlias = list[list[tuple[int, float]]]
PER_KM = 500.0
EARTH_KM = 6371.0088


@dataclass(frozen=True)
class Place:
    """A node of the graph; rail_days and road_days are the wait at its border, 0 where it is none."""

    id: str
    name: str
    kind: str
    countries: tuple[str, ...]
    latitude: float
    longitude: float
    rail_days: float
    road_days: float
    gauge: bool
    hub_of: tuple[str, ...]


@dataclass(frozen=True)
class Leg:
    """One stretch between two places; days and cost are NaN where nobody knows them (pipelines).

    status : open, planned, suspended, closed-to-transit or closed at the date of the graph
    via : longitudes and latitudes it is drawn through
    """

    id: str
    start: str
    end: str
    mode: str
    km: float
    low: float
    high: float
    days: float
    index: float
    controllers: tuple[str, ...]
    both: bool
    status: str
    assumed: bool
    note: str
    via: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Rates:
    """Unit prices of the graph; `day_value` is what a day in transit costs the owner of 20 tonnes, usd."""

    rail_500_km: float
    rail_border: float
    road_border: float
    change_cost: float
    change_days: float
    gauge_days: float
    end_days: float
    day_value: float
    spread: float


@dataclass(frozen=True)
class Way:
    """A path: legs in order with the places passed, and what it comes to; days and cost NaN if unknown."""

    legs: tuple[str, ...]
    places: tuple[str, ...]
    modes: tuple[str, ...]
    km: float
    km_low: float
    km_high: float
    days: float
    cost: float
    borders: int
    gauges: int
    changes: int
    states: tuple[str, ...]
    planned: tuple[str, ...] = ()


@dataclass(frozen=True)
class RouteGraph:
    """Places and legs with their standing at a date, and the unit prices."""

    places: Mapping[str, Place]
    legs: Mapping[str, Leg]
    rates: Rates
    at: date | None = None
    _cache: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    _left: dict[Any, Mapping[int, float]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def arcs(self) -> tuple[tuple[Leg, str, str], ...]:
        """Each leg in each direction of use: (leg, from, to)."""
        there = [(leg, leg.start, leg.end) for leg in self.legs.values()]
        return (*there, *((leg, leg.end, leg.start) for leg in self.legs.values() if leg.both))

    @cached_property
    def leaving(self) -> Mapping[str, tuple[int, ...]]:
        """Arcs that leave a place."""
        found: dict[str, list[int]] = {name: [] for name in self.places}
        for number, (_, start, _) in enumerate(self.arcs):
            found[start].append(number)
        return {name: tuple(numbers) for name, numbers in found.items()}

    def usable(self, *, planned: bool = False, modes: Collection[str] = FREIGHT) -> frozenset[str]:
        """Ids of the legs open at the date, those planned on request, of some modes."""
        standing = ("open", "planned") if planned else ("open",)
        return frozenset(x.id for x in self.legs.values() if x.status in standing and x.mode in modes)

    def travel(self, leg: Leg) -> tuple[float, float]:
        """Days and cost of a leg itself."""
        return leg.days, leg.km / PER_KM * self.rates.rail_500_km * leg.index

    def passing(self, place: str, before: Leg, after: Leg) -> tuple[float, float]:
        """Days and cost of going on at a place from one leg to the next."""
        rates, node, days, cost = self.rates, self.places[place], 0.0, 0.0
        if before.mode != after.mode:
            days, cost = rates.change_days, rates.change_cost
        if node.kind == "crossing":
            rail = before.mode == "rail"
            days += node.rail_days if rail else node.road_days
            cost += rates.rail_border if rail else rates.road_border
            days += rates.gauge_days if node.gauge and rail and after.mode == "rail" else 0.0
        return days, cost

    def weight(self, days: float, cost: float, km: float, by: str) -> float:
        """What a search makes least: `cost`, `days`, `both` (cost and the value of time), or `km`."""
        if by == "km":
            return km
        if by == "both":
            return cost + days * self.rates.day_value
        return cost if by == "cost" else days

    def way(self, legs: Sequence[str], start: str = "") -> Way:
        """What a sequence of legs comes to.

        start : place it begins at; found from the first two legs if not given

        Raises
        ------
        ValueError
            If a leg does not go on where the one before it ends.
        """
        chosen = [self.legs[name] for name in legs]
        places = [start or _begin(chosen)]
        for leg in chosen:
            if places[-1] not in (leg.start, leg.end if leg.both else leg.start):
                raise ValueError(f"{leg.id} does not start at {places[-1]}")
            places.append(leg.end if places[-1] == leg.start else leg.start)
        days, cost = 2 * self.rates.end_days, 0.0
        for leg in chosen:
            more = self.travel(leg)
            days, cost = days + more[0], cost + more[1]
        borders = gauges = 0
        for place, (before, after) in zip(places[1:-1], pairwise(chosen), strict=True):
            more = self.passing(place, before, after)
            days, cost = days + more[0], cost + more[1]
            crossed = self.places[place].kind == "crossing"
            borders += crossed
            gauges += crossed and self.places[place].gauge and before.mode == after.mode == "rail"
        return Way(
            tuple(legs), tuple(places), tuple(leg.mode for leg in chosen), sum(leg.km for leg in chosen),
            sum(leg.low for leg in chosen), sum(leg.high for leg in chosen), days, cost, borders, gauges,
            sum(a.mode != b.mode for a, b in pairwise(chosen)),
            tuple(dict.fromkeys(name for leg in chosen for name in leg.controllers)),
            tuple(leg.id for leg in chosen if leg.status == "planned"),
        )  # fmt: skip

    def best(
        self, starts: Iterable[str], ends: Iterable[str], k: int, *, by: str = "cost",
        legs: Collection[str] | None = None,
    ) -> list[Way]:
        """The k best ways without a place twice, best first; fewer if there are no more.

        starts, ends : places to begin and end at;  legs : ids that may be used, default the open freight legs
        Best-first over beginnings of ways, with the exact remaining weight of the way that may loop as bound
        (Hart, Nilsson and Raphael 1968), so ways come out in the order of their weight.
        """
        allowed = self.usable() if legs is None else frozenset(legs)
        goals, origins = frozenset(ends), frozenset(starts)
        step, links, _ = self._weighed(by)
        togo = self._remaining(goals, allowed, by)
        queue: list[tuple[float, float, tuple[int, ...]]] = []
        for number, (_, start, end) in enumerate(self.arcs):
            if start in origins and number in togo and end not in origins:
                heapq.heappush(queue, (step[number] + togo[number], step[number], (number,)))
        found: list[Way] = []
        while queue and len(found) < k:
            _, spent, numbers = heapq.heappop(queue)
            if self.arcs[numbers[-1]][2] in goals:
                found.append(self.way([self.arcs[n][0].id for n in numbers], self.arcs[numbers[0]][1]))
                continue
            passed = {self.arcs[n][1] for n in numbers} | origins
            for number, more in links[numbers[-1]]:
                if number in togo and self.arcs[number][2] not in passed:
                    total = spent + more + step[number]
                    heapq.heappush(queue, (total + togo[number], total, (*numbers, number)))
        return found

    def _weighed(self, by: str) -> tuple[list[float], _Links, _Links]:
        """Weight of each arc; for each arc those that may follow, and those before, with that of passing."""
        if by not in self._cache:
            step = [self.weight(*self.travel(leg), leg.km, by) for leg, _, _ in self.arcs]
            links: _Links = []
            for leg, start, end in self.arcs:
                links.append([
                    (n, self.weight(*self.passing(end, leg, self.arcs[n][0]), 0.0, by))
                    for n in self.leaving[end]
                    if self.arcs[n][2] != start and (leg.mode in FREIGHT) == (self.arcs[n][0].mode in FREIGHT)
                ])  # fmt: skip
            back: _Links = [[] for _ in self.arcs]
            for number, following in enumerate(links):
                for after, more in following:
                    back[after].append((number, more))
            self._cache[by] = step, links, back
        found: tuple[list[float], _Links, _Links] = self._cache[by]
        return found

    def _remaining(self, goals: frozenset[str], allowed: frozenset[str], by: str) -> Mapping[int, float]:
        """Least weight still to come after an arc, by arc that may be used and leads to a goal; kept."""
        asked = (goals, allowed, by)
        if asked not in self._left:
            self._left[asked] = self._search(goals, allowed, by)
        return self._left[asked]

    def _search(self, goals: frozenset[str], allowed: frozenset[str], by: str) -> dict[int, float]:
        step, _, back = self._weighed(by)
        usable = [leg.id in allowed and step[n] == step[n] for n, (leg, _, _) in enumerate(self.arcs)]
        done: dict[int, float] = {}
        queue = [(0.0, n) for n, (_, _, end) in enumerate(self.arcs) if end in goals and usable[n]]
        while queue:
            left, number = heapq.heappop(queue)
            if number in done:
                continue
            done[number] = left
            onward = left + step[number]
            for before, more in back[number]:
                if before not in done and usable[before]:
                    heapq.heappush(queue, (onward + more, before))
        return done


def _begin(legs: Sequence[Leg]) -> str:
    """The end of the first leg that the second does not touch."""
    first = legs[0]
    if len(legs) > 1 and first.both and first.start in (legs[1].start, legs[1].end):
        return first.end
    return first.start


def route_graph(region: Region, at: date | str | None = None) -> RouteGraph:
    """The route graph of a region with the standing of its legs at a date; without one, as the legs say."""
    from heartland.region.corridor_rates import rates_of

    day = parse(at).earliest if isinstance(at, str) else at
    return RouteGraph(
        {str(row["node_id"]): _place(row) for row in region.tables["nodes"].to_dict("records")},
        {leg.id: leg for leg in _legs(region.tables, day)}, rates_of(region), day,
    )  # fmt: skip


def _place(row: Mapping[Any, Any]) -> Place:
    rail, road = (_number(row[f"border_{kind}_hours"]) / 24 for kind in ("rail", "road"))
    return Place(
        str(row["node_id"]), str(row["name"]), str(row["kind"]), tuple(row["countries"]), row["latitude"],
        row["longitude"], 0.0 if math.isnan(rail) else rail, 0.0 if math.isnan(road) else road,
        row["gauge_change"] is True or row["gauge_change"] == "yes", tuple(row.get("hub_of") or ()),
    )  # fmt: skip


def _legs(tables: Mapping[str, Any], day: date | None) -> Iterable[Leg]:
    spells: dict[str, list[Mapping[Any, Any]]] = {}
    for row in tables["leg_status"].to_dict("records"):
        spells.setdefault(str(row["leg_id"]), []).append(row)
    for row in tables["legs"].to_dict("records"):
        km, name = float(row["length_km"]), str(row["leg_id"])
        low, high = _number(row["length_low"]), _number(row["length_high"])
        status = str(row["status"])
        for spell in spells.get(name, ()) if day is not None else ():
            if _holds(spell, day):
                status = str(spell["status"])
        yield Leg(
            name, str(row["from_node"]), str(row["to_node"]), str(row["mode"]), km,
            km if math.isnan(low) else low, km if math.isnan(high) else high, _number(row["days"]),
            _number(row["cost_index"]), tuple(row["controllers"]), row["direction"] == "both", status,
            str(row["length_source"]) == "assumption", str(row["note"]), _points(str(row.get("via") or "")),
        )  # fmt: skip


def _points(text: str) -> tuple[tuple[float, float], ...]:
    """Longitudes and latitudes of turning points written latitude first."""
    pairs = [part.split() for part in text.split(";") if part.strip()]
    try:
        return tuple((float(lon), float(lat)) for lat, lon in pairs)
    except ValueError:
        raise HeartlandInputError.at(
            f'via: "{text}" is not a row of turning points.', why="The leg could not be drawn.",
            fix="Write latitude and longitude, joined by ;, as in 13 51;12.5 43.4.", file="legs.csv",
            check="routes",
        ) from None  # fmt: skip


def _holds(spell: Mapping[Any, Any], day: date | None) -> bool:
    start = parse(str(spell["from"])).earliest if spell["from"] else None
    end = parse(str(spell["to"])).latest if spell["to"] else None
    return day is not None and (start is None or start <= day) and (end is None or day <= end)


def _number(value: object) -> float:
    return float(str(value)) if value not in (None, "") else math.nan


def great_circle(a: Place, b: Place) -> float:
    """Shortest distance of two places over a sphere, km (haversine formula)."""
    from heartland.evidence.audit_routes import great_circle_km

    return great_circle_km(a.latitude, a.longitude, b.latitude, b.longitude)
