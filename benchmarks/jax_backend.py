"""NumPy and JAX on the same run: `python benchmarks/jax_backend.py [SCENARIO [MEMBERS]]` prints a table.

Both draw the same random numbers and keep the same records. One process, in turns; the time to compile stands
apart. Needs the extra `[jax]`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

__all__ = ["main", "measure"]

Seconds = tuple[float, float]


def _timed(work: Callable[[], Any]) -> Seconds:
    """Processor and wall seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


def measure(scenario: str, members: int, turns: int = 3, region: str = "central-asia") -> dict[str, Any]:
    """Run one scenario on both.

    Returns
    -------
    device : that JAX used;  blocks : of the run;  steps
    first : (processor, wall) seconds of the first run on JAX, compilation included
    numpy, jax : of the quickest later run on each, by processor seconds
    """
    from heartland.runs.backend import job_for
    from heartland.runs.run import planned
    from heartland.scenarios.scenario import Scenario
    from heartland.scenarios.traced.engine import platform
    from heartland.scenarios.validate import load_region

    chosen = Scenario.load(load_region(region), scenario)
    plan = planned([chosen], members, 1, "outcomes")[0].plan
    blocks = range(-(-members // 64))
    jobs = {name: job_for([plan], name, len(blocks)) for name in ("numpy", "jax")}
    first = _timed(lambda: jobs["jax"].many(blocks))
    found: dict[str, list[Seconds]] = {name: [] for name in jobs}
    for _ in range(turns):
        for name, job in jobs.items():
            width = 8 if name == "numpy" else len(blocks)
            groups = [blocks[at : at + width] for at in range(0, len(blocks), width)]
            found[name].append(_timed(lambda job=job, groups=groups: [job.many(own) for own in groups]))
    return {
        "device": platform(), "blocks": len(blocks), "steps": plan.steps, "first": first,
        **{name: min(times) for name, times in found.items()},
    }  # fmt: skip


def main(scenario: str = "kazakhstan-2022", members: str = "1024") -> None:
    """Measure and print."""
    found = measure(scenario, int(members))
    size = f"{members} members, {found['steps']} steps, without its baseline"
    print(f"{scenario}, {size}; JAX on {found['device']}\n")
    print("| | CPU s | wall s |\n|---|---|---|")
    named = {"numpy": "NumPy", "jax": "JAX, compiled", "first": "JAX, first run, compilation included"}
    for name, label in named.items():
        cpu, wall = found[name]
        print(f"| {label} | {cpu:.2f} | {wall:.2f} |")
    cpu, wall = (one / other for one, other in zip(found["jax"], found["numpy"], strict=True))
    print(f"\nOnce compiled, JAX takes {cpu:.2f} of NumPy's processor time and {wall:.2f} of its wall time.")


if __name__ == "__main__":
    main(*sys.argv[1:])
