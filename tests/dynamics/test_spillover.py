"""Conflict next door, danger, attacks, demand for security, worry and drills."""

from __future__ import annotations

import math

import numpy as np
from tests.dynamics.helpers import Case, reference, standard, total

from heartland.dynamics.spillover import (
    attack,
    attack_memory,
    drills,
    neighbour_conflict_path,
    security_demand,
    spillover,
    spillover_worry,
)

N, B, P, R, M = 2, 2, 3, 3, 4
RNG = np.random.default_rng(111)


def test_neighbour_conflict_path():
    parameters = {"persistence": np.array([0.5, 0.6, 0.7, 0.8]), "volatility": 0.2}
    case = Case(
        neighbour_conflict_path,
        {"neighbour_conflict": 0.2 + RNG.random((N, M))},
        parameters,
        {"noise": RNG.random((N, M))},
    )
    # a quarter left after a year, half after half a year; shock .2 sqrt(.8)
    hand = case.with_(neighbour_conflict=np.ones((1, 1)), persistence=0.25, noise=np.ones((1, 1)), dt=0.5)
    standard(
        case,
        shapes={"neighbour_conflict": (N,)},
        bounds={"neighbour_conflict": (-1, 2)},
        zero={"neighbour_conflict": 0.0, "noise": 0.0},
        directions={
            "persistence": ("neighbour_conflict", "reversion", 1),
            "volatility": ("neighbour_conflict", "noise", 1),
        },
        by_hand=(
            hand,
            {"neighbour_conflict/reversion": [[-0.5]], "neighbour_conflict/noise": [[0.2 * math.sqrt(0.8)]]},
        ),
    )
    reference(
        case,
        lambda reads, p, noise, dt: {
            "neighbour_conflict": [
                x * (p["persistence"] ** dt - 1)
                + e
                * p["volatility"]
                * math.sqrt((1 - p["persistence"] ** (2 * dt)) / (1 - p["persistence"] ** 2))
                for x, e in zip(reads["neighbour_conflict"], noise["noise"], strict=True)
            ]
        },
    )


EXPOSURE = np.array([[1.0, 0.5, 0.0], [0.0, np.nan, 0.25]])[..., None]


def test_spillover():
    case = Case(
        spillover,
        {
            "neighbour_conflict": RNG.random((N, M)) - 0.3,
            "conflict_start": np.array([[1.0], [0.5]]),
            "conflict_exposure": EXPOSURE,
        },
        {},
        {},
    )
    # the first stands at 1.2; the second has more peace than there can be
    hand = case.with_(neighbour_conflict=np.array([[0.2], [-0.8]]))
    standard(
        case,
        shapes={"spill": (R,)},
        bounds={"spill": (0, 4)},
        zero={"neighbour_conflict": -1.0},
        directions={},
        by_hand=(hand, {"spill": [[1.2], [0.6], [0.0]]}),
    )

    def scalar(reads, p, noise, dt):
        out = []
        for i in range(R):
            level = 0.0
            for n in range(N):
                weight = reads["conflict_exposure"][n][i]
                now = max(0.0, reads["conflict_start"][n] + reads["neighbour_conflict"][n])
                level += 0.0 if math.isnan(weight) else weight * now
            out.append(level)
        return {"spill": out}

    reference(case, scalar)


def test_attack():
    parameters = {"log_rate": math.log(0.1), "spill_effect": 0.8}
    case = Case(
        attack,
        {"spill": RNG.random((R, M)), "outer_frontier": np.array([[1.0], [1.0], [0.0]])},
        parameters,
        {"uniform": RNG.random((R, M))},
    )
    hand = Case(
        attack,
        {"spill": np.ones((2, 1)), "outer_frontier": np.array([[1.0], [0.0]])},
        {"log_rate": math.log(0.1), "spill_effect": math.log(3)},
        {"uniform": np.zeros((2, 1))},
        dt=0.5,
    )
    standard(
        case,
        shapes={"attack": (R,)},
        bounds={"attack": (0, 1)},
        zero={"outer_frontier": 0.0},
        directions=dict.fromkeys(parameters, ("attack", "", 1)),
        by_hand=(hand, {"attack": [[1 - math.exp(-0.15)], [0.0]], "attack/occurs": [[True], [False]]}),
    )
    reference(
        case,
        lambda reads, p, noise, dt: {
            "attack": [
                (1 - math.exp(-min(4.0, math.exp(p["log_rate"] + p["spill_effect"] * s)) * dt)) * e
                for s, e in zip(reads["spill"], reads["outer_frontier"], strict=True)
            ]
        },
    )


def test_attack_memory():
    case = Case(
        attack_memory,
        {"recent_attack": 0.3 * RNG.random((R, M)), "attack": np.repeat([[1.0], [0.0], [1.0]], M, axis=1)},
        {"half_life": 1.0},
        {},
    )
    hand = case.with_(recent_attack=np.array([[0.4], [0.4]]), attack=np.array([[1.0], [0.0]]), dt=1.0)
    standard(
        case,
        shapes={"recent_attack": (R,)},
        bounds={"recent_attack": (0, 1)},
        zero={"recent_attack": 0.0, "attack": 0.0},
        directions={"half_life": ("recent_attack", "decay", 1)},
        by_hand=(
            hand,
            {
                "recent_attack/decay": [[-0.2], [-0.2]],
                "recent_attack/attack": [[0.5 / math.log(2) - 0.2], [0.0]],
            },
        ),
    )

    def scalar(reads, p, noise, dt):
        left = 0.5 ** (dt / p["half_life"])
        kept = (1 - left) * p["half_life"] / (math.log(2) * dt)
        return {
            "recent_attack": [
                max(left * r, kept if a else 0.0) - r
                for r, a in zip(reads["recent_attack"], reads["attack"], strict=True)
            ]
        }

    reference(case, scalar)


