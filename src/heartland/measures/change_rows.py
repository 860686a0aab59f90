"""The change of one cell of influence, bandwidth or dependence between two dates, as a table of rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from heartland.measures.block import interval
from heartland.measures.change_parts import Side, product_rows, share_rows, whole
from heartland.measures.draws import ObservationDraws
from heartland.measures.indices import Settings, central, compiled
from heartland.measures.influence import bandwidth_score
from heartland.measures.inputs import Inputs
from heartland.measures.scores import CompiledSpec, Floats, Item
from heartland.measures.weighting import central_weights, weight_draws

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CHANGE_COLUMNS", "QUANTITIES", "change_rows", "sources_at", "without"]

CHANGE_COLUMNS = ("part", "domain", "channel", "cause", "value", "low", "high", "flags")
QUANTITIES = ("influence", "bandwidth", "dependence")
_PARTS = {"influence": ("bandwidth", "dependence")}
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Volumes:
    """Volumes, wholes and bases of one receiver at one date, (item, ...) each, for one part's items.

    x : volume of the cell's giver
    rest : what others give, or the base;  total : whether it is the former
    """

    x: Floats
    rest: Floats
    total: tuple[bool, ...]

    def shares(self) -> Floats:
        """Capped share of each item, NaN unknown or undefined."""
        out = np.full(self.x.shape, np.nan)
        for row, x, rest, total in zip(out, self.x, self.rest, self.total, strict=True):
            bottom = x + rest if total else rest
            with np.errstate(invalid="ignore", divide="ignore"):
                row[...] = np.where(bottom > 0, np.minimum(np.maximum(x, 0.0) / bottom, 1.0), np.nan)
        return out


def change_rows(inputs: Inputs, cell: Mapping[str, Any], settings: Settings, level: float) -> pd.DataFrame:
    """Rows that sum to the change of a cell between the two dates of the inputs.

    Parameters
    ----------
    inputs : at exactly two dates;  cell : `measure, giver, receiver`, and `domain` (default `all`)
    settings : of the paired draws; observations and weights vary, the structure stays central, because only
        its exponent 1 makes rows that close

    Returns
    -------
    DataFrame with `CHANGE_COLUMNS`: rows of `bandwidth` and `dependence` by domain, channel and cause
    (`volume` of the giver, `others`, `base`), then `coverage`, `source`, `reference` and `total`; all but
    `total` sum to it. Without a value at one of the dates there is the row `total` alone, NaN, with the
    reason as its flag.
    """
    import pandas as pd

    work = _Work.of(inputs, cell, settings)
    rows = work.rows()
    table = []
    for row, values in rows:
        centre, draws = float(values[0]), values[1:]
        ends = interval(draws[None], level) if len(draws) else (np.array([np.nan]),) * 2
        table.append({**row, "value": centre, "low": float(ends[0][0]), "high": float(ends[1][0])})
    return pd.DataFrame(table, columns=list(CHANGE_COLUMNS))


def sources_at(inputs: Inputs, giver: str, receiver: str, channel: str, time: int) -> dict[str, float]:
    """Independence groups behind a tie at a date, with their pooling weights."""
    frame = inputs.series
    if frame is None or not len(frame):
        return {}
    mine = frame[
        (frame["giver"] == giver) & (frame["receiver"] == receiver) & (frame["channel"] == channel)
        & (frame["time"] == time)
    ]
    return dict(zip(mine["group"].astype(str), mine["weight"].astype(float), strict=True))


@dataclass(frozen=True)
class _Work:
    """One cell at both dates; the last axis of every array is (centre, draw 0, draw 1, ...)."""

    inputs: Inputs
    spec: CompiledSpec
    quantity: str
    place: tuple[int, int]
    domain: int | None
    volume: Mapping[str, Floats]
    total: Mapping[str, Floats]
    weights: tuple[Floats, Floats, Floats, Floats]

    @classmethod
    def of(cls, inputs: Inputs, cell: Mapping[str, Any], settings: Settings) -> _Work:
        spec = compiled(inputs.spec)
        place = (inputs.givers.index(str(cell["giver"])), inputs.receivers.index(str(cell["receiver"])))
        name = str(cell.get("domain") or "all")
        n = settings.draws
        volume = {key: values[..., None] for key, values in inputs.volume().items()}
        total = {key: values[..., None] for key, values in inputs.totals().items()}
        weights = central_weights(spec, n + 1)
        if n:
            drawn, drawn_total = ObservationDraws(inputs, n, settings.seed).block(0, n)
            volume = {key: np.concatenate([own, drawn[key]], axis=-1) for key, own in volume.items()}
            total = {key: np.concatenate([own, drawn_total[key]], axis=-1) for key, own in total.items()}
            for own, part in zip(weights, weight_draws(spec, n, settings.seed, settings.kappa), strict=True):
                own[:, 1:] = part
        return cls(
            inputs, spec, str(cell["measure"]), place, None if name == "all" else spec.domains.index(name),
            volume, total, weights,
        )

    def rows(self) -> list[tuple[dict[str, Any], Floats]]:
        reason = self._reason()
        n = self.weights[0].shape[1]
        if reason:
            return [(_row("total", flags=f"nan:{reason}"), np.full(n, np.nan))]
        parts = _PARTS.get(self.quantity, (self.quantity,))
        early = [self._side(part, 0, {}) for part in parts]
        late = [self._side(part, 1, {}) for part in parts]
        kept, changed = self._kept_sources()
        same = [self._side(part, 1, kept) for part in parts]
        known = [_known(a) & _known(b) for a, b in zip(early, late, strict=True)]
        single = self.domain is not None
        found: list[tuple[dict[str, Any], Floats]] = []
        for row in product_rows(early, same, known, single):
            found.extend(self._causes(row.part, row.item, row.value, kept, early, same, parts))
        by_source: dict[str, Floats] = {}
        for row in product_rows(same, late, known, single):
            channel = self._items(row.part)[row.item].channel
            by_source[channel] = by_source.get(channel, np.zeros(n)) + row.value
        for channel in sorted(set(by_source) & set(kept)):
            found.append((_row("source", channel=channel), by_source[channel]))
        ends = [_product([whole(s, _known(s), single) for s in sides]) for sides in (early, late)]
        common = [
            _product([whole(s, k, single) for s, k in zip(sides, known, strict=True)])
            for sides in (early, late)
        ]
        found.append((_row("coverage"), (ends[1] - common[1]) - (ends[0] - common[0])))
        found.append((_row("reference"), np.zeros(n)))
        flags = f"sources-differ:{','.join(changed)}" if changed else ""
        found.append((_row("total", flags=flags), ends[1] - ends[0]))
        return found

    def _reason(self) -> str:
        """Why there is no change; empty where there is one."""
        result = central(self.inputs)
        name = self.quantity
        if self.domain is None:
            values = result.overall if name == "influence" else getattr(result, f"overall_{name}")
        else:
            values = getattr(result, name)[self.domain]
        if self.inputs.givers[self.place[0]] == self.inputs.receivers[self.place[1]]:
            return "self"
        return "coverage" if np.isnan(values[self.place]).any() else ""

    def _items(self, part: str) -> list[Item]:
        source = self.spec.bandwidth if part == "bandwidth" else self.spec.dependence
        return [item for item in source if self.domain in (None, item.domain)]

    def _side(self, part: str, time: int, kept: Mapping[str, Floats]) -> Side:
        items = self._items(part)
        source = self.spec.bandwidth if part == "bandwidth" else self.spec.dependence
        chosen = [place for place, item in enumerate(source) if self.domain in (None, item.domain)]
        own, over = (self.weights[0], self.weights[2]) if part == "bandwidth" else (
            self.weights[1], self.weights[3])
        n = self.weights[0].shape[1]
        if part == "dependence":
            score = self._volumes(items, time, kept).shares()
        else:
            score = np.full((len(items), n), np.nan)
            for row, item in zip(score, items, strict=True):
                found = bandwidth_score(item, {item.channel: self._x(item.channel, time, kept)})
                if found is not None:
                    row[...] = found
        return Side(score, own[chosen], over, tuple(item.domain for item in items))

    def _x(self, channel: str, time: int, kept: Mapping[str, Floats]) -> Floats:
        n = self.weights[0].shape[1]
        if channel not in self.volume:
            return np.full(n, np.nan)
        found = np.broadcast_to(self.volume[channel][(*self.place, time)], (n,))
        return found * kept[channel] if channel in kept else found

    def _volumes(self, items: list[Item], time: int, kept: Mapping[str, Floats]) -> _Volumes:
        n = self.weights[0].shape[1]
        x = np.stack([self._x(item.channel, time, kept) for item in items]) if items else np.zeros((0, n))
        rest = np.full((len(items), n), np.nan)
        for row, item in zip(rest, items, strict=True):
            if item.base == "total":
                whole_of = self.total.get(item.channel)
                if whole_of is not None:
                    row[...] = np.broadcast_to(whole_of[self.place[1], time], (n,)) - self._x(
                        item.channel, time, {})
            else:
                base = self.inputs.base.get(item.base, self.inputs.base.get(item.base.replace("-", "_")))
                if base is not None:
                    row[...] = base[self.place[1], time]
        return _Volumes(x, rest, tuple(item.base == "total" for item in items))

    def _kept_sources(self) -> tuple[dict[str, Floats], list[str]]:
        """Factor on the later volume that leaves only the earlier date's sources, by channel.

        Second: channels whose sources have nothing in common, where no such value exists.
        """
        kept: dict[str, Floats] = {}
        changed = []
        giver, receiver = self.inputs.givers[self.place[0]], self.inputs.receivers[self.place[1]]
        for channel in self.inputs.channels:
            old, new = (sources_at(self.inputs, giver, receiver, channel, time) for time in (0, 1))
            if not old or not new or set(new) <= set(old):
                continue
            both = set(old) & set(new)
            if not both:
                changed.append(channel)
                continue
            value = _pooled(self.inputs, giver, receiver, channel, 1, both)
            full = _pooled(self.inputs, giver, receiver, channel, 1, set(new))
            if full > 0 and np.isfinite(value):
                kept[channel] = np.full(self.weights[0].shape[1], value / full)
        return kept, changed

    def _causes(
        self, part: str, item: int, value: Floats, kept: Mapping[str, Floats], early: list[Side],
        late: list[Side], parts: tuple[str, ...],
    ) -> list[tuple[dict[str, Any], Floats]]:
        """One row, or for a share two: the giver's own volume and the other side of it."""
        thing = self._items(part)[item]
        row = _row(part, self.spec.domains[thing.domain], thing.channel, "volume")
        if part == "bandwidth":
            return [(row, value)]
        place = parts.index(part)
        step = late[place].score[item] - early[place].score[item]
        then, now = self._volumes([thing], 0, {}), self._volumes([thing], 1, kept)
        mine, _ = share_rows((then.x[0], now.x[0]), (then.rest[0], now.rest[0]), total=then.total[0])
        with np.errstate(invalid="ignore", divide="ignore"):
            scale = np.where(step != 0, value / step, _slope(value, step))
        other = {**row, "cause": "others" if then.total[0] else "base"}
        if (step == 0).all():
            return [(row, value)]
        return [(row, mine * scale), (other, value - mine * scale)]


