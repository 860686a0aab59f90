"""Tolerance, friction, tension, common cause and open objections of the powers."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from tests.dynamics.helpers import Case, reference, standard, total

from heartland.dynamics.powers import (
    friction,
    glue,
    glue_by_threat,
    push_back,
    tension,
    tolerance,
    tolerance_by_distance,
)

P, R, M = 3, 2, 4
RNG = np.random.default_rng(51)
PAIRS = list(itertools.product(range(P), range(P)))
INSIDER = np.array([[1.0], [1.0], [0.0]])
WEIGHT = np.array([[[0.75], [0.25]], [[0.5], [0.5]], [[0.0], [0.0]]])
TOLERANCE = {"margin": 0.5, "glue_effect": 0.4, "reassurance_effect": 0.3, "claim_effect": 0.2}


def tolerance_case(**changes):
    reads = {"glue": 0.2 + RNG.random((P, P, M)), "glue_start": np.zeros((P, P, 1)),
             "accustomed": 3 * RNG.random((P, R, 1)), "reassurance": RNG.random((P, P, 1)),
             "exclusive_claim": RNG.random((P, P, 1))}
    return Case(tolerance, reads, TOLERANCE).with_(**changes)


def test_tolerance():
    # one pair in both orders: accustomed 2 + .5 + .4 (1.5 - .5) + .3 - .2 * 2 = 2.8
    hand = tolerance_case(glue=np.full((1, 1, 1), 1.5), glue_start=np.full((1, 1, 1), 0.5),
                          accustomed=np.array([[[2.0], [0.0]]]), reassurance=np.ones((1, 1, 1)),
                          exclusive_claim=np.full((1, 1, 1), 2.0))
    standard(
        tolerance_case(), shapes={"tolerance": (P, P, R)}, bounds={"tolerance": (0, 6)},
        zero={"glue": 0.0, "accustomed": 0.0, "reassurance": 0.0, "exclusive_claim": 0.0, "margin": 0.0},
        directions={"margin": ("tolerance", "", 1), "glue_effect": ("tolerance", "", 1),
                    "reassurance_effect": ("tolerance", "", 1), "claim_effect": ("tolerance", "", -1)},
        by_hand=(hand, {"tolerance": [[[[2.8], [0.8]]]]}))

    def scalar(reads, p, noise, dt):
        out = np.zeros((P, P, R))
        for (h, q), i in itertools.product(PAIRS, range(R)):
            out[h, q, i] = max(0.0, reads["accustomed"][q][i] + p["margin"]
                               + p["glue_effect"] * (reads["glue"][h][q] - reads["glue_start"][h][q])
                               + p["reassurance_effect"] * reads["reassurance"][h][q]
                               - p["claim_effect"] * reads["exclusive_claim"][h][q])
        return {"tolerance": out}

    reference(tolerance_case(), scalar)
    reference(tolerance_case(exclusive_claim=np.full((P, P, 1), 9.0)), scalar)


def test_outsiders_face_the_margin_only():
    accustomed = np.array([[[2.0], [1.0]], [[1.0], [0.5]], [[0.0], [np.nan]]])
    found = tolerance_case(accustomed=accustomed, glue=np.zeros((P, P, M)), reassurance=np.zeros((P, P, 1)),
                           exclusive_claim=np.zeros((P, P, 1))).call()["tolerance"]
    np.testing.assert_allclose(found[0, 2], 0.5)
    np.testing.assert_allclose(found[2, 0, 0], 2.5)


def test_rival_by_distance():
    case = Case(tolerance_by_distance, {"home_weight": WEIGHT + np.zeros((P, R, M))}, {"reach": 2.0})
    # nearest receiver 0; the other 2 (1 - .25/.75) = 4/3; equal weights: both nearest
    flat_ = np.zeros((P, P, R, 1))
    flat_[0, :, 1] = 4 / 3
    standard(case, shapes={"tolerance": (P, P, R)}, bounds={"tolerance": (0, 2)}, zero={"reach": 0.0},
             directions={"reach": ("tolerance", "", 1)},
             by_hand=(case.with_(home_weight=WEIGHT), {"tolerance": flat_}))

    def scalar(reads, p, noise, dt):
        out = np.zeros((P, P, R))
        for (h, q), i in itertools.product(PAIRS, range(R)):
            top = max(reads["home_weight"][h])
            out[h, q, i] = p["reach"] * (1 - reads["home_weight"][h][i] / top) if top else 0.0
        return {"tolerance": out}

    reference(case, scalar)
    assert case.record.rival_of == "tolerance"


def excess(presence, tol, weight, insider):
    out = np.zeros((P, P))
    for h, q in PAIRS:
        if h != q and insider[h]:
            out[h, q] = sum(weight[h][i] * max(0.0, presence[q][i] - tol[h][q][i]) for i in range(R))
    return out


def friction_case(**changes):
    reads = {"presence": 4 * RNG.random((P, R, M)), "tolerance": 2 * RNG.random((P, P, R, M)),
             "home_weight": WEIGHT, "insider": INSIDER}
    return Case(friction, reads, {}).with_(**changes)


def test_friction():
    # the first insider: .75 (3 - 1) + .25 * 0 = 1.5 about the second; presence below tolerance costs nothing
    presence = np.array([[[1.0], [0.0]], [[3.0], [0.5]], [[1.0], [1.0]]])
    hand = friction_case(presence=presence, tolerance=np.ones((P, P, R, 1)))
    standard(
        friction_case(), shapes={"friction": (P, P)}, bounds={"friction": (0, 4)}, zero={"presence": 0.0},
        directions={}, by_hand=(hand, {"friction": [[[0.0], [1.5], [0.0]], [[0.0]] * 3, [[0.0]] * 3]}))

    def scalar(reads, p, noise, dt):
        return {"friction": excess(*(reads[k] for k in ("presence", "tolerance", "home_weight", "insider")))}

    reference(friction_case(), scalar)


def test_unknown_presence_or_weight_makes_no_friction():
    blank = friction_case(presence=np.full((P, R, M), np.nan)).call()["friction"]
    np.testing.assert_array_equal(blank, 0.0)
    blank = friction_case(home_weight=np.full((P, R, 1), np.nan)).call()["friction"]
    np.testing.assert_array_equal(blank, 0.0)


def tension_case(**changes):
    base = friction_case()
    reads = {"tension": RNG.random((P, P, M)), "friction": RNG.random((P, P, M)), **base.reads}
    return Case(tension, reads,
                {"forgetting": 0.5, "weight": np.array([0.3, 0.4, 0.5, 0.6])}).with_(**changes)


def test_tension():
    presence = np.array([[[1.0], [0.0]], [[3.0], [0.5]], [[1.0], [1.0]]])
    before = np.zeros((P, P, 1))
    before[0, 1] = 0.5
    # k = ln 4, dt = 1/2: half forgotten; friction (.5 + 1.5) / 2 = 1 enters with .5 / ln 4 * weight ln 4 = .5
    hand = tension_case(tension=np.full((P, P, 1), 0.8), friction=before, presence=presence,
                        tolerance=np.ones((P, P, R, 1)), forgetting=math.log(4), weight=math.log(4), dt=0.5)
    gain = np.zeros((P, P, 1))
    gain[0, 1] = 0.5
    standard(
        tension_case(), shapes={"tension": (P, P)}, bounds={"tension": (0, 2)},
        zero={"tension": 0.0, "friction": 0.0, "presence": 0.0},
        directions={"forgetting": ("tension", "", -1), "weight": ("tension", "friction", 1)},
        by_hand=(hand, {"tension/forgetting": np.full((P, P, 1), -0.4), "tension/friction": gain}))

    def scalar(reads, p, noise, dt):
        now = excess(reads["presence"], reads["tolerance"], reads["home_weight"], reads["insider"])
        out, k = np.zeros((P, P)), p["forgetting"]
        for h, q in PAIRS:
            mean = (reads["friction"][h][q] + now[h, q]) / 2
            gained = (1 - math.exp(-k * dt)) / k * p["weight"] * mean
            out[h, q] = (math.exp(-k * dt) - 1) * reads["tension"][h][q] + gained
        return {"tension": out}

    reference(tension_case(), scalar)


def test_constant_friction_tends_to_weight_over_forgetting():
    presence = np.zeros((P, R, 1))
    presence[1] = 2.0
    level = np.zeros((P, P, 1))
    held = np.zeros((P, P, 1))
    held[0, 1] = 2.0
    for _ in range(12 * 40):
        case = tension_case(tension=level, friction=held, presence=presence, tolerance=np.zeros((P, P, R, 1)),
                            home_weight=WEIGHT, weight=0.25)
        level = level + total(case.call(), "tension")
    assert level[0, 1, 0] == pytest.approx(2.0 * 0.25 / 0.5, rel=1e-6)
    assert level[2, 1, 0] == 0.0


GLUE = {"rivalry_effect": 1.0, "vote_effect": 0.3, "trade_effect": 0.2, "tension_effect": 0.3}


def glue_case(**changes):
    reads = {"rivalry": RNG.random((P, M)), "rivalry_start": np.zeros((P, 1)),
             "vote_similarity": RNG.random((P, P, 1)),
             "power_trade": RNG.random((P, P, 1)), "tension": RNG.random((P, P, M))}
    return Case(glue, reads, GLUE).with_(**changes)


def test_glue():
    # min(2, 1) * 1 + .3 * .5 + .2 * 1 - .3 (.4 + .8) / 2 = 1.17 both ways, 0 to oneself
    hand = glue_case(rivalry=np.array([[2.0], [1.0]]), rivalry_start=np.zeros((2, 1)),
                     vote_similarity=np.full((2, 2, 1), 0.5),
                     power_trade=np.ones((2, 2, 1)), tension=np.array([[[0.0], [0.4]], [[0.8], [0.0]]]))
    standard(
        glue_case(), shapes={"glue": (P, P)}, bounds={"glue": (-1, 3)},
        zero={"rivalry": 0.0, "vote_similarity": 0.0, "power_trade": 0.0, "tension": 0.0},
        directions={name: ("glue", "", -1 if name == "tension_effect" else 1) for name in GLUE},
        by_hand=(hand, {"glue": [[[0.0], [1.17]], [[1.17], [0.0]]]}))

    def scalar(reads, p, noise, dt):
        out = np.zeros((P, P))
        for a, b in PAIRS:
            if a != b:
                out[a, b] = (p["rivalry_effect"] * min(reads["rivalry"][a], reads["rivalry"][b])
                             + p["vote_effect"] * reads["vote_similarity"][a][b]
                             + p["trade_effect"] * reads["power_trade"][a][b]
                             - p["tension_effect"] * (reads["tension"][a][b] + reads["tension"][b][a]) / 2)
        return {"glue": out}

    reference(glue_case(), scalar)


def test_glue_by_threat_binds_insiders_who_share_a_home_region():
    weights = np.array([[[0.2], [0.8]], [[0.5], [0.5]], [[np.nan], [1.0]]])
    reads = {"threat": RNG.random((3, M)), "home_weight": weights,
             "insider": np.array([[1.0], [1.0], [0.0]])}
    case = Case(glue_by_threat, reads, {"threat_effect": 0.5})
    # threats 1 and 3, shared home sqrt(.2 * .5) + sqrt(.8 * .5)
    shared = np.sqrt(0.1) + np.sqrt(0.4)
    hand = Case(glue_by_threat, {"threat": np.array([[1.0], [3.0], [9.0]]), "home_weight": weights,
                                 "insider": reads["insider"]}, {"threat_effect": 0.5})
    level = np.zeros((3, 3, 1))
    level[0, 1] = level[1, 0] = 0.5 * 2 * shared
    standard(case, shapes={"glue": (3, 3)}, bounds={"glue": (0, 1)}, zero={"threat": 0.0},
             directions={"threat_effect": ("glue", "", 1)}, by_hand=(hand, {"glue": level}))

    def scalar(reads, p, noise, dt):
        out = np.zeros((3, 3))
        for a in range(3):
            for b in range(3):
                if a != b and reads["insider"][a] and reads["insider"][b]:
                    common = sum(np.sqrt(x * y) for x, y in
                                 zip(reads["home_weight"][a], reads["home_weight"][b], strict=True))
                    out[a, b] = p["threat_effect"] * (reads["threat"][a] + reads["threat"][b]) / 2 * common
        return {"glue": out}

    reference(case, scalar)
    assert case.record.rival_of == "glue"


def test_both_must_feel_the_rivalry():
    alone = glue_case(rivalry=np.array([[3.0], [0.0], [0.0]]), vote_similarity=np.zeros((P, P, 1)),
                      power_trade=np.zeros((P, P, 1)), tension=np.zeros((P, P, 1))).call()["glue"]
    np.testing.assert_array_equal(alone, 0.0)


def test_glue_follows_the_one_who_feels_it_less():
    start = np.array([[1.0], [0.2]])
    case = glue_case(rivalry=np.array([[-0.5], [0.0]]), rivalry_start=start,
                     vote_similarity=np.zeros((2, 2, 1)),
                     power_trade=np.zeros((2, 2, 1)), tension=np.zeros((2, 2, 1)))
    assert np.all(case.call()["glue"] == 0)  # the first still feels more than the second
    thaw = case.with_(rivalry=np.array([[-1.5], [0.0]])).call()["glue"]
    effect = GLUE["rivalry_effect"]
    np.testing.assert_allclose(thaw[0, 1], effect * (-0.5 - 0.2))


PUSH = {"intercept": -3.0, "friction_effect": 2.0, "glue_effect": 1.5, "glue_level": 0.0, "floor": 0.03}


def push_case(**changes):
    reads = {"friction": RNG.random((P, P, M)), "glue": RNG.random((P, P, M)), "insider": INSIDER}
    return Case(push_back, reads, PUSH, {"uniform": RNG.random((P, P, M))}).with_(**changes)


def test_push_back():
    # logit -3 + 2 * 1.5 - 0 = 0: half a year's chance, .97/2 + .015 = .5 a year, 1 - .5^(1/2) in half a year
    pair = np.array([[[0.0], [1.5]], [[1.5], [0.0]]])
    hand = push_case(friction=pair, glue=np.zeros((2, 2, 1)), insider=np.array([[1.0], [0.0]]),
                     uniform=np.full((2, 2, 1), 0.2), dt=0.5)
    chance = np.zeros((2, 2, 1))
    chance[0, 1] = 1 - math.sqrt(0.5)
    standard(
        push_case(), shapes={"pushback": (P, P)}, bounds={"pushback": (0, 1)}, zero={"insider": 0.0},
        directions={"intercept": ("pushback", "", 1), "friction_effect": ("pushback", "", 1),
                    "glue_effect": ("pushback", "", -1), "glue_level": ("pushback", "", -1),
                    "floor": ("pushback", "", 1)},
        directed=push_case(friction=0.2 * RNG.random((P, P, M))),
        by_hand=(hand, {"pushback": chance, "pushback/occurs": chance > 0}))

    def scalar(reads, p, noise, dt):
        out = np.zeros((P, P))
        for h, q in PAIRS:
            if h != q and reads["insider"][h]:
                odds = (p["intercept"] + p["friction_effect"] * reads["friction"][h][q]
                        - p["glue_effect"] * (p["glue_level"] + reads["glue"][h][q]))
                yearly = (1 - p["floor"]) / (1 + math.exp(-odds)) + p["floor"] / 2
                out[h, q] = 1 - (1 - yearly) ** dt
        return {"pushback": out, "pushback/occurs": np.asarray(noise["uniform"]) < out}

    reference(push_case(), scalar)


def test_an_objection_stays_possible_and_never_certain():
    for level in (-80.0, 80.0):
        yearly = total(push_case(friction=np.full((P, P, M), level), dt=1.0).call(), "pushback")[0, 1]
        np.testing.assert_allclose(yearly, 0.015 if level < 0 else 0.985)
