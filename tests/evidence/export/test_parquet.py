"""Parquet: equal tables after reading, columns with types, and a clear word where pyarrow is missing."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from tests.evidence.export.exported import (
    ABOUT,
    about_shipped,
    differing,
    nasty_tables,
    normal,
    shipped,
    toy,
)

from heartland.errors import HeartlandInputError
from heartland.evidence.export import export, read

REASON = "Parquet needs pyarrow (extra data)"


@pytest.mark.parametrize("which", ["toy", "shipped"])
def test_tables_come_back(tmp_path: Path, which: str) -> None:
    pytest.importorskip("pyarrow", reason=REASON)
    tables, about = (toy(), ABOUT) if which == "toy" else (shipped(), about_shipped())
    export(tables, about, "parquet", tmp_path / "out")
    assert differing(read("parquet", tmp_path / "out"), tables) == []


@settings(max_examples=10, deadline=None)
@given(nasty_tables())
def test_nasty_text_comes_back(tables) -> None:
    pytest.importorskip("pyarrow", reason=REASON)
    with tempfile.TemporaryDirectory() as room:
        export(tables, ABOUT, "parquet", Path(room, "out"))
        assert differing(read("parquet", Path(room, "out")), normal(tables)) == []


def test_columns_have_types_and_unknown_is_null(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow", reason=REASON)
    import pyarrow.parquet as parquet

    export(shipped(), about_shipped(), "parquet", tmp_path / "out")
    facts = parquet.read_table(tmp_path / "out" / "facts.parquet")
    types = {field.name: field.type for field in facts.schema}
    assert types["value"] == arrow.float64()
    assert types["givers"] == arrow.list_(arrow.string())
    assert types["coded_on"] == arrow.date32()
    assert types["date"] == arrow.string()
    assert facts["value"].null_count == int(shipped()["facts"]["value"].isna().sum()) > 0
    documents = parquet.read_table(tmp_path / "out" / "documents.parquet")
    assert documents.schema.field("first_line").type == arrow.int64()
    nodes = parquet.read_table(tmp_path / "out" / "nodes.parquet")
    assert nodes.schema.field("gauge_change").type == arrow.bool_()
    assert nodes.schema.field("latitude").metadata == {b"description": b"WGS 84", b"unit": b"degrees"}


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason=REASON)
    (tmp_path / "facts.parquet").write_bytes(b"no parquet")
    with pytest.raises(HeartlandInputError, match=r"facts\.parquet  cannot be read"):
        read("parquet", tmp_path)


def test_without_pyarrow_the_extra_is_named_and_nothing_is_left(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(HeartlandInputError) as caught:
        export(toy(), ABOUT, "parquet", tmp_path / "out")
    assert str(caught.value) == (
        "Parquet needs pyarrow, which is not installed. It comes with the extra named data. "
        "Install it: uv sync --extra data, or: pip install heartland[data]. CSV needs nothing."
    )
    assert list(tmp_path.iterdir()) == []
