"""Coding rules of the PLOVER codebook."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.evidence.audit_fixtures import add, found, toy

from heartland.evidence.audit_plover import codes


def test_codes_of_the_shipped_table() -> None:
    assert codes()["COERCE:curfew"] is False
    assert codes()["AID"] is True
    assert "FIGHT" not in codes()  # a cross-walk of the manual still names it
    assert sum(":" not in code for code in codes()) == 16


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (
            {"plover": "AID", "receivers": ""},
            "AID needs a recipient. {why} Name the receiver, or use a code that needs none.",
        ),
        (
            {"plover": "COOPERATE", "modality": "planned"},
            "COOPERATE is only planned. {why} Write AGREE: what is promised is a word, not a deed.",
        ),
        (
            {"plover": "RETREAT:withdraw", "modality": "forecast"},
            "RETREAT is only forecast. {why} Write CONCEDE: what is promised is a word, not a deed.",
        ),
        (
            {"plover": "CONSULT", "action": "summon"},
            "summoning an envoy is coded CONSULT. {why} Write ACCUSE:disapprove.",
        ),
        (
            {"plover": "CONSULT", "action": "cancel"},
            "a cancelled meeting is coded CONSULT. {why} Write REJECT.",
        ),
        (
            {"plover": "MOBILIZE:troops", "action": "exercise"},
            "a joint exercise is coded MOBILIZE:troops. {why} Write COOPERATE.",
        ),
        (
            {"plover": "CONSULT", "action": "exercise", "receivers": ""},
            "one actor's own exercise is coded CONSULT. {why} Write MOBILIZE.",
        ),
        (
            {"plover": "FIGHT"},
            '"FIGHT" is not a code of the codebook. {why} Known codes: schema/plover.csv.',
        ),
    ],
)
def test_broken_codes(tmp_path: Path, cells: dict[str, str], message: str) -> None:
    folder = toy(tmp_path)
    given = {"fact_id": "F-T1-009", "givers": "AAA", "receivers": "CCC", "paraphrase": "They met."}
    add(folder, "facts", **{**given, **cells})
    why = "Counts by type compare only where one act has one code."
    assert found(folder, "plover") == [f"W facts.csv:6:plover  {message.format(why=why)}"]


@pytest.mark.parametrize(
    "cells",
    [
        {"plover": "ACCUSE:disapprove", "action": "summon"},
        {"plover": "COOPERATE", "action": "exercise"},
        {"plover": "AGREE", "modality": "planned"},
        {"plover": "PROTEST:riot", "receivers": ""},
        {"plover": ""},
        {"plover": "AID", "modality": "planned", "rank": "deprecated", "rank_reason": "twice"},
    ],
)
def test_clean_codes(tmp_path: Path, cells: dict[str, str]) -> None:
    folder = toy(tmp_path)
    given = {"fact_id": "F-T1-009", "givers": "AAA", "receivers": "CCC", "paraphrase": "They met."}
    add(folder, "facts", **{**given, **cells})
    assert found(folder, "plover") == []
