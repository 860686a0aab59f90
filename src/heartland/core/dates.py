"""Dates with honest bounds: a subset of EDTF, three-valued comparison, durations, the step calendar.

The subset is level 0 (dates, intervals), of level 1 the qualifiers `? ~ %` at the end, `X` from the
right, seasons 21-24 (northern months), open `..` and unknown (empty) ends, of level 2 the set `[a,b]`.
Source: Library of Congress, Extended Date/Time Format specification, 2019.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from heartland.core.datehelp import refusal
from heartland.errors import Finding, HeartlandInputError, Place

__all__ = [
    "DateError",
    "Duration",
    "EdtfDate",
    "add_months",
    "before",
    "may_contain",
    "must_contain",
    "parse",
    "steps",
]

LONGEST = 200
QUALIFIERS = {"": "exact", "?": "uncertain", "~": "approximate", "%": "both"}
COARSENESS = ("day", "month", "season", "year", "decade", "century")
_CALENDAR = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?([?~%]?)")
_UNSPECIFIED = re.compile(r"([0-9]{4})-(?:XX(-XX)?|([0-9]{2})-XX)([?~%]?)")
_ROUNDED = re.compile(r"([0-9]{2})(?:([0-9])X|XX)([?~%]?)")
_DURATION = re.compile(r"P(?:([0-9]{1,4})Y)?(?:([0-9]{1,5})M)?")


class DateError(HeartlandInputError):
    """A text that is not a date of the supported subset; says which fix to write."""


@dataclass(frozen=True, slots=True)
class EdtfDate:
    """A date as it was written, with the first and last day it can mean.

    text : the input, returned unchanged by `str()`
    earliest, latest : first and last possible day; None where the end is open or unknown
    start_qualifier, end_qualifier : exact, uncertain (`?`), approximate (`~`) or both (`%`)
    precision : day, month, season, year, decade or century; of an interval or set the coarser of its ends
    open_start, open_end : True where the end is written `..`; None in a bound without it means unknown
    kind : day, month, year, decade, century, unspecified, season, interval or one-of
    certain_from, certain_to : the days from and to which it holds under every reading; the first lies
        after the second where no day is certain, and None means unbounded if that end is open, else never
    """

    text: str
    earliest: date | None
    latest: date | None
    start_qualifier: str
    end_qualifier: str
    precision: str
    open_start: bool
    open_end: bool
    kind: str
    certain_from: date | None
    certain_to: date | None
    start_precision: str
    end_precision: str

    def __str__(self) -> str:
        return self.text

    def padded(self) -> EdtfDate:
        """Return the same date with each bound moved outwards by one unit of that end's precision.

        The unit is 3 days for a day, 1 month for a month or season, 1 year for anything coarser. Open and
        unknown ends stay as they are; the text keeps the date as written.

        Source: `evidence.md` 4, bounds are never widened by `~` itself.
        """
        first = None if self.earliest is None else _widen(self.earliest, self.start_precision, -1)
        last = None if self.latest is None else _widen(self.latest, self.end_precision, 1)
        return replace(self, earliest=first, latest=last)


def _widen(day: date, precision: str, sign: int) -> date:
    try:
        if precision == "day":
            return day + timedelta(days=3 * sign)
        return add_months(day, sign * (1 if precision in ("month", "season") else 12))
    except (OverflowError, HeartlandInputError):
        return date.max if sign > 0 else date.min


def _refuse(text: str) -> DateError:
    what, why, fix = refusal(text)
    return DateError(Finding("E", "A03", Place(""), what, why, fix))


def _span(text: str, first: date, last: date, qualifier: str, precision: str, kind: str) -> EdtfDate:
    name = QUALIFIERS[qualifier]
    return EdtfDate(
        text, first, last, name, name, precision, False, False, kind, last, first, precision, precision
    )


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _calendar(text: str, year: int, month: str | None, day: str | None, qualifier: str) -> EdtfDate | None:
    if month is None:
        return _span(text, date(year, 1, 1), date(year, 12, 31), qualifier, "year", "year")
    number = int(month)
    if day is not None:
        exact = date(year, number, int(day))
        return _span(text, exact, exact, qualifier, "day", "day")
    if 21 <= number <= 24:
        start = 3 * (number - 20)
        last = _month_end(year + (start == 12), 2 if start == 12 else start + 2)
        return _span(text, date(year, start, 1), last, qualifier, "season", "season")
    if not 1 <= number <= 12:
        return None
    return _span(text, date(year, number, 1), _month_end(year, number), qualifier, "month", "month")


def _single(text: str) -> EdtfDate | None:
    """One date of level 0 or 1, or None if the text is not one."""
    try:
        if found := _CALENDAR.fullmatch(text):
            year, month, day, qualifier = found.groups()
            return _calendar(text, int(year), month, day, qualifier)
        if found := _UNSPECIFIED.fullmatch(text):
            year, days_too, month, qualifier = found.groups()
            first, last = (1, 12) if month is None else (int(month), int(month))
            precision = "day" if days_too or month else "month"
            bounds = date(int(year), first, 1), _month_end(int(year), last)
            return _span(text, *bounds, qualifier, precision, "unspecified")
        if found := _ROUNDED.fullmatch(text):
            century, decade, qualifier = found.groups()
            start, width = int(century + (decade or "0") + "0"), 10 if decade else 100
            name = "decade" if decade else "century"
            return _span(text, date(start, 1, 1), date(start + width - 1, 12, 31), qualifier, name, name)
    except (ValueError, OverflowError):
        return None
    return None


def _interval(text: str) -> EdtfDate | None:
    left, right = text.split("/")
    start, end = _single(left), _single(right)
    if (start is None and left not in ("", "..")) or (end is None and right not in ("", "..")):
        return None
    first, last = (start.earliest if start else None), (end.latest if end else None)
    if (first is None and last is None) or (first is not None and last is not None and first > last):
        return None
    precisions = [part.precision for part in (start, end) if part]
    return EdtfDate(
        text, first, last,
        start.start_qualifier if start else "exact", end.end_qualifier if end else "exact",
        max(precisions, key=COARSENESS.index), left == "..", right == "..", "interval",
        start.latest if start else None, end.earliest if end else None,
        start.precision if start else "", end.precision if end else "",
    )


def _one_of(text: str) -> EdtfDate | None:
    members = [_single(part.strip()) for part in text[1:-1].split(",")]
    known = [part for part in members if part is not None and part.earliest and part.latest]
    if not known or len(known) < len(members):
        return None
    first = min(known, key=lambda part: part.earliest or date.min)
    last = max(known, key=lambda part: part.latest or date.max)
    return EdtfDate(
        text, first.earliest, last.latest, first.start_qualifier, last.end_qualifier,
        max((part.precision for part in known), key=COARSENESS.index), False, False, "one-of",
        last.latest, first.earliest, first.precision, last.precision,
    )


@lru_cache(maxsize=65536)
def parse(s: str) -> EdtfDate:
    """Read one EDTF text.

    Parameters
    ----------
    s : text such as `2022-01-05`, `2022-01~`, `197X`, `2022-21`, `2013~/..` or `[2014-11-12,2014-11-20]`;
        at most 200 characters, years 0001 to 9999

    Returns
    -------
    EdtfDate, whose `str()` is the input

    Raises
    ------
    DateError, and nothing else, for any other text; its `fix` says what to write instead

    Source: EDTF specification 2019; the supported subset is `evidence.md` 4.
    """
    result = None
    if len(s) <= LONGEST:
        if s.startswith("[") and s.endswith("]"):
            result = _one_of(s)
        elif s.count("/") == 1:
            result = _interval(s)
        else:
            result = _single(s)
    if result is None:
        raise _refuse(s)
    return result


def before(a: EdtfDate, b: EdtfDate) -> Literal["yes", "no", "maybe"]:
    """Whether `a` lies wholly before `b`.

    yes if the last day of `a` is before the first of `b`; no if the first day of `a` is not before the
    last of `b`; else maybe. Open and unknown ends never decide.
    """
    if a.latest is not None and b.earliest is not None and a.latest < b.earliest:
        return "yes"
    if a.earliest is not None and b.latest is not None and a.earliest >= b.latest:
        return "no"
    return "maybe"


def may_contain(edtf: EdtfDate, day: date) -> bool:
    """Whether some reading of the date includes the day; open and unknown ends count as unbounded."""
    return (edtf.earliest is None or edtf.earliest <= day) and (edtf.latest is None or day <= edtf.latest)


def must_contain(edtf: EdtfDate, day: date) -> bool:
    """Whether every reading of the date includes the day.

    An interval certainly holds from the last possible day of its start to the first possible day of its
    end; an unknown end makes nothing certain; a single date coarser than a day names one unknown day of
    its span, so no day of it is certain.
    """
    if edtf.certain_from is None and not edtf.open_start:
        return False
    if edtf.certain_to is None and not edtf.open_end:
        return False
    return (edtf.certain_from is None or edtf.certain_from <= day) and (
        edtf.certain_to is None or day <= edtf.certain_to
    )


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time in whole months, such as the horizon of a scenario."""

    months: int
    text: str = ""

    def __str__(self) -> str:
        return self.text or f"P{self.months}M"

    @classmethod
    def parse(cls, s: str) -> Duration:
        """Read `P6M`, `P5Y` or `P1Y6M`.

        Raises
        ------
        DateError if the text is anything else, or the length is zero
        """
        found = _DURATION.fullmatch(s)
        months = 12 * int(found[1] or 0) + int(found[2] or 0) if found else 0
        if months == 0:
            raise DateError.at(
                f'"{s[:40]}" is not a duration.', why="Horizons count whole months.",
                fix="Write P6M for six months or P5Y for five years.", check="duration",
            )
        return cls(months, s)


