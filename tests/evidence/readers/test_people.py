"""Refugees, migrants and regimes: hand-checked samples."""

from __future__ import annotations

import math

import pytest
from tests.evidence.readers.reading import read, row, values

from heartland.errors import HeartlandInputError


def test_refugees_dash_is_unknown_and_zero_is_zero() -> None:
    done = read("unhcr", "population.csv")
    assert values(done) == {
        "O-REF-UZB-KGZ-2010": 2128, "O-ASY-UZB-KGZ-2010": 0, "O-ASY-UZB-KGZ-2011": 13,
    }  # fmt: skip
    assert done.skipped == {"not a state of the list": 1, "unknown value": 1}


def test_the_migrant_matrix_has_origins_across_and_destinations_down() -> None:
    done = read("undesa-migrants", "undesa_2019_table1.csv")
    assert values(done) == {"O-MIG-KAZ-RUS-2015": 2560314, "O-MIG-KAZ-KGZ-2015": 10567}
    assert row(done, "O-MIG-KAZ-RUS-2015")["giver"] == "KAZ"  # the origin


def test_the_long_migrant_table_takes_both_sexes(tmp_path) -> None:
    path = tmp_path / "long.csv"
    path.write_text(
        'Index,"Region, development group, country or area of destination",Notes,Location code of '
        'destination,Type,"Region, development group, country or area of origin",Location code of origin,'
        "1990,1995,1990,1995\n1,Kazakhstan,,398,B,Uzbekistan,860,100,..,60,70\n"
    )
    assert values(read("undesa-migrants", path)) == {"O-MIG-UZB-KAZ-1990": 100}


def test_regimes_with_90_per_cent_intervals_inside_the_scale() -> None:
    done = read("vdem", "V-Dem-CY-Full.csv")
    found = row(done, "O-VDEM-V2X-POLYARCHY-KAZ-2020")
    assert (found["value"], found["low"], found["high"]) == (0.25, 0.2171, 0.2829)  # 1.645 x 0.02
    assert row(done, "O-VDEM-V2X-POLYARCHY-TKM-2020")["low"] == 0.0
    wide = row(done, "O-VDEM-V2X-LIBDEM-KAZ-2020")  # no sd: bounds of one sd widened
    assert math.isclose(wide["low"], 0.14 - 1.645 * 0.02)
    assert "O-VDEM-V2X-LIBDEM-TKM-2020" not in values(done)


def test_a_file_without_the_indices_is_refused(tmp_path) -> None:
    path = tmp_path / "v.csv"
    path.write_text("country_text_id,year,v2other\nKAZ,2000,1\n")
    with pytest.raises(HeartlandInputError, match="holds none of the high-level indices"):
        read("vdem", path)
    assert values(read("vdem", path, columns="v2other")) == {"O-VDEM-V2OTHER-KAZ-2000": 1}
