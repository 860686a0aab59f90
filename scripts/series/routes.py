"""Alternatives of each user and market, from the hand register, with costs of the route graph.

Where the register gives no cost, the cost of 20 tonnes is that of the corridors: length / 500 km x 804 usd x
cost index of the leg, 215 usd at each border crossing by rail and 208 by road, 300 usd at each change of mode
(route-carec-2022 and assumptions of the route graph). Shares that the register leaves empty follow from
costs when they are asked for.
"""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

from series._common import digits

__all__ = ["cost_of", "tables"]

HERE = Path(__file__).resolve().parent
REGION = HERE.parents[1] / "src" / "heartland" / "regions" / "central-asia"
PER_500_KM, RAIL_BORDER, ROAD_BORDER, CHANGE = 804.0, 215.0, 208.0, 300.0
SOURCE = "route-carec-2022"
Leg = dict[str, str]


def tables(shared: Path) -> dict[str, list[dict[str, str]]]:
    """Table `routes`; nothing of the shared folder is read."""
    del shared
    legs = {row["leg_id"]: row for row in _read(REGION / "legs.csv")}
    kinds = {row["node_id"]: row["kind"] for row in _read(REGION / "nodes.csv")}
    rows = []
    for entry in _read(HERE / "routes_register.csv"):
        row = {**entry, "cost_unit": "relative"}
        if not entry["cost"]:
            chosen = [legs[name] for name in entry["legs"].split(";")]
            columns = {"cost": "length_km", "cost_low": "length_low", "cost_high": "length_high"}
            for column, length in columns.items():
                row[column] = digits(cost_of(chosen, kinds, length), 5)
            row |= {"cost_unit": "usd per 20 t", "source_id": SOURCE}
        rows.append(row)
    return {"routes": rows}


def cost_of(legs: list[Leg], kinds: dict[str, str], length: str = "length_km") -> float:
    """Cost of 20 tonnes over legs in order, usd; length : column of the length used."""
    cost = sum(float(leg[length]) / 500 * PER_500_KM * float(leg["cost_index"]) for leg in legs)
    for before, after in pairwise(legs):
        shared = {before["from_node"], before["to_node"]} & {after["from_node"], after["to_node"]}
        if not shared:
            raise ValueError(f"{before['leg_id']} and {after['leg_id']} do not meet")
        if before["mode"] != after["mode"]:
            cost += CHANGE
        if any(kinds[node] == "crossing" for node in shared):
            cost += RAIL_BORDER if before["mode"] == "rail" else ROAD_BORDER
    return cost


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
