"""Indicator files, the API's answer and debts by creditor: hand-checked samples."""

from __future__ import annotations

import zipfile

import pytest
from tests.evidence.readers.reading import SAMPLES, messages, read, row, values

from heartland.errors import HeartlandInputError

WDI = "API_NY.GDP.MKTP.CD_DS2_en_csv_v2.csv"


def test_wide_years_become_rows_and_blanks_stay_unknown() -> None:
    done = read("wdi", WDI)
    found = values(done)
    assert found == {
        "O-WDI-NY-GDP-MKTP-CD-KAZ-1990": 26932728898.8, "O-WDI-NY-GDP-MKTP-CD-KAZ-2010": 148047348240.6,
        "O-WDI-NY-GDP-MKTP-CD-KGZ-2010": 4794357795.1, "O-WDI-NY-GDP-MKTP-KD-ZG-TJK-1990": -0.6,
        "O-WDI-NY-GDP-MKTP-KD-ZG-TJK-2010": 6.5, "O-WDI-NY-GDP-MKTP-KD-ZG-TJK-2011": 0.0,
    }  # fmt: skip
    assert row(done, "O-WDI-NY-GDP-MKTP-KD-ZG-TJK-2010")["indicator"] == "growth"
    assert row(done, "O-WDI-NY-GDP-MKTP-KD-ZG-TJK-2010")["unit"] == "percent"
    assert done.skipped == {
        "not a state of the list": 1, "not a number": 1, "unknown value": 3,
        "unit not known: add --option unit=": 1,
    }  # fmt: skip
    assert messages(done)[0] == (
        f'{WDI}:7:2011  "six" is not a number. The value would be lost or wrong. The cell was left out.'
    )
    assert done.source_row["source_id"] == "wdi-2025"
    assert "last updated 2025-10-07" in done.source_row["note"]


def test_an_indicator_of_unknown_unit_is_read_when_the_unit_is_given() -> None:
    done = read("wdi", WDI, codes="XX.YY", unit="index")
    assert values(done) == {"O-WDI-XX-YY-TJK-1990": 1, "O-WDI-XX-YY-TJK-2010": 2, "O-WDI-XX-YY-TJK-2011": 3}
    assert done.catalogue[0]["indicator_id"] == "xx-yy"


def test_the_zip_as_downloaded_is_read(tmp_path) -> None:
    path = tmp_path / "API_NY.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("Metadata_Country_API.csv", "x" * 100_000)
        packed.write(SAMPLES / WDI, WDI)
    assert values(read("wdi", path)) == values(read("wdi", WDI))


def test_the_answer_of_the_api() -> None:
    done = read("wb-json", "wb_api.json")
    assert values(done) == {"O-WDI-SP-POP-TOTL-KAZ-2020": 18755666}
    assert done.skipped == {"not a state of the list": 1, "not a number": 1, "unknown value": 1}
    assert messages(done) == [
        'wb_api.json:4:value  "6.5 million" is not a number. The value is lost. The row was left out.'
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[{"message":[{"id":"120"}]}]', "is an error message of the API, not data."),
        ("{}", "is not a list of a description and rows."),
        ("[[[[", "is no JSON: JSONDecodeError."),
    ],
)
def test_other_json_is_refused(tmp_path, text: str, said: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(HeartlandInputError) as error:
        read("wb-json", path)
    assert said in str(error.value)


def test_debts_run_from_creditor_to_debtor() -> None:
    done = read("wb-ids", "IDS_Data.csv")
    assert values(done) == {"O-IDS-DT-DOD-DPPG-CD-CHN-TJK-2013": 879e6}
    assert row(done, "O-IDS-DT-DOD-DPPG-CD-CHN-TJK-2013")["channel"] == "debt"
    assert done.skipped["line below the table"] == 2
    other = read("wb-ids", "IDS_Data.csv", codes="DT.COM.DPPG.CD")
    assert values(other)["O-IDS-DT-COM-DPPG-CD-CHN-TJK-2014"] == 6
