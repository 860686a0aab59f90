"""Memory that the system does not give: said in one message, and before a library hangs for want of it."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence

from heartland.errors import HeartlandError

__all__ = ["NoRoomError", "check_room", "lacking"]

# MB of address space below which a library ends the process, or a thread that cannot begin is waited for
LEAST = 1_500
HARMLESS = ("--help", "--version")
KEPT = "Finished blocks of a run are kept."
ADVICE = "Raise the limit (ulimit -v), or ask for less: fewer --members, --workers 1, --executor serial."


class NoRoomError(HeartlandError):
    """The process may not have the memory it needs."""

    exit_code = 2


def _allowed() -> int:
    """Address space that the process may have in MB, 0 where nothing limits it or the system tells none."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    most = resource.getrlimit(resource.RLIMIT_AS)[0]
    return 0 if most == resource.RLIM_INFINITY else most >> 20


def check_room(words: Sequence[str]) -> None:
    """Refuse to begin where the address space is limited to less than loading the libraries takes.

    words : of the command line

    Raises
    ------
    NoRoomError
        If it is, unless only help is asked for.
    """
    allowed = _allowed()
    if not allowed or not words or set(words) & set(HARMLESS):
        return
    # every thread of the linear algebra, which is not used, would reserve address space of its own
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if allowed < LEAST:
        raise NoRoomError(
            f"The address space of this process is limited to {allowed:,} MB. Libraries and threads reserve "
            f"{LEAST:,} MB before anything is computed. Raise the limit (ulimit -v unlimited)."
        )


def lacking(error: BaseException) -> str:
    """One message for an error that means want of memory or of threads; empty for any other."""
    text = str(error)
    wanting = (
        isinstance(error, MemoryError)
        or (isinstance(error, RuntimeError) and "can't start new thread" in text)
        or (isinstance(error, ImportError) and ("map segment" in text or "allocate memory" in text))
        or (isinstance(error, OSError) and error.errno in (errno.ENOMEM, errno.EAGAIN))
    )
    if not wanting:
        return ""
    allowed = _allowed()
    limit = f" The address space of this process is limited to {allowed:,} MB." if allowed else ""
    detail = f" ({text.splitlines()[0]})" if text else ""
    return f"The system gives no more memory{detail}.{limit} {KEPT} {ADVICE}"
