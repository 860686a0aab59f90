"""Random numbers of several blocks side by side, drawn as the steps come.

Streams are those of `core.noise`: the numbers of a block do not depend on its neighbours here, nor on how
many steps are held at a time. A stream is held for a window of steps, so that memory does not grow with the
length of a run. A place in a stream of uniforms can be reached directly; normals take a varying number of
bits each, so the place where a window ended is noted, and an earlier window is drawn again from the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from heartland.core.noise import MEMBERS_PER_BLOCK, Noise, Places

__all__ = ["WINDOWS", "Draws", "Steps"]

Floats: TypeAlias = NDArray[np.float64]

# Fewest steps held of a stream, and bytes up to which more are: a further window of normals costs its notes.
WINDOWS = {"normal": (20, 10 << 20), "uniform": (12, 2 << 20)}


class Steps:
    """One stream of some blocks, (slot, member) in each step; nothing is drawn before it is asked for."""

    def __init__(
        self, noises: Sequence[Noise], kind: str, mechanism: str, name: str, slots: tuple[str, ...]
    ) -> None:
        self._noises, self._kind, self._named = noises, kind, (mechanism, name, slots)
        self._steps, self._width = noises[0].steps, MEMBERS_PER_BLOCK * len(noises)
        fewest, most = WINDOWS[kind]
        self._many = min(self._steps, max(fewest, most // (8 * self._width * max(len(slots), 1))))
        # (slot, block, step, 64): each slot of a block is drawn into its place at once
        self._held: Floats | None = None
        self._window = range(0)
        self._ends: Places = np.empty((len(noises), len(slots), 6), dtype=np.uint64)
        self._last: tuple[int, Floats] | None = None

    @property
    def drawn(self) -> bool:
        """Whether any number of this stream has been drawn."""
        return self._held is not None

    def at(self, step: int) -> Floats:
        """Numbers of a step, float64 (slot, member), not to be written to; the first step is 1.

        Raises
        ------
        IndexError
            For a step that the run does not have.
        """
        if self._last is None or self._last[0] != step:
            place = step - 1
            held = self._draw(place) if self._held is None or place not in self._window else self._held
            numbers = held[:, :, place - self._window.start].copy()
            self._last = (step, numbers.reshape(len(numbers), self._width))
        return self._last[1]

    def forget(self) -> None:
        """Give back the memory of the numbers held."""
        self._held = self._last = None
        self._window = range(0)

    def _draw(self, place: int) -> Floats:
        """Hold the window in which a step lies, its place counted from 0."""
        if not 0 <= place < self._steps:
            raise IndexError(f"step {place + 1} of a run of {self._steps}")
        if self._held is None:
            shape = (len(self._named[2]), len(self._noises), self._many, MEMBERS_PER_BLOCK)
            self._held = np.empty(shape)
        first = place - place % self._many
        # normals of the windows between are drawn on the way, from the start if the step has passed
        on = self._window.stop if place >= self._window.stop else 0
        for begin in range(on if self._kind == "normal" else first, first + 1, self._many):
            self._fill(self._held, begin)
        return self._held

    def _fill(self, held: Floats, begin: int) -> None:
        """Draw the window that begins at a place."""
        self._window = range(begin, min(begin + self._many, self._steps))
        for number, (noise, ends) in enumerate(zip(self._noises, self._ends, strict=True)):
            own = held[:, number, : len(self._window)]
            if self._kind == "uniform":
                noise.uniform_steps(*self._named, begin, own)
            else:
                more = self._window.stop < self._steps
                noise.normal_steps(*self._named, own, ends if begin else None, ends if more else None)


class Draws:
    """All random numbers of some blocks side by side.

    Parameters
    ----------
    seed : seed of the run, in [0, 2**64)
    steps : number of steps of the longest run that will ask, >= 1
    blocks : block numbers, in the order of the members on the last axis
    """

    def __init__(self, seed: int, steps: int, blocks: Sequence[int]) -> None:
        self._noises = [Noise(seed, steps, block) for block in blocks]
        self._streams: dict[tuple[str, str, str, tuple[str, ...]], Steps] = {}

    def stream(self, kind: str, mechanism: str, name: str, slots: Sequence[str]) -> Steps:
        """One stream, the same object whoever asks.

        kind : `normal` (standard) or `uniform` on [0, 1);  slots : as for `Noise.normal`
        """
        key = (kind, mechanism, name, tuple(slots))
        if key not in self._streams:
            self._streams[key] = Steps(self._noises, *key)
        return self._streams[key]

    def forget(self) -> None:
        """Give back the memory of all numbers; what is asked for later is drawn again."""
        for stream in self._streams.values():
            stream.forget()
