"""A tiny run for tests: five variables, among them the awkward ones, drawn from the real noise."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heartland.core.noise import Noise
from heartland.errors import HeartlandInputError
from heartland.runs.journal import read_journal
from heartland.runs.lock import Lock, RunLockedError
from heartland.runs.manifest import MANIFEST, digest
from heartland.runs.store import RunWriter, VariableSpec, start_run

ACTORS = ["A", "B", "Ç"]
MONTHS = 4
MEMBERS = 150  # 3 blocks, the last one cut to 22 members

VARIABLES = (
    VariableSpec("walk", "f4", ("month", "actor"), (MONTHS, 3), {"unit": "share", "label": "a walk"}),
    VariableSpec("crises", "i2", ("actor",), (3,)),
    VariableSpec("flag", "bool"),
    VariableSpec("nothing", "f8", ("month",), (MONTHS,)),
    VariableSpec("empty", "f4", ("organisation",), (0,)),
)
COORDS: Mapping[str, Any] = {
    "actor": ACTORS,
    "month": np.array(["2021-01-31", "2021-02-28", "2021-03-31", "2021-04-30"], dtype="M8[D]"),
    "organisation": [],
}


def manifest(seed: int = 7, members: int = MEMBERS) -> dict[str, Any]:
    return {"decisive": {"region": "toy", "seed": seed, "members": members}, "about": {"machine": "any"}}


def start(folder: Path, *, seed: int = 7, members: int = MEMBERS) -> RunWriter:
    return start_run(folder, manifest(seed, members), VARIABLES, COORDS, members)


def values(block: int, seed: int = 7) -> dict[str, NDArray[Any]]:
    """Recorded variables of one block, 64 members wide."""
    noise = Noise(seed, MONTHS, block)
    walk = np.cumsum(noise.normal("walk", "noise", ACTORS), axis=0)
    return {
        "walk": walk.transpose(2, 0, 1),
        "crises": (walk > 1).sum(axis=0).T.astype("i2"),
        "flag": noise.uniform("flag", "uniform", ["all"])[0, 0] < 0.5,
        "nothing": np.full((64, MONTHS), np.nan),
        "empty": np.empty((64, 0)),
    }


def job(block: int) -> list[dict[str, NDArray[Any]]]:
    return [values(block)]


def pair(block: int) -> list[dict[str, NDArray[Any]]]:
    """Baseline and what-if."""
    other = values(block)
    other["walk"] = other["walk"] + 1
    return [values(block), other]


def filled(folder: Path, **keywords: int) -> Path:
    """A complete run."""
    with start(folder, **keywords) as writer:
        for block in writer.missing():
            writer.commit(block, values(block, keywords.get("seed", 7)))
    return folder


def raw(folder: Path) -> dict[int, Mapping[str, str]]:
    """Value hashes by block, as journaled."""
    journal = read_journal(folder, digest((folder / MANIFEST).read_bytes()))
    return {block: dict(record.raw) for block, record in journal.blocks.items()}


@dataclass(frozen=True)
class Slow:
    """The toy job with a pause from some block on, which is said, so that something can happen meanwhile."""

    seconds: float
    first: float

    def __call__(self, block: int) -> list[dict[str, NDArray[Any]]]:
        if block >= self.first:
            print(f"pausing in {block}", flush=True)
            time.sleep(self.seconds)
        return job(block)


@dataclass(frozen=True)
class Deadly:
    """Kills its own process at some blocks, the first `times` times; counts deaths in files."""

    folder: str
    blocks: tuple[int, ...]
    times: int

    def __call__(self, block: int) -> int:
        deaths = Path(self.folder) / f"deaths-{block}"
        seen = len(deaths.read_text()) if deaths.exists() else 0
        if block in self.blocks and seen < self.times:
            deaths.write_text("x" * (seen + 1))
            os.kill(os.getpid(), signal.SIGKILL)
        return block * block


@dataclass(frozen=True)
class DeadlyJob:
    """The toy job, which kills its own process at some blocks the first `times` times."""

    folder: str
    blocks: tuple[int, ...]
    times: int

    def __call__(self, block: int) -> list[dict[str, NDArray[Any]]]:
        Deadly(self.folder, self.blocks, self.times)(block)
        return job(block)


@dataclass(frozen=True)
class Faulty:
    """Raises at some blocks, the first `times` times; counts in files."""

    folder: str
    blocks: tuple[int, ...]
    times: int
    kind: str = "OSError"

    def __call__(self, block: int) -> int:
        calls = Path(self.folder) / f"calls-{block}"
        seen = len(calls.read_text()) if calls.exists() else 0
        calls.write_text("x" * (seen + 1))
        if block in self.blocks and seen < self.times:
            if self.kind == "input":
                raise HeartlandInputError.at("The material is wrong.", file="ties.csv", row=3)
            raise {"OSError": OSError, "ValueError": ValueError}[self.kind](f"no luck with {block}")
        return block * block


def thread_limits(block: int) -> tuple[str | None, int]:
    return os.environ.get("OPENBLAS_NUM_THREADS"), os.getpid()


@dataclass(frozen=True)
class SayPid:
    """Notes the worker's id and sleeps."""

    folder: str

    def __call__(self, block: int) -> int:
        (Path(self.folder) / f"pid-{os.getpid()}").touch()
        time.sleep(30)
        return block


def contend_for(folder: Path, results: Any) -> None:
    """Want the lock, say how it went, keep it while the file `keep` is there."""
    try:
        held = Lock(folder)
    except RunLockedError:
        results.put("lost")
        return
    results.put("won")
    while (folder / "keep").exists():
        time.sleep(0.02)
    held.release()
