"""Oddities of the texts reach the records they bear on."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.evidence.audit_fixtures import add, found, toy

from heartland.evidence.issues import attachments, issues_for, spans_of
from heartland.evidence.loading import read_tables
from heartland.region.reading import find_region

SHIPPED, _ = read_tables(find_region("central-asia"))


def match(record_id: str) -> dict[str, str]:
    return {issue["issue_id"]: issue["match"] for issue in issues_for(SHIPPED, record_id)}


def test_every_issue_bears_on_a_record_beside_the_text_itself() -> None:
    bare = []
    attached = attachments(SHIPPED)
    assert len(attached) == 45
    for issue, records in attached.items():
        assert records, issue
        if set(records.values()) == {"same text"}:
            bare.append(issue)
    assert bare == ["I26", "I27"]  # no author or date of whole texts: only the texts carry it


@pytest.mark.parametrize(
    ("record", "issue", "how"),
    [
        ("F-B1-119", "I10", "named"),  # fact_ids
        ("B1-59", "I01", "named"),  # "Footnote 59"
        ("B1-48", "I05", "named"),  # "Note 48"
        ("B1-33", "I16", "named"),  # "Notes 33=36 and 45=53"
        ("B1-45", "I16", "named"),
        ("C-A1-003", "I42", "same lines"),  # line 17
        ("M-006", "I42", "same lines"),
        ("K10", "I21", "same lines"),  # line 217
        ("A3", "I26", "same text"),
        ("C-B2-034", "I37", "same lines"),  # line 145 of the second text of the pair
    ],
)
def test_issue_of_a_record(record: str, issue: str, how: str) -> None:
    assert match(record)[issue] == how


def test_lines_of_a_pair_of_texts_belong_to_their_own_text() -> None:
    """I41 stands in B1 line 57 and A1 line 47; line 57 of A1 is another paragraph."""
    issue = next(row for row in SHIPPED["issues"].to_dict("records") if row["issue_id"] == "I41")
    assert spans_of(SHIPPED, issue) == [("B1", 57, 57), ("A1", 47, 47)]
    swapped = {**issue, "article_ids": ("A1", "B2"), "lines": "122;139"}
    assert spans_of(SHIPPED, swapped) == [("B2", 122, 122), ("B2", 139, 139)]


def test_the_closest_come_first_and_empty_cells_are_left_out() -> None:
    issues = issues_for(SHIPPED, "F-B1-046")
    assert issues[0]["match"] == "named"
    assert issues[0]["suggested_reading"] == "KAZ first delivery 2020-04-02~"
    assert "note" not in issues[0]
    order = ["named", "same lines", "same text"]
    found_order = [order.index(issue["match"]) for issue in issues]
    assert found_order == sorted(found_order)


def test_a_record_without_oddities_has_none() -> None:
    assert issues_for(SHIPPED, "F-A5-001") == []
    assert issues_for(SHIPPED, "KAZ") == []
    assert issues_for({}, "F-B1-046") == []


def test_open_issues_are_notes_and_settled_ones_are_not(tmp_path: Path) -> None:
    folder = toy(tmp_path)
    cells = {"kind": "date_gap", "article_ids": "T1", "lines": "3", "suggested_reading": "an interval"}
    add(folder, "issues", issue_id="I01", description="Two dates for one gift.", **cells, resolved="no")
    add(folder, "issues", issue_id="I02", description="Settled.", **cells, resolved="yes")
    assert found(folder, "issue") == [
        "I issues.csv:2:resolved  I01 (date gap, T1): Two dates for one gift. Read as: an interval. It "
        "stands "
        "beside the records it bears on. Follow the reading in the tables, then write yes in resolved."
    ]
