"""Rule files as records, and which version holds at a date."""

from __future__ import annotations

from datetime import date

import pytest
from tests.region.toy_region import TOY

from heartland.errors import HeartlandInputError
from heartland.region.region import Region
from heartland.region.rules import in_force, rule_at


@pytest.fixture(scope="module")
def region() -> Region:
    return Region.load(TOY)


@pytest.mark.parametrize(
    ("day", "rule"), [("2010-01-01", "R-1"), ("2019-12-31", "R-1"), ("2020-01-01", "R-2")]
)
def test_version_in_force_follows_its_dates(region: Region, day: str, rule: str) -> None:
    assert region.at(day).rule("pact", "help").rule_id == rule


def test_record_carries_the_whole_version(region: Region) -> None:
    found = region.at("2020-12-31").rule("pact", "help")
    assert (found.organisation, found.decision, found.kind) == ("pact", "help", "consensus")
    assert (found.modifiers, found.mandate_from) == (("mandate_from",), "council")
    assert (found.voters, found.from_, found.to, found.source) == (
        ("members-of:pact",),
        "2020-01-01",
        "",
        "T1:5-6",
    )
    assert region.organisations["pact"].decisions["help"][2].voters == ("AAA", "CCC")


def test_patch_by_rule_id_takes_a_proposed_version(region: Region) -> None:
    assert region.at("2020-12-31").rule("pact", "help", "R-3").kind == "majority"


def test_bare_kind_changes_the_kind_and_nothing_else(region: Region) -> None:
    now = region.at("2020-12-31").rule("pact", "help")
    never = region.at("2020-12-31").rule("pact", "help", "never")
    assert (never.kind, never.rule_id, never.source) == ("never", "never", "assumption")
    assert (never.voters, never.trigger, never.mandate_from) == (now.voters, now.trigger, now.mandate_from)
    assert region.at("2020-12-31").rule("pact", "admission", "consensus").voters == ("members-of:pact",)


@pytest.mark.parametrize(
    ("organisation", "decision", "version", "message"),
    [
        (
            "pakt",
            "help",
            None,
            '"pakt" has no rules in this region. Decisions are taken by written rules only. '
            "Did you mean pact? Organisations with rules: pact.",
        ),
        (
            "pact",
            "hlep",
            None,
            '"hlep" is no decision of pact. A rule belongs to one decision of one organisation. '
            "Did you mean help? Decisions: help, admission.",
        ),
        (
            "pact",
            "admission",
            None,
            "pact.admission has no version in force on 2020-12-31. A proposed rule binds nobody. "
            "Name a version in a rule patch: R-4.",
        ),
        (
            "pact",
            "help",
            "nevr",
            '"nevr" is neither a version of pact.help nor a kind of rule. The patch would change '
            "nothing. Did you mean never? Versions: R-1, R-2, R-3. Kinds: consensus, "
            "majority, two-thirds, weighted, lead, "
            "unilateral, never.",
        ),
    ],
)
def test_wrong_names_are_refused(
    region: Region, organisation: str, decision: str, version: str | None, message: str
) -> None:
    with pytest.raises(HeartlandInputError) as refused:
        region.at("2020-12-31").rule(organisation, decision, version)
    assert str(refused.value) == message


def test_policy_has_options_with_patches(region: Region) -> None:
    policy = region.policies["bbb-stance"]
    assert (policy.actor, policy.default) == ("BBB", "watch")
    assert policy.options == {"watch": (), "object": ("rule(pact.help, never)",)}


def test_span_bounds_are_inclusive_and_empty_is_open() -> None:
    assert in_force("", "", date(1900, 1, 1))
    assert in_force("2020", "2020", date(2020, 12, 31))
    assert not in_force("2020", "", date(2019, 12, 31))
    assert not in_force("", "2019", date(2020, 1, 1))


def test_latest_version_to_begin_wins(region: Region) -> None:
    assert rule_at(region.organisations["pact"], "help", date(2030, 1, 1)).rule_id == "R-2"
