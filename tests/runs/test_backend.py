"""Runs on JAX: stored and answered as those on NumPy, under another id; same bits however the work is cut."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest

from heartland.errors import HeartlandInputError
from heartland.runs.backend import JaxJob, backend_of, deciding, job_for, usable_backend
from heartland.runs.job import Job, variables_of
from heartland.runs.run import planned, run_pair
from heartland.scenarios.scenario import Scenario
from heartland.scenarios.traced.engine import engine
from heartland.scenarios.validate import load_region

MEMBERS, SEED = 150, 4
# few mechanisms, so that their step is compiled quickly
FEW = ("power-growth", "oil-path", "growth", "output", "stress", "unrest-onset", "unrest-level")


@pytest.fixture
def jax():
    return pytest.importorskip("jax", reason="jax is not installed; the extra [jax] brings it")


@pytest.fixture(scope="module")
def crisis() -> Scenario:
    """The headline scenario over half a year in a world of few mechanisms, with one patch."""
    region = load_region("central-asia")
    region = replace(region, model=region.model.model_copy(update={"mechanisms": FEW}))
    scenario = Scenario.load(region, "kazakhstan-2022")
    scenario = replace(scenario, months=6, patches=(), outcomes=())
    return scenario.patch("clamp(unrest[receiver=KAZ], 0.5, at=2022-02)", why="test", id="held")


def test_a_pair_on_jax_has_the_numbers_of_numpy_and_other_ids(crisis, jax, tmp_path):
    plain = run_pair(crisis, members=MEMBERS, seed=SEED)
    for out in (None, tmp_path):
        traced = run_pair(crisis, members=MEMBERS, seed=SEED, backend="jax", out=out)
        for one, other in zip(plain, traced, strict=True):
            assert one.card["run_id"] != other.card["run_id"]
            assert backend_of(one.card) == ("numpy", "cpu")
            assert backend_of(other.card) == ("jax", jax.default_backend())
            for spec in variables_of(one.layout):
                if spec.dtype in ("f4", "f8"):
                    found, wanted = (run.array(spec.name).astype(float) for run in (other, one))
                    np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-9, err_msg=spec.name)


@pytest.mark.usefixtures("jax")
def test_blocks_have_the_same_bits_however_the_work_is_cut(crisis):
    requests = planned([crisis, crisis.baseline()], MEMBERS, SEED, "outcomes", backend="jax")
    job = JaxJob(tuple(request.plan for request in requests), wide=2)
    whole = job.many((0, 1, 2))
    alone, treated = job(2), JaxJob((requests[0].plan,), wide=2).many((2, 0))
    for name, array in whole[2][0].items():
        np.testing.assert_array_equal(alone[0][name], array, err_msg=name)
        np.testing.assert_array_equal(treated[0][0][name], array, err_msg=name)
        np.testing.assert_array_equal(treated[1][0][name], whole[0][0][name], err_msg=name)


@pytest.mark.usefixtures("jax")
def test_the_executor_that_goes_with_a_backend():
    assert usable_backend("numpy", "processes", 2) == "processes"
    assert usable_backend("jax", "processes", None) == "serial"
    with pytest.raises(HeartlandInputError) as caught:
        usable_backend("jax", "processes", 2)
    assert str(caught.value) == (
        "The backend jax cannot be given 2 worker processes. It computes in one process, on all cores or on"
        " the device that it sees. Leave --workers out, or leave --backend out."
    )
    with pytest.raises(HeartlandInputError) as caught:
        usable_backend("jax", "dask", None)
    assert str(caught.value) == (
        "The backend jax cannot be used with the executor dask. Blocks are computed in this process, by the"
        " step that was compiled in it. Leave --executor out, or leave --backend out."
    )


def test_a_backend_that_is_not_there_is_named_with_what_there_is(monkeypatch, crisis):
    with pytest.raises(HeartlandInputError) as caught:
        run_pair(crisis, members=64, backend="jaxx")
    assert str(caught.value) == '"jaxx" is no backend. Did you mean jax? Write numpy or jax.'
    monkeypatch.setitem(sys.modules, "jax", None)
    engine.cache_clear()
    with pytest.raises(HeartlandInputError, match=r"Install it \(uv run --extra jax heartland"):
        run_pair(crisis, members=64, backend="jax")
    engine.cache_clear()


def test_numpy_adds_nothing_to_what_decides_the_bits(crisis):
    request = planned([crisis], MEMBERS, SEED, "outcomes")[0]
    assert deciding("numpy") == {}
    assert "backend" not in request.spec.versions
    assert isinstance(job_for([request.plan], "numpy", 3), Job)
