"""Waves, their mark, the level of contention, exits from a revolt, flags."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.dynamics.helpers import Case, reference, standard, total

from heartland.dynamics.unrest import (
    crisis_state,
    revolt_exit,
    unrest_level,
    unrest_onset,
    unrest_onset_no_contagion,
    unrest_onset_self_exciting,
)

R, M, P = 3, 4, 2
RNG = np.random.default_rng(21)
ONSET = {"log_rate": math.log(0.04), "stress_effect": 0.4, "election_effect": 0.5, "price_effect": 0.6,
         "contagion": 0.2, "example_effect": 0.3, "weakness": 1.0,
         "wave_ratio": np.array([1.0, 2.0, 3.0, 4.0])}


def onset_case(**changes):
    reads = {"stress": RNG.random((R, M)), "capacity": 0.4 * RNG.random((R, M)), "unrest": RNG.random((R, M)),
             "crisis": np.zeros((R, M)), "contagion_weight": (1 - np.eye(R))[..., None] / 2,
             "election": np.array([[1.0], [0.0], [1.0]]), "price_shock": np.full((R, 1), 0.2),
             "wave_abroad": np.array([[1.0], [0.0], [1.0]])}
    noise = {"uniform": RNG.random((R, M)), "uniform_mark": RNG.random((R, M))}
    return Case(unrest_onset, reads, ONSET, noise, dt=1.0).with_(**changes)


def onset_by_hand():
    """Rates .04 * 2 (stress) * 1.5 (half of the neighbour's 1.0) = .12 and .04; three smaller waves each."""
    reads = {"stress": np.array([[1.0], [0.0]]), "capacity": np.full((2, 1), 0.5),
             "unrest": np.array([[0.0], [0.5]]), "crisis": np.zeros((2, 1)),
             "contagion_weight": np.array([[[0.0], [1.0]], [[0.0], [0.0]]]),
             "election": np.zeros((2, 1)), "price_shock": np.zeros((2, 1)),
             "wave_abroad": np.zeros((2, 1))}
    parameters = {**ONSET, "stress_effect": math.log(2), "contagion": 2 * math.log(1.5), "wave_ratio": 3.0}
    noise = {"uniform": np.full((2, 1), 0.1), "uniform_mark": np.full((2, 1), 0.0)}
    values = {"onset": [[1 - math.exp(-0.24)], [1 - math.exp(-0.08)]],
              "threat_mark": [[1 - math.exp(-0.06)], [1 - math.exp(-0.02)]],
              "onset/occurs": [[True], [False]], "threat_mark/occurs": [[True], [False]]}
    return Case(unrest_onset, reads, parameters, noise, dt=0.5), values


def chances(log_rate, ratio, dt):
    rate = min(2.0, math.exp(log_rate))
    return 1 - math.exp(-rate * (1 + ratio) * dt), 1 - math.exp(-rate * dt)


def test_unrest_onset():
    standard(
        onset_case(), shapes={"onset": (R,), "threat_mark": (R,)},
        bounds={"onset": (0, 1), "threat_mark": (0, 1)}, zero={"crisis": 1.0}, by_hand=onset_by_hand(),
        directions=dict.fromkeys(ONSET, ("onset", "", 1)))

    def scalar(reads, p, noise, dt):
        onset, threat = [], []
        for i in range(R):
            abroad = sum(reads["contagion_weight"][i][j] * reads["unrest"][j] for j in range(R))
            log_rate = (p["log_rate"] + p["stress_effect"] * reads["stress"][i]
                        + p["election_effect"] * reads["election"][i]
                        + p["price_effect"] * reads["price_shock"][i] + p["contagion"] * abroad
                        + p["example_effect"] * reads["wave_abroad"][i]
                        + p["weakness"] * (0.5 - reads["capacity"][i]))
            a, t = chances(log_rate, p["wave_ratio"], dt)
            onset.append(a)
            threat.append(t)
        drawn = [u < a for u, a in zip(noise["uniform"], onset, strict=True)]
        mark = [d and u < t / a for d, u, t, a in
                zip(drawn, noise["uniform_mark"], threat, onset, strict=True)]
        return {"onset": onset, "threat_mark": threat, "onset/occurs": drawn, "threat_mark/occurs": mark}

    reference(onset_case(), scalar)


def test_rate_is_capped_at_two_threatening_waves_a_year():
    found = onset_case(stress=np.full((R, M), 50.0)).call()
    np.testing.assert_allclose(total(found, "threat_mark"), 1 - math.exp(-2))


def test_mark_tends_to_one_in_one_plus_ratio_and_unknown_weights_carry_nothing():
    case = onset_case(contagion_weight=np.full((R, R, 1), np.nan), dt=1e-6)
    found = case.call()
    np.testing.assert_allclose(total(found, "threat_mark") / total(found, "onset"),
                               np.broadcast_to(1 / (1 + ONSET["wave_ratio"]), (R, M)), rtol=1e-5)
    np.testing.assert_array_equal(total(found, "onset", "contagion"), 0.0)


def test_the_rival_without_contagion_is_the_mechanism_without_its_two_terms():
    own = {k: v for k, v in ONSET.items() if k not in ("contagion", "example_effect")}
    full = onset_case(contagion=0.0, example_effect=0.0)
    reads = {k: v for k, v in full.reads.items() if k not in ("unrest", "contagion_weight", "wave_abroad")}
    case = Case(unrest_onset_no_contagion, reads, own, full.noise, dt=1.0)
    hand, values = onset_by_hand()
    small = {k: v for k, v in hand.reads.items() if k in reads}
    alone = Case(unrest_onset_no_contagion, small, {**own, "stress_effect": math.log(3), "wave_ratio": 3.0},
                 hand.noise, dt=0.5)  # tripled by stress alone instead of doubled and half as much again
    standard(case, shapes={"onset": (R,), "threat_mark": (R,)},
             bounds={"onset": (0, 1), "threat_mark": (0, 1)}, zero={"crisis": 1.0},
             directions=dict.fromkeys(own, ("onset", "", 1)), by_hand=(alone, values))

    def scalar(reads, p, noise, dt):
        found = full.call()
        m = [float(x) for x in full.noise["uniform"][0]].index(noise["uniform"][0])
        return {name: total(found, name)[:, m].tolist() for name in ("onset", "threat_mark")}

    reference(case, scalar)
    assert case.record.rival_of == "unrest-onset"


def test_self_exciting_rival():
    parameters = {k: ONSET[k] for k in ("log_rate", "stress_effect", "weakness",
                                        "wave_ratio")} | {"own_past": 0.3}
    noise = {"uniform": RNG.random((R, M)), "uniform_mark": RNG.random((R, M))}
    reads = {"stress": RNG.random((R, M)), "capacity": 0.4 * RNG.random((R, M)), "unrest": RNG.random((R, M)),
             "crisis": np.zeros((R, M))}
    case = Case(unrest_onset_self_exciting, reads, parameters, noise, dt=1.0)
    # .04 * exp(ln 3 * 1) = .12 at full own unrest
    hand = Case(unrest_onset_self_exciting,
                {"stress": np.zeros((1, 1)), "capacity": np.full((1, 1), 0.5), "unrest": np.ones((1, 1)),
                 "crisis": np.zeros((1, 1))},
                {**parameters, "own_past": math.log(3), "wave_ratio": 1.0},
                {"uniform": np.zeros((1, 1)), "uniform_mark": np.zeros((1, 1))}, dt=0.25)
    standard(case, shapes={"onset": (R,), "threat_mark": (R,)},
             bounds={"onset": (0, 1), "threat_mark": (0, 1)},
             zero={"crisis": 1.0}, directions=dict.fromkeys(parameters, ("onset", "", 1)),
             by_hand=(hand, {"onset": [[1 - math.exp(-0.06)]], "threat_mark": [[1 - math.exp(-0.03)]]}))

    def scalar(reads, p, noise, dt):
        pairs = [chances(p["log_rate"] + p["stress_effect"] * s + p["own_past"] * u
                         + p["weakness"] * (0.5 - c), p["wave_ratio"], dt)
                 for s, c, u in zip(reads["stress"], reads["capacity"], reads["unrest"], strict=True)]
        return {"onset": [a for a, _ in pairs], "threat_mark": [t for _, t in pairs]}

    reference(case, scalar)
    assert case.record.rival_of == "unrest-onset"


LEVEL = {"half_life": 0.5, "wave_jump": 0.3, "threat_jump": 0.7}


def level_case(**changes):
    reads = {"unrest": RNG.random((R, M)), "capacity": RNG.random((R, M)), "crisis": np.zeros((R, M)),
             "onset": np.ones((R, M)), "threat_mark": np.repeat([[1.0], [0.0], [1.0]], M, axis=1)}
    return Case(unrest_level, reads, LEVEL, {"uniform": RNG.random((R, M))}, dt=0.25).with_(**changes)


def test_unrest_level():
    # dt = half-life at capacity 1/2: .4 halves to .2; a wave of .3 begun mid-step keeps 2^(-1/2) of itself
    hand = level_case(unrest=np.full((1, 1), 0.4), capacity=np.full((1, 1), 0.5), crisis=np.zeros((1, 1)),
                      onset=np.ones((1, 1)), threat_mark=np.zeros((1, 1)), uniform=np.full((1, 1), 0.5),
                      dt=0.5)
    standard(
        level_case(), shapes={"unrest": (R,)}, bounds={"unrest": (0, 1)}, zero={"unrest": 0.0, "onset": 0.0},
        directions={"half_life": ("unrest", "decay", 1), "wave_jump": ("unrest", "wave", 1),
                    "threat_jump": ("unrest", "wave", 1)},
        by_hand=(hand, {"unrest/decay": [[-0.2]], "unrest/wave": [[0.3 * math.sqrt(0.5) * 0.8]]}))

    def scalar(reads, p, noise, dt):
        out = []
        for u, c, crisis, onset, mark, e in zip(
            reads["unrest"], reads["capacity"], reads["crisis"], reads["onset"], reads["threat_mark"],
            noise["uniform"], strict=True
        ):
            d = 1.0 if crisis else 2 ** (-dt * (0.5 + c) / p["half_life"])
            jump = (p["threat_jump"] if mark else p["wave_jump"]) if onset else 0.0
            faded = u * d
            out.append(faded + jump * d**e * (1 - faded) - u)
        return {"unrest": out}

    reference(level_case(), scalar)


def test_unrest_does_not_fade_in_a_crisis():
    found = level_case(crisis=np.ones((R, M)), onset=np.zeros((R, M))).call()
    np.testing.assert_array_equal(total(found, "unrest"), 0.0)


EXIT = {"log_fall_rate": math.log(1.6), "capacity_effect": 2.0, "troops_effect": 1.5, "backing_effect": 0.2,
        "end_rate": 4.0,        "troops_end_factor": 3.0}


def exit_case(**changes):
    reads = {"crisis": np.ones((R, M)), "capacity": 0.5 + 0.4 * RNG.random((R, M)),
             "deployed": np.stack([np.repeat([[4.0], [0.0], [0.0]], M, axis=1), np.zeros((R, M))]),
             "backing": np.stack([np.zeros((R, M)), np.repeat([[0.0], [1.0], [0.0]], M, axis=1)])}
    noise = {"uniform": RNG.random((R, M)), "uniform_which": RNG.random((R, M))}
    return Case(revolt_exit, reads, EXIT, noise).with_(**changes)


def test_revolt_exit():
    # backed abroad but without troops 1.6 / 2 and 4 per year; with troops exp(-ln 4): .4 and 12
    hand = exit_case(crisis=np.ones((2, 1)), capacity=np.full((2, 1), 0.5),
                     deployed=np.array([[[0.0], [4.0]]]), backing=np.array([[[1.0], [0.0]]]),
                     troops_effect=math.log(4), backing_effect=math.log(2),
                     uniform=np.full((2, 1), 0.3), uniform_which=np.full((2, 1), 0.1))
    a, b = 1 - math.exp(-4.8 / 12), 1 - math.exp(-12.4 / 12)
    standard(
        exit_case(), shapes={"ousted": (R,), "calmed": (R,)}, bounds={"ousted": (0, 1), "calmed": (0, 1)},
        of=dict.fromkeys(("ousted", "calmed"), ("ousted", "calmed")),
        zero={"crisis": 0.0},
        directions={"log_fall_rate": ("ousted", "", 1), "capacity_effect": ("ousted", "", -1),
                    "troops_effect": ("ousted", "", -1), "backing_effect": ("ousted", "", -1),
                    "end_rate": ("calmed", "", 1),
                    "troops_end_factor": ("calmed", "", 1)},
        by_hand=(hand,
                 {"ousted": [[a * 0.8 / 4.8], [b * 0.4 / 12.4]], "calmed": [[a * 4 / 4.8], [b * 12 / 12.4]],
                        "ousted/occurs": [[True], [False]], "calmed/occurs": [[False], [True]]}))

    def scalar(reads, p, noise, dt):
        ousted, calmed, falls = [], [], []
        for i in range(R):
            troops = any(reads["deployed"][k][i] > 0 for k in range(P))
            backed = any(reads["backing"][k][i] > 0 for k in range(P))
            fall = math.exp(p["log_fall_rate"] - p["capacity_effect"] * (reads["capacity"][i] - 0.5)
                            - (p["troops_effect"] if troops else 0)
                            - (p["backing_effect"] if backed else 0))
            end = p["end_rate"] * (p["troops_end_factor"] if troops else 1)
            leave = 1 - math.exp(-(fall + end) * dt) if reads["crisis"][i] else 0.0
            ousted.append(leave * fall / (fall + end))
            calmed.append(leave * end / (fall + end))
            falls.append(noise["uniform"][i] < leave and noise["uniform_which"][i] < fall / (fall + end))
        return {"ousted": ousted, "calmed": calmed, "ousted/occurs": falls}

    reference(exit_case(), scalar)


def test_exits_exclude_each_other():
    noise = {"uniform": np.zeros((R, M)), "uniform_which": RNG.random((R, M))}
    found = exit_case(**noise).call()
    assert np.all(found["ousted"].occurs ^ found["calmed"].occurs)


def flags(**changes):
    zero = np.zeros((1, 1))
    reads = dict.fromkeys(("crisis", "crisis_age", "revolt_origin", "onset", "threat_mark", "ousted",
                           "calmed"), zero)
    return Case(crisis_state, {k: np.full((1, 1), float(changes.get(k, 0))) for k in reads}, {}, {})


def test_crisis_state():
    everything = np.array([[(n >> k) & 1 for n in range(64)] for k in range(6)], float)
    crisis, origin, onset, mark, ousted, calmed = (row[None, :] for row in everything)
    case = Case(crisis_state, {"crisis": crisis, "crisis_age": crisis * 0.5, "revolt_origin": origin,
                               "onset": onset, "threat_mark": mark, "ousted": ousted, "calmed": calmed}, {},
                               {})
    standard(
        case, shapes=dict.fromkeys(("crisis", "crisis_age", "revolt_origin"), (1,)),
        bounds={"crisis": (0, 1), "crisis_age": (0, 1), "revolt_origin": (0, 1)},
        zero=dict.fromkeys(("crisis", "crisis_age", "onset", "ousted"), 0.0), directions={},
        by_hand=(flags(crisis=1, crisis_age=0.5),
                 {"crisis": [[0.0]], "crisis_age": [[1 / 12]], "revolt_origin": [[0.0]]}))
    reference(case, scalar_flags)


def scalar_flags(reads, parameters, noise, dt):
    crisis, age, origin, onset, mark, ousted, calmed = (reads[k][0] for k in reads)
    if crisis and not ousted and not calmed:
        new, new_age = 1, age + dt
    else:
        new, new_age = (1 if onset and mark else 0), 0.0
    return {"crisis": [new - crisis], "crisis_age": [new_age - age],
            "revolt_origin": [1 - origin if ousted else 0.0]}


@pytest.mark.parametrize(("before", "change"), [
    ({"onset": 1, "threat_mark": 1}, {"crisis": 1.0, "crisis_age": 0.0, "revolt_origin": 0.0}),
    ({"onset": 1}, {"crisis": 0.0, "crisis_age": 0.0, "revolt_origin": 0.0}),
    ({"threat_mark": 1}, {"crisis": 0.0, "crisis_age": 0.0, "revolt_origin": 0.0}),
    ({"crisis": 1, "crisis_age": 0.5}, {"crisis": 0.0, "crisis_age": 1 / 12, "revolt_origin": 0.0}),
    ({"crisis": 1, "crisis_age": 0.5, "ousted": 1},
     {"crisis": -1.0, "crisis_age": -0.5, "revolt_origin": 1.0}),
    ({"crisis": 1, "crisis_age": 0.5, "calmed": 1},
     {"crisis": -1.0, "crisis_age": -0.5, "revolt_origin": 0.0}),
    ({"crisis": 1, "crisis_age": 0.5, "calmed": 1, "onset": 1, "threat_mark": 1},
     {"crisis": 0.0, "crisis_age": -0.5, "revolt_origin": 0.0}),
])
def test_flags_follow_events_also_forced_ones(before, change):
    found = flags(**before).call()
    assert {k: float(v[0, 0]) for k, v in found.items()} == pytest.approx(change)
