"""Rows of leverage: values, reasons, flags, intervals and explanations."""

from __future__ import annotations

import numpy as np
import pytest
from tests.measures.bare_inputs import rows_of
from tests.measures.trade_world import FLOWS, elasticity, flow, one, world

from heartland.errors import HeartlandInputError
from heartland.measures.inputs import Inputs
from heartland.measures.registry import expand, get

COST = 1 - np.exp(-0.1 * np.log(2) / 2)


def test_exit_cost_and_sale_exposure_of_a_small_world() -> None:
    found = world()
    row = one(rows_of("leverage.exit_cost", found), giver="A", receiver="J")
    assert row["value"] == pytest.approx(COST)
    assert (row["unit"], row["n_used"], row["n_missing"]) == ("income share", 1, 0)
    assert row["flags"] == "imports-only;no-interval;single-source"
    assert one(rows_of("leverage.sale_exposure", found), giver="A", receiver="J")["value"] == pytest.approx(
        0.02
    )
    assert one(rows_of("leverage.exit_cost", found), giver="B", receiver="J")["value"] == 0
    unknown = one(rows_of("leverage.exit_cost", found), giver="C", receiver="J")
    assert unknown["flags"] == "nan:unknown"
    assert (unknown["n_used"], unknown["n_missing"]) == (0, 1)


def test_asymmetry_weighs_both_directions() -> None:
    found = world()
    row = one(rows_of("leverage.asymmetric_vulnerability", found), giver="A", receiver="J")
    back = 1 - np.exp(-(200 / 5000) * -np.log(1 - 20 / 200) / 2) + 50 / 5000
    assert row["value"] == pytest.approx(COST + 0.02 - back)
    # Wrong rule: the receiver's loss alone.
    assert abs(row["value"] - COST - 0.02) > 0.005
    ratio = one(rows_of("leverage.log_vulnerability", found), giver="A", receiver="J")
    assert ratio["value"] == pytest.approx(np.log((COST + 0.02) / back))


def test_a_log_ratio_of_nothing_is_no_number() -> None:
    rows = [flow("B", "J", 0), flow("", "J", 100), flow("J", "B", 0), flow("", "B", 10), flow("J", "", 50)]
    found = world({"flows": rows})
    row = one(rows_of("leverage.log_vulnerability", found), giver="B", receiver="J")
    assert row["flags"] == "nan:zero-level;single-source"
    assert one(rows_of("leverage.asymmetric_vulnerability", found), giver="B", receiver="J")["value"] == 0


def test_the_horizon_sets_the_elasticity() -> None:
    found = world({"elasticities": [elasticity(1, 2.0), elasticity(5, 6.0)]})
    near = one(rows_of("leverage.exit_cost", found), giver="A", receiver="J")["value"]
    far = one(rows_of("leverage.exit_cost", found, options={"horizon": 5}), giver="A", receiver="J")["value"]
    assert near == pytest.approx(1 - np.exp(-0.1 * np.log(2)))
    assert far == pytest.approx(1 - np.exp(-0.1 * np.log(2) / 5))
    with pytest.raises(HeartlandInputError) as caught:
        rows_of("leverage.exit_cost", found, options={"horizon": 2})
    assert str(caught.value) == (
        "no elasticities at a horizon of 2 years. "
        "How much a break costs depends on the time there is to adjust. Use one of 1, 5."
    )


def test_an_elasticity_of_one_gives_no_value() -> None:
    found = world({"elasticities": [elasticity(1, 1.0)]})
    assert one(rows_of("leverage.exit_cost", found), giver="A", receiver="J")["flags"] == (
        "nan:elasticity;single-source"
    )
    assert one(rows_of("leverage.sale_exposure", found), giver="A", receiver="J")["value"] == pytest.approx(
        0.02
    )


def test_a_sole_supplier_is_capped_and_said() -> None:
    found = world({"flows": [flow("A", "J", 100), flow("", "J", 100)]})
    row = one(rows_of("leverage.exit_cost", found), giver="A", receiver="J")
    assert "sole-supplier" in row["flags"].split(";")
    assert row["value"] == pytest.approx(1 - 0.001 ** (0.1 / 2))


def test_the_interval_holds_the_centre_and_follows_the_elasticity() -> None:
    row = one(rows_of("leverage.exit_cost", world(), draws=2000), giver="A", receiver="J")
    # Flows carry no error here: the interval is that of ln(sigma - 1) ~ N(ln 2, .4).
    z = 1.6448536 * 0.4
    low, high = (1 - np.exp(-0.1 * np.log(2) / (2 * np.exp(sign * z))) for sign in (1, -1))
    assert (row["low"], row["high"]) == pytest.approx((low, high), rel=0.03)
    assert row["low"] < row["value"] < row["high"]


def test_stale_flows_are_unknown() -> None:
    found = world(days=("2026-12-31",))
    row = one(rows_of("leverage.exit_cost", found), giver="A", receiver="J")
    assert row["flags"] == "nan:unknown;stale"


