"""Bulk tables of votes, ideal points, obligations and capabilities: rebuilt to the byte; their claims."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from heartland.region.region import Region

ROOT = Path(__file__).resolve().parents[2]
REGION = ROOT / "src" / "heartland" / "regions" / "central-asia"
SHARED = Path(os.environ.get("HEARTLAND_SHARED", ROOT.parent / "shared"))
MINE = ("votes", "ideal_points", "portfolios", "capabilities")


@pytest.fixture(scope="module")
def region() -> Region:
    return Region.load(REGION)


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not (SHARED / "data").is_dir():
        pytest.skip(f"the raw tables are not at {SHARED.name}/data; set HEARTLAND_SHARED to rebuild")
    out = tmp_path_factory.mktemp("series")
    only = [word for name in MINE for word in ("--only", name)]
    script = ROOT / "scripts" / "build_series.py"
    command = [sys.executable, str(script), str(SHARED), "--out", str(out), *only]
    subprocess.run(command, check=True, capture_output=True)
    return out


@pytest.mark.parametrize("name", MINE)
def test_rebuilding_gives_the_shipped_bytes(rebuilt: Path, name: str) -> None:
    assert (rebuilt / f"{name}.csv").read_bytes() == (REGION / "series" / f"{name}.csv").read_bytes()


def test_every_roll_call_is_counted_once(region: Region) -> None:
    votes = region.table("votes")
    assert int(votes["roll_calls"].sum()) == 2564
    assert int(votes[votes["divided"]]["roll_calls"].sum()) == 2552
    assert not votes[["session", "yes", "abstain", "no", "split", "divided"]].duplicated().any()


def test_votes_on_which_the_region_agreed_and_others_did_not_stay_in(region: Region) -> None:
    votes = region.table("votes")
    alike = votes[(votes["abstain"].map(len) == 0) & (votes["no"].map(len) == 0) & votes["divided"]]
    alike = alike[[not any("/0/0" not in text for text in split) for split in alike["split"]]]
    assert alike["roll_calls"].sum() > 0


def test_nobody_votes_twice_and_the_union_is_its_members(region: Region) -> None:
    for row in region.table("votes").to_dict("records"):
        names = [*row["yes"], *row["abstain"], *row["no"]]
        assert len(names) == len(set(names))
        assert "eu" not in names
        assert len(row["split"]) <= 1


def test_one_release_with_ordered_quantiles(region: Region) -> None:
    points = region.table("ideal_points")
    assert set(points["release"]) == {"release-2020-04"}
    assert ((points["low"] < points["mean"]) & (points["mean"] < points["high"])).all()
    assert not ((points["actor"] == "UZB") & (points["date"] == "1992")).any()  # the source has none


def test_the_register_of_obligations_ends_and_does_not_run_on(region: Region) -> None:
    portfolios = region.table("portfolios")
    last = portfolios["period"].str.rpartition("/")[2].astype(int)
    assert int(last.max()) == 2018
    system = set(portfolios[portfolios["actor"] == ""]["item"])
    assert set(portfolios["item"]) <= system  # every partner is in the list of partners
    own = portfolios[portfolios["own"]]
    assert set(own["level"]) == {3.0}
    assert set(region.model.actors) == set(own["actor"])


def test_shares_of_the_system_are_shares(region: Region) -> None:
    table = region.table("capabilities")
    counted = table[table["world"].notna()]
    assert (counted["value"] <= counted["world"]).all()
    worlds = counted.groupby(["period", "component"])["world"].nunique()
    assert (worlds == 1).all()
    surplus = table[table["component"].isin(["gdp-2011ppp", "population"])]
    assert surplus["sd"].notna().all()
    assert pd.to_numeric(surplus["period"]).max() == 2015
