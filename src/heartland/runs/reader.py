"""A run folder seen by its readers: finished blocks only, and only through the journal."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from heartland.errors import Finding, HeartlandInputError, IncompleteRunError, suggestion
from heartland.runs.blocks import DATA, read_block
from heartland.runs.folder import layout_of, listed_files
from heartland.runs.journal import BlockRecord, damaged, read_journal
from heartland.runs.lock import holder_of
from heartland.runs.manifest import MANIFEST, digest, read_manifest

if TYPE_CHECKING:
    import xarray

    from heartland.runs.store import RunWriter

__all__ = ["Run", "open_run"]


class Run:
    """A run opened for reading; every value read is checked against the journal's hash of its file.

    folder, manifest, layout : of the run
    finished : numbers of the finished blocks, ascending, at the time of opening
    notes : what was found on opening that takes nothing from the finished blocks
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder).absolute()
        self.manifest = read_manifest(self.folder)
        self.layout = layout_of(self.folder, self.manifest)
        journal = read_journal(self.folder, digest((self.folder / MANIFEST).read_bytes()))
        if journal.damage:
            raise damaged(self.folder, *journal.damage[0])
        self.notes = [f"The last journal {journal.torn}; it does not count."] if journal.torn else []
        self._blocks: dict[int, BlockRecord] = journal.blocks
        self.finished = tuple(self._blocks)
        self._require_files()

    @classmethod
    def open(cls, folder: Path | str) -> Run:
        """Open a run folder; same as `open_run`."""
        return cls(folder)

    @classmethod
    def written(cls, writer: RunWriter) -> Run:
        """The run of a writer as it stands, without reading again what the writer has read and written."""
        run = cls.__new__(cls)
        run.folder, run.manifest, run.layout = writer.folder, writer.manifest, writer.layout
        run.notes = []
        run._blocks = writer.records()
        run.finished = tuple(run._blocks)
        return run

    def _require_files(self) -> None:
        for block, record in self._blocks.items():
            for file in record.files:
                path = self.folder / file.path
                if not path.is_file():
                    raise IncompleteRunError(
                        f"{path}  The file of block {block} is missing. The block was finished, so it was "
                        f"removed later. Run `heartland verify {self.folder.name} --repair`."
                    )

    def __repr__(self) -> str:
        return f"<Run {self.manifest['run_id']}: {self.progress} {self.layout.axis}s, {self.state}>"

    @property
    def members_finished(self) -> int:
        """Number of members whose blocks are finished."""
        return int(self._rows.size)

    @property
    def complete(self) -> bool:
        """Whether all blocks are finished."""
        return len(self.finished) == self.layout.n_blocks

    @property
    def state(self) -> str:
        """`complete`, `running` (a living process holds the lock) or `interrupted`."""
        if self.complete:
            return "complete"
        return "running" if holder_of(self.folder) else "interrupted"

    @property
    def progress(self) -> str:
        """Finished members as `320 of 1000`."""
        return f"{self.members_finished} of {self.layout.members}"

    def require_complete(self) -> None:
        """Refuse a run with unfinished blocks.

        Raises
        ------
        IncompleteRunError
            Naming the blocks that are missing.
        """
        if not self.complete:
            missing = [block for block in range(self.layout.n_blocks) if block not in self._blocks]
            raise self._unfinished(missing)

    def _unfinished(self, blocks: list[int]) -> IncompleteRunError:
        word = "Block" if len(blocks) == 1 else "Blocks"
        listed = ", ".join(str(block) for block in blocks)
        return IncompleteRunError(
            f"{self.folder}  {word} {listed} of {self.layout.n_blocks} not finished "
            f"({self.progress} {self.layout.axis}s). Run `heartland resume {self.folder.name}`."
        )

    @cached_property
    def _rows(self) -> NDArray[np.int64]:
        rows = [self.layout.rows(block) for block in self.finished]
        return np.concatenate([np.arange(0), *(np.arange(part.start, part.stop) for part in rows)])

    def array(self, name: str, block: int | None = None, row: int | None = None) -> NDArray[Any]:
        """Values of one variable without labels.

        Parameters
        ----------
        block : one block only; None for all finished ones, ordered by member
        row : one place of the first axis after that of the members; only that much is held in memory

        Returns
        -------
        (finished member, *shape of the variable), in its stored type; without its first axis given a row

        Raises
        ------
        IncompleteRunError
            If the block is not finished or its file is missing.
        HeartlandInputError
            If there is no such variable, or a file is not what was journaled.
        """
        specs = {spec.name: spec for spec in self.layout.variables}
        if name not in specs:
            raise HeartlandInputError.at(
                f"The run has no variable {name}.",
                fix=suggestion(name, specs, listing=f"Recorded: {', '.join(specs)}."),
                file=str(self.folder),
                check="run-variable",
            )
        spec = specs[name]
        if block is not None:
            if block not in self._blocks:
                raise self._unfinished([block])
            return _row(read_block(self.layout, self._blocks[block], spec), row)
        shape = spec.shape if row is None else spec.shape[1:]
        rows = len(self.finished) if spec.per_block else self.members_finished
        values = np.empty((rows, *shape), dtype=spec.stored)
        at = 0
        room = self.layout.room(spec)
        for record in self._blocks.values():
            part = _row(read_block(self.layout, record, spec, room), row)
            values[at : at + len(part)] = part
            at += len(part)
        return values

    @cached_property
    def ds(self) -> xarray.Dataset:
        """Finished members as a labelled dataset, read when used; attribute `members` says `320 of 1000`."""
        import xarray
        from zarr.storage import LocalStore

        from heartland.runs.zarrio import StrictStore

        files = listed_files(self.manifest)
        files += [file for record in self._blocks.values() for file in record.files]
        store = StrictStore(LocalStore(self.folder / DATA), {file.path: file for file in files})
        data: xarray.Dataset = xarray.open_zarr(store, chunks=None, consolidated=True)
        # Plain fixed-width texts: not every library takes NumPy's variable-width ones yet.
        names = [name for name in data.coords if data[name].dtype.kind == "T"]
        texts = {name: (name, np.array(data[name].values.tolist(), dtype=str)) for name in names}
        data = data.assign_coords(texts)
        if not self.complete:
            kept = {self.layout.axis: self._rows, "block": list(self.finished)}
            data = data.isel(kept, missing_dims="ignore")
        return data.assign_attrs(run_id=self.manifest["run_id"], members=self.progress)

    def verify(self) -> list[Finding]:
        """Re-hash everything in the folder; see `heartland.runs.verify.verify`."""
        from heartland.runs.verify import verify

        return verify(self.folder)


def _row(values: NDArray[Any], row: int | None) -> NDArray[Any]:
    return values if row is None else values[:, row]


def open_run(folder: Path | str) -> Run:
    """Open a run for reading, finished or not.

    Raises
    ------
    IncompleteRunError
        If the folder holds no run, or a file of a finished block is missing.
    HeartlandInputError
        If the manifest or the journal is damaged.
    """
    return Run(folder)
