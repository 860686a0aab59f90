"""Joining, observing, leaving and freezing; what members remember of refusals and departures."""

from __future__ import annotations

import math

import numpy as np
from tests.dynamics.helpers import Case, reference, standard

from heartland.dynamics.decide import CODES
from heartland.dynamics.organisations import (
    accession,
    departures,
    exit_or_freeze,
    observer_status,
    standing,
    unmet,
)

O_, A, R, M = 2, 4, 2, 5
RNG = np.random.default_rng(121)
STATUS = np.array([[0.0, 1, 3, 4], [2, 0, 3, 3]])[..., None] + np.zeros((O_, A, M))


def level(*shape):
    return RNG.random(shape)


ACCESSION = {"log_rate": -2.0, "dependence_effect": 1.2, "payment_effect": 0.8, "pressure_effect": 0.6,
             "autonomy_effect": 1.0, "observer_effect": 0.5, "objection": 0.1}


def accession_case(**changes):
    reads = {"membership": STATUS, "candidate": np.array([[1.0, 1, 1, 1], [1, 0, 1, 0]])[..., None],
             "lead_dependence": level(O_, A, M), "side_payment": level(O_, A, 1),
             "join_pressure": level(O_, A, 1), "autonomy": level(O_, A, 1),
             "admission_kind": np.array([[CODES["consensus"]], [CODES["majority"]]], float),
             "admission_veto": np.zeros((O_, 1)), "member_count": np.array([[3.0], [5.0]]),
             "observers_admitted": np.array([[1.0], [0.0]])}
    return Case(accession, reads, ACCESSION, {"uniform": level(O_, A, M)}).with_(**changes)


