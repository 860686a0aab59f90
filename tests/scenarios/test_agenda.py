"""Which operations act in which step."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heartland.scenarios.agenda import Day, agenda_of
from heartland.scenarios.plan import Grid, Plan, Rules
from heartland.scenarios.schedule import Operation
from heartland.scenarios.state import Axes


def operation(action: str, first: int, last: int, variable: str = "x") -> Operation:
    return Operation(action, variable, (), 1.0, first, last, False, action)


@pytest.fixture
def plan() -> Plan:
    return Plan(
        scenario="toy", axes=Axes((), (), (), ()), dates=("d0", "d1", "d2", "d3"), dt=1.0, seed=1,
        mechanisms=(), start={}, statics={}, parameters={}, operations=(), rules=Rules({}, {}),
        grid=Grid((0,), (0,), (0,)), full=False, influence=None, volumes={}, totals={}, bases={}, money=(),
    )  # fmt: skip


def test_without_operations_every_day_is_empty(plan: Plan) -> None:
    assert agenda_of(plan) == (Day(),) * 4


def test_a_level_is_changed_at_the_first_step_and_looked_at_again_after_the_last(plan: Plan) -> None:
    shock = operation("shock", 1, 2)
    days = agenda_of(replace(plan, operations=(operation("clamp", 3, 3), shock)))
    assert [day.once for day in days] == [(), ((1, shock),), (), ((1, shock),)]


def test_clamps_and_absences_hold_from_the_first_step_to_the_last(plan: Plan) -> None:
    clamp, force, off = operation("clamp", 2, 3), operation("force", 2, 2), operation("off", 1, 2, "growth")
    days = agenda_of(replace(plan, operations=(clamp, force, off)))
    assert [day.held for day in days] == [(), (), (clamp, force), (clamp,)]
    assert [day.off for day in days] == [frozenset(), {"growth"}, {"growth"}, frozenset()]
