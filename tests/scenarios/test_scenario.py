"""Scenario files and patches: what is read, what is refused and where, what equality means."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from heartland.errors import HeartlandInputError
from heartland.scenarios.extent import axes_of
from heartland.scenarios.scenario import Scenario

GOOD = """id: mine
title: Mine
question: What then?
start: "2021-12-31"
horizon: P2Y
patches:
  - do: scale(gdp[actor=RUS], .95, at=start, for=P1Y)
    why: a recession
    assumption: size chosen
  - do: off(M6)
    why: no unrest
    source: wdi-2025
outcomes:
  - id: calm
    question: Is it calm?
    expression: value(unrest, receiver=KAZ, at=end) < .1
levers:
  - off(M3)
expected: nothing
"""


@pytest.fixture
def read(region, tmp_path):
    def load(text: str, name: str = "mine.yaml") -> Scenario:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return Scenario.read(region, path, f"scenarios/{name}")

    return load


def test_a_file_is_read_whole(read):
    found = read(GOOD)
    assert (found.id, found.title, found.start, found.months) == ("mine", "Mine", "2021-12-31", 24)
    assert [patch.do.text for patch in found.patches] == [
        "scale(gdp[actor=RUS], .95, at=start, for=P1Y)", "off(M6)",
    ]  # fmt: skip
    assert [(patch.source, patch.assumption) for patch in found.patches] == [
        ("", "size chosen"),
        ("wdi-2025", ""),
    ]
    assert found.outcomes[0].unit == "probability"
    assert (found.levers, found.headline, found.baseline_id) == (("off(M3)",), False, "")


WRONG = {
    ("id: mine", "id: yours"): 'scenarios/mine.yaml:1:5  id "yours" is not the file name "mine". '
    "Runs are named by it. Write id: mine.",
    ('start: "2021-12-31"', 'start: "2021-12"'): 'scenarios/mine.yaml:4:8  "2021-12" is not a day. '
    "A world has one date. Write it as 2021-12-31.",
    ('start: "2021-12-31"', 'start: "2021-02-30"'): "scenarios/mine.yaml:4:8  ",
    ("horizon: P2Y", "horizon: P2Y\nknown_by: 2021"): "scenarios/mine.yaml:6:11  ",
    ("horizon: P2Y", "horizon: 2Y"): 'scenarios/mine.yaml:5:10  "2Y" is not a horizon. '
    "Runs last 1 to 1200 months. Write P6M or P5Y.",
    ("horizon: P2Y", "horizon: P0M"): 'scenarios/mine.yaml:5:10  "P0M" is not a horizon. ',
    ("horizon: P2Y", "horizon: P101Y"): 'scenarios/mine.yaml:5:10  "P101Y" is 1,212 months, above the limit '
    "of 1,200. Caps keep a broken or hostile file from filling the memory. If the file is meant to be this "
    "large, set HEARTLAND_LIMIT_SCENARIO_STEPS to a higher number.",
    ("horizon: P2Y", "horizont: P2Y"): "scenarios/mine.yaml:5:",
    ("off(M6)", "of(M6)"): 'scenarios/mine.yaml:10  column 1 of "of(M6)": "of" is not a kind of patch. '
    "The list is closed. Did you mean off",
    ("    assumption: size chosen\n", ""): "scenarios/mine.yaml:7:5  a patch needs a source or an "
    "assumption, and not both. A change without origin cannot be judged. "
    "Add source: <id> or assumption: <why>.",
    ("    source: wdi-2025", "    source: wdi-2025\n    assumption: both"): "scenarios/mine.yaml:10:5  "
    "a patch needs a source or an assumption, and not both. ",
    ("why: no unrest", 'why: " "'): "scenarios/mine.yaml:11:10  the reason is empty. "
    "A reader must see why the patch is there. Say it in one sentence.",
    ("at=end) < .1", "at=end) < "): 'scenarios/mine.yaml:16  column 38 of "value(unrest, receiver=KAZ, '
    'at=end) <": a value expected, found "the end". Add a number, name or function.',
    ("levers:", "  - id: calm\n    question: again?\n    expression: occurs(protest-wave)\nlevers:"):
        'scenarios/mine.yaml:17:9  outcome id "calm" is used twice. Answers are found by it. Rename one.',
}  # fmt: skip


@pytest.mark.parametrize(("old", "new"), WRONG, ids=lambda text: text.strip()[:25])
def test_mistakes_are_refused_with_their_place(read, old, new):
    assert GOOD.count(old) == 1
    with pytest.raises(HeartlandInputError) as caught:
        read(GOOD.replace(old, new))
    assert str(caught.value).startswith(WRONG[old, new])


def test_too_many_patches_are_refused(read):
    many = "".join("  - {do: off(M6), why: x, assumption: y}\n" for _ in range(199))
    with pytest.raises(HeartlandInputError) as caught:
        read(GOOD.replace("patches:\n", f"patches:\n{many}"))
    assert str(caught.value).startswith(
        "scenarios/mine.yaml:7:3  the scenario has 201 patches, above the limit of 200. Caps keep a broken"
    )
    assert str(caught.value).endswith("set HEARTLAND_LIMIT_SCENARIO_PATCHES to a higher number.")


def test_the_caps_of_a_scenario_can_be_moved(read, region, monkeypatch):
    monkeypatch.setenv("HEARTLAND_LIMIT_SCENARIO_STEPS", "1212")
    assert read(GOOD.replace("horizon: P2Y", "horizon: P101Y")).months == 1212
    monkeypatch.setenv("HEARTLAND_LIMIT_SCENARIO_ACTORS", "3")
    with pytest.raises(HeartlandInputError) as caught:
        axes_of(region)
    assert str(caught.value).startswith(f"model.yaml  the model has {len(region.model.actors)} actors, above")
    assert "HEARTLAND_LIMIT_SCENARIO_ACTORS" in str(caught.value)


def test_a_name_that_is_no_id_is_refused(read):
    for name in ("Mine", "a_b", "-a", "a" * 65):
        with pytest.raises(HeartlandInputError, match="is not the file name"):
            read(GOOD.replace("id: mine", f"id: {name}"), f"{name}.yaml")


def test_an_unknown_scenario_names_the_near_ones(region):
    with pytest.raises(HeartlandInputError) as caught:
        Scenario.load(region, "kazakhstan-2021")
    assert str(caught.value).startswith(
        'There is no scenario "kazakhstan-2021" in central-asia. Did you mean kazakhstan-2022? Known: '
    )
    with pytest.raises(HeartlandInputError):
        Scenario.load(region, "../../etc/passwd")


def test_every_shipped_scenario_comes_back_from_json(region):
    for name in region.scenario_ids():
        found = Scenario.load(region, name)
        again = Scenario.from_json(region, found.to_json())
        assert again == found
        assert hash(again) == hash(found)
        assert again.content() == found.content()
        assert [item.tree for item in again.outcomes] == [item.tree for item in found.outcomes]


def test_equality_is_by_content(read):
    assert read(GOOD) == read(GOOD)
    assert read(GOOD) != read(GOOD.replace(".95", ".96"))
    assert read(GOOD) != read(GOOD.replace("P2Y", "P3Y"))


def test_only_what_decides_the_numbers_is_content(read):
    mine = read(GOOD)
    assert mine.content() == read(GOOD.replace("title: Mine", "title: Other")).content()
    for old, new in (
        (".95", ".96"),
        ("P2Y", "P3Y"),
        ("off(M6)", "off(M3, at=end)"),
        ("2021-12-31", "2020-12-31"),
    ):
        assert mine.content() != read(GOOD.replace(old, new, 1)).content()


def test_a_scenario_is_frozen(calm):
    with pytest.raises(FrozenInstanceError):
        calm.months = 3


def test_the_baseline_is_the_named_scenario_or_this_one_without_patches(region, read):
    named = Scenario.load(region, "kazakhstan-2022")
    base = named.baseline()
    assert base.id == "january-2022-held-off"
    assert base.outcomes == named.outcomes
    assert base.patches == Scenario.load(region, "january-2022-held-off").patches
    mine = read(GOOD)
    bare = mine.baseline()
    assert (bare.id, bare.patches, bare.outcomes) == ("mine-baseline", (), mine.outcomes)
    assert (bare.start, bare.months) == (mine.start, mine.months)


BOTH_FORMS = [
    (
        "rule(csto.collective-response, never, at=2022-01)",
        {"at": "2022-01", "rule": "csto.collective-response", "to": "never"},
    ),
    (
        "scale(gdp[actor=RUS], 0.95, at=start, for=P2Y)",
        {"at": "start", "scale": "gdp[actor=RUS]", "by": 0.95, "for_": "P2Y"},
    ),
    ("shock(rivalry[giver=RUS], +1sd)", {"shock": "rivalry[giver=RUS]", "by": "+1sd"}),
    ("off(M6)", {"off": "M6"}),
    ("policy(rus-western-bases, accept)", {"policy": "rus-western-bases", "to": "accept"}),
]


@pytest.mark.parametrize(("text", "words"), BOTH_FORMS, ids=[text for text, _ in BOTH_FORMS])
def test_a_patch_can_be_written_both_ways(calm, text, words):
    one, other = calm.patch(text, why="because"), calm.patch(why="because", **words)
    assert one == other
    assert one.patches[-1].do.text == text
    assert one.patches[:-1] == calm.patches
    assert one.patches[-1].assumption == "user's what-if"
    assert one.id == f"{calm.id}-patched"
    assert one.outcomes == calm.outcomes


def test_a_patch_keeps_its_source_and_takes_an_id(calm):
    found = calm.patch("off(M6)", why="because", source="wdi-2025", id="mine")
    assert (found.id, found.patches[-1].source, found.patches[-1].assumption) == ("mine", "wdi-2025", "")
    assert calm.patches == (), "the first scenario is unchanged"
    assert found.baseline().id == "mine-baseline"


KINDS = "set, scale, shock, clamp, rule, policy, force, off"
BAD_PATCHES = [
    ({}, f"A patch needs exactly one kind. Kinds: {KINDS}."),
    ({"rulle": "o.d", "to": "x"}, f"A patch needs exactly one kind. Did you mean rule? Kinds: {KINDS}."),
    ({"rule": "o.d", "set": "x", "to": "y"}, f"A patch needs exactly one kind. Kinds: {KINDS}."),
    ({"do": "off(M6)", "at": "2022-01"}, "A patch is given twice: as text and by keywords. Write time and "
     "duration into the text: scale(gdp[actor=A], .95, at=2022-01, for=P1Y)."),
    ({"do": "off(M6)", "off": "M3"}, "A patch is given twice: as text and by keywords. Write time and "
     "duration into the text: scale(gdp[actor=A], .95, at=2022-01, for=P1Y)."),
    ({"scale": "gdp[actor=RUS]"}, 'column 21 of "scale(gdp[actor=RUS])": "scale" needs a number. '
     "Write scale(TARGET, 1.0)."),
]  # fmt: skip


@pytest.mark.parametrize(("words", "message"), BAD_PATCHES, ids=[str(words) for words, _ in BAD_PATCHES])
def test_a_patch_that_cannot_be_read_is_refused(calm, words, message):
    with pytest.raises(HeartlandInputError) as caught:
        calm.patch(why="because", **words)
    assert str(caught.value) == message


def test_a_patched_scenario_comes_back_from_json(region, calm):
    found = calm.patch("off(M6)", why="because").patch(
        scale="gdp[actor=RUS]", by=0.9, why="again", source="wdi-2025"
    )
    assert Scenario.from_json(region, found.to_json()) == found
    assert replace(found, title="other") != found
