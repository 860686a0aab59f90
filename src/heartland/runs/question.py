"""What was asked of a run, beside its numbers: it may change while the numbers stay.

Two scenarios that differ only in what they ask share one run; the manifest is never changed, so the scenario
with its outcomes and reasons, and the run it is compared with, lie in `question.json`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from heartland.errors import HeartlandInputError
from heartland.runs import fsio
from heartland.runs.manifest import canonical

__all__ = ["QUESTION", "read_question", "write_question"]

QUESTION = "question.json"


def write_question(folder: Path, scenario: Mapping[str, Any], baseline: str) -> None:
    """Write what is asked of a run; a run that is only somebody's baseline keeps the question it has.

    baseline : id of the run it is compared with, or an empty text
    """
    path = folder / QUESTION
    if not baseline and path.is_file():
        return
    content = canonical({"scenario": scenario, "baseline": baseline})
    if not path.is_file() or path.read_bytes() != content:
        fsio.put(path, content)


def read_question(folder: Path, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """What was last asked of a run, with keys scenario and baseline; the manifest's where nothing was noted.

    Raises
    ------
    HeartlandInputError
        If the file is not what `write_question` writes.
    """
    path = folder / QUESTION
    if not path.is_file():
        return {"scenario": manifest["scenario"], "baseline": manifest.get("baseline", "")}
    try:
        found = json.loads(path.read_bytes())
        return {"scenario": dict(found["scenario"]), "baseline": str(found["baseline"])}
    except (ValueError, KeyError, TypeError) as error:
        raise HeartlandInputError.at(
            f"The file cannot be read: {error}.",
            why="It says what was asked of the run.",
            fix="Delete it and run the scenario again; the numbers are kept.",
            file=str(path),
            check="run-damaged",
        ) from None
