"""Golden checks T6 and T7 (participation), bounds of what is not measured, and rows of concentration."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartland.measures import structure_family, tidy
from heartland.measures.structure import VARIANTS, concentration, participation, partner_shares

assert structure_family  # registers its measures
S = np.array([0.6, 0.2, 0.1, 0.1])
NO_REST = np.array(0.0)
VOLUMES = st.lists(st.floats(0.01, 50.0), min_size=3, max_size=6)


def of(variant: str, shares=S, rest=NO_REST, **more) -> float:
    return float(concentration(variant, shares, np.asarray(rest), **more))


def test_t6() -> None:
    assert of("hhi") == pytest.approx(0.42, abs=1e-9)
    assert of("normalised", partners=4.0) == pytest.approx(0.2266666667, abs=1e-9)
    assert of("hirschman") == pytest.approx(64.8074069841, abs=1e-9)
    assert of("effective_number") == pytest.approx(2.3809523810, abs=1e-9)
    assert of("entropy") == pytest.approx(1.5709505945, abs=1e-9)
    assert of("top_share") == 0.6
    # Wrong: entropy in nats, the squares not of shares, n one too small.
    assert of("entropy") != pytest.approx(-(S * np.log(S)).sum(), abs=1e-3)
    assert of("normalised", partners=3.0) != pytest.approx(0.2266666667, abs=1e-3)


def test_t7_participation() -> None:
    assert float(participation(np.array([4.0, 2.0, 2.0]))) == pytest.approx(0.9375, abs=1e-9)
    assert float(participation(np.ones(3))) == pytest.approx(1.0)
    assert float(participation(np.array([1.0, 0, 0]))) == 0.0
    assert np.isnan(participation(np.array([1.0, np.nan, np.nan])))
    assert np.isnan(participation(np.zeros(3)))
    # Wrong: without M/(M-1).
    assert pytest.approx(0.9375) != 1 - (0.5**2 + 2 * 0.25**2)


def test_the_unmeasured_rest_is_bounded() -> None:
    shares, rest = partner_shares(np.array([60.0, 20.0]), np.array(100.0))
    assert (shares.tolist(), float(rest)) == ([0.6, 0.2], pytest.approx(0.2))
    assert of("hhi", shares, rest) == pytest.approx(0.40)
    assert of("hhi", shares, rest, one=True) == pytest.approx(0.44)
    assert of("effective_number", shares, rest) == pytest.approx(2.5)
    assert of("top_share", np.array([0.2]), 0.8, one=True) == pytest.approx(0.8)
    assert of("entropy", shares, rest, one=True) < of("entropy", shares, rest)
    # Wrong: shares of what is known, which makes .40 a .625.
    assert of("hhi", *partner_shares(np.array([60.0, 20.0]))) == pytest.approx(0.625)


def test_nothing_and_unknown_totals() -> None:
    shares, rest = partner_shares(np.zeros(3), np.array(0.0))
    assert all(np.isnan(of(name, shares, rest, partners=3.0)) for name in VARIANTS)
    known, none = partner_shares(np.array([3.0, np.nan, 1.0]), np.array(np.nan))
    assert (float(none), of("hhi", known, none)) == (0.0, pytest.approx(0.625))
    assert np.isnan(of("normalised", np.array([1.0]), partners=1.0))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(volumes=VOLUMES)
def test_12_inverse_and_merging(volumes: list[float]) -> None:
    x = np.array(volumes)
    shares, rest = partner_shares(x)
    assert of("hhi", shares, rest) * of("effective_number", shares, rest) == pytest.approx(1.0)
    merged, _ = partner_shares(np.array([x[0] + x[1], *x[2:]]))
    assert of("hhi", merged) >= of("hhi", shares) - 1e-12
    assert of("entropy", merged) <= of("entropy", shares) + 1e-12
    assert 1 - 1e-12 <= of("effective_number", shares) <= len(x) + 1e-12


def test_rows_over_influence_and_in_a_channel(world_l) -> None:
    frame = tidy.table(world_l, "concentration.hhi", draws=0, by="channel", receiver="J").set_index("channel")
    trade = frame.loc["trade"]
    # 50, 40, 10 of a total of 125.
    assert trade["value"] == pytest.approx(0.4**2 + 0.32**2 + 0.08**2)
    assert trade["high"] == pytest.approx(trade["value"] + 0.2**2)
    assert trade["low"] == trade["value"]
    assert trade["flags"] == "single-source;unmeasured-share"
    debt = frame.loc["debt"]  # no total there
    assert debt["value"] == pytest.approx((5**2 + 20**2 + 1) / 26**2)
    assert debt["flags"] == "no-interval;no-rest;single-source"
    whole = tidy.table(world_l, "concentration.*", draws=50, receiver="K")
    assert whole["flags"].str.contains("no-rest").all()
    assert (whole["low"] <= whole["high"]).all()
    by = whole.set_index("measure")["value"]
    assert by["concentration.hhi"] * by["concentration.effective_number"] == pytest.approx(1.0)
    hedging = tidy.table(world_l, "hedging.effective_number", draws=0, receiver="K")["value"].iloc[0]
    assert by["concentration.effective_number"] == pytest.approx(hedging)


def test_drawn_bounds_reach_further_than_the_centre(world_l) -> None:
    frame = tidy.table(world_l, "concentration.effective_number", draws=100, by="channel", receiver="J")
    trade = frame[frame["channel"] == "trade"].iloc[0]
    shares, rest = partner_shares(np.array([50.0, 40.0, 10.0]), np.array(125.0))
    assert trade["low"] < of("effective_number", shares, rest, one=True)
    assert trade["high"] > of("effective_number", shares, rest)


def test_reasons(world_l) -> None:
    def trade(ties: dict, totals: dict | None = None) -> str:
        kept = {key: x for key, x in world_l.ties.items() if key[2] != "trade"} | ties
        world = replace(world_l, ties=kept, totals=world_l.totals if totals is None else totals)
        frame = tidy.table(world, "concentration.hhi", draws=0, by="channel", receiver="J")
        return str(frame[frame["channel"] == "trade"]["flags"].iloc[0])

    zero = {(g, "J", "trade"): 0.0 for g in "ABC"}
    assert "nan:zero-total" in trade(zero, {**world_l.totals, ("J", "trade"): 0.0})
    assert "nan:unknown" in trade({})
    no_total = {key: x for key, x in world_l.totals.items() if key != ("J", "trade")}
    assert "nan:coverage" in trade({("A", "J", "trade"): 5.0}, no_total)
    assert "clipped" in trade({(g, "J", "trade"): 60.0 for g in "ABC"})


@pytest.mark.parametrize("variant", ["hhi", "entropy"])
def test_parts_sum_where_the_variant_is_a_sum(world_l, variant: str) -> None:
    name = f"concentration.{variant}"
    for by, key in (("channel", {"channel": "trade"}), ("overall", {"domain": "all"})):
        frame = tidy.table(world_l, name, draws=0, by=by, receiver="J")
        row = frame[(frame[list(key)] == list(key.values())).all(axis=1)].iloc[0]
        parts = tidy.explain(world_l, {"measure": name, "receiver": "J", **key})
        assert parts["contribution"].sum() == pytest.approx(row["value"], abs=1e-12)
        assert "O-A-trade-one" in parts["observation_id"].tolist()
    loose = tidy.explain(world_l, {"measure": "concentration.top_share", "receiver": "J"})
    assert loose["contribution"].isna().all()
