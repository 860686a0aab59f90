"""Why a number moved: additive splits by mechanism that close, for states and for measures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
    engine: InfluenceEngine,
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
    before, after : states of `MOVING` by name, (*axes, member)
    parts : by mechanism, its share of the change of each state; missing states did not move by it
    measure : maps influence (domain and all, power, receiver, member) to (member,)
    givers : places of the only powers the measure looks at, in its order; the engine's fixed inputs are then
        of these alone; default all

    Returns
    -------
    contribution of each mechanism, (member,)
    """

    def at(state: Mapping[str, Floats]) -> Floats:
        full = dict(state)
        full["presence"] = presence_level(full["effort"], full["deployed"])
        volumes, totals, bases = moving_inputs(start, full)
        if givers is not None:
            volumes = {channel: volume[givers] for channel, volume in volumes.items()}
        result = engine.step(volumes, totals, bases)
        return measure(layers(result, ("influence",))["influence"])

    whole = at(after) - at(before)
    done = {name: np.zeros_like(whole) for name in parts}
    for place, weight in zip(*_legendre(nodes), strict=True):
        middle = {name: before[name] + place * (after[name] - before[name]) for name in MOVING}
        for name, moved in parts.items():
            ahead = {key: middle[key] + STEP * moved[key] if key in moved else middle[key] for key in MOVING}
            behind = {key: middle[key] - STEP * moved[key] if key in moved else middle[key] for key in MOVING}
            done[name] = done[name] + weight * (at(ahead) - at(behind)) / (2 * STEP)
    done["remainder"] = whole - sum(done.values(), np.zeros_like(whole))
    return done


def _legendre(nodes: int) -> tuple[Sequence[float], Sequence[float]]:
    places, weights = np.polynomial.legendre.leggauss(nodes)
    return [float(x) for x in (places + 1) / 2], [float(w) for w in weights / 2]
