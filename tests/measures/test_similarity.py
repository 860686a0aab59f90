"""Likeness of portfolios against the published values of Signorino & Ritter 1999, and what always holds."""

from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartland.errors import HeartlandInputError
from heartland.measures.similarity import (
    STATISTICS,
    distances,
    item_parts,
    joint_table,
    one_hot,
    similarity,
    statistic,
)

ROOT = Path(__file__).resolve().parents[2]
CHECKS = Path(os.environ.get("HEARTLAND_SHARED", ROOT.parent / "shared")) / "data" / "checks"
ALLIANCES, VOTES = (0, 1, 2, 3), (1, 2, 3)
EXACT = {"abs": 1e-8, "rel": 0}
RULES = settings(max_examples=60, deadline=None, derandomize=True)


def check_file(name: str) -> pd.DataFrame:
    if not (CHECKS / name).is_file():
        pytest.skip(f"{name} is not among the checks; set HEARTLAND_SHARED to compare with it")
    return pd.read_csv(CHECKS / name)


@pytest.fixture(scope="module")
def of_1914() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    table = check_file("similarity_1914_gmy_rus.csv")
    columns = ("gmy_alliance_0_3", "rus_alliance_0_3", "capability_weight")
    return tuple(table[column].to_numpy(float) for column in columns)


@pytest.mark.parametrize(("name", "options", "expected"), [
    ("tau_b", {}, 0.0303169531), ("s", {}, 0.4), ("kappa", {}, -0.0775862069),
    ("kappa_nominal", {}, -0.0294117647), ("pi_nominal", {}, -0.0447761194), ("pi", {}, -0.0869565217),
    ("a", {}, -0.04), ("a", {"power": 2}, -0.04),
    ("s", {"own": (0, 1), "rule": "drop"}, 0.5555555556),
    ("kappa", {"own": (0, 1), "rule": "drop"}, 0.0303030303),
    ("s", {"own": (0, 1), "rule": "keep"}, 0.4),
])
def test_g1_alliances_of_1914(of_1914, name: str, options: dict, expected: float) -> None:
    x, y, _ = of_1914
    assert similarity(name, x, y, scale=ALLIANCES, **options) == pytest.approx(expected, **EXACT)


def test_g1_weights_by_capability(of_1914) -> None:
    x, y, weight = of_1914
    assert similarity("s", x, y, scale=ALLIANCES, weights=weight) == pytest.approx(-0.46, **EXACT)


def test_g1_levels_read_off_the_data_are_another_measure(of_1914) -> None:
    """Nobody holds level 2: numbering the levels that occur brings 3 next to 1 and S to .60."""
    x, y, _ = of_1914
    squeezed = [np.unique(np.concatenate([x, y])).searchsorted(z).astype(float) for z in (x, y)]
    assert similarity("s", *squeezed, scale=ALLIANCES) == pytest.approx(0.60, **EXACT)
    assert similarity("s", x, y, scale=ALLIANCES) == pytest.approx(0.40, **EXACT)


def test_g1_kappa_and_pi_with_and_without_distances_are_four_numbers(of_1914) -> None:
    x, y, _ = of_1914
    names = ("kappa", "kappa_nominal", "pi", "pi_nominal")
    found = {similarity(name, x, y, scale=ALLIANCES) for name in names}
    assert len({round(value, 6) for value in found}) == 4


@pytest.mark.parametrize(("pair", "name", "expected"), [
    (("UK", "FRN"), "s", 0.9230769231), (("UK", "FRN"), "kappa", 0.8354430380),
    (("UK", "FRN"), "tau_b", 0.8469895539), (("FRN", "RUS"), "s", 0.7692307692),
    (("FRN", "RUS"), "pi", 0.5968992248),
])
def test_g2_alliances_of_1947(pair: tuple[str, str], name: str, expected: float) -> None:
    table = check_file("similarity_1947_alliances.csv")
    x, y = (table[side].to_numpy(float) for side in pair)
    assert similarity(name, x, y, scale=ALLIANCES) == pytest.approx(expected, **EXACT)


def test_g2_weights_that_do_not_sum_to_one_are_normalised() -> None:
    table = check_file("similarity_1947_alliances.csv")
    x, y, weight = (table[c].to_numpy(float) for c in ("USA", "RUS", "capability_weight"))
    assert weight.sum() == pytest.approx(0.98)
    assert similarity("s", x, y, scale=ALLIANCES, weights=weight) == pytest.approx(-0.7551020408, **EXACT)
    raw = 1 - 2 * float((weight * np.abs(x - y) / 3).sum())
    assert abs(raw + 0.7551020408) > 0.01


