"""Draws read date by date in another order are those of the whole block."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from heartland.measures import tidy
from heartland.measures.draws import ObservationDraws
from heartland.measures.ordered_draws import OrderedDraws


@pytest.mark.parametrize(("kind", "close"), [(np.float64, 1e-13), (np.float32, 3e-6)])
def test_some_dates_in_another_order(world_l, kind: type, close: float) -> None:
    ties = {key: x for key, x in world_l.ties.items() if key != ("B", "K", "trade")}
    ties["C", "J", "arms"] = 0.0
    sources = {("A", "J", "trade"): {"x": (25.0, 0.3), "y": (100.0, 0.4)}}
    found = tidy.inputs(
        replace(world_l, ties=ties, sources=sources, sd=0.5), times=["2019-12-31", "2020-12-31"],
        constants=False,
    )
    source = ObservationDraws(found, 90, 3)
    volume, total = source.block(0, 90)
    order = np.array([7, 3, 88, 0, 41])
    own, whole = OrderedDraws(source, order, kind).at(1, 2, ("trade", "arms", "presence"), {"trade"})
    assert set(own) == {"trade", "arms", "presence"}
    assert set(whole) == {"trade"}
    for name, values in own.items():
        assert values.dtype == kind
        np.testing.assert_allclose(values, volume[name][:, :, 1:][..., order], rtol=close)
    np.testing.assert_allclose(whole["trade"], total["trade"][:, 1:][..., order], rtol=close)


def test_imputations_keep_their_draw(world_l) -> None:
    ties = {key: x for key, x in world_l.ties.items() if key != ("B", "K", "trade")}
    imputed = np.full((2, 3, 2, 6), np.nan)
    imputed[:, 1, 1, 0] = (4.0, 8.0)
    found = tidy.inputs(replace(world_l, ties=ties, imputed=imputed), constants=False)
    source = ObservationDraws(found, 4, 1)
    own, _ = OrderedDraws(source, np.array([3, 0, 2]), np.float64).at(0, 1, ("trade",), ())
    assert own["trade"][1, 1, 0].tolist() == [8.0, 4.0, 4.0]
