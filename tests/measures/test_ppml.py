"""Poisson regression against a published gravity panel, and against what defines its solution."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartland.errors import HeartlandInputError
from heartland.measures.effects import Effects, codes
from heartland.measures.ppml import PoissonFit, fit_poisson

SHARED = Path(os.environ.get("HEARTLAND_SHARED", Path(__file__).resolve().parents[3] / "shared"))
PANEL = SHARED / "data" / "checks" / "gravity_agtpa_1986_2006.csv.gz"
needs_panel = pytest.mark.skipif(not PANEL.is_file(), reason=f"{PANEL} is not there")


@pytest.fixture(scope="module")
def panel() -> pd.DataFrame:
    return pd.read_csv(PANEL)


def fitted(
    table: pd.DataFrame, columns: list[str], *, pairs: bool = False, clusters: str = "pair_id"
) -> PoissonFit:
    x = np.column_stack([np.log(table.dist) if c == "dist" else table[c] for c in columns]).astype(float)
    year = table.year.astype(str)
    factors = [codes((table[side] + year).to_numpy(str)) for side in ("exporter", "importer")]
    pair = codes(table.pair_id)
    directed = codes((table.exporter + table.importer).to_numpy(str))
    return fit_poisson(
        table.trade.to_numpy(float),
        x,
        [*factors, pair] if pairs else factors,
        pair if clusters == "pair_id" else directed,
    )


@needs_panel
def test_published_gravity_coefficients_and_clustered_errors(panel: pd.DataFrame) -> None:
    apart = panel[panel.exporter != panel.importer]
    assert len(apart) == 28152
    found = fitted(apart, ["dist", "cntg", "lang", "clny"])
    assert found.coefficients == pytest.approx([-0.8409, 0.4374, 0.2475, -0.2225], abs=1e-4)
    assert found.errors == pytest.approx([0.0321, 0.0844, 0.0777, 0.1180], rel=0.02)
    # Wrong rule: the two directions of a pair as two clusters.
    wrong = fitted(apart, ["dist", "cntg", "lang", "clny"], clusters="directed")
    assert (np.abs(wrong.errors / [0.0321, 0.0844, 0.0777, 0.1180] - 1) > 0.1).all()


@needs_panel
def test_published_coefficients_with_an_agreement(panel: pd.DataFrame) -> None:
    apart = panel[panel.exporter != panel.importer]
    found = fitted(apart, ["dist", "cntg", "lang", "clny", "rta"])
    assert found.coefficients == pytest.approx([-0.8216, 0.4155, 0.2499, -0.2054, 0.1907], abs=1e-4)
    # Wrong rule: zeros dropped, logarithms fitted.
    some = apart[apart.trade > 0]
    x = np.column_stack([np.log(some.dist), some.rta]).astype(float)
    effects = Effects(
        [codes((some[s] + some.year.astype(str)).to_numpy(str)) for s in ("exporter", "importer")], len(some)
    )
    both = np.column_stack([np.log(some.trade), x])
    swept = both - effects.spread(effects.fit(both, np.ones(len(some))))
    slope = np.linalg.lstsq(swept[:, 1:], swept[:, 0], rcond=None)[0]
    assert abs(slope[0] + 0.8216) > 0.1


@needs_panel
def test_published_coefficient_with_pair_effects(panel: pd.DataFrame) -> None:
    found = fitted(panel, ["rta"], pairs=True)
    assert found.coefficients == pytest.approx([0.5572], abs=1e-4)
    # Wrong rule: trade inside each actor left out.
    wrong = fitted(panel[panel.exporter != panel.importer], ["rta"], pairs=True)
    assert abs(wrong.coefficients[0] - 0.5572) > 0.01


@needs_panel
def test_fitted_margins_equal_observed_margins(panel: pd.DataFrame) -> None:
    apart = panel[panel.exporter != panel.importer]
    found = fitted(apart, ["dist", "cntg"])
    for side in ("exporter", "importer"):
        group = codes((apart[side] + apart.year.astype(str)).to_numpy(str))
        observed = np.bincount(group, weights=apart.trade)
        assert np.bincount(group, weights=found.fitted) == pytest.approx(observed, rel=1e-6)
    assert (apart.cntg * found.fitted).sum() == pytest.approx((apart.cntg * apart.trade).sum(), rel=1e-6)


def small(seed: int, n: int = 8) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    rng = np.random.default_rng(seed)
    seller, buyer = (grid.reshape(-1) for grid in np.meshgrid(np.arange(n), np.arange(n), indexing="ij"))
    x = rng.normal(size=(n * n, 2))
    y = rng.poisson(np.exp(0.5 * x[:, 0] - 0.3 * x[:, 1] + rng.normal(size=n)[seller] + 1.0)).astype(float)
    return y, x, [seller, buyer]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.floats(1e-6, 1e6))
def test_a_change_of_unit_moves_only_the_effects(seed: int, unit: float) -> None:
    y, x, factors = small(seed)
    first, second = fit_poisson(y, x, factors), fit_poisson(y * unit, x, factors)
    assert second.coefficients == pytest.approx(first.coefficients, rel=1e-6, abs=1e-8)
    assert second.fitted == pytest.approx(first.fitted * unit, rel=1e-6)
    for side in range(2):
        observed = np.bincount(factors[side], weights=y)
        assert np.bincount(factors[side], weights=first.fitted) == pytest.approx(observed, rel=1e-6)


def test_effects_and_coefficients_rebuild_the_fit() -> None:
    y, x, factors = small(3)
    found = fit_poisson(y, x, factors)
    index = x @ found.coefficients + found.effects[0][factors[0]] + found.effects[1][factors[1]]
    assert np.exp(index) == pytest.approx(found.fitted, rel=1e-8)


def test_without_factors_a_constant_is_fitted() -> None:
    found = fit_poisson(np.array([1.0, 2.0, 6.0]), np.zeros((3, 0)), [])
    assert found.fitted == pytest.approx([3.0, 3.0, 3.0])
    assert found.effects[0] == pytest.approx([np.log(3.0)])


def test_an_all_zero_group_is_left_out_and_has_no_effect() -> None:
    y = np.array([0.0, 0.0, 1.0, 3.0])
    found = fit_poisson(y, np.zeros((4, 0)), [np.array([0, 0, 1, 1])])
    assert found.used.tolist() == [False, False, True, True]
    assert np.isnan(found.effects[0][0])
    assert found.fitted == pytest.approx([0, 0, 2, 2])


def test_unknown_or_negative_flows_are_refused() -> None:
    with pytest.raises(HeartlandInputError) as caught:
        fit_poisson(np.array([1.0, np.nan]), np.zeros((2, 0)), [])
    assert str(caught.value) == (
        "flows or regressors are negative or unknown. An unknown flow is no zero. "
        "Leave such rows out before the fit."
    )
