"""What the command line offers and how it answers to wrong words: exit codes, near matches, no tracebacks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import heartland as hl
from heartland.core.yamlio import read_yaml

COMMANDS = (
    "run", "resume", "report", "why", "compare", "verify", "measure", "describe", "validate", "doctor",
    "evidence",
)  # fmt: skip


def test_help_lists_every_command(cli) -> None:
    done = cli("--help")
    assert (done.code, done.err) == (0, "")
    listed = [line.split()[0] for line in done.out.partition("Commands:")[2].splitlines() if line.strip()]
    assert set(COMMANDS) <= set(listed)


@pytest.mark.parametrize("command", [*COMMANDS, "evidence list", "evidence show"])
def test_every_command_explains_itself(cli, command: str) -> None:
    done = cli(*command.split(), "--help")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"Usage: heartland {command}")


def test_help_and_import_stay_light() -> None:
    heavy = ("pandas", "scipy", "zarr", "xarray", "altair")
    code = (
        "import sys, contextlib, io, heartland\n"
        "from heartland.app.cli.main import entry\n"
        "sys.argv = ['heartland', '--help']\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        "    entry()\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_version(cli) -> None:
    assert cli("--version").out == "heartland 0.1.0\n"


REGION = hl.Region.load("central-asia")
SHIPPED = ", ".join(REGION.scenario_ids())
SYSTEMS = ", ".join(REGION.tables["systems"]["system_id"])
REFUSED = {
    line: message.format(scenarios=SHIPPED, systems=SYSTEMS)
    for line, message in read_yaml(Path(__file__).with_name("refused.yaml")).value.items()
}


@pytest.mark.parametrize("line", REFUSED)
def test_wrong_words_get_one_message_and_exit_code_2(cli, tmp_path: Path, line: str) -> None:
    done = cli(*line.split())
    assert (done.code, done.out) == (2, "")
    assert done.err == f"heartland: {REFUSED[line]}\n"
    assert list(tmp_path.iterdir()) == [], "a refused command leaves nothing behind"


USAGE = {
    "verfy": "Error: No such command 'verfy'. Did you mean 'verify'?",
    "run kazakhstan-2022 --membres 5": "Error: No such option: --membres (Possible options: --members)",
    "run kazakhstan-2022 --members many": "Error: Invalid value for '--members': ",
    "measure": "Error: Missing argument 'name'.",
}


@pytest.mark.parametrize("line", USAGE)
def test_wrong_usage_is_exit_code_2(cli, line: str) -> None:
    done = cli(*line.split())
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Usage: heartland")
    assert USAGE[line] in done.err


def test_out_must_be_a_folder(cli, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("not a folder", encoding="utf-8")
    done = cli("run", "kazakhstan-2022", "--members", "64", "--out", tmp_path / "taken" / "runs")
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        f"heartland: {tmp_path / 'taken'} is a file, not a folder. Every run is stored in a folder of its "
        "own. Name another folder with --out.\n"
    )


def test_validate_of_no_folder_fails_its_check(cli) -> None:
    done = cli("validate", "nowhere", "--format", "json")
    assert done.code == 3
    assert done.json["counts"] == {"E": 1, "W": 0, "I": 0}
    assert done.json["findings"][0]["what"] == '"nowhere" is neither a shipped region nor a folder.'
    assert done.err == "heartland: The folder cannot be used as it is.\n"
