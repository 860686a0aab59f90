"""Put an export in place whole or not at all; what is there already stays unless the user says otherwise."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from heartland.core.limits import limit, over
from heartland.errors import HeartlandInputError

__all__ = ["MARK", "dumps", "loads", "place", "read_bytes"]

MARK = "<!-- written by heartland evidence export -->"
_NAMES = re.compile(r"datapackage\.json|actors|[A-Za-z0-9][A-Za-z0-9_-]*\.(csv|parquet|md)")


def dumps(content: object) -> str:
    """JSON text: keys in their order, UTF-8 letters as they are, no NaN, a line feed at the end."""
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def loads(path: Path, kind: str) -> object:
    """JSON content of a file.

    Raises
    ------
    HeartlandInputError
        A file that cannot be read, is above the cap or is no JSON.
    """
    try:
        return json.loads(read_bytes(path, "JSON_BYTES").decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise HeartlandInputError.at(
            f"is no JSON: {error}.",
            why=f"A {kind} file is one JSON value.",
            fix="Export it again.",
            file=path.name,
            check="export-read",
        ) from None


def read_bytes(path: Path, cap: str = "DOCUMENT_BYTES") -> bytes:
    """Bytes of an exported file.

    Raises
    ------
    HeartlandInputError
        No such file, or one that cannot be read or is above the cap.
    """
    most = limit(cap)
    try:
        with path.open("rb") as stream:
            data = stream.read(most + 1)
    except OSError as error:
        raise HeartlandInputError.at(
            f"cannot be read: {error.strerror}.",
            fix="Give a file that an export wrote.",
            file=str(path),
            check="export-read",
        ) from None
    if len(data) > most:
        raise over(cap, f"the file has more than {most:,} bytes", file=path.name)
    return data


def place(out: Path, write: Callable[[Path], None], *, folder: bool, force: bool) -> list[Path]:
    """Write a file or a folder beside its place, then move it there; files written, sorted.

    Raises
    ------
    HeartlandInputError
        Something is there already and `force` is not given; a folder where a file goes or the reverse; with
        `force`, a folder that holds anything an export does not write.
    """
    out = Path(os.path.abspath(out))
    _refuse(out, folder=folder, force=force)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out.parent):
            pass  # said here, before the work, that nothing can be written there
    except OSError as error:
        raise HeartlandInputError.at(
            f"its folder cannot be made or written: {error.strerror}.",
            file=str(out),
            check="export-out",
            fix="Give --out a place that you may write to.",
        ) from None
    with _beside(out) as room:
        target = room / "new"
        if folder:
            target.mkdir()
        write(target)
        if folder and out.is_dir():
            os.replace(out, room / "old")
        os.replace(target, out)
    return sorted(path for path in out.rglob("*") if path.is_file()) if folder else [out]


@contextmanager
def _beside(out: Path) -> Iterator[Path]:
    room = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        yield room
    finally:
        # an export that was moved away but not replaced would be lost with the room
        if (room / "old").is_dir() and not out.exists():
            os.replace(room / "old", out)
        shutil.rmtree(room, ignore_errors=True)


def _refuse(out: Path, *, folder: bool, force: bool) -> None:
    if not out.exists() and not out.is_symlink():
        return
    if folder != out.is_dir():
        is_, goes = ("a file", "a folder") if folder else ("a folder", "one file")
        raise HeartlandInputError.at(
            f"is {is_}.",
            why=f"This format is {goes}.",
            fix="Give --out another name.",
            file=str(out),
            check="export-out",
        )
    if folder and not any(out.iterdir()):
        return
    if not force:
        raise HeartlandInputError.at(
            "is there already.",
            why="An export never replaces what it did not mean to.",
            fix="Give --out another name, or add --force to replace it.",
            file=str(out),
            check="export-exists",
        )
    if folder:
        _only_ours(out)


def _only_ours(out: Path) -> None:
    """Replacing a folder deletes it, so it must be one that an export wrote and nobody added to."""
    readme = out / "README.md"
    ours = readme.is_file() and MARK in readme.read_text(encoding="utf-8", errors="replace")
    strange = [
        path.relative_to(out).as_posix()
        for path in sorted(out.rglob("*"))
        if path.is_symlink() or not _NAMES.fullmatch(path.name)
    ]
    if not ours or strange:
        held = f"holds {strange[0]}, which no export wrote" if strange else "is not the folder of an export"
        raise HeartlandInputError.at(
            f"{held}.",
            why="--force replaces the whole folder; files of yours would be lost.",
            fix="Give --out a folder of its own.",
            file=str(out),
            check="export-exists",
        )
