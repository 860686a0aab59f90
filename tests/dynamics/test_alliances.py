"""Requests, decisions under the rule, deployments, withdrawal and troops."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from tests.dynamics.helpers import Case, reference, standard, total

from heartland.dynamics.alliances import (
    alliance_response,
    deployment,
    request,
    troops,
    withdrawal,
)
from heartland.dynamics.decide import CODES, KINDS, decide

O_, P, R, M = 2, 3, 2, 4
RNG = np.random.default_rng(61)
LEAD = np.array([[[1.0], [0.0], [0.0]], [[0.0], [0.0], [1.0]]])


def ones(*shape):
    return np.ones(shape)


def zeros(*shape):
    return np.zeros(shape)


def request_case(**changes):
    reads = {"onset": ones(R, M), "threat_mark": ones(R, M),
             "may_ask": np.array([[[1.0], [0.0]], [[0.0], [0.0]]]),
             "neighbour": np.array([[[0.0], [1.0]], [[1.0], [0.0]]]), "spoken_for": zeros(O_, R, 1)}
    return Case(request, reads, {"willingness": 0.3, "outsider_factor": 0.2},
                {"uniform": RNG.random((O_, R, M))}).with_(**changes)


def test_request():
    hand = request_case(onset=ones(R, 1), threat_mark=ones(R, 1), uniform=np.full((O_, R, 1), 0.1))
    standard(
        request_case(), shapes={"request": (O_, R)}, bounds={"request": (0, 1)}, zero={"threat_mark": 0.0},
        directions={"willingness": ("request", "", 1), "outsider_factor": ("request", "", 1)},
        by_hand=(hand, {"request": [[[0.3], [0.06]], [[0.06], [0.0]]],
                        "request/occurs": [[[True], [False]], [[False], [False]]]}))

    def scalar(reads, p, noise, dt):
        def one(o, i):
            if not (reads["onset"][i] and reads["threat_mark"][i]):
                return 0.0
            if reads["may_ask"][o][i]:
                return p["willingness"]
            if not reads["neighbour"][o][i]:
                return 0.0
            return p["willingness"] * (1 if reads["spoken_for"][o][i] else p["outsider_factor"])

        chance = [[one(o, i) for i in range(R)] for o in range(O_)]
        return {"request": chance, "request/occurs": np.asarray(noise["uniform"]) < np.asarray(chance)}

    onset = np.array([[1.0, 0, 1, 0], [1, 1, 0, 0]])
    reference(request_case(onset=onset), scalar)
    reference(request_case(onset=onset, spoken_for=np.array([[[1.0], [1.0]], [[0.0], [1.0]]])), scalar)


RESPONSE = {"reference": 0.4, "origin_effect": 1.5, "external_effect": 0.8, "opposed_effect": 3.6,
            "overstretch_effect": 1.0, "cost_effect": 0.7, "shared_effect": 0.7,
            "objection": 0.05, "floor": 0.03}


def response_case(**changes):
    reads = {"request": ones(O_, R, M), "lead": LEAD,
             "rule_kind": np.full((O_, R, 1), float(CODES["consensus"])),
             "rule_veto": zeros(O_, R, 1), "rule_mandate": zeros(O_, R, 1), "mandate": zeros(R, M),
             "triggered": ones(O_, R, M), "shared_lead": np.array([[[0.0], [1.0]]] * O_),
             "voters_count": np.full((O_, R, 1), 5.0),
             "revolt_origin": RNG.integers(0, 2, (R, M)).astype(float),
             "external_threat": np.array([[0.0], [1.0]]), "partner_opposed": np.array([[[0.0], [1.0]]] * O_),
             "overstretch": RNG.random((P, M)), "action_cost": RNG.random((P, R, 1))}
    noise = {"uniform_lead": RNG.random((O_, R, M)), "uniform_objection": RNG.random((O_, R, M))}
    return Case(alliance_response, reads, RESPONSE, noise).with_(**changes)


def lead_chance(reads, p, o, i):
    boss = next(k for k in range(P) if reads["lead"][o][k])
    odds = (p["reference"] - p["origin_effect"] * reads["revolt_origin"][i]
            - p["external_effect"] * reads["external_threat"][i]
            - p["opposed_effect"] * reads["partner_opposed"][o][i]
            - p["overstretch_effect"] * reads["overstretch"][boss]
            - p["cost_effect"] * reads["action_cost"][boss][i]
            + p["shared_effect"] * reads["shared_lead"][o][i])
    return (1 - p["floor"]) / (1 + math.exp(-odds)) + p["floor"] / 2


def test_alliance_response():
    # odds 0: the lead says yes with .5; three others stay silent with .9^3 = .729
    hand = Case(alliance_response, {
        "request": ones(1, 1, 1), "lead": ones(1, 1, 1), "rule_kind": zeros(1, 1, 1),
        "rule_veto": zeros(1, 1, 1),
        "rule_mandate": zeros(1, 1, 1), "mandate": zeros(1, 1), "triggered": ones(1, 1, 1),
        "shared_lead": zeros(1, 1, 1), "voters_count": np.full((1, 1, 1), 3.0),
        "revolt_origin": ones(1, 1), "external_threat": zeros(1, 1), "partner_opposed": zeros(1, 1, 1),
        "overstretch": zeros(1, 1), "action_cost": zeros(1, 1, 1),
    }, {**RESPONSE, "reference": 1.5, "objection": 0.1},
        {"uniform_lead": np.full((1, 1, 1), 0.49), "uniform_objection": np.full((1, 1, 1), 0.72)})
    standard(
        response_case(), shapes={"consent": (O_, R)}, bounds={"consent": (0, 1)}, zero={"request": 0.0},
        directions={name: ("consent", "", 1 if name in ("reference", "shared_effect", "floor") else -1)
                    for name in RESPONSE},
        directed=response_case(revolt_origin=ones(R, M), external_threat=ones(R, 1)),
        by_hand=(hand, {"consent": [[[0.5 * 0.729]]], "consent/occurs": [[[True]]]}))

    def scalar(reads, p, noise, dt):
        out = [[lead_chance(reads, p, o, i) * (1 - p["objection"]) ** 5 for i in range(R)] for o in range(O_)]
        return {"consent": out}

    reference(response_case(), scalar)


def objectors(uniform, n, q):
    """Number of objectors that a uniform number stands for: inverse of the binomial distribution."""
    mass, k = (1 - q) ** n, 0
    while uniform >= mass and k < n:
        k += 1
        mass += math.comb(n, k) * q**k * (1 - q) ** (n - k)
    return k


def situation(seed, m=200):
    rng = np.random.default_rng(seed)

    def flag(*shape, share=0.5):
        return (rng.random(shape) < share).astype(float)

    return response_case(
        request=flag(O_, R, m, share=0.7), rule_kind=rng.integers(0, len(KINDS), (O_, R, 1)).astype(float),
        rule_veto=flag(O_, R, 1), rule_mandate=flag(O_, R, 1), mandate=flag(R, m),
        triggered=flag(O_, R, m, share=0.8),
        voters_count=rng.integers(0, 6, (O_, R, 1)).astype(float), revolt_origin=flag(R, m),
        overstretch=rng.random((P, 1)), reference=2.0, opposed_effect=1.0, objection=0.3,
        uniform_lead=rng.random((O_, R, m)), uniform_objection=rng.random((O_, R, m)))


@pytest.mark.parametrize("seed", range(12))
def test_no_organisation_acts_against_its_rule(seed):
    """Random rules and situations: what is consented is what `decide` says on the votes cast."""
    case = situation(seed)
    consent = case.call()["consent"].occurs
    reads = case.reads
    fields = ("reference", "origin_effect", "external_effect", "opposed_effect", "overstretch_effect",
              "cost_effect", "shared_effect", "floor")
    p = {k: float(case.parameters[k]) for k in fields}
    for o, i, m in itertools.product(range(O_), range(R), range(60)):
        one = {k: np.asarray(v)[..., m if np.shape(v)[-1] > 1 else 0].tolist() for k, v in reads.items()}
        n = int(one["voters_count"][o][i])
        lead_yes = case.noise["uniform_lead"][o, i, m] < lead_chance(one, p, o, i)
        k = objectors(case.noise["uniform_objection"][o, i, m], n, 0.3)
        rest = 1.0 if lead_yes else 0.0
        votes = np.array([1.0 if lead_yes else -1.0] + [-1.0] * k + [rest] * (n - k))
        mandate = np.array(bool(one["mandate"][i])) if one["rule_mandate"][o][i] else None
        lawful = decide(KINDS[int(one["rule_kind"][o][i])], votes, weights=np.ones(n + 1), lead=0,
                        veto_holders=np.full(n + 1, bool(one["rule_veto"][o][i])), mandate=mandate)
        asked = bool(one["request"][o][i]) and bool(one["triggered"][o][i])
        assert consent[o, i, m] == (asked and bool(lawful))


def test_nothing_is_decided_under_never_or_without_the_mandate():
    never = response_case(rule_kind=np.full((O_, R, 1), float(CODES["never"])))
    assert not np.any(total(never.call(), "consent"))
    for kind in KINDS:
        waiting = response_case(rule_kind=np.full((O_, R, 1), float(CODES[kind])),
                                rule_mandate=ones(O_, R, 1))
        assert not np.any(total(waiting.call(), "consent"))
        given = np.any(total(waiting.with_(mandate=ones(R, M)).call(), "consent"))
        assert given == (kind != "never")


def test_prior_gives_the_recorded_frequencies():
    """Sitting incumbent about .6, incumbent by revolt .26, outside attack with a partner opposed .04."""
    n = 20_000
    rng = np.random.default_rng(7)

    def plus(mean, sd):
        z = rng.normal(mean, sd, 4 * n)
        return z[z > 0][:n]

    draws = {"reference": rng.normal(0.4, 1, n), "origin_effect": plus(1.5, 0.6),
             "external_effect": plus(0.8, 0.5), "opposed_effect": plus(3.6, 0.8),
             "overstretch_effect": plus(1, 0.5), "shared_effect": plus(0.7, 0.4),
             "cost_effect": plus(0.7, 0.4), "objection": rng.beta(1, 60, n), "floor": np.full(n, 0.03)}

    def chance(origin, external, opposed):
        case = Case(alliance_response, {
            "request": ones(1, 1, n), "lead": ones(1, 1, 1),
            "rule_kind": np.full((1, 1, 1), float(CODES["lead"])),
            "rule_veto": zeros(1, 1, 1), "rule_mandate": zeros(1, 1, 1), "mandate": zeros(1, 1),
            "triggered": ones(1, 1, 1), "shared_lead": zeros(1, 1, 1),
            "voters_count": np.full((1, 1, 1), 5.0), "revolt_origin": np.full((1, 1), origin),
            "external_threat": np.full((1, 1), external), "partner_opposed": np.full((1, 1, 1), opposed),
            "overstretch": zeros(1, 1), "action_cost": zeros(1, 1, 1),
        }, draws, {"uniform_lead": zeros(1, 1, n), "uniform_objection": zeros(1, 1, n)})
        return total(case.call(), "consent")[0, 0]

    sitting = chance(0.0, 0.0, 0.0)
    assert sitting.mean() == pytest.approx(0.58, abs=0.02)
    assert np.quantile(sitting, 0.05) == pytest.approx(0.22, abs=0.05)
    assert np.quantile(sitting, 0.95) == pytest.approx(0.88, abs=0.05)
    assert chance(1.0, 0.0, 0.0).mean() == pytest.approx(0.28, abs=0.04)
    assert chance(0.0, 1.0, 1.0).mean() == pytest.approx(0.04, abs=0.02)


def deployment_case(**changes):
    asked = np.array([[[1.0], [1.0]], [[0.0], [1.0]]]) * ones(O_, R, M)
    agreed = np.array([[[1.0], [0.0]], [[0.0], [1.0]]]) * ones(O_, R, M)
    return Case(deployment, {"request": asked, "consent": agreed}, {"troops_given_yes": 0.9},
                {"uniform": RNG.random((O_, R, M))}).with_(**changes)


def test_deployment():
    hand = deployment_case(request=np.array([[[1.0], [1.0], [1.0], [0.0]]]),
                           consent=np.array([[[1.0], [1.0], [0.0], [0.0]]]),
                           uniform=np.array([[[0.89], [0.91], [0.0], [0.0]]]))
    standard(
        deployment_case(), shapes={"troops_sent": (O_, R), "refused": (O_, R)},
        bounds={"troops_sent": (0, 1), "refused": (0, 1)}, zero={"request": 0.0, "consent": 0.0},
        directions={"troops_given_yes": ("troops_sent", "", 1)},
        by_hand=(hand,
                 {"troops_sent": [[[0.9], [0.9], [0.0], [0.0]]], "refused": [[[0.1], [0.1], [1.0], [0.0]]],
                        "troops_sent/occurs": [[[True], [False], [False], [False]]],
                        "refused/occurs": [[[False], [True], [True], [False]]]}))

    def scalar(reads, p, noise, dt):
        sent = np.array([[bool(reads["consent"][o][i]) and noise["uniform"][o][i] < p["troops_given_yes"]
                          for i in range(R)] for o in range(O_)])
        return {"troops_sent/occurs": sent, "refused/occurs": (np.asarray(reads["request"]) > 0) & ~sent}

    reference(deployment_case(), scalar)


def test_forced_consent_deploys_without_a_request():
    found = deployment_case(request=zeros(O_, R, M), consent=ones(O_, R, M), troops_given_yes=1.0).call()
    assert np.all(found["troops_sent"].occurs)
    assert not np.any(found["refused"].occurs)


def withdrawal_case(**changes):
    deployed = np.zeros((P, R, M))
    deployed[0] = 4.0
    return Case(withdrawal, {"deployed": deployed, "crisis": zeros(R, M), "lead": LEAD}, {"rate": 12.0},
                {"uniform": RNG.random((O_, R, M))}).with_(**changes)


def test_withdrawal():
    chance = 1 - math.exp(-1)
    standard(
        withdrawal_case(), shapes={"withdrawn": (O_, R)}, bounds={"withdrawn": (0, 1)},
        zero={"deployed": 0.0},
        directions={"rate": ("withdrawn", "", 1)},
        by_hand=(withdrawal_case(), {"withdrawn": np.array([[[chance]] * R, [[0.0]] * R]) + zeros(O_, R, M)}))

    def scalar(reads, p, noise, dt):
        out = zeros(O_, R)
        for o, k, i in itertools.product(range(O_), range(P), range(R)):
            if reads["lead"][o][k] and reads["deployed"][k][i] > 0 and not reads["crisis"][i]:
                out[o, i] = 1 - math.exp(-p["rate"] * dt)
        return {"withdrawn": out, "withdrawn/occurs": np.asarray(noise["uniform"]) < out}

    reference(withdrawal_case(crisis=np.array([[0.0, 1, 0, 1], [1, 1, 0, 0]])), scalar)


def troops_case(**changes):
    reads = {"deployed": zeros(P, R, M), "troops_sent": zeros(O_, R, M), "withdrawn": zeros(O_, R, M),
             "lead": LEAD}
    return Case(troops, reads, {}).with_(**changes)


def test_troops():
    sent, gone = zeros(O_, R, M), zeros(O_, R, M)
    sent[0, 0], gone[1, 1] = 1.0, 1.0
    there = zeros(P, R, M)
    there[2, 1] = 4.0
    busy = troops_case(deployed=there, troops_sent=sent, withdrawn=gone)
    expected = zeros(P, R, M)
    expected[0, 0], expected[2, 1] = 4.0, -4.0
    standard(busy, shapes={"deployed": (P, R)}, bounds={"deployed": (0, 4)},
             zero={"troops_sent": 0.0, "withdrawn": 0.0}, directions={},
             by_hand=(busy, {"deployed": expected}))

    def scalar(reads, p, noise, dt):
        out = zeros(P, R)
        for k, i in itertools.product(range(P), range(R)):
            mine = [o for o in range(O_) if reads["lead"][o][k]]
            level = reads["deployed"][k][i]
            if any(reads["troops_sent"][o][i] for o in mine):
                level = 4.0
            elif any(reads["withdrawn"][o][i] for o in mine):
                level = 0.0
            out[k, i] = level - reads["deployed"][k][i]
        return {"deployed": out}

    rng = np.random.default_rng(8)
    reference(troops_case(deployed=4.0 * rng.integers(0, 2, (P, R, M)),
                          troops_sent=rng.integers(0, 2, (O_, R, M)).astype(float),
                          withdrawn=rng.integers(0, 2, (O_, R, M)).astype(float)), scalar)
