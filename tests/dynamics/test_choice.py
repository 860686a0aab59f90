"""Prospects of options, the choice among them, what is in force and where closeness goes."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.dynamics.helpers import Case, reference, standard, total

from heartland.dynamics.choice import bond, choose_option, option_prospects, option_state

K, P, R, M = 3, 2, 2, 4
RNG = np.random.default_rng(131)
ACTOR = np.array([[1, 0], [1, 0], [0, 1]], float)[..., None]
GROUP = np.array([[1, 1, 0], [1, 1, 0], [0, 0, 1]], float)[..., None]
ORDER = GROUP * np.tril(np.ones((K, K)))[..., None]
PROSPECT = {"courting_effect": 1.0, "offer_effect": 0.5, "resentment": 0.8, "issue_part": 0.3, "calming": 0.2}


def prospects_case(**changes):
    reads = {
        "option_courting": np.array([[1.0, 0.5], [0.5, 0.5], [0.2, 1.0]])[..., None],
        "option_one_sided": np.array([[0.9], [0.1], [0.5]]),
        "option_calm": np.array([[0.0], [1.0], [0.5]]),
        "option_actor": ACTOR,
        "courting": RNG.random((P, R, M)),
        "courted": RNG.random((P, R, 1)),
        "pair_rivalry": np.array([[0.0, 1.0], [1.0, 0.0]])[..., None],
    }
    return Case(option_prospects, reads, PROSPECT, {}).with_(**changes)


def scalar_prospects(reads, p, noise, dt):
    out = np.zeros((K, P))
    for o in range(K):
        who = reads["option_actor"][o].index(1.0)
        stance = [reads["option_courting"][o][g] + reads["courting"][g][who] for g in range(P)]
        part = p["issue_part"] + (1 - p["issue_part"]) * reads["option_one_sided"][o]
        for g in range(P):
            felt = sum(reads["pair_rivalry"][g][q] * max(stance[q], 0.0) for q in range(P))
            out[o, g] = (
                p["courting_effect"] * stance[g]
                + p["offer_effect"] * reads["courted"][g][who] * max(stance[g], 0.0)
                - p["resentment"] * part * (1 - p["calming"] * reads["option_calm"][o]) * felt
            )
    return {"bond_target": out}


def test_option_prospects():
    # one option courts the first power in full and shuns the second: 1 + .5 offer; -.25 - .8 resentment
    hand = prospects_case(
        option_courting=np.array([[[1.0], [-0.25]]]),
        option_one_sided=np.ones((1, 1)),
        option_calm=np.zeros((1, 1)),
        option_actor=np.ones((1, 1, 1)),
        courting=np.zeros((2, 1, 1)),
        courted=np.array([[[1.0]], [[1.0]]]),
    )
    calm = np.ones((K, 1))
    standard(
        prospects_case(),
        shapes={"bond_target": (K, P)},
        bounds={"bond_target": (-4, 4)},
        zero={"option_courting": 0.0, "courting": 0.0},
        directions={
            "courting_effect": ("bond_target", "", 1),
            "offer_effect": ("bond_target", "", 1),
            "resentment": ("bond_target", "", -1),
            "issue_part": ("bond_target", "", -1),
            "calming": ("bond_target", "", 1),
        },
        directed=prospects_case(option_calm=calm),
        by_hand=(hand, {"bond_target": [[[1.5], [-1.05]]]}),
    )
    reference(prospects_case(), scalar_prospects)


CHOICE = {
    "base_value": 0.1,
    "tie_value": 1.0,
    "sensitivity": 4.0,
    "year_kept": 0.7,
    "inertia": 1.0,
    "review_rate": 1.0,
    "floor": 0.06,
}


def choice_case(**changes):
    reads = {
        "bond_target": RNG.standard_normal((K, P, M)),
        "bond": RNG.standard_normal((P, R, M)),
        "chosen": np.repeat([[1.0], [0.0], [0.0]], M, axis=1),
        "option_actor": ACTOR,
        "option_group": GROUP,
        "option_order": ORDER,
        "option_tie": RNG.random((K, P, 1)),
    }
    noise = {"uniform": RNG.random((R, M)), "uniform_review": 0.5 * RNG.random((R, M))}
    return Case(choose_option, reads, CHOICE, noise, dt=0.5).with_(**changes)


def scalar_choice(reads, p, noise, dt):
    share, picked = np.zeros(K), np.zeros(K)
    for members in ((0, 1), (2,)):
        strength = {}
        for o in members:
            who = reads["option_actor"][o].index(1.0)
            value = [p["base_value"] + p["tie_value"] * t for t in reads["option_tie"][o]]
            gain = sum(
                v * (1 - p["year_kept"]) * (reads["bond_target"][o][g] - reads["bond"][g][who])
                for g, v in enumerate(value)
            ) / sum(value)
            strength[o] = math.exp(p["sensitivity"] * gain + p["inertia"] * reads["chosen"][o])
        review = 1 - math.exp(-p["review_rate"] * dt)
        fresh = not any(reads["chosen"][o] for o in members)
        below = 0.0
        for o in members:
            part = (1 - p["floor"]) * strength[o] / sum(strength.values()) + p["floor"] / len(members)
            who = reads["option_actor"][o].index(1.0)
            due = fresh or noise["uniform_review"][who] < review
            share[o] = part if fresh else part * review
            picked[o] = due and below <= noise["uniform"][who] < below + part
            below += part
    return {"option_chosen": share, "option_chosen/occurs": picked}


def test_choose_option():
    # two options of equal prospects, nothing in force: one half each, and .6 lies in the second half
    two = np.ones((2, 2, 1))
    hand = choice_case(
        bond_target=np.zeros((2, 1, 1)),
        bond=np.zeros((1, 1, 1)),
        chosen=np.zeros((2, 1)),
        option_actor=np.ones((2, 1, 1)),
        option_group=two,
        option_order=np.tril(np.ones((2, 2)))[..., None],
        option_tie=np.zeros((2, 1, 1)),
        uniform=np.full((1, 1), 0.6),
        uniform_review=np.full((1, 1), 0.99),
    )
    first = np.zeros((K, P, M))
    first[0] = 1.0
    lead = choice_case(
        bond_target=first * np.array([1.0, 0.5])[:, None],
        bond=np.zeros((P, R, M)),
        option_tie=np.repeat([[[0.5], [0.1]]], K, axis=0),
    )
    signs = {"sensitivity": 1, "inertia": 1, "tie_value": 1, "year_kept": -1, "base_value": -1, "floor": -1,
             "review_rate": 1}  # fmt: skip
    standard(
        choice_case(),
        shapes={"option_chosen": (K,)},
        bounds={"option_chosen": (0, 1)},
        zero={"review_rate": 0.0, "chosen": np.repeat([[1.0], [0.0], [1.0]], M, axis=1)},
        directions={name: ("option_chosen", "", sign) for name, sign in signs.items()},
        directed=lead,
        at=0,
        by_hand=(hand, {"option_chosen": [[0.5], [0.5]], "option_chosen/occurs": [[False], [True]]}),
        year=None,
    )
    reference(choice_case(), scalar_choice)
    reference(choice_case(chosen=np.zeros((K, M))), scalar_choice)


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.floats(0, 0.999))
def test_exactly_one_option_of_a_set_is_picked_and_each_keeps_its_floor(seed, uniform):
    rng = np.random.default_rng(seed)
    found = choice_case(
        bond_target=rng.normal(0, 3, (K, P, M)),
        chosen=np.zeros((K, M)),
        uniform=np.full((R, M), uniform),
    ).call()["option_chosen"]
    np.testing.assert_array_equal(found.occurs[:2].sum(axis=0), 1)
    assert found.occurs[2].all()
    assert np.all(found.probability[:2] >= CHOICE["floor"] / 2 - 1e-12)
    np.testing.assert_allclose(found.probability[:2].sum(axis=0), 1.0)


def test_no_options_no_choice():
    none = np.zeros((0, M))
    reads = {
        "bond_target": np.zeros((0, P, M)),
        "bond": np.zeros((P, R, M)),
        "chosen": none,
        "option_actor": np.zeros((0, R, 1)),
        "option_group": np.zeros((0, 0, 1)),
        "option_order": np.zeros((0, 0, 1)),
        "option_tie": np.zeros((0, P, 1)),
    }
    noise = {"uniform": np.zeros((R, M)), "uniform_review": np.zeros((R, M))}
    assert total(Case(choose_option, reads, CHOICE, noise).call(), "option_chosen").shape == (0, M)


def test_option_state():
    chosen = np.repeat([[1.0], [0.0], [1.0]], M, axis=1)
    picked = np.repeat([[0.0], [1.0], [0.0]], M, axis=1)
    case = Case(option_state, {"chosen": chosen, "option_chosen": picked, "option_group": GROUP}, {}, {})
    standard(
        case,
        shapes={"chosen": (K,)},
        bounds={"chosen": (0, 1)},
        zero={"option_chosen": 0.0},
        directions={},
        by_hand=(case, {"chosen": np.repeat([[-1.0], [1.0], [0.0]], M, axis=1)}),
    )
    reference(case, lambda reads, p, noise, dt: {"chosen": [-1.0, 1.0, 0.0]})


def bond_case(**changes):
    reads = {
        "bond": RNG.random((P, R, M)),
        "chosen": np.repeat([[1.0], [0.0], [1.0]], M, axis=1),
        "bond_target": 1.0 + RNG.random((K, P, M)),
        "option_actor": ACTOR,
    }
    parameters = {"persistence": np.array([0.5, 0.6, 0.7, 0.8]), "sd": 0.1}
    return Case(bond, reads, parameters, {"noise": RNG.random((P, R, M))}).with_(**changes)


def test_bond():
    cell = np.ones((1, 1, 1))
    hand = bond_case(
        bond=0.4 * cell,
        chosen=cell[0],
        bond_target=2 * cell,
        option_actor=cell,
        noise=cell,
        persistence=0.25,
        dt=0.5,
    )
    standard(
        bond_case(),
        shapes={"bond": (P, R)},
        bounds={"bond": (-1, 3)},
        zero={"bond": 0.0, "chosen": 0.0, "noise": 0.0},
        directions={"persistence": ("bond", "reversion", 1), "sd": ("bond", "noise", 1)},
        by_hand=(
            hand,
            {
                "bond/reversion": -0.2 * cell,
                "bond/option": cell,
                "bond/noise": 0.1 * math.sqrt(0.8) * cell,
            },
        ),
    )

    def scalar(reads, p, noise, dt):
        out = np.zeros((P, R))
        left = p["persistence"] ** dt
        spread = p["sd"] * math.sqrt((1 - left**2) / (1 - p["persistence"] ** 2))
        for g in range(P):
            for i, option in ((0, 0), (1, 2)):
                target = reads["bond_target"][option][g]
                out[g, i] = (left - 1) * (reads["bond"][g][i] - target) + spread * noise["noise"][g][i]
        return {"bond": out}

    reference(bond_case(), scalar)
