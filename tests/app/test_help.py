"""What the command line offers and how it answers to wrong words: exit codes, near matches, no tracebacks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

COMMANDS = (
    "run", "resume", "report", "why", "compare", "verify", "measure", "describe", "validate", "doctor", "evidence",
)  # fmt: skip
KINDS = ("systems", "channels", "mechanisms", "parameters", "rules", "measures", "scenarios")


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


SCENARIOS = (
    "article-3-amended, january-2022-held-off, kazakhstan-2022, neighbour-crisis-2023, nobody-comes, "
    "russian-recession-2015, thaw-with-the-west"
)
REFUSED = {
    "run kazakstan-2022": f'There is no scenario "kazakstan-2022" in central-asia. Did you mean kazakhstan-2022? '
    f"Known: {SCENARIOS}.",
    "run": f"Name one scenario, or --system ID, or --all. Scenarios: {SCENARIOS}.",
    "run --system csot": 'System "csot" has no headline scenario yet. A system is answered by the scenario that '
    "carries its headline question. Did you mean csto? Systems with one: csto, labour-remittance, condominium.",
    "run kazakhstan-2022 --members 0": "0 members cannot be run. A run has 1 to 1,000,000 members. "
    "Write --members 1000.",
    "run kazakhstan-2022 --seed -1": "Seed -1 is not a whole number from 0 to 2**64-1. A run's random numbers are "
    "keyed by it. Give such a number, for example --seed 1.",
    "run kazakhstan-2022 --workers -1": "-1 workers cannot compute. Write --workers 0 for one per core.",
    "run kazakhstan-2022 --executor serail": "There is no executor serail. Did you mean serial? "
    "Known: serial, processes.",
    "run kazakhstan-2022 --format jsn": '--format "jsn" is not known. Did you mean json? Write one of: text, json.',
    "measure influnce": '"influnce" is not a measure. Nothing can be computed for it. Did you mean influence? '
    "Known measures: heartland describe measures.",
    "measure influence --receiver KZG": '"KZG" is not a receiver of this region. It has no ties here. '
    "Did you mean KGZ or KAZ or UZB? Known receivers: KAZ, KGZ, TJK, TKM, UZB.",
    "measure influence --by chanel": '"chanel" is not a choice of by. Rows exist at these levels of detail only. '
    "Did you mean channel? Choices: overall, domain, channel.",
    "measure influence --at 2021-13-01": '"2021-13-01" is not a month. As-of queries need real bounds. '
    "Write 2021-12, 2021 or 2021-XX.",
    "measure influence --region nowhere": '"nowhere" is neither a shipped region nor a folder. '
    "Nothing could be loaded. Shipped regions: central-asia.",
    "evidence show F-A1-0011": '"F-A1-0011" is no id of this region. Only recorded items can be shown. '
    "Did you mean F-A1-001 or F-A1-011 or C-A1-001? "
    "Known ids: heartland evidence list facts|sources|arguments|actors.",
    "evidence list --channel trad": '"trad" is no channel of this region. An unknown name would look like an empty '
    "answer. Did you mean trade? Known here: aid, arms, attitude, commitment, debt, digital, education, energy, "
    "engagement, exercises, institutions, investment, media, medical-aid, presence, remittances, trade, votes.",
    "describe sistems": '"sistems" is nothing that can be described. Did you mean systems? '
    f"Write one of: {', '.join(KINDS)}.",
    "describe scenarios nobody-come": f'"nobody-come" is not among them. Did you mean nobody-comes? '
    f"Known: {SCENARIOS}.",
    "verify 123": "There is no run 123. Runs under heartland-runs: none.",
    "why 123 --variable tension": "There is no run 123. Runs under heartland-runs: none.",
    "compare 123 456": "There is no run 123. Runs under heartland-runs: none.",
    "resume 123": "There is no run 123. Runs under heartland-runs: none.",
    "report 123": "There is no run 123. Runs under heartland-runs: none.",
}


@pytest.mark.parametrize("line", REFUSED)
def test_wrong_words_get_one_message_and_exit_code_2(cli, tmp_path: Path, line: str) -> None:
    done = cli(*line.split())
    assert (done.code, done.out) == (2, "")
    assert done.err == f"heartland: {REFUSED[line]}\n"
    assert list(tmp_path.iterdir()) == [], "a refused command leaves nothing behind"


USAGE = {
    "rum": "Error: No such command 'rum'. Did you mean 'run'?",
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
        f"heartland: {tmp_path / 'taken'} is a file, not a folder. Every run is stored in a folder of its own. "
        "Name another folder with --out.\n"
    )


def test_validate_of_no_folder_fails_its_check(cli) -> None:
    done = cli("validate", "nowhere", "--format", "json")
    assert done.code == 3
    assert done.json["counts"] == {"E": 1, "W": 0, "I": 0}
    assert done.json["findings"][0]["what"] == '"nowhere" is neither a shipped region nor a folder.'
    assert done.err == "heartland: The folder cannot be used as it is.\n"
