"""Audit findings as text and JSON: grouped, cut at five, nothing lost in JSON."""

from __future__ import annotations

from heartland.errors import Finding, Place
from heartland.evidence.audit_text import audit_json, audit_text


def finding(letter: str, check: str, row: int, fix: str = "Mend it.") -> Finding:
    return Finding(letter, check, Place("facts.csv", row, "date"), f"thing {row}.", "It matters.", fix)


def test_errors_first_places_first_and_advice_once() -> None:
    text = audit_text([finding("W", "A12", 2), finding("W", "A12", 3), finding("E", "A01", 9)])
    assert text == (
        "A01  1 error: an id used twice in one table\n"
        "  facts.csv:9:date  thing 9.\n"
        "  It matters. Mend it.\n"
        "\n"
        "A12  2 warnings: a tie dated by the coder's own knowledge\n"
        "  facts.csv:2:date  thing 2.\n"
        "  facts.csv:3:date  thing 3.\n"
        "  It matters. Mend it.\n"
        "\n"
        "1 error, 2 warnings, 0 notes"
    )


def test_advice_that_differs_stays_with_its_finding() -> None:
    text = audit_text([finding("W", "A12", 2, "Mend this."), finding("W", "A12", 3, "Mend that.")])
    assert "  facts.csv:2:date  thing 2. It matters. Mend this.\n  facts.csv:3:date  thing 3." in text


def test_more_than_five_are_counted_unless_all_are_asked_for() -> None:
    many = [finding("W", "A15", row) for row in range(2, 10)]
    cut, whole = audit_text(many), audit_text(many, most=None)
    assert cut.count("facts.csv:") == 5
    assert "  and 3 more: --only A15\n" in cut
    assert whole.count("facts.csv:") == 8
    assert "more:" not in whole


def test_nothing_found_still_says_so() -> None:
    assert audit_text([]) == "0 errors, 0 warnings, 0 notes"


def test_json_holds_everything() -> None:
    many = [finding("W", "A15", row) for row in range(2, 10)]
    found = audit_json(many, {"region": "toy", "known_by": None, "only": []})
    assert list(found) == ["schema", "region", "known_by", "only", "counts", "checks", "findings"]
    assert found["schema"] == "heartland.evidence.audit/1"
    assert found["counts"] == {"E": 0, "W": 8, "I": 0}
    assert found["checks"] == {"A15": {"W": 8}}
    assert found["findings"][0] == {
        "severity": "W", "check": "A15", "file": "facts.csv", "row": 2, "column": "date", "what": "thing 2.",
        "why": "It matters.", "fix": "Mend it.",
    }  # fmt: skip
    assert len(found["findings"]) == 8
