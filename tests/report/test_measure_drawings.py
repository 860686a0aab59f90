"""Which pictures a table gets: split by kind of rows, the strongest rows, names and notes."""

from __future__ import annotations

import itertools
import math

import pandas as pd
import pytest

from heartland.charts.standings import MOST_ROWS
from heartland.charts.theme import Palette
from heartland.measures.block import COLUMNS
from heartland.measures.registry import get
from heartland.report.measure_drawings import drawings, two_powers
from heartland.report.measures import Names

PALETTE = Palette.from_rows([
    {"actor": "A", "light": "#132786", "dark": "#5A76C4", "dash": "8 3"},
    {"actor": "other", "light": "#8A8A8A", "dark": "#7C7F86", "dash": "3 6"},
])  # fmt: skip
NAMES = Names(PALETTE, {"A": "Aland", "B": "A union with a very long name"}, ("J", "K"), {"B": "UNI"})
BLANK = {"giver": "", "receiver": "", "other": "", "channel": "", "domain": "all", "date": "2020-12-31",
         "low": math.nan, "high": math.nan, "level": 0.9, "unit": "index", "n_used": 1, "n_missing": 0,
         "coverage": 1.0, "age": 0.0, "disagreement": math.nan, "data_grade": "B", "flags": ""}  # fmt: skip


def table(name, rows):
    frame = pd.DataFrame([{**BLANK, "measure": name, **row} for row in rows])
    return frame[list(COLUMNS)]


def drawn(name, rows):
    return drawings(table(name, rows), get(name), NAMES, "said")


def titles(found):
    return [" ".join(drawing.spec["title"]["text"]) for drawing in found]


def names_in(drawing):
    """Words that stand at the left of a ranking, from the top."""
    rows = {}
    for layer in drawing.spec["layer"]:
        if layer["mark"]["type"] == "text" and layer["encoding"]["text"]["field"] == "name":
            rows |= {row["y"]: row["name"] for row in drawing.spec["datasets"][layer["data"]["name"]]}
    return [rows[y] for y in sorted(rows)]


def test_ties_are_split_by_receiver_and_sorted():
    rows = [{"giver": g, "receiver": r, "value": v}
            for r in "JK" for g, v in (("A", 0.1), ("B", 0.4), ("C", math.nan))]  # fmt: skip
    found = drawn("influence", rows)
    assert titles(found) == ["Influence: J", "Influence: K"]
    assert names_in(found[0]) == ["UNI", "Aland", "C"]
    assert [row["giver"] for row in found[0].drawn] == ["B", "A"]
    assert len(found[0].rows) == 3


def test_ties_of_one_giver_are_one_picture():
    found = drawn("influence", [{"giver": "A", "receiver": r, "value": 0.1} for r in "JKL"])
    assert titles(found) == ["Influence: Aland"]
    assert sorted(names_in(found[0])) == ["J", "K", "L"]


def test_lower_is_first_where_it_is_stronger():
    rows = [{"giver": g, "receiver": "J", "value": v} for g, v in (("A", 2.0), ("B", 1.0))]
    assert names_in(drawn("influence.rank", rows)[0]) == ["UNI", "Aland"]


def test_domains_of_a_tie_are_a_profile():
    rows = [{"giver": g, "receiver": "J", "domain": d, "value": 0.1} for g in "ABCD" for d in ("x", "y")]
    (found,) = drawn("influence", rows)
    assert titles([found]) == ["Influence: J by domain"]
    assert "The first 3 of 4 givers; all are in the table." in found.spec["title"]["subtitle"]
    assert len(found.drawn) == 6


def test_channels_speak_for_their_domain():
    rows = [{"giver": "A", "receiver": "J", "domain": d, "channel": c, "value": 0.1}
            for d, c in (("x", "trade"), ("x", "debt"), ("y", "arms"))]  # fmt: skip
    (found,) = drawn("influence", rows)
    assert titles([found])[0].endswith("by channel")
    assert "trade" in found.spec["description"]


