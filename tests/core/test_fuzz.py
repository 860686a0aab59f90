"""Damaged and hostile input to every loader: nothing but our own errors, each with a place.

Some hundreds of examples a loader, or as many as HEARTLAND_FUZZ says; `scripts/fuzz.py` runs any number, also
guided by coverage. What it finds becomes a case here.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from hypothesis import given, settings, target
from hypothesis import strategies as st
from scripts.fuzz import LOADERS, PIECES, Store, check, mutated, seeds

from heartland.core.jsonio import read_json
from heartland.errors import HeartlandInputError, IncompleteRunError

EXAMPLES = int(os.environ.get("HEARTLAND_FUZZ", "300"))


@pytest.mark.parametrize("loader", LOADERS)
def test_nothing_but_errors_of_the_input_with_a_place(loader: str, tmp_path: Path) -> None:
    target = LOADERS[loader](tmp_path)
    dice, known = random.Random(EXAMPLES), seeds(loader, target)
    assert [check(target, data) for data in known] == [""] * len(known)
    for _ in range(100 if loader == "store" and "HEARTLAND_FUZZ" not in os.environ else EXAMPLES):
        data = mutated(dice, known)
        assert check(target, data) == "", data


@pytest.mark.parametrize("loader", ["yaml", "csv", "json", "geojson", "archive", "expressions"])
def test_no_pile_of_awkward_pieces_brings_anything_else(
    loader: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    loads = LOADERS[loader](tmp_path_factory.mktemp(loader))

    @settings(max_examples=max(60, EXAMPLES // 10), deadline=None, database=None)
    @given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=6) | st.text(max_size=6).map(
        lambda text: text.encode("utf-8", "surrogatepass")), max_size=25).map(b"".join))  # fmt: skip
    def pile(data: bytes) -> None:
        target(float(len(set(data))))  # towards inputs of many kinds of bytes
        assert check(loads, data) == ""

    pile()


def test_the_check_itself_fails_on_anything_else() -> None:
    """Or the tests above could not."""

    def loader(error: Exception) -> str:
        def read(data: bytes) -> None:
            raise error

        return check(read, b"")

    assert loader(KeyError("x")) == "KeyError: 'x'"
    assert loader(RecursionError("deep")) == "RecursionError: deep"
    assert loader(HeartlandInputError.at("Wrong.")) == "an error without a place: Wrong."
    assert loader(HeartlandInputError([])) == "an error without a place: "
    assert loader(HeartlandInputError.at("Wrong.", file="a.csv")) == ""
    assert loader(IncompleteRunError("a  is gone")) == ""


def test_a_store_that_reads_back_other_values_would_be_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from heartland.runs import blocks, verify
    from heartland.runs.folder import intact

    store = Store(tmp_path)
    chunk = next(n for n, path in enumerate(store.files) if path.name == "c.0.0")
    data = bytearray(store.files[chunk].read_bytes())
    other = store.files[chunk + 1].read_bytes()
    assert check(store, bytes([chunk]) + bytes(data)) == ""
    monkeypatch.setattr(blocks, "check_file", lambda *rest: None)
    monkeypatch.setattr(verify, "intact", lambda folder, file: True)
    assert intact(store.folder, verify.listed_files(verify.read_manifest(store.folder))[0])
    said = check(store, bytes([chunk]) + other)
    assert said.startswith("AssertionError: block 0 of x reads as something else")


@pytest.mark.parametrize("name", ["manifest.json", "journal.jsonl"])
def test_a_number_beyond_float64_in_a_store_is_damage_like_any_other(name: str, tmp_path: Path) -> None:
    """Found among 100,000 damaged stores: it was refused as if it were asked for, and without a place."""
    import re

    from heartland.runs.verify import verify

    store = Store(tmp_path)
    number = next(n for n, path in enumerate(store.files) if path.name == name)
    data = re.sub(rb'("attempt": ?|"range": ?)\d+', rb"\g<1>1e999", store.files[number].read_bytes(), count=1)
    assert b"1e999" in data
    assert check(store, bytes([number]) + data) == ""
    (store.folder / name).write_bytes(data)
    first = verify(store.folder)[0]
    assert (first.severity, Path(first.place.file).name) == ("E", name)
    assert first.what in (
        "The manifest does not agree with its own hash.", "The journal line is not a journal line.",
    )  # fmt: skip


@pytest.mark.parametrize("name", ["", "t.csv"])
def test_an_archive_with_a_nameless_file_or_of_a_later_version_is_refused(name: str, tmp_path: Path) -> None:
    """Found among 5,000 damaged archives."""
    import io
    import zipfile

    from heartland.evidence.readers.events.stream import unpacked

    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("t.csv", b"a")
    data = bytearray(stream.getvalue())
    central = data.rfind(b"PK\x01\x02")
    if name:
        data[central + 6] = 128  # version needed
    else:
        data[central + 46 : central + 51] = b"\0.csv"  # zipfile cuts a name at the first NUL
    path = tmp_path / "t.zip"
    path.write_bytes(data)
    with pytest.raises(HeartlandInputError) as caught, unpacked(path):
        pass
    said = "the archive holds 0 tables. Exactly one can be read. Unpack it and name the file."
    if name:
        said = (
            "cannot be unpacked: zip file version 12.8. Rows after the damage would be lost without a word. "
            "Download it again."
        )
    assert str(caught.value) == f"t.zip  {said}"


LOST = "Nothing of the file can be used."
NO_NUMBER = f"is not a number that can be kept. {LOST} Write a finite number, or null."
JSON = {
    '{"a": 1,\n "a": 2}': f'x.json:2:2  the key "a" stands twice in one object. {LOST} Delete or rename one.',
    "[1,\n 2, NaN]": f"x.json:2:5  NaN {NO_NUMBER}",
    '["NaN", -Infinity]': f"x.json:1:9  -Infinity {NO_NUMBER}",
    "[1e999]": f"x.json:1:2  1e999 {NO_NUMBER}",
    f"[{'9' * 400}]": f"x.json:1:2  {'9' * 40} {NO_NUMBER}",
    '{"a": }': f"x.json:1:7  is not valid JSON: Expecting value. {LOST} Check the commas, colons and quotes "
    "just before this place.",
    "[" * 65: "x.json:1:65  the document nests more than 64 deep, above the limit of 64. Caps keep a broken "
    "or hostile file from filling the memory. If the file is meant to be this large, set "
    "HEARTLAND_LIMIT_JSON_DEPTH to a higher number.",
}  # fmt: skip


@pytest.mark.parametrize("text", JSON, ids=lambda text: text[:12].replace("\n", " "))
def test_json_that_cannot_be_read_in_one_way_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(HeartlandInputError) as caught:
        read_json(path)
    assert str(caught.value) == JSON[text]


def test_json_is_read_and_its_caps_can_be_raised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(b'\xef\xbb\xbf{"a": ["[[", 2, -1.5e3, null, true]}')
    assert read_json(path) == {"a": ["[[", 2, -1500.0, None, True]}
    path.write_text("[" * 70 + "]" * 70)
    monkeypatch.setenv("HEARTLAND_LIMIT_JSON_DEPTH", "70")
    read_json(path)
    monkeypatch.setenv("HEARTLAND_LIMIT_JSON_BYTES", "100")
    with pytest.raises(HeartlandInputError, match=r"more than 100 bytes.*HEARTLAND_LIMIT_JSON_BYTES"):
        read_json(path)
