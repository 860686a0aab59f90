"""kill -9 at random moments: what was journaled stays, what is resumed equals the straight run."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import toy_run

from heartland.runs.reader import open_run

SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
import toy_run
from pathlib import Path
with toy_run.start(Path(sys.argv[2]), members=1280) as writer:
    print("begun", flush=True)
    for block in writer.missing():
        writer.commit(block, toy_run.values(block))
        print(block, flush=True)
"""


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return toy_run.filled(tmp_path_factory.mktemp("straight") / "run", members=1280)


@pytest.mark.parametrize("trial", range(8))
def test_killed_and_resumed_equals_straight(tmp_path: Path, straight: Path, trial: int) -> None:
    folder = tmp_path / "run"
    dice = random.Random(trial)
    reported: set[int] = set()
    for _ in range(2):
        process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(Path(__file__).parent), str(folder)], stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        if dice.random() < 0.75:  # else the kill may come before the folder is made
            process.stdout.readline()
        time.sleep(dice.random() * 0.15)
        os.kill(process.pid, signal.SIGKILL)
        said, _ = process.communicate()
        reported |= {int(line) for line in said.split() if line.isdigit()}
        if (folder / "manifest.json").exists():
            assert set(open_run(folder).finished) >= reported
    with toy_run.start(folder, members=1280) as writer:
        assert writer.finished() >= reported
        assert not [note for note in writer.notes if note.startswith("Block")]
        for block in writer.missing():
            writer.commit(block, toy_run.values(block))
    assert toy_run.raw(folder) == toy_run.raw(straight)
    assert open_run(folder).verify() == []
