"""Rows of exclusion and of expected trade."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pytest
from tests.measures.bare_inputs import rows_of
from tests.measures.trade_world import DAY, flow, one, world

from heartland.errors import HeartlandInputError
from heartland.measures.inputs import Inputs
from heartland.measures.registry import get

ORDER = {
    "order_id": "club",
    "organisation": "O",
    "outsiders": "B;C",
    "kinds": "basing;arms",
    "channels": "trade;arms",
    "comparison": "K",
}
TRADE = [
    flow("A", "J", 50),
    flow("J", "A", 40),
    flow("B", "J", 10),
    flow("J", "B", 10),
    flow("C", "J", 0),
    flow("J", "C", 0),
    flow("", "J", 130),
    flow("J", "", 100),
    flow("K", "J", 30),
]


def expectation(giver: str, value: float, **more: str) -> dict[str, str]:
    return {
        "giver": giver,
        "receiver": "J",
        "channel": "trade",
        "period": "2020",
        "value": str(value),
        "unit": "share",
        "source_id": "one",
        **more,
    }


def club(_: str, day: date) -> tuple[str, ...]:
    return ("A", "J") if day.year < 2021 else ("A", "J", "K")


def of(
    days: tuple[str, ...] = (DAY,),
    ties: Mapping[tuple[str, str, str], float] | None = None,
    totals: Mapping[tuple[str, str], float] | None = None,
    **tables: list[dict[str, str]],
) -> Inputs:
    rows = {
        "flows": TRADE,
        "orders": [ORDER],
        "expectations": [expectation("B", 0.2, load_1="0.1"), expectation("C", 0.05, load_1="-0.2")],
    }
    return world({**rows, **tables}, members=club, days=days, ties=ties, totals=totals)


def test_gap_in_goods_is_measured_outside_the_region() -> None:
    row = one(rows_of("exclusion.gap", of()), receiver="J", channel="trade")
    # Outsiders 20 of 230 less 30 inside the region; expected .25.
    assert row["value"] == pytest.approx(1 - 0.10 / 0.25)
    assert (row["other"], row["n_used"], row["n_missing"]) == ("O", 2, 0)
    assert one(rows_of("exclusion.gap", of()), receiver="K", channel="trade")["flags"] == "nan:not-applicable"


def test_gap_elsewhere_is_measured_against_the_comparison_set() -> None:
    ties = {
        ("A", "J", "arms"): 9.0,
        ("B", "J", "arms"): 1.0,
        ("C", "J", "arms"): 0.0,
        ("B", "K", "arms"): 4.0,
        ("C", "K", "arms"): 1.0,
    }
    found = of(ties=ties, totals={("J", "arms"): 10, ("K", "arms"): 10})
    row = one(rows_of("exclusion.gap", found), receiver="J", channel="arms")
    assert row["value"] == pytest.approx(1 - 0.1 / 0.5)
    # With the only comparison inside the order nothing can be expected.
    later = of(ties=ties, totals={("J", "arms"): 10, ("K", "arms"): 10}, days=("2021-12-31",))
    assert one(rows_of("exclusion.gap", later), receiver="J", channel="arms")["flags"] == (
        "nan:no-expectation;single-source"
    )


def test_gap_without_expectation_or_total() -> None:
    row = one(rows_of("exclusion.gap", of(expectations=[])), receiver="J", channel="trade")
    assert row["flags"] == "nan:no-expectation;single-source"
    none = of(ties={("B", "J", "arms"): 0.0}, totals={("J", "arms"): 0})
    assert "nan:zero-total" in one(rows_of("exclusion.gap", none), receiver="J", channel="arms")["flags"]


def test_expectations_move_together_with_the_coefficients() -> None:
    rows = rows_of("gravity.expectation", of(), draws=2000)
    row = one(rows, giver="B", receiver="J")
    assert row["value"] == 0.2
    assert (row["low"], row["high"]) == pytest.approx((0.2 * np.exp(-0.1645), 0.2 * np.exp(0.1645)), rel=0.01)
    assert one(rows, giver="A", receiver="J")["flags"] == "nan:no-expectation"
    gap = one(rows_of("exclusion.gap", of(), draws=2000), receiver="J", channel="trade")
    z = 1.6449 * np.array([-1, 1])
    expected = 0.2 * np.exp(0.1 * z) + 0.05 * np.exp(-0.2 * z)
    assert sorted((gap["low"], gap["high"])) == pytest.approx(sorted(1 - 0.1 / expected), abs=0.004)


def test_closure_codes_ties_and_counts_what_is_known() -> None:
    ties = {
        ("A", "J", "presence"): 3.0,
        ("B", "J", "presence"): 1.0,
        ("C", "J", "presence"): 2.0,
        ("A", "J", "arms"): 5.0,
        ("B", "J", "arms"): 0.0,
    }
    found = of(ties=ties)
    row = one(rows_of("exclusion.closure", found), other="O")
    # Inside 2 of 2; outside presence 1 of 2, arms 0 of 1 known.
    assert row["value"] == pytest.approx((1 - 1 / 3) / (1 + 1 / 3))
    assert (row["n_used"], row["n_missing"]) == (5, 1)
    kinds = rows_of("exclusion.closure", found, by="channel")
    assert one(kinds, channel="arms")["value"] == 1
    assert one(kinds, channel="basing")["value"] == pytest.approx(1 / 3)
    nothing = of(ties=dict.fromkeys(ties, 0.0))
    assert one(rows_of("exclusion.closure", nothing), other="O")["flags"] == "nan:zero-level;single-source"


def test_a_kind_of_tie_without_a_coding_is_refused() -> None:
    with pytest.raises(HeartlandInputError) as caught:
        rows_of("exclusion.closure", of(orders=[{**ORDER, "kinds": "bases"}]))
    assert str(caught.value).startswith(
        'series/orders.csv  "bases" is no kind of tie. A tie is present or absent'
    )


def test_the_parts_of_a_gap_add_up() -> None:
    found = of()
    parts = get("exclusion.gap").parts
    assert parts is not None
    rows = parts(found, {"measure": "exclusion.gap", "receiver": "J", "other": "O", "channel": "trade"})
    assert np.nansum([row["contribution"] for row in rows]) == pytest.approx(0.6)
    ids = {row.get("observation_id") for row in rows}
    assert {"B>J:goods:2020@one", "J>B:goods:2020@one", "B>J:2020@one"} <= ids
    with pytest.raises(HeartlandInputError, match='"P" is no declared order'):
        parts(found, {"measure": "exclusion.gap", "receiver": "J", "other": "P", "channel": "trade"})
