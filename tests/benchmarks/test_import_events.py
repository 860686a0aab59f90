"""The made-up event file: always the same, of the layout, and broken where it says."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from heartland.evidence.readers.base import Settings
from heartland.evidence.readers.events.gdelt import COLUMNS_2, GDELT

ROOT = Path(__file__).resolve().parents[2]
ROWS = 3000


@pytest.fixture(scope="module", autouse=True)
def _folder() -> Iterator[None]:
    sys.path.insert(0, str(ROOT))
    yield
    sys.path.remove(str(ROOT))
    for name in [name for name in sys.modules if name.split(".")[0] == "benchmarks"]:
        del sys.modules[name]


def test_the_file_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    from benchmarks.import_events import rows, write_file

    one, two, other = tmp_path / "1", tmp_path / "2", tmp_path / "3"
    assert write_file(one, ROWS, 1) == write_file(two, ROWS, 1)
    write_file(other, ROWS, 2)
    assert one.read_bytes() == two.read_bytes() != other.read_bytes()
    assert all(len(row) == len(COLUMNS_2) for row in rows(100, 1))


def test_every_broken_row_is_found_and_no_other(tmp_path: Path) -> None:
    from benchmarks.import_events import write_file

    path = tmp_path / "a.CSV"
    made = write_file(path, ROWS, 1)
    done = GDELT.read(path, Settings(out=tmp_path / "out.csv"))
    assert sum(made.values()) > 20
    assert done.skipped == {
        "NUL": made["nul"], "date": made["day"], "not UTF-8": made["utf8"], "number": made["number"],
        "number of cells": made["short"] + made["long"], "repeat": made["repeat"],
    }  # fmt: skip
    assert done.read == ROWS + made["repeat"]
    assert done.kept == ROWS - sum(made.values()) + made["repeat"]


def test_ways_and_table(tmp_path: Path) -> None:
    from benchmarks.import_events import measure, report

    found, made, size = measure(400, 1, tmp_path)
    assert [name for name, _ in found][:2] == ["csv.reader, nothing kept", "all rows to CSV"]
    assert {got["read"] for _, got in found} == {400 + made["repeat"]}
    text = report(found, made, size)
    assert text.count("\n| ") == 1 + len(found)
