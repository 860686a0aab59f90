"""The ragged log of events: order, overflow, forced events, the three largest terms."""

from __future__ import annotations

import numpy as np

from heartland.dynamics.mechanism import Event
from heartland.scenarios.eventlog import CAPACITY, TOP, EventLog
from heartland.scenarios.state import EventKind

WAVE = EventKind("wave", "onset", "threat_mark", -1, 0, "M6", "")
SENT = EventKind("sent", "troops_sent", "", 0, 1, "M11", "")
ASKED = EventKind("asked", "request", "", 1, 0, "M11", "")
KINDS = (WAVE, SENT, ASKED)


def happened(shape, *places):
    found = np.zeros(shape)
    for place in places:
        found[place] = 1.0
    return found


def log(width=3, terms=None):
    return EventLog(KINDS, terms or {}, width)


def rows(book, member):
    found = book.arrays()
    names = ("event_step", "event_kind", "event_giver", "event_receiver", "event_mark")
    return [tuple(int(found[name][member, i]) for name in names) for i in range(found["n_events"][member])]


def test_events_stand_in_the_order_they_came_and_each_member_keeps_its_own():
    book = log()
    book.add(1, 0, happened((2, 3), (0, 2), (1, 2), (1, 0)), happened((2, 3), (1, 2)), None, None)
    book.add(1, 1, happened((2, 2, 3), (1, 0, 2)), None, None, None)
    book.add(4, 2, happened((2, 2, 3), (0, 1, 0)), None, None, None)
    assert rows(book, 0) == [(1, 0, -1, 1, 0), (4, 2, 1, 0, 0)]
    assert rows(book, 1) == []
    assert rows(book, 2) == [(1, 0, -1, 0, 0), (1, 0, -1, 1, 1), (1, 1, 1, 0, 0)]
    found = book.arrays()
    assert found["n_events"].tolist() == [2, 0, 3]
    assert found["events_dropped"].tolist() == [0, 0, 0]
    assert (found["event_step"][1] == -1).all()
    assert np.isnan(found["event_probability"]).all()
    assert found["event_step"].shape == (3, CAPACITY)
    assert found["event_term"].shape == (3, CAPACITY, TOP)


def test_a_step_without_events_leaves_no_trace():
    book = log()
    book.add(1, 0, np.zeros((2, 3)), np.ones((2, 3)), None, None)
    assert book.arrays()["n_events"].tolist() == [0, 0, 0]


def test_what_does_not_fit_is_counted_and_what_fits_is_kept():
    book = log(2)
    both = np.ones((3, 2))
    both[:, 1] = 0.0
    for step in range(1, 91):
        book.add(step, 0, both, None, None, None)
    book.add(91, 1, happened((2, 2, 2), (1, 1, 1)), None, None, None)
    found = book.arrays()
    assert found["n_events"].tolist() == [CAPACITY, 1]
    assert found["events_dropped"].tolist() == [270 - CAPACITY, 0]
    wanted = [(step, 0, -1, place, 0) for step in range(1, 91) for place in range(3)][:CAPACITY]
    assert rows(book, 0) == wanted
    book.add(92, 0, both, None, None, None)
    assert book.arrays()["events_dropped"].tolist() == [273 - CAPACITY, 0]


def event(probability, **terms):
    return Event(np.ones((2, 3), dtype=bool), probability, terms)


def test_the_three_largest_terms_by_size_and_the_chance_at_the_draw():
    names = ("base", "stress", "prices", "weak")
    book = log(3, {"onset": names})
    chance = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])
    terms = {
        "base": np.array([-3.0, -3.0, 1.0]), "stress": np.array([[0.5, 0.6, 0.7], [2.0, 2.1, 2.2]]),
        "prices": np.zeros((2, 1)), "weak": np.float64(-0.9),
    }  # fmt: skip
    book.add(1, 0, happened((2, 3), (0, 0), (1, 2)), None, event(chance, **terms), None)
    found = book.arrays()
    np.testing.assert_allclose(found["event_probability"][[0, 2], 0], [0.1, 0.6], rtol=1e-6)
    assert [names[i] for i in found["event_term"][0, 0]] == ["base", "weak", "stress"]
    np.testing.assert_allclose(found["event_value"][0, 0], [-3.0, -0.9, 0.5], rtol=1e-6)
    assert [names[i] for i in found["event_term"][2, 0]] == ["stress", "base", "weak"]
    np.testing.assert_allclose(found["event_value"][2, 0], [2.2, 1.0, -0.9], rtol=1e-6)
    assert (found["event_term"][1] == -1).all()


def test_fewer_than_three_terms_leave_the_rest_empty():
    book = log(3, {"onset": ("base",)})
    book.add(1, 0, happened((2, 3), (0, 0)), None, event(np.full((2, 3), 0.5), base=np.float64(-1)), None)
    found = book.arrays()
    assert found["event_term"][0, 0].tolist() == [0, -1, -1]
    assert found["event_value"][0, 0, 0] == -1
    assert np.isnan(found["event_value"][0, 0, 1:]).all()


def test_forced_events_have_no_chance_and_no_terms():
    book = log(3, {"onset": ("base",)})
    forced = happened((2, 3), (0, 0)) > 0
    drawn = event(np.full((2, 3), 0.25), base=np.float64(-1.0))
    book.add(1, 0, happened((2, 3), (0, 0), (1, 1)), None, drawn, forced)
    found = book.arrays()
    assert np.isnan(found["event_probability"][0, 0])
    assert found["event_term"][0, 0].tolist() == [-1, -1, -1]
    assert found["event_probability"][1, 0] == 0.25
    assert found["event_term"][1, 0, 0] == 0


def test_what_the_run_beside_has_logged_is_taken_over_and_nothing_else():
    first, hit, other = log(), happened((2, 3), (0, 2)), happened((2, 3), (1, 0))
    second = EventLog(KINDS, {}, 3, first)
    for step, mine in ((1, hit), (2, other), (3, hit)):
        first.add(step, 0, hit, None, None, None)
        second.add(step, 0, mine, None, None, None)
    assert rows(first, 2) == [(step, 0, -1, 0, 0) for step in (1, 2, 3)]
    assert rows(second, 2) == [(1, 0, -1, 0, 0), (3, 0, -1, 0, 0)]
    assert rows(second, 0) == [(2, 0, -1, 1, 0)]
    second.add(4, 0, hit, None, None, None)
    assert rows(second, 2)[-1] == (4, 0, -1, 0, 0), "the run beside has not logged this step"