@pytest.mark.parametrize(("pair", "name", "options", "expected"), [
    (("USA", "RUS"), "s", {}, -0.5), (("USA", "RUS"), "s", {"power": 2}, -0.46875),
    (("USA", "RUS"), "kappa", {}, -0.4935451837), (("USA", "RUS"), "tau_b", {}, -0.5302810338),
    (("USA", "FRN"), "s", {}, 0.78125), (("USA", "FRN"), "kappa", {}, 0.7291666667),
    (("USA", "FRN"), "pi", {}, 0.7290784761),
])
def test_g3_votes_of_1947(pair: tuple[str, str], name: str, options: dict, expected: float) -> None:
    table = check_file("similarity_1947_un_votes.csv")
    x, y = (table[side].to_numpy(float) for side in pair)
    assert len(x) == 32
    assert similarity(name, x, y, scale=VOTES, **options) == pytest.approx(expected, **EXACT)


def test_every_pair_of_the_computed_table() -> None:
    columns = {"tau_b": ("tau_b", None), "S_abs": ("s", 1), "S_sq": ("s", 2), "kappa_sq": ("kappa", 2),
               "kappa_abs": ("kappa", 1), "pi_sq": ("pi", 2), "pi_abs": ("pi", 1)}
    files = {"1914": ("similarity_1914_gmy_rus.csv", ALLIANCES),
             "1947 alliances": ("similarity_1947_alliances.csv", ALLIANCES),
             "1947 UN": ("similarity_1947_un_votes.csv", VOTES)}
    names = {"GMY": "gmy_alliance_0_3", "RUS": "rus_alliance_0_3"}
    compared = 0
    for row in check_file("similarity_computed.csv").to_dict("records"):
        case, _, pair = row["case"].rpartition(" ")
        file, scale = files[case]
        table = check_file(file)
        x, y = (table[names[side] if case == "1914" else side].to_numpy(float) for side in pair.split("-"))
        for column, (name, power) in columns.items():
            if not math.isnan(row[column]):
                found = similarity(name, x, y, scale=scale, power=power)
                assert found == pytest.approx(row[column], abs=1e-9, rel=0), (row["case"], column)
                compared += 1
    assert compared >= 60


def test_constant_equal_portfolios_leave_no_room_for_chance() -> None:
    same = np.full(5, 2.0)
    found = {name: similarity(name, same, same, scale=ALLIANCES) for name in STATISTICS}
    assert found["s"] == 1.0
    assert found["a"] == 0.0
    assert all(math.isnan(found[name]) for name in ("kappa", "kappa_nominal", "pi", "pi_nominal", "tau_b"))


def test_a_constant_against_another_has_no_order_but_a_chance() -> None:
    low, high = np.zeros(4), np.full(4, 3.0)
    assert similarity("s", low, high, scale=ALLIANCES) == -1.0
    assert similarity("kappa", low, high, scale=ALLIANCES) == pytest.approx(0.0)
    assert similarity("pi", low, high, scale=ALLIANCES) == pytest.approx(-1.0)
    assert math.isnan(similarity("tau_b", low, high, scale=ALLIANCES))


def test_items_without_a_position_are_left_out() -> None:
    x, y = np.array([1.0, 3.0, np.nan, 1.0]), np.array([1.0, 1.0, 3.0, np.nan])
    assert similarity("s", x, y, scale=VOTES) == similarity("s", x[:2], y[:2], scale=VOTES) == 0.0
    assert math.isnan(similarity("s", x[2:], y[2:], scale=VOTES))


def test_own_ties_are_coded_at_the_top_or_left_out() -> None:
    x, y = np.array([0.0, 1.0, 0.0]), np.array([1.0, 0.0, 0.0])
    keep = similarity("s", x, y, scale=ALLIANCES, own=(0, 1))
    coded = np.array([3.0, 1, 0]), np.array([1.0, 3, 0])
    assert keep == pytest.approx(similarity("s", *coded, scale=ALLIANCES))
    assert similarity("s", x, y, scale=ALLIANCES, own=(0, 1), rule="drop") == 1.0
    with pytest.raises(HeartlandInputError, match="is no rule for own ties"):
        similarity("s", x, y, scale=ALLIANCES, own=(0, 1), rule="skip")


