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
from heartland.app.cli.describing_systems import behind, overview

FOLDER = Path(__file__).resolve().parents[2] / "src/heartland/regions/central-asia"
with (FOLDER / "system_questions.csv").open(encoding="utf-8", newline="") as file:
    ASKED = list(csv.DictReader(file))
COMMANDS = sorted({row["command"] for row in ASKED})


@pytest.mark.parametrize("command", COMMANDS)
def test_every_question_is_answered_by_its_command(command, cli, tmp_path, monkeypatch) -> None:
    """Runs with 64 members and without their report, which other tests read."""

    @contextmanager
    def reporting(*_, **__):
        yield lambda rows, folder, found: folder / "report.html"

    monkeypatch.setattr("heartland.app.cli.reporting.reporting", reporting)
    words = shlex.split(command)[1:]
    few = [*SHORT, "--out", tmp_path / "runs"] if words[0] == "run" else []
    done = cli(*words, *few)
    assert done.code == 0, done.err
    assert done.out.strip()


def test_all_of_them_with_what_can_be_asked(cli) -> None:
    told = cli("describe", "systems").out.rstrip("\n").split("\n\n")
    assert len(told) == 24
    for text in told:
        head, standing, *rest = text.splitlines()
        name = head.partition(":")[0]
        assert standing.startswith(("  works. ", "  missing: ")), name
        commands = [line.strip() for line in rest if line.startswith("      heartland ")]
        assert commands == [row["command"] for row in ASKED if row["system_id"] == name]


def test_a_line_fits_a_terminal_and_a_command_stays_whole() -> None:
    command = "heartland measure division_of_labour.role_share --giver RUS --other CHN --receiver KAZ"
    row = {
        "system": "condominium", "name": "Two powers", "works": True, "headline": "a-2022", "missing": "",
        "answer": "0.16 bits (90 % of runs 0.13-0.19); baseline 0.17", "evidence": "D",
        "asked": [f"Which power leads each domain, year by year? {command}  # shares of the first"],
    }  # fmt: skip
    assert overview([row, {**row, "works": False, "missing": "no case", "evidence": ""}], 60) == (
        "condominium: Two powers\n"
        "  works. a-2022: 0.16 bits (90 % of runs 0.13-0.19);\n"
        "    baseline 0.17; evidence D.\n"
        "  Which power leads each domain, year by year?\n"
        f"      {command}\n"
        "\n"
        "condominium: Two powers\n"
        "  missing: no case. a-2022: 0.16 bits (90 % of runs\n"
        "    0.13-0.19); baseline 0.17.\n"
        "  Which power leads each domain, year by year?\n"
        f"      {command}"
    )


def test_a_table_is_cut_to_the_terminal_where_it_is_widest() -> None:
    rows = [["id", "words"], ["a", "one two three four five six"], ["b", "seven"]]
    assert common.fitted(rows, 0) == rows
    assert common.fitted(rows, 31) == rows
    assert common.fitted(rows, 20)[1:] == [["a", "one two three..."], ["b", "seven"]]
    assert common.fitted(rows, 5)[1] == ["a", "one t..."], "no column is cut to nothing"
    long = [["an-id-that-is-typed", "words"], ["a", "seven"]]
    assert common.fitted(long, 10) == long, "ids stay whole"


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
