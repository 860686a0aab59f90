"""One Philox stream per (seed, mechanism, stream, slot); a block of members drawn at once.

A stream's 128-bit key is BLAKE2b (16 bytes) over

    "heartland/noise/1" | seed as u64 LE | mechanism | stream | slot

where each of the three names is UTF-8 preceded by its length in bytes as u32 LE, so that no two
different triples hash the same bytes. The 256-bit counter starts at `block << 128`: its two high words hold
the block number, its two low words run, so the draws of two blocks never overlap. Each slot draws its
(steps, 64 members) in one call, steps first: a longer horizon keeps its prefix, and nobody's draws depend on
which other slots, streams or mechanisms exist. One generator is reused; its key and counter are set
through `state`, which gives the same bits as a fresh generator. A draw may also be made in windows of steps:
uniforms are reached directly, normals, which take a varying number of bits, go on from a noted place.

Normals and uniforms of one stream name come from the same bits: give them different stream names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from heartland.errors import HeartlandInputError

__all__ = [
    "MEMBERS_PER_BLOCK",
    "SMALLEST",
    "Noise",
    "Places",
    "check_keys",
    "parameter_uniforms",
    "stream_key",
    "stream_normals",
    "stream_uniforms",
]

MEMBERS_PER_BLOCK = 64

Floats: TypeAlias = NDArray[np.float64]
# Places in the streams of some slots, (slot, 6): counter, four numbers made ahead, how many of them are used.
Places: TypeAlias = NDArray[np.uint64]

# Philox makes four 64-bit numbers per value of its counter.
_PER_COUNTER = 4
_NOTHING_AHEAD = (0, 0, 0, 0)
# Normals that are drawn at a time to be passed over.
_PASSED = 1 << 16
_DOMAIN = b"heartland/noise/1"
# What an exact 0 becomes where a quantile function must stay finite: half the finest step of a uniform.
SMALLEST = 2.0**-54


def stream_key(seed: int, mechanism: str, stream: str, slot: str) -> bytes:
    """Philox key of one stream, 16 bytes; see the head of this module for what is hashed.

    Raises
    ------
    HeartlandInputError
        If seed is not an integer in [0, 2**64).
    """
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= seed < 2**64:
        raise HeartlandInputError.at(
            f"Seed {seed!r} is not a whole number from 0 to 2**64-1.",
            why="A run's random numbers are keyed by it.",
            fix="Give such a number, for example --seed 1.",
            check="seed",
        )
    hashed = blake2b(_DOMAIN, digest_size=16)
    hashed.update(int(seed).to_bytes(8, "little"))
    for name in (mechanism, stream, slot):
        text = name.encode()
        hashed.update(len(text).to_bytes(4, "little"))
        hashed.update(text)
    return hashed.digest()


@lru_cache(maxsize=1024)
def _keys(seed: int, mechanism: str, stream: str, slots: tuple[str, ...]) -> tuple[tuple[int, ...], ...]:
    keys = [stream_key(seed, mechanism, stream, slot) for slot in slots]
    if len(set(keys)) < len(keys):
        check_keys(seed, [(mechanism, stream, slots)])
    return tuple(_words(key) for key in keys)


def _words(key: bytes) -> tuple[int, ...]:
    return int.from_bytes(key[:8], "little"), int.from_bytes(key[8:], "little")


class _Source:
    """One generator that can be put at any place of any stream."""

    def __init__(self) -> None:
        # The seed given here is overwritten by the first `at`; without it NumPy would ask the system for one.
        self._bits = np.random.Philox(0)
        self._generator = np.random.Generator(self._bits)
        # Whole numbers of Python: NumPy takes them over three times as fast as the elements of arrays.
        self._place: dict[str, tuple[int, ...]] = {}
        self._state: Any = {
            "bit_generator": "Philox",
            "state": self._place,
            "buffer": _NOTHING_AHEAD,
            "buffer_pos": _PER_COUNTER,
            "has_uint32": 0,
            "uinteger": 0,
        }

    def at(self, key: tuple[int, ...], block: int, passed: int = 0) -> np.random.Generator:
        """The generator at a stream's start, or after so many whole groups of four 64-bit numbers."""
        return self._at(key, block, passed, _NOTHING_AHEAD, _PER_COUNTER)

    def resumed(self, key: tuple[int, ...], block: int, place: NDArray[np.uint64]) -> np.random.Generator:
        """The generator at a place noted by `note`."""
        passed, *ahead, used = place.tolist()
        return self._at(key, block, passed, ahead, used)

    def note(self, place: NDArray[np.uint64]) -> None:
        """Write down where the generator stands, (6,)."""
        state: Any = self._bits.state
        place[0], place[1:5], place[5] = state["state"]["counter"][0], state["buffer"], state["buffer_pos"]

    def _at(
        self, key: tuple[int, ...], block: int, passed: int, ahead: Sequence[int], used: int
    ) -> np.random.Generator:
        self._place["counter"] = (passed, 0, block & 0xFFFFFFFFFFFFFFFF, block >> 64)
        self._place["key"] = key
        self._state["buffer"], self._state["buffer_pos"] = ahead, used
        self._bits.state = self._state
        return self._generator


