"""Read a feed by its recipe: which column of the file, read how, becomes which column of the table."""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from heartland.core.datehelp import quote
from heartland.errors import Finding, HeartlandInputError, Place, suggestion
from heartland.evidence.readers.base import Imported, Settings, Tally
from heartland.evidence.readers.events.cells import Memo, clean, day
from heartland.evidence.readers.events.columns import Columns
from heartland.evidence.readers.events.counts import COUNTED, Counts
from heartland.evidence.readers.events.seen import Seen, keys_of
from heartland.evidence.readers.events.sink import columns_of, open_sink
from heartland.evidence.readers.events.stream import BLOCK, Batch, quoted_rows, tab_rows, unpacked

__all__ = ["MEANINGS", "OPTIONS", "Cell", "Feed", "Notes", "read_feed"]

OPTIONS = {"as": ("events", "counts"), "collapse": ("no", "yes")}
MEANINGS = {
    "as": "events (default), or counts per pair of states, month, class and type",
    "collapse": "no (default), or yes: events of the same day, sides, kind and place count once",
}
MOST_NOTED = 1_000
_WRONG = {
    "date": ("no day", "An event without a day cannot be placed.", "Write YYYY-MM-DD."),
    "number": ("no number inside its bounds", "It would distort every sum.", "Write digits with a point."),
    "id": ("no id of an event", "Repeats are found by it.", "Look at the row in the file."),
    "code": ("no code of an event", "Nothing says what happened.", "Look at the row in the file."),
}


@dataclass(frozen=True)
class Cell:
    """One or several columns of the table from one or several of the file.

    read : texts -> text, or texts -> one text per target; None for a row that cannot be read; without it
        the text is taken as it stands
    reason : word of `_WRONG` for a row that cannot be read
    distinct : the texts hardly repeat, so none is remembered
    sound : a quick check of the whole column, true where every cell can be taken as it stands
    blame : which of several sources to name where `read` gives None; all of them without it
    """

    targets: tuple[str, ...]
    sources: tuple[str, ...]
    read: Callable[..., Any] | None = None
    reason: str = "number"
    distinct: bool = False
    sound: Callable[[Sequence[str]], bool] | None = None
    blame: Callable[..., int] | None = None


class Notes:
    """Codes that were met and are not known; the rows stay, the cell stays empty."""

    def __init__(self) -> None:
        self.unknown: dict[str, set[str]] = {}

    def known(self, what: str, find: Callable[[str], str | None]) -> Callable[[str], str]:
        """`find` with an empty text for what it does not know, which is noted under `what`."""

        def found(text: str) -> str:
            answer = find(text) if text.strip() else ""
            if answer is None:
                noted = self.unknown.setdefault(what, set())
                if len(noted) < MOST_NOTED:
                    noted.add(clean(text)[:60])
            return answer or ""

        return found

    def findings(self, file: str) -> list[Finding]:
        """One finding of severity I per kind of code, with the first ones in order."""
        return [
            Finding(
                "I", f"unknown {what}", Place(file),
                f"{len(codes)}{'+' if len(codes) == MOST_NOTED else ''} {what}{'s' * (len(codes) > 1)} not "
                f"known: {', '.join(map(quote, sorted(codes)[:10]))}{', ...' if len(codes) > 10 else ''}.",
                "The rows are kept with that cell empty.", "",
            )
            for what, codes in sorted(self.unknown.items())
        ]  # fmt: skip


@dataclass(frozen=True)
class Feed:
    """The recipe of one layout.

    source : citation; needed : columns of the file that must be there; optional : empty where absent
    cells : recipe, made anew for each file; key : columns that together name an event
    story : columns that together name what happened, for `collapse`
    numbered : the key is one whole number
    layouts : number of columns -> their names, for a file without a header; quoted : commas and quotes
    """

    name: str
    source: str
    needed: tuple[str, ...]
    cells: Callable[[Notes], Sequence[Cell]]
    key: tuple[str, ...]
    story: tuple[str, ...]
    optional: tuple[str, ...] = ()
    layouts: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    quoted: bool = False
    numbered: bool = False


