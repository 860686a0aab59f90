"""Draws of weights and structures: their moments, and that they leave each other alone."""

from __future__ import annotations

import numpy as np
import pytest

from heartland.measures.scores import STRUCTURES, compile_spec, spec_from_records
from heartland.measures.sums import Collector, domain_means
from heartland.measures.weighting import bootstrap_weights, central_weights, structure_draws, weight_draws

N = 4000


def compiled(record, *more):
    return compile_spec(spec_from_records([
        record("domain", "e", w=0.6), record("domain", "s", w=0.4),
        record("bandwidth", "e", "aid", 0.25), record("bandwidth", "e", "trade", 0.75),
        record("bandwidth", "s", "arms", 1.0), record("dependence", "e", "trade", 1.0, base="total"), *more]))


def test_each_simplex_sums_to_one_with_the_declared_mean_and_spread(record) -> None:
    bandwidth, dependence, w, u = weight_draws(compiled(record), N, 1)
    assert bandwidth[:2].sum(axis=0) == pytest.approx(np.ones(N))
    assert bandwidth[2] == pytest.approx(np.ones(N))
    assert dependence[0] == pytest.approx(np.ones(N))
    assert bandwidth[0].mean() == pytest.approx(0.25, abs=0.005)
    assert bandwidth[0].std() == pytest.approx(np.sqrt(0.25 * 0.75 / 21), rel=0.05)
    assert w.mean(axis=1) == pytest.approx([0.6, 0.4], abs=0.01)
    assert u[0] == pytest.approx(np.ones(N))
    assert (u[1] == 0).all()


def test_infinite_kappa_fixes_the_weights_and_flat_ignores_them(record) -> None:
    spec = compiled(record)
    for drawn, fixed in zip(weight_draws(spec, 5, 1, float("inf")), central_weights(spec, 5), strict=True):
        np.testing.assert_array_equal(drawn, fixed)
    flat = weight_draws(spec, N, 1, "flat")[0]
    assert flat[0].mean() == pytest.approx(0.5, abs=0.02)
    assert flat[0].var() == pytest.approx(1 / 12, rel=0.1)


def test_prefixes_agree_and_a_new_domain_moves_no_item(record) -> None:
    short, long = weight_draws(compiled(record), 100, 3), weight_draws(compiled(record), 1000, 3)
    for a, b in zip(short, long, strict=True):
        np.testing.assert_array_equal(a, b[:, :100])
    wider = compiled(record, record("domain", "p", w=0.1), record("bandwidth", "p", "visits", 1.0))
    np.testing.assert_array_equal(weight_draws(wider, 100, 3)[0][:2], short[0][:2])


def test_structures_come_with_the_declared_probabilities() -> None:
    drawn = [STRUCTURES[place] for place in structure_draws(N, 2)]
    share = {name: np.mean([s.transform == name for s in drawn]) for name in ("log", "linear", "ecdf")}
    assert share["log"] == pytest.approx(0.5, abs=0.03)
    assert share["linear"] == pytest.approx(0.25, abs=0.03)
    assert np.mean([s.rho == 1 for s in drawn]) == pytest.approx(0.6, abs=0.03)
    assert np.mean([s.total == "product" for s in drawn]) == pytest.approx(0.7, abs=0.03)


def test_the_bootstrap_keeps_at_least_one_channel_of_every_domain(record) -> None:
    spec = compiled(record)
    drawn = bootstrap_weights(spec, central_weights(spec, N), 1)
    assert drawn[0][:2].sum(axis=0) == pytest.approx(np.ones(N))
    assert drawn[0][2] == pytest.approx(np.ones(N))
    left_out = (drawn[0][0] == 0).mean()
    assert left_out == pytest.approx(np.exp(-1) * (1 - np.exp(-1)) + np.exp(-2) / 2, abs=0.03)


ROWS = np.array([[0.9, 0.2, 0.4], [0.5, 0.6, 0.5], [0.3, 0.8, 0.7]])


def test_t11_first_place_under_a_flat_simplex(record) -> None:
    n = 20_000
    spec = compile_spec(spec_from_records([
        record("domain", "e"), *(record("bandwidth", "e", name, 1 / 3) for name in ("aid", "arms", "trade")),
    ]))
    weights = weight_draws(spec, n, 11, "flat")[0]
    first = (ROWS @ weights).argmax(axis=0)
    share = [float((first == place).mean()) for place in range(3)]
    assert share[1] == 0.0
    for found, expected in zip((share[0], share[2]), (1 / 3, 2 / 3), strict=True):
        assert found == pytest.approx(expected, abs=3 * np.sqrt(expected * (1 - expected) / n))
    declared = (ROWS @ weight_draws(spec, n, 11, 20.0)[0]).argmax(axis=0)
    # a Dirichlet around equal weights is another question, with another answer
    assert abs(float((declared == 0).mean()) - 1 / 3) > 3 * np.sqrt(2 / 9 / n)


def test_t11_geometric_means() -> None:
    known = np.ones((1, 3))
    collector = Collector(1, 1, 0.0, None)
    for column in ROWS.T:
        collector.add(0, np.array(1 / 3), column.copy(), None)
    means = domain_means(collector.sums(), known[:, :1], 0.0)[0][0]
    assert means == pytest.approx([0.4160167646, 0.5313292846, 0.5517848353], abs=1e-8)
    assert means != pytest.approx(ROWS.mean(axis=1), abs=1e-3)  # the arithmetic mean is another ranking
