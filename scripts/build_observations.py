"""Build the observations of the default region and the reference of its scores.

    python scripts/build_observations.py [SHARED] [--out FOLDER]

SHARED is the folder that holds `data/`; without it `HEARTLAND_SHARED`, else `../shared` beside the
repository. Rebuilding from the same tables gives byte-identical files. The rows of `data_sources.csv` are
merged into `sources.csv` of the folder by id: rows with the same id are replaced, all others stay.
Channels, indicators, silence, weights and grading are content written by hand and only read here.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent))
from observations.common import COLUMNS, Book, Raw
from observations.economy import add_economy
from observations.finance import add_finance
from observations.neighbours import ARMED, add_neighbours
from observations.political import add_political
from observations.reference import reference
from observations.security import add_security
from observations.trade import add_trade
from recording import record_built

ROOT = Path(__file__).resolve().parent.parent
REGION = ROOT / "src" / "heartland" / "regions" / "central-asia"
SCHEMA = ROOT / "src" / "heartland" / "schema"
SOURCES = Path(__file__).resolve().parent / "data_sources.csv"


def write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """One table, UTF-8, LF."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def build(raw: Raw) -> Book:
    """Every observation."""
    book = Book()
    for add in (add_trade, add_finance, add_security, add_political, add_economy, add_neighbours):
        add(book, raw)
    return book


def merge_sources(path: Path) -> None:
    """Put the data sources into a sources table: rows with their ids are replaced, others stay in place."""
    with SOURCES.open(encoding="utf-8", newline="") as file:
        mine = list(csv.DictReader(file))
    theirs: list[dict[str, str]] = []
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as file:
            theirs = list(csv.DictReader(file))
    ids = {row["source_id"] for row in mine}
    rows = [row for row in theirs if row["source_id"] not in ids] + mine
    columns = [c for c in mine[0] if any(row.get(c) for row in rows)]
    write(path, columns, ([row.get(c, "") for c in columns] for row in rows))


def write_reference(path: Path, book: Book) -> None:
    """The reference of scores, from the book and the region's own channel and silence tables."""
    channels = pd.read_csv(REGION / "channels.csv", keep_default_na=False)
    silence = pd.read_csv(REGION / "silence.csv", keep_default_na=False)
    quiet = silence[silence.silence == "zero"].channel.unique()
    frame = book.frame()
    text = json.dumps(reference(frame[frame.receiver != ARMED], channels, quiet), separators=(",", ":"))
    path.write_text(text.replace('},"', '},\n"') + "\n", encoding="utf-8", newline="\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "shared",
        nargs="?",
        type=Path,
        default=Path(os.environ.get("HEARTLAND_SHARED", ROOT.parent / "shared")),
    )
    parser.add_argument("--out", type=Path, default=REGION)
    options = parser.parse_args(arguments)
    if not (options.shared / "data").is_dir():
        print(f"{options.shared / 'data'} is not there: name the shared folder", file=sys.stderr)
        return 2
    book = build(Raw(options.shared / "data"))
    write(
        options.out / "observations.csv", COLUMNS, ([row[c] for c in COLUMNS] for row in book.sorted_rows())
    )
    write_reference(options.out / "reference.json", book)
    merge_sources(options.out / "sources.csv")
    if options.out.resolve() == REGION.resolve():
        record_built(REGION, ("observations", "sources"), Path(__file__).name)
    print(f"{len(book.rows)} observations")
    return 0


if __name__ == "__main__":
    sys.exit(main())
