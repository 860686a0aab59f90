"""What the list and show commands print."""

from __future__ import annotations

import json

import pytest
from tests.region.toy_region import TOY

from heartland.errors import HeartlandInputError
from heartland.evidence.ledger import Ledger
from heartland.evidence.listing import KINDS, list_json, list_records, list_text, show_json, show_text
from heartland.evidence.loading import read_tables

LEDGER = Ledger(read_tables(TOY, {"facts": {"coder": "first-reading", "coded_on": "2021-06-30"}})[0])


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_lists_all_its_rows_as_valid_json(kind: str) -> None:
    found = list_json(LEDGER, kind)
    assert found["schema"] == "heartland.evidence.list/1"
    assert found["count"] == len(found["rows"]) == len(LEDGER.tables[kind])
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_json_keeps_lists_and_turns_unknown_into_null() -> None:
    found = list_json(LEDGER, "facts", receiver="DDD", giver="BBB", channel=None)
    assert found["filters"] == {"receiver": "DDD", "giver": "BBB"}
    (row,) = found["rows"]
    assert (row["givers"], row["channel"], row["value"], row["known_from"]) == (
        ["BBB"],
        None,
        None,
        "2021-02-28",
    )


def test_ledger_cut_by_a_clock_lists_what_was_known() -> None:
    assert list_records(LEDGER.as_of(known_by="2020-12-31"), "facts")["fact_id"].tolist() == ["F-T1-001"]


def test_text_strikes_deprecated_rows_and_counts() -> None:
    lines = list_text(LEDGER, "facts", giver="AAA", domain="security").splitlines()
    assert [line.split()[0] for line in lines] == ["fact_id", "F-T1-001", "~~F-T1-004~~", "2"]
    assert lines[-1] == "2 facts"
    assert list_text(LEDGER, "facts", giver="BBB", domain="economic") == "no facts match"


def test_long_cells_are_cut() -> None:
    text = list_text(LEDGER, "facts", width=12, source="news", type="stance")
    assert "Borea pra..." in text


def test_unknown_kind_is_refused() -> None:
    with pytest.raises(HeartlandInputError) as refused:
        list_records(LEDGER, "fact")
    assert str(refused.value) == (
        '"fact" is nothing that can be listed. The ledger lists one kind of record at a '
        "time. Did you mean facts? "
        f"Write one of: {', '.join(KINDS)}."
    )


def test_show_prints_record_chain_clock_and_sources() -> None:
    assert show_text(LEDGER, "F-T1-001").splitlines() == [
        "F-T1-001  (facts, row 2)",
        "  fact_id: F-T1-001",
        "  article_id: T1",
        "  lines: 2",
        "  date: 2020-06-10",
        "  date_basis: cited-item",
        "  type: flow",
        "  action: deliver",
        "  givers: AAA",
        "  receivers: CCC",
        "  domain: security",
        "  topic: arms",
        "  channel: arms",
        "  tie_orientation: same",
        "  value: 5",
        "  unit: tiv",
        "  value_qualifier: about",
        "  modality: reported",
        "  speakers: ccc-press",
        "  cited_source_ids: news",
        "  rank: normal",
        "  credibility: 6",
        "  confidence: high",
        "  coded_on: 2021-06-30",
        "  coder: first-reading",
        "  paraphrase: Alba delivered arms to Corvia.",
        "  status: documented",
        "chain: Ann Author [F] > ccc-press [F] > Corvian press; reliability F",
        "known from: 2020-06-15",
        "source: T1  A text  (2021-02)",
        "source: news  A report  (ccc-press, 2020-06-15)",
        "used by observations: O-011",
    ]


def test_show_json_has_its_schema_and_is_valid_json() -> None:
    for record in ("F-T1-004", "O-011", "C-T1-001", "news", "AAA", "M-003", "trade", "L001"):
        found = show_json(LEDGER, record)
        assert (found["schema"], found["id"]) == ("heartland.evidence.show/1", record)
        assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_deprecated_record_is_struck_through() -> None:
    assert show_text(LEDGER, "F-T1-004").startswith("~~F-T1-004~~  (facts, row 5; deprecated)")
