"""Plans whose arrays by draw are not held: each stored block of members has its own on the disk.

A plan grows with its members. From the shelf a process reads the draws of the one stored block that it
computes, and the parent draws them for some thousands of members at a time, so memory does not grow.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from heartland.runs.lock import LOCK, Lock, holder_of
from heartland.scenarios.plan import Floats, Plan
from heartland.scenarios.state import DRAW
from heartland.scenarios.windows import DRAWN, Drawn, drawn, with_draws

if TYPE_CHECKING:
    from heartland.scenarios.scenario import Scenario

__all__ = ["AsNeeded", "Shelf", "shelved"]

PREFIX = ".plans-"
# stored blocks drawn at a time: 24,576 members
TOGETHER = 64
# field of the plan and name in it
Key: TypeAlias = tuple[str, str]


@dataclass(frozen=True)
class AsNeeded:
    """Plans whose draws are made anew for each stored block; slow, and nothing is kept.

    scenarios : from which the plans were compiled, for any number of members;  width : members a stored block
    """

    scenarios: tuple[Scenario, ...]
    light: tuple[Plan, ...]
    width: int

    def plans(self, block: int) -> tuple[Plan, ...]:
        """The plans with the draws of one stored block alone."""
        draws = self.width // DRAW
        return self.window(block * draws, draws)

    def window(self, first: int, draws: int) -> tuple[Plan, ...]:
        """The plans with some draws; those that begin alike hold the same arrays."""
        made: dict[int, Drawn] = {}
        found = []
        for scenario, plan in zip(self.scenarios, self.light, strict=True):
            key = id(plan.start)
            if key not in made:
                made[key] = drawn(scenario, plan, first, draws)
            found.append(with_draws(plan, made[key]))
        return tuple(found)


@dataclass(frozen=True)
class Shelf:
    """Plans without their arrays by draw, and how these lie in the files of the stored blocks; picklable.

    folder : of the files `BLOCK.npy`, each float64 (all arrays one after the other)
    shapes : of the arrays in a file, without the draw; an array that several plans hold lies there once
    held : for each plan, field and name, which array of the file it is
    """

    folder: str
    light: tuple[Plan, ...]
    shapes: tuple[tuple[int, ...], ...]
    held: tuple[Mapping[Key, int], ...]
    width: int

    def plans(self, block: int) -> tuple[Plan, ...]:
        """The plans with the draws of one stored block; arrays are shared where the plans share them."""
        flat = np.load(Path(self.folder) / f"{block}.npy", allow_pickle=False)
        draws = self.width // DRAW
        arrays, at = [], 0
        for shape in self.shapes:
            size = int(np.prod(shape, dtype=np.int64)) * draws
            arrays.append(flat[at : at + size].reshape(*shape, draws))
            at += size
        return tuple(
            with_draws(plan, _filled(plan, {key: arrays[place] for key, place in held.items()}))
            for plan, held in zip(self.light, self.held, strict=True)
        )


def _filled(plan: Plan, arrays: Mapping[Key, Floats]) -> Drawn:
    return {
        field: {name: arrays.get((field, name), array) for name, array in getattr(plan, field).items()}
        for field in DRAWN
    }


@contextmanager
def shelved(source: AsNeeded, blocks: Collection[int], out: Path) -> Iterator[Shelf]:
    """Lay the draws of some stored blocks in files below `out`, until the context ends.

    Files that a process left which no longer runs are removed.
    """
    out.mkdir(parents=True, exist_ok=True)
    for left in out.glob(f"{PREFIX}*"):
        if (left / LOCK).is_file() and holder_of(left) is None:
            shutil.rmtree(left, ignore_errors=True)
    arrays, held = _distinct(source.light)
    with TemporaryDirectory(prefix=PREFIX, dir=out) as folder:
        Lock(Path(folder))
        draws = source.width // DRAW
        for number in sorted({block // TOGETHER for block in blocks}):
            wanted = [block for block in sorted(blocks) if block // TOGETHER == number]
            many = wanted[-1] + 1 - wanted[0]
            _lay(Path(folder), source.window(wanted[0] * draws, many * draws), held, wanted, draws)
        yield Shelf(folder, source.light, tuple(array.shape[:-1] for array in arrays), held, source.width)


def _distinct(plans: Sequence[Plan]) -> tuple[list[Floats], tuple[dict[Key, int], ...]]:
    """Arrays by draw of some plans, each once, and for each plan which of them stands where."""
    places: dict[int, int] = {}
    arrays: list[Floats] = []
    held: list[dict[Key, int]] = []
    for plan in plans:
        own = {(field, name): array for field in DRAWN for name, array in getattr(plan, field).items()}
        for array in own.values():
            if array.shape[-1] > 1 and id(array) not in places:
                places[id(array)] = len(arrays)
                arrays.append(array)
        held.append({key: places[id(array)] for key, array in own.items() if id(array) in places})
    return arrays, tuple(held)


def _lay(
    folder: Path, plans: Sequence[Plan], held: Sequence[Mapping[Key, int]], blocks: Sequence[int], draws: int
) -> None:
    """Write the file of each stored block from plans that hold the draws from the first of them on."""
    arrays = {
        place: getattr(plan, field)[name]
        for plan, own in zip(plans, held, strict=True)
        for (field, name), place in own.items()
    }
    for block in blocks:
        first = (block - blocks[0]) * draws
        parts = [arrays[place][..., first : first + draws].ravel() for place in sorted(arrays)]
        np.save(folder / f"{block}.npy", np.concatenate(parts), allow_pickle=False)
