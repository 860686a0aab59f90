"""A strict store of Zarr's, to read labelled data through.

Zarr by itself reads a missing chunk as fill value without a word; `StrictStore` refuses. (Its other two
holes, no file for a block that holds only the fill value and renames without a sync, do not arise:
`blocks.py` writes the chunks.)
"""

from __future__ import annotations

from collections.abc import Mapping

from zarr.abc.store import ByteRequest
from zarr.core.buffer import Buffer, BufferPrototype
from zarr.storage import LocalStore, WrapperStore

from heartland.errors import IncompleteRunError
from heartland.runs.blocks import CHUNK, check_file
from heartland.runs.journal import FileRecord

__all__ = ["StrictStore"]


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
