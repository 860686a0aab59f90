"""Losses from a break, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartland.measures.leverage import (
    asymmetric_vulnerability,
    debt_share,
    drawn_elasticity,
    exit_cost,
    log_ratio,
    sale_exposure,
    suppliers,
)


def one(w: float, theta: float, sigma: float) -> float:
    return float(exit_cost(np.array([w]), np.array([theta]), np.array([sigma])).value)


def test_exit_cost_of_world_t() -> None:
    assert [one(0.5, 1, sigma) for sigma in (2, 3, 6)] == pytest.approx(
        [0.5, 0.2928932188, 0.1294494367], abs=1e-9
    )
    assert one(0.9, 1, 3) == pytest.approx(0.6837722340, abs=1e-9)
    two = exit_cost(np.array([0.5, 0.9]), np.array([0.10, 0.05]), np.array([3.0, 3.0]))
    assert two.value == pytest.approx(0.0880973029, abs=1e-9)
    back = one(0.1, 0.02, 3)
    assert back == pytest.approx(0.0010530503, abs=1e-9)
    assert asymmetric_vulnerability(two.value, np.array(back)) == pytest.approx(0.0870442526, abs=1e-9)
    # Wrong rules: the share lost is not the cost, nor do costs of goods add up.
    assert abs(0.5 * 1 - one(0.5, 1, 3)) > 0.1
    assert abs(one(0.5, 0.10, 3) + one(0.9, 0.05, 3) - 0.0880973029) > 1e-4


@given(st.floats(0.01, 0.98), st.floats(0.0, 1.0), st.floats(1.2, 8.0))
def test_exit_cost_grows_with_the_share_and_falls_with_the_elasticity(
    w: float, theta: float, sigma: float
) -> None:
    assert one(w + 0.01, theta, sigma) >= one(w, theta, sigma)
    assert one(w, theta, sigma + 0.5) <= one(w, theta, sigma)
    assert 0 <= one(w, theta, sigma) < 1
    split = exit_cost(np.array([w, w]), np.array([theta, theta]) / 2, np.array([sigma, sigma]))
    assert split.value == pytest.approx(one(w, theta, sigma), abs=1e-12)


@given(st.floats(0.02, 0.97), st.floats(0.0, 0.9), st.floats(2.0, 8.0))
def test_exit_cost_is_convex_in_the_share(w: float, theta: float, sigma: float) -> None:
    left, middle, right = (one(x, theta, sigma) for x in (w - 0.01, w, w + 0.01))
    assert left + right >= 2 * middle - 1e-12


def test_edges_of_exit_cost() -> None:
    sole = exit_cost(np.array([1.0]), np.array([0.1]), np.array([3.0]))
    assert sole.sole.all()
    assert sole.value == pytest.approx(1 - 0.001 ** (0.1 / 2))
    rigid = exit_cost(np.array([0.5]), np.array([0.1]), np.array([1.0]))
    assert np.isnan(rigid.value)
    assert rigid.rigid.all()
    assert np.isnan(one(np.nan, 0.1, 3))
    assert one(np.nan, 0.0, 3) == 0.0


def test_drawn_elasticities_stay_above_one() -> None:
    found = drawn_elasticity(3.0, 0.4, np.array([-5.0, 0.0, 1.0]))
    assert found == pytest.approx([1 + 2 * np.exp(-2), 3.0, 1 + 2 * np.exp(0.4)])


def test_sale_exposure_may_exceed_income() -> None:
    sales = np.array([[80.0], [60.0]])
    found = sale_exposure(sales, np.array([100.0]), np.array([[0.0], [0.5]]))
    assert found == pytest.approx([1.1])
    assert np.isnan(sale_exposure(sales, np.array([0.0]), 0.0)).all()


@given(st.floats(0, 1), st.floats(0, 1))
def test_asymmetry_changes_sign_with_the_roles(a: float, b: float) -> None:
    x, y = np.array(a), np.array(b)
    assert asymmetric_vulnerability(x, y) == -asymmetric_vulnerability(y, x)


def test_the_log_ratio_needs_two_losses() -> None:
    found = log_ratio(np.array([0.2, 0.0, 0.1]), np.array([0.1, 0.1, np.nan]))
    assert found[0] == pytest.approx(np.log(2))
    assert np.isnan(found[1:]).all()


def test_debt_of_different_scope_has_no_share() -> None:
    share, mismatch = debt_share(
        np.array([2.6, 0.3, 0.4, np.nan]), np.ones(4), wider=np.array([0, 0, 1, 1]) == 1
    )
    assert mismatch.tolist() == [True, False, True, False]
    assert share[1] == 0.3
    assert np.isnan(share[[0, 2, 3]]).all()


def test_suppliers_that_are_left() -> None:
    shares = np.array([[0.5], [0.2], [0.1]])
    count, low, high, rest = suppliers(shares, 0)
    assert count.tolist() == [2]
    assert rest == pytest.approx([0.4])
    assert low == pytest.approx([0.16 + 0.04])
    assert high == pytest.approx([0.16 + 0.04 + 0.16])
    assert np.isnan(suppliers(np.array([[1.0], [0.0]]), 0)[1]).all()
