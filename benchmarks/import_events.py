"""Rows a second and memory of reading event files: `python benchmarks/import_events.py`.

    --rows N         rows of the made-up file (default 2000000)
    --seed N         seed of the made-up file (default 1)
    --write          also write benchmarks/import_events.md

The file has the layout of GDELT 2.0 (61 columns), is made up from the seed in a temporary folder, and about
one row in a hundred is broken: too few or too many cells, no day, no number, a NUL, a byte that is not UTF-8,
or a repeat. Each way of reading runs in a process of its own on one core; peak memory is that of the process.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
TARGET, MEMORY = 100_000, 1_000
BROKEN = ("short", "long", "day", "number", "nul", "utf8", "repeat")
STATES = [
    "AFG", "ARM", "AZE", "BLR", "CHN", "DEU", "FRA", "GBR", "GEO", "IND", "IRN", "JPN", "KAZ", "KGZ", "KOR",
    "MNG", "PAK", "RUS", "TJK", "TKM", "TUR", "UKR", "USA", "UZB",
]  # fmt: skip
CODES = [
    "010", "012", "020", "023", "030", "036", "040", "042", "043", "046", "050", "051", "057", "060", "061",
    "070", "071", "080", "0841", "090", "100", "110", "111", "112", "120", "130", "138", "141", "145", "150",
    "154", "160", "163", "170", "173", "180", "182", "190", "193", "194", "195",
]  # fmt: skip
QUADS = {"1": 1, "2": 1, "3": 1, "4": 1, "5": 1, "6": 2, "7": 2, "8": 2, "9": 3, "10": 3, "11": 3, "12": 3}
WAYS = {
    "csv.reader, nothing kept": "plain",
    "all rows to CSV": "events",
    "rows of five states to CSV": "actors",
    "counts per pair and month to CSV": "counts",
    "all rows to CSV, zip archive": "zip",
}


def _places(rng: random.Random, many: int = 20_000) -> list[list[str]]:
    found = []
    for number in range(many):
        name = f"Town {number}, Province {number % 300}, State {number % 60}"
        point = [f"{rng.uniform(-60, 75):.4f}", f"{rng.uniform(-180, 180):.4f}"]
        codes = ["XX", f"XX{number % 99:02d}", str(number)]
        found.append([rng.choice("134"), name, *codes, *point, f"-{number}"])
    return found


def rows(many: int, seed: int) -> Iterator[list[str]]:
    """Rows of the layout, none of them broken."""
    rng = random.Random(seed)
    places = _places(rng)
    # a few towns and states are in most of the news: the n-th comes up in proportion to 1 / n
    often = list(itertools.accumulate(1 / (rank + 1) for rank in range(len(places))))
    none = [""] * 8
    begin, quarters = datetime(2015, 2, 18), 5 * 365 * 96
    for number in range(many):
        if number % 1000 == 0:
            where = iter(rng.choices(places, cum_weights=often, k=3000))
            who = iter(rng.choices(STATES, cum_weights=often[: len(STATES)], k=2000))
        added = begin + timedelta(minutes=15 * (number * quarters // many))
        age = rng.choices((0, 1, 7, 30, 365), (80, 12, 3, 3, 2))[0]
        day = f"{added - timedelta(age):%Y%m%d}"
        sides: list[str] = []
        for _ in range(2):
            state = next(who) if rng.random() < 0.8 else ""
            kind = rng.choice(("GOV", "MIL", "OPP", "CVL", ""))
            sides += [state + kind, f"{state} {kind}".strip(), state, "", "", "", "", kind, "", ""]
        code = rng.choice(CODES)
        root = code[:2]
        yield [
            str(400_000_000 + number), day, day[:6], day[:4], f"{day[:4]}.{rng.randint(0, 9999):04d}", *sides,
            rng.choice("01"), code, code[:3], root, str(QUADS.get(root.lstrip("0"), 4)),
            f"{rng.randint(-100, 100) / 10}", str(rng.randint(1, 30)), str(rng.randint(1, 5)),
            str(rng.randint(1, 30)), f"{rng.uniform(-10, 10):.12f}",
            *(next(where) if rng.random() < 0.7 else none), *(next(where) if rng.random() < 0.7 else none),
            *next(where), f"{added:%Y%m%d%H%M%S}",
            f"https://news.example.org/{day}/a-story-with-some-words-in-its-address-{number}.html",
        ]  # fmt: skip


def broken(row: list[str], how: str) -> bytes:
    """A row made unreadable in one way, or repeated."""
    if how == "short":
        row = row[:40]
    elif how == "long":
        row = [*row[:6], "A", *row[6:]]
    elif how == "day":
        row = [row[0], "20150231", *row[2:]]
    elif how == "number":
        row = [*row[:30], "3,4", *row[31:]]
    elif how == "nul":
        row = [*row[:6], "\0", *row[7:]]
    line = "\t".join(row).encode()
    if how == "utf8":
        line = line.replace(b"Town", b"T\xf6wn", 1)
    return line + b"\n" + (line + b"\n" if how == "repeat" else b"")


def write_file(path: Path, many: int, seed: int) -> dict[str, int]:
    """Write the made-up file; how many rows are broken in each way."""
    rng = random.Random(seed + 1)
    found = dict.fromkeys(BROKEN, 0)
    with path.open("wb", buffering=1 << 20) as stream:
        for row in rows(many, seed):
            if rng.random() < 0.01:
                how = rng.choice(BROKEN)
                found[how] += 1
                stream.write(broken(row, how))
            else:
                stream.write("\t".join(row).encode() + b"\n")
    return found


def one_way(way: str, path: Path, out: Path) -> dict[str, Any]:
    """Read the file in one way; rows, seconds and peak memory of this process."""
    begun, cpu = time.perf_counter(), time.process_time()
    if way == "plain":
        with path.open(encoding="utf-8", errors="replace", newline="") as stream:
            read = sum(1 for _ in csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
        kept, skipped = 0, {}
    else:
        from heartland.evidence.readers.base import Settings
        from heartland.evidence.readers.events import EVENT_READERS

        reader = next(reader for reader in EVENT_READERS if reader.name == "gdelt")
        actors = frozenset(STATES[12:14] + STATES[18:20] + STATES[23:]) if way == "actors" else frozenset()
        options = {"as": "counts"} if way == "counts" else {}
        done = reader.read(path, Settings(out=out, force=True, actors=actors, options=options))
        read, kept, skipped = done.read, done.kept, dict(done.skipped)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1024 if sys.platform != "darwin" else 1)
    return {"read": read, "kept": kept, "skipped": skipped, "wall": seconds, "cpu": cpu, "peak": peak / 1e6}


def measure(
    many: int, seed: int, folder: Path
) -> tuple[list[tuple[str, dict[str, Any]]], dict[str, int], int]:
    """All ways, each in a fresh process on one core; the broken rows made; bytes of the file."""
    plain = folder / "made-up.export.CSV"
    made = write_file(plain, many, seed)
    packed = folder / "made-up.export.CSV.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.write(plain, plain.name)
    found = []
    for name, way in WAYS.items():
        source = packed if way == "zip" else plain
        command = [sys.executable, __file__, "--way", way, str(source), str(folder / "out.csv")]
        done = subprocess.run(command, check=True, capture_output=True, text=True, preexec_fn=_one_core)
        found.append((name, json.loads(done.stdout)))
    return found, made, plain.stat().st_size


def _one_core() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def report(found: Sequence[tuple[str, dict[str, Any]]], made: dict[str, int], size: int) -> str:
    """The table, and what was left out and why, as Markdown."""
    plain = found[0][1]["cpu"]
    lines = [
        "| way | rows read | rows kept | rows a CPU-second | x csv.reader | wall s | peak MB |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, got in found:
        lines.append(
            f"| {name} | {got['read']:,} | {got['kept']:,} | {got['read'] / got['cpu']:,.0f} | "
            f"{plain / got['cpu']:.2f} | {got['wall']:.1f} | {got['peak']:.0f} |"
        )
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "pandas"))
    left = ", ".join(f"{reason} {many:,}" for reason, many in found[1][1]["skipped"].items())
    bad = ", ".join(f"{how} {many:,}" for how, many in made.items())
    return "\n".join([
        "# Event files",
        "",
        f"Written by `python benchmarks/import_events.py` with Python {platform.python_version()}, "
        f"{packages}, one core. The file has {size / 1e6:,.0f} MB; broken on purpose: {bad}.",
        "",
        *lines,
        "",
        f"Left out of all rows: {left}. Targets: {TARGET:,} rows a second, {MEMORY:,} MB.",
    ])  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and say by the exit code whether both targets are met."""
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--way", nargs=3, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.way:
        way, source, out = chosen.way
        print(json.dumps(one_way(way, Path(source), Path(out))))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        found, made, size = measure(chosen.rows, chosen.seed, Path(folder))
    text = report(found, made, size)
    print(text)
    if chosen.write:
        (HERE / "import_events.md").write_text(text + "\n", encoding="utf-8")
    ours = [got for _, got in found[1:]]
    return 0 if all(got["read"] / got["cpu"] >= TARGET and got["peak"] <= MEMORY for got in ours) else 1


if __name__ == "__main__":
    sys.exit(main())
