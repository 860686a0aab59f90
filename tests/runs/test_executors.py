"""Retries, quarantine, orderly and sudden ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
import toy_run

from heartland.errors import HeartlandInputError
from heartland.runs import pool
from heartland.runs.executors import (
    BlockFailedError,
    Done,
    Failure,
    RunInterruptedError,
    Stop,
    execute,
)
from heartland.runs.reader import open_run

NO_WAIT = (0.0, 0.0, 0.0)


def weigh(load: bytes, block: int) -> int:
    return len(load) + block


def square(block: int) -> int:
    return block * block


def test_a_task_that_was_interrupted_is_no_failure_to_try_again() -> None:
    tried, done = [], []

    def outer(block: int) -> int:
        tried.append(block)
        if block == 1:
            raise RunInterruptedError("Stopped inside.")
        return block

    def keep(one: Done) -> None:
        done.append(one.block)

    with pytest.raises(RunInterruptedError, match=r"Stopped inside\."):
        execute(outer, range(3), executor="serial", on_done=keep, delays=NO_WAIT)
    assert (tried, done) == ([0, 1], [0])


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def results_of(task: object, blocks: range, **keywords: object) -> tuple[dict[int, object], list[Failure]]:
    done: dict[int, object] = {}
    failures: list[Failure] = []

    def keep(outcome: Done) -> None:
        assert outcome.block not in done
        done[outcome.block] = outcome.result

    execute(task, blocks, on_done=keep, on_failure=failures.append, **keywords)  # type: ignore[arg-type]  # test's own
    return done, failures


@pytest.mark.parametrize("executor", ["serial", "processes"])
def test_every_block_is_done_once(executor: str) -> None:
    done, failures = results_of(toy_run.thread_limits, range(5), executor=executor, workers=2)
    assert sorted(done) == [0, 1, 2, 3, 4]
    assert failures == []
    pids = {pid for _, pid in done.values()}  # type: ignore[misc, attr-defined]  # what the task returns
    if executor == "processes":
        assert {limit for limit, _ in done.values()} == {"1"}  # type: ignore[misc, attr-defined]  # same
        assert os.getpid() not in pids
        assert not any(alive(pid) for pid in pids)
    else:
        assert pids == {os.getpid()}


def test_thread_limits_of_the_parent_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    with pool._one_thread_each():
        assert os.environ["OMP_NUM_THREADS"] == os.environ["MKL_NUM_THREADS"] == "1"
    assert os.environ["OMP_NUM_THREADS"] == "7"
    assert "MKL_NUM_THREADS" not in os.environ


def test_a_task_larger_than_a_pipe_reaches_every_worker() -> None:
    task = partial(weigh, b"x" * 5_000_000)
    done, failures = results_of(task, range(6), executor="processes", workers=3)
    assert done == {block: 5_000_000 + block for block in range(6)}
    assert failures == []


def test_a_task_that_cannot_be_sent_is_refused_at_once() -> None:
    before = threading.active_count()
    with pytest.raises((AttributeError, TypeError), match=r"pickle|local object"):
        execute(lambda block: block, [0], executor="processes", workers=1)
    assert threading.active_count() == before


def test_no_blocks_need_no_work() -> None:
    for executor in ("serial", "processes"):
        assert results_of(square, range(0), executor=executor) == ({}, [])


def test_unknown_executor_names_the_near_one() -> None:
    with pytest.raises(HeartlandInputError) as caught:
        execute(square, [0], executor="proceses")
    assert str(caught.value) == (
        "There is no executor proceses. Did you mean processes? Known: serial, processes, dask."
    )


@pytest.mark.parametrize("executor", ["serial", "processes"])
def test_a_passing_failure_is_tried_again(tmp_path: Path, executor: str) -> None:
    task = toy_run.Faulty(str(tmp_path), (1,), times=3)
    done, failures = results_of(task, range(3), executor=executor, workers=1, delays=NO_WAIT)
    assert done == {0: 0, 1: 1, 2: 4}
    assert [(failure.block, failure.attempt, failure.kind) for failure in failures] == [
        (1, 1, "OSError"), (1, 2, "OSError"), (1, 3, "OSError"),
    ]
    assert "no luck with 1" in failures[0].trace


@pytest.mark.parametrize("executor", ["serial", "processes"])
def test_a_lasting_failure_names_its_block_and_spares_the_others(tmp_path: Path, executor: str) -> None:
    task = toy_run.Faulty(str(tmp_path), (1,), times=99, kind="ValueError")
    done: list[int] = []
    with pytest.raises(BlockFailedError) as caught:
        execute(
            task, range(3), executor=executor, workers=1, delays=NO_WAIT,
            on_done=lambda outcome: done.append(outcome.block),
        )
    assert sorted(done) == [0, 2]
    assert str(caught.value) == (
        "Block 1 failed at try 4: ValueError: no luck with 1\n"
        "All finished blocks are kept. Run `heartland resume` to try again."
    )
    assert caught.value.exit_code == 1


def test_the_same_failure_of_a_second_block_is_not_waited_for(tmp_path: Path) -> None:
    task = toy_run.Faulty(str(tmp_path), (0, 1, 2), times=99, kind="ValueError")
    with pytest.raises(BlockFailedError) as caught:
        execute(task, range(3), delays=())
    assert [failure.block for failure in caught.value.failures] == [0, 1, 2]
    assert (tmp_path / "calls-2").read_text() == "x"


def test_an_error_of_the_material_is_not_tried_again(tmp_path: Path) -> None:
    task = toy_run.Faulty(str(tmp_path), (0,), times=99, kind="input")
    with pytest.raises(BlockFailedError, match=r"HeartlandInputError: ties\.csv:3  The material is wrong"):
        execute(task, range(1), delays=NO_WAIT)
    assert (tmp_path / "calls-0").read_text() == "x"


def test_waits_grow_between_tries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from heartland.runs import executors

    clock = [100.0]
    monkeypatch.setattr(executors.time, "monotonic", lambda: clock[0])

    def sleep(seconds: float) -> None:
        clock[0] += seconds

    monkeypatch.setattr(executors.time, "sleep", sleep)
    moments: list[float] = []
    task = toy_run.Faulty(str(tmp_path), (0,), times=3)

    def note(outcome: object) -> None:
        moments.append(clock[0])

    execute(task, [0], on_failure=note, on_done=note)
    waits = [round(later - earlier, 1) for earlier, later in pairwise(moments)]
    assert waits == [0.2, 1.0, 5.0]


def test_a_worker_killed_twice_costs_nothing(tmp_path: Path) -> None:
    task = toy_run.Deadly(str(tmp_path), (2,), times=2)
    done, failures = results_of(task, range(6), executor="processes", workers=2, delays=NO_WAIT)
    assert done == {block: block * block for block in range(6)}
    assert "SIGKILL" in {failure.kind for failure in failures}
    assert (tmp_path / "deaths-2").read_text() == "xx"


def test_a_block_that_always_kills_its_worker_is_quarantined(tmp_path: Path) -> None:
    task = toy_run.Deadly(str(tmp_path), (1,), times=99)
    done: dict[int, int] = {}
    with pytest.raises(BlockFailedError) as caught:
        execute(
            task, range(4), executor="processes", workers=2,
            on_done=lambda outcome: done.update({outcome.block: outcome.result}),
        )
    assert done == {0: 0, 2: 4, 3: 9}
    (failure,) = caught.value.failures
    assert failure.block == 1
    assert failure.message == "the worker process died (SIGKILL) with the block in flight, 3 times"
    assert (tmp_path / "deaths-1").read_text() == "xxx"


def pid(block: int) -> int:
    return os.getpid()


def test_kept_workers_take_one_task_after_another() -> None:
    with pool.Workers(2) as workers:
        first, _ = results_of(pid, range(8), executor=workers)
        for load in (10, 3_000_000):  # the second task is larger than a pipe
            task = partial(weigh, b"x" * load)
            assert results_of(task, range(3), executor=workers) == (
                {block: load + block for block in range(3)}, [],
            )  # fmt: skip
        assert results_of(square, range(0), executor=workers) == ({}, [])
        again, _ = results_of(pid, range(8), executor=workers)
        assert len({*first.values(), *again.values()}) <= 2
        assert all(alive(int(str(worker))) for worker in first.values())
    assert not any(alive(int(str(worker))) for worker in first.values())


def test_a_worker_killed_between_tasks_is_replaced() -> None:
    with pool.Workers(2) as workers:
        before, _ = results_of(pid, range(4), executor=workers)
        os.kill(int(str(before[0])), signal.SIGKILL)
        time.sleep(0.2)
        done, _ = results_of(square, range(6), executor=workers)
        assert done == {block: block * block for block in range(6)}
        after, _ = results_of(pid, range(4), executor=workers)
        assert before[0] not in after.values()


def test_kept_workers_survive_a_task_that_kills_and_one_that_fails(tmp_path: Path) -> None:
    with pool.Workers(2) as workers:
        with pytest.raises(BlockFailedError, match="3 times"):
            results_of(toy_run.Deadly(str(tmp_path), (1,), times=99), range(3), executor=workers)
        task = toy_run.Faulty(str(tmp_path), (0,), times=99, kind="ValueError")
        with pytest.raises(BlockFailedError, match="no luck with 0"):
            results_of(task, range(2), executor=workers, delays=())
        assert results_of(square, range(3), executor=workers) == ({0: 0, 1: 1, 2: 4}, [])


def test_workers_that_nobody_used_end_at_once() -> None:
    threads = threading.active_count()
    workers = pool.Workers(2)
    started = list(workers._context.started)
    workers.close()
    workers.close()
    assert len(started) == 2
    assert not any(process.is_alive() for process in started)
    assert threading.active_count() == threads


@pytest.mark.parametrize("executor", ["serial", "processes"])
def test_cancelled_between_blocks(executor: str) -> None:
    done: list[int] = []
    with pytest.raises(RunInterruptedError) as caught:
        execute(
            square, range(50), executor=executor, workers=1,
            on_done=lambda outcome: done.append(outcome.block), cancelled=lambda: len(done) >= 2,
        )
    assert done == [0, 1]
    assert str(caught.value) == "Stopped with 48 of 50 blocks not computed. Finished blocks are kept."
    assert caught.value.exit_code == 130


def test_a_stop_after_the_last_block_is_no_interruption() -> None:
    done: list[int] = []
    execute(square, range(2), on_done=lambda outcome: done.append(1), cancelled=lambda: len(done) == 2)
    assert len(done) == 2


def test_an_error_of_the_caller_stops_the_workers(tmp_path: Path) -> None:
    def full(outcome: Done) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        execute(square, range(20), executor="processes", workers=2, on_done=full)


def test_first_interrupt_asks_and_second_ends() -> None:
    stop = Stop()
    before = signal.getsignal(signal.SIGINT)
    with stop.on_signal():
        assert not stop()
        signal.raise_signal(signal.SIGINT)
        assert stop()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_signals_are_left_alone_outside_the_main_thread() -> None:
    seen: list[object] = []

    def inside() -> None:
        with Stop().on_signal():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()
    assert seen == [signal.getsignal(signal.SIGINT)]


INTERRUPTED = """
import sys
sys.path.insert(0, sys.argv[1])
import toy_run
from pathlib import Path
from heartland.runs.compute import compute_runs
from heartland.runs.executors import RunInterruptedError

