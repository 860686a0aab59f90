"""CSV: byte-identical after reading and writing, formula guard on and off, columns in schema order."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.evidence.export.exported import (
    ABOUT,
    about_shipped,
    differing,
    files,
    nasty,
    nasty_tables,
    normal,
    shipped,
    toy,
)

from heartland.core.schema import load_schema
from heartland.core.tables import read_csv
from heartland.errors import HeartlandInputError
from heartland.evidence.export import export, read
from heartland.evidence.export.formula import guarded, unguarded


@pytest.mark.parametrize("which", ["toy", "shipped"])
def test_typed_written_read_and_written_again_gives_the_same_bytes(tmp_path: Path, which: str) -> None:
    tables, about = (toy(), ABOUT) if which == "toy" else (shipped(), about_shipped())
    export(tables, about, "csv", tmp_path / "one")
    back = read("csv", tmp_path / "one")
    assert differing(back, tables) == []
    export(back, about, "csv", tmp_path / "two")
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_columns_stand_in_schema_order_and_rows_in_file_order(tmp_path: Path) -> None:
    shuffled = {name: frame[frame.columns[::-1]] for name, frame in toy().items()}
    export(shuffled, ABOUT, "csv", tmp_path / "out")
    for file in (tmp_path / "out").glob("*.csv"):
        columns = [column.name for column in load_schema(file.stem).columns]
        assert read_csv(file).columns == columns
    rows = read_csv(tmp_path / "out" / "facts.csv").rows
    assert [row[0] for row in rows] == ["F-T1-001", "F-T1-002", "F-T1-003", "F-T1-004"]


@settings(max_examples=10, deadline=None)
@given(nasty_tables())
def test_nasty_text_comes_back(tables) -> None:
    with tempfile.TemporaryDirectory() as room:
        one, two = Path(room, "one"), Path(room, "two")
        export(tables, ABOUT, "csv", one)
        back = read("csv", one)
        assert differing(back, normal(tables)) == []
        export(back, ABOUT, "csv", two)
        assert files(one) == files(two)
        for file in one.glob("*.csv"):  # no cell of free text can start a formula
            with file.open(encoding="utf-8", newline="") as stream:
                for row in csv.DictReader(stream):
                    for name in ("paraphrase", "note", "title", "author", "name", "place"):
                        assert (row.get(name) or " ")[0] not in "=+-@\t\n\uff1d\uff0b\uff0d\uff20"


@given(nasty | st.text())
def test_the_guard_is_taken_off_exactly_once(text: str) -> None:
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("-5 to 7", "'-5 to 7"),
        ("'=1", "''=1"),
        ("'quoted' words", "'quoted' words"),
        ("a=1", "a=1"),
        ("\uff1d1", "'\uff1d1"),
    ],
)
def test_guard(text: str, written: str) -> None:
    assert guarded(text) == written


def test_numbers_dates_and_closed_words_are_not_guarded(tmp_path: Path) -> None:
    tables = {name: frame.copy() for name, frame in toy().items()}
    tables["nodes"].loc[0, "latitude"] = -40.0
    export(tables, ABOUT, "csv", tmp_path / "out")
    nodes = read_csv(tmp_path / "out" / "nodes.csv")
    assert nodes.rows[0][nodes.columns.index("latitude")] == "-40"
    signs = read_csv(tmp_path / "out" / "arguments.csv")
    assert {row[signs.columns.index("sign")] for row in signs.rows} <= {"+", "-", "0", "conditional"}


def test_a_control_character_is_refused_with_its_place(tmp_path: Path) -> None:
    tables = {name: frame.copy() for name, frame in toy().items()}
    tables["facts"].loc[1, "paraphrase"] = "bell \x07"
    with pytest.raises(HeartlandInputError) as caught:
        export(tables, ABOUT, "csv", tmp_path / "out")
    assert str(caught.value) == (
        "facts.csv:3:paraphrase  contains the control character U+0007. No export can hold it: XML forbids "
        "it, and in a terminal it may steer the screen. Delete it."
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("item", ["a;b", "", " a"])
def test_a_list_item_that_would_come_back_as_another_is_refused(tmp_path: Path, item: str) -> None:
    tables = {name: frame.copy() for name, frame in toy().items()}
    tables["facts"].at[0, "speakers"] = ("ccc-press", item)
    with pytest.raises(
        HeartlandInputError, match=r"facts\.csv:2:speakers  the list item .* joined by semicolons"
    ):
        export(tables, ABOUT, "csv", tmp_path / "out")


def test_infinity_is_refused(tmp_path: Path) -> None:
    tables = {name: frame.copy() for name, frame in toy().items()}
    tables["facts"].loc[0, "value"] = float("inf")
    with pytest.raises(HeartlandInputError, match=r"facts\.csv:2:value  infinity is no value"):
        export(tables, ABOUT, "csv", tmp_path / "out")


def test_a_chosen_table_is_written_even_when_it_is_empty(tmp_path: Path) -> None:
    export(toy(), ABOUT, "csv", tmp_path / "out", names=("facts", "issues"))
    back = read("csv", tmp_path / "out")
    assert {name: len(frame) for name, frame in back.items()} == {"facts": 4, "issues": 0}


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HeartlandInputError, match="holds no CSV files"):
        read("csv", tmp_path)
