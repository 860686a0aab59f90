"""Lines through the years: gaps, labels, dashes, one scale for pictures read side by side."""

from __future__ import annotations

import html
import itertools
import json
import math
import re

import pytest

from heartland.charts.render import to_altair, to_svg
from heartland.charts.svg import clean_svg, colour_classes
from heartland.charts.theme import DARK, LIGHT
from heartland.charts.trends import trend_chart

NAN = math.nan
SAID = {"title": "Subject", "unit": "index", "source": "heartland measure x"}
YEARS = [f"{year}-12-31" for year in range(2010, 2016)]


def line(actor, values, name="", width=0.1):
    return [
        {"actor": actor, "name": name or actor, "date": day, "value": value, "low": value - width,
         "high": value + width}
        for day, value in zip(YEARS, values, strict=True)
    ]  # fmt: skip


ROWS = [*line("A", [0.1, 0.2, NAN, 0.4, NAN, 0.6]), *line("B", [0.5] * 6), *line("C", [NAN] * 6)]


@pytest.fixture
def spec(samples):
    return trend_chart(ROWS, samples.PALETTE, **SAID)


def layers(spec, kind):
    return [layer for layer in spec["layer"] if layer["mark"]["type"] == kind]


def data(spec, layer):
    return spec["datasets"][layer["data"]["name"]]


def test_valid_inert_and_narrow(samples, spec):
    assert to_altair(spec).to_dict()["$schema"].endswith("/vega-lite/v6.json")
    assert "http" not in json.dumps({key: value for key, value in spec.items() if key != "$schema"})
    svg = to_svg(spec)
    assert int(re.search(r'width="(\d+)"', svg)[1]) <= 358
    shown = clean_svg(svg, prefix="x-", label="y", classes=colour_classes(LIGHT, samples.PALETTE))
    assert "Subject" in html.unescape(shown)
    dark = to_svg(trend_chart(ROWS, samples.PALETTE, **SAID, surface=DARK)).lower()
    assert DARK.muted.lower() in dark
    assert LIGHT.muted.lower() not in dark


def test_a_line_breaks_where_nothing_is_known(spec):
    runs = [[row["value"] for row in data(spec, layer)] for layer in layers(spec, "line")]
    assert runs == [[0.1, 0.2], [0.5] * 6]
    points = [[row["value"] for row in data(spec, layer)] for layer in layers(spec, "point")]
    assert points == [[0.4], [0.6]], "a value between two gaps is a point"


def test_the_text_says_both_ends_and_who_is_silent(spec):
    assert spec["description"] == (
        "Subject: A 0.10 in 2010, 0.60 (0.50-0.70) in 2015; B 0.50 in 2010, 0.50 (0.40-0.60) in 2015. "
        "No value for C."
    )
    assert "No value for C." in spec["title"]["subtitle"]


def test_a_single_value_without_interval_is_one_clause(samples):
    rows = line("A", [NAN, NAN, 0.3, NAN, NAN, NAN], width=NAN)
    assert trend_chart(rows, samples.PALETTE, **SAID)["description"] == "Subject: A 0.30 in 2012."


def test_labels_stand_apart_where_lines_end_together(samples):
    rows = [row for actor in "ABDE" for row in line(actor, [0.5] * 6)]
    spec = trend_chart(rows, samples.PALETTE, **SAID)
    places = sorted(data(spec, layer)[0]["value"] for layer in layers(spec, "text"))
    gaps = [b - a for a, b in itertools.pairwise(places)]
    assert min(gaps) >= 0.04
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", to_svg(spec))
    assert {"A", "B", "D", "E"} <= set(texts)


def test_lines_differ_without_colour(samples):
    """Actors of the palette have its dash; others, as receivers, a dash of their own."""
    rows = [row for actor in ("A", "J", "K", "L", "M", "N") for row in line(actor, [0.5] * 6)]
    spec = trend_chart(rows, samples.PALETTE, **SAID)
    strokes = [(layer["mark"]["color"], tuple(layer["mark"].get("strokeDash", ())))
               for layer in layers(spec, "line")]  # fmt: skip
    assert len(set(strokes)) == 6
    assert strokes[0] == ("#132786", (8, 3))
    assert not {colour for colour, _ in strokes[1:]} & set(samples.PALETTE.light.values())
    neutral = [dash for _, dash in strokes[1:5]]
    assert len(set(neutral)) == 4


def test_all_dates_asked_for_are_on_the_axis(samples):
    rows = line("A", [NAN, NAN, 0.3, 0.4, NAN, NAN])
    spec = trend_chart(rows, samples.PALETTE, **SAID)
    ends = spec["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert [end["year"] for end in ends] == [2010, 2015]


def test_pictures_side_by_side_share_their_scale(samples):
    spec = trend_chart(line("A", [0.1] * 6), samples.PALETTE, **SAID, span=(0.0, 5.0))
    assert spec["layer"][0]["encoding"]["y"]["scale"]["domain"] == [0.0, 5.0]


def test_nothing_known_is_said(samples):
    spec = trend_chart(line("A", [NAN] * 6), samples.PALETTE, **SAID)
    assert spec["description"] == "Subject: no data. no year has a value"
