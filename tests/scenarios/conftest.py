"""The shipped region, loaded once, and one short run of its headline scenario beside its baseline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from heartland.runs.run import run_all
from heartland.scenarios.ensemble import Ensemble
from heartland.scenarios.scenario import Scenario
from heartland.scenarios.validate import load_region

MONTHS = 14


@pytest.fixture(scope="session")
def region() -> Any:
    return load_region("central-asia")


@pytest.fixture(scope="session")
def calm(region) -> Scenario:
    """Fourteen months from the end of 2021 on which nothing is patched."""
    return replace(Scenario.load(region, "january-2022-held-off"), months=MONTHS, patches=())


@pytest.fixture(scope="session")
def crisis(region) -> Scenario:
    """The headline scenario, cut to fourteen months."""
    return replace(Scenario.load(region, "kazakhstan-2022"), months=MONTHS, outcomes=())


@pytest.fixture(scope="session")
def pair(crisis) -> tuple[Ensemble, Ensemble]:
    """Headline scenario and baseline: 96 members, so that the second block is cut; everything recorded."""
    treated, base = run_all([crisis, crisis.baseline()], members=96, seed=3, record="full")
    return treated, base


@pytest.fixture(scope="session")
def calm_run(calm) -> Ensemble:
    """64 members of the unpatched world, everything recorded."""
    return run_all([calm], members=64, seed=3, record="full")[0]


@pytest.fixture(scope="session")
def arrays() -> Callable[[Ensemble], dict[str, np.ndarray]]:
    """Every recorded array of a run by name."""
    from heartland.runs.job import variables_of

    return lambda run: {spec.name: run.array(spec.name) for spec in variables_of(run.layout)}
