"""The answer: standing of parameters, which mechanisms carry a number, whether a sign is a finding."""

from __future__ import annotations

import dataclasses

import pytest

from heartland.region.region import Region
from heartland.runs.run import run_pair
from heartland.scenarios.answers import Standing, carried_by, standing_of, summaries
from heartland.scenarios.compile import priors_of
from heartland.scenarios.scenario import Scenario


@pytest.fixture(scope="module")
def pair():
    scenario = Scenario.load(Region.load("central-asia"), "kazakhstan-2022")
    return run_pair(dataclasses.replace(scenario, months=14), members=64, seed=3)


def test_standing_counts_estimated_parameters_and_one_sided_directions():
    found = standing_of(priors_of(Region.load("central-asia")))
    # trade: four of seven parameters are pooled; its effects all but fix their signs
    assert found["trade"] == Standing(4 / 7, True)
    # the rival form of the patron's credit leaves the direction open
    assert found["patron-credit-two-sided"].one_sided is False
    # every gain, loss and shift of the patron's credit is a half-normal
    assert found["patron-credit"] == Standing(0.0, True)
    # nothing in the interest rate carries a direction
    assert found["debt-identity"].one_sided is None


def test_every_outcome_has_a_row_with_the_contract_keys(pair):
    run, base = pair
    rows = [row.to_json() for row in summaries(run, base)]
    assert [row["id"] for row in rows] == [item.id for item in run.scenario.outcomes]
    for row in rows:
        assert {
            "id",
            "question",
            "unit",
            "value",
            "low",
            "high",
            "baseline",
            "difference",
            "evidence_grade",
        } <= set(row)
        assert set(row["baseline"]) == {"value", "low", "high"}
        assert {"value", "low", "high", "p_sign"} <= set(row["difference"])
        if row["value"] is not None:
            assert row["low"] <= row["high"]


def test_an_event_is_carried_by_all_who_draw_what_it_waits_for(pair):
    run, base = pair
    item = next(one for one in run.scenario.outcomes if one.id == "csto-deploys")
    assert set(carried_by(run, base, item)) >= {"deployment", "alliance-response", "request", "unrest-onset"}


def test_a_state_is_carried_by_what_differs_between_the_runs(pair):
    run, base = pair
    item = next(one for one in run.scenario.outcomes if one.id == "tension-5y")
    assert set(carried_by(run, base, item)) == {"tension"}


def test_signs_are_not_sold_as_findings(pair):
    run, base = pair
    signs = {row.id: row.difference.sign for row in summaries(run, base)}
    assert signs["csto-deploys"] == "by-construction"  # nobody deploys without a revolt
    assert signs["mission-ends"] == "none"  # no mission in the baseline to compare with
    assert signs["tension-5y"] == "assumed"
    assert all(row.difference.p_sign != row.difference.p_sign for row in summaries(run, base))


def test_without_a_baseline_there_is_no_difference(pair):
    run, _ = pair
    assert all(row.baseline is None and row.difference is None for row in summaries(run, None))
