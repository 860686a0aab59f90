"""The `processes` executor: spawned workers, rebuilt when one dies, gone when the parent is.

`Workers` may be started before there is anything to compute, so that they import while the caller reads its
material, and compute successive tasks without being started again.

One killed worker breaks the whole pool of the standard library and loses what it had in flight; it does not
say which block was to blame. So after a break the blocks that were in flight go one at a time until each has
shown itself harmless; the one that kills its worker a third time is quarantined.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.connection import wait as wait_for
from multiprocessing.context import SpawnContext
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import ForkingPickler
from multiprocessing.synchronize import Lock
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Self

from heartland.runs.executors import Done, Failure, Task, Work, attempt_block, settle, usable_cores
from heartland.runs.garbage import rarely

__all__ = ["Workers", "run_in_processes"]

KILLS = 3
POLL = 0.2
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass
class _Desk:
    """What a worker holds: where tasks come from, whose turn it is to take one, the one in hand by number."""

    tasks: Connection
    turn: Lock
    number: int = 0
    task: Task | None = None


_desk: list[_Desk] = []


def _begin(tasks: Connection, turn: Lock, prepare: Callable[[], object]) -> None:
    """Set a worker up: no answer to Ctrl-C (the parent decides), an end with the parent, preparations."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _desk[:] = [_Desk(tasks, turn)]
    rarely()
    prepare()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


def _ready() -> bool:
    """A call of no use: the standard library starts a process when there is one."""
    return bool(_desk)


def _call(number: int, block: int, attempt: int) -> Done | Failure:
    desk = _desk[0]
    while desk.number != number or desk.task is None:
        # a copy of an earlier task that nobody needed any more may come first
        with desk.turn:
            desk.number, message = desk.tasks.recv()
        if desk.number == number:
            desk.task = ForkingPickler.loads(message)
    return attempt_block(desk.task, block, attempt)


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
    """Hands each task to every worker that asks for it, in their order.

    As an argument of a worker's start, a task larger than a pipe's buffer would make the parent wait until
    that worker has imported everything, and start the next one only then.
    """

    def __init__(self, context: SpawnContext, workers: int) -> None:
        self.reader, self.writer = context.Pipe(duplex=False)
        self.turn = context.Lock()
        self.workers = workers
        self.queue: SimpleQueue[bytes | None] = SimpleQueue()
        self.thread = threading.Thread(target=self._send, daemon=True)
        self.thread.start()

    def put(self, number: int, message: bytes) -> None:
        """A task as bytes, one copy for each worker."""
        self.queue.put(bytes(ForkingPickler.dumps((number, message))))

    def _send(self) -> None:
        # What nobody is left to read is given up: `close` takes the reading end away.
        with suppress(OSError):
            while (message := self.queue.get()) is not None:
                for _ in range(self.workers):
                    self.writer.send_bytes(message)

    def close(self) -> None:
        """To be called when all workers are gone."""
        if self.reader.closed:
            return
        self.reader.close()
        self.queue.put(None)
        self.thread.join()
        self.writer.close()


class Workers:
    """Processes kept for successive tasks; use as a context manager, which ends them.

    Parameters
    ----------
    workers : number of processes; the usable cores if None
    prepare : called in each when it starts; importable
    """

    def __init__(self, workers: int | None = None, prepare: Callable[[], object] = _ready) -> None:
        self.workers = workers or usable_cores()
        self.prepare = prepare
        self.number, self.message = 0, b""
        self._build()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _build(self) -> None:
        self._context = _Spawn()
        self._post = _Post(self._context, self.workers)
        self._pool = ProcessPoolExecutor(
            self.workers, mp_context=self._context, initializer=_begin,
            initargs=(self._post.reader, self._post.turn, self.prepare),
        )  # fmt: skip
        with _one_thread_each():
            for _ in range(self.workers):
                self._pool.submit(_ready)
        if self.number:
            self._post.put(self.number, self.message)

    def submit(self, block: int, attempt: int) -> Future[Done | Failure]:
        """Compute a block of the task in hand.

        Raises
        ------
        BrokenProcessPool
            If a worker has died; then `rebuild`.
        """
        with _one_thread_each():
            return self._pool.submit(_call, self.number, block, attempt)

    def rebuild(self) -> str:
        """Start other processes after one has died; returns what ended it."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._post.close()
        cause = self._context.cause()
        self._build()
        return cause

    def compute(self, task: Task, work: Work) -> None:
        """Run the waiting blocks of a task; a worker that died before it began is replaced.

        An error that leaves this method ends the processes.
        """
        self.message = bytes(ForkingPickler.dumps(task))
        self.number += 1
        self._post.put(self.number, self.message)
        round_ = _Round(self, work)
        try:
            round_.run()
            round_.end()
        except BaseException:
            round_.end()
            self.close()
            raise

    def close(self) -> None:
        """End the processes, whatever they do; the object is of no use afterwards."""
        self._context.end_all()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._post.close()


class _Round:
    """The blocks of one task and the workers that have them in flight.

    suspects : blocks that were in flight when a worker died, to be run alone
    kills : deaths of a worker while the block was in flight
    """

    def __init__(self, workers: Workers, work: Work) -> None:
        self.workers, self.work = workers, work
        self.suspects: list[tuple[int, int]] = []
        self.kills: dict[int, int] = {}
        self.flying: dict[Future[Done | Failure], tuple[int, int]] = {}

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
            if len(self.flying) >= (1 if alone else self.workers.workers):
                break
            chosen = self.suspects.pop(0) if alone else self.work.due()
            if chosen is None:
                break
            try:
                self.flying[self.workers.submit(*chosen)] = chosen
            except BrokenProcessPool:
                self.suspects.insert(0, chosen)
                return True
            if alone:
                break
        return False

    def _after_break(self, hit: list[tuple[int, int]]) -> None:
        """Replace the workers; what was in flight is suspect, and given up at its third death."""
        wait(self.flying)
        for future in list(self.flying):
            flown = self.flying.pop(future)
            error = future.exception()
            if isinstance(error, BrokenProcessPool):
                hit.append(flown)
            elif error is None:
                settle(self.work, future.result())
        cause = self.workers.rebuild()
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

    def end(self) -> None:
        """Hand back what was not computed."""
        self.work.waiting += [(0.0, *suspect) for suspect in self.suspects]
        self.suspects.clear()


def run_in_processes(task: Task, work: Work, workers: int) -> None:
    """Run the waiting blocks in spawned workers; a script that calls this needs the usual main guard."""
    if work.waiting:
        with Workers(max(1, min(workers, len(work.waiting)))) as found:
            found.compute(task, work)
