"""Standing, answers and measured numbers in words."""

from __future__ import annotations

from heartland.report.system_words import answer_words, measured_words
from heartland.scenarios.measured import Measured
from heartland.scenarios.summary import Difference, OutcomeSummary, Spread

ROW = OutcomeSummary(
    "sent", "Are they sent?", "probability", Spread(0.62, 0.2, 0.9, 1000), Spread(0.02, 0.0, 0.05, 1000),
    Difference(0.6, 0.2, 0.85, float("nan"), "by-construction"), "D",
)  # fmt: skip


def test_answers() -> None:
    assert answer_words(None) == "not run yet"
    assert answer_words(ROW) == (
        "62 of 100 runs (90 % interval over parameter draws 20-90); baseline 2; difference +60 (+20 to +85)"
    )
    bare = OutcomeSummary("x", "How much?", "log points", Spread(-0.3, -0.5, 0.1, 64), None, None, "")
    assert answer_words(bare) == "-0.30 log points (90 % of runs -0.50 to 0.10)"


def test_measured_numbers() -> None:
    found = Measured(
        "channel", "trade", "A", "B", "", "", "what", "2020-12-31", 1.5e9, 1.2e9, 1.8e9, "usd", "observed", ""
    )
    assert measured_words(found) == "1.50 billion (1.20-1.80 billion) usd"
    nan = float("nan")
    gone = Measured("channel", "trade", "A", "B", "", "", "w", "2020-12-31", nan, nan, nan, "", "", "stale")
    assert measured_words(gone) == "unknown: stale"
