"""Read cells by the column: each distinct text once, then a look-up."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import TypeVar

__all__ = [
    "Memo", "clean", "day", "digits", "latitude", "longitude", "number", "place", "plain", "score",
    "sound_ids", "sound_text", "span", "whole",
]  # fmt: skip

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

MOST_REMEMBERED = 100_000
_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z?)?", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3,9})[ -](\d{4})", re.ASCII)


class Memo(dict[Key, Value]):
    """A function that remembers its answers; forgets them all when there are too many."""

    def __init__(self, answer: Callable[[Key], Value]) -> None:
        super().__init__()
        self.answer = answer

    def __missing__(self, key: Key) -> Value:
        value = self.answer(key)
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        self[key] = value
        return value

    def all(self, keys: Iterable[Key]) -> list[Value]:
        """Answers in the order of the keys."""
        return list(map(self.__getitem__, keys))


def clean(text: str) -> str:
    """Text without characters that cannot be seen, and without spaces around it."""
    if not text.isprintable():
        text = "".join(letter if letter.isprintable() else " " for letter in text)
    return text.strip()


def plain(text: str) -> str:
    """As `clean`; nothing and the word None are empty."""
    text = clean(text)
    return "" if text in ("None", "NULL", "nan", "--") else text


def place(city: str, district: str, province: str) -> tuple[str, str]:
    """The place from small to large, and how exact its smallest part is."""
    parts = [plain(part) for part in (city, district, province)]
    words = zip(parts, ("exact", "district", "province"), strict=True)
    exact = next((word for part, word in words if part), "")
    return ", ".join(dict.fromkeys(part for part in parts if part)), exact


def sound_text(column: Sequence[str]) -> bool:
    """Whether no cell of a column has an invisible character or a space at all."""
    text = "".join(column)
    return text.isprintable() and " " not in text


def sound_ids(column: Sequence[str]) -> bool:
    """Whether every cell of a column is an id of digits."""
    text = "".join(column)
    return text.isdigit() and text.isascii() and all(column) and max(map(len, column)) <= 18


@lru_cache(maxsize=MOST_REMEMBERED)
def day(text: str) -> str | None:
    """ISO date of `20200131`, `2020-01-31` (a time is dropped) or `31 January 2020`; None if it is no day."""
    text = text.strip()
    try:
        if found := _DAY.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
        if found := _NAMED.fullmatch(text):
            return date(int(found[3]), _MONTHS.index(found[2][:3].lower()) + 1, int(found[1])).isoformat()
    except ValueError:
        return None
    return None


def span(first: str, last: str) -> str | None:
    """EDTF of a span of days; one day if both are the same; None if one is no day or they are swapped."""
    start, end = day(first), day(last)
    if start is None or end is None or end < start:
        return None
    return start if start == end else f"{start}/{end}"


def number(text: str, low: float, high: float) -> str | None:
    """The number as written if it is one inside the bounds; empty stays empty; None if not."""
    text = text.strip()
    if not text:
        return ""
    # what float takes beyond plain numbers (nan, 1_0, other scripts) has other letters than these
    if len(text) > 40 or text.strip("0123456789.+-eE"):
        return None
    try:
        return text if low <= float(text) <= high else None
    except ValueError:
        return None


def whole(text: str) -> str | None:
    """A count from 0 on, without leading zeros; empty stays empty; None if it is none."""
    text = text.strip()
    if not text:
        return ""
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        return None
    return str(int(text))


def digits(text: str) -> str | None:
    """The digits of an id as they stand, at most 18; None if it is none."""
    return text if text.isdigit() and text.isascii() and len(text) <= 18 else None


def latitude(text: str) -> str | None:
    """Degrees north, -90 to 90."""
    return number(text, -90, 90)


def longitude(text: str) -> str | None:
    """Degrees east, -180 to 180."""
    return number(text, -180, 180)


def score(text: str) -> str | None:
    """A weight from -10 to 10."""
    return number(text, -10, 10)
