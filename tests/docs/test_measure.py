"""The page on measures: every column, flag and reason is explained, and every command on it works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.app.conftest import call

from heartland.measures.block import COLUMNS, FLAGS, REASONS
from heartland.measures.meanings import COLUMN_WORDS, FLAG_WORDS, REASON_WORDS

PAGE = (Path(__file__).resolve().parents[2] / "docs/do/measure.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^uv run heartland (.*)$", PAGE, re.M)


@pytest.mark.parametrize(
    ("known", "words"), [(COLUMNS, COLUMN_WORDS), (FLAGS, FLAG_WORDS), (REASONS, REASON_WORDS)],
    ids=["columns", "flags", "reasons"],
)  # fmt: skip
def test_every_word_is_explained_in_one_line(known, words) -> None:
    listed = [(word, words[word]) for word in known]
    assert len(listed) == len(words)
    assert [pair for pair in re.findall(r"^\| `([^`]+)` \| (.+) \|$", PAGE, re.M) if pair in listed] == listed


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_on_the_page_answers(command: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    few = ["--draws", "40"] if command.startswith("measure") else []
    done = call(*command.split(), *few)
    assert (done.code, done.err) == (0, "")
    assert done.out
    asked = re.findall(r"--chart (\S+)", command)
    assert [path.name for path in sorted(tmp_path.iterdir())] == asked


def test_the_page_shows_every_kind_of_question() -> None:
    asked = {word for command in COMMANDS for word in re.findall(r"--([a-z-]+)", command)}
    shown = {"explain", "change", "without-source", "spread", "chart", "from", "by", "channel", "option"}
    assert asked >= shown
