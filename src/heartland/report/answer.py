"""The answer of a run in at most ten lines of plain words; the command line and the report print the same."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from heartland.charts.words import UNKNOWN, beside, count, interval, month, of_100, plus, with_interval

if TYPE_CHECKING:
    from heartland.scenarios.layout import Layout
    from heartland.scenarios.scenario import Scenario
    from heartland.scenarios.summary import Difference, OutcomeSummary, Spread

__all__ = [
    "GRADE_WORDS",
    "answer_lines",
    "baseline_words",
    "difference_words",
    "scaled",
    "sign_words",
    "spread_words",
    "unit_words",
    "with_unit",
]

MOST = 10
GRADE_WORDS = {
    "A": "three quarters or more of the effect rests on parameters estimated from data",
    "B": "half or more of the effect rests on parameters estimated from data",
    "C": "a quarter or more of the effect rests on parameters estimated from data",
    "D": "less than a quarter of the effect rests on parameters estimated from data",
}
PROBABILITY = "probability"
SHARE = "share"
SCALES = ("index", "level")
PRINTED = {SHARE: "%", "count": "", "ratio": "", "count per year": "a year"}
FAINT = 0.01
TINY = 1e-9


class Ran(Protocol):
    """What the answer says of a run, whatever was kept of it."""

    @property
    def scenario(self) -> Scenario:
        """What was run."""

    @property
    def layout(self) -> Layout:
        """Its dates."""

    @property
    def members(self) -> int:
        """How many."""

    @property
    def seed(self) -> int:
        """Of the random numbers."""

    @property
    def card(self) -> Mapping[str, Any]:
        """Provenance."""


def answer_lines(run: Ran, baseline: Ran | None, summaries: Sequence[OutcomeSummary]) -> list[str]:
    """What was run, one line for each outcome, and what the numbers cannot say; never more than ten lines."""
    against = f", compared with: {_other(run, baseline)}" if baseline is not None else ""
    head = (
        f"{run.scenario.title}. {count(run.members)} runs from {month(run.layout.dates[0])} to "
        f"{month(run.layout.dates[-1])}, seed {run.seed}{_computed(run)}{against}."
    )
    shown = summaries[: MOST - 2]
    lines = [_line(row) for row in shown]
    left = len(summaries) - len(shown)
    more = f"{left} more outcomes stand in the report. " if left else ""
    return [head, *lines, more + _limits(summaries)]


def _computed(run: Ran) -> str:
    """On what the run was computed, where that is not NumPy."""
    known = run.card.get("versions", {})
    return f", computed with {known['backend']} on {known['device']}" if "backend" in known else ""


def spread_words(spread: Spread, unit: str, digits: int = 2) -> str:
    """`62 of 100 runs (90 % interval over parameter draws 22-90)`, or a number and its interval over runs."""
    if not math.isfinite(spread.value):
        return UNKNOWN
    if unit != PROBABILITY:
        value, low, high = (scaled(x, unit) for x in (spread.value, spread.low, spread.high))
        ends = interval(low, high, digits)
        text = with_unit(beside(value, (low, high), digits), unit_words(unit))
        return f"{text} (90 % of runs {ends})" if ends else text
    ends = _hundreds(spread.low, spread.high)
    return f"{of_100(spread.value)} of 100 runs" + (
        f" (90 % interval over parameter draws {ends})" if ends else ""
    )


def scaled(value: float, unit: str) -> float:
    """The number that is printed: a share in percent, anything else as it is."""
    return 100.0 * value if unit == SHARE else value


def unit_words(unit: str) -> str:
    """The unit that is printed: `%` for a share, none where the question already says what is counted."""
    return PRINTED.get(unit, unit)


def with_unit(text: str, unit: str) -> str:
    """Number and unit: `0.27 bits`, but `index 0.47`."""
    return f"{unit} {text}" if unit in SCALES else f"{text} {unit}".strip()


def baseline_words(spread: Spread | None, unit: str, digits: int = 2) -> str:
    """The baseline's value alone, in the unit of the line."""
    if spread is None or not math.isfinite(spread.value):
        return UNKNOWN
    if unit == PROBABILITY:
        return of_100(spread.value)
    value, low, high = (scaled(x, unit) for x in (spread.value, spread.low, spread.high))
    return with_interval(value, low, high, digits)


