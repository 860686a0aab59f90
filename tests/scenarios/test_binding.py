"""Streams are drawn when first asked for and stand on the axes of their mechanism."""

import numpy as np

from heartland.core.draws import Draws
from heartland.core.noise import Noise
from heartland.scenarios.binding import Stream

SLOTS = tuple("abcdef")


def test_a_stream_is_drawn_only_when_asked_and_put_on_its_axes():
    steps = Draws(3, 4, (0, 1)).stream("uniform", "trade", "uniform", SLOTS)
    stream = Stream(steps, (2, 3))
    assert not steps.drawn
    alone = [Noise(3, 4, block).uniform("trade", "uniform", SLOTS) for block in (0, 1)]
    whole = np.concatenate(alone, axis=-1)
    for step in (1, 2, 4, 3):
        np.testing.assert_array_equal(stream.at(step), whole[step - 1].reshape(2, 3, 128))
    assert steps.drawn
