"""Golden checks G8 and T9, agreement with a search over all splits, property 16, and rows."""

from __future__ import annotations

import os
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartland.errors import HeartlandInputError
from heartland.measures import balance, balance_family, tidy

assert balance_family  # registers its measures
ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("HEARTLAND_SHARED", ROOT.parent / "shared"))
FILE = SHARED / "data" / "checks" / "signed_cow_networks_1946_1996.csv"
FOURTEEN = ["CHN", "CUB", "EGY", "GRC", "IND", "IRN", "ISR", "ITA", "PAK", "POL", "RUS", "TUR", "USA", "YUG"]
SIGNS = st.lists(st.sampled_from([-1, 0, 1]), min_size=21, max_size=21)


def network(edges) -> np.ndarray:
    names = sorted({name for a, b, _ in edges for name in (a, b)})
    out = np.zeros((len(names), len(names)))
    for a, b, sign in edges:
        out[names.index(a), names.index(b)] = out[names.index(b), names.index(a)] = sign
    return out


def slot(name: int, only: list[str] | None = None) -> np.ndarray:
    if not FILE.is_file():
        pytest.skip(f"{FILE} is not there: set HEARTLAND_SHARED")
    table = pd.read_csv(FILE)
    table = table[table["slot"] == name]
    if only:
        table = table[table["a"].isin(only) & table["b"].isin(only)]
    return network(list(zip(table["a"], table["b"], table["sign"], strict=True)))


def cubes(signs: np.ndarray) -> tuple[float, float]:
    return float(np.trace(signs @ signs @ signs)), float(np.trace(np.linalg.matrix_power(np.abs(signs), 3)))


@pytest.mark.parametrize(("name", "triangles", "walk"), [
    (1946, 0.9535024155, 0.6576016413), (1956, 0.8607420981, 0.1259821113),
    (1996, 0.9367965368, 0.3639251476)])
def test_g8_whole_networks(name: int, triangles: float, walk: float) -> None:
    signs = slot(name)
    assert float(balance.triangles(signs)) == pytest.approx(triangles, abs=1e-8)
    assert float(balance.walk(signs)) == pytest.approx(walk, abs=1e-8)
    own, every = cubes(signs)
    assert own / every != pytest.approx(triangles, abs=1e-2)  # wrong: the ratio of the traces itself
    found = balance.frustration(signs)
    assert 0 < found.least <= found.most < found.edges  # too large to be searched: two bounds


def test_g8_size_of_the_first_network() -> None:
    signs = slot(1946)
    assert (len(signs), int(np.triu(signs > 0).sum()), int(np.triu(signs < 0).sum())) == (64, 320, 42)
    assert cubes(signs)[1] / 6 == 1656


def test_g8_fourteen_states() -> None:
    signs = slot(1956, FOURTEEN)
    assert (int(np.triu(signs != 0).sum()), cubes(signs)[1] / 6) == (26, 15)
    assert float(balance.triangles(signs)) == pytest.approx(0.6666667, abs=1e-7)
    assert float(balance.walk(signs)) == pytest.approx(0.6437795, abs=1e-7)
    found = balance.frustration(signs)
    assert (found.least, found.most) == (3, 3)
    assert 1 - 2 * found.most / found.edges == pytest.approx(0.7692308, abs=1e-7)
    # Wrong: 1 - L/m, or calling a negative tie a violation wherever it stands.
    assert 1 - found.most / found.edges != pytest.approx(0.7692308, abs=1e-2)
    assert int(np.triu(signs < 0).sum()) != 3


def test_t9() -> None:
    triangle = network([("a", "b", 1), ("b", "c", 1), ("a", "c", -1)])
    assert float(balance.triangles(triangle)) == 0.0
    assert float(balance.walk(triangle)) == pytest.approx(0.6857877937, abs=1e-9)
    four = network([(a, b, -1 if (a, b) == ("a", "b") else 1) for a, b in
                    ("ab", "ac", "ad", "bc", "bd", "cd")])
    assert float(balance.triangles(four)) == 0.5
    assert float(balance.walk(four)) == pytest.approx(0.5922603436, abs=1e-9)
    own, every = cubes(four)
    assert own / every == 0.0  # wrong rule: the ratio of the traces says "no balance at all"


def test_no_triangle_no_share() -> None:
    assert np.isnan(balance.triangles(network([("a", "b", -1), ("b", "c", 1)])))
    assert float(balance.walk(np.zeros((3, 3)))) == pytest.approx(1.0)
    found = balance.frustration(network([("a", "b", -1), ("b", "c", 1)]))
    assert (found.edges, found.most) == (2, 0)  # a tree is always balanced


def full(values: list[int]) -> np.ndarray:
    signs = np.zeros((7, 7))
    signs[np.triu_indices(7, 1)] = values
    return signs + signs.T


@settings(max_examples=25, deadline=None, derandomize=True)
@given(values=SIGNS)
def test_frustration_is_the_least_over_all_splits(values: list[int]) -> None:
    signs = full(values)
    least = min(int((np.triu(signs, 1) * np.outer(c, c) < 0).sum()) for c in product((-1, 1), repeat=7))
    found = balance.frustration(signs)
    assert (found.least, found.most) == (least, least)
    rough = balance.frustration(signs, exact=2)
    assert rough.least <= least <= rough.most


