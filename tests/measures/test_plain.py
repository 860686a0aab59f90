"""Explanations, changes and other tables as text."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from heartland.measures import changes, tidy
from heartland.measures.plain import MOST, change_text, explain_text, frame_text

CELL = {"measure": "influence", "giver": "A", "receiver": "J"}


def test_what_all_rows_share_stands_above_them() -> None:
    frame = pd.DataFrame({
        "measure": ["m", "m"], "giver": ["A", "B"], "value": [0.1234, np.nan], "empty": ["", ""],
        "flags": ["stale;imputed", "nan:coverage;stale"],
    })  # fmt: skip
    assert frame_text(frame).splitlines() == [
        "measure: m; all rows: stale", "giver  value  flags", "A      0.12   imputed",
        "B             nan:coverage"]  # fmt: skip
    assert frame_text(frame.iloc[:0]) == "no rows"
    assert frame_text(frame, keep=("measure",)).splitlines()[1].startswith("measure  giver")


def test_large_numbers_are_words() -> None:
    frame = pd.DataFrame({"x": [2.46e10, 3.2e6, 1.5e12, 999.0]})
    assert frame_text(frame).split("\n")[1:] == ["25 billion", "3.2 million", "1.5 trillion", "1000"]


def test_an_explanation_says_that_it_sums_and_names_sources_and_assumptions(world_t) -> None:
    frame = tidy.explain(world_t, {**CELL, "giver": "A"})
    frame.loc[0, ["observation_id", "source_id"]] = ["O-1;O-2", "s"]
    value = float(frame["contribution"].sum())
    lines = explain_text(frame, value, {"s": "a survey"}, {"O-2": "assumption: x"})
    said = lines.splitlines()
    assert "O-1 and 1 more" in lines
    assert said[-3:] == ["The contributions sum to the value, 0.34.", "s: a survey", "O-2: assumption: x"]


def test_unknown_inputs_are_one_line(world_t) -> None:
    frame = tidy.explain(world_t, {**CELL, "giver": "A"})
    frame.loc[:2, "status"] = "unknown"
    lines = explain_text(frame, math.nan, {}, {}).splitlines()
    assert [line for line in lines if line.startswith("unknown: ")] == [
        "unknown: bandwidth loans, bandwidth trade, bandwidth arms"]
    assert lines[-1] == "The cell has no value."


def test_a_value_that_is_no_sum_says_so_and_long_lists_are_cut() -> None:
    frame = pd.DataFrame([
        {"part": f"p{k}", "domain": "", "channel": "", "observation_id": "", "source_id": "", "period": "",
         "raw value": 1.0, "unit": "", "status": "observed", "transform": "", "score": 1.0, "weight": np.nan,
         "contribution": np.nan, "flag": ""}
        for k in range(MOST + 5)
    ])  # fmt: skip
    lines = explain_text(frame, 0.5, {}, {}).splitlines()
    assert lines[-2:] == ["5 more inputs: --format csv", "The value is 0.50; it is no sum of its inputs."]


def test_a_change_names_what_had_no_effect_in_one_line(world_l) -> None:
    frame = changes.change(world_l, CELL, "2019-12-31", "2020-12-31", draws=0)
    said = change_text(frame).splitlines()
    zero = int((frame["value"].iloc[:-1] == 0).sum())
    table = [line for line in said if line.startswith(("bandwidth", "dependence", "coverage", "total"))]
    assert len(table) == len(frame) - zero
    assert table[-1].startswith("total")
    assert any(line.startswith("without effect: ") for line in said) == (zero > 0)
