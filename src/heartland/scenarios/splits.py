"""The split of every change of a state by what made it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heartland.errors import HeartlandError
from heartland.scenarios.plan import Floats, Plan

__all__ = ["Split", "Splits", "member_first"]

STRIP = 32


class Split:
    """Change of one state since the start by part, and what it was at the steps of `grid.why`.

    While a run beside has the same books, additions wait until the phase is over, so that it can still part
    from what stood before.

    totals : (part, *axes, member);  rows : (time, part, *axes, member)
    followers : runs beside that have these books as theirs
    """

    def __init__(self, names: Sequence[str], shape: tuple[int, ...], rows: int) -> None:
        self.places = {name: place for place, name in enumerate(names)}
        self.begun: set[str] = set()
        self.followers = 0
        self.totals: Floats = np.zeros((len(names), *shape))
        self.rows: Floats = np.empty((rows, *self.totals.shape))
        self._kept: set[int] = set()
        self._waiting: list[tuple[str, Any]] = []
        self._done: NDArray[np.generic] | None = None

    def add(self, part: str, increment: Any) -> None:
        """Add to a part; the increment broadcasts to the state."""
        if self.followers:
            self._waiting.append((part, increment))
        else:
            self._book(part, increment)

    def settle(self) -> None:
        """Book what waits."""
        for part, increment in self._waiting:
            self._book(part, increment)
        self._waiting.clear()

    def _book(self, part: str, increment: Any) -> None:
        total = self.totals[self.places[part]]
        if part in self.begun:
            total += increment
        else:
            # 0 less nothing is 0 here as where the part was begun before, never -0
            np.add(increment, 0.0, out=total)
            self.begun.add(part)

    def moved(self, part: str) -> bool:
        """Whether a part was ever added to."""
        return part in self.begun or any(part == waiting for waiting, _ in self._waiting)

    def parted(self) -> Split:
        """A split of its own that stands where this one stood when the phase began."""
        other = Split((), (), 0)
        other.places, other.begun, other._kept = self.places, set(self.begun), set(self._kept)
        other.totals, other.rows = self.totals.copy(), np.empty_like(self.rows)
        for row in self._kept:
            other.rows[row] = self.rows[row]
        self.followers -= 1
        return other

    def keep(self, row: int) -> None:
        """Keep the totals as a row."""
        self.settle()
        self.rows[row] = self.totals
        self._kept.add(row)

    def array(self) -> NDArray[np.generic]:
        """(member, time, part, *axes) float64; the books are closed with it."""
        if self._done is None:
            for row in set(range(len(self.rows))) - self._kept:
                self.rows[row] = 0.0
            self._done = member_first(self.rows)
            self.rows = self.totals = np.zeros(0)
        return self._done


class Splits:
    """Splits of the recorded states of some members.

    A state that has moved just as in a run beside this one has one split with it, for as long as that is so.
    """

    def __init__(
        self, plan: Plan, shapes: Mapping[str, tuple[int, ...]], twin: Splits | None = None
    ) -> None:
        """shapes : (*axes, member) of the states to be split;  twin : splits of a run beside this one"""
        self._why = plan.grid.why
        self._rows = {step: row for row, step in enumerate(self._why)}
        self._twin = twin
        self._splits: dict[str, Split] = {}
        self._shared: set[str] = set()
        # of this phase: moved by mechanisms, moved by patches, moved just as in the run beside
        self._added: set[str] = set()
        self._patched: set[str] = set()
        self._followed: set[str] = set()
        for name, shape in shapes.items():
            theirs = None if twin is None or twin._why != self._why else twin._splits.get(name)
            if theirs is not None and tuple(theirs.places) == plan.parts[name]:
                theirs.followers += 1
                self._splits[name] = theirs
                self._shared.add(name)
            else:
                self._splits[name] = Split(plan.parts[name], shape, len(self._rows))

    def begin(self) -> None:
        """A phase begins; the one before is over, for the run beside as well."""
        for books in (self._added, self._patched, self._followed):
            books.clear()
        for name, split in self._splits.items():
            if name not in self._shared:
                split.settle()

    def add(self, name: str, part: str, increment: Any) -> None:
        """Book what a mechanism did to a state.

        Raises
        ------
        HeartlandError
            For a part that is unknown.
        """
        split = self._own(name)
        if split is not None:
            if part not in split.places:
                raise HeartlandError(f"{part} of {name} is named only now and then")
            self._added.add(name)
            split.add(part, increment)

    def bounds(self, name: str, before: Floats, after: Floats) -> None:
        """Book what the bounds of a state took off."""
        self._difference(name, "bounds", before, after, self._added)

    def patch(self, name: str, before: Floats, after: Floats) -> None:
        """Book the effect of a patch."""
        self._difference(name, "patch", before, after, self._patched)

    def follow(self, name: str) -> bool:
        """Take over how the run beside has moved a state in this phase; False if that is not to be had.

        To be asked only where the mechanisms moved it there just as here.
        """
        if name not in self._splits:
            return True
        if name not in self._shared or self._twin is None or name in self._twin._patched:
            return False
        self._followed.add(name)
        return True

    def end(self) -> None:
        """A phase is over here: part from the run beside wherever that moved a state otherwise."""
        if self._twin is not None:
            moved = (self._twin._added - self._followed) | self._twin._patched
            for name in self._shared & moved:
                self._own(name)

    def keep(self, step: int) -> None:
        """Keep what the steps of `grid.why` ask for, once every run has taken the step."""
        if step in self._rows:
            for name, split in self._splits.items():
                if name not in self._shared:
                    split.keep(self._rows[step])

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """By variable name, member first; to be called once."""
        return {f"why_{name}": self._splits.pop(name).array() for name in list(self._splits)}

    def _own(self, name: str) -> Split | None:
        if name in self._shared:
            self._shared.discard(name)
            self._splits[name] = self._splits[name].parted()
        return self._splits.get(name)

    def _difference(self, name: str, part: str, before: Floats, after: Floats, booked: set[str]) -> None:
        if name not in self._splits:
            return
        change = after - before
        if self._splits[name].moved(part) or change.any():
            split = self._own(name)
            assert split is not None
            booked.add(name)
            split.add(part, change)


def member_first(array: NDArray[np.generic]) -> NDArray[np.generic]:
    """The last axis put first, contiguous; in strips that stay in the cache."""
    flat = array.reshape(-1, array.shape[-1])
    turned = np.empty(flat.shape[::-1], dtype=array.dtype)
    for first in range(0, flat.shape[0], STRIP):
        turned[:, first : first + STRIP] = flat[first : first + STRIP].T
    return turned.reshape(array.shape[-1:] + array.shape[:-1])
