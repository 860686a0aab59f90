"""Corridors in a run: legs and stages at the start, and the ways each pair has left at each step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from heartland.core.arrays import filled, joint_namespace, namespace, nowhere
from heartland.region.corridor_rates import PARAMETERS, SPREAD
from heartland.region.corridor_records import STAGES, Corridor, corridors_of, path_of
from heartland.region.corridor_sets import hubs, transit_states, way_set
from heartland.region.corridors import RouteGraph, Way, route_graph
from heartland.scenarios.plan import Floats
from heartland.scenarios.subjects.base import Opening, Reader, Subject

if TYPE_CHECKING:
    from heartland.region.region import Region

__all__ = ["STAGES", "SUBJECT"]

WAYS = 4  # best ways of a pair, of all legs and of the open ones; those around closures come on top
MIDDLE = 0.5


def _axes(region: Region) -> Mapping[str, tuple[str, ...]]:
    legs, corridors = region.tables["legs"], region.tables["corridors"]
    states = {name: None for row in legs["controllers"] for name in row}
    wills = {str(name): None for name in region.tables["corridor_wills"]["actor"]}
    return {
        "leg": tuple(map(str, legs["leg_id"])), "corridor": tuple(map(str, corridors["corridor_id"])),
        "controller": tuple({**states, **wills}),
    }


def _open(book: Opening) -> None:
    world, axes = book.world, book.axes
    graph = route_graph(world.region, world.at)
    legs = [graph.legs[name] for name in axes.ids("leg")]
    status = np.array([leg.status for leg in legs])[:, None]
    book.statics["leg_closed"] = np.isin(status, ("closed", "suspended")).astype(np.float64)
    book.statics["transit_denied"] = np.asarray(status == "closed-to-transit", dtype=np.float64)
    book.statics["leg_planned"] = np.asarray(status == "planned", dtype=np.float64)
    book.state["leg_open"] = np.asarray(status == "open", dtype=np.float64)
    book.notes.append("a leg closed at the start stays so unless a patch opens it")
    known = corridors_of(world.region, world.at)
    _stages(book, known)
    _leg_sets(book, graph, known)
    spread = book.parameters[SPREAD]
    content = repr((graph.places, graph.legs, graph.rates))
    pairs = _pairs(_Asked(content, axes.power, axes.receiver, graph))
    _ways(book, graph, pairs, "ways", axes.shape(("power", "receiver")), spread)
    for row, power in enumerate(axes.power):
        if not any(pairs[row * len(axes.receiver) : (row + 1) * len(axes.receiver)]):
            book.notes.append(f"ways of {power} unknown: its transport cost stays as at the start")
    around = [_around(graph, corridor) for corridor in known.values()]
    _ways(book, graph, around, "around", axes.shape(("corridor",)), spread)


@dataclass(frozen=True)
class _Asked:
    """Ways to look for; two are the same where graph and pairs are, whatever the day."""

    content: str
    powers: tuple[str, ...]
    receivers: tuple[str, ...]
    graph: RouteGraph = field(compare=False, repr=False)


@lru_cache(maxsize=8)
def _pairs(asked: _Asked) -> list[list[Way]]:
    """Ways of each pair of power and receiver; most starts find the legs as another start found them."""
    graph = asked.graph
    return [
        way_set(graph, hubs(graph, power), hubs(graph, receiver), WAYS) if power != receiver else []
        for power in asked.powers for receiver in asked.receivers
    ]  # fmt: skip


def _around(graph: RouteGraph, corridor: Corridor) -> list[Way]:
    """Ways between the ends of a corridor without the legs it still has to build or open."""
    path = path_of(graph, corridor)
    own = [name for name in corridor.legs if graph.legs[name].status != "open"]
    if path is None or not own:
        return []
    return way_set(graph, path.places[:1], path.places[-1:], 2, without=own)


def _stages(book: Opening, known: Mapping[str, Corridor]) -> None:
    """Stage, will of each state and money of every corridor at the start."""
    states = book.axes.ids("controller")
    stage = np.zeros((len(known), 1))
    will = np.full((len(known), len(states), 1), np.nan)
    for row, corridor in enumerate(known.values()):
        stage[row] = STAGES.index(corridor.stage)
        crossed = {*corridor.states, *corridor.sponsors} & set(states)
        for state, value in {**dict.fromkeys(crossed, MIDDLE), **corridor.wills}.items():
            will[row, states.index(state)] = value
    book.state["corridor_stage"] = stage
    book.statics["corridor_will"] = will
    book.statics["finance_gap"] = np.full(stage.shape, MIDDLE)
    book.notes.append("will of a state on a corridor, and money for it, half-way where nothing is known")


def _leg_sets(book: Opening, graph: RouteGraph, known: Mapping[str, Corridor]) -> None:
    """Which corridors bring a planned leg, and which pairs of power and receiver meet on a leg."""
    axes, legs = book.axes, book.axes.ids("leg")
    brings = np.zeros((len(known), len(legs), 1))
    for row, corridor in enumerate(known.values()):
        brings[row, [legs.index(name) for name in corridor.legs]] = 1.0
    book.statics["leg_brought"] = brings
    meets = np.zeros((*axes.shape(("power", "receiver")), len(legs), 1))
    for place, leg in enumerate(legs):
        states = graph.legs[leg].controllers
        for p, power in enumerate(axes.power):
            for r, receiver in enumerate(axes.receiver):
                meets[p, r, place] = power in states and receiver in states
    book.statics["leg_meets"] = meets


def _ways(
    book: Opening, graph: RouteGraph, sets: Sequence[Sequence[Way]], name: str, shape: tuple[int, ...],
    spread: Floats,
) -> None:
    """Arrays of ways: gates (legs and states in transit) that must be open, and weights in the choice."""
    legs, states = book.axes.ids("leg"), book.axes.ids("controller")
    many = max((len(ways) for ways in sets), default=0)
    deep = max((len(w.legs) + len(transit_states(graph, w)) for ways in sets for w in ways), default=0)
    never, always = len(legs) + len(states), len(legs) + len(states) + 1
    gates = np.full((len(sets), many, deep), never)
    excess = np.full((len(sets), many), np.inf)
    for row, ways in enumerate(sets):
        weight = [graph.weight(way.days, way.cost, way.km, "both") for way in ways]
        for place, way in enumerate(ways):
            passed = [legs.index(leg) for leg in way.legs]
            passed += [len(legs) + states.index(state) for state in transit_states(graph, way)]
            gates[row, place] = [*passed, *[always] * (deep - len(passed))]
            excess[row, place] = weight[place] / min(weight) - 1.0
    weights = np.exp(-excess[..., None] / spread)
    book.statics[f"{name}_gates"] = gates.reshape(*shape, many, deep, 1).astype(np.float64)
    book.statics[f"{name}_weight"] = weights.reshape(*shape, many, weights.shape[-1])
    first = _usable(gates, _gate_state(book.state["leg_open"], np.zeros((len(states), 1))))
    total = (weights * first).sum(axis=1)
    book.statics[f"{name}_start"] = total.reshape(*shape, total.shape[-1])


def _gate_state(leg_open: Floats, shut: Floats) -> NDArray[np.bool_]:
    """Whether each leg and each state in transit lets goods pass; the last two never and always."""
    width = max(leg_open.shape[-1], shut.shape[-1])
    ends = np.array([[False], [True]])
    parts = [leg_open >= MIDDLE, ~(shut >= MIDDLE), ends]
    xp = joint_namespace(leg_open, shut)
    standing: NDArray[np.bool_] = xp.concatenate([xp.broadcast_to(x, (x.shape[0], width)) for x in parts])
    return standing


def _usable(gates: NDArray[np.int_], standing: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether each way is open; (*sets, member), looking only at gates that are shut for somebody."""
    closed = ~np.asarray(standing.all(axis=1))[gates]
    deep = int(closed.sum(axis=-1).max(initial=0))
    first = np.argsort(~closed, axis=-1, kind="stable")[..., :deep]
    return np.asarray(np.all(standing[np.take_along_axis(gates, first, axis=-1)], axis=-2))


