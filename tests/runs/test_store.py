"""Writing a run, reading it back, taking it up again."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pytest
import toy_run
import xarray
import zarr

from heartland.errors import CheckFailedError, HeartlandInputError, IncompleteRunError
from heartland.runs import fsio
from heartland.runs.blocks import Layout, write_block
from heartland.runs.lock import RunLockedError
from heartland.runs.manifest import run_id
from heartland.runs.reader import Run, open_run
from heartland.runs.store import VariableSpec, create_run, resume_run


def straight(name: str, members: int = toy_run.MEMBERS) -> np.ndarray:
    blocks = [toy_run.values(block)[name] for block in range(-(-members // 64))]
    return np.concatenate(blocks)[:members]


def test_what_was_committed_comes_back(tmp_path: Path) -> None:
    run = open_run(toy_run.filled(tmp_path / "run"))
    assert run.finished == (0, 1, 2)
    assert run.members_finished == 150
    assert run.complete
    assert run.state == "complete"
    assert run.notes == []
    assert run.ds["actor"].values.tolist() == toy_run.ACTORS
    assert run.ds["actor"].dtype.kind == "U"
    assert run.ds.sel(actor="Ç")["walk"].shape == (150, 4)
    for spec in toy_run.VARIABLES:
        expected = straight(spec.name).astype(spec.dtype)
        np.testing.assert_array_equal(run.array(spec.name), expected)
        np.testing.assert_array_equal(run.ds[spec.name].values, expected)
        assert run.array(spec.name).dtype == np.dtype(spec.dtype)
    run.require_complete()


def test_any_zarr_reader_sees_names_labels_and_dates(tmp_path: Path) -> None:
    folder = toy_run.filled(tmp_path / "run")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        data = xarray.open_zarr(folder / "data.zarr", chunks=None)
    assert data["walk"].dims == ("member", "month", "actor")
    assert data["walk"].attrs == {"unit": "share", "label": "a walk"}
    assert list(data["actor"].values) == toy_run.ACTORS
    assert data["month"].values[1] == np.datetime64("2021-02-28")
    assert data["member"].values.tolist() == list(range(150))
    assert data.sizes["organisation"] == 0
    np.testing.assert_array_equal(data.sel(actor="Ç")["crises"], straight("crises")[:, 2])
    np.testing.assert_array_equal(data["flag"], straight("flag"))


def test_layout_on_disk(tmp_path: Path) -> None:
    folder = toy_run.filled(tmp_path / "run")
    assert sorted(path.name for path in folder.iterdir()) == ["data.zarr", "journal.jsonl", "manifest.json"]
    chunks = sorted(path.relative_to(folder).as_posix() for path in (folder / "data.zarr/walk").rglob("c*"))
    assert [path for path in chunks if (folder / path).is_file()] == [
        "data.zarr/walk/c.0.0.0", "data.zarr/walk/c.1.0.0", "data.zarr/walk/c.2.0.0",
    ]
    assert (folder / "data.zarr/flag/c.2").is_file()
    metadata = json.loads((folder / "data.zarr/walk/zarr.json").read_text())
    assert metadata["codecs"] == [
        {"name": "bytes", "configuration": {"endian": "little"}},
        {"name": "zstd", "configuration": {"level": -3, "checksum": True}},
    ]
    assert metadata["dimension_names"] == ["member", "month", "actor"]
    assert metadata["shape"] == [150, 4, 3]
    assert metadata["chunk_grid"]["configuration"]["chunk_shape"] == [64, 4, 3]
    lines = [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()]
    assert [line["block"] for line in lines] == [0, 1, 2]
    assert set(lines[0]) == {"n", "block", "files", "raw", "seconds", "attempt", "prev", "line"}
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["run_id"] == run_id(toy_run.manifest()["decisive"])


def test_raw_hash_is_of_little_endian_values_of_the_run_s_own_members(tmp_path: Path) -> None:
    from hashlib import sha256

    folder = toy_run.filled(tmp_path / "run")
    values = toy_run.values(2)["walk"][:22].astype("<f4").tobytes(order="C")
    assert toy_run.raw(folder)[2]["walk"] == sha256(values).hexdigest()
    assert toy_run.raw(folder)[0]["empty"] == sha256(b"").hexdigest()


def test_zarr_s_own_bytes_equal_ours(tmp_path: Path) -> None:
    """Our chunk files are what Zarr would have written, padding of the last block included."""
    folder = toy_run.filled(tmp_path / "run")
    with zarr.config.set({"array.write_empty_chunks": True}):
        theirs = zarr.create_array(
            tmp_path / "copy", shape=(150, 4, 3), chunks=(64, 4, 3), dtype="<f4", fill_value=np.nan,
            compressors=zarr.codecs.ZstdCodec(level=-3, checksum=True),
        )
        theirs[...] = straight("walk")
    for block in range(3):
        ours = (folder / f"data.zarr/walk/c.{block}.0.0").read_bytes()
        assert ours == (tmp_path / f"copy/c/{block}/0/0").read_bytes()


def test_trap_a_block_of_fill_values_has_a_file(tmp_path: Path) -> None:
    folder = toy_run.filled(tmp_path / "run")
    assert (folder / "data.zarr/nothing/c.1.0").is_file()
    assert np.isnan(open_run(folder).array("nothing")).all()


def test_trap_a_missing_chunk_is_never_read_as_fill(tmp_path: Path) -> None:
    folder = toy_run.filled(tmp_path / "run")
    run = open_run(folder)
    lazy = run.ds
    (folder / "data.zarr/walk/c.1.0.0").unlink()
    plain = xarray.open_zarr(folder / "data.zarr", chunks=None)
    assert np.isnan(plain["walk"].values[64:128]).all()  # the trap
    for read in (lambda: run.array("walk"), lambda: lazy["walk"].values, lambda: open_run(folder)):
        with pytest.raises(IncompleteRunError, match=r"walk/c\.1\.0\.0.*missing"):
            read()
    np.testing.assert_array_equal(run.array("walk", block=0), toy_run.values(0)["walk"].astype("f4"))


def test_a_changed_chunk_is_never_read(tmp_path: Path) -> None:
    folder = toy_run.filled(tmp_path / "run")
    run = open_run(folder)
    lazy = run.ds
    one, two = folder / "data.zarr/walk/c.0.0.0", folder / "data.zarr/walk/c.1.0.0"
    one.write_bytes(two.read_bytes())  # a sound chunk in the wrong place
    for read in (lambda: run.array("walk"), lambda: lazy["walk"].values):
        with pytest.raises(HeartlandInputError, match="is not what was written") as caught:
            read()
        assert caught.value.findings[0].place.file.endswith("data.zarr/walk/c.0.0.0")


def test_trap_everything_is_synced_before_its_journal_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[str, str]] = []
    for name in ("write", "fsync", "replace", "fsync_dir", "append"):
        original = getattr(fsio, name)

        def noted(path: Path, *rest: object, _name: str = name, _do: object = original, **kw: object) -> None:
            calls.append((_name, str(rest[0]) if _name == "replace" else str(path)))
            _do(path, *rest, **kw)  # type: ignore[operator]  # the wrapped function

        monkeypatch.setattr(fsio, name, noted)
    folder = tmp_path / "run"
    with toy_run.start(folder) as writer:
        begun = len(calls)
        writer.commit(0, toy_run.values(0))
    calls = calls[begun:]
    journaled = calls.index(("append", str(folder / "journal.jsonl")))
    assert calls[journaled + 1] == ("fsync", str(folder / "journal.jsonl"))
    for name in ("walk/c.0.0.0", "crises/c.0.0", "flag/c.0", "nothing/c.0.0"):
        path = folder / "data.zarr" / name
        part = str(fsio.temporary(path))
        order = [calls.index(step) for step in (
            ("write", part), ("fsync", part), ("replace", str(path)), ("fsync_dir", str(path.parent)),
        )]
        assert order == sorted(order)
        assert order[-1] < journaled
        assert calls.index(("fsync_dir", str(folder / "data.zarr"))) < journaled


def test_manifest_and_lock_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    original = fsio.write

    def noted(path: Path, data: bytes, *, exclusive: bool = False) -> None:
        seen.append(path.name.split(".")[0])
        original(path, data, exclusive=exclusive)

    monkeypatch.setattr(fsio, "write", noted)
    toy_run.start(tmp_path / "run").close()
    assert seen[:2] == ["lock", "manifest"]


def test_a_partial_run_shows_its_finished_members_only(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with toy_run.start(folder) as writer:
        writer.commit(2, toy_run.values(2))
        writer.commit(0, toy_run.values(0))
        assert writer.finished() == {0, 2}
        assert writer.missing() == (1,)
        assert open_run(folder).state == "running"
    run = Run.open(folder)
    assert run.state == "interrupted"
    assert run.ds.attrs["members"] == "86 of 150"
    assert repr(run).endswith(": 86 of 150 members, interrupted>")
    kept = [*range(64), *range(128, 150)]
    assert run.ds["member"].values.tolist() == kept
    np.testing.assert_array_equal(run.ds["walk"], straight("walk").astype("f4")[kept])
    np.testing.assert_array_equal(run.array("walk"), straight("walk").astype("f4")[kept])
    with pytest.raises(IncompleteRunError) as caught:
        run.array("walk", block=1)
    assert str(caught.value) == (
        f"{folder}  Block 1 of 3 not finished (86 of 150 members). Run `heartland resume run`."
    )
    with pytest.raises(IncompleteRunError, match="Block 1 of 3 not finished"):
        run.require_complete()


def test_files_without_a_journal_line_do_not_exist(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with toy_run.start(folder) as writer:
        write_block(writer.layout, 0, toy_run.values(0))
    run = open_run(folder)
    assert run.finished == ()
    assert run.ds.sizes["member"] == 0
    with pytest.raises(IncompleteRunError, match="Block 0 of 3 not finished"):
        run.array("walk", block=0)


def test_resume_finishes_what_is_missing(tmp_path: Path) -> None:
    with toy_run.start(tmp_path / "run") as writer:
        writer.commit(1, toy_run.values(1))
    leftover = tmp_path / "run/data.zarr/walk/c.0.0.0.999.part"
    leftover.write_bytes(b"half")
    toy_run.filled(tmp_path / "run")
    assert toy_run.raw(tmp_path / "run") == toy_run.raw(toy_run.filled(tmp_path / "straight"))
    assert not leftover.exists()
    assert open_run(tmp_path / "run").verify() == []


def test_resume_recomputes_damaged_blocks_and_says_so(tmp_path: Path) -> None:
    folder = toy_run.filled(tmp_path / "run")
    before = toy_run.raw(folder)
    (folder / "data.zarr/walk/c.1.0.0").write_bytes(b"rubbish")
    (folder / "data.zarr/flag/c.2").unlink()
    with resume_run(folder, toy_run.manifest()["decisive"]) as writer:
        assert writer.missing() == (1, 2)
        assert writer.notes == [
            "Block 1: data.zarr/walk/c.1.0.0 is damaged or missing; it is computed again.",
            "Block 2: data.zarr/flag/c.2 is damaged or missing; it is computed again.",
        ]
        for block in (1, 2):
            writer.commit(block, toy_run.values(block))
        assert writer.missing() == ()
    assert toy_run.raw(folder) == before
    assert open_run(folder).verify() == []


def test_resume_after_a_stop_before_the_metadata(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    toy_run.start(folder).close()
    (folder / "data.zarr/walk/zarr.json").unlink()
    (folder / "data.zarr/actor/c.0").write_bytes(b"no")
    toy_run.filled(folder)
    assert open_run(folder).verify() == []


def test_resume_refuses_other_content_and_says_what_changed(tmp_path: Path) -> None:
    folder = toy_run.filled(tmp_path / "run")
    now = {"region": "toy", "seed": 8, "members": 150, "months": 60}
    with pytest.raises(HeartlandInputError) as caught:
        resume_run(folder, now)
    assert str(caught.value) == (
        f"{folder / 'manifest.json'}  The run was started with something else: months is new; "
        "seed was 7, is now 8. Its new blocks would not belong to its old ones. "
        f"Start a new run; it will be called {run_id(now)}."
    )


def test_a_folder_without_a_run_is_named(tmp_path: Path) -> None:
    for opening in (open_run, resume_run):
        with pytest.raises(IncompleteRunError, match=r"holds no run: there is no manifest\.json in it"):
            opening(tmp_path)


def test_a_run_is_never_made_over_another(tmp_path: Path) -> None:
    folder = toy_run.filled(tmp_path / "run")
    with pytest.raises(HeartlandInputError, match="The folder already holds a run"):
        create_run(folder, toy_run.manifest(), toy_run.VARIABLES, toy_run.COORDS, 150)
    assert not (folder / "lock").exists()


def test_a_block_may_be_committed_again_with_the_same_values_only(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with toy_run.start(folder) as writer:
        writer.commit(0, toy_run.values(0))
        writer.commit(0, toy_run.values(0))
        other = toy_run.values(0)
        other["walk"] = other["walk"] + 1
        with pytest.raises(CheckFailedError, match=r"Block 0 came out with other values of walk than"):
            writer.commit(0, other)
    assert len((folder / "journal.jsonl").read_text().splitlines()) == 1
    assert [finding.check for finding in open_run(folder).verify()] == ["run-unfinished"]


def test_a_writer_that_lost_its_lock_journals_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with toy_run.start(folder) as writer:
        lock = json.loads((folder / "lock").read_text())
        (folder / "lock").write_text(json.dumps({**lock, "pid": 1}))
        with pytest.raises(RunLockedError, match="The run was taken over by another process"):
            writer.commit(0, toy_run.values(0))
    assert (folder / "lock").exists()
    assert not (folder / "journal.jsonl").exists()


def test_hundred_members_are_the_first_of_more(tmp_path: Path) -> None:
    few = open_run(toy_run.filled(tmp_path / "few", members=100))
    many = open_run(toy_run.filled(tmp_path / "many", members=150))
    np.testing.assert_array_equal(few.array("walk"), many.array("walk")[:100])


def test_order_of_blocks_does_not_show(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with toy_run.start(folder) as writer:
        for block in (2, 0, 1):
            writer.commit(block, toy_run.values(block))
    assert toy_run.raw(folder) == toy_run.raw(toy_run.filled(tmp_path / "straight"))
    np.testing.assert_array_equal(open_run(folder).array("walk"), straight("walk").astype("f4"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"walk": np.zeros((64, 4, 2))}, r"block 0, variable walk: shape \(64, 4, 2\) is not \(64, 4, 3\)"),
        ({"walk": np.zeros((63, 4, 3))}, r"variable walk: shape \(63, 4, 3\)"),
        ({"crises": np.zeros((64, 3))}, "variable crises: float64 does not fit i2"),
        ({"more": np.zeros(64)}, "recorded and computed variables differ in more"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(
    tmp_path: Path, change: dict[str, np.ndarray], message: str
) -> None:
    with toy_run.start(tmp_path / "run") as writer, pytest.raises(ValueError, match=message):
        writer.commit(0, toy_run.values(0) | change)


def test_blocks_beyond_the_last_are_refused(tmp_path: Path) -> None:
    with toy_run.start(tmp_path / "run") as writer, pytest.raises(ValueError, match="blocks 0 to 2, not 3"):
        writer.commit(3, toy_run.values(3))


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"dtype": "U4"}, "type U4 cannot be stored"),
        ({"dtype": "O"}, "type O cannot be stored"),
        ({"dtype": "f16"}, "type f16 cannot be stored"),
        ({"dtype": "f4", "dims": ("actor",)}, "does not name the axes"),
    ],
)
def test_variables_that_cannot_be_stored_are_refused(keywords: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        VariableSpec("x", **keywords)  # type: ignore[arg-type]  # wrong on purpose


def test_the_first_axis_is_nobody_elses(tmp_path: Path) -> None:
    spec = VariableSpec("x", "f4", ("member",), (3,))
    with pytest.raises(ValueError, match="variable x: member is the axis of all variables already"):
        Layout(tmp_path, 10, (spec,))
    assert Layout(tmp_path, 10, (spec,), "point", 1).n_blocks == 10


@pytest.mark.parametrize("actors", [["A", "B"], [["A", "B", "C"]], [b"A", b"B", b"C"]])
def test_coordinates_that_do_not_fit_are_refused(tmp_path: Path, actors: list[object]) -> None:
    with pytest.raises(ValueError, match="coordinate actor"):
        create_run(tmp_path / "run", toy_run.manifest(), toy_run.VARIABLES, {"actor": actors}, 150)


def test_unknown_variable_names_the_near_one(tmp_path: Path) -> None:
    run = open_run(toy_run.filled(tmp_path / "run"))
    with pytest.raises(HeartlandInputError, match=r"The run has no variable walks\. Did you mean walk\?"):
        run.array("walks")


def test_no_members_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one member, not 0"):
        create_run(tmp_path / "run", toy_run.manifest(), toy_run.VARIABLES, toy_run.COORDS, 0)


def test_a_run_as_its_writer_knows_it_is_the_run_that_is_opened(tmp_path: Path) -> None:
    folder = toy_run.filled(tmp_path / "run")
    with toy_run.start(folder) as writer:
        known = Run.written(writer)
    opened = open_run(folder)
    assert (known.manifest, known.layout, known.finished) == (opened.manifest, opened.layout, opened.finished)
    assert (known.state, known.progress, known.notes) == ("complete", "150 of 150", [])
    for spec in known.layout.variables:
        assert known.array(spec.name).tobytes() == opened.array(spec.name).tobytes()


def test_a_writer_does_not_count_a_block_that_it_found_damaged(tmp_path: Path) -> None:
    folder = toy_run.filled(tmp_path / "run")
    (folder / "data.zarr/walk/c.1.0.0").write_bytes(b"")
    with toy_run.start(folder) as writer:
        assert sorted(writer.records()) == [0, 2]
        known = Run.written(writer)
        assert (known.finished, known.progress, known.state) == ((0, 2), "86 of 150", "running")
        with pytest.raises(IncompleteRunError, match="Block 1 of 3 not finished"):
            known.array("walk", block=1)
