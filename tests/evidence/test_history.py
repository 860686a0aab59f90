"""The history of a figure: every claim in one unit, own and graded intervals, the pooled line, the clock."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.region.toy_region import TOY, copy_of_toy

from heartland.errors import HeartlandInputError
from heartland.evidence.history import NO_SOURCE, figure_history, history_json, history_table
from heartland.evidence.ledger import Ledger
from heartland.evidence.loading import read_tables

LEDGER = Ledger(read_tables(TOY)[0])


def test_every_claim_and_the_pooled_value_oldest_first() -> None:
    found = figure_history(LEDGER, "AAA", "CCC", "trade")
    assert [(s.id, s.value, s.group, s.grade, s.used) for s in found.statements] == [
        ("O-001", 100, "customs-c", "B6", True),
        ("O-002", 110, "customs-c", "B6", True),
        ("O-003", 150, "mirror", "F6", True),
    ]
    pooled = [(point.period, point.n_groups, point.conflict) for point in found.points]
    assert pooled == [("2019", 1, False), ("2020", 2, False)]
    assert (found.name, found.unit, found.transform) == ("goods trade", "usd", "log")
    assert found.definitions == ("turnover",)


def test_intervals_are_own_or_by_grade() -> None:
    """B6 has s = .05 on the logarithm: 100 x exp(+-1.645 x .05)."""
    by_grade = figure_history(LEDGER, "AAA", "CCC", "trade").statements[0]
    assert by_grade.interval == "grade"
    assert (by_grade.low, by_grade.high) == (pytest.approx(92.10, abs=0.01), pytest.approx(108.57, abs=0.01))
    own = figure_history(LEDGER, "AAA", "CCC", "presence").statements
    assert [(s.interval, s.low, s.high) for s in own] == [("own", 1, 3), ("own", 2, 4)]
    assert [s.group for s in own] == [NO_SOURCE, "ann"]
    assert (own[1].start.isoformat(), own[1].end) == ("2020-01-01", None)


def test_claims_stand_in_the_unit_of_the_figure(tmp_path: Path) -> None:
    row = "O-090,AAA,CCC,trade,,2020,0.12,,,km,turnover,log,news,,normal,,6,,documented,\n"
    edits = [
        {"file": "observations.csv", "replace": ["2020,110,,,usd", "2020,110,,,usd2015"]},
        {"file": "observations.csv", "append": row},
    ]
    ledger = Ledger(read_tables(copy_of_toy(tmp_path, edits))[0])
    found = figure_history(ledger, "AAA", "CCC", "trade", "2020")
    wrong = next(s for s in found.statements if s.id == "O-090")
    assert not wrong.used
    assert wrong.reason == "unit km is not usd"
    assert wrong.value != wrong.value
    assert history_json(found)["claims"][-1]["value"] is None


def test_earlier_vintages_and_the_clock_of_knowledge() -> None:
    both = figure_history(LEDGER, "BBB", "DDD", "trade").statements
    assert [(s.id, s.used, s.reason) for s in both] == [
        ("O-006", False, "earlier vintage of the same source"), ("O-007", True, ""),
    ]  # fmt: skip
    early = figure_history(LEDGER.as_of(known_by="2021-06-30"), "BBB", "DDD", "trade")
    assert [(s.id, s.used) for s in early.statements] == [("O-006", True)]
    assert early.points[0].value == 60
    assert history_json(early)["known_by"] == "2021-06-30"


@pytest.mark.parametrize(
    ("since", "until", "periods"),
    [("", "", ["2019", "2020"]), ("2020", "", ["2020"]), ("", "2019-06", ["2019"]), ("2021", "", [])],
)
def test_window(since: str, until: str, periods: list[str]) -> None:
    found = figure_history(LEDGER, "AAA", "CCC", "trade", since, until)
    assert [point.period for point in found.points] == periods


def test_an_indicator_has_one_actor() -> None:
    found = figure_history(LEDGER, "CCC", "", "gdp")
    assert [(s.value, s.definition) for s in found.statements] == [(1000, "constant-prices")]
    assert history_json(found)["receiver"] is None


def test_table_and_json() -> None:
    found = figure_history(LEDGER, "AAA", "CCC", "trade")
    table = history_table(found)
    assert table["row"].tolist() == ["claim", "pooled", "claim", "claim", "pooled"]
    assert table["unit"].unique().tolist() == ["usd"]
    content = history_json(found)
    assert content["schema"] == "heartland.evidence.history/1"
    assert json.loads(json.dumps(content, allow_nan=False)) == content
    assert set(content["pooled"][0]) >= {"period", "value", "low", "high", "n_groups", "ratio", "conflict"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("AAX", "CCC", "trade"),
            '"AAX" is not an actor. A figure belongs to known actors. Did you mean AAA? '
            "Known ids: heartland evidence list actors.",
        ),
        (
            ("AAA", "CCC", "gdp"),
            '"gdp" is no channel of this region. A tie has channels, one actor alone has indicators. '
            "Known: trade, arms, presence.",
        ),
        (
            ("AAA", "", "trade-totl"),
            '"trade-totl" is no indicator of this region. A tie has channels, one actor alone has '
            "indicators. Did you mean trade-total? Known: gdp, gdp-current, trade-total.",
        ),
    ],
)
def test_unknown_figures_are_refused(words: tuple[str, str, str], message: str) -> None:
    with pytest.raises(HeartlandInputError) as refused:
        figure_history(LEDGER, *words)
    assert str(refused.value) == message


def test_a_figure_nobody_stated_is_empty() -> None:
    found = figure_history(LEDGER, "BBB", "CCC", "arms")
    assert (found.statements, found.points) == ((), ())
