"""What the list and show commands print."""

from __future__ import annotations

import json
import math

import pytest
from tests.region.toy_region import TOY, copy_of_toy

from heartland.errors import HeartlandInputError
from heartland.evidence.ledger import Ledger
from heartland.evidence.listing import (
    KINDS,
    PAIRED,
    csv_text,
    list_json,
    list_records,
    list_text,
    show_json,
    show_text,
)
from heartland.evidence.loading import read_tables

DEFAULTS = {"facts": {"coder": "first-reading", "coded_on": "2021-06-30"}}
LEDGER = Ledger(read_tables(TOY, DEFAULTS)[0])
ARMS = ("influence (bandwidth, security): weight 0.5", "influence (dependence, security): weight 1")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("rules", "scenarios")])
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
        f"Write one of: {', '.join([*KINDS, *PAIRED])}."
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
        "chain: Ann Author [F] > Corvian press [F] > Corvian press; reliability F",
        "dates: stated 2020-06-10; published 2021-02; retrieved unknown; coded 2021-06-30",
        "known from: 2020-06-15",
        "source: T1  A text  (2021-02)",
        "source: news  A report  (Corvian press, 2020-06-15)",
        "figure: AAA to CCC, arms, 2020, delivered: pooled 5 tiv (4.605 to 5.429), 1 group",
        "  O-011  5 tiv (arms-book B6, group arms-book)",
        "feeds ties: AAA>CCC:arms@2020",
        f"feeds measures: {'; '.join(ARMS)}",
        "used by observations: O-011",
    ]


def test_show_json_has_its_schema_and_is_valid_json() -> None:
    for record in ("F-T1-004", "O-011", "C-T1-001", "news", "AAA", "M-003", "trade", "L001"):
        found = show_json(LEDGER, record)
        assert (found["schema"], found["id"]) == ("heartland.evidence.show/1", record)
        assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_deprecated_record_is_struck_through() -> None:
    assert show_text(LEDGER, "F-T1-004").startswith("~~F-T1-004~~  (facts, row 5; deprecated)")
    lines = show_text(LEDGER, "F-T1-004").splitlines()
    assert "rank: deprecated, because counted twice" in lines


def test_a_table_the_region_lacks_is_an_empty_list() -> None:
    assert list_text(LEDGER, "issues") == "no issues match"
    assert list_json(LEDGER, "document_questions")["count"] == 0


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """The toy with a second value 2.27 times the first, and one that was withdrawn."""
    row = "O-090,AAA,CCC,trade,,2020,900,,,usd,turnover,log,news,,deprecated,misprint,6,,documented,\n"
    edits = [
        {"file": "observations.csv", "replace": ["2020,150,", "2020,250,"]},
        {"file": "observations.csv", "append": row},
    ]
    return Ledger(read_tables(copy_of_toy(tmp_path_factory.mktemp("apart"), edits), DEFAULTS)[0])


def test_conflicts_side_by_side(apart: Ledger) -> None:
    """110 (s .05) and 250 (s .25): Q = ln(250/110)^2 / (.0025 + .0625) = 10.37, I2 = .904.

    C = 416 - 160256/416 = 30.77, tau2 = 9.37/30.77 = .3045, weights 3.257 and 2.725, mean of logs 5.0745,
    se .4089: 159.9, and 81.6 to 313.3, wider than the two values.
    """
    assert list_text(LEDGER, "conflicts") == "no conflicts match"
    lines = list_text(apart, "conflicts").splitlines()
    assert lines[1:] == [
        "  110 (customs-c B6, group customs-c)",
        "  250 (mirror F6, group mirror)",
        "  ~~900 (news F6, group ccc-press)~~",
        "1 conflicts",
    ]
    assert lines[0] == (
        "AAA to CCC, trade, 2020, turnover: pooled 159.9 usd (81.6 to 313.3), ratio 2.27, I2 0.904, conflict"
    )


