"""Sources as references: what may stand as a title, dates as CSL and BibTeX read them, names kept whole."""

from __future__ import annotations

import json

import pytest

from heartland.evidence.references import bibtex_entry, bibtex_fields, csl_item, publishers_of, text_reference

BOOK = {
    "source_id": "x-1", "title": "Trade & tariffs: 100% of #1", "title_kind": "printed",
    "author": "Ann Author; Horn, Reinhart and Trebesch", "publisher": "press", "kind": "think-tank",
    "lang": "en", "url": "https://a.example/b_c?d=1%20{e}", "published": "2022-01~",
    "retrieved": "2024-05-06", "published_basis": "inferred", "published_printed": "", "reliability": "B",
    "independence_group": "ann", "note": "",
}  # fmt: skip
TOPIC = {**BOOK, "title": "who sold what", "title_kind": "topic", "author": "not stated (inferred Bob)"}


def test_csl_item_in_full() -> None:
    assert csl_item(BOOK, publishers_of([{"actor_id": "press", "name": "The Press"}])) == {
        "id": "x-1",
        "type": "report",
        "title": "Trade & tariffs: 100% of #1",
        "author": [{"literal": "Ann Author"}, {"literal": "Horn, Reinhart and Trebesch"}],
        "publisher": "The Press",
        "issued": {"edtf": "2022-01~", "date-parts": [[2022, 1]], "circa": True},
        "accessed": {"edtf": "2024-05-06", "date-parts": [[2024, 5, 6]]},
        "URL": "https://a.example/b_c?d=1%20{e}",
        "language": "en",
        "custom": {
            "title_kind": "printed",
            "kind": "think-tank",
            "published_basis": "inferred",
            "reliability": "B",
            "independence_group": "ann",
        },
    }


def test_only_a_printed_title_is_a_title() -> None:
    item, fields = csl_item(TOPIC), bibtex_fields(TOPIC)
    assert "title" not in item
    assert "title" not in fields
    assert item["note"] == fields["note"] == "topic: who sold what; author not stated (inferred Bob)"
    assert "author" not in item
    assert text_reference(TOPIC).startswith("x-1: topic: who sold what, press, 2022-01~ (date inferred)")


@pytest.mark.parametrize(
    ("published", "issued"),
    [
        ("2020-02-13", {"edtf": "2020-02-13", "date-parts": [[2020, 2, 13]]}),
        ("2020", {"edtf": "2020", "date-parts": [[2020]]}),
        ("2005/2020", {"edtf": "2005/2020", "date-parts": [[2005], [2020]]}),
        ("../2023-03~", {"edtf": "../2023-03~", "circa": True}),
        ("2021-XX", {"edtf": "2021-XX", "date-parts": [[2021]]}),
        ("2020-02-XX", {"edtf": "2020-02-XX", "date-parts": [[2020, 2]]}),
        ("197X", {"edtf": "197X"}),
        ("2022-21", {"edtf": "2022-21", "date-parts": [[2022]]}),
        ("[2014-11-12,2014-11-20]", {"edtf": "[2014-11-12,2014-11-20]"}),
        ("2019-08-30?", {"edtf": "2019-08-30?", "date-parts": [[2019, 8, 30]], "circa": True}),
    ],
)
def test_dates_keep_their_text_and_state_no_more_than_it_says(published: str, issued: dict) -> None:
    assert csl_item({**BOOK, "published": published})["issued"] == issued


def test_undated_source_has_no_date() -> None:
    row = {**BOOK, "published": ""}
    assert "issued" not in csl_item(row)
    assert not {"date", "year", "month"} & set(bibtex_fields(row))
    assert ", undated (date inferred)" not in text_reference({**row, "published_basis": "unknown"})


def test_bibtex_entry_escapes_text_and_leaves_addresses_whole() -> None:
    assert bibtex_entry(BOOK) == "\n".join([
        "@techreport{x-1,",
        "  author = {{Ann Author} and {Horn, Reinhart and Trebesch}},",
        "  title = {{Trade \\& tariffs: 100\\% of \\#1}},",
        "  institution = {press},",
        "  year = {2022},",
        "  month = jan,",
        "  date = {2022-01~},",
        "  url = {https://a.example/b_c?d=1%20%7Be%7D},",
        "  urldate = {2024-05-06},",
        "  language = {en},",
        "  keywords = {kind:think-tank, reliability:B, group:ann},",
        "}",
    ])  # fmt: skip


def test_every_item_is_json_without_empty_fields() -> None:
    item = csl_item({**BOOK, "author": "", "lang": "", "url": ""})
    assert json.loads(json.dumps(item)) == item
    assert all(item.values())
