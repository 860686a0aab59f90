"""`heartland sweep`: words, files, forms of output, and an interruption that is told."""

from __future__ import annotations

import csv
import io

import pytest
from tests.app.conftest import call

from heartland.runs import experiment

DESIGN = """scenarios: [kazakhstan-2022]
over:
  rule(csto.collective-response): [never]
outcomes: [csto-deploys]
members: 64
"""
WORDS = (
    "sweep", "kazakhstan-2022", "--over", "rule(csto.collective-response)=never", "--outcome", "csto-deploys",
    "--members", "64", "--executor", "serial",
)  # fmt: skip


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """Folder with one finished sweep of two points."""
    path = tmp_path_factory.mktemp("sweeps")
    assert call(*WORDS, "--out", path).code == 0
    return path


def test_words_and_file_give_the_same_sweep(out, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(DESIGN, encoding="utf-8")
    by_words = call(*WORDS, "--out", out, "--format", "json").json
    by_file = call("sweep", path, "--executor", "serial", "--out", out, "--format", "json").json
    assert by_words["sweep_id"] == by_file["sweep_id"]
    assert by_words["rows"] == by_file["rows"]
    assert [item.name for item in out.iterdir()] == [by_words["sweep_id"]]


def test_json_has_the_keys_of_the_contract(out):
    found = call(*WORDS, "--out", out, "--format", "json").json
    assert list(found) == [
        "schema", "sweep_id", "region", "scenarios", "seed", "members", "points", "factors", "ranges",
        "reference", "outcomes", "rows", "table", "store", "report", "seconds",
    ]  # fmt: skip
    assert found["schema"] == "heartland.sweep/1"
    first, second = found["rows"]
    assert list(first) == [
        "point", "run_id", "scenario", "levels", "outcome", "value", "low", "high", "n", "difference",
        "evidence_grade", "note",
    ]  # fmt: skip
    assert first["difference"] is None
    assert second["difference"]["value"] == pytest.approx(-first["value"])
    assert second["levels"] == {"rule(csto.collective-response)": "never"}


def test_text_and_csv_say_the_same(out):
    text = call(*WORDS, "--out", out)
    assert text.out.splitlines()[0] == (
        "Kazakhstan, January 2022. 2 points of 64 members each, seed 1, on the same random numbers. "
        "Does the alliance send troops in the month of the request or the next?"
    )
    assert text.out.splitlines()[1].split()[:2] == ["point", "rule(csto.collective-response)"]
    rows = list(csv.DictReader(io.StringIO(call(*WORDS, "--out", out, "--format", "csv").out)))
    assert [row["rule(csto.collective-response)"] for row in rows] == ["as-it-is", "never"]
    (folder,) = out.iterdir()
    assert list(csv.DictReader((folder / "table.csv").open())) == rows


def test_a_stopped_sweep_says_how_it_goes_on(tmp_path, monkeypatch):
    whole = experiment.execute
    monkeypatch.setattr(experiment, "execute", stopped)
    found = call(*WORDS, "--over", "trade.cost_elasticity=1,2", "--out", tmp_path)
    (folder,) = tmp_path.iterdir()
    assert found.code == 130
    assert f"Finished points are kept. Finish it with: heartland resume {folder}" in found.err
    monkeypatch.setattr(experiment, "execute", whole)
    again = call("resume", folder)
    assert again.code == 0
    assert again.out.splitlines() == [
        f"{folder.name}: 3 points, complete",
        f"table {folder / 'table.csv'}",
        f"report {folder / 'report.html'}",
    ]
    assert "rule(csto.collective-response)" in (folder / "report.html").read_text(encoding="utf-8")
    assert call("verify", folder).out == f"{folder.name}: every file is as it was journaled\n"


def stopped(task, blocks, **options):
    """One task is done, then the user stops it."""
    from heartland.runs.executors import Done, RunInterruptedError

    first = next(iter(blocks))
    options["on_done"](Done(first, task(first), 0.1, 1))
    raise RunInterruptedError("Stopped.")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--over", "trade.cost_elasticty=1"], "Did you mean trade.cost_elasticity?"),
        (["--over", "trade.cost_elasticity"], "no value is given"),
        (["--over", "off(M6)=yes", "--over", "off(M6)=no"],
         "--over names off(M6) twice. Put all its values into one."),
        (["--lhs", "3"], "A Latin hypercube without ranges."),
        (["--format", "table"], '--format "table" is not known. Write one of: text, csv, json.'),
        (["--executor", "process"], "Did you mean processes?"),
    ],
)  # fmt: skip
def test_mistakes_on_the_command_line(tmp_path, words, message):
    found = call("sweep", "kazakhstan-2022", *words, "--out", tmp_path)
    assert found.code == 2
    assert message in found.err
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_a_whole_design(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(DESIGN, encoding="utf-8")
    found = call("sweep", path, "nobody-comes", "--lhs", "3", "--out", tmp_path / "out")
    assert found.code == 2
    assert found.err.strip() == (
        f"heartland: {path} is a whole design, and nobody-comes, --lhs would change it. "
        "Write it into the file, or leave the file out."
    )
