"""One writer per run: a lock file that names its process and is taken over once that process is gone."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from heartland.errors import HeartlandError, HeartlandInputError
from heartland.runs import fsio

__all__ = ["LOCK", "Holder", "Lock", "RunLockedError", "holder_of"]

LOCK = "lock"
# seconds by which clocks of two machines may differ without a word
AHEAD = 60


class RunLockedError(HeartlandError):
    """Another process is writing the run."""

    exit_code = 2


@dataclass(frozen=True)
class Holder:
    """Who holds a lock.

    pid : process id;  boot : id of the machine's boot, "" where the system tells none
    started : start of the process in the system's own count, "" if unknown; tells a reused pid apart
    host : machine name;  since : seconds since 1970 when the lock was taken, for the message only
    """

    pid: int
    boot: str
    started: str
    host: str
    since: float

    @classmethod
    def present(cls) -> Holder:
        """This process."""
        pid = os.getpid()
        return cls(pid, _boot_id(), _started(pid), socket.gethostname(), round(time.time(), 6))

    def stopped(self) -> bool:
        """Whether the process is on this machine and stands still (SIGSTOP): it neither ends nor goes on."""
        return self.host == socket.gethostname() and not self.gone() and _state(self.pid) in ("T", "t")

    def gone(self) -> bool:
        """Whether the process certainly no longer runs.

        A holder on another machine name is never called gone: its processes cannot be seen from here.
        """
        if self.host != socket.gethostname():
            return False
        if self.boot != _boot_id():
            return True
        return not _alive(self.pid) or self.started != _started(self.pid)


def _boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _started(pid: int) -> str:
    try:
        # The second field is the command in parentheses and may hold spaces; start time is the 22nd.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def _alive(pid: int) -> bool:
    if os.name == "nt":  # signal 0 is an event there, not a question; the message says how to go on
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    # A zombie has ended; only its parent has not yet asked how.
    return _state(pid) != "Z"


def _state(pid: int) -> str:
    """Letter of the state of a process, such as R, S, T, Z; "" where the system tells none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return ""


def _read(path: Path) -> Holder | None:
    try:
        return Holder(**json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def holder_of(folder: Path) -> Holder | None:
    """Who is writing the run at present, None if nobody."""
    found = _read(folder / LOCK)
    return None if found is None or found.gone() else found


@contextlib.contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Keep two processes from judging the same lock file at once; the system ends it with the process."""
    try:
        import fcntl
    except ImportError:  # Windows: O_EXCL alone
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some network file systems know no flock
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


class Lock:
    """The lock of one run folder, held from construction to `release`.

    note : "" or a sentence on a lock that was taken over

    Raises
    ------
    RunLockedError
        If a living process holds it.
    HeartlandInputError
        If the file system of the folder lets two processes create one file.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / LOCK
        self.holder = Holder.present()
        self.note = ""
        data = json.dumps(asdict(self.holder), sort_keys=True).encode() + b"\n"
        with _one_at_a_time(folder):
            if not fsio.exclusive(folder):
                raise _unsafe(folder)
            try:
                fsio.write(self.path, data, exclusive=True)
            except FileExistsError:
                self._take_over(data)
            except OSError:
                # Ours alone, and half written.
                fsio.unlink(self.path)
                raise
        fsio.fsync(self.path)
        fsio.fsync_dir(folder)

    def _take_over(self, data: bytes) -> None:
        found = _read(self.path)
        if found is not None and not found.gone():
            raise RunLockedError(_in_use(self.path.parent, found))
        self.note = "A half-written lock was taken over."
        if found is not None:
            self.note = f"The lock left by process {found.pid}, which no longer runs, was taken over."
        fsio.write(fsio.temporary(self.path), data)
        fsio.replace(fsio.temporary(self.path), self.path)

    def held(self) -> bool:
        """Whether the lock on disk is still this one; false after another process took it over."""
        return _read(self.path) == self.holder

    def release(self) -> None:
        """Give the lock up, if it is still ours."""
        if self.held():
            fsio.unlink(self.path)


def _unsafe(folder: Path) -> HeartlandInputError:
    return HeartlandInputError.at(
        "The file system lets two processes create the same file.",
        why="Two writers could take the run at once and mix their blocks.",
        fix="Name a folder on another disk, such as one of this machine, with --out.",
        file=str(folder), check="run-folder",
    )  # fmt: skip


def _in_use(folder: Path, holder: Holder) -> str:
    minutes = max(0.0, time.time() - holder.since) / 60
    where = "" if holder.host == socket.gethostname() else f" on {holder.host}"
    since = f"since {minutes:.0f} minutes"
    if holder.since > time.time() + AHEAD:
        since = "since a time that this clock has not reached"
    advice = "Wait for it to end, or end it."
    if holder.stopped():
        pid = holder.pid
        advice = f"It stands still: let it go on (kill -CONT {pid}), or end it (kill -KILL {pid})."
    if where:
        advice += f" If that machine is gone, delete {folder / LOCK}."
    return (
        f"{folder}  The run is being written by process {holder.pid}{where} {since}. "
        f"Two writers would mix their blocks. {advice}"
    )
