"""Positions on the UN scale: standard tests, reference, the weighted mean, the weak pull."""

import math

import array_api_strict
import numpy as np
import pytest
from tests.dynamics.helpers import Case, check_closure, new_level, reference, standard, total

from heartland.dynamics.alignment import ballot, dependence_mean, ideal_point, vote

A, M = 4, 5
RNG = np.random.default_rng(29)


def align_case(**changes):
    target = np.full((A, M), 0.8)
    target[3] = np.nan  # a power: nothing draws it
    return Case(ideal_point, {"ideal_point": RNG.normal(-0.5, 0.2, (A, M)), "alignment_target": target},
                {"pull": 0.05, "volatility": 0.15},
                {"noise": np.abs(RNG.standard_normal((A, M)))}).with_(**changes)


def scalar(reads, p, noise, dt):
    out = []
    for v, target, e in zip(reads["ideal_point"], reads["alignment_target"], noise["noise"], strict=True):
        if math.isnan(target):
            out.append(p["volatility"] * math.sqrt(dt) * e)
            continue
        b = p["pull"]
        spread = p["volatility"] * math.sqrt((1 - math.exp(-2 * b * dt)) / (2 * b))
        out.append(target + (v - target) * math.exp(-b * dt) + spread * e - v)
    return {"ideal_point": out}


def test_ideal_point():
    b = math.log(2)
    hand = Case(ideal_point, {"ideal_point": np.array([[-1.0], [0.5]]),
                              "alignment_target": np.array([[1.0], [np.nan]])},
                {"pull": b, "volatility": 0.2}, {"noise": np.ones((2, 1))}, dt=1.0)
    standard(
        align_case(), shapes={"ideal_point": (A,)}, bounds={"ideal_point": (-3, 3)},
        zero={"alignment_target": math.nan, "noise": 0.0},
        directions={"pull": ("ideal_point", "pull", 1), "volatility": ("ideal_point", "noise", 1)},
        by_hand=(hand, {"ideal_point/pull": [[1.0], [0.0]],
                        "ideal_point/noise": [[0.2 * math.sqrt(0.75 / (2 * b))], [0.2]]}))
    reference(align_case(), scalar)
    case = align_case()
    check_closure(case, {"ideal_point": new_level(case, scalar, "ideal_point")})


def test_no_pull_is_a_random_walk():
    walk = align_case(pull=0.0).call()
    assert not np.any(total(walk, "ideal_point", "pull"))
    case = align_case(pull=0.0)
    np.testing.assert_allclose(total(case.call(), "ideal_point", "noise"),
                               0.15 * math.sqrt(1 / 12) * case.noise["noise"], rtol=1e-14)


def test_unknown_position_stays_unknown():
    position = np.array(align_case().reads["ideal_point"])
    position[1] = np.nan
    change = total(align_case(ideal_point=position).call(), "ideal_point")
    assert np.all(np.isnan(change[1]))
    assert np.isnan(change).sum() == M


def test_dependence_mean_by_hand():
    positions = np.array([[1.0], [-1.0], [np.nan]])
    dependence = np.array([[3.0, 0.0, np.nan, 1.0], [1.0, 0.0, 2.0, 0.0], [9.0, 0.0, np.nan, 5.0]])[..., None]
    mean = dependence_mean(positions, dependence)
    # (3 - 1)/4; depends on nobody; only the second known; only the first
    np.testing.assert_allclose(mean, [[0.5], [np.nan], [-1.0], [1.0]], rtol=1e-14)
    strict = dependence_mean(array_api_strict.asarray(positions), array_api_strict.asarray(dependence))
    np.testing.assert_array_equal(np.asarray(strict), mean)


def test_dependence_mean_stays_between_the_powers():
    positions, dependence = RNG.normal(0, 1, (4, M)), RNG.random((4, 3, M))
    mean = dependence_mean(positions, dependence)
    assert np.all(mean <= positions.max(axis=0))
    assert np.all(mean >= positions.min(axis=0))
    np.testing.assert_allclose(dependence_mean(positions + 1, 7 * dependence), mean + 1, rtol=1e-12)


def test_the_weak_pull_moves_a_tenth_in_two_years():
    level = np.array([[-0.5]])
    for _ in range(24):
        case = Case(ideal_point, {"ideal_point": level, "alignment_target": np.array([[0.5]])},
                    {"pull": 0.05, "volatility": 0.15}, {"noise": np.zeros((1, 1))})
        level = level + total(case.call(), "ideal_point")
    assert level[0, 0] == pytest.approx(0.5 - math.exp(-0.1), rel=1e-12)


VOTE = {"slope": 2.8, "half_width": 0.63, "reliance_effect": 2.4, "absence_base": -4.8, "absence_middle": 3.7,
        "absence_width": 1.2, "habit_effect": 1.0, "floor": 0.03}
R = 3


