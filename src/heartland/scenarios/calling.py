"""Calling a mechanism: on all members, or only on those to whom what it waits for happens.

A mechanism that names inputs in `idle` changes nothing in a member where all of them are 0. Where few members
are concerned it is called on those alone and its results are put back among zeros; every operation works
member by member, so the bits are the same. One without random numbers is not called again on
the arrays of last time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import is_
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from heartland.dynamics.mechanism import Event
from heartland.errors import HeartlandError
from heartland.scenarios.binding import Bound
from heartland.scenarios.plan import Floats

__all__ = ["FEW", "Reads", "call", "concerned"]

# Part of the members up to which calling on them alone is the cheaper way.
FEW = 0.5


@dataclass(frozen=True)
class Said:
    """What a mechanism without random numbers was last given and what it made of it."""

    inputs: Sequence[Floats]
    result: Mapping[str, Any]


class Reads(Protocol):
    """Members as far as a call needs them."""

    dt: float
    width: int
    blank: Mapping[str, Floats]
    said: dict[str, Said]

    def get(self, name: str) -> Floats:
        """Input by name, (*axes, member) or (*axes, 1)."""


def concerned(members: Reads, item: Bound) -> NDArray[np.intp] | None:
    """Members to whom something happens that the mechanism waits for; None for all of them.

    Never a single one: sums over another axis would run along it in another order.
    """
    if not item.record.idle:
        return None
    hit = np.zeros(members.width, dtype=np.bool_)
    for name in item.record.idle:
        values = members.get(name)
        if values is members.blank.get(name):
            continue
        hit |= (values != 0.0).reshape(-1, values.shape[-1]).any(axis=0)
    found = np.flatnonzero(hit)
    if found.size > FEW * members.width:
        return None
    if found.size == 1:
        found = np.sort(np.append(found, (found[0] + 1) % members.width))
    return found


def call(
    members: Reads, item: Bound, step: int, chosen: NDArray[np.intp] | None = None
) -> Mapping[str, Any]:
    """What a mechanism returns in a step; results of chosen members stand among zeros.

    Raises
    ------
    HeartlandError
        Naming mechanism and step if it fails.
    """
    record, width = item.record, members.width
    whole = [members.get(name) for name in record.reads]
    before = members.said.get(record.id) if chosen is None and not item.noise else None
    if before is not None and all(map(is_, before.inputs, whole)):
        return before.result
    inputs = whole if chosen is None else [_of(values, chosen, width) for values in whole]
    drawn = {name: _of(stream.at(step), chosen, width) for name, stream in item.noise.items()}
    parameters = {name: _of(values, chosen, width) for name, values in item.parameters.items()}
    keywords: dict[str, Any] = {**parameters, **drawn}
    if record.uses_dt:
        keywords["dt"] = members.dt
    try:
        result = record.function(*inputs, **keywords)
    except Exception as error:
        raise HeartlandError(f"mechanism {record.id} failed in step {step}: {error}") from error
    if chosen is None:
        if not item.noise:
            members.said[record.id] = Said(whole, result)
        return result
    return {name: _spread(value, chosen, width) for name, value in result.items()}


def _of(values: Floats, chosen: NDArray[np.intp] | None, width: int) -> Floats:
    return values if chosen is None or values.shape[-1] != width else values[..., chosen]


def _spread(value: Any, chosen: Sequence[int] | NDArray[np.intp], width: int) -> Any:
    """Results of some members among zeros for the others."""
    if isinstance(value, Event):
        return Event(
            _spread(value.occurs, chosen, width), value.probability, value.contributions, np.asarray(chosen)
        )
    if isinstance(value, Mapping):
        return {name: _spread(part, chosen, width) for name, part in value.items()}
    found = np.asarray(value)
    if found.ndim == 0 or found.shape[-1] != len(chosen):
        return value
    whole = np.zeros((*found.shape[:-1], width), dtype=found.dtype)
    whole[..., chosen] = found
    return whole
