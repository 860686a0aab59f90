"""The list of changes: states of tables, cells with an earlier copy, and what is refused."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.evidence.audit_fixtures import add, change, toy

from heartland.errors import HeartlandInputError
from heartland.evidence.changes import record, recorded_states, settled, table_hash, tables_of, unrecorded
from heartland.evidence.loading import read_tables

AT = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)


def test_first_record_holds_the_state_of_every_table(tmp_path: Path) -> None:
    folder = toy(tmp_path)
    rows = record(folder, by="ann", reason="first state", at=AT)
    assert [row["table"] for row in rows] == sorted(tables_of(folder))
    assert recorded_states(folder) == {name: table_hash(path) for name, path in tables_of(folder).items()}
    assert rows[0]["at"] == "2024-05-06T07:08:09Z"
    assert rows[0]["change_id"] == "E-00001"
    assert rows[0]["old"] == ""


def test_nothing_changed_writes_nothing(tmp_path: Path) -> None:
    folder = toy(tmp_path)
    record(folder, by="ann", reason="first state", at=AT)
    before = (folder / "changes.csv").read_bytes()
    assert record(folder, by="ann", reason="again") == []
    assert (folder / "changes.csv").read_bytes() == before


def test_settled_tables_are_those_as_last_recorded(tmp_path: Path) -> None:
    folder = toy(tmp_path)
    assert settled(folder, ("facts", "sources")) == ()  # no state was ever recorded
    record(folder, by="ann", reason="first state", at=AT)
    change(folder, "facts", "F-T1-002", paraphrase="Changed by hand.")
    assert settled(folder, ("facts", "sources", "issues")) == ("sources", "issues")


def test_the_list_only_grows_and_is_a_valid_table(tmp_path: Path) -> None:
    folder = toy(tmp_path)
    record(folder, by="ann", reason="first state", at=AT)
    before = (folder / "changes.csv").read_text(encoding="utf-8")
    (folder / "leg_status.csv").write_text("leg_id,status,source_id\nL001,closed,T1\n", encoding="utf-8")
    change(folder, "facts", "F-T1-001", value="6")
    rows = record(folder, by="bo", reason="misread, see line 2", at=AT)
    assert [(row["table"], row["record_id"], row["column"]) for row in rows] == [
        ("facts", "all", "sha256"),
        ("leg_status", "all", "sha256"),
    ]
    after = (folder / "changes.csv").read_text(encoding="utf-8")
    assert after.startswith(before)
    tables, findings = read_tables(folder)
    assert findings == []
    assert tables["changes"]["by"].tolist()[-1] == "bo"


def test_an_earlier_copy_gives_each_cell_its_row(tmp_path: Path) -> None:
    folder = toy(tmp_path)
    record(folder, by="ann", reason="first state", at=AT)
    shutil.copytree(folder, tmp_path / "before")
    change(folder, "facts", "F-T1-001", value="6", unit="count")
    add(folder, "sources", source_id="extra")
    old = tmp_path / "before" / "facts.csv"
    rows = record(folder, by="bo", reason="corrected", before=tmp_path / "before", at=AT)
    assert [(r["table"], r["record_id"], r["column"], r["old"], r["new"]) for r in rows[:3]] == [
        ("facts", "F-T1-001", "value", "5", "6"),
        ("facts", "F-T1-001", "unit", "tiv", "count"),
        ("facts", "all", "sha256", table_hash(old), table_hash(folder / "facts.csv")),
    ]
    assert [(r["record_id"], r["column"], r["new"]) for r in rows[3:4]] == [("extra", "row", "added")]
    assert list(unrecorded(folder)) == []


def test_only_the_tables_named_are_recorded(tmp_path: Path) -> None:
    """A script records what it wrote; an edit by hand beside it stays visible."""
    folder = toy(tmp_path)
    record(folder, by="ann", reason="first state", at=AT)
    change(folder, "facts", "F-T1-001", value="6")
    change(folder, "actors", "AAA", note="edited by hand")
    record(folder, by="script", reason="rebuilt", only=("facts",), at=AT)
    assert [str(finding.place) for finding in unrecorded(folder)] == ["actors.csv"]


def test_hash_ignores_line_ends_and_the_byte_order_mark(tmp_path: Path) -> None:
    unix, windows = tmp_path / "a.csv", tmp_path / "b.csv"
    unix.write_bytes(b"a,b\n1,2\n")
    windows.write_bytes(b"\xef\xbb\xbfa,b\r\n1,2\r\n")
    assert table_hash(unix) == table_hash(windows)
    windows.write_bytes(b"a,b\n1,3\n")
    assert table_hash(unix) != table_hash(windows)


def test_bulk_tables_are_recorded_too(tmp_path: Path) -> None:
    folder = toy(tmp_path)
    (folder / "series").mkdir()
    (folder / "series" / "votes.csv").write_text("a\n1\n", encoding="utf-8")
    record(folder, by="ann", reason="first state", only=("votes",), at=AT)
    assert set(recorded_states(folder)) == {"votes"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"by": " ", "reason": "x"},
            "--by is empty. A change without author or reason cannot be judged later. Write --by TEXT.",
        ),
        (
            {"by": "ann", "reason": ""},
            "--reason is empty. A change without author or reason cannot be judged later. Write --reason "
            "TEXT.",
        ),
        (
            {"by": "ann", "reason": "x", "only": ("fact",)},
            '"fact" is not a table of this folder. Only tables are recorded. Tables: actors, arguments, '
            "channels, documents, facts, indicators, legs, memberships, nodes, observations, silence, "
            "sources, "
            "systems, weights.",
        ),
    ],
)
def test_refused(tmp_path: Path, options: dict[str, object], message: str) -> None:
    folder = toy(tmp_path)
    with pytest.raises(HeartlandInputError) as error:
        record(folder, **options)
    assert str(error.value) == message
    assert not (folder / "changes.csv").exists()
