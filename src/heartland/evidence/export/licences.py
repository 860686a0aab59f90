"""What may be passed on: the licence of each source as recorded, and a page that says so in every package."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from heartland.evidence.export.material import Material, Row
from heartland.evidence.export.writing import MARK

__all__ = ["LICENCE_PATHS", "readme", "redistribution", "source_licences"]

# Licences that let anyone pass the material on, changed or not (Open Definition, conformant licences, 2024).
_OPEN = re.compile(
    r"cc0(-1\.0)?|cc[ -]by([ -]sa)?([ -]\d\.\d)?|pddl(-1\.0)?|odc-(by|odbl)(-1\.0)?|odbl(-1\.0)?"
    r"|ogl(-uk)?(-\d\.\d)?|public domain|mit|apache-2\.0|bsd(-\d-clause)?|gpl-?\d(\.\d)?(-or-later|-only)?"
)
_DOUBT = re.compile(r"unknown|unclear|to be verified|not stated")
LICENCE_PATHS: Mapping[str, str] = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
}
_SAID = {
    "allowed": "Passing on is allowed under the licence",
    "as stated": "Read the terms before passing on",
    "unknown": "Unknown; unknown means unknown, not free",
}


def redistribution(licence: str) -> str:
    """Whether a source may be passed on: allowed, as stated (terms to be read), or unknown.

    Allowed only where every part of the text names an open licence and nothing in it is doubtful. The licence
    of a package that carries the data is not one of the data.
    """
    text = licence.casefold().strip()
    if not text or _DOUBT.search(text):
        return "unknown"
    parts = [part.strip() for part in text.split(";") if "(package" not in part]
    open_ = [_OPEN.fullmatch(re.sub(r"\(.*?\)", "", part).strip()) for part in parts]
    return "allowed" if open_ and all(open_) else "as stated"


def source_licences(sources: Sequence[Row]) -> dict[str, list[Row]]:
    """Sources by what may be done with them, in the order allowed, as stated, unknown."""
    found: dict[str, list[Row]] = {word: [] for word in _SAID}
    for row in sources:
        found[redistribution(row["licence"])].append(row)
    return found


def readme(material: Material, content: str) -> str:
    """Page that goes with an exported folder: what is in it, where from, what may be passed on.

    content : lines on the files of the format
    """
    about = material.about
    lines = [MARK, f"# {about.title or about.id}", "", content.strip(), "", "## Origin", ""]
    lines.append(f"- region: {about.id}" + (f", version {about.version}" if about.version else ""))
    if about.hash:
        lines.append(f"- SHA-256 of the region folder: `{about.hash}`")
    if material.known_by:
        lines.append(
            f"- cut at {material.known_by}: only what was public by then. Undated choices of the model "
            "(catalogues, weights) are as of today. A text or source that a kept record rests on stays, even "
            "where it is later: a cited item was public first."
        )
    lines += ["", "## What may be passed on", ""]
    lines.append(
        f"Coded records: {about.licence or 'licence unknown'}. That covers the coding, not the sources. "
        "The licence of each source, as recorded in the table of sources:"
    )
    for word, rows in source_licences(material.table("sources")).items():
        if rows:
            lines += ["", f"**{_SAID[word]}** ({len(rows)} sources)", ""]
            lines += [f"- {row['source_id']}: {row['licence']}" for row in rows if row["licence"]]
            rest = sum(not row["licence"] for row in rows)
            lines += [f"- no licence recorded: {rest} sources"] if rest else []
    return "\n".join(lines) + "\n"