def test_a_position_off_the_scale_and_a_scale_that_is_none() -> None:
    with pytest.raises(HeartlandInputError, match=r"position 2\.5 is not on the scale"):
        one_hot(np.array([1.0, 2.5]), VOTES)
    for scale in ((1.0,), (1.0, 1.0), (3.0, 1.0)):
        with pytest.raises(HeartlandInputError, match="is no scale"):
            distances(scale)
    with pytest.raises(TypeError, match="scale"):
        similarity("s", np.zeros(2), np.zeros(2))


SCALES = st.sampled_from([(0.0, 1.0), (1.0, 2.0, 3.0), (0.0, 1.0, 2.0, 3.0), (0.0, 2.0, 3.0)])


@st.composite
def portfolios(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, tuple[float, ...]]:
    scale = draw(SCALES)
    size = draw(st.integers(3, 12))
    level = st.lists(st.sampled_from(scale), min_size=size, max_size=size)
    return np.array(draw(level)), np.array(draw(level)), scale


def lin(x: np.ndarray, y: np.ndarray) -> float:
    both = 2 * ((x - x.mean()) * (y - y.mean())).mean()
    return float(both / (x.var() + y.var() + (x.mean() - y.mean()) ** 2))


@RULES
@given(case=portfolios())
def test_11_squared_kappa_is_lins_concordance_and_pi_the_pooled_one(case) -> None:
    x, y, scale = case
    pooled = np.concatenate([x, y]).var()
    if pooled == 0:
        return
    if x.var() + y.var() + (x.mean() - y.mean()) ** 2 > 0:
        assert similarity("kappa", x, y, scale=scale) == pytest.approx(lin(x, y), abs=1e-12)
    expected = 1 - ((x - y) ** 2).mean() / (2 * pooled)
    assert similarity("pi", x, y, scale=scale) == pytest.approx(expected, abs=1e-12)


@RULES
@given(case=portfolios())
def test_11_reversing_both_scales_and_swapping_the_two_change_nothing(case) -> None:
    x, y, scale = case
    top = scale[0] + scale[-1]
    other = tuple(sorted(top - level for level in scale))
    for name in STATISTICS:
        value = similarity(name, x, y, scale=scale)
        turned = similarity(name, top - x, top - y, scale=other)
        swapped = similarity(name, y, x, scale=scale)
        np.testing.assert_allclose([turned, swapped], value, atol=1e-12)


@RULES
@given(case=portfolios())
def test_bounds_and_squared_distances_are_never_farther(case) -> None:
    x, y, scale = case
    table = joint_table(x, y, scale)
    assert table.sum() == pytest.approx(1.0)
    absolute, squared = (float(statistic("s", table, scale, power=p)) for p in (1, 2))
    assert -1 - 1e-12 <= absolute <= squared + 1e-12 <= 1 + 2e-12
    assert abs(float(statistic("a", table, scale))) <= 2
    for name in ("kappa", "pi", "kappa_nominal", "pi_nominal"):
        value = float(statistic(name, table, scale))
        assert math.isnan(value) or value <= 1 + 1e-12


@RULES
@given(case=portfolios())
def test_15_items_sum_to_every_statistic(case) -> None:
    x, y, scale = case
    table = joint_table(x, y, scale)
    for name in STATISTICS:
        value = float(statistic(name, table, scale))
        if not math.isnan(value):
            assert float((table * item_parts(name, table, scale)).sum()) == pytest.approx(value, abs=1e-9)


def test_tau_b_counts_pairs_of_items() -> None:
    """Pairs counted one by one."""
    x, y = np.array([1.0, 2, 2, 3, 1, 3]), np.array([1.0, 2, 3, 2, 1, 3])
    pairs = [(i, j) for i in range(6) for j in range(i)]
    sign = [(np.sign(x[i] - x[j]), np.sign(y[i] - y[j])) for i, j in pairs]
    net = sum(a * b for a, b in sign)
    untied = math.sqrt(sum(a != 0 for a, _ in sign) * sum(b != 0 for _, b in sign))
    assert similarity("tau_b", x, y, scale=VOTES) == pytest.approx(net / untied, abs=1e-14)
