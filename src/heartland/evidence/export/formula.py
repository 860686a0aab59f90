"""An apostrophe before text that a spreadsheet would run as a formula, and its removal on reading.

Signs that start a formula, and the half- and full-width forms: OWASP, CSV Injection, 2024.
"""

from __future__ import annotations

import re

from heartland.core.schema import Column

__all__ = ["STARTS", "guarded", "is_free", "unguarded"]

STARTS = "=+-@\t\n\uff1d\uff0b\uff0d\uff20"
# apostrophes in front are counted in, so that a text that starts with one of its own comes back whole
_RUNS = re.compile(f"'*[{re.escape(STARTS)}]")
_GUARDED = re.compile(f"'+[{re.escape(STARTS)}]")


def is_free(column: Column) -> bool:
    """Whether a column holds free text; ids, dates, numbers and closed words cannot be formulas."""
    return column.kind in ("text", "list", "list(text)", "list(url)", "ref", "list(ref)")


def guarded(text: str) -> str:
    """The text with an apostrophe in front if a spreadsheet would run it."""
    return f"'{text}" if _RUNS.match(text) else text


def unguarded(text: str) -> str:
    """The text without the apostrophe that `guarded` put in front."""
    return text[1:] if _GUARDED.match(text) else text
