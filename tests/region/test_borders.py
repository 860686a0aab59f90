"""The shipped basemap: who administers test points, which lines are dashed when, where the file came from."""

import csv
import gzip
import importlib.util
import json
from pathlib import Path

import pytest

import heartland
from heartland.charts.basemap import Basemap
from heartland.charts.borders import disputes_at

FOLDER = Path(heartland.__file__).parent / "regions" / "central-asia"
FILE = FOLDER / "basemap" / "basemap.topo.json"
SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "build_basemap.py"


@pytest.fixture(scope="module")
def basemap():
    return Basemap.from_topojson(json.loads(FILE.read_text(encoding="utf-8")))


def rows():
    return list(
        csv.DictReader((FOLDER / "basemap" / "disputed.csv").read_text(encoding="utf-8").splitlines())
    )


@pytest.mark.parametrize(
    ("place", "lon", "lat", "area"),
    [
        ("Sukhumi", 41.02, 43.00, "GEO"),
        ("Tskhinvali", 43.97, 42.23, "GEO"),
        ("Stepanakert", 46.75, 39.82, "AZE"),
        ("Artsvashen", 45.53, 40.65, "ARM"),
        ("Srinagar", 74.80, 34.08, "IND"),
        ("Muzaffarabad", 73.47, 34.37, "PAK"),
        ("Gilgit", 74.31, 35.92, "PAK"),
        ("Siachen", 77.10, 35.50, "siachen"),
        ("Shaksgam", 76.70, 36.10, "CHN"),
        ("Aksai Chin", 79.50, 35.20, "CHN"),
        ("Demchok", 79.45, 32.70, "CHN"),
        ("Tawang", 91.87, 27.59, "IND"),
        ("Itanagar", 93.62, 27.08, "IND"),
        ("Doklam", 89.00, 27.28, "BTN"),
        ("Kalapani", 80.93, 30.22, "IND"),
        ("Vorukh", 70.59, 39.85, "TJK"),
        ("Sokh", 71.13, 39.96, "UZB"),
        ("Shohimardon", 71.80, 39.98, "UZB"),
        ("Termez", 67.28, 37.22, "UZB"),
        ("Baikonur", 63.30, 45.62, "KAZ"),
        ("Batken", 70.82, 40.06, "KGZ"),
        ("Osh", 72.80, 40.53, "KGZ"),
    ],
)
def test_points_are_administered_by(basemap, place, lon, lat, area):
    assert basemap.area_at(lon, lat) == area, place


def test_ids_are_filled_and_the_region_is_there(basemap):
    assert all(basemap.areas)
    with (FOLDER / "actors.csv").open(encoding="utf-8") as file:
        known = {row["iso3"] for row in csv.DictReader(file)}
    assert {"KAZ", "KGZ", "TJK", "TKM", "UZB", "RUS", "CHN", "AFG", "IRN", "AZE", "PAK", "IND"} <= set(
        basemap.areas
    )
    assert {"KAZ", "KGZ", "TJK", "TKM", "UZB", "RUS", "CHN", "AFG", "IRN", "AZE", "PAK", "IND"} <= known


def test_the_file_is_small_and_says_where_it_came_from(basemap):
    assert len(gzip.compress(FILE.read_bytes(), 9, mtime=0)) <= 150_000
    assert basemap.properties["source"].startswith("Natural Earth")
    assert "public domain" in basemap.properties["source"]
    assert len(basemap.properties["sha256"]) == 64
    assert [extra["name"] for extra in basemap.properties["added"]] == ["Shohimardon"]


def test_lines_in_dispute_are_dashed_between_their_dates(basemap):
    west, south, east, north = basemap.extent(("KAZ", "KGZ", "TJK", "TKM", "UZB"))
    view = (west - 1, south - 1, east + 1, north + 1)

    def ids(at):
        return {d.area_id for d in disputes_at(rows(), at, basemap, view)}

    assert {"kgz-tjk-line", "kgz-uzb-line", "line-of-control", "aksai-chin"} <= ids("2021-12-31")
    assert "kgz-uzb-line" not in ids("2024-01-01")
    assert "kgz-tjk-line" in ids("2025-03-12")
    assert "kgz-tjk-line" not in ids("2025-03-13")


def test_every_line_of_the_table_exists_on_the_map(basemap):
    for row in rows():
        drawn = row["line_de_facto"] != "none"
        found = disputes_at([row | {"from": "", "to": ""}], "2020-01-01", basemap, basemap.box)
        assert bool(found) == drawn, row["area_id"]
        for view in ("line_de_facto", "line_un"):
            for part in row[view].split(";"):
                pair = part.split()[1].split("|") if drawn else []
                assert not pair or frozenset(pair) in basemap.borders, row["area_id"]


def test_every_dispute_names_who_holds_it_and_where_that_is_from():
    for row in rows():
        assert row["name"], row
        assert row["holder"], row
        assert row["source"], row
        assert row["from"], row


def test_names_are_there_in_eight_languages_for_the_receivers():
    with (FOLDER / "names.csv").open(encoding="utf-8") as file:
        names = {(row["actor_id"], row["lang"]): row["name"] for row in csv.DictReader(file)}
    for actor in ("KAZ", "KGZ", "TJK", "TKM", "UZB", "RUS", "CHN"):
        assert all(names[actor, lang] for lang in ("en", "ru", "zh", "kk", "ky", "tg", "tk", "uz"))
    assert names["KGZ", "ru"] == "Кыргызстан"
    assert names["TUR", "en"] == "Türkiye"


def test_the_script_cuts_shares_arcs_and_adds_the_exclave(tmp_path):
    spec = importlib.util.spec_from_file_location("build_basemap", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    # KGZ is a square, KAZ the square north of it reaching out of the box, UZB a small square to the west
    world = {
        "type": "Topology",
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "objects": {
            "countries": {
                "geometries": [
                    {"type": "Polygon", "id": "417", "properties": {"name": "K"}, "arcs": [[0, 1]]},
                    {"type": "Polygon", "id": "398", "properties": {"name": "Z"}, "arcs": [[-1, 2]]},
                    {"type": "Polygon", "id": "860", "properties": {"name": "U"}, "arcs": [[3]]},
                    {"type": "Polygon", "id": "840", "properties": {"name": "far"}, "arcs": [[4]]},
                ]
            }
        },
        "arcs": [
            [[70, 42], [5, 0]],
            [[75, 42], [0, -5], [-5, 0], [0, 5]],
            [[70, 42], [0, 30], [5, 0], [0, -30]],
            [[60, 38], [1, 0], [0, 1], [-1, 0], [0, -1]],
            [[-100, 38], [1, 0], [0, 1], [-1, 0], [0, -1]],
        ],
    }
    source = tmp_path / "world.json"
    source.write_text(json.dumps(world))
    found = Basemap.from_topojson(script.build(source))
    assert set(found.areas) == {"KGZ", "KAZ", "UZB"}
    assert frozenset(("KGZ", "KAZ")) in found.borders
    assert frozenset(("KGZ", "UZB")) in found.borders
    assert found.area_at(71.80, 39.98) == "UZB"
    assert found.area_at(72.5, 55.0) == "KAZ"
    assert found.extent(["KAZ"])[3] == pytest.approx(60.0)
    assert script.build(source) == script.build(source)
