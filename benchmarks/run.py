"""Speed of the loop against its peers, the main job, and how the cost grows: `python benchmarks/run.py`.

    --rounds N       rounds of the comparison, the best of which counts (default 8)
    --members N      members of the main job (default 1000); 0 leaves it out
    --most N         members of the largest run of the curves (default 16384); 0 leaves the curves out
    --write          also write benchmarks/results.md

All at once, for a first look: `--rounds 2 --members 64 --most 64`. Numba (`uv sync --group benchmark`)
gives the floor; without it that row is left out and the report says so.

Everything is measured in one session, so the ratios mean something on a machine that is not quiet; the
seconds are those of this machine. CPU-seconds of the comparison are those of one process.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from benchmarks.paths import path_lines  # noqa: E402  # the folder is not installed
from benchmarks.scaling import WORKED, curves, scaling_lines  # noqa: E402  # the folder is not installed
from benchmarks.speed import FLOOR, OURS, Row, measure  # noqa: E402  # the same
from benchmarks.workload import DOCUMENTED, TOLERANCE  # noqa: E402  # the same

SCENARIO = "kazakhstan-2022"
TARGET, FLOOR_TARGET = 45.0, 0.35


def speed_table(rows: Sequence[Row]) -> list[str]:
    """Rows of the comparison as lines of Markdown; the first row is the unit of the ratios."""
    lines = ["| version | runs per CPU-second | x Mesa | final means apart |", "|---|---|---|---|"]
    for row in rows:
        ratio = row.speed / rows[0].speed
        lines.append(f"| {row.name} | {row.speed:,.0f} | {ratio:.1f} | {row.apart:.4f} |")
    return lines


def start_up(environment: Mapping[str, str]) -> list[tuple[str, float, float]]:
    """Best of five: name, wall and CPU seconds of processes that do next to nothing."""
    commands = {
        "`import heartland`": [sys.executable, "-c", "import heartland"],
        "`heartland --help`": [
            sys.executable, "-c", "from heartland.app.cli.main import entry; entry()", "--help",
        ],
        "`import heartland.runs.run` (what a run needs)": [sys.executable, "-c", "import heartland.runs.run"],
    }
    found = []
    for name, command in commands.items():
        walls, cpus = [], []
        for _ in range(6):
            wall, before = time.perf_counter(), os.times()
            subprocess.run(command, env=environment, check=True, capture_output=True)
            after = os.times()
            walls.append(time.perf_counter() - wall)
            cpus.append(sum(after[2:4]) - sum(before[2:4]))
        found.append((name, min(walls), min(cpus)))
    return found


def job_table(job: Mapping[str, Any], starts: Sequence[tuple[str, float, float]]) -> list[str]:
    """Seconds and memory by part as lines of Markdown."""
    lines = ["| part | wall s | CPU s, workers included | peak MB so far |", "|---|---|---|---|"]
    for name, (wall, cpu, peak) in job["parts"].items():
        lines.append(f"| {name} | {wall:.2f} | {cpu:.2f} | {peak:.0f} |")
    lines += [f"| {name} | {wall:.2f} | {cpu:.2f} | |" for name, wall, cpu in starts]
    lines += ["", f"Largest worker {job['worker_peak']:.0f} MB; on disk {job['stored']:.0f} MB."]
    return lines


def _machine() -> str:
    names = ["numpy", "scipy", "pandas", "zarr", "mesa", *(["numba"] if find_spec("numba") else [])]
    packages = ", ".join(f"{name} {version(name)}" for name in names)
    return (
        f"{os.cpu_count()} cores of {_processor()}, {_memory():.0f} GB, {platform.system()}, "
        f"Python {platform.python_version()}, {packages}, load {os.getloadavg()[0]:.1f} at the start"
    )


def _processor() -> str:
    """Name of the processor, or its kind where the system does not tell."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
        return next(line.partition(":")[2].strip() for line in text.splitlines() if "model name" in line)
    except (OSError, StopIteration):
        return platform.machine()


def _memory() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def report(rows: Sequence[Row], further: Sequence[str], machine: str) -> str:
    """The text of results.md."""
    head = [
        "# Speed",
        "",
        f"Written by `python benchmarks/run.py --write` in one session on {machine}. The ratios are the "
        "claim, the seconds are those of this machine.",
        "",
        "## One workload",
        "",
        "15 actors, 15 x 15 directed ties, 6 channels, 60 steps, noise per tie and step, channel means "
        "recorded per step, ties at the end; see `workload.py`. The heartland rows are the public loop, "
        "which has more to do: a stream of random numbers per tie, bounds that are booked, series of all "
        "members; the last one also keeps the split of every change by what made it.",
        "",
        *speed_table(rows),
        "",
        verdict(rows),
        "",
        f"Final channel means should be {', '.join(map(str, DOCUMENTED))}, within {TOLERANCE}; the last "
        "column gives the largest distance.",
        "",
        *path_lines(),
    ]
    return "\n".join([*head, *further])


def verdict(rows: Sequence[Row]) -> str:
    """Where the loop stands against Mesa and against the floor, and whether that is the target."""
    found = {row.name: row.speed for row in rows}
    times = found[OURS] / rows[0].speed
    said = f"The loop makes {times:.1f} times the runs of idiomatic Mesa per CPU-second (target {TARGET:.0f}"
    said += ": met)" if times >= TARGET else ": missed)"
    if FLOOR not in found:
        return f"{said}. The floor was not measured: Numba is not installed."
    part = found[OURS] / found[FLOOR]
    told = "met" if part >= FLOOR_TARGET else "missed"
    return f"{said} and {part:.2f} of those of the compiled floor (target {FLOOR_TARGET}: {told})."


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and say by the exit code whether the means agree."""
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--members", type=int, default=1000)
    parser.add_argument("--most", type=int, default=16_384)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args(arguments)
    machine = _machine()
    rows = measure(rounds=chosen.rounds)
    further = main_job(chosen.members) if chosen.members else []
    if chosen.most:
        further += scaling_lines(curves(chosen.most, min(chosen.most, WORKED)))
    text = report(rows, further, machine)
    print(text)
    if chosen.write:
        (HERE / "results.md").write_text(text, encoding="utf-8")
    return 0 if all(row.agrees for row in rows) else 1


def main_job(members: int) -> list[str]:
    """The part on the main job as lines of Markdown."""
    with tempfile.TemporaryDirectory() as cache:
        # As installed: with compiled modules on the disk, whatever the caller's settings are.
        environment = {name: x for name, x in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment |= {"PYTHONPYCACHEPREFIX": cache}
        starts = start_up(environment)
        command = [sys.executable, str(HERE / "main_job.py"), SCENARIO, str(members)]
        jobs = [_job(command, environment) for _ in range(5)][1:]
    job = min(jobs, key=lambda found: found["parts"]["compile, run and store"][0])
    return [
        f"## The main job: {SCENARIO}, {members:,} members, with its baseline",
        "",
        f"The quickest of {len(jobs)} after a first one; a worker process per core.",
        "",
        *job_table(job, starts),
        "",
    ]


def _job(command: Sequence[str], environment: Mapping[str, str]) -> dict[str, Any]:
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    sys.exit(main())
