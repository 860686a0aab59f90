import math

import numpy as np
import pandas as pd
import pytest

from heartland.charts.events import distribution
from heartland.charts.render import to_svg
from heartland.charts.words import beside, count, interval, month, number, of_100, plus, with_interval

NAN = math.nan


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.42, 2, "0.42"),
        (0.4, 2, "0.40"),
        (0.0996, 2, "0.10"),
        (0.00042, 2, "0.00042"),
        (-0.0016, 2, "-0.0016"),
        (12.34, 2, "12"),
        (12.34, 3, "12.3"),
        (1234.0, 3, "1,230"),
        (0.0001, 2, "0.00010"),
        (0.000099999, 2, "0.00010"),
        (0.000027, 2, "2.7e-5"),
        (-0.00000027, 3, "-2.70e-7"),
        (0.0, 3, "0"),
        (1e-12, 3, "0"),
        (2.46243e10, 3, "24.6 billion"),
        (1.5e6, 2, "1.5 million"),
        (9.996e5, 3, "1.00 million"),
        (3.2e12, 2, "3.2 trillion"),
        (NAN, 2, "no data"),
        (math.inf, 2, "no data"),
    ],
)
def test_numbers_have_the_digits_asked_for(value, digits, text):
    assert number(value, digits) == text


def test_signs_are_shown_but_not_on_zero():
    assert plus(0.12) == "+0.12"
    assert plus(-0.12) == "-0.12"
    assert plus(0.0) == "0"
    assert plus(NAN) == "no data"


@pytest.mark.parametrize(
    ("low", "high", "signed", "text"),
    [
        (0.31, 0.55, False, "0.31-0.55"),
        (-0.1, 0.2, False, "-0.10 to 0.20"),
        (14.0, 64.0, True, "+14 to +64"),
        (NAN, 0.5, False, ""),
        (0.00003, 0.00067, False, "3.0e-5 to 0.00067"),
        (0.00003, 0.67, False, "about 0 to 0.67"),
        (-2e-8, 0.15, True, "about 0 to +0.15"),
        (2.27e10, 2.67e10, False, "23-27 billion"),
        (9e8, 1.2e9, False, "900 million-1.2 billion"),
    ],
)
def test_intervals_cannot_be_misread(low, high, signed, text):
    assert interval(low, high, signed=signed) == text


def test_a_value_with_its_interval():
    assert with_interval(0.42, 0.31, 0.55) == "0.42 (0.31-0.55)"
    assert with_interval(0.42, NAN, NAN) == "0.42"
    assert with_interval(NAN, 0.31, 0.55) == "no data"
    assert with_interval(-0.0016, -0.0047, 0.00055, signed=True) == "-0.0016 (-0.0047 to +0.00055)"


def test_a_number_that_is_nothing_beside_the_others_is_about_0():
    assert with_interval(2.7e-7, 0, 0.15) == "about 0 (0-0.15)"
    assert with_interval(2.7e-5, 1e-6, 0.00012) == "2.7e-5 (1.0e-6 to 0.00012)"
    assert with_interval(2.7e-7, -0.1, 0.15, signed=True) == "about 0 (-0.10 to +0.15)"
    assert beside(400.0, (0.0, 1e6)) == "400", "small beside the others and easy to read"
    assert beside(2.7e-5, (NAN, NAN), signed=True) == "+2.7e-5"
    assert beside(0.0, (0.15,)) == "0"


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.31, "31"),
        (0.0, "0"),
        (1.0, "100"),
        (0.004, "under 1"),
        (0.996, "over 99"),
        (0.005, "under 1"),
        (NAN, "no data"),
    ],
)
def test_probabilities_are_runs_out_of_a_hundred(p, text):
    assert of_100(p) == text


def test_dates_and_counts():
    assert month("2022-01-31") == "January 2022"
    assert count(1000) == "1,000"


def test_ticks_of_round_tens_are_written_out():
    """Where all ticks have one significant digit, `g` would write them as powers of ten."""
    frame = pd.DataFrame({"run": "what-if", "value": np.linspace(-70.0, 30.0, 200)})
    drawn = to_svg(distribution(frame, title="Change", unit="%", source="test"))
    assert ">−60<" in drawn
    assert "e+" not in drawn
