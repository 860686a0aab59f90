"""Labels on a map: the projection is that of the specification, and no label covers another."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartland.charts.labels import View, along, labelled, numbered, spot

POINTS = st.lists(st.tuples(st.floats(0, 60), st.floats(10, 60)), min_size=2, max_size=25, unique=True)


@given(POINTS, st.sampled_from([344, 728]))
def test_every_point_fitted_lies_in_the_picture(points, width):
    view = View.of(points, width)
    assert all(view.holds(point) for point in points)
    assert 0.4 * width <= view.height <= width


def boxes_of(found, view):
    moves = {"right": (7, 0), "left": (-7, 0), "above": (0, -7), "below": (0, 7)}
    for item in found:
        (x, y), wide = view.px(item["point"]), 6.6 * len(item["name"])
        dx, dy = moves[item["side"]]
        left = x + dx if dx > 0 else x + dx - wide if dx < 0 else x - wide / 2
        top = y + dy if dy > 0 else y + dy - 14 if dy < 0 else y - 7
        yield left, top, left + wide, top + 14


@given(POINTS)
def test_labels_cover_neither_each_other_nor_what_was_there(points):
    view = View.of(points, 344)
    before = [spot(view.px(points[0]), 6)]
    found = labelled([{"name": "Place", "point": point} for point in points], view, list(before))
    boxes = [*before, *boxes_of(found, view)]
    for a, b in combinations(boxes, 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_a_number_moves_on_where_there_is_no_room():
    legs = [{"leg": "a", "points": [(0.0, 0.0), (20.0, 0.0)]}]
    view = View.of([(0.0, 0.0), (20.0, 10.0)], 728)
    ways = [{"label": f"{n}: 50%", "legs": ["a"]} for n in (1, 2, 3)]
    found = numbered(ways, legs, view, [])
    assert [item["longitude"] for item in found] == pytest.approx([10.0, 6.0, 14.0])


@pytest.mark.parametrize(("share", "point"), [(0.0, (0, 0)), (0.5, (1, 0)), (0.75, (1, 0.5)), (1.0, (1, 1))])
def test_a_point_along_a_line(share, point):
    assert along([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)], share) == pytest.approx(point)
