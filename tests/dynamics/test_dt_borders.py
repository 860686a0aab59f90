"""Border clashes, attacks, drills and choices: the same yearly chances for steps of a quarter and a month."""

from __future__ import annotations

import math

import numpy as np
import pytest

from heartland.dynamics.border import border_memory, ceasefire, clash, demarcation
from heartland.dynamics.choice import bond, choose_option, option_state
from heartland.dynamics.spillover import attack, attack_memory, drills, neighbour_conflict_path, spillover

N = 80_000
STEPS = (1, 4, 12)


def many(value):
    return np.full(N, float(value))


def flat(value, *axes):
    return np.full((*axes, 1), float(value))


def borders(per_year, years=3):
    """Clashes of three years on one border that may be agreed: share with one, mean number, share agreed."""
    rng, dt = np.random.default_rng([81, per_year]), 1 / per_year
    recent, agreed, count = np.full((1, N), 0.5), np.full((1, N), 0.5), np.zeros(N)
    hazard = {"log_rate": many(0.0), "recent_effect": many(0.7), "agreed_effect": many(3.0),
              "monitor_effect": many(1.0), "strip_effect": many(1.0)}  # fmt: skip
    carry = {"half_life": many(2.0), "ceasefire_relief": many(0.3), "mediation_relief": many(0.3)}
    for _ in range(years * per_year):
        fights = clash(recent, agreed, flat(0.2, 1), flat(0, 1), **hazard, uniform=rng.random((1, N)), dt=dt)
        fights = fights["clash"].occurs
        pause = ceasefire(fights, signed=many(0.8), uniform=rng.random((1, N)))["ceasefire"].occurs
        treaty = demarcation(recent, agreed, log_rate=many(math.log(0.1)), recent_effect=many(0.5),
                             uniform=rng.random((1, N)), dt=dt)["border_agreed"].occurs  # fmt: skip
        none = np.zeros((0, 1, N))
        moved = border_memory(recent, agreed, fights, pause, none, treaty, **carry, dt=dt)
        recent = recent + sum(moved["recent_clash"].values())
        agreed = agreed + sum(moved["agreed"].values())
        count += fights[0]
    return (count > 0).mean(), count.mean(), (agreed[0] == 1).mean()


def test_borders():
    quarter, month = borders(4), borders(12)
    assert quarter == pytest.approx(month, rel=0.03)
    assert 0.2 < month[0] < 0.8


def attacks(per_year, years=3):
    rng, dt = np.random.default_rng([82, per_year]), 1 / per_year
    war, memory, ever = np.zeros((1, N)), np.zeros((1, N)), np.zeros(N, bool)
    for _ in range(years * per_year):
        war = war + sum(neighbour_conflict_path(war, persistence=many(0.7), volatility=many(0.15),
                                                noise=rng.standard_normal((1, N)), dt=dt)
                        ["neighbour_conflict"].values())  # fmt: skip
        danger = spillover(war, flat(0.8, 1), flat(1, 1, 1))["spill"]
        hit = attack(danger, flat(1, 1), log_rate=many(math.log(0.1)), spill_effect=many(0.8),
                     uniform=rng.random((1, N)), dt=dt)["attack"].occurs  # fmt: skip
        moved = attack_memory(memory, hit, half_life=many(1.0), dt=dt)
        memory = memory + sum(moved["recent_attack"].values())
        ever |= hit[0]
    return ever.mean(), memory.mean()


def test_attacks():
    year, quarter, month = (attacks(per_year) for per_year in STEPS)
    assert quarter == pytest.approx(month, rel=0.03)
    assert year[0] == pytest.approx(month[0], rel=0.03)


def test_drills_are_stationary():
    p = {"persistence": many(0.2), "demand_effect": many(0.6), "clash_effect": many(0.5), "sd": many(0.3)}
    still = (flat(0.5, 1), flat(0.5, 1, 1), flat(0.4, 1), flat(0, 1), flat(1, 1, 1))
    for per_year in STEPS:
        rng, level = np.random.default_rng([83, per_year]), np.zeros((1, 1, N))
        for _ in range(6 * per_year):
            moved = drills(level, *still, **p, noise=rng.standard_normal((1, 1, N)), dt=1 / per_year)
            level = level + sum(moved["exercise_gap"].values())
        assert level.mean() == pytest.approx(0.6 * 0.25 - 0.5 * 0.4, abs=0.03 * 0.3)
        assert level.var() == pytest.approx(0.3**2 / (1 - 0.04), rel=0.03)


def choices(per_year, years=4):
    """Two options, one better for the only tie: share of members in which it is in force, and closeness."""
    rng, dt = np.random.default_rng([84, per_year]), 1 / per_year
    actor, group = np.ones((2, 1, 1)), np.ones((2, 2, 1))
    order = np.tril(np.ones((2, 2)))[..., None]
    target = np.array([[[0.5]], [[0.0]]]) + np.zeros((2, 1, N))
    chosen, close = np.zeros((2, N)), np.zeros((1, 1, N))
    p = {"base_value": many(0.1), "tie_value": many(1), "sensitivity": many(4), "year_kept": many(0.7),
         "inertia": many(1), "review_rate": many(1), "floor": many(0.05)}  # fmt: skip
    for _ in range(years * per_year):
        luck = {"uniform": rng.random((1, N)), "uniform_review": rng.random((1, N))}
        picked = choose_option(target, close, chosen, actor, group, order, flat(0, 2, 1), **p, **luck, dt=dt)
        drawn = picked["option_chosen"].occurs
        chosen = chosen + option_state(chosen, drawn, group)["chosen"]
        close = close + sum(bond(close, chosen, target, actor, persistence=many(0.7), sd=many(0.1),
                                 noise=rng.standard_normal((1, 1, N)), dt=dt)["bond"].values())  # fmt: skip
    return chosen[0].mean(), close.mean()


def test_choices():
    quarter, month = choices(4), choices(12)
    assert quarter == pytest.approx(month, rel=0.03)
    assert 0.5 < month[0] < 0.95
