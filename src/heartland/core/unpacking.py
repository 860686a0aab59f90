"""Caps on what comes out of archives: entries, and bytes for each byte packed."""

from __future__ import annotations

import io
import zipfile
from typing import IO, TYPE_CHECKING

from heartland.core.limits import limit, over

if TYPE_CHECKING:
    from collections.abc import Buffer  # type: ignore[attr-defined]  # from Python 3.12 on

__all__ = ["Unpacked", "check_entries", "check_ratio"]

# unpacked bytes below which the ratio is not looked at
RATIO_FROM = 10_000_000


def check_entries(archive: zipfile.ZipFile, shown: str) -> None:
    """Refuse an archive of very many files.

    Raises
    ------
    HeartlandInputError
        For more entries than the cap (`HEARTLAND_LIMIT_ARCHIVE_ENTRIES`).
    """
    many = len(archive.infolist())
    if many > limit("ARCHIVE_ENTRIES"):
        raise over("ARCHIVE_ENTRIES", f"the archive has {many:,} entries", file=shown)


def check_ratio(unpacked: int, packed: int, shown: str) -> None:
    """Refuse a file of which very much has come for its size.

    unpacked : bytes so far;  packed : bytes of the file, 0 if it is not packed

    Raises
    ------
    HeartlandInputError
        For more than the cap (`HEARTLAND_LIMIT_ARCHIVE_RATIO`), once 10 MB have come.
    """
    if packed and unpacked > max(RATIO_FROM, limit("ARCHIVE_RATIO") * packed):
        what = f"the file unpacks to more than {limit('ARCHIVE_RATIO'):,} times its size"
        raise over("ARCHIVE_RATIO", what, file=shown)


class Unpacked(io.RawIOBase):
    """The bytes inside a packed file, which stop at the cap on their ratio to the packed ones."""

    def __init__(self, stream: IO[bytes], packed: int, shown: str) -> None:
        self._stream, self._packed, self._shown, self._done = stream, packed, shown, 0

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, into: Buffer) -> int:
        """As of any raw stream; errors as of `check_ratio`."""
        view = memoryview(into).cast("B")
        data = self._stream.read(len(view))
        self._done += len(data)
        check_ratio(self._done, self._packed, self._shown)
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close the packed file too."""
        self._stream.close()
        super().close()
