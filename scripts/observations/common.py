"""Shared pieces: the raw tables, the book of observation rows, number formats, who was a member when."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

__all__ = [
    "COLUMNS",
    "FIRST",
    "POWERS",
    "POWER_STATES",
    "RECEIVERS",
    "Book",
    "Raw",
    "eu_members",
    "plain",
    "runs",
]

RECEIVERS = ("KAZ", "KGZ", "TJK", "TKM", "UZB")
POWER_STATES = ("RUS", "CHN", "USA", "TUR", "IND", "IRN")
POWERS = ("RUS", "CHN", "USA", "eu", "TUR", "IND", "IRN")
FIRST = 1995
SIGNIFICANT = 6
SERIAL = re.compile(r"^[A-Z]+[0-9]*(-[A-Z0-9]+)*[a-z]?$")

COLUMNS = (
    "observation_id",
    "giver",
    "receiver",
    "channel",
    "indicator",
    "period",
    "value",
    "low",
    "high",
    "unit",
    "definition",
    "transform",
    "source_id",
    "fact_ids",
    "rank",
    "rank_reason",
    "credibility",
    "published",
    "status",
    "note",
)

# Year of accession; a state counts as a member in a year if it is one on 31 December.
EU_SINCE = {
    1995: "AUT BEL DEU DNK ESP FIN FRA GBR GRC IRL ITA LUX NLD PRT SWE",
    2004: "CYP CZE EST HUN LTU LVA MLT POL SVK SVN",
    2007: "BGR ROU",
    2013: "HRV",
}
EU_LEFT = {"GBR": 2020}


def eu_members(year: int) -> tuple[str, ...]:
    """Member states on 31 December of a year (from 1995)."""
    states = [s for since, names in EU_SINCE.items() if since <= year for s in names.split()]
    return tuple(sorted(s for s in states if year < EU_LEFT.get(s, 9999)))


def plain(value: float) -> str:
    """Six significant digits without an exponent; empty for an unknown."""
    if value is None or not math.isfinite(value):
        return ""
    rounded = float(f"{value:.{SIGNIFICANT}g}")
    if rounded == 0:
        return "0"
    if abs(rounded) >= 10 ** (SIGNIFICANT - 1):
        return str(int(rounded))
    return f"{rounded:.12f}".rstrip("0").rstrip(".")


class Raw:
    """The raw data folder; tables are read once, empty cells stay unknown."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._tables: dict[str, pd.DataFrame] = {}

    def table(self, name: str) -> pd.DataFrame:
        """A table by its path under the data folder (`.gz` included)."""
        if name not in self._tables:
            self._tables[name] = pd.read_csv(
                self.folder / name, keep_default_na=False, na_values=[""], low_memory=False
            )
        return self._tables[name]


@dataclass
class Book:
    """Collects observation rows and writes them in a stable order."""

    rows: dict[str, dict[str, str]] = field(default_factory=dict)

    def add(
        self,
        key: str,
        giver: str,
        receiver: str,
        period: str | int,
        value: float,
        *,
        unit: str,
        definition: str,
        transform: str,
        source: str,
        channel: str = "",
        indicator: str = "",
        low: float = math.nan,
        high: float = math.nan,
        deprecated: str = "",
        credibility: int = 6,
        published: str = "",
        status: str = "documented",
        note: str = "",
        facts: str = "",
    ) -> None:
        """Book one number; an unknown value books nothing (it never becomes 0)."""
        if value is None or not math.isfinite(value):
            return
        stamp = re.sub(r"[^0-9]", "", str(period).split("/")[0])
        parts = ["O", key, giver.upper(), receiver.upper(), stamp, f"V{published}" if published else ""]
        name = "-".join(part for part in parts if part)
        if name in self.rows or not SERIAL.match(name):
            raise ValueError(f"observation id {name} is taken or malformed")
        numbers = [plain(x) for x in (value, low, high)]
        cells = (
            name,
            giver,
            receiver,
            channel,
            indicator,
            str(period),
            *numbers,
            unit,
            definition,
            transform,
            source,
            facts,
            "deprecated" if deprecated else "normal",
            deprecated,
            str(credibility),
            published,
            status,
            note,
        )
        self.rows[name] = dict(zip(COLUMNS, cells, strict=True))

    def sorted_rows(self) -> list[dict[str, str]]:
        """Rows by channel or indicator, giver, receiver, period, source."""
        order = ("channel", "indicator", "giver", "receiver", "period", "source_id", "published")
        return sorted(self.rows.values(), key=lambda row: tuple(row[c] for c in order))

    def frame(self) -> pd.DataFrame:
        """The book as a frame with numeric value, low, high and integer year of the period's end."""
        frame = pd.DataFrame(self.sorted_rows(), columns=list(COLUMNS))
        for column in ("value", "low", "high"):
            frame[column] = pd.to_numeric(frame[column])
        return frame


def runs(values: Iterable[tuple[int, float]]) -> list[tuple[int, int, float]]:
    """(year, value) pairs as maximal spells of one value: (first, last, value).

    Examples
    --------
    >>> runs([(2000, 1), (2001, 1), (2003, 1), (2004, 2)])
    [(2000, 2001, 1), (2003, 2003, 1), (2004, 2004, 2)]
    """
    spells: list[tuple[int, int, float]] = []
    for year, value in sorted(values):
        if spells and spells[-1][2] == value and spells[-1][1] == year - 1:
            spells[-1] = (spells[-1][0], year, value)
        else:
            spells.append((year, year, value))
    return spells