def test_both_orders_are_seen_from_the_regions_own_actors():
    rows = [{"giver": a, "receiver": b, "value": 1.0 if a == b else 0.5} for a in "JKA" for b in "JKA"]
    found = drawn("alignment.s", rows)
    assert titles(found) == ["Alignment, s: J", "Alignment, s: K"]
    assert sorted(names_in(found[0])) == ["Aland", "K"], "not with itself"
    (one,) = drawn("alignment.s", [row for row in rows if row["receiver"] == "A"])
    assert sorted(names_in(one)) == ["J", "K"]


def test_pairs_by_domain_name_both_powers():
    rows = [{"giver": "A", "other": o, "receiver": "J", "domain": d, "value": 0.5, "unit": "probability"}
            for o in "BC" for d in ("x", "y")]  # fmt: skip
    (found,) = drawn("division_of_labour.leader", rows)
    assert sorted(names_in(found)) == ["x: C", "x: UNI", "y: C", "y: UNI"]


def test_a_pair_says_which_way_it_goes():
    rows = [{"giver": g, "other": o, "receiver": "J", "value": 0.1} for g in "AB" for o in "CD"]
    (found,) = drawn("encroachment", rows)
    assert sorted(names_in(found)) == ["Aland to C", "Aland to D", "UNI to C", "UNI to D"]
    (even,) = drawn("division_of_labour", rows)
    assert "Aland and C" in names_in(even)


def test_routes_are_split_by_goods_and_say_through_whom():
    rows = [{"receiver": r, "other": o, "channel": c, "domain": "transport", "value": 0.1 * k}
            for k, (r, o, c) in enumerate(itertools.product("JK", "ABC", ("oil", "gas", "x")))]  # fmt: skip
    found = drawn("route.through", rows)
    assert titles(found) == ["Route, through: oil", "Route, through: gas", "Route, through: x"]
    assert all(" through " in name for name in names_in(found[0]))


def test_more_than_a_dozen_rows_show_the_strongest():
    rows = [{"giver": f"g{k}", "value": k / 100} for k in range(20)]
    (found,) = drawn("capability.cinc", rows)
    assert len(names_in(found)) == MOST_ROWS
    assert len(found.rows) == 20
    assert len(found.drawn) == MOST_ROWS


def test_receivers_through_the_years_stand_side_by_side_on_one_scale():
    rows = [{"receiver": r, "date": f"{y}-12-31", "value": v, "low": v / 2, "high": 2 * v}
            for r, v in (("J", 1.0), ("K", 3.0)) for y in (2019, 2020)]  # fmt: skip
    found = drawn("hedging.effective_number", rows)
    assert titles(found) == ["Hedging, effective number: J", "Hedging, effective number: K"]
    assert {str(d.spec["layer"][0]["encoding"]["y"]["scale"]["domain"]) for d in found} == {"[0.0, 6.0]"}


def test_only_the_strongest_lines_are_drawn():
    rows = [{"giver": f"g{k}", "receiver": "J", "date": f"{y}-12-31", "value": k / 10}
            for k in range(7) for y in (2019, 2020)]  # fmt: skip
    (found,) = drawn("influence", rows)
    assert {row["giver"] for row in found.drawn} == {"g3", "g4", "g5", "g6"}
    assert "3 more rows are in the table." in found.spec["title"]["subtitle"]


def test_a_network_has_one_row():
    (found,) = drawn("balance.walk", [{"value": 0.6}])
    assert names_in(found) == ["all actors"]


@pytest.mark.parametrize(
    ("p", "said"), [(1.0, "Aland, over 99 %"), (0.2, "C, 80 %"), (math.nan, "no order: coverage")])
def test_two_powers_say_how_sure_the_order_is(p, said):
    values = (("A", 0.5), ("C", 0.1))
    frame = table("influence", [{"giver": g, "receiver": "J", "value": v} for g, v in values])
    lead = table("influence.lead", [{"giver": "A", "other": "C", "receiver": "J", "value": p,
                                     "flags": "" if p == p else "nan:coverage"}])  # fmt: skip
    assert f"J: Aland 0.50, C 0.10, {said}." in two_powers(
        frame, lead, ("A", "C"), NAMES, "said").spec["description"]
