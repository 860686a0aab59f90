"""The ledger of the toy region: filters, the three clocks, citations, records, pooling by key."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.region.toy_region import TOY, copy_of_toy

from heartland.errors import HeartlandInputError
from heartland.evidence.known import rows
from heartland.evidence.ledger import Key, Ledger, as_day
from heartland.evidence.loading import read_tables
from heartland.evidence.records import worst_letter
from heartland.evidence.usage import neighbours

TABLES, _ = read_tables(TOY, {"facts": {"coder": "first-reading", "coded_on": "2021-06-30"}})
LEDGER = Ledger(TABLES)


def ids(ledger: Ledger) -> list[str]:
    return ledger.facts["fact_id"].tolist()


@pytest.mark.parametrize(
    ("fact", "day"),
    [
        ("F-T1-001", "2020-06-15"),  # reported: the cited report of 15 June came before the article
        ("F-T1-002", "2021-02-28"),  # assessed: the author's own judgement, public with the article
        ("F-T1-003", "2021-05-01"),  # a forecast about May is no knowledge before May
        ("F-T1-004", "2021-02-28"),  # nothing cited: the article
        ("O-001", "2020-12-31"),  # end of 2019 and twelve months of lag
        ("O-006", "2020-06-30"),  # stated vintage
        ("O-021", "2020-12-31"),  # a spell: its first period, no lag
    ],
)
def test_known_from(fact: str, day: str) -> None:
    assert LEDGER.known_from(fact) == date.fromisoformat(day)


def test_assumed_lag_is_flagged() -> None:
    flags = LEDGER.observations.set_index("observation_id")["lag_assumed"]
    assert flags["O-001"]
    assert not flags["O-006"]


def test_item_without_any_date_is_never_known(tmp_path: Path) -> None:
    folder = copy_of_toy(
        tmp_path,
        [
            {"file": "documents.csv", "replace": ["Ann Author,2021-02,", "Ann Author,,"]},
            {"file": "sources.csv", "replace": ["2021-02,printed", ",unknown"]},
        ],
    )
    ledger = Ledger(read_tables(folder)[0])
    assert ledger.known_from("F-T1-002") is None
    assert ids(ledger.as_of(known_by="2100-01-01")) == ["F-T1-001"]


def test_valid_may_or_must_contain_the_day() -> None:
    assert ids(LEDGER.as_of(valid="2020-06-10")) == ["F-T1-001", "F-T1-002", "F-T1-004"]
    assert ids(LEDGER.as_of(valid="2020-06-10", strict=True)) == ["F-T1-001", "F-T1-004"]


def test_clocks_combine_and_never_widen() -> None:
    early = LEDGER.as_of(known_by="2020-12-31")
    assert ids(early) == ["F-T1-001"]
    assert ids(early.as_of(known_by="2022-12-31")) == ["F-T1-001"]
    assert early.known_by == early.as_of(known_by="2022-12-31").known_by == date(2020, 12, 31)
    assert ids(LEDGER.as_of(coded_by="2021-06-29")) == []
    assert len(LEDGER.as_of(coded_by="2021-06-30").facts) == 4
    assert len(LEDGER.facts) == 4


@given(st.dates(date(2018, 1, 1), date(2023, 1, 1)), st.dates(date(2018, 1, 1), date(2023, 1, 1)))
def test_knowledge_only_grows(a: date, b: date) -> None:
    first, later = sorted((a, b))
    assert set(ids(LEDGER.as_of(known_by=first))) <= set(ids(LEDGER.as_of(known_by=later)))
    for day in (first, later):
        assert all(known <= day for known in LEDGER.as_of(known_by=day).observations["known_from"])


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"giver": "AAA"}, ["F-T1-001", "F-T1-003", "F-T1-004"]),
        ({"actor": "DDD"}, ["F-T1-002", "F-T1-003"]),
        ({"giver": "AAA", "receiver": "CCC", "channel": "arms"}, ["F-T1-001"]),
        ({"modality": ("assessed", "forecast")}, ["F-T1-002", "F-T1-003"]),
        ({"domain": "security", "type": "tie"}, ["F-T1-004"]),
        ({"source": "news"}, ["F-T1-001", "F-T1-002"]),
        ({"speaker": "ccc-press"}, ["F-T1-001"]),
        ({"since": "2021"}, ["F-T1-003", "F-T1-004"]),
        ({"until": "2019"}, ["F-T1-004"]),
        ({"since": "2020-06", "until": "2020-06", "known_by": "2020-06-30"}, ["F-T1-001"]),
        ({"giver": None, "receiver": ""}, ["F-T1-001", "F-T1-002", "F-T1-003", "F-T1-004"]),
    ],
)
def test_filters(filters: dict[str, object], expected: list[str]) -> None:
    assert LEDGER.where(**filters)["fact_id"].tolist() == expected


@pytest.mark.parametrize(
    ("table", "filters", "expected"),
    [
        ("sources", {"known_by": "2020-12-31"}, ["news"]),  # T1 is of 2021, the others undated
        ("sources", {"reliability": "B"}, ["customs-c", "arms-book"]),
        ("sources", {"group": "mirror"}, ["mirror"]),
        ("arguments", {"known_by": "2021-02-27"}, []),
        ("documents", {"known_by": "2021-02-28"}, ["T1"]),
        ("observations", {"reliability": "B", "channel": "arms"}, ["O-010", "O-011"]),
        ("observations", {"status": "assumption"}, ["O-020"]),
        ("facts", {"rank": "deprecated"}, ["F-T1-004"]),
        ("facts", {"reliability": "F", "credibility": "6", "rank": "normal", "since": "2021"}, ["F-T1-003"]),
        ("facts", {"reliability": "A"}, []),
    ],
)
def test_filters_by_grade_rank_and_clock(table: str, filters: dict[str, str], expected: list[str]) -> None:
    found = LEDGER.where(table, **filters)
    assert found.iloc[:, 0].tolist() == expected
    assert len(found.columns) >= len(LEDGER.tables[table].columns)


def test_reliability_of_a_fact_is_that_of_its_worst_source(tmp_path: Path) -> None:
    edit = ["2020-06-15,printed,,F,,", "2020-06-15,printed,,D,unsigned,"]
    folder = copy_of_toy(tmp_path, [{"file": "sources.csv", "replace": edit}])
    ledger = Ledger(read_tables(folder)[0])
    assert ledger.where(reliability="D")["fact_id"].tolist() == ["F-T1-001", "F-T1-002"]
    assert ledger.where(reliability="F")["fact_id"].tolist() == ["F-T1-003", "F-T1-004"]


def test_claims_on_a_tie_are_the_same_cold_and_warm() -> None:
    cold = Ledger(TABLES).claims_on("AAA", "CCC", "trade")
    warm = Ledger(TABLES)
    assert len(warm.claims) == 14
    assert repr(dict(cold)) == repr(dict(warm.claims_on("AAA", "CCC", "trade")))
    assert [key.period for key in cold] == ["2019", "2020"]
    key = Key("AAA", "CCC", "trade", "2020")
    assert Ledger(TABLES).pool(key) == warm.pool(key)
    assert not LEDGER.claims_on("AAA", "CCC", "gdp")


def test_filters_on_other_tables() -> None:
    found = LEDGER.where("observations", giver="AAA", channel="trade", since="2020")
    assert found["observation_id"].tolist() == ["O-002", "O-003"]
    assert LEDGER.where("memberships", actor="CCC", role="frozen")["membership_id"].tolist() == ["M-003"]
    assert LEDGER.where("arguments", system="defence")["argument_id"].tolist() == ["C-T1-001"]


@pytest.mark.parametrize(
    ("table", "filters", "message"),
    [
        (
            "facts",
            {"givr": "AAA"},
            '"givr" is not a filter. Nothing would be filtered by it. Did you mean giver? '
            "Filters: actor, giver, receiver, speaker, channel, indicator, domain, topic, "
            "type, action, modality, "
            "reliability, credibility, rank, status, group, source, system, role, since, until, known_by.",
        ),
        (
            "facts",
            {"giver": "AAX"},
            '"AAX" is no giver of this region. An unknown name would look like an empty answer. '
            "Did you mean AAA? Known ids: heartland evidence list actors.",
        ),
        (
            "facts",
            {"modality": "rumored"},
            '"rumored" is no modality of this region. An unknown name would look like an '
            "empty answer. Known here: assessed, forecast, reported.",
        ),
        (
            "actors",
            {"since": "2020"},
            "actors has no dates to filter by. The table has no such column. Leave since out, "
            "or ask another table.",
        ),
        (
            "sources",
            {"giver": "AAA"},
            "sources cannot be filtered by giver. The table has no such column. Leave giver "
            "out, or ask another table.",
        ),
        (
            "actors",
            {"known_by": "2020"},
            "actors has no known_from. Only records that were read in a dated text or source carry "
            "that clock. Leave known_by out, or ask facts, observations, arguments, sources or documents.",
        ),
        (
            "facts",
            {"reliability": "G"},
            '"G" is no reliability of this region. An unknown name would look like an empty answer. '
            "Known here: A, B, C, D, E, F.",
        ),
        (
            "fact",
            {},
            '"fact" is not a table of this region. Only loaded tables can be asked. Did you mean facts?',
        ),
    ],
)
def test_wrong_questions_are_refused(table: str, filters: dict[str, object], message: str) -> None:
    with pytest.raises(HeartlandInputError) as refused:
        LEDGER.where(table, **filters)
    assert str(refused.value) == message


def test_a_day_needs_an_end() -> None:
    assert as_day("2020-02") == date(2020, 2, 29)
    with pytest.raises(HeartlandInputError) as refused:
        as_day("2020/..")
    assert str(refused.value) == (
        '"2020/.." has no last day. A question needs a day to be asked at. Write a day, '
        "month or year, such as "
        "2021-12-31."
    )


def test_citations_start_with_the_records_own_source() -> None:
    assert [(c.source_id, c.role) for c in LEDGER.cite("F-T1-001")] == [("T1", "own"), ("news", "cited")]
    assert [(c.source_id, c.role) for c in LEDGER.cite("O-011")] == [
        ("arms-book", "own"),
        ("T1", "cited"),
        ("news", "cited"),
    ]
    assert LEDGER.cite("O-001")[0].title == "Customs of Corvia"


def test_record_shows_chain_clock_and_neighbours() -> None:
    found = LEDGER.show("F-T1-001")
    assert [(link["role"], link["name"]) for link in found["chain"]] == [
        ("author", "Ann Author"),
        ("cited-source", "Corvian press"),
        ("speaker", "Corvian press"),
    ]
    assert (found["chain_reliability"], found["known_from"], found["row"]) == ("F", "2020-06-15", 2)
    assert found["used_by"] == {"observations": ["O-011"]}
    assert found["feeds"]["ties"] == ["AAA>CCC:arms@2020"]
    assert found["dates"] == {
        "date": "2020-06-10", "published": "2021-02", "retrieved": None, "coded_on": "2021-06-30",
    }  # fmt: skip
    assert found["rank"] == {"rank": "normal", "reason": None}
    assert LEDGER.show("F-T1-004")["rank"] == {"rank": "deprecated", "reason": "counted twice"}
    assert found["record"]["plover"] is None
    assert LEDGER.show("O-002")["neighbours"] == ["O-001", "O-003"]


@pytest.mark.parametrize(
    ("letters", "worst"),
    [
        (["A", "B"], "B"),
        (["A", "F", "C"], "F"),
        (["F", "D"], "D"),
        (["E", "F"], "E"),
        ([], "F"),
        (["", "A"], "F"),
    ],
)
def test_chain_is_as_reliable_as_its_worst_link(letters: list[str], worst: str) -> None:
    assert worst_letter(letters) == worst


def test_a_span_that_ends_before_it_begins_is_refused() -> None:
    """Open-ended facts would otherwise lie in it."""
    with pytest.raises(HeartlandInputError) as refused:
        LEDGER.where("facts", since="2022", until="2020")
    assert str(refused.value) == "until 2020 is before since 2022. No time lies between them. Swap the two."


def test_a_name_in_place_of_an_id_brings_the_id() -> None:
    with pytest.raises(HeartlandInputError) as refused:
        LEDGER.where("facts", giver="alba")
    assert str(refused.value).endswith("It is a name of AAA: write the id.")


def test_neighbours_are_the_nearest_in_the_file() -> None:
    frame = pd.DataFrame({
        "observation_id": [f"O-{number:02}" for number in range(30)], "giver": "A", "receiver": "B",
        "channel": "trade", "indicator": "",
    })  # fmt: skip
    tables = {"observations": frame}

    def beside(number: int) -> list[int]:
        found = neighbours(tables, "observations", rows(frame)[number])
        return [int(name[2:]) for name in found]

    assert beside(20) == [15, 16, 17, 18, 19, 21, 22, 23, 24, 25]
    assert beside(0) == list(range(1, 11))
    assert beside(29) == list(range(19, 29))


def test_unknown_record_is_refused_with_near_ids() -> None:
    for ask in (LEDGER.show, LEDGER.cite, LEDGER.known_from):
        with pytest.raises(HeartlandInputError) as refused:
            ask("F-T1-005")
        assert str(refused.value) == (
            '"F-T1-005" is no id of this region. Only recorded items can be shown. Did you '
            "mean F-T1-001 or F-T1-002 "
            "or F-T1-003? Known ids: heartland evidence list facts|sources|arguments|actors."
        )


def test_pool_by_key_takes_the_region_units_and_the_clock() -> None:
    key = Key("AAA", "CCC", "trade", "2020", "turnover")
    assert LEDGER.pool(key).used_ids == ("O-002", "O-003")
    assert LEDGER.pool(key._replace(definition="")) == LEDGER.pool(key)
    assert not LEDGER.as_of(known_by="2021-06-30").pool(key).known
    assert LEDGER.pool(Key("CCC", "", "gdp", "2020")).value == 1000
    assert not LEDGER.pool(Key("AAA", "CCC", "trade", "1999")).known


def test_definitions_are_never_pooled_silently(tmp_path: Path) -> None:
    row = "O-090,AAA,CCC,trade,,2020,90,,,usd,exports-only,log,mirror,,normal,,6,,documented,\n"
    folder = copy_of_toy(tmp_path, [{"file": "observations.csv", "append": row}])
    with pytest.raises(HeartlandInputError) as refused:
        Ledger(read_tables(folder)[0]).pool(Key("AAA", "CCC", "trade", "2020"))
    assert str(refused.value) == (
        "trade of AAA CCC in 2020 has 2 definitions. Values that count different things "
        "are never pooled silently. "
        "Name one of: exports-only, turnover."
    )


def test_ledger_loads_from_a_folder_alone(tmp_path: Path) -> None:
    loaded = Ledger.load(TOY)
    assert loaded.facts["coder"].tolist() == ["first-reading"] * 4
    assert loaded.grading.errors["B"] == 0.05
    folder = copy_of_toy(tmp_path, [{"file": "facts.csv", "replace": ["deliver,AAA", "deliver,AAX"]}])
    with pytest.raises(HeartlandInputError) as refused:
        Ledger.load(folder)
    assert str(refused.value) == (
        'facts.csv:2:givers  "AAX" is not an actor. The fact would vanish from every measure of the giver. '
        "Did you mean AAA? Known ids: heartland evidence list actors."
    )
