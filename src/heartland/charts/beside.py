"""Pictures compiled in a process of their own, so that the caller goes on with its work meanwhile.

The compiler takes half a second to start and holds the interpreter's lock while it works, so a thread would
not do. Without such a process (it cannot be started, or it died) pictures are compiled where they are asked.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import suppress
from types import TracebackType
from typing import IO, Self

from heartland.charts.render import compiled, warm_up
from heartland.charts.theme import Spec
from heartland.errors import HeartlandError

__all__ = ["Compiler", "NoPicturesError", "serve"]


# what it ends itself with where it cannot have its memory; compiled here, it would end the caller too
BREAKDOWNS = frozenset(
    int(getattr(signal, name, 0)) for name in ("SIGTRAP", "SIGABRT", "SIGILL", "SIGSEGV")
) - {0}  # fmt: skip


class NoPicturesError(HeartlandError):
    """Pictures cannot be compiled on this machine as it is."""


class Compiler:
    """Compiles specifications in the order they are handed in; use as a context manager, or `close` it.

    command : what starts the process; default this module as a program
    """

    def __init__(self, command: list[str] | None = None) -> None:
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._closed = False
        self._broken = 0
        self._process: subprocess.Popen[str] | None = None
        places = os.pathsep.join(path for path in sys.path if path)
        with suppress(OSError):
            self._process = subprocess.Popen(
                command or [sys.executable, "-m", "heartland.charts.beside"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                encoding="utf-8", env={**os.environ, "PYTHONPATH": places},
            )  # fmt: skip

    def submit(self, spec: Spec) -> Future[str]:
        """SVG text of a specification, when it is ready; raises as `to_svg` does."""
        return self._thread.submit(self._made, json.dumps(spec, allow_nan=False))

    def _made(self, text: str) -> str:
        reply = self._reply(text)
        if reply is None and self._closed:
            raise CancelledError
        if reply is None and self._broken:
            raise NoPicturesError(
                f"The compiler of pictures broke down (signal {self._broken}), as it does where memory is "
                "short or the address space is limited (ulimit -v). The run is stored. Raise the limit and "
                "write its report with `heartland report RUN`."
            )
        if reply is None:
            return compiled(text)
        if "refused" in reply:
            raise ValueError(reply["refused"])
        return reply["svg"]

    def _reply(self, line: str) -> dict[str, str] | None:
        """Answer of the process; None once there is none."""
        with self._lock:
            process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            return None
        try:
            process.stdin.write(line + "\n")
            process.stdin.flush()
            found: dict[str, str] = json.loads(process.stdout.readline())
        except (OSError, ValueError):
            self._end()
            return None
        return found

    def _end(self) -> None:
        with self._lock:
            process, self._process = self._process, None
        if process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            process.wait(0 if self._closed else 1)
        if -(process.returncode or 0) in BREAKDOWNS:
            self._broken = -(process.returncode or 0)
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        process.wait()

    def close(self) -> None:
        """End the process; pictures that are not ready are given up."""
        self._closed = True
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._end()
        self._thread.shutdown(wait=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def serve(asked: IO[str], told: IO[str]) -> None:
    """Answer each line, a specification as JSON, with a line of JSON: `svg`, or `refused` and why."""
    for line in asked:
        try:
            reply = {"svg": compiled(line)}
        except ValueError as error:
            reply = {"refused": str(error)}
        told.write(json.dumps(reply) + "\n")
        told.flush()


def _main() -> None:
    # Ctrl-C goes to all processes of a terminal; it is the caller who ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warm_up()
    with suppress(BrokenPipeError):
        serve(sys.stdin, sys.stdout)


if __name__ == "__main__":
    _main()
