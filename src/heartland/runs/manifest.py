"""What decides a run's bits, its name, and the file that says so."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from heartland.errors import HeartlandInputError, IncompleteRunError

__all__ = [
    "MANIFEST",
    "RunSpec",
    "canonical",
    "code_hash",
    "differences",
    "digest",
    "machine",
    "read_manifest",
    "render_manifest",
    "run_id",
]

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class RunSpec:
    """Everything that decides the bits of a run; JSON values only.

    region : id of the region;  region_hash : SHA-256 of its files
    scenario : canonical content of the scenario;  seed : in [0, 2**64)
    members : number of members;  months : horizon
    record : names of the recorded variables, or the name of a record list
    versions : of the code, content, calibration and of the libraries the guarantee of equal bits depends on
    """

    region: str
    region_hash: str
    scenario: Mapping[str, Any]
    seed: int
    members: int
    months: int
    record: tuple[str, ...]
    versions: Mapping[str, str] = field(default_factory=dict)

    def decisive(self) -> dict[str, Any]:
        """As plain JSON values, for `run_id` and for the manifest."""
        plain: dict[str, Any] = json.loads(canonical(asdict(self)))
        return plain

    @property
    def id(self) -> str:
        """Id of the run, 16 hexadecimal digits."""
        return run_id(self.decisive())


@cache
def code_hash() -> str:
    """Hash of the code and schemas that decide a run's numbers, 16 hex digits."""
    from importlib.resources import files

    found = sha256()
    root = files("heartland")
    for package in (
        *("core", "dynamics", "measures", "region", "scenarios", "scenarios/subjects", "scenarios/traced"),
        "schema",
    ):
        for item in sorted(root.joinpath(package).iterdir(), key=lambda one: one.name):
            if item.name.endswith((".py", ".csv")):
                found.update(f"{package}/{item.name}\n".encode())
                found.update(item.read_bytes())
    return found.hexdigest()[:16]


def canonical(value: Any) -> bytes:
    """JSON with sorted keys, no spaces, ASCII only: equal values give equal bytes.

    Raises
    ------
    HeartlandInputError
        If the value holds something JSON has no form for (NaN, infinity, an object).
    """
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise HeartlandInputError.at(
            f"The description of the run cannot be written as JSON: {error}.",
            why="A run is named after that description.",
            fix="Use texts, finite numbers, yes or no, lists and named lists only.",
            check="run-spec",
        ) from error


def digest(data: bytes | memoryview) -> str:
    """SHA-256, 64 hexadecimal digits."""
    return sha256(data).hexdigest()


def run_id(decisive: Mapping[str, Any]) -> str:
    """First 16 hexadecimal digits of the SHA-256 of the canonical JSON of what decides the bits."""
    return digest(canonical(decisive))[:16]


def machine() -> dict[str, Any]:
    """Facts of the machine that explain differences in the last bits; recorded, never decisive."""
    import numpy as np

    simd: Any = np.show_config(mode="dicts")
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "system": platform.system(),
        "processor": platform.machine(),
        "byte_order": sys.byteorder,
        "cpu_features": list(simd.get("SIMD Extensions", {}).get("found", [])),
    }


def render_manifest(content: Mapping[str, Any]) -> bytes:
    """Bytes of the manifest: indented JSON, with `sha256` over the canonical JSON of all the rest."""
    body = {key: value for key, value in content.items() if key != "sha256"}
    body["sha256"] = digest(canonical(body))
    return json.dumps(body, sort_keys=True, indent=1, allow_nan=False).encode() + b"\n"


def read_manifest(folder: Path) -> dict[str, Any]:
    """Manifest of a run, after checking it against its own hash, byte for byte.

    Raises
    ------
    IncompleteRunError
        If there is none: the folder is not a run, or stopped before its first write.
    HeartlandInputError
        If it is damaged.
    """
    path = folder / MANIFEST
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise IncompleteRunError(
            f"{folder} holds no run: there is no {MANIFEST} in it. Name a run folder, or start the run again."
        ) from None
    try:
        content = json.loads(data)
        whole = isinstance(content, dict) and render_manifest(content) == data
    except (ValueError, RecursionError, HeartlandInputError):  # the last for a number beyond float64
        whole = False
    if not whole:
        raise HeartlandInputError.at(
            "The manifest does not agree with its own hash.",
            why="Nothing in the folder can be trusted to be what it says.",
            fix="Bring the file back from a copy, or delete the folder and run again.",
            file=str(path),
            check="run-manifest",
        )
    found: dict[str, Any] = content
    return found


def differences(stored: Any, present: Any, at: str = "") -> list[str]:
    """Paths at which two JSON values differ, each with both values, sorted by path."""
    if isinstance(stored, Mapping) and isinstance(present, Mapping):
        found: list[str] = []
        for key in sorted({*stored, *present}):
            where = f"{at}.{key}" if at else str(key)
            if key not in present or key not in stored:
                found.append(f"{where} is {'new' if key not in stored else 'gone'}")
            else:
                found += differences(stored[key], present[key], where)
        return found
    if canonical(stored) == canonical(present):
        return []
    return [f"{at} was {_short(stored)}, is now {_short(present)}"]


def _short(value: Any) -> str:
    text = canonical(value).decode()
    return text if len(text) <= 60 else text[:57] + "..."
