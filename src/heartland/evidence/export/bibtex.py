"""BibTeX: the sources for LaTeX and reference managers; keys are the source ids."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from heartland.errors import HeartlandInputError
from heartland.evidence.export.material import Material
from heartland.evidence.export.writing import read_bytes
from heartland.evidence.references import bibtex_entry, bibtex_fields, publishers_of

__all__ = ["entries_of", "read", "write"]

_HEAD = re.compile(r"@(\w+)\{([^,\s]+),\s*")
_NAME = re.compile(r"\s*(\w+)\s*=\s*")
_WORDS = {
    r"\textbackslash{}": "\\",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    r"\textbraceleft{}": "{",
    r"\textbraceright{}": "}",
    r"\&": "&",
    r"\%": "%",
    r"\$": "$",
    r"\#": "#",
    r"\_": "_",
    r"\{": "{",
    r"\}": "}",
}
_ESCAPED = re.compile("|".join(map(re.escape, _WORDS)))


def entries_of(material: Material) -> dict[str, dict[str, str]]:
    """Fields of every entry by key, white space collapsed as BibTeX does.

    Raises
    ------
    HeartlandInputError
        Two ids that differ in capitals only, which BibTeX takes for the same.
    """
    publishers = publishers_of(material.table("actors"))
    found: dict[str, dict[str, str]] = {}
    folded: dict[str, str] = {}
    for row in material.table("sources"):
        key = row["source_id"]
        other = folded.setdefault(key.casefold(), key)
        if other != key:
            raise HeartlandInputError.at(
                f"{other} and {key} differ in capitals only.",
                why="BibTeX takes them for one key.",
                fix="Rename one of them.",
                file="sources.csv",
                column="source_id",
                check="export-key",
            )
        found[key] = {name: " ".join(text.split()) for name, text in bibtex_fields(row, publishers).items()}
    return found


def write(material: Material, out: Path) -> None:
    """Write one entry per source."""
    entries_of(material)
    publishers = publishers_of(material.table("actors"))
    head = "".join(f"% {line}\n" for line in material.summary.splitlines())
    entries = "\n\n".join(bibtex_entry(row, publishers) for row in material.table("sources"))
    out.write_text(f"{head}\n{entries}\n", encoding="utf-8", newline="")


def read(path: Path) -> dict[str, dict[str, str]]:
    """Fields of every entry of an exported file by key, escapes resolved.

    Raises
    ------
    HeartlandInputError
        A text that breaks off inside an entry.
    """
    text = read_bytes(path).decode("utf-8", errors="replace")
    found: dict[str, dict[str, str]] = {}
    at = 0
    while head := _HEAD.search(text, at):
        fields = {"ENTRYTYPE": head[1], "ID": head[2]}
        at = head.end()
        while name := _NAME.match(text, at):
            value, at = _value(text, name.end(), path.name)
            fields[name[1]] = _plain(value, name[1])
            at += text[at : at + 1] == ","
        found[head[2]] = fields
    return found


def _value(text: str, at: int, file: str) -> tuple[str, int]:
    """Value that starts at `at`, without its outer braces, and where it ends."""
    if text[at : at + 1] != "{":
        end = re.compile(r"\w*").match(text, at)
        return (end[0], end.end()) if end else ("", at)
    depth = 0
    for place in _braces(text, at):
        depth += 1 if text[place] == "{" else -1
        if depth == 0:
            return text[at + 1 : place], place + 1
    raise HeartlandInputError.at(
        "breaks off inside an entry.",
        why="A brace is not closed.",
        fix="Export it again.",
        file=file,
        row=text.count("\n", 0, at) + 1,
        check="export-read",
    )


def _braces(text: str, at: int) -> Iterator[int]:
    return (found.start() for found in re.compile("[{}]").finditer(text, at))


def _plain(value: str, name: str) -> str:
    if name == "title":
        value = value.removeprefix("{").removesuffix("}")
    if name in ("url", "date", "urldate", "month"):
        return value
    return _ESCAPED.sub(lambda found: _WORDS[found[0]], value)