@settings(max_examples=25, deadline=None, derandomize=True)
@given(values=SIGNS, camps=st.lists(st.sampled_from([-1, 1]), min_size=7, max_size=7))
def test_9_and_16_order_and_switching_change_nothing(values: list[int], camps: list[int]) -> None:
    signs = full(values)
    switched = signs * np.outer(camps, camps)
    shuffled = signs[::-1, ::-1]
    for other in (switched, shuffled, signs.T):
        assert float(balance.triangles(other)) == pytest.approx(float(balance.triangles(signs)), nan_ok=True)
        assert float(balance.walk(other)) == pytest.approx(float(balance.walk(signs)))
        assert balance.frustration(other).most == balance.frustration(signs).most


def test_directed_signs_are_made_mutual_by_a_stated_rule() -> None:
    signs = np.array([[0.0, 1, -1], [-1, 0, 1], [-1, 0, 0]])
    mutual, apart = balance.symmetric(signs)
    assert mutual.tolist() == [[0, -1, -1], [-1, 0, 1], [-1, 1, 0]]
    assert apart[0, 1]
    agreed, _ = balance.symmetric(signs, rule="both-agree")
    assert agreed.tolist() == [[0, 0, -1], [0, 0, 1], [-1, 1, 0]]
    with pytest.raises(ValueError, match="no such rule: loudest"):
        balance.symmetric(signs, rule="loudest")


SIGNED = [
    ("A", "B", 1.0, "2000/2020", "x"), ("B", "C", 1.0, "2000/2020", "x"), ("A", "C", -1.0, "2005/2010", "y"),
    ("A", "B", -1.0, "2008", "y"), ("A", "C", float("nan"), "2011/2020", "y"),
    ("B", "C", float("nan"), "2016/2020", "y"),
]


@pytest.fixture
def signed(world_l):
    table = pd.DataFrame([(*row, "") for row in SIGNED],
                         columns=["a", "b", "sign", "period", "source_id", "note"])
    class Signed(type(world_l)):
        @property
        def region(self) -> SimpleNamespace:
            return SimpleNamespace(at=super().region.at, table=lambda name, known_by=None: table)

    return Signed(**world_l.__dict__)


DAYS = ["1999-12-31", "2001-12-31", "2006-12-31", "2008-12-31", "2012-12-31", "2017-12-31", "2021-12-31"]


def test_rows_know_what_they_do_not_know(signed) -> None:
    frame = tidy.table(signed, "balance.triangles", times=DAYS, draws=0)
    assert frame["flags"].tolist() == [
        "nan:unknown", "nan:no-cycle", "no-interval;single-source",
        "disputed;no-interval;single-source", "nan:no-cycle", "nan:coverage",
        "nan:unknown"]
    # 2006 ++-, 2008 the pact of A and B is broken by a dispute: +-- is balanced.
    assert frame["value"].tolist()[2:4] == [0.0, 1.0]
    assert frame["coverage"].tolist() == pytest.approx([0, 1, 1, 1, 2 / 3, 1 / 3, 0])
    assert (frame["n_used"] + frame["n_missing"] == 3).all()
    walk = tidy.table(signed, "balance.walk", times=DAYS, draws=0)
    assert walk["value"].tolist()[4] == pytest.approx(1.0)
    assert "renormalised" in walk["flags"].tolist()[4]
    taken_out = tidy.table(signed, "balance.triangles", at="2008-12-31", draws=0,
                           options={"symmetry": "both-agree"})
    assert "nan:no-cycle" in taken_out["flags"].iloc[0]


def test_only_modelled_actors_count_unless_asked(signed) -> None:
    two = type(signed)(**signed.__dict__)
    object.__setattr__(two, "actors", ("A", "B"))
    frame = tidy.table(two, "balance.walk", at="2006-12-31", draws=0)
    assert frame["n_used"].tolist() == [1]
    every = tidy.table(two, "balance.walk", at="2006-12-31", draws=0, options={"actors": "all"})
    assert every["n_used"].tolist() == [3]
    with pytest.raises(HeartlandInputError) as raised:
        tidy.table(two, "balance.walk", draws=0, options={"actors": "every"})
    assert str(raised.value) == (
        '"every" is not a choice of actors. The network must be said exactly. Choices: modelled, all.')


def test_a_world_without_signs_has_no_balance(world_l) -> None:
    frame = tidy.table(world_l, "balance.*", draws=0)
    assert frame["flags"].tolist() == ["nan:unknown"] * 3


def test_parts_list_the_ties_of_the_date(signed) -> None:
    frame = tidy.explain(signed, {"measure": "balance.walk", "date": "2008-12-31"})
    assert frame[["part", "score"]].to_numpy().tolist() == [
        ["A - B", 1.0], ["B - C", 1.0], ["A - C", -1.0], ["A - B", -1.0]]
    assert frame["source_id"].tolist() == ["x", "x", "y", "y"]