class _Import:
    """One file on its way through a recipe."""

    def __init__(self, feed: Feed, tally: Tally, settings: Settings) -> None:
        self.feed, self.tally, self.settings = feed, tally, settings
        self.notes = Notes()
        self.columns = Columns(feed.name, feed.layouts, feed.needed, feed.optional, tally)
        self.cells = [(cell, _reading(cell)) for cell in feed.cells(self.notes)]
        self.collapse = settings.options.get("collapse") == "yes"
        named = {*feed.key, *(feed.story if self.collapse else ())}
        self.sources = sorted({name for cell, _ in self.cells for name in cell.sources} | named)
        self.ids, self.stories = Seen(), Seen()
        actors = settings.actors
        self.wanted: Memo[str, bool] = Memo(lambda text: not actors.isdisjoint(text.split(";")))
        within = settings.within
        self.inside: Memo[str, bool] = Memo(lambda text: within.issuperset(filter(None, text.split(";"))))
        self.dated: Memo[str, bool] = Memo(self._dated)

    def _dated(self, text: str) -> bool:
        first, _, last = text.partition("/")
        until = self.settings.until
        return (last or first) >= self.settings.since and (not until or first <= until)

    def rows(
        self, batches: Iterable[Batch], columns: Collection[str], most_dropped: float = 0.0
    ) -> Iterator[tuple[dict[str, Sequence[str]], Sequence[int]]]:
        """Columns of the table, those asked for, and the positions of the rows to keep, some rows at a time.

        Where a larger share than `most_dropped` is not kept, it is taken out and all positions are left.
        """
        for batch in batches:
            numbers, texts = self.columns.texts(batch, self.sources)
            if not numbers:
                continue
            found, use = self._read(numbers, texts)
            use = self._chosen(found, texts, use)
            if use:
                found = {name: column for name, column in found.items() if name in columns}
                if len(numbers) - len(use) > most_dropped * len(numbers):
                    found = {name: [*map(column.__getitem__, use)] for name, column in found.items()}
                    use = range(len(use))
                yield found, use

    def _read(
        self, numbers: Sequence[int], texts: Mapping[str, Sequence[str]]
    ) -> tuple[dict[str, Sequence[str]], Sequence[int]]:
        """Columns of the table, and the positions of the rows that can be read."""
        found: dict[str, Sequence[str]] = {}
        bad: dict[int, tuple[str, str, Cell]] = {}
        for cell, read in self.cells:
            sources = [texts[name] for name in cell.sources]
            if cell.sound is not None and cell.sound(sources[0]):
                found[cell.targets[0]] = sources[0]
                continue
            answers = list(map(read, sources[0] if len(sources) == 1 else zip(*sources, strict=True)))
            if None in answers:
                blank = "" if len(cell.targets) == 1 else ("",) * len(cell.targets)
                for row, answer in enumerate(answers):
                    if answer is None:
                        bad.setdefault(row, (*_blamed(cell, [source[row] for source in sources]), cell))
                        answers[row] = blank
            if len(cell.targets) == 1:
                found[cell.targets[0]] = answers
            else:
                parts = zip(*answers, strict=True)
                found |= zip(cell.targets, parts, strict=True)
        for row, (column, text, cell) in bad.items():
            what, why, fix = _WRONG[cell.reason]
            self.tally.bad(
                cell.reason, numbers[row], f"{text} is {what}.", why=why, fix=fix, column=column
            )
        every = range(len(numbers))
        return found, [row for row in every if row not in bad] if bad else every

    def _chosen(
        self, found: Mapping[str, Sequence[str]], texts: Mapping[str, Sequence[str]], use: Sequence[int]
    ) -> Sequence[int]:
        """Without the rows nobody asked for and those that came before."""
        if self.settings.actors:
            sides = zip(self.wanted.all(found["giver"]), self.wanted.all(found["receiver"]), strict=True)
            asked = [giver or receiver for giver, receiver in sides]
            use = self._narrowed("other actors", use, [row for row in use if asked[row]])
        if self.settings.within:
            sides = zip(self.inside.all(found["giver"]), self.inside.all(found["receiver"]), strict=True)
            inside = [giver and receiver for giver, receiver in sides]
            use = self._narrowed("states outside", use, [row for row in use if inside[row]])
        if self.settings.since or self.settings.until:
            dated = self.dated.all(found["date"])
            use = self._narrowed("other dates", use, [row for row in use if dated[row]])
        use = self._once("repeat", self.ids, [texts[name] for name in self.feed.key], use)
        if self.collapse:
            use = self._once("same story", self.stories, [texts[name] for name in self.feed.story], use)
        return use

    def _once(
        self, reason: str, seen: Seen, columns: Sequence[Sequence[str]], use: Sequence[int]
    ) -> Sequence[int]:
        texts = columns[0] if len(columns) == 1 else list(map("\t".join, zip(*columns, strict=True)))
        if len(use) < len(texts):
            texts = [texts[row] for row in use]
        numbered = seen is self.ids and self.feed.numbered
        keys = list(map(int, texts)) if numbered else keys_of(texts)
        repeats = set(seen.repeats(keys)) if keys else set()
        if not repeats:
            return use
        return self._narrowed(reason, use, [row for at, row in enumerate(use) if at not in repeats])

    def _narrowed(self, reason: str, before: Sequence[int], after: Sequence[int]) -> Sequence[int]:
        self.tally.skip(reason, len(before) - len(after))
        return after


