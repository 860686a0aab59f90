"""Streams are drawn when first asked for, once, and give the numbers of their step."""

import numpy as np

from heartland.scenarios.binding import Stream


def test_a_stream_is_drawn_once_and_only_when_asked():
    calls = []

    def draw():
        calls.append(1)
        return np.arange(2 * 6 * 4, dtype=np.float64).reshape(2, 6, 4)

    stream = Stream(draw, (2, 3))
    assert calls == []
    first, second = stream.at(1), stream.at(2)
    assert calls == [1]
    np.testing.assert_array_equal(first, np.arange(24.0).reshape(2, 3, 4))
    np.testing.assert_array_equal(second, np.arange(24.0, 48.0).reshape(2, 3, 4))
