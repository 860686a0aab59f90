"""A region without organisations loads, validates and runs; a model that still names one is refused."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace

import numpy as np
import pytest
from tests.region.toy_region import copy_of_toy

import heartland as hl
from heartland.core.draws import Draws
from heartland.errors import HeartlandInputError
from heartland.scenarios.binding import bind
from heartland.scenarios.compile import compile_plan
from heartland.scenarios.loop import run_blocks
from heartland.scenarios.scenario import Scenario
from heartland.scenarios.start import parameters
from heartland.scenarios.validate import load_region, validate_region

COLUMNS = ("id", "mechanism", "unit", "family", "location", "scale")


@pytest.fixture
def bare(tmp_path, region):
    """The toy region without organisations, with the parameters that a run reads."""
    folder = copy_of_toy(tmp_path)
    shutil.rmtree(folder / "organisations")
    (folder / "policies/bbb-stance.yaml").unlink()
    (folder / "scenarios/calm.yaml").unlink()
    rows = region.tables["parameters"].to_dict("records")
    asked = {*parameters(), *(row["id"] for row in rows if row["mechanism"] in ("trade", "growth"))}
    with (folder / "parameters.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow((*COLUMNS, "status", "sign_fixed", "source_id", "date"))
        for row in rows:
            if row["id"] in asked:
                cells = ["" if row[name] != row[name] else row[name] for name in COLUMNS]
                table.writerow((*cells, "guess", "no", "assumption: test", "2026-11"))
    return folder


def without_organisations(folder):
    """The region of the folder, whose model names none any more."""
    model = folder / "model.yaml"
    model.write_text(model.read_text(encoding="utf-8").replace("organisations: [pact]", "organisations: []"),
                     encoding="utf-8")
    return load_region(folder)


def test_a_model_that_names_a_missing_organisation_is_refused(bare):
    assert [str(finding) for finding in validate_region(bare)] == [
        'model.yaml:12:17  "pact" has no rule file. It could decide nothing. Write organisations/pact.yaml.']


def test_the_toy_region_runs_without_organisations(bare):
    found = without_organisations(bare)
    assert validate_region(bare) == []
    assert found.organisations == {}
    quiet = Scenario.new("quiet", region=found, start="2020-12-31", horizon="P1Y", question="What then?")
    asked = quiet.outcome("output", "How large is Corvia?", "value(gdp, actor=CCC, at=end)", "usd2015")
    run = hl.run(asked, members=64)
    assert np.isfinite(run.outcome("output").values).all()


def test_every_mechanism_runs_without_organisations(region):
    alone = replace(region, organisations={}, model=region.model.model_copy(update={"organisations": []}))
    quiet = Scenario.new("quiet", region=alone, start="2021-12-31", horizon="P1Y", question="What then?")
    plan = compile_plan(quiet, members=64, seed=1, full=True)
    found = run_blocks(plan, bind(plan, Draws(1, plan.steps, (0,)), (0,)), (0,))
    assert found["membership"].shape[2] == found["adopted"].shape[2] == 0
    assert not found["deployed"].any(), "troops are sent by organisations"
    assert np.isfinite(found["gdp"]).all()
    said = {plan.axes.organisation, plan.axes.ids("proposal")}
    assert said == {()}


def test_what_the_region_does_not_list_is_unknown_at_the_start_and_said(bare):
    found = without_organisations(bare)
    assert not {"exports", "ideal-point", "oil-rents"} & set(found.settings.indicators)
    quiet = Scenario.new("quiet", region=found, start="2020-12-31", horizon="P1Y", question="What then?")
    notes = compile_plan(quiet, members=64, seed=1).unknown
    assert "oil and gas rents of CCC unknown: taken as 0" in notes
    assert "exports of CCC unknown: debt service taken as usual" in notes
    assert "ideal point of AAA unknown at the start" in notes


def test_a_region_without_output_is_told_so(bare):
    for name, word in (("indicators", "gdp,"), ("observations", ",gdp,")):
        lines = (bare / f"{name}.csv").read_text(encoding="utf-8").splitlines(True)
        kept = [line for line in lines if word not in line or line.startswith("gdp-current")]
        (bare / f"{name}.csv").write_text("".join(kept), encoding="utf-8")
    weights = (bare / "weights.csv").read_text(encoding="utf-8")
    (bare / "weights.csv").write_text(weights.replace("base:gdp", "total"), encoding="utf-8")
    quiet = Scenario.new("quiet", region=without_organisations(bare), start="2020-12-31", horizon="P1Y",
                         question="What then?")
    with pytest.raises(HeartlandInputError) as refused:
        compile_plan(quiet, members=64, seed=1)
    assert str(refused.value) == (
        'indicators.csv has no row "gdp". A run begins from the output of every actor. Add the row, and the '
        "output of each actor to observations.csv.")
