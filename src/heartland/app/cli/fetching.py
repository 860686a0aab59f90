"""`heartland fetch`: the one command that goes to the network, and only when told to."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from heartland.app.cli.common import Format, choice, dumps, say, text_table
from heartland.errors import HeartlandInputError

if TYPE_CHECKING:
    from heartland.evidence.fetch import Fetched, Source

__all__ = ["add"]


def add(app: typer.Typer) -> None:
    """Register the command."""
    app.command("fetch")(fetch)


def fetch(
    source: Annotated[str, typer.Argument(help="Source; see --list.")] = "",
    out: Annotated[Path, typer.Option("--out", help="Folder for the file.")] = Path("heartland-data"),
    yes: Annotated[bool, typer.Option("--yes", help="Download; without it only what would be done.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="List the sources and stop.")] = False,
    format: Format = "table",
) -> None:
    """Download one official file; needs the extra [fetch] and --yes."""
    choice("format", format, ("table", "json"))
    from heartland.evidence import fetch as fetching

    if list_:
        _list(fetching.known_sources(), format)
        return
    if not source:
        raise HeartlandInputError.at(
            "SOURCE is needed.", why="Only listed files are downloaded.",
            fix="heartland fetch --list shows them.", check="usage",
        )  # fmt: skip
    chosen = fetching.known_source(source)
    target = fetching.target_of(chosen, out)
    if not yes:
        if format == "json":
            plan = {"schema": "heartland.fetch/1", "downloaded": False, "to": str(target)}
            say(dumps(plan | asdict(chosen)))
        else:
            say(_plan(chosen, target))
        return
    typer.echo(f"{chosen.url} -> {target}  ({chosen.licence})", err=True)
    done = _fetched(chosen, out, force)
    if format == "json":
        found = asdict(done) | {"path": str(done.path)}
        say(dumps({"schema": "heartland.fetch/1", "downloaded": done.fresh, **found}))
    else:
        say(_told(chosen, done))


def _fetched(source: Source, out: Path, force: bool) -> Fetched:
    from heartland.evidence import fetch as fetching

    try:
        return fetching.fetch(source, out, force=force, progress=_progress())
    except KeyboardInterrupt:
        typer.echo("\nThe same command goes on where this one stopped.", err=True)
        raise


def _list(sources: tuple[Source, ...], format: str) -> None:
    if format == "json":
        say(dumps({"schema": "heartland.fetch.list/1", "sources": [asdict(source) for source in sources]}))
        return
    rows = [("source", "about", "licence", "hash", "what")]
    for one in sources:
        known = "known" if one.sha256 else "not known"
        rows.append((one.source, _size(one.megabytes), one.licence, known, one.note))
    say(text_table(rows))


def _size(megabytes: float) -> str:
    return f"{megabytes:g} MB"


def _plan(source: Source, target: Path) -> str:
    check = f"SHA-256 {source.sha256}" if source.sha256 else (
        "SHA-256 not known beforehand: computed, shown and stored beside the file"
    )  # fmt: skip
    rows = [
        ("what", source.note), ("from", source.url), ("to", str(target)), ("about", _size(source.megabytes)),
        ("licence", source.licence), ("check", check),
    ]  # fmt: skip
    return f"{text_table(rows)}\nNothing was downloaded. Add --yes to go."


def _told(source: Source, done: Fetched) -> str:
    if not done.fresh:
        first = f"{done.path} is there already, and it is the listed file."
    else:
        first = f"{done.path}  {done.size:,} bytes"
    check = "as listed" if done.checked else f"not known beforehand; stored in {done.path.name}.sha256"
    lines = [first, f"SHA-256 {done.sha256} ({check})"]
    if source.kind:
        lines.append(f"Read it with: heartland import {source.kind} {done.path}")
    return "\n".join(lines)


def _progress() -> Callable[[int, int], None] | None:
    """Bytes so far on standard error when that is a terminal, ten times a second at most."""
    if not sys.stderr.isatty():
        return None
    last = 0.0

    def show(done: int, whole: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < 0.1 and done != whole:
            return
        last = now
        share = f" of {whole / 1e6:,.1f} ({100 * done / whole:.0f} %)" if whole else ""
        sys.stderr.write(f"\r{done / 1e6:,.1f}{share} MB" + ("\n" if done == whole else ""))
        sys.stderr.flush()

    return show
