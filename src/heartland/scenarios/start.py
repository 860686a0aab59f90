"""The world at a date as the start of a run: states, constants and volumes, by parameter draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from heartland.core.noise import stream_normals
from heartland.errors import HeartlandInputError
from heartland.measures.draws import start_draws
from heartland.measures.influence import InfluenceSpec
from heartland.measures.tidy import inputs
from heartland.region.rules import version_at
from heartland.scenarios.plan import Floats
from heartland.scenarios.practices import stand
from heartland.scenarios.rulebook import HOME
from heartland.scenarios.state import Axes, state_catalogue
from heartland.scenarios.subjects import subjects
from heartland.scenarios.subjects.base import Opening, stated

if TYPE_CHECKING:
    from heartland.region.world import World

__all__ = ["NEUTRAL", "ONCE", "PARAMETERS", "Start", "constants", "parameters", "start_of"]

# parameters of the region that the start needs and no mechanism declares
PARAMETERS = ("start.capacity", "start.capacity-sd", "start.trend-years", "start.default-trend")
# parameters of which the start reads one draw for all: the first of the run
ONCE = ("start.trend-years", "start.default-trend", "start.openness")

# what no table says at any start, and how the run takes it
ASSUMED = (
    "unrest, hardship, attitude, tension and credit start at 0: they are changes since the start",
    "no incumbent is taken to have come to power by revolt at the start",
    "the home region of every power is the receivers, weighted by their output",
    "what a refusing patron loses goes to the other insiders, by their share of trade",
)

# constants that scenarios may patch and that are neutral unless they do: name -> axes
NEUTRAL: Mapping[str, tuple[str, ...]] = {
    "union": ("power", "receiver"),
    "sanction": ("power", "receiver"),
    "cost": ("power", "receiver"),
    "policy_rate": ("power", "receiver"),
    "relief": ("power", "receiver"),
    "invitation": ("power", "receiver"),
    "action_cost": ("power", "receiver"),
    "partner_opposed": ("organisation", "receiver"),
    "overstretch": ("power",),
    "election": ("receiver",),
    "price_shock": ("receiver",),
    "austerity": ("receiver",),
    "external_threat": ("receiver",),
    "reassurance": ("power", "power"),
    "exclusive_claim": ("power", "power"),
    "power_trade": ("power", "power"),
}


@dataclass(frozen=True)
class Start:
    """Start of a run; the last axis of every array is the draw, or 1 where nothing is drawn.

    state, statics : by name; volumes : (power, receiver, draw) by channel; totals, bases : (receiver, 1)
    unknown : what had no value in the ledger and how the run treats it, for the report
    """

    state: Mapping[str, Floats]
    statics: Mapping[str, Floats]
    volumes: Mapping[str, Floats]
    totals: Mapping[str, Floats]
    bases: Mapping[str, Floats]
    spec: InfluenceSpec
    unknown: tuple[str, ...] = field(default=())


def constants() -> dict[str, tuple[str, ...]]:
    """Axes of every constant that a patch may touch: those of the core and those of the subjects."""
    found = dict(NEUTRAL)
    for subject in subjects().values():
        found.update(subject.constants)
    return found


def parameters() -> tuple[str, ...]:
    """Ids of the parameters that the start needs."""
    return (*PARAMETERS, *(name for subject in subjects().values() for name in subject.parameters))


def start_of(
    world: World, axes: Axes, parameters: Mapping[str, Floats], seed: int, draws: int,
    own: tuple[str, ...] = (), first: int = 0,
) -> Start:  # fmt: skip
    """Take states and constants from the pooled ledger at the world's date.

    Parameters
    ----------
    parameters : (draw,) by id, holding at least `PARAMETERS`
    draws : number of parameter draws; each also draws the error of every observation
    own : the region's own receivers, where the scenario simulates further ones; default all
    first : number of the first draw; `ONCE` are read from the first one given

    Raises
    ------
    HeartlandInputError
        If the region does not list output among its indicators; any other one may be missing, and is unknown.
    """
    notes = list(ASSUMED)
    known = inputs(world, constants=False)
    if "gdp" not in known.base:
        raise HeartlandInputError.at(
            'indicators.csv has no row "gdp".', why="A run begins from the output of every actor.",
            fix="Add the row, and the output of each actor to observations.csv.", check="indicator",
        )  # fmt: skip
    drawn = start_draws(known, draws, seed, first=first)
    volumes = {name: np.asarray(values, dtype=np.float64) for name, values in drawn.volume.items()}
    totals = {name: np.asarray(values, dtype=np.float64) for name, values in drawn.total.items()}
    bases = {name: np.asarray(values[:, 0], dtype=np.float64)[:, None] for name, values in known.base.items()}
    statics = _statics(world, axes, own or axes.receiver, parameters, volumes, totals, bases, notes)
    state = _states(world, axes, parameters, volumes, bases, statics, seed, draws, notes, first)
    statics["accustomed"] = statics["insider"][:, None, :] * state["presence"]
    statics["presence_start"] = state["presence"]
    book = Opening(
        world, axes, parameters, seed, draws, state, statics, volumes, totals, bases, own or axes.receiver,
        notes, first,
    )  # fmt: skip
    for subject in subjects().values():
        for name, on in subject.constants.items():
            statics.setdefault(name, np.zeros((*axes.shape(on), 1)))
        if subject.open is not None:
            subject.open(book)
    practices = {name: item.constants[name] for item in subjects().values() for name in sorted(item.standing)}
    stand(book, practices)
    return Start(state, statics, volumes, totals, bases, known.spec, tuple(dict.fromkeys(notes)))


def _states(
    world: World,
    axes: Axes,
    parameters: Mapping[str, Floats],
    volumes: Mapping[str, Floats],
    bases: Mapping[str, Floats],
    statics: Mapping[str, Floats],
    seed: int,
    draws: int,
    notes: list[str],
    first: int,
) -> dict[str, Floats]:
    state = {spec.name: np.zeros((*axes.shape(spec.axes), 1)) for spec in state_catalogue().values()}
    presence = volumes.get("presence", np.full((*axes.shape(("power", "receiver")), draws), np.nan))
    if np.isnan(presence).any():
        notes.append("security presence unknown for some ties: started at 0, shown as unknown in influence")
    state["effort"] = np.nan_to_num(presence)
    state["presence"] = np.clip(state["effort"], 0.0, 4.0)
    state["remittances"] = volumes.get("remittances", np.full_like(presence, np.nan))
    state["gdp"] = _gdp(world, axes, notes)
    output = bases.get("gdp-current", bases["gdp"])
    debt = volumes.get("debt", np.full_like(presence, np.nan))
    state["debt_ratio"] = debt / output[None]
    centre = parameters["start.capacity"]
    noise = [stream_normals(seed, "start", "capacity", name, draws, first) for name in axes.receiver]
    state["capacity"] = np.clip(
        centre[None] + parameters["start.capacity-sd"][None] * np.stack(noise), 0.05, 0.95
    )
    state["ideal_point"] = _ideal(world, axes, seed, draws, notes, first)
    return state


def _gdp(world: World, axes: Axes, notes: list[str]) -> Floats:
    values = np.array([stated(world, name, "gdp").value for name in axes.actor])
    for name in np.array(axes.actor)[np.isnan(values)]:
        notes.append(f"output of {name} unknown at the start: only its changes count, level set to 1")
    return np.where(np.isnan(values), 1.0, values)[:, None]


def _ideal(world: World, axes: Axes, seed: int, draws: int, notes: list[str], first: int) -> Floats:
    rows = []
    for name in axes.actor:
        found = stated(world, name, "ideal-point")
        if np.isnan(found.value):
            notes.append(f"ideal point of {name} unknown at the start")
        error = stream_normals(seed, "start", "ideal-point", name, draws, first)
        rows.append(found.value + np.nan_to_num(found.sd) * error)
    return np.stack(rows)


def _statics(
    world: World,
    axes: Axes,
    own: tuple[str, ...],
    parameters: Mapping[str, Floats],
    volumes: Mapping[str, Floats],
    totals: Mapping[str, Floats],
    bases: Mapping[str, Floats],
    notes: list[str],
) -> dict[str, Floats]:
    done = {name: np.zeros((*axes.shape(on), 1)) for name, on in NEUTRAL.items()}
    output = bases.get("gdp-current", bases["gdp"])
    nothing = np.full((*axes.shape(("power", "receiver")), 1), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        done["trade_share"] = np.clip(volumes.get("trade", nothing) / totals["trade"][None], 0.0, 1.0)
        done["remit_share"] = volumes.get("remittances", nothing) / output[None]
    done["oil_share"] = _rents(world, axes, notes)
    done["trend"] = _trend(world, axes, parameters, notes)
    places = [axes.actor.index(name) for name in axes.receiver]
    done["trend_receiver"] = done["trend"][places]
    done["trend_power"] = done["trend"][[axes.actor.index(name) for name in axes.power]]
    home = np.array([float(name in own) for name in axes.receiver])
    size = np.nan_to_num(bases["gdp"])[:, 0] * home
    weight = size / size.sum() if size.sum() > 0 else home / home.sum()
    done["home_weight"] = np.broadcast_to(
        weight[None, :, None], (*axes.shape(("power", "receiver")), 1)
    ).copy()
    model = world.region.model
    done["insider"] = np.array([[float(name in model.insiders)] for name in axes.power])
    done["exporter"] = np.array([[float(name in model.exporters)] for name in axes.power])
    done["own_currency"] = np.array([[float(name != model.rival)] for name in axes.power])
    done["rivalry_start"] = _rivalry(world, axes, notes)
    done["glue_start"] = np.zeros((*axes.shape(("power", "power")), 1))
    contagion = (1.0 - np.eye(len(home))) * home * home[:, None] / max(home.sum() - 1, 1)
    done["contagion_weight"] = contagion[..., None]
    done.update(_alliances(world, axes, done["trade_share"]))
    return done


def _rents(world: World, axes: Axes, notes: list[str]) -> Floats:
    rows = []
    for name in axes.receiver:
        parts = [stated(world, name, kind).value for kind in ("oil-rents", "gas-rents")]
        if np.isnan(parts).all():
            notes.append(f"oil and gas rents of {name} unknown: taken as 0")
        rows.append([float(np.nansum(parts))])
    return np.array(rows)


def _trend(world: World, axes: Axes, parameters: Mapping[str, Floats], notes: list[str]) -> Floats:
    """Mean log growth of output at constant prices over the last years known; (actor, 1) per year."""
    years = int(parameters["start.trend-years"][0])
    fallback = float(parameters["start.default-trend"][0])
    table = world.region.ledger.as_of(known_by=world.known_by).observations
    gdp = table[(table["indicator"] == "gdp") & (table["rank"] != "deprecated")]
    rows = []
    for name in axes.actor:
        own = gdp[gdp["giver"] == name]
        series = own.assign(year=own["period"].str[:4].astype(int)).groupby("year")["value"].median()
        series = series[series.index <= last_year(world)].sort_index().iloc[-(years + 1) :]
        if len(series) < 3:
            notes.append(f"growth trend of {name} unknown: {fallback:.0%} a year assumed")
            rows.append([fallback])
            continue
        span = int(series.index[-1]) - int(series.index[0])
        rows.append([float(np.log(series.iloc[-1] / series.iloc[0])) / span])
    return np.array(rows)


def _rivalry(world: World, axes: Axes, notes: list[str]) -> Floats:
    """Distance of each power's ideal point from the common rival's, in sd of its own history; (power, 1).

    Needs ten years known up to the start; the rival itself and powers without them get NaN.
    """
    table = world.region.ledger.as_of(known_by=world.known_by).observations
    points = table[(table["indicator"] == "ideal-point") & (table["rank"] != "deprecated")]
    points = points.assign(year=points["period"].str[:4].astype(int))
    wide = points[points["year"] <= last_year(world)].pivot_table("value", "year", "giver", aggfunc="median")
    rival = world.region.model.rival
    rows: list[list[float]] = []
    stale: dict[int, list[str]] = {}
    for name in axes.power:
        gap = (wide[name] - wide[rival]).abs().dropna() if {name, rival} <= set(wide.columns) else None
        if gap is None or len(gap) < 10 or name == rival or not gap.std() > 0:
            rows.append([np.nan])
            if name != rival:
                notes.append(
                    f"rivalry of {name} with the common rival unknown at the start: taken as average"
                )
            continue
        if int(gap.index[-1]) < last_year(world):
            stale.setdefault(int(gap.index[-1]), []).append(name)
        rows.append([float((gap.iloc[-1] - gap.mean()) / gap.std())])
    for year, names in sorted(stale.items()):
        notes.append(
            f"rivalry with the common rival is that of {year}, the last year known: {', '.join(names)}"
        )
    return np.array(rows)


def _alliances(world: World, axes: Axes, trade_share: Floats) -> dict[str, Floats]:
    """Which power decides about troops in each organisation, and who stands in where one refuses."""
    lead = np.zeros((len(axes.organisation), len(axes.power), 1))
    for row, name in enumerate(axes.organisation):
        record = version_at(world.region.organisations[name], HOME, world.at)
        if record is not None and record.lead in axes.power:
            lead[row, axes.power.index(record.lead)] = 1.0
    leads = {name for place, name in enumerate(axes.power) if lead[:, place].any()}
    near_powers = [name for name in world.region.model.insiders if name not in leads]
    pool = near_powers or [name for name in axes.power if name not in leads]
    others = np.array([name in pool for name in axes.power], dtype=np.float64)[:, None, None]
    weight = np.nan_to_num(trade_share) * others
    total = weight.sum(axis=0, keepdims=True)
    substitute = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)
    return {"lead": lead, "substitute_weight": substitute}


def last_year(world: World) -> int:
    """Last calendar year that is over at the world's date: later figures would be look-ahead."""
    over = (world.at.month, world.at.day) == (12, 31)
    return world.at.year if over else world.at.year - 1


def neighbours(world: World) -> dict[str, set[str]]:
    """States joined by a leg of the route graph that crosses their border by rail or road."""
    nodes = world.region.tables["nodes"].set_index("node_id")["countries"].to_dict()
    legs = world.region.tables["legs"]
    found: dict[str, set[str]] = {}
    for start, end, mode in zip(legs["from_node"], legs["to_node"], legs["mode"], strict=True):
        if mode not in ("rail", "road"):
            continue
        states = {*nodes.get(start, ()), *nodes.get(end, ())}
        for name in states:
            found.setdefault(name, set()).update(states - {name})
    return found