if __name__ == "__main__":
    with toy_run.start(Path(sys.argv[2]), members=640) as writer:
        try:
            compute_runs([writer], toy_run.Slow(*map(float, sys.argv[4:])), executor=sys.argv[3], workers=2,
                         progress=lambda block, seconds: print(block, flush=True))
        except RunInterruptedError as error:
            print(error)
            sys.exit(error.exit_code)
"""


@pytest.mark.parametrize(("executor", "signals"), [("serial", 1), ("processes", 1), ("processes", 2)])
def test_ctrl_c_leaves_a_valid_store(tmp_path: Path, executor: str, signals: int) -> None:
    script = tmp_path / "script.py"
    script.write_text(INTERRUPTED)
    folder = tmp_path / "run"
    # One signal lets running blocks end; after two, blocks that would take ten minutes are not waited for.
    pause = ("0.2", "0") if signals == 1 else ("600", "2")
    process = subprocess.Popen(
        [sys.executable, str(script), str(Path(__file__).parent), str(folder), executor, *pause],
        stdout=subprocess.PIPE, text=True, start_new_session=True,
    )
    assert process.stdout is not None
    # A block is done, or both workers are in one that takes long.
    awaited, many = (str.isdigit, 1) if signals == 1 else (lambda line: line.startswith("pausing"), 2)
    while many:
        many -= awaited(process.stdout.readline().strip())
    for _ in range(signals):
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the workers as well
        time.sleep(0.1)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    if signals == 2:
        assert "Stopped at once. Finished blocks are kept." in said
    else:
        assert "of 10 blocks not computed. Finished blocks are kept." in said
    run = open_run(folder)
    assert 1 <= len(run.finished) < 10
    assert {finding.severity for finding in run.verify()} <= {"W", "I"}
    for block in run.finished:
        assert (run.array("walk", block) == toy_run.values(block)["walk"].astype("f4")).all()


ORPHANS = """
import sys
sys.path.insert(0, sys.argv[1])
import toy_run
from heartland.runs.executors import execute

if __name__ == "__main__":
    execute(toy_run.SayPid(sys.argv[2]), range(4), executor="processes", workers=2)
"""


def test_workers_end_when_the_parent_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(ORPHANS)
    process = subprocess.Popen([sys.executable, str(script), str(Path(__file__).parent), str(tmp_path)])
    deadline = time.monotonic() + 20
    while len(list(tmp_path.glob("pid-*"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    workers = [int(path.name.removeprefix("pid-")) for path in tmp_path.glob("pid-*")]
    assert len(workers) == 2
    assert all(alive(pid) for pid in workers)
    process.kill()
    process.wait()
    deadline = time.monotonic() + 5
    while any(alive(pid) for pid in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(alive(pid) for pid in workers)
