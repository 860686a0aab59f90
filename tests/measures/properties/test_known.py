"""What is recorded later changes nothing that was known before (20), and claims told twice count once (6)."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.measures.properties.every import assert_same, of
from tests.measures.properties.tables import GOODS, tables_of
from tests.region.toy_region import TOY, copy_of_toy

from heartland.core.schema import load_schema
from heartland.errors import HeartlandInputError
from heartland.measures import tidy
from heartland.measures.registry import get, names
from heartland.region.region import Region

ACTORS = ("AAA", "BBB", "CCC", "DDD")
DAY = "2020-12-31"
DATED = {"votes": "date", "ideal_points": "date", "capabilities": "period", "flows": "period",
         "expectations": "period", "routes": "period"}
SPELLS = ("portfolios", "signed")
SOURCES = {"source-one": "customs-c", "source-two": "mirror"}
# Published a year after the period: not known at the end of the period itself.
LATER = (
    "O-901,AAA,CCC,trade,,2020,900,,,usd,turnover,log,mirror,,normal,,6,2021-06-30,documented,\n"
    "O-902,BBB,CCC,arms,,2020,7,,,tiv,delivered,log,arms-book,,normal,,6,2021-12-31,documented,\n"
    "O-903,BBB,DDD,presence,,2020,4,,,level,coded-level,identity,news,,normal,,6,2021-03-01,documented,\n"
    "O-904,CCC,,,gdp,2020,777,,,usd2015,constant-prices,log,customs-c,,normal,,6,2021-06-30,documented,\n"
)
LINES = (("north", "AAA", "100"), ("west", "BBB", "120"), ("south", "AAA;DDD", "110"))
ORDER = {"order_id": "pact-order", "organisation": "pact", "outsiders": "BBB",
         "kinds": "basing;membership;arms", "channels": "trade;arms", "comparison": "DDD"}


def series(until: int) -> dict[str, list[dict[str, str]]]:
    """Tables of two years, cut after one of them; the rows of that year are the same either way."""
    rng = np.random.default_rng(3)
    tables = tables_of(rng, ACTORS, (2018, 2020), GOODS)
    tables["orders"] = [ORDER]
    tables["routes"] = [
        {"user": "CCC", "goods": "gas", "route_id": name, "states_crossed": states, "period": str(year),
         "share": str(share), "share_low": str(share / 1.2), "share_high": str(share * 1.2), "cost": cost,
         "cost_unit": "relative", "spare": "0.3", "source_id": "source-one"}
        for year, shares in ((2018, (0.5, 0.3, 0.2)), (2020, (0.2, 0.3, 0.5)))
        for (name, states, cost), share in zip(LINES, shares, strict=True)
    ]
    kept: dict[str, list[dict[str, str]]] = {}
    for name, rows in tables.items():
        if name == "memberships":
            continue
        column = DATED.get(name)
        rows = [row for row in rows if not column or not row.get(column) or int(row[column]) <= until]
        rows = [
            {**row, "source_id": SOURCES[row["source_id"]]} if "source_id" in row else row for row in rows]
        if name in SPELLS:
            rows = [{**row, "period": "2005/2019"} for row in rows]
        kept[name] = rows
    return kept


def region_of(folder: Path, until: int, *edits: dict[str, Any]) -> Region:
    copy = copy_of_toy(folder, edits)
    target = copy / "series"
    target.mkdir()
    for name, rows in series(until).items():
        columns = [column.name for column in load_schema(name).columns]
        with (target / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
    lags = "".join(f"{name},12,assumption,\n" for name in (*DATED, *SPELLS))
    (copy / "series.csv").write_text(f"table,lag_months,status,note\n{lags}", encoding="utf-8")
    return Region.load(copy)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """All measures as known at the day: before and after later records, and with them."""
    early = region_of(tmp_path_factory.mktemp("early"), 2018)
    late = region_of(tmp_path_factory.mktemp("late"), 2020, {"file": "observations.csv", "append": LATER})

    def rows(region: Any, known_by: str | None) -> pd.DataFrame:
        world = region.at(DAY, known_by=known_by)
        return tidy.table(world, "*", times=["2019-12-31", DAY], draws=40)

    return rows(early, DAY), rows(late, DAY), rows(late, None)


@pytest.mark.parametrize("name", names())
def test_20_later_records_change_nothing_known_before(name: str, both: Any) -> None:
    assert_same(of(both[0], name), of(both[1], name), rtol=0, atol=0)


def test_20_and_they_would_have_mattered(both: Any) -> None:
    told, numbers = [], ["value", "low", "high", "age", "n_used", "coverage"]
    for name in names():
        before, after = (of(frame, name) for frame in both[1:])
        if not before[numbers].equals(after[numbers]):
            told.append(name)
    assert {get(name).family for name in told} >= {
        "alignment", "bandwidth", "capability", "dependence", "exclusion", "gravity", "influence",
        "leverage", "route", "quality", "centrality", "concentration",
    }


def test_6_an_id_given_twice_is_refused(tmp_path: Path) -> None:
    again = "O-001,AAA,CCC,trade,,2019,100,,,usd,turnover,log,customs-c,,normal,,6,,documented,\n"
    with pytest.raises(HeartlandInputError) as refused:
        Region.load(copy_of_toy(tmp_path, [{"file": "observations.csv", "append": again}]))
    assert 'O-001' in str(refused.value)
    assert "observations.csv" in str(refused.value)


def test_6_one_claim_told_twice_by_one_group_counts_once(tmp_path: Path) -> None:
    line = next(row for row in (copy_of_toy(tmp_path / "one") / "observations.csv").read_text(
        encoding="utf-8").splitlines() if row.startswith("O-002,"))
    twice = line.replace("O-002", "O-801", 1) + "\n"
    once, again = (
        tidy.table(Region.load(copy_of_toy(tmp_path / name, edits)).at(DAY), "*", draws=40)
        for name, edits in (("a", []), ("b", [{"file": "observations.csv", "append": twice}]))
    )
    for name in names():
        if name in set(once["measure"]):
            assert_same(of(once, name), of(again, name), rtol=0, atol=0)


def test_21_before_a_birth_there_is_no_value_and_then_a_short_window() -> None:
    world = Region.load(TOY).at(DAY)
    for name in ("influence", "bandwidth", "dependence"):
        days = ("2016-12-31", "2018-12-31")
        rows = tidy.table(world, name, by="channel", receiver="DDD", times=days, draws=0)
        early, late = (rows[rows["date"] == day] for day in days)
        assert early["value"].isna().all()
        assert early["flags"].str.contains("nan:not-born|nan:no-dependence").all()
        assert early[early["channel"] == "trade"]["flags"].str.contains("nan:not-born").all()
        arms = late[late["channel"] == "arms"]["flags"].str.split(";")
        assert arms.map(lambda words: "short-window" in words).all()
