"""Problems found late are shown at the line of the file they come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from heartland.errors import Finding, Place
from heartland.scenarios.placing import placed

TEXT = """\
id: calm
patches:
  - do: rule(pact.decisions, never)
  - do: rule(pact.decision, never)
"""


NOWHERE = Place("")


def finding(what: str, place: Place = NOWHERE) -> Finding:
    return Finding("E", "patch", place, what, "Why.", "Fix.")


@pytest.mark.parametrize(
    ("what", "place"),
    [
        ('"decision" is not a decision.', "scenarios/calm.yaml:4:19"),
        ('"decisions" is not a decision.', "scenarios/calm.yaml:3:19"),
        ('"elsewhere" is not a decision.', "scenarios/calm.yaml"),
        ("The outcome is a list.", "scenarios/calm.yaml"),
    ],
)
def test_place_is_the_first_line_with_the_quoted_word(tmp_path: Path, what: str, place: str) -> None:
    path = tmp_path / "calm.yaml"
    path.write_text(TEXT, encoding="utf-8")
    assert str(placed(finding(what), path, "scenarios/calm.yaml").place) == place


def test_a_known_place_stays(tmp_path: Path) -> None:
    known = finding('"decision" is wrong.', Place("model.yaml", 3, "1"))
    assert placed(known, tmp_path / "never-read.yaml", "x") is known
