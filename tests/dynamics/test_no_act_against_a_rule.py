"""No organisation acts against its rule: a million random situations, and a reading by hand of a sample."""

from __future__ import annotations

import numpy as np
import pytest

from heartland.dynamics.alliances import alliance_response, deployment
from heartland.dynamics.decide import CODES, KINDS, decide, decide_by_code
from heartland.dynamics.organisations import accession, exit_or_freeze, standing
from heartland.dynamics.proposals import proposal_vote

N = 1_000_000
PARAMETERS = {"reference": 3.0, "origin_effect": 1.5, "external_effect": 0.8, "opposed_effect": 3.6,
              "overstretch_effect": 1.0, "cost_effect": 0.7, "shared_effect": 0.7, "objection": 0.2,
              "floor": 0.03}


def flags(rng, *shape, share=0.5):
    return (rng.random(shape) < share).astype(float)


def test_no_troops_against_the_rule():
    """One organisation and one receiver in each situation; the member axis runs over situations."""
    rng = np.random.default_rng(2022)
    given = {"request": flags(rng, 1, 1, N), "lead": np.ones((1, 1, 1)),
             "rule_kind": rng.integers(0, len(KINDS), (1, 1, N)).astype(float),
             "rule_veto": flags(rng, 1, 1, N), "rule_mandate": flags(rng, 1, 1, N),
             "mandate": flags(rng, 1, N), "triggered": flags(rng, 1, 1, N),
             "shared_lead": flags(rng, 1, 1, N),
             "voters_count": rng.integers(0, 7, (1, 1, N)).astype(float),
             "revolt_origin": flags(rng, 1, N), "external_threat": flags(rng, 1, N),
             "partner_opposed": flags(rng, 1, 1, N), "overstretch": np.zeros((1, 1)),
             "action_cost": np.zeros((1, 1, 1))}
    lead, objectors = rng.random((1, 1, N)), rng.random((1, 1, N))
    consent = alliance_response(
        *given.values(), **{k: np.full(N, v) for k, v in PARAMETERS.items()}, uniform_lead=lead,
        uniform_objection=objectors)["consent"].occurs
    sent = deployment(given["request"], consent, troops_given_yes=np.full(N, 0.9),
                      uniform=rng.random((1, 1, N)))["troops_sent"].occurs[0, 0]
    assert sent.sum() > 20_000, "the situations must be mixed enough for troops to be sent"
    asked, kind = given["request"][0, 0] > 0, given["rule_kind"][0, 0]
    lawful = asked & (given["triggered"][0, 0] > 0) & (kind != CODES["never"])
    lawful &= (given["rule_mandate"][0, 0] == 0) | (given["mandate"][0] > 0)
    assert not (sent & ~lawful).any()
    # one objection ends the matter under consensus or a veto, whatever the number drawn for the others
    single = (objectors[0, 0] >= 0.8 ** given["voters_count"][0, 0]) & (
        (kind == CODES["consensus"]) | ((given["rule_veto"][0, 0] > 0) & (kind != CODES["unilateral"])))
    assert not (sent & single).any()


MEMBERS = 6


def situations(rng, n):
    """Votes of up to six members, some without a vote or absent, under any rule with any modifiers."""
    voter = rng.random((MEMBERS, n)) < 0.8
    votes = rng.choice([1.0, 0.0, -1.0, np.nan], (MEMBERS, n), p=[0.55, 0.15, 0.2, 0.1])
    return {
        "code": rng.integers(0, len(KINDS), n).astype(float), "votes": votes, "voter": voter,
        "weights": rng.integers(1, 6, (MEMBERS, n)).astype(float),
        "lead": np.arange(MEMBERS)[:, None] == rng.integers(-1, MEMBERS, n)[None],
        "veto": rng.random(n) < 0.4, "quorum": rng.choice([0.0, 0.5, 2 / 3, 0.75, 1.0], n),
        "abstain_blocks": rng.random(n) < 0.3, "mandate": rng.random(n) < 0.8,
    }


def decided(given):
    first = [given[name] for name in ("code", "votes", "voter")]
    return decide_by_code(*first, **{k: v for k, v in given.items() if k not in ("code", "votes", "voter")})


