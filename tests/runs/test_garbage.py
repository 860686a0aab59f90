"""Searches for garbage: rare while a command runs, none at its end, and nothing of its end is lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CODE = """
import atexit, gc, sys, tempfile, weakref
from heartland.runs.garbage import rarely
class Held: ...
rarely()
rarely()
print(gc.get_threshold()[0] > 10_000, gc.isenabled())
folder = tempfile.TemporaryDirectory()
held = Held()
weakref.finalize(held, print, "finalized")
atexit.register(lambda: print("frozen", gc.get_freeze_count() > 0, gc.isenabled()))
file = open(sys.argv[1], "w")
file.write("kept")
print(folder.name)
print("last line", end="")
"""


def test_a_command_ends_with_everything_written_and_no_search(tmp_path):
    path = tmp_path / "kept.txt"
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(path)], capture_output=True, text=True, check=True
    )
    first, folder, rest = done.stdout.split("\n", 2)
    assert first == "True True"
    assert not Path(folder).exists()
    assert rest.startswith("last line")
    assert "finalized" in rest
    assert path.read_text() == "kept"
    assert done.stderr == ""


def test_the_search_ends_after_what_was_asked_for_at_the_end(tmp_path):
    code = "\n".join([
        "import atexit, gc",
        "atexit.register(lambda: print(gc.isenabled(), gc.get_freeze_count() > 0))",
        "from heartland.runs.garbage import rarely; rarely()",
        "atexit.register(lambda: print(gc.isenabled(), gc.get_freeze_count() > 0))",
    ])  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["True False", "False True"]
