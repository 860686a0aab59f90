"""Composite index and surplus output: golden checks G6 and G7, dates, reasons, draws and parts."""

from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.measures.bare_inputs import frame_of, inputs_of, rows_of

import heartland.measures.capability_family
from heartland.errors import HeartlandInputError
from heartland.measures.capability import cinc, drawn_logs, shares, surplus, surplus_draws, system_totals
from heartland.measures.inputs import Inputs
from heartland.measures.registry import get
from heartland.region.region import Region

ROOT = Path(__file__).resolve().parents[2]
REGION = ROOT / "src" / "heartland" / "regions" / "central-asia"
DATA = Path(os.environ.get("HEARTLAND_SHARED", ROOT.parent / "shared")) / "data"
COMPONENTS = ("milex", "milper", "irst", "pec", "tpop", "upop")
COLUMNS = ["milex_thousand", "milper_thousand", "irst_thousand_tonnes", "pec_thousand_coal_tonnes",
           "tpop_thousand", "upop_thousand"]
RULES = settings(max_examples=40, deadline=None, derandomize=True)
assert heartland.measures.capability_family.__all__


def data_file(name: str) -> pd.DataFrame:
    if not (DATA / name).is_file():
        pytest.skip(f"{name} is not at {DATA.parent.name}/data; set HEARTLAND_SHARED to compare with it")
    return pd.read_csv(DATA / name, keep_default_na=False, na_values=[""])


@pytest.fixture(scope="module")
def material() -> pd.DataFrame:
    """Ours beside the published index, to 2010, and the index with unknown components read as 0 (wrong)."""
    table = data_file("peace/nmc_cinc_1816_2022.csv.gz")
    table = table[table.year <= 2010].reset_index(drop=True)
    ours, zero = np.full(len(table), np.nan), np.full(len(table), np.nan)
    for _, rows in table.groupby("year"):
        assert rows.cow.is_unique
        values = rows[COLUMNS].to_numpy(float)
        totals = system_totals(values)[:, None]
        ours[rows.index] = cinc(values.T, totals)
        zero[rows.index] = np.nan_to_num(shares(values.T, totals)).mean(axis=0)
    return table.assign(ours=ours, zero=zero)


def test_g6_the_published_index_of_every_state_and_year(material) -> None:
    assert len(material) == 14781
    assert float((material.ours - material.cinc).abs().max()) < 5e-8
    at = material.dropna(subset=["iso3"]).set_index(["iso3", "year"]).ours
    for iso3, year, expected in (("RUS", 1991, 0.103233), ("KAZ", 1991, 0.005178), ("CHN", 2010, 0.209224)):
        assert float(np.squeeze(at[iso3, year])) == pytest.approx(expected, abs=1e-6)


def test_g6_yearly_sums_exceed_one(material) -> None:
    sums = material.groupby("year").ours.sum()
    assert (sums.idxmax(), sums.max()) == (1860, pytest.approx(1.074718, abs=1e-6))


def test_g6_unknown_read_as_zero_is_another_index(material) -> None:
    error = (material.zero - material.cinc).abs()
    assert float(error.max()) == pytest.approx(0.0581, abs=1e-4)
    assert int((error > 1e-6).sum()) == 2409


@pytest.fixture(scope="module")
def output() -> pd.DataFrame:
    table = data_file("checks/sdp_region_1991_2015.csv")
    table = table[table.year <= 2010].reset_index(drop=True)
    return table.assign(ours=np.log(surplus(np.exp(table.ln_gdp_2011_ppp), np.exp(table.ln_population))))


def test_g7_the_published_surplus(output) -> None:
    finite = output[np.isfinite(output.ln_sdp)]
    assert len(finite) == 195
    difference = finite.ours - finite.ln_sdp
    assert float(difference.median()) == pytest.approx(-0.001, abs=5e-4)
    assert float(difference.abs().quantile(0.95)) <= 0.0113
    assert float(difference.abs().max()) <= 0.041
    at = output[output.year == 2010].set_index("iso3").ln_sdp
    for iso3, expected in (("KAZ", 26.4735), ("UZB", 25.87), ("CHN", 30.2735), ("RUS", 28.703)):
        assert float(at[iso3]) == pytest.approx(expected, abs=1e-4)
    plain = np.abs(finite.ln_gdp_2011_ppp - finite.ln_sdp)
    assert float(plain.quantile(0.95)) > 0.0113  # output itself, what a year's food is not taken from


