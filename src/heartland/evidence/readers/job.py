"""One file being read: the frame that every reader of tables fills in."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from heartland.errors import Finding, HeartlandInputError, Place, suggestion
from heartland.evidence.readers.base import Imported, Reader, Settings, Tally
from heartland.evidence.readers.cells import Cells
from heartland.evidence.readers.files import Layout, Table, open_table
from heartland.evidence.readers.rows import COMMON_OPTIONS, Booking, source_row

__all__ = ["Job", "option_pairs", "read_table", "write_rows"]


@dataclass
class Job:
    """What a reader has at hand and fills in.

    version, note : go into the source row; `source_id` may be set by readers whose user names the source
    frame : rows of a table other than observations; `booking` holds the rows of that one
    """

    path: Path
    settings: Settings
    tally: Tally
    booking: Booking
    version: str = ""
    note: str = ""
    read: int = 0
    frame: pd.DataFrame | None = None
    source: dict[str, str] = field(default_factory=dict)

    def open(self, *layouts: Layout) -> Table:
        """Find the header of the file; see `open_table`."""
        return open_table(self.path, layouts, shown=self.tally.file)

    def cells(self, table: Table, missing: Sequence[float] = ()) -> Iterator[Cells]:
        """The table chunk by chunk; `missing` are numbers that stand for unknown."""
        for chunk in table.chunks(self.tally):
            yield Cells(chunk, self.tally, frozenset(missing))
        self.read += table.read


def read_table(
    reader: Reader, module: str, function: str, stem: str, path: Path, settings: Settings
) -> Imported:
    """Read one file with the function of a reader.

    Parameters
    ----------
    module, function : what reads the file, a function of a `Job`
    stem : source id without the version, and independence group of the source

    Raises
    ------
    HeartlandInputError for an unknown option, a file that cannot be opened, a header that is not the
    layout's, or a file of which no row can be used
    """
    for name in settings.options:
        if name not in reader.options and name not in COMMON_OPTIONS:
            known = (*reader.options, *COMMON_OPTIONS)
            raise HeartlandInputError.at(
                f'"{name}" is not an option of {reader.name}.', why="It would change nothing.",
                fix=suggestion(name, known, listing=f"Options: {', '.join(known)}."), check="import-option",
            )  # fmt: skip
    if settings.out is not None:
        _free(settings.out, settings.force)
    tally = Tally(path.name)
    booking = Booking(settings, tally, stem)
    job = Job(path, settings, tally, booking)
    read: Callable[[Job], None] = getattr(import_module(module), function)
    read(job)
    named = settings.options.get("source", "")
    source_id = named or booking.source_id + (f"-{job.version}" if job.version and not job.source else "")
    booking.source_id = source_id
    frame = booking.frame() if job.frame is None else job.frame
    if not len(frame):
        _nothing_usable(job)
    row = job.source or source_row(
        path, source_id, reader.title, _author(reader.citation), reader.publisher, reader.licence,
        group=stem, version=job.version, note=job.note,
    )  # fmt: skip
    done = Imported(
        reader.name, reader.table if job.frame is None else str(job.frame.attrs["table"]), frame,
        tally.findings, job.read, len(frame), MappingProxyType(dict(tally.counts)), reader.citation,
        source_row=row, catalogue=booking.catalogue(),
    )  # fmt: skip
    if settings.out is None:
        return done
    write_rows(frame, settings.out, force=settings.force)
    return Imported(**{**vars(done), "frame": None, "path": settings.out})


def _author(citation: str) -> str:
    """Authors of a citation `Authors YEAR: title`."""
    return re.sub(r" [0-9]{4}$", "", citation.split(":")[0])


def _nothing_usable(job: Job) -> None:
    """Refuse a file of which no row is usable for a reason of its own; a filter may leave nothing."""
    file, counts = job.tally.file, job.tally.counts
    asked = ("outside the years asked for", "other actors", "not asked for")
    if any(counts.get(reason) for reason in asked):
        return
    said = ", ".join(f"{reason} {count:,}" for reason, count in counts.items()) or "the table is empty"
    error = HeartlandInputError.at(
        f"no row can be used: {said}.", why="Nothing would be imported.",
        fix="Check that the file and the kind belong together: heartland import --list.", file=file,
        check="import-nothing",
    )  # fmt: skip
    raise HeartlandInputError([*error.findings, *job.tally.findings])


def _free(out: Path, force: bool) -> None:
    if out.exists() and (out.is_dir() or not force):
        raise HeartlandInputError.at(
            "is there already.", why="It would be overwritten.",
            fix="Name another file" + ("." if out.is_dir() else ", or add --force."), file=str(out),
            check="output",
        )  # fmt: skip
    if not out.parent.is_dir():
        raise HeartlandInputError.at(
            "its folder does not exist.", fix="Make the folder first.", file=str(out), check="output"
        )


def write_rows(frame: pd.DataFrame, out: Path, *, force: bool = False) -> None:
    """Write rows as CSV, or as Parquet where the name ends so; the file appears whole or not at all.

    Raises
    ------
    HeartlandInputError if the file is there and `force` is not set, or the Parquet package is missing
    """
    _free(out, force)
    temporary = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    try:
        if out.suffix == ".parquet":
            try:
                frame.to_parquet(temporary, index=False)
            except ImportError:
                place = Place(str(out))
                why, fix = "It needs the package pyarrow.", 'Install it with pip install "heartland[data]".'
                raise HeartlandInputError(
                    Finding("E", "output", place, "Parquet cannot be written.", why, fix)
                ) from None
        else:
            frame.to_csv(temporary, index=False, lineterminator="\n", encoding="utf-8")
        os.replace(temporary, out)
    finally:
        temporary.unlink(missing_ok=True)


def option_pairs(text: str) -> Mapping[str, str]:
    """`a:b;c:d` as a mapping; empty text gives an empty one."""
    pairs = (part.partition(":") for part in text.split(";") if part.strip())
    return {left.strip(): right.strip() for left, _, right in pairs}
