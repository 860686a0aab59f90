"""Gap and closure, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from heartland.measures.exclusion import closure, gap


def test_gap_of_world_t() -> None:
    assert gap(np.array(0.10), np.array(0.25)) == pytest.approx(0.6, abs=1e-9)
    # Wrong rule: the difference of the shares.
    assert abs((0.25 - 0.10) - 0.6) > 0.1


def test_gap_is_negative_where_outsiders_have_more_than_expected() -> None:
    assert gap(np.array([0.3, 0.0]), np.array([0.2, 0.2])) == pytest.approx([-0.5, 1.0])


def test_nothing_is_missed_where_next_to_nothing_is_expected() -> None:
    found = gap(np.array([0.0, 0.0, np.nan]), np.array([0.009, np.nan, 0.2]))
    assert np.isnan(found).all()


def cells(present: int, possible: int) -> np.ndarray:
    return np.repeat([1.0, 0.0], [present, possible - present])


def test_closure_of_world_t() -> None:
    found = closure(cells(8, 10), cells(3, 20))
    assert found.value == pytest.approx(0.6842105263, abs=1e-9)
    # Wrong rule: counts instead of densities.
    assert abs((8 - 3) / (8 + 3) - 0.6842105263) > 0.1


def test_unknown_ties_leave_both_counts() -> None:
    found = closure(np.concatenate([cells(8, 10), [np.nan] * 5]), cells(3, 20))
    assert found.value == pytest.approx(0.6842105263, abs=1e-9)
    assert found.possible_in == 10


def test_closure_without_any_tie_has_no_value() -> None:
    assert np.isnan(closure(cells(0, 4), cells(0, 6)).value)
    assert closure(cells(1, 4), cells(0, 6)).value == 1.0
    assert closure(cells(0, 4), cells(1, 6)).value == -1.0
    assert np.isnan(closure(np.array([np.nan]), cells(1, 6)).value)
