"""The workload on the library's own loop: a mechanism, a plan written by hand, the usual recording."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from benchmarks.workload import ACTORS, CHANNELS, FAME, NOISE, RETURN, SPEED, STEPS, anchors
from benchmarks.worlds import bare_plan, index
from heartland.core.arrays import Array, namespace
from heartland.dynamics.mechanism import mechanism
from heartland.runs.job import Job
from heartland.scenarios.plan import Plan
from heartland.scenarios.state import BLOCK, Axes

__all__ = ["plan_of", "recorded_means", "run_engine"]

TIES = tuple(f"tie_{channel}" for channel in range(CHANNELS))
# Blocks of 64 members simulated side by side; runs of the library take 4 to 8, in this world 2 are quickest.
SIDE = 2
MEANS = tuple(f"mean_{channel}" for channel in range(CHANNELS))


def _change(
    tie: Array, pull: Array, others: Array, e: Array, *, speed: Array, answer: Array, fame: Array,
    volatility: Array,
) -> Array:  # fmt: skip
    """Increment of one channel; tie, e : (actor, actor, member)."""
    xp = namespace(tie)
    # begun from what lies in memory as the state does; the tie that comes back does not
    target = pull - tie
    target += (fame / ACTORS) * xp.sum(tie, axis=0, keepdims=True)
    target += answer * xp.permute_dims(tie, (1, 0, 2))
    target += (volatility / speed) * e
    target *= speed * others
    return target


@mechanism(
    model="X", phase="economy", writes=TIES, axes=("actor", "actor"), unit="index",
    source="assumption: benchmark workload",
)  # fmt: skip
def mutual_ties(
    tie_0: Array, tie_1: Array, tie_2: Array, tie_3: Array, tie_4: Array, tie_5: Array,
    pull_0: Array, pull_1: Array, pull_2: Array, pull_3: Array, pull_4: Array, pull_5: Array,
    others: Array, *, speed: Array, answer: Array, fame: Array, volatility: Array,
    noise_0: Array, noise_1: Array, noise_2: Array, noise_3: Array, noise_4: Array, noise_5: Array,
) -> Mapping[str, Array]:  # fmt: skip
    """Move every tie towards its anchor, its answer and its receiver's fame; (actor, actor, member)."""
    ties = (tie_0, tie_1, tie_2, tie_3, tie_4, tie_5)
    pulls = (pull_0, pull_1, pull_2, pull_3, pull_4, pull_5)
    draws = (noise_0, noise_1, noise_2, noise_3, noise_4, noise_5)
    own = {"speed": speed, "answer": answer, "fame": fame, "volatility": volatility}
    return {
        name: _change(tie, pull, others, e, **own)
        for name, tie, pull, e in zip(TIES, ties, pulls, draws, strict=True)
    }


@mechanism(
    model="X", phase="publics", writes=MEANS, axes="world", unit="index",
    source="assumption: benchmark workload",
)  # fmt: skip
def tie_means(
    tie_0: Array, tie_1: Array, tie_2: Array, tie_3: Array, tie_4: Array, tie_5: Array
) -> Mapping[str, Array]:
    """Mean tie of each channel, (world, member)."""
    xp = namespace(tie_0)
    ties = (tie_0, tie_1, tie_2, tie_3, tie_4, tie_5)
    return {
        name: xp.sum(tie, axis=(0, 1))[None] / ACTORS**2 for name, tie in zip(MEANS, ties, strict=True)
    }


def plan_of(seed: int, split: bool = False) -> Plan:
    """The workload as a plan: channel means at every step, ties at the end.

    split : also book every change of a tie by what made it
    """
    anchor = anchors()
    actors = tuple(f"a{number}" for number in range(ACTORS))
    start: dict[str, NDArray[np.float64]] = {}
    pulls = {}
    for channel in range(CHANNELS):
        start[TIES[channel]] = anchor[:, :, channel, None].copy()
        start[MEANS[channel]] = anchor[:, :, channel].mean().reshape(1, 1)
        pulls[f"pull_{channel}"] = (1 - RETURN - FAME) * start[TIES[channel]]
    own = {"speed": SPEED, "answer": RETURN, "fame": FAME, "volatility": NOISE}
    return bare_plan(
        "benchmark", Axes(actors, (), (), ()),
        [
            *(index(name, ("actor", "actor")) for name in TIES),
            *(index(name, ("world",), "derived") for name in MEANS),
        ],
        ("mutual-ties", "tie-means"), seed, STEPS,
        start=start,
        statics={"others": (1.0 - np.eye(ACTORS))[..., None], **pulls},
        parameters={f"mutual-ties.{name}": value for name, value in own.items()},
        parts=dict.fromkeys(TIES, ("mutual-ties", "bounds")) if split else {},
    )  # fmt: skip


def recorded_means(runs: int, seed: int, split: bool = False) -> NDArray[np.float64]:
    """Channel means, (run, step, channel), the start first; blocks side by side, as in any run."""
    job, blocks = Job((plan_of(seed, split),)), -(-runs // BLOCK)
    made = []
    for first in range(0, blocks, SIDE):
        for (arrays,) in job.many(range(first, min(first + SIDE, blocks))):
            made.append(np.stack([arrays[name][..., 0] for name in MEANS], axis=-1))
    return np.concatenate(made)[:runs]


def run_engine(runs: int, seed: int, split: bool = False) -> NDArray[np.float64]:
    """Final channel means of some runs, (run, channel)."""
    return recorded_means(runs, seed, split)[:, -1].astype(np.float64)
