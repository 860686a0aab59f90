"""Subjects of the model beyond the core: each module here holds one `SUBJECT`.

A subject is added by writing its module and naming it in `SUBJECTS`; the order is that of opening.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from heartland.region.region import Region
    from heartland.scenarios.subjects.base import Subject

__all__ = ["SUBJECTS", "further_axes", "subjects"]

SUBJECTS: tuple[str, ...] = (
    "pandemic", "information", "aid", "digital", "statecraft", "frontier", "lending", "backlash",
    "options", "organisations", "corridors",
    "energy", "arms",
)


@cache
def subjects() -> Mapping[str, Subject]:
    """All subjects by name, in the order of `SUBJECTS`.

    Raises
    ------
    ValueError
        If two subjects declare one constant or input: a programming error.
    """
    found = {name: import_module(f"heartland.scenarios.subjects.{name}").SUBJECT for name in SUBJECTS}
    taken: dict[str, str] = {}
    for name, subject in found.items():
        for key in (*subject.constants, *subject.derived):
            if taken.setdefault(key, name) != name:
                raise ValueError(f"{key} is declared by {taken[key]} and by {name}")
    return found


def further_axes(region: Region) -> dict[str, tuple[str, ...]]:
    """Ids along the axes that subjects bring: routes, proposals, borders of this region."""
    found: dict[str, tuple[str, ...]] = {}
    for subject in subjects().values():
        if subject.axes is not None:
            found.update(subject.axes(region))
    return found
