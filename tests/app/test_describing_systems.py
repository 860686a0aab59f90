"""`heartland describe systems`: standing, answers, and the command behind every question."""

from __future__ import annotations

import csv
import shlex
from pathlib import Path

import pytest
from tests.app.conftest import SHORT

from heartland.app.cli import running

FOLDER = Path(__file__).resolve().parents[2] / "src/heartland/regions/central-asia"
with (FOLDER / "system_questions.csv").open(encoding="utf-8", newline="") as file:
    COMMANDS = sorted({row["command"] for row in csv.DictReader(file)})


@pytest.mark.parametrize("command", COMMANDS)
def test_every_question_is_answered_by_its_command(command, cli, tmp_path, monkeypatch) -> None:
    """Runs with 64 members and without their report, which other tests read."""
    monkeypatch.setattr(running, "_write", lambda *answer: answer[-1] / "report.html")
    words = shlex.split(command)[1:]
    few = [*SHORT, "--out", tmp_path / "runs"] if words[0] == "run" else []
    done = cli(*words, *few)
    assert done.code == 0, done.err
    assert done.out.strip()


def test_the_table(cli) -> None:
    done = cli("describe", "systems")
    head, *lines = done.out.splitlines()
    assert head.split() == ["system", "works", "headline", "answer", "evidence", "missing"]
    assert len(lines) == 24
    assert all(line.split()[1] in ("yes", "no") for line in lines)
    assert done.err == (
        "heartland describe systems SYSTEM shows what is asked of it and the commands that answer.\n"
    )


def test_one_in_full(cli) -> None:
    said = cli("describe", "systems", "csto").out
    assert "asked:\n    Is a mission lawful in country X under current or amended rules? heartland " in said
    assert "\ntests:\n    its elements and rules load: yes\n" in said
    assert "\nscenarios: kazakhstan-2022; " in said


def test_where_its_evidence_stands_is_a_command_that_works(cli) -> None:
    (row,) = cli("describe", "systems", "arms-industry", "--format", "json").json["rows"]
    assert row["evidence from"] == [
        "heartland evidence list arguments --system arms-industry",
        "heartland evidence list facts --source A2",
    ]  # fmt: skip
    for command in row["evidence from"]:
        done = cli(*command.split()[1:])
        assert done.code == 0, done.err
        assert len(done.out.splitlines()) > 1


def test_keys(cli) -> None:
    (row,) = cli("describe", "systems", "backlash", "--format", "json").json["rows"]
    assert set(row) == {
        "system", "works", "headline", "answer", "evidence", "missing", "name", "question", "scenarios",
        "arguments", "rules", "questions", "asked", "evidence from", "cases", "models", "tests",
    }  # fmt: skip
    assert row["headline"] == "at-bashi-2020"
