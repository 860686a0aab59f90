"""A larger world with few ties, on the library's own loop: states by tie and channel, nothing between.

Every actor holds ties to `PARTNERS` others, in every channel. A tie moves as in `workload.py`: towards its
anchor, the tie that comes back where there is one, and the mean of the ties its receiver enjoys.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from benchmarks.workload import FAME, NOISE, RETURN, SPEED, STEPS
from benchmarks.worlds import bare_plan, index, run_block
from heartland.core.arrays import Array, namespace
from heartland.dynamics.mechanism import mechanism
from heartland.scenarios.plan import Plan
from heartland.scenarios.state import BLOCK, Axes

__all__ = ["PARTNERS", "run_sparse", "sparse_plan"]

PARTNERS = 8


@mechanism(
    model="X", phase="economy", writes="level", axes=("tie", "channel"), unit="index",
    source="assumption: benchmark workload",
)  # fmt: skip
def sparse_ties(
    level: Array, pull: Array, back: Array, answered: Array, first: Array, receiver: Array, size: Array, *,
    speed: Array, answer: Array, fame: Array, volatility: Array, noise: Array,
) -> Mapping[str, Array]:  # fmt: skip
    """Move every tie there is; level, noise : (tie, channel, member), ties ordered by receiver."""
    xp = namespace(level)
    starts = np.asarray(first[:, 0], dtype=np.intp)
    enjoyed = np.add.reduceat(level, starts, axis=0)[np.asarray(receiver[:, 0], dtype=np.intp)]
    returned = xp.take(level, np.asarray(back[:, 0], dtype=np.intp), axis=0)
    target = pull + answer * answered[:, None] * returned + fame * enjoyed / size[:, None]
    return {"level": speed * (target - level) + volatility * noise}


def sparse_plan(actors: int, channels: int, seed: int, steps: int = STEPS) -> Plan:
    """The plan of a world of so many actors and channels, `PARTNERS` ties an actor."""
    drawn = np.random.default_rng(actors)
    pairs = [
        (giver, int(partner))
        for giver in range(actors)
        for partner in (giver + drawn.choice(np.arange(1, actors), PARTNERS, replace=False)) % actors
    ]
    pairs.sort(key=lambda pair: (pair[1], pair[0]))
    place = {pair: number for number, pair in enumerate(pairs)}
    back = [place.get((receiver, giver), -1) for giver, receiver in pairs]
    receivers = np.array([receiver for _, receiver in pairs])
    met, first = np.unique(receivers, return_index=True)
    order = np.searchsorted(met, receivers)
    anchor = drawn.beta(1.2, 3.0, size=(len(pairs), channels))[..., None]
    ties = tuple(f"a{giver}>a{receiver}" for giver, receiver in pairs)
    axes = Axes(
        tuple(f"a{number}" for number in range(actors)), (), (), (),
        {"tie": ties, "channel": tuple(f"c{number}" for number in range(channels)),
         "met": tuple(f"m{number}" for number in range(len(met)))},
    )  # fmt: skip
    column = lambda values: np.asarray(values, dtype=np.float64)[:, None]  # noqa: E731  # one line, used thrice
    own = {"speed": SPEED, "answer": RETURN, "fame": FAME, "volatility": NOISE}
    return bare_plan(
        "sparse", axes, [index("level", ("tie", "channel"))], ("sparse-ties",), seed, steps,
        start={"level": anchor},
        statics={
            "pull": (1 - RETURN - FAME) * anchor,
            "back": column(np.maximum(back, 0)),
            "answered": column(np.array(back) >= 0),
            "first": column(first),
            "receiver": column(order),
            "size": column(np.bincount(order)[order]),
        },
        parameters={f"sparse-ties.{name}": value for name, value in own.items()},
    )  # fmt: skip


def run_sparse(actors: int, channels: int, blocks: int = 1, seed: int = 1, steps: int = STEPS) -> float:
    """Mean tie at the end over all members of some blocks."""
    plan = sparse_plan(actors, channels, seed, steps)
    found = []
    for block in range(blocks):
        arrays = run_block(plan, block)
        found.append(float(np.asarray(arrays["level"]).mean()))
    assert arrays["level"].shape[0] == BLOCK
    return float(np.mean(found))