class Noise:
    """Random numbers of one block of 64 members.

    Parameters
    ----------
    seed : seed of the run, in [0, 2**64)
    steps : number of steps drawn for each slot, >= 0
    block : block number, >= 0; member m of the run is column m % 64 of block m // 64
    """

    def __init__(self, seed: int, steps: int, block: int) -> None:
        if steps < 0 or block < 0:
            raise ValueError(f"steps and block are counts, not {steps} and {block}")
        self.seed = seed
        self.steps = steps
        self.block = block
        self._source = _Source()

    def uniform_steps(
        self, mechanism: str, stream: str, slots: Sequence[str], first: int, into: Floats
    ) -> None:
        """The numbers that `uniform` gives from step `first` (the first step is 0) on.

        into : float64 (slot, steps, 64), filled; contiguous in each slot
        """
        # A uniform takes 64 bits, so every step begins on a counter.
        passed = first * MEMBERS_PER_BLOCK // _PER_COUNTER
        keys = _keys(self.seed, mechanism, stream, tuple(slots))
        for key, own in zip(keys, into, strict=True):
            self._source.at(key, self.block, passed).random(out=own)

    def normal_steps(
        self, mechanism: str, stream: str, slots: Sequence[str], into: Floats,
        begin: Places | None = None, end: Places | None = None,
    ) -> None:  # fmt: skip
        """The numbers that `normal` gives, from the first step on or from where an earlier draw ended.

        into : float64 (slot, steps, 64), filled; contiguous in each slot
        begin : places to go on from, as noted by an earlier draw;  end : filled with where this one ends
        """
        keys = _keys(self.seed, mechanism, stream, tuple(slots))
        for slot, (key, own) in enumerate(zip(keys, into, strict=True)):
            if begin is None:
                generator = self._source.at(key, self.block)
            else:
                generator = self._source.resumed(key, self.block, begin[slot])
            generator.standard_normal(out=own)
            if end is not None:
                self._source.note(end[slot])

    def normal(self, mechanism: str, stream: str, slots: Sequence[str]) -> Floats:
        """Standard normal draws.

        Parameters
        ----------
        mechanism, stream : mechanism id and name of its stream (`noise`, `noise_shock`, ...)
        slots : one id per slot: an actor, `giver>receiver`, `giver>receiver:channel`, ...

        Returns
        -------
        float64 (steps, slot, 64), C-contiguous, no unit; element [t] is ready to be passed to step t

        Raises
        ------
        HeartlandInputError
            If two slots have the same key.
        """
        drawn = np.empty((len(slots), self.steps, MEMBERS_PER_BLOCK))
        self.normal_steps(mechanism, stream, slots, drawn)
        return np.ascontiguousarray(drawn.swapaxes(0, 1))

    def uniform(self, mechanism: str, stream: str, slots: Sequence[str]) -> Floats:
        """Uniform draws on [0, 1); arguments, shape and errors as for `normal`."""
        drawn = np.empty((len(slots), self.steps, MEMBERS_PER_BLOCK))
        self.uniform_steps(mechanism, stream, slots, 0, drawn)
        return np.ascontiguousarray(drawn.swapaxes(0, 1))


def stream_normals(seed: int, mechanism: str, stream: str, slot: str, n: int, first: int = 0) -> Floats:
    """Standard normals `first` to `first` + n - 1 of one stream, float64 (n,); the first is number 0.

    A normal takes a varying number of bits, so those before are drawn too, some at a time.
    """
    source = _Source().at(_words(stream_key(seed, mechanism, stream, slot)), 0)
    for passed in range(0, first, _PASSED):
        source.standard_normal(min(_PASSED, first - passed))
    return source.standard_normal(n)


def stream_uniforms(seed: int, mechanism: str, stream: str, slot: str, n: int, first: int = 0) -> Floats:
    """Uniforms on [0, 1) `first` to `first` + n - 1 of one stream, float64 (n,); the first is number 0."""
    words = _words(stream_key(seed, mechanism, stream, slot))
    source = _Source().at(words, 0, first // _PER_COUNTER)
    source.random(first % _PER_COUNTER)
    return source.random(n)


def parameter_uniforms(seed: int, parameter_id: str, n: int, first: int = 0) -> Floats:
    """Uniforms for the prior draws of a parameter, indexed by draw, float64 (n,), in the open (0, 1).

    They are those of stream `parameter:<id>` with an empty mechanism and slot. An exact 0 becomes 2**-54, so
    that a quantile function stays finite. They are those of the draws `first` to `first` + n - 1.
    """
    drawn = stream_uniforms(seed, "", f"parameter:{parameter_id}", "", n, first)
    return np.maximum(drawn, SMALLEST, out=drawn)


def check_keys(seed: int, streams: Iterable[tuple[str, str, Iterable[str]]]) -> int:
    """Refuse two slots with the same key; to be called once when a run is set up.

    Parameters
    ----------
    seed : seed of the run
    streams : (mechanism, stream, slots) of all that will be drawn

    Returns
    -------
    Number of different streams.

    Raises
    ------
    HeartlandInputError
        Naming both triples, if a triple occurs twice or two triples hash to the same key.
    """
    seen: dict[bytes, tuple[str, str, str]] = {}
    for mechanism, stream, slots in streams:
        for slot in slots:
            named = (mechanism, stream, slot)
            key = stream_key(seed, mechanism, stream, slot)
            if key in seen:
                raise _collision(seen[key], named)
            seen[key] = named
    return len(seen)


def _collision(first: tuple[str, str, str], second: tuple[str, str, str]) -> HeartlandInputError:
    here, there = (f"{slot!r} of {mechanism}/{stream}" for mechanism, stream, slot in (first, second))
    what = f"Slot {here} is drawn twice."
    if first != second:
        what = f"Slots {here} and {there} have the same key."
    return HeartlandInputError.at(
        what,
        why="Both would get the same random numbers, so they would move together for no reason.",
        fix="Give each slot an id of its own.",
        check="noise-key",
    )
