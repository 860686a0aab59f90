"""Influence beside a published index."""

from __future__ import annotations

import numpy as np
import pytest

from heartland.errors import HeartlandInputError
from heartland.measures import tidy
from heartland.measures.published import compare, read_index, spearman

LINES = ["giver,receiver,year,value"]


def test_spearman_by_hand_with_and_without_ties() -> None:
    x = np.array([1.0, 2, 3, 4, 5])
    assert spearman(x, np.array([2.0, 1, 4, 3, 5])) == pytest.approx(1 - 6 * 4 / (5 * 24))
    assert spearman(x, x**3) == pytest.approx(1.0)
    assert spearman(x, -x) == pytest.approx(-1.0)
    # Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4.
    tied = spearman(np.array([1.0, 2, 2, 3]), np.array([1.0, 2, 3, 4]))
    assert tied == pytest.approx(4.5 / (4.5 * 5) ** 0.5)
    # Wrong: the correlation of the values themselves.
    assert float(np.corrcoef(x, x**3)[0, 1]) != pytest.approx(1.0, abs=1e-2)


def test_spearman_needs_three_places_and_two_values() -> None:
    assert np.isnan(spearman(np.array([1.0, 2, np.nan]), np.array([1.0, 2, 3])))
    assert np.isnan(spearman(np.ones(4), np.arange(4.0)))


@pytest.fixture
def index(tmp_path):
    def write(*rows: str, head: str = LINES[0]):
        path = tmp_path / "index.csv"
        path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
        return path

    return write


def test_compare_by_year_and_receiver(world_l, index) -> None:
    own = tidy.table(world_l, "influence", draws=0, times=["2019-12-31", "2020-12-31"])
    rows = [f"{r['giver']},{r['receiver']},2020,{r['value'] ** 2}" for r in own.to_dict("records")
            if r["date"] == "2020-12-31"]
    frame = compare(own, index(*rows, "X,J,2020,3"))
    assert list(frame.columns) == ["by", "label", "n", "spearman"]
    assert frame[["by", "label", "n"]].to_numpy().tolist() == [
        ["all", "all", 6], ["year", "2019", 0], ["year", "2020", 6], ["receiver", "J", 3],
        ["receiver", "K", 3]]
    assert frame["spearman"].tolist() == pytest.approx([1, np.nan, 1, 1, 1], nan_ok=True)


@pytest.mark.parametrize(
    ("rows", "head", "message"),
    [
        (["A,J,2020,1"], "giver,receiver,years,value",
         'index.csv:1  no column "year". The index cannot be matched with influence. Did you mean years? '
         "Columns needed: giver, receiver, year, value."),
        (["A,J,2020,high"], LINES[0],
         'index.csv:2:value  "high" is no number. It cannot be ranked. Give a number, or leave the row out.'),
        (["A,J,2020.5,1"], LINES[0],
         'index.csv:2:year  "2020.5" is no whole number. It cannot be ranked. Give a number, or leave the '
         "row out."),
        (["A,J,2020,1", "A,J,2020,2"], LINES[0],
         "index.csv:3  A to J in 2020 is given twice. Which of the two to compare is not known. Keep one "
         "row."),
        (["X,J,2020,1"], LINES[0],
         "index.csv  no row of an actor known here (found: X). Nothing can be compared. Use the ids of this "
         "region: givers A, B; receivers J."),
    ],
)
def test_what_a_file_must_be(index, rows: list[str], head: str, message: str) -> None:
    path = index(*rows, head=head)
    with pytest.raises(HeartlandInputError) as raised:
        read_index(path, ["A", "B"], ["J"])
    assert str(raised.value) == message.replace("index.csv", str(path), 1)


def test_years_must_meet(world_l, index) -> None:
    path = index("A,J,1990,1", "B,J,1991,2")
    with pytest.raises(HeartlandInputError) as raised:
        compare(tidy.table(world_l, "influence", draws=0), path)
    assert str(raised.value) == (
        f"{path}  no year in common: it has 1990 to 1991, asked for are 2020 to 2020. Nothing can be "
        "compared. Ask for dates that the index covers.")
