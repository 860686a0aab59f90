"""Intervals, flags and the flattening of blocks."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from heartland.measures.block import COLUMNS, Block, Cells, code, interval, to_frame
from heartland.measures.quality import Quality


def cells(value: np.ndarray, **changes: object) -> Cells:
    blank = np.full(value.shape, np.nan)
    no = np.zeros(value.shape, dtype=bool)
    standard = {
        "value": value, "low": blank, "high": blank, "reason": np.where(np.isnan(value), code("unknown"), 0),
        "n_used": np.ones(value.shape, dtype=np.int64), "n_missing": np.zeros(value.shape, dtype=np.int64),
        "quality": Quality(np.ones(value.shape), blank, blank, np.zeros(value.shape, dtype=np.int8), no, no),
    }
    return Cells(**{**standard, **changes})


def frame(part: Cells):
    axes = ({"giver": ["A", "B"]}, {"domain": ["e"], "channel": ["t"]})
    return to_frame([Block("m", "index", axes, part)], 0.9)


def test_columns_stand_in_the_declared_order_and_labels_repeat() -> None:
    table = frame(cells(np.array([[1.0], [2.0]])))
    assert tuple(table.columns) == COLUMNS
    assert table["giver"].tolist() == ["A", "B"]
    assert table["channel"].tolist() == ["t", "t"]
    assert table["receiver"].tolist() == ["", ""]
    assert table["data_grade"].tolist() == ["A", "A"]


def test_flags_are_sorted_and_a_missing_value_has_its_reason() -> None:
    value = np.array([[1.0], [np.nan]])
    flags = {"stale": np.array([[True], [True]]), "clipped": np.array([[True], [False]])}
    low, high = np.array([[1.5], [np.nan]]), np.array([[2.0], [np.nan]])
    table = frame(cells(value, low=low, high=high, flags=flags))
    assert table["flags"].tolist() == ["centre-outside;clipped;stale", "nan:unknown;stale"]


def test_a_value_without_draws_says_so() -> None:
    assert frame(cells(np.array([[1.0], [2.0]])))["flags"].tolist() == ["no-interval", "no-interval"]


@pytest.mark.parametrize("reasons", [[[0], [0]], [[1], [1]]])
def test_a_broken_promise_about_reasons_is_found(reasons: list[list[int]]) -> None:
    with pytest.raises(ValueError, match="every NaN needs one reason"):
        frame(cells(np.array([[1.0], [np.nan]]), reason=np.array(reasons)))


def test_an_unknown_flag_cannot_enter_the_table() -> None:
    with pytest.raises(ValueError, match="not in tuple"):
        frame(cells(np.array([[1.0], [2.0]]), flags={"odd": np.ones((2, 1), dtype=bool)}))


def test_interval_is_linear_between_order_statistics() -> None:
    low, high = interval(np.arange(101.0)[None], 0.9)
    assert (low[0], high[0]) == (pytest.approx(5.0), pytest.approx(95.0))
    inner = interval(np.arange(101.0)[None], 0.5)
    assert low[0] < inner[0][0] < inner[1][0] < high[0]


def test_interval_needs_half_of_the_draws() -> None:
    draws = np.array([[1.0, 2.0, np.nan, np.nan], [1.0, np.nan, np.nan, np.nan]])
    low, high = interval(draws, 0.9)
    assert (low[0], high[0]) == (pytest.approx(1.05), pytest.approx(1.95))
    assert np.isnan([low[1], high[1]]).all()


def test_grids_are_stacked_with_absent_flags_false() -> None:
    one = cells(np.array([1.0]), flags={"stale": np.array([True])})
    both = Cells.stack([one, cells(np.array([2.0]))])
    assert both.value.tolist() == [[1.0], [2.0]]
    assert both.flags["stale"].tolist() == [[True], [False]]
    assert one.either_flag(both.at(1))["stale"].tolist() == [True]


def test_an_end_within_the_rounding_of_draws_is_the_value() -> None:
    value = np.array([[0.1], [0.1]])
    table = frame(cells(value, low=np.array([[np.float32(0.1)], [0.1001]]), high=np.array([[0.1], [0.2]])))
    assert table["low"].tolist() == [0.1, 0.1001]
    assert table["flags"].tolist() == ["", "centre-outside"]


def test_interval_is_that_of_numpy_with_and_without_gaps_and_leaves_the_draws_alone() -> None:
    draws = np.random.default_rng(1).normal(size=(600, 101)).astype(np.float32)
    draws[::7, ::3] = np.nan
    draws[3] = np.inf
    before = draws.copy()
    low, high = interval(draws.reshape(20, 30, 101), 0.8)
    np.testing.assert_array_equal(draws, before)
    draws[3] = np.nan
    with warnings.catch_warnings(action="ignore", category=RuntimeWarning):
        expected = np.nanquantile(draws.astype(np.float64), [0.1, 0.9], axis=1)
    np.testing.assert_allclose(low.reshape(-1), expected[0], rtol=1e-12)
    np.testing.assert_allclose(high.reshape(-1), expected[1], rtol=1e-12)
