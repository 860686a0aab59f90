"""Who computes the blocks: this process, or workers; with retries, quarantine and an orderly stop.

A task is called with a block number and returns something small: it writes its chunks itself (`write_block`)
and returns their record, so that large arrays never travel through a pipe. Only the caller journals.
"""

from __future__ import annotations

import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, Protocol

from heartland.errors import HeartlandError, HeartlandInputError, suggestion

__all__ = [
    "EXECUTORS",
    "BlockFailedError",
    "Computing",
    "Done",
    "Failure",
    "RunInterruptedError",
    "Stop",
    "execute",
    "usable_cores",
]

DELAYS = (0.2, 1.0, 5.0)

Task = Callable[[int], Any]


@dataclass(frozen=True)
class Done:
    """A computed block: what the task returned, its seconds, and the number of tries."""

    block: int
    result: Any
    seconds: float
    attempt: int


@dataclass(frozen=True)
class Failure:
    """A try that failed: exception type (or signal), message, traceback; `fatal` if it is not tried again."""

    block: int
    attempt: int
    kind: str
    message: str
    trace: str
    fatal: bool = False


class BlockFailedError(HeartlandError):
    """Some blocks could not be computed; finished ones are kept. `failures` has the last try of each."""

    def __init__(self, failures: Sequence[Failure]) -> None:
        self.failures = tuple(failures)
        lines = [
            f"Block {failure.block} failed at try {failure.attempt}: {failure.kind}: {failure.message}"
            for failure in self.failures
        ]
        lines.append("All finished blocks are kept. Run `heartland resume` to try again.")
        super().__init__("\n".join(lines))

    def __reduce__(self) -> tuple[type[BlockFailedError], tuple[tuple[Failure, ...]]]:
        return (type(self), (self.failures,))


class RunInterruptedError(HeartlandError):
    """The run was stopped on request; finished blocks are kept."""

    exit_code = 130


