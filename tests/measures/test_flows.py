"""Flows read at dates: inside one source, newest first, disagreeing sources kept apart."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from tests.measures.bare_inputs import frame_of
from tests.measures.trade_world import flow

from heartland.measures.flows import FlowBook, drawn, pool, read_side

DAY = date(2020, 12, 31)


def book(*rows: dict[str, str], max_age: float = 3.0) -> FlowBook:
    return FlowBook.of(frame_of("flows", list(rows)), "goods", max_age)


def test_two_sources_of_a_share_are_pooled_as_the_evidence_is() -> None:
    shares = np.array([0.49, 0.15])
    found, _ = pool(np.log(shares / (1 - shares)), np.array([0.2, 0.2]))
    assert 1 / (1 + np.exp(-found)) == pytest.approx(0.292, abs=5e-4)


def test_a_share_is_taken_inside_one_source() -> None:
    found = book(flow("A", "J", 30), flow("", "J", 100), flow("A", "J", 90, source="two"))
    side = read_side(found, [("A", "J")], [DAY], "to")
    assert side.share[0, 0] == pytest.approx(0.3)
    # Without a total every source speaks: the second has no total of its own.
    assert len(read_side(found, [("A", "J")], [DAY], "").readings[0][0].quotes) == 2


def test_sources_that_disagree_stay_apart() -> None:
    rows = [
        flow("A", "J", 49, spread=0.3),
        flow("", "J", 100),
        flow("A", "J", 15, source="two", spread=0.3),
        flow("", "J", 100, source="two"),
    ]
    found = book(*rows)
    side = read_side(found, [("A", "J")], [DAY], "to")
    assert side.share[0, 0] == pytest.approx(0.292, abs=5e-3)
    assert side.disagreement[0, 0] == pytest.approx(34 / 49)
    flows, rest = drawn(found, [("A", "J")], side, 2000, 1, "to")
    share = (flows / (flows + rest))[0, 0]
    # Wrong rule: an average. Each draw believes one source; hardly any lies between them.
    assert 0.3 < (share > 0.3).mean() < 0.7
    assert ((share > 0.25) & (share < 0.33)).mean() < 0.12


def test_a_source_does_not_zigzag() -> None:
    rows = [
        flow("A", "J", x, year=year, source=source)
        for source, x in (("one", 49), ("two", 15))
        for year in (2018, 2019, 2020)
    ]
    found = book(*rows)
    days = [date(year, 12, 31) for year in (2018, 2019, 2020)]
    side = read_side(found, [("A", "J")], days, "")
    flows, _ = drawn(found, [("A", "J")], side, 300, 1, "")
    assert (flows[0, 0] == flows[0, 1]).all()
    assert (flows[0, 1] == flows[0, 2]).all()
    assert set(np.unique(flows[0, 0])) == {49.0, 15.0}


def test_the_newest_year_that_has_ended_counts_until_it_is_stale() -> None:
    found = book(flow("A", "J", 1, year=2017), flow("A", "J", 2, year=2020))
    side = read_side(found, [("A", "J")], [date(2020, 12, 30), DAY, date(2024, 1, 1)], "")
    assert side.flow[0, :2].tolist() == [1.0, 2.0]
    assert np.isnan(side.flow[0, 2])
    assert side.stale[0].tolist() == [False, False, True]


def test_adding_a_tie_or_more_draws_moves_no_other_draw() -> None:
    rows = [flow("A", "J", 50, spread=0.2), flow("", "J", 100, spread=0.2)]
    alone, wider = book(*rows), book(*rows, flow("B", "J", 7, spread=0.2))
    ties = [("A", "J")]
    side = read_side(alone, ties, [DAY], "to")
    first = drawn(alone, ties, side, 1000, 1, "to")[0]
    more = [("B", "J"), *ties]
    second = drawn(wider, more, read_side(wider, more, [DAY], "to"), 1000, 1, "to")[0]
    assert (first[0] == second[1]).all()
    assert (drawn(alone, ties, side, 100, 1, "to")[0] == first[..., :100]).all()


def test_a_stated_zero_stays_zero() -> None:
    found = book(flow("A", "J", 0), flow("", "J", 100, spread=0.2))
    side = read_side(found, [("A", "J")], [DAY], "to")
    flows, rest = drawn(found, [("A", "J")], side, 50, 1, "to")
    assert side.share[0, 0] == 0
    assert (flows == 0).all()
    assert (rest > 0).all()
