"""Energy sales at the start and in a run: shares that close, a cut shared by weight, a line that opens."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from heartland.core.interventions import parse_intervention
from heartland.runs.run import run_all
from heartland.scenarios.compile import compile_plan
from heartland.scenarios.scenario import Patch, Scenario


@pytest.fixture(scope="module")
def base(region) -> Scenario:
    world = replace(Scenario.load(region, "gas-cut-2020"), months=6, outcomes=(), baseline_id="")
    return world.baseline()


def patched(base: Scenario, *texts: str) -> Scenario:
    done = [Patch(do=parse_intervention(text), why="test", source="", assumption="test") for text in texts]
    return replace(base, patches=tuple(done))


def cell(run, name: str, giver: str, receiver: str) -> np.ndarray:
    axes = run.layout.axes
    return run.array(name)[:, -1, axes.power.index(giver), axes.receiver.index(receiver)]


def test_start_says_what_is_unknown_and_what_gas_cannot_do(base):
    plan = compile_plan(base, members=64, seed=5)
    place, buyer = plan.axes.receiver.index, plan.axes.power.index
    sales = plan.start["energy_sales"]
    assert np.isnan(sales[:, place("KGZ")]).all()
    assert np.isfinite(sales[buyer("CHN"), place("TKM")]).all()
    assert "energy sales of KGZ unknown: no exposure to a buyer is shown" in plan.unknown
    free = plan.statics["substitutable"].mean(axis=-1)
    assert free[place("TKM")] < free[place("KAZ")], "gas goes where the pipe goes"
    joined = plan.statics["border_trade"][buyer("CHN")].mean(axis=-1)
    assert joined[place("KGZ")] > 0
    assert joined[place("UZB")] == 0


def test_a_cut_is_shared_by_contract_weight_and_ends(base):
    runs = run_all(
        [base, patched(base, "set(energy_cut[giver=CHN], .3, at=2020-02, for=P2M)"),
         patched(base, "set(contract_weight[giver=CHN, receiver=KAZ], 0, at=2020-01)",
                 "set(energy_cut[giver=CHN], .3, at=2020-02)")],
        members=64, seed=5, record="full",
    )  # fmt: skip
    calm, passing, spared = runs

    def ratio(run, receiver):
        return cell(run, "energy_flow", "CHN", receiver) / cell(calm, "energy_flow", "CHN", receiver)

    np.testing.assert_allclose(ratio(passing, "TKM"), 1.0, atol=0.1, err_msg="but for a line run full")
    np.testing.assert_allclose(ratio(spared, "KAZ"), 1.0, atol=0.1)
    assert np.median(ratio(spared, "TKM")) < 0.65, "others carry the spared seller's part"
    lost = runs[2].array("export_loss")[:, -1, calm.layout.axes.receiver.index("TKM")]
    assert np.all(lost > 0)


def test_a_new_line_brings_a_buyer_and_lowers_exposure_to_the_old(base):
    calm, opened = run_all(
        [base, patched(base, "set(pipeline_open[giver=IND, receiver=TKM], 3000000000, at=2020-01)")],
        members=64, seed=5, record="full",
    )  # fmt: skip
    assert not cell(calm, "energy_flow", "IND", "TKM").any()
    assert np.all(cell(opened, "energy_share", "IND", "TKM") > 0)
    old, new = (cell(run, "energy_exposure", "CHN", "TKM") for run in (calm, opened))
    assert np.all(new < old)
