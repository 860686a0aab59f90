"""The run store's use of Zarr: the group's metadata, and a strict store to read labelled data through.

Zarr by itself reads a missing chunk as fill value without a word; `StrictStore` refuses. (Its other two
holes, no file for a block that holds only the fill value and renames without a sync, do not arise:
`blocks.py` writes the chunks.)
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import zarr
from numpy.typing import NDArray
from zarr.abc.store import ByteRequest
from zarr.codecs import ZstdCodec
from zarr.core.buffer import Buffer, BufferPrototype
from zarr.core.chunk_key_encodings import ChunkKeyEncodingLike
from zarr.storage import LocalStore, MemoryStore, WrapperStore

from heartland.errors import IncompleteRunError
from heartland.runs.blocks import CHUNK, LEVEL, SEPARATOR, check_file, fill_value
from heartland.runs.journal import FileRecord

__all__ = ["StrictStore", "metadata_files"]

ROOT = "zarr.json"
_KEYS: ChunkKeyEncodingLike = {"name": "default", "separator": SEPARATOR}


def _is_chunk(key: str) -> bool:
    return key.rpartition("/")[2].startswith(CHUNK)


class StrictStore(WrapperStore[LocalStore]):
    """Gives out a chunk only if the journal lists it and its bytes have the journaled hash."""

    def __init__(self, store: LocalStore, files: Mapping[str, FileRecord] | None = None) -> None:
        super().__init__(store.with_read_only(True))
        self.files = dict(files or {})

    def _with_store(self, store: LocalStore) -> StrictStore:
        return StrictStore(store, self.files)

    async def get(
        self, key: str, prototype: BufferPrototype, byte_range: ByteRequest | None = None
    ) -> Buffer | None:
        """As the wrapped store, after the check; whole chunks only."""
        folder = self._store.root.parent
        record = self.files.get(f"{self._store.root.name}/{key}")
        if record is None:
            if not _is_chunk(key):
                return await self._store.get(key, prototype, byte_range)
            raise IncompleteRunError(
                f"{folder}  {key} belongs to a block that is not finished. "
                "Its values do not exist yet. Resume the run."
            )
        found = await self._store.get(key, prototype)
        check_file(folder, record, None if found is None else found.to_bytes(), key)
        return found


def metadata_files(
    arrays: Sequence[Mapping[str, Any]], coords: Mapping[str, Mapping[str, Any]], attrs: Mapping[str, Any]
) -> dict[str, bytes]:
    """Files of the Zarr group before the first block: metadata of all arrays, and the coordinates.

    Parameters
    ----------
    arrays : for each variable `name, dtype, dims, shape, chunks, attrs`, member axis first
    coords : for each coordinate `dtype` ("text" or a NumPy code), `attrs`, and
        `values`, a list or `{"range": n}`
    attrs : attributes of the group

    Returns
    -------
    Content by path below the group.
    """
    # Runs that are compared differ in the attributes only: what was made for one serves the next.
    files = dict(_unnamed(json.dumps([arrays, coords])))
    root: dict[str, Any] = json.loads(files[ROOT])
    root["attributes"] = dict(attrs)
    files[ROOT] = json.dumps(root, indent=zarr.config.get("json_indent")).encode()
    return files


@lru_cache(maxsize=8)
def _unnamed(description: str) -> Mapping[str, bytes]:
    """Those files without attributes of the group. description : arrays and coords as JSON"""
    arrays, coords = json.loads(description)
    held: dict[str, Buffer] = {}
    memory = MemoryStore(held)
    group = zarr.create_group(memory, attributes={})
    zstd = ZstdCodec(level=LEVEL, checksum=True)
    with zarr.config.set({"array.write_empty_chunks": True}):
        for spec in arrays:
            dtype = np.dtype(spec["dtype"])
            group.create_array(
                spec["name"], shape=spec["shape"], chunks=spec["chunks"], dtype=dtype, compressors=zstd,
                fill_value=fill_value(dtype), dimension_names=spec["dims"], attributes=dict(spec["attrs"]),
                chunk_key_encoding=_KEYS,
            )
        for name, coord in coords.items():
            text = coord["dtype"] == "text"
            listed = coord["values"]
            listed = range(listed["range"]) if isinstance(listed, Mapping) else listed
            values: NDArray[Any] = np.asarray(listed, dtype=str if text else coord["dtype"])
            made = group.create_array(
                name, shape=values.shape, chunks=(max(1, values.size),), dtype=str if text else values.dtype,
                compressors=zstd, dimension_names=(name,), attributes=dict(coord["attrs"]),
                chunk_key_encoding=_KEYS,
            )
            if values.size:
                made[...] = values
    with warnings.catch_warnings():
        # Zarr v3 readers that do not know consolidated metadata ignore it; xarray asks for it.
        warnings.simplefilter("ignore")
        zarr.consolidate_metadata(memory)
    return {key: held[key].to_bytes() for key in sorted(held)}