def test_g7_a_draw_of_zero_does_not_make_the_surplus_minus_infinity(output) -> None:
    row = output[(output.iso3 == "TJK") & (output.year == 2000)].iloc[0]
    assert row.ln_sdp == -math.inf
    assert row.ours == pytest.approx(21.981, abs=1e-3)
    gdp, people = (np.array([[math.exp(row[c])]]) for c in ("ln_gdp_2011_ppp", "ln_population"))
    drawn = tuple(
        drawn_logs(value, np.array([[row[f"{column}_sd"]]]), column, ["A"], 1, 1000)
        for column, value in (("ln_gdp_2011_ppp", gdp), ("ln_population", people)))
    found = surplus_draws(gdp, people, drawn)
    assert bool(found.near_zero[0, 0])
    assert 0 < found.zero_share[0, 0] < 0.5
    assert found.log[0, 0] == pytest.approx(21.981, abs=1e-3)
    assert np.isfinite(np.nanmin(found.log_draws))


def test_a_state_below_subsistence_has_no_surplus() -> None:
    """One person on 1,095 a year is the line."""
    assert surplus(np.array([2000.0, 1095.0, 500.0, np.nan]), np.ones(4)).tolist()[:3] == [905.0, 0.0, 0.0]
    assert math.isnan(surplus(np.array([np.nan]), np.ones(1))[0])


FIGURE = st.one_of(st.floats(0.0, 1e9), st.none())


@RULES
@given(rows=st.lists(st.tuples(*[FIGURE] * 3), min_size=2, max_size=5), factor=st.sampled_from([1e-3, 1e6]))
def test_shares_sum_to_one_and_units_do_not_matter(rows: list, factor: float) -> None:
    values = np.array(rows, dtype=float)
    totals = system_totals(values)
    parts = shares(values, totals)
    for column, total in zip(parts.T, totals, strict=True):
        if total > 0:
            assert np.nansum(column) == pytest.approx(1.0)
        else:
            assert np.isnan(column).all()
    scaled = values * np.array([factor, 1, 1])
    ours, other = (cinc(x.T, system_totals(x)[:, None]) for x in (values, scaled))
    np.testing.assert_allclose(ours, other, rtol=1e-9)
    assert np.all((ours[~np.isnan(ours)] >= 0) & (ours[~np.isnan(ours)] <= 1 + 1e-12))


def figure(actor: str, year: int, component: str, value: float, world: float | str = "", sd: str = "",
           unit: str = "persons") -> dict[str, str]:
    return {"actor": actor, "period": str(year), "component": component, "value": str(value), "sd": sd,
            "unit": unit, "world": str(world), "source_id": "figures"}


@pytest.fixture
def table() -> pd.DataFrame:
    """A: shares .1 .2 .3 .4 .5 .6; B: two components known, .4 and .2; C has output only, from 2008."""
    rows = [figure("A", 2010, name, 10.0 * (k + 1), 100) for k, name in enumerate(COMPONENTS)]
    rows += [figure("B", 2010, "milex", 40, 100), figure("B", 2010, "pec", 20, 100)]
    rows.append(figure("", 2010, "cinc-sum", 1.05, unit="share"))
    for actor, year, gdp in (("A", 2010, 5e6), ("C", 2008, 1.2e6), ("C", 2010, 1e6)):
        rows += [figure(actor, year, "gdp-2011ppp", gdp, sd="0.2", unit="usd2011ppp"),
                 figure(actor, year, "population", 1000, sd="0.05")]
    return frame_of("capabilities", rows)


def at(table: pd.DataFrame, *days: str) -> Inputs:
    return inputs_of({"capabilities": table}, days, ("A", "B", "C"))


def test_unknown_components_are_left_out_of_the_mean(table) -> None:
    frame = rows_of("capability.cinc", at(table, "2010-12-31"), draws=20).set_index("giver")
    assert frame.value["A"] == pytest.approx(0.35)
    assert frame.value["B"] == pytest.approx(0.3)
    assert frame.loc["B", ["n_used", "n_missing"]].tolist() == [2, 4]
    assert frame["flags"]["B"] == "no-interval;renormalised;single-source"
    assert frame["flags"]["C"] == "nan:unknown"


def test_renormalise_is_off_unless_asked(table) -> None:
    found = at(table, "2010-12-31")
    asked = rows_of("capability.cinc", found, giver="A", options={"renormalise": "yes"})
    assert asked.value[0] == pytest.approx(0.35 / 1.05)
    with pytest.raises(HeartlandInputError, match=r'"maybe" is not a choice of renormalise\.'):
        rows_of("capability.cinc", found, options={"renormalise": "maybe"})


def test_the_last_year_known_stands_for_five_years(table) -> None:
    days = ("2010-12-30", "2010-12-31", "2011-12-30", "2011-12-31", "2015-12-31", "2016-01-01")
    frame = rows_of("capability.cinc", at(table, *days), giver="A")
    assert frame["flags"].tolist() == [
        "nan:unknown", "no-interval;single-source", "no-interval;single-source",
        *["no-interval;single-source;stale"] * 2, "nan:unknown"]
    assert frame.age.tolist()[3:5] == [1.0, 5.0]


