"""Rows of exclusion: the gap between outsiders' observed and expected share, and the closure of an order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from heartland.measures.block import Block
from heartland.measures.exclusion import LEAST_EXPECTED, Closure, closure_of, gap
from heartland.measures.exclusion_parts import closure_parts, gap_parts
from heartland.measures.inputs import Inputs
from heartland.measures.orders import KINDS, Order, inside, observed, orders, shared_orders
from heartland.measures.registry import Measure, Request, register
from heartland.measures.rows import plain_quality, plain_rows, reasons
from heartland.measures.scores import Floats
from heartland.measures.single import central, channel_draws

__all__ = ["closure_rows", "gap_rows"]

Bools = npt.NDArray[np.bool_]


def gap_rows(inputs: Inputs, request: Request) -> list[Block]:
    """One row per order, channel, member and date; `other` is the organisation."""
    chosen = [
        (order, channel) for order in orders(inputs, request) for channel in order.channels
    ]
    if not chosen:
        return [_nothing(inputs, request, "exclusion.gap", "share", list(inputs.receivers))]
    places = range(len(inputs.receivers)) if request.receiver is None else [
        inputs.receivers.index(request.receiver)
    ]
    parts = [observed(inputs, request, order, channel) for order, channel in chosen]
    keep = [(k, r) for k in range(len(chosen)) for r in places]

    def rows(name: str) -> Any:
        return np.stack([getattr(parts[k], name)[r] for k, r in keep])

    member = np.stack([inside(inputs, chosen[k][0])[r] for k, r in keep])
    share, expectation = rows("share"), rows("expectation")
    value = np.where(member, gap(share, expectation), np.nan)
    draws = None
    if parts[0].share_draws is not None and all(part.expectation_draws is not None for part in parts):
        draws = gap(rows("share_draws"), rows("expectation_draws"))
    known = rows("known")
    declared = np.array([[len(chosen[k][0].outsiders)] for k, _ in keep])
    with np.errstate(invalid="ignore"):
        small = ~(expectation >= LEAST_EXPECTED)
    return [plain_rows(
        "exclusion.gap", "share",
        {
            "receiver": [inputs.receivers[r] for _, r in keep],
            "other": [chosen[k][0].organisation for k, _ in keep],
            "channel": [chosen[k][1] for k, _ in keep], "domain": [""] * len(keep),
        },
        inputs.times, value, draws=draws, level=request.level,
        reason=reasons(
            value.shape, ("not-applicable", ~member), ("zero-total", rows("nothing")),
            ("unknown", np.isnan(share)), ("no-expectation", small),
        ),
        n_used=known, n_missing=declared - known,
        quality=plain_quality(
            value.shape, coverage=known / declared, age=rows("age"), disagreement=rows("disagreement"),
        ),
        flags={"stale": rows("stale")},
    )]


def _nothing(inputs: Inputs, request: Request, name: str, unit: str, receivers: Sequence[str]) -> Block:
    """Rows that say that no order is declared."""
    asked = request.receiver
    chosen = list(receivers) if asked is None or asked not in receivers else [asked]
    labels = {"receiver": chosen, "other": [request.other or ""] * len(chosen)}
    return plain_rows(name, unit, labels, inputs.times, np.full((len(chosen), len(inputs.times)), np.nan))


def closure_rows(inputs: Inputs, request: Request) -> list[Block]:
    """One row per order and date, all kinds of ties together or one per kind; `other`: the organisation."""
    labels: dict[str, list[str]] = {"other": [], "channel": [], "domain": []}
    found: list[Closure] = []
    drawn: list[Floats] = []
    declared: list[npt.NDArray[np.int64]] = []
    for order in orders(inputs, request):
        counts = {kind: _counts(inputs, request, order, kind) for kind in order.kinds}
        groups = [("", list(counts.values()))]
        if request.by == "channel":
            groups = [(kind, [pair]) for kind, pair in counts.items()]
        for kind, pairs in groups:
            labels["other"].append(order.organisation)
            labels["channel"].append(kind)
            labels["domain"].append("" if kind else "all")
            found.append(closure_of(*_summed([pair[0] for pair in pairs])))
            declared.append(_possible(inputs, order, len(pairs)))
            if request.settings.draws > 0:
                drawn.append(closure_of(*_summed([pair[1] for pair in pairs])).value)
    if not found:
        return [_nothing(inputs, request, "exclusion.closure", "index", [""])]
    value = np.stack([part.value for part in found])
    possible = [np.stack([getattr(part, name) for part in found]) for name in ("possible_in", "possible_out")]
    present = np.stack([part.present_in + part.present_out for part in found])
    used = (possible[0] + possible[1]).astype(np.int64)
    whole = np.maximum(np.stack(declared), used)
    none = (present == 0) & (possible[0] > 0) & (possible[1] > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        cover = np.nan_to_num(used / whole)
    return [plain_rows(
        "exclusion.closure", "index", labels, inputs.times, value, draws=np.stack(drawn) if drawn else None,
        level=request.level, reason=reasons(value.shape, ("zero-level", none), ("unknown", True)),
        n_used=used, n_missing=whole - used, quality=plain_quality(value.shape, coverage=cover),
    )]


def _summed(parts: Sequence[Floats]) -> Floats:
    return np.asarray(np.sum(np.stack(parts), axis=0))


def _sides(inputs: Inputs, order: Order) -> tuple[Bools, Bools]:
    """Cells (giver, receiver, time) from members to members, and from outsiders to members."""
    member = inside(inputs, order)[None]
    ours = np.stack([[name in members for name in inputs.givers] for members in order.members], axis=1)
    theirs = np.array([name in order.outsiders for name in inputs.givers])[:, None] & ~ours
    other = np.array([[g != r for r in inputs.receivers] for g in inputs.givers])[..., None]
    return ours[:, None] & member & other, theirs[:, None] & member & other


def _possible(inputs: Inputs, order: Order, kinds: int) -> npt.NDArray[np.int64]:
    """Cells that are possible at each date, of all kinds."""
    inner, outer = _sides(inputs, order)
    return np.asarray((inner | outer).sum(axis=(0, 1)) * kinds)


def _counts(inputs: Inputs, request: Request, order: Order, kind: str) -> tuple[Floats, Floats]:
    """Present and possible inside, then outside: (4, time), and (4, time, draw)."""
    ties, draws = _ties(inputs, request, kind)
    rows: list[Floats] = []
    drawn: list[Floats] = []
    for mask in _sides(inputs, order):
        cells = np.flatnonzero(mask.any(axis=2).reshape(-1))
        use = mask.reshape(-1, mask.shape[2])[cells]
        for table, out in ((ties, rows), (draws, drawn)):
            if table is None:
                continue
            values = table.reshape(-1, *table.shape[2:])[cells]
            shown = use.reshape(*use.shape, *(1,) * (values.ndim - 2)) & ~np.isnan(values)
            out += [np.where(shown, values, 0.0).sum(axis=0), shown.sum(axis=0).astype(np.float64)]
    n = request.settings.draws
    if draws is None and n:
        drawn = [np.repeat(row[:, None], n, axis=1) for row in rows]
    return np.stack(rows), np.stack(drawn) if drawn else np.stack(rows)


def _ties(inputs: Inputs, request: Request, kind: str) -> tuple[Floats, Floats | None]:
    """Ties of a kind, 1 present, 0 absent, NaN unknown: (giver, receiver, time), drawn if they can vary."""
    if kind == "membership":
        return shared_orders(inputs, orders(inputs, replace(request, other=None))), None
    channel, least = KINDS[kind]
    key = f"ties:{kind}"
    if key not in request.cache:
        drawn = channel_draws(inputs, request, channel)
        request.cache[key] = (
            _coded(central(inputs, channel), least), None if drawn is None else _coded(drawn[0], least),
        )
    found: tuple[Floats, Floats | None] = request.cache[key]
    return found


def _coded(value: Floats, least: float) -> Floats:
    with np.errstate(invalid="ignore"):
        return np.where(np.isnan(value), np.nan, (value >= least) & (value > 0))


def _register(entries: Sequence[Measure]) -> None:
    for entry in entries:
        register(entry)


_register((
    Measure(
        "exclusion.gap", gap_rows, ("flows", "expectations", "x", "total", "memberships", "orders"), "share",
        -float("inf"), 1.0, "higher: outsiders have less than expected; 0 as expected, 1 shut out", "r", "Ob",
        True, False, "ours", "0.1", parts=gap_parts, free_other=True,
    ),
    Measure(
        "exclusion.closure", closure_rows, ("x", "memberships", "orders"), "index", -1.0, 1.0,
        "higher: ties come from members only; negative: more densely from outside", "n", "O", True, True,
        "after Krackhardt & Stern 1988, on densities; ours", "0.1", by=("overall", "channel"),
        parts=closure_parts, free_other=True,
    ),
))
