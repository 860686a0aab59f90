"""Drawn indices: common random numbers, constants of the structures, chunks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from heartland.measures import indices, tidy
from heartland.measures.indices import Settings, central, common, drawn, drawn_pairs, structure_constants
from heartland.measures.influence import influence
from heartland.measures.scores import CENTRAL, STRUCTURES


def test_fixed_factors_leave_no_width(world_l) -> None:
    found = tidy.inputs(replace(world_l, sd=0.0), constants=False)
    result = drawn(found, Settings(draws=20, kappa=float("inf"), vary=frozenset({"weights", "observations"})))
    expected = central(found)
    assert np.ptp(result.overall["influence"], axis=-1).max() == 0
    np.testing.assert_allclose(result.overall["influence"][..., 0], expected.overall, rtol=1e-12)


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
    monkeypatch.setattr(indices, "_CELLS_AT_ONCE", 1)
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
    ties = {key: x for key, x in world_l.ties.items() if key != ("B", "J", "arms")}
    found = tidy.inputs(replace(world_l, ties=ties, sd=0.0))
    two = drawn_pairs(found, Settings(draws=3, vary=frozenset()), [(0, 1)])[0].overall["influence"]
    expected = central(common(found, (0, 1))).overall
    np.testing.assert_allclose(two[..., 0], expected[:2], rtol=1e-12)
    assert expected[0, 0, 0] != central(found).overall[0, 0, 0]


def test_settled_constants_are_remembered_by_content_only(world_l, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tidy, "_SETTLED", {})
    thinner = replace(world_l, ties={key: x / 3 for key, x in world_l.ties.items()})
    first, second = tidy.reference_constants(world_l), tidy.reference_constants(thinner)
    assert first != second
    assert tidy.reference_constants(world_l) == first
