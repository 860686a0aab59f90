"""Scenarios built in Python: what is checked, and that a saved one reads back equal."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import heartland as hl
from heartland.errors import HeartlandInputError
from heartland.scenarios.scenario import Scenario


def built(region, **keys) -> Scenario:
    asked = {"question": "What then?", "start": "2021-12-31", "horizon": "P18M", **keys}
    return Scenario.new("mine", region=region, **asked)


def test_a_scenario_is_built_and_saved(region, tmp_path):
    made = (
        built(region, system="csto", expected="Little.", title="Mine: a try")
        .patch("scale(gdp[actor=RUS], .95, at=start, for=P1Y)", why="a recession", assumption="size chosen")
        .patch(rule="csto.collective-response", to="never", why="bound", source="A1")
        .outcome("falls", "Does it fall?", "occurs(leader-ousted, actor=KAZ, within=P1Y)")
        .outcome("held", "How much?", "measure(influence, giver=RUS, receiver=KAZ, at=end)", "index")
        .lever("off(M6)")
    )
    assert (made.id, made.title, made.months) == ("mine", "Mine: a try", 18)
    path = made.save(tmp_path)
    assert path == tmp_path / "mine.yaml"
    assert path.read_text(encoding="utf-8") == """id: mine
title: "Mine: a try"
question: What then?
system: csto
start: "2021-12-31"
horizon: P18M
patches:
  - do: scale(gdp[actor=RUS], .95, at=start, for=P1Y)
    why: a recession
    assumption: size chosen
  - do: rule(csto.collective-response, never)
    why: bound
    source: A1
outcomes:
  - id: falls
    question: Does it fall?
    expression: occurs(leader-ousted, actor=KAZ, within=P1Y)
    unit: probability
  - id: held
    question: How much?
    expression: measure(influence, giver=RUS, receiver=KAZ, at=end)
    unit: index
levers:
  - off(M6)
