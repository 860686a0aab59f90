"""The six operations and the durable writes made of them."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from heartland.runs import fsio


def test_write_makes_folders_and_replaces_content(tmp_path: Path) -> None:
    path = tmp_path / "a/b/c"
    fsio.write(path, b"long content")
    fsio.write(path, memoryview(b"short"))
    assert path.read_bytes() == b"short"


def test_exclusive_write_refuses_what_is_there(tmp_path: Path) -> None:
    fsio.write(tmp_path / "lock", b"mine", exclusive=True)
    with pytest.raises(FileExistsError):
        fsio.write(tmp_path / "lock", b"yours", exclusive=True)
    assert (tmp_path / "lock").read_bytes() == b"mine"


def test_short_writes_of_the_system_are_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: original(handle, data[:3]))
    fsio.write(tmp_path / "x", b"0123456789")
    fsio.append(tmp_path / "x", b"abcdefg")
    assert (tmp_path / "x").read_bytes() == b"0123456789abcdefg"


def test_unlink_of_nothing_is_nothing(tmp_path: Path) -> None:
    fsio.unlink(tmp_path / "never")
    fsio.write(tmp_path / "x", b"")
    fsio.unlink(tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_put_goes_through_a_temporary_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[tuple[str, str]] = []
    for name in ("write", "fsync", "replace", "fsync_dir"):
        original = getattr(fsio, name)

        def noted(path: Path, *rest: object, _name: str = name, _do: object = original) -> None:
            steps.append((_name, path.name))
            _do(path, *rest)  # type: ignore[operator]  # the wrapped function

        monkeypatch.setattr(fsio, name, noted)
    fsio.put(tmp_path / "manifest.json", b"{}")
    part = fsio.temporary(Path("manifest.json")).name
    assert steps == [("write", part), ("fsync", part), ("replace", part), ("fsync_dir", tmp_path.name)]
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]


def test_publish_syncs_every_folder_up_to_the_root_deepest_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [tmp_path / "data/x/c/0", tmp_path / "data/y/c/0"]
    for path in paths:
        fsio.write(fsio.temporary(path), b"1")
    synced: list[str] = []
    monkeypatch.setattr(fsio, "fsync_dir", lambda path: synced.append(path.relative_to(tmp_path).as_posix()))
    fsio.publish(paths, tmp_path / "data")
    assert synced == ["data/x/c", "data/y/c", "data/x", "data/y", "data"]


def test_many_files_are_synced_before_the_first_gets_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[tuple[str, str]] = []
    for name in ("fsync", "replace"):
        original = getattr(fsio, name)

        def noted(path: Path, *rest: object, _name: str = name, _do: object = original) -> None:
            _do(path, *rest)  # type: ignore[operator]  # the wrapped function
            steps.append((_name, path.name))

        monkeypatch.setattr(fsio, name, noted)
    paths = [tmp_path / f"{number:02d}" for number in range(20)]
    for path in paths:
        fsio.write(fsio.temporary(path), b"1")
    fsio.publish(paths, tmp_path)
    parts = [fsio.temporary(path).name for path in paths]
    assert sorted(steps[:20]) == [("fsync", part) for part in parts]
    assert steps[20:] == [("replace", part) for part in parts]


def test_one_of_many_files_that_cannot_be_synced_stops_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = fsio.fsync

    def refuse(path: Path) -> None:
        if path.name.startswith("07"):
            raise OSError(5, "the disk refuses")
        original(path)

    monkeypatch.setattr(fsio, "fsync", refuse)
    paths = [tmp_path / f"{number:02d}" for number in range(20)]
    for path in paths:
        fsio.write(fsio.temporary(path), b"1")
    with pytest.raises(OSError, match="the disk refuses"):
        fsio.publish(paths, tmp_path)
    assert not any(path.exists() for path in paths)


@pytest.mark.parametrize(("windows", "tries"), [(True, 5), (False, 1)])
def test_replace_waits_for_readers_where_they_can_block_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, windows: bool, tries: int
) -> None:
    calls: list[Path] = []

    def busy(source: Path, target: Path) -> None:
        calls.append(source)
        raise PermissionError("in use")

    monkeypatch.setattr(fsio.os, "replace", busy)
    monkeypatch.setattr(fsio.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(fsio, "_ON_WINDOWS", windows)
    with pytest.raises(PermissionError, match="in use"):
        fsio.replace(tmp_path / "a", tmp_path / "b")
    assert len(calls) == tries


def test_windows_needs_no_folder_sync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fsio, "_ON_WINDOWS", True)
    fsio.fsync_dir(tmp_path / "is not even there")


def test_many_files_are_made_durable_also_where_no_thread_can_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = []
    whole = fsio.fsync

    def noted(path: Path) -> None:
        synced.append(path)
        whole(path)

    def refused(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(fsio, "fsync", noted)
    monkeypatch.setattr(threading.Thread, "start", refused)
    paths = [tmp_path / f"{number}" for number in range(9)]
    for path in paths:
        fsio.write(fsio.temporary(path), path.name.encode())
    fsio.publish(paths, tmp_path)
    assert [path.read_bytes().decode() for path in paths] == [path.name for path in paths]
    assert sorted(synced) == sorted(fsio.temporary(path) for path in paths)
