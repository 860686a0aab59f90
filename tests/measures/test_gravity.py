"""Expected shares and the panel behind them."""

from __future__ import annotations

import numpy as np
import pytest

from heartland.measures.gravity import expected_shares, fit_gravity, principal


def test_expected_shares_of_two_partners() -> None:
    found = expected_shares(np.array([-1.0]), np.array([[0.0], [np.log(2)]]), np.zeros(2))
    assert found == pytest.approx([2 / 3, 1 / 3])
    drawn = expected_shares(np.array([[-1.0, 0.0]]), np.array([[0.0], [np.log(2)]]), np.zeros(2))
    assert drawn[:, 1] == pytest.approx([0.5, 0.5])
    assert drawn[:, 0] == pytest.approx([2 / 3, 1 / 3])


def test_the_size_of_the_buyer_cancels() -> None:
    costs, pull = np.array([[1.0], [2.0], [0.5]]), np.array([0.3, 1.0, -0.2])
    assert expected_shares(np.array([-0.8]), costs, pull) == pytest.approx(
        expected_shares(np.array([-0.8]), costs, pull + 7.0)
    )


def test_principal_directions_rebuild_the_covariance() -> None:
    v = np.array([[0.04, -0.01], [-0.01, 0.09]])
    found = principal(v)
    assert found @ found.T == pytest.approx(v)
    assert np.linalg.norm(found[:, 0]) > np.linalg.norm(found[:, 1])


def test_a_panel_made_by_gravity_gives_its_coefficients_back() -> None:
    rng = np.random.default_rng(1)
    names, years = list("ABCDEF"), ["2000", "2001"]
    rows = [(a, b, y) for a in names for b in names if a != b for y in years]
    far = {frozenset((a, b)): rng.normal() for a in names for b in names if a != b}
    size = {(a, y): rng.normal() for a in names for y in years}
    cost = np.array([[far[frozenset((a, b))]] for a, b, _ in rows])
    flow = np.array(
        [np.exp(-0.9 * c[0] + size[a, y] + 0.5 * size[b, y]) for (a, b, y), c in zip(rows, cost, strict=True)]
    )
    found = fit_gravity(*(list(column) for column in zip(*rows, strict=True)), flow, cost)
    assert found.fit.coefficients == pytest.approx([-0.9], abs=1e-7)
    assert found.push["A", "2000"] - found.push["B", "2000"] == pytest.approx(
        size["A", "2000"] - size["B", "2000"], abs=1e-6
    )
    # One actor's expected shares are those of its flows.
    mine = [k for k, (_, b, y) in enumerate(rows) if (b, y) == ("A", "2001")]
    push = np.array([found.push[rows[k][0], "2001"] for k in mine])
    shares = expected_shares(found.fit.coefficients, cost[mine], push)
    assert shares == pytest.approx(flow[mine] / flow[mine].sum(), abs=1e-6)
