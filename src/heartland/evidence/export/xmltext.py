"""XML written with the letters as they are and read without entities of the file's own."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

from heartland.errors import HeartlandInputError
from heartland.evidence.export.writing import read_bytes

__all__ = ["read_xml", "write_xml"]


def write_xml(root: ElementTree.Element, out: Path) -> None:
    """Write a document as UTF-8, one element a line."""
    ElementTree.indent(root, " ")
    text = ElementTree.tostring(root, encoding="unicode")
    out.write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n', encoding="utf-8", newline="")


def read_xml(path: Path, root: str) -> ElementTree.Element:
    """Root element of a document, named `root` with its namespace.

    Raises
    ------
    HeartlandInputError
        No such file, no XML, another root, or a document type (which could define entities).
    """
    data = read_bytes(path)
    what = ""
    if re.search(rb"<!(DOCTYPE|ENTITY)", data):
        what = "has a document type of its own."
    else:
        try:
            found = ElementTree.fromstring(data)
        except (ElementTree.ParseError, LookupError, ValueError) as error:
            what = f"is no XML: {error}."
        else:
            if found.tag == root:
                return found
            what = f"starts with {found.tag} instead of {root}."
    raise HeartlandInputError.at(
        what, why="Only files that an export wrote can be read back.", fix="Export it again.", file=path.name,
        check="export-read",
    )  # fmt: skip
