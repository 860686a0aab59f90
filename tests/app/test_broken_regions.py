"""Broken copies of a region: `validate` exits 3, `run` exits 2, both with place; nothing is written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.app.conftest import call
from tests.region.toy_region import BROKEN, apply, broken, copy_of_toy

SHIPPED = Path(__file__).resolve().parents[2] / "src/heartland/regions/central-asia"


def check(folder: Path, expected: list[str], out: Path, scenario: str) -> None:
    checked = call("validate", folder)
    assert checked.code == 3
    assert checked.out.splitlines()[:-1] == [f"E {line}" for line in expected]
    assert checked.err == "heartland: The folder cannot be used as it is.\n"
    ran = call("run", scenario, "--region", folder, "--members", "64", "--out", out, "--executor", "serial")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "heartland: " + "\n".join(expected) + "\n"
    assert not out.exists()


def test_there_is_a_fixture_for_each_of_25_kinds() -> None:
    assert len(BROKEN) >= 25


@pytest.mark.parametrize("fixture", BROKEN, ids=[path.stem for path in BROKEN])
def test_broken_copy_of_the_toy_region(fixture: Path, tmp_path: Path) -> None:
    edits, expected = broken(fixture)
    check(copy_of_toy(tmp_path, edits), expected, tmp_path / "runs", "calm")


NOBODY = "scenarios/nobody-comes.yaml"
CASE = "nobody-comes-when-nobody-may"
KEPT = ("kazakhstan-2022", "january-2022-held-off", "nobody-comes", CASE)
PRIOR = "unrest-onset.contagion,unrest-onset,,half-normal,0,"
REASON = "    assumption: counterfactual of the January 2022 decision\n"
# kind of mistake: file, old text, new text, lines from the edit to the place named, what follows the line
EDITS = {
    "unknown column": ("observations.csv", "observation_id,giver,", "observation_id,givr,", 0, ":givr  "),
    "misspelled actor": ("memberships.csv", ",KAZ,", ",KAX,", 0, ':member  "KAX" is not an actor.'),
    "YAML alias": ("organisations/sco.yaml", "id: sco", "id: &a sco", 0, ":5  "),
    "mechanism twice": ("model.yaml", "  - trade\n", "  - trade\n  - trade\n", 1, ":5  "),
    "not a number": ("parameters.csv", PRIOR + "0.2", PRIOR + "NaN", 0, ':scale  "NaN" is not a number.'),
    "bad date": (NOBODY, '"2021-12-31"', '"2021-12-32"', 0, ':8  "2021-12-32"'),
    "dangling rule": (NOBODY, "collective-response", "colective-response", 0, ":19  "),
    "patch without reason": (NOBODY, REASON, "", -2, ":5  a patch needs a source or an assumption"),
    "outcome of no event": (NOBODY, "occurs(troops-sent", "occurs(troop-sent", 0, ":24  "),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """All tables, rules and the model of the shipped region, with three scenarios and one case."""
    made = tmp_path / "central-asia"
    shutil.copytree(SHIPPED, made)
    for path in (*made.glob("scenarios/*.yaml"), *made.glob("cases/*.yaml")):
        if path.stem not in KEPT:
            path.unlink()
    return made


@pytest.mark.parametrize("kind", EDITS)
def test_broken_copy_of_the_shipped_region(kind: str, folder: Path, tmp_path: Path) -> None:
    file, old, new, lines, rest = EDITS[kind]
    row = (folder / file).read_text(encoding="utf-8").partition(old)[0].count("\n") + 1
    apply(folder / file, {"replace": [old, new]})
    refused(folder, f"{file}:{row + lines}{rest}", tmp_path / "runs")


def refused(folder: Path, start: str, out: Path) -> None:
    checked = call("validate", folder)
    assert checked.code == 3
    assert f"E {start}" in checked.out
    ran = call("run", "nobody-comes", "--region", folder, "--members", "64", "--out", out)
    assert (ran.code, ran.out) == (2, "")
    assert start in ran.err
    assert not out.exists()


def test_sources_that_are_not_utf8(folder: Path, tmp_path: Path) -> None:
    apply(folder / "sources.csv", {"bytes": ["Unrest", "556e72ff"]})
    refused(folder, "sources.csv:2", tmp_path / "runs")


def test_broken_case_is_found(folder: Path) -> None:
    case = folder / "cases" / f"{CASE}.yaml"
    apply(case, {"replace": ["given: nobody-comes", "given: nobody-came"]})
    checked = call("validate", folder)
    assert checked.code == 3
    assert checked.out.startswith(
        f'E cases/{CASE}.yaml:3:8  there is no scenario "nobody-came". '
        "A case is a test: nothing in it may be guessed. Did you mean nobody-comes? Known: "
    )
