"""What to write instead of a text that is not a date; used only when `dates.parse` has refused it."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

__all__ = ["quote", "refusal"]

WHY = "As-of queries need real bounds."
GENERAL = "Write year-month-day, such as 2021-01-05; 2021-01 and 2021 are enough."
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
SERIAL_ZERO = date(1899, 12, 30)
SHOWN = 60
_ISO = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"


def quote(text: str, most: int = SHOWN) -> str:
    """Text in double quotes for a message: cut to `most` characters, what cannot be seen is escaped."""
    cut = text if len(text) <= most else text[:most] + "..."
    seen = "".join(
        c if c.isprintable() else f"\\u{ord(c):04x}" if ord(c) > 0xFF else f"\\x{ord(c):02x}" for c in cut
    )
    return f'"{seen}"'


def _month(found: re.Match[str], text: str) -> tuple[str, str]:
    year, month = found[1], int(found[2])
    if year == "0000":
        return "uses the year 0, which is not supported", GENERAL
    if 1 <= month <= 12:
        return _no_day(year, month)
    near = "12" if month > 12 else "01"
    return "is not a month", f"Write {year}-{near}, {year} or {year}-XX."


def _no_day(year: str, month: int) -> tuple[str, str]:
    length = monthrange(int(year), month)[1]
    return "is not a day", f"Write {year}-{month:02d}-{length}, {year}-{month:02d} or {year}-{month:02d}-XX."


def _slashes(text: str) -> tuple[str, str]:
    parts = text.split("/")
    if len(parts) > 2:
        return "has more than one slash; a slash joins the two ends of an interval", GENERAL
    left, right = parts
    if {left, right} <= {"", ".."}:
        return "has no end that is known", "Write at least one date, or leave the cell empty."
    for part in (left, right):
        if part not in ("", "..") and not _readable(part):
            inner, fix = _reason(part)
            return f"has an end {quote(part)} that {inner}", fix
    return "ends before it begins", f"Write {right}/{left}."


def _set(text: str) -> tuple[str, str]:
    for part in text[1:-1].split(","):
        if not _readable(part.strip()):
            inner, fix = _reason(part.strip())
            return f"has a member {quote(part.strip())} that {inner}", fix
    return "is not a set of dates", "Write [2014-11-12,2014-11-20]."


def _readable(text: str) -> bool:
    from heartland.core.dates import DateError, parse

    try:
        return parse(text).kind not in ("interval", "one-of")
    except DateError:
        return False


def _spreadsheet(text: str) -> tuple[str, str] | None:
    words = re.fullmatch(r"([A-Za-z]{3})-([0-9]{2})|([0-9]{1,2})-([A-Za-z]{3})(?:-([0-9]{2,4}))?", text)
    if words and (words[1] or words[4]).lower() in MONTHS:
        month = MONTHS.index((words[1] or words[4]).lower()) + 1
        if words[1]:
            century = "20" if words[2] < "50" else "19"
            fix = f"Write {century}{words[2]}-{month:02d} if the original said so"
        else:
            fix = "Write year-month-day, such as 2021-03-01,"
        return "was rewritten by a spreadsheet", f"{fix} and format the column as text."
    if re.fullmatch(r"[1-9][0-9]{4}", text):
        day = (SERIAL_ZERO + timedelta(days=int(text))).isoformat()
        return "is a spreadsheet's serial number of a day", f"Write {day} and format the column as text."
    return None


def _simple(text: str) -> tuple[str, str] | None:
    """Slips whose fix is a direct rewriting of the text."""
    if found := re.fullmatch(r"([0-9]{3})0s", text):
        return "is a decade in words", f"Write {found[1]}X."
    if found := re.fullmatch(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})|([0-9]{4})-([0-9])", text):
        year, month, day = (found[1], found[2], found[3]) if found[1] else (found[4], found[5], None)
        if len(month) == 1 or (day and len(day) == 1):
            padded = f"{year}-{int(month):02d}" + (f"-{int(day):02d}" if day else "")
            return "lacks a leading zero", f"Write {padded}." if _readable(padded) else GENERAL
    if found := re.fullmatch(rf"({_ISO})[T ][0-9].*", text):
        return "has a time of day, which is not supported", f"Drop the time: write {found[1]}."
    if found := re.fullmatch(r"([?~%])([0-9X-]+)", text):
        return "has its qualifier in front", f"Write {found[2]}{found[1]}."
    if found := re.fullmatch(r"\{(.*)\}", text):
        return "uses braces, which are not supported", f"Write [{found[1]}] if it was one of these days."
    if found := re.fullmatch(r"([^.]+)\.\.([^.]+)", text):
        return "uses .. between two dates", f"Write {found[1]}/{found[2]}."
    if text.upper() != text and _readable(text.upper()):
        return "has a small x", f"Write {text.upper()}."
    if text.strip() != text and _readable(text.strip()):
        return "has spaces around it", f"Write {text.strip()}."
    return None


def _reason(text: str) -> tuple[str, str]:
    if text == "":
        return "is empty", "Leave the cell empty if the date is unknown."
    if len(text) > 200:
        return "is too long", GENERAL
    if found := _simple(text) or _spreadsheet(text):
        return found
    if text.startswith("[") and text.endswith("]"):
        return _set(text)
    if "/" in text:
        return _slashes(text)
    if found_ := re.fullmatch(r"([0-9]{4})-([0-9]{2})(?:-[0-9]{2}|-XX)?[?~%]?", text):
        return _month(found_, text)
    if re.fullmatch(r"-[0-9]{4,}.*|Y-?[0-9].*|[0-9]{5,}([-~?%].*)?|.*[0-9]E[0-9].*|.*S[0-9]+", text):
        return "is outside the years 0001 to 9999 or uses an exponent", GENERAL
    if "X" in text and re.fullmatch(r"[0-9X-]+[?~%]?", text):
        return "has an X that is not at its right end", "Write 197X, 19XX, 2021-XX or 2021-02-XX."
    return "is not a date I can read", GENERAL


def refusal(text: str) -> tuple[str, str, str]:
    """What is wrong with the text, why it matters, and the fix; three sentences.

    Called with a text that `dates.parse` refused; never raises.
    """
    reason, fix = _reason(text)
    return f"{quote(text)} {reason}.", WHY, fix
