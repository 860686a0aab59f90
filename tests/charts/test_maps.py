import math
import re

import pytest

from heartland.charts.basemap import Basemap
from heartland.charts.borders import Dispute, Segment, disputes_at, footer_line
from heartland.charts.maps import Canvas, choropleth, step_of
from heartland.charts.theme import LIGHT
from heartland.errors import HeartlandInputError

SQUARE = {
    "type": "Topology",
    "bbox": [0, 0, 3, 1],
    "transform": {"scale": [0.01, 0.01], "translate": [0, 0]},
    "properties": {},
    "objects": {
        "countries": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Polygon", "id": "A", "properties": {"name": "A"}, "arcs": [[0, 1]]},
                {"type": "Polygon", "id": "B", "properties": {"name": "B"}, "arcs": [[-1, 2]]},
            ],
        }
    },
    "arcs": [
        [[150, 0], [0, 50], [0, 50]],
        [[150, 100], [-140, 0], [0, -100], [140, 0]],
        [[150, 0], [140, 0], [0, 100], [-140, 0]],
    ],
}
BASE = Basemap.from_topojson(SQUARE)
ROW = {
    "area_id": "x",
    "name": "Strip",
    "holder": "A",
    "claimants": "A;B",
    "from": "2000",
    "to": "2020-05",
    "line_de_facto": "dashed A|B 1 -0.1 2 0.6",
    "line_un": "dotted A|B 1 -0.1 2 1.1",
    "source": "assumption: test",
    "note": "",
}
VIEW = (0.0, 0.0, 3.0, 1.0)


def drawn(values, **more):
    return choropleth(Canvas.of(BASE, ("A", "B")), values, **({"title": "T", "top": 1.0} | more))


@pytest.mark.parametrize(
    ("value", "top", "step"),
    [
        (0.0, 1.0, 0),
        (-0.1, 1.0, 0),
        (0.2, 1.0, 0),
        (0.21, 1.0, 1),
        (0.5, 1.0, 2),
        (1.0, 1.0, 4),
        (2.0, 1.0, 4),
        (0.3, 0.0, 0),
    ],
)
def test_five_steps_from_zero(value, top, step):
    assert step_of(value, top) == step


def test_zero_is_the_lowest_step_and_no_data_has_no_fill_and_the_word():
    svg = drawn({"A": 0.0, "B": math.nan})
    fills = re.findall(r'<path d="[^"]*" fill="(#\w+)" fill-opacity', svg)
    assert fills == [LIGHT.steps[0], LIGHT.background]
    assert ">0</text>" in svg
    assert svg.count(">no data</text>") == 1
    assert 'stroke-dasharray="10 20"' in svg


def test_an_absent_receiver_is_no_data_too():
    assert drawn({"A": 0.5}).count(">no data</text>") == 1
    assert 'stroke-dasharray="10 20"' not in drawn({"A": 0.5, "B": 0.2})


def test_a_change_is_coloured_by_its_direction():
    svg = drawn({"A": -0.9, "B": 0.3}, change=True)
    assert f'fill="{LIGHT.negative}" fill-opacity="1.0"' in svg
    assert f'fill="{LIGHT.positive}" fill-opacity="0.45"' in svg
    assert ">-0.90</text>" in svg
    assert ">+0.30</text>" in svg
    assert f'fill="{LIGHT.neutral}" fill-opacity="1.0"' in drawn({"A": 0.01, "B": 0.9}, change=True)


def test_labels_stand_inside_their_receiver():
    canvas = Canvas.of(BASE, ("A", "B"), width=300)
    assert 20 < canvas.places["A"][0] < 140
    assert 160 < canvas.places["B"][0] < 280
    assert canvas.height == pytest.approx(300 / 2.8, rel=0.2)


def test_hostile_titles_are_escaped():
    assert "&lt;script&gt;" in drawn({}, title="<script>")
    assert "<script>" not in drawn({}, title="<script>", unit="<script>")


def test_a_disputed_stretch_is_dashed_and_the_rest_is_not():
    segment = Segment("dashed", frozenset("AB"), (1.0, -0.1, 2.0, 0.6))
    canvas = Canvas.of(BASE, ("A", "B"), [segment])
    assert canvas.disputed.count("M") == 1
    assert canvas.plain["A", "B"].count("M") == 1
    settled = canvas.with_lines(BASE, [])
    assert settled.disputed == ""
    assert settled.paths == canvas.paths
    assert 'stroke-dasharray="30 20"' in choropleth(canvas, {}, title="T", top=1.0)
    assert 'stroke-dasharray="30 20"' not in choropleth(settled, {}, title="T", top=1.0)


def test_disputes_hold_between_their_dates_and_where_they_are_seen():
    def ids(at, view=VIEW):
        return [d.area_id for d in disputes_at([ROW], at, BASE, view)]

    assert ids("2010-01-01") == ["x"]
    assert ids("1999-12-31") == []
    assert ids("2020-04-30") == ["x"]
    assert ids("2020-05-01") == []
    assert ids("2010-01-01", (2.0, 0.0, 3.0, 1.0)) == []


def test_a_dispute_names_holder_claimants_and_segments():
    (found,) = disputes_at([ROW], "2010-01-01", BASE, VIEW)
    assert found == Dispute(
        "x",
        "Strip",
        "A",
        ("A", "B"),
        "2000",
        "2020-05",
        "assumption: test",
        "",
        (Segment("dashed", frozenset("AB"), (1.0, -0.1, 2.0, 0.6)),),
    )
    (other,) = disputes_at([ROW], "2010-01-01", BASE, VIEW, "un")
    assert other.segments[0].style == "dotted"


def test_a_line_that_cannot_be_read_is_named():
    with pytest.raises(HeartlandInputError) as error:
        disputes_at([{**ROW, "line_de_facto": "dashed A|B 1 2"}], "2010-01-01", BASE, VIEW)
    assert str(error.value) == (
        'basemap/disputed.csv:2  "dashed A|B 1 2" is not a line. The map would draw '
        "a disputed line as settled. "
        "Write none, or STYLE A|B WEST SOUTH EAST NORTH."
    )


def test_the_footer_names_the_view():
    assert footer_line() == "Lines and names do not imply endorsement; view: de facto."
    assert footer_line("un") == "Lines and names do not imply endorsement; view: un."
