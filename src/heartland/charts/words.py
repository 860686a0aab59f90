"""Numbers and dates as words: significant digits, intervals, probabilities as runs out of a hundred."""

from __future__ import annotations

import math

from heartland.core.figures import SMALL, power_of_ten

__all__ = ["beside", "count", "interval", "month", "number", "of_100", "plus", "with_interval"]

_BIG = ((1e12, " trillion"), (1e9, " billion"), (1e6, " million"))
UNKNOWN = "no data"
NEARLY = "about 0"
FAR = 1000.0


def number(value: float, digits: int = 2) -> str:
    """A number with so many significant digits: 0.042, 1.2, 340, 1.8 billion, 2.7e-7."""
    if not math.isfinite(value):
        return UNKNOWN
    for size, word in _BIG:
        if abs(value) >= size * (1 - 5 * 10.0 ** -(digits + 1)):
            return number(value / size, digits) + word
    if value == 0 or abs(value) < 5e-10:
        return "0"
    places = digits - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, places)
    if abs(rounded) < SMALL:
        return power_of_ten(rounded, digits)
    places = digits - 1 - math.floor(math.log10(abs(rounded)))
    return f"{rounded:,.{max(places, 0)}f}"


def count(value: int) -> str:
    """A whole number with separators for thousands."""
    return f"{value:,}"


def plus(value: float, digits: int = 2) -> str:
    """A number that always shows its sign, unless it is zero."""
    text = number(value, digits)
    return f"+{text}" if math.isfinite(value) and value > 0 and text != "0" else text


def beside(value: float, others: tuple[float, ...], digits: int = 2, signed: bool = False) -> str:
    """A number among others it is read with: `about 0` where it is small and they are a thousand times it."""
    widest = max((abs(x) for x in others if math.isfinite(x)), default=0.0)
    if 0.0 < abs(value) < SMALL and abs(value) * FAR < widest:
        return NEARLY
    return (plus if signed else number)(value, digits)


def interval(low: float, high: float, digits: int = 2, signed: bool = False) -> str:
    """Two ends: `0.31-0.55`, or `-0.1 to 0.2` where a sign would be misread; empty if an end is unknown."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    first, last = beside(low, (high,), digits, signed), beside(high, (low,), digits, signed)
    word = last.partition(" ")[2]
    if word and first.endswith(f" {word}"):
        first = first.removesuffix(f" {word}")
    apart = signed or low < 0 or high < 0 or any("e-" in end or end == NEARLY for end in (first, last))
    return f"{first}{' to ' if apart else '-'}{last}"


def with_interval(value: float, low: float, high: float, digits: int = 2, signed: bool = False) -> str:
    """Value and its ends: `0.42 (0.31-0.55)`."""
    text = beside(value, (low, high), digits, signed)
    ends = interval(low, high, digits, signed)
    return f"{text} ({ends})" if ends and text != UNKNOWN else text


def of_100(probability: float) -> str:
    """A probability as runs out of a hundred: 31, and `under 1` or `over 99` near the ends."""
    if not math.isfinite(probability):
        return UNKNOWN
    shown = round(100 * probability)
    if shown == 0 and probability > 0:
        return "under 1"
    if shown == 100 and probability < 1:
        return "over 99"
    return str(shown)


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip


def month(iso: str) -> str:
    """`2022-01-31` as `January 2022`."""
    return f"{_MONTHS[int(iso[5:7]) - 1]} {iso[:4]}"
