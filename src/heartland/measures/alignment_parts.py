"""What stands behind one row of alignment: the items with what each adds, or the two ideal points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from heartland.measures.alignment import joint_tables
from heartland.measures.alignment_sources import State, asked, last_before, timeline
from heartland.measures.alignment_tables import ideal_paths
from heartland.measures.inputs import Inputs
from heartland.measures.similarity import distances, item_parts

__all__ = ["distance_parts", "item_parts_of"]


def item_parts_of(inputs: Inputs, cell: Mapping[str, Any], *, variant: str) -> list[dict[str, Any]]:
    """One row per item, the farthest apart first; contributions sum to the value.

    A statistic corrected for chance is a mean over items once its normalising constant is held at the value
    of the whole table; that is how its items share it. Items on which one of the two takes no position are
    listed with their reason and no contribution.
    """
    portfolio, rule, power = asked(cell)
    portfolio = "votes" if variant == "agreement" else portfolio
    state = timeline(inputs, portfolio, {}).states[0]
    if state is None:
        return [{"part": "portfolio", "channel": portfolio, "status": "unknown", "contribution": np.nan}]
    i, j = (inputs.actors.index(str(cell[side])) for side in ("giver", "receiver"))
    found = state.items
    table = joint_tables(found, [(i, j)], found.count[:, None], rule)[..., 0, 0]
    if variant == "agreement":
        adds = 1 - distances(found.scale)
    else:
        adds = item_parts(variant, table, found.scale, power=power)
    present = found.present
    dropped = found.own[i] | found.own[j] if rule == "drop" else np.zeros(len(found.items), dtype=bool)
    joint = (present[i] * present[j] > 0) & ~dropped
    whole = float(found.count[joint].sum())
    rows = [
        _item_row(state, portfolio, k, (i, j), adds, found.count[k] / whole if joint[k] else 0.0)
        for k in range(len(found.items))
    ]
    return sorted(rows, key=lambda row: -np.nan_to_num(row["raw value"], nan=-1.0))


def _item_row(
    state: State, portfolio: str, k: int, pair: tuple[int, int], adds: Any, weight: float,
) -> dict[str, Any]:
    found = state.items
    i, j = pair
    x, y = found.positions[i, :, k], found.positions[j, :, k]
    scale = np.array(found.scale)
    together = np.diag(x) if i == j else np.outer(x, y)
    row = {
        "part": "item", "channel": portfolio, "observation_id": found.items[k], "source_id": state.source,
        "period": state.period, "unit": "level", "weight": weight,
        "transform": f"{_level(found.scale, x)} against {_level(found.scale, y)}",
        "raw value": np.nan, "score": np.nan, "contribution": 0.0, "status": "observed",
        "flag": f"stands for {found.count[k]:.0f} items" if found.count[k] > 1 else "",
    }
    if state.stated is not None:
        row["status"] = "observed" if state.stated[i, k] and state.stated[j, k] else "assumed"
    if weight == 0:
        row["status"] = "own tie left out" if x.any() and y.any() else "no position"
        return row
    score = float((together * adds).sum())
    difference = float((together * np.abs(scale[:, None] - scale[None])).sum())
    return row | {"raw value": difference, "score": score, "contribution": weight * score}


def _level(scale: tuple[float, ...], shares: Any) -> str:
    """The level a position is at, or that it is spread over several, or absent."""
    places = np.flatnonzero(shares)
    if len(places) == 0:
        return "nothing"
    return f"{scale[places[0]]:g}" if len(places) == 1 else "several"


def distance_parts(inputs: Inputs, cell: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The two ideal points; contributions are the points with the sign they have in the distance."""
    paths = ideal_paths(inputs.table("ideal_points"), inputs.actors)
    at, _ = last_before(paths.ends, inputs.times[0])
    pair = [str(cell[side]) for side in ("giver", "receiver")]
    points = [
        float("nan") if at is None else float(paths.mean[inputs.actors.index(name), at]) for name in pair
    ]
    sign = 1.0 if points[0] >= points[1] else -1.0
    return [
        {
            "part": "ideal point", "observation_id": name, "source_id": paths.source,
            "period": "" if at is None else f"session {paths.numbers[at]}", "raw value": point,
            "unit": "index", "status": "unknown" if np.isnan(point) else "observed",
            "transform": paths.release, "score": point, "weight": weight, "contribution": weight * point,
            "flag": "",
        }
        for name, point, weight in zip(pair, points, (sign, -sign), strict=True)
    ]