def test_security_demand_and_worry_rest_at_the_start():
    reads = {
        "spill": 0.5 + RNG.random((R, M)),
        "spill_start": np.full((R, 1), 0.5),
        "recent_attack": RNG.random((R, M)),
    }
    parameters = {"spill_effect": 1.0, "attack_effect": 0.3}
    case = Case(security_demand, reads, parameters, {})
    hand = case.with_(
        spill=np.ones((1, 1)), spill_start=np.full((1, 1), 0.6), recent_attack=np.full((1, 1), 0.5)
    )
    standard(
        case,
        shapes={"security_demand": (R,)},
        bounds={"security_demand": (0, 2)},
        zero={"spill": 0.5, "recent_attack": 0.0},
        directions=dict.fromkeys(parameters, ("security_demand", "", 1)),
        by_hand=(hand, {"security_demand": [[0.55]]}),
    )
    reference(
        case,
        lambda reads, p, noise, dt: {
            "security_demand": [
                p["spill_effect"] * (s - 0.5) + p["attack_effect"] * a
                for s, a in zip(reads["spill"], reads["recent_attack"], strict=True)
            ]
        },
    )

    weights = np.array([[0.2, 0.3, 0.5], [0.5, 0.5, 0.0], [np.nan, 0.0, 1.0]])[..., None]
    insider = np.array([[1.0], [0.0], [1.0]])
    worry = Case(
        spillover_worry,
        {
            "spill": reads["spill"],
            "spill_start": reads["spill_start"],
            "home_weight": weights,
            "insider": insider,
        },
        {"weight": 0.5},
        {},
    )
    hand = worry.with_(spill=np.array([[1.5], [0.5], [1.0]]))
    standard(
        worry,
        shapes={"spill_worry": (P,)},
        bounds={"spill_worry": (0, 1)},
        zero={"spill": 0.5},
        directions={"weight": ("spill_worry", "", 1)},
        by_hand=(hand, {"spill_worry": [[0.5 * (0.2 + 0.25)], [0.0], [0.25]]}),
    )
    reference(
        worry,
        lambda reads, p, noise, dt: {
            "spill_worry": [
                p["weight"]
                * reads["insider"][g]
                * sum(
                    (0.0 if math.isnan(w) else w) * (s - 0.5)
                    for w, s in zip(reads["home_weight"][g], reads["spill"], strict=True)
                )
                for g in range(P)
            ]
        },
    )


DRILLS = {"persistence": np.array([0.2, 0.3, 0.4, 0.5]), "demand_effect": 0.6, "clash_effect": 0.5, "sd": 0.3}
SIDE = np.array([[1, 1, 0], [0, 1, 1]], float)[..., None]


def drills_case(**changes):
    reads = {
        "exercise_gap": RNG.random((P, R, M)),
        "security_demand": RNG.random((R, M)),
        "provider_weight": RNG.random((P, R, 1)),
        "recent_clash": 0.5 + 0.5 * RNG.random((B, M)),
        "recent_clash_start": np.full((B, 1), 0.5),
        "border_side": SIDE,
    }
    return Case(drills, reads, DRILLS, {"noise": RNG.random((P, R, M))}).with_(**changes)


def test_drills():
    cell = np.ones((1, 1, 1))
    # half of each gap closes
    hand = drills_case(
        exercise_gap=0.4 * cell,
        security_demand=np.ones((1, 1)),
        provider_weight=0.5 * cell,
        recent_clash=np.array([[0.9]]),
        recent_clash_start=np.array([[0.5]]),
        border_side=cell,
        persistence=0.25,
        noise=cell,
        dt=0.5,
    )
    standard(
        drills_case(),
        shapes={"exercise_gap": (P, R)},
        bounds={"exercise_gap": (-1, 2)},
        zero={"exercise_gap": 0.0, "security_demand": 0.0, "recent_clash": 0.5, "noise": 0.0},
        directions={
            "persistence": ("exercise_gap", "reversion", 1),
            "demand_effect": ("exercise_gap", "demand", 1),
            "clash_effect": ("exercise_gap", "quarrel", -1),
            "sd": ("exercise_gap", "noise", 1),
        },
        by_hand=(
            hand,
            {
                "exercise_gap/reversion": -0.2 * cell,
                "exercise_gap/demand": 0.15 * cell,
                "exercise_gap/quarrel": -0.1 * cell,
                "exercise_gap/noise": 0.3 * math.sqrt(0.8) * cell,
            },
        ),
    )

    def scalar(reads, p, noise, dt):
        out = np.zeros((P, R))
        left = p["persistence"] ** dt
        spread = p["sd"] * math.sqrt((1 - left**2) / (1 - p["persistence"] ** 2))
        for g in range(P):
            for i in range(R):
                quarrel = sum(reads["border_side"][b][i] * (reads["recent_clash"][b] - 0.5) for b in range(B))
                target = (
                    p["demand_effect"] * reads["security_demand"][i] * reads["provider_weight"][g][i]
                    - p["clash_effect"] * quarrel
                )
                x = reads["exercise_gap"][g][i]
                out[g, i] = (left - 1) * (x - target) + spread * noise["noise"][g][i]
        return {"exercise_gap": out}

    reference(drills_case(), scalar)


def test_unknown_providers_hold_no_drills_for_danger():
    found = drills_case(provider_weight=np.full((P, R, 1), np.nan)).call()
    np.testing.assert_array_equal(total(found, "exercise_gap", "demand"), 0.0)
