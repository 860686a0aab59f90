"""What every reader of an official file takes and gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from heartland.errors import Finding, Place

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["MOST_FINDINGS", "Imported", "Reader", "Settings", "Tally"]

# shown one by one; every further one is counted under its reason
MOST_FINDINGS = 20


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True)
class Settings:
    """What a user may ask of a reader beside the file.

    out : file to write to, row by row where the reader streams; None gives the rows back as a frame
    force : replace `out` if it is there
    actors : ISO-3 codes to keep (either side of a pair); empty keeps all
    since, until : first and last day kept (ISO dates); empty keeps all
    options : settings of one reader only, as name -> text
    within : ISO-3 codes that every side of a row must be among; empty lets every state in
    """

    out: Path | None = None
    force: bool = False
    actors: frozenset[str] = frozenset()
    since: str = ""
    until: str = ""
    options: Mapping[str, str] = field(default_factory=_nothing)
    within: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Imported:
    """What came out of one file.

    kind : name of the reader; table : schema the rows follow
    frame : the rows, or None when they were written to `path`
    findings : the first `MOST_FINDINGS` rows that could not be read, in file order
    read : rows in the file, the header not counted; kept : rows given back or written
    skipped : reason -> rows left out for it; read = kept + the sum of it where one row gives one row
    source : citation of the data, as it must be given with results
    path : file written, or None
    source_row : row of sources.csv for the file; empty where the rows name no source
    catalogue : rows of indicators.csv that the rows need, if a region lacks them
    """

    kind: str
    table: str
    frame: DataFrame | None
    findings: tuple[Finding, ...]
    read: int
    kept: int
    skipped: Mapping[str, int]
    source: str
    path: Path | None = None
    source_row: Mapping[str, str] = field(default_factory=_nothing)
    catalogue: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class Reader:
    """One official layout.

    name : word after `heartland import`; title, publisher : of the data
    layout : the form of the file in a line; citation, licence, url : as its publisher states them
    table : schema of the rows it gives; read : file and settings -> rows
    options : option -> what it means
    references : ids in a region's sources of what the citation names
    """

    name: str
    title: str
    publisher: str
    layout: str
    citation: str
    licence: str
    url: str
    table: str
    read: Callable[[Path, Settings], Imported]
    options: Mapping[str, str] = field(default_factory=_nothing)
    references: tuple[str, ...] = ()


class Tally:
    """Rows left out while reading one file: the first ones as findings, all of them counted.

    file : name shown in messages
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.counts: dict[str, int] = {}
        self._findings: list[tuple[int, int, Finding]] = []

    def skip(self, reason: str, rows: int = 1) -> None:
        """Count rows left out on purpose (not asked for, a repeat): no finding."""
        if rows:
            self.counts[reason] = self.counts.get(reason, 0) + rows

    def bad(
        self, reason: str, row: int, what: str, *, why: str = "", fix: str = "", column: str = ""
    ) -> None:
        """Count a row that cannot be read, and keep it as a finding if it is among the first.

        Rows need not come in order: the findings kept are those of the first rows of the file.
        """
        self.skip(reason)
        self.note(reason, row, column, what, why=why, fix=fix)

    def note(self, reason: str, row: int, column: str, what: str, *, why: str = "", fix: str = "") -> None:
        """Keep a finding if its row is among the first, without counting a row."""
        last = self._findings[-1][0] if len(self._findings) >= MOST_FINDINGS else None
        if last is not None and row >= last:
            return
        place = Place(self.file, row, column)
        self._findings.append((row, len(self._findings), Finding("W", reason, place, what, why, fix)))
        self._findings.sort(key=lambda kept: kept[:2])
        del self._findings[MOST_FINDINGS:]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The first findings, in file order."""
        return tuple(finding for _, _, finding in self._findings)
