"""Flows, expectations, routes, orders and elasticities as shipped: rebuilt to the byte, and sound."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from heartland.evidence.series import read_series
from heartland.region.region import Region

ROOT = Path(__file__).resolve().parents[2]
SERIES = ROOT / "src" / "heartland" / "regions" / "central-asia" / "series"
SHARED = Path(os.environ.get("HEARTLAND_SHARED", ROOT.parent / "shared"))
NAMES = ("flows", "expectations", "routes", "orders", "elasticities")
needs_shared = pytest.mark.skipif(not (SHARED / "data").is_dir(), reason=f"{SHARED / 'data'} is not there")


@pytest.fixture(scope="module")
def region() -> Region:
    return Region.load("central-asia")


@pytest.fixture(scope="module")
def tables(region: Region) -> dict[str, pd.DataFrame]:
    found = {name: read_series(region.path, name, region.tables) for name in NAMES}
    assert {name: findings for name, (_, findings) in found.items() if findings} == {}
    return {name: frame for name, (frame, _) in found.items()}


@needs_shared
def test_flows_expectations_and_routes_are_rebuilt_to_the_byte(tmp_path: Path) -> None:
    script = [sys.executable, str(ROOT / "scripts" / "build_series.py"), str(SHARED), "--out", str(tmp_path)]
    only = [word for name in ("flows", "expectations", "routes") for word in ("--only", name)]
    done = subprocess.run([*script, *only], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for name in ("flows", "expectations", "routes"):
        assert (tmp_path / f"{name}.csv").read_bytes() == (SERIES / f"{name}.csv").read_bytes(), name


def test_sources_that_clash_stand_side_by_side(tables: dict[str, pd.DataFrame]) -> None:
    flows = tables["flows"]
    mine = flows[(flows["from"] == "CHN") & (flows["to"] == "KGZ") & (flows["period"] == "2014")]
    values = dict(zip(mine["source_id"], mine["value"], strict=True))
    # Mirror data say five times what customs say.
    assert values["cow-trade-4"] / values["kgz-nsc"] > 4


def test_a_flow_is_never_more_than_its_total(tables: dict[str, pd.DataFrame]) -> None:
    flows = tables["flows"]
    keys = ["period", "source_id"]
    assert not flows.duplicated(["from", "to", "flow", *keys]).any()
    totals = flows[flows["from"] == ""].set_index(["to", *keys])["value"]
    pairs = flows[(flows["from"] != "") & (flows["to"] != "")]
    pairs = pairs.join(totals.rename("total"), on=["to", *keys]).dropna(subset=["total"])
    assert len(pairs) > 2000
    assert (pairs["value"] <= pairs["total"] * 1.0001).all()


def test_the_break_that_is_an_artefact_is_left_out(tables: dict[str, pd.DataFrame]) -> None:
    flows = tables["flows"]
    mine = flows[(flows["from"] == "RUS") & (flows["to"] == "KAZ") & (flows["source_id"] == "cow-trade-4")]
    assert not mine["period"].isin(["2010", "2011"]).any()
    assert mine["period"].isin(["2009", "2012"]).sum() == 2


def test_expectations_are_shares_with_bounds(tables: dict[str, pd.DataFrame]) -> None:
    found = tables["expectations"]
    assert (found["value"] > 0).all()
    assert (found["low"] <= found["value"]).all()
    assert (found["value"] <= found["high"]).all()
    assert (found.groupby(["receiver", "period"])["value"].sum() < 1).all()
    assert set(found["status"]) == {"estimated"}


def test_routes_meet_their_tables(tables: dict[str, pd.DataFrame], region: Region) -> None:
    routes = tables["routes"]
    observed = routes[routes["share"].notna()]
    sums = observed.groupby(["user", "goods", "period"])["share"].sum()
    assert sums.between(0.999, 1.001).all()
    # The same legs cost what the corridor costs.
    corridors = region.tables["corridors"].set_index("corridor_id")["cost_usd_20t"]
    by_legs = {tuple(legs): cost for legs, cost in zip(routes["legs"], routes["cost"], strict=True)}
    legs = region.tables["corridors"].set_index("corridor_id")["leg_ids"]
    for name in ("K02", "K03"):
        assert by_legs[tuple(legs[name])] == pytest.approx(corridors[name], abs=1)
    # What is assumed says so.
    assert set(observed["status"]) == {"assumption"}
