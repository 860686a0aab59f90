"""One writer, and what becomes of its lock."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import toy_run

from heartland.errors import HeartlandInputError
from heartland.runs import fsio, lock
from heartland.runs.lock import Holder, Lock, RunLockedError, holder_of
from heartland.runs.verify import verify


def left_by(folder: Path, holder: Holder) -> None:
    (folder / "lock").write_text(json.dumps(asdict(holder)))


def ended_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    process.wait()
    return process.pid


def test_a_lock_names_its_process(tmp_path: Path) -> None:
    held = Lock(tmp_path)
    assert holder_of(tmp_path) == held.holder
    assert held.holder.pid == os.getpid()
    assert held.held()
    assert held.note == ""
    held.release()
    assert holder_of(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_a_second_writer_is_told_who_and_how_long(tmp_path: Path) -> None:
    held = Lock(tmp_path)
    left_by(tmp_path, replace(held.holder, since=held.holder.since - 600))
    with pytest.raises(RunLockedError) as caught:
        Lock(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}  The run is being written by process {os.getpid()} since 10 minutes. "
        "Two writers would mix their blocks. Wait for it to end, or end it."
    )
    assert caught.value.exit_code == 2


def test_a_lock_of_another_machine_is_respected_with_advice(tmp_path: Path) -> None:
    left_by(tmp_path, replace(Holder.present(), host="elsewhere", pid=ended_pid()))
    with pytest.raises(RunLockedError) as caught:
        Lock(tmp_path)
    assert "process" in str(caught.value)
    assert str(caught.value).endswith(
        f"on elsewhere since 0 minutes. Two writers would mix their blocks. Wait for it to end, or end it. "
        f"If that machine is gone, delete {tmp_path / 'lock'}."
    )


@pytest.mark.parametrize("gone", ["process", "boot", "reused"])
def test_a_stale_lock_is_taken_over_with_a_note(tmp_path: Path, gone: str) -> None:
    present = Holder.present()
    stale = {
        "process": replace(present, pid=ended_pid(), started="1"),
        "boot": replace(present, boot="another boot"),
        "reused": replace(present, started="12"),
    }[gone]
    left_by(tmp_path, stale)
    assert holder_of(tmp_path) is None
    held = Lock(tmp_path)
    assert held.note == f"The lock left by process {stale.pid}, which no longer runs, was taken over."
    assert held.held()
    held.release()


def test_a_half_written_lock_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text('{"pid": 12')
    assert Lock(tmp_path).note == "A half-written lock was taken over."


def test_a_lock_lost_to_another_is_left_alone(tmp_path: Path) -> None:
    held = Lock(tmp_path)
    left_by(tmp_path, replace(held.holder, pid=1))
    assert not held.held()
    held.release()
    assert (tmp_path / "lock").exists()


def test_a_disk_that_refuses_leaves_no_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes, *, exclusive: bool = False) -> None:
        path.write_bytes(data[:5])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(fsio, "write", full)
    with pytest.raises(OSError, match="No space left"):
        Lock(tmp_path)
    assert not (tmp_path / "lock").exists()


def test_of_many_who_want_a_stale_lock_one_gets_it(tmp_path: Path) -> None:
    left_by(tmp_path, replace(Holder.present(), pid=ended_pid(), started="1"))
    barrier = threading.Barrier(8)
    won: list[Lock] = []
    lost: list[RunLockedError] = []

    def contend() -> None:
        barrier.wait()
        try:
            won.append(Lock(tmp_path))
        except RunLockedError as error:
            lost.append(error)

    threads = [threading.Thread(target=contend) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 7)
    assert won[0].held()


def test_two_processes_one_wins(tmp_path: Path) -> None:
    (tmp_path / "keep").touch()
    context = multiprocessing.get_context("spawn")
    results = context.SimpleQueue()
    processes = [context.Process(target=toy_run.contend_for, args=(tmp_path, results)) for _ in range(2)]
    for process in processes:
        process.start()
    said = sorted(results.get() for _ in processes)
    (tmp_path / "keep").unlink()
    for process in processes:
        process.join(10)
    assert said == ["lost", "won"]


def test_a_run_killed_in_its_sleep_is_taken_up_with_a_note(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    toy_run.start(folder).close()
    left_by(folder, replace(Holder.present(), pid=ended_pid(), started="1"))
    with toy_run.start(folder) as writer:
        assert writer.notes[0].endswith("which no longer runs, was taken over.")


def test_where_the_system_tells_little_a_living_pid_is_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "_boot_id", lambda: "")
    monkeypatch.setattr(lock, "_started", lambda pid: "")
    held = Lock(tmp_path)
    assert not held.holder.gone()
    assert replace(held.holder, pid=ended_pid()).gone()


WRITER = """
import sys
from pathlib import Path
import toy_run
from heartland.runs.lock import RunLockedError
writer = toy_run.start(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
try:
    writer.commit(2, toy_run.values(2))
    print("journaled")
except RunLockedError as error:
    print(error)
"""
POSIX = pytest.mark.skipif(os.name == "nt", reason="no SIGSTOP there")


@contextmanager
def standing_still(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds a run, stopped by a signal just before it commits a block."""
    places = os.pathsep.join([str(Path(__file__).parent), *(path for path in sys.path if path)])
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": places},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGSTOP)
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        yield process
    finally:
        process.kill()
        process.wait()


@POSIX
def test_a_holder_that_stands_still_is_named_as_such_and_once_killed_taken_over(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with standing_still(folder) as process:
        with pytest.raises(RunLockedError) as caught:
            toy_run.start(folder)
        assert str(caught.value) == (
            f"{folder}  The run is being written by process {process.pid} since 0 minutes. Two writers would "
            f"mix their blocks. It stands still: let it go on (kill -CONT {process.pid}), or end it "
            f"(kill -KILL {process.pid})."
        )
        process.kill()
        process.wait()
        with toy_run.start(folder) as writer:
            assert writer.notes == [
                f"The lock left by process {process.pid}, which no longer runs, was taken over."
            ]


@POSIX
def test_a_writer_that_stood_still_while_its_run_was_taken_over_writes_nothing_more(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with standing_still(folder) as process:
        (folder / "lock").unlink()  # as somebody may who takes the holder for dead
        toy_run.filled(folder)
        before = (folder / "journal.jsonl").read_bytes()
        with toy_run.start(folder):
            process.send_signal(signal.SIGCONT)
            said, _ = process.communicate("go on\n", timeout=60)
        assert said == (
            f"{folder}  The run was taken over by another process while this one stood still. Block 2 is not "
            "journaled here. End this process.\n"
        )
    assert (folder / "journal.jsonl").read_bytes() == before
    assert verify(folder) == []


def test_a_clock_that_was_set_back_changes_nothing(tmp_path: Path) -> None:
    """Files from the future, in a run half done and under its lock: the run goes on with the same bits."""
    straight, folder = toy_run.filled(tmp_path / "straight"), tmp_path / "run"
    with toy_run.start(folder) as writer:
        writer.commit(1, toy_run.values(1))
    ahead = time.time() + 3600
    left_by(folder, replace(Holder.present(), pid=ended_pid(), started="1", since=ahead))
    for path in folder.rglob("*"):
        os.utime(path, (ahead, ahead))
    toy_run.filled(folder)
    assert verify(folder) == []
    chunks = sorted(path.relative_to(straight) for path in (straight / "data.zarr").rglob("*"))
    assert sorted(path.relative_to(folder) for path in (folder / "data.zarr").rglob("*")) == chunks
    for path in chunks:
        assert (straight / path).is_dir() or (straight / path).read_bytes() == (folder / path).read_bytes()


def test_a_lock_from_the_future_is_a_lock_and_its_age_is_not_made_up(tmp_path: Path) -> None:
    held = Lock(tmp_path)
    left_by(tmp_path, replace(held.holder, since=time.time() + 3600))
    with pytest.raises(RunLockedError) as caught:
        Lock(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}  The run is being written by process {os.getpid()} since a time that this clock has not "
        "reached. Two writers would mix their blocks. Wait for it to end, or end it."
    )


def test_a_file_system_where_two_can_create_one_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fsio.exclusive(tmp_path)
    whole = os.open
    monkeypatch.setattr(os, "open", lambda path, flags, *rest: whole(path, flags & ~os.O_EXCL, *rest))
    with pytest.raises(HeartlandInputError) as caught:
        Lock(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}  The file system lets two processes create the same file. Two writers could take the "
        "run at once and mix their blocks. Name a folder on another disk, such as one of this machine, with "
        "--out."
    )
    assert caught.value.exit_code == 2
    assert list(tmp_path.iterdir()) == []
