"""Map of routes: what is drawn for modes, standing, shares and numbers, in light, dark and both widths."""

import itertools
import json
import re

import pytest

from heartland.charts.basemap import Basemap
from heartland.charts.borders import Segment
from heartland.charts.render import to_altair, to_png, to_svg
from heartland.charts.routes import BROAD, SLIM, Land, route_map
from heartland.charts.svg import clean_svg, colour_classes
from heartland.charts.theme import DARK, LIGHT


def leg(name, points, mode="rail", status="open", share=0.0, best=False):
    return {"leg": name, "mode": mode, "status": status, "share": share, "best": best, "points": points}


def place(name, lon, lat, rank=1, kind="city"):
    at = {"longitude": lon, "latitude": lat}
    return {"place": name.lower(), "name": name, "kind": kind, "rank": rank, **at}


LEGS = [
    leg("a", [(0.0, 0.0), (5.0, 1.0)], share=0.75, best=True),
    leg("b", [(0.0, 0.0), (3.0, 4.0), (5.0, 1.0)], mode="sea", share=0.25),
    leg("c", [(1.0, 0.5), (4.0, 3.0)], mode="road", status="closed"),
    leg("d", [(80.0, 50.0), (81.0, 50.0)], mode="gas"),
]
PLACES = [place("Alpha", 0.0, 0.0, 0), place("Omega", 5.0, 1.0, 0, "port")]
WAYS = [{"way": 1, "share": 0.75, "label": "1: 75%", "legs": ["a"]},
        {"way": 2, "share": 0.25, "label": "2: 25%", "legs": ["b"]}]  # fmt: skip
SAID = {"title": "Subject", "description": "Map. Subject.", "source": "region"}
SQUARE = {
    "type": "Topology", "bbox": [0, 0, 3, 1], "transform": {"scale": [0.01, 0.01], "translate": [0, 0]},
    "objects": {"countries": {"type": "GeometryCollection", "geometries": [
        {"type": "Polygon", "id": "A", "properties": {}, "arcs": [[0, 1]]},
        {"type": "Polygon", "id": "B", "properties": {}, "arcs": [[-1, 2]]}]}},
    "arcs": [[[150, 0], [0, 50], [0, 50]], [[150, 100], [-140, 0], [0, -100], [140, 0]],
             [[150, 0], [140, 0], [0, 100], [-140, 0]]],
}  # fmt: skip
LAND = Land(Basemap.from_topojson(SQUARE), [Segment("dashed", frozenset({"A", "B"}), (1.0, 0.2, 2.0, 1.1))])


def data(spec, layer):
    return spec["datasets"][layer["data"]["name"]]


def marks(spec, kind):
    return [layer for layer in spec["layer"] if layer["mark"]["type"] == kind]


def words(spec):
    return [row["text"] for layer in marks(spec, "text") for row in data(spec, layer)]


@pytest.mark.parametrize("surface", [LIGHT, DARK])
@pytest.mark.parametrize("width", [BROAD, SLIM])
def test_valid_and_drawn_within_its_width(surface, width):
    spec = route_map(LEGS, PLACES, WAYS, land=LAND, surface=surface, width=width, **SAID)
    to_altair(spec).to_dict()
    svg = to_svg(spec)
    assert int(float(svg.split('width="')[1].split('"')[0])) <= width + 20
    for text in ("1: 75%", "2: 25%", "Alpha", "Omega"):
        assert f">{text}</text>" in svg
    assert surface.positive in svg


def test_modes_differ_in_dash_and_shares_in_thickness():
    svg = to_svg(route_map(LEGS, PLACES, WAYS, **SAID))
    assert 'stroke-width="7.25"' in svg
    assert re.search(r'stroke-width="3.75"[^>]*stroke-dasharray="2,3"', svg)
    assert 'stroke-dasharray="7,4"' in svg


def test_what_is_out_of_the_picture_is_left_out_and_a_shut_leg_has_a_sign():
    spec = route_map(LEGS, PLACES, WAYS, **SAID)
    drawn = {row["leg"] for layer in marks(spec, "line") for row in data(spec, layer)}
    assert drawn == {"a", "b", "c"}
    assert "×" in words(spec)


def test_without_ways_every_leg_is_in_the_picture():
    legs = [row | {"share": 0.0} for row in LEGS]
    spec = route_map(legs, PLACES, **SAID)
    assert {row["leg"] for layer in marks(spec, "line") for row in data(spec, layer)} == {"a", "b", "c", "d"}


def test_a_leg_asked_for_is_in_the_picture_though_no_way_takes_it():
    legs = [row | {"share": 0.0, "asked": row["leg"] == "c"} for row in LEGS]
    spec = route_map(legs, [], **SAID)
    assert "d" not in {row["leg"] for layer in marks(spec, "line") for row in data(spec, layer)}


def test_no_legs_is_said():
    assert "no data: no leg is open" in to_svg(route_map([], PLACES, **SAID))


def test_land_is_filled_inside_and_disputed_lines_are_dashed():
    spec = route_map(LEGS, PLACES, WAYS, land=LAND, **SAID)
    shapes = marks(spec, "geoshape")
    assert [layer["mark"].get("strokeDash") for layer in shapes] == [None, None, [3, 2]]
    for feature in data(spec, shapes[0]):
        for (ring,) in feature["geometry"]["coordinates"]:
            turn = sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise(ring))
            assert turn < 0, "an outer ring against the clock fills all the rest of the world"


def test_the_longitudes_and_latitudes_stay_in_the_specification():
    spec = json.loads(json.dumps(route_map(LEGS, PLACES, WAYS, **SAID)))
    rows = [row for layer in marks(spec, "line") for row in data(spec, layer) if row["leg"] == "b"]
    assert [(row["longitude"], row["latitude"]) for row in rows] == [(0, 0), (3, 4), (5, 1)]


def test_a_page_may_hold_it_and_a_hostile_name_stays_text():
    places = [place('<script>alert(1)</script>"', 0.0, 0.0, 0)]
    svg = to_svg(route_map(LEGS, places, WAYS, land=LAND, **SAID))
    shown = clean_svg(svg, prefix="x-", label="Map.", classes=colour_classes(LIGHT))
    assert "<script" not in shown
    assert "s-positive" in shown


def test_a_png_is_a_png():
    assert to_png(route_map(LEGS, PLACES, WAYS, **SAID), LIGHT.background, 1.0)[:8] == b"\x89PNG\r\n\x1a\n"
