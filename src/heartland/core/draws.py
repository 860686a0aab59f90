"""Random numbers of several blocks side by side, drawn as the steps come.

Streams are those of `core.noise`: the numbers of a block do not depend on its neighbours here, nor on how
many steps are held at a time. Uniforms are held for a window of steps, because a place in their stream can be
reached directly; normals take a varying number of bits each and are drawn for the whole run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from heartland.core.noise import MEMBERS_PER_BLOCK, Noise

__all__ = ["WINDOW", "Draws", "Steps"]

Floats: TypeAlias = NDArray[np.float64]

WINDOW = 12


class Steps:
    """One stream of some blocks, (slot, member) in each step; nothing is drawn before it is asked for."""

    def __init__(
        self, noises: Sequence[Noise], kind: str, mechanism: str, name: str, slots: tuple[str, ...]
    ) -> None:
        self._noises, self._kind, self._named = noises, kind, (mechanism, name, slots)
        self._held: Floats | None = None
        self._first = 0

    @property
    def drawn(self) -> bool:
        """Whether any number of this stream has been drawn."""
        return self._held is not None

    def at(self, step: int) -> Floats:
        """Numbers of a step, float64 (slot, member); the first step is 1.

        The array is good until a step of another window is asked for.
        """
        place = step - 1
        held = self._held
        if held is None or not self._first <= place < self._first + held.shape[0]:
            held = self._draw(place)
        numbers: Floats = held[place - self._first]
        return numbers

    def forget(self) -> None:
        """Give back the memory of the numbers held."""
        self._held = None

    def _draw(self, place: int) -> Floats:
        steps = self._noises[0].steps
        many = steps if self._kind == "normal" else min(WINDOW, steps)
        self._first = 0 if self._kind == "normal" else min(place - place % many, steps - many)
        if self._held is None:
            width = MEMBERS_PER_BLOCK * len(self._noises)
            self._held = np.empty((many, len(self._named[2]), width))
        for number, noise in enumerate(self._noises):
            own = self._held[..., number * MEMBERS_PER_BLOCK : (number + 1) * MEMBERS_PER_BLOCK]
            if self._kind == "normal":
                noise.normal_steps(*self._named, own)
            else:
                noise.uniform_steps(*self._named, self._first, own)
        return self._held


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