class Stop:
    """Whether to stop: set by the first Ctrl-C, or by the caller's `cancelled`."""

    def __init__(self, cancelled: Callable[[], bool] | None = None) -> None:
        self._cancelled = cancelled
        self._asked = False

    def __call__(self) -> bool:
        """True from the first request on."""
        self._asked = self._asked or (self._cancelled is not None and self._cancelled())
        return self._asked

    def ask(self) -> None:
        """Request the stop."""
        self._asked = True

    @contextmanager
    def on_signal(self) -> Iterator[None]:
        """First SIGINT asks, the second raises KeyboardInterrupt; main thread only, else no change."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def handle(number: int, frame: FrameType | None) -> None:
            if self._asked:
                raise KeyboardInterrupt
            self._asked = True

        before = signal.signal(signal.SIGINT, handle)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)


@dataclass
class Work:
    """State of one execution, shared by the executors.

    waiting : (earliest moment on the monotonic clock, block, attempt) still to be tried
    """

    stop: Stop
    on_done: Callable[[Done], None]
    on_failure: Callable[[Failure], None]
    delays: Sequence[float]
    waiting: list[tuple[float, int, int]] = field(default_factory=list)
    lost: list[Failure] = field(default_factory=list)

    def failed(self, failure: Failure) -> None:
        """Plan another try, or give the block up.

        A block is not tried again after an error of the user's material, nor after an error that another
        block has already proved lasting: blocks are pure, the same cause would meet it again.
        """
        self.on_failure(failure)
        lasting = failure.fatal or failure.kind in {gone.kind for gone in self.lost}
        if lasting or failure.attempt > len(self.delays):
            self.lost.append(failure)
        else:
            due = time.monotonic() + self.delays[failure.attempt - 1]
            self.waiting.append((due, failure.block, failure.attempt + 1))

    def due(self) -> tuple[int, int] | None:
        """Take the next (block, attempt) whose moment has come, lowest first."""
        now = time.monotonic()
        ready = [item for item in self.waiting if item[0] <= now]
        if not ready:
            return None
        chosen = min(ready)
        self.waiting.remove(chosen)
        return chosen[1], chosen[2]


class Executor(Protocol):
    """An entry of `EXECUTORS`: run all waiting blocks until none is left or a stop is asked for."""

    def __call__(self, task: Task, work: Work, workers: int) -> None: ...


class Kept(Protocol):
    """Workers kept for successive executions: `pool.Workers` or `cluster.Cluster`."""

    def compute(self, task: Task, work: Work) -> None:
        """Run all waiting blocks until none is left or a stop is asked for."""


# who computes: the name of an executor, or processes that are there already
Computing = str | Kept


def attempt_block(task: Task, block: int, attempt: int) -> Done | Failure:
    """Call the task once; an exception comes back as a Failure, which survives any pipe.

    Raises
    ------
    RunInterruptedError
        If the task runs others and was interrupted: that is no failure to try again.
    """
    start = time.perf_counter()
    try:
        result = task(block)
    except RunInterruptedError:
        raise
    except Exception as error:
        fatal = isinstance(error, HeartlandError)
        return Failure(block, attempt, type(error).__name__, str(error), traceback.format_exc(), fatal)
    return Done(block, result, time.perf_counter() - start, attempt)


def settle(work: Work, outcome: Done | Failure) -> None:
    """Hand an outcome to the caller."""
    if isinstance(outcome, Done):
        work.on_done(outcome)
    else:
        work.failed(outcome)


def serial(task: Task, work: Work, workers: int) -> None:
    """The reference: blocks one after another in this process."""
    while work.waiting and not work.stop():
        chosen = work.due()
        if chosen is None:
            time.sleep(0.02)
            continue
        settle(work, attempt_block(task, *chosen))


def processes(task: Task, work: Work, workers: int) -> None:
    """Worker processes; see `heartland.runs.pool`."""
    from heartland.runs.pool import run_in_processes

    run_in_processes(task, work, workers)


def dask(task: Task, work: Work, workers: int) -> None:
    """Workers of a Dask scheduler on this machine; see `heartland.runs.cluster`."""
    from heartland.runs.cluster import run_on_dask

    run_on_dask(task, work, workers)


EXECUTORS: dict[str, Executor] = {"serial": serial, "processes": processes, "dask": dask}


def usable_cores() -> int:
    """Cores this process may use."""
    import os

    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def execute(
    task: Task,
    blocks: Iterable[int],
    *,
    executor: Computing = "serial",
    workers: int | None = None,
    on_done: Callable[[Done], None] = lambda done: None,
    on_failure: Callable[[Failure], None] = lambda failure: None,
    cancelled: Callable[[], bool] | None = None,
    delays: Sequence[float] = DELAYS,
) -> None:
    """Compute blocks and hand each result over, in the order they end.

    Parameters
    ----------
    task : block number -> small result; importable, idempotent, and picklable unless `serial`
    executor : `serial`, `processes`, `dask` (here), or workers that are there already and stay
    workers : number of processes; the usable cores if None
    on_done, on_failure : called in this process for every finished block and every failed try; an error in
        `on_done` (such as a full disk while journaling) stops the execution
    cancelled : asked between blocks, at least every 0.2 s
    delays : seconds before each further try of a failed block

    Raises
    ------
    BlockFailedError
        After all other blocks are done, if some could not be computed.
    RunInterruptedError
        After Ctrl-C (running blocks are finished first; a second Ctrl-C stops at once) or a cancellation.
    HeartlandInputError
        If there is no such executor.
    """
    if isinstance(executor, str) and executor not in EXECUTORS:
        raise HeartlandInputError.at(
            f"There is no executor {executor}.",
            fix=suggestion(executor, EXECUTORS, listing=f"Known: {', '.join(EXECUTORS)}."),
            check="executor",
        )
    stop = Stop(cancelled)
    work = Work(stop, on_done, on_failure, delays, [(0.0, block, 1) for block in blocks])
    total = len(work.waiting)
    with stop.on_signal():
        try:
            if isinstance(executor, str):
                EXECUTORS[executor](task, work, workers or usable_cores())
            elif work.waiting:
                executor.compute(task, work)
        except KeyboardInterrupt:
            raise RunInterruptedError("Stopped at once. Finished blocks are kept.") from None
    if stop() and (work.waiting or work.lost):
        left = len(work.waiting) + len(work.lost)
        raise RunInterruptedError(
            f"Stopped with {left} of {total} blocks not computed. Finished blocks are kept."
        )
    if work.lost:
        raise BlockFailedError(sorted(work.lost, key=lambda failure: failure.block))
