"""JSON, CSV and text."""

from __future__ import annotations

import io
import json

import numpy as np
import pandas as pd
import pytest

from heartland.measures import registry, text, tidy


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.342, "0.34"), (0.0042, "0.0042"), (1.0, "1.0"), (0.999, "1.0"), (0.0, "0"), (12.34, "12"),
     (1234.5, "1200"), (-0.456, "-0.46"), (9.96, "10"), (3e-9, "3.0e-9"), (2.96e-5, "3.0e-5"),
     (0.00012, "0.00012"), (float("nan"), "")],
)
def test_two_significant_digits(value: float, shown: str) -> None:
    assert text.number(value) == shown


@pytest.mark.parametrize(
    ("value", "draws", "shown"),
    [(0.0, 1000, "<0.001"), (1.0, 1000, ">0.999"), (0.5, 1000, "0.5"), (0.0005, 1000, "<0.001"),
     (0.997, 1000, "0.997"), (0.0, 0, "<0.01"), (0.042, 100, "0.042"), (1.0, 64, ">0.984375"),
     (float("nan"), 10, "")],
)
def test_a_probability_is_never_printed_as_certain(value: float, draws: int, shown: str) -> None:
    assert text.probability(value, draws).rstrip("0") == shown.rstrip("0")


def test_json_has_the_contract_keys(world_t) -> None:
    frame = tidy.table(world_t, "influence", by="domain", giver="A", draws=10)
    found = json.loads(json.dumps(text.to_json(frame, registry.get("influence")), allow_nan=False))
    assert (found["schema"], found["measure"], found["unit"], found["at"]) == (
        "heartland.measure/1", "influence", "index", "2020-12-31")
    assert {"reading", "citation", "own_definition", "missing", "draws", "seed"} <= set(found)
    political = found["rows"][2]
    assert list(political) == [
        "giver", "receiver", "channel", "domain", "value", "low", "high", "n_used", "n_missing", "flags",
        "measure", "unit", "other", "date", "level", "coverage", "age", "disagreement", "data_grade"]
    assert political["value"] is None
    assert political["flags"] == ["nan:no-dependence", "single-source"]


def test_json_has_no_single_date_for_a_range(world_l) -> None:
    frame = tidy.table(world_l, "influence", times=["2019-12-31", "2020-12-31"], draws=0)
    assert text.to_json(frame, registry.get("influence"))["at"] is None


def test_csv_and_json_hold_equal_numbers_and_read_back_exactly(world_l) -> None:
    frame = tidy.table(world_l, "influence", by="domain", draws=50)
    back = pd.read_csv(io.StringIO(text.to_csv(frame)), keep_default_na=False,
                       na_values={"value": [""], "low": [""], "high": [""], "disagreement": [""]})
    rows = text.to_json(frame, registry.get("influence"))["rows"]
    for column in ("value", "low", "high"):
        np.testing.assert_array_equal(back[column], frame[column])
        assert [row[column] for row in rows] == frame[column].tolist()


def test_text_shows_reasons_and_the_disclaimer(world_t) -> None:
    frame = tidy.table(world_t, "influence", by="domain", giver="A", draws=10)
    lines = text.to_text(frame, registry.get("influence"), draws=10).splitlines()
    assert lines[0] == "influence (index), A, J, 2020-12-31"
    heads = next(k for k, line in enumerate(lines) if line.startswith("domain"))
    assert lines[heads].split()[:4] == ["domain", "value", "90%", "interval"]
    assert lines[heads + 1].startswith("economic   0.11")
    assert "no value: no-dependence" in lines[heads + 3]
    assert lines[-3] == "no-dependence: the weights have no dependence for this domain"
    assert lines[-1] == "This is not the Pardee FBIC: weights, scale and reference period are our own."


@pytest.fixture
def years(world_l):
    return tidy.table(world_l, "influence", times=["2018-12-31", "2019-12-31", "2020-12-31"], draws=0)


def shown(frame: pd.DataFrame, name: str = "influence") -> list[str]:
    return text.to_text(frame, registry.get(name)).splitlines()


