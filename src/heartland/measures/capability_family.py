"""Rows of capability: composite index and surplus output of any modelled actor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from heartland.core.dates import parse
from heartland.errors import HeartlandInputError
from heartland.measures.alignment_sources import last_before
from heartland.measures.alignment_tables import STALE_AGE
from heartland.measures.block import Block
from heartland.measures.capability import (
    COMPONENTS,
    SUBSISTENCE,
    Surplus,
    cinc,
    drawn_logs,
    shares,
    surplus_draws,
)
from heartland.measures.inputs import Inputs
from heartland.measures.registry import Measure, Request, register
from heartland.measures.rows import plain_quality, plain_rows, reasons
from heartland.measures.scores import Floats

__all__ = ["cinc_rows", "surplus_rows"]

_OUTPUT, _RESIDENTS, _SUM = "gdp-2011ppp", "population", "cinc-sum"


@dataclass(frozen=True)
class _Figures:
    """Figures of some components at the dates asked for.

    value, sd, world : (component, actor, time), NaN unknown;  age : (time,) years
    periods : of each date, empty where nothing is recent enough;  sources : by component
    system : (time,) sum of the index over the system
    """

    value: Floats
    sd: Floats
    world: Floats
    age: Floats
    periods: tuple[str, ...]
    sources: Mapping[str, str]
    system: Floats


def _figures(inputs: Inputs, components: Sequence[str]) -> _Figures:
    """The last year with any figure for the components that ended by each date, if recent enough.

    All components of one date are of one year: the first changes currency once, and shares of two years
    would not add up.
    """
    frame = inputs.table("capabilities")
    rows = frame[frame["component"].isin([*components, _SUM])].to_dict("records") if len(frame) else []
    mine = [row for row in rows if row["component"] in components]
    ends = {str(row["period"]): parse(row["period"]).latest for row in mine}
    years = sorted((end, period) for period, end in ends.items() if end is not None)
    found = [last_before(tuple(end for end, _ in years), day) for day in inputs.times]
    periods = tuple("" if k is None else years[k][1] for k, _ in found)
    shape = len(components), len(inputs.actors), len(periods)
    value, sd, world = (np.full(shape, np.nan) for _ in range(3))
    system = np.full(len(periods), np.nan)
    for row in rows:
        for t in [t for t, period in enumerate(periods) if period == row["period"]]:
            if row["component"] == _SUM:
                system[t] = row["value"]
                continue
            k = components.index(row["component"])
            world[k, :, t] = row["world"]
            if row["actor"] in inputs.actors:
                where = k, inputs.actors.index(row["actor"]), t
                value[where], sd[where] = row["value"], row["sd"]
    sources = {str(row["component"]): str(row["source_id"]) for row in mine}
    return _Figures(value, sd, world, np.array([age for _, age in found]), periods, sources, system)


def _actors(inputs: Inputs, request: Request) -> list[int]:
    return list(range(len(inputs.actors))) if request.giver is None else [inputs.actors.index(request.giver)]


def _renormalise(options: Mapping[str, Any]) -> bool:
    word = str(options.get("renormalise", "no")).casefold()
    if word not in ("yes", "no", "true", "false"):
        raise HeartlandInputError.at(
            f'"{word}" is not a choice of renormalise.', check="capability-renormalise",
            why="The index is divided by its sum over all states or left as published.", fix="Use yes or no.",
        )
    return word in ("yes", "true")


def cinc_rows(inputs: Inputs, request: Request) -> list[Block]:
    """Composite index of national capability at the last year known."""
    figures = _figures(inputs, COMPONENTS)
    whole = figures.system if _renormalise(request.options) else None
    value = cinc(figures.value, figures.world, renormalise=whole)
    draws = None
    if request.settings.draws > 0 and np.nan_to_num(figures.sd).any():
        parts = [
            drawn_logs(figures.value[k], figures.sd[k], name, inputs.actors, request.settings.seed,
                       request.settings.draws)
            for k, name in enumerate(COMPONENTS)
        ]
        over = None if whole is None else whole[:, None]
        draws = cinc(np.stack(parts), figures.world[..., None], renormalise=over)
    known = (~np.isnan(figures.value)).sum(axis=0)
    return [_block(inputs, request, "capability.cinc", "share", figures, value, draws, known, {})]


def _surplus(inputs: Inputs, seed: int, n: int) -> tuple[_Figures, Surplus]:
    figures = _figures(inputs, (_OUTPUT, _RESIDENTS))
    drawn = None
    if n > 0:
        output, residents = (
            drawn_logs(figures.value[k], figures.sd[k], name, inputs.actors, seed, n)
            for k, name in enumerate((_OUTPUT, _RESIDENTS))
        )
        drawn = output, residents
    return figures, surplus_draws(figures.value[0], figures.value[1], drawn)


def surplus_rows(inputs: Inputs, request: Request, *, log: bool) -> list[Block]:
    """Surplus output, or its natural logarithm, at the last year known."""
    figures, found = _surplus(inputs, request.settings.seed, request.settings.draws)
    known = (~np.isnan(figures.value)).sum(axis=0)
    exact = not np.nan_to_num(figures.sd).any()
    draws = None if exact else found.log_draws if log else found.draws
    value = found.log if log else found.value
    name, unit = ("capability.sdp_ln", "log-points") if log else ("capability.sdp", "usd2011ppp")
    flags = {"near-zero": found.near_zero & ~np.isnan(value)}
    return [_block(inputs, request, name, unit, figures, value, draws, known, flags)]


def _block(
    inputs: Inputs, request: Request, name: str, unit: str, figures: _Figures, value: Floats,
    draws: Floats | None, known: Any, flags: Mapping[str, Any],
) -> Block:
    pick = _actors(inputs, request)
    count = len(figures.value)
    age = np.broadcast_to(figures.age, value.shape)
    quality = plain_quality(
        (len(pick), len(inputs.times)), coverage=(known / count)[pick], age=age[pick],
    )
    gone = np.isnan(value)
    why = reasons(value.shape, ("zero-level", gone & (known == count)), ("unknown", gone))
    flags = {**flags, "stale": ~gone & (age >= STALE_AGE)}
    if name == "capability.cinc":
        flags["renormalised"] = ~gone & (known < count)
    return plain_rows(
        name, unit, {"giver": [inputs.actors[k] for k in pick], "domain": ["all"] * len(pick)}, inputs.times,
        value[pick], draws=None if draws is None else draws[pick], level=request.level, reason=why[pick],
        n_used=known[pick], n_missing=(count - known)[pick], quality=quality,
        flags={word: where[pick] for word, where in flags.items()},
    )


def _rows_of(figures: _Figures, names: Sequence[str], at: int, units: Sequence[str]) -> list[dict[str, Any]]:
    rows = []
    for k, name in enumerate(names):
        raw = float(figures.value[k, at, 0])
        rows.append({
            "part": "component", "observation_id": name, "source_id": figures.sources.get(name, ""),
            "period": figures.periods[0], "raw value": raw, "unit": units[k],
            "status": "unknown" if np.isnan(raw) else "observed", "flag": "",
        })
    return rows


def cinc_parts(inputs: Inputs, cell: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row per component: its share of the system, equal weights over what is observed."""
    figures = _figures(inputs, COMPONENTS)
    at = inputs.actors.index(str(cell["giver"]))
    score = shares(figures.value, figures.world)[:, at, 0]
    known = ~np.isnan(score)
    weight = np.where(known, 1 / max(known.sum(), 1), 0.0)
    units = ("usd", "persons", "tonnes", "tonnes", "persons", "persons")
    return [
        row | {"transform": "share of the system", "score": float(score[k]), "weight": float(weight[k]),
               "contribution": float(weight[k] * score[k]) if known[k] else 0.0}
        for k, row in enumerate(_rows_of(figures, COMPONENTS, at, units))
    ]