def vote_case(**changes):
    reads = {"vote": np.zeros((R, M)), "ballot": np.ones((R, M)),
             "position_receiver": RNG.normal(-0.5, 0.3, (R, M)),
             "ballot_position": np.full((R, 1), -0.8), "ballot_target": np.array([[1.0], [0.0]]),
             "reliance": 0.1 + 0.3 * RNG.random((2, R, M)), "absence_habit": np.array([[0.5], [0.2], [1.0]])}
    return Case(vote, reads, VOTE, {"uniform": RNG.random((R, M))}).with_(**changes)


def vote_scalar(reads, p, noise, dt):
    def logistic(x):
        return 1 / (1 + math.exp(-x))

    out = {name: [] for name in ("vote_no", "vote_abstain", "vote_yes", "vote_absent", "vote")}
    for i in range(R):
        tie = sum(t * d[i] for t, d in zip(reads["ballot_target"], reads["reliance"], strict=True))
        e = reads["position_receiver"][i] - p["reliance_effect"] * tie - reads["ballot_position"][i]
        middle = p["absence_middle"] * math.exp(-((e / p["absence_width"]) ** 2))
        away = logistic(p["absence_base"] + middle + p["habit_effect"] * reads["absence_habit"][i])
        yes = (1 - away) * logistic(p["slope"] * (e - p["half_width"]))
        no = (1 - away) * (1 - logistic(p["slope"] * (e + p["half_width"])))
        chances = [(1 - p["floor"]) * x + p["floor"] / 4 for x in (no, 1 - away - yes - no, yes, away)]
        for name, chance in zip(out, chances, strict=False):
            out[name].append(chance)
        below = [sum(chances[: k + 1]) for k in range(3)]
        code = 1 + sum(noise["uniform"][i] >= b for b in below)
        out["vote"].append(code - reads["vote"][i])
    return out


def test_vote():
    cell = np.full((1, 1), 1.0)
    # at the middle: logistic(-2.8*.63) for yes and for no; nobody absent by base, floor 0
    hand = Case(vote, {"vote": 0 * cell, "ballot": cell, "position_receiver": 0 * cell,
                       "ballot_position": 0 * cell, "ballot_target": 0 * cell,
                       "reliance": np.zeros((1, 1, 1)), "absence_habit": 0 * cell},
                {**VOTE, "slope": math.log(3), "half_width": 1.0, "absence_base": -800.0, "floor": 0.0},
                {"uniform": 0.5 * cell})
    names = ("vote", "vote_yes", "vote_abstain", "vote_no", "vote_absent")
    standard(
        vote_case(), shapes=dict.fromkeys(names, (R,)),
        bounds={"vote": (1, 4), **dict.fromkeys(names[1:], (0, 1))}, zero={"ballot": 0.0},
        directions={"slope": ("vote_yes", "", -1), "half_width": ("vote_yes", "", -1),
                    "reliance_effect": ("vote_yes", "", -1), "absence_base": ("vote_absent", "", 1),
                    "absence_middle": ("vote_absent", "", 1), "absence_width": ("vote_absent", "", 1),
                    "habit_effect": ("vote_absent", "", 1), "floor": ("vote_yes", "", 1)},
        directed=vote_case(position_receiver=np.full((R, M), -1.2)),
        by_hand=(hand, {"vote_yes": [[0.25]], "vote_no": [[0.25]], "vote_abstain": [[0.5]], "vote": [[2.0]]}))
    reference(vote_case(), vote_scalar)


def test_the_four_votes_are_all_there_is():
    returned = vote_case().call()
    chances = sum(total(returned, name) for name in ("vote_no", "vote_abstain", "vote_yes", "vote_absent"))
    np.testing.assert_allclose(chances, 1.0, rtol=1e-12)
    happened = sum(returned[name].occurs.astype(int) for name in ("vote_no", "vote_abstain", "vote_yes",
                                                                  "vote_absent"))
    np.testing.assert_array_equal(happened, 1)


def test_who_has_no_known_position_stays_away():
    returned = vote_case(position_receiver=np.full((R, M), np.nan), floor=0.0).call()
    np.testing.assert_array_equal(total(returned, "vote_absent"), 1.0)


def test_ballot():
    case = Case(ballot, {"ballot_rate": np.full((R, 1), 0.5)}, {}, {"uniform": RNG.random((R, M))}, dt=0.25)
    hand = Case(ballot, {"ballot_rate": np.full((1, 1), math.log(2))}, {}, {"uniform": np.full((1, 1), 0.4)},
                dt=1.0)
    standard(
        case, shapes={"ballot": (R,)}, bounds={"ballot": (0, 1)}, zero={"ballot_rate": 0.0}, directions={},
        by_hand=(hand, {"ballot": [[0.5]], "ballot/occurs": [[1]]}))
    reference(case, lambda reads, p, noise, dt: {"ballot": [
        1 - math.exp(-rate * dt) for rate in reads["ballot_rate"]]})
