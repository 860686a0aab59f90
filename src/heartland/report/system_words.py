"""Standing and answer of a system in words, alike on the command line, in the documents and in the atlas."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from heartland.charts.words import number, of_100, with_interval
from heartland.report.answer import PROBABILITY, difference_words, spread_words, with_unit
from heartland.scenarios.summary import Difference, Spread

if TYPE_CHECKING:
    from heartland.scenarios.measured import Measured
    from heartland.scenarios.summary import OutcomeSummary
    from heartland.scenarios.systems import SystemStatus

__all__ = ["answer_row", "answer_words", "difference_of", "measured_words", "spread_of_row", "standing_words"]

NOT_RUN = "not run yet"


def _at(row: Mapping[str, Any], key: str) -> float:
    value = row.get(key)
    return float("nan") if value is None or value == "" else float(value)


def spread_of_row(row: Mapping[str, Any], prefix: str = "") -> Spread:
    """Value and interval of a row of answers.csv; `base_` for the baseline's."""
    value = _at(row, f"{prefix}value")
    return Spread(value, _at(row, f"{prefix}low"), _at(row, f"{prefix}high"), int(_at(row, "members") or 0))


def difference_of(row: Mapping[str, Any]) -> Difference:
    """Difference from the baseline of a row of answers.csv."""
    return Difference(
        _at(row, "difference"), _at(row, "difference_low"), _at(row, "difference_high"),
        _at(row, "p_sign"), "drawn" if math.isfinite(_at(row, "p_sign")) else "none",
    )  # fmt: skip


def answer_row(row: OutcomeSummary) -> dict[str, Any]:
    """An answer in the columns of answers.csv that words need; unknown numbers stay NaN."""
    nan = Spread(float("nan"), float("nan"), float("nan"), 0)
    base, found = row.baseline or nan, row.difference
    ends = (found.value, found.low, found.high, found.p_sign) if found else (float("nan"),) * 4
    return {
        "outcome": row.id, "question": row.question, "unit": row.unit, "value": row.spread.value,
        "low": row.spread.low, "high": row.spread.high, "base_value": base.value, "base_low": base.low,
        "base_high": base.high, "difference": ends[0], "difference_low": ends[1], "difference_high": ends[2],
        "p_sign": ends[3], "evidence_grade": row.evidence_grade, "members": row.spread.n,
    }  # fmt: skip


def answer_words(row: Mapping[str, Any] | None) -> str:
    """Value with interval, baseline and difference; for a probability runs out of a hundred."""
    if row is None:
        return NOT_RUN
    unit = str(row["unit"])
    parts = [spread_words(spread_of_row(row), unit)]
    base = spread_of_row(row, "base_")
    if math.isfinite(base.value):
        shown = of_100(base.value) if unit == PROBABILITY else number(base.value)
        parts += [f"baseline {shown}", f"difference {difference_words(difference_of(row), unit)}"]
    return "; ".join(parts)


def measured_words(item: Measured) -> str:
    """`0.25 bits (0.10-0.50)`, or why there is no value."""
    if not item.known:
        return "unknown" if item.reason in ("", "unknown") else f"unknown: {item.reason}"
    unit = "" if item.unit == "index" else item.unit
    return with_unit(with_interval(item.value, item.low, item.high, 3), unit)


def standing_words(status: SystemStatus) -> str:
    """`works`, or what is missing."""
    return "works" if status.works else f"missing: {status.gaps}"
