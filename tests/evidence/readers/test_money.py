"""Aid, remittances and development finance: hand-checked samples."""

from __future__ import annotations

import shutil

import pytest
from tests.evidence.readers.reading import SAMPLES, read, row, values

from heartland.errors import HeartlandInputError


def test_aid_of_the_old_tool_in_millions_at_current_prices() -> None:
    done = read("dac", "dac2a.csv")
    assert values(done) == {"O-DAC-USA-KAZ-2014": 33.61e6, "O-DAC-USA-KGZ-2014": -0.5e6}
    assert done.skipped == {"not a state of the list": 1, "another measure": 1, "other prices": 1}
    assert values(read("dac", "dac2a.csv", prices="constant")) == {"O-DAC-USA-KAZ-2014": 36.2e6}


def test_aid_of_the_explorer_names_the_base_year() -> None:
    assert values(read("dac", "dac_explorer.csv")) == {"O-DAC-USA-KAZ-2014": 33.61e6}
    constant = read("dac", "dac_explorer.csv", prices="constant")
    assert row(constant, "O-DAC-USA-KAZ-2014")["definition"] == "oda-net-disbursements-prices-of-2022"


def test_project_files_are_summed_and_an_empty_pair_is_unknown() -> None:
    done = read("dac", "CRS_2014.txt")
    assert values(done) == {"O-CRS-USA-KGZ-2014": 3.75e6}  # KAZ has no commitment in the file: not 0
    paid = read("dac", "CRS_2014.txt", amount="disbursement")
    assert values(paid) == {"O-CRS-USA-KAZ-2014": 0.3e6, "O-CRS-USA-KGZ-2014": 1e6}
    assert row(paid, "O-CRS-USA-KGZ-2014")["note"] == "2 records, 1 without an amount"


def test_finance_records_recommended_for_aggregates_only() -> None:
    done = read("aiddata-gcdf", "gcdf_3.csv")
    assert values(done) == {"O-GCDF-OOF-CHN-TJK-2010": 50000000.5, "O-GCDF-ODA-CHN-TJK-2010": 1e6}
    assert row(done, "O-GCDF-OOF-CHN-TJK-2010")["note"] == "2 records, 1 without an amount"
    assert done.skipped == {
        "not recommended for aggregates": 1, "not a state of the list": 1, "unknown value": 1,
    }  # fmt: skip


def test_a_factor_asked_for_is_applied_and_said() -> None:
    done = read("aiddata-gcdf", "gcdf_3.csv", factor="0.85", unit="usd2015")
    found = row(done, "O-GCDF-ODA-CHN-TJK-2010")
    assert (found["value"], found["unit"]) == (850_000, "usd2015")
    assert found["note"] == "1 record; times 0.85 as asked"
    with pytest.raises(HeartlandInputError, match='option factor is "much"'):
        read("aiddata-gcdf", "gcdf_3.csv", factor="much")
    with pytest.raises(HeartlandInputError, match='"mln USD" is not in the unit list'):
        read("aiddata-gcdf", "gcdf_3.csv", unit="mln USD")


def test_the_remittance_matrix_runs_from_the_rows_to_the_columns(tmp_path) -> None:
    done = read("knomad", "bilateral_remittance_matrix.csv")
    assert values(done) == {
        "O-REM-RUS-KGZ-2017": 1900.5e6, "O-REM-KAZ-KGZ-2017": 120.25e6, "O-REM-RUS-TJK-2017": 1650e6,
        "O-REM-RUS-TKM-2017": 0.0, "O-REM-KAZ-TKM-2017": 3e6,
    }  # fmt: skip
    assert row(done, "O-REM-RUS-KGZ-2017")["status"] == "estimated"
    bare = tmp_path / "matrix.csv"
    lines = (SAMPLES / "bilateral_remittance_matrix.csv").read_text(encoding="utf-8").split("\n")
    bare.write_text("\n".join(lines[1:]))
    with pytest.raises(HeartlandInputError, match="Add --option year=2017"):
        read("knomad", bare)
    assert values(read("knomad", shutil.copy(bare, tmp_path / "b.csv"), year=2021))["O-REM-RUS-KGZ-2021"]
