"""Blocks of 64 members: what a run records, and the writing of one block by any process.

A store may have another first axis than that of the members, with another number of rows to a block: that of
a sweep has one row, and so one block, for each of its points.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heartland.core.noise import MEMBERS_PER_BLOCK
from heartland.errors import HeartlandInputError, IncompleteRunError
from heartland.runs import fsio
from heartland.runs.journal import BlockRecord, FileRecord
from heartland.runs.manifest import digest

__all__ = [
    "CHUNK",
    "DATA",
    "LEVEL",
    "SEPARATOR",
    "Layout",
    "VariableSpec",
    "check_file",
    "chunk_path",
    "fill_value",
    "raw_hashes",
    "read_block",
    "write_block",
    "write_blocks",
    "zstd",
]

DATA = "data.zarr"
# Zarr's chunk keys `c.3.0.0`: no folders of their own below a variable, each of which would have to be synced
SEPARATOR = "."
CHUNK = f"c{SEPARATOR}"
# of zstd: half the time of level 1 for a twelfth more bytes
LEVEL = -3
_KINDS, _WIDEST = "bifu", 8


@dataclass(frozen=True)
class VariableSpec:
    """A recorded variable.

    name : Python name;  dtype : NumPy code of a bool, integer or float type, such as "f4"
    dims, shape : names and lengths of its axes after the first, which is that of the members
    attrs : JSON values, such as `unit` and `label`
    per_block : it has one row for each block as a whole, and a first axis `block`
    """

    name: str
    dtype: str
    dims: tuple[str, ...] = ()
    shape: tuple[int, ...] = ()
    attrs: Mapping[str, Any] = field(default_factory=dict)
    per_block: bool = False

    def __post_init__(self) -> None:
        kind = np.dtype(self.dtype)
        if kind.kind not in _KINDS or kind.itemsize > _WIDEST:
            raise ValueError(f"variable {self.name}: type {self.dtype} cannot be stored")
        if len(self.dims) != len(self.shape):
            raise ValueError(f"variable {self.name}: {self.dims} does not name the axes of {self.shape}")

    @property
    def stored(self) -> np.dtype[Any]:
        """Its type on disk, little-endian."""
        return np.dtype(self.dtype).newbyteorder("<")


@dataclass(frozen=True)
class Layout:
    """Where and how the blocks of one run are stored; small enough to be sent to a worker.

    folder : of the run;  members : number of members;  variables : recorded, in order
    axis : name of the first axis;  per_block : its rows in a block
    """

    folder: Path
    members: int
    variables: tuple[VariableSpec, ...]
    axis: str = "member"
    per_block: int = MEMBERS_PER_BLOCK

    def __post_init__(self) -> None:
        twice = [spec.name for spec in self.variables if self.axis in spec.dims]
        if twice:
            raise ValueError(f"variable {twice[0]}: {self.axis} is the axis of all variables already")

    @property
    def n_blocks(self) -> int:
        """Number of blocks, the last one possibly cut."""
        return math.ceil(self.members / self.per_block)

    def rows(self, block: int) -> slice:
        """Members of a block.

        Raises
        ------
        ValueError
            If there is no such block.
        """
        if not 0 <= block < self.n_blocks:
            raise ValueError(f"{self.folder} has blocks 0 to {self.n_blocks - 1}, not {block}")
        first = block * self.per_block
        return slice(first, min(first + self.per_block, self.members))

    def chunk_rows(self, spec: VariableSpec) -> int:
        """Length of the first axis of every chunk of a variable."""
        return 1 if spec.per_block else self.per_block

    def kept_rows(self, spec: VariableSpec, block: int) -> int:
        """How many rows of the chunk of a block hold values."""
        rows = self.rows(block)
        return 1 if spec.per_block else rows.stop - rows.start

    def room(self, spec: VariableSpec) -> NDArray[Any]:
        """Room for one chunk of a variable, to be read into."""
        return np.empty((self.chunk_rows(spec), *spec.shape), dtype=spec.stored)

    def zarr_arrays(self) -> list[dict[str, Any]]:
        """Description of the arrays as `metadata_files` takes it."""
        return [
            {
                "name": spec.name,
                "dtype": spec.stored.str,
                "dims": ("block" if spec.per_block else self.axis, *spec.dims),
                "shape": (self.n_blocks if spec.per_block else self.members, *spec.shape),
                "chunks": (self.chunk_rows(spec), *(max(1, n) for n in spec.shape)),
                "attrs": dict(spec.attrs),
            }
            for spec in self.variables
        ]


def _checked(layout: Layout, block: int, arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Arrays as they go to disk: stored type, C order, cut to the members of the run."""
    names = {spec.name for spec in layout.variables}
    if names != set(arrays):
        unlike = sorted(names ^ set(arrays))
        raise ValueError(f"block {block}: recorded and computed variables differ in {', '.join(unlike)}")
    cut = {}
    for spec in layout.variables:
        array = np.asarray(arrays[spec.name])
        whole, kept = layout.chunk_rows(spec), layout.kept_rows(spec, block)
        if array.shape[1:] != spec.shape or array.shape[:1] not in ((whole,), (kept,)):
            wanted = (whole, *spec.shape)
            raise ValueError(f"block {block}, variable {spec.name}: shape {array.shape} is not {wanted}")
        if not np.can_cast(array.dtype, spec.stored, "same_kind"):
            raise ValueError(f"block {block}, variable {spec.name}: {array.dtype} does not fit {spec.dtype}")
        cut[spec.name] = np.ascontiguousarray(array[:kept], dtype=spec.stored)
    return cut