def allowed(kind, n, q):
    """Chance that n members admit by a rule, counted over every number of objections."""
    limit = {"consensus": 0, "majority": n // 2, "never": -1}[kind]
    return sum(math.comb(n, k) * q**k * (1 - q) ** (n - k) for k in range(limit + 1))


def test_accession():
    one = np.ones((1, 1, 1))
    hand = Case(accession, {
        "membership": 0 * one, "candidate": one, "lead_dependence": one, "side_payment": one,
        "join_pressure": one, "autonomy": one, "admission_kind": np.array([[float(CODES["consensus"])]]),
        "admission_veto": np.zeros((1, 1)), "member_count": np.full((1, 1), 2.0),
        "observers_admitted": np.ones((1, 1))},
        {**ACCESSION, "log_rate": math.log(2.0) - 1.6}, {"uniform": 0 * one}, dt=1.0)
    # the slopes 1.2 + .8 + .6 - 1 cancel the -1.6: rate 2 * .9^2
    standard(
        accession_case(), shapes={"joins": (O_, A)}, bounds={"joins": (0, 1)}, zero={"candidate": 0.0},
        directions={name: ("joins", "", -1 if name in ("autonomy_effect", "objection") else 1)
                    for name in ACCESSION},
        by_hand=(hand, {"joins": [[[1 - math.exp(-1.62)]]], "joins/occurs": [[[True]]]}))

    def scalar(reads, p, noise, dt):
        out = np.zeros((O_, A))
        for o, a in np.ndindex(O_, A):
            status = reads["membership"][o][a]
            if status >= 3 or not reads["candidate"][o][a]:
                continue
            x = (p["log_rate"] + p["dependence_effect"] * reads["lead_dependence"][o][a]
                 + p["payment_effect"] * reads["side_payment"][o][a]
                 + p["pressure_effect"] * reads["join_pressure"][o][a]
                 - p["autonomy_effect"] * reads["autonomy"][o][a]
                 + (p["observer_effect"] if status in (1, 2) and reads["observers_admitted"][o] else 0.0))
            kind = {v: k for k, v in CODES.items()}[int(reads["admission_kind"][o])]
            yes = allowed(kind, int(reads["member_count"][o]), p["objection"])
            out[o, a] = 1 - math.exp(-math.exp(x) * yes * dt)
        return {"joins": out, "joins/occurs": np.asarray(noise["uniform"]) < out}

    reference(accession_case(), scalar)


def test_nobody_is_admitted_under_never():
    shut = accession_case(admission_kind=np.full((O_, 1), float(CODES["never"])))
    assert not shut.call()["joins"].probability.any()


def observer_case(**changes):
    reads = {"membership": STATUS, "candidate": np.ones((O_, A, 1)), "lead_dependence": level(O_, A, M),
             "observers_admitted": np.array([[1.0], [0.0]])}
    return Case(observer_status, reads, {"log_rate": -2.0, "dependence_effect": 0.6},
                {"uniform": level(O_, A, M)}).with_(**changes)


def test_observer_status():
    hand = observer_case(lead_dependence=np.zeros((O_, A, M)), log_rate=0.0, dt=1.0)
    yes = 1 - math.exp(-1.0)
    expected = np.zeros((O_, A, M))
    expected[0, 0] = yes
    standard(
        observer_case(), shapes={"observes": (O_, A)}, bounds={"observes": (0, 1)},
        zero={"observers_admitted": 0.0},
        directions={"log_rate": ("observes", "", 1), "dependence_effect": ("observes", "", 1)},
        by_hand=(hand, {"observes": expected}))

    def scalar(reads, p, noise, dt):
        out = np.zeros((O_, A))
        for o, a in np.ndindex(O_, A):
            if reads["membership"][o][a] == 0 and reads["observers_admitted"][o]:
                rate = math.exp(p["log_rate"] + p["dependence_effect"] * reads["lead_dependence"][o][a])
                out[o, a] = 1 - math.exp(-rate * dt)
        return {"observes": out, "observes/occurs": np.asarray(noise["uniform"]) < out}

    reference(observer_case(), scalar)


EXIT = {"log_rate": -2.0, "unmet_effect": 1.5, "divergence_effect": 0.8, "contagion": 0.5,
        "benefit_effect": 1.0, "voice_effect": 0.3, "condition_effect": 2.0, "exit_share": 0.6}


def exit_case(**changes):
    reads = {"membership": STATUS, "is_lead": np.array([[0.0, 0, 0, 0], [0, 0, 1, 0]])[..., None],
             "unmet_request": level(O_, A, M), "divergence": level(O_, A, M), "departures": level(O_, M),
             "benefit": level(O_, A, M) - 0.5, "voice": level(O_, 1), "exit_barred": np.zeros((O_, 1)),
             "exit_condition": np.array([[1.0], [0.0]])}
    return Case(exit_or_freeze, reads, EXIT,
                {"uniform_whether": level(O_, A, M), "uniform_which": level(O_, A, M)}).with_(**changes)


def test_exit_or_freeze():
    one = np.ones((1, 1, 1))
    hand = Case(exit_or_freeze, {
        "membership": 3 * one, "is_lead": 0 * one, "unmet_request": one, "divergence": one,
        "departures": one[0], "benefit": -one, "voice": one[0], "exit_barred": 0 * one[0],
        "exit_condition": one[0]},
        {**EXIT, "log_rate": math.log(0.5) - 5.5}, {"uniform_whether": 0.3 * one, "uniform_which": 0.7 * one},
        dt=1.0)
    # 1.5 + .8 + .5 + 1 - .3 + 2 = 5.5 cancels the -5.5: rate .5
    whole = 1 - math.exp(-0.5)
    standard(
        exit_case(), shapes={"leaves": (O_, A), "freezes": (O_, A)},
        bounds={"leaves": (0, 1), "freezes": (0, 1)},
        of=dict.fromkeys(("leaves", "freezes"), ("leaves", "freezes")),
        zero={"membership": 1.0},
        directions={name: ("leaves", "", -1 if name == "voice_effect" else 1) for name in EXIT},
        directed=exit_case(benefit=np.full((O_, A, M), -0.5)),
        by_hand=(hand, {"leaves": 0.6 * whole * one, "freezes": 0.4 * whole * one,
                        "leaves/occurs": one < 0, "freezes/occurs": one > 0}))

    def scalar(reads, p, noise, dt):
        leaves, freezes = np.zeros((O_, A)), np.zeros((O_, A))
        for o, a in np.ndindex(O_, A):
            status = reads["membership"][o][a]
            if status < 3 or reads["is_lead"][o][a] or (status == 4 and reads["exit_barred"][o]):
                continue
            gain = reads["benefit"][o][a]
            x = (p["log_rate"] + p["unmet_effect"] * reads["unmet_request"][o][a]
                 + p["divergence_effect"] * reads["divergence"][o][a]
                 + p["contagion"] * reads["departures"][o] - p["benefit_effect"] * gain
                 - p["voice_effect"] * reads["voice"][o]
                 + p["condition_effect"] * reads["exit_condition"][o] * max(0.0, -gain))
            whole = 1 - math.exp(-math.exp(x) * dt)
            share = 1.0 if status == 4 else (0.0 if reads["exit_barred"][o] else p["exit_share"])
            leaves[o, a], freezes[o, a] = whole * share, whole * (1 - share)
        return {"leaves": leaves, "freezes": freezes}

    reference(exit_case(), scalar)
    reference(exit_case(exit_barred=np.array([[1.0], [0.0]])), scalar)


def test_a_member_of_a_barred_exit_can_only_freeze_and_a_break_is_one_or_the_other():
    barred = exit_case(exit_barred=np.ones((O_, 1)), log_rate=5.0).call()
    assert not barred["leaves"].occurs.any()
    assert np.array_equal(barred["freezes"].occurs.any(axis=-1), (STATUS[..., 0] == 3)
                          & (np.array([[0, 0, 0, 0], [0, 0, 1, 0]]) == 0))
    free = exit_case(log_rate=5.0).call()
    assert not (free["leaves"].occurs & free["freezes"].occurs).any()
    assert free["leaves"].occurs[0, 3].all(), "a frozen member can only leave"


def standing_case(**changes):
    draws = {name: RNG.integers(0, 2, (O_, A, M)).astype(float)
             for name in ("joins", "observes", "leaves", "freezes")}
    return Case(standing, {"membership": STATUS, **draws}, {}).with_(**changes)


def test_standing():
    still = dict.fromkeys(("joins", "observes", "leaves", "freezes"), 0.0)
    hand = standing_case(joins=np.ones((O_, A, M)), observes=np.zeros((O_, A, M)),
                         leaves=np.zeros((O_, A, M)), freezes=np.ones((O_, A, M)))
    after = np.array([[3.0, 3, 4, 4], [3, 3, 4, 4]])[..., None] + np.zeros((O_, A, M))
    standard(standing_case(), shapes={"membership": (O_, A)}, bounds={"membership": (0, 4)}, zero=still,
             directions={}, by_hand=(hand, {"membership": after - STATUS}))

    def scalar(reads, p, noise, dt):
        out = np.zeros((O_, A))
        for o, a in np.ndindex(O_, A):
            now = old = reads["membership"][o][a]
            if reads["observes"][o][a] and now == 0:
                now = 1
            if reads["joins"][o][a] and now < 3:
                now = 3
            if reads["freezes"][o][a] and old == 3:
                now = 4
            if reads["leaves"][o][a] and old >= 3:
                now = 0
            out[o, a] = now - old
        return {"membership": out}

    reference(standing_case(), scalar)


def unmet_case(**changes):
    return Case(unmet, {"unmet": level(O_, R, M), "refused": RNG.integers(0, 2, (O_, R, M)).astype(float)},
                {"half_life": 3.0}).with_(**changes)


def kept(half_life, dt):
    left = 0.5 ** (dt / half_life)
    return left, (1 - left) * half_life / (math.log(2) * dt)


def test_unmet():
    _, share = kept(1.0, 1.0)
    one = np.ones((1, 1, 1))
    hand = Case(unmet, {"unmet": one, "refused": one}, {"half_life": 1.0}, dt=1.0)
    standard(unmet_case(), shapes={"unmet": (O_, R)}, bounds={"unmet": (0, 2)},
             zero={"unmet": 0.0, "refused": 0.0}, directions={"half_life": ("unmet", "", 1)},
             by_hand=(hand, {"unmet/decay": -0.5 * one, "unmet/event": share * one}))

    def scalar(reads, p, noise, dt):
        left, share = kept(p["half_life"], dt)
        return {"unmet": [[(left - 1) * reads["unmet"][o][r] + share * reads["refused"][o][r]
                           for r in range(R)] for o in range(O_)]}

    reference(unmet_case(), scalar)


def departures_case(**changes):
    reads = {"departures": level(O_, M), "leaves": RNG.integers(0, 2, (O_, A, M)).astype(float),
             "freezes": np.zeros((O_, A, M)), "member_count": np.array([[4.0], [0.0]])}
    return Case(departures, reads, {"half_life": 2.0}).with_(**changes)


def test_departures():
    left, share = kept(2.0, 1.0)
    hand = Case(departures, {"departures": np.ones((1, 1)), "leaves": np.ones((1, 2, 1)),
                             "freezes": np.ones((1, 2, 1)), "member_count": np.full((1, 1), 8.0)},
                {"half_life": 2.0}, dt=1.0)
    standard(departures_case(), shapes={"departures": (O_,)}, bounds={"departures": (0, 6)},
             zero={"departures": 0.0, "leaves": 0.0}, directions={"half_life": ("departures", "", 1)},
             by_hand=(hand, {"departures/decay": [[left - 1]], "departures/event": [[share * 2 / 8]]}))

    def scalar(reads, p, noise, dt):
        left, share = kept(p["half_life"], dt)
        out = []
        for o in range(O_):
            gone = sum(bool(reads["leaves"][o][a] or reads["freezes"][o][a]) for a in range(A))
            out.append((left - 1) * reads["departures"][o] + share * gone / max(reads["member_count"][o], 1))
        return {"departures": out}

    reference(departures_case(), scalar)
