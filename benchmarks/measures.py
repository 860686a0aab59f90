"""Seconds and memory of all measures of the default region: `python benchmarks/measures.py`.

    --draws N        draws (default 1000)
    --rounds N       rounds, the quickest of which counts (default 3)
    --write          also put the section into benchmarks/results.md, in place of an older one

Every measure there is, at each year end from 2000 to 2024, in one process on one core; seconds are CPU
seconds. Each part is also set against one plain pass of NumPy over as many numbers as there are drawn ties,
measured in the same round, so that the figures mean something on a machine that is not quiet.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from benchmarks.run import _machine  # noqa: E402  # the folder is not installed

REGION, AT = "central-asia", "2020-12-31"
YEARS = range(2000, 2025)
TITLE = "## All measures"
TARGET_SECONDS, TARGET_MB = 5.0, 600
# Part of the table -> families of measures in it; what is not listed stands under "other".
PARTS = {
    "ranks, leads, quality": ("influence", "bandwidth", "dependence", "quality"),
    "labour, encroachment, hedging, concentration": (
        "division_of_labour", "encroachment", "hedging", "concentration",
    ),
    "leverage, exclusion, routes": ("leverage", "exclusion", "route"),
    "alignment": ("alignment",),
    "centrality": ("centrality",),
    "capability, balance, trade expected": ("capability", "balance", "gravity"),
}
DRAWS_PART, FRAME_PART, INPUT_PART = "influence in all draws", "tables with quality and flags", "inputs"


def child(draws: int) -> dict[str, Any]:
    """CPU seconds by part, number of rows, peak memory and seconds of the plain pass, in this process."""
    import heartland as hl
    from heartland.measures import registry, tidy
    from heartland.measures.block import to_frame
    from heartland.measures.cells import bundle
    from heartland.measures.indices import Settings

    world = hl.Region.load(REGION).at(AT)
    measures = registry.expand("*")
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds: dict[str, float] = {}

    def timed(part: str, work: Any) -> Any:
        before = time.process_time()
        found = work()
        seconds[part] = seconds.get(part, 0.0) + time.process_time() - before
        return found

    inputs = timed(INPUT_PART, lambda: tidy.inputs(world, times=[f"{year}-12-31" for year in YEARS]))
    request = registry.Request(Settings(draws=draws, seed=1), cache={"measures": measures})
    timed(DRAWS_PART, lambda: bundle(inputs, request))
    rows = 0
    for measure in measures:
        own = replace(request, by="overall" if "overall" in measure.by else measure.by[0])
        part = next((name for name, families in PARTS.items() if measure.family in families), "other")
        blocks = timed(part, lambda: measure.function(inputs, own))  # noqa: B023  # called at once
        rows += len(timed(FRAME_PART, lambda: to_frame(blocks, 0.9)))  # noqa: B023  # the same
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "seconds": seconds, "rows": rows, "measures": len(measures), "base": base, "peak": peak,
        "plain": plain_pass(inputs.value.size, draws), "shape": [*inputs.value.shape, draws],
    }


def plain_pass(cells: int, draws: int) -> float:
    """CPU seconds of exp, product and sum over (cell, draw) numbers in single precision, best of three."""
    import numpy as np

    rng = np.random.default_rng(1)
    whole = rng.random((cells, draws), dtype=np.float32)
    weight = rng.random(draws, dtype=np.float32)
    out, total = np.empty_like(whole[:64]), np.zeros_like(whole[:64])
    best = float("inf")
    for _ in range(3):
        before = time.process_time()
        for low in range(0, cells - 63, 64):
            np.exp(whole[low : low + 64], out=out)
            np.multiply(out, weight, out=out)
            np.add(total, out, out=total)
        best = min(best, time.process_time() - before)
    return best


def rounds(number: int, draws: int) -> list[dict[str, Any]]:
    """Results of several processes on one core, compiled modules on the disk as when installed."""
    found = []
    with tempfile.TemporaryDirectory() as cache:
        environment = {name: x for name, x in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment |= {"PYTHONPYCACHEPREFIX": cache, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        core = min(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None
        for _ in range(number + 1):  # the first one writes the compiled modules
            command = [sys.executable, str(Path(__file__).resolve()), "--child", "--draws", str(draws)]
            done = subprocess.run(
                command, env=environment, check=True, capture_output=True, text=True,
                preexec_fn=None if core is None else lambda: os.sched_setaffinity(0, {core}),
            )
            found.append(json.loads(done.stdout.splitlines()[-1]))
    return found[1:]


def cold_start() -> list[tuple[str, float, float]]:
    """Wall and CPU seconds of one table of influence from the command line, best of five."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {name: x for name, x in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment |= {"PYTHONPYCACHEPREFIX": cache}
        start = "from heartland.app.cli.main import entry; entry()"
        command = [sys.executable, "-c", start, "measure", "influence", "--at", AT]
        times = []
        for _ in range(6):
            wall, before = time.perf_counter(), os.times()
            subprocess.run(command, env=environment, check=True, capture_output=True)
            after = os.times()
            times.append((time.perf_counter() - wall, sum(after[2:4]) - sum(before[2:4])))
    return [(f"`heartland measure influence --at {AT}`", min(w for w, _ in times), min(c for _, c in times))]


