"""Whether the systems of a region work, and what is said to be missing."""

from __future__ import annotations

from typing import Any

from tests.region.toy_region import copy_of_toy

from heartland.scenarios.answered import AnswerRow, outcome_row, write_answers
from heartland.scenarios.scenario import Scenario
from heartland.scenarios.summary import OutcomeSummary, Spread
from heartland.scenarios.systems import TESTS, cases_by_scenario, headline_outcome, system_status
from heartland.scenarios.validate import load_region

SYSTEMS = """system_id,name,article_ids,elements,state_variables,user_questions,rules,models
defence,Defence ties,T1,AAA;CCC,presence,Who defends Corvia?,R-2;R-9,M1;M11
"""
CALM = """id: calm
title: Nothing happens
question: Does trade grow?
system: defence
headline: true
start: "2020-12-31"
horizon: P1Y
outcomes:
  - id: trade-grows
    question: Does trade grow?
    expression: change(trade_gap, giver=AAA, receiver=CCC)
    unit: log points
"""
CASE = """id: quiet
says: Nothing was seen to happen.
given: calm
when: 2021-06
then: value(trade_gap, giver=AAA, receiver=CCC, at=2021-06) < 9
source: T1
"""
MEASURES = "system_id,kind,name,giver,receiver,says\ndefence,channel,presence,AAA,CCC,troops\n"


def toy(folder: Any, systems: str = SYSTEMS, measures: bool = True) -> Any:
    made = copy_of_toy(folder, [
        {"file": "systems.csv", "write": systems}, {"file": "scenarios/calm.yaml", "write": CALM},
        *([{"file": "system_measures.csv", "write": MEASURES}] if measures else []),
    ])  # fmt: skip
    (made / "cases").mkdir()
    (made / "cases/quiet.yaml").write_text(CASE, encoding="utf-8")
    return load_region(made)


def test_what_is_missing_is_named(tmp_path) -> None:
    (status,) = system_status(toy(tmp_path))
    assert status.missing == {
        "loads": ("rule R-9 is not written down",),
        "measured": (),
        "mechanisms": ("no mechanism of M11",),
        "answered": ("calm has no recorded answer",),
        "case": (),
    }
    assert not status.works
    assert status.gaps == (
        "rule R-9 is not written down; no mechanism of M11; calm has no recorded answer"
    )
    assert list(status.missing) == list(TESTS)
    assert [card.id for card in status.cases] == ["quiet"]


def test_a_system_works_once_all_is_there(tmp_path) -> None:
    region = toy(tmp_path, SYSTEMS.replace(";R-9", "").replace(";M11", ""))
    found = OutcomeSummary("trade-grows", "Does trade grow?", "log points", Spread(0.1, 0, 0.2, 64), None,
                           None, "D")  # fmt: skip
    run = {"run_id": "r", "members": 64, "seed": 1, "version": "1", "date": "2026-11-22"}
    write_answers(region.path, [outcome_row("calm", found, **run)])
    (status,) = system_status(region)
    assert status.works, status.gaps
    assert status.answer == found
    case = AnswerRow("case", "calm", "quiet", "Nothing.", "probability", holds=False, **run)
    write_answers(region.path, [outcome_row("calm", found, **run), case])
    (status,) = system_status(region)
    assert status.gaps == "case quiet does not hold"


def test_a_system_without_anything_says_so(tmp_path) -> None:
    region = toy(tmp_path, SYSTEMS.replace("M1;M11", ""), measures=False)
    (status,) = system_status(region, {})
    assert status.gaps == (
        "rule R-9 is not written down; no measured state on 2020-12-31; no row of the model is named; "
        "no headline scenario; no sourced case"
    )
    assert (status.headline, status.outcome, status.answer) == ("", "", None)


def test_a_further_system_is_answered_by_what_its_mechanisms_write(region) -> None:
    scenario = Scenario.load(region, "covid-2020")
    models = dict(zip(region.tables["systems"]["system_id"], region.tables["systems"]["models"], strict=True))
    own, further = (headline_outcome(scenario, name, models[name]) for name in ("pandemic", "medical-aid"))
    assert own is not None
    assert further is not None
    assert (own.id, further.id) == ("trend-trade", "china-helps")


def test_the_shipped_systems(region) -> None:
    found = system_status(region)
    assert [status.system for status in found] == list(region.tables["systems"]["system_id"])
    for status in found:
        assert not status.missing["loads"], status.gaps
        assert not status.missing["measured"], status.gaps
        assert all(card.given in status.scenarios for card in status.cases)


def test_every_case_stands_under_its_scenario(region) -> None:
    found = cases_by_scenario(region.path)
    assert set(found) - {""} <= set(region.scenario_ids())
    assert sum(map(len, found.values())) == len(list((region.path / "cases").glob("*.yaml")))


def test_every_user_question_has_a_command(region) -> None:
    asked = region.tables["system_questions"]
    for row in region.tables["systems"].to_dict("records"):
        mine = asked[asked["system_id"] == row["system_id"]]["question"]
        assert " ".join(mine) == row["user_questions"]
    assert all(text.startswith("heartland ") for text in asked["command"])
