"""The generic readers, and the raw tables of the data sheet read through mappings."""

from __future__ import annotations

import pytest
from tests.evidence.readers.reading import MAPPINGS, messages, panel, read, row, shared, values

from heartland.errors import HeartlandInputError

CENTRAL = frozenset({"KAZ", "KGZ", "TJK", "TKM", "UZB"})


def test_a_mapping_says_what_the_columns_are() -> None:
    done = read("dyad-year", "pairs.csv", map=MAPPINGS / "pairs.yaml")
    assert values(done) == {"O-MAP-RUS-KAZ-2000": 1_500_000, "O-MAP-KAZ-RUS-2001": 4000}
    assert done.skipped == {"not asked for": 1, "not a year": 1, "unknown value": 1}
    assert messages(done) == [
        'pairs.csv:6:when  "20O1" is not a year. The value could not be dated. The row was left out.'
    ]
    assert done.source_row["source_id"] == "mine"
    assert done.source_row["title"] == "Pairs made up for a test"
    assert row(done, "O-MAP-RUS-KAZ-2000")["definition"] == "my-flow"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("columns: {giver: a, period: y, value: v}", "columns.receiver is missing"),
        ("columns: {giver: a, reciever: b, period: y, value: v}", "reciever"),
        ("columns: {giver: a, receiver: b, period: y, value: v}\ncodes: isoo", "codes"),
    ],
)
def test_a_wrong_mapping_is_refused_with_its_place(tmp_path, text: str, said: str) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(f"{text}\nunit: usd\nchannel: trade\ndefinition: d\nsource: {{id: s, title: S}}\n")
    with pytest.raises(HeartlandInputError) as error:
        read("dyad-year", "pairs.csv", map=path)
    assert said in str(error.value)
    assert "m.yaml" in str(error.value)


def test_without_a_mapping_nothing_is_guessed() -> None:
    with pytest.raises(HeartlandInputError, match=r"no mapping is given.*--option map=FILE\.yaml"):
        read("dyad-year", "pairs.csv")


def test_unit_and_target_of_a_mapping_are_checked(tmp_path) -> None:
    path = tmp_path / "m.yaml"
    start = "columns: {actor: a, period: y, value: v}\ndefinition: d\nsource: {id: s, title: S}\n"
    path.write_text(start + "unit: mln\nindicator: x\n")
    with pytest.raises(HeartlandInputError, match="is not in the unit list"):
        read("actor-year", "pairs.csv", map=path)
    path.write_text(start + "unit: usd\n")
    with pytest.raises(HeartlandInputError, match="write either channel"):
        read("actor-year", "pairs.csv", map=path)


def test_trade_of_the_raw_table_gives_the_shares_of_the_panel() -> None:
    file = shared("cow_trade/cow_trade_directed_1992_2014.csv.gz")
    done = read("dyad-year", file, map=MAPPINGS / "cow_trade_shared.yaml", actors=frozenset({"KAZ"}))
    assert done.read == 644_142
    frame = done.frame.assign(year=done.frame["period"].astype(str).astype(int))
    total = frame.groupby("year")["value"].sum()
    own = frame[(frame["giver"] == "RUS") | (frame["receiver"] == "RUS")].groupby("year")["value"].sum()
    share = own / total
    for year, expected in panel("KAZ", "trade_share_total", "RUS", "cow-trade-4").items():
        assert share[year] == pytest.approx(expected, abs=6e-6), year
    assert share[2010] == pytest.approx(0.10812, abs=6e-6)  # the artefact stays visible


def test_the_capability_index_of_the_raw_table_is_empty_where_it_is_held_back() -> None:
    done = read("actor-year", shared("peace/nmc_cinc_1816_2022.csv.gz"), map=MAPPINGS / "nmc_shared.yaml")
    found = values(done)
    assert done.read == 17_121
    for year, expected in panel("KAZ", "cinc", "", "cow-nmc-7").items():
        assert found[f"O-NMC-CINC-KAZ-{year}"] == pytest.approx(expected, abs=6e-9)
    assert [iso3 for iso3 in ("USA", "CHN", "RUS", "KAZ", "UZB") if f"O-NMC-CINC-{iso3}-2016" in found] == []
    # two codes of one state in 1990 stay two claims
    assert {"O-NMC-CINC-DEU-1990", "O-NMC-CINC-DEU-1990-R2"} <= set(found)


def test_deliveries_of_the_raw_register_by_printed_names() -> None:
    file = shared("sipri_arms/deliveries_1995_2025.csv.gz")
    done = read("dyad-year", file, map=MAPPINGS / "deliveries_shared.yaml", actors=CENTRAL)
    found = values(done)
    for partner in ("RUS", "TUR"):
        window = panel("KAZ", "arms_import_share_5y", partner, "sipri-at-2026")
        for year in (2015, 2020):
            years = [str(y) for y in range(year - 4, year + 1)]
            into = {k: v for k, v in found.items() if k.split("-")[3] == "KAZ" and k[-4:] in years}
            own = sum(value for name, value in into.items() if name.split("-")[2] == partner)
            assert own / sum(into.values()) == pytest.approx(window[year], abs=6e-6)


def test_regimes_of_the_raw_table() -> None:
    file = shared("regimes/vdem_high_level_1946_2024.csv.gz")
    done = read("actor-year", file, map=MAPPINGS / "vdem_shared.yaml")
    found = values(done)
    for iso3 in sorted(CENTRAL):
        for year, expected in panel(iso3, "v2x_polyarchy", "", "vdem-15").items():
            assert found[f"O-MAP-{iso3}-{year}"] == expected
