"""The chain of lines."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest

from heartland.errors import HeartlandInputError
from heartland.runs.journal import (
    BlockRecord,
    FileRecord,
    Journal,
    add_entry,
    cut_tail,
    read_journal,
    rechained,
)

ANCHOR = "0" * 64


def record(block: int) -> BlockRecord:
    return BlockRecord(block, (FileRecord(f"data.zarr/x/c/{block}", 10, "ab" * 32),), {"x": "cd" * 32})


def written(folder: Path, blocks: int = 3) -> Journal:
    journal = read_journal(folder, ANCHOR)
    for block in range(blocks):
        journal = add_entry(folder, journal, record(block), 0.25, 1)
    return journal


def test_no_file_is_an_empty_journal(tmp_path: Path) -> None:
    journal = read_journal(tmp_path, ANCHOR)
    assert (journal.entries, journal.head, journal.torn, journal.damage) == ((), ANCHOR, "", ())


def test_lines_chain_from_the_manifest(tmp_path: Path) -> None:
    journal = written(tmp_path)
    assert read_journal(tmp_path, ANCHOR) == journal
    assert journal.blocks == {block: record(block) for block in range(3)}
    lines = (tmp_path / "journal.jsonl").read_bytes().splitlines(keepends=True)
    previous = ANCHOR
    for n, line in enumerate(lines):
        body = json.loads(line)
        assert body["n"] == n
        assert body["prev"] == previous
        own = body.pop("line")
        assert own == sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
        previous = sha256(line).hexdigest()


def test_a_later_line_of_a_block_counts(tmp_path: Path) -> None:
    again = BlockRecord(1, (FileRecord("data.zarr/x/c/1", 11, "ef" * 32),), {"x": "cd" * 32})
    journal = add_entry(tmp_path, written(tmp_path), again, 0.5, 2)
    assert journal.blocks[1] == again
    assert list(journal.blocks) == [0, 1, 2]


def test_every_flipped_byte_is_found_at_its_line(tmp_path: Path) -> None:
    written(tmp_path)
    path = tmp_path / "journal.jsonl"
    data = path.read_bytes()
    for place in range(0, len(data), 3):
        path.write_bytes(data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :])
        journal = read_journal(tmp_path, ANCHOR)
        line = data[:place].count(b"\n") + 1
        rows = [row for row, _ in journal.damage]
        assert line in rows or journal.torn.startswith((f"line {line} ", "line 2 "))


def test_every_truncation_loses_the_torn_line_only(tmp_path: Path) -> None:
    written(tmp_path)
    path = tmp_path / "journal.jsonl"
    data = path.read_bytes()
    for end in range(len(data)):
        path.write_bytes(data[:end])
        journal = read_journal(tmp_path, ANCHOR)
        whole = data[:end].count(b"\n")
        assert len(journal.entries) == whole
        torn = data[:end] != journal.good
        assert bool(journal.torn) == torn == journal.crash_torn
        assert journal.damage == ()


def test_a_torn_end_is_cut_and_the_chain_goes_on(tmp_path: Path) -> None:
    written(tmp_path)
    path = tmp_path / "journal.jsonl"
    data = path.read_bytes()
    path.write_bytes(data[:-20])
    journal = read_journal(tmp_path, ANCHOR)
    assert journal.torn == "line 3 is not a journal line"
    journal = cut_tail(tmp_path, journal)
    add_entry(tmp_path, journal, record(2), 0.25, 1)
    assert path.read_bytes() == data


@pytest.mark.parametrize("tail", [b"\0" * 100, b"{}\n", b"[]\n", b"null\n", b'{"n":3}\n', b"\xff\n", b"\n"])
def test_rubbish_at_the_end_is_torn(tmp_path: Path, tail: bytes) -> None:
    written(tmp_path)
    path = tmp_path / "journal.jsonl"
    path.write_bytes(path.read_bytes() + tail)
    journal = read_journal(tmp_path, ANCHOR)
    assert journal.torn == "line 4 is not a journal line"
    assert journal.crash_torn == (not tail.endswith(b"\n"))
    assert len(journal.entries) == 3


def test_lines_removed_swapped_or_doubled_show(tmp_path: Path) -> None:
    written(tmp_path, 4)
    path = tmp_path / "journal.jsonl"
    a, b, c, d = path.read_bytes().splitlines(keepends=True)
    follows = "does not follow the line before it"
    for lines, damage, torn in (
        ((a, c, d), ((2, follows),), ""),
        ((b, c, d), ((1, follows),), ""),
        ((a, c, b, d), ((2, follows), (3, follows)), f"line 4 {follows}"),
        ((a, b, b, c, d), ((3, follows),), ""),
        ((a, b, d), (), f"line 3 {follows}"),
    ):
        path.write_bytes(b"".join(lines))
        journal = read_journal(tmp_path, ANCHOR)
        assert journal.damage == damage
        assert journal.torn == torn


def test_a_journal_of_another_manifest_does_not_count(tmp_path: Path) -> None:
    written(tmp_path)
    assert read_journal(tmp_path, "1" * 64).damage == ((1, "does not follow the line before it"),)


def test_damage_in_the_middle_is_not_cut_away(tmp_path: Path) -> None:
    written(tmp_path)
    path = tmp_path / "journal.jsonl"
    a, b, c = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(a + b.replace(b'"attempt":1', b'"attempt":2') + c)
    journal = read_journal(tmp_path, ANCHOR)
    assert journal.damage == ((2, "does not agree with its own hash"),)
    assert list(journal.blocks) == [0, 2]
    with pytest.raises(HeartlandInputError) as caught:
        cut_tail(tmp_path, journal)
    assert str(caught.value) == (
        f"{path}:2  The journal line does not agree with its own hash. The list of finished blocks has been "
        f"changed since it was written. Run `heartland verify {tmp_path.name} --repair`."
    )


def test_good_lines_can_be_chained_anew(tmp_path: Path) -> None:
    written(tmp_path)
    path = tmp_path / "journal.jsonl"
    a, _, c = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(a + c + b"half")
    mended = rechained(tmp_path, read_journal(tmp_path, ANCHOR), ANCHOR)
    assert read_journal(tmp_path, ANCHOR) == mended
    assert [(entry.n, entry.record.block) for entry in mended.entries] == [(0, 0), (1, 2)]