expected: Little.
"""
    assert Scenario.read(region, path) == made
    assert [path.name for path in tmp_path.iterdir()] == ["mine.yaml"]


def test_every_shipped_scenario_is_saved_as_it_was(region, tmp_path):
    for name in region.scenario_ids():
        shipped = Scenario.load(region, name)
        assert Scenario.read(region, shipped.save(tmp_path)) == shipped


def test_a_composition_is_saved(region, tmp_path):
    both = hl.compose(*(Scenario.load(region, name) for name in ("kazakhstan-2022", "thaw-with-the-west")))
    assert Scenario.read(region, both.save(tmp_path)) == both


def seen(text: str) -> str:
    return unicodedata.normalize("NFC", text)


TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"], exclude_characters="\ufeff"))
WORDS = ["a", "to:", "#", "- b", "'", '"', "x" * 60, "no", "é", ":"]
PROSE = st.one_of(
    TEXTS.map(seen),
    st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join),
    st.sampled_from(["null", "1", "nan", "Inf", "~", "", " a", "a ", "a: b", "a\nb", "{a}", "[a]", "&a"]),
)  # fmt: skip
FILLED = PROSE.filter(lambda text: bool(text.strip()))
DO = st.sampled_from(
    ["off(M6)", "scale(gdp[actor=RUS], .95, at=start, for=P1Y)", "shock(rivalry[giver=RUS], +1sd)",
     "force(protest-wave, actor=KAZ, size=threat, at=2022-01)", "policy(rus-western-bases, accept)"]
)  # fmt: skip
ASK = st.sampled_from(
    [("occurs(protest-wave, actor=KAZ)", "probability"), ("value(gdp, actor=KAZ, at=end)", "usd2015"),
     ("value(tension, giver=CHN, receiver=RUS, at=end) > .1 given occurs(troops-sent)", "probability")]
)  # fmt: skip


@given(data=st.data(), title=FILLED, question=PROSE, expected=PROSE, horizon=st.integers(1, 999))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_reads_back_equal(region, tmp_path, data, title, question, expected, horizon):
    made = built(region, title=title, question=question, expected=expected, horizon=f"P{horizon}M")
    for do, why, sourced in data.draw(st.lists(st.tuples(DO, FILLED, st.booleans()), max_size=3)):
        made = made.patch(do, why=why, **({"source": "A1"} if sourced else {"assumption": why}))
    for number, (text, asked) in enumerate(data.draw(st.lists(st.tuples(PROSE, ASK), max_size=3))):
        made = made.outcome(f"o{number}", text, *asked)
    path = made.save(tmp_path / "mine.yaml", overwrite=True)
    assert Scenario.read(region, path) == made


def test_nothing_is_overwritten_unasked(region, tmp_path):
    made = built(region)
    path = made.save(tmp_path)
    before = path.read_bytes()
    with pytest.raises(HeartlandInputError) as caught:
        made.lever("off(M6)").save(path)
    assert str(caught.value) == (
        f"{path} is there already. A file of yours is never replaced unasked. Choose another name, or "
        "delete it first."
    )
    assert path.read_bytes() == before
    made.lever("off(M6)").save(path, overwrite=True)
    assert path.read_bytes() != before


def test_a_file_that_could_not_be_read_back_is_not_written(region, tmp_path):
    made = built(region).patch("off(M6)", why="bell \x07")
    with pytest.raises(HeartlandInputError, match=r"^mine\.yaml:8:.*control character U\+0007"):
        made.save(tmp_path)
    made = built(region).patch("off(M6)", why="cafe\u0301")
    with pytest.raises(HeartlandInputError) as caught:
        made.save(tmp_path)
    assert str(caught.value) == (
        "mine cannot be written so that it reads back equal. Some text in it has signs that a file does not "
        "keep. Use plain text without control characters."
    )
    assert list(tmp_path.iterdir()) == []


def test_the_file_bears_the_id(region, tmp_path):
    with pytest.raises(HeartlandInputError) as caught:
        built(region).save(tmp_path / "other.yaml")
    assert str(caught.value) == (
        f"{tmp_path / 'other.yaml'} is not named after the scenario mine. Runs and files are named by the "
        f"id. Write {tmp_path / 'mine.yaml'}, or give the scenario another id."
    )
    with pytest.raises(HeartlandInputError) as caught:
        built(region).save(tmp_path / "no" / "mine.yaml")
    assert str(caught.value) == f"There is no folder {tmp_path / 'no'}. Make it first, or choose another."


SYSTEMS = "Did you mean csto or sco? Known: "
WRONG = {
    "start": ("2021-12", '"2021-12" is not a day. A world has one date. Write it as 2021-12-31.'),
    "horizon": ("2Y", '"2Y" is not a horizon. Runs last 1 to 1200 months. Write P6M or P5Y.'),
    "system": ("csot", '"csot" is no system of the region. Nothing could be looked up under it. ' + SYSTEMS),
    "baseline": ("nobody-come", '"nobody-come" is no scenario of the region. Nothing could be looked up '
                 "under it. Did you mean nobody-comes? Known: "),
    "receivers": (["AMR"], '"AMR" is no actor of the region. Nothing could be looked up under it. '),
    "titel": ("x", "unknown key titel. "),
}  # fmt: skip


@pytest.mark.parametrize("key", WRONG)
def test_wrong_keys_are_refused(region, key):
    value, message = WRONG[key]
    with pytest.raises(HeartlandInputError) as caught:
        built(region, **{key: value})
    assert str(caught.value).startswith(message)


def test_wrong_ids_and_outcomes_are_refused(region):
    with pytest.raises(HeartlandInputError) as caught:
        Scenario.new("My scenario", region=region, start="2021-12-31")
    assert str(caught.value) == (
        '"My scenario" is not an id. Files and runs are named by it. Write small letters, digits and hyphens'
        ", at most 64: my-scenario."
    )
    once = built(region).outcome("a", "?", "occurs(protest-wave)")
    with pytest.raises(HeartlandInputError) as caught:
        once.outcome("a", "?", "occurs(protest-wave)")
    assert str(caught.value) == 'outcome id "a" is used twice. Answers are found by it. Rename one.'


def test_a_draft_keeps_its_name_and_others_do_not(region):
    assert built(region).patch("off(M6)", why="x").patch("off(M3)", why="x").id == "mine"
    assert Path(built(region).patch("off(M6)", why="x", id="other").id).name == "other"
    assert Scenario.load(region, "nobody-comes").patch("off(M6)", why="x").id == "nobody-comes-patched"