def test_who_is_left_when_a_supplier_goes() -> None:
    rows = [*FLOWS, flow("C", "J", 20)]
    found = world(
        {"flows": rows}, ties={("A", "J", "arms"): 8, ("B", "J", "arms"): 2}, totals={("J", "arms"): 10}
    )
    count = rows_of("leverage.suppliers_left", found)
    assert one(count, giver="A", receiver="J", channel="trade")["value"] == 1
    assert one(count, giver="A", receiver="J", channel="arms")["value"] == 1
    concentration = rows_of("leverage.supplier_concentration", found)
    goods = one(concentration, giver="A", receiver="J", channel="trade")
    assert (goods["low"], goods["high"]) == pytest.approx((0.16, 0.16 + 0.36))
    assert "unmeasured-share" in goods["flags"]
    assert one(concentration, giver="A", receiver="J", channel="arms")["value"] == 1


def test_remittances_of_a_single_modelled_corridor_are_said() -> None:
    channels = [
        {
            "channel_id": "remittances",
            "name": "r",
            "domain": "economic",
            "unit": "usd",
            "kind": "flow",
            "definitions": "modelled-split",
        }
    ]
    found = world(
        {"channels": channels},
        ties={("A", "J", "remittances"): 300, ("A", "K", "remittances"): 60, ("B", "K", "remittances"): 20},
        totals={("J", "remittances"): 300, ("K", "remittances"): 100},
        bases={"gdp-current": {"J": 1000, "K": 200}},
    )
    rows = rows_of("leverage.remittances", found)
    single = one(rows, giver="A", receiver="J")
    assert single["value"] == pytest.approx(0.3)
    assert "modelled-split" in single["flags"]
    assert "modelled-split" not in one(rows, giver="A", receiver="K")["flags"]
    assert one(rows, giver="C", receiver="J")["flags"] == "nan:unknown"


def debts() -> Inputs:
    observations = [
        {
            "observation_id": "D1",
            "giver": "A",
            "receiver": "J",
            "channel": "debt",
            "period": "2010",
            "value": "260",
            "unit": "usd",
            "definition": "estimated",
            "source_id": "one",
            "rank": "normal",
        },
        {
            "observation_id": "E1",
            "giver": "J",
            "indicator": "external-debt",
            "period": "2010",
            "value": "100",
            "unit": "usd",
            "definition": "official",
            "source_id": "one",
            "rank": "normal",
        },
    ]
    return world(
        {"observations": observations},
        ties={("A", "J", "debt"): 30, ("A", "K", "debt"): 30},
        bases={
            "gdp-current": {"J": 1000, "K": 500},
            "external-debt": {"J": 100, "K": 60},
            "exports": {"J": 9, "K": 9},
        },
    )


def test_debt_of_wider_scope_has_no_share_of_external_debt() -> None:
    found = debts()
    share = rows_of("leverage.debt.creditor_share", found)
    # The share would be .3 at this date, but the same series passed 1 before: it counts other debt.
    assert one(share, giver="A", receiver="J")["flags"] == "nan:source-mismatch"
    assert one(share, giver="A", receiver="K")["value"] == pytest.approx(0.5)
    stock = rows_of("leverage.debt.stock", found)
    assert one(stock, giver="A", receiver="J")["value"] == pytest.approx(0.03)
    service = rows_of("leverage.debt.service", found)
    assert one(service, giver="A", receiver="K")["flags"] == "nan:unknown"
    assert [m.name for m in expand("leverage.debt")] == [
        "leverage.debt.creditor_share",
        "leverage.debt.service",
        "leverage.debt.stock",
    ]


@pytest.mark.parametrize("name", ["exit_cost", "sale_exposure", "asymmetric_vulnerability"])
def test_the_parts_add_up_to_the_value(name: str) -> None:
    found = world()
    cell = {"measure": f"leverage.{name}", "giver": "A", "receiver": "J"}
    parts = get(f"leverage.{name}").parts
    assert parts is not None
    rows = parts(found, cell)
    value = one(rows_of(f"leverage.{name}", found), giver="A", receiver="J")["value"]
    assert np.nansum([row["contribution"] for row in rows]) == pytest.approx(value, abs=1e-12)
    ids = {row.get("observation_id") for row in rows}
    if name != "sale_exposure":
        assert {"A>J:goods:2020@one", ">J:goods:2020@one", "G-J-2020"} <= ids
    if name != "exit_cost":
        assert "J>A:goods:2020@one" in ids


def test_ratios_add_up_too() -> None:
    found = debts()
    parts = get("leverage.debt.stock").parts
    assert parts is not None
    rows = parts(found, {"measure": "leverage.debt.stock", "giver": "A", "receiver": "K"})
    assert np.nansum([row["contribution"] for row in rows]) == pytest.approx(0.06)
