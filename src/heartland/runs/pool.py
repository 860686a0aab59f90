"""The `processes` executor: spawned workers, rebuilt when one dies, gone when the parent is.

One killed worker breaks the whole pool of the standard library and loses what it had in flight; it does not
say which block was to blame. So after a break the blocks that were in flight go one at a time until each has
shown itself harmless; the one that kills its worker a third time is quarantined.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.connection import wait as wait_for
from multiprocessing.context import SpawnContext
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import ForkingPickler
from multiprocessing.synchronize import Lock
from typing import Any

from heartland.runs.executors import Done, Failure, Task, Work, attempt_block, settle

__all__ = ["run_in_processes"]

KILLS = 3
POLL = 0.2
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")

_task: list[Task] = []


def _begin(tasks: Connection, turn: Lock) -> None:
    """Set a worker up: no answer to Ctrl-C (the parent decides), an end with the parent, the task."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with turn:
        _task[:] = [tasks.recv()]


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


def _call(block: int, attempt: int) -> Done | Failure:
    return attempt_block(_task[0], block, attempt)


class _Spawn(SpawnContext):
    """Spawn, remembering the processes: their exit codes name the signal, and a second Ctrl-C ends them."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[BaseProcess] = []

    def Process(self, *args: Any, **keywords: Any) -> BaseProcess:  # type: ignore[override]  # a class there
        process = SpawnContext.Process(*args, **keywords)
        self.started.append(process)
        return process

    def cause(self) -> str:
        """What ended the worker that broke the pool; the pool itself ends the others with SIGTERM."""
        for process in self.started:
            process.join(1.0)
        codes = [process.exitcode for process in self.started if process.exitcode]
        for code in sorted(codes, key=lambda code: code == -signal.SIGTERM):
            if code > 0:
                return f"exit status {code}"
            try:
                return signal.Signals(-code).name
            except ValueError:
                return f"signal {-code}"
        return "unknown cause"

    def end_all(self) -> None:
        for process in self.started:
            if process.is_alive():
                process.kill()


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Spawned workers inherit these; they must stand before a worker imports NumPy."""
    before = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


class _Post:
    """Hands the task to each worker when it is ready.

    As an argument of a worker's start, a task larger than a pipe's buffer would make the parent wait until
    that worker has imported everything, and start the next one only then.
    """

    def __init__(self, context: SpawnContext, task: Task, workers: int) -> None:
        self.reader, self.writer = context.Pipe(duplex=False)
        self.turn = context.Lock()
        message = bytes(ForkingPickler.dumps(task))
        self.thread = threading.Thread(target=self._send, args=(message, workers), daemon=True)
        self.thread.start()

    def _send(self, message: bytes, times: int) -> None:
        # What nobody is left to read is given up: `close` takes the reading end away.
        with suppress(OSError):
            for _ in range(times):
                self.writer.send_bytes(message)

    def close(self) -> None:
        """To be called when all workers are gone."""
        self.reader.close()
        self.thread.join()
        self.writer.close()


class _Pool:
    """Workers and the blocks they have in flight.

    suspects : blocks that were in flight when a worker died, to be run alone
    kills : deaths of a worker while the block was in flight
    """

    def __init__(self, task: Task, work: Work, workers: int) -> None:
        self.task, self.work, self.workers = task, work, workers
        self.suspects: list[tuple[int, int]] = []
        self.kills: dict[int, int] = {}
        self.flying: dict[Future[Done | Failure], tuple[int, int]] = {}
        self._build()

    def _build(self) -> None:
        self.context = _Spawn()
        self.post = _Post(self.context, self.task, self.workers)
        self.pool = ProcessPoolExecutor(
            self.workers, mp_context=self.context, initializer=_begin,
            initargs=(self.post.reader, self.post.turn),
        )  # fmt: skip

    def run(self) -> None:
        while self.flying or ((self.work.waiting or self.suspects) and not self.work.stop()):
            broken = self._fill()
            done, _ = wait(self.flying, timeout=POLL if self.flying else 0.02, return_when=FIRST_COMPLETED)
            hit: list[tuple[int, int]] = []
            for future in sorted(done, key=lambda future: self.flying[future]):
                flown = self.flying.pop(future)
                try:
                    outcome = future.result()
                except BrokenProcessPool:
                    hit.append(flown)
                else:
                    settle(self.work, outcome)
            if hit or broken:
                self._after_break(hit)

    def _fill(self) -> bool:
        """Send blocks out, one when a suspect is due, else one per worker; whether the pool was broken."""
        while not self.work.stop():
            alone = bool(self.suspects)
            if len(self.flying) >= (1 if alone else self.workers):
                break
            chosen = self.suspects.pop(0) if alone else self.work.due()
            if chosen is None:
                break
            try:
                self.flying[self.pool.submit(_call, *chosen)] = chosen
            except BrokenProcessPool:
                self.suspects.insert(0, chosen)
                return True
            if alone:
                break
        return False

    def _after_break(self, hit: list[tuple[int, int]]) -> None:
        """Rebuild the pool; what was in flight is suspect, and given up at its third death."""
        wait(self.flying)
        for future in list(self.flying):
            flown = self.flying.pop(future)
            error = future.exception()
            if isinstance(error, BrokenProcessPool):
                hit.append(flown)
            elif error is None:
                settle(self.work, future.result())
        self.pool.shutdown(wait=True, cancel_futures=True)
        self.post.close()
        cause = self.context.cause()
        for block, attempt in sorted(hit):
            self.kills[block] = self.kills.get(block, 0) + 1
            last = self.kills[block] >= KILLS
            said = f"the worker process died ({cause}) with the block in flight, {self.kills[block]} times"
            failure = Failure(block, self.kills[block], cause, said, "", fatal=last)
            if last:
                self.work.failed(failure)
            else:
                self.work.on_failure(failure)
                self.suspects.append((block, attempt))
        self._build()

    def end(self, at_once: bool = False) -> None:
        self.work.waiting += [(0.0, *suspect) for suspect in self.suspects]
        self.suspects.clear()
        if at_once:
            self.context.end_all()
        self.pool.shutdown(wait=True, cancel_futures=True)
        self.post.close()


def run_in_processes(task: Task, work: Work, workers: int) -> None:
    """Run the waiting blocks in spawned workers; a script that calls this needs the usual main guard."""
    with _one_thread_each():
        pool = _Pool(task, work, max(1, min(workers, len(work.waiting))))
        try:
            pool.run()
            pool.end()
        except BaseException:
            pool.end(at_once=True)
            raise
