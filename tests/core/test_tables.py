"""Strict CSV: what is refused and in which words, row numbers, round trip, fuzz."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heartland.core.tables import read_csv, write_csv
from heartland.errors import HeartlandInputError

SAVE = 'Save it as "UTF-8" (in a spreadsheet: "CSV UTF-8").'
UTF8 = "Tables and documents are UTF-8 so that every machine reads the same letters."
SHIFT = "Its cells would land in the wrong columns."
QUOTE = (
    "a double quote is not closed, or text follows a closing one. Everything after it would land in the wrong"
    ' cell. Put the whole cell in double quotes and write a quote inside it twice: "say ""yes""".'
)


def message(tmp_path: Path, data: bytes, shown: str = "t.csv") -> str:
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    with pytest.raises(HeartlandInputError) as caught:
        read_csv(path, shown)
    return str(caught.value)


def test_reads_text_only(tmp_path: Path) -> None:
    path = tmp_path / "facts.csv"
    path.write_bytes(b'\xef\xbb\xbfid,text,value\r\na,"x, ""y""\r\nz",014\r\nb,,1e3\r\n')
    raw = read_csv(path)
    assert (raw.name, raw.file) == ("facts", "facts.csv")
    assert raw.columns == ["id", "text", "value"]
    assert raw.rows == [["a", 'x, "y"\nz', "014"], ["b", "", "1e3"]]
    assert raw.numbers == [2, 3]


def test_rows_count_records_not_lines(tmp_path: Path) -> None:
    data = b'id,text\na,"one\ntwo\nthree"\nb,c,d\n'
    assert message(tmp_path, data, "x/t.csv") == (
        f"x/t.csv:3  the row has 3 cells, the header 2. {SHIFT} Put cells that contain a comma in double"
        " quotes,"
        " or delete the commas at the end."
    )


def test_normal_form_c(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("id\ncafe\u0301\n".encode())
    assert read_csv(path).rows == [["caf\u00e9"]]


def test_empty_lines_at_the_end_are_dropped(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n1,2\n\n\n")
    assert read_csv(path).rows == [["1", "2"]]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("a,b\n1,2\n".encode("utf-16"), f"t.csv:1  is UTF-16. {UTF8} {SAVE}"),
        ("a,b\n1,2\n".encode("utf-16-le"), f"t.csv:1  is UTF-16. {UTF8} {SAVE}"),
        ("a,b\n1,2\n".encode("utf-16-be"), f"t.csv:1  is UTF-16. {UTF8} {SAVE}"),
        (
            b'a,b\n"1\n",2\n3,x\0y\n',
            "t.csv:3  contains a NUL character. No text has one; the file is damaged or no text at all."
            " Save it"
            " again as plain text.",
        ),
        (
            b'a,b\n"1\n",2\n3,caf\xe9\n',
            f"t.csv:3  is not UTF-8: byte 0xe9 is not part of a letter. {UTF8} {SAVE}",
        ),
        (
            b"\xef\xbb\xbfa,b\r\n1,\xff\r\n",
            f"t.csv:2  is not UTF-8: byte 0xff is not part of a letter. {UTF8} {SAVE}",
        ),
        (
            b"",
            "t.csv:1  has no header row. The header says which column is which. Write the column names,"
            " separated"
            " by commas, as the first row.",
        ),
        (
            b"\n1,2\n",
            "t.csv:1  has no header row. The header says which column is which. Write the column names,"
            " separated"
            " by commas, as the first row.",
        ),
        (
            b"a,,c\n",
            "t.csv:1  column 2 has no name. A column without a name cannot be checked. Name it, or delete"
            " it (look"
            " for a comma too many).",
        ),
        (
            b"a,b,a\n",
            't.csv:1:a  column "a" stands in the header twice, at 1 and 3. Only one of them could be'
            ' read. Delete'
            " or rename one.",
        ),
        (
            "a,b\u200b\n".encode(),
            't.csv:1  column "b\\u200b" has spaces around it or an invisible character in it. It would'
            ' not match'
            " the column it looks like. Type the name again.",
        ),
        (
            b"a, b\n",
            't.csv:1  column " b" has spaces around it or an invisible character in it. It would not'
            ' match the'
            " column it looks like. Type the name again.",
        ),
        (
            b"a,b\n1\n",
            f"t.csv:2  the row has 1 cell, the header 2. {SHIFT} Add the missing commas; an unknown cell"
            " stays"
            " empty.",
        ),
        (b"a,b\n1,2\n\n3,4\n", f"t.csv:3  the row is empty. {SHIFT} Delete it."),
        (b'a,b\n1,2\n3,"4\n', f"t.csv:3  {QUOTE}"),
        (b'a,b\n1,"2"3\n', f"t.csv:2  {QUOTE}"),
        (
            b"a,b\n1,\x1b[31m\n",
            "t.csv:2:b  contains the control character U+001B. It cannot be seen and may steer a terminal"
            " or hide"
            " text. Delete it.",
        ),
    ],
)
def test_refused(tmp_path: Path, data: bytes, expected: str) -> None:
    assert message(tmp_path, data) == expected