def test_long_tables_are_grouped_and_sorted_by_value(years) -> None:
    last = pd.concat([years, years.assign(receiver="K")])
    day = last[last["date"] == "2020-12-31"]
    wide = pd.concat([day.assign(receiver=name) for name in ("J", "K", "L", "M", "N", "O")])
    lines = shown(wide)
    heads = [k for k, line in enumerate(lines) if line in list("JKLMNO")]
    assert len(heads) == 6
    body = [line.split() for line in lines[heads[0] + 1 : heads[1]]]
    assert all(lines[heads[0] + 1].startswith("  ") for _ in body)
    values = [float(words[1]) for words in body]
    assert values == sorted(values, reverse=True)


def test_rows_over_years_keep_their_order_and_gaps_are_one_line(years) -> None:
    gone = years.copy()
    first = gone["giver"] == gone["giver"].iloc[0]
    gone.loc[first, ["value", "low", "high"]] = np.nan
    gone.loc[first, "flags"] = "nan:coverage"
    wide = pd.concat([gone, gone.assign(receiver="K"), gone.assign(receiver="L")])
    lines = shown(wide)
    assert "  no value (coverage): 2018 to 2020" in lines
    assert "coverage: less than half of what the value needs is known" in lines
    dates = [line.split()[0] for line in lines if line.startswith("  20")]
    assert dates[:3] == ["2018-12-31", "2019-12-31", "2020-12-31"]


def test_what_all_values_share_is_said_once_and_many_notes_are_counted() -> None:
    assert text.few(["a", "b"]) == "a, b"
    assert text.few([f"word-{k}" for k in range(9)]) == "word-0, word-1, word-2, word-3, word-4 and 4 more"
    assert text.few([]) == ""


def test_two_actors_are_shown_once() -> None:
    columns = {"measure": "alignment.s", "other": "", "channel": "votes", "domain": "all", "unit": "index",
               "date": "2020-12-31", "low": np.nan, "high": np.nan, "level": 0.9, "n_used": 1, "n_missing": 0,
               "coverage": 1.0, "age": 0.0, "disagreement": np.nan, "data_grade": "B", "flags": "stale"}
    frame = pd.DataFrame([
        {**columns, "giver": one, "receiver": two, "value": 1.0 if one == two else 0.5}
        for one in "ABC" for two in "ABC"
    ])
    lines = shown(frame, "alignment.s")
    assert "Each two actors once." in lines
    assert "All values: stale." in lines
    assert [line.split()[:2] for line in lines if "0.50" in line] == [["A", "B"], ["A", "C"], ["B", "C"]]


def test_where_a_definition_comes_from() -> None:
    assert text.definition(registry.get("route.through")) == "Definition: this project's own."
    assert text.definition(registry.get("capability.cinc")) == "Source: Singer, Bremer & Stuckey 1972."


def rows(values: dict[str, float]) -> pd.DataFrame:
    return pd.DataFrame({"giver": list(values), "receiver": "J", "value": list(values.values())})


@pytest.mark.parametrize(
    ("own", "rival", "line"),
    [
        ({"A": 0.3, "B": 0.2}, {"A": 0.3, "B": 0.2}, "J: A leads (0.3), also under equal weights."),
        ({"A": 0.31, "B": 0.2}, {"A": 0.1, "B": 0.2}, "J: A leads (0.31), but B under equal weights."),
        ({"A": 0.31, "B": 0.2}, {"A": 0.1, "B": np.nan},
         "J: A leads (0.31), under equal weights too little is known."),
        ({"A": 0.31, "B": 0.2, "C": np.nan}, {"A": 0.1, "B": 0.05, "C": np.nan},
         "J: A leads among 2 of 3 powers with enough data (0.31), also under equal weights."),
        ({"A": 0.31, "B": np.nan}, {"A": 0.1, "B": 0.2},
         "J: no leader can be named, 1 of 2 powers have enough data."),
    ],
)
def test_a_headline_says_whether_its_leader_survives(
    own: dict[str, float], rival: dict[str, float], line: str,
) -> None:
    found = text.leader_lines(rows(own), rows(rival), "equal")[0]
    assert found.replace("0.30", "0.3") == line


def test_a_headline_with_names() -> None:
    own, rival = rows({"A": 0.31, "B": 0.2}), rows({"A": 0.1, "B": 0.2})
    names = {"A": "Aland", "B": "Boria", "J": "Jutia"}
    assert text.leader_lines(own, rival, "equal", names) == [
        "Jutia: Aland leads (0.31), but Boria under equal weights."]
