"""Sweeps: pairing, exactness, the store, interruption, and what comes out as a table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import xarray

import heartland as hl
from heartland.errors import HeartlandInputError, IncompleteRunError
from heartland.runs.executors import RunInterruptedError
from heartland.runs.experiment import open_sweep, point_job, resume_sweep, sweep
from heartland.runs.journal import read_journal
from heartland.runs.manifest import MANIFEST, digest
from heartland.runs.opening import open_run
from heartland.runs.points import computed
from heartland.runs.verify import repair, verify
from heartland.scenarios.compile import compile_plan
from heartland.scenarios.scenario import Scenario
from heartland.scenarios.summary import paired, spread_of
from heartland.scenarios.validate import load_region

REGION = load_region("central-asia")
WHOLE = Scenario.load(REGION, "kazakhstan-2022")
ASKED = tuple(item for item in WHOLE.outcomes if item.id in ("csto-deploys", "tension-5y", "mission-ends"))
SHORT = replace(WHOLE, months=5, outcomes=ASKED)
PRICE, RULE = "trade.cost_elasticity", "rule(csto.collective-response)"
GRID = {"over": {PRICE: [0.5, 2], RULE: ["as-it-is", "never"]}, "members": 80}


def raw(folder):
    journal = read_journal(folder, digest((folder / MANIFEST).read_bytes()))
    return {block: record.raw for block, record in journal.blocks.items()}


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A finished sweep of five points."""
    return sweep(SHORT, **GRID, out=tmp_path_factory.mktemp("sweeps"))


def test_the_reference_is_the_run_itself(stored):
    run = hl.run(SHORT, members=80)
    for item in ASKED:
        own, told = run.outcome(item.id), stored.answer(0, item.id)
        assert np.array_equal(own.valid, told.valid)
        assert np.array_equal(own.values[own.valid], told.values[told.valid])
        assert own.binary == told.binary


def test_a_set_parameter_leaves_the_draws_of_all_others():
    before = compile_plan(SHORT, members=80, seed=1)
    for name in (PRICE, "start.capacity"):
        after = compile_plan(SHORT, members=80, seed=1, values={name: 0.7})
        assert (after.parameters[name] == 0.7).all()
        for other in before.parameters:
            if other != name:
                assert np.array_equal(before.parameters[other], after.parameters[other])
    assert any(not np.array_equal(after.start[name], before.start[name]) for name in before.start)


def test_a_parameter_set_to_what_it_is_changes_nothing_exactly():
    """Both are fixed by their priors; the first is read by the start, so the world is opened anew."""
    priors = {"start.capacity-sd": 0.15, "start.trend-years": 10.0}
    made = sweep(
        replace(SHORT, months=2), over={name: [value] for name, value in priors.items()}, members=64,
        outcomes=["csto-deploys"],
    )  # fmt: skip
    assert len(made.finished) == 2
    assert np.array_equal(made.arrays["value"][0], made.arrays["value"][1], equal_nan=True)
    rows = made.table[made.table.point == 1]
    assert (rows["difference"].dropna() == 0.0).all()


def test_the_bits_do_not_depend_on_who_computes_them(stored, tmp_path):
    other = sweep(SHORT, **GRID, out=tmp_path, executor="processes", workers=2)
    assert raw(other.folder) == raw(stored.folder)
    alone = computed(stored.design, stored.design.points[3:4])[0]
    assert np.array_equal(alone["value"], stored.arrays["value"][3], equal_nan=True)
    held = sweep(SHORT, **GRID)
    assert np.array_equal(held.arrays["value"], stored.arrays["value"], equal_nan=True)
    assert held.table.drop(columns="note").equals(stored.table.drop(columns="note"))


def test_an_interrupted_sweep_goes_on_where_it_stopped(stored, tmp_path):
    def stop(done, total):
        assert total == 5
        raise KeyboardInterrupt

    with pytest.raises(RunInterruptedError):
        sweep(SHORT, **GRID, out=tmp_path, progress=stop)
    folder = tmp_path / stored.folder.name
    first = open_sweep(folder)
    assert first.finished == (0, 1)
    assert not first.complete
    assert repr(first) == "Sweep(2 of 5 points, 80 members each)"
    with pytest.raises(HeartlandInputError) as error:
        first.answer(4, "csto-deploys")
    assert str(error.value) == (
        "Point 4 is not there. 2 points are finished. Take up the sweep again, or name another."
    )
    files = {path: path.stat().st_mtime_ns for path in (folder / "data.zarr").rglob("c.*")}
    seen = []
    whole = resume_sweep(folder, executor="serial", progress=lambda done, total: seen.append(done))
    assert seen == [4, 5]
    assert {path: path.stat().st_mtime_ns for path in files} == files
    assert raw(folder) == raw(stored.folder)
    assert whole.table.equals(stored.table)


def test_many_points_are_one_folder_that_others_read(stored):
    folders = [path for path in stored.folder.rglob("*") if path.is_dir()]
    assert len(folders) <= 5
    assert verify(stored.folder) == []
    plain = xarray.open_zarr(stored.folder / "data.zarr", chunks=None)
    assert plain["value"].dims == ("point", "outcome", "member")
    assert np.array_equal(plain["value"].values, stored.arrays["value"], equal_nan=True)


