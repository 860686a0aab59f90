"""Copies of the toy region with edits, as the fixtures of `tests/broken` describe them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from heartland.core.yamlio import read_yaml

TESTS = Path(__file__).resolve().parent.parent
TOY = TESTS / "toy"
BROKEN = sorted((TESTS / "broken").glob("*.yaml"))
MECHANISMS = {"trade": "economy", "growth": "economy"}


def broken(path: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """Edits and expected findings of a fixture."""
    content = read_yaml(path).value
    return content["edits"], content.get("findings", [])


def copy_of_toy(folder: Path, edits: Sequence[Mapping[str, Any]] = ()) -> Path:
    """Toy region copied to `folder/toy`, then edited."""
    copy = folder / "toy"
    shutil.copytree(TOY, copy)
    for edit in edits:
        apply(copy / edit["file"], edit)
    return copy


def apply(path: Path, edit: Mapping[str, Any]) -> None:
    if edit.get("delete"):
        path.unlink()
    elif "write" in edit:
        path.write_text(edit["write"], encoding="utf-8")
    elif "append" in edit:
        path.write_text(path.read_text(encoding="utf-8") + edit["append"], encoding="utf-8")
    elif "bytes" in edit:
        old, new = edit["bytes"]
        path.write_bytes(path.read_bytes().replace(old.encode(), bytes.fromhex(new), 1))
    else:
        old, new = edit["replace"]
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {path.name}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
