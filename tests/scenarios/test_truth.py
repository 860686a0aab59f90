"""Truth tables: the engine's decision in every situation against the rule as the file words it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from heartland.core.yamlio import read_yaml
from heartland.region.region import Region
from heartland.region.rules import KINDS, RuleRecord
from heartland.scenarios.truth import decided, truth_table, voters_of

FOLDER = Region.load("central-asia").path / "organisations"
WRITTEN = [
    (path.stem, decision, version)
    for path in sorted(FOLDER.glob("*.yaml"))
    for decision, versions in read_yaml(path).value["decisions"].items()
    for version in versions
]
VOTE = {"yes": 1.0, "no": -1.0, "idle": 0.0, "away": np.nan}


def by_the_words(version, votes, asked, mandate):
    """One version of a decision as a person reads the file; votes by name of the voter."""
    words, kind, lead = set(version.get("modifiers", [])), version["kind"], version.get("lead")
    if not asked or kind == "never" or ("mandate_from" in words and not mandate):
        return False
    if kind == "unilateral":
        return votes[lead] == "yes" if lead in votes else "yes" in votes.values()
    heads = Counter(votes.values())
    if "veto" in words and heads["no"]:
        return False
    if "quorum" in words and Fraction(len(votes) - heads["away"], len(votes)) < Fraction(version["quorum"]):
        return False
    if kind == "lead":
        return votes.get(lead) == "yes"
    size = {name: version.get("weights", {}).get(name, 0) if kind == "weighted" else 1 for name in votes}
    sums = Counter()
    for name, vote in votes.items():
        sums["no" if vote == "idle" and "abstain" in words else vote] += size[name]
    if kind == "weighted" or kind == "majority":
        return sums["yes"] > sums["no"]
    if kind == "consensus":
        return sums["yes"] > 0 and sums["no"] == 0
    return sums["yes"] > 0 and Fraction(sums["yes"], sums["yes"] + sums["no"]) >= Fraction(2, 3)


def every_situation(names):
    """Votes of each by name, occasion and mandate: all of them."""
    for cast in product(VOTE, repeat=len(names)):
        for asked, mandate in product((True, False), repeat=2):
            yield dict(zip(names, cast, strict=True)), asked, mandate


def compared(rule, version, names):
    """Situations in which the engine and the words agree on a yes; fails where they differ."""
    cases = list(every_situation(names))
    votes = np.array([[VOTE[cast[name]] for cast, _, _ in cases] for name in names])
    asked, mandate = (np.array([case[k] for case in cases]) for k in (1, 2))
    found = decided(rule, names, votes, asked, mandate)
    for case, yes in zip(cases, found, strict=True):
        assert bool(yes) == by_the_words(version, *case), case
    return int(found.sum())


@pytest.mark.parametrize(("organisation", "decision", "version"), WRITTEN,
                         ids=[version["rule_id"] for _, _, version in WRITTEN])
def test_every_written_rule_and_amendment_decides_as_worded(region, organisation, decision, version):
    rule = next(item for item in region.organisations[organisation].decisions[decision]
                if item.rule_id == version["rule_id"])
    names = (version.get("lead") or "P", "Q", "R", "S")
    if isinstance(version["voters"], list):
        names = tuple(version["voters"])
    assert compared(rule, version, names) > 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("words", [(), ("veto",), ("quorum",), ("abstain",), ("veto", "quorum", "abstain",
                                                                              "mandate_from")])
def test_every_kind_with_every_modifier_decides_as_worded(kind, words):
    version = {"kind": kind, "modifiers": list(words), "lead": "P" if kind == "lead" else None,
               "quorum": "2/3", "weights": {"P": 3, "Q": 2, "R": 2, "S": 1}}
    rule = RuleRecord(
        "R", "club", "d", kind, words, mandate_from="body" if "mandate_from" in words else "",
        voters=("P", "Q", "R", "S"), lead=version["lead"] or "", quorum=2 / 3 if "quorum" in words else None,
        weights=tuple(version["weights"].items()) if kind == "weighted" else ())
    assert (compared(rule, version, ("P", "Q", "R", "S")) > 0) == (kind != "never")


def test_voters_are_members_at_the_date_and_whoever_is_named_once(region):
    rule = RuleRecord("R", "csto", "d", "consensus", voters=("members-of:csto", "UZB", "RUS"))
    assert "UZB" in voters_of(region.at("2010-12-31"), replace(rule, voters=("members-of:csto",)))
    assert voters_of(region.at("2021-12-31"), rule) == (*region.at("2021-12-31").members("csto"), "UZB")


RULE = RuleRecord("R-1", "club", "mission", "lead", ("veto", "mandate_from"), mandate_from="body",
                  trigger="crisis-next-door", lead="P")
BODY = ("P", "Q", "R", "S", "T")
NAMES = {"P": "Alpha", "body": "the Body"}


def test_a_table_names_only_what_the_decision_hangs_on():
    table = truth_table(RULE, BODY, NAMES)
    assert table.conditions == (
        "on crisis next door", "mandate of the Body", "Alpha is for it", "another is against it")
    assert len(table.rows) == 16
    assert [row for row, yes in table.rows if yes] == [(True, True, True, False)]
    assert table.short == (
        ((True, True, True, False), True), ((True, True, True, True), False),
        ((True, True, False, None), False), ((True, False, None, None), False),
        ((False, None, None, None), False))
    assert truth_table(replace(RULE, modifiers=(), mandate_from=""), BODY, NAMES).conditions == (
        "on crisis next door", "Alpha is for it")


@pytest.mark.parametrize(("kind", "words", "expected"), [
    ("consensus", (), ("somebody is for it", "somebody is against it")),
    ("majority", (), ("more are for it than against",)),
    ("majority", ("abstain",), ("more are for it than against or abstaining",)),
    ("two-thirds", (), ("two thirds of the votes are for it",)),
    ("two-thirds", ("abstain",), ("two thirds, abstentions counted, are for it",)),
    ("unilateral", ("veto",), ("somebody is for it",)),
    ("majority", ("quorum",), ("more are for it than against", "60% take part")),
    ("weighted", (), ("the heavier votes are for it",)),
])
def test_each_kind_has_its_condition(kind, words, expected):
    rule = replace(RULE, kind=kind, modifiers=words, mandate_from="", lead="",
                   quorum=0.6 if "quorum" in words else None,
                   weights=tuple(zip(BODY, (5.0, 3.0, 2.0, 1.0, 1.0), strict=True)) * (kind == "weighted"))
    assert truth_table(rule, BODY, NAMES).conditions == ("on crisis next door", *expected)


def test_what_is_never_done_has_no_conditions_and_nobody_decides_nothing():
    for table in (truth_table(replace(RULE, kind="never"), BODY, NAMES), truth_table(RULE, (), NAMES)):
        assert table.conditions == ()
        assert table.rows == table.short == (((), False),)
