"""Splits of changes: shared with a run beside for as long as both move alike, and the own sums after that."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartland.errors import HeartlandError
from heartland.scenarios.splits import Splits, member_first

PARTS = ("law", "rival", "bounds", "patch")
WIDTH = 4
STEPS = 6


def plan(why=(2, 4, 6), parts=PARTS):
    return SimpleNamespace(grid=SimpleNamespace(why=why), parts={"level": parts})


def splits(twin=None, **kwargs):
    return Splits(plan(**kwargs), {"level": (2, WIDTH)}, twin)


def size(value):
    return np.full((2, WIDTH), float(value))


def play(books, actions, leader=None, ahead=None):
    """One phase: what a mechanism adds, and what a patch does; follows the run ahead where both are alike."""
    books.begin()
    patch, law = actions
    if patch:
        books.patch("level", size(0), size(patch))
    alike = leader is not None and ahead == actions
    if law and not (alike and not patch and books.follow("level")):
        books.add("level", "law", size(law))
    books.end()


Phase = st.tuples(st.sampled_from([0, 0, 0, 2]), st.sampled_from([0, 1, 1, 3]))


@given(st.lists(st.tuples(Phase, Phase), min_size=STEPS, max_size=STEPS))
def test_what_is_booked_beside_another_run_is_what_is_booked_alone(story):
    first = splits()
    second = splits(first)
    alone = [splits(), splits()]
    for step, (mine, theirs) in enumerate(story, start=1):
        play(first, mine)
        play(second, theirs, first, mine)
        for books, actions in zip(alone, (mine, theirs), strict=True):
            play(books, actions)
        for books in (first, second, *alone):
            books.keep(step)
    for books, reference in zip((first, second), alone, strict=True):
        np.testing.assert_array_equal(books.arrays()["why_level"], reference.arrays()["why_level"])


def test_runs_that_move_alike_keep_one_array():
    first = splits()
    second = splits(first)
    for step in range(1, STEPS + 1):
        play(first, (0, 1))
        play(second, (0, 1), first, (0, 1))
        for books in (first, second):
            books.keep(step)
    mine, theirs = first.arrays()["why_level"], second.arrays()["why_level"]
    assert mine is theirs
    assert mine[0, :, PARTS.index("law"), 0].tolist() == [2.0, 4.0, 6.0]


@pytest.mark.parametrize("other", [{"why": (3, 6)}, {"parts": PARTS[:3]}])
def test_books_of_another_form_are_not_shared(other):
    first = splits()
    second = splits(first, **other)
    play(first, (0, 1))
    second.begin()
    assert not second.follow("level")


def test_an_unknown_part_is_refused_and_an_unrecorded_state_is_nobodys_business():
    books = splits()
    books.add("elsewhere", "law", size(1))
    books.patch("elsewhere", size(0), size(1))
    assert books.follow("elsewhere")
    with pytest.raises(HeartlandError) as caught:
        books.add("level", "whim", size(1))
    assert str(caught.value) == "whim of level is named only now and then"


def test_the_last_axis_comes_first():
    array = np.arange(2 * 50 * 3).reshape(2, 50, 3)
    turned = member_first(array)
    np.testing.assert_array_equal(turned, np.moveaxis(array, -1, 0))
    assert turned.flags.c_contiguous


def test_what_never_moved_has_the_bits_of_what_moved_for_others_only():
    # among members that a part has moved before, and among members that it has never moved
    begun, idle = splits(), splits()
    begun.begin()
    begun.add("level", "law", size(1) - size(1))
    for books in (begun, idle):
        books.begin()
        books.add("level", "law", -size(0))
        books.begin()
        books.keep(2)
    assert begun.arrays()["why_level"].tobytes() == idle.arrays()["why_level"].tobytes()
