"""Drawn indices: common random numbers, constants of the structures, chunks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.measures.plain_draws import chance, plain_draws

from heartland.measures import index_draws as passes
from heartland.measures import indices, tidy
from heartland.measures.indices import Settings, central, drawn, index_draws, structure_constants
from heartland.measures.influence import influence
from heartland.measures.scores import CENTRAL, STRUCTURES


def test_fixed_factors_leave_no_width(world_l) -> None:
    found = tidy.inputs(replace(world_l, sd=0.0), constants=False)
    fixed = Settings(draws=20, kappa=float("inf"), vary=frozenset({"weights", "observations"}))
    expected = central(found)
    for kind, close in ((np.float64, 1e-12), (np.float32, 1e-6)):
        result = drawn(found, fixed, kind)
        assert np.ptp(result.overall["influence"], axis=-1).max() == 0
        np.testing.assert_allclose(result.overall["influence"][..., 0], expected.overall, rtol=close)


def patchy(world_l):
    """A world with unknowns, zeros, a total that can vanish, two sources and two dates."""
    gone = [("B", "J", "arms"), ("C", "J", "trade"), ("A", "K", "visits"), ("C", "K", "loans")]
    ties = {key: x for key, x in world_l.ties.items() if key not in gone}
    ties["C", "K", "arms"] = 0.0
    sources = {("A", "J", "trade"): {"x": (25.0, 0.3), "y": (100.0, 0.4)}}
    world = replace(world_l, ties=ties, sd=0.7, sources=sources)
    return tidy.inputs(world, times=["2019-12-31", "2020-12-31"])


@pytest.mark.parametrize("fill", [None, 0.0, 1.0])
@pytest.mark.parametrize("resample", [False, True])
def test_draws_are_those_of_the_definition(world_l, fill: float | None, resample: bool) -> None:
    found = patchy(world_l)
    settings = Settings(draws=120, seed=3, bootstrap=resample, fill=fill)
    domain, overall = plain_draws(found, settings)
    for kind, close in ((np.float64, 1e-12), (np.float32, 1e-5)):
        result = drawn(found, settings, kind)
        for name in indices.QUANTITIES:
            np.testing.assert_allclose(result.domain[name], domain[name], rtol=close, atol=close)
            np.testing.assert_allclose(result.overall[name], overall[name], rtol=close, atol=close)


def test_one_pass_for_several_sets_gives_the_same_bits(world_l) -> None:
    found, settings = patchy(world_l), Settings(draws=60)
    pairs = [(0, 1), (2, 0), (1, 2)]
    both, chances = index_draws(found, settings, bootstraps=(False, True), pairs=pairs)
    again = index_draws(found, settings, bootstraps=(), pairs=pairs)[1]
    for result, resample in zip(both, (False, True), strict=True):
        alone = drawn(found, replace(settings, bootstrap=resample))
        np.testing.assert_array_equal(result.domain["influence"], alone.domain["influence"])
        np.testing.assert_array_equal(result.overall["influence"], alone.overall["influence"])
    thin = index_draws(found, settings, bootstraps=(True,), keep=((("influence",), ()),))[0][0]
    assert list(thin.domain) == ["influence"]
    for name in indices.QUANTITIES:  # what was not kept is drawn again
        np.testing.assert_array_equal(thin.domain[name], both[1].domain[name])
        np.testing.assert_array_equal(thin.overall[name], both[1].overall[name])
    np.testing.assert_array_equal(chances.domain, again.domain)
    np.testing.assert_array_equal(chances.overall, again.overall)


@pytest.mark.parametrize("factor", indices.FACTORS)
def test_each_factor_moves_the_index_when_it_may(world_l, factor: str) -> None:
    found = tidy.inputs(world_l)
    alone = drawn(found, Settings(draws=50, vary=frozenset({factor}))).overall["influence"]
    none = drawn(found, Settings(draws=50, vary=frozenset())).overall["influence"]
    assert alone.std(axis=-1).min() > 0
    assert np.ptp(none, axis=-1).max() == 0


def test_the_size_of_blocks_changes_no_bit(world_l, monkeypatch: pytest.MonkeyPatch) -> None:
    found = tidy.inputs(world_l)
    whole = drawn(found, Settings(draws=200))
    monkeypatch.setattr(passes, "CELLS_AT_ONCE", 1)
    monkeypatch.setattr(passes, "DRAWS_AT_ONCE", 37)
    small = drawn(found, Settings(draws=200))
    first = drawn(found, Settings(draws=100))
    for name in indices.QUANTITIES:
        np.testing.assert_array_equal(whole.overall[name], small.overall[name])
        np.testing.assert_array_equal(whole.domain[name], small.domain[name])
        np.testing.assert_array_equal(whole.overall[name][..., :100], first.overall[name])


def test_structures_are_brought_to_one_level(world_l) -> None:
    found = tidy.inputs(world_l, constants=False)
    constants = structure_constants(found.volume(), found.totals(), found.base, found.spec)
    assert set(constants[CENTRAL.id].values()) == {1.0}
    centre = central(found).overall.mean()
    for structure in STRUCTURES:
        result = influence(found.volume(), found.totals(), found.base, found.spec, structure=structure)
        assert result.overall.mean() * constants[structure.id]["influence"] == pytest.approx(centre)


def test_stored_constants_are_used_as_they_stand(world_l) -> None:
    stored = {structure.id: {"influence": 0.5} for structure in STRUCTURES}
    reference = {**world_l.settings.reference, "structures": stored}
    world_l.settings.reference = reference
    assert tidy.inputs(world_l).constants == stored
    world_l.settings.reference = {"channels": reference["channels"]}
    assert tidy.inputs(world_l).constants == tidy.reference_constants(world_l)


def test_what_is_enough_is_decided_by_declared_weights_in_every_draw(world_l) -> None:
    ties = {key: x for key, x in world_l.ties.items() if key[2] in ("trade", "debt", "visits")}  # weight .6
    found = tidy.inputs(replace(world_l, ties=ties))
    assert np.isfinite(drawn(found, Settings(draws=300)).overall["influence"]).all()
    fewer = tidy.inputs(replace(world_l, ties={k: x for k, x in ties.items() if k[2] != "visits"}))  # .4
    assert np.isnan(drawn(fewer, Settings(draws=300)).overall["influence"]).all()


def test_pairs_are_compared_on_channels_known_for_both(world_l) -> None:
    found, settings = patchy(world_l), Settings(draws=150, seed=2)
    pairs = [(0, 1), (0, 2), (1, 2)]
    _, chances = index_draws(found, settings, bootstraps=(), pairs=pairs, dtype=np.float64)
    differ = []
    for place, (i, k) in enumerate(pairs):
        domain, overall = plain_draws(found, settings, (i, k))
        np.testing.assert_array_equal(chances.overall[place], chance(*overall["influence"]))
        np.testing.assert_array_equal(chances.domain[:, place], chance(
            domain["influence"][:, 0], domain["influence"][:, 1]))
        own = plain_draws(found, settings)[1]["influence"]
        differ.append(np.abs(chances.overall[place] - chance(own[i], own[k])).max())
    assert max(differ) > 0.01  # each on its own channels would say something else


def test_settled_constants_are_remembered_by_content_only(world_l, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tidy, "_SETTLED", {})
    thinner = replace(world_l, ties={key: x / 3 for key, x in world_l.ties.items()})
    first, second = tidy.reference_constants(world_l), tidy.reference_constants(thinner)
    assert first != second
    assert tidy.reference_constants(world_l) == first
