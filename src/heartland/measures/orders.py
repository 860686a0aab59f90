"""Declared orders: who is inside, who is kept out, and what share outsiders have against what is expected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from heartland.core.dates import add_months
from heartland.core.noise import stream_normals, stream_uniforms
from heartland.errors import HeartlandInputError, suggestion
from heartland.measures.flows import MECHANISM, FlowBook, pool
from heartland.measures.gravity_family import expected
from heartland.measures.inputs import Inputs
from heartland.measures.leverage_trade import book_of
from heartland.measures.registry import Request
from heartland.measures.scores import Floats
from heartland.measures.single import central, channel_draws, records

__all__ = ["KINDS", "Order", "Share", "inside", "newest_turnovers", "observed", "orders", "shared_orders"]

# One error for every source of a share, so that the spread between them alone sets the mean (assumption).
_ALIKE = 0.1

Bools = npt.NDArray[np.bool_]
# Kinds of ties coded from channels: channel and the least level or amount that counts as a tie.
KINDS = {
    "basing": ("presence", 2.0), "treaty": ("commitment", 1.0), "exercise": ("exercises", 0.0),
    "arms": ("arms", 0.0),
}
_GRAVITY = "trade"
# By source: flows with each giver, `in` and `out`, and all turnover outside the region.
Turnovers: TypeAlias = dict[str, tuple[dict[str, dict[str, float]], float]]


@dataclass(frozen=True)
class Order:
    """One row of the table of orders.

    members : at each date of the inputs; nobody where memberships are not at hand
    """

    id: str
    organisation: str
    outsiders: tuple[str, ...]
    kinds: tuple[str, ...]
    channels: tuple[str, ...]
    comparison: tuple[str, ...]
    members: tuple[frozenset[str], ...]


@dataclass(frozen=True)
class Share:
    """Outsiders' share in each receiver, (receiver, time), drawn with a last axis or None.

    known : outsiders with a known tie;  nothing : the receiver's total is 0
    """

    share: Floats
    expectation: Floats
    share_draws: Floats | None
    expectation_draws: Floats | None
    known: npt.NDArray[np.int64]
    nothing: Bools
    age: Floats
    disagreement: Floats
    stale: Bools


def orders(inputs: Inputs, request: Request) -> list[Order]:
    """Declared orders; with `other`, those of that organisation.

    Raises
    ------
    HeartlandInputError
        If a kind of ties has no coding.
    """
    if "orders" not in request.cache:
        request.cache["orders"] = _orders(inputs)
    found: list[Order] = request.cache["orders"]
    return [order for order in found if request.other in (None, order.organisation, order.id)]


def _orders(inputs: Inputs) -> list[Order]:
    found = []
    for row in records(inputs.table("orders")):
        name = str(row["organisation"])
        order = Order(
            str(row["order_id"]), name, tuple(row["outsiders"]), tuple(row["kinds"]),
            tuple(row.get("channels") or ()), tuple(row.get("comparison") or ()),
            tuple(
                frozenset() if inputs.members is None else frozenset(inputs.members(name, day))
                for day in inputs.times
            ),
        )
        for kind in order.kinds:
            if kind not in KINDS and kind != "membership":
                raise HeartlandInputError.at(
                    f'"{kind}" is no kind of tie.', check="order-kind", file="series/orders.csv",
                    why="A tie is present or absent by a rule of coding.",
                    fix=suggestion(kind, (*KINDS, "membership"), listing=f"Kinds: {', '.join(KINDS)}."),
                )
        found.append(order)
    return found


def inside(inputs: Inputs, order: Order) -> Bools:
    """(receiver, time), true where the receiver is a member at the date."""
    return np.array([
        [receiver in members for members in order.members] for receiver in inputs.receivers
    ]).reshape(len(inputs.receivers), len(inputs.times))


def shared_orders(inputs: Inputs, declared: Sequence[Order]) -> Floats:
    """1 where giver and receiver share one of the declared organisations, else 0; NaN without members."""
    out = np.zeros((len(inputs.givers), len(inputs.receivers), len(inputs.times)))
    for order in declared:
        for t, members in enumerate(order.members):
            ours = np.array([giver in members for giver in inputs.givers])
            out[:, :, t] += ours[:, None] & np.array([receiver in members for receiver in inputs.receivers])
    known = any(members for order in declared for members in order.members)
    return np.minimum(out, 1.0) if known else np.full(out.shape, np.nan)


def observed(inputs: Inputs, request: Request, order: Order, channel: str) -> Share:
    """Observed and expected share of an order's outsiders in one channel, for every receiver."""
    return _by_flows(inputs, request, order) if channel == _GRAVITY else _by_channel(
        inputs, request, order, channel,
    )