def add_months(day: date, n: int) -> date:
    """Return the same day of the month `n` months later (earlier if negative).

    A day the target month lacks becomes its last day, and the last day of a month stays a last day, so
    31 January + 1 month is 28 February and 28 February + 1 month is 31 March.

    Raises
    ------
    HeartlandInputError if the result leaves the years 1 to 9999
    """
    index = 12 * day.year + day.month - 1 + n
    year, month = divmod(index, 12)
    if not 1 <= year <= 9999:
        raise HeartlandInputError.at(
            f"{day.isoformat()} and {n} months leave the calendar.", why="Years run from 1 to 9999.",
            fix="Use a shorter horizon.", check="calendar",
        )
    length = monthrange(year, month + 1)[1]
    if day.day == monthrange(day.year, day.month)[1]:
        return date(year, month + 1, length)
    return date(year, month + 1, min(day.day, length))


def steps(start: date, months: int, per_year: int) -> list[date]:
    """Return the days a run is recorded at: the start, then the last day of each step.

    Parameters
    ----------
    start : first day recorded. From a month's last day step 1 covers the next month, from an earlier day
        it ends in the start's own month, so that steps always end with a month or an even part of one.
    months : horizon, >= 0
    per_year : steps a year; divides 12, or is a multiple of 12 (months are then cut into equal parts)

    Returns
    -------
    list of `1 + months * per_year / 12` days, strictly increasing

    Raises
    ------
    HeartlandInputError if the steps do not fit whole months
    """
    whole = per_year > 0 and (12 % per_year == 0 or (per_year % 12 == 0 and per_year <= 12 * 28))
    if not whole or months < 0 or (months * per_year) % 12:
        raise HeartlandInputError.at(
            f"{months} months at {per_year} steps a year do not make whole steps.",
            why="Steps end with a month or an even part of one.",
            fix="Use 1, 2, 3, 4, 6, 12 or a multiple of 12 steps a year and a horizon of whole steps.",
            check="calendar",
        )
    parts, stride = max(1, per_year // 12), max(1, 12 // per_year)
    own_month = start.replace(day=1)
    origin = own_month if _part_end(own_month, 1, parts) <= start else add_months(own_month, -1)
    ends = (
        _part_end(add_months(origin, month), part, parts)
        for month in range(stride, months + 1, stride)
        for part in range(1, parts + 1)
    )
    return [start, *ends]


def _part_end(first: date, part: int, parts: int) -> date:
    length = monthrange(first.year, first.month)[1]
    return first.replace(day=(length * part + parts // 2) // parts)