def test_a_damaged_point_is_named_and_computed_again(stored, tmp_path):
    made = sweep(SHORT, over={PRICE: [0.5]}, members=64, out=tmp_path)
    path = made.folder / "data.zarr" / "value" / "c.1.0.0"
    data = bytearray(path.read_bytes())
    data[20] ^= 1
    path.write_bytes(data)
    assert [finding.what for finding in verify(made.folder)] == [
        "The file of block 1 is not what was written."
    ]
    with pytest.raises(HeartlandInputError, match="The file of block 1 is not what was written"):
        open_sweep(made.folder)
    assert repair(made.folder, point_job(made.folder)) == ["Computed block 1 again."]
    assert open_sweep(made.folder).table.equals(made.table)


def test_the_table_has_values_intervals_and_paired_differences(stored):
    table = stored.table
    assert list(table.columns) == [
        "point", "run_id", "scenario", PRICE, RULE, "outcome", "unit", "value", "low", "high", "n",
        "difference", "difference_low", "difference_high", "p_sign", "evidence_grade", "note",
    ]  # fmt: skip
    assert len(table) == 5 * 3
    assert table[table.point == 0]["difference"].isna().all()
    assert table.groupby("point")["run_id"].nunique().eq(1).all()
    for row in table[table.point > 0].to_dict("records"):
        own, other = (stored.answer(point, row["outcome"]) for point in (row["point"], 0))
        told = spread_of(own)
        assert (row["value"], row["n"]) == pytest.approx((told.value, told.n), nan_ok=True)
        both = own.valid & other.valid
        if both.any():
            assert row["difference"] == pytest.approx(paired(own, other)[both].mean())
        assert row["note"].endswith("lies outside its prior's 5-95 %") == (row[PRICE] == 2.0)
    never = table[(table[RULE] == "never") & (table.outcome == "csto-deploys")]
    assert (never["value"] == 0).all()
    assert (never["difference"] < 0).all()


def test_with_baselines_each_point_has_an_effect(tmp_path):
    made = sweep(
        replace(SHORT, months=3), over={PRICE: [0.5]}, outcomes=["csto-deploys"], baseline=True, members=64,
        out=tmp_path,
    )  # fmt: skip
    for row in made.table.to_dict("records"):
        assert row["baseline"] == 0
        assert row["effect"] == pytest.approx(row["value"])
    assert made.ds["baseline"].dims == ("point", "outcome", "member")


def test_the_dataset_names_points_by_their_factors(stored):
    ds = stored.ds
    assert ds[PRICE].values.tolist()[1:] == [0.5, 0.5, 2.0, 2.0]
    assert np.isnan(ds[PRICE].values[0])
    assert ds[RULE].values.tolist() == ["as-it-is", "as-it-is", "never", "as-it-is", "never"]
    assert ds.attrs["sweep_id"] == stored.folder.name


def test_tables_are_written_as_csv_or_parquet(stored, tmp_path):
    import pandas as pd

    found = pd.read_csv(stored.save(tmp_path / "t.csv"), keep_default_na=False)
    assert len(found) == 15
    with pytest.raises(HeartlandInputError) as error:
        stored.save(tmp_path / "t.xlsx")
    assert str(error.value) == (
        "t.xlsx is no table that can be written. Let its name end in .csv or .parquet."
    )
    try:
        import pyarrow  # noqa: F401  # an extra
    except ImportError:
        with pytest.raises(HeartlandInputError) as error:
            stored.save(tmp_path / "t.parquet")
        assert str(error.value) == (
            "Parquet needs pyarrow, which is not installed. Install heartland[data], or write a .csv file."
        )
    else:
        assert len(pd.read_parquet(stored.save(tmp_path / "t.parquet"))) == 15


def test_runs_and_sweeps_are_not_taken_for_each_other(stored, tmp_path):
    with pytest.raises(HeartlandInputError) as error:
        open_run(stored.folder)
    assert str(error.value) == (
        f"{stored.folder.name} is a sweep, not a run. Its points keep answers, not series. "
        "Read its table, or run one of its points alone."
    )
    run = hl.run(replace(SHORT, months=2, outcomes=()), members=64, out=tmp_path)
    folder = tmp_path / str(run.card["run_id"])
    with pytest.raises(HeartlandInputError) as error:
        open_sweep(folder)
    assert str(error.value) == f"{folder.name} is a run, not a sweep. Write: heartland report {folder.name}"
    with pytest.raises(IncompleteRunError):
        open_sweep(tmp_path)


def test_a_hypercube_over_a_prior_without_bounds_is_stored(tmp_path):
    made = sweep(
        replace(SHORT, months=3), ranges={"remittance.host_elasticity": "prior"}, points=2, members=64,
        outcomes=["csto-deploys"], out=tmp_path,
    )  # fmt: skip
    again = open_sweep(made.folder)
    assert again.design == made.design
    assert len(again.finished) == 3


def test_a_mistake_is_found_before_anything_is_computed(tmp_path):
    with pytest.raises(HeartlandInputError, match=r"Did you mean csto or sco\?"):
        sweep(SHORT, over={"rule(cst.collective-response)": ["never"]}, members=64, out=tmp_path)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(HeartlandInputError) as error:
        sweep(SHORT, members=64).answer(0, "csto")
    assert str(error.value).startswith('"csto" is no outcome of the sweep. Outcomes: csto-deploys, ')
