"""One writer, and what becomes of its lock."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import threading
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import toy_run

from heartland.runs import fsio, lock
from heartland.runs.lock import Holder, Lock, RunLockedError, holder_of


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
