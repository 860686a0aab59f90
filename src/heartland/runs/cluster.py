"""The `dask` executor: blocks computed by the workers of a Dask scheduler, here or on other machines.

Dask replaces a worker that died and computes its block again by itself; a block that kills every worker it
meets is given up, and errors inside a task are tried again here as for the other executors. The task, with
all it reads, is sent once; workers hand it to each other, and a block then costs its number and its record.

Whoever reaches a Dask scheduler can run code on its workers, so an address beyond this machine must be
encrypted (`tls://`) or trusted in so many words.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from ipaddress import ip_address
from multiprocessing.reduction import ForkingPickler
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Self

from heartland.errors import HeartlandError, HeartlandInputError
from heartland.runs.executors import Done, Failure, Task, Work, attempt_block, settle, usable_cores

__all__ = ["Cluster", "check_address", "check_library", "run_on_dask"]

# seconds: between looks at whether a stop was asked for; waiting for a scheduler and its first worker
POLL = 0.2
PATIENCE = 30.0
_ENCRYPTED = ("tls", "wss")
_PLAIN = ("tcp", "ws")


def check_library() -> Any:
    """The library `distributed`, imported.

    Raises
    ------
    HeartlandInputError
        If it is not installed.
    """
    try:
        return importlib.import_module("distributed")
    except ImportError:
        raise HeartlandInputError.at(
            "The executor dask needs the library distributed, which is not installed.",
            why="It comes with the extra cluster; nothing else needs it.",
            fix='Run: pip install "heartland[cluster]"', check="executor",
        ) from None  # fmt: skip


def check_address(address: str, trusted: bool = False) -> str:
    """Address of a scheduler with its protocol, if it may be used.

    Parameters
    ----------
    address : `tcp://HOST:PORT`, `tls://HOST:PORT`, or `HOST:PORT` for `tcp`
    trusted : the user vouches for the network between here and there

    Raises
    ------
    HeartlandInputError
        If it is no address, or an unencrypted one beyond this machine.
    """
    whole = address if "://" in address else f"tcp://{address}"
    protocol, _, rest = whole.partition("://")
    host, _, port = rest.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    fits = port.isascii() and port.isdecimal() and 0 < int(port[:9]) < 65536
    if protocol not in (*_ENCRYPTED, *_PLAIN) or not host or not fits or set(host) & set("/@ ?#"):
        raise HeartlandInputError.at(
            f'"{address}" is no address of a Dask scheduler.',
            fix="Write for example --dask-address tcp://127.0.0.1:8786 or tls://HOST:8786.", check="usage",
        )  # fmt: skip
    if protocol in _ENCRYPTED or trusted or _is_here(host):
        return whole
    raise HeartlandInputError.at(
        f"{whole} is beyond this machine and not encrypted.",
        why="Whoever reaches a Dask scheduler, or reads along, can run code on its workers.",
        fix="Use a tls:// address, or add --i-trust-this-network if nobody else is on that network.",
        check="usage",
    )  # fmt: skip


def _is_here(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return False


@cache
def _code() -> tuple[tuple[str, str], ...]:
    """What two machines must share for equal bits."""
    from importlib.metadata import version

    from heartland.runs.manifest import code_hash

    return (*((name, version(name)) for name in ("heartland", "numpy", "scipy")), ("code", code_hash()))


def _call(task: Task, block: int, attempt: int, code: tuple[tuple[str, str], ...]) -> Done | Failure:
    """One try in a worker; refused where the code is another one."""
    unlike = [f"{name} {own}, not {sent}" for (name, own), (_, sent) in zip(_code(), code, strict=True)
              if own != sent]  # fmt: skip
    if unlike:
        said = f"a worker has {'; '.join(unlike)}. Install the same versions on every machine."
        return Failure(block, attempt, "HeartlandError", said, "", fatal=True)
    return attempt_block(task, block, attempt)


class Cluster:
    """Workers of a Dask scheduler, kept for successive tasks; use as a context manager.

    Parameters
    ----------
    workers : processes of a scheduler of our own; the usable cores if None; of no effect given an address
    address : of a scheduler that is there already; empty for one of our own, ended with the context
    trusted : see `check_address`

    Raises
    ------
    HeartlandInputError
        If the library is missing, the address may not be used, or no worker answers there.
    """

    def __init__(self, workers: int | None = None, address: str = "", trusted: bool = False) -> None:
        self._library = check_library()
        self._local: Any = None
        if address:
            self._client = self._connect(check_address(address, trusted))
        else:
            # as many deaths as a block may cause among the processes of `heartland.runs.pool`
            with importlib.import_module("dask").config.set({"distributed.scheduler.allowed-failures": 2}):
                self._local = self._library.LocalCluster(
                    n_workers=workers or usable_cores(), threads_per_worker=1, processes=True,
                    host="127.0.0.1", dashboard_address=None, silence_logs=50,
                )  # fmt: skip
            self._client = self._library.Client(self._local)

    def _connect(self, address: str) -> Any:
        client = None
        try:
            client = self._library.Client(address, timeout=PATIENCE)
            client.wait_for_workers(1, timeout=PATIENCE)
        except (OSError, ValueError, RuntimeError, TypeError) as error:
            if client is not None:
                client.close()
            raise HeartlandInputError.at(
                f"No worker answers at {address}: {str(error) or type(error).__name__}.",
                why="Blocks are computed by the workers of that scheduler.",
                fix="Start `dask scheduler` and `dask worker` there; a tls:// address needs the certificates "
                "that Dask's own settings name.",
                check="executor",
            ) from None  # fmt: skip
        return client

    @property
    def workers(self) -> int:
        """Threads of all workers at present, at least 1."""
        return max(1, sum(int(threads) for threads in self._client.nthreads().values()))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def compute(self, task: Task, work: Work) -> None:
        """Run the waiting blocks of a task.

        Raises
        ------
        HeartlandError
            If the scheduler is gone.
        """
        message = bytes(ForkingPickler.dumps(task))
        with warnings.catch_warnings():
            # Dask advises to scatter what is large; what was scattered is lost with its workers, this is not.
            warnings.simplefilter("ignore", UserWarning)
            sent = self._client.submit(ForkingPickler.loads, message, pure=False)
        round_ = _Round(self._client, sent, work, lambda: self.workers)
        try:
            round_.run()
        finally:
            round_.end()
            sent.release()

    def close(self) -> None:
        """Leave the scheduler; one of our own ends with its workers."""
        self._client.close()
        if self._local is not None:
            self._local.close()


@dataclass
class _Round:
    """The blocks of one task that are with the workers, by the future that stands for each."""

    client: Any
    task: Any
    work: Work
    workers: Callable[[], int]
    flying: dict[Any, tuple[int, int]] = field(default_factory=dict)
    ended: SimpleQueue[Any] = field(default_factory=SimpleQueue)

    def run(self) -> None:
        """Until nothing is left, or a stop is asked for and what is flying has landed."""
        while self.flying or (self.work.waiting and not self.work.stop()):
            self._fill()
            try:
                future = self.ended.get(timeout=POLL if self.flying else 0.02)
            except Empty:
                if self.client.status not in ("running", "connecting"):
                    raise HeartlandError(
                        "The connection to the Dask scheduler was lost. All finished blocks are kept."
                    ) from None
                continue
            if future in self.flying:
                self._land(future)

    def _fill(self) -> None:
        most = self.workers()
        while len(self.flying) < most and not self.work.stop():
            chosen = self.work.due()
            if chosen is None:
                return
            future = self.client.submit(_call, self.task, *chosen, _code(), pure=False)
            self.flying[future] = chosen
            future.add_done_callback(self.ended.put)

    def _land(self, future: Any) -> None:
        block, attempt = self.flying.pop(future)
        try:
            outcome: Done | Failure = future.result()
        except Exception as error:
            # Dask has tried other workers itself before it says so.
            kind, said = type(error).__name__, str(error)
            if kind == "KilledWorker":
                said = "every worker that took the block died"
            outcome = Failure(block, attempt, kind, said, "", fatal=kind == "KilledWorker")
        future.release()
        settle(self.work, outcome)

    def end(self) -> None:
        """Call off what is still with the workers."""
        for future, (block, attempt) in self.flying.items():
            future.cancel()
            self.work.waiting.append((0.0, block, attempt))
        self.flying.clear()


def run_on_dask(task: Task, work: Work, workers: int) -> None:
    """Run the waiting blocks on a scheduler of our own; a script that calls this needs the main guard."""
    if work.waiting:
        with Cluster(max(1, min(workers, len(work.waiting)))) as found:
            found.compute(task, work)
