"""Derived inputs kept for as long as nothing that they were made of has moved.

An input is made from states, constants, remembered levels and other inputs. While it is being made, what it
looks at is noted; later it is made anew only if one of those is another array by then. Arrays are never
written to once they stand in a state, so the same array holds the same numbers. What a run beside this one
made of the same arrays is taken from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from heartland.core.arrays import alike
from heartland.scenarios.plan import Floats
from heartland.scenarios.state import Axes
from heartland.scenarios.subjects.base import Reader

__all__ = ["Kept", "Looked"]

# where an array stood (state, constant, remembered level), under which name, and which array it was
Looked: TypeAlias = dict[tuple[str, str], Floats]
_PLACES = ("state", "statics", "before", "first")


class _Noted(Mapping[str, Floats]):
    """Arrays by name; what is looked at is noted in the last of some notes."""

    def __init__(self, place: str, arrays: Mapping[str, Floats], notes: list[Looked]) -> None:
        self._place, self.arrays, self._notes = place, arrays, notes

    def __getitem__(self, name: str) -> Floats:
        found = self.arrays[name]
        self._notes[-1][self._place, name] = found
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.arrays)

    def __len__(self) -> int:
        return len(self.arrays)

    def __contains__(self, name: object) -> bool:
        return name in self.arrays


class _Watcher:
    """Stands for the members while inputs are made and notes what the one being made looks at.

    It knows members and inputs only while one is made, so that nothing is held once the members are gone.
    """

    def __init__(self, reader: Reader) -> None:
        self.axes: Axes = reader.axes
        self.dt: float = reader.dt
        self.powers, self.receivers = reader.powers, reader.receivers
        self._notes: list[Looked] = []
        self.state, self.statics, self.before, self.first = (
            _Noted(place, getattr(reader, place), self._notes) for place in _PLACES
        )
        self._asked: tuple[Reader, Kept] | None = None

    def get(self, name: str) -> Floats:
        """State, constant or derived input by name."""
        for arrays in (self.state, self.statics):
            if name in arrays:
                return arrays[name]
        assert self._asked is not None
        reader, kept = self._asked
        found = kept.get(reader, name)
        self._notes[-1].update(kept.looked(name))
        return found

    def stands_for(self, reader: Reader) -> bool:
        """Whether the members still hold their arrays where they did."""
        noted = (self.state, self.statics, self.before, self.first)
        pairs = zip(_PLACES, noted, strict=True)
        return all(mine.arrays is getattr(reader, place) for place, mine in pairs)

    def made(self, recipe: Callable[[Reader], Floats], reader: Reader, kept: Kept) -> _Made:
        """An input by its recipe, and what it was made of; recipes may ask for other inputs."""
        before, self._asked = self._asked, (reader, kept)
        self._notes.append({})
        try:
            return _Made(recipe(self), self._notes[-1])
        finally:
            self._notes.pop()
            self._asked = before


@dataclass
class _Made:
    value: Floats
    looked: Looked


class Kept:
    """Derived inputs of some members; `fresh` says that states may have moved since the last look.

    twin : inputs of a run beside this one, on the same axes and with the same length of a step
    """

    def __init__(
        self, recipes: Mapping[str, Callable[[Reader], Floats]], twin: Kept | None = None
    ) -> None:
        self._recipes, self._twin = recipes, twin
        self._made: dict[str, _Made] = {}
        self._checked: set[str] = set()
        self._apart: dict[str, int] = {}
        self._watcher: _Watcher | None = None

    def fresh(self) -> None:
        """To be called whenever states may have moved: every input is looked over when next asked for."""
        self._checked.clear()

    def get(self, reader: Reader, name: str) -> Floats:
        """A derived input, made anew only if something that it was made of has moved.

        Raises
        ------
        KeyError
            If no subject declares such an input.
        """
        made = self._made.get(name)
        if made is not None and name in self._checked:
            return made.value
        if made is None or not _stands(reader, made.looked):
            made = self._made[name] = self._taken(reader, name) or self._new(reader, name)
        self._checked.add(name)
        return made.value

    def _taken(self, reader: Reader, name: str) -> _Made | None:
        made = None if self._twin is None else self._twin._made.get(name)
        return made if made is not None and _stands(reader, made.looked) else None

    def _new(self, reader: Reader, name: str) -> _Made:
        if self._watcher is None or not self._watcher.stands_for(reader):
            self._watcher = _Watcher(reader)
        made = self._watcher.made(self._recipes[name], reader, self)
        theirs = None if self._twin is None else self._twin._made.get(name)
        if theirs is not None:
            made.value = alike(made.value, theirs.value, self._apart, name)
        return made

    def looked(self, name: str) -> Looked:
        """What a made input was made of."""
        return self._made[name].looked


def _stands(reader: Reader, looked: Looked) -> bool:
    for (place, name), array in looked.items():
        arrays: Mapping[str, Floats] = getattr(reader, place)
        if arrays.get(name) is not array:
            return False
    return True
