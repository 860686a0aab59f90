"""Numbers of several blocks side by side are those of each block alone, whatever is held at a time."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartland.core import draws as drawing
from heartland.core.draws import WINDOW, Draws
from heartland.core.noise import Noise

SLOTS = ("A", "B>C", "")
FEW = (4, 0)


def alone(kind: str, seed: int, steps: int, blocks) -> np.ndarray:
    parts = [getattr(Noise(seed, steps, block), kind)("m", "s", SLOTS) for block in blocks]
    return np.concatenate(parts, axis=-1)


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(["normal", "uniform"]), seed=st.integers(0, 2**64 - 1),
    blocks=st.lists(st.integers(0, 2**20), min_size=1, max_size=3, unique=True),
    steps=st.integers(1, 40), data=st.data(),
)  # fmt: skip
def test_any_step_in_any_order(kind, seed, steps, blocks, data) -> None:
    whole = alone(kind, seed, steps, blocks)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing, "WINDOW", data.draw(st.sampled_from([FEW, WINDOW])))
        patch.setattr(drawing, "TOGETHER", data.draw(st.sampled_from([1, 1000, drawing.TOGETHER])))
        stream = Draws(seed, steps, blocks).stream(kind, "m", "s", SLOTS)
    for step in data.draw(st.lists(st.integers(1, steps), min_size=1, max_size=8)):
        np.testing.assert_array_equal(stream.at(step), whole[step - 1])


@pytest.mark.parametrize("kind", ["normal", "uniform"])
def test_memory_of_a_stream_does_not_grow_with_the_steps(kind, monkeypatch) -> None:
    monkeypatch.setattr(drawing, "WINDOW", FEW)

    def peak(steps: int) -> int:
        stream = Draws(1, steps, (0, 1)).stream(kind, "m", "s", many)
        tracemalloc.start()
        try:
            for step in range(1, steps + 1):
                stream.at(step)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    many = tuple(map(str, range(100)))
    bits = 4 * 2 * 64 * len(many) * 4
    assert bits <= peak(4)
    assert peak(80) < peak(8) + 10_000 < 7 * bits


@pytest.mark.parametrize("kind", ["normal", "uniform"])
def test_numbers_of_a_step_outlive_the_window(kind, monkeypatch) -> None:
    monkeypatch.setattr(drawing, "WINDOW", FEW)
    stream = Draws(1, 9, (5,)).stream(kind, "m", "s", SLOTS)
    kept = [stream.at(step) for step in range(1, 10)]
    np.testing.assert_array_equal(np.stack(kept), alone(kind, 1, 9, (5,)))


@pytest.mark.parametrize("kind", ["normal", "uniform"])
def test_numbers_cannot_be_written_to(kind) -> None:
    numbers = Draws(1, 9, (5,)).stream(kind, "m", "s", SLOTS).at(3)
    with pytest.raises(ValueError, match="read-only"):
        numbers[0, 0] = 0.0


@pytest.mark.parametrize("step", [0, 10])
@pytest.mark.parametrize("kind", ["normal", "uniform"])
def test_a_step_that_the_run_does_not_have_is_refused(kind, step, monkeypatch) -> None:
    monkeypatch.setattr(drawing, "WINDOW", FEW)
    stream = Draws(1, 9, (5,)).stream(kind, "m", "s", SLOTS)
    stream.at(9)
    with pytest.raises(IndexError, match=f"^step {step} of a run of 9$"):
        stream.at(step)


def test_a_longer_run_keeps_the_numbers_of_a_shorter_one() -> None:
    short, long = (Draws(7, steps, (2,)).stream("uniform", "m", "s", SLOTS) for steps in (5, 31))
    for step in range(1, 6):
        np.testing.assert_array_equal(short.at(step), long.at(step))


def test_who_asks_for_a_stream_gets_the_same_one() -> None:
    draws = Draws(1, 4, (0,))
    assert draws.stream("normal", "m", "s", SLOTS) is draws.stream("normal", "m", "s", list(SLOTS))
    assert draws.stream("normal", "m", "s", SLOTS) is not draws.stream("uniform", "m", "s", SLOTS)


@pytest.mark.parametrize("kind", ["normal", "uniform"])
def test_nothing_is_drawn_before_it_is_asked_for(kind) -> None:
    stream = Draws(1, 4, (0,)).stream(kind, "m", "s", SLOTS)
    assert not stream.drawn
    stream.at(1)
    assert stream.drawn


@pytest.mark.parametrize("kind", ["normal", "uniform"])
def test_what_was_forgotten_is_drawn_again(kind) -> None:
    draws = Draws(5, 30, (3,))
    stream = draws.stream(kind, "m", "s", SLOTS)
    before = stream.at(29).copy()
    draws.forget()
    assert not stream.drawn
    np.testing.assert_array_equal(stream.at(29), before)


@pytest.mark.parametrize("kind", ["normal", "uniform"])
def test_a_stream_without_slots_has_no_rows_but_all_members(kind) -> None:
    assert Draws(1, 3, (0, 1)).stream(kind, "m", "s", ()).at(2).shape == (0, 128)
