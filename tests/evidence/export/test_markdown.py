"""Markdown: the notes of the toy region as they stand, heads that are YAML, links that lead somewhere."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from tests.evidence.export.exported import ABOUT, about_shipped, files, nasty_tables, shipped, toy

from heartland.errors import HeartlandInputError
from heartland.evidence.export import export, read

SNAPSHOT = Path(__file__).parent / "notes_of_toy.md"
LINK = re.compile(r"(?<!\\)\[(?:\\.|[^\]\\])*\]\(([^)]*)\)")


def joined(folder: Path) -> str:
    return "".join(f"==== {name}\n{data.decode()}" for name, data in sorted(files(folder).items()))


def test_the_notes_of_the_toy_region(tmp_path: Path) -> None:
    export(toy(), ABOUT, "markdown", tmp_path / "out")
    assert joined(tmp_path / "out") == SNAPSHOT.read_text(encoding="utf-8")


def test_a_deprecated_fact_is_struck_through() -> None:
    text = SNAPSHOT.read_text(encoding="utf-8")
    assert "- ~~2010/..: Alba keeps a base in Corvia.~~ (deprecated: counted twice)" in text


@pytest.mark.parametrize("which", ["toy", "shipped"])
def test_every_link_leads_to_a_file(tmp_path: Path, which: str) -> None:
    tables, about = (toy(), ABOUT) if which == "toy" else (shipped(), about_shipped())
    export(tables, about, "markdown", tmp_path / "out")
    notes = list((tmp_path / "out").rglob("*.md"))
    links = [(note, link) for note in notes for link in LINK.findall(note.read_text(encoding="utf-8"))]
    assert len(links) >= len(tables["actors"])
    assert [(note.name, link) for note, link in links if not (note.parent / link).is_file()] == []


@settings(max_examples=10, deadline=None)
@given(nasty_tables())
def test_nasty_text_stays_on_its_line_and_in_its_head(tables) -> None:
    with tempfile.TemporaryDirectory() as room:
        export(tables, ABOUT, "markdown", Path(room, "out"))
        for note in Path(room, "out", "actors").iterdir():
            text = note.read_text(encoding="utf-8")
            head, body = text.removeprefix("---\n").split("\n---\n", 1)
            content = yaml.safe_load(head)
            assert content["id"] == note.stem
            assert set(content) <= {"id", "aliases", "kind", "iso3", "home", "from", "to", "status"}
            lines = [line for line in body.split("\n") if line]
            assert all(line[0] in "-#" or not line.startswith(("=", "+", ">", "|")) for line in lines)
            assert not re.search(r"(?<!\\)<", body)  # no markup of the text's own


def test_ids_that_a_file_system_takes_for_one_get_their_own_files(tmp_path: Path) -> None:
    tables = {name: frame.copy() for name, frame in toy().items()}
    tables["actors"].loc[4, "actor_id"] = "aaa"
    tables["actors"].loc[5, "actor_id"] = "con"
    export(tables, ABOUT, "markdown", tmp_path / "out")
    names = sorted(path.name for path in (tmp_path / "out" / "actors").iterdir())
    assert {"AAA.md", "aaa_.md", "con_.md"} <= set(names)
    assert len({name.casefold() for name in names}) == 7


def test_notes_cannot_be_read_back(tmp_path: Path) -> None:
    with pytest.raises(HeartlandInputError) as caught:
        read("markdown", tmp_path)
    assert str(caught.value) == (
        "markdown cannot be read back. It is written for readers, not for programs. Export one of: csv, "
        "parquet, graphml, gexf, geojson, jsonld, stix, csl, bibtex, datapackage."
    )
