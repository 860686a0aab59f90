"""Codes of states and kinds of events, and the tables they come from."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

from heartland.evidence.readers.events import codes

ROOT = Path(__file__).resolve().parents[4]
SHARED = Path(os.environ.get("HEARTLAND_SHARED", ROOT.parent / "shared"))
SCHEMA = ROOT / "src" / "heartland" / "schema"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize(("code", "found"), [
    ("KAZ", "KAZ"), ("ROM", "ROU"), ("TMP", "TLS"), ("KSV", "XKX"), ("MTN", "MNE"), ("PSE", "PSE"),
    ("EUR", ""), ("CAS", ""), ("WST", ""), ("QQQ", None), ("kaz", None), ("", None),
])  # fmt: skip
def test_cameo_states(code: str, found: str | None) -> None:
    assert codes.from_cameo_state(code) == found


def test_no_group_is_a_state() -> None:
    assert [code for code in codes.groups() if codes.from_iso3(code)] == []


def test_other_systems() -> None:
    assert [codes.from_gw(n) for n in ("705", "260", "365", "9999", "")] == ["KAZ", "DEU", "RUS", None, None]
    assert [codes.from_numeric(n) for n in ("398", "4", "004", "0")] == ["KAZ", "AFG", "AFG", None]
    names = (
        "Kyrgyzstan",
        "russian federation",
        "Occupied Palestinian Territory",
        "Democratic Republic of Congo",
    )
    assert [codes.from_name(name) for name in names] == ["KGZ", "RUS", "PSE", "COD"]
    assert codes.from_name("Aeolian Islands") is None


def test_state_numbers_are_those_of_the_published_list() -> None:
    path = SHARED / "data" / "reference" / "states.csv"
    if not path.is_file():
        pytest.skip("the published list of states is not there; set HEARTLAND_SHARED")
    published = {row["gw"]: row["iso3"] for row in rows(path) if row["gw"]}
    assert {number: codes.from_gw(number) for number in published} == published
    shipped = rows(ROOT / "src" / "heartland" / "regions" / "state_codes.csv")
    assert {number for row in shipped for number in row["gw"].split(";") if number} == set(published)


def test_cameo_kinds() -> None:
    assert codes.cameo_kind("0841") == codes.Kind("RETREAT", "release", "legal", "2", "6.5")
    assert codes.cameo_kind("173") == codes.Kind("COERCE", "arrest", "legal", "4", "-7")
    assert codes.cameo_kind("163") == codes.Kind("COERCE", "restrict", "diplomatic", "4", "-7")
    assert codes.cameo_kind("1951") == codes.cameo_kind("195")
    assert codes.cameo_kind("0233") == codes.cameo_kind("01") == codes.Kind()
    assert [codes.cameo_kind(code) for code in ("42", "99", "", "x", "04200", "٠٤٢")] == [None] * 6


def test_the_root_that_splits_in_two_has_no_type() -> None:
    """08 is yielding in words and in deeds; its rows with a finer code keep their type."""
    assert codes.cameo_kind("08") == codes.Kind()
    assert codes.cameo_kind("080").type == "CONCEDE"
    assert codes.cameo_kind("087").type == "RETREAT"


def test_every_shipped_kind_is_in_the_vocabulary_and_every_defect_is_named() -> None:
    shipped = rows(SCHEMA / "cameo_plover.csv")
    known = codes.plover_modes()
    assert all((row["type"], row["mode"]) in known for row in shipped if row["type"])
    assert len({row["cameo"] for row in shipped}) == len(shipped) == 276
    untyped = {row["cameo"] for row in shipped if not row["type"]}
    assert untyped == {"01", "02", "08"}
    assert all(row["defect"] for row in shipped if row["cameo"] in untyped)
    assert sum(bool(row["defect"]) for row in shipped) == 27
    for row in rows(SCHEMA / "acled_plover.csv"):
        assert not row["type"] or (row["type"], row["mode"]) in known


def test_the_table_is_what_the_script_builds(tmp_path: Path) -> None:
    if not (SHARED / "data" / "texts" / "cameo_to_plover.csv").is_file():
        pytest.skip("the published cross-walk is not there; set HEARTLAND_SHARED to rebuild")
    script = ROOT / "scripts" / "build_event_codes.py"
    subprocess.run([sys.executable, str(script), str(SHARED), "--out", str(tmp_path)], check=True)
    name = "cameo_plover.csv"
    assert (tmp_path / name).read_bytes() == (SCHEMA / name).read_bytes()


def test_goldstein_of_the_feed_is_never_mixed_with_the_plover_score() -> None:
    """The two scales differ in sign for whole roots: a demand is -5 on one and -1 to 0.5 on the other."""
    assert codes.cameo_kind("10").score == "0"
    assert codes.cameo_kind("104").score == "-1"
