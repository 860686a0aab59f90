"""Cells of official tables as numbers, years and states: a missing code is unknown, never 0."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from heartland.core.datehelp import quote
from heartland.evidence.readers.base import Tally
from heartland.evidence.readers.files import Chunk
from heartland.evidence.readers.states import codes, nearest, normal_name

__all__ = ["BLANK", "Cells", "Floats", "Texts", "Years", "labelled_year", "objects"]

Floats: TypeAlias = NDArray[np.float64]
Texts: TypeAlias = NDArray[np.object_]
Years: TypeAlias = NDArray[np.int64]

# what publishers print where they have no number
BLANK = frozenset({"", ".", "..", "...", "-", "–", "na", "n/a", "n.a.", "nan", "null", "none"})
_GROUPED = re.compile(r"[-+]?[0-9]{1,3}(?:([ ,\u00a0\u202f])[0-9]{3})(?:\1[0-9]{3})*(?:\.[0-9]+)?")
_YEAR = re.compile(r"([0-9]{4})(?:\.0)?")
_LABELLED_YEAR = re.compile(r"(?:YR)?([0-9]{4})(?: \[YR[0-9]{4}\])?")
UNKNOWN_STATE = "not a state of the list"


@dataclass
class Cells:
    """Reads the columns of one chunk; a row with a cell that cannot be read is out (`ok`) and counted once.

    missing : numbers that stand for unknown in this layout
    """

    chunk: Chunk
    tally: Tally
    missing: frozenset[float] = frozenset()
    ok: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        self.ok = np.ones(len(self.chunk), dtype=bool)

    def text(self, name: str) -> Texts:
        """Cells of a column as they are."""
        return objects(self.chunk.column(name))

    def number(self, name: str, cells: Sequence[str] | None = None, *, whole: bool = True) -> Floats:
        """Numbers of a column, NaN where unknown; `cells` reads other cells under that name.

        Grouped digits (1,234.5) are read; anything else that is no finite number takes its row out, or only
        itself where `whole` is off (tables with one column a year).
        """
        texts = list(self.chunk.column(name) if cells is None else cells)
        values = np.asarray(
            pd.to_numeric(pd.Series(texts, dtype=object), errors="coerce"), dtype=np.float64
        ).copy()
        values[np.isin(values, list(self.missing))] = np.nan
        for at in np.flatnonzero(~np.isfinite(values)):
            text = texts[at].strip()
            values[at] = np.nan
            if text.casefold() in BLANK or _is(text, self.missing):
                continue
            if _GROUPED.fullmatch(text):
                values[at] = float(re.sub(r"[ ,\u00a0\u202f]", "", text))
                continue
            what, why = f"{quote(text)} is not a number.", "The value would be lost or wrong."
            if whole:
                self.reject("not a number", int(at), name, what, why=why, fix="The row was left out.")
            elif self.ok[at]:
                row, fix = self.chunk.numbers[at], "The cell was left out."
                self.tally.bad("not a number", row, what, why=why, fix=fix, column=name)
        return values

    def year(self, name: str) -> Years:
        """Years of a column; 0 in rows that are out."""
        texts = self.chunk.column(name)
        years = np.zeros(len(texts), dtype=np.int64)
        known: dict[str, int] = {}
        for at, text in enumerate(texts):
            if text not in known:
                found = _YEAR.fullmatch(text)
                known[text] = int(found[1]) if found else 0
            years[at] = known[text]
            if not years[at]:
                self.reject(
                    "not a year", at, name, f"{quote(text)} is not a year.",
                    why="The value could not be dated.", fix="The row was left out.",
                )  # fmt: skip
        return years

    def state(self, name: str, system: str, *, aliases: dict[str, str] | None = None) -> Texts:
        """ISO-3 of each row, "" where the code is no state of the list (groups, regions, totals).

        aliases : further codes of one file -> ISO-3 or any id
        """
        texts = self.chunk.column(name)
        table = codes(system)
        found: dict[str, str] = {}
        unknown: dict[str, int] = {}
        for at, text in enumerate(texts):
            if text not in found:
                found[text] = (aliases or {}).get(text, "") or _state(text, system, table.get)
            if not found[text]:
                unknown.setdefault(text, at)
        for text, at in unknown.items():
            rows = texts.count(text)
            hint = nearest(text, system)
            self.tally.note(
                UNKNOWN_STATE, self.chunk.numbers[at], name,
                f"{quote(text)} is not a state of the list ({rows} row{'s' * (rows != 1)} from here).",
                why="A group or a region must not pass as a state.", fix=hint or "Its rows were left out.",
            )  # fmt: skip
        result = objects([found[text] for text in texts])
        self.leave_out(result == "", UNKNOWN_STATE)
        return result

    def leave_out(self, out: NDArray[np.bool_], reason: str) -> None:
        """Take rows out for a reason, without a finding."""
        fresh = out & self.ok
        self.tally.skip(reason, int(fresh.sum()))
        self.ok &= ~out

    def reject(self, reason: str, at: int, name: str, what: str, *, why: str, fix: str) -> None:
        """Take one row out with a finding, unless it is out already."""
        if self.ok[at]:
            self.ok[at] = False
            self.tally.bad(reason, self.chunk.numbers[at], what, why=why, fix=fix, column=name)


def objects(texts: Sequence[str]) -> Texts:
    """Texts as an array of objects."""
    array = np.empty(len(texts), dtype=object)
    array[:] = texts
    return array


def _is(text: str, missing: frozenset[float]) -> bool:
    try:
        return float(text) in missing
    except ValueError:
        return False


def _state(text: str, system: str, find: Callable[[str], str | None]) -> str:
    if system == "name":
        return find(normal_name(text)) or ""
    if system == "iso3":
        return find(text.upper()) or ""
    return find(text.removesuffix(".0")) or find(text.lstrip("0")) or ""


def labelled_year(text: str) -> int:
    """Year that a column is headed by, as `1990`, `YR1990` or `1990 [YR1990]`; 0 if it is none."""
    found = _LABELLED_YEAR.fullmatch(text.strip())
    return int(found[1]) if found else 0
