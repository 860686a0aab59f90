"""From members to tidy frames: nested quantiles of a series, a few sample paths, shares of runs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["QUANTILES", "fan_frame", "paths_frame"]

QUANTILES = {
    "low95": 0.025, "low80": 0.10, "low50": 0.25, "median": 0.5, "high50": 0.75, "high80": 0.90,
    "high95": 0.975,
}  # fmt: skip


def fan_frame(dates: Sequence[str], members: NDArray[np.floating]) -> pd.DataFrame:
    """Quantiles over members at each date.

    Parameters
    ----------
    dates : ISO dates, (time,);  members : (member, time), NaN where unknown

    Returns
    -------
    date, the seven columns of `QUANTILES`, and n (members with a value); dates without any are left out
    """
    block = np.asarray(members, dtype=np.float64)
    known = ~np.isnan(block)
    n = known.sum(axis=0)
    kept = np.flatnonzero(n > 0)
    if not kept.size:
        return pd.DataFrame(columns=["date", *QUANTILES, "n"])
    ordered = np.sort(block[:, kept], axis=0)
    frame: dict[str, object] = {"date": [dates[int(i)] for i in kept]}
    last = (n[kept] - 1).astype(np.float64)
    for name, share in QUANTILES.items():
        place = share * last
        below = np.floor(place).astype(np.int64)
        above = np.minimum(below + 1, n[kept] - 1)
        columns = np.arange(kept.size)
        low, high = ordered[below, columns], ordered[above, columns]
        frame[name] = low + (place - below) * (high - low)
    frame["n"] = n[kept]
    return pd.DataFrame(frame)


def paths_frame(dates: Sequence[str], members: NDArray[np.floating], n: int = 5) -> pd.DataFrame:
    """The first `n` members as lines: date, path, value; unknown values are left out."""
    block = np.asarray(members, dtype=np.float64)[:n]
    rows = [
        (dates[step], path, float(block[path, step]))
        for path in range(block.shape[0])
        for step in range(block.shape[1])
        if not np.isnan(block[path, step])
    ]
    return pd.DataFrame(rows, columns=["date", "path", "value"])
