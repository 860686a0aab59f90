"""Time axes whose labels never overlap and do not depend on the clock zone of the machine."""

from __future__ import annotations

import math
from collections.abc import Sequence

from heartland.charts.theme import Row, Spec

__all__ = ["date_ticks", "dated"]

MOST = 5


def date_ticks(first: str, last: str) -> tuple[list[Spec], str]:
    """Tick dates (Vega-Lite date-times in UTC) between two ISO dates, and the format of their labels."""
    start, end = _months(first), _months(last)
    if end - start < 2:
        return [
            {"year": start // 12, "month": start % 12 + 1, "date": int(first[8:10] or 1), "utc": True}
        ], "%b %Y"
    step = next(s for s in (1, 2, 3, 6, 12, 24, 60, 120, 240, 1200) if (end - start) / s <= MOST)
    begin = math.ceil((start + 1) / step) * step
    ticks = [
        {"year": month // 12, "month": month % 12 + 1, "date": 1, "utc": True}
        for month in range(begin, end + 1, step)
    ]
    return ticks, "%Y" if step >= 12 else "%b %Y" if step >= 3 else "%b"


def _months(iso: str) -> int:
    return int(iso[:4]) * 12 + int(iso[5:7]) - 1


def dated(layers: Sequence[Spec], rows: Sequence[Row]) -> list[Spec]:
    """Layers with ticks for the dates of the rows on every time axis."""
    dates = sorted(str(row["date"]) for row in rows)
    ticks, form = date_ticks(dates[0], dates[-1])
    done = []
    for layer in layers:
        encoding = dict(layer["encoding"])
        x = encoding.get("x", {})
        if x.get("type") == "temporal":
            axis = {**x["axis"], "values": ticks, "format": form, "labelFlush": False}
            encoding["x"] = {**x, "axis": axis}
        done.append({**layer, "encoding": encoding})
    return done
