"""The language of search queries: four marks have a meaning, every other text is only words."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartland.errors import HeartlandInputError
from heartland.evidence.query import MOST_TERMS, Term, asked_for, expression, read_query, stem


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("arms road", [Term("arms"), Term("road")]),
        ('"big road" arms', [Term("big road"), Term("arms")]),
        ("peace*", [Term("peace", prefix=True)]),
        ("arms -road", [Term("arms"), Term("road", negative=True)]),
        ('-"big road"', [Term("big road", negative=True)]),
        ('"big ro"*', [Term("big ro", prefix=True)]),
        ('"never closed', [Term("never closed")]),
        ("NOT", [Term("NOT")]),
        ("a:b^2 {x} (y) -", [Term("a:b^2"), Term("{x}"), Term("(y)")]),
        ("\x00arms\n*", [Term("arms")]),
    ],
)
def test_terms(query: str, terms: list[Term]) -> None:
    assert read_query(query) == terms


def test_every_term_is_quoted_so_operators_are_words() -> None:
    assert expression(read_query('arms OR road NEAR(x) col:y "q""u"'), "AND") == (
        '("arms") AND ("OR") AND ("road") AND ("NEAR(x)") AND ("col:y") AND ("q") AND ("u")'
    )


def test_other_forms_stand_beside_their_term_quoted_too() -> None:
    forms = {"roads": ("road", 'a"b')}
    said = expression(read_query("roads -old"), "AND", lambda term: forms.get(term.text, ()))
    assert said == '("roads" OR "road" OR "a""b") AND ("old")'


@pytest.mark.parametrize(
    ("words", "root"),
    [
        (("export", "exports", "exported", "exporting"), "export"),
        (("base", "bases"), "bas"),
        (("clash", "clashes"), "clash"),
        (("policy", "policies"), "policy"),
        (("pipeline", "pipelines"), "pipelin"),
        (("status",), "status"),
        (("crisis",), "crisis"),
        (("gas",), "gas"),
        (("bus",), "bus"),
        (("долг",), "долг"),
    ],
)
def test_plain_forms_share_a_stem(words: tuple[str, ...], root: str) -> None:
    assert {stem(word) for word in words} == {root}


def test_words_of_other_meaning_are_not_joined() -> None:
    assert stem("state") != stem("status")
    assert stem("port") != stem("portal")


@pytest.mark.parametrize("query", ["", "  ", "-", '""', "*** !!", "\x00"])
def test_query_without_a_word_is_refused(query: str) -> None:
    with pytest.raises(HeartlandInputError) as refused:
        read_query(query)
    assert str(refused.value) == (
        "there is no word to search for. Marks and spaces are not indexed. Write words, "
        '"a phrase", word* for any ending, or -word to leave records out.'
    )


def test_query_that_is_too_long_is_refused() -> None:
    with pytest.raises(HeartlandInputError) as refused:
        read_query("a " * (MOST_TERMS + 1))
    assert str(refused.value) == (
        "the query has 33 terms and 66 characters. Every term must occur, so a long query "
        "finds nothing. Keep it to 32 terms and 1,000 characters."
    )


@pytest.fixture(scope="module")
def engine() -> sqlite3.Connection:
    database = sqlite3.connect(":memory:")
    database.execute("create virtual table t using fts5(a, b, tokenize='unicode61 remove_diacritics 2')")
    database.execute("insert into t values ('arms for the north', 'x')")
    return database


MARKS = st.text(alphabet='ab "*-^:(){}+\'\\\x00;\ud800é漢NOT', max_size=40)


@given(st.one_of(st.text(max_size=60), MARKS))
def test_no_text_reaches_the_engine_as_syntax(engine: sqlite3.Connection, query: str) -> None:
    try:
        terms = read_query(query)
    except HeartlandInputError:
        return
    for joined_by in ("AND", "OR"):
        engine.execute("select rowid from t where t match ?", (expression(terms, joined_by),)).fetchall()
    wanted = "{a} : (" + expression(terms, "OR") + ")"
    engine.execute("select rowid from t where t match ?", (wanted,)).fetchall()
    assert not engine.execute("select count(*) from t where t match ?", ('"nowhere"',)).fetchone()[0]


def test_raw_text_does_break_the_engine(engine: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.OperationalError):
        engine.execute("select rowid from t where t match ?", ("arms AND (",)).fetchall()


def test_words_are_folded_as_the_index_folds_them() -> None:
    assert Term("Éclair-Über").words == ("eclair", "uber")


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("Who arms whom if Russia cannot?", ["arms", "Russia"]),
        ("Who arms whom", ["Who", "arms", "whom"]),
        ("What did WHO send?", ["WHO", "send?"]),
        ('does "who" -the wh* help?', ["who", "the", "wh", "help?"]),
        ("who is it?", ["who", "is", "it?"]),
    ],
)
def test_words_that_only_make_a_question_do_not_count(query: str, kept: list[str]) -> None:
    assert [term.text for term in asked_for(read_query(query), query)] == kept
