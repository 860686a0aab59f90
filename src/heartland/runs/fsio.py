"""The six file operations of the run store, and the durable writes made of them.

Everything the store puts on disk passes through `write, fsync, replace, fsync_dir, append, unlink`, always
looked up in this module at the time of the call, so that a test can put a failing disk in their place.
Reading needs no such care and is done with plain `open`.
"""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

__all__ = [
    "TEMPORARY",
    "append",
    "exclusive",
    "fsync",
    "fsync_dir",
    "publish",
    "put",
    "replace",
    "temporary",
    "unlink",
    "write",
]

TEMPORARY = ".part"
# of this process; its number alone would not tell two machines on one disk apart
_TOKEN = secrets.token_hex(4)
_ON_WINDOWS = os.name == "nt"
_BINARY: int = getattr(os, "O_BINARY", 0)
_REPLACE_TRIES = 5
_FEW, _THREADS = 4, 8


def write(path: Path, data: bytes | memoryview, *, exclusive: bool = False) -> None:
    """Create `path` (and its folders) with exactly `data`; not durable before `fsync`.

    Raises
    ------
    OSError
        As the system reports it; FileExistsError if `exclusive` and the file is there.
    """
    mode = os.O_WRONLY | os.O_CREAT | (os.O_EXCL if exclusive else os.O_TRUNC) | _BINARY
    try:
        handle = os.open(path, mode, 0o666)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, mode, 0o666)
    try:
        _write_all(handle, data)
    finally:
        os.close(handle)


def fsync(path: Path) -> None:
    """Bring the content of a file to the disk."""
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replace(source: Path, target: Path) -> None:
    """Rename within a folder, over what may be there; durable after `fsync_dir`.

    Where an open reader can block a rename (Windows) it is tried 5 times, 50 ms apart.
    """
    for left in range(_REPLACE_TRIES - 1, -1, -1):
        try:
            os.replace(source, target)
            return
        except PermissionError:
            if not (_ON_WINDOWS and left):
                raise
            time.sleep(0.05)


def fsync_dir(path: Path) -> None:
    """Bring the names in a folder to the disk; Windows has no such call and needs none."""
    if _ON_WINDOWS:
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def exclusive(folder: Path) -> bool:
    """Whether a file that is there cannot be created again (O_EXCL), as some network file systems allow.

    Raises
    ------
    OSError
        If no file can be created at all.
    """
    probe = temporary(folder / "probe")
    mode = os.O_CREAT | os.O_EXCL | os.O_WRONLY
    try:
        os.close(os.open(probe, mode))
        os.close(os.open(probe, mode))
    except FileExistsError:
        return True
    finally:
        probe.unlink(missing_ok=True)
    return False


def append(path: Path, data: bytes) -> None:
    """Add `data` at the end of a file, made if absent; not durable before `fsync`."""
    with open(path, "ab", buffering=0) as file:
        _write_all(file.fileno(), data)


def unlink(path: Path) -> None:
    """Remove a file; nothing happens if it is not there."""
    path.unlink(missing_ok=True)


def _write_all(handle: int, data: bytes | memoryview) -> None:
    left = memoryview(data).cast("B")
    while left:
        left = left[os.write(handle, left) :]


def temporary(path: Path) -> Path:
    """Name under which `path` is written before it counts; unique to this process."""
    return path.with_name(f"{path.name}.{os.getpid()}-{_TOKEN}{TEMPORARY}")


def publish(paths: Iterable[Path], root: Path) -> None:
    """Make files written under their temporary names durable under their own.

    All contents are brought to the disk first, then all renames done, then every folder from each file up to
    `root` is synced, deepest first: after a crash a file is there whole or not at all. Many are synced at a
    time, which lets the file system commit them together.
    """
    paths = list(paths)
    parts = [temporary(path) for path in paths]
    _each(fsync, parts)
    for part, path in zip(parts, paths, strict=True):
        replace(part, path)
    folders: dict[Path, None] = {}
    for parent in dict.fromkeys(path.parent for path in paths):
        for folder in (parent, *parent.parents):
            folders[folder] = None
            if folder == root:
                break
    for depth in sorted({len(folder.parts) for folder in folders}, reverse=True):
        _each(fsync_dir, [folder for folder in folders if len(folder.parts) == depth])


def _each(sync: Callable[[Path], None], paths: Sequence[Path]) -> None:
    """Sync all of them; the first error is raised once the others that had begun are through."""
    left = deque(paths)
    broken: list[BaseException] = []

    def work() -> None:
        while left and not broken:
            try:
                path = left.popleft()
            except IndexError:  # another thread took the last one
                return
            try:
                sync(path)
            except BaseException as error:
                broken.append(error)

    beside = [threading.Thread(target=work) for _ in range(_THREADS - 1 if len(paths) > _FEW else 0)]
    begun = []
    with suppress(RuntimeError):  # no more threads to be had; this one does what they leave
        for thread in beside:
            thread.start()
            begun.append(thread)
    work()
    for thread in begun:
        thread.join()
    if broken:
        raise broken[0]


def put(path: Path, data: bytes) -> None:
    """Write one file durably and all or nothing; its folder must lie in a durable one."""
    write(temporary(path), data)
    publish([path], path.parent)
