"""GeoJSON has caps of its own; what JSON is refused for is in `test_fuzz.py`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from heartland.core.jsonio import read_geojson
from heartland.errors import HeartlandInputError
from heartland.evidence.export import read
from heartland.region.reading import find_region

WHY = "Caps keep a broken or hostile file from filling the memory. If the file is meant to be this large, set"
LINE = {"type": "LineString", "coordinates": [[70.5, 40], [71, 41.5], [72, 42]]}
FILE = {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": LINE, "properties": {}}]}


def test_points_and_bytes_are_capped_and_the_caps_can_be_raised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.geojson"
    path.write_text(json.dumps(FILE))
    assert read_geojson(path) == FILE
    monkeypatch.setenv("HEARTLAND_LIMIT_GEOJSON_VERTICES", "2")
    for load in (read_geojson, lambda path: read("geojson", path)):
        with pytest.raises(HeartlandInputError) as caught:
            load(path)
        assert str(caught.value) == (
            f"x.geojson  the file has 3 points, above the limit of 2. {WHY} "
            "HEARTLAND_LIMIT_GEOJSON_VERTICES to a higher number."
        )
    monkeypatch.setenv("HEARTLAND_LIMIT_GEOJSON_BYTES", "50")
    with pytest.raises(HeartlandInputError) as caught:
        read_geojson(path)
    assert str(caught.value) == (
        f"x.geojson  the file has more than 50 bytes, above the limit of 50. {WHY} "
        "HEARTLAND_LIMIT_GEOJSON_BYTES to a higher number."
    )


def test_the_map_of_a_region_is_read_under_these_caps(monkeypatch: pytest.MonkeyPatch) -> None:
    from heartland.region.region import Region
    from heartland.report.places import basemap_of

    region = Region.load(find_region("central-asia"))
    assert basemap_of(region)[0] is not None
    monkeypatch.setenv("HEARTLAND_LIMIT_GEOJSON_VERTICES", "100")
    with pytest.raises(HeartlandInputError, match=r"^basemap\.topo\.json  the file has .* points, above"):
        basemap_of(region)
