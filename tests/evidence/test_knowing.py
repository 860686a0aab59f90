"""One clock for every table: nothing that became public later is shown, listed, found, cited or exported."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartland.app.cli.evidence_tables import open_ledger
from heartland.evidence.issues import attachments, bearing, marks
from heartland.evidence.knowing import known_tables
from heartland.evidence.known import first_public, publication_dates
from heartland.evidence.ledger import Ledger
from heartland.evidence.listing import list_records
from heartland.evidence.search import search
from heartland.evidence.showing import show_json
from heartland.region.region import Region


@cache
def whole() -> Ledger:
    return open_ledger(Region.load("central-asia"))


def known(day: str) -> Ledger:
    return whole().as_of(known_by=day).public


def test_texts_set_side_by_side_are_known_when_the_last_is_out() -> None:
    published = {"A": date(2016, 12, 31), "B": date(2022, 1, 31)}
    assert first_public("issues", ("A", "B"), published) == date(2022, 1, 31)
    assert first_public("corridors", ("A", "B"), published) == date(2016, 12, 31)
    assert first_public("issues", ("A", "undated"), published) is None
    assert first_public("corridors", ("undated",), published) is None
    assert first_public("issues", (), published) is None


def test_an_issue_between_a_known_text_and_a_later_one_is_not_yet_seen() -> None:
    """I30 sets a text of 2016 against one of 2022; the rule that takes the earlier text would show it."""
    assert "I30" in {issue["issue_id"] for issue in show_json(whole(), "F-B2-037")["issues"]}
    early = show_json(known("2020-06-30"), "F-B2-037")
    assert "I30" not in {issue["issue_id"] for issue in early["issues"]}
    assert "I30" not in early["used_by"].get("issues", ())
    assert "I30" not in list_records(known("2020-06-30"), "issues")["issue_id"].tolist()
    assert "I30" in list_records(known("2022-01-31"), "issues")["issue_id"].tolist()


def test_arguments_of_a_text_are_not_known_through_an_item_it_cites() -> None:
    """Facts of B1 (June 2020) are known in February from items they cite; what its author argues is not."""
    cut = known("2020-02-29")
    assert any(name.startswith("F-B1") for name in cut.facts["fact_id"])
    assert set(cut.tables["arguments"]["article_id"]) == {"B2"}
    assert set(cut.tables["document_questions"]["article_id"]) == {"B2"}
    assert set(cut.tables["corridors"]["article_id"]) == {("B2",)}
    assert "kazakhstan-2022" not in cut.tables["scenarios"]["scenario_id"].tolist()


def test_used_by_and_beside_hold_nothing_later() -> None:
    found = show_json(known("2020-06-30"), "CHN")
    cut = known("2020-06-30")
    assert set(found["used_by"]["facts"]) <= set(cut.facts["fact_id"])
    assert {name.split("-")[1] for name in found["used_by"]["arguments"]} == {"B1", "B2"}


def test_lines_follow_the_texts_that_are_left() -> None:
    row = known("2016-12-31").tables["corridors"].set_index("corridor_id").loc["K01"]
    assert (row["article_id"], row["lines"]) == (("B2",), "131")
    full = whole().tables["corridors"].set_index("corridor_id").loc["K01"]
    assert (full["article_id"], full["lines"]) == (("A1", "A3", "B2"), "27;159;131")


def test_a_membership_without_text_counts_from_its_beginning() -> None:
    names = list_records(known("2010-12-31"), "memberships")["membership_id"].tolist()
    assert "M-048" in names  # 2002-10-07
    assert "M-040" not in names  # read in a text of 2023
    ended = known("2010-12-31").tables["memberships"].set_index("membership_id").loc["M-054"]
    assert (ended["from"], ended["to"]) == ("2006", "")  # that it would end in 2012 nobody knew


def test_no_clock_changes_nothing() -> None:
    assert whole().public is whole()
    cut = known("2020-06-30")
    assert cut.public is cut


def test_columns_keep_their_types() -> None:
    for name, frame in known_tables(whole().tables, date(2020, 6, 30)).items():
        full = whole().tables[name]
        assert list(frame.columns) == list(full.columns)
        assert frame.dtypes.to_dict() == full.dtypes.to_dict(), name


@settings(max_examples=8, deadline=None)
@given(st.dates(date(2014, 1, 1), date(2024, 1, 1)))
def test_nothing_listed_or_found_is_of_a_later_text(day: date) -> None:
    cut = known(day.isoformat())
    published = publication_dates(whole().tables)
    later = {name for name, when in published.items() if when > day}
    for table in ("arguments", "document_questions"):
        assert not later & set(list_records(cut, table)["article_id"])
    for texts in list_records(cut, "issues")["article_ids"]:
        assert not later & set(texts)
    assert not later & set(list_records(cut, "sources")["source_id"])
    hits = search(cut, "china*", within="all", limit=0).hits
    assert not later & {hit.id for hit in hits}


# one record a user would look at for each kind of issue, and the rule by which it is found
SEEN = (
    ("I01", "sources", "B1-59"), ("I05", "sources", "B1-48"), ("I10", "facts", "F-B1-119"),
    ("I16", "sources", "B1-33"), ("I17", "arguments", "C-A2-021"), ("I18", "facts", "F-A3-007"),
    ("I26", "documents", "A2"), ("I30", "observations", "O-PRES-CHN-TJK-2016"),
    ("I44", "facts", "F-B2-006"), ("I45", "sources", "B2"),
)  # fmt: skip


@pytest.mark.parametrize(("issue", "table", "record"), SEEN)
def test_issues_are_marked_where_a_reader_looks(issue: str, table: str, record: str) -> None:
    listed = list_records(whole(), table)
    row = listed[listed.iloc[:, 0] == record].iloc[0]
    assert issue in row["issues"]
    assert issue in {found["issue_id"] for found in show_json(whole(), record)["issues"]}


def test_an_issue_of_other_lines_marks_nothing_else() -> None:
    listed = list_records(whole(), "facts").set_index("fact_id")
    assert listed.loc["F-B1-128", "issues"] == ("I40",)  # in the same paragraph as I11 and I12, named by I40
    assert listed.loc["F-A5-001", "issues"] == ()


def test_every_issue_is_marked_somewhere() -> None:
    marked = {issue for found in marks(whole().tables).values() for issue in found}
    assert marked == set(whole().tables["issues"]["issue_id"])
    assert len(marked) == 45


def test_an_issue_shows_what_it_bears_on() -> None:
    assert show_json(whole(), "I01")["bears_on"] == {"named": ["B1-58", "B1-59"], "same text": ["B1"]}
    assert "bears_on" not in show_json(whole(), "B1-59")
    assert bearing(whole().tables, "nothing") == {}
    assert attachments(whole().tables)["I30"]["O-PRES-CHN-TJK-2016"] == "named"
