"""The group's own files: what Zarr itself would write, also where they were made for another run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import zarr
from zarr.storage import MemoryStore

from heartland.runs import zarrio
from heartland.runs.zarrio import metadata_files

ARRAYS = [
    {"name": "walk", "dtype": "<f4", "dims": ("member", "time"), "shape": (70, 3), "chunks": (64, 3),
     "attrs": {"unit": "1"}},
]  # fmt: skip
COORDS = {
    "member": {"dtype": "<i8", "values": {"range": 70}, "attrs": {}},
    "time": {"dtype": "text", "values": ["a", "b", "c"], "attrs": {}},
}


@pytest.fixture(autouse=True)
def _forgetful() -> Iterator[None]:
    zarrio._unnamed.cache_clear()
    yield
    zarrio._unnamed.cache_clear()


def test_the_second_run_of_one_layout_gets_the_bytes_that_it_would_get_alone() -> None:
    metadata_files(ARRAYS, COORDS, {"run_id": "first"})
    second = metadata_files(ARRAYS, COORDS, {"run_id": "second"})
    assert zarrio._unnamed.cache_info().hits == 1
    zarrio._unnamed.cache_clear()
    assert metadata_files(ARRAYS, COORDS, {"run_id": "second"}) == second


def test_the_root_is_what_zarr_writes_with_these_attributes() -> None:
    files = metadata_files(ARRAYS, COORDS, {"run_id": "first", "of": ["a", 1]})
    memory = MemoryStore({key: zarr.core.buffer.cpu.Buffer.from_bytes(data) for key, data in files.items()})
    zarr.open_group(memory, mode="r+").update_attributes({"again": True})
    zarr.open_group(memory, mode="r+").attrs.put({"run_id": "first", "of": ["a", 1]})
    assert memory._store_dict["zarr.json"].to_bytes() == files["zarr.json"]


def test_another_layout_is_made_anew() -> None:
    files = metadata_files(ARRAYS, COORDS, {})
    longer = metadata_files([{**ARRAYS[0], "shape": (90, 3)}], COORDS, {})
    assert files["walk/zarr.json"] != longer["walk/zarr.json"]
