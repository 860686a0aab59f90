"""CSL-JSON and BibTeX: items and fields back, keys are source ids, only printed titles are titles."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from tests.evidence.export.exported import (
    ABOUT,
    about_shipped,
    material,
    nasty_tables,
    shipped,
    toy,
)

from heartland.errors import HeartlandInputError
from heartland.evidence.export import export, read
from heartland.evidence.export.bibtex import entries_of
from heartland.evidence.export.csl import items_of


@pytest.mark.parametrize("which", ["toy", "shipped"])
def test_items_and_fields_come_back(tmp_path: Path, which: str) -> None:
    tables, about = (toy(), ABOUT) if which == "toy" else (shipped(), about_shipped())
    ids = tables["sources"]["source_id"].tolist()
    export(tables, about, "csl", tmp_path / "csl")
    export(tables, about, "bibtex", tmp_path / "bib")
    items, entries = read("csl", tmp_path / "csl"), read("bibtex", tmp_path / "bib")
    assert items == items_of(material(tables))
    assert entries == entries_of(material(tables))
    assert [item["id"] for item in items] == list(entries) == ids


@settings(max_examples=10, deadline=None)
@given(nasty_tables())
def test_nasty_text_comes_back(tables) -> None:
    with tempfile.TemporaryDirectory() as room:
        for name, content in (("csl", items_of), ("bibtex", entries_of)):
            export(tables, ABOUT, name, Path(room, name))
            assert read(name, Path(room, name)) == content(material(tables))


def test_titles_of_topics_stand_in_the_note(tmp_path: Path) -> None:
    export(shipped(), about_shipped(), "csl", tmp_path / "csl")
    export(shipped(), about_shipped(), "bibtex", tmp_path / "bib")
    items = {item["id"]: item for item in read("csl", tmp_path / "csl")}
    entries = read("bibtex", tmp_path / "bib")
    rows = shipped()["sources"].to_dict("records")
    assert {row["title_kind"] for row in rows} == {"printed", "shortened", "topic", "described"}
    for row in rows:
        printed = row["title_kind"] == "printed"
        for one in (items[row["source_id"]], entries[row["source_id"]]):
            assert ("title" in one) == printed
            assert printed or " ".join(row["title"].split()) in " ".join(one["note"].split())


def test_dates_are_edtf(tmp_path: Path) -> None:
    export(toy(), ABOUT, "csl", tmp_path / "csl")
    issued = {item["id"]: item.get("issued", {}).get("edtf") for item in read("csl", tmp_path / "csl")}
    assert issued == {
        "T1": "2021-02",
        "customs-c": None,
        "mirror": None,
        "arms-book": None,
        "news": "2020-06-15",
    }


@pytest.mark.parametrize("which", ["toy", "shipped"])
def test_another_program_reads_the_bibtex(tmp_path: Path, which: str) -> None:
    bibtexparser = pytest.importorskip(
        "bibtexparser", reason="bibtexparser reads the file as a user's program"
    )
    tables, about = (toy(), ABOUT) if which == "toy" else (shipped(), about_shipped())
    export(tables, about, "bibtex", tmp_path / "bib")
    library = bibtexparser.parse_string((tmp_path / "bib").read_text(encoding="utf-8"))
    assert library.failed_blocks == []
    expected = entries_of(material(tables))
    assert [entry.key for entry in library.entries] == list(expected)
    for entry in library.entries:
        assert {field.key for field in entry.fields} | {"ENTRYTYPE", "ID"} == set(expected[entry.key])


@settings(max_examples=8, deadline=None)
@given(nasty_tables())
def test_another_program_reads_nasty_bibtex(tables) -> None:
    bibtexparser = pytest.importorskip(
        "bibtexparser", reason="bibtexparser reads the file as a user's program"
    )
    with tempfile.TemporaryDirectory() as room:
        export(tables, ABOUT, "bibtex", Path(room, "bib"))
        library = bibtexparser.parse_string(Path(room, "bib").read_text(encoding="utf-8"))
    assert library.failed_blocks == []
    assert [entry.key for entry in library.entries] == toy()["sources"]["source_id"].tolist()


def test_keys_that_bibtex_takes_for_one_are_refused(tmp_path: Path) -> None:
    tables = {name: frame.copy() for name, frame in toy().items()}
    tables["sources"].loc[1, "source_id"] = "NEWS"
    with pytest.raises(HeartlandInputError, match="differ in capitals only"):
        export(tables, ABOUT, "bibtex", tmp_path / "bib")


def test_broken_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "bib").write_text("@misc{a,\n  title = {{open,\n", encoding="utf-8")
    with pytest.raises(HeartlandInputError, match=r"bib:2  breaks off inside an entry"):
        read("bibtex", tmp_path / "bib")
    (tmp_path / "csl").write_text(json.dumps([{"id": "a"}]), encoding="utf-8")
    with pytest.raises(HeartlandInputError, match="is no list of references"):
        read("csl", tmp_path / "csl")
