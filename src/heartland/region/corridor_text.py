"""Routes in words: the answer of ten lines, rows of tables, and the record of one corridor."""

from __future__ import annotations

import math
from typing import Any

from heartland.region.corridor_answers import Answer, Closing, compared
from heartland.region.corridor_records import Corridor, path_of
from heartland.region.corridor_sets import transit_states
from heartland.region.corridors import FREIGHT, RouteGraph, Way

__all__ = [
    "answer_lines", "answer_rows", "corridor_row", "corridor_text", "course", "stations", "sums", "to_json",
]

ORDER = {"cost": "cost of 20 t", "days": "days", "both": "cost and value of time", "km": "length"}


def answer_lines(answer: Answer) -> list[str]:
    """The answer: ways, bottleneck, what closures add, comparisons that a text has otherwise."""
    closed = f"; closed: {', '.join(answer.closed)}" if answer.closed else ""
    at = answer.graph.at.isoformat() if answer.graph.at else "no date"
    head = f"{answer.start.name} to {answer.end.name}, {at}, by {ORDER[answer.by]}{closed}."
    if not answer.ways:
        return [head, "No way is open." + _usual(answer), *_shut(answer)]
    lines = [head]
    for number, way in enumerate(answer.ways):
        uses = ", ".join(f"{name} {part:.0%}" for name, part in answer.uses[number])
        planned = f"; planned: {', '.join(way.planned)}" if way.planned else ""
        lines.append(
            f"{number + 1}. {sums(way)}; {answer.shares[number]:.0%} of the goods; "
            f"{course(answer.graph, way)}{planned}{f' [{uses}]' if uses else ''}"
        )
    lines.append(_bottleneck(answer))
    if answer.closed:
        lines.append(_usual(answer).strip())
    for said in answer.said:
        figures = "; ".join(f"{name} {sums(way)}" for name, way in compared(answer, said))
        lines.append(
            f"Said otherwise in {said.article} ({said.issue}, {said.fact}): {said.said} Read here: "
            f"{said.reading}. {figures}."
        )
    return [*lines, _basis(answer)]


def sums(way: Way) -> str:
    """Cost, days and length of a way in words."""
    known = math.isfinite(way.cost)
    money = f"{way.cost:,.0f} usd, {way.days:.1f} days, " if known else "days and cost unknown, "
    return f"{money}{way.km:,.0f} km"


def course(graph: RouteGraph, way: Way) -> str:
    """Places where the mode changes or a border lies, and what is crossed."""
    names = " - ".join(graph.places[name].name for name in stations(graph, way))
    states = ", ".join(transit_states(graph, way)) or "no other state"
    modes = ", ".join(dict.fromkeys(way.modes))
    return f"{names} ({modes}); crosses {states}; {way.borders} borders, {way.gauges} gauge changes"


def stations(graph: RouteGraph, way: Way) -> list[str]:
    """Ends of a way, and the places between at which the mode changes or a border or port lies."""
    kept = [way.places[0]]
    for number, place in enumerate(way.places[1:-1]):
        changed = way.modes[number] != way.modes[number + 1]
        if changed or graph.places[place].kind in ("crossing", "port"):
            kept.append(place)
    return [*kept, way.places[-1]]


def _bottleneck(answer: Answer) -> str:
    if not answer.closings:
        return "Bottleneck: none, the best way crosses no other state."
    first, *rest = answer.closings
    others = f" Then {'; '.join(_adds(item) for item in rest[:3])}." if rest else ""
    return f"Bottleneck: {_adds(first)}.{others}"


def _adds(closing: Closing) -> str:
    if math.isinf(closing.ratio):
        return f"{closing.state}, without which no way is open"
    more = f"{closing.ratio - 1:+.0%}"
    if math.isfinite(closing.cost):
        more = f"{closing.cost:+,.0f} usd and {closing.days:+.1f} days, {more}"
    return f"{closing.state} ({more} if it closes; {closing.ways_left} of the ways above stay open)"


def _usual(answer: Answer) -> str:
    if answer.usual is None:
        return " None is open without the closures either."
    if not answer.ways:
        return f" Without the closures the best comes to {sums(answer.usual)}."
    best = answer.ways[0]
    if not math.isfinite(best.cost):
        return f" The closures add {best.km - answer.usual.km:,.0f} km."
    return (f" The closures add {best.cost - answer.usual.cost:,.0f} usd and "
            f"{best.days - answer.usual.days:.1f} days to the best way.")  # fmt: skip


def _shut(answer: Answer) -> list[str]:
    """The best way if every leg stood, and which of its legs do not."""
    every = [leg.id for leg in answer.graph.legs.values() if leg.mode in FREIGHT]
    ways = answer.graph.best(answer.start.places, answer.end.places, 1, by=answer.by, legs=every)
    legs = [answer.graph.legs[name] for way in ways for name in way.legs]
    shut = ", ".join(f"{leg.id} {leg.status}" for leg in legs if leg.status != "open")
    return [f"If all legs stood: {sums(ways[0])}; not open of them: {shut}."] if ways and shut else []


