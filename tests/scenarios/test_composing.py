"""Scenarios put together: what is united, what is refused, and what each part is compared with."""

from __future__ import annotations

from dataclasses import replace

import pytest

import heartland as hl
from heartland.errors import HeartlandInputError
from heartland.scenarios.composing import composition
from heartland.scenarios.scenario import Scenario


@pytest.fixture(scope="module")
def crisis_as_shipped(region) -> Scenario:
    return Scenario.load(region, "kazakhstan-2022")


@pytest.fixture(scope="module")
def thaw(region) -> Scenario:
    return Scenario.load(region, "thaw-with-the-west")


def test_patches_stand_in_order_and_questions_are_united(crisis_as_shipped, thaw):
    both = hl.compose(crisis_as_shipped, thaw)
    assert both == crisis_as_shipped.with_(thaw)
    assert both.id == "kazakhstan-2022-with-thaw-with-the-west"
    assert both.patches == (*crisis_as_shipped.patches, *thaw.patches)
    ids = [item.id for item in both.outcomes]
    assert ids == [
        *(item.id for item in crisis_as_shipped.outcomes), "glue-5y", "push-back-5y",
    ], "what both ask in the same words is asked once"  # fmt: skip
    assert (both.system, both.also, both.headline) == ("csto", ("condominium",), False)
    assert both.question == f"{crisis_as_shipped.question} {thaw.question}"


def test_the_first_ones_baseline_is_that_of_all(crisis_as_shipped, thaw):
    made = composition(crisis_as_shipped, thaw)
    assert made.baseline.id == "january-2022-held-off"
    held = made.baseline.patches
    assert [item.patches for item in made.alone] == [
        crisis_as_shipped.patches, (*held, *thaw.patches),
    ]  # fmt: skip
    assert {item.baseline() for item in made.alone} == {made.baseline}
    other = composition(thaw, crisis_as_shipped)
    assert other.baseline.patches == ()
    assert [item.patches for item in other.alone] == [thaw.patches, crisis_as_shipped.patches]


def test_an_outcome_id_in_two_meanings_gets_its_scenarios_id(crisis_as_shipped, thaw):
    first = thaw.outcomes[0]
    same_id = replace(thaw, outcomes=(replace(crisis_as_shipped.outcomes[0], id=first.id),))
    both = thaw.with_(replace(same_id, id="other", patches=()))
    assert [item.id for item in both.outcomes][-1] == f"other-{first.id}"


def test_the_shortest_horizon_holds_and_is_said(crisis_as_shipped, thaw):
    short = replace(thaw, months=9, id="short", patches=())
    made = composition(crisis_as_shipped, short)
    assert {item.months for item in (made.together, made.baseline, *made.alone)} == {9}
    assert "patron-influence-1y" not in [item.id for item in made.together.outcomes]
    assert made.notes == (
        "The runs end on 2022-09-30, where short ends; in kazakhstan-2022 too, `end` means this day.",
        "other-power-objects of kazakhstan-2022 looks beyond 2022-09-30 and is left out.",
        "patron-influence-1y of kazakhstan-2022 looks beyond 2022-09-30 and is left out.",
    )


def test_a_patch_beyond_the_end_is_refused(thaw):
    late = thaw.patch("shock(rivalry[actor=RUS], +1sd, at=2024-01)", why="late", id="late")
    with pytest.raises(HeartlandInputError) as caught:
        late.with_(replace(thaw, id="short", months=12, patches=()))
    assert str(caught.value) == (
        '"shock(rivalry[actor=RUS], +1sd, at=2024-01)" of late lies beyond 2022-12-31, where short ends. '
        "Scenarios put together last as long as the shortest of them. Give short a longer horizon in a file "
        "of your own, or leave the patch out."
    )


def test_receivers_are_united(region, crisis_as_shipped):
    far = replace(crisis_as_shipped, id="far", patches=(), receivers=("ARM",), outcomes=())
    made = composition(crisis_as_shipped, far)
    assert {item.receivers for item in (made.together, made.baseline, *made.alone)} == {("ARM",)}


