"""Audits that need more than tables: the words of a source (A27) and edits by hand (A29)."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.evidence.audit_fixtures import DEFAULTS, add, change, found, toy

from heartland.errors import HeartlandInputError
from heartland.evidence.audit import audit
from heartland.evidence.audit_routes import great_circle_km
from heartland.evidence.changes import record
from heartland.evidence.loading import read_tables
from heartland.region.reading import find_region

SHARED = Path(os.environ.get("HEARTLAND_SHARED", Path(__file__).resolve().parents[3] / "shared"))
AT = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
TEXT = "Last year the quick brown fox jumped over the lazy dog of The Pact before it rained in the valley.\n"


def with_text(tmp_path: Path, paraphrase: str) -> list[str]:
    folder, texts = toy(tmp_path), tmp_path / "texts"
    texts.mkdir()
    (texts / "document-1.txt").write_text(TEXT, encoding="utf-8")
    change(folder, "facts", "F-T1-002", paraphrase=paraphrase)
    return found(folder, "A27", texts=texts)


def test_nine_words_of_a_source_are_too_many(tmp_path: Path) -> None:
    said = "We read that the Quick, brown fox jumped over the lazy dog."
    assert with_text(tmp_path, said) == [
        "E facts.csv:3:paraphrase  9 consecutive words equal the source; write it in own words. The "
        "tables may "
        "be passed on, the texts may not. Say it differently; runs of fewer than 8 words, names and "
        "titles are "
        "free."
    ]


def test_seven_words_of_a_source_are_free(tmp_path: Path) -> None:
    assert with_text(tmp_path, "A brown fox jumped over the lazy dog.") == []


def test_words_of_names_do_not_count(tmp_path: Path) -> None:
    """Eight words in a row are shared, two of them the name of an actor."""
    assert with_text(tmp_path, "It was a lazy dog of the pact before it was gone.") == []
    assert len(with_text(tmp_path / "b", "over the lazy dog of the pact before it rained")) == 1


def test_without_texts_nothing_is_compared(tmp_path: Path) -> None:
    folder = toy(tmp_path)
    change(folder, "facts", "F-T1-002", paraphrase=TEXT.strip())
    tables, _ = read_tables(folder, DEFAULTS)
    assert "A27" not in {finding.check for finding in audit(tables, folder)}
    with pytest.raises(HeartlandInputError) as unasked:
        found(folder, "A27")
    assert str(unasked.value) == (
        "A27 compares with the source texts, and none are given. To find nothing without looking would be no "
        "finding. Add --texts FOLDER, the folder that holds <document>.txt."
    )
    with pytest.raises(HeartlandInputError) as error:
        found(folder, "A27", texts=tmp_path / "gone")
    assert str(error.value) == (
        f"{tmp_path / 'gone'}  is not a folder. A27 compares with the source texts. Name the folder that "
        "holds "
        "<document>.txt."
    )


@pytest.mark.skipif(
    not (SHARED / "documents").is_dir(),
    reason=f"no documents at {SHARED}; set HEARTLAND_SHARED to the folder that holds documents/",
)
def test_shipped_statements_are_in_own_words(tmp_path: Path) -> None:
    tables, _ = read_tables(find_region("central-asia"))
    assert audit(tables, only=("A27",), texts=SHARED / "documents") == []
    line = (SHARED / "documents" / "document-1.txt").read_text(encoding="utf-8").splitlines()[16]
    facts = tables["facts"].copy()
    facts.loc[0, "paraphrase"] = " ".join(line.split()[:12])
    copied = audit({**tables, "facts": facts}, only=("A27",), texts=SHARED / "documents")
    assert [str(finding.place) for finding in copied] == ["facts.csv:2:paraphrase"]


def test_edit_by_hand_is_seen(tmp_path: Path) -> None:
    folder = toy(tmp_path)
    assert found(folder, "A29") == [
        "I changes.csv  no state of the tables was ever recorded. Edits by hand cannot be told from the "
        "original. Record it once: heartland evidence record --by NAME --reason TEXT."
    ]
    record(folder, by="ann", reason="first state", at=AT)
    assert found(folder, "A29") == []
    change(folder, "facts", "F-T1-001", value="6")
    why = "A number that changes without a trace cannot be trusted, nor put right."
    fix = "Write down why: heartland evidence record --by NAME --reason TEXT."
    assert found(folder, "A29") == [f"W facts.csv  facts differs from its last recorded state. {why} {fix}"]
    same = {"argument_a": "C-T1-001", "argument_b": "C-T1-001"}
    add(folder, "contradictions", id="D-1", **same, on="trust", kind="time")
    (folder / "weights.csv").unlink()
    assert found(folder, "A29") == [
        f"W contradictions.csv  contradictions differs from its last recorded state: it was never "
        f"recorded. {why} "
        f"{fix}",
        f"W facts.csv  facts differs from its last recorded state. {why} {fix}",
        f"W weights.csv  weights differs from its last recorded state: the file is gone. {why} {fix}",
    ]
    record(folder, by="ann", reason="corrected the number", at=AT)
    assert found(folder, "A29") == []


def test_a_rewritten_list_of_changes_is_seen(tmp_path: Path) -> None:
    folder = toy(tmp_path)
    record(folder, by="ann", reason="first state", at=AT)
    path = folder / "changes.csv"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace("first state", "as ordered", 1), encoding="utf-8")
    assert found(folder, "A29") == [
        "W changes.csv:2:note  E-00001 or a row before it was altered or removed. The list of changes only "
        "grows; a correction is a new row. Restore the row from an earlier copy."
    ]
    lines = whole.splitlines(keepends=True)
    path.write_text("".join([lines[0], *lines[2:]]), encoding="utf-8")
    assert found(folder, "A29")[0].startswith("W changes.csv:2:note  E-00002 or a row before it was altered")


def test_an_unreadable_list_of_changes_is_left_to_reading(tmp_path: Path) -> None:
    folder = toy(tmp_path)
    (folder / "changes.csv").write_text('change_id,at\n"E-1', encoding="utf-8")
    tables, findings = read_tables(folder)
    assert [finding.check for finding in findings] == ["csv-quote"]
    assert audit(tables, folder, only=("A29",)) == []


@pytest.mark.parametrize(
    ("ends", "km"),
    [
        ((0.0, 0.0, 0.0, 180.0), 20015.1),  # half way round: pi times the mean radius
        ((0.0, 0.0, 0.0, 1.0), 111.195),
        ((90.0, 0.0, -90.0, 77.0), 20015.1),
        ((52.0, 13.0, 52.0, 13.0), 0.0),
        ((10.0, 179.5, 10.0, -179.5), 109.506),  # across the date line: one degree times cos 10
    ],
)
def test_great_circle(ends: tuple[float, float, float, float], km: float) -> None:
    assert great_circle_km(*ends) == pytest.approx(km, rel=2e-5, abs=1e-9)
