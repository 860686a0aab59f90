"""Read one cell of a given type; one that cannot be read says what is wrong, why it matters and the fix."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from heartland.core.datehelp import quote
from heartland.core.dates import DateError, parse
from heartland.core.textio import INVISIBLE
from heartland.core.units import known_units
from heartland.errors import suggestion

__all__ = ["Problem", "ProblemError", "Range", "parse_range", "reader"]

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*|[A-Z]{3}|[A-Z]+[0-9]*(?:-[A-Z0-9]+)*[a-z]?")
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_URL = re.compile(r"https?://[^\s/?#@\\:]+(?::[0-9]{1,5})?(?:[/?#]\S*)?")
_GROUPED = re.compile(r"[-+]?[0-9]{1,3}(?:([ ,.'’\u00a0\u202f])[0-9]{3})(?:\1[0-9]{3})*(?:([.,])[0-9]+)?")
_MANGLED = re.compile(r"[A-Za-z]{3}-[0-9]{2}|[0-9]{1,2}-[A-Za-z]{3}(?:-[0-9]{2,4})?")
_RANGE = re.compile(r"([\[(])\s*([-+.0-9eE]*)\s*,\s*([-+.0-9eE]*)\s*([\])])")

ONE_WAY = "Numbers are read in one way only."
EXACT = "Ids are compared letter by letter."


class Problem(NamedTuple):
    """Why a cell cannot be read."""

    check: str
    what: str
    why: str
    fix: str


class ProblemError(Exception):
    """Raised by a reader; carries the problem."""

    def __init__(self, check: str, what: str, why: str, fix: str) -> None:
        self.problem = Problem(check, what, why, fix)
        super().__init__(what)


class Range(NamedTuple):
    """Range of numbers as a schema writes it, such as `[0,1)`; an empty end is unbounded."""

    text: str
    low: float
    high: float
    low_open: bool
    high_open: bool

    def __contains__(self, value: object) -> bool:
        if not isinstance(value, float):
            return False
        above = value > self.low if self.low_open else value >= self.low
        return above and (value < self.high if self.high_open else value <= self.high)


def parse_range(text: str) -> Range | None:
    """Read `[0,1]`, `(0,]` and the like; None if the text is no range."""
    found = _RANGE.fullmatch(text.strip())
    try:
        low = float(found[2]) if found and found[2] else -math.inf
        high = float(found[3]) if found and found[3] else math.inf
    except ValueError:
        return None
    return Range(text.strip(), low, high, found[1] == "(", found[4] == ")") if found else None


def _visible(text: str) -> None:
    if not text.isascii() and (found := INVISIBLE.search(text)):
        raise ProblemError(
            "schema-invisible", f"{quote(text)} contains the invisible character U+{ord(found[0]):04X}.",
            "It looks equal to another text and is not.", "Type it again.",
        )
    if text != text.strip():
        raise ProblemError(
            "schema-space", f"{quote(text)} has spaces around it.",
            "It looks equal to another text and is not.", f"Write {quote(text.strip())[1:-1]}.",
        )


def _text(text: str) -> str:
    return text


def _id(text: str) -> str:
    if _ID.fullmatch(text):
        return text
    _visible(text)
    slug = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")
    plain = slug if slug and len(slug) <= 60 else "small letters, digits and single hyphens"
    fix = f"Write {plain}, a state as three capitals (ABC), or a serial id such as F-A1-001."
    if _MANGLED.fullmatch(text):
        fix = "Restore the original and format the column as text."
        what = f"{quote(text)} was rewritten as a date by a spreadsheet."
        raise ProblemError("schema-id", what, EXACT, fix)
    raise ProblemError("schema-id", f"{quote(text)} is not an id.", EXACT, fix)


def _ref(text: str) -> str:
    _visible(text)
    return text


def _date_problem(error: DateError) -> ProblemError:
    finding = error.findings[0]
    return ProblemError(finding.check, finding.what, finding.why, finding.fix)


def _edtf(text: str) -> str:
    try:
        parse(text)
    except DateError as error:
        raise _date_problem(error) from None
    return text


def _day(text: str) -> str:
    try:
        found = parse(text)
    except DateError as error:
        raise _date_problem(error) from None
    if found.kind != "day" or found.start_qualifier != "exact":
        raise ProblemError(
            "A03", f"{quote(text)} is not one exact day.", "This column is about a single day.",
            "Write year-month-day, such as 2021-01-05.",
        )
    return text


def _url(text: str) -> str:
    _visible(text)
    if not _URL.fullmatch(text):
        fix = "Write https:// or http://, the host and the path, without spaces and without a password."
        raise ProblemError("schema-url", f"{quote(text)} is not a web address.", "Links must open.", fix)
    return text


def _bool(text: str) -> bool:
    if text == "yes" or text == "no":
        return text == "yes"
    meant = {"true": "yes", "1": "yes", "y": "yes", "false": "no", "0": "no", "n": "no"}
    lowered = text.strip().casefold()
    fix = f"Write {meant.get(lowered, lowered if lowered in ('yes', 'no') else 'yes or no')}."
    why = "Booleans have two words only."
    raise ProblemError("schema-bool", f"{quote(text)} is not yes or no.", why, fix)


def _unit(text: str) -> str:
    if text not in known_units():
        raise ProblemError("unit", text, "", "")
    return text


def _grouped(text: str) -> tuple[str, str] | None:
    """A number with a decimal comma or thousands marks: what it has, and the fix."""
    if re.fullmatch(r"[-+]?[0-9]*,[0-9]+(?:[eE][-+]?[0-9]+)?", text):
        point = text.replace(",", ".")
        if re.fullmatch(r"[-+]?[1-9][0-9]{0,2},[0-9]{3}", text):
            return "has a decimal comma or a thousands mark", f"Write {point} or {text.replace(',', '')}."
        return "has a decimal comma", f"Write {point}."
    found = _GROUPED.fullmatch(text)
    if found is None:
        return None
    whole, decimals = (text.rsplit(found[2], 1)) if found[2] else (text, "")
    plain = re.sub(r"[^-+0-9]", "", whole) + ("." + decimals if decimals else "")
    return "has thousands marks" + (" and a decimal comma" if found[2] == "," else ""), f"Write {plain}."


def _number_problem(text: str) -> ProblemError:
    bare = text.strip()
    check, fix = "schema-number", "Write digits with a decimal point, such as 1234.5."
    if bare.replace("\u2212", "-").replace("\u2013", "-") != bare and _NUMBER.fullmatch("-" + bare[1:]):
        return ProblemError(check, f"{quote(text)} has a typographic minus.", ONE_WAY, f"Write -{bare[1:]}.")
    if bare != text and _NUMBER.fullmatch(bare):
        return ProblemError(check, f"{quote(text)} has spaces around it.", ONE_WAY, f"Write {bare}.")
    if len(bare) < 100 and (found := _grouped(bare)):
        return ProblemError(check, f"{quote(text)} {found[0]}.", ONE_WAY, found[1])
    if re.fullmatch(r"[-+]?(?:nan|inf|infinity|n/?a|null|none)|\.+|-+|\?+|#[A-Z/0!]+", bare, re.IGNORECASE):
        return ProblemError(
            check, f"{quote(text)} is not a number.", "A value is finite or unknown.", "Leave the cell empty."
        )
    if _MANGLED.fullmatch(bare):
        return ProblemError(
            check, f"{quote(text)} is a number that a spreadsheet rewrote as a date.", ONE_WAY,
            "Restore the original number and format the column as text.",
        )
    if bare.endswith("%") and _NUMBER.fullmatch(bare[:-1].strip()):
        number = bare[:-1].strip()
        fix = f"Write {number} with unit percent or {float(number) / 100:.12g} with unit share."
        return ProblemError(check, f"{quote(text)} has its unit in the cell.", ONE_WAY, fix)
    return ProblemError(check, f"{quote(text)} is not a number.", ONE_WAY, fix)


def _number(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise _number_problem(text)
    value = float(text)
    if math.isinf(value):
        raise ProblemError(
            "schema-number", f"{quote(text)} is too large a number.", "A value is finite or unknown.",
            "Write a smaller one, or leave the cell empty.",
        )
    return value


def _whole(text: str) -> float:
    if _INTEGER.fullmatch(text) and len(text) < 16:
        return float(text)
    value = _number(text)
    if value.is_integer() and abs(value) < 1e15:
        raise ProblemError(
            "schema-number", f"{quote(text)} is not written as a whole number.", ONE_WAY,
            f"Write {value:.0f}.",
        )
    raise ProblemError(
        "schema-number", f"{quote(text)} is not a whole number.", "This column counts.",
        "Round it, or leave the cell empty.",
    )


def _within(read: Callable[[str], float], span: Range) -> Callable[[str], float]:
    def ranged(text: str) -> float:
        value = read(text)
        if value not in span:
            raise ProblemError(
                "schema-range", f"{quote(text)} is outside {span.text}.", "The column has no meaning there.",
                "Check the value and its unit.",
            )
        return value

    return ranged


def _enum(allowed: Sequence[str]) -> Callable[[str], str]:
    known = frozenset(allowed)

    def listed(text: str) -> str:
        if text not in known:
            _visible(text)
            listing = f"Allowed: {', '.join(allowed)}."
            raise ProblemError(
                "schema-enum", f"{quote(text)} is not one of the words of this column.",
                "A word outside the list has no meaning to any reader.",
                suggestion(text, allowed, listing=listing),
            )
        return text

    return listed


def _items(read: Callable[[str], Any]) -> Callable[[str], tuple[str, ...]]:
    def split(text: str) -> tuple[str, ...]:
        parts = [part.strip() for part in text.split(";")]
        if "" in parts:
            raise ProblemError(
                "schema-list", f"{quote(text)} has an empty item.",
                "A list has one item between two semicolons.", "Delete the extra semicolon.",
            )
        for part in parts:
            read(part)
        return tuple(parts)

    return split


_READERS: dict[str, Callable[[str], Any]] = {
    "id": _id, "ref": _ref, "text": _text, "int": _whole, "number": _number, "edtf": _edtf, "date": _day,
    "url": _url, "bool": _bool, "unit": _unit,
}


def reader(kind: str, allowed: Sequence[str] = (), span: Range | None = None) -> Callable[[str], Any]:
    """Function that reads one non-empty cell.

    Parameters
    ----------
    kind : id, ref, text, int, number, edtf, date, enum, url, bool, unit, list or list(<one of these>)
    allowed : words of an enum
    span : range of a number

    Returns
    -------
    function from text to value; it raises ProblemError for a cell it cannot read. Lists are tuples of the
    items' texts, each checked.

    Raises
    ------
    KeyError for an unknown kind
    """
    if kind == "list":
        return _items(_text)
    if kind.startswith("list(") and kind.endswith(")"):
        return _items(reader(kind[5:-1], allowed, span))
    read: Callable[[str], Any] = _enum(allowed) if kind == "enum" else _READERS[kind]
    return _within(read, span) if span is not None and kind in ("int", "number") else read
