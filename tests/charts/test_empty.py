"""Charts without data, and with a single point."""

import numpy as np
import pandas as pd
import pytest

from heartland.charts.bars import ablation, why_bars
from heartland.charts.dots import dots100
from heartland.charts.events import distribution, event_timeline
from heartland.charts.fans import contrast, fan, fan_pair
from heartland.charts.frames import fan_frame, paths_frame
from heartland.charts.labour import role_share_stack
from heartland.charts.render import to_altair, to_svg

NAN = float("nan")
SAID = {"title": "Subject", "source": "run"}
NOTHING = fan_frame(["2022-01-31"], np.array([[NAN], [NAN]]))


def empty(samples):
    parts = pd.DataFrame(columns=["mechanism", "part", "value", "low", "high"])
    return {
        "the series is not known": fan(NOTHING, unit="index", **SAID),
        "the series is not known in either run": fan_pair(NOTHING, NOTHING, unit="index", **SAID),
        "the difference is not known": contrast(NOTHING, unit="index", **SAID),
        "the question has no answer in any run": dots100(
            pd.DataFrame({"label": ["what-if"], "probability": [NAN]}), **SAID
        ),
        "nothing changed": why_bars(parts, unit="index", **SAID),
        "no mechanism was switched off in this run": ablation(
            pd.DataFrame({"mechanism": ["m"], "value": [NAN]}), unit="index", **SAID
        ),
        "no domain has a known share": role_share_stack(
            pd.DataFrame({"domain": ["d"], "date": ["2021"], "actor": ["A"], "share": [NAN]}),
            samples.PALETTE,
            **SAID,
        ),
        "nothing of this kind happened in any run": event_timeline(pd.DataFrame(), **SAID),
        "no run has a value": distribution(
            pd.DataFrame({"run": ["what-if"], "value": [NAN]}), unit="bits", **SAID
        ),
    }


def test_a_chart_without_data_says_so_and_why(samples):
    for reason, spec in empty(samples).items():
        assert f"no data: {reason}" in to_svg(spec)
        assert spec["description"] == f"Subject: no data. {reason}"
        to_altair(spec).to_dict()


@pytest.mark.parametrize("draw", [fan, contrast])
def test_one_date_is_a_point_with_its_bands(draw):
    frame = fan_frame(["2022-01-31"], np.array([[0.1], [0.2], [0.4]]))
    spec = draw(frame, unit="index", paths=paths_frame(["2022-01-31"], np.array([[0.1]])), **SAID)
    svg = to_svg(spec)
    assert "Jan 2022" in svg
    assert "median 0.20" in spec["description"]


def test_one_date_in_both_runs_keeps_the_labels_apart():
    frame = fan_frame(["2022-01-31"], np.array([[0.1], [0.2], [0.4]]))
    spec = fan_pair(frame, frame, unit="index", **SAID)
    shifts = [layer["mark"]["dy"] for layer in spec["layer"] if layer["mark"]["type"] == "text"]
    assert shifts == [-7, 7]


def test_a_series_known_in_the_baseline_only_shows_that():
    frame = fan_frame(["2022-01-31", "2022-06-30"], np.array([[0.1, 0.2], [0.3, 0.3]]))
    spec = fan_pair(NOTHING, frame, unit="index", **SAID)
    svg = to_svg(spec)
    assert ">baseline<" in svg
    assert ">what-if<" not in svg


def test_an_unknown_probability_is_not_drawn_as_zero():
    frame = pd.DataFrame({"label": ["what-if", "baseline"], "probability": [0.0, NAN]})
    spec = dots100(frame, **SAID)
    drawn = [layer for layer in spec["layer"] if layer["mark"]["type"] == "point"]
    assert sum(len(spec["datasets"][layer["data"]["name"]]) for layer in drawn) == 100
    svg = to_svg(spec)
    assert "what-if: 0 of 100 runs" in svg
    assert "baseline: no data" in svg


def test_no_difference_in_any_run_is_said():
    frame = fan_frame(["2022-01-31", "2022-06-30"], np.zeros((3, 2)))
    assert contrast(frame, unit="index", **SAID)["description"] == "Subject: no difference in any run."


def test_equal_values_in_every_run_are_one_sentence():
    frame = pd.DataFrame({"run": ["what-if", "baseline"], "value": [0.25, 0.25]})
    assert "every run: 0.250 bits" in to_svg(distribution(frame, unit="bits", **SAID))
