"""Who and what a run extends over: the axes of a region's model, widened where a scenario asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from heartland.core.limits import limit, over
from heartland.errors import HeartlandInputError, suggestion
from heartland.scenarios.state import Axes
from heartland.scenarios.subjects import further_axes

if TYPE_CHECKING:
    from heartland.region.region import Region

__all__ = ["axes_of", "widened"]


def axes_of(region: Region) -> Axes:
    """Axes of a region's model.

    Raises
    ------
    HeartlandInputError
        For more actors than the cap.
    """
    model = region.model
    if len(model.actors) > limit("SCENARIO_ACTORS"):
        raise over("SCENARIO_ACTORS", f"the model has {len(model.actors)} actors", file="model.yaml")
    actors = region.tables["actors"]
    homes = {
        str(name): str(home)
        for name, home in zip(actors["actor_id"], actors["home"], strict=True)
        if home and home == home and name not in model.actors
    }
    return Axes(
        tuple(model.actors), tuple(model.powers), tuple(model.receivers), tuple(model.organisations),
        further_axes(region), homes,
    )  # fmt: skip


def widened(region: Region, receivers: Sequence[str]) -> Region:
    """The region with further actors among its receivers, for scenarios that ask for them.

    Raises
    ------
    HeartlandInputError
        If the region's tables do not know one of them.
    """
    if not receivers:
        return region
    model, known = region.model, set(region.tables["actors"]["actor_id"])
    for name in receivers:
        if name not in known:
            raise HeartlandInputError.at(
                f'"{name}" is not an actor of {region.id}.', why="A receiver needs a row in actors.csv.",
                fix=suggestion(name, known), check="scenario",
            )  # fmt: skip
    added = {
        "receivers": [*model.receivers, *(name for name in receivers if name not in model.receivers)],
        "actors": [*model.actors, *(name for name in receivers if name not in model.actors)],
    }
    return replace(region, model=model.model_copy(update=added))
