"""Unit prices of the route graph, read from the region's parameters."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from heartland.errors import HeartlandInputError
from heartland.region.corridors import Rates

if TYPE_CHECKING:
    from heartland.region.region import Region

__all__ = ["rates_of"]


def rates_of(region: Region) -> Rates:
    """Central values of the parameters `route.*`.

    Raises
    ------
    HeartlandInputError
        If one of them is missing from a region that has legs.
    """
    table = region.tables["parameters"]
    known = dict(zip(table["id"], table["location"], strict=True))
    found = {}
    for item in fields(Rates):
        key = f"route.{item.name.replace('_', '-')}"
        if key not in known and len(region.tables["legs"]):
            raise HeartlandInputError.at(
                f'"{key}" is not in parameters.csv.', why="Without it a way has no days and no cost.",
                fix=f"Add a row {key} of the family fixed.", check="routes",
            )  # fmt: skip
        found[item.name] = float(known.get(key, 0.0))
    return Rates(**found)
