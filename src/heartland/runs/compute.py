"""Fill one or several runs whose blocks come out of the same computation."""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from numpy.typing import NDArray

from heartland.runs.blocks import Layout, write_blocks
from heartland.runs.executors import DELAYS, BlockFailedError, Computing, Done, Failure, execute
from heartland.runs.journal import BlockRecord
from heartland.runs.manifest import MANIFEST
from heartland.runs.store import RunWriter

__all__ = ["Batch", "BlockTask", "GroupTask", "compute_runs"]

Job = Callable[[int], Sequence[Mapping[str, NDArray[Any]]]]
# what a worker hands over for a block of a run: the record of what it wrote, the arrays where it cannot write
# there, nothing where the run has the block
Result = BlockRecord | Mapping[str, NDArray[Any]] | None


@dataclass(frozen=True)
class BlockTask:
    """Computes a block and writes its chunks, in whatever process it finds itself.

    job : block number -> for each run its recorded variables, (64, *shape) each
    layouts : of those runs, in the same order
    finished : blocks of each run that are finished and must not be written again
    """

    job: Job
    layouts: tuple[Layout, ...]
    finished: tuple[frozenset[int], ...]

    def __call__(self, block: int) -> list[Result]:
        """Records of what was written, None where the run had the block already."""
        return self.write({block: self.job(block)})[0]

    def write(self, computed: Mapping[int, Sequence[Mapping[str, NDArray[Any]]]]) -> list[list[Result]]:
        """Write computed blocks of each run; for each block the records by run.

        A worker on a machine that does not see the run's folder hands the arrays over instead.
        """
        for block, arrays in computed.items():
            if len(arrays) != len(self.layouts):
                raise ValueError(f"block {block}: {len(arrays)} results for {len(self.layouts)} runs")
        records: dict[int, list[Result]] = {block: [] for block in computed}
        for number, (layout, finished) in enumerate(zip(self.layouts, self.finished, strict=True)):
            wanted = {block: arrays[number] for block, arrays in computed.items() if block not in finished}
            made: dict[int, Result] = {**wanted}
            if (layout.folder / MANIFEST).is_file():
                made = {record.block: record for record in write_blocks(layout, wanted)}
            for block, row in records.items():
                row.append(made.get(block))
        return list(records.values())


class Batch(Protocol):
    """A job that can compute several blocks side by side, which costs less than one by one."""

    def __call__(self, block: int) -> Sequence[Mapping[str, NDArray[Any]]]:
        """Recorded variables of each run for one block."""

    def many(self, blocks: Sequence[int]) -> Sequence[Sequence[Mapping[str, NDArray[Any]]]]:
        """The same for several blocks, block by block."""


@dataclass(frozen=True)
class GroupTask:
    """Computes several blocks side by side and writes each as a block of its own.

    groups : blocks by the first of them, which names the group
    """

    one: BlockTask
    batch: Batch
    groups: Mapping[int, tuple[int, ...]]

    def __call__(self, first: int) -> list[list[Result]]:
        """Records of each block of the group, in its order."""
        blocks = self.groups[first]
        computed = self.batch.many(blocks)
        return self.one.write(dict(zip(blocks, computed, strict=True)))


def compute_runs(
    writers: Sequence[RunWriter],
    job: Job,
    *,
    executor: Computing = "serial",
    workers: int | None = None,
    progress: Callable[[int, float], None] = lambda block, seconds: None,
    cancelled: Callable[[], bool] | None = None,
    delays: Sequence[float] = DELAYS,
    batch: Batch | None = None,
    group: int = 1,
) -> None:
    """Compute and journal every block that at least one of the runs still misses.

    Parameters
    ----------
    writers : open writers of runs with the same number of members, such as baseline and what-if
    job : picklable; block number -> one mapping of recorded variables per writer, in their order
    progress : called with block and seconds once the block is journaled in all runs
    executor, workers, cancelled, delays : as for `execute`
    batch, group : computes up to `group` blocks side by side in one task, in place of `job`

    Raises
    ------
    BlockFailedError
        As `execute`, or at once if the disk refuses the journal; finished blocks are kept.
    RunInterruptedError
        As `execute`; the stores are valid and can be resumed.
    """
    if len({writer.layout.members for writer in writers}) != 1:
        raise ValueError("runs computed together need the same number of members")
    missing = sorted({block for writer in writers for block in writer.missing()})
    task = BlockTask(
        job,
        tuple(writer.layout for writer in writers),
        tuple(frozenset(writer.finished()) for writer in writers),
    )

    work, groups = _grouped(task, batch, missing, group)

    def journal(done: Done) -> None:
        blocks = groups[done.block]
        results = [done.result] if work is task else done.result
        _journal(writers, blocks, results, done, done.seconds / len(blocks))
        for block in blocks:
            progress(block, done.seconds / len(blocks))

    def note(failure: Failure) -> None:
        for writer in writers:
            # On a full disk the note cannot be kept either; the failure itself is raised at the end.
            with contextlib.suppress(OSError):
                writer.fail(failure.block, failure.attempt, failure.kind, failure.message, failure.trace)

    execute(
        work, list(groups), executor=executor, workers=workers, on_done=journal, on_failure=note,
        cancelled=cancelled, delays=delays,
    )


def _grouped(
    task: BlockTask, batch: Batch | None, missing: Sequence[int], group: int
) -> tuple[Callable[[int], Any], dict[int, tuple[int, ...]]]:
    """What computes a task, and the blocks of each task by their first."""
    if batch is None or group == 1:
        return task, {first: (first,) for first in missing}
    parts = [tuple(missing[at : at + group]) for at in range(0, len(missing), group)]
    groups = {part[0]: part for part in parts}
    return GroupTask(task, batch, groups), groups


def _there(writer: RunWriter, record: BlockRecord) -> None:
    """Refuse a record of files that were written to another disk."""
    for file in record.files:
        path = writer.folder / file.path
        if not path.is_file() or path.stat().st_size != file.bytes:
            raise OSError(f"{path} was written by a worker and is not here: its folder is on another disk")


def _journal(
    writers: Sequence[RunWriter], blocks: Sequence[int], results: Any, done: Done, seconds: float
) -> None:
    """Let the blocks of a finished task count in every run; a disk that refuses ends the execution."""
    try:
        for block, result in zip(blocks, results, strict=True):
            for writer, record in zip(writers, result, strict=True):
                if isinstance(record, BlockRecord):
                    _there(writer, record)
                    writer.journal(record, seconds, done.attempt)
                elif record is not None:
                    writer.commit(block, record, seconds, done.attempt)
    except OSError as error:
        trace = traceback.format_exc()
        failure = Failure(done.block, done.attempt, type(error).__name__, str(error), trace, fatal=True)
        raise BlockFailedError([failure]) from error