def _reading(cell: Cell) -> Callable[[Any], Any]:
    """From a text, or a tuple of them, to the answer of a cell."""
    read = cell.read or clean
    one = read if len(cell.sources) == 1 else lambda texts: read(*texts)
    return one if cell.distinct else Memo(one).__getitem__


def _blamed(cell: Cell, texts: Sequence[str]) -> tuple[str, str]:
    """Column to name for texts that cannot be read, and how they are shown."""
    shown = [quote(clean(text)[:40]) for text in texts]
    if cell.blame is None:
        return cell.sources[0], " to ".join(shown)
    at = cell.blame(*texts)
    return cell.sources[at], shown[at]


def _checked(settings: Settings) -> None:
    for name, text in settings.options.items():
        if name not in OPTIONS:
            raise HeartlandInputError.at(
                f"{quote(name)} is no option of event files.",
                fix=suggestion(name, OPTIONS, listing=f"Options: {', '.join(OPTIONS)}."), check="usage",
            )  # fmt: skip
        if text not in OPTIONS[name]:
            raise HeartlandInputError.at(
                f"--option {name} {quote(text)} is not known.", fix=f"Write {' or '.join(OPTIONS[name])}.",
                check="usage",
            )  # fmt: skip
    for name, text in (("since", settings.since), ("until", settings.until)):
        if text and day(text) != text:
            raise HeartlandInputError.at(
                f"--{name} {quote(text)} is no day.", fix="Write YYYY-MM-DD.", check="usage"
            )


def read_feed(feed: Feed, path: Path, settings: Settings, size: int = BLOCK) -> Imported:
    """Events of a file, or their counts; memory does not grow with the file when `settings.out` is given.

    Parameters
    ----------
    size : bytes read at once; the result does not depend on it

    Raises
    ------
    HeartlandInputError for an unknown option, a file that cannot be opened, a header without a needed
    column, a file without a single row of the layout, or what `sink.open_sink` refuses
    """
    _checked(settings)
    as_counts = settings.options.get("as") == "counts"
    table = "incident_counts" if as_counts else "incidents"
    tally = Tally(path.name)
    job = _Import(feed, tally, settings)
    names, kept = columns_of(table), 0
    counts = Counts(tally) if as_counts else None
    with _no_collection(), unpacked(path) as stream, open_sink(settings.out, table, settings.force) as sink:
        batches = (quoted_rows if feed.quoted else tab_rows)(stream, tally, size)
        if counts is not None:
            for found, _ in job.rows(batches, COUNTED):
                counts.add(found)
                kept += len(found["date"])
        else:
            for found, use in job.rows(batches, names, most_dropped=0.5):
                rows = len(found["date"])
                blank = [""] * rows
                found = {"source_id": [feed.name] * rows, "date_basis": ["event"] * rows} | found
                sink.write([found.get(name, blank) for name in names], use)
                kept += len(use)
        _fits(job.columns, feed, tally)
        if counts is not None:
            sink.write(counts.columns())
    return Imported(
        feed.name, table, sink.frame(), (*tally.findings, *job.notes.findings(path.name)),
        _total(tally, kept, counts), sink.rows, dict(sorted(tally.counts.items())), feed.source, settings.out,
    )  # fmt: skip


@contextmanager
def _no_collection() -> Iterator[None]:
    """Without the search for cycles of objects: millions of texts are made here, and no cycle."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _fits(columns: Columns, feed: Feed, tally: Tally) -> None:
    if not columns.width:
        widths = " or ".join(map(str, feed.layouts))
        has = f"no row has {widths} cells" if widths else "there is no header"
        raise HeartlandInputError.at(
            f"{has}.", why=f"This is not the layout of {feed.name}.",
            fix="Check the kind: heartland import --list.", file=tally.file, check="layout",
        )  # fmt: skip


def _total(tally: Tally, kept: int, counts: Counts | None) -> int:
    """Rows of the file: those kept and those left out; counts leave some out after keeping them."""
    again = ("no state on either side", "span wider than a month") if counts is not None else ()
    return kept + sum(many for reason, many in tally.counts.items() if reason not in again)
