"""Calling a mechanism: on all members, only on those to whom what it waits for happens, or not at all.

A mechanism that names inputs in `idle` changes nothing in a member where all of them are 0. Where few members
are concerned it is called on those alone and its results are put back among zeros; every operation works
member by member, so the bits are the same. It is not called at all where it, or the same mechanism in a run
beside this one, has worked through the very same arrays already.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from operator import is_
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from heartland.dynamics.mechanism import Event
from heartland.errors import HeartlandError
from heartland.scenarios.binding import Bound
from heartland.scenarios.plan import Floats

__all__ = ["FEW", "Reads", "Said", "call", "concerned"]

# Part of the members up to which calling on them alone is the cheaper way.
FEW = 0.5
_NOBODY = np.zeros(0, dtype=np.intp)


class Said(NamedTuple):
    """What a mechanism was last given and what it made of it."""

    step: int
    inputs: Sequence[Floats]
    result: Mapping[str, Any]


class Reads(Protocol):
    """Members as far as a call needs them.

    said : of each mechanism, the last call;  beside : those of a run beside this one
    kin : mechanisms with the parameters and random numbers of the run beside
    struck : by input that a mechanism waits for, the array and in whom it is anywhere other than 0
    """

    dt: float
    width: int
    blank: Mapping[str, Floats]
    said: dict[str, Said]
    beside: Mapping[str, Said]
    kin: Collection[str]
    struck: dict[str, tuple[Floats, NDArray[np.bool_]]]

    def get(self, name: str) -> Floats:
        """Input by name, (*axes, member) or (*axes, 1)."""


def concerned(members: Reads, item: Bound) -> NDArray[np.intp] | None:
    """Members to whom something happens that the mechanism waits for; None for all of them.

    Never a single one: sums over another axis would run along it in another order.
    """
    if not item.record.idle:
        return None
    hit: NDArray[np.bool_] | None = None
    for name in item.record.idle:
        values = members.get(name)
        if values is not members.blank.get(name):
            own = _struck(members, name, values)
            hit = own if hit is None else hit | own
    many = 0 if hit is None else np.count_nonzero(hit)
    if many > FEW * members.width:
        return None
    found = _NOBODY if hit is None else hit.nonzero()[0]
    if many == 1:
        found = np.sort(np.append(found, (found[0] + 1) % members.width))
    return found


def _struck(members: Reads, name: str, values: Floats) -> NDArray[np.bool_]:
    """Members in whom an input is anywhere other than 0; kept until the input is another array."""
    last = members.struck.get(name)
    if last is None or last[0] is not values:
        moved = values != 0.0
        flat = moved if moved.ndim == 1 else moved.reshape(-1, values.shape[-1]).any(axis=0)
        last = members.struck[name] = (values, np.broadcast_to(flat, (members.width,)))
    return last[1]


def call(members: Reads, item: Bound, step: int, *, thorough: bool = False) -> Mapping[str, Any]:
    """What a mechanism returns in a step, empty if nobody is concerned; few members stand among zeros.

    thorough : call it on all members, concerned or not

    Raises
    ------
    HeartlandError
        Naming mechanism and step if it fails.
    """
    record = item.record
    if not thorough and _nobody(members, item):
        return {}
    whole = [members.get(name) for name in record.reads]
    said = _told(members, item, step, whole)
    if said is None:
        chosen = None if thorough else concerned(members, item)
        nobody = chosen is not None and not chosen.size
        said = Said(step, whole, {} if nobody else _called(members, item, step, whole, chosen))
    members.said[record.id] = said
    return said.result


def _nobody(members: Reads, item: Bound) -> bool:
    """Whether a mechanism waits only for events that happen to nobody; its inputs need not be made then."""
    waits = item.record.idle
    return bool(waits) and all(
        name in members.blank and members.get(name) is members.blank[name] for name in waits
    )


def _told(members: Reads, item: Bound, step: int, whole: Sequence[Floats]) -> Said | None:
    """A call on the same arrays, parameters and random numbers, here or in the run beside."""
    name = item.record.id
    for said in (members.beside.get(name) if name in members.kin else None, members.said.get(name)):
        if said is None or (item.noise and said.step != step):
            continue
        if all(map(is_, said.inputs, whole)):
            return said
    return None


def _called(
    members: Reads, item: Bound, step: int, whole: Sequence[Floats], chosen: NDArray[np.intp] | None
) -> Mapping[str, Any]:
    record, width = item.record, members.width
    inputs, keywords = whole, dict[str, Any](item.parameters)
    for name, stream in item.noise.items():
        keywords[name] = stream.at(step)
    if chosen is not None:
        inputs = [_of(values, chosen, width) for values in whole]
        keywords = {name: _of(values, chosen, width) for name, values in keywords.items()}
    if record.uses_dt:
        keywords["dt"] = members.dt
    try:
        result = record.function(*inputs, **keywords)
    except Exception as error:
        raise HeartlandError(f"mechanism {record.id} failed in step {step}: {error}") from error
    return result if chosen is None else {name: _spread(x, chosen, width) for name, x in result.items()}


def _of(values: Floats, chosen: NDArray[np.intp], width: int) -> Floats:
    # unlike an index, `take` leaves the members contiguous
    return values if values.shape[-1] != width else values.take(chosen, axis=-1)


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
