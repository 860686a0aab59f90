"""Many scenarios on one pool: what is shared, what a failure costs, what is found again."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from heartland.runs import sweep as module
from heartland.runs.sweep import Part, groups_of, sweep
from heartland.scenarios.scenario import Scenario
from heartland.scenarios.validate import load_region

REGION = load_region("central-asia")
FIRST, SECOND, OTHER = "nobody-comes", "kazakhstan-2022", "thaw-with-the-west"


def answer(run: Any, base: Any) -> tuple[str, str, float]:
    """What the tests ask of every pair."""
    return run.scenario.id, base.scenario.title, float(run.array("tension").sum())


@pytest.fixture
def short(monkeypatch):
    """Scenarios of three months, without outcomes."""
    load = Scenario.load
    cut = classmethod(lambda cls, region, name: replace(load(region, name), months=3, outcomes=()))
    monkeypatch.setattr(Scenario, "load", cut)


def test_scenarios_that_share_a_run_stand_in_one_group():
    groups, failed = groups_of(REGION, [OTHER, FIRST, "batken-2022", SECOND])
    assert failed == []
    assert ("batken-2022",) in groups
    assert any({FIRST, SECOND} <= set(group) for group in groups)
    assert sorted(name for group in groups for name in group) == sorted([OTHER, FIRST, "batken-2022", SECOND])


def test_a_group_gives_each_scenario_what_it_gives_alone(short, tmp_path):
    both = sweep(REGION, [FIRST, SECOND], answer, members=64, out=tmp_path / "both", executor="serial")
    alone = [
        sweep(REGION, [name], answer, members=64, out=tmp_path / name, executor="serial")[0]
        for name in (FIRST, SECOND)
    ]
    assert [part.result for part in both] == [part.result for part in alone]
    assert [part.run_id for part in both] == [part.run_id for part in alone]
    runs = {part.run_id for part in both} | {part.baseline_run_id for part in both}
    assert len(runs) == 3, "the baseline of the one is the scenario the other is compared with"
    assert {path.name for path in (tmp_path / "both").iterdir()} == runs


def test_a_finished_run_is_not_computed_again(short, tmp_path, monkeypatch):
    first = sweep(REGION, [FIRST], answer, members=64, out=tmp_path, executor="serial")
    stamp = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    again = sweep(REGION, [FIRST], answer, members=64, out=tmp_path, executor="serial")
    assert [part.result for part in again] == [part.result for part in first]
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()} == stamp


def test_one_that_fails_loses_nobody_else(short, tmp_path, monkeypatch):
    def asked(run: Any, base: Any) -> str:
        if run.scenario.id == SECOND:
            raise ArithmeticError("no answer")
        return str(run.scenario.id)

    seen: list[tuple[list[str], int, int]] = []
    parts = sweep(
        REGION, [FIRST, SECOND, "no-such"], asked, members=64, out=tmp_path, executor="serial",
        progress=lambda ended, done, total: seen.append(([part.scenario for part in ended], done, total)),
    )  # fmt: skip
    assert [(part.scenario, part.result) for part in parts if not part.error] == [(FIRST, FIRST)]
    assert parts[1].error == "ArithmeticError: no answer"
    assert parts[2] == Part("no-such", error=parts[2].error)
    assert parts[2].error.startswith('There is no scenario "no-such" in central-asia. ')
    assert seen == [(["no-such"], 1, 3), ([FIRST, SECOND], 3, 3)]


def test_groups_join_when_a_later_scenario_links_them(monkeypatch):
    def load(region: Any, name: str) -> Any:
        mine, base = {"a": ("A", "O"), "b": ("B", "P"), "c": ("O", "P"), "d": ("D", "Q")}[name]
        return SimpleNamespace(key=mine, baseline=lambda: SimpleNamespace(key=base))

    monkeypatch.setattr(module, "Scenario", SimpleNamespace(load=load))
    monkeypatch.setattr(module, "same", lambda item: item.key.encode())
    assert groups_of(REGION, ["d", "a", "b", "c"])[0] == [("a", "b", "c"), ("d",)]
