"""Energy sales, contract price, new outlets, exposure: standard tests, references, room, unknown sales."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.dynamics.helpers import Case, check_closure, new_level, reference, standard, total

from heartland.dynamics.energy import contract_price, energy_sales, energy_standing, new_outlet

P, R, M = 2, 3, 5
RNG = np.random.default_rng(17)
SALES = {"income": 0.7, "cost_effect": 0.3, "volatility": 0.12}


def sales_case(**changes):
    flow = 1.0 + RNG.random((P, R, M))
    reads = {"energy_volume": 0.1 * RNG.random((P, R, M)), "energy_flow": flow, "energy_sales": 1.2 * flow,
             "energy_load": np.zeros((P, R, M)), "energy_room": np.full((P, R, 1), 2.0),
             "power_surge": 0.05 * RNG.random((P, M)), "trend_receiver": np.array([[0.04], [0.06], [0.0]]),
             "supply_step": -0.2 * RNG.random((P, R, M)), "cost_step": -0.1 * RNG.random((P, R, M)),
             "price_step": np.full((1, M), 0.02)}
    return Case(energy_sales, reads, SALES, {"noise": np.abs(RNG.standard_normal((P, R, M)))}
                ).with_(**changes)


def sales_scalar(reads, p, noise, dt):
    out = {"energy_volume": [], "energy_flow": [], "energy_sales": []}
    for i in range(len(reads["energy_flow"])):
        rows = {name: [] for name in out}
        for j, flow in enumerate(reads["energy_flow"][i]):
            n = reads["trend_receiver"][j]
            n = n[0] if isinstance(n, list) else n
            step = (p["income"] * reads["power_surge"][i] * dt + reads["supply_step"][i][j]
                    - p["cost_effect"] * reads["cost_step"][i][j]
                    + p["volatility"] * math.sqrt(dt) * noise["noise"][i][j])
            step = min(step, reads["energy_room"][i][j] - reads["energy_load"][i][j] - n * dt)
            rows["energy_volume"].append(step)
            rows["energy_flow"].append(flow * (math.exp(n * dt + step) - 1))
            price = reads["price_step"][0]
            paid = reads["energy_sales"][i][j]
            rows["energy_sales"].append(paid * (math.exp(n * dt + step + price) - 1))
        for name in out:
            out[name].append(rows[name])
    return out


def test_energy_sales():
    one = np.ones((1, 1, 1))
    hand = Case(energy_sales, {
        "energy_volume": 0.0 * one, "energy_flow": 2 * one, "energy_sales": 3 * one, "energy_load": 0.1 * one,
        "energy_room": 0.2 * one, "power_surge": np.array([[0.4]]), "trend_receiver": np.array([[0.1]]),
        "supply_step": 0.3 * one, "cost_step": -0.2 * one, "price_step": np.array([[math.log(2) - 0.1]])},
        {"income": 0.5, "cost_effect": 0.5, "volatility": 0.2}, {"noise": 0.5 * one}, dt=0.25)
    names = ("energy_volume", "energy_flow", "energy_sales")
    standard(
        sales_case(), shapes=dict.fromkeys(names, (P, R)),
        bounds={"energy_volume": (-4, 4), "energy_flow": (0, 9), "energy_sales": (0, 9)},
        year=dict.fromkeys(("supply_step", "cost_step", "price_step"), 0) | {"energy_load": -9.0},
        zero={"power_surge": 0.0, "trend_receiver": 0.0, "supply_step": 0.0, "cost_step": 0.0,
              "price_step": 0.0, "noise": 0.0},
        directions={"income": ("energy_volume", "demand", 1), "cost_effect": ("energy_volume", "cost", 1),
                    "volatility": ("energy_volume", "noise", 1)},
        by_hand=(hand, {"energy_volume/demand": 0.05 * one, "energy_volume/supply": 0.3 * one,
                        "energy_volume/cost": 0.1 * one, "energy_volume/noise": 0.05 * one,
                        "energy_volume/capacity": -0.425 * one, "energy_volume": 0.075 * one,
                        "energy_flow": 2 * (math.exp(0.1) - 1) * one, "energy_sales": 3 * one}))
    reference(sales_case(), sales_scalar)
    case = sales_case()
    check_closure(case, {name: new_level(case, sales_scalar, name) for name in names})


@given(st.floats(-0.5, 0.5), st.floats(0, 0.5))
def test_volumes_do_not_pass_the_room_of_the_line(load, room):
    case = sales_case(energy_load=np.full((P, R, M), load), energy_room=np.full((P, R, 1), room),
                      supply_step=np.full((P, R, M), 1.0))
    trend = np.asarray(case.reads["trend_receiver"])[None] / 12
    assert np.all(load + total(case.call(), "energy_volume") + trend <= room + 1e-12)


def test_unknown_sales_stay_unknown_and_nothing_sold_stays_nothing():
    case = sales_case()
    flow = np.array(case.reads["energy_flow"])
    flow[0, 0], flow[0, 1] = np.nan, 0.0
    change = total(case.with_(energy_flow=flow).call(), "energy_flow")
    assert np.all(np.isnan(change[0, 0]))
    np.testing.assert_array_equal(change[0, 1], np.zeros(M))
    assert np.all(np.isfinite(change[1]))


def test_contract_price():
    hand = Case(contract_price, {"energy_price": np.array([[0.4]]), "oil": np.array([[1.0]])},
                {"pass_through": 0.8, "lag_persistence": 0.25}, dt=0.5)
    case = Case(contract_price, {"energy_price": 0.1 * RNG.random((1, M)), "oil": 1 + RNG.random((1, M))},
                {"pass_through": 0.8, "lag_persistence": 0.25})
    standard(case, shapes={"energy_price": (1,)}, bounds={"energy_price": (-2, 2)},
             zero={"energy_price": 0.0, "oil": 0.0},
             directions={"pass_through": ("energy_price", "oil", 1),
                         "lag_persistence": ("energy_price", "", -1)},
             by_hand=(hand, {"energy_price/oil": [[0.4]], "energy_price/reversion": [[-0.2]]}))

    def scalar(reads, p, noise, dt):
        target = p["pass_through"] * reads["oil"][0]
        left = p["lag_persistence"] ** dt
        now = reads["energy_price"][0]
        return {"energy_price": [target + left * (now - target) - now]}

    reference(case, scalar)
    check_closure(case, {"energy_price": new_level(case, scalar, "energy_price")})


@pytest.mark.parametrize("per_year", [1, 4, 12])
def test_contract_price_reaches_the_same_level_whatever_the_step(per_year):
    level = np.zeros((1, 1))
    for _ in range(2 * per_year):
        case = Case(contract_price, {"energy_price": level, "oil": np.ones((1, 1))},
                    {"pass_through": 0.8, "lag_persistence": 0.25}, dt=1 / per_year)
        level = level + total(case.call(), "energy_price")
    assert level[0, 0] == pytest.approx(0.8 * (1 - 0.25**2))


def outlet_case(**changes):
    shape = (P, R, M)
    reads = {"energy_outlet": RNG.random(shape), "energy_flow": 2 + RNG.random(shape),
             "energy_sales": 2 + RNG.random(shape), "pipeline_open": 1 + RNG.random(shape),
             "energy_price": np.full((1, M), 0.1)}
    return Case(new_outlet, reads, {"filling": 0.5}).with_(**changes)


def test_new_outlet():
    one = np.ones((1, 1, 1))
    hand = Case(new_outlet, {"energy_outlet": one, "energy_flow": 5 * one, "energy_sales": 5 * one,
                             "pipeline_open": 3 * one, "energy_price": np.array([[math.log(2)]])},
                {"filling": 0.25}, dt=0.5)
    names = ("energy_outlet", "energy_flow", "energy_sales")
    standard(outlet_case(), shapes=dict.fromkeys(names, (P, R)), bounds=dict.fromkeys(names, (0, 9)),
             zero={"energy_outlet": 0.0, "pipeline_open": 0.0},
             directions={"filling": ("energy_outlet", "", -1)},
             by_hand=(hand, {"energy_outlet": one, "energy_flow": one, "energy_sales": 2 * one}))

    def scalar(reads, p, noise, dt):
        step = [[(1 - p["filling"] ** dt) * (k - o) for o, k in zip(a, b, strict=True)]
                for a, b in zip(reads["energy_outlet"], reads["pipeline_open"], strict=True)]
        paid = [[x * math.exp(reads["energy_price"][0]) for x in row] for row in step]
        return {"energy_outlet": step, "energy_flow": step, "energy_sales": paid}

    reference(outlet_case(), scalar)


def standing_case(**changes):
    sales = 1 + RNG.random((P, R, M))
    reads = {"energy_sales": sales, "energy_total": sales.sum(axis=0) + 1.0,
             "substitutable": np.array([[0.1], [0.5], [0.9]]), "energy_volume": -RNG.random((P, R, M)),
             "energy_ratio": 0.1 * RNG.random((P, R, M))}
    return Case(energy_standing, reads, {}).with_(**changes)


def test_energy_standing():
    one = np.ones((1, 1, 1))
    hand = Case(energy_standing, {"energy_sales": 3 * one, "energy_total": np.array([[4.0]]),
                                  "substitutable": np.array([[0.2]]), "energy_volume": -math.log(2) * one,
                                  "energy_ratio": 0.1 * one}, {})
    standard(standing_case(),
             shapes={"energy_share": (P, R), "energy_exposure": (P, R), "export_loss": (R,)},
             bounds={"energy_share": (0, 1), "energy_exposure": (0, 1), "export_loss": (0, 1)},
             zero={"energy_sales": 0.0, "energy_volume": 0.0}, directions={},
             by_hand=(hand, {"energy_share": 0.75 * one, "energy_exposure": 0.6 * one,
                             "export_loss": [[0.1]]}))

    def scalar(reads, p, noise, dt):
        receivers = range(len(reads["energy_total"]))
        share = [[q / reads["energy_total"][j] for j, q in enumerate(row)] for row in reads["energy_sales"]]
        free = [x[0] if isinstance(x, list) else x for x in reads["substitutable"]]
        loss = [sum(r[j] * (math.exp(-v[j]) - 1) for r, v in
                    zip(reads["energy_ratio"], reads["energy_volume"], strict=True)) for j in receivers]
        return {"energy_share": share, "export_loss": loss,
                "energy_exposure": [[s * (1 - free[j]) for j, s in enumerate(row)] for row in share]}

    reference(standing_case(), scalar)


def test_a_receiver_that_sells_nothing_is_exposed_to_nobody():
    case = standing_case(energy_total=np.zeros((R, M)), energy_sales=np.zeros((P, R, M)))
    np.testing.assert_array_equal(total(case.call(), "energy_exposure"), np.zeros((P, R, M)))