def test_at_most_twenty_ragged_rows_are_listed(tmp_path: Path) -> None:
    lines = message(tmp_path, b"a,b\n" + b"1\n" * 50).split("\n")
    assert [line.split("  ")[0] for line in lines] == [f"t.csv:{row}" for row in range(2, 22)]


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(HeartlandInputError) as caught:
        read_csv(tmp_path / "none.csv")
    assert str(caught.value) == "none.csv  there is no such file. Check the name and the folder."
    with pytest.raises(HeartlandInputError) as caught:
        read_csv(tmp_path, "x")
    assert str(caught.value) == (
        "x  cannot be read: it is a folder or a device. Give a file that you may read."
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(HeartlandInputError, match="it is a folder or a device"):
        read_csv(tmp_path / "pipe.csv")


CAP = "Caps keep a broken or hostile file from filling the memory. If the file is meant to be this large, set"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("FILE_BYTES", "10", "t.csv  the file has more than 10 bytes, above the limit of 10."),
        ("CSV_ROWS", "2", "t.csv  the table has more than 2 rows, above the limit of 2."),
        ("CSV_COLUMNS", "1", "t.csv:1  the header has 2 columns, above the limit of 1."),
        ("CSV_FIELD", "4", "t.csv:3  a cell has too many characters, above the limit of 4."),
    ],
)
def test_caps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: str
) -> None:
    monkeypatch.setenv(f"HEARTLAND_LIMIT_{name}", value)
    assert message(tmp_path, b"a,b\n1,2\n3,abcde\n5,6\n") == (
        f"{expected} {CAP} HEARTLAND_LIMIT_{name} to a higher number."
    )


def test_cell_above_the_module_default_of_csv(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a\n" + "x" * 400_000 + "\n")
    assert len(read_csv(path).rows[0][0]) == 400_000
    path.write_text("a\n" + "x" * 1_000_001 + "\n")
    with pytest.raises(HeartlandInputError, match="a cell has too many characters"):
        read_csv(path)


def test_cap_that_is_no_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARTLAND_LIMIT_CSV_ROWS", "many")
    assert message(tmp_path, b"a\n1\n") == (
        "HEARTLAND_LIMIT_CSV_ROWS is 'many'. A cap is a whole number above 0. Write for example"
        " HEARTLAND_LIMIT_CSV_ROWS=5000000, or unset it."
    )


def test_write_formats_values(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rows = [["a, b", None, True, 2.0, 0.1, float("nan"), ("x", "y"), 'say "yes"', "two\r\nlines", 7]]
    write_csv(path, list("abcdefghij"), rows)
    assert path.read_bytes() == (
        b'a,b,c,d,e,f,g,h,i,j\n"a, b",,yes,2,0.1,,x;y,"say ""yes""","two\nlines",7\n'
    )
    assert [p.name for p in tmp_path.iterdir()] == ["t.csv"]


def test_write_refuses_ragged_rows(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a row has 1 cells for 2 columns"):
        write_csv(tmp_path / "t.csv", ["a", "b"], [["1"]])
    assert not (tmp_path / "t.csv").exists()


LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"])
CELL = st.text(LETTERS | st.just("\n"), max_size=8)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(CELL, min_size=n, max_size=n), min_size=1)))
def test_round_trip_is_stable(tmp_path: Path, rows: list[list[str]]) -> None:
    path = tmp_path / "t.csv"
    columns = [f"c{i}" for i in range(len(rows[0]))]
    write_csv(path, columns, rows)
    first = path.read_bytes()
    raw = read_csv(path)
    assert raw.columns == columns
    assert len(raw.rows) == len(rows)
    write_csv(path, raw.columns, raw.rows)
    assert path.read_bytes() == first
    assert read_csv(path).rows == raw.rows


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=200)
    | st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass"))
    | st.text('a,"\n\r;\ufeff\0 ', max_size=60).map(str.encode)
)
def test_fuzz_only_input_errors(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    try:
        raw = read_csv(path)
    except HeartlandInputError as error:
        fixes = [finding.fix for finding in error.findings]
        raw = None
    if raw is None:
        assert all(fixes)
        return
    assert all(len(row) == len(raw.columns) for row in raw.rows)
    assert raw.numbers == list(range(2, len(raw.rows) + 2))
