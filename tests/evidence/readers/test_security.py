"""Capabilities, alliances and arms deliveries: hand-checked samples."""

from __future__ import annotations

import math

import pytest
from tests.evidence.readers.reading import messages, read, row, values

from heartland.errors import HeartlandInputError


def test_capabilities_are_counted_in_thousands_and_carry_the_world_sum() -> None:
    done = read("nmc", "NMC-60-abridged.csv")
    assert done.table == "capabilities"
    cells = done.frame.set_index(["actor", "period", "component"])
    assert cells.loc[("KAZ", "2012", "milper"), "value"] == 39_000
    assert cells.loc[("KAZ", "2012", "milper"), "world"] == (39 + 11 + 956) * 1000
    assert cells.loc[("KGZ", "2012", "irst"), "value"] == 0  # stated zero
    assert ("KGZ", "2012", "milex") not in cells.index  # -9
    assert ("RUS", "1913", "milex") not in cells.index  # pounds
    assert done.skipped == {"expenditure in pounds": 1, "unknown value": 1}
    # mean over the components known for the state, so the sum passes 1 where one is unknown for somebody
    shares = {
        "KAZ": [2.29e6 / 82.29e6, 39 / 1006, 3800 / 73800, 110000 / 1013000, 16800 / 165300, 6000 / 76900],
        "KGZ": [11 / 1006, 0.0, 3000 / 1013000, 5500 / 165300, 900 / 76900],
        "RUS": [80e6 / 82.29e6, 956 / 1006, 70000 / 73800, 9e5 / 1013000, 143000 / 165300, 70000 / 76900],
    }
    expected = sum(sum(part) / len(part) for part in shares.values())
    assert cells.loc[("", "2012", "cinc-sum"), "value"] == pytest.approx(expected, rel=1e-12)
    assert expected != pytest.approx(1)  # dividing by six for everybody would give 1


def test_world_sums_do_not_depend_on_the_actors_kept() -> None:
    every = read("nmc", "NMC-60-abridged.csv")
    few = read("nmc", "NMC-60-abridged.csv", actors=frozenset({"KAZ"}), since="2012-01-01")
    kept = few.frame.set_index(["actor", "period", "component"])
    whole = every.frame.set_index(["actor", "period", "component"])
    assert set(kept.index.get_level_values("actor")) == {"", "KAZ"}
    assert kept.loc[("KAZ", "2012", "pec"), "world"] == whole.loc[("KAZ", "2012", "pec"), "world"]
    assert kept.loc[("", "2012", "cinc-sum"), "value"] == whole.loc[("", "2012", "cinc-sum"), "value"]


def test_capabilities_as_indicators() -> None:
    done = read("nmc", "NMC-60-abridged.csv", as_="observations", columns="cinc;milex")
    assert values(done)["O-NMC-CINC-KAZ-2012"] == 0.0045
    assert values(done)["O-NMC-MILEX-KAZ-2012"] == 2.29e9
    assert [item["indicator_id"] for item in done.catalogue] == ["cinc", "milex"]
    with pytest.raises(HeartlandInputError, match=r'"cink" is not a component.*Did you mean cinc'):
        read("nmc", "NMC-60-abridged.csv", columns="cink")


def test_alliances_bind_both_sides_and_the_strongest_treaty_counts() -> None:
    done = read("cow-alliances", "alliance_v4.1_by_dyad_yearly.csv")
    found = values(done)
    assert found == {
        "O-PACT-COW-KAZ-RUS-20002001": 3, "O-PACT-COW-KAZ-RUS-2003": 3, "O-PACT-COW-RUS-KAZ-20002001": 3,
        "O-PACT-COW-RUS-KAZ-2003": 3, "O-PACT-COW-CHN-KGZ-2001": 1, "O-PACT-COW-CHN-KGZ-2002": 2,
        "O-PACT-COW-KGZ-CHN-2001": 1, "O-PACT-COW-KGZ-CHN-2002": 2,
    }  # fmt: skip
    # 2002 is not in the file: the spell must not run through it
    assert [str(t) for t in done.frame["period"]].count("2000/2001") == 2
    assert done.skipped == {"unknown value": 2}  # the treaty of unknown content
    one = values(read("cow-alliances", "alliance_v4.1_by_dyad_yearly.csv", form="directed"))
    assert "O-PACT-COW-KAZ-RUS-2003" not in one
    assert one["O-PACT-COW-RUS-KAZ-2003"] == 3


def test_obligations_run_from_state_a_to_state_b() -> None:
    done = read("atop", "atop5_1ddyr.csv")
    assert values(done) == {
        "O-PACT-ATOP-RUS-KAZ-20002001": 3, "O-PACT-ATOP-KAZ-RUS-2000": 1, "O-PACT-ATOP-CHN-KGZ-2001": 2,
        "O-PACT-ATOP-CHN-TJK-2001": 0,
    }  # fmt: skip
    yearly = values(read("atop", "atop5_1ddyr.csv", spells="no", since="2001-01-01"))
    assert yearly["O-PACT-ATOP-RUS-KAZ-2001"] == 3
    assert done.source_row["source_id"] == "atop-5-1"


def test_deliveries_are_summed_by_pair_and_year() -> None:
    done = read("sipri-trade-register", "trade-register-2026.csv")
    assert values(done) == {
        "O-ARMS-RUS-KAZ-2015": 238.5, "O-ARMS-RUS-KAZ-2017": 192.0, "O-ARMS-TUR-KGZ-2017": 0.0
    }
    assert row(done, "O-ARMS-RUS-KAZ-2015")["note"] == "2 deliveries, 1 with an estimated year"
    assert done.source_row["source_id"] == "sipri-at-2026"
    assert messages(done) == [
        'trade-register-2026.csv:12:Supplier  "unknown supplier(s)" is not a state of the list (1 row from '
        "here). A group or a region must not pass as a state. Its rows were left out."
    ]


def test_the_old_register_keeps_a_span_of_years_whole() -> None:
    done = read("sipri-trade-register", "register-2012.csv")
    assert values(done) == {"O-ARMS-RUS-KAZ-19992001": 570.0, "O-ARMS-RUS-KAZ-2002": 40.6}
    assert str(row(done, "O-ARMS-RUS-KAZ-19992001")["period"]) == "1999/2001"
    assert '"sometime" is not a year or span of years' in messages(done)[0]  # its supplier is Latin-1
    assert not any(math.isclose(value, 570 / 3) for value in values(done).values())
