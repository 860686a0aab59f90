"""The table of routes read at dates: alternatives of a user and market with shares, costs, spare room."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from heartland.core.dates import add_months, parse
from heartland.core.noise import stream_normals, stream_uniforms
from heartland.measures.inputs import Inputs
from heartland.measures.registry import Request
from heartland.measures.routes import cost_shares
from heartland.measures.scores import Floats
from heartland.measures.single import records

__all__ = ["MAX_AGE", "RouteSet", "route_parts", "route_sets"]

# Years after which observed shares count as unknown; routes change slowly. An assumption.
MAX_AGE = 10.0
Key: TypeAlias = tuple[str, str]


@dataclass(frozen=True)
class RouteSet:
    """Routes of one user and market at a date, in table order.

    share, cost, spare : (route,), spare NaN unknown;  *_draws : (route, draw) or None
    crossed, legs : of each route;  open : no leg is closed at the date
    by_cost : shares follow from costs;  assumed : part of the volume whose share is an assumption
    mark : the same for dates at which nothing but the age differs
    """

    rows: tuple[Mapping[str, Any], ...]
    share: Floats
    cost: Floats
    spare: Floats
    share_draws: Floats | None
    cost_draws: Floats | None
    spare_draws: Floats | None
    crossed: tuple[frozenset[str], ...]
    legs: tuple[frozenset[str], ...]
    open: npt.NDArray[np.bool_]
    by_cost: bool
    assumed: float
    age: float
    mark: tuple[Any, ...] = ()

    @property
    def unknown_spare(self) -> bool:
        """Some open route's spare capacity is not known."""
        return bool((np.isnan(self.spare) & self.open).any())

    def spare_ends(self, *, drawn: bool = False) -> list[Floats]:
        """Spare capacities: one case if all are known, else the unknown ones as none, then without limit."""
        spare = self.spare_draws if drawn and self.spare_draws is not None else self.spare
        if not np.isnan(spare).any():
            return [spare]
        return [np.where(np.isnan(spare), end, spare) for end in (0.0, np.inf)]


def route_sets(inputs: Inputs, request: Request) -> list[tuple[Key, list[RouteSet | None]]]:
    """Route sets of every user and market at every date, None where nothing is known; once per table."""
    if "routes" not in request.cache:
        request.cache["routes"] = _all_sets(inputs, request)
    found: list[tuple[Key, list[RouteSet | None]]] = request.cache["routes"]
    return [(key, sets) for key, sets in found if request.receiver in (None, key[0])]


def _all_sets(inputs: Inputs, request: Request) -> list[tuple[Key, list[RouteSet | None]]]:
    groups: dict[Key, list[dict[str, Any]]] = {}
    for row in records(inputs.table("routes")):
        groups.setdefault((str(row["user"]), str(row["goods"])), []).append(row)
    legs = {str(row["leg_id"]): row for row in records(inputs.table("legs"))}
    spells: dict[str, list[dict[str, Any]]] = {}
    for row in records(inputs.table("leg_status")):
        spells.setdefault(str(row["leg_id"]), []).append(row)
    found = []
    for key, rows in groups.items():
        sets: list[RouteSet | None] = []
        remembered: dict[tuple[Any, ...], RouteSet] = {}
        for day in inputs.times:
            chosen, end = _current(rows, day)
            if not chosen:
                sets.append(None)
                continue
            usable = tuple(all(_open(leg, legs, spells, day) for leg in row["legs"]) for row in chosen)
            mark = (str(chosen[0]["period"]), usable)
            if mark not in remembered:
                remembered[mark] = replace(_set(key, chosen, usable, request), mark=(key, *mark))
            age = 0.0 if end is None else (day - end).days / 365.25
            sets.append(replace(remembered[mark], age=age))
        found.append((key, sets))
    return found


def _current(rows: list[dict[str, Any]], day: date) -> tuple[list[dict[str, Any]], date | None]:
    """Rows of the newest period that has ended and is not too old, else the rows without a period."""
    ends = {}
    for row in rows:
        end = parse(str(row["period"])).latest if row["period"] else None
        if end is not None and add_months(day, -round(12 * MAX_AGE)) <= end <= day:
            ends[str(row["period"])] = end
    if not ends:
        return [row for row in rows if not row["period"]], None
    newest = max(ends, key=lambda period: ends[period])
    return [row for row in rows if row["period"] == newest], ends[newest]


def _open(
    leg: str, legs: Mapping[str, Mapping[str, Any]], spells: Mapping[str, list[dict[str, Any]]], day: date,
) -> bool:
    """Whether a leg can be used at a date: the standing of a spell that holds, else that of the leg."""
    for spell in spells.get(leg, ()):
        start = parse(str(spell["from"])).earliest if spell["from"] else None
        end = parse(str(spell["to"])).latest if spell["to"] else None
        if (start is None or start <= day) and (end is None or day <= end):
            return str(spell["status"]) == "open"
    return str(legs.get(leg, {}).get("status", "open") or "open") == "open"


