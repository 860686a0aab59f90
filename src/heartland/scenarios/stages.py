"""Stages of corridors in expressions: `stage(ID, at=2024) >= agreed`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from heartland.core.tree import Call, Name
from heartland.errors import HeartlandInputError, suggestion
from heartland.region.corridor_records import STAGES
from heartland.scenarios.schedule import last_step

if TYPE_CHECKING:
    from heartland.scenarios.readings import RunView

__all__ = ["read_stage", "stage_code"]

Values: TypeAlias = NDArray[Any]


def stage_code(name: str) -> float:
    """Code of a stage's name, 0 idea to 4 closed.

    Raises
    ------
    HeartlandInputError
        With near matches.
    """
    if name not in STAGES:
        raise HeartlandInputError.at(
            f'"{name}" is not a stage of a corridor.', why="A comparison with it could never hold.",
            fix=suggestion(name, STAGES, listing=f"Stages: {', '.join(STAGES)}."), check="expression",
        )  # fmt: skip
    return float(STAGES.index(name))


def read_stage(node: Call, view: RunView) -> Values:
    """Code of a corridor's stage at the end of a time (default the end of the run); (member,).

    Raises
    ------
    HeartlandInputError
        Without a corridor, for one that the run does not have, or a time outside it.
    """
    first = node.arguments[0] if node.arguments else None
    if not isinstance(first, Name):
        raise HeartlandInputError.at(
            "stage() needs a corridor first.", fix="Write stage(CORRIDOR, at=end) >= agreed.",
            check="expression",
        )  # fmt: skip
    place = view.axes.index("corridor", first.text)
    at = node.key("at")
    _, last = last_step(getattr(at.value, "text", "end") if at is not None else "end", view.dates)
    row = view.steps("corridor_stage").index(last)
    return np.asarray(view.arrays("corridor_stage")[:, row, place], dtype=np.float64)
