"""Rows of corridor exposure: concentration, transit, closures, least cut, bottleneck of users and markets."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from heartland.errors import HeartlandInputError, suggestion
from heartland.measures.block import Block, interval
from heartland.measures.inputs import Inputs
from heartland.measures.registry import Measure, Request, register
from heartland.measures.route_sets import RouteSet, route_parts, route_sets
from heartland.measures.routes import Closing, bottleneck, close_routes, least_cut, route_hhi, through
from heartland.measures.rows import plain_quality, plain_rows, reasons
from heartland.measures.scores import Floats

__all__ = ["bottleneck_rows", "closing_rows", "set_rows"]

Bools = npt.NDArray[np.bool_]
@dataclass(frozen=True)
class _Result:
    """One number with its interval; reason : why it is NaN, if it is;  other : the state named.

    draws : (draw,) behind the interval;  ends : what unknown capacity leaves open besides
    """

    value: float
    low: float = math.nan
    high: float = math.nan
    reason: str = "unknown"
    other: str | None = None
    draws: Floats | None = None
    ends: tuple[float, ...] = ()


def set_rows(inputs: Inputs, request: Request, *, field: str, name: str, unit: str) -> list[Block]:
    """One row per user, market and date: concentration of routes, or the least cut."""
    rows = _Rows(inputs, request, name, unit)
    for key, by_time in route_sets(inputs, request):
        row = rows.add(key, "")
        for t, found in enumerate(by_time):
            if found is not None:
                rows.put(row, t, found, _remembered(request, found, "", field, _of_set))
    return rows.blocks()


def _of_set(found: RouteSet, target: str, field: str, request: Request) -> _Result:
    del target
    if field == "min_cut":
        count, _ = least_cut([found.crossed[k] for k in np.flatnonzero(found.open)])
        if count > 0:
            return _Result(float(count))
        # A route that crosses nobody, or no route at all: there is nothing to count.
        return _Result(math.nan, reason="not-applicable" if count < 0 else "zero-total")
    power = 1 if field == "hhi" else -1
    draws = None if found.share_draws is None else route_hhi(found.share_draws) ** power
    return _bounded(float(route_hhi(found.share) ** power), draws, request)


def closing_rows(inputs: Inputs, request: Request, *, field: str, name: str, unit: str) -> list[Block]:
    """One row per user, market, transit state (`other`) and date; `close` names one state or leg instead.

    Raises
    ------
    HeartlandInputError
        If `close` names what no route uses.
    """
    if request.options.get("close"):
        _check_close(inputs, str(request.options["close"]))
    rows = _Rows(inputs, request, name, unit)
    for key, by_time in route_sets(inputs, request):
        for target in _targets(by_time, request):
            row = rows.add(key, target)
            for t, found in enumerate(by_time):
                if found is not None:
                    rows.put(row, t, found, _remembered(request, found, target, field, _of_closing))
    return rows.blocks()


def bottleneck_rows(inputs: Inputs, request: Request) -> list[Block]:
    """One row per user, market and date: the state with the largest exposure, and that exposure."""
    rows = _Rows(inputs, request, "route.bottleneck", "index")
    for key, by_time in route_sets(inputs, request):
        row = rows.add(key, "")
        for t, found in enumerate(by_time):
            if found is not None:
                rows.put(row, t, found, _remembered(request, found, "", "bottleneck", _largest))
    return rows.blocks()


def _largest(found: RouteSet, target: str, field: str, request: Request) -> _Result:
    del target
    states = sorted(set().union(*found.crossed))
    if not states:
        return _Result(math.nan, reason="not-applicable")
    results = [_remembered(request, found, state, field, _of_closing) for state in states]
    top = int(np.argmax([result.value for result in results]))
    return replace(results[top], other=states[top])


def _remembered(
    request: Request, found: RouteSet, target: str, field: str,
    compute: Callable[[RouteSet, str, str, Request], _Result],
) -> _Result:
    """A result computed once for all dates at which nothing differs."""
    key = repr(("route", compute.__name__, field, target, found.mark, request.level))
    if key not in request.cache:
        request.cache[key] = compute(found, target, field, request)
    result = request.cache[key]
    assert isinstance(result, _Result)
    return result


def _bounded(
    value: float, draws: Floats | None, request: Request, ends: Sequence[float] = (), reason: str = "unknown",
) -> _Result:
    """Result with the interval of its draws, widened to what unknown capacity leaves open."""
    low = high = math.nan
    if draws is not None:
        low, high = (float(end[0]) for end in interval(draws[None], request.level))
    for end in ends:
        low, high = float(np.fmin(low, end)), float(np.fmax(high, end))
    return _Result(value, low, high, reason, None, draws, tuple(ends))


def _targets(by_time: Sequence[RouteSet | None], request: Request) -> list[str]:
    """States crossed at any of the dates, or the state or leg asked for where it is on a route."""
    known = [found for found in by_time if found is not None]
    states = sorted({state for found in known for route in found.crossed for state in route})
    legs = {leg for found in known for route in found.legs for leg in route}
    wanted = str(request.options.get("close") or request.other or "")
    if not wanted:
        return states
    return [wanted] if wanted in states or wanted in legs else []


def _of_closing(found: RouteSet, target: str, field: str, request: Request) -> _Result:
    """Share through a state or leg, or what its closure does."""
    hit = np.array([
        target in states or target in legs for states, legs in zip(found.crossed, found.legs, strict=True)
    ])
    share = found.share_draws
    if field == "through":
        draws = None if share is None else through(share, hit)
        return _bounded(float(through(found.share, hit)), draws, request)
    centre, drawn = _closings(found, target, hit, request)
    values = [float(_outcome(found.share, hit, closing, field)) for closing in centre]
    # Without a known capacity both ends are possible in every draw: the interval covers both.
    joined = None if share is None or not drawn else np.concatenate([
        _outcome(share, hit, closing, field) for closing in drawn
    ])
    return _bounded(values[0], joined, request, values[1:] and values, "zero-total")


def _closings(
    found: RouteSet, target: str, hit: Bools, request: Request,
) -> tuple[list[Closing], list[Closing]]:
    """Closings at the centre and in draws, one for each end of unknown capacities."""
    key = repr(("closing", target, found.mark))
    if key not in request.cache:
        drawn: list[Closing] = []
        if found.share_draws is not None and found.cost_draws is not None:
            drawn = [
                _close(found, found.share_draws, found.cost_draws, spare, hit)
                for spare in found.spare_ends(drawn=True)
            ]
        centre = [_close(found, found.share, found.cost, spare, hit) for spare in found.spare_ends()]
        request.cache[key] = centre, drawn
    result: tuple[list[Closing], list[Closing]] = request.cache[key]
    return result


def _close(found: RouteSet, share: Floats, cost: Floats, spare: Floats, hit: Bools) -> Closing:
    # A route that is not open takes on nothing.
    spare = np.where(found.open.reshape(-1, *(1,) * (spare.ndim - 1)), spare, 0.0)
    closing = close_routes(share, cost, spare, hit)
    if (hit | ~found.open).all():
        closing = replace(closing, extra_cost=np.full(closing.extra_cost.shape, np.nan))
    return closing


def _outcome(share: Floats, hit: Bools, closing: Closing, field: str) -> Floats:
    if field == "bottleneck":
        return bottleneck(through(share, hit), closing)
    return closing.unserved if field == "unserved" else closing.extra_cost


class _Rows:
    """Collects rows (row, time) and turns them into one block."""

    def __init__(self, inputs: Inputs, request: Request, name: str, unit: str) -> None:
        self._inputs, self._request, self._name, self._unit = inputs, request, name, unit
        self._labels: list[tuple[str, str, str]] = []
        self._cells: dict[tuple[int, int], tuple[RouteSet, _Result]] = {}

    def add(self, key: tuple[str, str], other: str) -> int:
        self._labels.append((*key, other))
        return len(self._labels) - 1

    def put(self, row: int, t: int, found: RouteSet, result: _Result) -> None:
        self._cells[row, t] = found, result

    def blocks(self) -> list[Block]:
        if not self._labels:
            # Nothing is known: a row for each receiver says so.
            asked = self._request.receiver
            self._labels = [(name, "", "") for name in (self._inputs.receivers if asked is None else [asked])]
        shape = (len(self._labels), len(self._inputs.times))
        arrays = {name: np.full(shape, np.nan) for name in ("value", "low", "high", "age", "assumed")}
        used = np.zeros(shape, dtype=np.int64)
        words = np.full(shape, "unknown", dtype=object)
        other = np.array([[label[2]] * shape[1] for label in self._labels], dtype=object)
        flags = {name: np.zeros(shape, dtype=bool) for name in ("assumed-error", "unmeasured-share")}
        for place, (found, result) in self._cells.items():
            arrays["value"][place], arrays["low"][place] = result.value, result.low
            arrays["high"][place], words[place] = result.high, result.reason
            arrays["age"][place], arrays["assumed"][place] = found.age, found.assumed
            used[place], other[place] = len(found.share), result.other or other[place]
            flags["assumed-error"][place] = found.by_cost
            flags["unmeasured-share"][place] = found.unknown_spare and self._needs_spare()
        self._pair(arrays["low"], arrays["high"])
        value = arrays["value"]
        return [plain_rows(
            self._name, self._unit,
            {
                "receiver": [label[0] for label in self._labels],
                "channel": [label[1] for label in self._labels], "domain": ["transport"] * shape[0],
            },
            self._inputs.times, value, level=self._request.level, low=arrays["low"], high=arrays["high"],
            reason=reasons(shape, *((word, words == word) for word in sorted(set(words.reshape(-1))))),
            n_used=used, n_missing=np.where(used > 0, 0, 1), columns={"other": other},
            quality=plain_quality(
                shape, coverage=(used > 0) * 1.0, age=arrays["age"], assumed=np.nan_to_num(arrays["assumed"]),
            ),
            flags={name: where & ~np.isnan(value) for name, where in flags.items()},
        )]

    def _pair(self, low: Floats, high: Floats) -> None:
        """Of two dates the interval is taken over both at once, so that a change can have one of its own."""
        if len(self._inputs.times) != 2:
            return
        for row in range(len(low)):
            cells = [self._cells.get((row, t)) for t in (0, 1)]
            pair = [None if cell is None else cell[1].draws for cell in cells]
            if pair[0] is None or pair[1] is None or len(pair[0]) != len(pair[1]):
                continue
            ends = [list(cell[1].ends) for cell in cells if cell is not None]
            if ends[0] or ends[1]:
                continue
            low[row], high[row] = interval(np.stack([pair[0], pair[1]]), self._request.level)

    def _needs_spare(self) -> bool:
        return self._name.rpartition(".")[2] in ("extra_cost", "unserved", "bottleneck")


def _check_close(inputs: Inputs, name: str) -> None:
    """Refuse a state or leg that no route of the table uses.

    Raises
    ------
    HeartlandInputError
    """
    frame = inputs.table("routes")
    known = sorted({
        str(word) for column in ("states_crossed", "legs") for entry in frame[column] for word in entry
    })
    if name not in known:
        raise HeartlandInputError.at(
            f'no route uses "{name}".', check="route-close", why="Closing it would change nothing.",
            fix=suggestion(name, known, listing="States and legs: table routes."),
        )


def _register() -> None:
    inf = float("inf")
    cited = "ours; effective number: Laakso & Taagepera 1979"
    for field, unit, low, high, reading in (
        ("hhi", "index", 0.0, 1.0, "higher: more of the volume on one route"),
        ("effective_number", "count", 1.0, inf, "higher: more routes carry the volume"),
        ("min_cut", "count", 1.0, inf, "lower: fewer states could shut every route"),
    ):
        register(Measure(
            f"route.{field}", partial(set_rows, field=field, name=f"route.{field}", unit=unit), ("routes",),
            unit, low, high, reading, "r", "" if field == "min_cut" else "O", True, False,
            cited if field == "effective_number" else "ours", "0.1", parts=route_parts, anyone=True,
        ))
    for field, unit, low, high, reading in (
        ("through", "share", 0.0, 1.0, "higher: more of the volume crosses the state"),
        ("extra_cost", "ratio", -inf, inf, "higher: what is moved after a closure costs more"),
        ("unserved", "share", 0.0, 1.0, "higher: more of the volume finds no open route after a closure"),
    ):
        register(Measure(
            f"route.{field}", partial(closing_rows, field=field, name=f"route.{field}", unit=unit),
            ("routes",), unit, low, high, reading, "r", "O", True, False, "ours", "0.1", anyone=True,
            parts=route_parts, options=("close",), free_other=True,
        ))
    register(Measure(
        "route.bottleneck", bottleneck_rows, ("routes",), "index", -inf, inf,
        "higher: the state named could hurt the user more by closing its routes", "r", "O", True, False,
        "ours", "0.1", anyone=True, parts=route_parts,
    ))


_register()
