"""The sparse world moves as its equations say, and the curves are told as tables."""

from __future__ import annotations

import numpy as np
import pytest

pytestmark = pytest.mark.usefixtures("engine")


def test_the_sparse_world_is_the_dense_rule_on_the_ties_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    from benchmarks.workload import FAME, RETURN, SPEED

    from benchmarks import sparse

    monkeypatch.setattr(sparse, "NOISE", 0.0)
    plan = sparse.sparse_plan(12, 3, seed=1, steps=2)
    pairs = [tuple(name.split(">")) for name in plan.axes.further["tie"]]
    assert len(set(pairs)) == 12 * sparse.PARTNERS
    assert all(giver != receiver for giver, receiver in pairs)
    anchor = {pair: plan.start["level"][place, :, 0] for place, pair in enumerate(pairs)}
    tie = dict(anchor)
    for _ in range(2):
        moved = {}
        for giver, receiver in pairs:
            enjoyed = np.mean([value for pair, value in tie.items() if pair[1] == receiver], axis=0)
            back = tie.get((receiver, giver), np.zeros(3))
            target = (1 - RETURN - FAME) * anchor[giver, receiver] + RETURN * back + FAME * enjoyed
            now = tie[giver, receiver]
            moved[giver, receiver] = np.clip(now + SPEED * (target - now), 0, 1)
        tie = moved
    last = {"start": np.mean(list(anchor.values())), "end": np.mean(list(tie.values()))}
    # the start is recorded as the ties are at the steps of pairs: the last one
    assert sparse.run_sparse(12, 3, steps=2) == pytest.approx(last["end"], rel=1e-6)
    assert last["end"] != pytest.approx(last["start"], rel=1e-3)


def test_curves_are_told_with_cost_by_unit() -> None:
    from benchmarks.scaling import scaling_lines

    line = {"wall": 2.0, "cpu": 3.84, "peak": 100.4}
    found = {
        "members": [{"sizes": [64], **line}],
        "sparse": [{"sizes": [15, 4], **line}],
        "workers": [{"sizes": [1, 1024], **line}, {"sizes": [2, 1024], **line, "wall": 1.25}],
        "summary": [],
    }
    lines = scaling_lines(found)
    assert "| 64 | 2.0 | 3.8 | 60.0 | 100 |" in lines
    assert "| 15 | 4 | 480 | 3.84 | 2083 | 100 |" in lines
    assert lines[-3:] == ["| 1 | 2.0 | 3.8 | 1.00 |", "| 2 | 1.2 | 3.8 | 1.60 |", ""]
    many = {"sizes": [100_000], **line, "own": 300.2, "worker": 250.6}
    assert scaling_lines({**found, "summary": [many]})[-2:] == ["| 100,000 | 4 | 300 | 251 |", ""]


def test_the_verdict_says_what_was_missed_and_what_was_not_measured() -> None:
    from benchmarks.run import verdict
    from benchmarks.speed import FLOOR, OURS, Row
    from benchmarks.workload import DOCUMENTED

    rows = [Row("Mesa", 10.0, DOCUMENTED), Row(OURS, 460.0, DOCUMENTED)]
    assert verdict(rows) == (
        "The loop makes 46.0 times the runs of idiomatic Mesa per CPU-second (target 45: met). "
        "The floor was not measured: Numba is not installed."
    )
    assert verdict([*rows, Row(FLOOR, 2000.0, DOCUMENTED)]).endswith(
        " and 0.23 of those of the compiled floor (target 0.35: missed)."
    )


def test_the_compiled_floor_is_the_same_model_with_the_same_noise() -> None:
    pytest.importorskip("numba", reason="numba is not installed; the group benchmark brings it")
    from benchmarks.workload import DOCUMENTED

    from benchmarks import numba_floor, plain_numpy

    drawn = numba_floor.normals(3, 2_000_000)
    assert abs(drawn.mean()) < 0.003
    assert abs(drawn.std() - 1) < 0.003
    assert abs((np.abs(drawn) > 2).mean() - 0.0455) < 0.0008
    assert abs((np.abs(drawn) > 3.7).mean() - 2.156e-4) < 6e-5
    assert np.abs(numba_floor.run_numba(2000, 1).mean(axis=0) - DOCUMENTED).max() < 0.001
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(numba_floor, "NOISE", 0.0)
        patch.setattr(plain_numpy, "NOISE", 0.0)
        np.testing.assert_allclose(numba_floor.run_numba(1, 0), plain_numpy.run_numpy(1, 0), rtol=1e-12)
