"""Changes taken apart: world T, closure, direction, sources, coverage, the path integral."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartland.errors import HeartlandInputError
from heartland.measures import changes, tidy
from heartland.measures.change_parts import Side, product_rows, share_rows
from heartland.measures.change_path import path_parts

EARLY, LATE = "2010-12-31", "2020-12-31"


@dataclass(frozen=True)
class TwoDates:
    """A world that is one fake world early and another late."""

    early: Any
    late: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.late, name)

    def arrays(self, times: Any = None) -> Any:
        one, two = self.early.arrays(times), self.late.arrays(times)
        late = np.array([str(day) >= "2015" for day in two.times])
        if not late.any() or late.all():
            return two if late.all() else one
        merged = {
            name: np.where(late.reshape(-1, *[1] * (getattr(two, name).ndim - 1)), getattr(two, name),
                           getattr(one, name))
            for name in ("value", "sd", "status", "age", "disagreement", "n_groups", "total")
        }
        base = {name: np.where(late[:, None], two.base[name], one.base[name]) for name in two.base}
        import pandas as pd

        places = np.flatnonzero(late)
        series = pd.concat([one.series[~one.series["time"].isin(places)],
                            two.series[two.series["time"].isin(places)]], ignore_index=True)
        return replace(two, **merged, base=base, series=series)


@pytest.fixture
def two(world_t) -> TwoDates:
    """World T and ten years later: trade .8 to .7, visits .5 to .6, arms .9 to .8; shares down."""
    moved = {("A", "J", "trade"): 0.7, ("A", "J", "visits"): 0.6, ("A", "J", "arms"): 0.8,
             ("A", "J", "trade-share"): 0.25, ("A", "J", "debt"): 0.05, ("A", "J", "arms-share"): 0.6}
    return TwoDates(world_t, replace(world_t, ties={**world_t.ties, **moved}))


CELL = {"measure": "influence", "giver": "A", "receiver": "J"}


def test_world_t(two) -> None:
    frame = changes.change(two, CELL, EARLY, LATE, draws=0)
    summed = frame.groupby(["part", "channel"])["value"].sum()
    expected = {
        ("bandwidth", "trade"): -0.0105, ("bandwidth", "loans"): 0.0, ("bandwidth", "arms"): -0.0175,
        ("bandwidth", "visits"): 0.00875, ("dependence", "trade-share"): -0.008275,
        ("dependence", "debt"): -0.008275, ("dependence", "arms-share"): -0.0662,
        ("coverage", ""): 0.0, ("reference", ""): 0.0, ("total", ""): -0.102,
    }
    assert {key: summed[key] for key in expected} == pytest.approx(expected, abs=1e-9)
    assert len(summed) == len(expected)
    start_levels = {"arms": 0.4 * (0.8 - 0.9) * 0.5}  # weights of the start alone: not the midpoint rule
    assert summed["bandwidth", "arms"] != pytest.approx(start_levels["arms"], abs=1e-4)


@pytest.mark.parametrize("measure", ["influence", "bandwidth", "dependence"])
@pytest.mark.parametrize("domain", ["all", "economic"])
def test_rows_close_and_reverse(two, measure: str, domain: str) -> None:
    cell = {**CELL, "measure": measure, "domain": domain}
    forth, back = changes.change(two, cell, EARLY, LATE, draws=60), changes.change(
        TwoDates(two.late, two.early), cell, EARLY, LATE, draws=60)
    values = tidy.table(two, measure, times=[EARLY, LATE], giver="A", draws=0,
                        by="overall" if domain == "all" else "domain")
    values = values[values["domain"] == domain]["value"].to_list()
    for frame, sign in ((forth, 1), (back, -1)):
        total = frame[frame["part"] == "total"]["value"].item()
        assert total == pytest.approx(sign * (values[1] - values[0]), abs=1e-12)
        assert frame[frame["part"] != "total"]["value"].sum() == pytest.approx(total, abs=1e-9)
    key = ["part", "domain", "channel", "cause"]
    both = forth.set_index(key)["value"] + back.set_index(key)["value"]
    assert np.abs(both.to_numpy()).max() < 1e-12


def test_what_is_known_at_one_date_only_is_coverage(two) -> None:
    late = dict(two.late.ties)
    late.pop(("A", "J", "loans"))
    frame = changes.change(TwoDates(two.early, replace(two.late, ties=late)), CELL, EARLY, LATE, draws=0)
    assert "loans" not in set(frame["channel"])
    # without loans economic bandwidth is trade alone: 0.8 where it was 0.56, at the start
    d0, d1 = 0.5 * 0.2 + 0.5 * 0.8, 0.5 * 0.15 + 0.5 * 0.6
    b0, b1 = 0.4 * 0.8 + 0.4 * 0.9 + 0.2 * 0.5, 0.4 * 0.7 + 0.4 * 0.8 + 0.2 * 0.6
    assert frame[frame["part"] == "total"]["value"].item() == pytest.approx(b1 * d1 - 0.684 * d0)
    assert frame[frame["part"] == "coverage"]["value"].item() == pytest.approx((b0 - 0.684) * d0)


def test_a_value_missing_at_one_date_has_no_change_but_a_reason(two) -> None:
    ties = {key: x for key, x in two.late.ties.items() if key[2] in ("trade", "visits", "debt")}
    frame = changes.change(TwoDates(two.early, replace(two.late, ties=ties)), CELL, EARLY, LATE)
    assert frame[["part", "flags"]].values.tolist() == [["total", "nan:coverage"]]
    assert np.isnan(frame["value"].item())


def test_a_new_source_is_not_a_change_of_the_world(two) -> None:
    key = ("A", "J", "trade")
    early = replace(two.early, sources={key: {"old": (0.8, 0.1)}})
    late = replace(two.late, ties={**two.early.ties, key: 0.4},
                   sources={key: {"old": (0.8, 0.1), "new": (0.2, 0.1)}})
    frame = changes.change(TwoDates(early, late), CELL, EARLY, LATE, draws=0)
    by_part = frame.groupby("part")["value"].sum()
    assert by_part["bandwidth"] == pytest.approx(0.0, abs=1e-12)
    assert by_part["source"] == pytest.approx(by_part["total"])
    gone = replace(late, sources={key: {"new": (0.2, 0.1)}})
    frame = changes.change(TwoDates(early, gone), CELL, EARLY, LATE, draws=0)
    assert frame[frame["part"] == "total"]["flags"].item() == "sources-differ:trade"


def test_paired_draws_are_narrower_than_two_tables(world_l) -> None:
    moved = {key: x * 1.1 for key, x in world_l.ties.items()}
    world = TwoDates(world_l, replace(world_l, ties=moved))
    frame = changes.compare(world, "influence", EARLY, LATE, receiver="J", giver="A")
    apart = tidy.table(world, "influence", times=[EARLY, LATE], receiver="J", giver="A")
    assert (frame["high"] - frame["low"]).item() < 0.5 * (apart["high"] - apart["low"]).min()
    assert frame["value"].item() == pytest.approx(frame["after"].item() - frame["before"].item())
    assert frame["low"].item() <= frame["value"].item() <= frame["high"].item()


def test_compare_keeps_the_reason(two) -> None:
    ties = {key: x for key, x in two.late.ties.items() if key[2] in ("trade", "visits")}
    world = TwoDates(two.early, replace(two.late, ties=ties))
    frame = changes.compare(world, "influence", EARLY, LATE, giver="A")
    assert np.isnan(frame["value"].item())
    assert "nan:coverage" in frame["flags"].item().split(";")


def test_which_source_carries_the_number(world_l) -> None:
    key = ("A", "J", "trade")
    world = replace(world_l, sources={key: {"mirror": (90.0, 0.2), "customs": (50.0, 0.2)}})
    frame = changes.without_source(world, {**CELL, "measure": "bandwidth"})
    assert set(frame["group"]) == {"mirror", "customs", "one"}
    effect = frame.set_index("group")["effect"]
    assert effect["mirror"] < 0 < effect["customs"]
    whole = frame.set_index("group").loc["one"]
    assert np.isnan(whole["without"])
    assert "nan:" in whole["flags"]


def test_a_factor_that_cannot_matter_has_no_part_in_the_spread(world_l) -> None:
    exact = replace(world_l, sd=0.0)
    frame = changes.sources_of_spread(exact, "influence", receiver="J", draws=80)
    assert (frame["observations"] == 0).all()
    assert (frame[["weights", "structure"]] > 0).all().all()


def test_an_unknown_giver_is_refused(world_t) -> None:
    with pytest.raises(HeartlandInputError) as refused:
        changes.change(world_t, {**CELL, "giver": "Z"}, EARLY, LATE)
    assert str(refused.value).startswith('"Z" is not a giver of this region.')


shares = st.floats(0.0, 1.0)


@given(st.lists(st.tuples(shares, shares, shares, shares), min_size=2, max_size=4))
def test_the_product_rule_closes_for_any_numbers(rows: list[tuple[float, float, float, float]]) -> None:
    g0, g1, h0, h1 = (np.array(column) for column in zip(*rows, strict=True))
    weight = np.full(len(rows), 1 / len(rows))
    places = (0,) * len(rows)
    sides = [[Side(score, weight, np.ones(1), places) for score in pair] for pair in ((g0, h0), (g1, h1))]
    known = [np.ones(len(rows), dtype=bool)] * 2
    total = sum(float(row.value) for row in product_rows(*sides, known, True))
    assert total == pytest.approx(g1.mean() * h1.mean() - g0.mean() * h0.mean(), abs=1e-9)


positive = st.floats(0.01, 100.0)


@given(positive, positive, positive, positive)
def test_the_two_causes_of_a_share_sum_to_its_change(x0: float, x1: float, o0: float, o1: float) -> None:
    own, rest = share_rows((np.array(x0), np.array(x1)), (np.array(o0), np.array(o1)), total=True)
    assert float(own + rest) == pytest.approx(x1 / (x1 + o1) - x0 / (x0 + o0), abs=1e-12)
    assert np.sign(float(own)) in (0, np.sign(x1 - x0))
    assert np.sign(float(rest)) in (0, -np.sign(o1 - o0))


def test_the_path_integral_of_a_product_is_the_midpoint_rule() -> None:
    parts, remainder = path_parts(lambda x: x[0] * x[1], np.array([0.2, 0.5]), np.array([0.6, 0.1]))
    assert parts == pytest.approx([0.4 * 0.3, -0.4 * 0.4], abs=1e-9)
    assert abs(remainder) < 1e-9


def test_the_path_integral_closes_for_a_curved_mean() -> None:
    weights = np.array([0.3, 0.7])
    parts, remainder = path_parts(
        lambda x: (weights @ np.sqrt(x)) ** 2, np.array([0.2, 0.5]), np.array([0.6, 0.4]))
    assert abs(remainder) < 1e-6
    assert parts[0] > 0 > parts[1]


def test_a_measure_of_two_powers_is_taken_apart_by_tie(world_l) -> None:
    moved = {key: x * (1.5 if key == ("A", "J", "arms") else 1.0) for key, x in world_l.ties.items()}
    world = TwoDates(world_l, replace(world_l, ties=moved))
    cell = {"measure": "division_of_labour", "giver": "A", "other": "B", "receiver": "J"}
    frame = changes.change(world, cell, EARLY, LATE)
    ties = frame[frame["part"] == "tie"]
    assert ties[["channel", "cause"]].values.tolist() == [["arms", "A"]]
    actors = {key: cell[key] for key in ("giver", "other", "receiver")}
    values = tidy.table(world, "division_of_labour", times=[EARLY, LATE], draws=0, **actors)
    total = frame[frame["part"] == "total"]["value"].item()
    assert total == pytest.approx(values["value"].iloc[1] - values["value"].iloc[0], abs=1e-12)
    assert abs(frame[frame["part"] == "remainder"]["value"].item()) < 1e-6
    assert frame[frame["part"] != "total"]["value"].sum() == pytest.approx(total, abs=1e-9)
