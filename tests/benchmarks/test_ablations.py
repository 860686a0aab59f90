"""The table of ablations: what is switched off where, and how a change is said."""

from __future__ import annotations

import pytest
from benchmarks.ablations import Carried, Task, carries, idle_of, measure, retries, said, tasks

import heartland as hl
from heartland.scenarios.summary import Difference

NONE = Difference(0.0, 0.0, 0.0, float("nan"), "none")
SOME = Difference(-0.2, -0.3, -0.1, 1.0, "drawn")


@pytest.fixture(scope="module")
def region():
    return hl.Region.load("central-asia")


def test_each_headline_is_asked_without_the_mechanisms_of_its_system(region) -> None:
    found = {task.system: task for task in tasks(region, 64)}
    assert {"alliance-response", "patron-credit"} <= set(found["csto"].mechanisms)
    assert (found["csto"].scenario, found["csto"].outcome) == ("kazakhstan-2022", "csto-deploys")


def test_a_mechanism_that_carries_nothing_is_tried_elsewhere(region) -> None:
    task = Task("csto", "kazakhstan-2022", "csto-deploys", ("alliance-response", "withdrawal"), 64)
    found = Carried(task, "?", "probability", 0.4, {"alliance-response": SOME, "withdrawal": NONE})
    assert idle_of([found]) == ["withdrawal"]
    again = retries(region, ["withdrawal"], [task], 64)
    assert {one.mechanisms for one in again} == {("withdrawal",)}
    assert "kazakhstan-2022" not in {one.scenario for one in again}


def test_without_the_alliance_nobody_comes() -> None:
    task = Task("csto", "kazakhstan-2022", "csto-deploys", ("alliance-response", "withdrawal"), 64)
    found = measure(task)
    assert found.changes["alliance-response"].value == pytest.approx(-found.value)
    assert found.value > 0
    assert not carries(found.changes["withdrawal"])


def test_words() -> None:
    task = Task("s", "x", "y", (), 64)
    assert said(Carried(task, "?", "probability", 0.4, {}), SOME) == "-20 (-30 to -10) of 100"
    assert said(Carried(task, "?", "index", 0.4, {}), SOME) == "-0.20 (-0.30 to -0.10) index"
    assert said(Carried(task, "?", "index", 0.4, {}), NONE) == "none"
