"""A run folder seen by its one writer: made, filled block by block, taken up again after a stop.

    manifest.json    what decides the bits, axes, variables, hashes of the group's own files; never changed
    journal.jsonl    one line per finished block; what is not in it does not exist
    data.zarr/       Zarr v3, one file per variable and block of 64 members
    failures.jsonl   blocks that could not be computed, with the reason;  lock   the writer's process
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from numpy.typing import NDArray

from heartland.core.noise import MEMBERS_PER_BLOCK
from heartland.errors import CheckFailedError, HeartlandInputError
from heartland.runs import fsio
from heartland.runs.blocks import Layout, VariableSpec, describe, raw_hashes, write_block
from heartland.runs.folder import (
    STORE_SCHEMA,
    Coords,
    coordinates,
    ensure_metadata,
    intact,
    layout_of,
    metadata,
    publish_metadata,
)
from heartland.runs.journal import (
    JOURNAL,
    BlockRecord,
    FileRecord,
    add_entry,
    cut_tail,
    damaged,
    read_journal,
)
from heartland.runs.lock import Lock, RunLockedError
from heartland.runs.manifest import (
    MANIFEST,
    canonical,
    differences,
    digest,
    read_manifest,
    render_manifest,
    run_id,
)

__all__ = [
    "FAILURES",
    "RunWriter",
    "VariableSpec",
    "create_run",
    "resume_run",
    "start_run",
    "write_block",
]

FAILURES = "failures.jsonl"

class RunWriter:
    """The one process that may journal blocks of a run; use as a context manager, or `close` it.

    folder, manifest, layout : of the run
    notes : what was found and mended when the run was opened
    """

    def __init__(self, folder: Path, lock: Lock) -> None:
        self.folder = folder
        self.manifest = read_manifest(folder)
        self.layout = layout_of(folder, self.manifest)
        self.notes: list[str] = [lock.note] if lock.note else []
        self._lock = lock
        self._anchor = digest((folder / MANIFEST).read_bytes())
        self._journal = read_journal(folder, self._anchor)
        self._dropped: set[int] = set()
        self._dirty = False
        self._settle_journal()
        self._remove_leftovers()
        ensure_metadata(folder, self.manifest)

    def _settle_journal(self) -> None:
        if self._journal.damage:
            raise damaged(self.folder, *self._journal.damage[0])
        if self._journal.torn:
            self.notes.append(f"{JOURNAL}: {self._journal.torn}; it was cut and is computed again.")
            self._journal = cut_tail(self.folder, self._journal)

    def _remove_leftovers(self) -> None:
        for path in sorted(self.folder.rglob(f"*{fsio.TEMPORARY}")):
            fsio.unlink(path)

    def check_files(self) -> None:
        """Re-hash the files of all finished blocks; a block with a bad file counts as unfinished again."""
        for block, record in self._journal.blocks.items():
            bad = [file.path for file in record.files if not intact(self.folder, file)]
            if bad:
                self._dropped.add(block)
                self.notes.append(f"Block {block}: {bad[0]} is damaged or missing; it is computed again.")

    def finished(self) -> set[int]:
        """Numbers of the blocks that count."""
        return set(self._journal.blocks) - self._dropped

    def records(self) -> dict[int, BlockRecord]:
        """What was written for each of them, by block number."""
        return {block: record for block, record in self._journal.blocks.items() if block not in self._dropped}

    def missing(self) -> tuple[int, ...]:
        """Numbers of the blocks still to be computed, ascending."""
        done = self.finished()
        return tuple(block for block in range(self.layout.n_blocks) if block not in done)

    def commit(
        self, block: int, arrays: Mapping[str, NDArray[Any]], seconds: float = 0.0, attempt: int = 1
    ) -> None:
        """Write and journal one block, in the process that computed it.

        Parameters
        ----------
        arrays : each recorded variable, (64, *shape); rows beyond the last member are dropped
        seconds : time the block took;  attempt : how many tries it took, from 1

        Raises
        ------
        OSError
            If the disk refuses; the block does not count then, finished ones stay.
        CheckFailedError
            If the block is finished with other values.
        """
        if block in self.finished():
            self._same_values(block, raw_hashes(self.layout, block, arrays))
            return
        self.journal(write_block(self.layout, block, arrays), seconds, attempt)

    def journal(self, record: BlockRecord, seconds: float = 0.0, attempt: int = 1) -> None:
        """Let a block count whose files `write_block` wrote, here or in a worker; raises as `commit`."""
        if not self._lock.held():
            raise RunLockedError(
                f"{self.folder}  The run was taken over by another process while this one stood still. "
                f"Block {record.block} is not journaled here. End this process."
            )
        if self._dirty:
            self._journal = read_journal(self.folder, self._anchor)
            self._settle_journal()
            self._dirty = False
        known = self._journal.blocks.get(record.block)
        if known is not None:
            self._same_values(record.block, record.raw)
            if known == record:
                self._dropped.discard(record.block)
                return
        self._dirty = True
        self._journal = add_entry(self.folder, self._journal, record, seconds, attempt)
        self._dirty = False
        self._dropped.discard(record.block)

    def _same_values(self, block: int, raw: Mapping[str, str]) -> None:
        stored = self._journal.blocks[block].raw
        unlike = sorted(name for name in {*stored, *raw} if stored.get(name) != raw.get(name))
        if unlike:
            raise CheckFailedError(
                f"{self.folder}  Block {block} came out with other values of {', '.join(unlike)} than before."
                " The same run must give the same bits. Compare the versions in its manifest with yours."
            )

    def fail(self, block: int, attempt: int, kind: str, message: str, trace: str) -> None:
        """Note durably that a block could not be computed; failures do not change what counts."""
        line = {"block": block, "attempt": attempt, "type": kind, "message": message, "traceback": trace}
        fsio.append(self.folder / FAILURES, canonical(line) + b"\n")
        fsio.fsync(self.folder / FAILURES)

    def close(self) -> None:
        """Give up the lock; the run can be read before and after."""
        self._lock.release()

    def __enter__(self) -> RunWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def create_run(
    folder: Path | str,
    manifest: Mapping[str, Any],
    variables: Sequence[VariableSpec],
    coords: Coords,
    members: int,
    *,
    axis: str = "member",
    per_block: int = MEMBERS_PER_BLOCK,
) -> RunWriter:
    """Make a new run folder, ready for block 0, and hold its lock.

    Parameters
    ----------
    folder : made if absent; by custom named by the run id
    manifest : JSON values; `decisive` holds what decides the bits, everything else is only noted
    variables : what is recorded
    coords : labels of the axes other than `member`: texts, numbers or dates
    members : number of members, >= 1
    axis, per_block : name of the first axis where it is not that of the members, and its rows in a block

    Raises
    ------
    HeartlandInputError
        If the folder already holds a run, or the manifest is not JSON.
    RunLockedError
        If another process is making it.
    """
    folder = Path(folder).absolute()
    if members < 1:
        raise ValueError(f"a run has at least one member, not {members}")
    store = _described(Layout(folder, members, tuple(variables), axis, per_block), coords)
    name = run_id(manifest["decisive"])
    files = metadata(store, name)
    store["files"] = [vars(FileRecord(path, len(data), digest(data))) for path, data in files.items()]
    content = render_manifest({**manifest, "run_id": name, "store": store})
    folder.mkdir(parents=True, exist_ok=True)
    fsio.fsync_dir(folder.parent)
    lock = Lock(folder)
    try:
        if (folder / MANIFEST).exists():
            raise HeartlandInputError.at(
                "The folder already holds a run.",
                why="A finished block is never overwritten.",
                fix=f"Run `heartland resume {folder.name}`, or give another folder.",
                file=str(folder),
                check="run-exists",
            )
        fsio.put(folder / MANIFEST, content)
        publish_metadata(folder, files)
        return RunWriter(folder, lock)
    except BaseException:
        _release_quietly(lock)
        raise


def _described(layout: Layout, coords: Coords) -> dict[str, Any]:
    """The part `store` of a manifest."""
    store: dict[str, Any] = {
        "schema": STORE_SCHEMA,
        "members": layout.members,
        "blocks": layout.n_blocks,
        "variables": describe(layout.variables),
        "coords": coordinates(layout, coords),
    }
    if (layout.axis, layout.per_block) != ("member", MEMBERS_PER_BLOCK):
        store |= {"axis": layout.axis, "per_block": layout.per_block}
    # As it will be read back, so that the metadata can be written again byte for byte.
    found: dict[str, Any] = json.loads(canonical(store))
    return found


def resume_run(folder: Path | str, decisive: Mapping[str, Any] | None = None) -> RunWriter:
    """Take up a run that stopped: lock it, check what is finished, leave the rest to be computed.

    Parameters
    ----------
    decisive : what would decide the bits now; None skips the comparison with the manifest

    Raises
    ------
    HeartlandInputError
        If the code or content is not what the run was started with, or the folder is damaged.
    IncompleteRunError
        If the folder holds no run.
    RunLockedError
        If it is still being written.
    """
    folder = Path(folder).absolute()
    manifest = read_manifest(folder)
    if decisive is not None:
        changed = differences(manifest["decisive"], decisive)
        if changed:
            raise HeartlandInputError.at(
                f"The run was started with something else: {'; '.join(changed[:5])}.",
                why="Its new blocks would not belong to its old ones.",
                fix=f"Start a new run; it will be called {run_id(decisive)}.",
                file=str(folder / MANIFEST),
                check="run-changed",
            )
    lock = Lock(folder)
    try:
        writer = RunWriter(folder, lock)
        writer.check_files()
        return writer
    except BaseException:
        _release_quietly(lock)
        raise


def _release_quietly(lock: Lock) -> None:
    """Release while another error is on its way; that one is the news."""
    try:
        lock.release()
    except OSError:
        return


def start_run(
    folder: Path | str,
    manifest: Mapping[str, Any],
    variables: Sequence[VariableSpec],
    coords: Coords,
    members: int,
    *,
    axis: str = "member",
    per_block: int = MEMBERS_PER_BLOCK,
) -> RunWriter:
    """Resume the run if its folder holds one, else create it; arguments and errors as for those two."""
    if os.path.exists(Path(folder) / MANIFEST):
        return resume_run(folder, manifest["decisive"])
    return create_run(folder, manifest, variables, coords, members, axis=axis, per_block=per_block)
