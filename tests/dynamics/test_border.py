"""Clashes, ceasefires, mediation, agreement on the line and what they leave behind."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.dynamics.helpers import Case, check_closure, new_level, reference, standard, total

from heartland.dynamics.border import (
    border_memory,
    ceasefire,
    clash,
    clash_hardship,
    demarcation,
    mediation,
    pair_ties,
)

B, G, R, M = 3, 2, 4, 4
RNG = np.random.default_rng(101)
CLASH = {
    "log_rate": math.log(0.2),
    "recent_effect": 1.5,
    "agreed_effect": 3.0,
    "monitor_effect": 0.7,
    "strip_effect": 0.6,
}


def clash_case(**changes):
    reads = {name: RNG.random((B, M)) for name in ("recent_clash", "agreed", "monitors", "demilitarised")}
    return Case(clash, reads, CLASH, {"uniform": RNG.random((B, M))}, dt=0.5).with_(**changes)


def test_clash():
    one = np.ones((1, 1))
    # .2 doubled by a recent clash, halved by half a line agreed, halved by monitors: .1 a year
    hand = clash_case(
        recent_clash=one,
        agreed=0.5 * one,
        monitors=one,
        demilitarised=0 * one,
        recent_effect=math.log(2),
        agreed_effect=2 * math.log(2),
        monitor_effect=math.log(2),
        uniform=0.04 * one,
    )
    signs = {"log_rate": 1, "recent_effect": 1, "agreed_effect": -1, "monitor_effect": -1, "strip_effect": -1}
    standard(
        clash_case(),
        shapes={"clash": (B,)},
        bounds={"clash": (0, 1)},
        zero={"log_rate": -1e4},
        directions={name: ("clash", "", sign) for name, sign in signs.items()},
        by_hand=(hand, {"clash": [[1 - math.exp(-0.05)]], "clash/occurs": [[True]]}),
    )

    def scalar(reads, p, noise, dt):
        out = []
        for r, a, m, d in zip(*(reads[name] for name in reads), strict=True):
            rate = math.exp(
                p["log_rate"]
                + p["recent_effect"] * r
                - p["agreed_effect"] * a
                - p["monitor_effect"] * m
                - p["strip_effect"] * d
            )
            out.append(1 - math.exp(-min(rate, 4.0) * dt))
        return {"clash": out}

    reference(clash_case(), scalar)


@settings(max_examples=30)
@given(st.floats(-5, 5), st.floats(0, 1), st.floats(0, 1), st.floats(1 / 52, 1))
def test_agreement_and_monitors_never_make_fighting_likelier(log_rate, recent, agreed, dt):
    def chance(line, watched):
        cell = np.full((1, 1), 1.0)
        case = clash_case(
            recent_clash=recent * cell,
            agreed=line * cell,
            monitors=watched * cell,
            demilitarised=0 * cell,
            uniform=0.5 * cell,
            log_rate=log_rate,
            dt=dt,
        )
        return float(total(case.call(), "clash")[0, 0])

    assert chance(agreed, 0.0) <= chance(0.0, 0.0) <= 1 - math.exp(-4 * dt) + 1e-12
    assert chance(agreed, 1.0) <= chance(agreed, 0.0)


def test_an_empty_region_has_no_clashes():
    nothing = np.zeros((0, M))
    case = Case(clash, dict.fromkeys(clash_case().reads, nothing), CLASH, {"uniform": nothing})
    assert total(case.call(), "clash").shape == (0, M)


def test_ceasefire():
    case = Case(ceasefire, {"clash": np.ones((B, M))}, {"signed": 0.6}, {"uniform": RNG.random((B, M))})
    hand = Case(
        ceasefire, {"clash": np.array([[1.0], [0.0]])}, {"signed": 0.8}, {"uniform": np.full((2, 1), 0.7)}
    )
    standard(
        case,
        shapes={"ceasefire": (B,)},
        bounds={"ceasefire": (0, 1)},
        zero={"clash": 0.0},
        directions={"signed": ("ceasefire", "", 1)},
        by_hand=(hand, {"ceasefire": [[0.8], [0.0]], "ceasefire/occurs": [[True], [False]]}),
    )
    reference(case, lambda reads, p, noise, dt: {"ceasefire": [p["signed"] * c for c in reads["clash"]]})


MEDIATION = {"offer": 0.5, "consent": -1.0, "member_effect": 0.5, "floor": 0.03}


def mediation_case(**changes):
    reads = {
        "clash": np.repeat([[1.0], [0.0], [1.0]], M, axis=1),
        "border_member": np.array([[[1.0], [1.0], [0.0]], [[0.5], [1.0], [1.0]]]),
        "good_offices": np.array([[0.0], [0.5]]),
    }
    noise = {name: RNG.random((G, B, M)) for name in ("uniform_offer", "uniform_first", "uniform_second")}
    return Case(mediation, reads, MEDIATION, noise).with_(**changes)


def test_mediation():
    cell = np.full((1, 1, 1), 0.4)
    hand = mediation_case(
        clash=np.ones((1, 1)),
        border_member=np.ones((1, 1, 1)),
        good_offices=np.zeros((1, 1)),
        consent=0.0,
        member_effect=0.0,
        floor=0.0,
        uniform_offer=cell,
        uniform_first=cell,
        uniform_second=cell,
    )
    standard(
        mediation_case(),
        shapes={"mediation": (G, B)},
        bounds={"mediation": (0, 1)},
        zero={"clash": 0.0},
        directions={
            "offer": ("mediation", "", 1),
            "consent": ("mediation", "", 1),
            "member_effect": ("mediation", "", 1),
            "floor": ("mediation", "", 1),
        },
        by_hand=(hand, {"mediation": [[[0.125]]], "mediation/occurs": [[[True]]]}),
    )

    def scalar(reads, p, noise, dt):
        out = np.zeros((G, B))
        drawn = np.zeros((G, B))
        for o in range(G):
            for b in range(B):
                seat, offices = reads["border_member"][o][b], reads["good_offices"][o]
                ready = p["offer"] + (1 - p["offer"]) * offices
                if not reads["clash"][b] or seat == 0:
                    continue
                odds = math.exp(p["consent"] + (p["member_effect"] if seat == 1 else 0.0))
                yes = (1 - p["floor"]) * odds / (1 + odds) + p["floor"] / 2
                out[o, b] = ready * yes**2
                drawn[o, b] = (
                    noise["uniform_offer"][o][b] < ready
                    and max(noise["uniform_first"][o][b], noise["uniform_second"][o][b]) < yes
                )
        return {"mediation": out, "mediation/occurs": drawn}

    reference(mediation_case(), scalar)


def test_nobody_mediates_where_one_side_says_no():
    sides = {"uniform_first": np.zeros((G, B, M)), "uniform_second": np.full((G, B, M), 0.999)}
    found = mediation_case(uniform_offer=np.zeros((G, B, M)), **sides).call()["mediation"]
    assert not found.occurs.any()


def test_good_offices_are_always_offered_where_the_lead_has_made_it_a_rule():
    late = {"uniform_offer": np.full((G, B, M), 0.9), "uniform_first": np.zeros((G, B, M)),
            "uniform_second": np.zeros((G, B, M))}
    none, rule = (mediation_case(good_offices=np.array([[0.0], [g]]), **late).call()["mediation"].occurs
                  for g in (0.0, 1.0))
    assert not none.any()
    assert rule[1, 0].all()
    assert not rule[1, 1].any(), "nothing to mediate without a clash"
    assert not rule[0].any()


def test_demarcation():
    parameters = {"log_rate": math.log(0.05), "recent_effect": 0.4}
    case = Case(
        demarcation,
        {"recent_clash": RNG.random((B, M)), "agreed": 0.9 * RNG.random((B, M))},
        parameters,
        {"uniform": RNG.random((B, M))},
    )
    hand = Case(
        demarcation,
        {"recent_clash": np.array([[1.0], [1.0]]), "agreed": np.array([[0.5], [1.0]])},
        {"log_rate": math.log(0.05), "recent_effect": math.log(2)},
        {"uniform": np.zeros((2, 1))},
        dt=1.0,
    )
    standard(
        case,
        shapes={"border_agreed": (B,)},
        bounds={"border_agreed": (0, 1)},
        zero={"agreed": 1.0},
        directions=dict.fromkeys(parameters, ("border_agreed", "", 1)),
        by_hand=(
            hand,
            {"border_agreed": [[1 - math.exp(-0.1)], [0.0]], "border_agreed/occurs": [[True], [False]]},
        ),
    )
    reference(
        case,
        lambda reads, p, noise, dt: {
            "border_agreed": [
                1 - math.exp(-min(4.0, math.exp(p["log_rate"] + p["recent_effect"] * r)) * dt) * 1.0
                for r in reads["recent_clash"]
            ]
        },
    )


MEMORY = {"half_life": 2.0, "ceasefire_relief": 0.3, "mediation_relief": 0.4}


def memory_case(**changes):
    reads = {
        "recent_clash": RNG.random((B, M)),
        "agreed": RNG.random((B, M)),
        "clash": np.repeat([[1.0], [0.0], [1.0]], M, axis=1),
        "ceasefire": np.repeat([[1.0], [0.0], [0.0]], M, axis=1),
        "mediation": np.repeat([[[1.0], [0.0], [0.0]]], M, axis=2),
        "border_agreed": np.repeat([[0.0], [1.0], [0.0]], M, axis=1),
    }
    return Case(border_memory, reads, MEMORY, {}).with_(**changes)


def scalar_memory(reads, p, noise, dt):
    recent, agreed = [], []
    left = 0.5 ** (dt / p["half_life"])
    kept = (1 - left) * p["half_life"] / (math.log(2) * dt)
    for b in range(len(reads["clash"])):
        new = left * reads["recent_clash"][b]
        if reads["clash"][b]:
            jump = kept * (1 - p["ceasefire_relief"] if reads["ceasefire"][b] else 1)
            jump *= 1 - p["mediation_relief"] if any(row[b] for row in reads["mediation"]) else 1
            new = max(new, jump)
        recent.append(new - reads["recent_clash"][b])
        agreed.append(1 - reads["agreed"][b] if reads["border_agreed"][b] else 0.0)
    return {"recent_clash": recent, "agreed": agreed}


def test_border_memory():
    # half-life 1, dt 1: half is left; a jump keeps 1/(2 ln 2) of itself on average, a ceasefire halves that
    cell = np.ones((1, 1))
    hand = memory_case(
        recent_clash=0.2 * cell,
        agreed=0.6 * cell,
        clash=cell,
        ceasefire=cell,
        mediation=np.zeros((1, 1, 1)),
        border_agreed=cell,
        half_life=1.0,
        ceasefire_relief=0.5,
        dt=1.0,
    )
    level = 0.5 * 0.5 / math.log(2)
    calm = memory_case(recent_clash=np.zeros((B, M)))
    standard(
        memory_case(),
        shapes={"recent_clash": (B,), "agreed": (B,)},
        bounds={"recent_clash": (0, 1), "agreed": (0, 1)},
        zero={"recent_clash": 0.0, "clash": 0.0, "border_agreed": 0.0},
        directions={
            "half_life": ("recent_clash", "decay", 1),
            "ceasefire_relief": ("recent_clash", "clash", -1),
            "mediation_relief": ("recent_clash", "clash", -1),
        },
        directed=calm.with_(recent_clash=np.full((B, M), 0.01)),
        by_hand=(
            hand,
            {"recent_clash/decay": [[-0.1]], "recent_clash/clash": [[level - 0.1]], "agreed/treaty": [[0.4]]},
        ),
    )
    case = memory_case()
    reference(case, scalar_memory)
    check_closure(case, {"recent_clash": new_level(case, scalar_memory, "recent_clash")})


@pytest.mark.parametrize("steps", [1, 4, 12])
def test_memory_of_a_clash_does_not_depend_on_the_step(steps):
    """A clash at a random moment of the first year, then two years without: the mean share left agrees."""
    calm = np.zeros((1, steps))
    level, dt = np.zeros((1, steps)), 1 / steps
    for k in range(3 * steps):
        now = np.eye(steps)[None, k] if k < steps else calm
        case = memory_case(
            recent_clash=level,
            agreed=calm,
            clash=now,
            ceasefire=calm,
            mediation=calm[None],
            border_agreed=calm,
            dt=dt,
        )
        level = level + total(case.call(), "recent_clash")
    whole = 0.5 ** (2.5 / 2.0)
    np.testing.assert_allclose(level.mean(), whole, rtol=0.02)


SIDES = np.array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]], float)[..., None]


def test_clash_hardship():
    case = Case(clash_hardship, {"clash": np.ones((B, M)), "border_side": SIDES}, {"hardship": 0.2}, {})
    hand = case.with_(clash=np.array([[1.0], [0.0], [1.0]]), hardship=0.3)
    standard(
        case,
        shapes={"stress": (R,)},
        bounds={"stress": (0, 1)},
        zero={"clash": 0.0},
        directions={"hardship": ("stress", "", 1)},
        by_hand=(hand, {"stress": [[0.3], [0.3], [0.3], [0.3]]}),
    )
    reference(
        case,
        lambda reads, p, noise, dt: {
            "stress": [
                p["hardship"] * sum(reads["clash"][b] * reads["border_side"][b][i] for b in range(B))
                for i in range(R)
            ]
        },
    )


def test_pair_ties():
    parameters = {"vote_loss": 0.05, "exercise_loss": 0.9}
    reads = {"recent_clash": 0.5 + 0.5 * RNG.random((B, M)), "recent_clash_start": np.full((B, 1), 0.25)}
    case = Case(pair_ties, reads, parameters, {})
    hand = case.with_(recent_clash=np.array([[0.75]]), recent_clash_start=np.array([[0.25]]))
    standard(
        case,
        shapes={"pair_votes": (B,), "pair_exercises": (B,)},
        bounds={"pair_votes": (-1, 0), "pair_exercises": (-1, 0)},
        zero={"recent_clash": np.full((B, M), 0.25)},
        directions={"vote_loss": ("pair_votes", "", -1), "exercise_loss": ("pair_exercises", "", -1)},
        by_hand=(hand, {"pair_votes": [[-0.025]], "pair_exercises": [[-0.45]]}),
    )
    reference(
        case,
        lambda reads, p, noise, dt: {
            "pair_votes": [-p["vote_loss"] * (r - 0.25) for r in reads["recent_clash"]],
            "pair_exercises": [-p["exercise_loss"] * (r - 0.25) for r in reads["recent_clash"]],
        },
    )
