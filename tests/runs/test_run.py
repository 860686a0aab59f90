"""Runs of the shipped region: made, stored, opened, taken up again, and worth pairing."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from heartland.errors import HeartlandInputError, IncompleteRunError
from heartland.runs.early import early
from heartland.runs.job import variables_of
from heartland.runs.lock import RunLockedError
from heartland.runs.opening import baseline_of, find_run, open_plan, open_run, resume
from heartland.runs.reader import Run
from heartland.runs.run import RUN_SCHEMA, folder_of, make_writer, planned, run, run_all, run_pair
from heartland.scenarios.ensemble import Ensemble
from heartland.scenarios.scenario import Scenario
from heartland.scenarios.validate import load_region

MEMBERS, SEED = 150, 4


@pytest.fixture(scope="module")
def region():
    return load_region("central-asia")


@pytest.fixture(scope="module")
def crisis(region) -> Scenario:
    """The headline scenario over half a year, with one outcome."""
    scenario = Scenario.load(region, "kazakhstan-2022")
    return replace(scenario, months=6, outcomes=scenario.outcomes[:1])


@pytest.fixture(scope="module")
def memory(crisis) -> tuple[Ensemble, Ensemble]:
    return run_pair(crisis, members=MEMBERS, seed=SEED)


@pytest.fixture(scope="module")
def stored(crisis, tmp_path_factory) -> tuple[Path, Ensemble, Ensemble]:
    out = tmp_path_factory.mktemp("runs")
    return out, *run_pair(crisis, members=MEMBERS, seed=SEED, out=out)


@pytest.fixture
def copied(stored, tmp_path) -> Path:
    """Folder of the stored run in a copy of the runs that may be spoilt."""
    out, treated, _ = stored
    return shutil.copytree(out, tmp_path / "runs") / treated.card["run_id"]


def names(found: Ensemble) -> list[str]:
    return sorted(spec.name for spec in variables_of(found.layout))


def assert_same(one: Ensemble, other: Ensemble, members: int | None = None) -> None:
    assert names(one) == names(other)
    for name in names(one):
        a, b = one.array(name), other.array(name)
        assert a.dtype == b.dtype, name
        np.testing.assert_array_equal(a[:members], b[:members], err_msg=name)


def test_what_is_stored_is_what_was_in_memory(memory, stored):
    out, treated, base = stored
    assert_same(treated, memory[0])
    assert_same(base, memory[1])
    assert sorted(path.name for path in out.iterdir()) == sorted(
        [treated.card["run_id"], base.card["run_id"]]
    )
    for found in (treated, base):
        assert Run.open(out / found.card["run_id"]).verify() == []


def test_processes_give_the_bits_of_serial(crisis, memory, tmp_path):
    treated, base = run_pair(
        crisis, members=MEMBERS, seed=SEED, out=tmp_path, executor="processes", workers=2
    )
    assert_same(treated, memory[0])
    assert_same(base, memory[1])


def test_workers_started_early_and_kept_give_the_bits_of_serial(crisis, memory, tmp_path):
    with early("processes", 2, 1000) as workers:
        for out in (None, tmp_path):
            treated, base = run_pair(crisis, members=MEMBERS, seed=SEED, out=out, executor=workers)
            assert_same(treated, memory[0])
            assert_same(base, memory[1])


def test_processes_in_memory_give_the_bits_of_serial(crisis, memory):
    seen: list[tuple[int, int]] = []
    (treated,) = run_all(
        [crisis], members=MEMBERS, seed=SEED, executor="processes", workers=2,
        progress=lambda *done: seen.append(done),
    )  # fmt: skip
    assert_same(treated, memory[0])
    assert seen[-1] == (3, 3)


def test_fewer_members_are_the_first_of_more(crisis, memory):
    for few in (1, 64, 100):
        assert_same(run(crisis, members=few, seed=SEED), memory[0], few)


def test_alone_or_together_makes_no_difference(crisis, memory):
    assert_same(run(crisis, members=MEMBERS, seed=SEED), memory[0])
    assert_same(run(crisis.baseline(), members=MEMBERS, seed=SEED), memory[1])
    again = run_all([crisis.baseline(), crisis, crisis], members=MEMBERS, seed=SEED)
    assert_same(again[1], memory[0])
    assert_same(again[2], memory[0])


def test_the_same_request_finds_the_same_folder_and_computes_nothing(crisis, stored):
    out, treated, _ = stored
    folder = out / treated.card["run_id"]
    journal, stamp = folder / "journal.jsonl", (folder / "manifest.json").stat().st_mtime_ns
    before = journal.read_bytes()
    seen: list[tuple[int, int]] = []
    again = run(crisis, members=MEMBERS, seed=SEED, out=out, progress=lambda *done: seen.append(done))
    assert again.card["run_id"] == treated.card["run_id"]
    assert journal.read_bytes() == before
    assert (folder / "manifest.json").stat().st_mtime_ns == stamp
    assert seen == []


def test_the_run_id_follows_what_decides_the_bits_and_nothing_else(crisis):
    def name(scenario=crisis, members=MEMBERS, seed=SEED, record="outcomes"):
        return planned([scenario], members, seed, record)[0].spec.id

    first = name()
    assert name(replace(crisis, title="other", question="?", expected="", levers=())) == first
    assert name(record="outcomes") == first
    others = [
        name(seed=5), name(members=151), name(record="full"), name(replace(crisis, months=7)),
        name(replace(crisis, start="2022-12-31", patches=(), baseline_id="")),
        name(crisis.patch("off(M3)", why="x", id=crisis.id)),
    ]  # fmt: skip
    assert len({first, *others}) == 7
    assert len(first) == 16
    assert int(first, 16) >= 0


def test_the_manifest_holds_the_whole_request(crisis, stored):
    out, treated, base = stored
    manifest = json.loads((out / treated.card["run_id"] / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["schema"], manifest["region"]) == (RUN_SCHEMA, "central-asia")
    assert manifest["baseline"] == base.card["run_id"]
    assert manifest["scenario"] == json.loads(json.dumps(crisis.to_json()))
    assert manifest["decisive"]["region_hash"] == crisis.region.hash
    other = json.loads((out / base.card["run_id"] / "manifest.json").read_text(encoding="utf-8"))
    assert other["baseline"] == ""


# --- opening ---
def test_an_opened_run_is_the_run(crisis, stored, memory):
    out, treated, base = stored
    found = open_run(out / treated.card["run_id"], crisis.region)
    assert_same(found, memory[0])
    assert found.scenario == crisis
    assert found.layout == treated.layout
    assert repr(found) == repr(treated)
    assert "partial" not in found.card
    assert found.ds.sizes["member"] == MEMBERS
    assert found.outcome("csto-deploys").values.tolist() == memory[0].outcome("csto-deploys").values.tolist()
    beside = baseline_of(found, out / treated.card["run_id"])
    assert_same(beside, memory[1])
    assert baseline_of(base, out / base.card["run_id"]) is None
    table = found.contrast(beside).why("influence", giver="RUS", receiver="KAZ")
    assert table.equals(memory[0].contrast(memory[1]).why("influence", giver="RUS", receiver="KAZ"))


def test_a_baseline_that_was_not_kept_is_none(copied, stored, region):
    shutil.rmtree(copied.parent / stored[2].card["run_id"])
    assert baseline_of(open_run(copied, region), copied) is None


def test_runs_are_found_by_path_id_or_the_start_of_it(stored):
    out, treated, base = stored
    name = treated.card["run_id"]
    assert find_run(out / name, "elsewhere") == out / name
    assert find_run(name, out) == out / name
    assert find_run(name[:6], out) == out / name
    listing = ", ".join(sorted([name, base.card["run_id"]]))
    with pytest.raises(IncompleteRunError) as caught:
        find_run("nothing", out)
    assert str(caught.value) == f"There is no run nothing. Runs under {out}: {listing}."
    with pytest.raises(IncompleteRunError) as caught:
        find_run("", out)
    assert str(caught.value).startswith("There is no run . ")
    with pytest.raises(IncompleteRunError) as caught:
        find_run(f"{name[:-1]}{'0' if name[-1] != '0' else '1'}", out)
    assert f"Did you mean {name}?" in str(caught.value)
    with pytest.raises(IncompleteRunError, match=f"Runs under {out}/none: none."):
        find_run("x", out / "none")


# --- interrupted ---
def interrupt(folder: Path) -> None:
    """Forget the last block, as a kill before its journal line leaves it."""
    journal = folder / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:-1]))


def test_an_unfinished_run_opens_with_the_members_it_has(copied, memory, region):
    interrupt(copied)
    found = open_run(copied, region)
    assert found.members == 128
    assert found.card["partial"] == "128 of 150"
    assert_same(found, memory[0], 128)
    assert found.plan().parts == dict(found.layout.parts)
    assert found.why("gdp", actor="KAZ")["mechanism"].iloc[-1] == "change"


def test_a_run_without_a_block_does_not_open(copied, region):
    (copied / "journal.jsonl").write_bytes(b"")
    with pytest.raises(IncompleteRunError):
        open_run(copied, region)


def test_resume_computes_what_is_missing_and_nothing_else(copied, memory, stored):
    out = stored[0]
    whole = (out / copied.name / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    interrupt(copied)
    seen: list[tuple[int, int]] = []
    treated, base = resume(copied, executor="serial", progress=lambda *done: seen.append(done))
    assert seen == [(3, 3)]
    assert_same(treated, memory[0])
    assert_same(base, memory[1])
    lines = (copied / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["raw"] for line in lines] == [json.loads(line)["raw"] for line in whole]
    assert Run.open(copied).verify() == []


def test_resume_of_a_finished_run_computes_nothing(copied, memory):
    journal = (copied / "journal.jsonl").read_bytes()
    treated, _ = resume(copied, executor="serial")
    assert_same(treated, memory[0])
    assert (copied / "journal.jsonl").read_bytes() == journal


@pytest.fixture
def edited(region, tmp_path) -> Path:
    """The region with one number changed."""
    copy = shutil.copytree(region.path, tmp_path / "edited")
    parameters = copy / "parameters.csv"
    text = parameters.read_text(encoding="utf-8")
    changed = re.sub(r"(?m)^(start.default-trend,.*fixed,)0.03,", r"\g<1>0.04,", text)
    assert changed != text
    parameters.write_text(changed, encoding="utf-8")
    return copy


def test_a_run_is_not_taken_up_with_other_content(copied, edited):
    interrupt(copied)
    before = sorted(path.name for path in copied.parent.iterdir())
    journal = (copied / "journal.jsonl").read_bytes()
    with pytest.raises(HeartlandInputError) as caught:
        resume(copied, executor="serial", region=edited)
    text = str(caught.value)
    assert text.startswith(
        f"{copied}  The run was started with other code or content; today it would be run "
    )
    assert text.endswith(
        "New blocks would not belong to the old ones. Restore what changed, or run the scenario again."
    )
    assert sorted(path.name for path in copied.parent.iterdir()) == before, "nothing was computed beside it"
    assert (copied / "journal.jsonl").read_bytes() == journal


def test_numbers_of_a_run_can_be_read_with_other_content_but_not_explained_from_its_start(
    stored, edited, memory
):
    out, treated, _ = stored
    folder = out / treated.card["run_id"]
    found = open_run(folder, edited)
    assert_same(found, memory[0])
    assert found.why("gdp", actor="KAZ")["mechanism"].iloc[-1] == "change", "needs no start"
    for ask in (
        lambda: found.why("influence", giver="RUS", receiver="KAZ"),
        lambda: open_plan(folder, edited),
    ):
        with pytest.raises(HeartlandInputError) as caught:
            ask()
        assert str(caught.value) == (
            "The region has changed since the run was made. The start world of the run cannot be rebuilt "
            "from other content. Run the scenario again, or restore the region's files."
        )


def test_the_plan_of_a_stored_run_is_the_plan_it_was_made_with(stored):
    out, treated, _ = stored
    found, made = open_plan(out / treated.card["run_id"]), treated.plan()
    for name, values in made.start.items():
        np.testing.assert_array_equal(found.start[name], values, err_msg=name)
    for name, values in made.parameters.items():
        np.testing.assert_array_equal(found.parameters[name], values, err_msg=name)
    assert found.operations == made.operations


# --- requests that make no sense ---
BAD = [
    ({"members": 0}, "0 members cannot be run. A run has 1 to 1,000,000 members. Write --members 1000."),
    ({"members": -1}, "-1 members cannot be run. A run has 1 to 1,000,000 members. Write --members 1000."),
    ({"members": 1_000_001}, "1000001 members cannot be run. A run has 1 to 1,000,000 members. "
     "Write --members 1000."),
    ({"record": "all"}, 'record "all" is not known. Write outcomes or full.'),
    ({"seed": -1}, "Seed -1 is not a whole number from 0 to 2**64-1. A run's random numbers are keyed by it. "
     "Give such a number, for example --seed 1."),
]  # fmt: skip


@pytest.mark.parametrize(("options", "message"), BAD, ids=[str(options) for options, _ in BAD])
def test_refuses_before_anything_is_written(crisis, tmp_path, options, message):
    with pytest.raises(HeartlandInputError) as caught:
        run(crisis, out=tmp_path, **{"members": 64, **options})
    assert str(caught.value) == message
    assert list(tmp_path.iterdir()) == []


def test_folder_of_a_request(crisis, tmp_path):
    (request,) = planned([crisis], 64, 1, "outcomes")
    assert folder_of(tmp_path, request) == tmp_path / request.spec.id


# --- what common random numbers buy ---
def test_pairing_removes_nine_tenths_of_the_variance_of_continuous_effects(region):
    scenario = Scenario.load(region, "kazakhstan-2022")
    kept = tuple(item for item in scenario.outcomes if item.id in ("role-split-5y", "newcomer-security-5y"))
    assert len(kept) == 2
    treated, base = run_pair(replace(scenario, outcomes=kept), members=256, seed=7)
    for item in kept:
        a, b = treated.outcome(item.id), base.outcome(item.id)
        assert a.valid.all()
        assert b.valid.all()
        unpaired = a.values.var() + b.values.var()
        assert unpaired > 0
        assert (a.values - b.values).var() <= 0.1 * unpaired, item.id
        assert (a.values != b.values).any(), "there is an effect"


def test_a_store_in_use_stops_the_pair_and_leaves_the_other_unlocked(crisis, tmp_path):
    requests = planned([crisis, crisis.baseline()], MEMBERS, SEED, "outcomes")
    held, free = (folder_of(tmp_path, request) for request in requests)
    with make_writer(tmp_path, requests[0]), pytest.raises(RunLockedError, match=held.name):
        run_pair(crisis, members=MEMBERS, seed=SEED, out=tmp_path)
    assert (free / "manifest.json").is_file()
    assert not (free / "lock").exists()
    treated, _ = run_pair(crisis, members=MEMBERS, seed=SEED, out=tmp_path)
    assert Run.open(held).complete
    assert treated.card["run_id"] == held.name
