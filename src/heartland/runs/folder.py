"""What a run folder holds before its first block: layout, coordinates, metadata of the Zarr group."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from heartland.errors import HeartlandInputError
from heartland.runs import fsio
from heartland.runs.blocks import DATA, Layout, undescribe
from heartland.runs.journal import FileRecord
from heartland.runs.manifest import digest
from heartland.runs.zarrmeta import metadata_files

__all__ = [
    "Coords",
    "coordinates",
    "ensure_metadata",
    "intact",
    "layout_of",
    "listed_files",
    "metadata",
    "publish_metadata",
]

STORE_SCHEMA = "heartland.store/1"

Coords: TypeAlias = Mapping[str, "Sequence[Any] | NDArray[Any]"]


def layout_of(folder: Path, manifest: Mapping[str, Any]) -> Layout:
    """Layout of the blocks of a run from its manifest."""
    store = manifest["store"]
    return _layout(folder, store)


def _layout(folder: Path, store: Mapping[str, Any]) -> Layout:
    first = {name: store[name] for name in ("axis", "per_block") if name in store}
    return Layout(folder, store["members"], undescribe(store["variables"]), **first)


def listed_files(manifest: Mapping[str, Any]) -> list[FileRecord]:
    """The files of the Zarr group that are there before block 0, as the manifest lists them."""
    return [FileRecord(**file) for file in manifest["store"]["files"]]


def intact(folder: Path, record: FileRecord) -> bool:
    """Whether a listed file is there with its listed content."""
    path = folder / record.path
    try:
        return path.stat().st_size == record.bytes and digest(path.read_bytes()) == record.sha256
    except OSError:
        return False


def _coordinate(name: str, values: Sequence[Any] | NDArray[Any]) -> dict[str, Any]:
    array: NDArray[Any] = np.asarray(values)
    dates = array.dtype.kind == "O" and all(type(value) is datetime.date for value in array)
    if array.dtype.kind == "M" or (dates and array.size):
        days = array.astype("M8[D]").astype("<i4")
        attrs = {"units": "days since 1970-01-01", "calendar": "proleptic_gregorian"}
        return {"dtype": "<i4", "values": days.tolist(), "attrs": attrs}
    if array.dtype.kind == "U" or array.size == 0:
        return {"dtype": "text", "values": array.tolist(), "attrs": {}}
    if array.dtype.kind not in "iuf":
        raise ValueError(f"coordinate {name}: values must be texts, numbers or dates, not {array.dtype}")
    return {"dtype": array.dtype.newbyteorder("<").str, "values": array.tolist(), "attrs": {}}


def coordinates(layout: Layout, coords: Coords) -> dict[str, Any]:
    """Coordinates as JSON values for the manifest, with that of the first axis added.

    Raises
    ------
    ValueError
        If one is not a list as long as its axis, or not of texts, numbers or dates.
    """
    lengths = {dim: n for spec in layout.variables for dim, n in zip(spec.dims, spec.shape, strict=True)}
    described = {layout.axis: {"dtype": "<i8", "values": {"range": layout.members}, "attrs": {}}}
    for name, values in coords.items():
        if np.ndim(values) != 1 or lengths.get(name, len(values)) != len(values):
            raise ValueError(
                f"coordinate {name}: shape {np.shape(values)} does not fit axis length {lengths.get(name)}"
            )
        described[name] = _coordinate(name, values)
    return described


def metadata(store: Mapping[str, Any], name: str) -> dict[str, bytes]:
    """Files of the Zarr group before block 0, by path below the run folder.

    store : the part `store` of the manifest;  name : the run id
    """
    layout = _layout(Path(), store)
    attrs = {"run_id": name, "schema": STORE_SCHEMA}
    files = metadata_files(layout.zarr_arrays(), store["coords"], attrs)
    return {f"{DATA}/{path}": data for path, data in files.items()}


def publish_metadata(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write those files durably."""
    for path, data in files.items():
        fsio.write(fsio.temporary(folder / path), data)
    fsio.publish([folder / path for path in files], folder)


def ensure_metadata(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    """Write the group's own files again where they are missing or damaged; returns their paths.

    Raises
    ------
    HeartlandInputError
        If this version no longer writes them as listed.
    """
    bad = [file for file in listed_files(manifest) if not intact(folder, file)]
    if bad:
        made = metadata(manifest["store"], manifest["run_id"])
        for file in bad:
            if digest(made.get(file.path, b"")) != file.sha256:
                raise HeartlandInputError.at(
                    "The file is damaged and this version of heartland writes it in another form.",
                    why="The run's arrays cannot be read without it.",
                    fix="Use the version named in the manifest, or delete the folder and run again.",
                    file=str(folder / file.path),
                    check="run-damaged",
                )
        publish_metadata(folder, {file.path: made[file.path] for file in bad})
    return [file.path for file in bad]
