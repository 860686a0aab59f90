"""GeoJSON: longitude first, legs cut at the 180th meridian, facts without geometry, all features back."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.evidence.export.exported import (
    ABOUT,
    about_shipped,
    material,
    nasty_tables,
    normal,
    same,
    shipped,
    toy,
)

from heartland.errors import HeartlandInputError
from heartland.evidence.export import export, read
from heartland.evidence.export.geojson import feature_tables, features_of, line


@pytest.mark.parametrize("which", ["toy", "shipped"])
def test_features_and_tables_come_back(tmp_path: Path, which: str) -> None:
    tables, about = (toy(), ABOUT) if which == "toy" else (shipped(), about_shipped())
    export(tables, about, "geojson", tmp_path / "out")
    features = read("geojson", tmp_path / "out")
    assert features == features_of(material(tables))
    back = feature_tables(features)
    assert set(back) == {"nodes", "legs", "facts"}
    assert all(same(back[name], tables[name]) for name in back)


@settings(max_examples=8, deadline=None)
@given(nasty_tables())
def test_nasty_text_comes_back(tables) -> None:
    with tempfile.TemporaryDirectory() as room:
        export(tables, ABOUT, "geojson", Path(room, "out"))
        back = feature_tables(read("geojson", Path(room, "out")))
        expected = normal(tables)
        assert all(same(back[name], expected[name]) for name in back)


def test_points_have_the_longitude_first() -> None:
    north = features_of(material())[0]
    assert north["id"] == "north"
    assert north["geometry"] == {"type": "Point", "coordinates": [60, 40]}  # latitude 40, longitude 60


def test_a_leg_is_a_line_between_its_nodes() -> None:
    leg = next(f for f in features_of(material()) if f["properties"]["table"] == "legs")
    assert leg["geometry"] == {"type": "LineString", "coordinates": [[60, 40], [61, 38]]}
    assert leg["properties"]["controllers"] == ["CCC", "DDD"]


def test_facts_name_country_polygons_and_are_never_points() -> None:
    facts = [f for f in features_of(material(shipped())) if f["properties"]["table"] == "facts"]
    assert len(facts) == len(shipped()["facts"])
    assert {f["geometry"] for f in facts} == {None}
    toy_facts = {
        f["id"]: f["properties"] for f in features_of(material()) if f["properties"]["table"] == "facts"
    }
    assert toy_facts["F-T1-001"]["polygon_ids"] == ["AAA", "CCC"]
    assert toy_facts["F-T1-004"]["rank"] == "deprecated"
    assert [toy_facts[name]["current"] for name in toy_facts] == [True, True, False, False]


def test_an_actor_without_country_takes_that_of_its_home() -> None:
    tables = {name: frame.copy() for name, frame in toy().items()}
    tables["actors"].loc[6, "home"] = "CCC"  # the press
    tables["facts"].at[0, "givers"] = ("ccc-press", "pact")
    first = next(f for f in features_of(material(tables)) if f["id"] == "F-T1-001")
    assert first["properties"]["polygon_ids"] == ["CCC"]


def test_crossing_the_meridian() -> None:
    # 170 E to 170 W: 20 degrees east, not 340 west; half way at the meridian, so half the latitude
    assert line((170.0, 10.0), (-170.0, 20.0)) == {
        "type": "MultiLineString",
        "coordinates": [[[170.0, 10.0], [180.0, 15.0]], [[-180.0, 15.0], [-170.0, 20.0]]],
    }
    assert line((-175.0, 0.0), (170.0, 15.0)) == {
        "type": "MultiLineString",
        "coordinates": [[[-175.0, 0.0], [-180.0, 5.0]], [[180.0, 5.0], [170.0, 15.0]]],
    }
    assert line((-90.0, 0.0), (90.0, 0.0))["type"] == "LineString"


degrees = st.floats(-180, 180, allow_nan=False).map(lambda x: round(x, 6))


@given(degrees, degrees, st.floats(-90, 90), st.floats(-90, 90))
def test_no_piece_spans_half_the_globe_and_all_stay_on_the_map(x0, x1, y0, y1) -> None:
    found = line((x0, y0), (x1, y1))
    pieces = found["coordinates"] if found["type"] == "MultiLineString" else [found["coordinates"]]
    for piece in pieces:
        assert abs(piece[1][0] - piece[0][0]) <= 180
        assert all(-180 <= x <= 180 and min(y0, y1) - 1e-9 <= y <= max(y0, y1) + 1e-9 for x, y in piece)
    assert pieces[0][0] == [x0, y0]
    assert pieces[-1][1] == [x1, y1]


@pytest.mark.parametrize("text", ["{", "[]", '{"type": "FeatureCollection"}', '{"features": [1]}'])
def test_other_files_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "out").write_text(text, encoding="utf-8")
    with pytest.raises(HeartlandInputError, match=r"is (not valid JSON|no FeatureCollection)"):
        read("geojson", tmp_path / "out")
