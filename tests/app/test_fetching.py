"""`heartland fetch`: nothing goes to the network unless told to."""

from __future__ import annotations

import json
import socket
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from heartland.app.cli import fetching
from heartland.errors import HeartlandInputError
from heartland.evidence import fetch as machinery
from heartland.evidence.fetch import Fetched

app = typer.Typer()
fetching.add(app)
app.command("other")(lambda: None)
RUN = CliRunner()


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("a test asked for the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


def run(*arguments: str) -> Any:
    return RUN.invoke(app, ["fetch", *arguments])


def test_list() -> None:
    lines = run("--list").stdout.splitlines()
    assert lines[0].split() == ["source", "about", "licence", "hash", "what"]
    assert len(lines) == 1 + len(machinery.known_sources())
    stored = json.loads(run("--list", "--format", "json").stdout)
    assert stored["schema"] == "heartland.fetch.list/1"
    assert stored["sources"][0]["source"] == "ucdp-ged"


def test_without_yes_it_only_says_what_it_would_do(tmp_path: Path) -> None:
    done = run("ucdp-ged", "--out", str(tmp_path / "data"))
    assert done.exit_code == 0
    source = machinery.known_source("ucdp-ged")
    assert done.stdout.splitlines() == [
        f"what     {source.note}",
        f"from     {source.url}",
        f"to       {tmp_path / 'data' / 'ged251-csv.zip'}",
        "about    40 MB",
        "licence  CC BY 4.0",
        "check    SHA-256 not known beforehand: computed, shown and stored beside the file",
        "Nothing was downloaded. Add --yes to go.",
    ]
    assert list(tmp_path.iterdir()) == []
    stored = json.loads(run("ucdp-ged", "--format", "json").stdout)
    assert (stored["schema"], stored["downloaded"]) == ("heartland.fetch/1", False)


def test_what_it_says_after(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    done = Fetched(tmp_path / "a.zip", "ab" * 32, 1234, checked=False, fresh=True)
    monkeypatch.setattr(machinery, "fetch", lambda *_, **__: done)
    found = run("ucdp-ged", "--yes")
    assert found.stdout.splitlines() == [
        f"{tmp_path / 'a.zip'}  1,234 bytes",
        f"SHA-256 {'ab' * 32} (not known beforehand; stored in a.zip.sha256)",
        f"Read it with: heartland import ucdp-ged {tmp_path / 'a.zip'}",
    ]
    assert "CC BY 4.0" in found.stderr
    stored = json.loads(run("ucdp-ged", "--yes", "--format", "json").stdout)
    assert stored == {
        "schema": "heartland.fetch/1", "downloaded": True, "path": str(tmp_path / "a.zip"),
        "sha256": "ab" * 32,
        "size": 1234, "checked": False, "fresh": True,
    }  # fmt: skip


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "httpx", None)
    done = run("ucdp-ged", "--yes", "--out", str(tmp_path))
    assert isinstance(done.exception, HeartlandInputError)
    assert str(done.exception) == (
        "heartland fetch needs the extra [fetch]. Nothing else here goes to the network. "
        "Install it: pip install "
        '"heartland[fetch]"'
    )
    assert list(tmp_path.iterdir()) == []


def test_a_name_is_needed() -> None:
    assert str(run().exception) == (
        "SOURCE is needed. Only listed files are downloaded. heartland fetch --list shows them."
    )


def test_a_stopped_download_says_how_it_goes_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def stop(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(machinery, "fetch", stop)
    done = run("ucdp-ged", "--yes", "--out", str(tmp_path))
    assert done.exit_code != 0
    assert "The same command goes on where this one stopped." in done.stderr
