"""CSL-JSON: the sources for reference managers; keys are the source ids, only a printed title is a title."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from heartland.errors import HeartlandInputError
from heartland.evidence.export.material import Material
from heartland.evidence.export.writing import dumps, loads
from heartland.evidence.references import csl_item, publishers_of

__all__ = ["items_of", "read", "write"]


def items_of(material: Material) -> list[dict[str, Any]]:
    """CSL items of all sources, in their order."""
    publishers = publishers_of(material.table("actors"))
    return [csl_item(row, publishers) for row in material.table("sources")]


def write(material: Material, out: Path) -> None:
    """Write one list of items."""
    out.write_text(dumps(items_of(material)), encoding="utf-8", newline="")


def read(path: Path) -> list[dict[str, Any]]:
    """Items of an exported file.

    Raises
    ------
    HeartlandInputError
        No list of items with an id and a type.
    """
    content = loads(path, "CSL-JSON")
    if not isinstance(content, list) or not all(
        isinstance(o, dict) and {"id", "type"} <= set(o) for o in content
    ):
        raise HeartlandInputError.at(
            "is no list of references.",
            why="Nothing else is exported.",
            fix="Export it again.",
            file=path.name,
            check="export-read",
        )
    return content
