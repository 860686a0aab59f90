"""Every change to a finished run is found and named; what can be computed again is mended."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import toy_run

from heartland.errors import CheckFailedError, Finding, HeartlandInputError, IncompleteRunError
from heartland.runs.reader import open_run
from heartland.runs.verify import repair, verify


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return toy_run.filled(tmp_path_factory.mktemp("whole") / "run")


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "run"))


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def block_of(folder: Path, path: Path) -> str | None:
    parts = path.relative_to(folder).parts
    known = {spec.name for spec in toy_run.VARIABLES}
    return parts[3] if len(parts) > 3 and parts[1] in known else None


def names(findings: list[Finding], folder: Path, path: Path) -> bool:
    """Whether a finding of severity E names the file, and its block if it is a chunk."""
    block = block_of(folder, path)
    return any(
        finding.place.file == str(path) and finding.severity == "E"
        and (block is None or f"block {block}" in finding.what)
        for finding in findings
    )


def test_an_untouched_run_has_no_findings(whole: Path) -> None:
    assert verify(whole) == []
    assert open_run(whole).verify() == []


def test_one_flipped_byte_anywhere_is_found_and_named(whole: Path, folder: Path) -> None:
    """500 flips over all files of the run, those of the journal's lines included."""
    dice = random.Random(20260101)
    files = files_of(folder)
    for n in range(500):
        path = files[n % len(files)]
        data = bytearray(path.read_bytes())
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        path.write_bytes(data)
        findings = verify(folder)
        assert names(findings, folder, path), path
        path.write_bytes((whole / path.relative_to(folder)).read_bytes())
    assert verify(folder) == []


def test_every_truncated_or_deleted_file_is_named(whole: Path, folder: Path) -> None:
    for path in files_of(folder):
        data = path.read_bytes()
        if path.name not in ("journal.jsonl", "manifest.json"):
            path.unlink()
            assert names(verify(folder), folder, path)
            path.write_bytes(data + b"\0")
            assert names(verify(folder), folder, path)
        for end in (0, len(data) // 2, len(data) - 1):
            path.write_bytes(data[:end])
            findings = verify(folder)
            if path.name == "journal.jsonl":
                assert any(finding.check == "run-unfinished" for finding in findings)
            else:
                assert names(findings, folder, path)
        path.write_bytes(data)


def test_a_run_without_manifest_is_no_run(folder: Path) -> None:
    (folder / "manifest.json").unlink()
    with pytest.raises(IncompleteRunError, match="holds no run"):
        verify(folder)


def test_a_journal_cut_at_a_line_names_the_lost_block(folder: Path) -> None:
    path = folder / "journal.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))
    findings = verify(folder)
    assert findings[-1].what == "Block 2 of 3 not finished."
    assert {finding.severity for finding in findings} == {"W"}
    strays = [finding for finding in findings if finding.check == "run-unjournaled"]
    assert {finding.what for finding in strays} == {"A file of block 2, which is not journaled."}
    assert len(strays) == 4


def test_swapped_chunks_are_found_in_both_places(folder: Path) -> None:
    one, two = folder / "data.zarr/walk/c.0.0.0", folder / "data.zarr/walk/c.1.0.0"
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)
    assert [str(finding) for finding in verify(folder)] == [
        f"{path}  The file of block {block} is not what was written. Its values cannot be used. "
        "Run `heartland verify run --repair`."
        for block, path in enumerate((one, two))
    ]


def test_chunks_nobody_wrote_are_found(folder: Path) -> None:
    extra = folder / "data.zarr/walk/c.3.0.0"
    shutil.copy(folder / "data.zarr/walk/c.0.0.0", extra)
    deep = folder / "data.zarr/crises/c.0.1"
    shutil.copy(folder / "data.zarr/crises/c.0.0", deep)
    unlisted = {finding.place.file for finding in verify(folder) if finding.check == "run-stray"}
    assert unlisted == {str(extra), str(deep)}


def test_a_leftover_is_mentioned_without_alarm(folder: Path) -> None:
    (folder / "data.zarr/walk/c.0.0.0.77.part").write_bytes(b"half")
    (finding,) = verify(folder)
    assert (finding.severity, finding.check) == ("I", "run-leftover")


def test_a_journal_swapped_in_from_another_run_is_found(folder: Path, tmp_path: Path) -> None:
    other = toy_run.filled(tmp_path / "other", seed=8)
    shutil.copy(other / "journal.jsonl", folder / "journal.jsonl")
    findings = verify(folder)
    assert findings[0].what == "The journal line does not follow the line before it."
    assert any("walk/c.0.0.0" in finding.place.file for finding in findings)


