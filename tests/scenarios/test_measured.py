"""State of a system as its region measures it."""

from __future__ import annotations

import math
from typing import Any

import pytest
from tests.region.toy_region import copy_of_toy

from heartland.scenarios.measured import Measured, state_of
from heartland.scenarios.shelf import headlines
from heartland.scenarios.validate import load_region

ROWS = """system_id,kind,name,giver,receiver,other,part,says
defence,measure,influence,AAA,CCC,,,weight of the first power
defence,measure,influence,AAA,CCC,,economic,weight in trade
defence,measure,no-such-measure,AAA,CCC,,,nothing
defence,channel,presence,AAA,CCC,,,troops
defence,channel,presence,BBB,DDD,,,nobody has said
defence,indicator,gdp,,CCC,,,size
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: Any) -> list[Measured]:
    folder = copy_of_toy(
        tmp_path_factory.mktemp("measured"), [{"file": "system_measures.csv", "write": ROWS}]
    )
    return list(state_of(load_region(folder), "defence", "2020-12-31"))


def test_ties_and_indicators_come_first_and_equal_the_world(found, tmp_path) -> None:
    world = load_region(copy_of_toy(tmp_path)).at("2020-12-31")
    assert [item.kind for item in found] == ["channel", "channel", "indicator", *["measure"] * 3]
    tie, _, size = found[:3]
    assert (tie.value, tie.low, tie.high) == (3.0, 2.0, 4.0)
    assert (tie.evidence, tie.unit) == ("observed, 2020", "level")
    assert tie.records == ("O-021",)
    assert (size.value, size.low, size.high) == (
        world.indicator("CCC", "gdp").value, world.indicator("CCC", "gdp").low,
        world.indicator("CCC", "gdp").high,
    )  # fmt: skip


def test_unknown_stays_unknown_with_its_reason(found) -> None:
    gone = found[1]
    assert (gone.known, gone.bounded, gone.reason) == (False, False, "unknown")
    assert math.isnan(gone.value)
    mistaken = next(item for item in found if item.name == "no-such-measure")
    assert mistaken.reason == '"no-such-measure" is not a measure.'


def test_each_number_names_the_command_that_shows_it(found) -> None:
    assert [item.command for item in found[:3]] == [
        "heartland evidence list observations --giver AAA --receiver CCC --channel presence",
        "heartland evidence list observations --giver BBB --receiver DDD --channel presence",
        "heartland evidence list observations --actor CCC --indicator gdp",
    ]
    whole, part = (item for item in found if item.name == "influence")
    assert whole.command == "heartland measure influence --at 2020-12-31 --receiver CCC --giver AAA"
    assert part.command.endswith("--by domain --giver AAA") or not part.known


def test_shipped_rows_name_what_the_region_has(region) -> None:
    """No row is unknown because of a slip in it; silence of the ledger is another matter."""
    starts = {system: str(region.model.start) for system in region.tables["systems"]["system_id"]}
    slips = ("is no", "is not", "no row")
    for system, start in starts.items():
        rows = list(state_of(region, system, start))
        assert rows, system
        assert [(system, r.name, r.reason) for r in rows if any(w in r.reason for w in slips)] == []
    assert set(headlines(region)) <= set(starts)
