"""Full-text search of the toy region: aliases with their dates, ranking, filters, near misses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.region.toy_region import TOY, copy_of_toy

from heartland.errors import HeartlandInputError
from heartland.evidence.finding import found_csv, found_json, found_text
from heartland.evidence.ledger import Ledger
from heartland.evidence.loading import read_tables
from heartland.evidence.search import MOST_RANKED, SEARCHED, SearchIndex, search

DEFAULTS = {"facts": {"coder": "first-reading", "coded_on": "2021-06-30"}}
NAMES = (
    "actor_id,text,kind,lang,from,to,article_ids\n"
    "AAA,Albaville,metonym,en,,,\n"
    "CCC,Oldtown,metonym,en,,2015-12-31,\n"
    "CCC,Newtown,metonym,en,2016-01-01,,\n"
    "BBB,Bórea Magna,variant,en,,,\n"
)
LEDGER = Ledger(read_tables(TOY, DEFAULTS)[0])
INDEX = SearchIndex(LEDGER.tables, tuple(SEARCHED))


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    folder = copy_of_toy(tmp_path_factory.mktemp("named"), [{"file": "actor_names.csv", "write": NAMES}])
    return Ledger(read_tables(folder, DEFAULTS)[0])


def ids(ledger: Ledger, query: str, **more: object) -> list[str]:
    return sorted(hit.id for hit in search(ledger, query, **more).hits)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("arms", ["F-T1-001"]),  # in the statement and the topic
        ("Alba", ["F-T1-001", "F-T1-003", "F-T1-004"]),
        ("alba corvia", ["F-T1-001", "F-T1-004"]),  # both words
        ("alba -corvia", ["F-T1-003"]),
        ('"base in"', ["F-T1-004"]),
        ('"in base"', []),  # a phrase keeps its order
        ("prais*", ["F-T1-002"]),
        ("prais", ["F-T1-002"]),  # a plain form of praises
        ('"prais"', []),  # in quotes a word stands as it is
        ("praising", ["F-T1-002"]),
        ("corv", []),  # a beginning is no form
        ("BBB", ["F-T1-002"]),  # an id
        ("report", ["F-T1-001", "F-T1-002"]),  # the title of a cited item
        ("alba -report", ["F-T1-001", "F-T1-003", "F-T1-004"]),  # a title leaves nothing out
        ("-alba", ["F-T1-002"]),
    ],
)
def test_queries(query: str, expected: list[str]) -> None:
    assert ids(LEDGER, query) == expected


def test_a_capital_finds_its_state(named: Ledger) -> None:
    assert ids(LEDGER, "Albaville") == []
    assert ids(named, "albaville") == ["F-T1-001", "F-T1-003", "F-T1-004"]
    assert ids(named, "borea magna") == ids(named, '"Boréa Magna"') == ["F-T1-002"]


def test_a_dated_name_counts_only_in_its_time(named: Ledger) -> None:
    assert ids(named, "newtown") == ["F-T1-001", "F-T1-004"]  # 2020-06-10, and 2010 on
    assert ids(named, "oldtown") == ["F-T1-004"]  # 2020 is too late for it


def test_ties_come_by_date_then_id(tmp_path: Path) -> None:
    rest = "as-of-article,event,meet,AAA,BBB,political,talks,,,,,,reported,,normal,,6,low,,They met."
    dated = (("020", "2021"), ("019", "2020-02"), ("021", "2020-02"))
    rows = "".join(f"F-T1-{name},T1,9,{day},{rest}\n" for name, day in dated)
    folder = copy_of_toy(tmp_path, [{"file": "facts.csv", "append": rows}])
    found = search(Ledger(read_tables(folder, DEFAULTS)[0]), "met")
    assert [hit.id for hit in found.hits] == ["F-T1-019", "F-T1-021", "F-T1-020"]
    assert len({hit.score for hit in found.hits}) == 1


def test_a_word_of_the_statement_counts_more_than_one_of_a_title() -> None:
    hits = INDEX.find("report* OR arms", 0).hits
    assert not hits  # OR is a word that occurs nowhere
    assert [hit.id for hit in INDEX.find("arms", 1).hits] == ["arms-book"]


def test_limit_counts_the_rest() -> None:
    found = search(LEDGER, "alba", limit=2)
    assert (len(found.hits), found.total) == (2, 3)
    assert len(search(LEDGER, "alba", limit=0).hits) == 3
    assert "2 of 3 facts; --limit 0 prints all" in found_text(found, "facts")


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"receiver": "DDD"}, ["F-T1-003"]),
        ({"channel": "arms"}, ["F-T1-001"]),
        ({"modality": "forecast"}, ["F-T1-003"]),
        ({"since": "2021"}, ["F-T1-003", "F-T1-004"]),
        ({"until": "2019"}, ["F-T1-004"]),
        ({"known_by": "2020-12-31"}, ["F-T1-001"]),
        ({"source": "news"}, ["F-T1-001"]),
        ({"rank": "deprecated"}, ["F-T1-004"]),
        ({"reliability": "F"}, ["F-T1-001", "F-T1-003", "F-T1-004"]),
        ({"credibility": "6", "type": "flow"}, ["F-T1-001"]),
    ],
)
def test_filters(filters: dict[str, str], expected: list[str]) -> None:
    assert ids(LEDGER, "alba", **filters) == expected


def test_ledger_cut_by_a_clock_finds_nothing_later() -> None:
    early = LEDGER.as_of(known_by="2020-12-31")
    assert ids(early, "alba", within="all") == ["AAA", "F-T1-001"]  # no argument and no text of 2021
    assert ids(early, "customs", within="sources") == []


def test_all_tables_and_those_a_filter_leaves_out() -> None:
    found = search(LEDGER, "corvia", within="all", limit=0)
    assert {hit.table for hit in found.hits} >= {"facts", "sources", "actors"}
    cut = search(LEDGER, "corvia", within="all", giver="AAA")
    assert {hit.table for hit in cut.hits} == {"facts", "arguments"}
    assert set(cut.left_out) == {
        "sources", "issues", "actors", "corridors", "nodes", "document_questions",
    }  # fmt: skip


def test_near_words_without_a_hit() -> None:
    found = search(LEDGER, "corvai roda alba")
    assert found.total == 0
    assert found.nearest == {"corvai": ("corvia", "corvian"), "roda": ("road",)}
    assert found.counts == {"alba": 3}
    assert found.closest == ()  # one of three words is no answer
    assert found_text(found, "facts").splitlines() == [
        "no facts match",
        '"corvai" occurs nowhere; near: corvia, corvian',
        '"roda" occurs nowhere; near: road',
        '"alba" in 3',
        "--in all searches arguments, sources, actors and routes as well",
    ]


def test_words_that_never_meet_bring_the_records_with_most_of_them() -> None:
    found = search(LEDGER, "praises arms alba")
    assert (found.total, found.hits, found.held, found.asked) == (0, (), 2, 3)
    assert [hit.id for hit in found.closest] == ["F-T1-001"]  # arms and alba; two others have one word only
    assert found_text(found, "all").splitlines()[1:] == [
        '"praises" in 1, "arms" in 1, "alba" in 3; they never occur together, or not under these filters',
        "nearest, with 2 of the 3 words:",
        "F-T1-001  2020-06-10  Alba delivered arms to Corvia.",
    ]


def test_nearest_records_obey_the_filters_and_the_words_left_out() -> None:
    assert search(LEDGER, "praises arms alba", rank="deprecated").closest == ()
    assert search(LEDGER, "praises arms alba -corvia").closest == ()
    early = LEDGER.as_of(known_by="2020-01-01")
    assert search(early, "praises arms alba").closest == ()


@pytest.mark.parametrize(
    ("within", "filters", "message"),
    [
        (
            "fact",
            {},
            '"fact" cannot be searched. Only tables with words in them are indexed. Did you mean facts? '
            "Write one of: facts, arguments, sources, issues, actors, corridors, nodes, document_questions, "
            "all.",
        ),
        (
            "all",
            {"giver": "AAX"},
            '"AAX" is no giver of this region. An unknown name would look like an empty answer. '
            "Did you mean AAA? Known ids: heartland evidence list actors.",
        ),
        (
            "sources",
            {"giver": "AAA"},
            "sources cannot be filtered by giver. The table has no such column. Leave giver out, "
            "or ask another table.",
        ),
    ],
)
def test_wrong_questions_are_refused(within: str, filters: dict[str, str], message: str) -> None:
    with pytest.raises(HeartlandInputError) as refused:
        search(LEDGER, "arms", within, **filters)
    assert str(refused.value) == message


def test_outputs() -> None:
    found = search(LEDGER, "arms")
    content = found_json(found, "facts", {})
    assert json.loads(json.dumps(content, allow_nan=False)) == content
    assert list(content) == [
        "schema", "query", "within", "known_by", "filters", "total", "hits", "nearest", "counts", "left_out",
        "closest", "held",
    ]  # fmt: skip
    assert content["schema"] == "heartland.evidence.search/1"
    (hit,) = content["hits"]
    assert {name: hit[name] for name in ("table", "id", "date", "text")} == {
        "table": "facts", "id": "F-T1-001", "date": "2020-06-10", "text": "Alba delivered arms to Corvia.",
    }  # fmt: skip
    assert found_csv(found).splitlines()[0] == "table,id,date,score,text"
    assert found_text(found, "facts").splitlines() == [
        "F-T1-001  2020-06-10  Alba delivered arms to Corvia.", "1 facts",
    ]  # fmt: skip


def test_words_in_too_many_records_come_by_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("heartland.evidence.search.MOST_RANKED", 2)
    hits = SearchIndex(LEDGER.tables).find("alba", 2).hits
    assert [(hit.id, hit.score) for hit in hits] == [("F-T1-004", 0.0), ("F-T1-001", 0.0)]
    assert MOST_RANKED > 2


@settings(max_examples=200)
@given(st.text(max_size=80), st.integers(0, 3))
def test_any_text_is_answered_or_refused_in_words(query: str, limit: int) -> None:
    try:
        found = INDEX.find(query, limit)
    except HeartlandInputError:
        assert not any(sign.isalnum() for sign in query)
        return
    assert found.total >= len(found.hits)
    assert found_text(found, "all")


WORDS = st.sampled_from(["alba", "corvia", "arms", "base", "road", "borea", "in"])


@given(st.lists(WORDS, min_size=1, max_size=3))
def test_more_words_never_find_more(words: list[str]) -> None:
    every = {(hit.table, hit.id) for hit in INDEX.find(" ".join(words), 0).hits}
    for word in words:
        assert every <= {(hit.table, hit.id) for hit in INDEX.find(word, 0).hits}
        left = {(hit.table, hit.id) for hit in INDEX.find(f"{' '.join(words)} -{word}", 0).hits}
        assert left <= every
