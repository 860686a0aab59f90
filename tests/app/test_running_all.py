"""`run --all`: every scenario answered, written down, and a failure named without losing the rest."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.app.conftest import SHORT

import heartland as hl
from heartland.scenarios.answered import read_answers

KEPT = ("clickbait-2020", "biolab-campaign-2020", "covid-2020", "no-pandemic")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """The shipped region with four scenarios and no case."""
    made = tmp_path_factory.mktemp("all") / "region"
    shutil.copytree(hl.Region.load("central-asia").path, made)
    for path in (made / "scenarios").glob("*.yaml"):
        if path.stem not in KEPT:
            path.unlink()
    for path in (made / "cases").glob("*.yaml"):
        path.unlink()
    (made / "answers.csv").unlink(missing_ok=True)
    return made


def test_every_scenario_is_answered_and_kept(cli, folder, tmp_path):
    done = cli(
        "run", "--all", "--region", str(folder), *SHORT, "--out", str(tmp_path), "--format", "json"
    )
    assert done.code == 0, done.err
    content = done.json
    assert content["schema"] == "heartland.runs/1"
    assert sorted(run["scenario"] for run in content["runs"]) == sorted(KEPT)
    rows = read_answers(folder)
    asked = [(run["scenario"], item["id"]) for run in content["runs"] for item in run["outcomes"]]
    assert sorted((row.scenario, row.outcome) for row in rows if row.kind == "outcome") == sorted(asked)
    assert all(row.seed == 1 and row.members == 64 for row in rows)
    first = [row for row in rows if row.scenario == "clickbait-2020"]
    assert first[0].why.startswith("story-effect ")
    assert "4 of 4  " in done.err


def test_a_scenario_that_fails_is_named_at_the_end(cli, folder, tmp_path):
    broken = folder / "scenarios" / "clickbait-2020.yaml"
    whole = broken.read_text(encoding="utf-8")
    broken.write_text(whole.replace("receiver=KAZ", "receiver=KAX"), encoding="utf-8")
    try:
        done = cli("run", "--all", "--region", str(folder), *SHORT, "--out", str(tmp_path))
    finally:
        broken.write_text(whole, encoding="utf-8")
    assert done.code == 1
    assert "1 of 4 scenarios failed; the others are done and kept.\nclickbait-2020: " in done.err
    assert "3 of 4 scenarios in " in done.out
    assert {row.scenario for row in read_answers(folder)} == set(KEPT) - {"clickbait-2020"}
