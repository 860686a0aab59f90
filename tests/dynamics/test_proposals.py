"""Proposals: put to the vote, voted on by the rule in force, and what they do once adopted."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.dynamics.helpers import Case, reference, standard

from heartland.dynamics.decide import CODES, KINDS, decide
from heartland.dynamics.proposals import joint_bank, proposal_adoption, proposal_vote, tabling

Q, A, P, R, M = 3, 4, 2, 2, 6
RNG = np.random.default_rng(131)


def flags(*shape, share=0.5):
    return (RNG.random(shape) < share).astype(float)


def test_tabling():
    adopted = np.zeros((Q, M))
    adopted[2] = 1.0
    case = Case(tabling, {"adopted": adopted, "tabling_rate": np.array([[0.5], [0.0], [2.0]])}, {},
                {"uniform": RNG.random((Q, M))})
    yes = 1 - math.exp(-0.5)
    hand = case.with_(uniform=np.full((Q, M), 0.3), dt=1.0)
    standard(case, shapes={"tabled": (Q,)}, bounds={"tabled": (0, 1)}, zero={"tabling_rate": 0.0},
             directions={}, by_hand=(hand, {"tabled": [[yes] * M, [0] * M, [0] * M],
                                            "tabled/occurs": [[True] * M, [False] * M, [False] * M]}))
    reference(case, lambda reads, p, noise, dt: {"tabled": [
        0.0 if reads["adopted"][q] else 1 - math.exp(-reads["tabling_rate"][q] * dt) for q in range(Q)]})


VOTE = {"base": 0.5, "dependence_effect": 2.0, "alignment_effect": 0.5, "objection_effect": 3.0,
        "sponsor_effect": 4.0, "indifference": 0.5, "floor": 0.03}


def vote_case(kinds=("consensus", "majority", "weighted"), **changes):
    rule = np.zeros((Q, 5, 1))
    rule[:, 0, 0] = [CODES[kind] for kind in kinds]
    rule[:, 4, 0] = 1.0
    reads = {"tabled": flags(Q, M, share=0.8), "adopted": flags(Q, M, share=0.2),
             "voter": flags(Q, A, M, share=0.8), "sponsor": np.eye(Q, A)[..., None],
             "sponsor_dependence": RNG.random((Q, A, M)), "sponsor_alignment": RNG.random((Q, A, M)),
             "objection": flags(Q, A, 1), "vote_rule": rule,
             "vote_weight": RNG.integers(1, 4, (Q, A, 1)).astype(float),
             "vote_lead": np.eye(Q, A)[..., None]}
    return Case(proposal_vote, reads, VOTE, {"uniform": RNG.random((Q, A, M))}).with_(**changes)


def logistic(x):
    return 1 / (1 + math.exp(-x))


def votes_of(reads, p, noise, q):
    """Votes of the voters on one proposal, weights, and the place of the lead among them (or None)."""
    votes, weights, lead = [], [], None
    for a in range(A):
        if not reads["voter"][q][a]:
            continue
        value = (p["base"] + p["dependence_effect"] * reads["sponsor_dependence"][q][a]
                 + p["alignment_effect"] * reads["sponsor_alignment"][q][a]
                 - p["objection_effect"] * reads["objection"][q][a]
                 + p["sponsor_effect"] * reads["sponsor"][q][a])
        yes = (1 - p["floor"]) * logistic(value - p["indifference"]) + p["floor"] / 3
        no = (1 - p["floor"]) * logistic(-value - p["indifference"]) + p["floor"] / 3
        u = noise["uniform"][q][a]
        if reads["vote_lead"][q][a]:
            lead = len(votes)
        votes.append(1.0 if u < yes else (-1.0 if u >= 1 - no else 0.0))
        weights.append(reads["vote_weight"][q][a])
    return votes, weights, lead


def by_rule(reads, p, noise, dt):
    passed, blocked = [], []
    for q in range(Q):
        kind, veto, quorum, blocks, free = reads["vote_rule"][q]
        votes, weights, lead = votes_of(reads, p, noise, q)
        name = KINDS[int(kind)]
        if not votes or (name == "lead" and lead is None):
            yes = False
        else:
            yes = bool(decide(name, np.array(votes), weights=np.array(weights), lead=lead,
                              veto_holders=np.full(len(votes), bool(veto)), quorum=quorum or None,
                              abstain_blocks=bool(blocks))) and bool(free)
        due = bool(reads["tabled"][q]) and not reads["adopted"][q]
        passed.append(due and yes)
        blocked.append(due and not yes)
    return {"passed/occurs": passed, "blocked/occurs": blocked}


def test_proposal_vote():
    one = np.ones((1, 1, 1))
    hand = Case(proposal_vote, {
        "tabled": one[0], "adopted": 0 * one[0], "voter": one, "sponsor": 0 * one,
        "sponsor_dependence": 0.5 * one, "sponsor_alignment": one, "objection": one,
        "vote_rule": np.array([[[0.0], [0], [0], [0], [1]]]), "vote_weight": one, "vote_lead": 0 * one},
        {**VOTE, "floor": 0.0}, {"uniform": 0.1 * one})
    # .5 + 1 + .5 - 3 = -1: yes where u < logistic(-1.5) = .182
    yes, no = logistic(-1.5), logistic(0.5)
    standard(
        vote_case(), shapes={"passed": (Q,), "blocked": (Q,)}, bounds={"passed": (0, 1), "blocked": (0, 1)},
        zero={"tabled": 0.0},
        directions={"base": ("passed", "", 1), "dependence_effect": ("passed", "", 1),
                    "alignment_effect": ("passed", "", 1), "objection_effect": ("passed", "", -1),
                    "sponsor_effect": ("passed", "", 1), "indifference": ("passed", "", 1),
                    "floor": ("passed", "", -1)}, directed=_supported(),
        by_hand=(hand, {"passed": [[(1 - no) * yes]], "passed/occurs": [[True]],
                        "blocked/occurs": [[False]]}))
    for kinds in (("consensus", "majority", "weighted"), ("two-thirds", "lead", "unilateral"),
                  ("never", "consensus", "lead")):
        reference(vote_case(kinds), by_rule)
    modified = np.array([[0.0, 1, 0.5, 1, 1], [1, 1, 0.75, 0, 1], [2, 0, 0, 1, 0]])[..., None]
    reference(vote_case(vote_rule=modified), by_rule)


def _supported():
    """Voters who lean to a yes under consensus: more of anything that speaks for it carries it further."""
    rule = np.zeros((Q, 5, 1))
    rule[:, 4] = 1.0
    return vote_case(vote_rule=rule, tabled=np.ones((Q, M)), adopted=np.zeros((Q, M)), base=4.0,
                     voter=np.ones((Q, A, M)))


def test_a_quantal_voter_may_always_say_anything():
    uniform = np.broadcast_to(np.linspace(0, 1, 1001)[:-1], (Q, A, 1000))
    sure = vote_case(base=50.0, uniform=uniform, tabled=np.ones((Q, 1000)), adopted=np.zeros((Q, 1000)),
                     voter=np.ones((Q, A, 1000)), sponsor_dependence=np.zeros((Q, A, 1)),
                     sponsor_alignment=np.zeros((Q, A, 1)), kinds=("consensus",) * Q)
    blocked = sure.call()["blocked"].occurs
    assert blocked.mean() == pytest.approx(0.02, abs=0.002), "1 % say no, 1 % abstain, all with one number"


def test_proposal_adoption():
    case = Case(proposal_adoption, {"adopted": flags(Q, M), "passed": flags(Q, M)}, {})
    hand = Case(proposal_adoption, {"adopted": np.array([[0.0, 0, 1, 1]]),
                                    "passed": np.array([[0.0, 1, 0, 1]])}, {})
    standard(case, shapes={"adopted": (Q,)}, bounds={"adopted": (0, 1)}, zero={"passed": 0.0}, directions={},
             by_hand=(hand, {"adopted": [[0, 1, 0, 0]]}))
    reference(case, lambda reads, p, noise, dt: {"adopted": [
        1.0 if reads["passed"][q] and not reads["adopted"][q] else 0.0 for q in range(Q)]})


def test_joint_bank():
    lent = np.where(flags(P, R, M) > 0, 0.01, 0.0)
    case = Case(joint_bank, {"bank_lending": lent, "common_bank": flags(P, R, M)}, {"rate": 0.003})
    hand = Case(joint_bank, {"bank_lending": np.array([[[0.001, 0.02, 0.0]]]),
                             "common_bank": np.array([[[1.0, 1.0, 0.0]]])}, {"rate": 0.003})
    standard(case, shapes={"bank_lending": (P, R)}, bounds={"bank_lending": (0, 1)},
             zero={"common_bank": 0.0}, directions={"rate": ("bank_lending", "", 1)},
             by_hand=(hand, {"bank_lending": [[[0.002, 0, 0]]]}))
    reference(case, lambda reads, p, noise, dt: {"bank_lending": [
        [max(p["rate"] * reads["common_bank"][k][i] - reads["bank_lending"][k][i], 0.0) for i in range(R)]
        for k in range(P)]})
