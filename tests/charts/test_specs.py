"""What holds for every chart: schema, offline compilation, hostile text, themes, text equal to the frame."""

import html
import json
import re

import pytest

from heartland.charts.render import to_altair, to_svg
from heartland.charts.svg import clean_svg, colour_classes
from heartland.charts.theme import DARK, LIGHT

KINDS = (
    "fan",
    "fan_pair",
    "contrast",
    "dots100",
    "why_bars",
    "ablation",
    "division_of_labour",
    "role_share_stack",
    "event_timeline",
    "distribution",
)
HOSTILE = '</text></svg><script>alert(1)</script><img src=x onerror="alert(2)"> {{7*7}} ${x} \' "'


def texts(svg):
    return [
        html.unescape(re.sub(r"<[^>]+>", "", t)) for t in re.findall(r"<text[^>]*>(.*?)</text>", svg, re.S)
    ]


@pytest.fixture(scope="module")
def specs(samples):
    return samples.every_spec()


@pytest.mark.parametrize("kind", KINDS)
def test_valid_against_the_vega_lite_schema(specs, kind):
    chart = to_altair(specs[kind]).to_dict()
    assert chart["$schema"] == "https://vega.github.io/schema/vega-lite/v6.json"


@pytest.mark.parametrize("kind", KINDS)
def test_title_source_and_description_are_there(specs, kind):
    spec = specs[kind]
    assert spec["title"]["text"] == ["Subject"]
    assert spec["title"]["subtitle"][-1] == "heartland run abc123, 64 members"
    assert spec["description"].startswith("Subject")
    assert len(spec["description"]) > len("Subject: no data.")


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_remote_and_nothing_clickable(specs, kind):
    text = json.dumps({key: value for key, value in specs[kind].items() if key != "$schema"})
    assert "http" not in text
    assert '"href"' not in text
    assert '"url"' not in text


@pytest.mark.parametrize("kind", KINDS)
def test_compiles_offline_and_fits_a_narrow_column(specs, kind):
    svg = to_svg(specs[kind])
    assert svg.startswith("<svg")
    assert int(re.search(r'width="(\d+)"', svg)[1]) <= 358
    assert "Subject" in texts(svg)


@pytest.mark.parametrize("kind", KINDS)
def test_a_hostile_title_stays_text(samples, kind):
    svg = to_svg(samples.every_spec(HOSTILE)[kind])
    shown = clean_svg(svg, prefix="x-", label=HOSTILE, classes=colour_classes(LIGHT))
    assert "<script" not in shown
    assert "<img" not in shown
    assert not re.search(r"<[^>]*\son\w+=", shown.replace(html.escape(HOSTILE), ""))
    assert any("alert(1)" in t for t in texts(shown))


def test_dark_charts_use_the_dark_surface(samples):
    for spec in samples.every_spec(dark=True).values():
        svg = to_svg(spec).lower()
        assert DARK.ink.lower() in svg
        assert LIGHT.ink.lower() not in svg


def test_bytes_do_not_depend_on_the_clock_zone(specs, monkeypatch):
    import time

    found = []
    for zone in ("UTC", "Asia/Tokyo", "America/Los_Angeles"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        found.append(to_svg(specs["fan_pair"]) + to_svg(specs["event_timeline"]))
    monkeypatch.undo()
    time.tzset()
    assert found[0] == found[1] == found[2]


def test_the_text_of_the_picture_is_the_text_of_the_frame(specs):
    dots = texts(to_svg(specs["dots100"]))
    assert "what-if: 62 of 100 runs" in dots
    assert "baseline: 7 of 100 runs" in dots
    bars = texts(to_svg(specs["why_bars"]))
    assert [t for t in bars if t.startswith(("+", "-0"))] == ["+0.12", "-0.060", "+0.060"]
    off = texts(to_svg(specs["ablation"]))
    assert {"effort", "troops", "0.30", "0.60"} <= set(off)
    stack = texts(to_svg(specs["role_share_stack"]))
    assert stack.count("A 60") == 4
    assert stack.count("B 30") == 4
    events = texts(to_svg(specs["event_timeline"]))
    assert {"troops sent", "62 of 100", "wave", "100 of 100"} <= set(events)


def test_a_hundred_dots_are_filled_as_often_as_the_probability_says(specs):
    svg = to_svg(specs["dots100"])
    filled = re.findall(r'<path [^>]*?fill="(#[0-9A-F]{6})"', svg)
    assert filled.count(LIGHT.ink) == 62
    assert filled.count(LIGHT.baseline) == 7