def test_a_million_votes_keep_to_the_rule():
    given = situations(np.random.default_rng(27), N)
    yes, kind = decided(given), given["code"]
    assert 0.1 < yes.mean() < 0.6
    cast = np.where(given["voter"], given["votes"], np.nan)
    against = (cast == -1).any(axis=0)
    shut = ~given["mandate"] | (kind == CODES["never"]) | ~(cast == 1).any(axis=0)
    shut |= against & ((kind == CODES["consensus"]) | (given["veto"] & (kind != CODES["unilateral"])))
    weighed = kind == CODES["weighted"]
    pro, con = ((given["weights"] * (cast == v)).sum(axis=0) for v in (1, -1))
    shut |= weighed & (pro <= con)
    present = (~np.isnan(cast)).sum(axis=0)
    held = ~np.isin(kind, [CODES["unilateral"], CODES["never"]])
    shut |= held & (present < given["quorum"] * given["voter"].sum(axis=0) - 1e-9)
    led = (given["lead"] & (cast == 1)).any(axis=0)
    shut |= (kind == CODES["lead"]) & ~led
    tally = (cast == 1).sum(axis=0), (cast == -1).sum(axis=0)
    shut |= (kind == CODES["majority"]) & (tally[0] <= tally[1])
    shut |= (kind == CODES["two-thirds"]) & (tally[0] < 2 * tally[1])
    assert not (yes & shut).any()


@pytest.mark.parametrize("seed", range(4))
def test_a_sample_decides_as_the_rule_read_alone(seed):
    given = situations(np.random.default_rng(seed), 1_500)
    yes = decided(given)
    for m in range(1_500):
        who = np.flatnonzero(given["voter"][:, m])
        lead = [place for place, actor in enumerate(who) if given["lead"][actor, m]]
        kind = KINDS[int(given["code"][m])]
        if not who.size or (kind == "lead" and not lead):
            assert not yes[m]
            continue
        found = decide(
            kind, given["votes"][who, m], weights=given["weights"][who, m], lead=lead[0] if lead else None,
            veto_holders=np.full(who.size, given["veto"][m]), quorum=given["quorum"][m] or None,
            abstain_blocks=bool(given["abstain_blocks"][m]), mandate=np.array(given["mandate"][m]))
        assert yes[m] == bool(found)


def test_members_and_proposals_keep_to_the_rule():
    """Nobody joins past a rule of `never`, nobody leaves past a bar, the frozen neither vote nor join."""
    n = 60_000
    rng = np.random.default_rng(4)
    status = rng.integers(0, 5, (1, 4, n)).astype(float)
    kind = rng.integers(0, len(KINDS), (1, n)).astype(float)
    zero, half = np.zeros((1, 4, 1)), np.full(n, 0.5)
    joins = accession(
        status, np.ones((1, 4, 1)), zero, zero, zero, zero, kind, flags(rng, 1, n), np.full((1, n), 3.0),
        flags(rng, 1, n), log_rate=half + 2, dependence_effect=half, payment_effect=half,
        pressure_effect=half, autonomy_effect=half, observer_effect=half, objection=half,
        uniform=rng.random((1, 4, n)), dt=1.0,
    )["joins"].occurs
    assert joins.any()
    assert not (joins & (status >= 3)).any()
    assert not (joins & (kind == CODES["never"])[:, None]).any()
    barred = flags(rng, 1, n)
    drawn = exit_or_freeze(
        status, np.array([1.0, 0, 0, 0])[None, :, None], zero, zero, np.zeros((1, 1)), zero, np.zeros((1, 1)),
        barred, np.zeros((1, 1)), log_rate=half + 1, unmet_effect=half, divergence_effect=half,
        contagion=half, benefit_effect=half, voice_effect=half, condition_effect=half, exit_share=half,
        uniform_whether=rng.random((1, 4, n)), uniform_which=rng.random((1, 4, n)), dt=1.0)
    leaves, freezes = drawn["leaves"].occurs, drawn["freezes"].occurs
    assert leaves.any()
    assert freezes.any()
    assert not (leaves & (barred > 0)[:, None]).any()
    assert not (leaves & (status < 3)).any()
    assert not leaves[:, 0].any(), "the lead does not leave its own organisation"
    after = status + standing(status, joins, zero * joins, leaves, freezes)["membership"]
    assert set(np.unique(after)) <= {0.0, 1.0, 2.0, 3.0, 4.0}
    assert (after[freezes] == 4).all()
    assert (after[leaves] == 0).all()
    rule = np.zeros((1, 5, n))
    rule[0, 0], rule[0, 4] = kind[0], 1.0
    passed = proposal_vote(
        np.ones((1, n)), np.zeros((1, n)), (status == 3).astype(float), zero, zero, zero, zero, rule,
        np.ones((1, 4, 1)), zero, base=half, dependence_effect=half, alignment_effect=half,
        objection_effect=half, sponsor_effect=half, indifference=half, floor=half / 10,
        uniform=rng.random((1, 4, n)))["passed"].occurs
    assert passed.any()
    assert not (passed & ~(status == 3).any(axis=1)).any(), "without a member in good standing nothing passes"
