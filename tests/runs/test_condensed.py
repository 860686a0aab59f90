"""Runs of the summary kind: the answers of an ordinary run, exact means, and no path of any member."""

from __future__ import annotations

import math
import random
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray
from typer.testing import CliRunner

from heartland.app.cli import summing
from heartland.errors import HeartlandInputError
from heartland.runs import condensed
from heartland.runs.condensed import (
    WIDTH,
    SummaryJob,
    Summed,
    repair_job,
    resume_summary,
    run_summary,
    summarise,
)
from heartland.runs.executors import RunInterruptedError
from heartland.runs.lock import Lock
from heartland.runs.manifest import digest
from heartland.runs.opening import open_run
from heartland.runs.reader import Run
from heartland.runs.shelf import shelved
from heartland.runs.summed import is_summary, open_summary
from heartland.runs.verify import repair, verify
from heartland.scenarios.answers import summaries
from heartland.scenarios.condense import condense
from heartland.scenarios.scenario import Scenario
from heartland.scenarios.state import DRAW
from heartland.scenarios.validate import load_region
from heartland.scenarios.windows import DRAWN

MEMBERS, SEED = WIDTH + 70, 4


@pytest.fixture(scope="module")
def crisis() -> Scenario:
    """The headline scenario over four months, with an outcome of each kind."""
    scenario = Scenario.load(load_region("central-asia"), "kazakhstan-2022")
    return replace(scenario, months=4, outcomes=scenario.outcomes[:2])


@pytest.fixture(scope="module")
def made(crisis: Scenario, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Summed]:
    out = tmp_path_factory.mktemp("runs")
    return out, run_summary(crisis, members=MEMBERS, seed=SEED, out=out)


@pytest.fixture(scope="module")
def plain(made: Any) -> Any:
    """The same members, recorded as usual: the run beside the summary is of all of them here."""
    found = made[1]
    assert found.first.members == MEMBERS
    return found.first, found.first_base


def raw(folder: Path) -> dict[int, Any]:
    from heartland.runs.journal import read_journal

    journal = read_journal(folder, digest((folder / "manifest.json").read_bytes()))
    return {block: dict(record.raw) for block, record in journal.blocks.items()}


def test_the_answers_are_those_of_the_members_themselves(made: Any, plain: Any) -> None:
    rows = summaries(*plain)
    assert len(rows) == 2
    assert {row.unit for row in rows} >= {"probability"}
    assert made[1].rows == rows or str(made[1].rows) == str(rows)  # NaN is not equal to itself
    for name in (row.id for row in rows):
        own, other = made[1].run.outcome(name), plain[0].outcome(name)
        np.testing.assert_array_equal(own.valid, other.valid)
        np.testing.assert_array_equal(own.values[own.valid], other.values[other.valid])


def test_means_and_ranges_are_those_of_the_members_to_the_last_bit(made: Any, plain: Any) -> None:
    for run, whole in zip((made[1].run, made[1].base), plain, strict=True):
        pair = {"giver": "RUS", "receiver": "KGZ"}
        for state, slots in (("unrest", {"receiver": "KAZ"}), ("attitude", pair)):
            band = run.band(state, **slots)
            dates, values = whole.series(state, **slots)
            assert band.dates == tuple(dates)
            assert band.mean.tolist() == [math.fsum(column) / MEMBERS for column in values.T.tolist()]
            assert band.low.tolist() == values.min(axis=0).tolist()
            assert band.high.tolist() == values.max(axis=0).tolist()
            assert set(band.n.tolist()) == {MEMBERS}


def test_bits_equal_for_workers_order_and_resume(crisis: Scenario, made: Any, tmp_path: Path) -> None:
    out, found = made
    wanted = {run.card["run_id"]: raw(out / run.card["run_id"]) for run in (found.run, found.base)}
    options: dict[str, Any] = {"members": MEMBERS, "seed": SEED}
    two = tmp_path / "two"
    summarise(crisis, out=two, executor="processes", workers=2, **options)
    broken = tmp_path / "broken"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(condensed, "compute_runs", last_block_then_stop)
        with pytest.raises(RunInterruptedError):
            summarise(crisis, out=broken, **options)
    (name, _) = wanted
    assert Run.open(broken / name).finished == (1,)
    made_up = resume_summary(broken / name, executor="serial")
    assert isinstance(made_up, Summed)
    assert str(made_up.rows) == str(found.rows)
    for folder in (two, broken):
        assert {name: raw(folder / name) for name in wanted} == wanted
        assert not list(folder.glob(".plans-*"))


def last_block_then_stop(writers: Any, job: Any, **rest: Any) -> None:
    for writer, arrays in zip(writers, job(1), strict=True):
        writer.commit(1, arrays)
    raise RunInterruptedError("Stopped.")


