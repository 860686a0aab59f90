"""One Philox stream per (seed, mechanism, stream, slot); a block of members drawn at once.

A stream's 128-bit key is BLAKE2b (16 bytes) over

    "heartland/noise/1" | seed as u64 LE | mechanism | stream | slot

where each of the three names is UTF-8 preceded by its length in bytes as u32 LE, so that no two
different triples hash the same bytes. The 256-bit counter starts at `block << 128`: its two high words hold
the block number, its two low words run, so the draws of two blocks never overlap. Each slot draws its
(steps, 64 members), steps first: a longer horizon keeps its prefix, and nobody's draws depend on
which other slots, streams or mechanisms exist. One generator is reused; its key and counter are set
through `state`, which gives the same bits as a fresh generator. Every number takes 32 bits
(`core.normals`), so those of any step are reached without those before it.

Normals and uniforms of one stream name come from the same bits: give them different stream names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from heartland.core.normals import PER_WORD, normals, uniforms
from heartland.errors import HeartlandInputError

__all__ = [
    "MADE",
    "MEMBERS_PER_BLOCK",
    "SMALLEST",
    "WORDS",
    "Noise",
    "Source",
    "check_keys",
    "parameter_uniforms",
    "stream_key",
    "stream_keys",
    "stream_normals",
    "stream_uniforms",
]

MEMBERS_PER_BLOCK = 64

Floats: TypeAlias = NDArray[np.float64]
Words: TypeAlias = NDArray[np.uint64]
Key: TypeAlias = tuple[int, ...]

# Philox makes four 64-bit numbers per value of its counter.
PER_COUNTER = 4
# 64-bit numbers of which the numbers of a block in one step are made.
WORDS = MEMBERS_PER_BLOCK // PER_WORD
# Slots whose numbers are gathered at a time: more would stand in memory twice.
_GATHERED = 64
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
def stream_keys(seed: int, mechanism: str, stream: str, slots: tuple[str, ...]) -> tuple[Key, ...]:
    """Keys of some slots of a stream, for `Source`.

    Raises
    ------
    HeartlandInputError
        If two slots have the same key.
    """
    keys = [stream_key(seed, mechanism, stream, slot) for slot in slots]
    if len(set(keys)) < len(keys):
        check_keys(seed, [(mechanism, stream, slots)])
    return tuple(_words(key) for key in keys)


def _words(key: bytes) -> Key:
    return int.from_bytes(key[:8], "little"), int.from_bytes(key[8:], "little")


class Source:
    """One generator that can be put at any place of any stream."""

    def __init__(self) -> None:
        # The seed given here is overwritten by the first draw; without it NumPy would ask the system for one.
        self._bits = np.random.Philox(0)
        # Whole numbers of Python: NumPy takes them over three times as fast as the elements of arrays.
        self._place: dict[str, tuple[int, ...]] = {}
        self._state: Any = {
            "bit_generator": "Philox",
            "state": self._place,
            "buffer": (0, 0, 0, 0),
            "buffer_pos": PER_COUNTER,
            "has_uint32": 0,
            "uinteger": 0,
        }

    def words(self, key: Key, block: int, counter: int, n: int) -> Words:
        """64-bit numbers of a stream, uint64 (n,), after `counter` whole groups of four."""
        self._place["counter"] = (counter, 0, block & 0xFFFFFFFFFFFFFFFF, block >> 64)
        self._place["key"] = key
        self._bits.state = self._state
        return self._bits.random_raw(n)

    def steps(self, keys: Sequence[Key], blocks: Sequence[int], first: int, steps: int) -> Words:
        """What the numbers of some steps, slots and blocks are made of, uint64 (slot, block, step, 32).

        first : the first step, from 0
        """
        # every step begins on a counter
        counter, n = first * WORDS // PER_COUNTER, steps * WORDS
        drawn = np.empty((len(keys), len(blocks) * n), dtype=np.uint64)
        for begin in range(0, len(keys) if n else 0, _GATHERED):
            some = keys[begin : begin + _GATHERED]
            words = [self.words(key, block, counter, n) for key in some for block in blocks]
            np.concatenate(words, out=drawn[begin : begin + _GATHERED].reshape(-1))
        return drawn.reshape(len(keys), len(blocks), steps, WORDS)


# How the numbers of a kind are made of 64-bit numbers, (..., n) -> (..., 2 n).
MADE: Mapping[str, Callable[[Words], Floats]] = {"normal": normals, "uniform": uniforms}


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
        return self._drawn("normal", mechanism, stream, slots)

    def uniform(self, mechanism: str, stream: str, slots: Sequence[str]) -> Floats:
        """Uniform draws in (0, 1); arguments, shape and errors as for `normal`."""
        return self._drawn("uniform", mechanism, stream, slots)

    def _drawn(self, kind: str, mechanism: str, stream: str, slots: Sequence[str]) -> Floats:
        keys = stream_keys(self.seed, mechanism, stream, tuple(slots))
        words = Source().steps(keys, (self.block,), 0, self.steps)
        return MADE[kind](words[:, 0].swapaxes(0, 1))


def stream_normals(seed: int, mechanism: str, stream: str, slot: str, n: int, first: int = 0) -> Floats:
    """Standard normals `first` to `first` + n - 1 of one stream, float64 (n,); the first is number 0."""
    key = _words(stream_key(seed, mechanism, stream, slot))
    counter, passed = divmod(first, PER_COUNTER * PER_WORD)
    words = Source().words(key, 0, counter, -(-(passed + n) // PER_WORD))
    return normals(words)[passed : passed + n]


def stream_uniforms(seed: int, mechanism: str, stream: str, slot: str, n: int, first: int = 0) -> Floats:
    """Uniforms on [0, 1) `first` to `first` + n - 1 of one stream, float64 (n,); the first is number 0.

    Unlike those of a block they are made of 53 bits each: a quantile function may be taken of them.
    """
    key = _words(stream_key(seed, mechanism, stream, slot))
    counter, passed = divmod(first, PER_COUNTER)
    words = Source().words(key, 0, counter, passed + n)[passed:]
    # the upper 53 bits as a fraction, as NumPy makes them
    return (words >> np.uint64(11)).astype(np.float64) * 2.0**-53


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