def _basis(answer: Answer) -> str:
    legs = {leg for way in answer.ways for leg in way.legs}
    guessed = sum(answer.graph.legs[leg].assumed for leg in legs)
    return (f"Lengths are assumptions within 10 % on {guessed} of {len(legs)} legs used; unit costs and "
            "waits as in parameters route.*; capacity is unknown on every leg, so no "
            "way fills up.")  # fmt: skip


def answer_rows(answer: Answer) -> list[dict[str, Any]]:
    """One row for each leg of each way."""
    rows = []
    for number, way in enumerate(answer.ways):
        for place, name in enumerate(way.legs):
            leg = answer.graph.legs[name]
            days, cost = answer.graph.travel(leg)
            rows.append({
                "way": number + 1, "share": answer.shares[number], "leg": name, "from": way.places[place],
                "to": way.places[place + 1], "mode": leg.mode, "km": leg.km, "km_low": leg.low,
                "km_high": leg.high, "days": days, "cost_usd_20t": cost,
                "controllers": ";".join(leg.controllers), "status": leg.status,
            })  # fmt: skip
    return rows


def to_json(answer: Answer) -> dict[str, Any]:
    """The answer as plain data; unknown and infinite numbers become null."""

    def plain(x: float) -> float | None:
        return x if math.isfinite(x) else None

    return {
        "schema": "heartland.corridors.route/1", "from": list(answer.start.places),
        "to": list(answer.end.places), "at": str(answer.graph.at or ""), "by": answer.by,
        "closed": list(answer.closed),
        "ways": [
            {"legs": list(way.legs), "places": list(way.places), "modes": list(way.modes), "km": way.km,
             "km_low": way.km_low, "km_high": way.km_high, "days": plain(way.days),
             "cost_usd_20t": plain(way.cost) if way.cost else None, "borders": way.borders,
             "gauge_changes": way.gauges, "mode_changes": way.changes, "states": list(way.states),
             "planned": list(way.planned), "capacity": None, "share": share,
             "corridors": dict(uses)}
            for way, share, uses in zip(answer.ways, answer.shares, answer.uses, strict=True)
        ],
        "closings": [
            {"state": item.state, "cost": plain(item.cost), "days": plain(item.days),
             "ratio": plain(item.ratio), "ways_left": item.ways_left}
            for item in answer.closings
        ],
        "said_otherwise": [
            {"issue": item.issue, "fact": item.fact, "article": item.article, "said": item.said,
             "reading": item.reading, "corridors": list(item.corridors)}
            for item in answer.said
        ],
    }  # fmt: skip


def corridor_row(graph: RouteGraph, corridor: Corridor) -> list[str]:
    """Id, name, stage, length, days, cost and states of a corridor, as texts."""
    way = path_of(graph, corridor)
    known = way is not None and math.isfinite(way.cost)
    return [
        corridor.id, corridor.name, corridor.stage, f"{way.km:,.0f}" if way else "",
        f"{way.days:.1f}" if way and known else "", f"{way.cost:,.0f}" if way and known else "",
        ", ".join(corridor.states), "" if way else corridor.kind,
    ]  # fmt: skip


def corridor_text(graph: RouteGraph, corridor: Corridor) -> list[str]:
    """What is recorded of one corridor, line by line."""
    way = path_of(graph, corridor)
    lines = [f"{corridor.id}  {corridor.name} ({corridor.kind}): {corridor.endpoints}."]
    if way is not None:
        lines.append(f"{sums(way)} (length {way.km_low:,.0f} to {way.km_high:,.0f} km); "
                     f"{course(graph, way)}.")  # fmt: skip
    if corridor.no_path:
        lines.append(f"No single path: {corridor.no_path}.")
    lines.append(f"Stage: {corridor.stage}. Standing in the texts: {corridor.status_text or 'none'}.")
    for spell in corridor.spells:
        rests = spell.source or spell.basis
        lines.append(f"  {spell.begins or 'always'}  {spell.stage}  ({rests}: {spell.note})")
    if corridor.wills:
        least = min(corridor.wills, key=lambda name: corridor.wills[name])
        said = ", ".join(f"{name} {value:g}" for name, value in corridor.wills.items())
        lines.append(f"Will, 0 to 1: {said}; the least willing is {least}.")
    for name in corridor.legs:
        leg = graph.legs[name]
        lines.append(f"  {name}  {leg.start} - {leg.end}  {leg.mode}  {leg.km:,.0f} km  "
                     f"{';'.join(leg.controllers)}  {leg.status}")  # fmt: skip
    if corridor.facts:
        lines.append(f"Facts: {', '.join(corridor.facts)}.")
    return [*lines, *([f"Note: {corridor.note}"] if corridor.note else [])]
