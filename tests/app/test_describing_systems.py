"""`heartland describe systems`: standing, answers, and the command behind every question."""

from __future__ import annotations

import csv
import io
import shlex
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from tests.app.conftest import SHORT

import heartland as hl
from heartland.app.cli import common
from heartland.app.cli.describing_systems import behind

FOLDER = Path(__file__).resolve().parents[2] / "src/heartland/regions/central-asia"
with (FOLDER / "system_questions.csv").open(encoding="utf-8", newline="") as file:
    COMMANDS = sorted({row["command"] for row in csv.DictReader(file)})


@pytest.mark.parametrize("command", COMMANDS)
def test_every_question_is_answered_by_its_command(command, cli, tmp_path, monkeypatch) -> None:
    """Runs with 64 members and without their report, which other tests read."""

    @contextmanager
    def reporting(run, executor):
        yield lambda base, rows, folder, found: folder / "report.html"

    monkeypatch.setattr("heartland.app.cli.reporting.reporting", reporting)
    words = shlex.split(command)[1:]
    few = [*SHORT, "--out", tmp_path / "runs"] if words[0] == "run" else []
    done = cli(*words, *few)
    assert done.code == 0, done.err
    assert done.out.strip()


def test_the_table(cli) -> None:
    head, *lines = cli("describe", "systems").out.splitlines()
    assert head.split() == ["system", "works", "headline", "answer", "evidence", "missing"]
    assert len(lines) == 24
    assert all(line.split()[1] in ("yes", "no") for line in lines)


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


def test_a_reader_at_a_terminal_is_told_where_to_go_on(cli, monkeypatch, capsys) -> None:
    monkeypatch.setattr(common.sys, "stderr", io.StringIO())
    assert not cli("describe", "systems").err
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr(common.sys, "stderr", terminal)
    common.aside("Further: heartland describe systems SYSTEM.")
    assert terminal.getvalue() == "Further: heartland describe systems SYSTEM.\n"


def test_what_stands_behind_an_answer_is_named_by_commands_that_work(cli) -> None:
    region = hl.Region.load("central-asia")
    shipped = hl.Scenario.load(region, "gas-cut-2020")
    assert behind(shipped) == (
        "Changes, causes and sources: in the report; heartland describe scenarios gas-cut-2020; "
        "heartland describe systems energy."
    )
    own = replace(shipped, id="mine", system="")
    assert behind(own) == "Changes, causes and sources: in the report."
