"""Standing and answer of a system in words, alike on the command line, in the documents and in the atlas."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from heartland.charts.words import beside, of_100, with_interval
from heartland.report.answer import PROBABILITY, difference_words, scaled, spread_words, with_unit

if TYPE_CHECKING:
    from heartland.scenarios.measured import Measured
    from heartland.scenarios.summary import OutcomeSummary, Spread
    from heartland.scenarios.systems import SystemStatus

__all__ = ["answer_words", "measured_words", "standing_words"]

NOT_RUN = "not run yet"


def answer_words(row: OutcomeSummary | None) -> str:
    """Value with interval, baseline and difference; for a probability runs out of a hundred."""
    if row is None:
        return NOT_RUN
    parts = [spread_words(row.spread, row.unit)]
    if row.baseline is not None and math.isfinite(row.baseline.value):
        base = row.baseline.value
        parts += [
            f"baseline {of_100(base) if row.unit == PROBABILITY else _among(row.baseline, row.unit)}",
            f"difference {difference_words(row.difference, row.unit)}",
        ]
    return "; ".join(parts)


def _among(spread: Spread, unit: str) -> str:
    value, low, high = (scaled(x, unit) for x in (spread.value, spread.low, spread.high))
    return beside(value, (low, high))


def measured_words(item: Measured) -> str:
    """`0.25 bits (0.10-0.50)`, or why there is no value."""
    if not item.known:
        return "unknown" if item.reason in ("", "unknown") else f"unknown: {item.reason}"
    unit = "" if item.unit == "index" else item.unit
    return with_unit(with_interval(item.value, item.low, item.high, 3), unit)


def standing_words(status: SystemStatus) -> str:
    """`works`, or what is missing."""
    return "works" if status.works else f"missing: {status.gaps}"
