"""Sums that do not depend on how their addends are cut and ordered."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartland.scenarios.totals import PIECES, rounded, split_sum

FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)


def exact(values: list[float]) -> float:
    """The sum in fractions, rounded once: an account of its own."""
    return float(sum((Fraction(value) for value in values), Fraction(0)))


@settings(max_examples=200, deadline=None)
@given(st.lists(FLOATS, min_size=1, max_size=40), st.randoms(use_true_random=False), st.integers(1, 39))
def test_the_sum_is_rounded_once_however_it_is_cut_and_ordered(values, dice, cut):
    column = np.array(values, dtype=np.float32)
    whole = split_sum(column)
    assert rounded(whole[None]) == exact(values)
    assert sum((Fraction(piece) for piece in whole.tolist()), Fraction(0)) == sum(map(Fraction, values))
    dice.shuffle(values)
    mixed = np.array(values, dtype=np.float32)
    parts = [split_sum(part) for part in (mixed[:cut], mixed[cut:])]
    assert np.array_equal(split_sum(mixed), whole)
    assert rounded(np.stack(parts)) == rounded(np.stack(parts[::-1])) == exact(values)


def test_a_plain_sum_would_depend_on_the_order():
    values = np.array([1e30, 1.0, -1e30, 2.0**-140], dtype=np.float32)
    plain = {float(values[order].astype(float).sum()) for order in ([0, 1, 2, 3], [0, 2, 1, 3])}
    assert len(plain) == 2
    assert {float(rounded(split_sum(values[order])[None])) for order in ([0, 1, 2, 3], [0, 2, 1, 3])} == {1.0}
    assert split_sum(values).tolist() == [1.0, 2.0**-140] + [0.0] * (PIECES - 2)


def test_the_widest_values_and_the_most_members():
    huge, tiny = np.finfo(np.float32).max, 2.0**-149
    values = np.array([huge] * 511 + [tiny] * 513, dtype=np.float32)
    assert Fraction(0) + sum(map(Fraction, split_sum(values).tolist())) == 511 * Fraction(
        float(huge)
    ) + 513 * Fraction(tiny)
    with pytest.raises(ValueError, match="1025 members are more than 1024"):
        split_sum(np.zeros(1025))


def test_unknown_values_count_as_nothing_and_others_are_refused():
    assert split_sum(np.array([np.nan, 2.0])).tolist() == [2.0] + [0.0] * (PIECES - 1)
    with pytest.raises(ValueError, match="an infinite value has no sum"):
        split_sum(np.array([np.inf]))
    with pytest.raises(ValueError, match="more digits than a float32"):
        split_sum(10.0 ** -np.arange(0, 300, 25))
    assert split_sum(np.zeros((0, 3))).tolist() == [[0.0] * 3] * PIECES
