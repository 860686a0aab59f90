"""Options and output shared by the commands."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from heartland.errors import HeartlandInputError, suggestion

__all__ = [
    "DEFAULT_OUT",
    "DaskAddress",
    "ExecutorName",
    "Format",
    "Members",
    "Out",
    "Record",
    "RegionName",
    "RunName",
    "Seed",
    "Trusted",
    "WorkerCount",
    "aside",
    "choice",
    "dumps",
    "fitted",
    "progress_bar",
    "say",
    "show",
    "terminal_width",
    "text_table",
]

DEFAULT_OUT = Path("heartland-runs")
RunName = Annotated[str, typer.Argument(help="Folder or id of a run.")]
NARROW = 8
RegionName = Annotated[
    str, typer.Option("--region", help="A shipped region or a folder; default the shipped one.")
]
Out = Annotated[Path, typer.Option("--out", help="Folder of runs.")]
Members = Annotated[int, typer.Option("--members", help="Random realisations.")]
Seed = Annotated[
    int, typer.Option("--seed", help="Seed of the random numbers; the same seed gives the same bits.")
]
ExecutorName = Annotated[str, typer.Option("--executor", help="processes, serial or dask.")]
WorkerCount = Annotated[int, typer.Option("--workers", help="Processes; 0 for one per core.")]
DaskAddress = Annotated[
    str, typer.Option("--dask-address", help="Scheduler to use with dask; default one of its own.")
]
Trusted = Annotated[
    bool, typer.Option("--i-trust-this-network", help="Allow an unencrypted scheduler elsewhere.")
]
Record = Annotated[
    str, typer.Option("--record", help="outcomes, full, or summary for very many members.")
]
Format = Annotated[str, typer.Option("--format", help="text or table, json; csv where it is a table.")]


def choice(name: str, value: str, known: Sequence[str]) -> str:
    """Check an option with a closed list.

    Raises
    ------
    HeartlandInputError
        With near matches.
    """
    if value not in known:
        raise HeartlandInputError.at(
            f'--{name} "{value}" is not known.',
            fix=suggestion(value, known, listing=f"Write one of: {', '.join(known)}."),
            check="usage",
        )
    return value


def say(text: str) -> None:
    """A result line on standard output."""
    typer.echo(text)


def aside(text: str) -> None:
    """Where to go on, for a reader at a terminal; a script is told nothing that it did not ask for."""
    if sys.stderr.isatty():
        typer.echo(text, err=True)


def show(path: Path) -> None:
    """Open a page in the browser."""
    import webbrowser

    webbrowser.open(path.resolve().as_uri())


def dumps(content: Mapping[str, Any]) -> str:
    """One JSON object, keys in their order, no NaN."""
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False)


def progress_bar(unit: str, scale: int, most: int) -> Callable[[int, int], None] | None:
    """Progress on standard error when that is a terminal, else None.

    scale : members a block; most : members in all
    """
    if not sys.stderr.isatty():
        return None
    begun = time.monotonic()

    def show(done: int, total: int) -> None:
        width = 30
        full = round(width * done / max(total, 1))
        seconds = time.monotonic() - begun
        count = min(done * scale, most)
        bar = "#" * full + "." * (width - full)
        end = "\n" if done >= total else ""
        sys.stderr.write(f"\r[{bar}] {count} of {most} {unit}  {seconds:.1f} s{end}")
        sys.stderr.flush()

    show(0, 1)
    return show


def terminal_width() -> int:
    """Characters of a line where standard output is a terminal, else 0: a file or a pipe gets all."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 0


def fitted(rows: Sequence[Sequence[str]], width: int) -> list[list[str]]:
    """Cells of the widest columns cut until a line of the table fits; all as they are where nobody counts.

    width : characters of a line, 0 for any number; ids stay whole, and no column is cut below `NARROW`
    """
    if not rows or not width:
        return [list(row) for row in rows]
    sizes = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    while sum(sizes) + 2 * (len(sizes) - 1) > width and max(sizes[1:], default=0) > NARROW:
        sizes[sizes.index(max(sizes[1:]), 1)] -= 1
    return [
        [_cut(cell, size) for cell, size in zip(row, sizes, strict=True)]
        for row in rows
    ]


def _cut(cell: str, size: int) -> str:
    return cell if len(cell) <= size else f"{cell[: size - 3].rstrip()}..."


def text_table(rows: Sequence[Sequence[str]]) -> str:
    """Rows of texts as aligned columns."""
    if not rows:
        return ""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(size) for cell, size in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)
