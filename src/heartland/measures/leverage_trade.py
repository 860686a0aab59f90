"""Losses from a break in trade between every giver and receiver, in both directions, with draws."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from heartland.core.dates import parse
from heartland.core.noise import stream_normals, stream_uniforms
from heartland.errors import HeartlandInputError
from heartland.measures.flows import MECHANISM, FlowBook, Side, drawn, read_side
from heartland.measures.inputs import Inputs
from heartland.measures.leverage import ExitCost, drawn_elasticity, exit_cost, sale_exposure
from heartland.measures.registry import Request
from heartland.measures.scores import Floats

__all__ = ["HORIZON", "Good", "Losses", "Trade", "book_of", "goods_at", "incomes", "largest_age", "trade"]

Bools = npt.NDArray[np.bool_]
# Years of adjustment counted where `--option horizon` names none: the loss of the first year, the largest.
HORIZON = 1
# Income in the money of the flow.
_INCOME = {"usd": "gdp-current", "usd2015": "gdp"}


@dataclass(frozen=True)
class Good:
    """How far users of a good can adjust within the horizon; see `schema/elasticities.csv`."""

    name: str
    sigma: float
    sd: float
    elsewhere: float
    elsewhere_low: float
    elsewhere_high: float


@dataclass(frozen=True)
class Losses:
    """What one side loses, arrays (giver, receiver, time); drawn with a last axis, None without draws.

    cost, sales : exit cost, sale exposure
    use, sale : readings behind them by good, rows giver-major
    """

    cost: ExitCost
    sales: Floats
    cost_draws: Floats | None
    sale_draws: Floats | None
    use: Mapping[str, Side]
    sale: Mapping[str, Side]


@dataclass(frozen=True)
class Trade:
    """Losses of the receiver and of the giver from the same break."""

    goods: tuple[Good, ...]
    receiver: Losses
    giver: Losses


def goods_at(inputs: Inputs, horizon: int) -> tuple[Good, ...]:
    """Goods with an elasticity at a horizon, in years.

    Raises
    ------
    HeartlandInputError
        If the table has elasticities, but none at this horizon.
    """
    rows = inputs.table("elasticities").to_dict("records")
    found = tuple(
        Good(
            str(row["good"]), float(row["sigma0"]), float(row["sd"]), float(row["elsewhere"]),
            *(_or(row.get(f"elsewhere_{end}"), float(row["elsewhere"])) for end in ("low", "high")),
        )
        for row in rows if int(row["horizon"]) == horizon
    )
    if rows and not found:
        known = sorted({int(row["horizon"]) for row in rows})
        raise HeartlandInputError.at(
            f"no elasticities at a horizon of {horizon} years.", check="horizon",
            why="How much a break costs depends on the time there is to adjust.",
            fix=f"Use one of {', '.join(map(str, known))}.",
        )
    return found


def _or(value: object, default: float) -> float:
    return float(value) if isinstance(value, int | float) and not math.isnan(value) else default


def largest_age(inputs: Inputs, channel: str) -> float:
    """Years after which a figure of a channel counts as unknown."""
    frame = inputs.table("channels")
    mine = frame[frame["channel_id"] == channel] if len(frame) else frame
    return _or(float(mine["max_age_years"].iloc[0]), 3.0) if len(mine) else 3.0


def book_of(inputs: Inputs, request: Request | None, good: str) -> FlowBook:
    """Flows of a good, read once per table of results."""
    cache = {} if request is None else request.cache
    key = f"flows:{good}"
    if key not in cache:
        cache[key] = FlowBook.of(inputs.table("flows"), good, largest_age(inputs, "trade"))
    found = cache[key]
    assert isinstance(found, FlowBook)
    return found


def incomes(inputs: Inputs, unit: str = "usd") -> dict[tuple[str, int], tuple[float, str, str]]:
    """Income by (actor, year): value in the unit, observation id, source id."""
    frame = inputs.table("observations")
    found: dict[tuple[str, int], tuple[float, str, str]] = {}
    mine = frame[frame["indicator"] == _INCOME.get(unit, "gdp")] if len(frame) else frame
    for row in mine.to_dict("records"):
        day = parse(str(row["period"])).latest
        if row.get("rank") != "deprecated" and day is not None:
            found[str(row["giver"]), day.year] = (
                float(row["value"]), str(row["observation_id"]), str(row["source_id"]),
            )
    return found


def trade(inputs: Inputs, request: Request) -> Trade:
    """Losses of all givers and receivers at all dates; computed once per table and horizon."""
    horizon = int(request.options.get("horizon", HORIZON))
    key = f"trade:{horizon}"
    if key not in request.cache:
        goods = goods_at(inputs, horizon)
        income = incomes(inputs)
        n, seed = request.settings.draws, request.settings.seed
        request.cache[key] = Trade(goods, *(
            _losses(inputs, request, goods, income, n, seed, forward=forward) for forward in (True, False)
        ))
    found = request.cache[key]
    assert isinstance(found, Trade)
    return found


def _losses(
    inputs: Inputs, request: Request, goods: tuple[Good, ...], income: Mapping[tuple[str, int], Any], n: int,
    seed: int, *, forward: bool,
) -> Losses:
    """Losses of the receivers (forward) or of the givers.

    The loser buys from `source` and sells to it: ties source -> loser and loser -> source.
    """
    pairs = [(g, r) if forward else (r, g) for g in inputs.givers for r in inputs.receivers]
    shape = (len(inputs.givers), len(inputs.receivers), len(inputs.times))
    use, sale, central, draws = {}, {}, [], []
    for good in goods:
        book = book_of(inputs, request, good.name)
        back = [(loser, source) for source, loser in pairs]
        bought = use[good.name] = read_side(book, pairs, inputs.times, "to")
        sold = sale[good.name] = read_side(book, back, inputs.times, "")
        losers = [loser for _, loser in pairs]
        gdp = [_income(income, losers, side.year) for side in (bought, sold)]
        with np.errstate(invalid="ignore", divide="ignore"):
            central.append((bought.share, bought.whole / gdp[0], sold.flow / gdp[1]))
            if n:
                flow, rest = drawn(book, pairs, bought, n, seed, "to")
                sales, _ = drawn(book, back, sold, n, seed, "")
                whole = flow + rest
                draws.append((flow / whole, whole / gdp[0][..., None], sales / gdp[1][..., None]))
    if not goods:
        nothing = np.full((1, *shape), np.nan)
        blank = exit_cost(nothing, nothing, np.full(nothing.shape, 2.0))
        return Losses(blank, nothing[0], None, None, {}, {})
    share, spending, sales = (np.stack(part).reshape(-1, *shape) for part in zip(*central, strict=True))
    column = (-1, 1, 1, 1)
    sigma = np.array([good.sigma for good in goods]).reshape(column)
    elsewhere = np.array([good.elsewhere for good in goods]).reshape(column)
    cost = exit_cost(share, spending, sigma)
    exposed = sale_exposure(sales, np.ones(shape), elsewhere)
    if not n:
        return Losses(cost, exposed, None, None, use, sale)
    share, spending, sales = (np.stack(part).reshape(-1, *shape, n) for part in zip(*draws, strict=True))
    adjust = [_adjusting(good, n, seed) for good in goods]
    sigma, elsewhere = (np.stack(part).reshape(-1, 1, 1, 1, n) for part in zip(*adjust, strict=True))
    costs = exit_cost(share, spending, sigma).value
    return Losses(cost, exposed, costs, sale_exposure(sales, np.ones((*shape, n)), elsewhere), use, sale)


def _income(income: Mapping[tuple[str, int], Any], losers: list[str], years: Floats) -> Floats:
    """Income of the loser in the year of the reading; unknown stays unknown."""
    out = np.full(years.shape, np.nan)
    for i, loser in enumerate(losers):
        for t, year in enumerate(years[i]):
            if not math.isnan(year):
                out[i, t] = income.get((loser, int(year)), (math.nan,))[0]
    return out


def _adjusting(good: Good, n: int, seed: int) -> tuple[Floats, Floats]:
    """Drawn elasticity and re-routable part of a good, the same for every cell, date and horizon."""
    sigma = drawn_elasticity(good.sigma, good.sd, stream_normals(seed, MECHANISM, "elasticity", good.name, n))
    u = stream_uniforms(seed, MECHANISM, "elsewhere", good.name, n)
    return sigma, good.elsewhere_low + u * (good.elsewhere_high - good.elsewhere_low)


def day_of(cell: Mapping[str, Any], inputs: Inputs) -> date:
    """Date of a cell, default the inputs' first."""
    text = cell.get("date")
    return inputs.times[0] if not text else date.fromisoformat(str(text))
