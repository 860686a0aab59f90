"""`heartland import` as a user runs it."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from tests.app.conftest import Called
from tests.region.toy_region import copy_of_toy

from heartland.evidence.changes import record, unrecorded
from heartland.region.reading import find_region

SAMPLES = Path(__file__).resolve().parents[1] / "evidence" / "readers" / "samples"
TRADE = SAMPLES / "Dyadic_COW_4.0.csv"
Cli = Callable[..., Called]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A copy of the shipped region without scenarios and cases, which take long to check."""
    folder = tmp_path / "central-asia"
    shutil.copytree(find_region(), folder)
    for name in ("scenarios", "cases"):
        shutil.rmtree(folder / name)
    (folder / "scenarios").mkdir()
    return folder


def test_without_a_target_nothing_is_written(cli: Cli, tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    done = cli("import", "cow-trade", TRADE)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[:3] == [
        "cow-trade: Dyadic_COW_4.0.csv, 8 rows read", "kept      7 rows for observations",
        "left out  1  cells do not match the header",
    ]  # fmt: skip
    assert "years     2000 to 2001" in lines
    assert "actors    5: CHN, DEU, KAZ, KGZ, RUS" in lines
    assert lines[-1] == (
        "nothing was written; --out FILE writes the rows, --into FOLDER adds them to a region"
    )
    assert sorted(tmp_path.iterdir()) == before


def test_json_has_the_promised_keys(cli: Cli) -> None:
    done = cli("import", "cow-trade", TRADE, "--format", "json", "--actors", "rus", "--from", "2001")
    assert list(done.json) == [
        "schema", "kind", "file", "table", "read", "kept", "skipped", "first_year", "last_year", "actors",
        "rows", "findings", "citation", "source", "out", "into", "added",
    ]  # fmt: skip
    assert done.json["schema"] == "heartland.import/1"
    assert (done.json["kept"], done.json["first_year"], done.json["actors"]) == (1, 2001, 2)
    assert done.json["rows"][0]["value"] == 2796e6


def test_out_writes_the_rows_once(cli: Cli, tmp_path: Path) -> None:
    done = cli("import", "vdem", SAMPLES / "V-Dem-CY-Full.csv", "--out", "v.csv")
    assert done.out.splitlines()[-1] == "written   v.csv"
    assert len(pd.read_csv(tmp_path / "v.csv")) == 7
    again = cli("import", "vdem", SAMPLES / "V-Dem-CY-Full.csv", "--out", "v.csv")
    assert again.code == 2
    assert again.err == (
        "heartland: v.csv  is there already. It would be overwritten. Name another file, or add --force.\n"
    )
    assert cli("import", "vdem", SAMPLES / "V-Dem-CY-Full.csv", "--out", "v.csv", "--force").code == 0
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["cow-trad", TRADE], "Did you mean cow-trade?"),
        (["cow-trade"], "KIND and FILE are needed"),
        (["cow-trade", TRADE, "--option", "smooth"], "is not name=value"),
        (["cow-trade", TRADE, "--actors", "KAX"], "is no ISO-3 code"),
        (["cow-trade", TRADE, "--from", "2001", "--to", "2000"], "is before --from"),
        (["cow-trade", TRADE, "--out", "a.csv", "--into", "b"], "cannot both be given"),
        (["nmc", TRADE], "The official layout has: ccode, year, milex"),
        (["cow-trade", TRADE, "--into", "central-asia"], "is a shipped region"),
        (["cow-trade", "none.csv"], "there is no such file"),
    ],
)
def test_errors_exit_2(cli: Cli, words: list[object], said: str) -> None:
    done = cli("import", *words)
    assert done.code == 2
    assert said in done.err


def test_list_names_every_kind(cli: Cli) -> None:
    done = cli("import", "--list", "--format", "json")
    kinds = {item["kind"]: item for item in done.json["kinds"]}
    assert {"cow-trade", "wdi", "gdelt"} <= set(kinds)
    assert kinds["vdem"]["licence"] == "CC BY-SA 4.0"
    assert "cow-trade  COW Bilateral Trade" in cli("import", "--list").out


def test_into_a_region_of_ones_own(cli: Cli, own: Path) -> None:
    words = ("import", "vdem", SAMPLES / "V-Dem-CY-Full.csv", "--into", own, "--option", "columns=v2x_libdem")
    done = cli(*words)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[-1] == f"added to {own}: 1 observations, 1 sources, 1 indicators"
    assert cli("validate", own).code == 0
    text = (own / "observations.csv").read_text(encoding="utf-8")
    assert "O-VDEM-V2X-LIBDEM-KAZ-2020,KAZ,,,liberal-democracy,2020,0.14,0.1071,0.1729,index," in text
    again = cli(*words)
    assert again.code == 2
    assert "is there already" in again.err


def test_into_a_region_that_would_break_changes_nothing(cli: Cli, own: Path) -> None:
    before = {path: path.read_bytes() for path in own.rglob("*") if path.is_file()}
    done = cli("import", "undesa-migrants", SAMPLES / "undesa_2019_table1.csv", "--into", own)
    assert done.code == 2
    assert "the region would have" in done.err
    assert '"migrants"' in done.err
    assert {path: path.read_bytes() for path in own.rglob("*") if path.is_file()} == before


def test_an_import_is_an_edit_on_record_and_blesses_no_edit_by_hand(cli: Cli, own: Path) -> None:
    record(own, by="ann", reason="as it was")
    with (own / "sources.csv").open("a", encoding="utf-8") as file:
        file.write("by-hand,A thing,topic,,,blog,en,,,unknown,,F,,someone,,,,,,,\n")
    words = ("import", "vdem", SAMPLES / "V-Dem-CY-Full.csv", "--into", own, "--option", "columns=v2x_libdem")
    assert cli(*words).code == 0
    last = list(csv.DictReader((own / "changes.csv").read_text(encoding="utf-8").splitlines()))[-2:]
    assert [(row["table"], row["by"]) for row in last] == [
        ("indicators", "heartland import"), ("observations", "heartland import"),
    ]  # fmt: skip
    assert [str(finding.place) for finding in unrecorded(own)] == ["sources.csv"]


def test_a_file_that_holds_nothing_of_the_region_leaves_it_alone(cli: Cli, tmp_path: Path) -> None:
    folder = copy_of_toy(tmp_path / "toy")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    done = cli("import", "cow-trade", TRADE, "--into", folder)
    assert (done.code, done.err) == (
        2,
        "heartland: no row of the file is about this region. Its source alone would stand there for nothing. "
        "Look at what was left out: run it without --into.\n",
    )
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
