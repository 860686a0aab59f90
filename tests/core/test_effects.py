"""The random-effects mean: a worked case, exact values, one value alone."""

from __future__ import annotations

import math

import pytest

from heartland.core.effects import random_effects


def logit(p: float) -> float:
    return math.log(p / (1 - p))


def test_two_shares_that_clash() -> None:
    found = random_effects([logit(0.49), logit(0.15)], [0.2, 0.2])
    assert 1 / (1 + math.exp(-found.mean)) == pytest.approx(0.292, abs=5e-4)
    assert (found.tau2, found.i2) == (pytest.approx(1.396, abs=5e-4), pytest.approx(0.972, abs=5e-4))
    assert found.weights == pytest.approx([0.5, 0.5])


def test_values_that_agree_are_weighted_by_their_errors_alone() -> None:
    found = random_effects([1.0, 1.1], [0.1, 0.2])
    assert found.tau2 == 0.0
    assert found.mean == pytest.approx((1.0 / 0.01 + 1.1 / 0.04) / 125)
    assert found.error == pytest.approx(125**-0.5)


def test_exact_values_alone_decide() -> None:
    assert random_effects([1.0, 2.0, 9.0], [0.0, 0.0, 0.5])[:4] == (1.5, 0.0, 0.0, 1.0)


def test_one_value_stands_for_itself() -> None:
    assert random_effects([3.0], [0.4]) == (3.0, 0.4, 0.0, 0.0, [1.0])
