"""Archives that hold too much, for the tables and for the event files that are read from them."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartland.core import unpacking
from heartland.core.unpacking import Unpacked
from heartland.errors import HeartlandInputError
from heartland.evidence.readers.events.stream import unpacked
from heartland.evidence.readers.files import Layout, open_table, read_bytes

WHY = "Caps keep a broken or hostile file from filling the memory. If the file is meant to be this large, set"
RATIO = (
    f"the file unpacks to more than 100 times its size, above the limit of 100. {WHY} "
    "HEARTLAND_LIMIT_ARCHIVE_RATIO to a higher number."
)
BOMB = b"a,b\n" + b"1,2\n" * 4_000_000


def packed(path: Path, content: bytes) -> Path:
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(content, 9, mtime=0))
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("t.csv", content)
    return path


@pytest.mark.parametrize("ending", ["gz", "zip"])
def test_a_table_that_unpacks_to_very_much_is_refused(tmp_path: Path, ending: str) -> None:
    path = packed(tmp_path / f"t.{ending}", BOMB)
    assert path.stat().st_size * 100 < len(BOMB)
    with pytest.raises(HeartlandInputError) as caught:
        open_table(path, [Layout(("a", "b"))])
    assert str(caught.value) == f"t.{ending}  {RATIO}"
    with pytest.raises(HeartlandInputError) as caught:
        read_bytes(path, path.name, "IMPORT_BYTES", 100_000_000)
    assert str(caught.value) == f"t.{ending}  {RATIO}"
    with unpacked(path) as stream, pytest.raises(HeartlandInputError) as caught:
        list(iter(lambda: stream.read(1 << 20), b""))
    assert str(caught.value) == f"t.{ending}  {RATIO}"


def test_the_command_line_refuses_it_with_exit_code_2(tmp_path: Path) -> None:
    path = packed(tmp_path / "trade.csv.zip", BOMB)
    words = ["import", "cow-trade", str(path), "--out", str(tmp_path / "out")]
    done = subprocess.run([sys.executable, "-m", "heartland", *words], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"heartland: trade.csv.zip  {RATIO}\n"


def test_an_archive_of_very_many_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(10_001):
            archive.writestr(f"{number}.csv" if not number else f"{number}", b"")
    said = (
        f"many.zip  the archive has 10,001 entries, above the limit of 10,000. {WHY} "
        "HEARTLAND_LIMIT_ARCHIVE_ENTRIES to a higher number."
    )
    with pytest.raises(HeartlandInputError) as caught:
        open_table(path, [Layout(("a",))])
    assert str(caught.value) == said
    with pytest.raises(HeartlandInputError) as caught, unpacked(path):
        pass
    assert str(caught.value) == said
    monkeypatch.setenv("HEARTLAND_LIMIT_ARCHIVE_ENTRIES", "10001")
    with unpacked(path) as stream:
        assert stream.read(1) == b""


@given(st.binary(max_size=300), st.integers(1, 40))
def test_what_is_below_the_caps_comes_through_as_it_is(data: bytes, size: int) -> None:
    inner = io.BytesIO(data)
    stream = io.BufferedReader(Unpacked(inner, 1, "x"), size)
    assert b"".join(iter(lambda: stream.read(size), b"")) == data
    stream.close()
    assert inner.closed


def test_the_ratio_counts_from_ten_megabytes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    unpacking.check_ratio(10_000_000, 1, "x")
    unpacking.check_ratio(10**12, 0, "x")
    with pytest.raises(HeartlandInputError, match=r"^x  the file unpacks"):
        unpacking.check_ratio(10_000_001, 1, "x")
    monkeypatch.setenv("HEARTLAND_LIMIT_ARCHIVE_RATIO", "10000001")
    unpacking.check_ratio(10_000_001, 1, "x")
