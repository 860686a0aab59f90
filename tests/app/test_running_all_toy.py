"""`run --all` on the toy region: answers and an atlas, a failure, an interruption."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from tests.app.conftest import SHORT
from tests.scenarios.test_systems import CALM, toy

import heartland as hl
from heartland.runs import sweep as sweeping
from heartland.scenarios.answered import read_answers

NAMES = ("calm", "growth", "loss")
SIZES = {"growth": 0.5, "loss": -0.5}


@pytest.fixture
def region(tmp_path: Path) -> Path:
    """The toy region with three scenarios, one of them the headline of its system."""
    path: Path = toy(tmp_path).path
    model = (path / "model.yaml").read_text(encoding="utf-8")
    (path / "model.yaml").write_text(model.replace("[trade, growth]", "[rivalry-path]"), encoding="utf-8")
    headline = CALM.replace("change(trade_gap, giver=AAA, receiver=CCC)",
                            "value(rivalry, giver=AAA, at=2021-06)")
    headline = headline.replace("unit: log points", "unit: sd")
    (path / "scenarios" / "calm.yaml").write_text(headline, encoding="utf-8")
    shutil.rmtree(path / "cases")
    shipped = hl.Region.load("central-asia").path / "parameters.csv"
    rows = pd.read_csv(shipped, keep_default_na=False, dtype=str)
    rows = rows.assign(argument_ids="", data_ids="", source_id="assumption: as shipped")
    rows.to_csv(path / "parameters.csv", index=False)
    for name, size in SIZES.items():
        write(path, headline, name, size)
    return path


def write(path: Path, headline: str, name: str, size: float, years: int = 1) -> None:
    """A scenario with one shock; those of another horizon share no run."""
    text = headline.replace("id: calm", f"id: {name}").replace("headline: true\n", "")
    text = text.replace("P1Y", f"P{years}Y")
    text += f"patches:\n  - do: shock(rivalry[giver=AAA], {size}, at=2021-03)\n    why: a test\n"
    (path / "scenarios" / f"{name}.yaml").write_text(f"{text}    assumption: a test\n", encoding="utf-8")


def half_written(out: Path) -> list[str]:
    return [str(path) for path in out.rglob("*") if path.name.endswith((".part", ".tmp", ".partial"))]


def test_answers_and_an_atlas(cli, region, tmp_path):
    out = tmp_path / "runs"
    done = cli("run", "--all", "--region", region, *SHORT, "--out", out)
    assert done.code == 0, done.err
    assert "3 of 3 scenarios in " in done.out
    assert f"atlas {out / 'atlas' / 'index.html'}" in done.out
    assert {row.scenario for row in read_answers(out)} == set(NAMES)
    index, page = ((out / "atlas" / f"{name}.html").read_text() for name in ("index", "defence"))
    assert '<a href="defence.html"' in index
    assert "Nothing happens. Does trade grow?" in page
    assert half_written(out) == []


def test_a_scenario_that_breaks_is_named_and_the_others_go_on(cli, region, tmp_path, monkeypatch):
    whole = sweeping.run_all

    def broken(pair, **options):
        if pair[0].id == "loss":
            raise RuntimeError("the numbers ran away")
        return whole(pair, **options)

    monkeypatch.setattr(sweeping, "run_all", broken)
    out = tmp_path / "runs"
    done = cli("run", "--all", "--region", region, *SHORT, "--out", out)
    assert done.code == 1
    assert "1 of 3 scenarios failed; the others are done and kept." in done.err
    assert "loss: RuntimeError: the numbers ran away" in done.err
    assert "2 of 3 scenarios in " in done.out
    assert {row.scenario for row in read_answers(out)} == {"calm", "growth"}
    assert (out / "atlas" / "defence.html").is_file()
    monkeypatch.undo()
    mended = cli("run", "--all", "--region", region, *SHORT, "--out", out)
    assert mended.code == 0, mended.err
    assert {row.scenario for row in read_answers(out)} == set(NAMES)


@pytest.mark.skipif(os.name == "nt", reason="no SIGINT to another process there")
def test_an_interruption_leaves_nothing_half_written_and_the_next_call_goes_on(cli, region, tmp_path):
    headline = (region / "scenarios" / "calm.yaml").read_text(encoding="utf-8")
    for years in range(2, 5):
        write(region, headline, f"shock-{years}", 0.5, years)
    out = tmp_path / "runs"
    words = ["run", "--all", "--region", str(region), "--members", "192", "--workers", "2", "--out"]
    code = "from heartland.app.cli.main import entry; entry()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, *words, str(out)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    try:
        assert process.stderr is not None
        first = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        text, said = process.communicate(timeout=120)
    finally:
        process.kill()
    assert " of 6  " in first
    assert process.returncode == 130, said
    assert text == ""
    assert "Traceback" not in said
    assert "Finished scenarios are kept; the same command goes on from there." in said
    assert half_written(out) == []
    assert not (out / "answers.csv").exists()
    assert not (out / "atlas").exists()

    again = cli(*words, out)
    assert again.code == 0, again.err
    assert "6 of 6 scenarios in " in again.out
    assert len({row.scenario for row in read_answers(out)}) == 6
    assert (out / "atlas" / "index.html").is_file()
