"""Routes on a page: the map of the best ways or of every leg, with tables of ways, legs and sources."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from heartland.charts.borders import disputes_at, footer_line
from heartland.charts.render import to_svg
from heartland.charts.routes import BROAD, SLIM, Land, route_map
from heartland.charts.svg import clean_svg, colour_classes
from heartland.charts.theme import LIGHT, Palette, Row, Spec, Surface
from heartland.evidence.known import rows as known_rows
from heartland.evidence.references import publishers_of, text_reference
from heartland.region.corridor_text import answer_lines, answer_rows, course, stations, sums, to_json
from heartland.region.corridors import FREIGHT
from heartland.report.content import Cell, Figure, Section, Table, records
from heartland.report.measures import Names
from heartland.report.page import page
from heartland.report.places import AROUND, basemap_of

if TYPE_CHECKING:
    from heartland.region.corridor_answers import Answer
    from heartland.region.corridors import RouteGraph, Way
    from heartland.region.region import Region

__all__ = ["network_section", "route_page", "route_spec"]

READ = (
    "Thickness: goods on the leg. × closed or suspended, ○ planned. Legs are drawn straight, those at sea by "
    "turning points; lengths do not rest on the drawing. Squares are ports, diamonds crossings, triangles "
    "plants. Land is drawn as far as the base map reaches."
)
LEGS = (
    "leg", "from", "to", "mode", "km", "km_low", "km_high", "days", "cost_usd_20t", "controllers", "status",
)


def route_spec(
    region: Region, answer: Answer, *, command: str = "", surface: Surface = LIGHT, width: int = BROAD,
    alone: bool = True,
) -> Spec:
    """Specification of the map of an answer: the ways found among the other legs.

    alone : it stands without a page that says what each way comes to
    """
    graph = answer.graph
    use = dict.fromkeys(graph.legs, 0.0)
    for way, share in zip(answer.ways, answer.shares, strict=True):
        for leg in way.legs:
            use[leg] += share
    best = set(answer.ways[0].legs) if answer.ways else set()
    modes = {mode for way in answer.ways for mode in way.modes}
    family = FREIGHT if not modes or modes & set(FREIGHT) else tuple(modes)
    asked = set() if answer.ways else _wanted(answer)
    legs = [
        row | {"share": use[row["leg"]], "best": row["leg"] in best, "asked": row["leg"] in asked}
        for row in _legs(graph, answer.shut) if row["mode"] in family
    ]  # fmt: skip
    ends = [name for end in (answer.start, answer.end) for name in end.places]
    ranks = {name: 0 for way in answer.ways for name in (way.places[0], way.places[-1])}
    ranks = ranks or dict.fromkeys(ends, 0)
    for number, way in enumerate(answer.ways):
        for name in stations(graph, way):
            ranks.setdefault(name, 1 if number == 0 else 2)
    for way in answer.ways:
        for name in way.places:
            ranks.setdefault(name, 3)
    title = f"{_from_to(region, answer)}, {graph.at or 'no date'}"
    told = _numbered(answer) if alone else []
    notes = [f"{n}: {_carried(share)}, {sums(way)}." for n, way, share in told]
    notes += [f"Closed: {', '.join(answer.closed)}."] if answer.closed else []
    notes += [] if answer.ways else ["No way is open."]
    return route_map(
        legs, _places(graph, ranks), _labels(answer), title=title, description=_said(title, answer),
        source=command, notes=[*notes, READ, footer_line()], land=_land(region, graph, legs), surface=surface,
        width=width,
    )  # fmt: skip


def _from_to(region: Region, answer: Answer) -> str:
    """Both ends, states by their names."""
    names = Names.of(region).actors
    ends = []
    for end in (answer.start, answer.end):
        state, more = end.name.partition(" (")[::2]
        ends.append(f"{names[state]} ({more}" if more and state in names else end.name)
    return " to ".join(ends)


def _numbered(answer: Answer) -> list[tuple[int, Way, float]]:
    return [(n, way, share) for n, (way, share) in
            enumerate(zip(answer.ways, answer.shares, strict=True), start=1)]  # fmt: skip


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= 0.005 else "under 1%"


def _carried(share: float) -> str:
    return f"{_percent(share)} of the goods"


def _said(title: str, answer: Answer) -> str:
    ways = "; ".join(
        f"way {n}, {_carried(share)}: {course(answer.graph, way)}" for n, way, share in _numbered(answer)
    )
    return f"Map. {title}: {ways or 'no way is open'}."


def _wanted(answer: Answer) -> set[str]:
    """Legs of the way that would be best if every leg stood."""
    every = [leg.id for leg in answer.graph.legs.values() if leg.mode in FREIGHT]
    ways = answer.graph.best(answer.start.places, answer.end.places, 1, by=answer.by, legs=every)
    return {leg for way in ways for leg in way.legs}


def _legs(graph: RouteGraph, shut: Iterable[str] = ()) -> list[Row]:
    closed = set(shut)
    found = []
    for leg in graph.legs.values():
        start, end = (graph.places[name] for name in (leg.start, leg.end))
        found.append({
            "leg": leg.id, "mode": leg.mode, "status": "closed" if leg.id in closed else leg.status,
            "share": 0.0, "best": False,
            "points": [(start.longitude, start.latitude), *leg.via, (end.longitude, end.latitude)],
        })  # fmt: skip
    return found


def _places(graph: RouteGraph, ranks: Mapping[str, int]) -> list[Row]:
    return [
        {"place": place.id, "name": place.name, "kind": place.kind, "longitude": place.longitude,
         "latitude": place.latitude, "rank": ranks[place.id]}
        for place in graph.places.values() if place.id in ranks
    ]  # fmt: skip


def _labels(answer: Answer) -> list[Row]:
    """Each way with the legs that may carry its number: those that fewest ways take, the longest first."""
    taken = Counter(leg for way in answer.ways for leg in way.legs)
    return [
        {"way": n, "share": share, "label": f"{n}: {_percent(share)}",
         "legs": sorted(way.legs, key=lambda leg: (taken[leg], -answer.graph.legs[leg].km))}
        for n, way, share in _numbered(answer)
    ]  # fmt: skip


def _land(region: Region, graph: RouteGraph, legs: Sequence[Row]) -> Land | None:
    basemap, disputed = basemap_of(region)
    if basemap is None:
        return None
    lons, lats = zip(*(point for leg in legs for point in leg["points"]), strict=True)
    view = (min(lons) - AROUND, min(lats) - AROUND, max(lons) + AROUND, max(lats) + AROUND)
    found = disputes_at(disputed, str(graph.at or region.model.start), basemap, view)
    return Land(basemap, [segment for dispute in found for segment in dispute.segments])


def _figure(make: Any, region: Region, table: Table, name: str) -> Figure:
    """The map twice, for broad and for narrow screens; one of them is shown."""
    classes = colour_classes(LIGHT, Palette.from_rows(records(region.tables["palette"])))

    def drawn() -> str:
        parts = []
        for size, width in (("broad", BROAD), ("slim", SLIM)):
            spec = make(width=width)
            svg = clean_svg(
                to_svg(spec), prefix=f"{name}-{size}-", label=str(spec["description"]), classes=classes
            )
            parts.append(f'<div class="{size}">{svg}</div>')
        return "".join(parts)

    return Figure(name, drawn, table)


def route_page(region: Region, answer: Answer, *, command: str) -> str:
    """HTML text of the page of an answer: map, ways, legs, what closures add, where the numbers come from."""
    graph = answer.graph
    ways: list[list[Cell]] = [
        [str(n), _percent(share), _whole(way.cost), _days(way.days),
         f"{way.km:,.0f}", course(graph, way)]
        for n, way, share in _numbered(answer)
    ]  # fmt: skip
    heads = ["way", "share of the goods", "usd for 20 t", "days", "km", "course"]
    table = Table("Ways behind the map", heads, ways, frozenset({1, 2, 3, 4}))
    make = partial(route_spec, region, answer, command=command, alone=False)
    figure = _figure(make, region, table, "figure-routes")
    head, *lines = answer_lines(answer)
    rest = [line for line in lines if not line[:1].isdigit()]
    said = [f"{n}. {_carried(share)}: {sums(way)}." for n, way, share in _numbered(answer)]
    shut = f" with {', '.join(answer.closed)} closed" if answer.closed else ""
    sections = [
        Section("map", "Map", groups=[[figure]]),
        Section("legs", "Legs of the ways", tables=[_leg_table(answer)]),
        Section("sources", "Where the numbers come from", points=_sources(region, answer)),
    ]
    return page(
        sections, Palette.from_rows(records(region.tables["palette"])),
        title=f"Ways from {_from_to(region, answer)}",
        kicker=f"heartland corridors route. {region.model.title}",
        question=f"Which ways are open{shut}, and how do the goods divide among them?",
        lines=[head, *said, *rest],
        closing=f"{command}. Region {region.id} {region.model.version}, tables {region.hash[:16]}.",
        data=to_json(answer),
    )  # fmt: skip


def _whole(value: float) -> str:
    return f"{value:,.0f}" if math.isfinite(value) else "unknown"


def _days(value: float) -> str:
    return f"{value:.1f}" if math.isfinite(value) else "unknown"


def _leg_table(answer: Answer) -> Table:
    names = {place.id: place.name for place in answer.graph.places.values()}
    cells: list[list[Cell]] = []
    for row in answer_rows(answer):
        shown = {**row, "from": names[row["from"]], "to": names[row["to"]]}
        shown["days"] = _days(row["days"])
        values = (shown[key] for key in LEGS)
        cells.append([str(row["way"]), *(_whole(x) if isinstance(x, float) else str(x) for x in values)])
    heads = ["way", *(name.replace("_", " ") for name in LEGS)]
    return Table("Legs of each way", heads, cells, frozenset({5, 6, 7, 8, 9}))


def _sources(region: Region, answer: Answer) -> list[Cell]:
    """Sources of the lengths, speeds and positions used, and how many of them are assumptions."""
    used = {leg for way in answer.ways for leg in way.legs}
    passed = {place for way in answer.ways for place in way.places}
    legs = [row for row in records(region.tables["legs"]) if row["leg_id"] in used]
    nodes = [row for row in records(region.tables["nodes"]) if row["node_id"] in passed]
    said = [*((row[key], what) for row in legs for key, what in (
        ("length_source", "lengths"), ("days_basis", "speeds"), ("cost_basis", "costs"))),
        *((row["position_basis"], "positions") for row in nodes)]  # fmt: skip
    table: Mapping[str, Any] = {row["source_id"]: row for row in known_rows(region.tables["sources"])}
    names = publishers_of(known_rows(region.tables["actors"]))
    first = [(what, (str(text or "").split() or ["assumption"])[0].rstrip(":;,")) for text, what in said]
    count = Counter(first)
    return [
        f"{n} {what}: {text_reference(table[name], names) if name in table else name or 'assumption'}"
        for (what, name), n in sorted(count.items())
    ]  # fmt: skip


def network_section(region: Region, graph: RouteGraph) -> Section | None:
    """Section with the map of every leg at a date; None for a region without routes."""
    legs = _legs(graph)
    if not legs:
        return None
    own = {name for name, place in graph.places.items() if set(place.countries) & set(region.model.receivers)}
    for row in legs:
        row["asked"] = {graph.legs[row["leg"]].start, graph.legs[row["leg"]].end} <= own
    title = f"Routes of the region, {graph.at or 'no date'}"
    ends = {name for leg in graph.legs.values() for name in (leg.start, leg.end)}
    ranks = {name: 1 if place.hub_of else 3 for name, place in graph.places.items() if name in ends}
    counts = Counter(str(row["status"]) for row in legs)
    said = ", ".join(f"{n} {status.replace('-', ' ')}" for status, n in counts.items())
    make = partial(
        route_map, legs, _places(graph, ranks), title=title, description=f"Map. {title}. Legs: {said}.",
        source=f"region {region.id} {region.model.version}", notes=[READ.partition(". ")[2], footer_line()],
        land=_land(region, graph, legs),
    )  # fmt: skip
    table = Table("Legs behind the map", ["leg", "from", "to", "mode", "km", "standing"], [
        [leg.id, graph.places[leg.start].name, graph.places[leg.end].name, leg.mode, f"{leg.km:,.0f}",
         leg.status] for leg in graph.legs.values()], frozenset({4}))  # fmt: skip
    texts = [f"Legs: {said}. The best ways between two places: heartland corridors route FROM TO --chart "
             "map.html."]  # fmt: skip
    return Section("routes", "Its routes", texts=texts,
                   groups=[[_figure(make, region, table, "figure-network")]])  # fmt: skip
