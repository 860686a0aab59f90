"""Separated rows: the published examples, exactly, and what a shortcut misses."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from heartland.measures.effects import codes
from heartland.measures.separation import separated

SHARED = Path(os.environ.get("HEARTLAND_SHARED", Path(__file__).resolve().parents[3] / "shared"))
FOLDER = SHARED / "data" / "checks" / "ppml_separation"
COUNTS = (2, 1, 2, 83, 1, 1, 4, 1, 0, 5, 0, 1, 1, 0, 9, 29, 29, 29)
needs_files = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"{FOLDER} is not there")


def read(number: int) -> tuple[np.ndarray, np.ndarray, list[np.ndarray], np.ndarray]:
    table = pd.read_csv(FOLDER / f"{number:02d}.csv")
    x = table[[name for name in table if name.startswith("x")]].to_numpy(float)
    factors = [codes(table[name]) for name in table if name.startswith("id")]
    return table.y.to_numpy(float), x, factors, table.separated.to_numpy() == 1


@needs_files
@pytest.mark.parametrize("number", range(1, 19))
def test_the_published_examples(number: int) -> None:
    y, x, factors, expected = read(number)
    found = separated(y, x, factors)
    assert found.sum() == COUNTS[number - 1]
    assert (found == expected).all()


@needs_files
def test_all_zero_groups_alone_are_not_enough() -> None:
    missed = 0
    for number in range(1, 19):
        y, _, factors, expected = read(number)
        groups = np.zeros(len(y), dtype=bool)
        for factor in factors:
            groups |= np.bincount(factor, weights=y)[factor] == 0
        missed += (groups != expected).any()
    assert missed >= 10


@needs_files
def test_the_order_and_scale_of_rows_do_not_matter() -> None:
    y, x, factors, expected = read(7)
    order = np.random.default_rng(0).permutation(len(y))
    found = separated(y[order] * 1e6, x[order] * 1e3, [factor[order] for factor in factors])
    assert (found == expected[order]).all()


def test_a_regressor_that_marks_only_zeros_separates_them() -> None:
    y = np.array([0.0, 0.0, 1.0, 2.0])
    assert separated(y, np.array([[1.0], [0], [0], [0]]), []).tolist() == [True, False, False, False]
    assert not separated(y, np.array([[1.0], [0], [1], [0]]), []).any()