def _slope(value: Floats, step: Floats) -> Floats:
    """Index points per point of share, from the draws in which the share moved."""
    moved = step != 0
    return np.full(value.shape, float(np.median(value[moved] / step[moved]))) if moved.any() else value


def _known(side: Side) -> Bools:
    """Items known in the central value."""
    return ~np.isnan(side.score[:, 0])


def _product(values: list[Floats]) -> Floats:
    return values[0] if len(values) == 1 else values[0] * values[1]


def _row(part: str, domain: str = "", channel: str = "", cause: str = "", flags: str = "") -> dict[str, Any]:
    return {"part": part, "domain": domain, "channel": channel, "cause": cause, "flags": flags}


def _pooled(inputs: Inputs, giver: str, receiver: str, channel: str, time: int, groups: set[str]) -> float:
    """Weighted mean of some sources' values on the scale of their errors, in natural units."""
    frame = inputs.series
    assert frame is not None
    mine = frame[
        (frame["giver"] == giver) & (frame["receiver"] == receiver) & (frame["channel"] == channel)
        & (frame["time"] == time) & frame["group"].isin(groups)
    ]
    scale = inputs.transform.get(channel, "log")
    if "transform" in mine and len(mine):
        scale = str(mine["transform"].iloc[0]) or scale
    y = float(np.average(mine["y"].to_numpy(dtype=float), weights=mine["weight"].to_numpy(dtype=float)))
    if scale == "log":
        return float(np.exp(y))
    return float(1 / (1 + np.exp(-y))) if scale == "logit" else y


def without(inputs: Inputs, giver: str, receiver: str, group: str) -> Inputs:
    """The same inputs with one independence group's values removed from a pair's ties.

    A tie that rests on this group alone becomes unknown; else it is what the other groups say.
    """
    frame = inputs.series
    if frame is None:
        return inputs
    value, ratio = inputs.value.copy(), np.ones(inputs.value.shape)
    g, r = inputs.givers.index(giver), inputs.receivers.index(receiver)
    mine = frame[(frame["giver"] == giver) & (frame["receiver"] == receiver) & (frame["group"] == group)]
    for channel, time in set(zip(mine["channel"], mine["time"], strict=True)):
        c = inputs.channels.index(channel)
        every = set(sources_at(inputs, giver, receiver, channel, int(time)))
        left = every - {group}
        if not left:
            ratio[g, r, c, int(time)] = np.nan
            continue
        full = _pooled(inputs, giver, receiver, channel, int(time), every)
        less = _pooled(inputs, giver, receiver, channel, int(time), left)
        ratio[g, r, c, int(time)] = less / full if full else np.nan
    return replace(inputs, value=value * ratio)
