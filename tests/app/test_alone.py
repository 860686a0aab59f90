"""Worker processes of the installed command start without its script."""

from __future__ import annotations

import json
import subprocess
import sys

# as installers write it, with a word on who runs it
SCRIPT = """
import sys
print("run as", __name__, file=sys.stderr)
from heartland.app.cli.main import entry
if __name__ == "__main__":
    sys.exit(entry())
"""


def test_workers_do_not_load_the_command_line(tmp_path):
    script = tmp_path / "heartland"
    script.write_text(SCRIPT)
    words = ["run", "clickbait-2020", "--members", "16", "--workers", "1", "--format", "json"]
    command = [sys.executable, str(script), *words, "--out", str(tmp_path / "runs")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["members"] == 16
    assert [line for line in done.stderr.splitlines() if line.startswith("run as")] == ["run as __main__"]
