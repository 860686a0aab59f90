"""Dates: the table of the design, errors with their own fixes, three-valued logic, the calendar."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartland.core.dates import (
    DateError,
    Duration,
    add_months,
    before,
    may_contain,
    must_contain,
    parse,
    steps,
)
from heartland.errors import HeartlandInputError

TABLE = [
    ("2022-01-05", "2022-01-05", "2022-01-05", "exact", "exact", "day", "day"),
    ("2022-01", "2022-01-01", "2022-01-31", "exact", "exact", "month", "month"),
    ("2022", "2022-01-01", "2022-12-31", "exact", "exact", "year", "year"),
    ("2022-01~", "2022-01-01", "2022-01-31", "approximate", "approximate", "month", "month"),
    ("2019-08-30?", "2019-08-30", "2019-08-30", "uncertain", "uncertain", "day", "day"),
    ("2014%", "2014-01-01", "2014-12-31", "both", "both", "year", "year"),
    ("197X", "1970-01-01", "1979-12-31", "exact", "exact", "decade", "decade"),
    ("19XX", "1900-01-01", "1999-12-31", "exact", "exact", "century", "century"),
    ("2021-XX", "2021-01-01", "2021-12-31", "exact", "exact", "month", "unspecified"),
    ("2021-XX-XX", "2021-01-01", "2021-12-31", "exact", "exact", "day", "unspecified"),
    ("2020-02-XX", "2020-02-01", "2020-02-29", "exact", "exact", "day", "unspecified"),
    ("2022-21", "2022-03-01", "2022-05-31", "exact", "exact", "season", "season"),
    ("2022-24", "2022-12-01", "2023-02-28", "exact", "exact", "season", "season"),
    ("2005/2020", "2005-01-01", "2020-12-31", "exact", "exact", "year", "interval"),
    ("2020-03/2020-06~", "2020-03-01", "2020-06-30", "exact", "approximate", "month", "interval"),
    ("../2016~", None, "2016-12-31", "exact", "approximate", "year", "interval"),
    ("2013~/..", "2013-01-01", None, "approximate", "exact", "year", "interval"),
    ("/2016", None, "2016-12-31", "exact", "exact", "year", "interval"),
    ("2016-05/", "2016-05-01", None, "exact", "exact", "month", "interval"),
    ("[2014-11-12,2014-11-20]", "2014-11-12", "2014-11-20", "exact", "exact", "day", "one-of"),
    ("[2014-11-20, 2013?]", "2013-01-01", "2014-11-20", "uncertain", "exact", "year", "one-of"),
]


@pytest.mark.parametrize(("text", "first", "last", "start", "end", "precision", "kind"), TABLE)
def test_table(
    text: str, first: str | None, last: str | None, start: str, end: str, precision: str, kind: str
) -> None:
    found = parse(text)
    assert found.earliest == (date.fromisoformat(first) if first else None)
    assert found.latest == (date.fromisoformat(last) if last else None)
    assert (found.start_qualifier, found.end_qualifier) == (start, end)
    assert (found.precision, found.kind, str(found)) == (precision, kind, text)
    assert found.open_start == text.startswith("..")
    assert found.open_end == text.endswith("..")
    assert hash(found) == hash(parse(text))


NO_BOUNDS = "As-of queries need real bounds."
PLAIN = "Write year-month-day, such as 2021-01-05; 2021-01 and 2021 are enough."
OUTSIDE = f"is outside the years 0001 to 9999 or uses an exponent. {NO_BOUNDS} {PLAIN}"
RIGHT_END = f"has an X that is not at its right end. {NO_BOUNDS} Write 197X, 19XX, 2021-XX or 2021-02-XX."
REFUSED = [
    ("2021-13", f"is not a month. {NO_BOUNDS} Write 2021-12, 2021 or 2021-XX."),
    ("2021-00-05", f"is not a month. {NO_BOUNDS} Write 2021-01, 2021 or 2021-XX."),
    ("2021-02-30", f"is not a day. {NO_BOUNDS} Write 2021-02-28, 2021-02 or 2021-02-XX."),
    ("2020-02-30~", f"is not a day. {NO_BOUNDS} Write 2020-02-29, 2020-02 or 2020-02-XX."),
    ("1990s", f"is a decade in words. {NO_BOUNDS} Write 199X."),
    ("2022/2020", f"ends before it begins. {NO_BOUNDS} Write 2020/2022."),
    ("2021-2", f"lacks a leading zero. {NO_BOUNDS} Write 2021-02."),
    ("2021-2-3", f"lacks a leading zero. {NO_BOUNDS} Write 2021-02-03."),
    ("2021-2-30", f"lacks a leading zero. {NO_BOUNDS} {PLAIN}"),
    (
        "2021-01-05T10:00",
        f"has a time of day, which is not supported. {NO_BOUNDS} Drop the time: write 2021-01-05.",
    ),
    ("", f"is empty. {NO_BOUNDS} Leave the cell empty if the date is unknown."),
    ("~2021", f"has its qualifier in front. {NO_BOUNDS} Write 2021~."),
    (
        "{2020,2021}",
        f"uses braces, which are not supported. {NO_BOUNDS} Write [2020,2021] if it was one of these days.",
    ),
    ("-0100", OUTSIDE),
    ("Y17000", OUTSIDE),
    ("123456", OUTSIDE),
    ("1950S2", OUTSIDE),
    ("0000-05", f"uses the year 0, which is not supported. {NO_BOUNDS} {PLAIN}"),
    ("20X1", RIGHT_END),
    ("198X-XX", RIGHT_END),
    ("199x", f"has a small x. {NO_BOUNDS} Write 199X."),
    (" 2021", f"has spaces around it. {NO_BOUNDS} Write 2021."),
    ("2021..2022", f"uses .. between two dates. {NO_BOUNDS} Write 2021/2022."),
    (
        "../",
        f"has no end that is known. {NO_BOUNDS} Write at least one date, or leave the cell empty.",
    ),
    (
        "05/01/2021",
        f"has more than one slash; a slash joins the two ends of an interval. {NO_BOUNDS} {PLAIN}",
    ),
    (
        "2020/2021-13",
        f'has an end "2021-13" that is not a month. {NO_BOUNDS} Write 2021-12, 2021 or 2021-XX.',
    ),
    (
        "[2020,2021-02-30]",
        f'has a member "2021-02-30" that is not a day. {NO_BOUNDS} Write 2021-02-28, 2021-02 or 2021-02-XX.',
    ),
    (
        "Mar-21",
        f"was rewritten by a spreadsheet. {NO_BOUNDS} Write 2021-03 if the original said so and format the"
        " column as text.",
    ),
    (
        "5-Jan-2022",
        f"was rewritten by a spreadsheet. {NO_BOUNDS} Write year-month-day, such as 2021-03-01, and format"
        " the column as text.",
    ),
    (
        "44256",
        f"is a spreadsheet's serial number of a day. {NO_BOUNDS} Write 2021-03-01 and format the column as"
        " text.",
    ),
    ("January 2022", f"is not a date I can read. {NO_BOUNDS} {PLAIN}"),
    ("١٩٩٠", f"is not a date I can read. {NO_BOUNDS} {PLAIN}"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_refused(text: str, message: str) -> None:
    with pytest.raises(DateError) as caught:
        parse(text)
    assert str(caught.value) == f'"{text}" {message}'
    assert caught.value.findings[0].check == "A03"


def test_refusal_escapes_what_cannot_be_seen() -> None:
    with pytest.raises(DateError) as caught:
        parse("2021\u200b\x1b" + "9" * 300)
    assert str(caught.value).startswith('"2021\\u200b\\x1b9999')
    assert '..." is too long.' in str(caught.value)


@settings(max_examples=500, deadline=None)
@given(
    st.text(max_size=64)
    | st.text("0123456789-/.X?~%[],{}TYES ", max_size=24)
    | st.from_regex(r"[0-9]{4}-[0-9X]{2}-[0-9X]{2}[?~%]?(/[0-9]{4}(-[0-9]{2})?)?", fullmatch=True)
)
def test_parse_is_total_and_ordered(text: str) -> None:
    found, fix = None, ""
    try:
        found = parse(text)
    except DateError as error:
        fix = error.findings[0].fix
    assert (found is None) == bool(fix)
    if found is None:
        return
    assert str(found) == text
    assert found.earliest or found.latest
    if found.earliest and found.latest:
        assert found.earliest <= found.latest
        wide = found.padded()
        assert wide.earliest is not None
        assert wide.latest is not None
        assert wide.earliest <= found.earliest
        assert found.latest <= wide.latest


@given(st.dates(min_value=date(1, 1, 1), max_value=date(9999, 12, 31)))
def test_finer_precision_is_contained_in_coarser(day: date) -> None:
    year = f"{day.year:04d}"
    chain = [day.isoformat(), f"{year}-{day.month:02d}-XX", f"{year}-{day.month:02d}", year]
    if day.year >= 10:
        chain.append(year[:3] + "X")
    if day.year >= 100:
        chain.append(year[:2] + "XX")
    found = [parse(text) for text in chain]
    for finer, coarser in pairwise(found):
        assert coarser.earliest is not None
        assert coarser.latest is not None
        assert coarser.earliest <= (finer.earliest or date.max)
        assert (finer.latest or date.min) <= coarser.latest
    assert all(may_contain(date_, day) for date_ in found)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2022-01-05", "2022-01-02", "2022-01-08"),
        ("2022-03~", "2022-02-01", "2022-04-30"),
        ("2022-21", "2022-02-01", "2022-06-30"),
        ("2014%", "2013-01-01", "2015-12-31"),
        ("197X", "1969-01-01", "1980-12-31"),
        ("2020-03-10/2021", "2020-03-07", "2022-12-31"),
        ("0001-01-02/9999", "0001-01-01", "9999-12-31"),
    ],
)
def test_padded(text: str, first: str, last: str) -> None:
    wide = parse(text).padded()
    assert (wide.earliest, wide.latest) == (date.fromisoformat(first), date.fromisoformat(last))
    assert str(wide) == text


def test_padded_leaves_open_and_unknown_ends() -> None:
    assert parse("../2016").padded().earliest is None
    assert parse("2013/").padded().latest is None


@pytest.mark.parametrize(
    ("a", "b", "answer"),
    [
        ("2020", "2021-01-01", "yes"),
        ("2021-01", "2020", "no"),
        ("2020-02-15", "2020-02-15", "no"),
        ("2020", "2020-06", "maybe"),
        ("../2016", "2017", "yes"),
        ("../2016", "2015", "maybe"),
        ("2017/..", "2016", "no"),
        ("2015/..", "2016", "maybe"),
        ("/2016", "2014/2015", "maybe"),
    ],
)
def test_before(a: str, b: str, answer: str) -> None:
    assert before(parse(a), parse(b)) == answer


@pytest.mark.parametrize(
    ("text", "day", "may", "must"),
    [
        ("2020-02-15", "2020-02-15", True, True),
        ("2020-02-15", "2020-02-16", False, False),
        ("2020-02", "2020-02-15", True, False),
        ("2005/2020", "2010-06-01", True, True),
        ("2005/2020", "2005-06-01", True, False),
        ("2005/2020", "2020-01-01", True, True),
        ("2005/2020", "2020-01-02", True, False),
        ("../2016", "1800-01-01", True, True),
        ("/2016", "1800-01-01", True, False),
        ("2013~/..", "2099-01-01", True, True),
        ("2013~/", "2099-01-01", True, False),
        ("[2014-11-12,2014-11-20]", "2014-11-12", True, False),
    ],
)
def test_may_and_must_contain(text: str, day: str, may: bool, must: bool) -> None:
    found, when = parse(text), date.fromisoformat(day)
    assert may_contain(found, when) is may
    assert must_contain(found, when) is must


@pytest.mark.parametrize(("text", "months"), [("P6M", 6), ("P5Y", 60), ("P1Y6M", 18)])
def test_duration(text: str, months: int) -> None:
    found = Duration.parse(text)
    assert (found.months, str(found)) == (months, text)
    assert str(Duration(7)) == "P7M"


@pytest.mark.parametrize("text", ["", "P", "6M", "P0M", "P3D", "PT5H", "P1.5Y", "p6m", "P-1M"])
def test_duration_refused(text: str) -> None:
    with pytest.raises(DateError) as caught:
        Duration.parse(text)
    assert str(caught.value) == (
        f'"{text}" is not a duration. Horizons count whole months. Write P6M for six months or P5Y for five'
        " years."
    )


def test_add_months() -> None:
    assert add_months(date(2021, 1, 31), 1) == date(2021, 2, 28)
    assert add_months(date(2021, 2, 28), 1) == date(2021, 3, 31)
    assert add_months(date(2021, 1, 30), 1) == date(2021, 2, 28)
    assert add_months(date(2020, 3, 15), -13) == date(2019, 2, 15)
    with pytest.raises(HeartlandInputError) as caught:
        add_months(date(9999, 12, 1), 1)
    assert str(caught.value) == (
        "9999-12-01 and 1 months leave the calendar. Years run from 1 to 9999. Use a shorter horizon."
    )


def test_steps_end_with_months() -> None:
    assert steps(date(2021, 12, 31), 3, 12) == [
        date(2021, 12, 31), date(2022, 1, 31), date(2022, 2, 28), date(2022, 3, 31),
    ]
    assert steps(date(2022, 1, 1), 2, 12) == [date(2022, 1, 1), date(2022, 1, 31), date(2022, 2, 28)]
    assert steps(date(2021, 12, 31), 12, 2) == [date(2021, 12, 31), date(2022, 6, 30), date(2022, 12, 31)]
    assert steps(date(2021, 12, 31), 1, 24) == [date(2021, 12, 31), date(2022, 1, 16), date(2022, 1, 31)]
    assert steps(date(2022, 1, 20), 1, 24) == [date(2022, 1, 20), date(2022, 2, 14), date(2022, 2, 28)]


@given(
    st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 1, 1)),
    st.integers(0, 40).map(lambda years: 12 * years),
    st.sampled_from([1, 2, 3, 4, 6, 12, 24, 48, 336]),
)
@settings(max_examples=60, deadline=None)
def test_steps_increase_and_have_the_promised_length(start: date, months: int, per_year: int) -> None:
    days = steps(start, min(months, 36), per_year)
    assert len(days) == 1 + min(months, 36) * per_year // 12
    assert days[0] == start
    assert all(a < b for a, b in pairwise(days))
    if per_year <= 12:
        assert all((day + timedelta(days=1)).day == 1 for day in days[1:])


@pytest.mark.parametrize(("months", "per_year"), [(6, 5), (7, 4), (-1, 12), (6, 0), (6, 600)])
def test_steps_refused(months: int, per_year: int) -> None:
    with pytest.raises(HeartlandInputError) as caught:
        steps(date(2021, 12, 31), months, per_year)
    assert str(caught.value) == (
        f"{months} months at {per_year} steps a year do not make whole steps. Steps end with a month or an"
        " even part of one. Use 1, 2, 3, 4, 6, 12 or a multiple of 12 steps a year and a horizon of whole"
        " steps."
    )
