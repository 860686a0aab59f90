"""`run --all`: every scenario answered, written down, and a failure named without losing the rest."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.app.conftest import SHORT

import heartland as hl
from heartland.scenarios.answered import read_answers

SHORT_ONES = ("clickbait-2020", "land-law-2016")  # a year and two long
KEPT = ("clickbait-2020", "biolab-campaign-2020", "covid-2020", "no-pandemic")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """The shipped region with four scenarios and no case."""
    return copied(tmp_path_factory.mktemp("all") / "region", KEPT)


@pytest.fixture(scope="module")
def short(tmp_path_factory) -> Path:
    """The same with two short scenarios that need no other."""
    return copied(tmp_path_factory.mktemp("short") / "region", SHORT_ONES)


def copied(made: Path, kept: tuple[str, ...]) -> Path:
    shutil.copytree(hl.Region.load("central-asia").path, made)
    for path in (made / "scenarios").glob("*.yaml"):
        if path.stem not in kept:
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
    rows = read_answers(tmp_path)
    asked = [(run["scenario"], item["id"]) for run in content["runs"] for item in run["outcomes"]]
    assert sorted((row.scenario, row.outcome) for row in rows if row.kind == "outcome") == sorted(asked)
    assert all(row.seed == 1 and row.members == 64 for row in rows)
    first = [row for row in rows if row.scenario == "clickbait-2020"]
    assert first[0].why.startswith("story-effect ")
    assert "4 of 4  " in done.err
    assert read_answers(folder) == [], "64 members are too few to be kept in a region"
    stores = {run["scenario"]: run["store"] for run in content["runs"]}
    assert [name for name in KEPT if not stores[name]] == ["biolab-campaign-2020"]
    kept = {path.parent.name for path in tmp_path.glob("*/manifest.json")}
    assert {Path(store).parent.name for store in stores.values() if store} < kept
    assert len(kept) == 4, "two headlines, each with its baseline"
    assert all(run["report"] is None for run in content["runs"])


def test_what_was_stored_before_is_not_removed(cli, short, tmp_path):
    words = ("--region", str(short), *SHORT, "--out", str(tmp_path), "--format", "json")
    first = cli("run", "land-law-2016", *words).json
    done = cli("run", "--all", "--region", str(short), *SHORT, "--out", str(tmp_path))
    assert done.code == 0, done.err
    assert (tmp_path / first["run_id"] / "manifest.json").is_file()
    assert (tmp_path / first["run_id"] / "report.html").is_file()


def test_answers_of_enough_members_are_kept_in_the_region(cli, short, tmp_path, monkeypatch):
    monkeypatch.setattr("heartland.app.cli.running_all.ENOUGH", 64)
    before = hl.Region.load(short).hash
    done = cli("run", "--all", "--region", str(short), *SHORT, "--out", str(tmp_path))
    assert done.code == 0, done.err
    assert done.out.splitlines()[-1].split("; ")[-1].startswith(("answers in ", "atlas "))
    kept, beside = (place / "answers.csv" for place in (short, tmp_path))
    assert kept.read_bytes() == beside.read_bytes()
    assert hl.Region.load(short).hash == before
    kept.unlink()


def test_a_scenario_that_fails_is_named_at_the_end(cli, short, tmp_path):
    broken = short / "scenarios" / "clickbait-2020.yaml"
    whole = broken.read_text(encoding="utf-8")
    broken.write_text(whole.replace("receiver=KAZ", "receiver=KAX"), encoding="utf-8")
    try:
        done = cli("run", "--all", "--region", str(short), *SHORT, "--out", str(tmp_path))
    finally:
        broken.write_text(whole, encoding="utf-8")
    assert done.code == 1
    assert "1 of 2 scenarios failed; the others are done and kept.\nclickbait-2020: " in done.err
    assert "1 of 2 scenarios in " in done.out
    assert {row.scenario for row in read_answers(tmp_path)} == set(SHORT_ONES) - {"clickbait-2020"}
