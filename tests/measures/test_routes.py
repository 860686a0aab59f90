"""Closing routes, worked by hand, and what must hold for any table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartland.measures.routes import (
    bottleneck,
    close_routes,
    cost_shares,
    least_cut,
    route_hhi,
    through,
)

Q, C = np.array([0.5, 0.3, 0.2]), np.array([100.0, 140.0, 160.0])
SPARE = np.array([0.0, 0.2, 0.1])
FIRST = np.array([True, False, False])


def test_routes_of_world_t() -> None:
    assert route_hhi(Q) == pytest.approx(0.38, abs=1e-9)
    found = close_routes(Q, C, SPARE, FIRST)
    assert found.unserved == pytest.approx(0.2, abs=1e-9)
    assert found.extra_cost == pytest.approx(0.1129032258, abs=1e-9)
    assert found.moved == pytest.approx([0, 0.2, 0.1])
    # Wrong rules: the dearest route first; the whole closed volume as the cost saved.
    assert abs(((0.2 * 140 + 0.1 * 160) - 0.5 * 100) / 124 - 0.1129032258) > 0.1
    without_limit = close_routes(Q, C, np.full(3, np.inf), FIRST)
    assert without_limit.unserved == 0
    assert without_limit.extra_cost == pytest.approx(0.5 * 40 / 124)


def test_closing_the_dearer_route_saves() -> None:
    found = close_routes(Q, C, np.full(3, np.inf), np.array([False, False, True]))
    assert found.extra_cost == pytest.approx(-0.2 * 60 / 124)


def test_no_open_route_leaves_all_unserved() -> None:
    found = close_routes(Q, C, SPARE, np.ones(3, dtype=bool))
    assert found.unserved == pytest.approx(1.0)
    assert np.isnan(found.extra_cost)


def test_closing_nothing_changes_nothing() -> None:
    found = close_routes(Q, C, SPARE, np.zeros(3, dtype=bool))
    assert (found.unserved, found.extra_cost) == (0, 0)


def test_draws_are_closed_one_by_one() -> None:
    share = np.stack([Q, Q[[1, 0, 2]]], axis=1)
    found = close_routes(share, C[:, None], SPARE[:, None], FIRST)
    assert found.unserved == pytest.approx([0.2, 0.0])


routes = st.lists(
    st.tuples(st.floats(0.01, 1), st.floats(1, 100), st.floats(0, 0.5), st.booleans()), min_size=2, max_size=6
)


@given(routes, st.integers(0, 5))
def test_closing_one_more_never_serves_more_and_adding_one_never_less(
    rows: list[tuple[float, float, float, bool]],
    more: int,
) -> None:
    share, cost, spare = (np.array(column, dtype=float) for column in list(zip(*rows, strict=True))[:3])
    share = share / share.sum()
    closed = np.array([row[3] for row in rows])
    wider = closed.copy()
    wider[more % len(rows)] = True
    before = float(close_routes(share, cost, spare, closed).unserved)
    assert float(close_routes(share, cost, spare, wider).unserved) >= before - 1e-9
    added = close_routes(
        np.append(share, 0.0), np.append(cost, 50.0), np.append(spare, 0.3), np.append(closed, False)
    )
    assert float(added.unserved) <= before + 1e-9


def test_the_least_cut() -> None:
    assert least_cut([frozenset("AB"), frozenset("BC")]) == (1, ("B",))
    assert least_cut([frozenset("A"), frozenset("B"), frozenset("AC")]) == (2, ("A", "B"))
    assert least_cut([frozenset("A"), frozenset()]) == (-1, ())
    assert least_cut([]) == (0, ())


def test_the_bottleneck_weighs_transit_by_the_harm() -> None:
    closing = close_routes(Q, C, SPARE, FIRST)
    share = through(Q, FIRST)
    assert share == 0.5
    assert bottleneck(share, closing) == pytest.approx(0.5 * (0.2 + 0.1129032258))


def test_shares_without_observation_follow_costs() -> None:
    found = cost_shares(np.array([100.0, 120.0]))
    assert found.sum() == pytest.approx(1)
    assert found[1] / found[0] == pytest.approx(np.exp(-1))
