"""Where in a scenario's file a problem stands that was only found when the scenario was compiled."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from heartland.errors import Finding, Place

__all__ = ["placed"]

_QUOTED = re.compile(r'"([^"]+)"')


def placed(finding: Finding, path: Path, shown: str) -> Finding:
    """The finding at the first line of the file that holds the word it quotes; at the file if none does.

    Parameters
    ----------
    path, shown : the file, and its name in messages

    A finding that names a place already is returned as it is.
    """
    if finding.place.file:
        return finding
    quoted = _QUOTED.search(finding.what)
    if quoted is not None:
        word = re.compile(rf"(?<![\w-]){re.escape(quoted[1])}(?![\w-])")
        for row, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            found = word.search(line)
            if found is not None:
                return replace(finding, place=Place(shown, row, str(found.start() + 1)))
    return replace(finding, place=Place(shown))