def _set(key: Key, rows: list[dict[str, Any]], usable: tuple[bool, ...], request: Request) -> RouteSet:
    n, seed = request.settings.draws, request.settings.seed
    open_ = np.array(usable)
    share, cost, spare = (np.array([float(row[name]) for row in rows]) for name in ("share", "cost", "spare"))
    by_cost = bool(np.isnan(share).all())
    cost_draws = spare_draws = share_draws = None
    if n:
        slots = [f"{key[0]}:{key[1]}:{row['route_id']}" for row in rows]
        cost_draws = np.stack([
            value * _factor(row, "cost", seed, slot, n)
            for value, row, slot in zip(cost, rows, slots, strict=True)
        ])
        spare_draws = np.stack([
            _uniform(value, row, seed, slot, n) for value, row, slot in zip(spare, rows, slots, strict=True)
        ])
    if by_cost:
        share = _by_cost(cost, open_)
        if cost_draws is not None:
            share_draws = _by_cost(cost_draws, open_)
    else:
        share = np.nan_to_num(share)
        share = share / share.sum()
        if n:
            moved = np.stack([
                value * _factor(row, "share", seed, slot, n)
                for value, row, slot in zip(share, rows, slots, strict=True)
            ])
            share_draws = moved / moved.sum(axis=0)
    guessed = np.array([row.get("status") == "assumption" for row in rows])
    return RouteSet(
        tuple(rows), share, cost, spare, share_draws, cost_draws, spare_draws,
        tuple(frozenset(map(str, row["states_crossed"])) for row in rows),
        tuple(frozenset(map(str, row["legs"])) for row in rows), open_, by_cost,
        1.0 if by_cost else float(share[guessed].sum()), 0.0,
    )


def _by_cost(cost: Floats, usable: npt.NDArray[np.bool_]) -> Floats:
    """Shares by cost among open routes; all of them where none is open."""
    if not usable.any():
        return cost_shares(cost)
    share = np.zeros(cost.shape)
    share[usable] = cost_shares(cost[usable])
    return share


def _factor(row: Mapping[str, Any], name: str, seed: int, slot: str, n: int) -> Floats:
    """Drawn factor on a figure from its own 90 % interval, 1 where there is none."""
    low, high = float(row[f"{name}_low"]), float(row[f"{name}_high"])
    if not 0 < low < high:
        return np.ones(n)
    moved = math.log(high / low) / 3.29 * stream_normals(seed, "measure", f"route-{name}", slot, n)
    return np.asarray(np.exp(moved))


def _uniform(value: float, row: Mapping[str, Any], seed: int, slot: str, n: int) -> Floats:
    low, high = float(row["spare_low"]), float(row["spare_high"])
    if not 0 <= low < high:
        return np.full(n, value)
    return np.asarray(low + (high - low) * stream_uniforms(seed, "measure", "route-spare", slot, n))


def route_parts(inputs: Inputs, cell: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row per route of a user and market: share, cost and spare capacity; only `through` is additive."""
    from heartland.measures.indices import Settings

    request = Request(Settings(draws=0), receiver=str(cell["receiver"]))
    goods, other = str(cell.get("channel") or ""), str(cell.get("other") or "")
    additive = str(cell["measure"]) == "route.through"
    rows: list[dict[str, Any]] = []
    for key, sets in route_sets(inputs, request):
        found = sets[0]
        if found is None or (goods and key[1] != goods):
            continue
        for k, row in enumerate(found.rows):
            crosses = other in found.crossed[k] or other in found.legs[k]
            extra = {
                "channel": key[1], "observation_id": f"{key[0]}:{key[1]}:{row['route_id']}",
                "source_id": ";".join(map(str, row["source_id"])), "period": str(row["period"]),
                "status": str(row.get("status", "")),
            }
            rows.append({
                **extra, "part": f"share of {row['route_id']}", "raw value": found.share[k], "unit": "share",
                "transform": "from costs" if found.by_cost else "observed", "score": float(crosses),
                "weight": found.share[k], "contribution": found.share[k] * crosses if additive else math.nan,
                "flag": "" if additive else "not additive",
            })
            for name, value, unit in (
                ("cost", found.cost[k], str(row["cost_unit"])), ("spare", found.spare[k], "share"),
            ):
                rows.append({
                    **extra, "part": f"{name} of {row['route_id']}", "raw value": float(value), "unit": unit,
                    "contribution": math.nan, "flag": "unknown" if math.isnan(value) else "not additive",
                })
    return rows
