"""The shipped region opens at any year's end from 2000 on: a run starts, and its start is uncertain."""

from __future__ import annotations

import numpy as np
import pytest

import heartland as hl
from heartland.scenarios.compile import compile_plan
from heartland.scenarios.scenario import Scenario

REGION = hl.Region.load("central-asia")
YEARS = range(2000, 2025)


def quiet(year: int, months: int = 12) -> Scenario:
    return Scenario(REGION, f"from-{year}", f"From {year}", "What happens?", f"{year}-12-31", months)


@pytest.mark.parametrize("year", YEARS)
def test_a_run_starts_from_any_year(year: int) -> None:
    plan = compile_plan(quiet(year), members=128, seed=1)
    for name, values in plan.start.items():
        assert not np.isinf(values).any(), name
    for name in ("gdp", "effort", "capacity", "unrest", "growth_gap"):
        assert not np.isnan(plan.start[name]).any(), name
    assert (plan.start["gdp"] > 0).all()
    known = {name for name, values in plan.volumes.items() if np.isfinite(values).any()}
    assert {"trade", "debt", "remittances", "arms", "presence"} <= known
    for name in ("trade", "remittances", "presence"):
        drawn = plan.volumes[name][np.isfinite(plan.volumes[name]).all(axis=-1)]
        assert (np.ptp(drawn, axis=-1) > 0).any(), f"{name} has no uncertainty"


@pytest.mark.parametrize("year", [2000, 2008, 2016, 2024])
def test_a_year_from_any_start_stays_finite(year: int) -> None:
    run = hl.run(quiet(year), members=64, seed=1)
    for name in ("gdp", "stress", "unrest", "presence", "influence"):
        values = run.array(name)
        assert not np.isinf(values).any(), name
    assert not np.isnan(run.array("gdp")).any()


def test_unknown_at_the_start_is_said() -> None:
    early, late = (compile_plan(quiet(year), members=64, seed=1).unknown for year in (2000, 2013))
    assert any(note.startswith("rivalry of") for note in early)
    assert not any(note.startswith("rivalry of") for note in late)
