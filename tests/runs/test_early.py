"""Workers that start while the caller still reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from heartland.runs.early import early
from heartland.runs.executors import Done, execute
from heartland.runs.pool import Workers


def has_imported(block: int) -> bool:
    import sys

    needed = {"heartland.runs.job", "heartland.runs.forms", "heartland.runs.compute", "numcodecs.zstd"}
    of_the_caller = {"pandas", "scipy", "zarr", "heartland.region.region"}
    return needed <= set(sys.modules) and not of_the_caller & set(sys.modules)


@pytest.mark.parametrize(
    ("workers", "members", "expected"), [(3, 1000, 3), (3, 300, 2), (3, 64, 1), (9, 1000, 4)]
)
def test_never_more_processes_than_there_is_work_for(workers: int, members: int, expected: int) -> None:
    with early("processes", workers, members) as computing:
        assert isinstance(computing, Workers)
        assert computing.workers == expected


def test_serial_starts_nothing() -> None:
    with early("serial", 0, 1000) as computing:
        assert computing == "serial"


def test_workers_have_imported_what_a_block_needs_and_no_more_before_the_first_task() -> None:
    found: list[Done] = []
    with early("processes", 1, 1000) as computing:
        execute(has_imported, [0], executor=computing, on_done=found.append)
    assert [done.result for done in found] == [True]


def fail_inside(pids: list[int]) -> None:
    with early("processes", 1, 64) as computing:
        assert isinstance(computing, Workers)
        pids += [process.pid for process in computing._context.started if process.pid]
        raise OSError("no region")


def test_an_error_while_reading_ends_the_workers() -> None:
    pids: list[int] = []
    with pytest.raises(OSError, match="no region"):
        fail_inside(pids)
    assert len(pids) == 1
    assert not Path(f"/proc/{pids[0]}").exists()
