"""Want of memory is one message: in a process whose address space is limited, and for each of its faces."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from heartland.app.cli.room import ADVICE, KEPT, lacking

POSIX = pytest.mark.skipif(os.name == "nt", reason="no limit of the address space there")
NOTHING = "The system gives no more memory"


def limited(megabytes: int, *words: str) -> subprocess.CompletedProcess[str]:
    """The command line in a process whose address space is limited."""
    import resource

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))

    return subprocess.run(
        [sys.executable, "-m", "heartland", *words], capture_output=True, text=True, preexec_fn=limit
    )


@POSIX
def test_too_little_to_load_the_libraries_is_refused_before_they_are_loaded() -> None:
    done = limited(300, "run", "kazakhstan-2022")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "heartland: The address space of this process is limited to 300 MB. Libraries and threads reserve "
        "1,500 MB before anything is computed. Raise the limit (ulimit -v unlimited).\n"
    )
    assert limited(300, "--help").returncode == 0


@POSIX
def test_a_run_that_does_not_fit_ends_with_a_message(tmp_path: Path) -> None:
    words = ["run", "kazakhstan-2022", "--members", "1000000", "--executor", "serial", "--out", str(tmp_path)]
    done = limited(1500, *words)
    assert (done.returncode, done.stdout) == (1, "")
    limit = "The address space of this process is limited to 1,500 MB."
    pattern = rf"heartland: {NOTHING} \(Unable to allocate [^()]+\([0-9, ]+\)[^()]+\)\. {limit} {KEPT} "
    assert re.fullmatch(pattern + re.escape(ADVICE) + "\n", done.stderr), done.stderr


@pytest.mark.parametrize(
    ("error", "detail"),
    [
        (MemoryError(), ""),
        (MemoryError("Unable to allocate 3 GiB\nmore"), " (Unable to allocate 3 GiB)"),
        (RuntimeError("can't start new thread"), " (can't start new thread)"),
        (ImportError("x.so: failed to map segment from shared object"),
         " (x.so: failed to map segment from shared object)"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), " ([Errno 12] Cannot allocate memory)"),
    ],
    ids=["bare", "array", "thread", "library", "fork"],
)  # fmt: skip
def test_each_face_of_it_is_said_in_one_line(error: BaseException, detail: str) -> None:
    assert lacking(error) == f"{NOTHING}{detail}. {KEPT} {ADVICE}"


@pytest.mark.parametrize("error", [RuntimeError("x"), ImportError("No module"), OSError(errno.EIO, "no")])
def test_other_errors_are_left_to_others(error: BaseException) -> None:
    assert lacking(error) == ""
