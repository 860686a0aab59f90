"""What is kept of one scenario: answers, and the headline's odds or split."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from heartland.report.digest import digest


def test_a_yes_or_no_keeps_its_odds_and_no_picture(pair, rows):
    found = digest(*pair)
    assert [row.id for row in found.rows] == [row.id for row in rows]
    assert (found.steps, found.fan, found.values) == (60, None, {})
    assert found.why is not None
    assert (found.why.outcome, found.why.of, found.why.name) == ("csto-deploys", "odds", "troops-sent")
    assert found.why.words().startswith("drawn by deployment, ")
    assert repr(pickle.loads(pickle.dumps(found)).rows) == repr(found.rows)


def test_a_number_keeps_its_fan_and_the_parts_of_its_difference(pair):
    run, base = pair
    only = {
        item.id: replace(run, scenario=replace(run.scenario, outcomes=(item,)))
        for item in run.scenario.outcomes
    }
    found = digest(only["patron-influence-1y"], base)
    assert found.fan is not None
    assert found.why is not None
    assert (found.fan.state, found.fan.slots) == ("influence", {"giver": "RUS", "receiver": "KAZ"})
    assert found.why.of == "difference"
    parts = found.why.rows
    whole = parts.loc[parts["mechanism"] == "change", "value"].iloc[0]
    assert parts.loc[parts["mechanism"] != "change", "value"].sum() == pytest.approx(whole, abs=1e-9)
    assert found.values["what-if"][100] == pytest.approx(found.rows[0].spread.value)


def test_a_scenario_that_asks_nothing_keeps_no_answer(pair):
    run, base = pair
    found = digest(replace(run, scenario=replace(run.scenario, outcomes=())), base)
    assert (found.rows, found.why, found.fan) == ([], None, None)
