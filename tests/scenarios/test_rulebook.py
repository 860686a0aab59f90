"""Rules as arrays of codes: what each column says, what patches and amendments bring, what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest

from heartland.dynamics.decide import CODES as KIND
from heartland.errors import HeartlandInputError
from heartland.region.rules import Organisation, Proposal, RuleRecord, rule_at
from heartland.scenarios.operations import Operation, RuleChange
from heartland.scenarios.rulebook import CODES, HOME, TAKEN, TRIGGERS, codes_of, decisions_of, rules_of
from heartland.scenarios.state import Axes

ACTORS = ("A", "B", "C")
RULE = RuleRecord("R-1", "club", HOME, "lead", ("veto",), trigger="member-request",
                  voters=("members-of:club",), lead="A")
VOTED = RuleRecord("R-2", "club", "trade", "majority", (), voters=("A", "B"))
LATER = replace(VOTED, rule_id="R-3", kind="two-thirds", status="proposed")
IDEA = Proposal("idea", "club", "trade", "A", "bank")
CHANGE = Proposal("change", "club", "trade", "A", "amendment", rule="trade", version="R-3")
DINNER = replace(VOTED, rule_id="R-4", decision="dinner")
CLUB = Organisation("club", {HOME: (RULE,), "trade": (VOTED, LATER), "dinner": (DINNER,)},
                    proposals=(IDEA, CHANGE))
TALK = Organisation("talk", {})
AXES = Axes(ACTORS, ("A",), ("B", "C"), ("club", "talk"), {"proposal": ("idea", "change")})


def world(day=date(2020, 1, 1)):
    organisations = {"club": CLUB, "talk": TALK}

    def rule(organisation, decision, version=None):
        return rule_at(organisations[organisation], decision, day, version)

    return SimpleNamespace(region=SimpleNamespace(organisations=organisations), at=day, rule=rule)


def changed(decision, choice):
    """A patch that gives a decision of the club another rule."""
    return Operation("rule", f"club.{decision}", (), np.nan, 1, 9, False, "", RuleChange(0, decision, choice))


def column(codes, name):
    return codes[..., CODES.index(name)]


def test_a_rule_is_kind_modifiers_trigger_lead_and_votes():
    words = ("veto", "quorum", "abstain", "mandate_from")
    found = codes_of(replace(RULE, modifiers=words, quorum=0.6), ACTORS)
    assert found[: len(CODES)].tolist() == [
        KIND["lead"], 1, 0.6, 1, 1, TRIGGERS.index("member-request"), 0, 0]
    assert found[len(CODES) :].tolist() == [1, 1, 1]
    assert column(codes_of(RULE, ACTORS, held=True), "held") == 1


@pytest.mark.parametrize(("changes", "weights"), [
    ({"voters": ("A", "C")}, [1, 0, 1]), ({"voters": ()}, [1, 1, 1]),
    ({"voters": ("members-of:club",), "weights": (("A", 3.0), ("C", 2.0))}, [3, 0, 2]),
    ({"voters": ("A", "B"), "weights": (("A", 3.0), ("C", 2.0))}, [3, 0, 0]),
])
def test_only_named_voters_have_a_vote_and_only_weighted_ones_where_weights_are_given(changes, weights):
    assert codes_of(replace(RULE, **changes), ACTORS)[len(CODES) :].tolist() == weights


def test_a_lead_or_condition_the_model_does_not_know_is_left_to_the_reader():
    found = codes_of(replace(RULE, lead="Z", trigger="when-the-moon-is-full"), ACTORS)
    assert (column(found, "lead"), column(found, "trigger")) == (-1, 0)
    assert column(codes_of(None, ACTORS), "kind") == -1


def test_decisions_are_those_of_mechanisms_and_those_of_proposals():
    assert decisions_of(world(), AXES) == (*TAKEN, "trade")


def test_rules_at_the_start_patches_and_amendments():
    book = rules_of(world(), AXES, [changed("trade", "never")])
    trade = len(TAKEN)
    kinds = column(book.current["rule_codes"], "kind")
    assert kinds.shape == (2, len(TAKEN) + 1)
    assert (kinds[0, 0], kinds[0, trade]) == (KIND["lead"], KIND["majority"])
    assert (kinds[1] == -1).all(), "an organisation without rules decides nothing"
    patched = book.choices[0, "trade", "never"]["rule_codes"]
    assert column(patched, "kind")[0, trade] == KIND["never"]
    assert column(patched, "held")[0, trade] == 1
    assert np.isnan(patched).sum() == patched.size - patched.shape[-1], "it touches no other decision"
    assert book.current["amendment_place"].tolist() == [[-1, -1], [0, trade]]
    assert column(book.current["amendment_codes"], "kind")[1] == KIND["two-thirds"]


def test_without_organisations_the_book_is_empty():
    nobody = replace(AXES, organisation=(), further={})
    book = rules_of(world(), nobody, [])
    assert book.current["rule_codes"].shape == (0, len(TAKEN), len(CODES) + 3)
    assert book.current["amendment_codes"].shape[0] == 0
    assert book.choices == {}


def refused(op):
    with pytest.raises(HeartlandInputError) as caught:
        rules_of(world(), AXES, [op])
    return str(caught.value)


def test_a_rule_nobody_takes_is_refused():
    said = refused(changed("dinner", "never"))
    assert said.startswith('"dinner" is not a decision the model takes. Nothing would change.')
    assert said.endswith(f"Decisions: {', '.join((*TAKEN, 'trade'))}.")


def test_an_unknown_version_is_refused():
    said = refused(changed("trade", "R-33"))
    assert said.startswith('"R-33" is neither a version of club.trade nor a kind of rule. The patch would '
                           "change nothing. Did you mean R-3")


def test_a_forced_request_to_whoever_takes_none_is_refused():
    assert refused(Operation("force", "request", ((1,), (0,)), 1.0, 1, 1, False, "")) == (
        f'"talk" takes no requests for troops. It has no rule for {HOME}. Ask an organisation that has one, '
        "or write it into organisations/talk.yaml.")
    assert rules_of(world(), AXES, [Operation("force", "request", ((0,), (0,)), 1.0, 1, 1, False, "")])
