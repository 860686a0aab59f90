"""From rows of a file to its columns, those only that are asked for; rows of another width are reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import compress
from operator import itemgetter

from heartland.core.datehelp import quote
from heartland.errors import Finding, HeartlandInputError, Place, suggestion
from heartland.evidence.readers.base import Tally
from heartland.evidence.readers.events.cells import clean
from heartland.evidence.readers.events.stream import Batch

__all__ = ["Columns"]


class Columns:
    """Where the columns of one file stand: found on its header, or by the width of its rows.

    layouts : number of columns -> names, for files without a header; empty for those with one
    needed, optional : columns wanted from a header
    """

    def __init__(
        self, name: str, layouts: Mapping[int, Sequence[str]], needed: Sequence[str], optional: Sequence[str],
        tally: Tally,
    ) -> None:
        self.name, self.layouts, self.tally = name, layouts, tally
        self.needed, self.optional = needed, optional
        self.header: list[str] | None = None
        self.width = 0
        self.at: dict[str, int] = {}

    def texts(self, batch: Batch, names: Sequence[str]) -> tuple[list[int], dict[str, Sequence[str]]]:
        """Row numbers and cells by column of the rows that have the width of the file.

        names : columns asked for, at least two; empty where the file has none
        """
        numbers, rows = self._fitting(batch.numbers, batch.rows)
        there = [name for name in names if name in self.at]
        found: dict[str, Sequence[str]] = {}
        if rows:
            pick = itemgetter(*(self.at[name] for name in there))
            found = dict(zip(there, zip(*map(pick, rows), strict=True), strict=True))
        return numbers, {name: found[name] if name in found else [""] * len(numbers) for name in names}

    def _fitting(
        self, numbers: list[int], rows: list[list[str]]
    ) -> tuple[list[int], list[list[str]]]:
        """Rows of the width of the file that are no header."""
        widths = list(map(len, rows))
        if not self.width and self.layouts:
            # rows before the first that fits are no better known in a large batch than in a small one
            first = next((at for at, width in enumerate(widths) if width in self.layouts), len(rows))
            for number, width in zip(numbers[:first], widths[:first], strict=True):
                self._misfit(number, width)
            numbers, rows, widths = numbers[first:], rows[first:], widths[first:]
            self.width = widths[0] if widths else 0
            self.at = {name: at for at, name in enumerate(self.layouts.get(self.width, ()))}
        elif not self.width:
            self._read_header(rows[0], numbers[0])
            numbers, rows, widths = numbers[1:], rows[1:], widths[1:]
        if widths.count(self.width) != len(widths):
            good = [width == self.width for width in widths]
            for number, width in zip(numbers, widths, strict=True):
                if width != self.width:
                    self._misfit(number, width)
            numbers, rows = list(compress(numbers, good)), list(compress(rows, good))
        if self.header is not None and self.header in rows:
            fresh = [row != self.header for row in rows]
            self.tally.skip("header again", len(rows) - sum(fresh))
            numbers, rows = list(compress(numbers, fresh)), list(compress(rows, fresh))
        return numbers, rows

    def _misfit(self, number: int, width: int) -> None:
        widths = str(self.width) if self.width else " or ".join(map(str, self.layouts))
        least = self.width or min(self.layouts)
        self.tally.bad(
            "number of cells", number, f"the row has {width} cell{'s' * (width > 1)}, not {widths}.",
            why="Its cells would land in the wrong columns.",
            fix="Look for a line end inside a cell." if width < least
            else "Look for a tab or comma inside a cell.",
        )  # fmt: skip

    def _read_header(self, cells: list[str], number: int) -> None:
        names = [clean(name).strip('"').casefold() for name in cells]
        place = {name: at for at, name in reversed(list(enumerate(names)))}
        missing = [name for name in self.needed if name.casefold() not in place]
        if len(missing) > len(self.needed) / 2:
            raise HeartlandInputError.at(
                f"this is no header of {self.name}: {len(missing)} of its {len(self.needed)} columns are "
                "missing.", why="The columns are found by their names.",
                fix="Check the kind: heartland import --list.", file=self.tally.file, row=number,
                check="header",
            )  # fmt: skip
        if missing:
            raise HeartlandInputError([
                Finding(
                    "E", "header", Place(self.tally.file, number),
                    f"there is no column {quote(name)}.", f"Every file of {self.name} has one.",
                    suggestion(name, [clean(cell) for cell in cells]) or "Check the kind of the file.",
                )
                for name in missing
            ])  # fmt: skip
        self.header, self.width = cells, len(cells)
        wanted = (*self.needed, *self.optional)
        self.at = {name: place[name.casefold()] for name in wanted if name.casefold() in place}
