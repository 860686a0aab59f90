"""Rows of corridor exposure from a table of routes."""

from __future__ import annotations

import numpy as np
import pytest
from tests.measures.bare_inputs import rows_of
from tests.measures.trade_world import DAY, one, world

from heartland.errors import HeartlandInputError
from heartland.measures.inputs import Inputs
from heartland.measures.registry import get


def route(name: str, cost: float, states: str = "", **more: str) -> dict[str, str]:
    return {
        "user": "J",
        "goods": "gas",
        "route_id": name,
        "cost": str(cost),
        "cost_unit": "relative",
        "states_crossed": states,
        **more,
    }


OBSERVED = [
    route("r1", 100, "X", period="2019", share="0.5", spare="0"),
    route("r2", 140, "Y", period="2019", share="0.3", spare="0.2"),
    route("r3", 160, "X;Z", period="2019", share="0.2", spare="0.1", legs="L3"),
]


def of(
    rows: list[dict[str, str]],
    days: tuple[str, ...] = (DAY,),
    **tables: list[dict[str, str]],
) -> Inputs:
    return world({"routes": rows, **tables}, days=days)


def test_rows_of_world_t() -> None:
    found = of(OBSERVED)
    assert one(rows_of("route.hhi", found), receiver="J")["value"] == pytest.approx(0.38)
    assert one(rows_of("route.effective_number", found), receiver="J")["value"] == pytest.approx(1 / 0.38)
    through = rows_of("route.through", found)
    assert {row["other"]: row["value"] for row in through.to_dict("records")} == pytest.approx(
        {"X": 0.7, "Y": 0.3, "Z": 0.2}
    )
    assert one(rows_of("route.unserved", found), other="X")["value"] == pytest.approx(0.5)
    closed = rows_of("route.unserved", found, options={"close": "L3"})
    assert one(closed, other="L3")["value"] == pytest.approx(0.0)
    assert one(rows_of("route.extra_cost", found), other="Y")["value"] == pytest.approx(
        (0.1 * 160 - 0.1 * 140) / 124
    )


def test_the_least_cut_and_the_bottleneck() -> None:
    found = of(OBSERVED)
    assert one(rows_of("route.min_cut", found), receiver="J")["value"] == 2
    row = one(rows_of("route.bottleneck", found), receiver="J")
    moved = (0.2 * 140 - 0.2 * (0.5 * 100 + 0.2 * 160) / 0.7) / 124
    assert row["other"] == "X"
    assert row["value"] == pytest.approx(0.7 * (0.5 + moved))
    direct = of([*OBSERVED, route("r4", 90, "", period="2019", share="0")])
    assert one(rows_of("route.min_cut", direct), receiver="J")["flags"] == (
        "nan:not-applicable;single-source"
    )


def test_unknown_spare_capacity_leaves_both_ends_open() -> None:
    rows = [
        route("r1", 100, "X", period="2019", share="0.6"),
        route("r2", 150, "Y", period="2019", share="0.4"),
    ]
    row = one(rows_of("route.unserved", of(rows)), other="X")
    assert (row["value"], row["low"], row["high"]) == pytest.approx((0.6, 0.0, 0.6))
    assert "unmeasured-share" in row["flags"]
    extra = one(rows_of("route.extra_cost", of(rows)), other="X")
    assert (extra["low"], extra["high"]) == pytest.approx((0.0, 0.6 * 50 / 120))


def test_closing_every_route_has_no_cost_but_leaves_all_unserved() -> None:
    rows = [route("r1", 100, "X", period="2019", share="1")]
    assert one(rows_of("route.unserved", of(rows)), other="X")["value"] == 1
    assert one(rows_of("route.extra_cost", of(rows)), other="X")["flags"].startswith("nan:zero-total")


def test_shares_from_costs_are_said() -> None:
    row = one(rows_of("route.hhi", of([route("r1", 100, "X"), route("r2", 120, "Y")])), receiver="J")
    q = 1 / (1 + np.exp(-1))
    assert row["value"] == pytest.approx(q**2 + (1 - q) ** 2)
    assert "assumed-error" in row["flags"]


def test_a_closed_leg_takes_its_route_out() -> None:
    rows = [route("r1", 100, "X", legs="L1"), route("r2", 120, "Y", legs="L2")]
    legs = [
        {
            "leg_id": "L1",
            "from_node": "a",
            "to_node": "b",
            "mode": "rail",
            "length_km": "1",
            "length_source": "computed",
            "direction": "both",
            "status": "open",
        }
    ]
    spells = [
        {"leg_id": "L1", "status": "closed", "from": "2020-01-01", "to": "2020-12-31", "source_id": "one"}
    ]
    found = of(rows, ("2019-12-31", "2020-12-31"), legs=legs, leg_status=spells)
    through = rows_of("route.through", found)
    assert one(through, other="X", date="2019-12-31")["value"] == pytest.approx(1 / (1 + np.exp(-1)))
    assert one(through, other="X", date="2020-12-31")["value"] == 0


def test_the_newest_shares_that_have_ended_count() -> None:
    rows = [*OBSERVED, route("r1", 100, "X", period="2021", share="1", spare="0")]
    found = of(rows, days=("2020-12-31", "2021-12-31", "2018-12-31"))
    hhi = rows_of("route.hhi", found)
    assert one(hhi, date="2020-12-31")["value"] == pytest.approx(0.38)
    assert one(hhi, date="2021-12-31")["value"] == 1
    assert "nan:unknown" in one(hhi, date="2018-12-31")["flags"]


def test_the_interval_follows_the_bounds_of_the_table() -> None:
    rows = [
        route("r1", 100, "X", period="2019", share="0.6", share_low="0.5", share_high="0.7", spare="0"),
        route("r2", 140, "Y", period="2019", share="0.4", spare="0", spare_low="0", spare_high="0.2"),
    ]
    row = one(rows_of("route.unserved", of(rows), draws=1000), other="X")
    assert row["low"] < row["value"] == pytest.approx(0.6)
    assert 0.3 < row["low"] < 0.5


def test_a_place_that_no_route_uses_is_refused() -> None:
    with pytest.raises(HeartlandInputError) as caught:
        rows_of("route.unserved", of(OBSERVED), options={"close": "L33"})
    assert str(caught.value) == (
        'no route uses "L33". Closing it would change nothing. Did you mean L3? '
        "States and legs: table routes."
    )


def test_the_parts_of_transit_add_up() -> None:
    parts = get("route.through").parts
    assert parts is not None
    rows = parts(of(OBSERVED), {"measure": "route.through", "receiver": "J", "channel": "gas", "other": "X"})
    assert np.nansum([row["contribution"] for row in rows]) == pytest.approx(0.7)