def section(found: Sequence[dict[str, Any]], starts: Sequence[tuple[str, float, float]]) -> list[str]:
    """The section of results.md as lines."""
    best = min(found, key=lambda one: sum(one["seconds"].values()))
    seconds, plain = best["seconds"], best["plain"]
    whole = sum(seconds.values())
    *ties, draws = best["shape"]
    lines = [
        TITLE,
        "",
        f"All {best['measures']} measures of {REGION} at {len(YEARS)} year ends with {draws:,} draws, "
        f"{best['rows']:,} rows; one core, the quickest of {len(found)}, on {_machine()}. One plain pass is "
        f"exp, product and sum over {' x '.join(map(str, ties))} x {draws:,} numbers (givers, receivers, "
        f"channels, dates, draws): {plain:.2f} s.",
        "",
        "| part | CPU s | plain passes |",
        "|---|---|---|",
        *(f"| {name} | {value:.2f} | {value / plain:.1f} |" for name, value in seconds.items()),
        f"| all | {whole:.2f} | {whole / plain:.1f} |",
        f"| all but inputs | {whole - seconds[INPUT_PART]:.2f} "
        f"| {(whole - seconds[INPUT_PART]) / plain:.1f} |",
        "",
        f"Target {TARGET_SECONDS:.0f} s. Peak memory {best['peak']:.0f} MB (target {TARGET_MB}), of which "
        f"{best['base']:.0f} MB before the first measure.",
        "",
    ]
    if starts:
        lines += ["| from the command line | wall s | CPU s |", "|---|---|---|"]
        lines += [f"| {name} | {wall:.2f} | {cpu:.2f} |" for name, wall, cpu in starts]
        lines.append("")
    return lines


def merged(text: str, lines: Sequence[str]) -> str:
    """Text of results.md with the section put in place of an older one, or at the end."""
    own = "\n".join(lines)
    older = re.compile(rf"^{re.escape(TITLE)}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    if older.search(text):
        return older.sub(lambda _: own, text)
    return f"{text.rstrip()}\n\n{own}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and say by the exit code whether the targets are met."""
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.child:
        print(json.dumps(child(chosen.draws)))
        return 0
    found = rounds(chosen.rounds, chosen.draws)
    lines = section(found, cold_start())
    print("\n".join(lines))
    if chosen.write:
        file = HERE / "results.md"
        file.write_text(merged(file.read_text(encoding="utf-8"), lines), encoding="utf-8")
    quick = min(sum(one["seconds"].values()) for one in found) < TARGET_SECONDS
    return 0 if quick and min(one["peak"] for one in found) < TARGET_MB else 1


if __name__ == "__main__":
    sys.exit(main())
