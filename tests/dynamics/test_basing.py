"""Bases of outsiders: standard tests, scalar references, the veto, the bookkeeping."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.dynamics.helpers import Case, reference, standard, total

from heartland.dynamics.basing import base_answer, base_bargain, base_request, base_review, basing

P, R, M = 3, 2, 4
RNG = np.random.default_rng(161)
RULE = np.array([[1.0], [1.0], [0.0]])  # two insiders hold the rule, the third power is an outsider
LEAN = {"rivalry_lean": 0.0, "rivalry_slope": 1.2}


def cell(value, *shape):
    return np.full((*(shape or (1, 1)), 1), float(value))


def pair(low=0.0, high=1.0):
    return low + (high - low) * RNG.random((P, R, M))


def logistic(x):
    return 1 / (1 + math.exp(-x))


def objects(reads, p):
    return [rule * logistic(p["rivalry_lean"] + p["rivalry_slope"] * (now + start)) for rule, now, start
            in zip(reads["exclusion"], reads["rivalry"], reads["rivalry_start"], strict=True)]


def pressed(reads, p, i):
    return sum(o * reads["reliance"][k][i] for k, o in enumerate(objects(reads, p)))


SIDES = {"exclusion": RULE, "rivalry": 0.5 + RNG.random((P, M)), "rivalry_start": np.full((P, 1), 0.2)}


def test_base_request():
    case = Case(base_request, {"base_interest": np.array([[0.0], [1.0], [2.0]]), "presence": pair(0, 3)},
                {"rate": 0.04}, {"uniform": pair()})
    hand = Case(base_request, {"base_interest": cell(1, 1), "presence": cell(1)}, {"rate": math.log(2)},
                {"uniform": cell(0.4)}, dt=1.0)
    standard(
        case, shapes={"base_requested": (P, R)}, bounds={"base_requested": (0, 1)},
        zero={"base_interest": 0.0},
        directions={"rate": ("base_requested", "", 1)},
        by_hand=(hand, {"base_requested": cell(0.5), "base_requested/occurs": cell(1)}))
    reference(case, lambda reads, p, noise, dt: {"base_requested": [
        [1 - math.exp(-p["rate"] * wish * dt) if level < 1.5 else 0 for level in row]
        for wish, row in zip(reads["base_interest"], reads["presence"], strict=True)]})


ANSWER = {"intercept": 0.0, "objection_effect": 4.0, **LEAN, "rent_effect": 0.4, "engagement_effect": 0.6,
          "half_use": 2.0, "threat_effect": 1.2, "floor": 0.03}


def answer_case(**changes):
    reads = {"base_requested": np.ones((P, R, M)), **SIDES, "reliance": pair(0.1, 0.4), "rent": pair(0.5, 1),
             "engagement": pair(1, 3), "external_threat": 0.5 + 0.5 * RNG.random((R, M)),
             "base_veto": np.array([[[0.0], [1.0]]]), "lead": np.array([[[1.0], [0.0], [0.0]]])}
    return Case(base_answer, reads, ANSWER, {"uniform": pair()}).with_(**changes)


def answer_scalar(reads, p, noise, dt):
    chance = np.zeros((P, R))
    for i in range(R):
        blocked = reads["base_veto"][0][i] * objects(reads, p)[0]
        for k in range(P):
            visits = reads["engagement"][k][i]
            odds = (p["intercept"] - p["objection_effect"] * pressed(reads, p, i)
                    + p["rent_effect"] * reads["rent"][k][i]
                    + p["threat_effect"] * reads["external_threat"][i]
                    + p["engagement_effect"] * visits / (visits + p["half_use"]))
            chance[k, i] = (1 - blocked) * ((1 - p["floor"]) * logistic(odds) + p["floor"] / 2)
    return {"base_granted": chance, "base_granted/occurs": np.array(noise["uniform"]) < chance}


def test_base_answer():
    # one insider at even rivalry objects by half; reliance .5 and effect 4 take one unit off
    hand = answer_case(
        base_requested=cell(1), exclusion=cell(1, 1), rivalry=cell(0, 1), rivalry_start=cell(0, 1),
        reliance=cell(0.5), rent=cell(0), engagement=cell(0), external_threat=cell(0, 1), base_veto=cell(1),
        lead=cell(1), uniform=cell(0.9), intercept=1.0, floor=0.0)
    standard(
        answer_case(), shapes={"base_granted": (P, R)}, bounds={"base_granted": (0, 1)},
        zero={"base_requested": 0.0},
        directions={"intercept": ("base_granted", "", 1), "objection_effect": ("base_granted", "", -1),
                    "rivalry_lean": ("base_granted", "", -1), "rivalry_slope": ("base_granted", "", -1),
                    "rent_effect": ("base_granted", "", 1), "engagement_effect": ("base_granted", "", 1),
                    "half_use": ("base_granted", "", -1), "threat_effect": ("base_granted", "", 1),
                    "floor": ("base_granted", "", 1)},
        directed=answer_case(intercept=-2.0),
        by_hand=(hand, {"base_granted": cell(0.25), "base_granted/occurs": cell(0)}))
    reference(answer_case(), answer_scalar)


def test_where_the_lead_accepts_the_veto_of_allies_stops_nobody():
    accepting = np.array([[0.0], [1.0], [0.0]])
    case = answer_case(exclusion=accepting)
    free = case.with_(base_veto=np.zeros((1, R, 1)))
    np.testing.assert_array_equal(total(case.call(), "base_granted"), total(free.call(), "base_granted"))


REVIEW = {"log_rate": -2.5, "objection_effect": 3.0, **LEAN, "compliance_effect": 1.2, "rent_effect": 0.4}


def review_case(**changes):
    reads = {"presence": pair(2, 3), "notice": np.zeros((P, R, M)), **SIDES, "reliance": pair(0.1, 0.3),
             "compliance": pair(0.1, 0.5), "rent": pair(0.1, 1)}
    return Case(base_review, reads, REVIEW, {"uniform": pair()}).with_(**changes)


def review_scalar(reads, p, noise, dt):
    chance = np.zeros((P, R))
    for i in range(R):
        ceded = sum(o * reads["compliance"][k][i] for k, o in enumerate(objects(reads, p)))
        for k in range(P):
            log_rate = (p["log_rate"] + p["objection_effect"] * pressed(reads, p, i)
                        + p["compliance_effect"] * ceded - p["rent_effect"] * reads["rent"][k][i])
            standing = (reads["presence"][k][i] >= 1.5 and not reads["notice"][k][i]
                        and reads["exclusion"][k] < 0.5)
            chance[k, i] = 1 - math.exp(-math.exp(min(log_rate, 1.386)) * dt) if standing else 0
    return {"base_notice": chance}


def test_base_review():
    hand = review_case(
        presence=cell(3), notice=cell(0), exclusion=cell(0, 1), rivalry=cell(0, 1), rivalry_start=cell(0, 1),
        reliance=cell(0.5), compliance=cell(0), rent=cell(0), uniform=cell(0.4),
        log_rate=math.log(math.log(2)), dt=1.0)
    standard(
        review_case(), shapes={"base_notice": (P, R)}, bounds={"base_notice": (0, 1)}, zero={"presence": 0.0},
        directions={"log_rate": ("base_notice", "", 1), "objection_effect": ("base_notice", "", 1),
                    "rivalry_lean": ("base_notice", "", 1), "rivalry_slope": ("base_notice", "", 1),
                    "compliance_effect": ("base_notice", "", 1), "rent_effect": ("base_notice", "", -1)},
        by_hand=(hand, {"base_notice": cell(0.5), "base_notice/occurs": cell(1)}))
    reference(review_case(), review_scalar)


BARGAIN = {"rate": 2.5, "intercept": -0.4, "objection_effect": 2.0, **LEAN, "rent_effect": 1.2, "floor": 0.03}


def bargain_case(**changes):
    reads = {"notice": np.ones((P, R, M)), **SIDES, "reliance": pair(0.3, 0.6), "rent": pair(0.1, 0.3)}
    noise = {"uniform_exit": pair(), "uniform_kept": pair()}
    return Case(base_bargain, reads, BARGAIN, noise).with_(**changes)


def bargain_scalar(reads, p, noise, dt):
    kept = np.zeros((P, R))
    for i in range(R):
        for k in range(P):
            odds = (p["intercept"] + p["rent_effect"] * reads["rent"][k][i]
                    - p["objection_effect"] * pressed(reads, p, i))
            kept[k, i] = (1 - p["floor"]) * logistic(odds) + p["floor"] / 2
    ends = 1 - math.exp(-p["rate"] * dt)
    return {"base_kept": ends * kept, "base_closed": ends * (1 - kept)}


def test_base_bargain():
    hand = bargain_case(notice=cell(1), exclusion=cell(0, 1), rivalry=cell(0, 1), rivalry_start=cell(0, 1),
                        reliance=cell(0), rent=cell(0), uniform_exit=cell(0.4), uniform_kept=cell(0.9),
                        rate=math.log(2), intercept=0.0, floor=0.0, dt=1.0)
    standard(
        bargain_case(), shapes={"base_kept": (P, R), "base_closed": (P, R)},
        bounds={"base_kept": (0, 1), "base_closed": (0, 1)},
        of=dict.fromkeys(("base_kept", "base_closed"), ("base_kept", "base_closed")),
        zero={"notice": 0.0},
        directions={"rate": ("base_kept", "", 1), "intercept": ("base_kept", "", 1),
                    "objection_effect": ("base_kept", "", -1), "rivalry_lean": ("base_kept", "", -1),
                    "rivalry_slope": ("base_kept", "", -1), "rent_effect": ("base_kept", "", 1),
                    "floor": ("base_kept", "", 1)},
        by_hand=(hand, {"base_kept": cell(0.25), "base_closed": cell(0.25), "base_closed/occurs": cell(1),
                        "base_kept/occurs": cell(0)}))
    reference(bargain_case(), bargain_scalar)


def test_basing():
    flags = {"base_granted": [1, 0, 0, 0, 0], "base_notice": [0, 0, 1, 0, 0], "base_kept": [0, 0, 0, 1, 0],
             "base_closed": [0, 1, 0, 0, 0]}
    reads = {"effort": np.array([[[0.5, 2.5, 3.0, 3.0, 1.0]]]), "access": np.array([[[0.0, 1, 0, 0, 0]]]),
             "notice": np.array([[[0.0, 1, 0, 1, 0]]]),
             **{name: np.array([[row]], dtype=float) for name, row in flags.items()}}
    case = Case(basing, reads, {}, {})
    standard(
        case, shapes={"effort": (1, 1), "access": (1, 1), "notice": (1, 1)}, bounds={"effort": (0, 4)},
        zero=dict.fromkeys((*flags, "notice"), 0.0), directions={},
        by_hand=(case, {"effort": [[[2.5, -2.5, 0, 0, 0]]], "access": [[[2.5, -2.5, 0, 0, 0]]],
                        "notice": [[[0, -1, 1, -1, 0]]]}))

    def scalar(reads, p, noise, dt):
        get = {name: value[0][0] for name, value in reads.items()}
        jump = max(3 - get["effort"], 0) * get["base_granted"] - max(get["effort"], 0) * get["base_closed"]
        running = 0 if get["base_kept"] or get["base_closed"] else 1 if get["base_notice"] else get["notice"]
        return {"effort": [[jump]], "access": [[jump]], "notice": [[running - get["notice"]]]}

    reference(case, scalar)


@pytest.mark.parametrize("per_year", [4, 12])
def test_half_of_the_notices_end_in_the_half_life_of_the_bargain(per_year):
    left = 1.0
    case = bargain_case(rate=math.log(2), dt=1 / per_year)
    ends = total(case.call(), "base_kept") + total(case.call(), "base_closed")
    for _ in range(per_year):
        left *= 1 - ends[0, 0, 0]
    assert left == pytest.approx(0.5, rel=1e-10)
