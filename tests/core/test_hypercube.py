"""Latin hypercubes: strata, seeds, independence of the dimensions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartland.core.hypercube import latin_hypercube


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**64 - 1), st.integers(1, 300), st.integers(1, 4))
def test_every_stratum_of_every_dimension_holds_one_point(seed, n, width):
    made = latin_hypercube(seed, [f"d{place}" for place in range(width)], n)
    edges = np.arange(n + 1) / n
    for column in made.T:
        assert (np.histogram(column, edges)[0] == 1).all()
        assert 0 <= column.min() <= column.max() < 1


def test_the_seed_decides_and_a_further_dimension_moves_no_other():
    a = latin_hypercube(7, ["x", "y"], 50)
    assert np.array_equal(a, latin_hypercube(7, ["x", "y"], 50))
    assert np.array_equal(a[:, 1], latin_hypercube(7, ["z", "y"], 50)[:, 1])
    assert not np.array_equal(a, latin_hypercube(8, ["x", "y"], 50))


def test_dimensions_do_not_go_together():
    made = latin_hypercube(3, ["x", "y", "z"], 4000)
    off = np.corrcoef(made.T)[np.triu_indices(3, 1)]
    assert np.abs(off).max() < 4 / np.sqrt(4000)


def test_the_mean_of_a_sum_is_met_more_closely_than_by_plain_draws():
    """What the design is for: the variance of a mean of additive functions all but vanishes."""
    means = [latin_hypercube(seed, ["x", "y"], 40).sum(axis=1).mean() for seed in range(50)]
    plain = [np.random.default_rng(seed).random((40, 2)).sum(axis=1).mean() for seed in range(50)]
    assert np.std(means) < np.std(plain) / 10


@pytest.mark.parametrize(("names", "n"), [(["x"], 0), (["x", "x"], 3)])
def test_no_point_and_double_names_are_refused(names, n):
    with pytest.raises(ValueError, match="at least one point and different names"):
        latin_hypercube(1, names, n)
