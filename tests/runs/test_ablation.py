"""Ablation: each model row off in turn, on as few steps and members as the outcome needs."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from heartland.core.expressions import parse
from heartland.dynamics.mechanism import catalogue
from heartland.region.region import Region
from heartland.runs.ablation import ALL_ON, ablate, ablate_and_swap, rivals, steps_needed, structure_sd
from heartland.runs.run import run
from heartland.scenarios.compile import compile_plan
from heartland.scenarios.scenario import Scenario


@pytest.fixture(scope="module")
def made():
    scenario = Scenario.load(Region.load("central-asia"), "kazakhstan-2022")
    return run(dataclasses.replace(scenario, months=12, outcomes=scenario.outcomes[:4]), members=64, seed=5)


def test_rows_that_carry_the_system_come_first_and_all_on_request(made):
    frame = ablate(made)
    assert frame["model"].iloc[0] == ALL_ON
    assert set(frame["model"][1:]) <= {"M11", "M12", "M26"}
    assert "M11 alliance response" in list(frame["mechanism"])
    assert set(frame["outcome"]) == {"csto-deploys"}
    assert frame.attrs == {"members": 64, "steps": 2}
    some = ablate(made, models=("M4", "M1"))
    assert list(some["mechanism"]) == [ALL_ON, "M4 debt", "M1 trade"]


def test_the_full_row_equals_the_run_and_the_alliance_carries_the_troops(made):
    frame = ablate(made, models=("M4", "M11")).set_index("model")
    assert frame.loc[ALL_ON, "value"] == made.outcome("csto-deploys").values.mean()
    assert frame.loc["M11", "value"] == 0.0
    assert frame.loc["M4", "value"] == frame.loc[ALL_ON, "value"]


def test_without_revolts_an_incumbent_still_falls_only_when_something_draws_it(made):
    frame = ablate(made, "incumbent-falls", ("M6",)).set_index("model")
    assert frame.loc[ALL_ON, "value"] > 0
    assert frame.loc["M6", "value"] == 0.0


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("occurs(leader-ousted, actor=KAZ, within=P3M)", 3),
        ("value(unrest, receiver=KAZ, at=2022-06)", 6),
        ("value(unrest, receiver=KAZ, at=end)", 12),
        ("occurs(leader-ousted, actor=KAZ)", 12),
        ("value(unrest, receiver=KAZ, at=2022-02) given occurs(leader-ousted, actor=KAZ, within=P5M)", 5),
    ],
)
def test_only_the_steps_an_outcome_looks_at(made, text, steps):
    assert steps_needed(parse(text), made) == steps


def test_rivals_stand_in_one_at_a_time_and_their_spread_is_that_of_the_answers():
    region = Region.load("central-asia")
    scenario = dataclasses.replace(Scenario.load(region, "thaw-with-the-west"), months=12)
    made = run(dataclasses.replace(scenario, outcomes=scenario.outcomes[:1]), members=64, seed=5)
    frame = rivals(made)
    assert frame.iloc[0]["rival"] == "", "the first row is the model as it is"
    assert frame.iloc[0]["value"] == pytest.approx(ablate(made).iloc[0]["value"])
    known = catalogue()
    for row in frame.iloc[1:].to_dict("records"):
        assert known[row["rival"]].rival_of == row["mechanism"]
        assert known[row["rival"]].model in {"M1", "M9", "M10", "M25"}
    assert "glue-by-threat" in set(frame["rival"])
    values = frame["value"].to_numpy()
    assert structure_sd(frame) == pytest.approx(values.std(ddof=1))
    assert structure_sd(frame.iloc[:1]) != structure_sd(frame.iloc[:1]), "one form has no spread"


def test_a_variant_of_the_model_takes_the_place_of_its_mechanism():
    region = Region.load("central-asia")
    model = region.model.model_copy(update={"variants": {"glue": "glue-by-threat"}})
    other = dataclasses.replace(region, model=model)
    scenario = dataclasses.replace(Scenario.load(region, "thaw-with-the-west"), months=3)
    plan = compile_plan(dataclasses.replace(scenario, region=other), members=64, seed=1)
    assert "glue-by-threat" in plan.mechanisms
    assert "glue" not in plan.mechanisms


@pytest.mark.parametrize("computing", ["serial", "processes"])
def test_both_tables_at_once_are_those_one_by_one(made, computing):
    ablations, swaps = ablate_and_swap(made, computing, 2)
    for found, alone in ((ablations, ablate(made)), (swaps, rivals(made))):
        pd.testing.assert_frame_equal(found, alone)
        assert found.attrs == alone.attrs
