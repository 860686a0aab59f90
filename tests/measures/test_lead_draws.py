"""Who leads whom on common channels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from heartland.measures import tidy
from heartland.measures.indices import Settings, central, index_draws
from heartland.measures.lead_draws import common_centres


def test_centres_of_a_pair_hide_what_one_of_them_lacks(world_l) -> None:
    ties = {key: x for key, x in world_l.ties.items() if key != ("B", "J", "arms")}
    found = tidy.inputs(replace(world_l, ties=ties), constants=False)
    blank = found.value.copy()
    blank[0, 0, found.channels.index("arms")] = np.nan
    expected = central(replace(found, value=blank)).overall
    both = common_centres(found, [(0, 1), (2, 1)])
    np.testing.assert_array_equal(both.overall[0, 0], expected[0, 0])
    np.testing.assert_array_equal(both.overall[0, 1], central(found).overall[0, 1])
    assert both.overall[0, 0, 0] != central(found).overall[0, 0, 0]


def test_a_race_of_one_with_itself_is_even_and_turned_round_it_is_the_complement(world_l) -> None:
    found = tidy.inputs(world_l)
    _, chances = index_draws(found, Settings(draws=80), bootstraps=(), pairs=[(0, 0), (0, 1), (1, 0)])
    assert (chances.overall[0] == 0.5).all()
    np.testing.assert_allclose(chances.overall[1], 1 - chances.overall[2])
    np.testing.assert_allclose(chances.domain[:, 1], 1 - chances.domain[:, 2])
