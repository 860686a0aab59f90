"""Equal bits whatever computes the blocks, in whatever order."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import toy_run

from heartland.runs.compute import compute_runs
from heartland.runs.executors import execute
from heartland.runs.reader import open_run


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> dict[int, object]:
    return dict(toy_run.raw(toy_run.filled(tmp_path_factory.mktemp("straight") / "run")))


@pytest.mark.parametrize(
    ("executor", "workers"), [("serial", None), ("processes", 1), ("processes", 2), ("processes", 4)]
)
def test_bits_equal(tmp_path: Path, straight: dict[int, object], executor: str, workers: int | None) -> None:
    folder = tmp_path / "run"
    with toy_run.start(folder) as writer:
        compute_runs([writer], toy_run.job, executor=executor, workers=workers)
    assert toy_run.raw(folder) == straight
    assert open_run(folder).verify() == []


def test_bits_equal_in_any_order(tmp_path: Path, straight: dict[int, object]) -> None:
    from heartland.runs.compute import BlockTask

    folder = tmp_path / "run"
    with toy_run.start(folder) as writer:
        task = BlockTask(toy_run.job, (writer.layout,), (frozenset(),))
        order: list[int] = []

        def keep(done: object) -> None:
            order.append(done.block)  # type: ignore[attr-defined]  # a Done
            writer.journal(done.result[0], done.seconds, done.attempt)  # type: ignore[attr-defined]  # same

        for block in (2, 0, 1):
            execute(task, [block], on_done=keep)
    assert order == [2, 0, 1]
    assert toy_run.raw(folder) == straight


HASHED = """
import sys
sys.path.insert(0, sys.argv[1])
import json, toy_run
from pathlib import Path
print(json.dumps(toy_run.raw(toy_run.filled(Path(sys.argv[2]))), sort_keys=True))
"""


@pytest.mark.parametrize("hash_seed", ["0", "1", "424242"])
def test_bits_equal_for_any_hash_seed(tmp_path: Path, straight: dict[int, object], hash_seed: str) -> None:
    import json

    said = subprocess.run(
        [sys.executable, "-c", HASHED, str(Path(__file__).parent), str(tmp_path / "run")],
        env={**os.environ, "PYTHONHASHSEED": hash_seed}, capture_output=True, check=True,
    )
    assert json.loads(said.stdout) == {str(block): raw for block, raw in straight.items()}
    # The stored files are the same too, byte for byte.
    again = toy_run.filled(tmp_path / "again")
    for path in (again / "data.zarr").rglob("*"):
        if path.is_file():
            assert (tmp_path / "run" / path.relative_to(again)).read_bytes() == path.read_bytes()


def test_two_runs_of_one_computation(tmp_path: Path, straight: dict[int, object]) -> None:
    with toy_run.start(tmp_path / "calm") as calm, toy_run.start(tmp_path / "what-if", seed=8) as other:
        calm.commit(1, toy_run.values(1))
        seen: list[int] = []
        compute_runs([calm, other], toy_run.pair, progress=lambda block, seconds: seen.append(block))
        assert seen == [0, 1, 2]
    assert toy_run.raw(tmp_path / "calm") == straight
    difference = open_run(tmp_path / "what-if").array("walk") - open_run(tmp_path / "calm").array("walk")
    assert abs(difference - 1).max() < 1e-6


def test_runs_computed_together_agree_in_size(tmp_path: Path) -> None:
    with (
        toy_run.start(tmp_path / "a") as a,
        toy_run.start(tmp_path / "b", members=64) as b,
        pytest.raises(ValueError, match="need the same number of members"),
    ):
        compute_runs([a, b], toy_run.pair)


def test_a_job_with_too_few_results_fails_its_block(tmp_path: Path) -> None:
    from heartland.runs.executors import BlockFailedError

    with (
        toy_run.start(tmp_path / "a") as a,
        toy_run.start(tmp_path / "b", seed=8) as b,
        pytest.raises(BlockFailedError, match="block 0: 1 results for 2 runs"),
    ):
        compute_runs([a, b], toy_run.job, delays=())