def _by_channel(inputs: Inputs, request: Request, order: Order, channel: str) -> Share:
    """Shares in a channel; expected: the mean of the declared comparison set."""
    value = central(inputs, channel)
    shape = value.shape[1:]
    outsider = np.array([name in order.outsiders for name in inputs.givers])
    own = np.array([[g == r for r in inputs.receivers] for g in inputs.givers])[..., None]
    known = ~np.isnan(value) & outsider[:, None, None] & ~own
    total = np.full(shape, np.nan)
    age = split = np.full(shape, np.nan)
    if channel in inputs.channels:
        k = inputs.channels.index(channel)
        total = inputs.total[:, k]
        with np.errstate(invalid="ignore"):
            age = _largest(np.where(known, inputs.age[:, :, k], np.nan))
            split = _largest(np.where(known, inputs.disagreement[:, :, k], np.nan))
    some = known.any(axis=0)
    share = _share(value, total, known, some)
    drawn = channel_draws(inputs, request, channel)
    share_draws = expectation_draws = None
    if request.settings.draws:
        share_draws = np.full((*shape, request.settings.draws), np.nan)
        if drawn is not None:
            share_draws = _share(drawn[0], drawn[1], known[..., None], some[..., None])
        expectation_draws = _compared(inputs, order, share_draws)
    return Share(
        share, _compared(inputs, order, share), share_draws, expectation_draws, known.sum(axis=0),
        np.asarray(total == 0), age, split, np.zeros(shape, dtype=bool),
    )


def _share(value: Floats, total: Floats, known: Bools, some: Bools) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(known, value, 0.0).sum(axis=0) / np.where(total > 0, total, np.nan)
    return np.where(some, share, np.nan)


def _compared(inputs: Inputs, order: Order, share: Floats) -> Floats:
    """Mean share of the comparison set, without the receiver itself and without members; NaN of nobody."""
    listed = np.array([name in order.comparison for name in inputs.receivers])[:, None]
    listed = listed & ~inside(inputs, order)
    out = np.full(share.shape, np.nan)
    for r in range(len(share)):
        use = listed.copy()
        use[r] = False
        use = use.reshape(*use.shape, *(1,) * (share.ndim - 2)) & ~np.isnan(share)
        with np.errstate(invalid="ignore", divide="ignore"):
            out[r] = np.where(use, share, 0.0).sum(axis=0) / use.sum(axis=0)
    return out


def _largest(values: Floats) -> Floats:
    out = np.full(values.shape[1:], np.nan)
    for row in values:
        out = np.fmax(out, row)
    return out


def turnovers(
    inputs: Inputs, book: FlowBook, receiver: str, year: int,
) -> Turnovers:
    """By source: flows with each giver (`in`, `out`) and all turnover outside the region, usd."""
    found = {}
    sources = set(book.values.get(("", receiver), {}).get(year, {}))
    sources &= set(book.values.get((receiver, ""), {}).get(year, {}))
    for source in sorted(sources):
        def flow(tie: tuple[str, str], of: str = source) -> float:
            return book.values.get(tie, {}).get(year, {}).get(of, (np.nan, 0.0))[0]

        whole = flow(("", receiver)) + flow((receiver, ""))
        region = [name for name in inputs.receivers if name != receiver]
        near = [flow(tie) for name in region for tie in ((name, receiver), (receiver, name))]
        whole -= float(np.nansum(near))
        ties = {g: {"in": flow((g, receiver)), "out": flow((receiver, g))} for g in inputs.givers}
        if whole > 0:
            found[source] = (ties, whole)
    return found


def newest_turnovers(
    inputs: Inputs, book: FlowBook, receiver: str, day: date,
) -> tuple[int, Turnovers] | None:
    """Turnovers of the last year that has ended by a day and has totals; None without any."""
    for year in sorted(book.values.get(("", receiver), {}), reverse=True):
        if date(year, 12, 31) <= day:
            found = turnovers(inputs, book, receiver, year)
            if found:
                return year, found
    return None