def test_surplus_with_draws(table) -> None:
    frame = rows_of("capability.sdp", at(table, "2010-12-31"), draws=4000).set_index("giver")
    assert frame.value["A"] == pytest.approx(5e6 - 1095e3)
    assert frame.low["A"] == pytest.approx(5e6 * math.exp(-0.2 * 1.645) - 1095e3, rel=0.05)
    assert frame["flags"]["A"] == "single-source"
    log = rows_of("capability.sdp_ln", at(table, "2010-12-31"), draws=4000).set_index("giver")
    assert log.value["A"] == pytest.approx(math.log(5e6 - 1095e3))
    assert log["flags"]["B"] == "nan:unknown"


def test_no_surplus_is_a_zero_without_a_logarithm(table) -> None:
    found = at(table, "2010-12-31", "2009-12-31")
    frame = rows_of("capability.sdp", found, draws=500, giver="C")
    assert frame.value.tolist() == [0.0, pytest.approx(1.2e6 - 1095e3)]
    assert all("near-zero" in flags for flags in frame["flags"])
    log = rows_of("capability.sdp_ln", found, draws=500, giver="C")
    assert "nan:zero-level" in log["flags"][0].split(";")
    assert log.value[1] == pytest.approx(math.log(1.2e6 - 1095e3))


def test_an_actor_more_moves_no_draw(table) -> None:
    alone = inputs_of({"capabilities": table}, ("2010-12-31",), ("C", "A"))
    ours, other = (rows_of("capability.sdp", found, draws=100).set_index("giver").loc["A"]
                   for found in (at(table, "2010-12-31"), alone))
    assert ours[["value", "low", "high"]].tolist() == other[["value", "low", "high"]].tolist()


def test_15_parts_sum_to_the_value(table) -> None:
    found = at(table, "2010-12-31")
    for name, giver in (("cinc", "A"), ("cinc", "B"), ("sdp", "A")):
        value = rows_of(f"capability.{name}", found, giver=giver).value[0]
        parts = get(f"capability.{name}").parts(found, {"giver": giver})
        assert sum(part["contribution"] for part in parts) == pytest.approx(value, abs=1e-9)
    parts = get("capability.cinc").parts(found, {"giver": "B"})
    assert [part["status"] for part in parts].count("unknown") == 4
    logs = get("capability.sdp_ln").parts(found, {"giver": "C"})
    assert all(math.isnan(part["contribution"]) for part in logs)
    assert logs[0]["flag"].startswith("not additive; no surplus in 0.")


@pytest.fixture(scope="module")
def shipped() -> Inputs:
    region = Region.load(REGION)
    days = tuple(f"{year}-12-31" for year in (1991, 2000, 2010, 2016, 2022, 2027, 2028))
    return inputs_of({"capabilities": region.table("capabilities")}, days, tuple(region.model.actors))


def test_g6_from_the_shipped_table(shipped: Inputs) -> None:
    at = rows_of("capability.cinc", shipped).set_index(["giver", "date"])
    for giver, year, expected in (("RUS", 1991, 0.103233), ("KAZ", 1991, 0.005178), ("CHN", 2010, 0.209224),
                                  ("IND", 2016, 0.087294), ("TKM", 2016, 0.000977), ("KGZ", 2016, 0.00039)):
        assert at.value[giver, f"{year}-12-31"] == pytest.approx(expected, abs=1e-6)
    assert "stale" in at["flags"]["KAZ", "2027-12-31"]
    assert at["flags"]["KAZ", "2028-12-31"] == "nan:unknown"


def test_g7_from_the_shipped_table(shipped: Inputs) -> None:
    at = rows_of("capability.sdp_ln", shipped, draws=500).set_index(["giver", "date"])
    for giver, expected in (("KAZ", 26.4735), ("UZB", 25.87), ("CHN", 30.2735), ("RUS", 28.703)):
        assert at.value[giver, "2010-12-31"] == pytest.approx(expected, abs=0.041)
    assert at.value["TJK", "2000-12-31"] == pytest.approx(21.981, abs=1e-3)
    assert "near-zero" in at["flags"]["TJK", "2000-12-31"]
    assert at["flags"]["TUR", "2010-12-31"] == "nan:unknown"  # the source has ten states


def test_sums_of_the_system_renormalise_the_shipped_index(shipped: Inputs) -> None:
    plain, asked = (rows_of("capability.cinc", shipped, options=options).set_index(["giver", "date"]).value
                    for options in ({}, {"renormalise": "yes"}))
    assert 1 < plain["CHN", "2010-12-31"] / asked["CHN", "2010-12-31"] < 1.08
