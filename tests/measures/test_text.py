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
     (1234.5, "1200"), (-0.456, "-0.46"), (9.96, "10"), (3e-9, "3.0e-09"), (float("nan"), "")],
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
    shown = text.to_text(frame, registry.get("influence"), draws=10).splitlines()
    assert shown[0] == "influence (index), 2020-12-31"
    assert shown[2].split() == ["giver", "receiver", "domain", "value", "90%", "interval", "grade", "notes"]
    assert shown[3].startswith("A      J         economic   0.11")
    assert "no value: no-dependence" in shown[5]
    assert shown[-1] == "This is not the Pardee FBIC: weights, scale and reference period are our own."


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
    shown = text.leader_lines(rows(own), rows(rival), "equal")[0]
    assert shown.replace("0.30", "0.3") == line
