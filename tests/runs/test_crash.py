"""kill -9 at random moments: what was journaled stays, what is resumed equals the straight run.

Fifty kills, or as many as HEARTLAND_CRASHES says: most of a process that only stores, one in sixteen of one
that simulates the shipped region. A process that has imported everything forks the victims, so a kill is
cheap and may come at any moment, the making of the folder included.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from heartland.errors import Finding
from heartland.runs.journal import read_journal
from heartland.runs.manifest import MANIFEST, digest
from heartland.runs.reader import open_run

KILLS = int(os.environ.get("HEARTLAND_CRASHES", "50"))
HERE = Path(__file__).parent
MEMBERS = 640
# kills of one run, before it may end
TIMES = 3

NURSERY = f"MEMBERS = {MEMBERS}" + """
import os, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
import toy_run

def store(folder):
    said = os.open(folder + ".said", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with toy_run.start(Path(folder), members=MEMBERS) as writer:
        for block in writer.missing():
            writer.commit(block, toy_run.values(block))
            os.write(said, b"%d\\n" % block)

def simulate(folder):
    Path(folder).mkdir(exist_ok=True)
    run_pair(scenario, members=MEMBERS, out=folder)

if sys.argv[2] == "simulate":
    from dataclasses import replace
    from heartland.runs.run import run_pair
    from heartland.scenarios.scenario import Scenario
    from heartland.scenarios.validate import load_region
    scenario = Scenario.load(load_region("central-asia"), "kazakhstan-2022")
    scenario = replace(scenario, months=1, outcomes=())
while line := sys.stdin.readline():
    child = os.fork()
    if not child:
        try:
            (simulate if sys.argv[2] == "simulate" else store)(line.strip())
        except BaseException:
            import traceback
            traceback.print_exc()
            os._exit(9)
        os._exit(0)
    print(child, flush=True)
    sys.stdin.readline()  # its number stays its own until we are told to look
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Nursery:
    """Forks processes that write a run, and kills them."""

    def __init__(self, kind: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", NURSERY, str(HERE), kind],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def start(self, folder: Path) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{folder}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def end(self) -> int:
        """Exit status of the one started last, once it has ended."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@pytest.fixture
def nursery(request: pytest.FixtureRequest) -> Iterator[Nursery]:
    found = Nursery(request.param)
    yield found
    found.process.kill()
    found.process.communicate()


def raws(folder: Path) -> dict[str, object]:
    """Value hashes of all runs in a folder, itself one or full of them."""
    found = {}
    for path in (folder, *sorted(folder.glob("*"))):
        if (path / MANIFEST).is_file():
            journal = read_journal(path, digest((path / MANIFEST).read_bytes()))
            name = "" if path == folder else path.name
            found[name] = {block: dict(record.raw) for block, record in journal.blocks.items()}
    return found


def finished(folder: Path) -> set[int]:
    return set(open_run(folder).finished) if (folder / MANIFEST).exists() else set()


def findings(folder: Path) -> list[Finding]:
    places = [path.parent for path in (*folder.glob(MANIFEST), *folder.glob(f"*/{MANIFEST}"))]
    assert places
    return [finding for place in places for finding in open_run(place).verify()]


def told(folder: Path) -> set[int]:
    """Blocks whose commit had returned."""
    said = Path(f"{folder}.said")
    return {int(line) for line in said.read_text().split()} if said.exists() else set()


@pytest.mark.parametrize(
    ("nursery", "share", "span"),
    # the moments: a part of the time of the straight run; simulating begins with setting up
    [("store", 15 / 16, (0.0, 0.6)), ("simulate", 1 / 16, (0.3, 0.9))],
    indirect=["nursery"],
)
def test_killed_and_resumed_equals_straight(
    tmp_path: Path, nursery: Nursery, share: float, span: tuple[float, float]
) -> None:
    nursery.start(tmp_path / "straight")
    begun = time.monotonic()
    assert nursery.end() == 0
    took = time.monotonic() - begun
    wanted = raws(tmp_path / "straight")
    assert findings(tmp_path / "straight") == []
    dice, kills, number = random.Random(20), 0, 0
    while kills < round(KILLS * share):
        folder = tmp_path / f"run-{number}"
        number += 1
        for _ in range(TIMES):
            child = nursery.start(folder)
            time.sleep(dice.uniform(*span) * took)
            os.kill(child, signal.SIGKILL)  # a zombie at worst
            status = nursery.end()
            kills += status == -signal.SIGKILL
            assert status in (0, -signal.SIGKILL)
            if share > 0.5:
                assert finished(folder) >= told(folder)
        nursery.start(folder)
        assert nursery.end() == 0
        assert raws(folder) == wanted
        assert findings(folder) == []
