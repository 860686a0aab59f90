"""The command line called inside this process, and one small stored run that many tests read."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from heartland.app.cli.main import entry

SHORT = ("--members", "64", "--executor", "serial")


@dataclass(frozen=True)
class Called:
    """Exit code and both streams of a call."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output read as one JSON object."""
        return json.loads(self.out)


def call(*words: object) -> Called:
    """`heartland WORDS`, without a new process; an exception that would print a traceback comes through."""
    out, err = io.StringIO(), io.StringIO()
    before = sys.argv
    sys.argv = ["heartland", *map(str, words)]
    try:
        streams = contextlib.redirect_stdout(out), contextlib.redirect_stderr(err)
        with streams[0], streams[1], pytest.raises(SystemExit) as end:
            entry()
    finally:
        sys.argv = before
    code = end.value.code
    assert isinstance(code, int)
    return Called(code, out.getvalue(), err.getvalue())


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Called]:
    """`call` from an empty folder."""
    monkeypatch.chdir(tmp_path)
    return call


@dataclass(frozen=True)
class Stored:
    """A folder of runs and the JSON answer of the run in it."""

    out: Path
    answer: dict[str, Any]

    @property
    def folder(self) -> Path:
        return self.out / self.answer["run_id"]


@pytest.fixture(scope="session")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Stored:
    """The headline scenario, 64 members, with its baseline."""
    out = tmp_path_factory.mktemp("stored") / "runs"
    done = call("run", "kazakhstan-2022", *SHORT, "--out", out, "--format", "json")
    assert done.code == 0, done.err
    return Stored(out, done.json)
