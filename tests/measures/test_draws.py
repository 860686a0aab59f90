"""Draws of observations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from heartland.measures import tidy
from heartland.measures.draws import ObservationDraws, observation_draws, start_draws


def test_errors_are_lognormal_around_the_value(world_l) -> None:
    drawn = observation_draws(tidy.inputs(world_l, constants=False), 4000, 1)["trade"]
    logs = np.log(drawn[0, 0])
    assert logs.mean() == pytest.approx(np.log(50.0), abs=0.01)
    assert logs.std() == pytest.approx(0.2, rel=0.05)


def test_zeros_stay_zero_unknowns_unknown_and_ordinals_are_levels(world_l) -> None:
    ties = dict(world_l.ties)
    del ties["B", "K", "trade"]
    drawn = observation_draws(tidy.inputs(replace(world_l, ties=ties, sd=0.5), constants=False), 200, 1)
    assert (drawn["presence"][2, 0] == 0).all()
    assert np.isnan(drawn["trade"][1, 1]).all()
    assert set(np.unique(drawn["presence"][0, 0])) <= {0.0, 1.0, 2.0, 3.0, 4.0}
    assert len(np.unique(drawn["presence"][0, 0])) > 1


def test_one_source_is_believed_per_draw_in_proportion_to_its_weight(world_l) -> None:
    world = replace(world_l, sources={("A", "J", "trade"): {"x": (25.0, 1e-9), "y": (100.0, 1e-9)}})
    drawn = observation_draws(tidy.inputs(world, constants=False), 4000, 1)["trade"][0, 0]
    low = np.isclose(drawn, 25.0, rtol=1e-6)
    assert (low | np.isclose(drawn, 100.0, rtol=1e-6)).all()
    assert low.mean() == pytest.approx(0.5, abs=0.03)


def test_a_path_keeps_its_source_and_its_error(world_l) -> None:
    world = replace(world_l, sources={("A", "J", "trade"): {"x": (25.0, 0.1), "y": (100.0, 0.1)}})
    found = tidy.inputs(world, times=["2019-12-31", "2020-12-31"], constants=False)
    volume, _ = ObservationDraws(found, 300, 1).block(0, 300)
    np.testing.assert_array_equal(volume["trade"][:, :, 0], volume["trade"][:, :, 1])


def test_another_source_moves_only_draws_that_believe_it(world_l) -> None:
    two = {("A", "J", "trade"): {"x": (25.0, 0.1), "y": (100.0, 0.1)}}
    three = {("A", "J", "trade"): {**two["A", "J", "trade"], "z": (1000.0, 0.0001)}}
    worlds = (replace(world_l, sources=sources) for sources in (two, three))
    before, after = (
        observation_draws(tidy.inputs(world, constants=False), 500, 1)["trade"][0, 0] for world in worlds)
    moved = before != after
    assert np.allclose(after[moved], 1000.0, rtol=0.01)


def test_blocks_prefixes_and_other_actors_leave_draws_alone(world_l) -> None:
    found = tidy.inputs(world_l, constants=False)
    whole, totals = ObservationDraws(found, 1000, 7).block(0, 1000)
    part, part_totals = ObservationDraws(found, 200, 7).block(50, 150)
    for name in found.channels:
        np.testing.assert_array_equal(part[name], whole[name][..., 50:150])
        np.testing.assert_array_equal(part_totals[name], totals[name][..., 50:150])
    more = replace(world_l, powers=("N", *world_l.powers),
                   ties={**world_l.ties, ("N", "J", "trade"): 3.0})
    wider, _ = ObservationDraws(tidy.inputs(more, constants=False), 1000, 7).block(0, 1000)
    np.testing.assert_array_equal(wider["trade"][1:], whole["trade"])


def test_totals_follow_the_drawn_ties_and_keep_the_rest_of_the_world(world_l) -> None:
    found = tidy.inputs(world_l, constants=False)
    drawn = start_draws(found, 50, 1)
    rest = drawn.total["trade"] - drawn.volume["trade"].sum(axis=0)
    assert rest[0] == pytest.approx(np.full(50, 25.0))
    central = found.value[:, 0, 0, 0].sum()
    assert found.total[0, 0, 0] - central == pytest.approx(25.0)


def test_a_run_starts_from_the_draws_of_the_measures(world_l) -> None:
    found = tidy.inputs(world_l, constants=False)
    volume, _ = ObservationDraws(found, 64, 5).block(0, 64)
    start = start_draws(found, 64, 5)
    for name in found.channels:
        np.testing.assert_array_equal(start.volume[name], volume[name][:, :, 0])


def test_imputations_are_used_in_turn(world_l) -> None:
    ties = {key: x for key, x in world_l.ties.items() if key != ("B", "K", "trade")}
    imputed = np.full((2, 3, 2, 6), np.nan)
    imputed[:, 1, 1, 0] = (4.0, 8.0)
    found = tidy.inputs(replace(world_l, ties=ties, imputed=imputed), constants=False)
    assert observation_draws(found, 4, 1)["trade"][1, 1].tolist() == [4.0, 8.0, 4.0, 8.0]
