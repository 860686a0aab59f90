"""Works behind the measures: every citation leads to a full reference, every reference is used."""

from __future__ import annotations

import csv
import re
import unicodedata
from pathlib import Path

import pytest

from heartland.evidence.readers import READERS
from heartland.measures.literature import METHODS, WORKS, cited
from heartland.measures.registry import Measure, catalogue, get, names

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "src" / "heartland" / "regions" / "central-asia" / "sources.csv"
NAMED = re.compile(r"[A-Z][\w-]+(?: et al\.)? ((?:19|20)\d{2})\b")
FOLD = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


@pytest.fixture(scope="module")
def sources() -> dict[str, dict[str, str]]:
    with SOURCES.open(encoding="utf-8", newline="") as file:
        return {row["source_id"]: row for row in csv.DictReader(file)}


def plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.translate(FOLD))
    return "".join(letter for letter in folded if not unicodedata.combining(letter))


def test_every_work_a_citation_names_is_known() -> None:
    """Each `Name YEAR` of a citation lies inside the name of one work."""
    texts = {record.citation for record in catalogue().values()} | set(METHODS.values())
    for text in texts:
        rest = text
        for name in sorted(WORKS, key=len, reverse=True):
            rest = rest.replace(name, "")
        assert not NAMED.search(rest), text
        assert len(cited(text)) == len(NAMED.findall(text)), text


def test_references_are_sources_of_the_region_by_those_authors_of_that_year(sources) -> None:
    for name, work in WORKS.items():
        row = sources[work]
        year = name[-4:]
        assert row["published"].startswith(year), work
        for surname in re.split(r" & |, | et al\.", name.removesuffix(f" {year}")):
            assert surname == "" or surname in plain(row["author"]), (work, surname)
        assert row["kind"] == "academic"
        assert row["note"], f"{work} does not say how it was checked"


def test_every_work_is_cited_by_a_measure_or_a_method() -> None:
    used = {work for record in catalogue().values() for work in record.references}
    used |= {work for text in METHODS.values() for work in cited(text)}
    assert used == set(WORKS.values())


def test_the_standing_of_a_reference_is_said(sources) -> None:
    """Checked with how, or unchecked and then without address."""
    for work in WORKS.values():
        note = sources[work]["note"]
        assert ("checked: " in note) != ("from memory, unchecked" in note), work
        if "from memory, unchecked" in note:
            assert sources[work]["url"] == "", work
    doubtful = [work for work in WORKS.values() if "from memory, unchecked" in sources[work]["note"]]
    assert doubtful == ["benati-capurri-2026"]


def test_no_two_works_share_an_address(sources) -> None:
    urls = [sources[work]["url"] for work in WORKS.values() if sources[work]["url"]]
    assert len(set(urls)) == len(urls)


def test_references_of_readers_are_sources_of_the_region(sources) -> None:
    for reader in READERS.values():
        assert set(reader.references) <= set(sources), reader.name
        assert reader.references or reader.citation == "as the mapping says", reader.name


def test_cited_keeps_the_order_and_finds_nothing_in_other_words() -> None:
    assert cited("Cohen 1968; Haege 2011") == ("cohen-1968", "haege-2011")
    assert cited("Haege 2011; Cohen 1960") == ("haege-2011", "cohen-1960")
    assert cited("ours") == ()
    assert cited("Cohen 1961") == ()


def test_a_measure_may_name_its_own_references(monkeypatch) -> None:
    from heartland.measures import registry

    monkeypatch.setattr(registry, "_CATALOGUE", {})
    given = get_like("mine.a", "ours", ("somebody-2020",))
    assert registry.register(given).references == ("somebody-2020",)
    assert registry.register(get_like("mine.b", "after Lin 1991", ())).references == ("lin-1991",)


def get_like(name: str, citation: str, references: tuple[str, ...]) -> Measure:
    return Measure(
        name, lambda inputs, request: [], ("x",), "index", 0.0, 1.0, "higher: more", "d", "", True, False,
        citation, "0.1", references=references,
    )


def test_a_measure_that_is_not_ours_has_a_reference() -> None:
    bare = [n for n in names() if not get(n).own_definition and not get(n).references]
    assert bare == ["concentration.top_share"]