def test_any_reader_of_zarr_opens_it(made: Any) -> None:
    out, found = made
    folder = out / found.run.card["run_id"]
    assert verify(folder) == []
    data = xarray.open_zarr(folder / "data.zarr", consolidated=True)
    sizes = {name: size for name, size in data.sizes.items() if name != "place"}
    assert sizes == {"member": MEMBERS, "asked": 2, "block": 2, "piece": 7}
    name = found.run.scenario.outcomes[0].id
    np.testing.assert_array_equal(data.outcome.sel(asked=name).values, found.run.outcome(name).values)
    one = data.total.sel(place=f"unrest {found.run.layout.dates[1]} KAZ").values
    assert math.fsum(one.ravel()) / MEMBERS == found.run.band("unrest", receiver="KAZ").mean[1]


def test_damage_is_named_and_mended(made: Any, tmp_path: Path) -> None:
    out, found = made
    folder = Path(shutil.copytree(out / found.base.card["run_id"], tmp_path / found.base.card["run_id"]))
    before = raw(folder)
    dice = random.Random(5)
    for path in sorted((folder / "data.zarr").rglob("c.1*")):
        data = bytearray(path.read_bytes())
        data[dice.randrange(len(data))] ^= 8
        path.write_bytes(data)
    assert {finding.what for finding in verify(folder)} == {"The file of block 1 is not what was written."}
    job = repair_job(folder)
    assert repair(folder, lambda block: job(block)[0]) == ["Computed block 1 again."]
    assert verify(folder) == []
    assert raw(folder) == before


def test_a_run_of_other_content_is_not_taken_up(made: Any, tmp_path: Path) -> None:
    out, found = made
    folder = Path(shutil.copytree(out / found.run.card["run_id"], tmp_path / "f00d"))
    for call in (repair_job, resume_summary):
        with pytest.raises(HeartlandInputError, match="today it would be run " + found.run.card["run_id"]):
            call(folder)  # type: ignore[operator]  # both take a folder


def test_plans_on_the_shelf_are_those_of_all_members_at_once(crisis: Scenario, tmp_path: Path) -> None:
    """With a start of their own each, in two windows, as bits; and the workers compute the same from them."""
    import pickle

    later = replace(crisis, start="2023" + crisis.start[4:], patches=(), baseline_id="")
    scenarios, members = [crisis, crisis.baseline(), later], 70 * WIDTH
    whole = condensed._requests(scenarios, members, SEED, whole=True)
    light = condensed._as_needed(condensed._requests(scenarios, members, SEED))
    plans, draws = tuple(one.plan for one in whole), WIDTH // DRAW
    with shelved(light, {1, 3, 69}, tmp_path) as shelf:
        assert len(list(Path(shelf.folder).glob("*.npy"))) == 3
        assert len(pickle.dumps(shelf)) < len(pickle.dumps(plans)) / 10
        sent = pickle.loads(pickle.dumps(shelf))
        for block in (1, 3, 69):
            found, columns = sent.plans(block), slice(block * draws, (block + 1) * draws)
            for plan, again in zip(plans, found, strict=True):
                for field in DRAWN:
                    held, back = getattr(plan, field), getattr(again, field)
                    assert list(held) == list(back)
                    for name, array in held.items():
                        wanted = array if array.shape[-1] == 1 else array[..., columns]
                        assert wanted.tobytes() == back[name].tobytes(), (field, name)
            assert found[0].statics["openness"] is found[1].statics["openness"]
        layouts, trees = tuple(one.layout for one in whole), tuple(item.tree for item in crisis.outcomes)
        several = [SummaryJob(held, layouts, trees, members)(3) for held in (plans, sent, light)]
        for other in several[1:]:
            for mine, theirs in zip(several[0], other, strict=True):
                assert {name: array.tobytes() for name, array in mine.items()} == {
                    name: array.tobytes() for name, array in theirs.items()
                }
    assert list(tmp_path.iterdir()) == []


def test_files_of_a_process_that_was_killed_are_removed_and_of_no_other(
    crisis: Scenario, tmp_path: Path
) -> None:
    light = condensed._as_needed(condensed._requests([crisis], 64, SEED))
    code = "import sys, pathlib; from heartland.runs.lock import Lock; Lock(pathlib.Path(sys.argv[1]))"
    for name in ("gone", "half", "living"):
        (tmp_path / f".plans-{name}").mkdir()
        (tmp_path / f".plans-{name}" / "0.npy").touch()
    subprocess.run([sys.executable, "-c", code, str(tmp_path / ".plans-gone")], check=True)
    Lock(tmp_path / ".plans-living")
    with shelved(light, {0}, tmp_path):
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == [".plans-half", ".plans-living"]


