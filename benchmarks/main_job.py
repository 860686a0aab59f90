"""The main job by parts: `python benchmarks/main_job.py SCENARIO MEMBERS` prints one JSON object."""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

__all__ = ["main", "parts"]

_Seconds = dict[str, tuple[float, float, float]]


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(part.ru_utime + part.ru_stime for part in used)


def _peak(who: int) -> float:
    """Largest resident memory so far in MB; of children, that of the largest one."""
    status = Path("/proc/self/status")
    if who == resource.RUSAGE_SELF and status.exists():
        # On Linux the other number is handed down from the process that started this one.
        held = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(held.split()[1]) / 1e3
    return resource.getrusage(who).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


@contextmanager
def _timed(seconds: _Seconds, part: str) -> Iterator[None]:
    wall, cpu = time.perf_counter(), _cpu()
    yield
    seconds[part] = (time.perf_counter() - wall, _cpu() - cpu, _peak(resource.RUSAGE_SELF))


def parts(scenario: str, members: int, region: str = "central-asia") -> dict[str, Any]:
    """Do the main job step by step.

    Returns
    -------
    `parts`: wall seconds, CPU seconds (workers included) and peak MB so far of this process by part;
    `worker_peak`: MB of the largest worker; `stored`: MB on disk
    """
    seconds: _Seconds = {}
    with _timed(seconds, "import"):
        from heartland.runs.run import run_pair
        from heartland.scenarios.answers import summaries
        from heartland.scenarios.scenario import Scenario
        from heartland.scenarios.validate import load_region
    with _timed(seconds, "load"):
        loaded = load_region(region)
        chosen = Scenario.load(loaded, scenario)
    with _timed(seconds, "compile"):
        from heartland.runs.run import planned

        planned([chosen, chosen.baseline()], members, 1, "outcomes")
    with tempfile.TemporaryDirectory() as out:
        with _timed(seconds, "compile, run and store"):
            made, base = run_pair(
                chosen, members=members, seed=1, out=Path(out), executor="processes", workers=os.cpu_count()
            )
        stored = sum(path.stat().st_size for path in Path(out).rglob("*") if path.is_file()) / 1e6
        with _timed(seconds, "answer"):
            rows = summaries(made, base)
        if find_spec("heartland.report.report") is not None:
            with _timed(seconds, "report"):
                from heartland.report.report import write_report

                write_report(made, base, rows, Path(out) / "report.html")
    with _timed(seconds, "compile and run, one process, in memory"):
        run_pair(chosen, members=members, seed=1)
    return {"parts": seconds, "worker_peak": _peak(resource.RUSAGE_CHILDREN), "stored": stored}


def main() -> None:
    """Print what `parts` finds."""
    print(json.dumps(parts(sys.argv[1], int(sys.argv[2]))))


if __name__ == "__main__":
    main()
