"""The arrays of plans laid in files, which workers map and read where they need them.

A plan grows with its members. Sent as it is, every worker would hold all of it; from the shelf it reads the
draws of the blocks it computes, and the system keeps one copy for all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from heartland.scenarios.plan import Plan

__all__ = ["Shelf", "shelved"]

GROUPS = ("start", "statics", "parameters", "volumes", "totals", "bases")
# bytes; a smaller array costs less in the message than in a file
LARGE = 8_000
_opened: dict[str, tuple[Plan, ...]] = {}


@dataclass(frozen=True)
class Shelf:
    """Plans without their large arrays, and where those lie; picklable.

    files : (number of the plan, group, name, file)
    """

    folder: str
    light: tuple[Plan, ...]
    files: tuple[tuple[int, str, str, str], ...]

    def plans(self) -> tuple[Plan, ...]:
        """The plans with their arrays mapped from the files; the same objects for each call in a process."""
        if self.folder not in _opened:
            _opened.clear()
            found = list(self.light)
            for number, group, name, file in self.files:
                array = np.load(Path(self.folder) / file, mmap_mode="r", allow_pickle=False)
                changed: Any = {group: {**getattr(found[number], group), name: array}}
                found[number] = replace(found[number], **changed)
            _opened[self.folder] = tuple(found)
        return _opened[self.folder]


@contextmanager
def shelved(plans: Sequence[Plan], out: Path) -> Iterator[Shelf]:
    """Lay the large arrays of some plans in files below `out`, until the context ends."""
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".plans-", dir=out) as folder:
        known: dict[int, str] = {}
        files, light = [], []
        for number, plan in enumerate(plans):
            changed: dict[str, Any] = {}
            for group in GROUPS:
                held = getattr(plan, group)
                large = {name: array for name, array in held.items() if array.nbytes > LARGE}
                changed[group] = {name: array for name, array in held.items() if name not in large}
                for name, array in large.items():
                    if id(array) not in known:
                        known[id(array)] = f"{len(known)}.npy"
                        np.save(Path(folder) / known[id(array)], array, allow_pickle=False)
                    files.append((number, group, name, known[id(array)]))
            light.append(replace(plan, **changed))
        try:
            yield Shelf(folder, tuple(light), tuple(files))
        finally:
            _opened.pop(folder, None)