def test_what_was_not_asked_or_kept_is_refused_by_name(made: Any) -> None:
    out, found = made
    run = found.run
    names = [item.id for item in run.scenario.outcomes]
    with pytest.raises(HeartlandInputError) as caught:
        run.outcome("tension-5y")
    assert str(caught.value) == (
        '"tension-5y" was not asked of this run. In a run of the summary kind no member\'s path is kept, '
        f"only its outcomes and the sums over all members. Asked: {', '.join(names)}. Add it to the "
        "scenario's outcomes and run again."
    )
    with pytest.raises(HeartlandInputError, match=r'^No sums of "unrust" are kept .* Did you mean unrest\?'):
        run.band("unrust")
    with pytest.raises(HeartlandInputError, match=r"^unrest has one series for each receiver\. Write"):
        run.band("unrest")
    with pytest.raises(HeartlandInputError, match=r"^unrest has no axis giver\. It has: receiver\."):
        run.band("unrest", giver="KAZ")
    with pytest.raises(HeartlandInputError, match=r'^"XXX" is no receiver of unrest\.'):
        run.band("unrest", receiver="XXX")
    folder = out / run.card["run_id"]
    with pytest.raises(HeartlandInputError) as caught:
        open_run(folder)
    assert str(caught.value) == (
        f"{folder}  {folder.name} is a run of the summary kind. In such a run no member's path is kept, only "
        "its outcomes and the sums over all members. Name the run of its first members that was made beside "
        "it, or run with --record outcomes."
    )
    first = out / found.first.card["run_id"]
    assert not is_summary(first)
    with pytest.raises(HeartlandInputError, match="is not a run of the summary kind"):
        open_summary(first)


def test_a_scenario_that_asks_nothing_has_no_summary(crisis: Scenario, tmp_path: Path) -> None:
    with pytest.raises(HeartlandInputError) as caught:
        run_summary(replace(crisis, outcomes=()), members=64, out=tmp_path)
    assert str(caught.value) == (
        "kazakhstan-2022 has no outcomes. A run of the summary kind keeps what its outcomes ask. Add "
        "outcomes to the scenario, or run it with --record outcomes."
    )


def test_the_answer_says_what_is_not_kept(
    made: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out, found = made
    monkeypatch.setattr(summing, "_report", lambda made, out, executor="serial": out / "report.html")
    summing.resume_and_answer(out / found.run.card["run_id"], "")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{found.run.scenario.title}. {MEMBERS} runs from ")
    assert lines[-2] == (
        f"Kept of {MEMBERS} members: each outcome of each member, and the exact sum, least and greatest "
        "value of every recorded state by date. Not kept: paths, events, the split by mechanism; evidence "
        f"grades and signs rest on the first {MEMBERS}."
    )
    assert lines[-1] == f"report of the first {MEMBERS} members {out / 'report.html'}"
    summing.resume_and_answer(out / found.base.card["run_id"], "")
    assert capsys.readouterr().out == f"{found.base.card['run_id']}: {MEMBERS} members, complete\n"


def test_a_value_too_large_to_be_stored_counts_as_none(crisis: Scenario) -> None:
    """One member in some thousands reaches such a value over five years; all others are summed."""
    (request,) = condensed._requests([crisis], 64, SEED)
    arrays = dict(condensed.Job((request.plan,))(0)[0])
    found = {}
    for value in (np.inf, -np.inf, np.nan):
        state = arrays["trade_gap"].copy()
        state[7, -1, 0, 2] = value
        trees = [item.tree for item in crisis.outcomes]
        found[value] = condense({**arrays, "trade_gap": state}.__getitem__, 64, request.layout, trees)
    place = condensed.places(request.layout).index(f"trade_gap {request.layout.dates[-1]} RUS TJK")
    *infinite, unknown = found.values()
    assert unknown["known"][0, place] == 63
    assert np.isfinite(unknown["total"]).all()
    for one in infinite:
        assert {name: array.tobytes() for name, array in one.items() if name != "outcome"} == {
            name: array.tobytes() for name, array in unknown.items() if name != "outcome"
        }


def test_the_report_of_the_first_members_is_that_of_an_ordinary_run(made: Any) -> None:
    """Ablation and rival forms too; the first members are all the members here."""
    from heartland.app.cli.running import _write

    out, found = made
    mine = summing._report(found, out).read_text(encoding="utf-8")
    assert 'id="figure-ablation-0"' in mine
    folder = out / found.first.card["run_id"]
    assert _write(found.first, found.first_base, folder).read_text(encoding="utf-8") == mine


def test_the_command_line_refuses_what_has_no_summary() -> None:
    from heartland.app.cli.main import app

    found = CliRunner().invoke(app, ["run", "--all", "--record", "summary", "--executor", "serial"])
    assert isinstance(found.exception, HeartlandInputError)
    assert str(found.exception) == (
        "--record summary is of one scenario, computed with numpy. Leave --all, --with and --backend out."
    )
