"""Ways to make the loop quicker that were tried, and what each gave; `run.py` prints them under the table."""

from __future__ import annotations

__all__ = ["PATHS", "path_lines"]

# (what was tried, what it gave, whether it was kept); us: CPU-microseconds, of one run of the workload
PATHS = (
    ("The place of the generator given as whole numbers of Python, not as arrays",
     "0.8 us a slot and block instead of 2.4; a uniform in windows of 12 steps costs a third less", True),
    ("Numbers of 32 bits, normals by inversion in a table, bits held and numbers made as the steps come",
     "420 us for the normals of a run instead of 1,000 by refusal; uniforms in half the time, half the "
     "memory; any step is reached directly, so no places are noted; every recorded number moved, once", True),
    ("Operations of a mechanism in the order in which the state lies in memory, one factor fewer",
     "the loop on given noise: 530 us a run instead of 870", True),
    ("Members of a mechanism called on few taken so that they stay contiguous; events looked for among flags",
     "half the time of the first, a tenth of the second; the same bits", True),
    ("Measured ties hidden and weighed in place", "5 ms a recorded step of 512 members instead of 11", True),
    ("Blocks of the workload side by side, as in every run",
     "876 runs a second one by one, 1,005 with two, 959 with four", True),
    ("Another generator: PCG64, SFC64",
     "100 and 80 us for the bits of a run's normals instead of 150; Philox reaches any place by its counter",
     False),
    ("Normals of 32 bits by refusal (ziggurat)", "840 us instead of 950; SFC64 630 to 670", False),
    ("Cells of equal probability for the inversion, the outermost apart",
     "6 to 8 ns a normal instead of 5: the table leaves the cache", False),
    ("In the main job: what is asked of constants worked out once, inputs with the same bits shared by two "
     "runs, books that nobody shares written at once", "5 to 7 % of the loop; the same bits", True),
    ("In the main job: 16 blocks side by side instead of 8", "14 % less, for 1,215 MB instead of 651", False),
    ("In the main job: huge pages (`glibc.malloc.hugetlb`)",
     "6 to 9 % less in a process that goes on, 2 s of system time more in a command", False),
    ("Memory kept by the C library in every process that runs a job (`keep_freed`)",
     "no page faults; a fifth fewer in the first run of a process; on this workload less than 2 %", True),
)  # fmt: skip


def path_lines() -> list[str]:
    """The paths as lines of Markdown."""
    return [
        "### Paths tried",
        "",
        "Measured one by one when they were tried, on two shared cores; not part of this session. Of the "
        "81,000 normals of a run the bits take NumPy's Philox about 160 us and their inversion about 180; "
        "refusing bits, as NumPy's own normals do, takes 950.",
        "",
        "| path | what it gave | kept |",
        "|---|---|---|",
        *(f"| {what} | {gave} | {'yes' if kept else 'no'} |" for what, gave, kept in PATHS),
        "",
    ]
