"""Interactions against sums done by hand, and the cases where they must be nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from heartland.core.expressions import parse
from heartland.runs.run import run_all
from heartland.scenarios.composing import composition
from heartland.scenarios.interaction import Interaction, interactions
from heartland.scenarios.scenario import Outcome, Scenario


def asking(scenario: Scenario, **expressions: str) -> Scenario:
    outcomes = tuple(
        Outcome(name, "?", text, "probability" if "<" in text else "index", parse(text))
        for name, text in expressions.items()
    )
    return replace(scenario, outcomes=outcomes)


def found(one: Scenario, other: Scenario, *more: Scenario, members: int = 64) -> dict[str, Interaction]:
    made = composition(one, other, *more)
    together, base, *alone = run_all([made.together, made.baseline, *made.alone], members=members, seed=4)
    return {item.answer.id: item for item in interactions(together, base, alone)}


def test_a_patch_that_changes_nothing_meets_nothing(calm):
    tension = "value(tension, giver=CHN, receiver=RUS, at=end)"
    one = asking(
        calm.patch("shock(rivalry[giver=RUS], -2sd, at=start)", why="x", id="one"), level=tension,
        high=f"{tension} < .1",
    )  # fmt: skip
    nothing = calm.patch("scale(gdp[actor=RUS], 1.0, at=start)", why="x", id="nothing")
    for item in found(one, nothing).values():
        assert item.together.value != 0 or item.answer.unit == "probability"
        first = item.alone[0].difference
        assert (first.value, first.low, first.high) == (
            item.together.value, item.together.low, item.together.high,
        )  # fmt: skip
        assert item.alone[1].difference.value == 0
        rest = item.rest
        assert (rest.value, rest.low, rest.high, rest.sign) == (0.0, 0.0, 0.0, "none")


def test_changes_of_a_linear_state_add_up(calm):
    """Rivalry reverts to its mean and feels nothing else here: two shocks are felt as their sum."""
    asked = {"level": "value(rivalry, giver=RUS, at=end)"}
    one = asking(calm.patch("shock(rivalry[giver=RUS], +1sd, at=start)", why="x", id="one"), **asked)
    two = asking(calm.patch("shock(rivalry[giver=RUS], -.3sd, at=2022-03)", why="x", id="two"), **asked)
    item = found(one, two)["level"]
    assert item.alone[0].difference.value > 0 > item.alone[1].difference.value
    sums = sum(part.difference.value for part in item.alone)
    assert item.together.value == pytest.approx(sums, abs=1e-6)
    assert item.rest.value == pytest.approx(0, abs=1e-6)


def test_factors_of_one_product_meet_by_a_known_amount(calm):
    """Output times 1.1, 1.2 and 1.5 alone adds .1 + .2 + .5; together 1.98 - 1 = .98: .18 are left."""
    asked = {"output": "value(gdp, actor=RUS, at=2022-06) / 1e9"}
    factors = {"a": 1.1, "b": 1.2, "c": 1.5}
    made = [
        asking(calm.patch(f"scale(gdp[actor=RUS], {k}, at=start)", why="x", id=name), **asked)
        for name, k in factors.items()
    ]
    item = found(*made)["output"]
    tenth = item.alone[0].difference.value
    assert [part.difference.value / tenth for part in item.alone] == pytest.approx([1, 2, 5], rel=1e-4)
    assert item.together.value / tenth == pytest.approx(9.8, rel=1e-4)
    assert item.rest.value / tenth == pytest.approx(1.8, rel=1e-4)
    two = found(*made[:2])["output"]
    assert two.rest.value / tenth == pytest.approx(0.2, rel=1e-3), "1.32 - 1 - .1 - .2"
    assert list(two.to_json())[-3:] == ["alone", "together", "interaction"]
    assert two.to_json()["interaction"]["value"] == two.rest.value
    assert [part["scenario"] for part in two.to_json()["alone"]] == ["a", "b"]


def test_rows_add_up_over_the_members_that_every_run_can_answer(calm):
    asked = {"given": "value(tension, giver=CHN, receiver=RUS, at=end) given value(gdp, actor=RUS) > 3e12"}
    one = asking(calm.patch("scale(gdp[actor=RUS], 1.5, at=start)", why="x", id="one"), **asked)
    two = asking(calm.patch("shock(rivalry[giver=RUS], -2sd, at=start)", why="x", id="two"), **asked)
    item = found(one, two)["given"]
    assert item.n == 0
    assert item.to_json()["interaction"] == {
        "value": None, "low": None, "high": None, "p_sign": None, "sign": "none", "n": 0,
    }  # fmt: skip


def test_waits_without_end_say_nothing_unless_they_are_without_end_everywhere(calm):
    never = "first(troops-sent, giver=csto, receiver=KAZ)"
    one = asking(calm.patch("rule(csto.collective-response, never)", why="x", id="one"), wait=never)
    two = calm.patch("clamp(onset[receiver=KGZ], 0, at=2022-02)", why="x", id="two")
    item = found(one, two)["wait"]
    assert np.isinf(item.answer.spread.value)
    assert item.rest.value == 0
