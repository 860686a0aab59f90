"""Standing, answers and measured numbers in words."""

from __future__ import annotations

from heartland.report.system_words import answer_words, measured_words
from heartland.scenarios.measured import Measured

ROW = {
    "unit": "probability", "value": 0.62, "low": 0.2, "high": 0.9, "base_value": 0.02, "base_low": 0.0,
    "base_high": 0.05, "difference": 0.6, "difference_low": 0.2, "difference_high": 0.85, "p_sign": None,
    "members": 1000,
}  # fmt: skip


def test_answers() -> None:
    assert answer_words(None) == "not run yet"
    assert answer_words(ROW) == (
        "62 of 100 runs (90 % interval over parameter draws 20-90); baseline 2; difference +60 (+20 to +85)"
    )
    bare = {**ROW, "unit": "log points", "base_value": None, "difference": None, "value": -0.3}
    assert answer_words({**bare, "low": -0.5, "high": 0.1}) == (
        "-0.30 log points (90 % of runs -0.50 to 0.10)"
    )


def test_measured_numbers() -> None:
    found = Measured(
        "channel", "trade", "A", "B", "", "", "what", "2020-12-31", 1.5e9, 1.2e9, 1.8e9, "usd", "observed", ""
    )
    assert measured_words(found) == "1.50 billion (1.20-1.80 billion) usd"
    nan = float("nan")
    gone = Measured("channel", "trade", "A", "B", "", "", "w", "2020-12-31", nan, nan, nan, "", "", "stale")
    assert measured_words(gone) == "unknown: stale"
