"""Rankings, profiles, two powers: what they say, what they leave out, and that they need no colour."""

from __future__ import annotations

import html
import json
import math
import re

import pytest

from heartland.charts.render import to_altair, to_svg
from heartland.charts.standings import MOST_ROWS, SHAPES, pair_chart, profile_chart, ranking_chart
from heartland.charts.svg import clean_svg, colour_classes
from heartland.charts.theme import DARK, LIGHT

NAN = math.nan
SAID = {"title": "Subject", "unit": "index", "source": "heartland measure x"}


def row(actor, value, low=NAN, high=NAN, note="", name=""):
    return {"actor": actor, "name": name or actor, "value": value, "low": low, "high": high, "note": note}


RANKED = [row("B", 0.2, 0.1, 0.3, "rank 2"), row("A", 0.5, 0.4, 0.9, "rank 1"),
          row("C", NAN, note="no value: coverage")]  # fmt: skip
LAYERS = [
    {"domain": domain, "actor": actor, "name": actor, "value": value, "low": value - 0.1, "high": value + 0.1}
    for domain, values in (("trade", (0.5, 0.3)), ("arms", (0.2, NAN)), ("media", (NAN, NAN)))
    for actor, value in zip("AB", values, strict=True)
]
SIDES = [{"name": "J", "first": 0.4, "second": 0.1, "note": "A, over 99 %"},
         {"name": "K", "first": NAN, "second": 0.2, "note": "no order: coverage"}]  # fmt: skip


def texts(spec):
    found = re.findall(r"<text[^>]*>(.*?)</text>", to_svg(spec), re.S)
    return [html.unescape(re.sub(r"<[^>]+>", "", text)) for text in found]


def charts(samples, **more):
    return {
        "ranking": ranking_chart(RANKED, samples.PALETTE, **SAID, **more),
        "profile": profile_chart(LAYERS, samples.PALETTE, **SAID, **more),
        "pair": pair_chart(SIDES, samples.PALETTE, ("A", "B"), ("Aland", "Boria"), **SAID, **more),
    }


KINDS = ("ranking", "profile", "pair")


@pytest.mark.parametrize("kind", KINDS)
def test_valid_inert_and_narrow(samples, kind):
    spec = charts(samples)[kind]
    assert to_altair(spec).to_dict()["$schema"].endswith("/vega-lite/v6.json")
    bare = json.dumps({key: value for key, value in spec.items() if key != "$schema"})
    assert not [word for word in ("http", '"href"', '"url"') if word in bare]
    svg = to_svg(spec)
    assert int(re.search(r'width="(\d+)"', svg)[1]) <= 358
    shown = clean_svg(svg, prefix="x-", label="<i>", classes=colour_classes(LIGHT, samples.PALETTE))
    assert shown.startswith('<svg role="img" aria-label="&lt;i&gt;"')
    assert "Subject" in html.unescape(shown)


@pytest.mark.parametrize("kind", KINDS)
def test_dark_uses_the_dark_surface(samples, kind):
    svg = to_svg(charts(samples, surface=DARK)[kind]).lower()
    assert DARK.ink.lower() in svg
    assert LIGHT.ink.lower() not in svg


def test_a_ranking_tells_every_row_in_words(samples):
    spec = charts(samples)["ranking"]
    assert spec["description"] == (
        "Subject: A 0.50 (0.40-0.90), rank 1; B 0.20 (0.10-0.30), rank 2; no value: C (coverage)."
    )
    shown = texts(spec)
    assert [text for text in shown if text in "ABC"] == ["A", "B", "C"]
    assert {"rank 1", "rank 2", "no value: coverage"} <= set(shown)


def test_the_lowest_first_where_low_is_strong(samples):
    spec = ranking_chart(RANKED, samples.PALETTE, **SAID, rising=True)
    assert spec["description"].startswith("Subject: B 0.20")


