"""All versions of the benchmark's workload are the same model."""

from __future__ import annotations

import numpy as np
import pytest

pytestmark = pytest.mark.usefixtures("engine")


def test_versions_agree_with_the_documented_means() -> None:
    from benchmarks.engine import run_engine
    from benchmarks.mesa_models import run_mesa_rows
    from benchmarks.plain_numpy import run_numpy
    from benchmarks.workload import DOCUMENTED

    found = {
        "engine": run_engine(256, 1), "numpy": run_numpy(256, 1), "rows": run_mesa_rows(48, 1),
    }  # fmt: skip
    for name, means in found.items():
        error = means.std(axis=0, ddof=1) / np.sqrt(len(means))
        assert (error < 0.0008).all(), name
        apart = np.abs(means.mean(axis=0) - DOCUMENTED)
        assert (apart < 0.0005 + 4 * error.max()).all(), name


def test_without_noise_the_versions_give_the_same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    from benchmarks import engine, mesa_models, plain_numpy

    for module in (engine, mesa_models, plain_numpy):
        monkeypatch.setattr(module, "NOISE", 0.0)
    plain = plain_numpy.run_numpy(1, 0)
    np.testing.assert_allclose(mesa_models.run_mesa(1, 0), plain, rtol=1e-12)
    np.testing.assert_allclose(mesa_models.run_mesa_rows(1, 0), plain, rtol=1e-12)
    np.testing.assert_allclose(engine.run_engine(1, 0), plain, rtol=1e-6)  # recorded as float32


def test_the_start_is_recorded_and_every_step_after_it() -> None:
    from benchmarks.engine import recorded_means
    from benchmarks.workload import ACTORS, STEPS, anchors

    means = recorded_means(2, 1)
    assert means.shape == (2, STEPS + 1, 6)
    start = anchors().sum(axis=(0, 1)) / ACTORS**2
    np.testing.assert_allclose(means[:, 0], np.stack([start, start]), rtol=1e-6)
    assert (means[0, 1:] != means[1, 1:]).all()


def test_rows_say_how_far_the_means_are_off_and_the_table_gives_ratios() -> None:
    from benchmarks.run import job_table, speed_table
    from benchmarks.speed import Row
    from benchmarks.workload import DOCUMENTED

    slow = Row("slow", 10.0, DOCUMENTED)
    off = Row("quick", 255.0, (DOCUMENTED[0] + 0.002, *DOCUMENTED[1:]))
    assert slow.agrees
    assert not off.agrees
    assert speed_table([slow, off])[2:] == ["| slow | 10 | 1.0 | 0.0000 |", "| quick | 255 | 25.5 | 0.0020 |"]
    job = {"parts": {"load": (0.25, 0.5, 100.4)}, "worker_peak": 250.0, "stored": 140.2}
    assert job_table(job, [("`import x`", 0.02, 0.01)])[2:] == [
        "| load | 0.25 | 0.50 | 100 |",
        "| `import x` | 0.02 | 0.01 | |",
        "",
        "Largest worker 250 MB; on disk 140 MB.",
    ]


def test_the_report_tells_the_paths_tried_and_which_were_kept() -> None:
    from benchmarks.paths import PATHS
    from benchmarks.run import report
    from benchmarks.speed import OURS, Row
    from benchmarks.workload import DOCUMENTED

    rows = [Row("Mesa", 10.0, DOCUMENTED), Row(OURS, 460.0, DOCUMENTED)]
    lines = report(rows, [], "a machine").splitlines()
    table = lines[lines.index("### Paths tried") :]
    for what, gave, kept in PATHS:
        assert f"| {what} | {gave} | {'yes' if kept else 'no'} |" in table


def test_a_world_holds_nothing_but_what_it_was_given() -> None:
    from benchmarks.worlds import bare_plan, index, run_block

    from heartland.scenarios.state import Axes

    still = np.array([[0.25], [0.5]])
    axes = Axes(("a", "b"), (), (), ())
    states = [index("level", ("actor",))]
    plan = bare_plan("still", axes, states, (), 1, 3, start={"level": still}, statics={}, parameters={})
    found = run_block(plan, 4)
    assert found["level"].shape == (64, 4, 2)
    assert (found["level"] == still[:, 0]).all()
    assert set(found) - {"level"} == {
        "event_step", "event_kind", "event_giver", "event_receiver", "event_mark", "event_probability",
        "event_term", "event_value", "n_events", "events_dropped",
    }  # fmt: skip
    assert not found["n_events"].any()
