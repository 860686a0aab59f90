"""`new-scenario`: what it writes runs at once, in the shipped region and in a small one."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from tests.app.conftest import SHORT
from tests.region.toy_region import copy_of_toy

import heartland as hl

SHIPPED = Path(__file__).resolve().parents[2] / "src/heartland/regions/central-asia"


def merged(own: Path, other: Path, key: str, keep: set[str] | None = None) -> None:
    """Rows of another region's table added to a table of the toy region, without what they refer to."""
    with other.open(encoding="utf-8", newline="") as file:
        more = list(csv.DictReader(file))
    rows: list[dict[str, str]] = []
    if own.is_file():
        with own.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    columns = list(rows[0] if rows else more[0])
    known = {row[key] for row in rows}
    blank = {"argument_ids": "", "data_ids": ""}
    sourced = {"source_id": "assumption: toy"} if "source_id" in columns else {}
    rows += [
        {name: {**row, **blank, **sourced}.get(name, "") for name in columns}
        for row in more
        if row[key] not in known and (keep is None or row[key] in keep)
    ]
    with own.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    """The toy region with priors; of the indicators that a start world asks for it lists output."""
    from heartland.dynamics.mechanism import catalogue
    from heartland.scenarios.start import parameters

    folder = copy_of_toy(tmp_path_factory.mktemp("small"))
    (folder / "scenarios/calm.yaml").unlink()
    model = folder / "model.yaml"
    text = model.read_text(encoding="utf-8")
    model.write_text(text.replace("organisations: [pact]", "organisations: []"), encoding="utf-8")
    records = catalogue()
    wanted = {*parameters(), *records["trade"].parameter_ids, *records["growth"].parameter_ids}
    merged(folder / "parameters.csv", SHIPPED / "parameters.csv", "id", wanted)
    return folder


@pytest.mark.parametrize("where", ["shipped", "small"])
def test_what_is_written_runs_at_once(where, small, cli, tmp_path):
    """Of a system its report tries the system's own mechanisms without; of none all, which are few here."""
    region = ("--region", small) if where == "small" else ()
    system = () if where == "small" else ("--system", "energy")
    made = cli("new-scenario", "my-try.yaml", *region, *system)
    assert (made.code, made.err) == (0, "")
    written = (tmp_path / "my-try.yaml").read_bytes()
    ran = cli("run", "my-try.yaml", *region, *SHORT, "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    assert [(item["id"], item["unit"]) for item in ran.json["outcomes"]] == [
        ("first-question", "probability"), ("second-question", "index"),
    ]  # fmt: skip
    again = cli("new-scenario", "my-try.yaml", *region)
    assert (again.code, again.out, again.err) == (
        2, "", "heartland: my-try.yaml is there already. A file of yours is never replaced unasked. Choose "
        "another name, or delete it first.\n",
    )  # fmt: skip
    assert (tmp_path / "my-try.yaml").read_bytes() == written
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_the_file_is_made_of_the_regions_own_names(cli, tmp_path):
    made = cli("new-scenario", "my-try.yaml", "--system", "csto", "--start", "2019-12-31")
    assert made.out == (
        "my-try.yaml: from 2019-12-31; patches 1, outcomes 2\nrun it: heartland run my-try.yaml\n"
    )
    text = (tmp_path / "my-try.yaml").read_text(encoding="utf-8")
    found = hl.Scenario.read(hl.Region.load("central-asia"), tmp_path / "my-try.yaml")
    assert (found.start, found.system, found.title) == ("2019-12-31", "csto", "My try")
    assert found.patches[0].do.text == "scale(gdp[actor=RUS], .95, at=start, for=P1Y)"
    assert [item.expression for item in found.outcomes] == [
        "occurs(protest-wave, actor=KAZ)", "measure(influence, giver=RUS, receiver=KAZ, at=end)",
    ]  # fmt: skip
    keys = [line for line in text.splitlines() if line[:1].isalpha()]
    lines = text.splitlines()
    assert all(lines[lines.index(key) - 1].startswith("# ") for key in keys), "a comment above every key"


def test_a_shipped_scenario_is_copied(cli, tmp_path):
    made = cli("new-scenario", "my-try.yaml", "--from", "kazakhstan-2022")
    assert (made.code, made.err) == (0, "")
    region = hl.Region.load("central-asia")
    found = hl.Scenario.read(region, tmp_path / "my-try.yaml")
    shipped = hl.Scenario.load(region, "kazakhstan-2022")
    assert found.patches == shipped.patches
    assert found.outcomes == shipped.outcomes
    assert (found.baseline_id, found.headline) == ("january-2022-held-off", False)


OLD = ("--from", "kazakhstan-2022", "--start", "2015-12-31")
WRONG = {
    ("my-try.yaml", "--from", "kazakhstan-2021"): 'There is no scenario "kazakhstan-2021" in central-asia. '
    "Did you mean kazakhstan-2022? Known: ",
    ("my-try.yaml", "--system", "csot"): '"csot" is no system of the region. Nothing could be looked up '
    "under it. Did you mean csto or sco? Known: ",
    ("my-try.yaml", "--start", "2021-12"): '"2021-12" is not a day. A world has one date. Write it',
    ("my-try.yaml", *OLD): '"2022-01" lies outside the run ',
    ("My_try.yaml",): '"My_try" is not an id. Files and runs are named by it. Write small letters, digits '
    "and hyphens, at most 64: my-scenario.",
    ("my-try",): "my-try is not named after the scenario my-try. Runs and files are named by the id. Write "
    "my-try.yaml, or give the scenario another id.",
    ("nowhere/my-try.yaml",): "There is no folder nowhere. Make it first, or choose another.",
    ("my-try.yaml", "--region", "nowhere"): '"nowhere" is neither a shipped region nor a folder.',
}


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_wrong_words_write_nothing(words, cli, tmp_path):
    done = cli("new-scenario", *words)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"heartland: {WRONG[words]}")
    assert list(tmp_path.iterdir()) == []

