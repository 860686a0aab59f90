"""Lines of the benchmark of all scenarios."""

from __future__ import annotations

from benchmarks.all import result_lines


def test_lines_name_the_largest_share_first() -> None:
    found = {
        "wall": 61.2, "cpu": 100.4, "memory": 412.3, "disk": 99.6, "members": 1000,
        "shares": {"short": 1.0, "long": 3.0},
    }  # fmt: skip
    assert result_lines(found) == [
        "2 scenarios with their baselines, 1,000 members: 61 s, 100 s of processor time, "
        "at most 412 MB in a process, 100 MB stay on disk.",
        "",
        "| scenario | seconds of a worker | share |",
        "|---|---|---|",
        "| long | 3.0 | 75.0 % |",
        "| short | 1.0 | 25.0 % |",
    ]
