"""Platform shares at the start: drawn for those with a tie, unknown for the rest; the law."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from heartland.scenarios.compile import compile_plan
from heartland.scenarios.scenario import Scenario


@pytest.fixture(scope="module")
def plan(region):
    quiet = replace(Scenario.load(region, "alipay-across-the-sco"), months=2, patches=(), outcomes=())
    return compile_plan(quiet, members=2048, seed=5)


def test_shares_of_the_insiders_are_drawn_and_leave_room_for_services_at_home(plan):
    share = plan.start["digital"]
    inside = [plan.axes.power.index(name) for name in ("RUS", "CHN")]
    assert ((share[inside] > 0) & (share[inside] < 1)).all()
    assert (np.nansum(share, axis=0) < 0.99).all()
    assert share[inside].mean() == pytest.approx(0.2, abs=0.05)


def test_a_power_without_a_digital_tie_is_unknown(plan):
    assert np.isnan(plan.start["digital"][plan.axes.power.index("TUR")]).all()
    assert any(note.startswith("platform shares unknown") for note in plan.unknown)


def test_the_law_on_operators_comes_from_the_ledger(plan):
    law = dict(zip(plan.axes.power, plan.statics["data_law"][:, 0], strict=True))
    assert [name for name, holds in law.items() if holds] == ["RUS"]
    reach = plan.statics["operator_reach"]
    assert ((reach > 0) & (reach < 1)).all()