def _raw(cut: Mapping[str, NDArray[Any]]) -> dict[str, str]:
    return {name: digest(array.reshape(-1).view(np.uint8).data) for name, array in cut.items()}


def raw_hashes(layout: Layout, block: int, arrays: Mapping[str, NDArray[Any]]) -> dict[str, str]:
    """SHA-256 of the little-endian C-order values of each variable, members beyond the run's last left out.

    Raises
    ------
    ValueError
        If the arrays do not fit the layout.
    """
    return _raw(_checked(layout, block, arrays))


@cache
def zstd() -> Any:
    """The store's codec."""
    # Zarr's own codec, called directly: a third of the time of an assignment through an array.
    from numcodecs.zstd import Zstd  # type: ignore[import-untyped]  # the package carries no annotations

    return Zstd(level=LEVEL, checksum=True)


def fill_value(dtype: np.dtype[Any]) -> Any:
    """What stands where nothing was written: NaN, 0 or False."""
    return np.nan if dtype.kind == "f" else dtype.type(0)


def _chunk(array: NDArray[Any], rows: int) -> bytes:
    """A block as Zarr stores it: always all its rows, little-endian, zstd with checksum."""
    if array.shape[0] < rows:
        whole = np.full((rows, *array.shape[1:]), fill_value(array.dtype), dtype=array.dtype)
        whole[: array.shape[0]] = array
        array = whole
    encoded: bytes = zstd().encode(array)
    return encoded


def chunk_path(spec: VariableSpec, block: int) -> str:
    """Path of a chunk below the run folder."""
    return f"{DATA}/{spec.name}/{CHUNK}" + SEPARATOR.join((str(block), *("0" for _ in spec.shape)))


def write_block(layout: Layout, block: int, arrays: Mapping[str, NDArray[Any]]) -> BlockRecord:
    """Write the chunks of one block durably; the block counts only once its record is journaled.

    Parameters
    ----------
    arrays : each variable of the layout, (64, *shape), or already cut to the members of the block

    Returns
    -------
    Record for `RunWriter.journal`, which one process alone may call.

    Raises
    ------
    ValueError
        If the arrays do not fit the layout.
    OSError
        If the disk refuses; nothing that counts has changed then.
    """
    return write_blocks(layout, {block: arrays})[0]


