"""`heartland evidence audit` and `record`: formats, exit codes, and what the shipped region shows."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
import typer
from tests.region.toy_region import copy_of_toy
from typer.testing import CliRunner

from heartland.app.cli import auditing
from heartland.errors import CheckFailedError, HeartlandInputError
from heartland.region.reading import find_region

app = typer.Typer()
app.command("audit")(auditing.audit)
app.command("record")(auditing.record)
RUN = CliRunner()


def audit(*arguments: str) -> tuple[str, BaseException | None]:
    done = RUN.invoke(app, ["audit", *arguments])
    return done.stdout, done.exception


@pytest.fixture(scope="module")
def shipped() -> dict[str, object]:
    out, error = audit("--format", "json")
    assert error is None
    return json.loads(out)


def test_shipped_region_has_no_error_and_few_warnings(shipped: dict[str, object]) -> None:
    assert shipped["schema"] == "heartland.evidence.audit/1"
    assert shipped["region"] == find_region("").name
    counts = shipped["counts"]
    assert counts["E"] == 0
    assert 50 <= counts["W"] <= 150  # of more than ten thousand rows
    assert counts["I"] >= 22


def test_shipped_warnings_are_those_we_defend(shipped: dict[str, object]) -> None:
    kinds = {check for check, counts in shipped["checks"].items() if "W" in counts}
    # A12 dates from outside, A14 single sources, A15 conflicts, A16 owners' outlets, A17 leftovers, A19 both
    # sides, A22 a note that repeats its text, A23 old series, A25 arguments not mapped yet
    assert kinds - {"A29"} <= {"A12", "A14", "A15", "A16", "A17", "A19", "A22", "A23", "A25"}
    conflicts = [row["what"] for row in shipped["findings"] if row["check"] == "A15"]
    assert any(
        what.startswith("CHN>KGZ trade 2008: 9.25 billion usd (penppml-2021) against 773 million usd (")
        for what in conflicts
    )


def test_every_open_issue_is_a_note(shipped: dict[str, object]) -> None:
    noted = {row["what"].split(" ")[0] for row in shipped["findings"] if row["check"] == "issue"}
    with (find_region("") / "issues.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert noted == {row["issue_id"] for row in rows if row["resolved"] == "no"}
    assert len(rows) == 45


def test_text_cuts_at_five_and_only_shows_all() -> None:
    whole, error = audit()
    assert error is None
    one, _ = audit("--only", "A15")
    every, _ = audit("--all")
    assert whole.count(" against ") == 5
    assert one.count(" against ") == every.count(" against ") > 5
    assert "more: --only A15" in whole
    assert "more: --only" not in every


def test_csv_holds_every_finding(shipped: dict[str, object]) -> None:
    out, _ = audit("--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert list(rows[0]) == ["severity", "check", "file", "row", "column", "what", "why", "fix"]
    assert len(rows) == len(shipped["findings"])


def test_errors_fail_the_command(tmp_path: Path) -> None:
    edit = {"file": "facts.csv", "replace": ["AAA,CCC", "AAB,CCC"]}
    folder = copy_of_toy(tmp_path, [edit])
    out, error = audit("--region", str(folder))
    assert isinstance(error, CheckFailedError)
    assert error.exit_code == 3
    assert str(error) == "The audit found 1 error."
    assert 'facts.csv:2:givers  "AAB" is not an actor.' in out


def test_warnings_fail_only_when_strict(tmp_path: Path) -> None:
    folder = copy_of_toy(tmp_path)
    assert audit("--region", str(folder))[1] is None
    _, error = audit("--region", str(folder), "--strict", "--only", "A25")
    assert isinstance(error, CheckFailedError)
    assert str(error) == "The audit found 1 warning, and --strict lets warnings fail."
    assert audit("--region", str(folder), "--strict", "--only", "A24")[1] is None


def test_known_by_reaches_the_audit() -> None:
    out, _ = audit("--only", "A12", "--known-by", "2015-12-31")
    assert out == "0 errors, 0 warnings, 0 notes\n"


def test_unknown_words_are_usage_errors() -> None:
    _, error = audit("--only", "A31")
    assert isinstance(error, HeartlandInputError)
    _, error = audit("--format", "xml")
    assert str(error) == '--format "xml" is not known. Write one of: table, csv, json.'


def test_record_writes_down_an_edit(tmp_path: Path) -> None:
    folder = str(copy_of_toy(tmp_path))
    done = RUN.invoke(app, ["record", "--region", folder, "--by", "ann", "--reason", "first state"])
    assert done.stdout.splitlines()[-1] == "14 changes recorded"
    path = Path(folder) / "facts.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",5,tiv", ",6,tiv"), encoding="utf-8")
    assert "facts differs from its last recorded state." in audit("--region", folder, "--only", "A29")[0]
    done = RUN.invoke(app, ["record", "--region", folder, "--by", "bo", "--reason", "misread"])
    assert done.stdout == "E-00015  facts  sha256\n1 change recorded\n"
    assert audit("--region", folder, "--only", "A29")[0] == "0 errors, 0 warnings, 0 notes\n"
    again = RUN.invoke(app, ["record", "--region", folder, "--by", "bo", "--reason", "misread"])
    assert again.stdout == "0 changes recorded\n"


def test_shipped_tables_are_as_recorded() -> None:
    """After a change: heartland evidence record --by NAME --reason TEXT."""
    out, _ = audit("--only", "A29", "--all")
    assert out == "0 errors, 0 warnings, 0 notes\n"
