"""Arms supply: standard tests, references, shares that close, the hold of standards, offers, steps."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.dynamics.helpers import Case, check_closure, new_level, reference, standard, total

from heartland.dynamics.arms import (
    arms_deliveries,
    arms_orders,
    arms_standards,
    arms_standing,
    supplier_switch,
)

P, R, M = 2, 3, 6
RNG = np.random.default_rng(23)
ORDERS = np.repeat(np.array([[[0.7], [0.1], [0.3]], [[0.2], [0.5], [0.3]]]), M, axis=2) * (
    0.9 + 0.1 * RNG.random((P, R, M)))
SWITCH = {"log_rate": -1.1, "lock_in": 1.0, "strain_effect": 0.5, "offer_effect": 1.0, "floor": 0.03}


def delivery_case(**changes):
    reads = {"arms": 50 + 50 * RNG.random((P, R, M)), "arms_rest": 10 + RNG.random((R, M)),
             "arms_order": ORDERS, "arms_demand": 20 + RNG.random((R, M)),
             "arms_strain": np.array([[0.8], [0.1]]), "joint_production": np.full((R, 1), 0.4),
             "standards": 0.3 + 0.5 * RNG.random((R, M))}
    return Case(arms_deliveries, reads, {"strain_loss": 0.55, "joint_relief": 0.3}).with_(**changes)


def delivery_scalar(reads, p, noise, dt):
    def one(value):
        return value[0] if isinstance(value, list) else value

    left = math.exp(-dt / 5)
    arms, rest = [], []
    for i, row in enumerate(reads["arms"]):
        arms.append([])
        for j, held in enumerate(row):
            relief = p["joint_relief"] * one(reads["joint_production"][j]) * reads["standards"][j]
            supply = 1 - p["strain_loss"] * one(reads["arms_strain"][i]) * (1 - relief)
            flow = reads["arms_demand"][j] * reads["arms_order"][i][j] * supply
            arms[-1].append(left * held + 5 * (1 - left) * flow - held)
    for j, held in enumerate(reads["arms_rest"]):
        flow = reads["arms_demand"][j] * (1 - sum(row[j] for row in reads["arms_order"]))
        rest.append(left * held + 5 * (1 - left) * flow - held)
    return {"arms": arms, "arms_rest": rest}


def test_arms_deliveries():
    one, half = np.ones((1, 1, 1)), 5 * math.log(2)
    hand = Case(arms_deliveries, {
        "arms": 40 * one, "arms_rest": np.array([[10.0]]), "arms_order": 0.8 * one,
        "arms_demand": np.array([[10.0]]), "arms_strain": np.array([[0.5]]),
        "joint_production": np.array([[1.0]]), "standards": np.array([[0.5]])},
        {"strain_loss": 0.5, "joint_relief": 0.4}, dt=half)
    standard(
        delivery_case(), shapes={"arms": (P, R), "arms_rest": (R,)},
        bounds={"arms": (0, 1000), "arms_rest": (0, 1000)},
        zero={"arms": 0.0, "arms_rest": 0.0, "arms_demand": 0.0},
        directions={"strain_loss": ("arms", "delivered", -1), "joint_relief": ("arms", "delivered", 1)},
        by_hand=(hand, {"arms/delivered": 16 * one, "arms/fallen-out": -20 * one,
                        "arms_rest/delivered": [[5.0]], "arms_rest/fallen-out": [[-5.0]]}))
    reference(delivery_case(), delivery_scalar)
    case = delivery_case()
    check_closure(case, {name: new_level(case, delivery_scalar, name) for name in ("arms", "arms_rest")})


def test_a_peaceful_start_is_a_rest_point():
    order, demand = ORDERS, np.full((R, M), 12.0)
    case = delivery_case(arms_strain=np.zeros((P, 1)), arms=5 * demand * order, arms_demand=demand,
                         arms_rest=5 * demand * (1 - order.sum(axis=0)))
    np.testing.assert_allclose(total(case.call(), "arms"), 0, atol=1e-12)
    np.testing.assert_allclose(total(case.call(), "arms_rest"), 0, atol=1e-12)


def switch_case(**changes):
    reads = {"arms_order": ORDERS, "arms_offer": np.array([[[0.0], [0.0], [1.0]], [[1.0], [0.2], [0.0]]]),
             "arms_strain": np.array([[0.8], [0.2]]), "standards": 0.2 + 0.6 * RNG.random((R, M))}
    noise = {"uniform_whether": RNG.random((R, M)) * 0.05, "uniform_which": RNG.random((R, M))}
    return Case(supplier_switch, reads, SWITCH, noise).with_(**changes)


def switch_scalar(reads, p, noise, dt):
    def one(value):
        return value[0] if isinstance(value, list) else value

    lost, switch, occurs = [], [[] for _ in range(P)], []
    for j in range(R):
        orders = [reads["arms_order"][i][j] for i in range(P)]
        main = max(range(P), key=lambda i: orders[i])
        weights = {i: (1 - p["floor"]) * orders[i] + p["floor"] / (P + 1) for i in range(P) if i != main}
        rest = (1 - p["floor"]) * (1 - sum(orders)) + p["floor"] / (P + 1)
        scale = sum(weights.values()) + rest
        pulls = {i: w / scale * math.exp(p["offer_effect"] * one(reads["arms_offer"][i][j]))
                 for i, w in weights.items()}
        calls = sum(pulls.values()) + rest / scale
        rate = calls * math.exp(p["log_rate"] - p["lock_in"] * reads["standards"][j]
                                + p["strain_effect"] * one(reads["arms_strain"][main]))
        chance = 1 - math.exp(-rate * dt)
        lost.append(chance)
        occurs.append(float(noise["uniform_whether"][j] < chance))
        for i in range(P):
            switch[i].append(chance * pulls.get(i, 0.0) / calls)
    return {"supplier_lost": lost, "supplier_switch": switch, "supplier_lost/occurs": occurs}


def test_supplier_switch():
    hand = Case(supplier_switch, {
        "arms_order": np.array([[[0.6]], [[0.2]]]), "arms_offer": np.array([[[0.0]], [[math.log(2)]]]),
        "arms_strain": np.zeros((2, 1)), "standards": np.array([[0.5]])},
        {**SWITCH, "log_rate": 0.0, "lock_in": 2 * math.log(2), "floor": 0.0},
        {"uniform_whether": np.array([[0.0]]), "uniform_which": np.array([[0.5]])}, dt=1.0)
    chance = 1 - math.exp(-0.75)  # rate 1/2 at standards 1/2, times 1/2 * 2 + 1/2 for the offer
    standard(
        switch_case(), shapes={"supplier_lost": (R,), "supplier_switch": (P, R)},
        bounds={"supplier_lost": (0, 1), "supplier_switch": (0, 1)},
        of={"supplier_switch": ("supplier_lost",)},
        zero={"arms_order": 0.0, "uniform_whether": 1.0},
        directions={"log_rate": ("supplier_lost", "", 1), "lock_in": ("supplier_lost", "", -1),
                    "strain_effect": ("supplier_lost", "", 1), "offer_effect": ("supplier_lost", "", 1),
                    "floor": ("supplier_lost", "", -1)},
        directed=switch_case(
            arms_offer=np.array([[[0.0], [0.5], [0.0]], [[0.5], [0.0], [0.0]]]),
            arms_order=np.repeat([[[0.5], [0.4], [0.3]], [[0.45], [0.5], [0.2]]], M, axis=2)),
        by_hand=(hand, {"supplier_lost": [[chance]], "supplier_switch": [[[0.0]], [[chance * 2 / 3]]],
                        "supplier_switch/occurs": [[[False]], [[True]]]}))
    reference(switch_case(), switch_scalar)


@given(st.floats(0, 1), st.floats(0, 1))
def test_one_loss_goes_to_one_supplier_or_to_the_rest(whether, which):
    case = switch_case(uniform_whether=np.full((R, M), whether * 0.03), uniform_which=np.full((R, M), which))
    returned = case.call()
    gained = np.asarray(returned["supplier_switch"].occurs).sum(axis=0)
    assert np.all(gained <= np.asarray(returned["supplier_lost"].occurs))
    main = case.reads["arms_order"] == case.reads["arms_order"].max(axis=0)
    assert not np.any(np.asarray(returned["supplier_switch"].occurs) & main)
    assert np.all(total(returned, "supplier_switch").sum(axis=0) <= total(returned, "supplier_lost") + 1e-12)


@pytest.mark.parametrize("per_year", [1, 4, 12])
def test_the_yearly_chance_does_not_depend_on_the_step(per_year):
    case = switch_case(dt=1 / per_year)
    chance = 1 - (1 - total(case.call(), "supplier_lost")) ** per_year
    np.testing.assert_allclose(chance, total(case.with_(dt=1.0).call(), "supplier_lost"), rtol=1e-9)


def order_case(**changes):
    reads = {"arms_order": ORDERS, "supplier_lost": np.ones((R, M)), "supplier_switch": np.zeros((P, R, M))}
    reads["supplier_switch"][1, 0], reads["supplier_switch"][0, 1] = 1.0, 1.0
    return Case(arms_orders, reads, {"moved": 0.7}).with_(**changes)


def test_arms_orders():
    hand = Case(arms_orders, {"arms_order": np.array([[[0.6]], [[0.2]]]), "supplier_lost": np.ones((1, 1)),
                              "supplier_switch": np.array([[[0.0]], [[1.0]]])}, {"moved": 0.5})
    standard(order_case(), shapes={"arms_order": (P, R)}, bounds={"arms_order": (0, 1)},
             zero={"supplier_lost": 0.0, "supplier_switch": 0.0},
             directions={"moved": ("arms_order", "won", 1)},
             by_hand=(hand, {"arms_order/lost": [[[-0.3]], [[0.0]]], "arms_order/won": [[[0.0]], [[0.3]]]}))

    def scalar(reads, p, noise, dt):
        orders = reads["arms_order"]
        out = [[0.0] * R for _ in range(P)]
        for j in range(R):
            main = max(range(P), key=lambda i: orders[i][j])
            out[main][j] -= p["moved"] * orders[main][j] * reads["supplier_lost"][j]
            for i in range(P):
                out[i][j] += p["moved"] * orders[main][j] * reads["supplier_switch"][i][j]
        return {"arms_order": out}

    reference(order_case(), scalar)
    assert np.all((ORDERS + total(order_case().call(), "arms_order")).sum(axis=0) <= 1)


def standards_case(**changes):
    reads = {"standards": 0.2 * RNG.random((R, M)), "arms_order": ORDERS,
             "common_standards": np.array([[0.0], [0.5], [1.0]])}
    return Case(arms_standards, reads, {"half_life": 7.0, "push": 0.4}).with_(**changes)


def test_arms_standards():
    hand = Case(arms_standards, {"standards": np.array([[0.5]]), "arms_order": np.array([[[0.2]], [[0.7]]]),
                                 "common_standards": np.array([[1.0]])},
                {"half_life": 8.0, "push": 0.5}, dt=8.0)
    standard(standards_case(), shapes={"standards": (R,)}, bounds={"standards": (0, 1)},
             zero={"standards": 0.0, "arms_order": 0.0, "common_standards": 0.0},
             directions={"half_life": ("standards", "", -1), "push": ("standards", "norms", 1)},
             by_hand=(hand, {"standards/orders": [[0.1]], "standards/norms": [[0.075]]}))

    def scalar(reads, p, noise, dt):
        out = []
        for j, held in enumerate(reads["standards"]):
            common = reads["common_standards"][j]
            common = common[0] if isinstance(common, list) else common
            top = max(row[j] for row in reads["arms_order"])
            target = top + p["push"] * common * (1 - top)
            out.append((1 - 2 ** (-dt / p["half_life"])) * (target - held))
        return {"standards": out}

    reference(standards_case(), scalar)


def test_arms_standing():
    reads = {"arms": 10 + RNG.random((P, R, M)), "arms_rest": 5 + RNG.random((R, M))}
    hand = Case(arms_standing, {"arms": np.array([[[6.0]], [[2.0]]]), "arms_rest": np.array([[2.0]])}, {})
    case = Case(arms_standing, reads, {})
    standard(case, shapes={"arms_share": (P, R)}, bounds={"arms_share": (0, 1)}, zero={"arms": 0.0},
             directions={}, by_hand=(hand, {"arms_share": [[[0.6]], [[0.2]]]}))

    def scalar(reads, p, noise, dt):
        whole = [sum(row[j] for row in reads["arms"]) + rest for j, rest in enumerate(reads["arms_rest"])]
        return {"arms_share": [[a / whole[j] for j, a in enumerate(row)] for row in reads["arms"]]}

    reference(case, scalar)


def test_no_deliveries_leave_the_share_unknown():
    case = Case(arms_standing, {"arms": np.zeros((P, R, M)), "arms_rest": np.zeros((R, M))}, {})
    assert np.all(np.isnan(total(case.call(), "arms_share")))
