"""The fixed reference of scores: quantiles of the tie volumes of a fixed period, per channel.

Values of one cell (giver, receiver, year) are the median over its sources; flows are summed over the
channel's window of years. The state at a year is its value; a spell counts in every year it touches.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import pandas as pd

__all__ = ["FIRST_YEAR", "LAST_YEAR", "cells", "reference", "windowed"]

FIRST_YEAR, LAST_YEAR = 1995, 2019
TOP, MIDDLE = 0.95, 0.50
MOST_QUANTILES = 200


def years_of(period: str) -> range:
    """Years of 1995-2019 that a period touches."""
    first, _, last = period.partition("/")
    start = int(first[:4])
    stop = start if not last else (LAST_YEAR if last == ".." else int(last[:4]))
    return range(max(start, FIRST_YEAR), min(stop, LAST_YEAR) + 1)


def cells(frame: pd.DataFrame, definition: str) -> dict[tuple[str, str], dict[int, float]]:
    """(giver, receiver) -> year -> median over sources of the rows of one definition still in use."""
    found: dict[tuple[str, str], dict[int, list[float]]] = {}
    rows = frame[(frame.definition == definition) & (frame["rank"] != "deprecated")]
    newest = rows.sort_values("published").groupby(["giver", "receiver", "period", "source_id"]).tail(1)
    for row in newest.itertuples():
        for year in years_of(str(row.period)):
            found.setdefault((str(row.giver), str(row.receiver)), {}).setdefault(year, []).append(
                float(row.value)
            )
    return {pair: {y: float(np.median(v)) for y, v in by.items()} for pair, by in found.items()}


def windowed(series: dict[int, float], window: int, *, zero_when_silent: bool) -> list[float]:
    """Sums over `window` years; with a silent source the window must be full unless silence means zero."""
    if window == 1:
        return [v for y, v in series.items() if FIRST_YEAR <= y <= LAST_YEAR]
    sums = []
    for year in range(FIRST_YEAR + window - 1, LAST_YEAR + 1):
        parts = [
            series.get(y, 0.0 if zero_when_silent else math.nan) for y in range(year - window + 1, year + 1)
        ]
        if all(math.isfinite(p) for p in parts):
            sums.append(math.fsum(parts))
    return sums


def _thin(values: np.ndarray) -> list[float]:
    if len(values) > MOST_QUANTILES:
        values = np.quantile(values, np.linspace(0, 1, MOST_QUANTILES))
    return [float(f"{v:.6g}") for v in values]


def reference(frame: pd.DataFrame, channels: pd.DataFrame, silent_zero: Iterable[str]) -> dict[str, object]:
    """Content of `reference.json` from the observations and the channel table."""
    quiet = set(silent_zero)
    found: dict[str, object] = {}
    for channel in channels.itertuples():
        if not channel.definitions:
            continue
        definition = str(channel.definitions).split(";")[0]
        window = int(channel.window_years)
        pairs = cells(frame[frame.channel == channel.channel_id], definition)
        values = [
            v
            for series in pairs.values()
            for v in windowed(series, window, zero_when_silent=channel.channel_id in quiet)
        ]
        positive = np.sort(np.array([v for v in values if v > 0]))
        if len(positive) == 0:
            continue
        found[str(channel.channel_id)] = {
            "unit": channel.unit,
            "definition": definition,
            "window_years": window,
            "n": len(positive),
            "x_ref": float(f"{np.quantile(positive, TOP):.6g}"),
            "x_med": float(f"{np.quantile(positive, MIDDLE):.6g}"),
            "positive": _thin(positive),
        }
    return {
        "period": f"{FIRST_YEAR}-01-01/{LAST_YEAR}-12-31",
        "dyads": "every power to every receiver",
        "quantiles": {"x_ref": TOP, "x_med": MIDDLE},
        "channels": found,
    }
