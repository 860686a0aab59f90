"""How the cost grows: with members, with actors and channels of a sparse world, with worker processes.

`python benchmarks/scaling.py PART ...` measures one line in a process of its own, so that memory is that
line's, and prints one JSON object.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

__all__ = ["curves", "measured", "scaling_lines"]

SCENARIO = "kazakhstan-2022"
# members of the default region; (actors, channels) of the sparse world; worker processes
MEMBERS = (64, 256, 1024, 4096, 16_384)
WORLDS = ((15, 4), (50, 4), (100, 4), (200, 4), (200, 12), (200, 24))
WORKERS = (1, 2)
WORKED = 1024
# members of runs of the summary kind, over the first months, with one worker
SUMMED = (10_000, 30_000, 100_000)
MONTHS = 4


def _seconds() -> tuple[float, float]:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return time.perf_counter(), sum(part.ru_utime + part.ru_stime for part in used)


def _peaks() -> tuple[float, float]:
    """Largest memory of this process and of a worker, MB."""
    status = Path("/proc/self/status").read_text().splitlines()
    own = next(float(line.split()[1]) / 1e3 for line in status if line.startswith("VmHWM"))
    return own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3


def measured(part: str, *sizes: int) -> dict[str, float]:
    """One line: `members N`, `sparse ACTORS CHANNELS`, `workers N MEMBERS` or `summary N`.

    wall, cpu : seconds;  peak, own, worker : MB of the largest process, of this one, of the largest worker
    """
    if part == "sparse":
        from benchmarks.sparse import run_sparse

        run_sparse(15, 4, steps=2)
        begun = _seconds()
        run_sparse(sizes[0], sizes[1])
    elif part == "summary":
        begun = _summarise(sizes[0])
    else:
        begun = _run(*((sizes[0], "serial", 1) if part == "members" else (sizes[1], "processes", sizes[0])))
    wall, cpu = (after - before for after, before in zip(_seconds(), begun, strict=True))
    own, worker = _peaks()
    return {"wall": wall, "cpu": cpu, "peak": max(own, worker), "own": own, "worker": worker}


def _summarise(members: int) -> tuple[float, float]:
    """Run the first months of the scenario in the summary kind, with its baseline and one worker."""
    import heartland as hl
    from heartland.runs.condensed import run_summary

    scenario = hl.Scenario.load(hl.Region.load(), SCENARIO)
    short = replace(scenario, months=MONTHS, outcomes=scenario.outcomes[:1])
    with tempfile.TemporaryDirectory() as out:
        begun = _seconds()
        run_summary(short, members=members, out=Path(out), executor="processes", workers=1)
    return begun


def _run(members: int, executor: str, workers: int) -> tuple[float, float]:
    """Run the scenario and store it; what was read before counts nothing."""
    import heartland as hl
    from heartland.runs.early import early

    region = hl.Region.load()
    scenario = hl.Scenario.load(region, SCENARIO)
    hl.run(scenario, members=1)
    with tempfile.TemporaryDirectory() as out, early(executor, workers) as computing:
        begun = _seconds()
        hl.run(scenario, members=members, out=out, executor=computing, workers=workers)
    return begun


def curves(most: int = MEMBERS[-1], worked: int = WORKED) -> dict[str, list[dict[str, Any]]]:
    """Every line, each in a process of its own; most : members of the largest run."""
    lines: dict[str, list[tuple[int, ...]]] = {
        "members": [(members,) for members in MEMBERS if members <= most],
        "sparse": list(WORLDS),
        "workers": [(workers, worked) for workers in WORKERS],
        "summary": [(members,) for members in SUMMED if members <= 8 * most],
    }
    return {part: [_line(part, sizes) for sizes in chosen] for part, chosen in lines.items()}


def _line(part: str, sizes: Sequence[int]) -> dict[str, Any]:
    words = [sys.executable, str(Path(__file__).resolve()), part, *map(str, sizes)]
    environment = {name: x for name, x in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(words, capture_output=True, text=True, check=True, env=environment)
    return {"sizes": list(sizes), **json.loads(done.stdout.splitlines()[-1])}


def scaling_lines(found: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    """The curves as lines of Markdown."""
    from benchmarks.sparse import PARTNERS

    lines = [
        "## How the cost grows", "",
        f"Each line is a process of its own; peak memory is that of its largest process. Members: {SCENARIO} "
        "alone, in one process, stored.", "",
        "| members | wall s | CPU s | CPU ms a member | peak MB |", "|---|---|---|---|---|",
    ]  # fmt: skip
    for line in found["members"]:
        (members,) = line["sizes"]
        each = 1e3 * line["cpu"] / members
        lines.append(
            f"| {members:,} | {line['wall']:.1f} | {line['cpu']:.1f} | {each:.1f} | {line['peak']:.0f} |"
        )
    lines += [
        "",
        f"A sparse world, {PARTNERS} ties an actor in every channel, 60 steps, 64 members; a dense one of "
        "200 actors and 24 channels would have 25 times the ties and is never made.", "",
        "| actors | channels | ties x channels | CPU s | CPU ns a tie, step and member | peak MB |",
        "|---|---|---|---|---|---|",
    ]  # fmt: skip
    for line in found["sparse"]:
        actors, channels = line["sizes"]
        many = actors * PARTNERS * channels
        each = 1e9 * line["cpu"] / (many * 60 * 64)
        lines.append(
            f"| {actors} | {channels} | {many:,} | {line['cpu']:.2f} | {each:.0f} | {line['peak']:.0f} |"
        )
    first = found["workers"][0]
    lines += [
        "", f"Worker processes, {first['sizes'][1]:,} members of {SCENARIO}, stored.", "",
        "| workers | wall s | CPU s | times as quick |", "|---|---|---|---|",
    ]  # fmt: skip
    for line in found["workers"]:
        times = first["wall"] / line["wall"]
        lines.append(f"| {line['sizes'][0]} | {line['wall']:.1f} | {line['cpu']:.1f} | {times:.2f} |")
    return [*lines, "", *_summary_lines(found["summary"])]


def _summary_lines(found: Sequence[Mapping[str, Any]]) -> list[str]:
    if not found:
        return []
    lines = [
        f"Runs of the summary kind: {MONTHS} months of {SCENARIO} and its baseline, one worker.", "",
        "| members | CPU s | parent, peak MB | worker, peak MB |", "|---|---|---|---|",
    ]  # fmt: skip
    for line in found:
        sizes = f"{line['own']:.0f} | {line['worker']:.0f}"
        lines.append(f"| {line['sizes'][0]:,} | {line['cpu']:.0f} | {sizes} |")
    return [*lines, ""]


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[1], *map(int, sys.argv[2:]))))
