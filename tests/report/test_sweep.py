"""The page of a sweep shows each effect as picture and table, and says what it is compared with."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from heartland.report.sweep import write_sweep_report
from heartland.runs.experiment import sweep
from heartland.scenarios.scenario import Scenario
from heartland.scenarios.validate import load_region


@pytest.fixture(scope="module")
def found():
    """A grid of two factors met with a hypercube."""
    region = load_region("central-asia")
    scenario = replace(Scenario.load(region, "kazakhstan-2022"), months=3)
    over = {"trade.cost_elasticity": [0.5, 1], "rule(csto.collective-response)": ["never", "as-it-is"]}
    return sweep(
        scenario, over=over,
        ranges={"remittance.host_elasticity": (1, 3)}, points=2, members=64, outcomes=["csto-deploys"],
    )  # fmt: skip


def test_the_page_has_a_picture_for_each_factor_and_pair(found, tmp_path):
    path = write_sweep_report(found, tmp_path / "report.html")
    text = path.read_text(encoding="utf-8")
    assert len(re.findall(r"<svg\b", text)) == 3 + 1
    for name in found.design.names:
        assert name in text
    named = "trade.cost_elasticity as-it-is, rule(csto.collective-response) as-it-is"
    assert f"from the reference: {named}" in text
    assert "9 points, 64 members each, on the same random numbers." in text
    again = write_sweep_report(found, tmp_path / "again.html")
    assert again.read_bytes() == path.read_bytes()