def _left(reader: Reader, name: str) -> Floats:
    """Sum over the open ways of their weights: that of the start where all gates stand as they did then."""
    gates: Any = reader.get(f"{name}_places")
    standing: Any = reader.get("gates_standing")
    xp = namespace(standing)
    if xp is not np:
        weight = reader.statics[f"{name}_weight"]
        whole: Floats = xp.where(standing[gates].all(axis=-2), weight, 0.0).sum(axis=-2)
        return whole
    moved = np.asarray(np.any(standing != reader.get("gates_standing_start"), axis=1))
    other = np.any(moved[gates], axis=(-2, -1))
    start = reader.statics[f"{name}_start"]
    width = max(start.shape[-1], standing.shape[-1])
    left: Floats = np.broadcast_to(start, (*start.shape[:-1], width)).copy()
    if other.any():
        left[other] = _open_weight(reader.statics[f"{name}_weight"][other], gates[other], standing)
    return left


def _places(name: str) -> Callable[[Reader], Any]:
    """Gates of each way as places on the axis of gates; (*sets, way, gate)."""
    return lambda reader: reader.statics[f"{name}_gates"][..., 0].astype(np.intp)


def _standing(reader: Reader) -> Any:
    """Whether each gate lets goods pass now; (gate, member)."""
    return _gate_state(reader.state["leg_open"], reader.statics["transit_closed"])


