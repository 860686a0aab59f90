"""Every key of a scenario's file, every kind of patch: a wrong word is refused with place, reason and fix."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from heartland.app.cli.guards import placing
from heartland.core.interventions import KINDS
from heartland.core.yamlio import read_yaml
from heartland.errors import HeartlandInputError
from heartland.scenarios.compile import compile_plan, operations_of
from heartland.scenarios.files import OutcomeFile, PatchFile, ScenarioFile
from heartland.scenarios.scenario import Scenario

DO = "scale(gdp[actor=RUS], .95, at=start, for=P1Y)"
ASK = "value(tension, giver=CHN, receiver=RUS, at=end)"
GOOD = f"""id: mine
title: Mine
question: What then?
system: csto
also: [condominium]
start: "2021-12-31"
horizon: P2Y
baseline: january-2022-held-off
receivers: [ARM]
patches:
  - do: {DO}
    why: a recession
    source: wdi-2025
outcomes:
  - id: held
    question: How much?
    expression: {ASK}
    unit: index
levers:
  - off(M6)
headline: false
"""
REFUSED: list[dict[str, Any]] = read_yaml(Path(__file__).with_name("refused.yaml")).value


def try_out(region, path: Path) -> Scenario:
    scenario = Scenario.read(region, path)
    with placing(path, path.name):
        operations_of(scenario)
        scenario.baseline()
        compile_plan(scenario, members=16, seed=1)
    return scenario


def test_the_good_file_is_good(region, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD, encoding="utf-8")
    assert try_out(region, path).id == "mine"


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["new"] or "nothing")
def test_wrong_words_are_refused(region, tmp_path, case):
    old = {"DO": DO, "ASK": ASK}.get(case["old"], case["old"])
    assert old in GOOD
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD.replace(old, case["new"], 1), encoding="utf-8")
    with pytest.raises(HeartlandInputError) as caught:
        try_out(region, path)
    said = " ".join(str(caught.value).split())
    wanted = " ".join(case["says"].split())
    assert (said[: len(wanted) - 4] + " ..." if wanted.endswith(" ...") else said) == wanted


def test_every_kind_of_patch_has_a_mistake():
    tried = {case["new"].partition("(")[0] for case in REFUSED if case["old"] == "DO"}
    assert set(KINDS) <= tried


def test_only_free_texts_go_without_a_check():
    """What is not read as a word of the region: prose, and the day of knowledge (tested in test_scenario)."""
    free = {"title", "question", "expected", "disproof", "known_by", "why", "assumption", "also_headline"}
    checked = {
        "id", "system", "also", "start", "horizon", "baseline", "receivers", "headline", "patches",
        "outcomes", "levers", "do", "source", "expression", "unit",
    }  # fmt: skip
    keys = {name for model in (ScenarioFile, PatchFile, OutcomeFile) for name in model.model_fields}
    assert keys == free | checked
    assert {item.name for item in fields(Scenario)} >= {"levers", "receivers"}