def write_blocks(layout: Layout, computed: Mapping[int, Mapping[str, NDArray[Any]]]) -> list[BlockRecord]:
    """Write some blocks as `write_block` does; they share the syncing of folders, so they count together."""
    written: list[Path] = []
    try:
        records = [_write(layout, block, arrays, written) for block, arrays in computed.items()]
        fsio.publish(written, layout.folder / DATA)
    except BaseException:
        for target in written:
            with contextlib.suppress(OSError):
                fsio.unlink(fsio.temporary(target))
        raise
    return records


def _write(
    layout: Layout, block: int, arrays: Mapping[str, NDArray[Any]], written: list[Path]
) -> BlockRecord:
    """Write the chunks of a block under temporary names; notes their own names in `written`."""
    cut = _checked(layout, block, arrays)
    records: list[FileRecord] = []
    for spec in layout.variables:
        if cut[spec.name].size:
            data = _chunk(cut[spec.name], layout.chunk_rows(spec))
            path = chunk_path(spec, block)
            written.append(layout.folder / path)
            fsio.write(fsio.temporary(written[-1]), data)
            records.append(FileRecord(path, len(data), digest(data)))
    return BlockRecord(block, tuple(records), _raw(cut))


def read_block(
    layout: Layout, record: BlockRecord, spec: VariableSpec, room: NDArray[Any] | None = None
) -> NDArray[Any]:
    """Values of one variable in one finished block, (members of the block, *shape), after checking the file.

    room : as `Layout.room` gives it, to be filled and given back; default a new one

    Raises
    ------
    IncompleteRunError
        If the file is missing.
    HeartlandInputError
        If it is not what was journaled.
    """
    kept = layout.kept_rows(spec, record.block)
    path = chunk_path(spec, record.block)
    listed = next((file for file in record.files if file.path == path), None)
    if listed is None:
        return np.empty((kept, *spec.shape), dtype=spec.stored)
    if room is None:
        room = layout.room(spec)
    try:
        data = (layout.folder / path).read_bytes()
    except FileNotFoundError:
        data = None
    check_file(layout.folder, listed, data, f"block {record.block}")
    zstd().decode(data, room)
    return room[:kept]


def check_file(folder: Path, record: FileRecord, data: bytes | None, owner: str) -> None:
    """Compare the content of a listed file with its journal line.

    Raises
    ------
    IncompleteRunError
        If the file is missing (`data` None).
    HeartlandInputError
        If it is not what was journaled.
    """
    if data is None:
        raise IncompleteRunError(
            f"{folder / record.path}  The file of {owner} is missing. It was finished, so it was removed "
            f"later. Run `heartland verify {folder.name} --repair`."
        )
    if len(data) != record.bytes or digest(data) != record.sha256:
        raise HeartlandInputError.at(
            f"The file of {owner} is not what was written.",
            why="Its values would be wrong.",
            fix=f"Run `heartland verify {folder.name} --repair`.",
            file=str(folder / record.path),
            check="run-damaged",
        )


def describe(variables: Sequence[VariableSpec]) -> list[dict[str, Any]]:
    """Variables as JSON values, for the manifest."""
    return [
        {
            "name": spec.name,
            "dtype": spec.dtype,
            "dims": list(spec.dims),
            "shape": list(spec.shape),
            "attrs": dict(spec.attrs),
            **({"per_block": True} if spec.per_block else {}),
        }
        for spec in variables
    ]


def undescribe(values: Sequence[Mapping[str, Any]]) -> tuple[VariableSpec, ...]:
    """Variables from their description in a manifest."""
    return tuple(
        VariableSpec(
            v["name"], v["dtype"], tuple(v["dims"]), tuple(v["shape"]), dict(v["attrs"]),
            v.get("per_block", False),
        )
        for v in values
    )
