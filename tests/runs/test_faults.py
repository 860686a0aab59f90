"""A disk that fails at every single file operation of a small run, and a power cut at each of them."""

from __future__ import annotations

import errno
import itertools
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from heartland.errors import HeartlandError
from heartland.runs import folder as folder_module
from heartland.runs import fsio, store
from heartland.runs.compute import compute_runs
from heartland.runs.executors import BlockFailedError
from heartland.runs.journal import read_journal
from heartland.runs.manifest import digest
from heartland.runs.reader import open_run
from heartland.runs.store import RunWriter, VariableSpec, start_run

OPERATIONS = ("write", "fsync", "replace", "fsync_dir", "append", "unlink")
VARIABLES = (VariableSpec("x", "f4", ("step",), (2,)), VariableSpec("y", "i2"))
MEMBERS = 130  # 3 blocks


class Exit(BaseException):
    """The process is gone: nothing it would still do happens."""


class FaultyFS:
    """Stands in for the six functions of `fsio`; fails at the call number `at`."""

    def __init__(self, patch: pytest.MonkeyPatch, at: int = -1, fault: str = "") -> None:
        self.calls = 0
        self.at, self.fault = at, fault
        self.gone = False
        for name in OPERATIONS:
            patch.setattr(fsio, name, self._standing_in(name, getattr(fsio, name)))

    def _standing_in(self, name: str, original: Callable[..., None]) -> Callable[..., None]:
        def call(path: Path, *rest: Any, **keywords: Any) -> None:
            number, self.calls = self.calls, self.calls + 1
            if self.gone:
                raise Exit
            if number == self.at:
                self._fail(name, original, path, *rest, **keywords)
            self.perform(name, original, path, *rest, **keywords)

        return call

    def perform(self, name: str, original: Callable[..., None], path: Path, *rest: Any, **kw: Any) -> None:
        original(path, *rest, **kw)

    def _fail(self, name: str, original: Callable[..., None], path: Path, *rest: Any, **kw: Any) -> None:
        if self.fault.startswith("half") and name in ("write", "append"):
            self.perform(name, original, path, rest[0][: len(rest[0]) // 2], **kw)
        if self.fault.endswith("exit"):
            self.gone = True
            raise Exit
        number = errno.EIO if self.fault == "EIO" else errno.ENOSPC
        raise OSError(number, "the disk refuses", str(path))


class PowerCut(FaultyFS):
    """Exit at a call, with the loss of everything that was not synced by then."""

    def __init__(self, patch: pytest.MonkeyPatch, at: int) -> None:
        super().__init__(patch, at, "exit")
        self.names: list[tuple[Path, bytes | None]] = []  # new names, with what stood there before
        self.folders: list[Path] = []
        self.contents: dict[Path, int] = {}  # durable length of files with unsynced content

    def perform(self, name: str, original: Callable[..., None], path: Path, *rest: Any, **kw: Any) -> None:
        if name in ("write", "append"):
            self.folders += [folder for folder in path.parents if not folder.exists()]
            known = path.exists()
            durable = path.stat().st_size if known and name == "append" else 0
            self.contents.setdefault(path, durable)
            if not known:
                self.names.append((path, None))
        if name == "replace":
            target = rest[0]
            self.names.append((target, target.read_bytes() if target.exists() else None))
            if path in self.contents:
                self.contents[target] = self.contents.pop(path)
        original(path, *rest, **kw)
        if name == "fsync":
            self.contents.pop(path, None)
        if name == "fsync_dir":
            self.names = [item for item in self.names if item[0].parent != path]
            self.folders = [folder for folder in self.folders if folder.parent != path]

    def lose(self) -> None:
        """Leave on disk what a power cut might."""
        for path, durable in self.contents.items():
            if path.exists():
                data = path.read_bytes()
                path.write_bytes(data[: durable + (len(data) - durable) // 2])
        for path, before in reversed(self.names):
            if before is not None:
                path.write_bytes(before)
            else:
                path.unlink(missing_ok=True)
        for folder in self.folders:
            shutil.rmtree(folder, ignore_errors=True)


def values(block: int) -> dict[str, np.ndarray]:
    x = np.arange(128.0).reshape(64, 2) + 1000 * block
    return {"x": x, "y": x[:, 0].astype("i2")}


def job(block: int) -> list[dict[str, np.ndarray]]:
    return [values(block)]


def start(folder: Path) -> RunWriter:
    return start_run(folder, {"decisive": {"toy": 2}}, VARIABLES, {}, MEMBERS)


def attempt(folder: Path, counted: set[int] | None = None) -> None:
    """Run until it ends or breaks; `counted` takes the blocks whose commit returned."""
    writer = start(folder)
    try:
        commit_missing(writer, counted)
    finally:
        writer.close()


def commit_missing(writer: RunWriter, counted: set[int] | None = None) -> None:
    for block in writer.missing():
        writer.commit(block, values(block))
        if counted is not None:
            counted.add(block)


def blocks_of(folder: Path) -> dict[int, Any]:
    journal = read_journal(folder, digest((folder / "manifest.json").read_bytes()))
    return {block: dict(record.raw) for block, record in journal.blocks.items()}


def forget_process(folder: Path) -> None:
    """Make the lock that a gone process left look like one; here the process is still this one."""
    path = folder / "lock"
    if path.exists():
        try:
            left = json.loads(path.read_bytes())
        except ValueError:
            return
        path.write_text(json.dumps({**left, "started": "0"}))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Render the group's metadata once, it is the same in every case; and do not wait for the real disk."""
    kept: dict[str, dict[str, bytes]] = {}
    original = folder_module.metadata

    def once(content: Any, name: str) -> dict[str, bytes]:
        if name not in kept:
            kept[name] = original(content, name)
        return kept[name]

    monkeypatch.setattr(store, "metadata", once)
    monkeypatch.setattr(folder_module, "metadata", once)
    monkeypatch.setattr(fsio.os, "fsync", lambda handle: None)


def settled(folder: Path, wanted: dict[int, Any]) -> None:
    """Take the run up again on a sound disk and compare with the straight one."""
    attempt(folder)
    assert blocks_of(folder) == wanted
    assert open_run(folder).verify() == []


@pytest.fixture
def straight(tmp_path: Path) -> dict[int, Any]:
    attempt(tmp_path / "straight")
    return blocks_of(tmp_path / "straight")


def number_of_calls(tmp_path: Path) -> int:
    with pytest.MonkeyPatch.context() as patch:
        counter = FaultyFS(patch)
        attempt(tmp_path / "counted")
        return counter.calls


@pytest.mark.parametrize("fault", ["ENOSPC", "EIO", "half", "exit", "half exit"])
def test_each_call(tmp_path: Path, straight: dict[int, Any], fault: str) -> None:
    calls = number_of_calls(tmp_path)
    assert calls > 60
    for at in range(calls):
        folder = tmp_path / f"at-{at}"
        with pytest.MonkeyPatch.context() as patch:
            FaultyFS(patch, at, fault)
            with pytest.raises((OSError, Exit)):
                attempt(folder)
        forget_process(folder)
        settled(folder, straight)
        shutil.rmtree(folder)


def test_power_cut_at_each_call(tmp_path: Path, straight: dict[int, Any]) -> None:
    """No block that was reported as committed is lost, and none that is kept is wrong."""
    for at in range(number_of_calls(tmp_path)):
        folder = tmp_path / f"at-{at}"
        counted: set[int] = set()
        with pytest.MonkeyPatch.context() as patch:
            disk = PowerCut(patch, at)
            with pytest.raises(Exit):
                attempt(folder, counted)
        disk.lose()
        forget_process(folder)
        if counted:
            with start(folder) as writer:
                assert writer.finished() >= counted
                assert not [note for note in writer.notes if note.startswith("Block")]
        settled(folder, straight)
        shutil.rmtree(folder)


def test_a_full_disk_leaves_an_interrupted_run_with_its_finished_blocks(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with pytest.MonkeyPatch.context() as patch:
        original = fsio.write

        def full(path: Path, data: Any, *, exclusive: bool = False) -> None:
            if "/c.1" in path.as_posix():
                raise OSError(errno.ENOSPC, "No space left on device", str(path))
            original(path, data, exclusive=exclusive)

        patch.setattr(fsio, "write", full)
        with start(folder) as writer, pytest.raises(BlockFailedError) as caught:
            compute_runs([writer], job, delays=(0.0, 0.0, 0.0))
    assert "Block 1 failed at try 4: OSError: [Errno 28] No space left on device" in str(caught.value)
    assert "All finished blocks are kept" in str(caught.value)
    run = open_run(folder)
    assert run.state == "interrupted"
    assert run.finished == (0, 2)
    noted = [json.loads(line) for line in (folder / "failures.jsonl").read_text().splitlines()]
    assert [(line["block"], line["attempt"], line["type"]) for line in noted] == [
        (1, attempt, "OSError") for attempt in (1, 2, 3, 4)
    ]
    with start(folder) as writer:
        compute_runs([writer], job)
    assert open_run(folder).complete


def test_a_disk_that_refuses_the_journal_stops_the_run_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with pytest.MonkeyPatch.context() as patch:
        original = fsio.append
        number = itertools.count()

        def torn(path: Path, data: bytes) -> None:
            if next(number) == 1:
                original(path, data[:40])
                raise OSError(errno.ENOSPC, "No space left on device", str(path))
            original(path, data)

        patch.setattr(fsio, "append", torn)
        with start(folder) as writer, pytest.raises(BlockFailedError, match=r"Block 1 .*No space left"):
            compute_runs([writer], job)
    run = open_run(folder)
    assert run.finished == (0,)
    assert run.notes == ["The last journal line 2 is not a journal line; it does not count."]
    with start(folder) as writer:
        assert writer.notes == [
            "journal.jsonl: line 2 is not a journal line; it was cut and is computed again."
        ]
        compute_runs([writer], job)
    assert open_run(folder).verify() == []


def test_a_writer_goes_on_after_a_torn_line_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with start(folder) as writer:
        with pytest.MonkeyPatch.context() as patch:
            original = fsio.append

            def torn(path: Path, data: bytes) -> None:
                original(path, data[:40])
                raise OSError(errno.EIO, "the disk refuses")

            patch.setattr(fsio, "append", torn)
            with pytest.raises(OSError, match="the disk refuses"):
                writer.commit(0, values(0))
        assert writer.finished() == set()
        commit_missing(writer)
    assert open_run(folder).verify() == []


def test_a_read_only_folder_is_refused_before_anything_is_computed(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("a file where the folder should be")
    with pytest.raises((OSError, HeartlandError)):
        start(tmp_path / "run")


def test_long_and_foreign_folder_names(tmp_path: Path) -> None:
    folder = tmp_path / ("Ж" * 60) / ("x" * 120)
    attempt(folder)
    assert open_run(folder).verify() == []
