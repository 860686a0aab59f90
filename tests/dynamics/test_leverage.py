"""Pressure and reward: standard tests, scalar references, what defeats a lever."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.dynamics.helpers import Case, reference, standard, total

from heartland.dynamics.leverage import (
    compliance,
    concession,
    leverage,
    power_means,
    pressure_bite,
    pressure_level,
    reward_level,
)

P, R, M = 3, 2, 5
RNG = np.random.default_rng(141)
LEVER = {"intercept": -2.0, "stake_effect": 1.0, "exposure_effect": 2.0, "asymmetry_effect": 3.0,
         "glue_effect": 0.5, "carrot": 0.4, "floor": 0.03}
YIELD = {"intercept": -0.7, "loss_effect": 2.0, "salience_effect": 1.0, "reward_effect": 0.15,
         "means_effect": 5.0, "outside_effect": 0.4, "floor": 0.03}


def pair(low=0.0, high=1.0):
    return low + (high - low) * RNG.random((P, R, M))


def cell(value, *shape):
    return np.full((*(shape or (1, 1)), 1), float(value))


def logistic(x):
    return 1 / (1 + math.exp(-x))


def lever_case(**changes):
    reads = {"reliance": pair(0.5, 0.9), "own_exposure": pair(0.05, 0.1), "stake": pair(),
             "conditional": np.full((P, 1), 0.8), "glue": RNG.random((P, P, M)),
             "pressure": np.zeros((P, R, M))}
    noise = {"uniform_use": pair(), "uniform_kind": pair()}
    return Case(leverage, reads, LEVER, noise, dt=0.25).with_(**changes)


def lever_scalar(reads, p, noise, dt):
    use = np.zeros((P, R))
    for k in range(P):
        for i in range(R):
            friends = sum(max(reads["glue"][k][q], 0) * reads["reliance"][q][i] for q in range(P))
            held, own = reads["reliance"][k][i], reads["own_exposure"][k][i]
            odds = (p["intercept"] + p["stake_effect"] * reads["stake"][k][i] - p["exposure_effect"] * own
                    + p["asymmetry_effect"] * (held - own) - p["glue_effect"] * friends)
            yearly = ((1 - p["floor"]) * logistic(odds) + p["floor"] / 2) * reads["conditional"][k]
            use[k, i] = 0 if reads["pressure"][k][i] > 0.5 else 1 - (1 - yearly) ** dt
    used, sweet = np.array(noise["uniform_use"]) < use, np.array(noise["uniform_kind"]) < p["carrot"]
    return {"pressure_on": use * (1 - p["carrot"]), "reward_on": use * p["carrot"],
            "pressure_on/occurs": used & ~sweet, "reward_on/occurs": used & sweet}


def test_leverage():
    # no friends, log odds 0, floor 0: yearly .5, half of it rewards
    hand = Case(leverage, {"reliance": cell(0.5), "own_exposure": cell(0), "stake": cell(0.5),
                           "conditional": cell(1, 1), "glue": cell(0), "pressure": cell(0)},
                {**LEVER, "carrot": 0.5, "floor": 0.0},
                {"uniform_use": cell(0), "uniform_kind": cell(0.9)}, dt=1.0)
    standard(
        lever_case(), shapes={"pressure_on": (P, R), "reward_on": (P, R)},
        bounds={"pressure_on": (0, 1), "reward_on": (0, 1)},
        of=dict.fromkeys(("pressure_on", "reward_on"), ("pressure_on", "reward_on")),
        zero={"conditional": 0.0},
        directions={"intercept": ("pressure_on", "", 1), "stake_effect": ("pressure_on", "", 1),
                    "exposure_effect": ("pressure_on", "", -1), "asymmetry_effect": ("pressure_on", "", 1),
                    "glue_effect": ("pressure_on", "", -1), "carrot": ("reward_on", "", 1),
                    "floor": ("pressure_on", "", -1)},
        directed=lever_case(stake=pair(2, 3)),
        by_hand=(hand, {"pressure_on": cell(0.25), "reward_on": cell(0.25), "pressure_on/occurs": cell(1),
                        "reward_on/occurs": cell(0)}))
    reference(lever_case(), lever_scalar)


def test_a_power_that_presses_does_not_press_again_and_yearly_chances_hold():
    assert not total(lever_case(pressure=np.ones((P, R, M))).call(), "pressure_on").any()
    case = lever_case()
    month, year = (case.with_(dt=dt).call() for dt in (1 / 12, 1.0))
    used = [total(x, "pressure_on") + total(x, "reward_on") for x in (month, year)]
    np.testing.assert_allclose(1 - (1 - used[0]) ** 12, used[1], rtol=1e-10)


def yield_case(**changes):
    hard = np.zeros((P, R, M))
    hard[0] = 1.0
    soft = np.zeros((P, R, M))
    soft[1] = 1.0
    reads = {"pressure_on": hard, "reward_on": soft, "reliance": pair(0.3, 0.9), "salience": pair(),
             "reward_size": pair(1, 4), "means": 0.1 * RNG.random((P, M)), "vectors": 3 + RNG.random((R, M))}
    return Case(concession, reads, YIELD, {"uniform": pair()}).with_(**changes)


def yield_scalar(reads, p, noise, dt):
    chance, given, refused = (np.zeros((P, R)) for _ in range(3))
    for k in range(P):
        for i in range(R):
            hard, soft = reads["pressure_on"][k][i], reads["reward_on"][k][i]
            odds = (p["intercept"] - p["salience_effect"] * reads["salience"][k][i]
                    + p["means_effect"] * reads["means"][k] - p["outside_effect"] * (reads["vectors"][i] - 3)
                    + (p["loss_effect"] * (reads["reliance"][k][i] - 0.25) if hard else 0)
                    + (p["reward_effect"] * reads["reward_size"][k][i] if soft else 0))
            if hard or soft:
                chance[k, i] = (1 - p["floor"]) * logistic(odds) + p["floor"] / 2
                given[k, i] = noise["uniform"][k][i] < chance[k, i]
                refused[k, i] = 1 - given[k, i]
    return {"conceded": chance, "conceded/occurs": given, "resisted/occurs": refused}


def test_concession():
    # the reference case: dependence .25, three partners, nothing else: logit of one third
    hand = Case(concession, {"pressure_on": cell(1), "reward_on": cell(0), "reliance": cell(0.25),
                             "salience": cell(0), "reward_size": cell(9), "means": cell(0, 1),
                             "vectors": cell(3, 1)},
                {**YIELD, "intercept": -math.log(2), "floor": 0.0}, {"uniform": cell(0.5)})
    standard(
        yield_case(), shapes={"conceded": (P, R), "resisted": (P, R)},
        bounds={"conceded": (0, 1), "resisted": (0, 1)}, zero={"pressure_on": 0.0, "reward_on": 0.0},
        directions={"intercept": ("conceded", "", 1), "loss_effect": ("conceded", "", 1),
                    "salience_effect": ("conceded", "", -1), "reward_effect": ("conceded", "", 1),
                    "means_effect": ("conceded", "", 1), "outside_effect": ("conceded", "", -1),
                    "floor": ("conceded", "", 1)},
        directed=yield_case(salience=pair(3, 4)),
        by_hand=(hand, {"conceded": cell(1 / 3), "resisted": cell(2 / 3), "resisted/occurs": cell(1)}))
    reference(yield_case(), yield_scalar)


def test_an_unknown_number_of_partners_counts_as_three():
    case = yield_case()
    three, unknown = (total(case.with_(vectors=np.full((R, M), n)).call(), "conceded") for n in (3.0, np.nan))
    np.testing.assert_array_equal(unknown, three)


EVENTS = {"pressure_on": np.array([[[0.0, 1.0, 1.0, 0.0]]]), "conceded": np.array([[[0.0, 0.0, 1.0, 1.0]]])}


def test_pressure_level():
    case = Case(pressure_level, {"pressure": np.full((1, 1, 4), 0.8), **EVENTS}, {"half_life": 1.0}, dt=1.0)
    standard(
        case, shapes={"pressure": (1, 1)}, bounds={"pressure": (0, 1)},
        zero={"pressure": 0.0, "pressure_on": 0.0, "conceded": 0.0},
        directions={"half_life": ("pressure", "", 1)},
        by_hand=(case, {"pressure": [[[-0.4, 0.2, -0.8, -0.8]]]}))

    def scalar(reads, p, noise, dt):
        level = reads["pressure"][0][0]
        new = 1 if reads["pressure_on"][0][0] else level * 2 ** (-dt / p["half_life"])
        return {"pressure": [[(0 if reads["conceded"][0][0] else new) - level]]}

    reference(case.with_(dt=0.3), scalar)


def test_reward_level():
    case = Case(reward_level, {"reward": np.full((1, 1, 4), 2.0), "reward_on": EVENTS["pressure_on"],
                               "conceded": EVENTS["conceded"], "reward_size": cell(3)},
                {"half_life": 0.5}, dt=1.0)
    standard(
        case, shapes={"reward": (1, 1)}, bounds={"reward": (0, 9)},
        zero={"reward": 0.0, "reward_on": 0.0}, directions={"half_life": ("reward", "", 1)},
        by_hand=(case, {"reward/payout": np.full((1, 1, 4), -1.5), "reward/new": [[[0, 0, 1.5, 0]]]}))

    def scalar(reads, p, noise, dt):
        left = 2 ** (-dt / p["half_life"])
        taken = reads["reward_on"][0][0] and reads["conceded"][0][0]
        return {"reward": [[(left - 1) * reads["reward"][0][0] + (3 * math.sqrt(left) if taken else 0)]]}

    reference(case.with_(dt=0.3), scalar)


def test_compliance():
    case = Case(compliance, {"compliance": np.full((1, 1, 4), 1.0), "conceded": EVENTS["conceded"]},
                {"half_life": 0.5}, dt=1.0)
    standard(
        case, shapes={"compliance": (1, 1)}, bounds={"compliance": (0, 3)},
        zero={"compliance": 0.0, "conceded": 0.0}, directions={"half_life": ("compliance", "", 1)},
        by_hand=(case, {"compliance": [[[-0.75, -0.75, -0.25, -0.25]]]}))
    reference(case.with_(dt=0.3), lambda reads, p, noise, dt: {"compliance": [[
        (2 ** (-dt / p["half_life"]) - 1) * reads["compliance"][0][0]
        + (2 ** (-dt / (2 * p["half_life"])) if reads["conceded"][0][0] else 0)]]})


def bite_case(**changes):
    return Case(pressure_bite, {"pressure": pair(), "reward": pair(0, 3), "trade_gap": pair(-1, 1),
                                "remittances": pair(0, 100)},
                {"trade_bite": 0.25, "remittance_bite": 0.2, "reward_growth": 0.3}).with_(**changes)


def test_pressure_bite():
    hand = Case(pressure_bite, {"pressure": cell(1), "reward": cell(2), "trade_gap": cell(0),
                                "remittances": cell(80)},
                {"trade_bite": 0.25, "remittance_bite": math.log(2), "reward_growth": 0.5}, dt=1.0)
    standard(
        bite_case(), shapes={"trade_gap": (P, R), "remittances": (P, R), "growth_gap": (R,)},
        bounds={"trade_gap": (-1.1, 1), "remittances": (0, 100), "growth_gap": (0, 0.01)},
        zero={"pressure": 0.0, "reward": 0.0},
        directions={"trade_bite": ("trade_gap", "", -1), "remittance_bite": ("remittances", "", -1),
                    "reward_growth": ("growth_gap", "", 1)},
        by_hand=(hand, {"trade_gap": cell(-0.25), "remittances": cell(-40), "growth_gap": cell(0.01, 1)}))

    def scalar(reads, p, noise, dt):
        force = np.array(reads["pressure"])
        paid = np.array(reads["reward"]).sum(axis=0)
        sent = np.array(reads["remittances"])
        return {"trade_gap": -p["trade_bite"] * dt * force,
                "growth_gap": p["reward_growth"] * dt * paid / 100,
                "remittances": sent * (np.exp(-p["remittance_bite"] * dt * force) - 1)}

    reference(bite_case(), scalar)
    unknown = bite_case(remittances=np.full((P, R, M), np.nan)).call()
    assert np.isnan(total(unknown, "remittances")).all()


def test_power_means():
    case = Case(power_means, {"means": 0.1 * RNG.random((P, M)), "power_surge": 0.05 * RNG.random((P, M))},
                {"half_life": 3.0}, dt=0.25)
    hand = Case(power_means, {"means": cell(-0.1, 1), "power_surge": cell(0.2 * math.log(2), 1)},
                {"half_life": 1.0}, dt=1.0)
    standard(
        case, shapes={"means": (P,)}, bounds={"means": (-1, 1)}, zero={"means": 0.0, "power_surge": 0.0},
        directions={"half_life": ("means", "", 1)},
        by_hand=(hand, {"means/fading": cell(0.05, 1), "means/growth": cell(0.1, 1)}))

    def scalar(reads, p, noise, dt):
        left = 2 ** (-dt / p["half_life"])
        kept = (1 - left) * p["half_life"] / (math.log(2) * dt)
        return {"means": [(left - 1) * m + kept * g * dt
                          for m, g in zip(reads["means"], reads["power_surge"], strict=True)]}

    reference(case, scalar)


def test_means_after_a_bad_year_do_not_depend_on_the_step():
    def after(steps):
        level = np.zeros((1, 1))
        for _ in range(steps):
            case = Case(power_means, {"means": level, "power_surge": cell(-0.05, 1)}, {"half_life": 3.0},
                        dt=2 / steps)
            level = level + total(case.call(), "means")
        return level[0, 0]

    assert after(2) == pytest.approx(after(24), rel=1e-12)
