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
    """Arrays by name; notes which of them are looked at."""

    def __init__(self, place: str, arrays: Mapping[str, Floats], looked: Looked) -> None:
        self._place, self._arrays, self._looked = place, arrays, looked

    def __getitem__(self, name: str) -> Floats:
        found = self._arrays[name]
        self._looked[self._place, name] = found
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    def __contains__(self, name: object) -> bool:
        return name in self._arrays


class _Watcher:
    """Stands for the members while one input is made and notes what the input looks at."""

    def __init__(self, reader: Reader, kept: Kept, looked: Looked) -> None:
        self.axes: Axes = reader.axes
        self.dt: float = reader.dt
        self.powers, self.receivers = reader.powers, reader.receivers
        self.state, self.statics, self.before, self.first = (
            _Noted(place, getattr(reader, place), looked) for place in _PLACES
        )
        self._reader, self._kept, self._looked = reader, kept, looked

    def get(self, name: str) -> Floats:
        """State, constant or derived input by name."""
        for arrays in (self.state, self.statics):
            if name in arrays:
                return arrays[name]
        found = self._kept.get(self._reader, name)
        self._looked.update(self._kept.looked(name))
        return found


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
        if made is None or (name not in self._checked and not _stands(reader, made.looked)):
            made = self._made[name] = self._taken(reader, name) or self._new(reader, name)
        self._checked.add(name)
        return made.value

    def _taken(self, reader: Reader, name: str) -> _Made | None:
        made = None if self._twin is None else self._twin._made.get(name)
        return made if made is not None and _stands(reader, made.looked) else None

    def _new(self, reader: Reader, name: str) -> _Made:
        looked: Looked = {}
        value = self._recipes[name](_Watcher(reader, self, looked))
        made = None if self._twin is None else self._twin._made.get(name)
        return _Made(value if made is None else alike(value, made.value, self._apart, name), looked)

    def looked(self, name: str) -> Looked:
        """What a made input was made of."""
        return self._made[name].looked


def _stands(reader: Reader, looked: Looked) -> bool:
    for (place, name), array in looked.items():
        arrays: Mapping[str, Floats] = getattr(reader, place)
        if arrays.get(name) is not array:
            return False
    return True
