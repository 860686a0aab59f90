"""The ledger in the formats of other programs. Every format but Markdown can be read back and compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from heartland.errors import HeartlandInputError, suggestion
from heartland.evidence.export import bibtex as _bibtex
from heartland.evidence.export import csl as _csl
from heartland.evidence.export import csv_folder as _csv
from heartland.evidence.export import datapackage as _datapackage
from heartland.evidence.export import geojson as _geojson
from heartland.evidence.export import gexf as _gexf
from heartland.evidence.export import graphml as _graphml
from heartland.evidence.export import jsonld as _jsonld
from heartland.evidence.export import markdown as _markdown
from heartland.evidence.export import parquet as _parquet
from heartland.evidence.export import stix as _stix
from heartland.evidence.export.material import About, Material, Tie, gather
from heartland.evidence.export.writing import place
from heartland.evidence.ledger import as_day

__all__ = ["FORMATS", "About", "Format", "Tie", "Written", "export", "read"]


class Format(NamedTuple):
    """How one format is written and read.

    folder : it is a folder of files;  tables : a selection of tables can be exported;  ties : it holds ties
    """

    content: str
    write: Callable[[Material, Path], None]
    read: Callable[[Path], Any] | None
    folder: bool = False
    tables: bool = False
    ties: bool = False


FORMATS: Mapping[str, Format] = {
    "csv": Format("all tables, a CSV file each", _csv.write, _csv.read, folder=True, tables=True),
    "parquet": Format("all tables, typed", _parquet.write, _parquet.read, folder=True, tables=True),
    "graphml": Format("graph of actors, facts and ties", _graphml.write, _graphml.read, ties=True),
    "gexf": Format("the same graph with time, for Gephi", _gexf.write, _gexf.read, ties=True),
    "geojson": Format("places, legs, facts with country ids", _geojson.write, _geojson.read),
    "jsonld": Format("all records as linked data", _jsonld.write, _jsonld.read, tables=True),
    "stix": Format("actors, places, texts, facts, arguments", _stix.write, _stix.read),
    "csl": Format("sources, CSL-JSON", _csl.write, _csl.read),
    "bibtex": Format("sources, BibTeX", _bibtex.write, _bibtex.read),
    "markdown": Format("a note per actor", _markdown.write, None, folder=True),
    "datapackage": Format(
        "all tables with a Data Package descriptor",
        _datapackage.write,
        _datapackage.read,
        folder=True,
        tables=True,
    ),
}


class Written(NamedTuple):
    """What an export wrote: its place, the files and their size in bytes."""

    path: Path
    files: tuple[Path, ...]
    bytes: int


def export(
    tables: Mapping[str, pd.DataFrame],
    about: About,
    format: str,
    out: str | Path,
    *,
    force: bool = False,
    known_by: str | date | None = None,
    names: Sequence[str] = (),
    ties: Sequence[Tie] = (),
    at: str = "",
) -> Written:
    """Write the tables of a region in one format; the file or folder appears whole or not at all.

    Parameters
    ----------
    tables : name -> validated table, as a region or a ledger holds them
    about : what the files say of their origin;  format : one of `FORMATS`;  out : file or folder to write
    force : replace what an earlier export left there
    known_by : leave out what was not public by this day
    names : tables to export; all that hold something when empty;  ties : pooled ties at the day `at`

    Raises
    ------
    HeartlandInputError
        Unknown format or table, an option the format has no place for, text that no export can hold, `out`
        in use, or a missing extra.
    """
    kind = _format(format)
    for given, holds, option in ((names, kind.tables, "tables"), (ties or at, kind.ties, "at")):
        if given and not holds:
            fit = ", ".join(name for name, other in FORMATS.items() if getattr(other, _FIELDS[option]))
            raise HeartlandInputError.at(
                f"{format} has no place for --{option}.", why=f"It holds: {kind.content}.",
                fix=f"Leave the option out, or use one of: {fit}.", check="export-option",
            )  # fmt: skip
    day = None if known_by is None else as_day(known_by)
    material = gather(tables, about, names=names, known_by=day, ties=ties, at=at)
    files = place(Path(out), lambda target: kind.write(material, target), folder=kind.folder, force=force)
    return Written(Path(out), tuple(files), sum(file.stat().st_size for file in files))


_FIELDS = {"tables": "tables", "at": "ties"}


def read(format: str, path: str | Path) -> Any:
    """Read an export back.

    Returns
    -------
    typed tables by name (csv, parquet, datapackage, jsonld), a `graph.Graph` (graphml, gexf), features
    (geojson), objects by id (stix), items (csl), or fields by key (bibtex)

    Raises
    ------
    HeartlandInputError
        Unknown format, one that cannot be read back, or a file that is not such an export.
    """
    kind = _format(format)
    if kind.read is None:
        fit = ", ".join(name for name, other in FORMATS.items() if other.read)
        raise HeartlandInputError.at(
            f"{format} cannot be read back.", why="It is written for readers, not for programs.",
            fix=f"Export one of: {fit}.", check="export-format",
        )  # fmt: skip
    try:
        return kind.read(Path(path))
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
        raise HeartlandInputError.at(
            f"is no {format} that an export wrote: {error!r}.",
            why="Only such files can be read back.",
            fix="Export it again.",
            file=str(path),
            check="export-read",
        ) from error


def _format(name: str) -> Format:
    if name not in FORMATS:
        raise HeartlandInputError.at(
            f'"{name}" is not a format.', why="Nothing can be written in it.",
            fix=suggestion(name, FORMATS, listing=f"Formats: {', '.join(FORMATS)}."), check="export-format",
        )  # fmt: skip
    return FORMATS[name]
