"""Unit prices of the route graph, read from the region's parameters."""

from __future__ import annotations

import math
from dataclasses import fields
from typing import TYPE_CHECKING

from heartland.errors import HeartlandInputError
from heartland.region.corridors import Rates

if TYPE_CHECKING:
    from heartland.region.region import Region

__all__ = ["PARAMETERS", "SPREAD", "rates_of"]

SPREAD = "route-cost.spread"
PARAMETERS = tuple(
    f"route.{item.name.replace('_', '-')}" for item in fields(Rates) if item.name != "spread"
)


def rates_of(region: Region) -> Rates:
    """Central values of the parameters `route.*`, and of the width of the choice that runs use.

    Raises
    ------
    HeartlandInputError
        If one of them is missing from a region that has legs.
    """
    table = region.tables["parameters"]
    known = dict(zip(table["id"], table["location"], strict=True))
    found = {}
    for key in (*PARAMETERS, SPREAD):
        if key not in known and len(region.tables["legs"]):
            raise HeartlandInputError.at(
                f'"{key}" is not in parameters.csv.', why="Without it a way has no days and no cost.",
                fix=f"Add a row {key}.", check="routes",
            )  # fmt: skip
        value = float(known.get(key, 0.0))
        name = key.partition(".")[2].replace("-", "_")
        found[name] = math.exp(value) if key == SPREAD else value
    return Rates(**found)