def _by_flows(inputs: Inputs, request: Request, order: Order) -> Share:
    """Shares in goods turnover outside the region; expected: gravity, over the outsiders observed."""
    book, gravity = book_of(inputs, request, "goods"), expected(inputs, request, _GRAVITY)
    shape = (len(inputs.receivers), len(inputs.times))
    n = request.settings.draws
    arrays = {name: np.full(shape, np.nan) for name in ("share", "expectation", "age", "split")}
    draws = {name: np.full((*shape, n), np.nan) for name in ("share", "expectation")} if n else None
    known, stale = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=bool)
    for r, receiver in enumerate(inputs.receivers):
        for t, day in enumerate(inputs.times):
            said = newest_turnovers(inputs, book, receiver, day)
            if said is None:
                continue
            end = date(said[0], 12, 31)
            stale[r, t] = end < add_months(day, -round(12 * book.max_age))
            places = [] if stale[r, t] else [
                g for g, giver in enumerate(inputs.givers)
                if giver in order.outsiders and giver != receiver
                and any(_whole(ties[giver]) is not None for ties, _ in said[1].values())
            ]
            known[r, t] = len(places)
            if not places:
                continue
            arrays["age"][r, t] = (day - end).days / 365.25
            found = np.array([_outside(inputs, places, *pair) for pair in said[1].values()])
            arrays["share"][r, t] = _middle(found)
            if len(found) > 1 and found.max() > 0:
                arrays["split"][r, t] = (found.max() - found.min()) / found.max()
            arrays["expectation"][r, t] = gravity.value[places, r, t].sum()
            if draws is not None and gravity.draws is not None:
                draws["share"][r, t] = _drawn_share(inputs, book, receiver, said, places, request)
                draws["expectation"][r, t] = gravity.draws[places, r, t].sum(axis=0)
    return Share(
        arrays["share"], arrays["expectation"], None if draws is None else draws["share"],
        None if draws is None else draws["expectation"], known, np.zeros(shape, dtype=bool), arrays["age"],
        arrays["split"], stale,
    )


def _whole(tie: dict[str, float]) -> float | None:
    """Turnover of a tie; one direction stands for both where the other is unknown, None without any."""
    sides = [x for x in tie.values() if not np.isnan(x)]
    return float(sum(sides)) if sides else None


def _outside(
    inputs: Inputs, places: list[int], ties: dict[str, dict[str, float]], whole: float,
) -> float:
    return sum(_whole(ties[inputs.givers[g]]) or 0.0 for g in places) / whole


def _middle(shares: Floats) -> float:
    inner = (shares > 0) & (shares < 1)
    if len(shares) == 1 or not inner.all():
        return float(shares.mean())
    y = pool(np.log(shares / (1 - shares)), np.full(len(shares), _ALIKE))[0]
    return float(1 / (1 + np.exp(-y)))


def _drawn_share(
    inputs: Inputs, book: FlowBook, receiver: str, said: tuple[int, Turnovers], places: list[int],
    request: Request,
) -> Floats:
    """Outsiders' share by draw: one source for the receiver, each flow with its own error; the rest stays."""
    n, seed = request.settings.draws, request.settings.seed
    year, by_source = said
    drawn, races = [], []
    for source, (ties, whole) in by_source.items():
        moved = np.zeros(n)
        centre = 0.0
        for g in places:
            giver = inputs.givers[g]
            for tie, x in (((giver, receiver), ties[giver]["in"]), ((receiver, giver), ties[giver]["out"])):
                if np.isnan(x):
                    continue
                s = book.values[tie][year][source][1]
                slot = f"{tie[0]}>{tie[1]}:{book.good}|{source}"
                if slot not in request.cache:
                    request.cache[slot] = stream_normals(seed, MECHANISM, "error", slot, n)
                moved += x * np.exp(s * request.cache[slot])
                centre += x
        drawn.append(moved / (whole - centre + moved))
        slot = f"turnover:{receiver}|{source}"
        races.append(-np.log(np.maximum(stream_uniforms(seed, MECHANISM, "source", slot, n), 2.0**-54)))
    picked = np.stack(races).argmin(axis=0)[None]
    return np.asarray(np.take_along_axis(np.stack(drawn), picked, axis=0)[0])
