"""Ablation: each model row off in turn, on as few steps and members as the outcome needs."""

from __future__ import annotations

import dataclasses

import pytest

from heartland.core.expressions import parse
from heartland.region.region import Region
from heartland.runs.ablation import ALL_ON, ablate, steps_needed
from heartland.runs.run import run
from heartland.scenarios.scenario import Scenario


@pytest.fixture(scope="module")
def made():
    scenario = Scenario.load(Region.load("central-asia"), "kazakhstan-2022")
    return run(dataclasses.replace(scenario, months=12, outcomes=scenario.outcomes[:4]), members=64, seed=5)


def test_rows_of_the_model_in_order_after_the_full_model(made):
    frame = ablate(made)
    assert list(frame["model"]) == [
        ALL_ON,
        "M1",
        "M3",
        "M4",
        "M5",
        "M6",
        "M7",
        "M9",
        "M10",
        "M11",
        "M24",
        "M26",
    ]
    assert frame["mechanism"].tolist()[1] == "M1 trade"
    assert set(frame["outcome"]) == {"csto-deploys"}
    assert frame.attrs == {"members": 64, "steps": 2}


def test_the_full_row_equals_the_run_and_the_alliance_carries_the_troops(made):
    frame = ablate(made).set_index("model")
    assert frame.loc[ALL_ON, "value"] == made.outcome("csto-deploys").values.mean()
    assert frame.loc["M11", "value"] == 0.0
    assert frame.loc["M4", "value"] == frame.loc[ALL_ON, "value"]


def test_without_revolts_an_incumbent_still_falls_only_when_something_draws_it(made):
    frame = ablate(made, "incumbent-falls").set_index("model")
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
