"""Agreement, ideal points and their draws: golden checks G4 and G5, and what must hold of any votes."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartland.measures.alignment import (
    Portfolios,
    agreement,
    ideal_distance,
    item_draws,
    joint_tables,
    likeness,
    n_joint,
)
from heartland.measures.similarity import STATISTICS, one_hot, similarity

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("HEARTLAND_SHARED", ROOT.parent / "shared")) / "data"
SCALE = (1.0, 2.0, 3.0)
RULES = settings(max_examples=40, deadline=None, derandomize=True)


def data_file(name: str) -> pd.DataFrame:
    if not (DATA / name).is_file():
        pytest.skip(f"{name} is not at {DATA.parent.name}/data; set HEARTLAND_SHARED to compare with it")
    return pd.read_csv(DATA / name, keep_default_na=False, na_values=[""])


def votes_of(codes: np.ndarray, count: np.ndarray | None = None) -> Portfolios:
    """Portfolios from (actor, item) votes 1 to 3, NaN absent."""
    items = codes.shape[1]
    return Portfolios(
        SCALE, one_hot(codes, SCALE), np.ones(items) if count is None else count,
        tuple(f"V{k}" for k in range(items)), np.zeros(codes.shape, dtype=bool),
    )


@pytest.fixture(scope="module")
def roll_calls() -> pd.DataFrame:
    return data_file("checks/un_votes_region_1991_2019.csv")


def pair_of(roll_calls: pd.DataFrame, session: int, *pair: str, own_filter: bool = False) -> Portfolios:
    """Votes of some states; `own_filter` asks whether the states of the file were divided (wrong)."""
    now = roll_calls[roll_calls.session == session]
    wide = now.pivot(index="rcid", columns="iso3", values="vote_1yes_2abstain_3no")
    if own_filter:
        wide = wide[wide.nunique(axis=1) > 1]
    else:
        wide = wide[now.groupby("rcid").non_unanimous.first().reindex(wide.index)]
    return votes_of(wide[list(pair)].to_numpy(float).T)


def central(found: Portfolios) -> float:
    return float(agreement(found, [(0, 1)], found.count[:, None])[0, 0])


@pytest.mark.parametrize(("session", "pair", "n", "expected"), [
    (60, ("KAZ", "RUS"), 96, 0.885417), (60, ("UZB", "RUS"), 83, 0.897590),
    (60, ("TKM", "CHN"), 57, 0.973684), (73, ("KAZ", "CHN"), 92, 0.864130),
    (73, ("UZB", "RUS"), 80, 0.837500), (73, ("UZB", "USA"), 80, 0.181250),
])
def test_g4_agreement(roll_calls, session: int, pair: tuple[str, str], n: int, expected: float) -> None:
    found = pair_of(roll_calls, session, *pair)
    assert n_joint(found, [(0, 1)])[0] == n
    assert central(found) == pytest.approx(expected, abs=1e-6)


def test_g4_few_joint_votes_are_counted(roll_calls) -> None:
    assert n_joint(pair_of(roll_calls, 50, "TKM", "RUS"), [(0, 1)])[0] == 13


def test_g4_asking_whether_the_region_was_divided_is_another_measure(roll_calls) -> None:
    """The filter is over the whole assembly: inside the region it drops votes on which others differ."""
    right, wrong = (pair_of(roll_calls, 60, "KAZ", "RUS", own_filter=flag) for flag in (False, True))
    assert n_joint(wrong, [(0, 1)])[0] < n_joint(right, [(0, 1)])[0]
    assert abs(central(wrong) - 0.885417) > 1e-3


def test_g4_absence_is_no_position(roll_calls) -> None:
    """Read as abstention it moves the number."""
    found = pair_of(roll_calls, 60, "UZB", "RUS")
    codes = np.where(found.present > 0, (found.positions * np.array(SCALE)[:, None]).sum(axis=1), 2.0)
    assert abs(central(votes_of(codes)) - 0.897590) > 1e-3


def test_g4_bootstrap_over_items(roll_calls) -> None:
    found = pair_of(roll_calls, 60, "KAZ", "RUS")
    rows, gather = found.merged()
    drawn = agreement(rows, [(0, 1)], gather @ item_draws(found.items, found.count, 1, 20000))
    assert float(drawn.std()) == pytest.approx(0.02483, rel=0.03)
    assert float(drawn.mean()) == pytest.approx(0.885417, abs=1e-3)


def test_every_row_of_the_computed_agreements(roll_calls) -> None:
    expected = data_file("checks/un_agreement_computed.csv")
    assert len(expected) == 48
    for row in expected.to_dict("records"):
        found = pair_of(roll_calls, row["year"] - 1945, row["a_iso3"], row["b_iso3"])
        assert n_joint(found, [(0, 1)])[0] == row["n_joint"]
        assert central(found) == pytest.approx(row["agreement_half_credit"], abs=1e-9)
        table = joint_tables(found, [(0, 1)], found.count[:, None])[..., 0, 0]
        assert float(np.trace(table)) == pytest.approx(row["agreement_exact"], abs=1e-9)


@pytest.fixture(scope="module")
def ideal() -> pd.DataFrame:
    return data_file("un_ideal_points/ideal_points_all_1946_2019.csv.gz")


@pytest.mark.parametrize(("pair", "year", "expected"), [
    (("KAZ", "RUS"), 1995, 0.5961), (("KAZ", "RUS"), 2019, 0.7520), (("KAZ", "CHN"), 1995, 2.0633),
    (("KAZ", "CHN"), 2019, 0.2765), (("UZB", "CHN"), 1995, 2.4449), (("UZB", "CHN"), 2019, 0.0528),
])
def test_g5_ideal_points(ideal, pair: tuple[str, str], year: int, expected: float) -> None:
    now = ideal[ideal.year == year].set_index("iso3")
    a, b = (np.array(now.ideal_point[side]) for side in pair)
    assert float(ideal_distance(a, b)) == pytest.approx(expected, abs=1e-4)


def test_g5_error_of_a_distance(ideal) -> None:
    now = ideal[ideal.year == 1995].set_index("iso3")
    sd = [(now.q95[side] - now.q5[side]) / 3.29 for side in ("KAZ", "RUS")]
    assert float(np.hypot(*sd)) == pytest.approx(0.162, abs=0.002)


def test_g5_every_distance_of_the_computed_table(ideal) -> None:
    table = data_file("checks/ideal_point_distances_computed.csv").set_index("year")
    compared = 0
    for year, row in table.iterrows():
        now = ideal[ideal.year == year].set_index("iso3").ideal_point
        for name, expected in row.dropna().items():
            a, b = str(name).replace("_", "-").split("-")[-2:]
            assert float(ideal_distance(now[a], now[b])) == pytest.approx(expected, abs=1e-9), (year, name)
            compared += 1
    assert compared > 200


VOTE = st.sampled_from([1.0, 2.0, 3.0, float("nan")])


@st.composite
def voting(draw: st.DrawFn) -> np.ndarray:
    items = draw(st.integers(2, 9))
    rows = st.lists(VOTE, min_size=items, max_size=items)
    return np.array(draw(st.lists(rows, min_size=3, max_size=3)))


PAIRS = [(0, 1), (1, 0), (0, 2), (1, 1)]


@RULES
@given(codes=voting())
def test_9_pairs_are_symmetric_and_one_agrees_with_itself(codes: np.ndarray) -> None:
    found = votes_of(codes)
    weights = item_draws(found.items, found.count, 3, 8)
    values = [likeness(name, found, PAIRS, weights) for name in STATISTICS]
    for value in (agreement(found, PAIRS, weights), *values):
        np.testing.assert_allclose(value[0], value[1], atol=1e-5)
    both = agreement(found, PAIRS, weights)
    assert np.isnan(both[3]).all() if np.isnan(codes[1]).all() else (both[3] == 1).all()
    np.testing.assert_allclose(2 * both - 1, likeness("s", found, PAIRS, weights), atol=1e-5)


@RULES
@given(codes=voting())
def test_tables_of_many_pairs_are_those_of_one(codes: np.ndarray) -> None:
    found = votes_of(codes)
    for name in STATISTICS:
        value = likeness(name, found, PAIRS, found.count[:, None])[:, 0]
        for place, (i, j) in enumerate(PAIRS):
            expected = similarity(name, codes[i], codes[j], scale=SCALE)
            np.testing.assert_allclose(value[place], expected, atol=1e-9)


@RULES
@given(codes=voting())
def test_merging_equal_items_changes_no_number(codes: np.ndarray) -> None:
    found = votes_of(np.concatenate([codes, codes[:, :1]], axis=1))
    rows, gather = found.merged()
    weights = item_draws(found.items, found.count, 3, 8)
    assert len(rows.items) < len(found.items)
    merged = agreement(rows, PAIRS, gather.astype(np.float32) @ weights)
    np.testing.assert_allclose(agreement(found, PAIRS, weights), merged, atol=1e-5)
    np.testing.assert_array_equal(n_joint(found, PAIRS), n_joint(rows, PAIRS))


def test_18_other_items_and_more_draws_move_no_weight() -> None:
    count = np.array([1.0, 4.0, 2.0])
    first = item_draws(("a", "b", "c"), count, 7, 50)
    np.testing.assert_array_equal(first[1:], item_draws(("b", "c"), count[1:], 7, 50))
    np.testing.assert_array_equal(first, item_draws(("a", "b", "c"), count, 7, 500)[:, :50])
    assert not np.array_equal(first, item_draws(("a", "b", "c"), count, 8, 50))


def test_a_row_of_several_items_weighs_as_their_sum() -> None:
    drawn = item_draws(("a", "b"), np.array([1.0, 6.0]), 1, 40000)
    np.testing.assert_allclose(drawn.mean(axis=1), [1.0, 6.0], rtol=0.02)
    np.testing.assert_allclose(drawn.var(axis=1), [1.0, 6.0], rtol=0.05)


def test_a_union_stands_where_its_members_stand() -> None:
    """Two members yes, one no: with a yes 2/3, with an abstention 1/2."""
    found = votes_of(np.array([[1.0, 2.0], [1.0, 1.0]]))
    shares = found.positions.copy()
    shares[1] = np.array([2, 0, 1])[:, None] / 3
    union = replace(found, positions=shares)
    value = agreement(union, [(0, 1), (1, 1)], union.count[:, None])[:, 0]
    assert value == pytest.approx([(2 / 3 + 1 / 2) / 2, 1.0])


def test_own_ties_dropped_take_both_items_out() -> None:
    own = np.array([[True, False, False], [False, True, False]])
    codes = np.array([[3.0, 1, 1], [1.0, 3, 2]])
    found = replace(votes_of(codes), own=own)
    assert n_joint(found, [(0, 1)])[0] == 3
    assert n_joint(found, [(0, 1)], "drop")[0] == 1
    dropped = likeness("s", found, [(0, 1)], found.count[:, None], rule="drop")
    assert float(dropped[0, 0]) == pytest.approx(0.0)


def test_24_intervals_cover_the_agreement_behind_the_votes() -> None:
    """200 assemblies of 80 roll calls drawn from known habits; 90 % intervals should hold the truth."""
    rng = np.random.default_rng(5)
    alike = np.array([1.0, 0.5, 0.0])
    inside = 0
    for world in range(200):
        chance = rng.dirichlet([6.0, 3.0, 2.0])
        distance = rng.choice(3, size=80, p=chance)
        found = votes_of(np.stack([np.ones(80), 1.0 + distance]))
        drawn = agreement(found, [(0, 1)], item_draws(found.items, found.count, world, 300))
        low, high = np.quantile(drawn, [0.05, 0.95])
        inside += bool(low <= chance @ alike <= high)
    assert 0.85 <= inside / 200 <= 0.95
