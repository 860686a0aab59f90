"""Ctrl-C during a run: finished blocks are kept, the message says how to go on; that gives the same."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from tests.app.conftest import call

import heartland as hl

MEMBERS = 832
SCENARIO = "clickbait-2020"  # a year long


def started(out: Path) -> bool:
    """Whether the run has finished a block: its journal has more than its first line."""
    return any(path.read_bytes().count(b"\n") > 1 for path in out.glob("*/journal*"))


@pytest.mark.skipif(os.name == "nt", reason="no SIGINT to another process there")
def test_interrupted_run_is_finished_by_resume(tmp_path: Path) -> None:
    out = tmp_path / "runs"
    words = [SCENARIO, "--members", str(MEMBERS), "--executor", "serial", "--out", str(out)]
    code = "from heartland.app.cli.main import entry; entry()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "run", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        while not started(out) and process.poll() is None:
            time.sleep(0.005)
        process.send_signal(signal.SIGINT)
        text, said = process.communicate(timeout=120)
    finally:
        process.kill()
    assert process.returncode == 130, said
    assert text == ""
    assert "Traceback" not in said
    assert "Finished blocks are kept." in said
    (command,) = re.findall(r"^Finish it with: heartland resume (\S+)$", said, re.M)
    folder = Path(command)
    assert not (folder / "report.html").exists()
    part = hl.open_run(folder)
    assert 0 < part.members < MEMBERS

    finished = call("resume", folder)
    assert finished.code == 0, finished.err
    assert finished.out.splitlines() == [
        f"{folder.name}: {MEMBERS} members, complete", f"report {folder / 'report.html'}",
    ]  # fmt: skip
    whole = hl.open_run(folder)
    straight = hl.run(hl.Scenario.load("central-asia", SCENARIO), members=MEMBERS)
    for outcome in whole.scenario.outcomes:
        a, b, first = (run.outcome(outcome.id).values for run in (whole, straight, part))
        assert a.tobytes() == b.tobytes()
        assert np.array_equal(first, a[: part.members], equal_nan=True) or outcome.unit != "probability"
    assert call("verify", folder).code == 0
