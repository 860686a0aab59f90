"""Ways to make the loop quicker that were tried, and what each gave; `run.py` prints them under the table."""

from __future__ import annotations

__all__ = ["PATHS", "path_lines"]

# (what was tried, what it gave, whether it was kept); us: CPU-microseconds, of one run of the workload
PATHS = (
    ("The place of the generator given as whole numbers of Python, not as arrays",
     "0.8 us a slot and block instead of 2.4; a uniform in windows of 12 steps costs a third less", True),
    ("Normals held in windows of steps, their place noted in between",
     "the largest sparse world needs less than half the memory; streams that fit 10 MB stay whole, for a "
     "note costs 3 us a slot and window", True),
    ("Operations of a mechanism in the order in which the state lies in memory, one factor fewer",
     "the loop on given noise: 530 us a run instead of 870", True),
    ("Members of a mechanism called on few taken so that they stay contiguous; events looked for among flags",
     "half the time of the first, a tenth of the second; the same bits", True),
    ("Measured ties hidden and weighed in place", "5 ms a recorded step of 512 members instead of 11", True),
    ("Short windows of normals, to stay in the cache",
     "1,550 us to draw a run's normals in windows of 20 steps, 1,280 at once", False),
    ("2, 4 or 8 blocks of the workload side by side", "1.00, 0.97 and 0.94 of the speed of one", False),
    ("Another generator: PCG64, SFC64",
     "790 and 700 us for the normals of a run instead of 1,000; every recorded number would move", False),
    ("Normals of 32 bits", "860 us instead of 1,000; every recorded number would move", False),
    ("Memory kept by the C library in every process that runs a job (`keep_freed`)",
     "no page faults; a fifth fewer in the first run of a process; on this workload less than 2 %", True),
)  # fmt: skip


def path_lines() -> list[str]:
    """The paths as lines of Markdown."""
    return [
        "### Paths tried",
        "",
        "Measured one by one when they were tried, on two shared cores; not part of this session. The 81,000 "
        "normals of a run take NumPy's Philox about 1,000 us, so no loop that keeps its streams makes "
        "more than about 1,000 runs per CPU-second; the floor has a quicker generator of its own.",
        "",
        "| path | what it gave | kept |",
        "|---|---|---|",
        *(f"| {what} | {gave} | {'yes' if kept else 'no'} |" for what, gave, kept in PATHS),
        "",
    ]
