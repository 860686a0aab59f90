"""Rows of alignment: which session or register stands at a date, reasons, flags, draws, parts."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.measures import bare_inputs
from tests.measures.bare_inputs import frame_of

import heartland.measures.alignment_family
from heartland.errors import HeartlandInputError
from heartland.measures.inputs import Inputs
from heartland.measures.registry import get
from heartland.region.region import Region

ROOT = Path(__file__).resolve().parents[2]
REGION = ROOT / "src" / "heartland" / "regions" / "central-asia"
ACTORS = ("A", "B", "C", "D")
LIKENESS = ("s", "kappa", "kappa_nominal", "pi", "pi_nominal", "a", "tau_b")
assert heartland.measures.alignment_family.__all__


def inputs_of(tables: Mapping[str, pd.DataFrame], days: tuple[str, ...],
              actors: tuple[str, ...] = ACTORS, members: Any = None) -> Inputs:
    return bare_inputs.inputs_of(tables, days, actors, members)


def rows_of(variant: str, found: Inputs, draws: int = 0, **ask: Any) -> pd.DataFrame:
    options = {key: ask.pop(key) for key in ("portfolio", "own", "power") if key in ask}
    return bare_inputs.rows_of(f"alignment.{variant}", found, draws, options=options, **ask)


def cell(frame: pd.DataFrame, giver: str, receiver: str, day: str | None = None) -> pd.Series:
    mine = frame[(frame.giver == giver) & (frame.receiver == receiver)]
    mine = mine if day is None else mine[mine.date == day]
    assert len(mine) == 1
    return mine.iloc[0]


def vote(item: str, year: int, count: int, yes: str, no: str = "", **more: str) -> dict[str, str]:
    return {"item": item, "session": str(year - 1945), "date": str(year), "roll_calls": str(count),
            "yes": yes, "no": no, "divided": "yes", "source_id": "votes-1", **more}


@pytest.fixture
def votes() -> pd.DataFrame:
    """A and B: 30 of 40 alike, 10 half; C always against A, absent from 25; a unanimous row that counts for
    nothing; the union D with two members yes and one no."""
    return frame_of("votes", [
        vote("V1", 2010, 30, "A;B", abstain="C", split="D:2/0/1"),
        vote("V2", 2010, 10, "A", abstain="B"),
        vote("V3", 2010, 50, "A;B;C", divided="no"),
        vote("V4", 2011, 25, "A", "B"),
        vote("V5", 2011, 15, "A", "C"),
    ])


def test_agreement_counts_roll_calls_not_rows(votes) -> None:
    frame = rows_of("agreement", inputs_of({"votes": votes}, ("2010-12-31",)))
    assert len(frame) == 16
    assert cell(frame, "A", "B").value == pytest.approx((30 + 10 * 0.5) / 40)
    assert cell(frame, "A", "B").value == cell(frame, "B", "A").value
    assert cell(frame, "A", "C")[["value", "n_used", "n_missing"]].tolist() == [0.5, 30, 10]
    assert cell(frame, "A", "D").value == pytest.approx(2 / 3)
    assert cell(frame, "D", "D").value == 1.0
    assert cell(frame, "A", "B").channel == "votes"


def test_the_last_session_whose_year_ended_stands_and_grows_stale(votes) -> None:
    days = ("2010-12-30", "2011-12-30", "2011-12-31", "2012-12-31", "2016-12-31", "2017-01-01")
    frame = rows_of("agreement", inputs_of({"votes": votes}, days), giver="A", receiver="B")
    said = [cell(frame, "A", "B", day) for day in days]
    assert said[0]["flags"] == "nan:unknown"
    assert said[1].value == pytest.approx(0.875)
    assert [row.value for row in said[2:5]] == [0.0, 0.0, 0.0]
    assert ["stale" in row["flags"] for row in said] == [False, False, False, True, True, False]
    assert said[4].age == 5.0
    assert said[5]["flags"] == "nan:unknown"


def test_few_joint_votes_give_no_value_but_their_number(votes) -> None:
    frame = rows_of("agreement", inputs_of({"votes": votes}, ("2011-12-31",)), draws=20)
    row = cell(frame, "A", "C")
    assert (row["flags"], row.n_used, row.n_missing, row.data_grade) == ("nan:few-votes", 15, 25, "D")
    assert math.isnan(row.value)
    assert math.isnan(row.low)
    assert cell(frame, "B", "C").n_used == 0


def test_who_never_votes_is_unknown(votes) -> None:
    frame = rows_of("agreement", inputs_of({"votes": votes}, ("2011-12-31",), (*ACTORS, "E")))
    assert cell(frame, "A", "E")["flags"] == "nan:unknown"
    assert cell(frame, "E", "E")["flags"] == "nan:unknown"


def test_the_interval_holds_the_value_and_pairs_draw_the_same_items(votes) -> None:
    found = inputs_of({"votes": votes}, ("2010-12-31",))
    whole = rows_of("agreement", found, draws=400)
    alone = rows_of("agreement", found, draws=400, giver="B", receiver="A")
    row = cell(whole, "A", "B")
    assert row.low < row.value < row.high
    assert row.high - row.low == pytest.approx(2 * 1.645 * math.sqrt(0.25 * 0.75 / 4 / 41), rel=0.15)
    assert cell(alone, "B", "A")[["value", "low", "high"]].tolist() == row[["value", "low", "high"]].tolist()


def test_a_split_that_cannot_be_read_is_refused() -> None:
    table = frame_of("votes", [vote("V1", 2010, 1, "A", split="D:2/1")])
    found = inputs_of({"votes": table}, ("2010-12-31",))
    with pytest.raises(HeartlandInputError) as raised:
        rows_of("agreement", found)
    assert str(raised.value) == (
        'series/votes.csv:split  "D:2/1" does not say how the members of a union voted. Its position is the '
        "spread of theirs. Write actor:yes/abstain/no, three counts.")


def point(actor: str, year: int, mean: float, release: str = "one") -> dict[str, str]:
    """An ideal point with sd .1."""
    return {"actor": actor, "session": str(year - 1945), "release": release, "date": str(year),
            "mean": str(mean), "low": str(mean - 0.1645), "high": str(mean + 0.1645), "source_id": "points"}


def test_distance_of_ideal_points() -> None:
    table = frame_of("ideal_points", [point("A", 2010, 1.0), point("B", 2010, -1.5), point("C", 2010, 1.1)])
    frame = rows_of("ideal_distance", inputs_of({"ideal_points": table}, ("2011-06-30",)), draws=2000)
    row = cell(frame, "A", "B")
    assert row.value == pytest.approx(2.5)
    assert row.high - row.low == pytest.approx(2 * 1.645 * 0.1 * math.sqrt(2), rel=0.06)
    assert "near-zero" not in row["flags"]
    assert "near-zero" in cell(frame, "A", "C")["flags"]
    assert cell(frame, "A", "A")[["value", "low", "high"]].tolist() == [0.0, 0.0, 0.0]
    assert cell(frame, "A", "D")["flags"] == "nan:unknown"
    assert cell(frame, "A", "D")[["n_used", "n_missing"]].tolist() == [1, 1]


def test_two_releases_are_never_compared() -> None:
    table = frame_of("ideal_points", [point("A", 2010, 1.0), point("B", 2010, -1.5, release="two")])
    with pytest.raises(HeartlandInputError) as raised:
        rows_of("ideal_distance", inputs_of({"ideal_points": table}, ("2011-06-30",)))
    assert str(raised.value) == (
        "series/ideal_points.csv:release  ideal points of 2 releases: one, two. Every release is scaled "
        "anew; a distance between two of them means nothing. Keep the rows of one release.")


def pact(
    actor: str, item: str, level: int, period: str = "2000/2010", own: str = "no",
) -> dict[str, str]:
    return {"actor": actor, "item": item, "kind": "commitment", "level": str(level), "own": own,
            "period": period, "source_id": "pacts"}


@pytest.fixture
def pacts() -> pd.DataFrame:
    """Partners P, Q, R and the actors themselves; the register ends in 2010; C appears in 2005."""
    system = [pact("", item, 0) for item in ("A", "B", "P", "Q", "R")] + [pact("", "C", 0, "2005/2010")]
    own = [pact("A", "A", 3, own="yes"), pact("B", "B", 3, own="yes"),
           pact("C", "C", 3, "2005/2010", own="yes")]
    return frame_of("portfolios", [
        *system, *own, pact("A", "P", 3), pact("A", "Q", 1, "2000/2004"), pact("B", "P", 2),
        pact("B", "A", 3),
    ])


def test_commitments_on_the_declared_scale(pacts) -> None:
    found = inputs_of({"portfolios": pacts}, ("2003-06-30", "2008-06-30"))
    frame = rows_of("s", found)
    # 2003: A 3 0 3 1 0, B 3 3 2 0 0 over A B P Q R; C is not born.
    early = cell(frame, "A", "B", "2003-06-30")
    assert early.value == pytest.approx(1 - 2 * (0 + 3 + 1 + 1 + 0) / 3 / 5)
    assert (early.n_used, early.channel) == (5, "commitment")
    assert cell(frame, "A", "C", "2003-06-30")["flags"] == "nan:not-born"
    assert cell(frame, "A", "D", "2003-06-30")["flags"] == "nan:unknown"
    # 2008: six partners, the pact with Q is over.
    assert cell(frame, "A", "B", "2008-06-30").value == pytest.approx(1 - 2 * (0 + 3 + 1) / 3 / 6)
    dropped = rows_of("s", found, own="drop")
    assert cell(dropped, "A", "B", "2003-06-30").value == pytest.approx(1 - 2 * (1 + 1) / 3 / 3)
    squared = rows_of("s", found, power=2)
    assert cell(squared, "A", "B", "2003-06-30").value == pytest.approx(1 - 2 * (9 + 1 + 1) / 9 / 5)


def test_a_register_stands_for_five_years_after_its_end(pacts) -> None:
    days = ("2010-12-31", "2012-06-30", "2015-12-31", "2016-01-01")
    frame = rows_of("s", inputs_of({"portfolios": pacts}, days), giver="A", receiver="B")
    said = [cell(frame, "A", "B", day) for day in days]
    assert len({row.value for row in said[:3]}) == 1
    assert ["stale" in row["flags"] for row in said] == [False, True, True, False]
    assert said[3]["flags"] == "nan:unknown"


@pytest.mark.parametrize("variant", LIKENESS)
def test_own_row_and_both_orders(pacts, variant: str) -> None:
    frame = rows_of(variant, inputs_of({"portfolios": pacts}, ("2008-06-30",)), draws=50)
    a, b = cell(frame, "A", "B"), cell(frame, "B", "A")
    assert a[["value", "low", "high"]].tolist() == b[["value", "low", "high"]].tolist()
    if variant != "a":
        assert cell(frame, "A", "A").value == pytest.approx(1.0)
    assert not frame.value.isin([np.inf, -np.inf]).any()


def test_constant_portfolios_say_so() -> None:
    """With the own ties dropped nobody has a pact with anybody: alike, but no more than by chance."""
    quiet = frame_of("portfolios", [
        *(pact("", item, 0) for item in ("A", "B", "P", "Q")), pact("A", "A", 3, own="yes"),
        pact("B", "B", 3, own="yes")])
    found = inputs_of({"portfolios": quiet}, ("2008-06-30",))
    for variant in LIKENESS:
        row = cell(rows_of(variant, found, own="drop"), "A", "B")
        expected = {"s": "no-interval", "a": "no-interval"}.get(variant, "nan:constant")
        assert expected in row["flags"].split(";")


def test_memberships_assume_that_the_unlisted_stay_out() -> None:
    table = pd.DataFrame({"organisation": ["o", "o", "q", "r"], "member": ["A", "B", "A", "Z"],
                          "rank": ["normal", "normal", "normal", "deprecated"]})
    inside = {"o": ("A", "B"), "q": ("A",), "r": ("C",)}
    found = inputs_of({"memberships": table}, ("2008-06-30",), members=lambda name, day: inside[name])
    row = cell(rows_of("s", found, portfolio="memberships"), "A", "B")
    assert row.value == 0.0  # together in o, apart in q; the deprecated row is no organisation
    assert (row.n_used, row.channel) == (2, "memberships")
    assert "imputed" in row["flags"]
    assert cell(rows_of("s", found, portfolio="memberships"), "A", "C")["flags"] == "imputed;nan:unknown"


def test_likeness_of_votes_follows_the_rules_of_votes(votes) -> None:
    found = inputs_of({"votes": votes}, ("2011-12-31",))
    frame = rows_of("s", found, portfolio="votes")
    assert cell(frame, "A", "C")["flags"] == "nan:few-votes"
    assert cell(frame, "A", "B").value == -1.0
    assert cell(rows_of("kappa", found, portfolio="votes"), "A", "A")["flags"] == "nan:constant"


@pytest.mark.parametrize(("option", "message"), [
    ({"portfolio": "vote"}, '"vote" is not a choice of portfolio. The measure would be taken of nothing. '
     "Did you mean votes? Choices: commitment, votes, memberships."),
    ({"own": "skip"}, '"skip" is not a choice of own. The measure would be taken of nothing. '
     "Choices: keep, drop."),
    ({"power": "3"}, "power 3 is not a choice. Distances between levels are absolute or squared. "
     "Use 1 or 2."),
])
def test_options_that_are_no_choice(votes, option: dict[str, str], message: str) -> None:
    with pytest.raises(HeartlandInputError) as raised:
        rows_of("s", inputs_of({"votes": votes}, ("2011-12-31",)), **option)
    assert re.sub(r"\s+", " ", str(raised.value)) == message


@pytest.mark.parametrize("variant", ["agreement", *LIKENESS])
def test_15_parts_sum_to_the_value(votes, pacts, variant: str) -> None:
    found = inputs_of({"votes": votes, "portfolios": pacts}, ("2010-12-31",))
    row = cell(rows_of(variant, found), "A", "B")
    parts = get(f"alignment.{variant}").parts(found, {**row.to_dict(), "measure": f"alignment.{variant}"})
    assert sum(part["contribution"] for part in parts) == pytest.approx(row.value, abs=1e-9)
    assert sum(part["weight"] for part in parts) == pytest.approx(1.0)
    if variant == "agreement":
        assert [part["observation_id"] for part in parts] == ["V2", "V1"]  # the farthest apart first
        assert [part["transform"] for part in parts] == ["1 against 2", "1 against 1"]
        assert [part["flag"] for part in parts] == ["stands for 10 items", "stands for 30 items"]
        assert {part["source_id"] for part in parts} == {"votes-1"}


def test_parts_name_the_items_without_a_position(votes) -> None:
    parts = get("alignment.agreement").parts(
        inputs_of({"votes": votes}, ("2010-12-31",)), {"giver": "A", "receiver": "C"})
    assert [(part["status"], part["weight"]) for part in parts] == [("observed", 1.0), ("no position", 0.0)]


def test_parts_of_a_distance() -> None:
    table = frame_of("ideal_points", [point("A", 2010, -1.0), point("B", 2010, 0.5)])
    found = inputs_of({"ideal_points": table}, ("2011-06-30",))
    parts = get("alignment.ideal_distance").parts(found, {"giver": "A", "receiver": "B"})
    assert [part["contribution"] for part in parts] == [1.0, 0.5]
    assert [part["period"] for part in parts] == ["session 65", "session 65"]


def test_a_world_without_modelled_actors_has_no_rows() -> None:
    found = inputs_of({}, ("2010-12-31",), ())
    for variant in ("agreement", "ideal_distance", *LIKENESS):
        assert len(rows_of(variant, found, draws=10)) == 0


def test_an_empty_region_has_reasons_only() -> None:
    found = inputs_of({}, ("2010-12-31",))
    for variant in ("agreement", "ideal_distance", *LIKENESS):
        assert set(rows_of(variant, found, draws=10)["flags"]) == {"nan:unknown"}
    assert get("alignment.s").parts(found, {"giver": "A", "receiver": "B"})[0]["status"] == "unknown"


@pytest.fixture(scope="module")
def region() -> Region:
    return Region.load(REGION)


@pytest.fixture(scope="module")
def shipped(region: Region) -> Inputs:
    days = tuple(f"{year}-12-31" for year in range(1995, 2026))
    tables = {name: region.table(name) for name in ("votes", "ideal_points", "portfolios", "memberships")}
    return inputs_of(tables, days, tuple(region.model.actors), region.at("2019-12-31").members)


@pytest.mark.parametrize(("pair", "year", "n", "expected"), [
    (("KAZ", "RUS"), 2005, 96, 0.885417), (("UZB", "RUS"), 2005, 83, 0.897590),
    (("TKM", "CHN"), 2005, 57, 0.973684), (("KAZ", "CHN"), 2018, 92, 0.864130),
    (("UZB", "RUS"), 2018, 80, 0.837500), (("UZB", "USA"), 2018, 80, 0.181250),
])
def test_g4_from_the_shipped_table(shipped: Inputs, pair, year: int, n: int, expected: float) -> None:
    frame = rows_of("agreement", shipped, giver=pair[0], receiver=pair[1])
    row = cell(frame, *pair, f"{year}-12-31")
    assert (row.n_used, row.value) == (n, pytest.approx(expected, abs=1e-6))


def test_g4_few_votes_from_the_shipped_table(shipped: Inputs) -> None:
    row = cell(rows_of("agreement", shipped, giver="TKM", receiver="RUS"), "TKM", "RUS", "1995-12-31")
    assert (row.n_used, row["flags"]) == (13, "nan:few-votes")


def test_g5_from_the_shipped_table(shipped: Inputs) -> None:
    frame = rows_of("ideal_distance", shipped)
    for pair, year, expected in ((("KAZ", "RUS"), 1995, 0.5961), (("KAZ", "CHN"), 2019, 0.2765),
                                 (("UZB", "CHN"), 1995, 2.4449), (("UZB", "CHN"), 2019, 0.0528)):
        assert cell(frame, *pair, f"{year}-12-31").value == pytest.approx(expected, abs=1e-4)
    assert "near-zero" in cell(frame, "UZB", "CHN", "2019-12-31")["flags"]


def test_agreement_is_that_of_the_channel_votes(shipped: Inputs, region: Region) -> None:
    """Six significant digits there; the union is a mean over members there and over votes here."""
    frame = rows_of("agreement", shipped).set_index(["giver", "receiver", "date"]).value
    told = region.tables["observations"]
    told = told[told["channel"] == "votes"]
    assert len(told) > 800
    for row in told.to_dict("records"):
        mine = frame[row["giver"], row["receiver"], f"{row['period']}-12-31"]
        assert abs(mine - row["value"]) < (0.004 if row["giver"] == "eu" else 1e-6), row


def test_sources_end_where_they_end(shipped: Inputs) -> None:
    for variant, last in (("agreement", 2024), ("ideal_distance", 2024), ("s", 2023)):
        frame = rows_of(variant, shipped, giver="KAZ", receiver="RUS").set_index("date")
        assert "stale" in frame["flags"][f"{last}-12-31"]
        assert frame["flags"][f"{last + 1}-12-31"] == "nan:unknown"


def test_the_commitment_of_the_channel_is_that_of_the_portfolios(region: Region, shipped: Inputs) -> None:
    portfolios = region.table("portfolios")
    told = region.tables["observations"]
    told = told[(told["channel"] == "commitment") & (told["giver"] != "eu")]
    for row in told.to_dict("records"):
        year = row["period"].rpartition("/")[2]
        mine = portfolios[(portfolios["actor"] == row["giver"]) & (portfolios["item"] == row["receiver"])]
        levels = [level for level, period in zip(mine["level"], mine["period"], strict=True)
                  if period.partition("/")[0] <= year <= period.rpartition("/")[2]]
        assert max(levels, default=0) == row["value"], row
