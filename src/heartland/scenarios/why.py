"""Why a number moved: additive splits by mechanism that close, for states and for measures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from heartland.measures.influence import InfluenceEngine
from heartland.scenarios.derived import presence_level
from heartland.scenarios.ties import MOVING, TieStart, layers, moving_inputs

__all__ = ["by_mechanism", "measure_split", "presence_split", "subtract"]

Floats: TypeAlias = NDArray[np.float64]
Split: TypeAlias = "dict[str, Floats]"
STEP = 1e-3
# members measured at once: fewer calls, and still in the cache
TOGETHER = 8192


def by_mechanism(parts: Mapping[str, Floats]) -> Split:
    """Sum the parts `mechanism.part` of one mechanism; `patch` and `bounds` stay."""
    done: Split = {}
    for name, value in parts.items():
        mechanism = name.partition(".")[0]
        done[mechanism] = done[mechanism] + value if mechanism in done else value
    return done


def subtract(a: Mapping[str, Floats], b: Mapping[str, Floats]) -> Split:
    """Split of a difference: part by part, 0 where a run lacks the part."""
    names = list(dict.fromkeys([*a, *b]))
    if not names:
        return {}
    zero = np.zeros_like(next(iter({**a, **b}.values())))
    return {name: a.get(name, zero) - b.get(name, zero) for name in names}


def presence_split(
    effort_start: Floats, effort: Mapping[str, Floats], effort_now: Floats, deployed: Floats
) -> Split:
    """Split of the change of presence since the start: parts of effort, bounds, troops by decision.

    All arrays have one shape; the sum equals presence now minus presence at the start exactly.
    """
    clipped = np.clip(effort_now, 0.0, 4.0)
    at_start = presence_level(effort_start, np.zeros_like(effort_start))
    limits = (clipped - effort_now) - (at_start - effort_start)
    return {
        **effort,
        "bounds-of-presence": limits,
        "deployment": presence_level(effort_now, deployed) - clipped,
    }


def measure_split(
    engines: Callable[[TieStart], InfluenceEngine],
    start: TieStart,
    before: Mapping[str, Floats],
    after: Mapping[str, Floats],
    parts: Mapping[str, Mapping[str, Floats]],
    measure: Callable[[Floats], Floats],
    givers: Sequence[int] | None = None,
    nodes: int = 4,
) -> Split:
    """Split of the change of a measure of influence along the straight path between two sets of states.

    Aumann-Shapley: the path integral of the derivative in the direction of each mechanism's share of the
    change, by Gauss-Legendre quadrature and central differences; what quadrature and kinks leave is the row
    `remainder`, so that the rows sum to the change.

    Parameters
    ----------
    engines : gives the engine whose fixed inputs are those of a start
    before, after : states of `MOVING` by name, (*axes, member)
    parts : by mechanism, its share of the change of each state; missing states did not move by it
    measure : maps influence (domain and all, power, receiver, member) to (member,)
    givers : places of the only powers the measure looks at, in its order; default all

    Returns
    -------
    contribution of each mechanism, (member,)
    """
    at = _measured(engines, start, measure, givers)
    last, first = at([after, before])
    whole = last - first
    done = {name: np.zeros_like(whole) for name in parts}
    for place, weight in zip(*_legendre(nodes), strict=True):
        middle = {name: before[name] + place * (after[name] - before[name]) for name in MOVING}
        sides = [
            {**middle, **{key: middle[key] + step * value for key, value in moved.items()}}
            for moved in parts.values() for step in (STEP, -STEP)
        ]  # fmt: skip
        found = at(sides)
        for name, ahead, behind in zip(parts, found[::2], found[1::2], strict=True):
            done[name] = done[name] + weight * (ahead - behind) / (2 * STEP)
    done["remainder"] = whole - sum(done.values(), np.zeros_like(whole))
    return done


def _measured(
    engines: Callable[[TieStart], InfluenceEngine], start: TieStart, measure: Callable[[Floats], Floats],
    givers: Sequence[int] | None,
) -> Callable[[Sequence[Mapping[str, Floats]]], list[Floats]]:
    """What gives the measure in several sets of states, laid side by side along the members."""

    @cache
    def laid(times: int) -> tuple[TieStart, InfluenceEngine]:
        many = _repeated(start, times)
        few = many.volumes if givers is None else {name: x[givers] for name, x in many.volumes.items()}
        return many, engines(replace(many, volumes=few))

    def at(states: Sequence[Mapping[str, Floats]]) -> list[Floats]:
        found: list[Floats] = []
        room = max(1, TOGETHER // max(states[0]["gdp"].shape[-1], 1)) if states else 1
        for begin in range(0, len(states), room):
            batch = states[begin : begin + room]
            many, engine = laid(len(batch))
            full = {name: np.concatenate([state[name] for state in batch], axis=-1) for name in MOVING}
            full["presence"] = presence_level(full["effort"], full["deployed"])
            volumes, totals, bases = moving_inputs(many, full)
            if givers is not None:
                volumes = {name: x[givers] for name, x in volumes.items()}
            result = engine.step(volumes, totals, bases)
            found += np.split(measure(layers(result, ("influence",))["influence"]), len(batch))
        return found

    return at


def _repeated(start: TieStart, times: int) -> TieStart:
    """The start of the same members several times over."""

    def over(arrays: Mapping[str, Floats]) -> dict[str, Floats]:
        return {name: np.tile(x, (1,) * (x.ndim - 1) + (times,)) for name, x in arrays.items()}

    return replace(
        start, volumes=over(start.volumes), totals=over(start.totals), bases=over(start.bases),
        state=over(start.state),
    )  # fmt: skip


def _legendre(nodes: int) -> tuple[Sequence[float], Sequence[float]]:
    places, weights = np.polynomial.legendre.leggauss(nodes)
    return [float(x) for x in (places + 1) / 2], [float(w) for w in weights / 2]