def test_a_forged_manifest_keeps_its_own_hash_but_not_its_id(folder: Path) -> None:
    import json

    from heartland.runs.manifest import render_manifest

    path = folder / "manifest.json"
    content = json.loads(path.read_bytes())
    content["decisive"]["seed"] = 8
    path.write_bytes(render_manifest(content))
    checks = [finding.check for finding in verify(folder)]
    assert checks[:2] == ["run-id", "run-journal"]


def test_values_are_checked_beyond_the_file_hash(folder: Path) -> None:
    """A file and a journal line that agree with each other but not with the journaled values."""
    from dataclasses import replace

    from heartland.runs.journal import FileRecord, read_journal, rechained
    from heartland.runs.manifest import digest

    anchor = digest((folder / "manifest.json").read_bytes())
    journal = read_journal(folder, anchor)
    path = "data.zarr/walk/c.1.0.0"
    data = (folder / "data.zarr/walk/c.0.0.0").read_bytes()
    (folder / path).write_bytes(data)
    record = journal.entries[1].record
    files = tuple(FileRecord(path, len(data), digest(data)) if f.path == path else f for f in record.files)
    entry = replace(journal.entries[1], record=replace(record, files=files))
    rechained(folder, replace(journal, entries=(journal.entries[0], entry, journal.entries[2])), anchor)
    (finding,) = verify(folder)
    assert finding.what == "Block 1 does not decode to its journaled values of walk."
    assert finding.check == "run-values"


def destroy_chunk(folder: Path) -> None:
    (folder / "data.zarr/walk/c.1.0.0").write_bytes(b"rubbish")
    (folder / "data.zarr/flag/c.2").unlink()


def destroy_metadata(folder: Path) -> None:
    (folder / "data.zarr/zarr.json").write_bytes(b"{}")
    (folder / "data.zarr/actor/c.0").unlink()


def destroy_journal_line(folder: Path) -> None:
    path = folder / "journal.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"block":1', b'"block":7'))


def tear_journal(folder: Path) -> None:
    path = folder / "journal.jsonl"
    path.write_bytes(path.read_bytes()[:-30])


@pytest.mark.parametrize("destroy", [destroy_chunk, destroy_metadata, destroy_journal_line, tear_journal])
def test_repair_brings_the_same_values_back(folder: Path, destroy: Callable[[Path], None]) -> None:
    before = toy_run.raw(folder)
    destroy(folder)
    assert verify(folder) != []
    assert repair(folder, toy_run.values) != []
    assert verify(folder) == []
    assert toy_run.raw(folder) == before
    assert repair(folder, toy_run.values) == []
    assert not (folder / "lock").exists()


def test_repair_says_what_it_did(folder: Path) -> None:
    destroy_chunk(folder)
    destroy_metadata(folder)
    destroy_journal_line(folder)
    assert repair(folder, toy_run.values) == [
        "Wrote data.zarr/actor/c.0 again.",
        "Wrote data.zarr/zarr.json again.",
        "Wrote journal.jsonl again with its 2 good lines.",
        "Computed block 2 again.",
        "Computed block 1 again.",
    ]


def test_repair_refuses_other_values_and_leaves_the_files(folder: Path) -> None:
    destroy_chunk(folder)

    def other(block: int) -> dict[str, np.ndarray]:
        return toy_run.values(block, seed=9)

    with pytest.raises(CheckFailedError) as caught:
        repair(folder, other)
    assert str(caught.value) == (
        f"{folder}  Block 1 came out with other values of crises, flag, walk than before. "
        "It cannot be repaired here. Use the code, content and library versions of the manifest."
    )
    assert (folder / "data.zarr/walk/c.1.0.0").read_bytes() == b"rubbish"
    assert not (folder / "lock").exists()


def test_repair_leaves_unfinished_blocks_to_resume(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with toy_run.start(folder) as writer:
        writer.commit(0, toy_run.values(0))
    assert repair(folder, toy_run.values) == []
    assert open_run(folder).finished == (0,)


def test_repair_needs_a_sound_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_bytes(b"{}")
    with pytest.raises(HeartlandInputError, match="does not agree with its own hash"):
        repair(folder, toy_run.values)


def test_metadata_another_zarr_wrote_cannot_be_rebuilt(folder: Path) -> None:
    import json

    from heartland.runs.manifest import render_manifest

    path = folder / "manifest.json"
    content = json.loads(path.read_bytes())
    content["store"]["files"][0]["sha256"] = "0" * 64
    path.write_bytes(render_manifest(content))
    with pytest.raises(HeartlandInputError, match="this version of heartland writes it in another form"):
        repair(folder, toy_run.values)
