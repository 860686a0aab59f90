"""The page and the maps of routes: same ways as the answer, data beside the picture, sources named."""

import json
import re

import pytest

from heartland.charts.routes import SLIM
from heartland.charts.theme import DARK
from heartland.region.corridor_answers import route_answer
from heartland.region.corridor_text import to_json
from heartland.region.corridors import route_graph
from heartland.region.region import Region
from heartland.report.routes import network_section, route_page, route_spec

REGION = Region.load("central-asia")
DAY = "2021-12-31"


@pytest.fixture(scope="module")
def answer():
    return route_answer(REGION, "CHN", "UZB", at=DAY, k=3)


@pytest.fixture(scope="module")
def shown(answer):
    return route_page(REGION, answer, command="heartland corridors route CHN UZB -k 3")


def rows(spec, kind):
    return [
        row for layer in spec["layer"] if layer["mark"]["type"] == kind
        for row in spec["datasets"][layer["data"]["name"]]
    ]


def test_thickness_is_the_share_of_the_goods(answer):
    spec = route_spec(REGION, answer)
    use = {row["leg"]: row["share"] for row in rows(spec, "line")}
    for name in {leg for way in answer.ways for leg in way.legs}:
        takers = [share for way, share in zip(answer.ways, answer.shares, strict=True) if name in way.legs]
        assert use[name] == pytest.approx(sum(takers))
    assert set(spec["description"].split("way ")[1:][0][:1]) == {"1"}
    assert spec["title"]["text"] == ["China (Xi'an) to Uzbekistan (Tashkent), 2021-12-31"]
    assert spec["title"]["subtitle"][0].startswith("1: ")


def test_every_way_has_its_number_on_a_leg_of_its_own(answer):
    labels = {row["text"] for row in rows(route_spec(REGION, answer), "text")}
    for number, share in enumerate(answer.shares, start=1):
        assert f"{number}: {share:.0%}" in labels


def test_a_closed_leg_is_drawn_with_its_sign_and_not_used():
    shut = route_answer(REGION, "CHN", "UZB", at=DAY, k=2, closed=["KAZ"])
    spec = route_spec(REGION, shut)
    standing = {row["leg"]: (row["status"], row["share"]) for row in rows(spec, "line")}
    closed = {name: use for name, (status, use) in standing.items() if name in shut.shut}
    assert closed
    assert set(closed.values()) == {0.0}
    assert "Closed: KAZ." in spec["title"]["subtitle"]


def test_no_way_is_a_map_of_the_way_that_is_shut():
    shut = route_answer(REGION, "CHN", "UZB", at=DAY, closed=["rail", "road", "sea", "air"])
    spec = route_spec(REGION, shut, surface=DARK, width=SLIM)
    assert "No way is open." in spec["title"]["subtitle"]
    assert {row["status"] for row in rows(spec, "line")} <= {"closed", "planned", "suspended"}


def test_the_page_holds_both_widths_the_ways_and_the_data(answer, shown):
    assert shown.count('role="img"') == 2
    assert '<div class="slim">' in shown
    assert "Ways from China (Xi&#39;an) to Uzbekistan (Tashkent)" in shown
    inert = re.search(r'<script type="application/json" id="data">(.*?)</script>', shown, re.S)
    assert json.loads(inert[1]) == json.loads(json.dumps(to_json(answer)))
    assert "route-natural-earth" in shown
    assert "lengths: assumption" in shown


def test_the_network_has_every_leg_in_its_table():
    section = network_section(REGION, route_graph(REGION, DAY))
    (figure,) = section.groups[0]
    assert len(figure.table.rows) == len(REGION.tables["legs"])
    assert "<svg" in str(figure.make())


def test_a_region_without_legs_has_no_map():
    graph = route_graph(REGION, DAY)
    assert network_section(REGION, type(graph)({}, {}, graph.rates, graph.at)) is None
