"""On what a run is computed: NumPy, or JAX with the extra `[jax]`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from numpy.typing import NDArray

from heartland.core.draws import Draws
from heartland.errors import HeartlandInputError, suggestion
from heartland.runs.executors import Computing
from heartland.runs.job import TOGETHER, Job
from heartland.scenarios.binding import bind
from heartland.scenarios.plan import Plan
from heartland.scenarios.state import BLOCK
from heartland.scenarios.traced.engine import platform, versions

__all__ = ["BACKENDS", "JaxJob", "Work", "backend_of", "deciding", "job_for", "usable_backend"]

BACKENDS = ("numpy", "jax")
# blocks that one compiled step takes at once, by kind of device; on one without an entry as on a cpu
WIDE = {"cpu": 16, "gpu": 64}

Arrays = Mapping[str, NDArray[Any]]


class Work(Protocol):
    """What computes blocks of some runs."""

    def __call__(self, block: int) -> list[Arrays]:
        """Recorded variables of each run for one block, (64, *shape)."""

    def many(self, blocks: Sequence[int]) -> list[list[Arrays]]:
        """The same for several blocks, block by block."""


@dataclass(frozen=True)
class JaxJob:
    """Simulates some blocks of each plan on JAX, on the random numbers of NumPy's runs; as `job.Job`.

    A compiled step serves one number of blocks, so fewer of them are filled up with the last: the code, and
    with it the bits, are the same however the blocks are cut.

    wide : number of blocks that a step takes
    """

    plans: tuple[Plan, ...]
    wide: int
    compiled: list[tuple[Plan, Any]] = field(default_factory=list, compare=False, repr=False)

    def __call__(self, block: int) -> list[Arrays]:
        """Recorded variables of each plan for one block, (64, *shape)."""
        return self.many((block,))[0]

    def many(self, blocks: Sequence[int]) -> list[list[Arrays]]:
        """For each block, the recorded variables of each plan; the same bits as one by one."""
        found: list[list[Arrays]] = []
        for first in range(0, len(blocks), self.wide):
            own = list(blocks[first : first + self.wide])
            made = self._wide((*own, *[own[-1]] * (self.wide - len(own))))
            for row in range(len(own)):
                place = slice(row * BLOCK, (row + 1) * BLOCK)
                found.append([{name: array[place] for name, array in arrays.items()} for arrays in made])
        return found

    def _wide(self, blocks: Sequence[int]) -> list[Arrays]:
        from heartland.scenarios.traced.running import TracedRunning

        draws = Draws(self.plans[0].seed, max(plan.steps for plan in self.plans), blocks)
        done: list[Arrays] = []
        for first in range(0, len(self.plans), TOGETHER):
            plans = self.plans[first : first + TOGETHER]
            running = [
                TracedRunning(self._compiled(plan), plan, bind(plan, draws, blocks), blocks) for plan in plans
            ]
            for step in range(1, max(plan.steps for plan in plans) + 1):
                for one in running:
                    if step <= one.plan.steps:
                        one.advance(step)
            draws.forget()
            done += [running.pop(0).arrays() for _ in plans]
        return done

    def _compiled(self, plan: Plan) -> Any:
        """The compiled step of a plan.

        A what-if and its baseline have one each: what a run is computed beside must not move its bits.
        """
        from heartland.scenarios.traced.running import Compiled

        for other, compiled in self.compiled:
            if other is plan:
                return compiled
        self.compiled.append((plan, Compiled(plan)))
        return self.compiled[-1][1]


def job_for(plans: Sequence[Plan], backend: str, blocks: int) -> Work:
    """What computes the blocks of some plans.

    blocks : number of blocks of the whole run, which decides how many JAX takes at once
    """
    if backend == "numpy":
        return Job(tuple(plans))
    return JaxJob(tuple(plans), at_once(blocks))


def at_once(blocks: int) -> int:
    """Blocks that one compiled step takes, of a run of so many."""
    return min(WIDE.get(platform(), WIDE["cpu"]), blocks)


def usable_backend(backend: str, executor: Computing, workers: int | None) -> Computing:
    """The executor that goes with a backend: JAX computes in this process, on all cores or on its device.

    Raises
    ------
    HeartlandInputError
        If the backend is not known, its library is missing, or worker processes are asked for beside JAX.
    """
    if backend not in BACKENDS:
        raise HeartlandInputError.at(
            f'"{backend}" is no backend.', fix=suggestion(backend, BACKENDS, listing="Write numpy or jax."),
            check="backend",
        )  # fmt: skip
    if backend == "numpy":
        return executor
    versions()
    if executor == "dask":
        raise HeartlandInputError.at(
            "The backend jax cannot be used with the executor dask.",
            why="Blocks are computed in this process, by the step that was compiled in it.",
            fix="Leave --executor out, or leave --backend out.",
            check="backend",
        )
    if workers is not None and workers > 1:
        raise HeartlandInputError.at(
            f"The backend jax cannot be given {workers} worker processes.",
            why="It computes in one process, on all cores or on the device that it sees.",
            fix="Leave --workers out, or leave --backend out.",
            check="backend",
        )
    return "serial"


def deciding(backend: str) -> dict[str, str]:
    """What a backend adds to what decides the bits of a run; nothing for NumPy."""
    return {} if backend == "numpy" else versions()


def backend_of(decisive: Mapping[str, Any]) -> tuple[str, str]:
    """Backend and device of a run, from what decided its bits."""
    known = decisive.get("versions", {})
    return str(known.get("backend", "numpy")), str(known.get("device", "cpu"))
