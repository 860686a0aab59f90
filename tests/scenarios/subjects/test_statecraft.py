"""Statecraft at the start: dependence, partners and openness by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from heartland.scenarios.subjects.statecraft import SUBJECT


def reader(**given):
    state = {"gdp": np.array([[100.0], [10.0]]), "border_shut": np.array([[[0.25]]]),
             "ideal_point": np.array([[1.0], [-1.0]])}
    return SimpleNamespace(powers=[0], receivers=[1], state=state, get=lambda name: given[name])


def test_reliance_adds_trade_and_transfers_up_to_all():
    both = reader(trade_weight=np.array([[[0.3]]]), remit_ratio=np.array([[[0.2]]]))
    assert SUBJECT.derived["reliance"](both)[0, 0, 0] == pytest.approx(0.5)
    unknown = reader(trade_weight=np.array([[[np.nan]]]), remit_ratio=np.array([[[0.9]]]))
    assert SUBJECT.derived["reliance"](unknown)[0, 0, 0] == pytest.approx(0.9)
    much = reader(trade_weight=np.array([[[0.8]]]), remit_ratio=np.array([[[0.9]]]))
    assert SUBJECT.derived["reliance"](much)[0, 0, 0] == 1.0


def test_a_large_power_is_hardly_exposed_to_a_small_receiver():
    small = reader(trade_weight=np.array([[[0.3]]]))
    assert SUBJECT.derived["own_exposure"](small)[0, 0, 0] == pytest.approx(0.03)


def test_partners_positions_and_routes():
    view = reader(trade_weight=np.array([[[0.2]], [[0.2]]]))
    assert SUBJECT.derived["vectors"](view)[0, 0] == pytest.approx(2.0)
    assert SUBJECT.derived["route_open"](view)[0, 0, 0] == pytest.approx(0.75)
    assert SUBJECT.derived["position_power"](view)[0, 0] == 1.0
    assert SUBJECT.derived["position_receiver"](view)[0, 0] == -1.0
