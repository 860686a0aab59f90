"""A small world in which every registered measure has something to read, made from one seed.

Powers A, B, C and K, receivers J, K and L (so that one actor is both), two dates, ten channels of four
scales, two domains with several channels, and all the tables that measures read. Every number is drawn from
the seed; some ties are unknown, some reported as zero, some told by two sources that disagree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from tests.measures.bare_inputs import frame_of
from tests.measures.conftest import weight
from tests.measures.properties.tables import GOODS, tables_of

EARLY, LATE = "2010-12-31", "2020-12-31"
YEARS = (2010, 2020)
POWERS, RECEIVERS = ("A", "B", "C", "K"), ("J", "K", "L")
ACTORS = ("A", "B", "C", "J", "K", "L")
# Channel: domain, unit, scale of errors, sd on it, typical size.
CHANNELS: dict[str, tuple[str, str, str, float, float]] = {
    "trade": ("economic", "usd", "log", 0.2, 40.0), "debt": ("economic", "usd", "log", 0.2, 10.0),
    "debt-service": ("economic", "usd", "log", 0.2, 1.0), "remittances": ("economic", "usd", "log", 0.3, 4.0),
    "arms": ("security", "tiv", "log", 0.2, 30.0), "presence": ("security", "level", "identity", 0.0, 4.0),
    "commitment": ("security", "level", "identity", 0.0, 3.0),
    "exercises": ("security", "count", "log", 0.1, 6.0),
    "visits": ("political", "count", "log", 0.1, 5.0), "media": ("information", "index", "logit", 0.2, 0.3),
}
# What is known of a channel that only one test adds.
ADDED = ("economic", "usd", "log", 0.2, 4.0)
LEVELS = {"presence": 4.0, "commitment": 3.0}
MONEY = ("trade", "debt", "debt-service", "remittances")
WEIGHTS = (
    weight("domain", "economic", w=0.4), weight("domain", "security", w=0.3),
    weight("domain", "political", w=0.2), weight("domain", "information", w=0.1),
    weight("bandwidth", "economic", "trade", 0.5, "log"), weight("bandwidth", "economic", "debt", 0.3, "log"),
    weight("bandwidth", "economic", "remittances", 0.2, "log"),
    weight("bandwidth", "security", "arms", 0.4, "log"),
    weight("bandwidth", "security", "presence", 0.4, "ordinal(0-4)"),
    weight("bandwidth", "security", "commitment", 0.2, "ordinal(0-3)"),
    weight("bandwidth", "political", "visits", 1.0, "log"), weight("bandwidth", "information", "media", 1.0),
    weight("dependence", "economic", "trade", 0.5, base="total"),
    weight("dependence", "economic", "debt", 0.3, base="base:external-debt"),
    weight("dependence", "economic", "remittances", 0.2, base="base:gdp"),
    weight("dependence", "security", "arms", 0.6, base="total"),
    weight("dependence", "security", "presence", 0.4, base="total"),
    weight("dependence", "political", "visits", 1.0, base="total"),
    weight("dependence", "information", "media", 1.0, base="total"),
)
Key = tuple[str, str, str]
Pair = tuple[float, float]
SERIES = ("series_id", "giver", "receiver", "channel", "time", "group", "transform", "y", "s", "weight",
          "observation_ids")


@dataclass(frozen=True)
class Found:
    """What `arrays` returns; see `tidy.CellArrays`."""

    times: tuple[date, ...]
    value: Any
    sd: Any
    status: Any
    age: Any
    disagreement: Any
    n_groups: Any
    total: Any
    base: Mapping[str, Any]
    transform: Sequence[str]
    series: pd.DataFrame
    flags: Mapping[tuple[int, int, int, int], tuple[str, ...]]
    imputed: Any


@dataclass(frozen=True)
class PropertyWorld:
    """Ties at two dates, early and late; NaN is unknown.

    second : factor by which a second source differs from the pooled value, and the first from it
    status : of ties whose status does not follow from the value;  noise : factor on all errors
    """

    powers: tuple[str, ...]
    receivers: tuple[str, ...]
    actors: tuple[str, ...]
    channels: tuple[str, ...]
    ties: Mapping[Key, Pair]
    totals: Mapping[tuple[str, str], Pair]
    bases: Mapping[str, Mapping[str, Pair]]
    tables: Mapping[str, Sequence[Mapping[str, str]]]
    organisations: Mapping[str, tuple[str, ...]]
    settings: Any
    second: Mapping[Key, float] = field(default_factory=dict)
    status: Mapping[Key, tuple[int, int]] = field(default_factory=dict)
    flags: Mapping[Key, tuple[str, ...]] = field(default_factory=dict)
    imputed: Mapping[Key, Pair] = field(default_factory=dict)
    noise: float = 1.0
    backwards: bool = False
    at: date = date(2020, 12, 31)
    known_by: date | None = None

    @property
    def region(self) -> Any:
        return SimpleNamespace(
            at=lambda day, known_by=None: replace(self, at=day),
            table=lambda name, known_by=None: _frame(name, self.tables.get(name, ())),
        )

    def members(self, organisation: str, day: date) -> tuple[str, ...]:
        return self.organisations.get(organisation, ())

    def observations(self) -> pd.DataFrame:
        return self.region.table("observations")

    def groups(self, key: Key) -> dict[str, float]:
        """Sources of a tie, each with its factor on the pooled value."""
        factor = self.second.get(key)
        return {"one": 1.0} if factor is None else {"one": 1 / factor, "two": factor}

    def arrays(self, times: Sequence[str | date] | None = None) -> Found:
        days = tuple(
            day if isinstance(day, date) else date.fromisoformat(day)
            for day in ([self.at] if times is None else times)
        )
        when = [int(day.year >= 2015) for day in days]
        shape = (len(days), len(self.powers), len(self.receivers), len(self.channels))
        value, age, split = (np.full(shape, np.nan) for _ in range(3))
        status, n_groups = np.ones(shape, dtype=np.int8), np.zeros(shape, dtype=np.int64)
        filled, sd = np.full((3, *shape), np.nan), np.full(shape, np.nan)
        rows: list[tuple[Any, ...]] = []
        flags: dict[tuple[int, int, int, int], tuple[str, ...]] = {}
        for key, pair in self.ties.items():
            if key[0] not in self.powers or key[1] not in self.receivers or key[2] not in self.channels:
                continue
            place = self.powers.index(key[0]), self.receivers.index(key[1]), self.channels.index(key[2])
            for t, k in enumerate(when):
                cell = (t, *place)
                filled[(slice(None), *cell)] = self.imputed.get(key, (np.nan, np.nan))[k] * np.array(
                    [0.9, 1.0, 1.2])
                if key in self.flags:
                    flags[cell] = self.flags[key]
                if key in self.status:
                    status[cell] = self.status[key][k]
                if np.isnan(pair[k]):
                    continue
                value[cell], age[cell] = pair[k], 0.5 + len(key[2]) / 10
                status[cell] = self.status.get(key, (3, 3) if pair[k] == 0 else (4, 4))[k]
                rows += self._said(key, t, k, pair[k])
                n_groups[cell] = len(self.groups(key)) if pair[k] > 0 else 1
                sd[cell] = self.noise * described(key[2])[3]
                if n_groups[cell] > 1:
                    split[cell] = 1 - min(self.groups(key).values()) / max(self.groups(key).values())
        total = np.array([[[self.totals.get((r, c), (np.nan, np.nan))[k] for c in self.channels]
                           for r in self.receivers] for k in when])
        base = {name: np.array([[by.get(r, (np.nan, np.nan))[k] for r in self.receivers] for k in when])
                for name, by in self.bases.items()}
        series = pd.DataFrame(rows[::-1] if self.backwards else rows, columns=list(SERIES))
        return Found(days, value, sd, status, age, split, n_groups, total, base,
                     [described(c)[2] for c in self.channels], series, flags, filled)

    def _said(self, key: Key, t: int, k: int, x: float) -> list[tuple[Any, ...]]:
        scale, s = described(key[2])[2], self.noise * described(key[2])[3]
        own = self.groups(key) if x > 0 else {"one": 1.0}
        y = x if scale == "identity" else -np.inf if x == 0 else np.log(x)
        if scale == "logit" and x > 0:
            y -= np.log1p(-x)
        return [
            (">".join(key[:2]) + f":{key[2]}", *key, t, group, scale, float(y + np.log(factor)), s,
             1 / len(own), (observation_id(key, YEARS[k], group),))
            for group, factor in own.items()
        ]


_FRAMES: dict[int, tuple[Any, pd.DataFrame]] = {}


def _frame(name: str, rows: Sequence[Mapping[str, str]]) -> pd.DataFrame:
    """A table as a region reads it, once for the same rows."""
    kept = _FRAMES.get(id(rows))
    if not rows or kept is None or kept[0] is not rows:
        kept = rows, frame_of(name, [dict(row) for row in rows])
        if rows:
            _FRAMES[id(rows)] = kept
    return kept[1]


def observation_id(key: Key, year: int, group: str) -> str:
    return "-".join(("O", *key, str(year), group)).lower()


def described(channel: str) -> tuple[str, str, str, float, float]:
    return CHANNELS.get(channel, ADDED)


def reference_of(channels: Sequence[str]) -> dict[str, Any]:
    return {"channels": {
        name: {"x_ref": 3 * CHANNELS[name][4], "x_med": CHANNELS[name][4] / 2,
               "values": [CHANNELS[name][4] * step for step in (0.05, 0.2, 0.5, 1.0, 2.0, 3.0)]}
        for name in channels}}


@lru_cache(maxsize=8)
def world_of(seed: int, gaps: float = 0.08, zeros: float = 0.08) -> PropertyWorld:
    """The world of a seed; parts of the ties that are unknown and that are reported as zero."""
    rng = np.random.default_rng(seed)
    true: dict[Key, Pair] = {}
    ties: dict[Key, Pair] = {}
    for giver in POWERS:
        for receiver in RECEIVERS:
            if giver == receiver:
                continue
            for channel in CHANNELS:
                key = (giver, receiver, channel)
                true[key] = tuple(_number(rng, channel, zeros) for _ in YEARS)
                lost = rng.random() < gaps
                ties[key] = (np.nan, np.nan) if lost else true[key]
    totals = {
        (r, c): tuple(1.25 * sum(true[g, r, c][k] for g in POWERS if g != r) for k in (0, 1))
        for r in RECEIVERS for c in CHANNELS if c not in ("debt", "debt-service", "commitment")}
    bases = {
        name: {r: tuple(float(size * rng.uniform(0.8, 1.6)) for _ in YEARS) for r in RECEIVERS}
        for name, size in (("gdp", 300.0), ("exports", 90.0), ("external-debt", 160.0))}
    second = {key: float(rng.uniform(1.02, 1.3)) for key in ties
              if described(key[2])[2] == "log" and rng.random() < 0.3}
    channels = {name: SimpleNamespace(unit=row[1], scale=(0.0, LEVELS[name]) if name in LEVELS else None)
                for name, row in CHANNELS.items()}
    settings = SimpleNamespace(weights=WEIGHTS, reference=reference_of(list(CHANNELS)), rivals={},
                               channels=channels)
    bare = PropertyWorld(
        POWERS, RECEIVERS, ACTORS, tuple(CHANNELS), ties, totals, bases, {}, {"O": ("A", "J", "K"),
        "P": ("A", "B", "J", "L")}, settings, second,
        imputed={key: true[key] for key in ties})
    tables = tables_of(rng, ACTORS, YEARS, GOODS)
    return replace(bare, tables={**tables, "observations": _observed(rng, bare)})


def _number(rng: np.random.Generator, channel: str, zeros: float) -> float:
    if rng.random() < zeros:
        return 0.0
    if channel in LEVELS:
        return float(rng.integers(0, int(LEVELS[channel]) + 1))
    size = float(CHANNELS[channel][4] * rng.lognormal(-0.7, 0.8))
    return min(size, 0.9) if channel == "media" else size


def _observed(rng: np.random.Generator, world: PropertyWorld) -> list[dict[str, str]]:
    rows = [
        {"observation_id": observation_id(key, year, group), "giver": key[0], "receiver": key[1],
         "channel": key[2], "period": str(year), "value": str(pair[k] * factor), "unit": described(key[2])[1],
         "definition": "made", "source_id": f"source-{group}", "rank": "normal"}
        for key, pair in world.ties.items() for k, year in enumerate(YEARS)
        for group, factor in world.groups(key).items() if not np.isnan(pair[k])
    ]
    rows += [
        {"observation_id": f"G-{actor}-{year}", "giver": actor, "indicator": "gdp-current",
         "period": str(year), "value": str(float(rng.uniform(200, 900))), "unit": "usd", "definition": "made",
         "source_id": "source-one", "rank": "normal"}
        for actor in world.actors for year in YEARS
    ]
    return rows