def refused(one: Scenario, other: Scenario) -> str:
    with pytest.raises(HeartlandInputError) as caught:
        one.with_(other)
    return str(caught.value)


def test_other_starts_and_lonely_scenarios_are_refused(region, thaw):
    assert refused(thaw, Scenario.load(region, "manas-2009")) == (
        "thaw-with-the-west starts on 2021-12-31, manas-2009 on 2008-12-31. Put together they happen in one "
        "world, and a world has one date. Write one start into both, in files of your own, "
        "and date the patches to fit."
    )
    assert refused(thaw, replace(thaw, known_by="2021-12-31")) == (
        "thaw-with-the-west rests on what was known by any day, thaw-with-the-west by 2021-12-31. Put "
        "together they happen in one world, and a world has one date. Write one known_by into both, in files "
        "of your own, and date the patches to fit."
    )
    with pytest.raises(HeartlandInputError, match=r"^A composition needs two scenarios or more\. Name"):
        hl.compose(thaw)


CLASHES = {
    "same patch": (
        "off(M6)", "off(M6)", "switch the same mechanism off. Their effects could not be told apart.",
    ),
    "row and mechanism": (
        "off(M6)", "off(unrest-onset, at=2022)",
        "switch the same mechanism off. Their effects could not be told apart.",
    ),
    "one decision": (
        "rule(csto.collective-response, never)", "rule(csto.collective-response, unilateral, at=2022-06)",
        "give one decision two rules. A decision is taken by one rule at a time.",
    ),
    "one slot held": (
        "clamp(rivalry[giver=RUS], -2, at=start, for=P5Y)", "set(rivalry, 1, at=2022)",
        "hold the same value at the same time. Only one of them could have its way.",
    ),
    "held and moved": (
        "clamp(rivalry[giver=RUS], -2, at=start, for=P5Y)", "shock(rivalry[giver=RUS], +1sd, at=2022)",
        "hold and move the same value at the same time. What comes out would hang on their order.",
    ),
    "twice the same change": (
        "scale(gdp[actor=RUS], .9)", "scale(gdp[actor=RUS], .9)",
        "are the same patch. Made once, the sum of the two would count it twice.",
    ),
    "forced and held off": (
        "force(protest-wave, actor=KAZ, at=2022-01)", "clamp(protest-wave[actor=KAZ], 0, at=2022)",
        "hold the same value at the same time. Only one of them could have its way.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", CLASHES)
def test_patches_that_cannot_both_hold_are_refused(calm, kind):
    one, other, said = CLASHES[kind]
    a, b = calm.patch(one, why="x", id="one"), calm.patch(other, why="x", id="other")
    assert refused(a, b) == (
        f'"{one}" of one and "{other}" of other {said} Take one of the two out in a file of your own, or let '
        "one end before the other begins."
    )


GET_ALONG = [
    ("clamp(rivalry[giver=RUS], -2, at=2022-02)", "clamp(rivalry[giver=CHN], -2, at=2022-02)"),
    ("clamp(rivalry[giver=RUS], -2, at=2022-02)", "clamp(rivalry[giver=RUS], -1, at=2022-03)"),
    ("scale(gdp[actor=RUS], .9)", "scale(gdp[actor=RUS], .8)"),
    ("rule(csto.collective-response, never)", "rule(csto.mission-abroad, never)"),
]


@pytest.mark.parametrize(("one", "other"), GET_ALONG)
def test_patches_that_get_along_are_kept(calm, one, other):
    a, b = calm.patch(one, why="x", id="one"), calm.patch(other, why="x", id="other")
    assert [patch.do.text for patch in a.with_(b).patches] == [one, other]


def test_patches_that_clash_with_the_baseline_are_refused(region, crisis_as_shipped):
    held = crisis_as_shipped.baseline().patches[0].do.text
    other = replace(crisis_as_shipped, id="other", baseline_id="", patches=(), outcomes=())
    again = other.patch(held, why="x", id="again")
    message = refused(crisis_as_shipped, again)
    assert held in message
    assert "of again" in message
