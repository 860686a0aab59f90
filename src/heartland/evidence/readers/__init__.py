"""Readers of official files, by the word after `heartland import`; nothing is imported until it is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib import import_module

from heartland.errors import HeartlandInputError, suggestion
from heartland.evidence.readers.base import Imported, Reader, Settings

__all__ = ["READERS", "Imported", "Reader", "Settings", "reader"]

# module -> name of its readers
CATALOGUES = {
    "heartland.evidence.readers.catalogue": "TABLE_READERS",
    "heartland.evidence.readers.events": "EVENT_READERS",
}


class _Readers(Mapping[str, Reader]):
    """All readers; the catalogues are imported at the first look."""

    @cached_property
    def _all(self) -> dict[str, Reader]:
        return {
            found.name: found
            for module, attribute in CATALOGUES.items()
            for found in getattr(import_module(module), attribute)
        }

    def __getitem__(self, name: str) -> Reader:
        return self._all[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


READERS: Mapping[str, Reader] = _Readers()


def reader(name: str) -> Reader:
    """A reader by name.

    Raises
    ------
    HeartlandInputError with near names
    """
    try:
        return READERS[name]
    except KeyError:
        raise HeartlandInputError.at(
            f'"{name}" is not a kind of file that can be read.', why="Every layout has its own reader.",
            fix=suggestion(name, READERS, listing="Kinds: heartland import --list."), check="import-kind",
        ) from None  # fmt: skip
