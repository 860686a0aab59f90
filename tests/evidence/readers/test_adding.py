"""Rows into a region's folder: ids unique, source on record, all or nothing."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from tests.evidence.readers.reading import read

from heartland.errors import HeartlandInputError
from heartland.evidence.readers.adding import actors_of, added, plan, span_of

HEADS = {
    "observations": "observation_id,giver,receiver,channel,period,value,unit,definition,source_id\n"
    "O-1,RUS,KAZ,trade,1999,5,usd,goods-turnover,old\n",
    "sources": "source_id,title,title_kind,kind,published_basis,reliability,independence_group\n"
    "old,Old,described,dataset,unknown,F,old\n",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in HEADS.items():
        (tmp_path / f"{name}.csv").write_text(text)
    return tmp_path


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_rows_source_and_indicators_are_added(folder: Path) -> None:
    done = read("cow-trade", "Dyadic_COW_4.0.csv", as_="turnover", actors=frozenset({"KGZ"}))
    addition = plan(done, folder)
    assert addition.counts == {"observations": 3, "sources": 1, "indicators": 1}
    assert not (folder / "indicators.csv").exists()  # a plan writes nothing
    with added(addition):
        pass
    rows = table(folder / "observations.csv")
    assert rows[0]["observation_id"] == "O-1"
    assert [row["value"] for row in rows] == ["5", "33000000", "33000000", "33000000"]
    assert rows[0]["note"] == ""
    assert [row["source_id"] for row in table(folder / "sources.csv")] == ["old", "cow-trade-4"]
    assert table(folder / "sources.csv")[1]["reliability"] == "F"
    assert table(folder / "indicators.csv")[0]["indicator_id"] == "trade-total"
    with pytest.raises(HeartlandInputError) as error:
        plan(done, folder)
    assert str(error.value).split("\n")[0] == (
        "observations.csv:3:observation_id  O-BTR-KAZ-KGZ-2000 is there already. One claim would count "
        "twice. Import other years or actors, or take the old row out first."
    )


def test_one_claim_under_another_id_is_refused_too(folder: Path) -> None:
    path = folder / "observations.csv"
    path.write_text(path.read_text() + "O-X,KAZ,KGZ,trade,2000,7,usd,goods-turnover,mine\n")
    done = read("cow-trade", "Dyadic_COW_4.0.csv", as_="turnover", actors=frozenset({"KGZ"}), source="mine")
    with pytest.raises(HeartlandInputError, match="KAZ, KGZ, trade, 2000, goods-turnover, mine is there"):
        plan(done, folder)


def test_an_error_leaves_every_file_as_it_was(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    done = read("nmc", "NMC-60-abridged.csv", actors=frozenset({"KAZ"}), within=frozenset({"KAZ"}))
    def stopped_halfway() -> None:
        with added(plan(done, folder)):
            assert (folder / "series" / "capabilities.csv").is_file()
            (lag,) = table(folder / "series.csv")
            assert (lag["table"], lag["lag_months"], lag["status"]) == ("capabilities", "12", "assumption")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped_halfway()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_rows_of_no_region_table_are_refused(folder: Path) -> None:
    from dataclasses import replace

    done = replace(read("vdem", "V-Dem-CY-Full.csv"), table="facts")
    with pytest.raises(HeartlandInputError, match="rows of facts have no place in a region's folder"):
        plan(done, folder)


def test_span_and_actors_of_rows() -> None:
    done = read("atop", "atop5_1ddyr.csv")
    assert span_of(done.frame) == ("2000", "2001")
    assert actors_of(done.frame) == ["CHN", "KAZ", "KGZ", "RUS", "TJK"]
    assert actors_of(read("unga-votes", "UNVotes.csv").frame) == ["KAZ", "RUS", "USA"]
