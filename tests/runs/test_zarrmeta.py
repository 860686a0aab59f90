"""The group's own files: byte for byte what Zarr itself writes, of every type, shape, label and attribute."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
import zarr
from hypothesis import given
from hypothesis import strategies as st
from zarr.codecs import ZstdCodec
from zarr.core.buffer import Buffer
from zarr.core.buffer.cpu import Buffer as Bytes
from zarr.storage import MemoryStore

from heartland.runs.zarrmeta import metadata_files

ARRAYS = [
    {"name": "walk", "dtype": "<f4", "dims": ("member", "time"), "shape": (70, 3), "chunks": (64, 3),
     "attrs": {"unit": "1"}},
]  # fmt: skip
COORDS = {
    "member": {"dtype": "<i8", "values": {"range": 70}, "attrs": {}},
    "time": {"dtype": "text", "values": ["a", "b", "c"], "attrs": {}},
}
KEYS: Any = {"name": "default", "separator": "."}

names = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=6)
words = st.text(st.characters(codec="utf-8"), max_size=6)
values = st.one_of(words, st.integers(-5, 5), st.lists(words, max_size=2))
attributes = st.dictionaries(words, values, max_size=3)
TYPES = ("|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8")


@st.composite
def variables(draw: st.DrawFn, name: str) -> dict[str, Any]:
    shape = draw(st.lists(st.integers(0, 5), max_size=3))
    return {
        "name": name, "dtype": draw(st.sampled_from(TYPES)), "dims": [f"d{n}" for n in range(len(shape) + 1)],
        "shape": [draw(st.integers(1, 200)), *shape], "chunks": [64, *(max(1, n) for n in shape)],
        "attrs": draw(attributes),
    }  # fmt: skip


@st.composite
def labels(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(("text", "<i4", "<i8", "<f8", "range")))
    if kind == "range":
        return {"dtype": "<i8", "values": {"range": draw(st.integers(1, 90))}, "attrs": draw(attributes)}
    plain = {
        "text": words, "<i4": st.integers(-9, 9), "<i8": st.integers(-9, 9),
        "<f8": st.floats(allow_nan=False, allow_infinity=False),
    }[kind]  # fmt: skip
    return {"dtype": kind, "values": draw(st.lists(plain, max_size=4)), "attrs": draw(attributes)}


@st.composite
def groups(draw: st.DrawFn) -> tuple[list[dict[str, Any]], dict[str, Any], dict[str, Any]]:
    found = draw(st.lists(names, unique=True, max_size=5))
    half = draw(st.integers(0, len(found)))
    arrays = [draw(variables(name)) for name in found[:half]]
    return arrays, {name: draw(labels()) for name in found[half:]}, draw(attributes)


def zarr_s_own(arrays: Any, coords: Any, attrs: Any) -> dict[str, bytes]:
    """The files of the same group, made by Zarr."""
    held: dict[str, Buffer] = {}
    memory = MemoryStore(held)
    group = zarr.create_group(memory, attributes=attrs)
    zstd = ZstdCodec(level=-3, checksum=True)
    for spec in arrays:
        kind = np.dtype(spec["dtype"])
        group.create_array(
            spec["name"], shape=spec["shape"], chunks=spec["chunks"], dtype=kind, compressors=zstd,
            fill_value=np.nan if kind.kind == "f" else kind.type(0), dimension_names=spec["dims"],
            attributes=spec["attrs"], chunk_key_encoding=KEYS,
        )  # fmt: skip
    with zarr.config.set({"array.write_empty_chunks": True}):
        for name, coord in coords.items():
            listed = coord["values"]
            listed = range(listed["range"]) if isinstance(listed, dict) else listed
            values = np.asarray(listed, dtype=str if coord["dtype"] == "text" else coord["dtype"])
            made = group.create_array(
                name, shape=values.shape, chunks=(max(1, values.size),), compressors=zstd,
                dtype=str if coord["dtype"] == "text" else values.dtype, dimension_names=(name,),
                attributes=coord["attrs"], chunk_key_encoding=KEYS,
            )  # fmt: skip
            if values.size:
                made[...] = np.asarray(listed, dtype=object) if coord["dtype"] == "text" else values
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        zarr.consolidate_metadata(memory)
    return {key: held[key].to_bytes() for key in sorted(held)}


@given(groups())
def test_the_files_are_those_that_zarr_writes(given: tuple[Any, Any, Any]) -> None:
    ours, theirs = metadata_files(*given), zarr_s_own(*given)
    assert list(ours) == list(theirs)
    for path, data in theirs.items():
        assert ours[path] == data, path


def test_zarr_opens_the_group_and_reads_its_labels() -> None:
    files = metadata_files(ARRAYS, COORDS, {"run_id": "first", "of": ["a", 1]})
    store = MemoryStore({key: Bytes.from_bytes(data) for key, data in files.items()})
    group = zarr.open_group(store, mode="r")
    assert dict(group.attrs) == {"run_id": "first", "of": ["a", 1]}
    walk, time, member = (group[name] for name in ("walk", "time", "member"))
    assert isinstance(walk, zarr.Array)
    assert isinstance(time, zarr.Array)
    assert isinstance(member, zarr.Array)
    assert (walk.shape, walk.chunks, walk.dtype, dict(walk.attrs)) == ((70, 3), (64, 3), "f4", {"unit": "1"})
    assert list(np.asarray(time[:])) == ["a", "b", "c"]
    assert np.asarray(member[:]).tolist() == list(range(70))


@pytest.mark.parametrize("dtype", TYPES)
def test_what_was_never_written_reads_as_nothing_known(dtype: str) -> None:
    files = metadata_files([{**ARRAYS[0], "dtype": dtype}], {}, {})
    store = MemoryStore({key: Bytes.from_bytes(data) for key, data in files.items()})
    walk = zarr.open_group(store, mode="r")["walk"]
    assert isinstance(walk, zarr.Array)
    values = np.asarray(walk[:])
    assert np.isnan(values).all() if values.dtype.kind == "f" else not values.any()