def test_a_value_is_not_said_twice_and_not_as_certain(samples):
    rows = [row("A", 1.0, note=">0.99, B")]
    spec = ranking_chart(rows, samples.PALETTE, **SAID, say=lambda value: ">0.99" if value > 0.99 else "?")
    assert spec["description"] == "Subject: A >0.99, B."


def test_long_rankings_show_the_strongest_and_say_so(samples):
    rows = [row(f"a{k}", k / 100, note=str(k)) for k in range(30)]
    spec = ranking_chart(rows, samples.PALETTE, **SAID)
    shown = texts(spec)
    assert len([text for text in shown if re.fullmatch(r"a\d+", text)]) == MOST_ROWS
    assert "a29" in shown
    assert "a17" not in shown
    assert "The first 12 of 30; all are in the table." in spec["title"]["subtitle"]
    assert spec["description"].endswith("; 18 more in the table.")


def test_many_rows_without_a_value_are_one_sentence_by_reason(samples):
    gone = [row(f"g{k}", NAN, note="no value: coverage" if k < 4 else "no value: unknown") for k in range(15)]
    spec = ranking_chart([RANKED[0], *gone], samples.PALETTE, **SAID)
    said = " ".join(spec["title"]["subtitle"])
    assert "No value: g0, g1, g2, g3 (coverage); 11 rows (unknown)." in said
    assert not [text for text in texts(spec) if text == "g0"]


def test_without_any_value_it_says_why(samples):
    spec = ranking_chart([RANKED[2]], samples.PALETTE, **SAID)
    assert spec["description"] == "Subject: no data. no row has a value: coverage"
    assert "no data" in profile_chart([{**LAYERS[5]}], samples.PALETTE, **SAID)["description"]
    assert "no data" in pair_chart(
        [{**SIDES[1], "second": NAN}], samples.PALETTE, ("A", "B"), ("A", "B"), **SAID)["description"]


def test_an_unknown_value_is_no_point(samples):
    drawn = charts(samples)["ranking"]["datasets"].values()
    assert not [point for rows in drawn for point in rows if point.get("name") == "C" and "value" in point]
    assert 0.0 not in [point.get("value") for rows in drawn for point in rows]


@pytest.mark.parametrize("kind", ["profile", "pair"])
def test_shapes_tell_the_powers_apart_without_colour(samples, kind):
    spec = charts(samples)[kind]
    marks = [layer["mark"]["shape"] for layer in spec["layer"] if layer["mark"]["type"] == "point"]
    assert set(marks) == set(SHAPES[:2])
    assert marks.count(SHAPES[0]) == marks.count(SHAPES[1]) == 2, "marks and key of each power"


def test_a_profile_names_what_is_empty(samples):
    spec = charts(samples)["profile"]
    assert "No value: media." in spec["title"]["subtitle"]
    assert spec["description"] == (
        "Subject: trade A 0.50 (0.40-0.60); trade B 0.30 (0.20-0.40); arms A 0.20 (0.10-0.30). "
        "No value: media."
    )


def test_a_pair_says_both_values_and_how_sure_the_order_is(samples):
    assert charts(samples)["pair"]["description"] == (
        "Subject: J: Aland 0.40, Boria 0.10, A, over 99 %; K: Aland no value, Boria 0.20, no order: coverage."
    )


@pytest.mark.parametrize("long", [False, True])
def test_words_and_marks_stand_beside_each_other(samples, long):
    """The data lie between the columns of words, whatever their length."""
    name = "a rather long name of a row in a picture" if long else "A"
    spec = ranking_chart([row("A", 2.0, -1.0, 3.0, "0.123, grade D", name)], samples.PALETTE, **SAID)
    (words, notes) = (layer["mark"]["limit"] for layer in spec["layer"] if layer["mark"]["type"] == "text")
    rule = next(layer for layer in spec["layer"] if "x2" in layer["encoding"])
    low, high = rule["encoding"]["x"]["scale"]["domain"]
    per_px = (high - low) / 334
    assert (-1.0 - low) / per_px >= words
    assert (high - 3.0) / per_px >= notes
    assert (3.0 - -1.0) / per_px >= 84 - 1e-6
