"""Main effects: means over the other factors, member by member."""

from __future__ import annotations

import numpy as np
import pytest

from heartland.core.tree import Number
from heartland.runs.sweep_effects import main_effects, mean_difference, pair_effects
from heartland.runs.sweep_result import Sweep
from heartland.scenarios.design import Design
from heartland.scenarios.factors import Factor, Range
from heartland.scenarios.filing import Outcome
from heartland.scenarios.scenario import Scenario
from heartland.scenarios.validate import load_region

REGION = load_region("central-asia")
SCENARIO = Scenario.load(REGION, "kazakhstan-2022")
ASKED = Outcome("x", "How much?", "1", "index", Number(1.0))


def sweep_of(values, finished=None, **keys):
    """A sweep whose members answer what they are told: (point, member)."""
    design = Design((SCENARIO,), outcomes=(ASKED,), members=len(values[0]), **keys)
    kept = tuple(range(len(design.points))) if finished is None else finished
    arrays = {"value": np.asarray(values, dtype=float)[:, None, :]}
    return Sweep(design, arrays, kept, ("",) * len(design.points), {}, {"sweep_id": "s"})


GRID = {"factors": (Factor("off(M6)", ("as-it-is", "yes"), False), Factor("p", (1.0, 2.0), True))}
# reference; as it is with 1 and 2; off with 1 and 2
VALUES = [[0, 0, 0, 0], [1, 1, 1, 1], [3, 3, 3, 3], [2, 2, 2, 2], [8, 8, 8, 10]]


def test_a_main_effect_is_the_mean_over_all_other_factors():
    told = main_effects(sweep_of(VALUES, **GRID), "x")
    found = {(row["factor"], row["level"]): row for row in told.to_dict("records")}
    assert found["off(M6)", "yes"]["value"] == pytest.approx((2 + 8.5) / 2)
    assert found["p", 1.0]["value"] == pytest.approx(1.5)
    assert found["p", 2.0]["value"] == pytest.approx((3 + 8.5) / 2)
    assert found["p", 2.0]["points"] == 2
    # the reference has all factors as they are, and counts for a value of that name
    assert found["off(M6)", "as-it-is"]["points"] == 3


def test_pairs_of_factors_have_a_cell_for_each_point():
    told = pair_effects(sweep_of(VALUES, **GRID), "x", "p", "off(M6)")
    assert told[["across", "down", "value"]].to_numpy().tolist() == [
        [1.0, "as-it-is", 1.0], [2.0, "as-it-is", 3.0], [1.0, "yes", 2.0], [2.0, "yes", 8.5],
    ]  # fmt: skip


def test_members_without_an_answer_at_one_of_the_points_are_left_out():
    values = np.array(VALUES, dtype=float)
    values[1, 0] = np.nan
    told = mean_difference(sweep_of(values, **GRID), "x", (1, 4))
    assert told.value == pytest.approx(((1 + 8) / 2 * 2 + (1 + 10) / 2) / 3)
    none = mean_difference(sweep_of(np.full((5, 4), np.nan), **GRID), "x", (1,))
    assert np.isnan(none.value)


def test_points_of_a_range_stand_in_the_order_of_their_values():
    keys = {"ranges": (Range("trade.cost_elasticity", 0.0, 1.0, "even"),), "hypercube": 4}
    told = main_effects(sweep_of([[0, 0], [1, 1], [2, 2], [3, 3], [4, 4]], **keys), "x")
    levels = told["level"].tolist()
    assert levels == sorted(levels)
    assert sorted(told["value"]) == [1, 2, 3, 4]
