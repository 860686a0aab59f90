"""Pictures of a sweep: what is drawn, what is told in words, and what is left out."""

from __future__ import annotations

import pandas as pd
import pytest

from heartland.charts.effects import effect_points, heat_map
from heartland.charts.render import to_svg
from heartland.charts.theme import LIGHT

NAN = float("nan")


def rows_of(spec, layer):
    data = spec["layer"][layer]["data"]
    return data["values"] if "values" in data else spec["datasets"][data["name"]]


def points(levels):
    return pd.DataFrame({
        "level": levels, "value": [-0.01, 0.03, NAN], "low": [-0.02, 0.01, NAN], "high": [0.0, 0.05, NAN],
    })  # fmt: skip


@pytest.mark.parametrize(
    ("levels", "kind"), [([0.5, 1.0, 2.0], "quantitative"), (["never", "lead", "consensus"], "nominal")]
)
def test_points_without_a_value_are_left_out_and_numbers_keep_their_distances(levels, kind):
    spec = effect_points(points(levels), title="How much?", factor="f", unit="index", source="s")
    assert spec["description"] == f"How much?, by f: {levels[0]}: -0.010; {levels[1]}: +0.030 (index)."
    assert [row["level"] for row in rows_of(spec, -1)] == levels[:2]
    assert spec["layer"][-1]["encoding"]["x"]["type"] == kind
    assert "<svg" in to_svg(spec)


def test_cells_are_coloured_by_sign_and_size():
    frame = pd.DataFrame(
        [(0.5, "never", -0.4), (1.0, "never", 0.4), (0.5, "lead", 0.1), (1.0, "lead", NAN)],
        columns=["across", "down", "value"],
    )
    spec = heat_map(frame, title="How much?", across="a", down="d", unit="index", source="s")
    cells = {(row["across"], row["down"]): row for row in rows_of(spec, 0)}
    assert len(cells) == 3

    def away(cell: str, end: str) -> int:
        return sum(abs(int(cell[at : at + 2], 16) - int(end[at : at + 2], 16)) for at in (1, 3, 5))

    places = ("1", "never"), ("0.5", "lead"), ("0.5", "never")
    strong, weak, other = (cells[place]["colour"] for place in places)
    assert away(strong, LIGHT.positive) < away(weak, LIGHT.positive)
    assert away(other, LIGHT.negative) < away(other, LIGHT.positive)
    assert cells["1", "never"]["text"] == "+0.40"
    assert "<svg" in to_svg(spec)


def test_nothing_to_draw_is_said():
    empty = points([1.0, 2.0, 3.0]).iloc[2:]
    spec = effect_points(empty, title="How much?", factor="f", unit="index", source="s")
    assert "no point has a value in common with the reference" in str(spec)
    none = pd.DataFrame({"across": [1.0], "down": ["x"], "value": [NAN]})
    spec = heat_map(none, title="How much?", across="a", down="d", unit="index", source="s")
    assert "no cell has a value in common with the reference" in str(spec)