def _standing_start(reader: Reader) -> Any:
    """Whether each gate let goods pass at the start, when no state barred transit; (gate, member)."""
    nobody = np.zeros((reader.statics["transit_closed"].shape[0], 1))
    return _gate_state(reader.first["leg_open"], nobody)


def _open_weight(weight: Floats, gates: NDArray[np.int_], standing: NDArray[np.bool_]) -> Floats:
    """Sum over the open ways of their weights, (set, member); gone into where some gate of a way is shut."""
    always = np.asarray(standing.all(axis=1))
    always[-2] = True  # the gate of ways that are not there: they weigh nothing
    touched = ~np.asarray(always[gates].all(axis=-1))
    usable, row = _usable(gates[touched], standing), np.cumsum(touched).reshape(touched.shape) - 1
    left: Floats = np.zeros((weight.shape[0], max(weight.shape[-1], standing.shape[-1])))
    for way in range(gates.shape[1]):
        part, where = weight[:, way], touched[:, way]
        if where.any():
            part = np.broadcast_to(part, left.shape).copy()
            part[where] *= usable[row[where, way]]
        left += part
    return left


def _leg_built(reader: Reader) -> Floats:
    """1 for legs that stood at the start and for planned ones whose corridor has opened; (leg, member)."""
    opened = reader.state["corridor_stage"] == STAGES.index("open")
    stood = 1.0 - reader.statics["leg_planned"]
    xp = namespace(opened)
    built: Floats = xp.broadcast_to(stood, (stood.shape[0], opened.shape[-1])).copy()
    lacks = (stood < 1.0).any(axis=1)
    for corridor, leg in np.argwhere((reader.statics["leg_brought"][..., 0] > 0.0) & lacks):
        built = filled(built, leg, xp.maximum(built[leg], opened[corridor]))
    return built


def _leg_border(reader: Reader) -> Floats:
    """Share of the traffic stopped at the tightest border that a leg touches; (leg, member)."""
    meets, shut = reader.statics["leg_meets"], reader.state["border_shut"]
    xp = namespace(shut)
    tight: Floats = xp.zeros((meets.shape[2], shut.shape[-1]))
    for p, r in np.argwhere(meets[..., 0].any(axis=2)):
        if not nowhere(shut[p, r]):
            tight = xp.maximum(tight, meets[p, r] * shut[p, r])
    return tight


def _consent(reader: Reader) -> Floats:
    """Will of the least willing state of each corridor; NaN where it has none; (corridor, member)."""
    will = reader.statics["corridor_will"]
    xp = namespace(will)
    least = xp.where(xp.isnan(will), xp.inf, will).min(axis=1, initial=np.inf)
    known: Floats = xp.where(xp.isinf(least), xp.nan, least)
    return known


def _blocked(reader: Reader) -> Floats:
    """Part of the ways around a corridor, by their weight at the start, that has closed since; 0..1."""
    first = reader.statics["around_start"]
    left = _left(reader, "around")
    xp = joint_namespace(left, first)
    ratio = xp.where(first > 0, left / xp.where(first > 0, first, 1.0), 1.0)
    blocked: Floats = xp.clip(1.0 - ratio, 0.0, 1.0)
    return blocked


SUBJECT = Subject(
    constants={
        "leg_closed": ("leg",), "transit_denied": ("leg",), "leg_conflict": ("leg",),
        "transit_closed": ("controller",), "corridor_will": ("corridor", "controller"),
        "finance_gap": ("corridor",), "spoiler": ("corridor",),
    },
    open=_open,
    parameters=(*PARAMETERS, SPREAD),
    derived={
        "ways_places": _places("ways"), "around_places": _places("around"),
        "gates_standing": _standing, "gates_standing_start": _standing_start,
        "ways_open": lambda reader: _left(reader, "ways"),
        "leg_built": _leg_built, "leg_border": _leg_border,
        "corridor_consent": _consent, "alternative_blocked": _blocked,
    },
    axes=_axes,
)  # fmt: skip
