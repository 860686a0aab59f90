"""Rules in words: each kind and modifier is said, a proposal is held against what is in force."""

from dataclasses import replace

import pytest

from heartland.region.region import Region
from heartland.region.rule_words import difference_words, policy_words, rule_words
from heartland.region.rules import KINDS, Policy, RuleRecord

NAMES = {"club": "the Club", "A": "Alpha", "body": "the Body"}
RULE = RuleRecord(
    "R-1", "club", "mission", "lead", ("veto",), trigger="member-request", voters=("members-of:club",),
    lead="A",
)


def test_who_decides_who_may_stop_it_and_whose_mandate_it_needs():
    assert rule_words(RULE, NAMES) == (
        "In force. On member request: Alpha decides for the members of the Club; "
        "any other voter may stop it."
    )
    abroad = replace(
        RULE, modifiers=("veto", "mandate_from"), mandate_from="body", from_="2002", status="proposed"
    )
    assert rule_words(abroad, NAMES) == (
        "Proposed from 2002. On member request: Alpha decides for the members of the Club; "
        "any other voter may stop it; nothing without a mandate of the Body."
    )
    assert difference_words(abroad, RULE, NAMES) == (
        "Against R-1: no mandate of the Body would be needed any more."
    )
    assert difference_words(RULE, abroad, NAMES) == "Against R-1: a mandate of the Body would be needed."
    assert difference_words(RULE, RULE, NAMES) == "Against R-1: nothing that the model reads."


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_rule_has_words_of_its_own(kind):
    said = {rule_words(replace(RULE, kind=other, modifiers=()), NAMES) for other in KINDS}
    assert len(said) == len(KINDS)
    own = rule_words(replace(RULE, kind=kind, modifiers=("quorum", "abstain"), quorum=0.5), NAMES)
    assert "50% of the voters must take part; an abstention counts against it." in own


def test_another_kind_or_trigger_is_held_against_today():
    other = replace(RULE, kind="consensus", modifiers=(), trigger="crisis-next-door")
    assert difference_words(RULE, other, NAMES) == (
        "Against R-1: it would apply to crisis next door and not to member request; "
        "nobody among the members of the Club may be against it, and somebody must be for it, "
        "where today Alpha decides for the members of the Club; no longer: any other voter may stop it."
    )


def test_a_policy_says_what_its_other_options_do():
    policy = Policy("gate", "A", {"deny": (), "allow": ("set(x, 0)",), "watch": ()}, "deny")
    assert policy_words(policy, NAMES) == (
        "Alpha chooses; now: deny. Otherwise: allow (set(x, 0)), or watch (nothing in the model)."
    )


def test_every_shipped_rule_and_policy_has_words():
    region = Region.load("central-asia")
    for organisation in region.organisations.values():
        for versions in organisation.decisions.values():
            for rule in versions:
                text = rule_words(rule, {})
                assert text.endswith(".")
                assert text.startswith(("In force", "Proposed"))
    for policy in region.policies.values():
        assert "; now: " in policy_words(policy, {})
