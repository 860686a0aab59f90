"""The page of the command is what the catalogue says."""

from __future__ import annotations

from tests.evidence.readers.reading import ROOT

from heartland.evidence.readers import READERS
from heartland.evidence.readers.page import import_page


def test_the_page_in_the_repository_is_the_one_generated() -> None:
    assert (ROOT / "docs" / "look-up" / "import.md").read_text(encoding="utf-8") == import_page()


def test_every_kind_has_a_row_with_layout_and_licence() -> None:
    lines = import_page().split("\n")
    for item in READERS.values():
        (row,) = [line for line in lines if line.startswith(f"| `{item.name}` |")]
        assert item.citation in row
        assert (item.licence or "not known") in row
        assert row.replace("\\|", "").count("|") == 6
