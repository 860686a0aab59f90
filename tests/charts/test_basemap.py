import math

import pytest

from heartland.charts.basemap import Basemap, Projection, clip_ring, length_inside

# two unit squares side by side: A holds x in [0, 1], B holds x in [1, 2]; B has a hole that is C
TOPOLOGY = {
    "type": "Topology",
    "bbox": [0, 0, 2, 1],
    "transform": {"scale": [0.1, 0.1], "translate": [0, 0]},
    "properties": {"source": "hand-made"},
    "objects": {
        "countries": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "MultiPolygon", "id": "A", "properties": {"name": "Aland"}, "arcs": [[[0, 1]]]},
                {"type": "Polygon", "id": "B", "properties": {"name": "Bland"}, "arcs": [[-1, 2], [-4]]},
                {"type": "Polygon", "id": "C", "properties": {}, "arcs": [[3]]},
            ],
        }
    },
    "arcs": [
        [[10, 0], [0, 10]],
        [[10, 10], [-10, 0], [0, -10], [10, 0]],
        [[10, 0], [10, 0], [0, 10], [-10, 0]],
        [[14, 4], [2, 0], [0, 2], [-2, 0], [0, -2]],
    ],
}


@pytest.fixture(scope="module")
def basemap():
    return Basemap.from_topojson(TOPOLOGY)


def test_arcs_are_decoded_to_degrees(basemap):
    assert basemap.arcs[0] == ((1.0, 0.0), (1.0, 1.0))
    assert basemap.names == {"A": "Aland", "B": "Bland", "C": "C"}


@pytest.mark.parametrize(
    ("point", "area"),
    [((0.5, 0.5), "A"), ((1.2, 0.5), "B"), ((1.5, 0.5), "C"), ((2.5, 0.5), ""), ((0.5, 1.5), "")],
)
def test_points_lie_in_areas_and_not_in_their_holes(basemap, point, area):
    assert basemap.area_at(*point) == area


def test_a_line_belongs_to_the_two_areas_it_parts(basemap):
    pairs = {tuple(sorted(pair)): lines for pair, lines in basemap.borders.items()}
    assert set(pairs) == {("A", "B"), ("A",), ("B",), ("B", "C")}
    assert pairs["A", "B"] == [((1.0, 0.0), (1.0, 1.0))]


def test_the_extent_of_areas_and_of_unknown_ones(basemap):
    assert basemap.extent(["A"]) == (0.0, 0.0, 1.0, 1.0)
    assert basemap.extent(["A", "B"]) == (0.0, 0.0, 2.0, 1.0)
    assert basemap.extent(["Z"]) == (0.0, 0.0, 2.0, 1.0)


@pytest.mark.parametrize("data", [{}, {"type": "Topology"}, {"type": "FeatureCollection", "features": []}])
def test_other_files_are_refused(data):
    with pytest.raises(ValueError, match="TopoJSON"):
        Basemap.from_topojson(data)


def test_the_projection_keeps_areas():
    project = Projection(70.0, 45.0)
    assert project((70.0, 45.0)) == pytest.approx((0.0, 0.0), abs=1e-9)

    def area(lon, lat, size=0.1):
        corners = [
            project(p) for p in ((lon, lat), (lon + size, lat), (lon + size, lat + size), (lon, lat + size))
        ]
        cross = sum(
            a[0] * b[1] - b[0] * a[1] for a, b in zip(corners, corners[1:] + corners[:1], strict=True)
        )
        top, bottom = math.sin(math.radians(lat + size)), math.sin(math.radians(lat))
        true = 6371.0**2 * math.radians(size) * (top - bottom)
        return abs(cross) / 2 / true

    for lon, lat in ((70, 45), (50, 55), (90, 30), (40, 25)):
        assert area(lon, lat) == pytest.approx(1.0, abs=1e-3)


def test_north_is_up_and_one_degree_is_its_length():
    project = Projection(70.0, 45.0)
    east, south = project((70.0, 46.0))
    assert east == pytest.approx(0.0, abs=1e-9)
    assert south == pytest.approx(-111.19, abs=0.02)


def test_rings_are_cut_to_a_box():
    square = [(0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0), (0.0, 0.0)]
    assert sorted(set(clip_ring(square, (1.0, 1.0, 3.0, 3.0)))) == [
        (1.0, 1.0),
        (1.0, 2.0),
        (2.0, 1.0),
        (2.0, 2.0),
    ]
    assert clip_ring(square, (5.0, 5.0, 6.0, 6.0)) == []
    assert sorted(set(clip_ring(square, (-1.0, -1.0, 3.0, 3.0)))) == sorted(set(square))


def test_only_the_parts_of_a_line_inside_a_box_count():
    line = [(0.0, 0.0), (1.0, 0.0), (3.0, 0.0), (4.0, 0.0)]
    assert length_inside(line, (0.0, -1.0, 3.0, 1.0)) == pytest.approx(3.0)
    assert length_inside(line, (0.5, -1.0, 2.0, 1.0)) == 0.0
