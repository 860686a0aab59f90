"""The chart of a figure's history: gaps, spells, hollow and struck marks, labels that never overlap."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from heartland.charts.history import GLYPHS, MOST_GROUPS, history_chart, with_runs
from heartland.charts.render import to_altair, to_svg
from heartland.charts.svg import clean_svg, colour_classes
from heartland.charts.theme import DARK, LIGHT


def claim(year: int, value: float, group: str, **more: object) -> dict:
    return {
        "date": f"{year}-07-02", "start": f"{year}-01-01", "end": f"{year}-12-31", "value": value,
        "low": value * 0.9, "high": value * 1.1, "group": group, "used": True, "rank": "normal",
        "spell": False, "conflict": False, **more,
    }  # fmt: skip


CLAIMS = [claim(y, 100 + 10 * (y - 2000), "first") for y in (2000, 2001, 2002, 2005)]
CLAIMS += [claim(2001, 250, "second"), claim(2002, 400, "third", used=False, rank="deprecated")]
POOLED = [claim(y, 105 + y - 2000, "", conflict=y == 2001) for y in (2000, 2001, 2002, 2005)]
SAME = {"title": "Subject", "unit": "usd", "source": "table"}


def chart(**more: object) -> dict:
    return history_chart(with_runs(CLAIMS, "group"), with_runs(POOLED), **SAME, **more)


def layers(spec: dict, kind: str, **mark: object) -> list[list[dict]]:
    wanted = {"type": kind, **mark}
    return [
        spec["datasets"][layer["data"]["name"]]
        for layer in spec["layer"]
        if all(layer["mark"].get(name) == value for name, value in wanted.items())
    ]


@pytest.mark.parametrize("surface", [LIGHT, DARK])
def test_valid_and_drawn_with_clean_shapes(surface) -> None:
    spec = chart(surface=surface)
    assert to_altair(spec).to_dict()["$schema"].endswith("v6.json")
    svg = clean_svg(to_svg(spec), prefix="f-", label=spec["description"], classes=colour_classes(surface))
    assert "nan" not in svg.lower()
    assert svg.count("≠") == 1


def test_description_counts_what_is_shown() -> None:
    assert chart()["description"] == (
        "Subject: 6 values of 3 groups of sources; pooled 105 in 2000, 110 usd in 2005; 1 period in conflict."
    )


def test_runs_break_where_a_period_is_missing() -> None:
    assert [row["run"] for row in with_runs(POOLED)] == [" 0", " 0", " 0", " 1"]
    assert [row["run"] for row in with_runs(CLAIMS, "group")] == [
        "first 0", "first 0", "first 0", "first 1", "second 0", "third 0",
    ]  # fmt: skip
    (line,) = layers(chart(), "line", strokeWidth=2)
    assert [row["date"][:4] for row in line] == ["2000", "2001", "2002"]
    (alone,) = layers(chart(), "tick")
    assert [row["date"][:4] for row in alone] == ["2005"]


def test_unused_claims_are_hollow_and_deprecated_ones_crossed_out() -> None:
    (hollow,) = layers(chart(), "point", filled=False)
    assert [row["group"] for row in hollow] == ["third"]
    assert sum(len(rows) for rows in layers(chart(), "point", filled=True)) == 5
    (struck,) = layers(chart(), "point", shape="stroke")
    assert struck == hollow


def test_groups_differ_without_colour() -> None:
    marks = [layer["mark"] for layer in chart()["layer"]]
    shapes = {mark["shape"] for mark in marks if mark.get("shape") and mark["shape"] != "stroke"}
    assert len(shapes) == 3
    labels = [rows[0]["label"] for rows in layers(chart(), "text", baseline="middle")]
    named = zip(GLYPHS, ("first", "second (to 2001)", "third (to 2002)"), strict=False)
    assert sorted(labels) == sorted(f"{glyph} {name}" for glyph, name in named)


def test_labels_keep_a_line_apart_inside_the_picture() -> None:
    many = [claim(2000 + n % 3, 100 + n / 100, f"group-{n:02}") for n in range(12)]
    spec = history_chart(with_runs(many, "group"), [], **SAME)
    marks = [layer["mark"] for layer in spec["layer"]]
    heights = sorted(mark["y"] for mark in marks if mark.get("baseline") == "middle")
    assert len(heights) == MOST_GROUPS
    assert all(b - a >= 16 - 1e-9 for a, b in pairwise(heights))
    assert heights[0] >= 0
    assert heights[-1] <= spec["height"]


def test_spells_are_drawn_along_their_time_and_never_joined() -> None:
    spells = [
        claim(2000, 1, "hand", start="1995-01-01", end="2000-12-31", spell=True),
        claim(2005, 2, "hand", start="2001-01-01", end="2018-12-31", spell=True),
    ]
    spec = history_chart(with_runs(spells, "group"), with_runs(spells), **SAME)
    assert not layers(spec, "line", strokeWidth=2)
    (boxes,) = layers(spec, "rect")
    assert [(row["start"], row["end"]) for row in boxes] == [
        ("1995-01-01", "2000-12-31"), ("2001-01-01", "2018-12-31"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "log", "kind"),
    [
        ((1, 100), True, "log"),
        ((1, 100), False, "linear"),
        ((1, 10), True, "linear"),
        ((0, 100), True, "linear"),
    ],
)
def test_axis(values: tuple[float, float], log: bool, kind: str) -> None:
    rows = with_runs([claim(2000 + i, v, "g") for i, v in enumerate(values)], "group")
    text = json.dumps(history_chart(rows, [], log=log, **SAME))
    assert f'"type": "{kind}"' in text


def test_zero_stays_on_the_axis_unless_values_are_close() -> None:
    def first(*values: float) -> float:
        rows = with_runs([claim(2000 + i, v, "g") for i, v in enumerate(values)], "group")
        layer = next(x for x in history_chart(rows, [], **SAME)["layer"] if "y" in x["encoding"])
        return layer["encoding"]["y"]["scale"]["domain"][0]

    assert first(10, 100) == 0
    assert first(90, 100) > 50


def test_nothing_stated_is_said() -> None:
    spec = history_chart([], [], **SAME)
    assert spec["description"] == "Subject: no data. nobody stated a value"
