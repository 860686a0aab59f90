"""Every scenario of a region with its baseline in one call: seconds, processor time, memory, disk, shares."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

__all__ = ["main", "measure", "result_lines"]


def measure(region: str = "", members: int = 1000) -> dict[str, Any]:
    """Run all scenarios in a process of its own.

    Returns
    -------
    wall, cpu : seconds;  memory : MB of the largest process;  disk : MB that stay
    shares : seconds by scenario
    """
    with tempfile.TemporaryDirectory() as out:
        words = ["run", "--all", "--members", str(members), "--out", out, "--format", "json"]
        words += ["--region", region] if region else []
        begun = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "heartland", *words], stdout=subprocess.PIPE, text=True, check=True
        )
        wall = time.monotonic() - begun
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        disk = sum(path.stat().st_size for path in Path(out).rglob("*") if path.is_file())
    runs = json.loads(done.stdout)["runs"]
    return {
        "wall": wall,
        "cpu": used.ru_utime + used.ru_stime,
        "memory": used.ru_maxrss / 1024,
        "disk": disk / 1e6,
        "members": members,
        "shares": {run["scenario"]: run["seconds"]["total"] for run in runs},
    }


def result_lines(found: dict[str, Any]) -> list[str]:
    """What was measured, as lines of benchmarks/results.md."""
    shares: dict[str, float] = found["shares"]
    whole = sum(shares.values()) or 1.0
    head = (
        f"{len(shares)} scenarios with their baselines, {found['members']:,} members: {found['wall']:.0f} s, "
        f"{found['cpu']:.0f} s of processor time, at most {found['memory']:.0f} MB in a process, "
        f"{found['disk']:.0f} MB stay on disk."
    )
    order = sorted(shares.items(), key=lambda pair: -pair[1])
    rows = [f"| {name} | {seconds:.1f} | {100 * seconds / whole:.1f} % |" for name, seconds in order]
    return [head, "", "| scenario | seconds of a worker | share |", "|---|---|---|", *rows]


def main() -> None:
    """`python -m benchmarks.all [MEMBERS]`."""
    members = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    print("\n".join(result_lines(measure(members=members))))


if __name__ == "__main__":
    main()