def test_conflict_json_holds_every_claim_and_why_it_is_out(apart: Ledger) -> None:
    (row,) = list_json(apart, "conflicts", channel="trade", giver="AAA")["rows"]
    q = math.log(250 / 110) ** 2 / (0.05**2 + 0.25**2)
    assert row["i2"] == pytest.approx((q - 1) / q)
    assert row["ratio"] == pytest.approx(250 / 110)
    assert [(c["id"], c["used"], c["reason"], c["grade"]) for c in row["claims"]] == [
        ("O-002", True, None, "B6"), ("O-003", True, None, "F6"), ("O-090", False, "deprecated", "F6"),
    ]  # fmt: skip
    assert json.loads(json.dumps(row, allow_nan=False)) == row


def test_disagreements_within_the_limits_are_no_conflicts() -> None:
    (row,) = list_json(LEDGER, "disagreements")["rows"]
    assert (row["period"], row["conflict"], row["n_groups"]) == ("2020", "no", 2)
    assert row["ratio"] == pytest.approx(150 / 110)


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({"receiver": "CCC"}, 1),
        ({"receiver": "DDD"}, 0),
        ({"since": "2021"}, 0),
        ({"source": "mirror"}, 1),
        ({"known_by": "2020-12-31"}, 0),  # both values came out a year later
        ({"known_by": "2021-12-31"}, 1),
    ],
)
def test_conflicts_are_filtered_like_any_table(apart: Ledger, filters: dict[str, str], count: int) -> None:
    assert list_json(apart, "conflicts", **filters)["count"] == count


def test_show_sets_conflicting_claims_beside_the_pooled_value(apart: Ledger) -> None:
    (figure,) = show_json(apart, "O-003")["figures"]
    assert (figure["conflict"], figure["n_groups"], figure["n_values"]) == (True, 2, 2)
    assert figure["value"] == pytest.approx(159.9, rel=1e-3)
    assert "  ~~O-090" not in show_text(apart, "O-003")
    assert "  O-090  ~~900 usd (news F6, group ccc-press)~~" in show_text(apart, "O-003").splitlines()


@pytest.mark.parametrize("room", [40, 80, 120])
def test_a_line_holds_no_more_than_the_terminal(room: int) -> None:
    lines = list_text(LEDGER, "facts", room=room).splitlines()
    assert max(len(line) for line in lines[:-1]) <= room
    assert lines[0].split()[0] == "fact_id"
    assert lines[0].split()[-1] == "paraphrase"
    assert lines[4].startswith("~~F-T1-004~~")  # the id is never cut


def test_columns_without_room_are_named_and_empty_ones_are_not() -> None:
    *_, last = list_text(LEDGER, "facts", room=60).splitlines()
    assert last.startswith("4 facts; no room for type, givers, receivers, domain, ")
    assert last.endswith(" (--format csv has all)")
    assert "issues" not in last  # no text of this region has any
    assert "no room" not in list_text(LEDGER, "facts", room=400)
    assert list_text(LEDGER, "facts").splitlines()[0].split()[-1] == "paraphrase"


def test_csv_joins_lists_and_leaves_unknown_empty() -> None:
    lines = csv_text(list_records(LEDGER, "facts", giver="BBB")).splitlines()
    assert lines[1] == (
        "F-T1-002,2020,stance,BBB,DDD,political,,,,assessed,normal,6,T1,2021-02-28,Borea praises Doria.,"
    )


def test_what_used_a_record() -> None:
    assert show_json(LEDGER, "news")["used_by"] == {"facts": ["F-T1-001", "F-T1-002"]}
    assert show_json(LEDGER, "T1")["used_by"]["observations"] == ["O-021", "O-022"]
    assert show_json(LEDGER, "arms")["feeds"] == {"measures": list(ARMS)}
    assert show_json(LEDGER, "O-032")["feeds"]["ties"] == ["CCC:trade-total@2020"]
    assert show_json(LEDGER, "O-020")["sources"][0]["role"] == "assumption"
