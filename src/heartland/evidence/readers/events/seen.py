"""Which keys came before, at eight bytes a key."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from operator import lt

import numpy as np

__all__ = ["Seen", "keys_of"]

MOST_GROWING = 50_000


def _key(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def keys_of(texts: Sequence[str]) -> list[int]:
    """A whole number for each text: 64 bits of its hash.

    Two of n texts share one with a chance of about n^2 / 4e19: 1e-7 for two million.
    """
    return list(map(_key, texts))


class Seen:
    """Keys that came before; memory is 8 bytes a key and a few sorted runs are searched."""

    def __init__(self) -> None:
        self._runs: list[np.ndarray] = []
        self._growing: list[int] = []  # keys above all others, in order: ids that only grow come this way
        self._most = -(1 << 63)

    def repeats(self, keys: Sequence[int]) -> list[int]:
        """Positions of keys that came before, in this call or an earlier one; the others are remembered."""
        if keys[0] > self._most and all(map(lt, keys, keys[1:])):
            self._growing += keys
            self._most = keys[-1]
            if len(self._growing) > MOST_GROWING:
                self._settle()
            return []
        self._settle()
        values, first = np.unique(np.array(keys, dtype=np.int64), return_index=True)
        known = np.zeros(len(values), dtype=bool)
        for run in self._runs:
            if run[0] <= values[-1] and values[0] <= run[-1]:
                at = np.minimum(np.searchsorted(run, values), len(run) - 1)
                known |= run[at] == values
        new = np.zeros(len(keys), dtype=bool)
        new[first[~known]] = True
        if not known.all():
            self._add(values[~known])
        self._most = max(self._most, int(values[-1]))
        return np.flatnonzero(~new).tolist()

    def _settle(self) -> None:
        if self._growing:
            self._add(np.array(self._growing, dtype=np.int64))
            self._growing = []

    def _add(self, fresh: np.ndarray) -> None:
        """Remember sorted keys; of the runs, the longest stays first and each is twice the next."""
        self._runs.append(fresh)
        while len(self._runs) > 1 and 2 * len(self._runs[-1]) >= len(self._runs[-2]):
            last = np.concatenate([self._runs.pop(), self._runs.pop()])
            last.sort(kind="stable")  # both parts are sorted: a merge
            self._runs.append(last)
