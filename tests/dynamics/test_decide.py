"""Truth tables of the decision rules, every vote of three to five voters against a scalar reading."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import array_api_strict
import numpy as np
import pytest

from heartland.dynamics.decide import CODES, KINDS, chance_of_at_most, decide, objections_survived

YES, ABSTAIN, NO, ABSENT = 1.0, 0.0, -1.0, math.nan


def by_reading(kind, votes, weights, lead, veto, quorum, abstain_blocks, mandate):
    """The rules of the documentation read aloud, for one list of votes; no arrays."""
    if mandate is False or kind == "never":
        return False
    names = ["absent" if v != v else {1.0: "yes", 0.0: "abstain", -1.0: "no"}[v] for v in votes]
    if kind == "unilateral":
        return (names[lead] if lead is not None else "yes") == "yes" and "yes" in names
    if any(name == "no" and holds for name, holds in zip(names, veto, strict=True)):
        return False
    present = [name for name in names if name != "absent"]
    if quorum is not None and Fraction(len(present), len(names)) < quorum:
        return False
    blockers = {"no", "abstain"} if abstain_blocks else {"no"}
    if kind == "consensus":
        return present.count("yes") > 0 and not blockers.intersection(present)
    if kind == "lead":
        return names[lead] == "yes"
    size = weights if kind == "weighted" else [1] * len(names)
    pro = sum(w for w, name in zip(size, names, strict=True) if name == "yes")
    con = sum(w for w, name in zip(size, names, strict=True) if name in blockers)
    if pro + con == 0:
        return False
    share = Fraction(pro, pro + con)
    return share >= Fraction(2, 3) if kind == "two-thirds" else share > Fraction(1, 2)


@pytest.mark.parametrize("n", [3, 4, 5])
@pytest.mark.parametrize("kind", KINDS)
def test_every_vote_under_every_modifier(kind, n):
    votes = np.array(list(itertools.product([YES, ABSTAIN, NO, ABSENT], repeat=n))).T
    vetoes = [(False,) * n, (True, *(False,) * (n - 1)), (False, True, True, *(False,) * (n - 3)),
              (True,) * n]
    leads = {"lead": [0, n - 1], "unilateral": [None, 1]}.get(kind, [None])
    weights = [5, *range(1, n)]
    for lead, veto, quorum, blocks, mandate in itertools.product(
        leads, vetoes, [None, Fraction(2, 3), 1.0], [False, True], [None, True, False]
    ):
        found = decide(kind, votes, weights=np.array(weights, float), lead=lead, veto_holders=np.array(veto),
                       quorum=quorum, abstain_blocks=blocks,
                       mandate=None if mandate is None else np.array(mandate))
        if mandate is True:  # the same as no mandate asked for, which the reading covers
            asked = decide(kind, votes, weights=np.array(weights, float), lead=lead,
                           veto_holders=np.array(veto), quorum=quorum, abstain_blocks=blocks)
            np.testing.assert_array_equal(found, asked)
            continue
        expected = [by_reading(kind, column, weights, lead, veto, quorum, blocks, mandate)
                    for column in votes.T.tolist()]
        assert found.dtype == bool
        np.testing.assert_array_equal(found, expected)


def one(kind, *votes, **more):
    return bool(decide(kind, np.array(votes), **more))


def test_consensus_and_abstention():
    assert one("consensus", YES, YES, ABSTAIN)
    assert one("consensus", YES, ABSENT, ABSENT)
    assert not one("consensus", YES, YES, ABSTAIN, abstain_blocks=True)
    assert not one("consensus", YES, YES, NO)
    assert not one("consensus", ABSTAIN, ABSTAIN, ABSTAIN)


def test_lead_decides_and_a_veto_stops_it():
    assert one("lead", YES, NO, NO, lead=0)
    assert not one("lead", NO, YES, YES, lead=0)
    assert not one("lead", YES, NO, YES, lead=0, veto_holders=np.array([False, True, False]))
    assert one("lead", YES, NO, YES, lead=0, veto_holders=np.array([False, False, True]))


def test_majorities_at_the_edge():
    assert not one("majority", YES, NO, ABSTAIN)
    assert one("majority", YES, YES, NO)
    assert not one("majority", YES, YES, NO, ABSTAIN, abstain_blocks=True)
    assert one("two-thirds", YES, YES, NO)
    assert not one("two-thirds", YES, YES, NO, NO)
    assert not one("two-thirds", ABSTAIN, ABSTAIN)
    assert one("weighted", YES, NO, NO, weights=np.array([3.0, 1.0, 1.0]))
    assert not one("weighted", YES, NO, NO, weights=np.array([2.0, 1.0, 1.0]))


def test_quorum_counts_abstentions_as_presence():
    assert one("majority", YES, ABSTAIN, ABSENT, quorum=Fraction(2, 3))
    assert not one("majority", YES, ABSENT, ABSENT, quorum=Fraction(2, 3))
    assert one("unilateral", YES, ABSENT, ABSENT, quorum=1.0)


@pytest.mark.parametrize("kind", KINDS)
def test_missing_mandate_is_never_lawful(kind):
    votes = np.ones((3, 4))
    mandate = np.array([True, False, True, False])
    found = decide(kind, votes, weights=np.ones(3), lead=0, mandate=mandate)
    np.testing.assert_array_equal(found, mandate if kind != "never" else np.zeros(4, bool))


def test_mandate_clause_before_and_after_an_amendment_is_data():
    """An alliance may act at home by its council, abroad only with a mandate, until the clause is amended."""
    before = {"home": {"kind": "consensus", "mandate_from": None},
              "abroad": {"kind": "consensus", "mandate_from": "council-of-all-states"}}
    after = {**before, "abroad": {"kind": "consensus", "mandate_from": None}}

    def lawful(rules, where, votes, mandates):
        rule = rules[where]
        given = None if rule["mandate_from"] is None else np.array(rule["mandate_from"] in mandates)
        return bool(decide(rule["kind"], np.array(votes), mandate=given))

    agreed, opposed = [YES, YES, YES, ABSTAIN], [YES, YES, NO, YES]
    assert lawful(before, "home", agreed, set())
    assert not lawful(before, "abroad", agreed, set())
    assert lawful(before, "abroad", agreed, {"council-of-all-states"})
    assert not lawful(before, "abroad", opposed, {"council-of-all-states"})
    assert lawful(after, "abroad", agreed, set())
    assert not lawful(after, "abroad", opposed, set())


@pytest.mark.parametrize(("arguments", "message"), [
    ({"kind": "unanimity"}, "no decision rule 'unanimity'; the kinds are consensus, majority, two-thirds, "
                            "weighted, lead, unilateral, never"),
    ({"kind": "weighted"}, "a weighted vote needs `weights`, one per voter"),
    ({"kind": "lead"}, "a rule with a lead needs `lead`, its position among the voters"),
    ({"kind": "majority", "quorum": 1.5}, "quorum is a share of the voters in (0, 1], not 1.5"),
])
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError) as caught:
        decide(votes=np.ones((3, 1)), **arguments)
    assert str(caught.value) == message


def test_relabelling_voters_changes_nothing_where_they_are_alike():
    rng = np.random.default_rng(5)
    votes = rng.choice([YES, ABSTAIN, NO, ABSENT], size=(5, 300))
    for kind in ("consensus", "majority", "two-thirds", "unilateral", "never"):
        np.testing.assert_array_equal(decide(kind, votes), decide(kind, votes[rng.permutation(5)]))


def test_strict_arrays_give_the_same():
    rng = np.random.default_rng(6)
    votes = rng.choice([YES, ABSTAIN, NO, ABSENT], size=(4, 50))
    strict = array_api_strict.asarray(votes)
    for kind in KINDS:
        weights, veto = np.array([4.0, 1.0, 1.0, 2.0]), np.array([False, True, False, False])
        found = decide(kind, strict, weights=array_api_strict.asarray(weights), lead=0, quorum=0.5,
                       veto_holders=array_api_strict.asarray(veto))
        expected = decide(kind, votes, weights=weights, lead=0, quorum=0.5, veto_holders=veto)
        np.testing.assert_array_equal(np.asarray(found), expected)


@pytest.mark.parametrize("others", [0, 1, 2, 3, 4, 5])
@pytest.mark.parametrize("veto", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_code_path_equals_the_vote_itself(kind, veto, others):
    """With the lead in favour and k objectors, `decide` says yes exactly while the rule survives k."""
    limit = objections_survived(np.array(float(CODES[kind])), np.array(float(others)), np.array(veto))
    for objectors in range(others + 1):
        votes = np.array([YES] + [NO] * objectors + [YES] * (others - objectors))
        held = np.full(others + 1, veto)
        found = decide(kind, votes, weights=np.ones(others + 1), lead=0, veto_holders=held)
        assert bool(found) == (objectors <= float(limit))


def test_lead_against_and_nobody_stands_for_it_passes_under_no_kind():
    """What the code path assumes when the lead declines: the others abstain or object."""
    for kind, objectors in itertools.product(KINDS, range(4)):
        votes = np.array([NO] + [NO] * objectors + [ABSTAIN] * (3 - objectors))
        assert not decide(kind, votes, weights=np.ones(4), lead=0)


def test_chance_of_at_most_by_hand_and_against_enumeration():
    q = 0.25
    assert float(chance_of_at_most(np.array(0.0), np.array(3.0), np.array(q))) == pytest.approx(27 / 64)
    assert float(chance_of_at_most(np.array(1.0), np.array(3.0), np.array(q))) == pytest.approx(54 / 64)
    assert float(chance_of_at_most(np.array(3.0), np.array(3.0), np.array(q))) == 1.0
    assert float(chance_of_at_most(np.array(-1.0), np.array(3.0), np.array(q))) == 0.0
    for n, limit in itertools.product(range(6), range(-1, 6)):
        mass = sum(
            math.prod(q if objects else 1 - q for objects in pattern)
            for pattern in itertools.product([True, False], repeat=n) if sum(pattern) <= limit
        )
        found = chance_of_at_most(np.array(float(limit)), np.array(float(n)), np.array(q))
        assert float(found) == pytest.approx(mass, abs=1e-14)
