"""Bytes to rows: packed files, caps, quotes, characters that are none."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from heartland.errors import HeartlandInputError
from heartland.evidence.readers.base import Tally
from heartland.evidence.readers.events.stream import quoted_rows, tab_rows, unpacked


def rows(
    content: bytes, quoted: bool = False, size: int = 64_000
) -> tuple[list[tuple[int, list[str]]], Tally]:
    tally = Tally("f")
    batches = (quoted_rows if quoted else tab_rows)(io.BytesIO(content), tally, size)
    found = [pair for batch in batches for pair in zip(batch.numbers, batch.rows, strict=True)]
    return found, tally


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def content_of(path: Path) -> bytes:
    with unpacked(path) as stream:
        return b"".join(iter(lambda: stream.read(1000), b""))


@pytest.mark.parametrize("size", [1, 2, 3, 5, 64_000])
def test_lines(size: int) -> None:
    found, tally = rows(b"\xef\xbb\xbfa\tb\r\n\n\xc3\xa9\t\nlast", size=size)
    assert found == [(1, ["a", "b"]), (3, ["é", ""]), (4, ["last"])]
    assert tally.counts == {"empty line": 1}


@pytest.mark.parametrize("size", [1, 4, 64_000])
def test_lines_that_are_no_text_are_told_with_their_row(size: int) -> None:
    found, tally = rows(b"a\nb\0\nc\xf6d\ne\xc3\nf\n", size=size)
    assert found == [(1, ["a"]), (5, ["f"])]
    assert [str(finding) for finding in tally.findings] == [
        "f:2  contains a NUL character. No text has one; the row is damaged. Download the file again.",
        "f:3  byte 0xf6 is not part of a letter. The text would be garbled. Convert the "
        "file to UTF-8 if it is "
        "in another encoding.",
        "f:4  byte 0xc3 is not part of a letter. The text would be garbled. Convert the "
        "file to UTF-8 if it is "
        "in another encoding.",
    ]


@pytest.mark.parametrize("size", [1, 7, 50, 64_000])
def test_a_line_above_the_cap_is_not_held(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARTLAND_LIMIT_EVENT_LINE", "20")
    content = b"a\n" + b"x" * 20 + b"\n" + b"x" * 21 + b"\n" + "é".encode() * 11 + b"\nb\n" + b"y" * 99
    found, tally = rows(content, size=size)
    assert found == [(1, ["a"]), (2, ["x" * 20]), (5, ["b"])]
    assert tally.counts == {"line too long": 3}
    assert [finding.place.row for finding in tally.findings] == [3, 4, 6]
    assert tally.findings[0].what == "the line has more than 20 bytes."


@pytest.mark.parametrize("size", [1, 7, 64_000])
def test_quoted_records_count_as_rows(size: int) -> None:
    found, tally = rows(b'h,k\n"a ""b"", c","d\ne"\nf,g\n', quoted=True, size=size)
    assert found == [(1, ["h", "k"]), (2, ['a "b", c', "d\ne"]), (3, ["f", "g"])]
    assert tally.counts == {}


@pytest.mark.parametrize("size", [1, 7, 64_000])
def test_a_quote_that_does_not_close_costs_its_own_line_only(size: int) -> None:
    content = b'a,b\n"open,c\n' + b"d,e\n" * 300
    found, tally = rows(content, quoted=True, size=size)
    assert found == [(1, ["a", "b"]), *((number, ["d", "e"]) for number in range(3, 303))]
    assert [str(finding) for finding in tally.findings] == [
        "f:2  a double quote is not closed, or text follows a closing one. The cells cannot be told apart. "
        'Write a quote inside a cell twice: "".'
    ]
    found, tally = rows(b'a,b\n"x"y,c\nd,e\n"end', quoted=True, size=size)
    assert [row for _, row in found] == [["a", "b"], ["d", "e"]]
    assert tally.counts == {"quote": 2}


def test_packed_files_are_known_by_their_bytes(tmp_path: Path) -> None:
    plain = tmp_path / "plain.csv.gz"
    plain.write_bytes(b"a\tb\n")
    packed = tmp_path / "packed.csv"
    packed.write_bytes(gzip.compress(b"a\tb\n") + gzip.compress(b"c\td\n"))
    archive = zipped(tmp_path / "x.export.CSV.zip", {"x.export.CSV": b"a\tb\n", "README.pdf": b"no"})
    assert content_of(plain) == b"a\tb\n"
    assert content_of(packed) == b"a\tb\nc\td\n"
    assert content_of(archive) == b"a\tb\n"


def refusal(path: Path) -> str:
    with pytest.raises(HeartlandInputError) as caught:
        content_of(path)
    return str(caught.value)


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    assert refusal(tmp_path / "no") == "no  there is no such file. Check the name and the folder."
    (tmp_path / "u").write_bytes("a\n".encode("utf-16"))
    assert refusal(tmp_path / "u") == "u:1  is UTF-16. Event files are UTF-8. Save it as UTF-8."
    two = zipped(tmp_path / "two.zip", {"a.csv": b"", "b.csv": b""})
    assert refusal(two) == (
        "two.zip  the archive holds 2 tables. Exactly one can be read. Unpack it and name the file."
    )
    (tmp_path / "cut.gz").write_bytes(gzip.compress(b"a\tb\n" * 1000)[:-9])
    assert refusal(tmp_path / "cut.gz").startswith("cut.gz  cannot be unpacked: Compressed file ended")
    whole = zipped(tmp_path / "bad.zip", {"a.csv": b"a\tb\n" * 1000}).read_bytes()
    (tmp_path / "bad.zip").write_bytes(whole[:40] + b"\xff\xff\xff" + whole[43:])
    assert refusal(tmp_path / "bad.zip").startswith("bad.zip  cannot be unpacked: ")
    (tmp_path / "cut.zip").write_bytes(whole[:30])
    assert refusal(tmp_path / "cut.zip").startswith("cut.zip  cannot be unpacked: ")


@pytest.mark.parametrize("kind", ["gz", "zip"])
def test_a_bomb_is_stopped(kind: str, tmp_path: Path) -> None:
    path, content = tmp_path / f"bomb.{kind}", b"\0" * 12_000_000
    if kind == "zip":
        zipped(path, {"a.csv": content})
    else:
        path.write_bytes(gzip.compress(content))
    blocks: list[int] = []
    with pytest.raises(HeartlandInputError) as caught, unpacked(path) as stream:
        blocks.extend(map(len, iter(lambda: stream.read(100_000), b"")))
    assert str(caught.value) == (
        f"bomb.{kind}  the file unpacks to more than 100 times its size, above the limit of 100. Caps keep a "
        "broken or hostile file from filling the memory. If the file is meant to be this large, set "
        "HEARTLAND_LIMIT_ARCHIVE_RATIO to a higher number."
    )
    assert sum(blocks) == 10_000_000


def test_the_cap_on_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARTLAND_LIMIT_EVENT_BYTES", "9")
    (tmp_path / "a").write_bytes(b"x" * 9)
    assert content_of(tmp_path / "a") == b"x" * 9
    (tmp_path / "a").write_bytes(b"x" * 10)
    assert refusal(tmp_path / "a").startswith("a  the file has more than 9 bytes, above the limit of 9.")
