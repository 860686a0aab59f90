"""What a script wrote into the shipped region goes to its list of changes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

__all__ = ["record_built"]


def record_built(folder: Path, tables: Iterable[str], script: str) -> int:
    """Record the present state of tables a script wrote; returns how many had changed.

    Tables edited by hand beside them stay unrecorded, so that the audit still shows them.
    """
    from heartland.evidence.changes import record

    names = tuple(dict.fromkeys(tables))
    rows = record(folder, by=f"scripts/{script}", reason="rebuilt from the shared tables", only=names)
    return len(rows)
