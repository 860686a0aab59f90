"""Coverage, age, disagreement, grade."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from heartland.measures import tidy
from heartland.measures.quality import GRADES, grade, quality


@pytest.mark.parametrize(
    ("coverage", "age", "disagreement", "assumed", "expected"),
    [
        (0.9, 1.0, 0.1, 0.0, "A"), (0.89, 1.0, 0.1, 0.0, "B"), (0.9, 1.1, 0.1, 0.0, "B"),
        (1.0, 0.0, np.nan, 0.0, "B"), (1.0, 0.0, 0.3, 0.0, "C"), (0.5, 3.0, 0.5, 0.0, "C"),
        (0.49, 0.0, 0.0, 0.0, "D"), (1.0, 3.1, 0.0, 0.0, "D"), (1.0, 0.0, 0.51, 0.0, "D"),
        (1.0, np.nan, 0.0, 0.0, "D"), (1.0, 0.0, 0.0, 0.5, "A"), (1.0, 0.0, 0.0, 0.51, "D"),
    ],
)
def test_the_worst_item_sets_the_grade(
    coverage: float, age: float, disagreement: float, assumed: float, expected: str,
) -> None:
    arrays = (np.array([x]) for x in (coverage, age, disagreement, assumed))
    assert GRADES[grade(*arrays)[0]] == expected


def test_t11_two_sources_disagree_by_the_larger(world_l) -> None:
    world = replace(world_l, sources={("A", "J", "media"): {"x": (0.49, 0.1), "y": (0.15, 0.1)}})
    found = tidy.inputs(world, constants=False)
    shown = quality(found, ["media"], np.ones(1), np.ones((3, 2, 1)))
    assert shown.disagreement[0, 0, 0] == pytest.approx(0.6938775510, abs=1e-9)
    assert not shown.single[0, 0, 0]
    assert shown.single[1, 0, 0]
    assert np.isnan(shown.disagreement[1, 0, 0])


def test_ages_and_disagreements_are_weighted_over_known_inputs(world_l) -> None:
    found = tidy.inputs(world_l, constants=False)
    age = found.age.copy()
    age[0, 0, :3, 0] = (0.0, 2.0, 9.0)
    value = found.value.copy()
    value[0, 0, 2, 0] = np.nan
    found = replace(found, age=age, value=value)
    shown = quality(found, ["trade", "debt", "arms"], np.array([3.0, 1.0, 5.0]), np.ones((3, 2, 1)))
    assert shown.age[0, 0, 0] == pytest.approx(0.5)


def test_assumed_inputs_are_flagged_and_grade_d_above_half_the_weight(world_l) -> None:
    found = tidy.inputs(replace(world_l, status={("A", "J", "trade"): 7}), constants=False)
    shown = quality(found, ["trade", "debt"], np.array([3.0, 1.0]), np.ones((3, 2, 1)))
    less = quality(found, ["trade", "debt"], np.array([1.0, 1.0]), np.ones((3, 2, 1)))
    assert (GRADES[shown.grade[0, 0, 0]], GRADES[less.grade[0, 0, 0]]) == ("D", "B")
    assert shown.imputed[0, 0, 0]
    assert less.imputed[0, 0, 0]
    assert not shown.imputed[1, 0, 0]
