"""Files that appear whole or not at all, whatever stands in the cells."""

from __future__ import annotations

import csv
import importlib.util
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartland.errors import HeartlandInputError
from heartland.evidence.readers.events.sink import columns_of, open_sink

NAMES = columns_of("incident_counts")
CELLS = st.text(st.sampled_from('a,"\n\r \té'), max_size=4)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.tuples(*[CELLS] * len(NAMES)), min_size=1, max_size=4), max_size=4))
def test_csv_reads_back(tmp_path_factory, batches: list[list[tuple[str, ...]]]) -> None:
    out = tmp_path_factory.mktemp("sink") / "a.csv"
    with open_sink(out, "incident_counts") as sink:
        for batch in batches:
            sink.write(list(zip(*batch, strict=True)))
    with out.open(encoding="utf-8", newline="") as stream:
        assert list(csv.reader(stream)) == [list(NAMES), *(list(row) for batch in batches for row in batch)]
    assert sink.rows == sum(map(len, batches))


@pytest.mark.parametrize("ending", ["csv", "frame"])
def test_some_rows_only(tmp_path: Path, ending: str) -> None:
    columns = [[f"{name}{row}" if name == "giver" else "" for row in range(4)] for name in NAMES]
    columns[0][1] = 'drop,"ped'
    with open_sink(tmp_path / "a.csv" if ending == "csv" else None, "incident_counts") as sink:
        sink.write(columns, [0, 2])
        sink.write(columns, range(4))
        sink.write(columns)
    frame = sink.frame()
    if frame is None:
        with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as stream:
            givers = [row["giver"] for row in csv.DictReader(stream)]
    else:
        givers = list(frame["giver"])
    assert givers == ["giver0", "giver2", *columns[0], *columns[0]]
    assert sink.rows == 10


def test_packed_output_is_the_same_each_time(tmp_path: Path) -> None:
    import gzip

    for name in ("a.csv.gz", "b.csv.gz"):
        with open_sink(tmp_path / name, "incident_counts") as sink:
            sink.write([["x"]] * len(NAMES))
    assert (tmp_path / "a.csv.gz").read_bytes() == (tmp_path / "b.csv.gz").read_bytes()
    text = gzip.decompress((tmp_path / "a.csv.gz").read_bytes()).decode()
    assert text.splitlines()[1] == ",".join(["x"] * len(NAMES))


def test_frame_types() -> None:
    with open_sink(None, "incident_counts") as sink:
        sink.write([["A"], [""], ["2015-02"], ["4"], [""], ["2"], [""]])
    frame = sink.frame()
    assert frame is not None
    assert {str(frame[name].dtype) for name in ("quad", "events", "fatalities")} == {"float64"}
    [row] = frame.to_dict("records")
    assert (row["giver"], row["receiver"], row["quad"], row["events"]) == ("A", "", 4.0, 2.0)
    assert row["fatalities"] != row["fatalities"]


def refusal(out: Path, force: bool = False) -> str:
    with pytest.raises(HeartlandInputError) as caught, open_sink(out, "incident_counts", force):
        pytest.fail("it was opened")
    return str(caught.value)


def test_refusals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(tmp_path / "a.xlsx") == (
        '"a.xlsx" ends in none of .csv, .csv.gz, .parquet. The ending says what is '
        'written. Write for example '
        "a.csv."
    )
    (tmp_path / "d.csv").mkdir()
    assert refusal(tmp_path / "d.csv", force=True) == (
        f"{tmp_path / 'd.csv'} is there already. Nothing is overwritten unasked. Name a file in it."
    )
    assert refusal(tmp_path / "no" / "a.csv") == (
        f"{tmp_path / 'no'} is no folder. Create it, or name another file with --out."
    )
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    assert refusal(tmp_path / "a.parquet") == (
        'Parquet needs the extra [data]. Install it: pip install "heartland[data]"; or write .csv.'
    )


@pytest.mark.skipif(importlib.util.find_spec("pyarrow") is None, reason="Parquet needs the extra [data]")
def test_parquet_has_types_and_unknown_cells(tmp_path: Path) -> None:
    import pyarrow.parquet

    out = tmp_path / "a.parquet"
    with open_sink(out, "incident_counts") as sink:
        sink.write([["A"], [""], ["2015-02"], ["4"], [""], ["2"], [""]])
        sink.write([["B"], ["C"], ["2015-03"], [""], [""], ["1"], ["7"]])
    table = pyarrow.parquet.read_table(out)
    assert pyarrow.parquet.ParquetFile(out).num_row_groups == 1
    assert table.to_pylist() == [
        {"giver": "A", "receiver": None, "month": "2015-02", "quad": 4, "type": None, "events": 2,
         "fatalities": None},
        {"giver": "B", "receiver": "C", "month": "2015-03", "quad": None, "type": None, "events": 1,
         "fatalities": 7},
    ]  # fmt: skip
    with pytest.raises(ZeroDivisionError), open_sink(tmp_path / "b.parquet", "incident_counts"):
        raise ZeroDivisionError
    assert [p.name for p in tmp_path.iterdir()] == ["a.parquet"]
