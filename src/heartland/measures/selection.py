"""Which actors and pairs of actors a request is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from heartland.measures.inputs import Inputs
from heartland.measures.registry import Request

__all__ = ["axes", "pair_axis", "pairs", "places"]


def places(inputs: Inputs, request: Request) -> tuple[list[int], list[int]]:
    """Positions of the givers and of the receivers asked for."""
    givers = range(len(inputs.givers)) if request.giver is None else [inputs.givers.index(request.giver)]
    receivers = (
        range(len(inputs.receivers)) if request.receiver is None
        else [inputs.receivers.index(request.receiver)]
    )
    return list(givers), list(receivers)


def pairs(inputs: Inputs, request: Request) -> list[tuple[int, int]]:
    """Pairs of givers asked for: the one named, all of a named giver, else every unordered pair."""
    count = len(inputs.givers)
    first = None if request.giver is None else inputs.givers.index(request.giver)
    second = None if request.other is None else inputs.givers.index(request.other)
    if first is not None and second is not None:
        return [(first, second)]
    if first is not None:
        return [(first, k) for k in range(count) if k != first]
    if second is not None:
        return [(i, second) for i in range(count) if i != second]
    return [(i, k) for i in range(count) for k in range(i + 1, count)]


def axes(
    inputs: Inputs, first: Mapping[str, Sequence[str]], receivers: Sequence[int],
    layer: Mapping[str, Sequence[str]],
) -> tuple[Mapping[str, Sequence[str]], ...]:
    """Axes (first, receiver, layer, date) of a block."""
    return (
        first, {"receiver": [inputs.receivers[k] for k in receivers]}, layer,
        {"date": [day.isoformat() for day in inputs.times]},
    )


def pair_axis(inputs: Inputs, chosen: Sequence[tuple[int, int]]) -> dict[str, list[str]]:
    """Columns giver and other of an axis of pairs."""
    return {
        "giver": [inputs.givers[i] for i, _ in chosen],
        "other": [inputs.givers[k] for _, k in chosen],
    }
