"""Questions about routes: words understood, closures, bottleneck, comparisons that a text has otherwise."""

import math

import pytest

from heartland.errors import HeartlandInputError
from heartland.region.corridor_answers import ends_of, route_answer
from heartland.region.corridor_records import corridors_of, path_of
from heartland.region.corridor_text import answer_lines, answer_rows, corridor_row, corridor_text, to_json
from heartland.region.corridors import route_graph
from heartland.region.region import Region

REGION = Region.load("central-asia")
DAY = "2021-12-31"


@pytest.mark.parametrize(("word", "places"), [
    ("kashgar", ("kashgar",)), ("Kashgar", ("kashgar",)), ("Dostyk", ("dostyk",)), ("baku", ("alat",)),
    ("IND", ("delhi", "mumbai")), ("Kazakhstan", ("almaty", "astana")), ("New Delhi", ("delhi", "mumbai"))])
def test_a_place_is_known_by_id_name_state_and_capital(word, places):
    assert tuple(sorted(ends_of(REGION, route_graph(REGION, DAY), word).places)) == places


def test_an_unknown_place_is_refused_with_near_matches():
    with pytest.raises(HeartlandInputError) as error:
        route_answer(REGION, "mumbay", "tashkent", at=DAY)
    assert str(error.value) == (
        '"mumbay" is no place of the route graph. A way needs two of its places. Did you mean mumbai? '
        "Places: heartland corridors list --places.")


def test_one_place_twice_is_refused():
    with pytest.raises(HeartlandInputError, match='"CHN" and "xian" are one place'):
        route_answer(REGION, "CHN", "xian", at=DAY)


def test_an_unknown_closure_is_refused():
    with pytest.raises(HeartlandInputError, match='"RUSS" is no leg, state, corridor, place or mode'):
        route_answer(REGION, "duisburg", "bishkek", at=DAY, closed=["RUSS"])


@pytest.mark.parametrize("shut", ["L007", "KAZ", "K02", "khorgos", "road"])
def test_nothing_closed_is_used(shut):
    answer = route_answer(REGION, "xian", "tashkent", at=DAY, closed=[shut])
    legs = {leg for way in answer.ways for leg in way.legs}
    corridor = answer.corridors.get(shut)
    assert answer.ways
    for leg in (answer.graph.legs[name] for name in legs):
        assert shut not in (leg.id, leg.start, leg.end, leg.mode, *leg.controllers)
        assert corridor is None or leg.id not in corridor.legs


def test_shares_sum_to_one_and_fall_with_weight():
    answer = route_answer(REGION, "CHN", "UZB", at=DAY)
    assert math.isclose(sum(answer.shares), 1)
    assert list(answer.shares) == sorted(answer.shares, reverse=True)


def test_the_bottleneck_is_the_state_whose_closure_costs_most():
    answer = route_answer(REGION, "CHN", "UZB", at=DAY)
    assert answer.closings[0].state == "KAZ"
    again = route_answer(REGION, "CHN", "UZB", at=DAY, closed=["KAZ"])
    assert math.isclose(again.ways[0].cost - answer.ways[0].cost, answer.closings[0].cost)
    assert answer.closings[0].ways_left == sum("KAZ" not in way.states for way in answer.ways)


def test_the_comparison_that_a_text_has_the_wrong_way_round_is_told_where_it_applies():
    told = route_answer(REGION, "mumbai", "st-petersburg", at=DAY)
    assert [(said.issue, said.corridors) for said in told.said] == [("I21", ("K10", "K20"))]
    line = next(line for line in answer_lines(told) if line.startswith("Said otherwise"))
    assert "K10 11,401 usd, 13.3 days, 6,980 km; K20 2,663 usd, 23.1 days, 13,800 km" in line
    assert not route_answer(REGION, "CHN", "UZB", at=DAY).said


def test_no_open_way_says_which_legs_are_shut():
    lines = answer_lines(route_answer(REGION, "delhi", "kabul", at=DAY))
    assert lines[1] == "No way is open. None is open without the closures either."
    assert "L085 closed-to-transit, L084 closed-to-transit" in lines[2]


def test_pipelines_are_ordered_by_length_and_their_cost_is_unknown():
    answer = route_answer(REGION, "galkynysh", "khorgos", at=DAY)
    assert answer.by == "km"
    assert to_json(answer)["ways"][0]["cost_usd_20t"] is None
    assert "days and cost unknown" in answer_lines(answer)[1]


def test_the_answer_has_at_most_ten_lines_and_rows_for_each_leg():
    answer = route_answer(REGION, "mumbai", "st-petersburg", at=DAY, closed=["IRN"])
    assert len(answer_lines(answer)) <= 10
    assert len(answer_rows(answer)) == sum(len(way.legs) for way in answer.ways)


def test_every_corridor_is_shown_with_a_path_or_a_reason():
    graph = route_graph(REGION, DAY)
    known = corridors_of(REGION, graph.at)
    assert len(known) == 24
    for item in known.values():
        assert path_of(graph, item) is not None or item.no_path, item.id
        assert item.spells, item.id
        assert corridor_row(graph, item)[0] == item.id
        assert corridor_text(graph, item)[0].startswith(item.id)
    assert known["K05"].stage == "idea"
    later = corridors_of(REGION, route_graph(REGION, "2025-06-30").at)
    assert (later["K05"].stage, later["K09"].stage, later["K15"].stage) == ("building", "closed", "building")
