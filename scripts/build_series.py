"""Build the bulk tables of the default region (`series/*.csv`).

    python scripts/build_series.py [SHARED] [--out FOLDER] [--only TABLE]

SHARED is the folder that holds `data/`; without it `HEARTLAND_SHARED`, else `../shared` beside the
repository. Each module of `scripts/series/` has `tables(shared) -> {table: rows}`; a row maps columns of
`schema/<table>.csv` to values, and what it leaves out is empty. Rebuilding from the same files gives
byte-identical tables.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
ROOT = HERE.parent
REGION = ROOT / "src" / "heartland" / "regions" / "central-asia"
SCHEMA = ROOT / "src" / "heartland" / "schema"
MODULES = tuple(sorted(path.stem for path in (HERE / "series").glob("*.py") if not path.stem.startswith("_")))


def columns_of(table: str) -> list[str]:
    """Columns of a table in writing order, with those that any table may carry."""
    with (SCHEMA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        names = [row["column"] for row in csv.DictReader(file)]
    return names + [name for name in ("note", "status") if name not in names]


def build(shared: Path, modules: Sequence[str] = MODULES) -> dict[str, list[Mapping[str, object]]]:
    """Rows of every bulk table, by table; modules that fill one table follow each other by name."""
    found: dict[str, list[Mapping[str, object]]] = {}
    for name in modules:
        for table, rows in importlib.import_module(f"series.{name}").tables(shared).items():
            found.setdefault(table, []).extend(rows)
    return found


def write(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    """One table, UTF-8, LF; columns that are empty in every row are left out, required ones stay."""
    listed = list(rows)
    unknown = {name for row in listed for name in row} - set(columns)
    if unknown:
        raise SystemExit(f"{path.name}: columns without schema: {', '.join(sorted(unknown))}")
    used = [name for name in columns if any(str(row.get(name, "")) for row in listed)]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(used)
        writer.writerows([row.get(name, "") for name in used] for row in listed)


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "shared", nargs="?", type=Path,
        default=Path(os.environ.get("HEARTLAND_SHARED", ROOT.parent / "shared")),
    )
    parser.add_argument("--out", type=Path, default=REGION / "series")
    parser.add_argument("--only", action="append", default=[], help="module of scripts/series")
    options = parser.parse_args(arguments)
    if not (options.shared / "data").is_dir():
        print(f"{options.shared / 'data'} is not there: name the shared folder", file=sys.stderr)
        return 2
    for table, rows in build(options.shared, options.only or MODULES).items():
        write(options.out / f"{table}.csv", columns_of(table), rows)
        print(f"{table}: {len(rows)} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
