"""Broken copies of a region: `validate` exits 3, `run` exits 2, both with place and fix, nothing is written."""

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


EDITS = {
    "unknown column": (
        {"file": "observations.csv", "replace": ["observation_id,giver,", "observation_id,givr,"]},
        'observations.csv:1:givr  unknown column',
    ),
    "misspelled actor": (
        {"file": "memberships.csv", "replace": [",KAZ,", ",KAX,"]},
        'memberships.csv:',
    ),
    "not UTF-8": ({"file": "sources.csv", "bytes": ["Kazakhstan", "4b617a616b68737461ff"]}, "sources.csv:"),
    "YAML alias": (
        {"file": "organisations/sco.yaml", "replace": ["id: sco", "id: &a sco"]}, "organisations/sco.yaml:1:5",
    ),
    "mechanism twice": ({"file": "model.yaml", "replace": ["  - trade\n", "  - trade\n  - trade\n"]}, "model.yaml:"),
    "not a number": (
        {"file": "parameters.csv", "replace": ["unrest-onset.contagion,unrest-onset,,half-normal,0,0.2",
                                               "unrest-onset.contagion,unrest-onset,,half-normal,0,NaN"]},
        "parameters.csv:",
    ),
    "dangling rule": (
        {"file": "scenarios/nobody-comes.yaml", "replace": ["csto.collective-response", "csto.colective-response"]},
        "scenarios/nobody-comes.yaml",
    ),
    "patch without reason": (
        {"file": "scenarios/nobody-comes.yaml",
         "replace": ["    assumption: counterfactual of the January 2022 decision\n", ""]},
        "scenarios/nobody-comes.yaml:",
    ),
    "outcome of no event": (
        {"file": "scenarios/nobody-comes.yaml", "replace": ["occurs(troops-sent, giver=csto", "occurs(troop-sent, giver=csto"]},
        "scenarios/nobody-comes.yaml",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", EDITS)
def test_broken_copy_of_the_shipped_region(kind: str, tmp_path: Path) -> None:
    edit, start = EDITS[kind]
    folder = tmp_path / "central-asia"
    shutil.copytree(SHIPPED, folder)
    apply(folder / edit["file"], edit)
    out = tmp_path / "runs"
    checked = call("validate", folder)
    assert checked.code == 3
    findings = checked.out.splitlines()[:-1]
    assert any(line.startswith(f"E {start}") for line in findings)
    ran = call("run", "nobody-comes", "--region", folder, "--members", "64", "--out", out, "--executor", "serial")
    assert (ran.code, ran.out) == (2, "")
    assert start in ran.err
    assert not out.exists()


def test_broken_case_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "central-asia"
    shutil.copytree(SHIPPED, folder)
    case = folder / "cases" / "nobody-comes-when-nobody-may.yaml"
    case.write_text(case.read_text(encoding="utf-8").replace("given: nobody-comes", "given: nobody-came"), "utf-8")
    checked = call("validate", folder)
    assert checked.code == 3
    assert checked.out.splitlines()[0] == (
        'E cases/nobody-comes-when-nobody-may.yaml:3:8  there is no scenario "nobody-came". A case is a test: '
        "nothing in it may be guessed. Did you mean nobody-comes? Known: article-3-amended, january-2022-held-off, "
        "kazakhstan-2022, neighbour-crisis-2023, nobody-comes, russian-recession-2015, thaw-with-the-west."
    )
