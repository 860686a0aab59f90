"""Powers of ten."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartland.core.figures import power_of_ten


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(2.7e-7, 2, "2.7e-7"), (-2.749e-7, 3, "-2.75e-7"), (9.96e-7, 2, "1.0e-6"), (3e-12, 1, "3e-12")],
)
def test_digits_and_a_power(value, digits, text):
    assert power_of_ten(value, digits) == text


@given(st.floats(1e-12, 1e-4), st.integers(1, 6))
def test_it_reads_back_within_its_digits(value, digits):
    assert float(power_of_ten(value, digits)) == pytest.approx(value, rel=5.001 * 10.0**-digits)