def difference_words(found: Difference | None, unit: str, digits: int = 2) -> str:
    """Signed difference, interval over draws; of a probability in runs of a hundred, of a share in points."""
    if found is None or not math.isfinite(found.value):
        return UNKNOWN
    if abs(found.value) < TINY and abs(found.low) < TINY and abs(found.high) < TINY:
        return "none"
    if unit == PROBABILITY:
        ends = interval(100 * found.low, 100 * found.high, digits, signed=True)
        return f"{plus(100 * found.value, digits)} ({ends})" if ends else plus(100 * found.value, digits)
    value, low, high = (scaled(x, unit) for x in (found.value, found.low, found.high))
    return with_interval(value, low, high, digits, signed=True) + (" points" if unit == SHARE else "")


def sign_words(found: Difference | None) -> str:
    """How the direction of a difference stands."""
    if found is None or not math.isfinite(found.value):
        return ""
    if found.sign == "assumed":
        return "sign assumed"
    if found.sign == "by-construction":
        return "by construction"
    if not math.isfinite(found.p_sign):
        return "no direction"
    return f"same sign in {of_100(found.p_sign)} of 100 parameter draws"


def _other(run: Ran, baseline: Ran) -> str:
    """The baseline by its title, or what it is where it has none of its own."""
    title = baseline.scenario.title
    return "the same world without these changes" if title == f"{run.scenario.title}: baseline" else title


def _hundreds(low: float, high: float) -> str:
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    return f"{round(100 * low)}-{round(100 * high)}"


def _line(row: OutcomeSummary) -> str:
    parts = [f"{row.question} {spread_words(row.spread, row.unit)}"]
    if row.note:
        parts[0] += f" ({row.note})"
    if row.baseline is not None:
        parts.append(f"baseline {baseline_words(row.baseline, row.unit)}")
        said = _difference(row)
        if said:
            parts.append(f"difference {said}")
    parts.append(f"evidence {row.evidence_grade}" if row.evidence_grade else "evidence not graded")
    return "; ".join(parts) + "."


def _difference(row: OutcomeSummary) -> str:
    """Difference in prose: whole runs out of a hundred; a number far below the spread is named as such."""
    found = row.difference
    if found is None or not math.isfinite(found.value):
        return ""
    if abs(found.value) < TINY and abs(found.low) < TINY and abs(found.high) < TINY:
        return "none"
    sign = sign_words(found)
    if row.unit == PROBABILITY:
        value, low, high = (round(100 * x) for x in (found.value, found.low, found.high))
        ends = f" ({low:+d} to {high:+d})" if low != high else ""
        return f"{value:+d}{ends}, {sign}" if value else f"under 1{ends}, {sign}"
    width = row.spread.high - row.spread.low
    if max(abs(x) for x in (found.value, found.low, found.high)) < FAINT * width:
        points = " points" if row.unit == SHARE else ""
        said = beside(scaled(found.value, row.unit), (scaled(width, row.unit),), signed=True)
        return f"{said}{points}, under 1 % of the spread over runs"
    return f"{difference_words(found, row.unit)}, {sign}"


def _limits(rows: Sequence[OutcomeSummary]) -> str:
    graded = [row.evidence_grade for row in rows if row.evidence_grade]
    weak = sum(letter in ("C", "D") for letter in graded)
    assumed = sum(
        row.difference is not None and row.difference.sign in ("assumed", "by-construction") for row in rows
    )
    said = []
    if weak:
        rest = "rest mostly on assumed rather than estimated parameters (evidence C or D)"
        said.append(f"{weak} of {len(graded)} answers {rest}")
    if assumed:
        plural = "s" if assumed != 1 else ""
        said.append(f"the direction of {assumed} difference{plural} is assumed or follows by construction")
    said.append("these are runs of a model, not of the world")
    text = "; ".join(said)
    return f"What this cannot say: {text}."