def surplus_parts(inputs: Inputs, cell: Mapping[str, Any], *, log: bool) -> list[dict[str, Any]]:
    """Output and what residents need to live; the logarithm is not additive. 1,000 draws of seed 1."""
    figures, found = _surplus(inputs, 1, 1000)
    at = inputs.actors.index(str(cell["giver"]))
    share = float(found.zero_share[at, 0])
    adds = not log and bool(found.value[at, 0] > 0)
    flag = "" if adds else "not additive"
    if share > 0:
        flag = "; ".join(filter(None, (flag, f"no surplus in {share:.3g} of draws")))
    rows = _rows_of(figures, (_OUTPUT, _RESIDENTS), at, ("usd2011ppp", "persons"))
    for row, weight, word in zip(
        rows, (1.0, -SUBSISTENCE), ("output", f"{SUBSISTENCE:g} a head to live"), strict=True,
    ):
        row |= {
            "transform": word, "score": row["raw value"], "weight": weight, "flag": flag,
            "contribution": weight * row["raw value"] if adds else np.nan,
        }
    return rows


def _register() -> None:
    register(Measure(
        "capability.cinc", cinc_rows, ("capabilities",), "share", 0.0, 1.0,
        "higher: more of the system's material capability", "a", "O", False, False,
        "Singer, Bremer & Stuckey 1972", "0.1", anyone=True, parts=cinc_parts, options=("renormalise",),
    ))
    for log, name, unit in ((False, "sdp", "usd2011ppp"), (True, "sdp_ln", "log-points")):
        register(Measure(
            f"capability.{name}", partial(surplus_rows, log=log), ("capabilities",), unit,
            float("-inf") if log else 0.0, float("inf"),
            "higher: more output left once everybody can live", "a", "O", False, False,
            "Anders, Fariss & Markowitz 2020", "0.1", anyone=True, parts=partial(surplus_parts, log=log),
        ))


_register()
