"""Rows of leverage: what a break with the giver would cost the receiver, and the giver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from heartland.measures.block import Block
from heartland.measures.flows import Side, read_side
from heartland.measures.inputs import ABSENT, Inputs
from heartland.measures.leverage import asymmetric_vulnerability, log_ratio, suppliers
from heartland.measures.leverage_money import debt_parts, debt_rows, remittance_parts, remittance_rows
from heartland.measures.leverage_parts import trade_parts
from heartland.measures.leverage_trade import Losses, Trade, book_of, trade
from heartland.measures.registry import Measure, Request, register
from heartland.measures.rows import plain_quality, plain_rows, reasons
from heartland.measures.scores import Floats
from heartland.measures.selection import places

__all__ = ["supplier_rows", "trade_rows"]

Bools = npt.NDArray[np.bool_]


def trade_rows(inputs: Inputs, request: Request, *, field: str, name: str, unit: str) -> list[Block]:
    """Rows of exit cost, sale exposure, or the asymmetry of both; one per giver, receiver and date."""
    found = trade(inputs, request)
    value, draws = _value(found, field)
    absent = np.isnan(value)
    sides = _sides(found, field)
    shape = value.shape
    known = np.array([~np.isnan(side.flow).reshape(shape) for side in sides]).reshape(-1, *shape)
    stale = _any([side.stale.reshape(shape) for side in sides], shape)
    rigid = found.receiver.cost.rigid | (found.giver.cost.rigid if field in ("gap", "ratio") else False)
    zero = _known_zero(found) if field == "ratio" else np.zeros(shape, dtype=bool)
    flags: dict[str, Bools] = {"stale": stale}
    if field != "sales":
        flags["imports-only"] = ~absent
        sole = found.receiver.cost.sole | (found.giver.cost.sole if field in ("gap", "ratio") else False)
        flags["sole-supplier"] = ~absent & sole
    return [_block(
        inputs, request, name, unit, value, draws, known, flags,
        reasons(
            shape, ("self", _self(inputs)), ("not-born", _unborn(inputs)),
            ("elasticity", rigid & (field != "sales")), ("zero-level", zero),
        ),
        _worst([side.age.reshape(shape) for side in sides], shape),
        _worst([side.disagreement.reshape(shape) for side in sides], shape),
    )]


def _value(found: Trade, field: str) -> tuple[Floats, Floats | None]:
    mine, theirs = found.receiver, found.giver
    if field == "cost":
        return mine.cost.value, mine.cost_draws
    if field == "sales":
        return mine.sales, mine.sale_draws
    change = asymmetric_vulnerability if field == "gap" else log_ratio
    draws = None
    if mine.cost_draws is not None and theirs.cost_draws is not None:
        draws = change(_total(mine, drawn=True), _total(theirs, drawn=True))
    return change(_total(mine), _total(theirs)), draws


def _total(losses: Losses, *, drawn: bool = False) -> Floats:
    if not drawn:
        return np.asarray(losses.cost.value + losses.sales)
    assert losses.cost_draws is not None
    assert losses.sale_draws is not None
    return np.asarray(losses.cost_draws + losses.sale_draws)


def _known_zero(found: Trade) -> Bools:
    return np.asarray((_total(found.receiver) == 0) | (_total(found.giver) == 0))


def _sides(found: Trade, field: str) -> list[Side]:
    mine, theirs = found.receiver, found.giver
    if field == "cost":
        return list(mine.use.values())
    if field == "sales":
        return list(mine.sale.values())
    return [side for part in (mine.use, mine.sale, theirs.use, theirs.sale) for side in part.values()]


def supplier_rows(inputs: Inputs, request: Request, *, field: str, name: str, unit: str) -> list[Block]:
    """Who is left if the giver ends supply: goods by flows, arms by deliveries; one row per channel."""
    blocks = []
    for channel in ("trade", "arms"):
        shares, age, split = _supply(inputs, request, channel)
        parts = [suppliers(shares, gone) for gone in range(len(inputs.givers))]
        count, low, high, rest = (np.stack(part) for part in zip(*parts, strict=True))
        unknown = np.isnan(shares)
        value = np.where(unknown, np.nan, count) if field == "count" else low
        none = ~unknown & np.isnan(low)
        with np.errstate(invalid="ignore"):
            open_end = np.nan_to_num(rest) > 1e-9
        ends = (value, np.where(open_end, np.inf, value)) if field == "count" else (low, high)
        ends = (ends[0], np.where(np.isinf(ends[1]), np.nan, ends[1]))
        blocks.append(_block(
            inputs, request, name, unit, value, None, ~unknown[None],
            {"unmeasured-share": open_end & ~np.isnan(value)},
            reasons(
                value.shape, ("self", _self(inputs)), ("not-born", unknown & _unborn(inputs)),
                ("zero-total", none), ("unknown", unknown),
            ),
            age, split, channel=channel, ends=ends,
        ))
    return blocks


def _supply(inputs: Inputs, request: Request, channel: str) -> tuple[Floats, Floats, Floats]:
    """Shares of the givers in what each receiver gets, (giver, receiver, time), with age and disagreement."""
    shape = (len(inputs.givers), len(inputs.receivers), len(inputs.times))
    if channel == "trade":
        pairs = [(g, r) for g in inputs.givers for r in inputs.receivers]
        side = read_side(book_of(inputs, request, "goods"), pairs, inputs.times, "to")
        return side.share.reshape(shape), side.age.reshape(shape), side.disagreement.reshape(shape)
    if channel not in inputs.channels:
        nothing = np.full(shape, np.nan)
        return nothing, nothing, nothing
    k = inputs.channels.index(channel)
    with np.errstate(invalid="ignore", divide="ignore"):
        total = inputs.total[None, :, k]
        share = inputs.value[:, :, k] / np.where(total > 0, total, np.nan)
    return np.minimum(share, 1.0), inputs.age[:, :, k], inputs.disagreement[:, :, k]


def _block(
    inputs: Inputs, request: Request, name: str, unit: str, value: Floats, draws: Floats | None, known: Bools,
    flags: Mapping[str, Bools], reason: npt.NDArray[np.int8], age: Floats, split: Floats, *,
    channel: str = "", ends: tuple[Floats, Floats] | None = None,
) -> Block:
    """Block of directed rows from arrays (giver, receiver, time); known : (input, giver, receiver, time)."""
    givers, receivers = places(inputs, request)
    own = np.broadcast_to(_self(inputs), value.shape)
    value = np.where(own, np.nan, value)

    def flat(part: Any) -> Any:
        part = np.asarray(part)
        full = np.broadcast_to(part, value.shape + part.shape[3:])[givers][:, receivers]
        return full.reshape(-1, *full.shape[2:])

    count = known.sum(axis=0)
    quality = plain_quality(
        flat(value).shape, coverage=flat(count / max(len(known), 1)), age=flat(age), disagreement=flat(split),
    )
    low, high = (None, None) if ends is None else (flat(ends[0]), flat(ends[1]))
    labels = {
        "giver": [inputs.givers[g] for g in givers for _ in receivers],
        "receiver": [inputs.receivers[r] for _ in givers for r in receivers],
        "channel": [channel] * (len(givers) * len(receivers)),
        "domain": ["" if channel else "all"] * (len(givers) * len(receivers)),
    }
    return plain_rows(
        name, unit, labels, inputs.times, flat(value), draws=None if draws is None else flat(draws),
        level=request.level, low=low, high=high, reason=flat(reason), n_used=flat(count),
        n_missing=flat(len(known) - count), quality=quality,
        flags={word: flat(where) for word, where in flags.items()},
    )


def _self(inputs: Inputs) -> Bools:
    return np.array([[g == r for r in inputs.receivers] for g in inputs.givers])[..., None]


def _unborn(inputs: Inputs) -> Bools:
    return np.asarray((inputs.status == ABSENT).all(axis=2))


def _any(parts: Sequence[Bools], shape: tuple[int, ...]) -> Bools:
    return np.asarray(np.any(np.stack(parts), axis=0)) if parts else np.zeros(shape, dtype=bool)


def _worst(parts: Sequence[Floats], shape: tuple[int, ...]) -> Floats:
    out = np.full(shape, np.nan)
    for part in parts:
        out = np.fmax(out, part)
    return out


_COST = "Arkolakis, Costinot & Rodriguez-Clare 2012; Clayton, Maggiori & Schreger 2024"
_POWER = "Hirschman 1945; Keohane & Nye 1977; the sum of both losses is ours"
_DEBT = "Horn, Reinhart & Trebesch 2019"
_TRADE = ("flows", "elasticities", "base.gdp")


def _register() -> None:
    inf = float("inf")
    for field, name, unit, low, high, reading, drawn, own, citation in (
        ("cost", "exit_cost", "income share", 0.0, 1.0,
         "higher: costlier for the receiver to lose the giver's supply", "OE", False, _COST),
        ("sales", "sale_exposure", "gdp share", 0.0, inf, "higher: more exposed to the buyer", "OE", True,
         "Hirschman 1945; the measure is ours"),
        ("gap", "asymmetric_vulnerability", "income share", -1.0, 1.0,
         "positive: the giver holds the advantage", "OE", True, _POWER),
        ("ratio", "log_vulnerability", "log-points", -inf, inf,
         "positive: the receiver would lose more than the giver; logarithm of the ratio", "OE", True, _POWER),
    ):
        full = f"leverage.{name}"
        register(Measure(
            full, partial(trade_rows, field=field, name=full, unit=unit), _TRADE, unit, low, high, reading,
            "d", drawn, own, False, citation, "0.1", parts=trade_parts, options=("horizon",),
        ))
    for field, name, unit, low, high, reading, citation in (
        ("count", "suppliers_left", "count", 0.0, inf,
         "higher: more named suppliers are left if the giver ends supply", "ours"),
        ("hhi", "supplier_concentration", "index", 0.0, 1.0,
         "higher: fewer suppliers carry what is left if the giver ends supply",
         "ours; sum of squared shares: Herfindahl 1950"),
    ):
        full = f"leverage.{name}"
        register(Measure(
            full, partial(supplier_rows, field=field, name=full, unit=unit), ("flows", "x", "total"), unit,
            low, high, reading, "d", "", True, True, citation, "0.1",
            parts=trade_parts,
        ))
    register(Measure(
        "leverage.remittances", remittance_rows, ("x", "base.gdp"), "gdp share", 0.0, inf,
        "higher: more of the receiver's income comes as remittances from the giver", "d", "O", True, False,
        "ours", "0.1", parts=remittance_parts,
    ))
    for field, unit, reading, cited in (
        ("stock", "gdp share", "higher: more debt to the giver over income", _DEBT),
        ("service", "export share", "higher: the giver's loans take more of the exports", "ours"),
        ("creditor_share", "share", "higher: more of the external debt is owed to the giver", _DEBT),
    ):
        full = f"leverage.debt.{field}"
        register(Measure(
            full, partial(debt_rows, field=field, name=full, unit=unit),
            ("x", "base.gdp", "base.exports", "base.external-debt"), unit, 0.0,
            1.0 if field == "creditor_share" else inf, reading, "d", "O", cited == "ours", False, cited,
            "0.1", parts=debt_parts,
        ))


_register()
