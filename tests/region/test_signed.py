"""The shipped signed ties: mutual, unknown where a source ends, and rebuilt to the byte."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "src" / "heartland" / "regions" / "central-asia" / "series" / "signed.csv"
SHARED = Path(os.environ.get("HEARTLAND_SHARED", ROOT.parent / "shared"))


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return pd.read_csv(FILE, keep_default_na=False, dtype=str)


def test_pairs_are_mutual_and_stand_in_one_order(rows: pd.DataFrame) -> None:
    assert (rows["a"] < rows["b"]).all()
    assert set(rows["sign"]) == {"1", "-1", ""}
    assert not rows.duplicated(["a", "b", "sign", "period"]).any()


def test_silence_after_the_end_of_the_disputes_is_not_peace(rows: pd.DataFrame) -> None:
    unknown = rows[rows["sign"] == ""]
    actors = set(rows["a"]) | set(rows["b"])
    assert len(unknown) == len(actors) * (len(actors) - 1) // 2
    assert set(unknown["period"]) == {"2011/2018"}
    disputes = rows[rows["sign"] == "-1"]["period"].str[-4:].astype(int)
    assert disputes.max() <= 2010
    assert rows["period"].str[-4:].astype(int).max() == 2018


def test_known_ties(rows: pd.DataFrame) -> None:
    def spells(a: str, b: str, sign: str) -> list[str]:
        return rows[(rows["a"] == a) & (rows["b"] == b) & (rows["sign"] == sign)]["period"].tolist()

    assert spells("KAZ", "RUS", "1") == ["1992/2018"]
    assert "RUS" not in set(rows[(rows["sign"] == "1") & (rows["b"] == "USA")]["a"])  # non-aggression alone
    assert len(spells("KGZ", "UZB", "-1")) >= 1
    assert spells("CHN", "IND", "1")[-1].endswith("2018")


def test_the_table_is_rebuilt_to_the_byte(tmp_path: Path) -> None:
    if not (SHARED / "data" / "peace").is_dir():
        pytest.skip(f"{SHARED / 'data'} is not there: set HEARTLAND_SHARED")
    script = ROOT / "scripts" / "build_series.py"
    subprocess.run(
        [sys.executable, str(script), str(SHARED), "--out", str(tmp_path), "--only", "signed"], check=True,
        capture_output=True,
    )
    assert (tmp_path / "signed.csv").read_bytes() == FILE.read_bytes()
