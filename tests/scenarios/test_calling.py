"""Calling on few members gives the bits of calling on all; the same arrays are not worked through twice."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from heartland.dynamics.mechanism import Event
from heartland.errors import HeartlandError
from heartland.scenarios.binding import Bound
from heartland.scenarios.calling import call, concerned

WIDTH = 8


def members(**arrays):
    blank = np.zeros((2, WIDTH))
    return SimpleNamespace(dt=0.25, width=WIDTH, blank={"never": blank}, said={}, beside={}, kin=frozenset(),
                           struck={}, get={**arrays, "never": blank}.__getitem__)  # fmt: skip


def bound(function, reads, idle=(), noise=None, parameters=None):
    record = SimpleNamespace(id="by-hand", function=function, reads=reads, idle=idle, uses_dt=False)
    return Bound(record, parameters or {}, noise or {})


def happening(*places):
    found = np.zeros((2, WIDTH))
    for place in places:
        found[place] = 1.0
    return found


def test_only_members_to_whom_something_happens_are_concerned() -> None:
    some = members(hit=happening((0, 6), (1, 2)), other=happening((1, 2), (0, 3)))
    item = bound(None, (), idle=("hit", "other", "never"))
    assert concerned(some, item).tolist() == [2, 3, 6]
    assert concerned(some, bound(None, ())) is None
    assert concerned(some, bound(None, (), idle=("never",))).tolist() == []


def test_a_state_is_looked_through_anew_once_it_is_another_array() -> None:
    held = {"hit": happening((0, 6)), "one": np.ones((2, 1))}
    some = SimpleNamespace(width=WIDTH, blank={}, struck={}, get=held.__getitem__)
    item = bound(None, (), idle=("hit",))
    assert concerned(some, item).tolist() == [6, 7]
    held["hit"] = happening((1, 2), (0, 4))
    assert concerned(some, item).tolist() == [2, 4]
    assert concerned(some, bound(None, (), idle=("hit", "one"))) is None


def test_a_single_member_takes_a_neighbour_along() -> None:
    assert concerned(members(hit=happening((0, 7))), bound(None, (), idle=("hit",))).tolist() == [0, 7]


def test_when_most_are_concerned_all_are() -> None:
    many = members(hit=happening(*((0, place) for place in range(5))))
    assert concerned(many, bound(None, (), idle=("hit",))) is None


def test_results_of_few_stand_among_zeros_and_an_event_keeps_its_account() -> None:
    def law(hit, level, *, size):
        chance = 0.5 * hit
        return {"level": {"push": hit * level * size}, "event": Event(hit > 0, chance, {"base": chance[:1]})}

    some = members(hit=happening((0, 2), (1, 5)), level=np.arange(16.0).reshape(2, 8))
    item = bound(law, ("hit", "level"), idle=("hit",), parameters={"size": np.full(WIDTH, 3.0)})
    few = call(some, item, 1)
    some.said.clear()
    whole = call(some, item, 1, thorough=True)
    np.testing.assert_array_equal(few["level"]["push"], whole["level"]["push"])
    np.testing.assert_array_equal(few["event"].occurs, whole["event"].occurs)
    assert few["event"].chosen.tolist() == [2, 5]
    np.testing.assert_array_equal(few["event"].probability, whole["event"].probability[:, [2, 5]])
    assert whole["event"].chosen is None


def test_the_same_arrays_are_not_worked_through_twice() -> None:
    calls = []

    def law(level):
        calls.append(1)
        return {"level": -level}

    some, item = members(level=np.ones((2, WIDTH))), bound(law, ("level",))
    first = call(some, item, 1)
    assert call(some, item, 2) is first
    again = members(level=np.ones((2, WIDTH)))
    again.said = some.said
    call(again, item, 3)
    assert len(calls) == 2


def test_with_random_numbers_every_step_is_a_call_of_its_own() -> None:
    calls = []

    def law(level, *, noise):
        calls.append(1)
        return {"level": level * noise}

    stream = SimpleNamespace(at=lambda step: np.full((2, WIDTH), float(step)))
    some, item = members(level=np.ones((2, WIDTH))), bound(law, ("level",), noise={"noise": stream})
    assert call(some, item, 1)["level"].max() == 1.0
    assert call(some, item, 2)["level"].max() == 2.0
    assert len(calls) == 2


def test_where_nobody_is_concerned_nothing_is_called() -> None:
    def law(hit):
        raise AssertionError

    item = bound(law, ("hit",), idle=("hit",))
    assert call(members(hit=happening()), item, 1) == {}


def test_where_an_event_happens_to_nobody_not_even_inputs_are_made() -> None:
    some = members()
    made = []
    plain = some.get
    some.get = lambda name: made.append(name) or plain(name)
    assert call(some, bound(None, ("never", "dear"), idle=("never",)), 1) == {}
    assert set(made) == {"never"}


@pytest.mark.parametrize(
    ("noisy", "kin", "step", "shared"),
    [
        (False, True, 1, True),
        (False, True, 2, True),
        (True, True, 1, True),
        (True, True, 2, False),
        (False, False, 1, False),
    ],
)
def test_what_the_run_beside_made_of_the_same_arrays_is_taken(noisy, kin, step, shared) -> None:
    calls = []

    def law(level, **_):
        calls.append(1)
        return {"level": -level}

    level = np.ones((2, WIDTH))
    stream = SimpleNamespace(at=lambda step: np.full((2, WIDTH), float(step)))
    item = bound(law, ("level",), noise={"noise": stream} if noisy else None)
    first, second = members(level=level), members(level=level)
    second.beside, second.kin = first.said, frozenset({"by-hand"} if kin else ())
    made = call(first, item, 1)
    assert (call(second, item, step) is made) == shared
    assert len(calls) == (1 if shared else 2)
    third = members(level=np.ones((2, WIDTH)))
    third.beside, third.kin = second.beside, second.kin
    call(third, item, step)
    assert len(calls) == (2 if shared else 3), "other arrays are worked through, whatever their numbers"


def test_a_failure_names_mechanism_and_step() -> None:
    def law(level):
        raise ZeroDivisionError("by hand")

    with pytest.raises(HeartlandError) as caught:
        call(members(level=np.ones((2, WIDTH))), bound(law, ("level",)), 7)
    assert str(caught.value) == "mechanism by-hand failed in step 7: by hand"
