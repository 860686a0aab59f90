"""The clock counts every moment once, changes no bit, and is gone afterwards."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from heartland.runs import job as working
from heartland.runs import profile as module
from heartland.runs.job import Job
from heartland.runs.profile import Clock, profile
from heartland.runs.run import planned
from heartland.scenarios.scenario import Scenario
from heartland.scenarios.validate import load_region

SHORT = replace(Scenario.load(load_region("central-asia"), "kazakhstan-2022"), months=3, outcomes=())


@pytest.fixture
def hand(monkeypatch):
    """A clock whose hand moves when it is told to."""
    now = [0.0]
    monkeypatch.setattr(module.time, "perf_counter", lambda: now[0])
    return now


def test_time_counts_for_the_innermost_part_and_only_for_it(hand):
    clock = Clock()

    def inner() -> str:
        hand[0] += 2
        return "made"

    timed = clock.around("inner", inner)
    hand[0] += 1
    with clock.part("outer"):
        hand[0] += 4
        assert timed() == "made"
        hand[0] += 8
    assert clock.stop() == 15
    assert clock.seconds == {"other": 1, "outer": 12, "inner": 2}
    assert clock.calls == {"inner": 1}


def test_a_part_that_fails_is_counted_and_left(hand):
    clock = Clock()

    def fails() -> None:
        hand[0] += 3
        raise ArithmeticError

    with pytest.raises(ArithmeticError), clock.part("outer"):
        clock.around("inner", fails)()
    hand[0] += 1
    assert clock.stop() == 4
    assert clock.seconds["inner"] == 3
    assert clock.seconds["other"] == 1


def test_the_clock_changes_no_bit_and_is_taken_off():
    before = [getattr(working, name) for name in ("Draws", "bind", "Running")]
    plans = tuple(request.plan for request in planned([SHORT, SHORT.baseline()], 64, 1, "outcomes"))
    bare = Job(plans)(0)
    clock = Clock()
    with module._installed(clock):
        timed = Job(plans)(0)
    assert [getattr(working, name) for name in ("Draws", "bind", "Running")] == before
    for own, other in zip(bare, timed, strict=True):
        for name in own:
            assert np.array_equal(own[name], other[name], equal_nan=own[name].dtype.kind == "f"), name
    assert {"noise", "inputs", "recording"} <= set(clock.calls)


def test_the_parts_add_up_to_the_whole():
    found = profile(SHORT, members=64)
    assert [part.name for part in found.parts] == [
        "import", "load", "compile", "mechanisms", "inputs", "noise", "recording", "loop", "store", "answer",
        "other",
    ]  # fmt: skip
    assert sum(part.seconds for part in found.parts) == pytest.approx(found.total)
    assert sum(part.share for part in found.parts) == pytest.approx(1)
    assert all(part.seconds > 0 for part in found.parts if part.name != "answer")
    called = next(part for part in found.parts if part.name == "mechanisms")
    assert sum(part.seconds for part in found.mechanisms) == pytest.approx(called.seconds)
    assert sum(part.calls for part in found.mechanisms) == called.calls
    known = {name for request in planned([SHORT], 64, 1, "outcomes") for name in request.plan.mechanisms}
    assert {part.name for part in found.mechanisms} <= known
    assert found.overhead == pytest.approx(found.timed / found.bare - 1)
