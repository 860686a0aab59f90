"""The files of a Zarr group before its first block, written as Zarr 3 writes them, without loading it.

Before a run can begin, Zarr would take a tenth of a second to load and another to make the arrays. The files
are JSON of a published form (Zarr core specification 3.0, zarr-specs.readthedocs.io) and, for the labels of
axes, one compressed chunk each.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from heartland.runs.blocks import CHUNK, LEVEL, SEPARATOR, fill_value, zstd

__all__ = ["metadata_files"]

ROOT = "zarr.json"
_INDENT = 2
# below these keys of the root stands the metadata of an array
_DEPTH = 3
_EMPTY = '"metadata": {}'


def metadata_files(
    arrays: Sequence[Mapping[str, Any]], coords: Mapping[str, Mapping[str, Any]], attrs: Mapping[str, Any]
) -> dict[str, bytes]:
    """Files of the Zarr group before the first block: metadata of all arrays, and the coordinates.

    Parameters
    ----------
    arrays : for each variable `name, dtype, dims, shape, chunks, attrs`, member axis first
    coords : for each coordinate `dtype` ("text" or a NumPy code), `attrs`, and
        `values`, a list or `{"range": n}`
    attrs : attributes of the group

    Returns
    -------
    Content by path below the group.
    """
    described: dict[str, str] = {}
    files: dict[str, bytes] = {}
    for spec in arrays:
        kind = np.dtype(spec["dtype"])
        described[spec["name"]] = _array(
            kind.name, spec["shape"], spec["chunks"], _plain(fill_value(kind)), _bytes_of(kind),
            spec["attrs"], spec["dims"],
        )  # fmt: skip
    for name, coord in coords.items():
        kind, size, data = _labels(coord)
        codec = _TEXTS if kind is None else _bytes_of(kind)
        described[name] = _array(
            "string" if kind is None else kind.name, (size,), (max(1, size),),
            "" if kind is None else kind.type(0).item(), codec, coord["attrs"], (name,),
        )  # fmt: skip
        if size:
            files[f"{name}/{CHUNK}0"] = zstd().encode(data)
    files |= {f"{name}/{ROOT}": text.encode() for name, text in described.items()}
    files[ROOT] = _root(described, attrs).encode()
    return {path: files[path] for path in sorted(files)}


_TEXTS: dict[str, Any] = {"name": "vlen-utf8", "configuration": {}}


def _bytes_of(kind: np.dtype[Any]) -> dict[str, Any]:
    """The codec that turns numbers into bytes; single bytes have no order."""
    if kind.itemsize == 1:
        return {"name": "bytes"}
    return {"name": "bytes", "configuration": {"endian": "little"}}


def _plain(fill: Any) -> Any:
    return "NaN" if fill != fill else fill.item()


def _labels(coord: Mapping[str, Any]) -> tuple[np.dtype[Any] | None, int, bytes]:
    """Type of a coordinate (none for texts), its length, and its values as bytes."""
    listed = coord["values"]
    if coord["dtype"] != "text":
        kind = np.dtype(coord["dtype"])
        many = range(listed["range"]) if isinstance(listed, Mapping) else listed
        values = np.asarray(many, dtype=kind)
        return kind, values.size, values.astype(kind.newbyteorder("<"), copy=False).tobytes()
    texts = [text.encode() for text in listed]
    parts = [len(texts), *(part for text in texts for part in (len(text), text))]
    return None, len(texts), b"".join(
        part if isinstance(part, bytes) else part.to_bytes(4, "little") for part in parts
    )  # fmt: skip


def _array(
    kind: str, shape: Sequence[int], chunks: Sequence[int], fill: Any, codec: Mapping[str, Any],
    attrs: Mapping[str, Any], dims: Sequence[str],
) -> str:  # fmt: skip
    """Metadata of one array as JSON."""
    content = {
        "shape": list(shape),
        "data_type": kind,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": list(chunks)}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": SEPARATOR}},
        "fill_value": fill,
        "codecs": [codec, {"name": "zstd", "configuration": {"level": LEVEL, "checksum": True}}],
        "attributes": dict(attrs),
        "dimension_names": list(dims),
        "zarr_format": 3,
        "node_type": "array",
        "storage_transformers": [],
    }
    return json.dumps(content, indent=_INDENT)


def _root(described: Mapping[str, str], attrs: Mapping[str, Any]) -> str:
    """Metadata of the group, with that of all its arrays, so that one file opens it."""
    # JSON has no line breaks within texts, so that an array's own lines only have to be moved to the right
    inner = "\n" + " " * (_INDENT * _DEPTH)
    listed = f",{inner}".join(
        f"{json.dumps(name)}: " + described[name].replace("\n", inner) for name in sorted(described)
    )
    frame = {
        "attributes": dict(attrs),
        "zarr_format": 3,
        "consolidated_metadata": {"kind": "inline", "must_understand": False, "metadata": {}},
        "node_type": "group",
    }
    text = json.dumps(frame, indent=_INDENT)
    if not described:
        return text
    outer = "\n" + " " * (_INDENT * (_DEPTH - 1))
    before, after = text.rsplit(_EMPTY, 1)
    return f'{before}"metadata": {{{inner}{listed}{outer}}}{after}'
