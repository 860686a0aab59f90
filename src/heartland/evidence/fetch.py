"""Download one known file because the user asked for it: https, listed hosts, checked, whole or not."""

from __future__ import annotations

import csv
import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from heartland.core.limits import limit
from heartland.errors import HeartlandInputError, suggestion

__all__ = ["RECORD", "Fetched", "Source", "digest", "fetch", "known_source", "known_sources", "target_of"]

RECORD = "fetched.json"
BLOCK = 1 << 18
_TABLE = Path(__file__).with_name("fetch_sources.csv")


@dataclass(frozen=True)
class Source:
    """A file that can be fetched.

    kind : word for `heartland import`, or empty; hosts : other hosts it may be redirected to
    sha256 : of the file, or empty where its publisher changes it; megabytes : about how large it is
    """

    source: str
    kind: str
    url: str
    hosts: tuple[str, ...]
    sha256: str
    megabytes: float
    licence: str
    note: str


@dataclass(frozen=True)
class Fetched:
    """What came of it; checked: the hash was known beforehand, fresh: bytes were downloaded now."""

    path: Path
    sha256: str
    size: int
    checked: bool
    fresh: bool


@dataclass
class _Partial:
    """The part of a file that is there, kept beside it so that the next try goes on from its end."""

    path: Path
    url: str
    tag: str = ""
    size: int = 0
    hash: Any = field(default_factory=sha256)

    @property
    def name(self) -> str:
        """The file it will be."""
        return self.path.name.removeprefix(".").removesuffix(".part")

    @property
    def note(self) -> Path:
        return self.path.with_suffix(".json")

    def load(self) -> None:
        """Take up what an earlier try left, if it says which version of the file it is of."""
        try:
            stored = json.loads(self.note.read_text(encoding="utf-8"))
            if stored["url"] != self.url or not isinstance(stored["tag"], str) or not stored["tag"]:
                raise ValueError
            with self.path.open("rb") as stream:
                while block := stream.read(BLOCK):
                    self.hash.update(block)
                    self.size += len(block)
            self.tag = stored["tag"]
        except (OSError, ValueError, KeyError, TypeError):
            self.restart("")

    def restart(self, tag: str) -> None:
        """Begin anew; tag: the strong mark of the version that now comes, or empty."""
        self.path.write_bytes(b"")
        self.tag, self.size, self.hash = tag, 0, sha256()
        self.note.write_text(json.dumps({"url": self.url, "tag": tag}), encoding="utf-8")

    def drop(self) -> None:
        """Leave nothing behind."""
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)


@cache
def known_sources() -> tuple[Source, ...]:
    """All sources of the shipped table."""
    with _TABLE.open(encoding="utf-8", newline="") as stream:
        return tuple(
            Source(
                row["source"], row["kind"], row["url"], tuple(filter(None, row["hosts"].split(";"))),
                row["sha256"], float(row["megabytes"]), row["licence"], row["note"],
            )
            for row in csv.DictReader(stream)
        )  # fmt: skip


def known_source(name: str) -> Source:
    """A source by name.

    Raises
    ------
    HeartlandInputError with near names
    """
    for source in known_sources():
        if source.source == name:
            return source
    names = [source.source for source in known_sources()]
    raise HeartlandInputError.at(
        f'"{name}" is no source that can be fetched.', why="Only listed files are downloaded.",
        fix=suggestion(name, names, listing="Sources: heartland fetch --list."), check="fetch-source",
    )  # fmt: skip


def target_of(source: Source, folder: Path) -> Path:
    """File a source is stored as: the last part of its address."""
    name = urlsplit(source.url).path.rsplit("/", 1)[-1]
    if not name or name.startswith(".") or set(name) & set('\\:*?"<>|') or not name.isprintable():
        raise HeartlandInputError.at(f"{source.url} names no file.", check="fetch-source")
    return folder / name


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    found = sha256()
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            found.update(block)
    return found.hexdigest()


def fetch(
    source: Source, folder: Path, *, force: bool = False, local: bool = False, attempts: int = 4,
    progress: Callable[[int, int], None] | None = None, sleep: Callable[[float], None] = time.sleep,
) -> Fetched:
    """Download a source into a folder; an interrupted download goes on where it stopped.

    Parameters
    ----------
    folder : created if missing
    force : replace a file that is there
    local : allow http and loopback addresses (for tests against a server on this machine)
    attempts : tries in all where the server or the line fails
    progress : called with bytes so far and in all, 0 where unknown

    Returns
    -------
    Fetched; beside the file stand an entry in `fetched.json` and, where the hash was not known, `.sha256`

    Raises
    ------
    HeartlandInputError without httpx, for a file that is there, a refused address, an answer other than
    200 or 206, a file above `HEARTLAND_LIMIT_FETCH_BYTES`, or another hash than listed (it is removed)
    """
    target = target_of(source, folder)
    if target.exists() and not force:
        found = digest(target)
        if source.sha256 and found == source.sha256:
            return Fetched(target, found, target.stat().st_size, checked=True, fresh=False)
        raise HeartlandInputError.at(
            f"{target} is there already.", why="Nothing is overwritten unasked.",
            fix="Name another folder with --out, or add --force.", check="usage",
        )  # fmt: skip
    from heartland.evidence.fetch_line import client_there, download

    client_there()
    folder.mkdir(parents=True, exist_ok=True)
    part = _Partial(folder / f".{target.name}.part", source.url)
    part.load()
    try:
        most = limit("FETCH_BYTES")
        download(
            source, part, local=local, attempts=attempts, most=most, progress=progress, sleep=sleep
        )
    except HeartlandInputError:
        if not (part.tag and part.size):
            part.drop()
        raise
    return _kept(source, part, target)


def _kept(source: Source, part: _Partial, target: Path) -> Fetched:
    """Give a whole file its name if its hash is the listed one, and write down what it is."""
    found = part.hash.hexdigest()
    if source.sha256 and found != source.sha256.lower():
        part.drop()
        raise HeartlandInputError.at(
            f"has the SHA-256 {found}, not {source.sha256}.",
            why="It is not the file this version was checked with; it was removed.",
            fix="Try again; if it stays so, its publisher has changed it: download it by hand and look.",
            file=target.name, check="fetch-hash",
        )  # fmt: skip
    if not source.sha256:
        _write(target.with_name(f"{target.name}.sha256"), f"{found}  {target.name}\n")
    os.replace(part.path, target)
    part.drop()
    _record(source, target, found)
    return Fetched(target, found, target.stat().st_size, checked=bool(source.sha256), fresh=True)


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_text(text, encoding="utf-8", newline="")
    os.replace(temporary, path)


def _record(source: Source, target: Path, found: str) -> None:
    """Note address, time, hash and licence of a file in `fetched.json` of its folder."""
    path = target.with_name(RECORD)
    try:
        files = json.loads(path.read_text(encoding="utf-8"))["files"]
        files = dict(files)
    except (OSError, ValueError, KeyError, TypeError):
        files = {}
    kept = {name: asdict(source)[name] for name in ("source", "url", "licence", "note")}
    when = datetime.now(UTC).isoformat(timespec="seconds")
    files[target.name] = {
        **kept, "at": when, "bytes": target.stat().st_size, "sha256": found,
        "sha256_known_before": bool(source.sha256),
    }  # fmt: skip
    content = {"schema": "heartland.fetched/1", "files": dict(sorted(files.items()))}
    _write(path, json.dumps(content, ensure_ascii=False, indent=2) + "\n")
