"""Runs per CPU-second of every version of the workload, taken in turns in one process."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from benchmarks.engine import run_engine
from benchmarks.mesa_models import run_mesa, run_mesa_rows
from benchmarks.plain_numpy import run_numpy
from benchmarks.workload import DOCUMENTED, TOLERANCE

__all__ = ["FLOOR", "OURS", "VERSIONS", "Row", "Version", "measure"]

OURS = "heartland loop, 2 blocks of 64 members side by side"
FLOOR = "Numba, one compiled loop, normals of its own"


@dataclass(frozen=True)
class Version:
    """One way to do the workload: runs, seed -> final channel means (run, channel)."""

    name: str
    run: Callable[[int, int], NDArray[np.float64]]
    runs: int


@dataclass(frozen=True)
class Row:
    """What was measured: runs per CPU-second in the best round, mean of all runs by channel."""

    name: str
    speed: float
    means: tuple[float, ...]

    @property
    def apart(self) -> float:
        """Largest distance of a channel mean from the documented one."""
        return float(np.abs(np.subtract(self.means, DOCUMENTED)).max())

    @property
    def agrees(self) -> bool:
        """Whether the means are the documented ones to the three digits that are given."""
        return self.apart <= TOLERANCE


def _numba(runs: int, seed: int) -> NDArray[np.float64]:
    from benchmarks.numba_floor import run_numba

    return run_numba(runs, seed)


VERSIONS = (
    Version("Mesa, ties in dictionaries", run_mesa, 64),
    Version("Mesa, a NumPy row per agent", run_mesa_rows, 64),
    Version("NumPy, one run at a time", lambda runs, seed: run_numpy(runs, seed, 1), 64),
    Version("NumPy, 64 runs side by side", run_numpy, 256),
    Version(OURS, run_engine, 256),
    Version("the same, every change split by cause", lambda runs, seed: run_engine(runs, seed, True), 256),
    *((Version(FLOOR, _numba, 1024),) if find_spec("numba") else ()),
)


def measure(versions: Sequence[Version] = VERSIONS, rounds: int = 5) -> list[Row]:
    """Time every version once per round, after a warm-up, each round with seeds of its own."""
    best = dict.fromkeys((version.name for version in versions), float("inf"))
    made: dict[str, list[NDArray[np.float64]]] = {version.name: [] for version in versions}
    for version in versions:
        version.run(1, 0)
    for number in range(rounds):
        for version in versions:
            begun = time.process_time()
            means = version.run(version.runs, 1 + number * version.runs)
            best[version.name] = min(best[version.name], time.process_time() - begun)
            made[version.name].append(means)
    return [
        Row(
            version.name,
            version.runs / best[version.name],
            tuple(float(x) for x in np.concatenate(made[version.name]).mean(axis=0)),
        )
        for version in versions
    ]
