"""Random numbers of several blocks side by side, drawn as the steps come.

Streams are those of `core.noise`: the numbers of a block do not depend on its neighbours here, nor on how
many steps are held at a time. Random bits are held for a window of steps, so that memory does not grow with
the length of a run, and made numbers a few steps at a time; any place in a stream can be reached directly.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from heartland.core.noise import MADE, MEMBERS_PER_BLOCK, WORDS, Source, stream_keys

__all__ = ["TOGETHER", "WINDOW", "Draws", "Steps"]

Floats: TypeAlias = NDArray[np.float64]

# Fewest steps whose bits are held, and bytes up to which those of more are: to go to a place in the stream of
# a slot and block takes as long as to draw 200 numbers.
WINDOW = (30, 2 << 20)
# Numbers made at a time, if those of one step are not more: what they pass through stays in the cache.
TOGETHER = 1 << 15


class Steps:
    """One stream of some blocks, (slot, member) in each step; nothing is drawn before it is asked for."""

    def __init__(
        self, source: Source, seed: int, steps: int, blocks: Sequence[int], kind: str,
        named: tuple[str, str, tuple[str, ...]],
    ) -> None:  # fmt: skip
        self._source, self._numbers = source, MADE[kind]
        self._seed, self._steps, self._blocks, self._named = seed, steps, tuple(blocks), named
        self._shape = (len(named[2]), MEMBERS_PER_BLOCK * len(blocks))
        rows = max(1, len(blocks) * len(named[2]))
        fewest, most = WINDOW
        self._many = min(steps, max(fewest, most // (8 * WORDS * rows)))
        self._few = max(1, TOGETHER // (MEMBERS_PER_BLOCK * rows))
        # (step, slot, block, word), and numbers of some of these steps, (step, slot, member)
        self._words: NDArray[np.uint64] | None = None
        self._made: Floats | None = None
        self._window = self._ready = range(0)
        self._last: tuple[int, Floats] | None = None

    @property
    def drawn(self) -> bool:
        """Whether any number of this stream has been drawn."""
        return self._words is not None

    def at(self, step: int) -> Floats:
        """Numbers of a step, float64 (slot, member), that cannot be written to; the first step is 1.

        Raises
        ------
        IndexError
            For a step that the run does not have.
        """
        if self._last is None or self._last[0] != step:
            place = step - 1
            if place not in self._ready or self._made is None:
                self._make(place)
            assert self._made is not None
            self._last = (step, self._made[place - self._ready.start])
        return self._last[1]

    def forget(self) -> None:
        """Give back the memory of the numbers held."""
        self._words = self._made = self._last = None
        self._window = self._ready = range(0)

    def _make(self, place: int) -> None:
        """Have the numbers of a step ready, its place counted from 0, and of a few after it."""
        words = self._words
        if words is None or place not in self._window:
            words = self._draw(place)
        self._made = None
        self._ready = range(place, min(place + self._few, self._window.stop))
        begin = self._window.start
        own = words[self._ready.start - begin : self._ready.stop - begin]
        # an array of its own: whoever still holds numbers made before keeps them
        numbers = self._numbers(own)
        numbers.setflags(write=False)
        self._made = numbers.reshape(len(own), *self._shape)

    def _draw(self, place: int) -> NDArray[np.uint64]:
        """Hold the bits of the window in which a step lies."""
        if not 0 <= place < self._steps:
            raise IndexError(f"step {place + 1} of a run of {self._steps}")
        self.forget()
        first = place - place % self._many
        self._window = range(first, min(first + self._many, self._steps))
        keys = stream_keys(self._seed, *self._named)
        words = self._source.steps(keys, self._blocks, first, len(self._window))
        self._words = words.transpose(2, 0, 1, 3)
        return self._words


class Draws:
    """All random numbers of some blocks side by side.

    Parameters
    ----------
    seed : seed of the run, in [0, 2**64)
    steps : number of steps of the longest run that will ask, >= 1
    blocks : block numbers, in the order of the members on the last axis
    """

    def __init__(self, seed: int, steps: int, blocks: Sequence[int]) -> None:
        self._source, self._seed, self._steps, self._blocks = Source(), seed, steps, tuple(blocks)
        self._streams: dict[tuple[str, str, str, tuple[str, ...]], Steps] = {}

    def stream(self, kind: str, mechanism: str, name: str, slots: Sequence[str]) -> Steps:
        """One stream, the same object whoever asks.

        kind : `normal` (standard) or `uniform` on [0, 1);  slots : as for `Noise.normal`
        """
        key = (kind, mechanism, name, tuple(slots))
        if key not in self._streams:
            self._streams[key] = Steps(self._source, self._seed, self._steps, self._blocks, kind, key[1:])
        return self._streams[key]

    def forget(self) -> None:
        """Give back the memory of all numbers; what is asked for later is drawn again."""
        for stream in self._streams.values():
            stream.forget()
