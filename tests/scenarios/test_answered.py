"""The table of answers: what is read is what was written, and nothing else may stand in it."""

from __future__ import annotations

import shutil
from math import isnan, nan
from pathlib import Path

import pytest

from heartland.core.schema import load_schema
from heartland.errors import HeartlandInputError
from heartland.region.reading import folder_hash
from heartland.scenarios.answered import FILE, AnswerRow, outcome_row, read_answers, write_answers
from heartland.scenarios.summary import Difference, OutcomeSummary, Spread

RUN = {"run_id": "ab12", "members": 64, "seed": 1, "version": "2026.11", "date": "2026-11-22"}
ROW = OutcomeSummary(
    "falls", "Does it fall?", "probability", Spread(0.25, 0.1, 0.5, 64), Spread(0.5, 0.4, 0.625, 64),
    Difference(-0.25, -0.5, -0.125, 0.875, "drawn"), "C", "asked of 60 of 64 members",
)  # fmt: skip


def test_columns_are_those_of_the_schema():
    known = [column.name for column in load_schema("answers").columns]
    assert list(AnswerRow.__dataclass_fields__) == [name for name in known if name != "status"]


def test_an_answer_comes_back_as_it_was_written(tmp_path):
    unknown = OutcomeSummary("n", "How much?", "index", Spread(nan, nan, nan, 0), None, None, "")
    rows = [
        outcome_row("one", ROW, why="trade +0.1", **RUN),
        outcome_row("two", unknown, **RUN),
        AnswerRow("case", "one", "it-fell", "It fell.", "probability", 0.75, 0.5, holds=True, **RUN),
    ]  # fmt: skip
    assert write_answers(tmp_path, rows) == tmp_path / FILE
    found = read_answers(tmp_path)
    assert found[0].summary() == ROW
    assert (found[0].why, found[0].run_id, found[0].members) == ("trade +0.1", "ab12", 64)
    assert isnan(found[1].value)
    assert (found[1].summary().baseline, found[1].summary().difference) == (None, None)
    assert (found[2].kind, found[2].holds, found[0].holds) == ("case", True, None)
    before = (tmp_path / FILE).read_bytes()
    write_answers(tmp_path, found)
    assert (tmp_path / FILE).read_bytes() == before


def test_no_table_is_no_answer_and_a_wrong_one_is_refused(tmp_path):
    assert read_answers(tmp_path) == []
    write_answers(tmp_path, [outcome_row("one", ROW, **RUN)])
    text = (tmp_path / FILE).read_text(encoding="utf-8")
    (tmp_path / FILE).write_text(text.replace("outcome,one", "guess,one"), encoding="utf-8")
    with pytest.raises(HeartlandInputError) as error:
        read_answers(tmp_path)
    assert str(error.value) == (
        'answers.csv:2:kind  "guess" is not one of the words of this column. A word outside the list has no '
        "meaning to any reader. Allowed: outcome, case."
    )


def test_answers_are_no_part_of_what_decides_a_run(region, tmp_path):
    folder = Path(shutil.copytree(region.path, tmp_path / region.path.name))
    (folder / FILE).unlink(missing_ok=True)
    before = folder_hash(folder)
    write_answers(folder, [outcome_row("one", ROW, **RUN)])
    assert folder_hash(folder) == before
