"""A small hand-made world: three givers, one or two receivers, two domains, errors that are stated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

SERIES = ["series_id", "giver", "receiver", "channel", "time", "group", "transform", "y", "s", "weight",
          "observation_ids"]


@dataclass(frozen=True)
class Cells:
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
    flags: Mapping[tuple[int, int, int, int], tuple[str, ...]] = field(default_factory=dict)
    imputed: Any = None


@dataclass(frozen=True)
class FakeWorld:
    """Ties of one date repeated at every date asked for."""

    ties: Mapping[tuple[str, str, str], float]
    totals: Mapping[tuple[str, str], float]
    bases: Mapping[str, Mapping[str, float]]
    powers: tuple[str, ...]
    receivers: tuple[str, ...]
    channels: tuple[str, ...]
    settings: Any
    sd: float = 0.0
    sources: Mapping[tuple[str, str, str], Mapping[str, tuple[float, float]]] = field(default_factory=dict)
    status: Mapping[tuple[str, str, str], int] = field(default_factory=dict)
    flags: Mapping[tuple[str, str, str], tuple[str, ...]] = field(default_factory=dict)
    imputed: Any = None
    at: date = date(2020, 12, 31)
    known_by: date | None = None

    @property
    def region(self) -> Any:
        return SimpleNamespace(at=lambda day, known_by=None: replace(self, at=day))

    def arrays(self, times: Sequence[str | date] | None = None) -> Cells:
        days = [self.at] if times is None else [
            day if isinstance(day, date) else date.fromisoformat(day) for day in times]
        shape = (len(days), len(self.powers), len(self.receivers), len(self.channels))
        value, status = np.full(shape, np.nan), np.ones(shape, dtype=np.int8)
        disagreement, groups = np.full(shape, np.nan), np.zeros(shape, dtype=np.int64)
        rows, flags = [], {}
        for (giver, receiver, channel), x in self.ties.items():
            place = (self.powers.index(giver), self.receivers.index(receiver), self.channels.index(channel))
            key = (giver, receiver, channel)
            own = self.sources.get(key, {"one": (x, self.sd)})
            weights = np.array([1 / s**2 if s > 0 else 1.0 for _, s in own.values()])
            for t in range(len(days)):
                value[(t, *place)] = x
                status[(t, *place)] = self.status.get(key, 3 if x == 0 else 4)
                groups[(t, *place)] = len(own)
                if len(own) > 1:
                    said = [v for v, _ in own.values()]
                    disagreement[(t, *place)] = (max(said) - min(said)) / max(said)
                for (group, (v, s)), w in zip(own.items(), weights / weights.sum(), strict=True):
                    y = float(np.log(v)) if v > 0 else -np.inf
                    rows.append((f"{giver}>{receiver}:{channel}", giver, receiver, channel, t, group, "log",
                                 y, s, w, (f"O-{giver}-{channel}-{group}",)))
        for (giver, receiver, channel), words in self.flags.items():
            place = (self.powers.index(giver), self.receivers.index(receiver), self.channels.index(channel))
            flags |= {(t, *place): words for t in range(len(days))}
        for (giver, receiver, channel), code in self.status.items():
            place = (self.powers.index(giver), self.receivers.index(receiver), self.channels.index(channel))
            for t in range(len(days)):
                status[(t, *place)] = code
        total = np.full((len(days), len(self.receivers), len(self.channels)), np.nan)
        for (receiver, channel), x in self.totals.items():
            total[:, self.receivers.index(receiver), self.channels.index(channel)] = x
        base = {name: np.array([[by.get(r, np.nan) for r in self.receivers]] * len(days))
                for name, by in self.bases.items()}
        known = ~np.isnan(value)
        return Cells(
            tuple(days), value, np.where(known, self.sd, np.nan), status, np.where(known, 1.0, np.nan),
            disagreement, groups, total, base, ["log"] * len(self.channels),
            pd.DataFrame(rows, columns=SERIES), flags,
            None if self.imputed is None else np.repeat(self.imputed[:, None], len(days), axis=1))

    def observations(self) -> pd.DataFrame:
        ids = [f"O-{g}-{c}-{group}" for (g, r, c), x in self.ties.items()
               for group in self.sources.get((g, r, c), {"one": 0})]
        return pd.DataFrame({"observation_id": ids, "source_id": [f"s-{i}" for i in ids],
                             "period": ["2020"] * len(ids)})


def weight(part: str, domain: str, channel: str = "", w: float = 1.0, transform: str = "",
           base: str = "") -> dict[str, Any]:
    if part == "bandwidth" and not transform:
        transform = "index"
    return {"part": part, "domain": domain, "channel": channel, "weight": w, "transform": transform,
            "base": base}


@pytest.fixture
def record() -> Callable[..., dict[str, Any]]:
    """Row of a weights table."""
    return weight


WORLD_T = {
    "trade": (0.8, 0.5, 0.1), "loans": (0.2, 0.6, 0.0), "arms": (0.9, 0.1, 0.0), "visits": (0.5, 0.5, 0.3),
    "trade-share": (0.3, 0.4, 0.05), "debt": (0.1, 0.5, float("nan")), "arms-share": (0.8, 0.15, 0.05),
}
WEIGHTS_T = (
    weight("domain", "economic", w=0.4), weight("domain", "security", w=0.4),
    weight("domain", "political", w=0.2),
    weight("bandwidth", "economic", "trade", 0.6), weight("bandwidth", "economic", "loans", 0.4),
    weight("bandwidth", "security", "arms"), weight("bandwidth", "political", "visits"),
    weight("dependence", "economic", "trade-share", 0.5, base="total"),
    weight("dependence", "economic", "debt", 0.5, base="total"),
    weight("dependence", "security", "arms-share", base="total"),
)


@pytest.fixture
def world_t() -> FakeWorld:
    """World T: scores and shares stand as volumes on an index scale, totals are 1."""
    ties = {(giver, "J", channel): x for channel, row in WORLD_T.items()
            for giver, x in zip("ABC", row, strict=True) if not np.isnan(x)}
    totals = {("J", channel): 1.0 for channel in ("trade-share", "debt", "arms-share")}
    settings = SimpleNamespace(
        weights=WEIGHTS_T, reference={}, rivals={},
        channels={name: SimpleNamespace(unit="index", scale=None) for name in WORLD_T})
    return FakeWorld(ties, totals, {}, ("A", "B", "C"), ("J",), tuple(WORLD_T), settings)


CHANNELS_L = ("trade", "debt", "arms", "presence", "visits", "media")
WEIGHTS_L = (
    weight("domain", "economic", w=0.4), weight("domain", "security", w=0.3),
    weight("domain", "political", w=0.2), weight("domain", "information", w=0.1),
    weight("bandwidth", "economic", "trade", 0.6, "log"), weight("bandwidth", "economic", "debt", 0.4, "log"),
    weight("bandwidth", "security", "arms", 0.5, "log"),
    weight("bandwidth", "security", "presence", 0.5, "ordinal(0-4)"),
    weight("bandwidth", "political", "visits", 1.0, "log"), weight("bandwidth", "information", "media", 1.0),
    weight("dependence", "economic", "trade", 0.5, base="total"),
    weight("dependence", "economic", "debt", 0.5, base="base:gdp"),
    weight("dependence", "security", "arms", 0.6, base="total"),
    weight("dependence", "security", "presence", 0.4, base="total"),
    weight("dependence", "political", "visits", 1.0, base="total"),
    weight("dependence", "information", "media", 1.0, base="total"),
)
TIES_L = {
    "trade": (50.0, 40.0, 10.0, 20.0, 60.0, 5.0), "debt": (5.0, 20.0, 1.0, 8.0, 9.0, 0.5),
    "arms": (80.0, 20.0, 5.0, 30.0, 10.0, 2.0), "presence": (3.0, 1.0, 0.0, 2.0, 1.0, 0.0),
    "visits": (6.0, 5.0, 3.0, 4.0, 4.0, 2.0), "media": (0.5, 0.1, 0.2, 0.4, 0.2, 0.1),
}


@pytest.fixture
def world_l() -> FakeWorld:
    """Three givers, two receivers, six channels in their own units, sd .2 on the log scale."""
    pairs = [(giver, receiver) for receiver in "JK" for giver in "ABC"]
    ties = {(g, r, channel): x for channel, row in TIES_L.items()
            for (g, r), x in zip(pairs, row, strict=True)}
    totals = {(r, c): 1.25 * sum(ties[g, r, c] for g in "ABC")
              for r in "JK" for c in CHANNELS_L if c != "debt"}
    reference = {"channels": {
        name: {"x_ref": 100.0 if name in ("trade", "arms", "debt") else 10.0, "x_med": 8.0,
               "values": [1.0, 4.0, 8.0, 20.0, 40.0, 100.0]}
        for name in CHANNELS_L}}
    channels = {name: SimpleNamespace(unit="usd", scale=(0.0, 4.0) if name == "presence" else None)
                for name in CHANNELS_L}
    settings = SimpleNamespace(weights=WEIGHTS_L, reference=reference, rivals={}, channels=channels)
    return FakeWorld(ties, totals, {"gdp": {"J": 100.0, "K": 80.0}}, ("A", "B", "C"), ("J", "K"), CHANNELS_L,
                     settings, sd=0.2)
