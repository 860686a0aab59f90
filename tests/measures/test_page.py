"""The page of the measures and the definitions on it."""

from __future__ import annotations

import re

from heartland.measures.definitions import DEFINITIONS
from heartland.measures.page import measures_page, reference_line
from heartland.measures.registry import get, names

ROW = {
    "source_id": "lin-1991", "title": "Divergence measures", "title_kind": "printed", "author": "J. Lin",
    "publisher": "", "published": "1991-01", "note": "Transactions 37(1), 145-151; checked: abstract",
    "url": "https://doi.org/10.1109/18.61115",
}


def test_every_measure_has_a_definition_and_no_other_has() -> None:
    assert set(DEFINITIONS) == set(names())
    for name, text in DEFINITIONS.items():
        assert text.strip(".") == text != "", name
        assert text != get(name).reading, name


def test_every_measure_has_one_row_with_all_columns() -> None:
    page = measures_page([])
    for name in names():
        rows = [line for line in page.splitlines() if line.startswith(f"| `{name}` |")]
        assert len(rows) == 1, name
        assert len(re.findall(r"(?<!\\)\|", rows[0])) == 9, name
        assert ("**own**" in rows[0]) == get(name).own_definition


def test_every_mark_leads_to_a_reference() -> None:
    page = measures_page([ROW])
    marks = set(re.findall(r"\]\(#([a-z0-9-]+)\)", page))
    anchors = re.findall(r'<a id="([a-z0-9-]+)"></a>', page)
    assert marks == set(anchors)
    assert len(anchors) == len(set(anchors))
    assert '<a id="lin-1991"></a>**lin-1991** J. Lin (1991). Divergence measures.' in page
    assert '<a id="burt-1992"></a>**burt-1992** not in the sources of this region.' in page


def test_a_reference_says_where_and_how_it_was_checked() -> None:
    assert reference_line(ROW) == (
        "J. Lin (1991). Divergence measures. Transactions 37(1), 145-151; checked: abstract. "
        "https://doi.org/10.1109/18.61115"
    )
    book = ROW | {"publisher": "A Press", "note": "", "url": "", "title": "Why?"}
    assert reference_line(book) == "J. Lin (1991). Why? A Press."
    assert "[Divergence measures]" in reference_line(ROW | {"title_kind": "topic"})
    assert reference_line(ROW | {"published": ""}).startswith("J. Lin (no date).")


def test_ranges_are_said_in_words() -> None:
    page = measures_page([])
    cells = {line.split(" | ")[0].strip("| `"): line.split(" | ")[3] for line in page.splitlines()
             if line.startswith("| `")}
    assert cells["concentration.hirschman"] == "points, 0 to 100"
    assert cells["alignment.kappa"] == "index, at most 1"
    assert cells["capability.sdp"] == "usd2011ppp, 0 or more"
    assert cells["capability.sdp_ln"] == "log-points, any number"
