"""Bilateral trade: hand-checked samples, direction of flows, mirror reports."""

from __future__ import annotations

import pytest
from tests.evidence.readers.reading import messages, read, row, values

from heartland.errors import HeartlandInputError


def test_flow1_is_what_state_1_imports_from_state_2() -> None:
    done = read("cow-trade", "Dyadic_COW_4.0.csv")
    found = values(done)
    assert found["O-BTR-KAZ-RUS-2000"] == 2197e6  # flow1 of 365-705: imports of 365 from 705
    assert found["O-BTR-RUS-KAZ-2000"] == 2439e6
    assert found["O-BTR-KAZ-CHN-2000"] == 0.0  # a reported zero stays
    # the wrong rule, exporter first as the columns stand, would swap the two
    assert found["O-BTR-KAZ-RUS-2000"] != 2439e6
    assert set(row(done, "O-BTR-RUS-KAZ-2000").items()) >= {
        ("giver", "RUS"), ("receiver", "KAZ"), ("channel", "trade"), ("indicator", ""), ("unit", "usd"),
        ("definition", "goods-flow-importer-reported"), ("source_id", "cow-trade-4"), ("rank", "normal"),
    }  # fmt: skip


def test_a_missing_code_is_no_row_and_broken_cells_are_named() -> None:
    done = read("cow-trade", "Dyadic_COW_4.0.csv")
    assert not [name for name in values(done) if name.endswith("2001") and name != "O-BTR-RUS-KAZ-2001"]
    assert (done.read, done.kept) == (8, 7)
    assert messages(done) == [
        'Dyadic_COW_4.0.csv:6:flow1  "abc" is not a number. The value would be lost or wrong. The cell was '
        "left out.",
        "Dyadic_COW_4.0.csv:7  the row has 7 cells, the header 11. Its cells would land in the wrong "
        "columns. The row was left out.",
        'Dyadic_COW_4.0.csv:8:ccode2  "999" is not a state of the list (1 row from here). A group or a '
        "region must not pass as a state. Its rows were left out.",
        "Dyadic_COW_4.0.csv:9:flow1  -3 is negative. A flow of goods cannot be. The cell was left out.",
    ]
    assert values(done)["O-BTR-KGZ-KAZ-2000"] == 33e6  # the other cell of row 6 is good
    assert done.source_row["note"] == "version 4; file Dyadic_COW_4.0.csv"
    assert (done.source_row["reliability"], done.source_row["author"]) == ("F", "Barbieri, Keshk and Pollins")


def test_turnover_adds_both_directions_and_says_which_one_is_missing() -> None:
    done = read("cow-trade", "Dyadic_COW_4.0.csv", as_="turnover")
    found = values(done)
    assert found["O-BTR-RUS-KAZ-2000"] == found["O-BTR-KAZ-RUS-2000"] == 4636e6
    assert row(done, "O-BTR-RUS-KAZ-2001")["note"] == "imports only"
    assert row(done, "O-BTR-KAZ-RUS-2001")["note"] == "exports only"
    assert found["O-BTR-TOTAL-KAZ-2000"] == (4636 + 154 + 33 + 1) * 1e6
    only = read("cow-trade", "Dyadic_COW_4.0.csv", as_="turnover", actors=frozenset({"KAZ"}))
    assert values(only)["O-BTR-TOTAL-KAZ-2000"] == 4824e6
    assert [name for name in values(only) if "TOTAL" in name and "KAZ" not in name] == []


def test_years_and_actors_are_kept_as_asked() -> None:
    done = read(
        "cow-trade", "Dyadic_COW_4.0.csv", actors=frozenset({"RUS"}), since="2001-01-01", until="2001-12-31"
    )
    assert list(values(done)) == ["O-BTR-RUS-KAZ-2001"]
    assert done.skipped["outside the years asked for"] == 6
    none = read("cow-trade", "Dyadic_COW_4.0.csv", since="2010-01-01")
    assert none.kept == 0  # a filter may leave nothing


def test_two_reports_of_one_flow_stay_two_claims() -> None:
    done = read("imf-dots", "DOT_bulk.csv")
    found = values(done)
    assert found["O-DOT-TXG-FOB-KAZ-CHN-2014"] == 9_799_500_000
    assert found["O-DOT-TMG-CIF-KAZ-CHN-2014"] == 9_742_000_000
    definitions = {str(row(done, name)["definition"]) for name in found if "KAZ-CHN" in name}
    assert definitions == {"goods-flow-exporter-reported-fob", "goods-flow-importer-reported-cif"}
    assert found["O-DOT-TXG-FOB-KAZ-KGZ-2014"] == 0.0
    assert done.skipped == {
        "not a flow of goods asked for": 1, "another frequency": 1, "not a state of the list": 1,
    }  # fmt: skip
    assert "does not say the scale" in messages(done)[0]
    millions = read("imf-dots", "DOT_bulk.csv", scale=6, flows="TXG_FOB_USD")
    assert values(millions)["O-DOT-TXG-FOB-KAZ-CHN-2014"] == 9_799_500_000e6
    quarter = read("imf-dots", "DOT_bulk.csv", frequency="Q")
    assert [str(text) for text in quarter.frame["period"]] == ["2014-01/2014-03"]


def test_a_wrong_header_names_what_is_missing(tmp_path) -> None:
    path = tmp_path / "trade.csv"
    path.write_text("ccode1,ccode2,yaer,flow1,flow2\n1,2,3,4,5\n")
    with pytest.raises(HeartlandInputError) as error:
        read("cow-trade", path)
    assert str(error.value) == (
        "trade.csv:1:year  column is missing. No row can be read without it. Did you mean yaer? The official "
        "layout has: ccode1, ccode2, year, flow1, flow2."
    )


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(HeartlandInputError, match='"smoth" is not an option of cow-trade'):
        read("cow-trade", "Dyadic_COW_4.0.csv", smoth="yes")
    with pytest.raises(HeartlandInputError, match="Write one of: directed, turnover"):
        read("cow-trade", "Dyadic_COW_4.0.csv", as_="both")
