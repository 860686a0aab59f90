"""Rows of `explain` shared by measures built on influence: one row per power, then that power's inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from heartland.errors import HeartlandInputError
from heartland.measures.cell_parts import explain_cell
from heartland.measures.indices import Settings, compiled
from heartland.measures.inputs import Inputs
from heartland.measures.powers import at_time
from heartland.measures.registry import Request

__all__ = ["NOT_ADDITIVE", "both_dates", "inner", "layer_of", "power_row", "request_of"]

NOT_ADDITIVE = "not additive"
_OPTIONS = ("strength", "powers", "t0", "t1", "directed")


def request_of(inputs: Inputs, cell: Mapping[str, Any]) -> Request:
    """The request behind a cell, centres only; options stand in the cell under their own names."""
    return Request(
        Settings(draws=0), options={name: cell[name] for name in _OPTIONS if cell.get(name) is not None},
    )


def layer_of(inputs: Inputs, cell: Mapping[str, Any]) -> int | None:
    """Position of the cell's domain; None for the overall index.

    Raises
    ------
    HeartlandInputError
        For a word that is no domain of the weights.
    """
    from heartland.errors import suggestion

    domains, name = compiled(inputs.spec).domains, str(cell.get("domain") or "all")
    if name == "all":
        return None
    if name not in domains:
        raise HeartlandInputError.at(
            f'"{name}" is not a domain of the weights.', check="explain-cell", why="It has no inputs.",
            fix=suggestion(name, domains, listing=f"Domains: {', '.join(domains)}."),
        )
    return domains.index(name)


def power_row(
    part: str, value: float, *, weight: float = np.nan, contribution: float = np.nan, domain: str = "",
    channel: str = "", unit: str = "index", flag: str = "",
) -> dict[str, Any]:
    """A row for one power, or one power in one domain: its strength, its share, its part in the value."""
    return {
        "part": part, "domain": domain, "channel": channel, "observation_id": "", "source_id": "",
        "period": "", "raw value": value, "unit": unit,
        "status": "unknown" if np.isnan(value) else "computed", "transform": "", "score": value,
        "weight": weight, "contribution": contribution, "flag": flag,
    }


def inner(
    inputs: Inputs, givers: Sequence[str], receiver: str, quantity: str = "influence", domain: str = "all",
    *, place: int | None = None, label: str = "",
) -> list[dict[str, Any]]:
    """Inputs of several powers' strengths, down to observations; they carry no contribution of their own.

    place : date of the inputs where there are several;  label : put before the name of the power
    """
    if place is not None:
        inputs = at_time(inputs, place)
    rows: list[dict[str, Any]] = []
    observations = inputs.table("observations")
    for giver in givers:
        if giver == receiver:
            continue
        cell = {"measure": quantity, "giver": giver, "receiver": receiver, "domain": domain}
        for row in explain_cell(inputs, cell, inputs.units, observations).to_dict("records"):
            flags = [word for word in (str(row["flag"]), "input") if word]
            rows.append({
                **{str(key): value for key, value in row.items()},
                "part": f"{label}{giver} {row['part']}", "contribution": np.nan, "flag": "; ".join(flags),
            })
    return rows


def both_dates(inputs: Inputs, cell: Mapping[str, Any]) -> Inputs:
    """Inputs of the two dates of a change.

    Raises
    ------
    HeartlandInputError
        If the cell does not name both.
    """
    if len(inputs.times) < 2:
        raise HeartlandInputError.at(
            f"{cell['measure']} needs two dates.", check="explain-cell",
            why="It compares a date with an earlier one.", fix="Give t0 and t1.",
        )
    return replace(inputs, imputed=None)
