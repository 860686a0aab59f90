"""Who backs, who blames, who is silent; how long backing lasts and what it leaves."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.dynamics.helpers import Case, reference, standard, total

from heartland.dynamics.backing import backing_credit, endorsement, support

P, R, M = 3, 2, 4
RNG = np.random.default_rng(121)
ENDORSE = {
    "back": -1.0,
    "blame": -1.2,
    "regime_effect": 4.0,
    "blame_regime_effect": 3.0,
    "doctrine_effect": 0.8,
    "distance_effect": 0.3,
    "stake_effect": 0.5,
    "floor": 0.03,
}


def endorse_case(**changes):
    reads = {
        "onset": np.ones((R, M)),
        "threat_mark": np.ones((R, M)),
        "crisis": np.zeros((R, M)),
        "autocracy": np.array([[0.9], [0.7], [0.6]]),
        "counter_revolution": np.array([[0.0], [1.0], [0.5]]),
        "position_gap": RNG.random((P, R, M)),
        "backing_stake": RNG.random((P, R, 1)),
    }
    return Case(endorsement, reads, ENDORSE, {"uniform": RNG.random((P, R, M))}).with_(**changes)


def scalar_endorse(reads, p, noise, dt):
    yes, no = np.zeros((P, R)), np.zeros((P, R))
    for g in range(P):
        for i in range(R):
            if not reads["onset"][i] or not reads["threat_mark"][i] or reads["crisis"][i]:
                continue
            fear = reads["autocracy"][g] - 0.5
            gap = p["distance_effect"] * reads["position_gap"][g][i]
            a = math.exp(
                p["back"]
                + p["regime_effect"] * fear
                + p["doctrine_effect"] * reads["counter_revolution"][g]
                - gap
                + p["stake_effect"] * reads["backing_stake"][g][i]
            )
            b = math.exp(p["blame"] - p["blame_regime_effect"] * fear + gap)
            yes[g, i] = (1 - p["floor"]) * a / (1 + a + b) + p["floor"] / 3
            no[g, i] = (1 - p["floor"]) * b / (1 + a + b) + p["floor"] / 3
    return {"endorsed": yes, "criticised": no}


def test_endorsement():
    cell = np.ones((1, 1, 1))
    # weights 2 for backing, 1 for blame and 1 for silence
    hand = endorse_case(
        onset=cell[0],
        threat_mark=cell[0],
        crisis=0 * cell[0],
        autocracy=np.array([[0.75]]),
        counter_revolution=np.zeros((1, 1)),
        position_gap=0 * cell,
        backing_stake=0 * cell,
        back=0.0,
        blame=0.0,
        regime_effect=4 * math.log(2),
        blame_regime_effect=0.0,
        floor=0.03,
        uniform=0.3 * cell,
    )
    signs = {
        "back": ("endorsed", 1),
        "blame": ("criticised", 1),
        "regime_effect": ("endorsed", 1),
        "blame_regime_effect": ("criticised", -1),
        "doctrine_effect": ("endorsed", 1),
        "distance_effect": ("criticised", 1),
        "stake_effect": ("endorsed", 1),
        "floor": ("criticised", 1),
    }
    rare = endorse_case(blame=-3.0)
    standard(
        endorse_case(),
        shapes={"endorsed": (P, R), "criticised": (P, R)},
        bounds={"endorsed": (0.01, 0.98), "criticised": (0.01, 0.98)},
        zero={"crisis": 1.0},
        directions={name: (write, "", sign) for name, (write, sign) in signs.items()},
        directed=rare,
        by_hand=(
            hand,
            {
                "endorsed": 0.495 * cell,
                "criticised": 0.2525 * cell,
                "endorsed/occurs": cell > 0,
                "criticised/occurs": cell < 0,
            },
        ),
    )
    reference(endorse_case(), scalar_endorse)


@settings(max_examples=30)
@given(st.floats(0, 1), st.floats(-3, 3), st.floats(0, 1))
def test_nobody_backs_and_blames_at_once_and_every_option_keeps_a_hundredth(autocracy, gap, uniform):
    cell = np.ones((1, 1, 1))
    found = endorse_case(
        onset=cell[0],
        threat_mark=cell[0],
        crisis=0 * cell[0],
        autocracy=np.array([[autocracy]]),
        counter_revolution=np.zeros((1, 1)),
        position_gap=gap * cell,
        backing_stake=cell,
        uniform=uniform * cell,
    ).call()
    yes, no = float(total(found, "endorsed")[0, 0, 0]), float(total(found, "criticised")[0, 0, 0])
    assert min(yes, no, 1 - yes - no) >= 0.01 - 1e-12
    assert not (found["endorsed"].occurs & found["criticised"].occurs).any()


def test_an_unknown_regime_counts_as_half_way():
    case = endorse_case(autocracy=np.full((P, 1), 0.5))
    unknown = case.with_(autocracy=np.full((P, 1), np.nan)).call()
    np.testing.assert_array_equal(total(case.call(), "endorsed"), total(unknown, "endorsed"))


def test_support():
    backing = np.repeat([[[1.0], [1.0]], [[0.0], [0.0]], [[0.0], [1.0]]], M, axis=2)
    endorsed = np.repeat([[[0.0], [0.0]], [[1.0], [1.0]], [[0.0], [0.0]]], M, axis=2)
    crisis = np.repeat([[1.0], [0.0]], M, axis=1)
    case = Case(support, {"backing": backing, "endorsed": endorsed, "crisis": crisis}, {}, {})
    standard(
        case,
        shapes={"backing": (P, R)},
        bounds={"backing": (0, 1)},
        zero={"backing": 0.0, "endorsed": 0.0},
        directions={},
        by_hand=(case, {"backing": np.repeat([[[0.0], [-1.0]], [[1.0], [0.0]], [[0.0], [-1.0]]], M, axis=2)}),
    )
    reference(
        case,
        lambda reads, p, noise, dt: {
            "backing": [
                [float(bool(c and (b or e))) - b for b, e, c in zip(x, y, reads["crisis"], strict=True)]
                for x, y in zip(reads["backing"], reads["endorsed"], strict=True)
            ]
        },
    )


def test_backing_credit():
    parameters = {"backing_gain": 0.2, "blame_loss": 0.3}
    endorsed = np.repeat([[[1.0], [1.0]], [[0.0], [0.0]], [[0.0], [0.0]]], M, axis=2)
    criticised = np.repeat([[[0.0], [0.0]], [[1.0], [1.0]], [[0.0], [0.0]]], M, axis=2)
    case = Case(
        backing_credit,
        {"endorsed": endorsed, "criticised": criticised, "ousted": np.repeat([[0.0], [1.0]], M, axis=1)},
        parameters,
        {},
    )
    gain, loss = np.zeros((P, R, M)), np.zeros((P, R, M))
    gain[0, 0], loss[1, 0] = 0.2, -0.3
    standard(
        case,
        shapes={"credit": (P, R)},
        bounds={"credit": (-1, 1)},
        zero={"endorsed": 0.0, "criticised": 0.0},
        directions={"backing_gain": ("credit", "", 1), "blame_loss": ("credit", "", -1)},
        by_hand=(case, {"credit/backing": gain, "credit/blame": loss}),
    )
    reference(
        case,
        lambda reads, p, noise, dt: {
            "credit": [
                [
                    0.0 if o else p["backing_gain"] * b - p["blame_loss"] * c
                    for b, c, o in zip(x, y, reads["ousted"], strict=True)
                ]
                for x, y in zip(reads["endorsed"], reads["criticised"], strict=True)
            ]
        },
    )
