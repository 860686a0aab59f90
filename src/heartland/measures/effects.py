"""Fixed effects of several factors, swept out of columns by alternating projections.

The projections run on the effects instead of the rows: one pass over the factors is a symmetric block
Gauss-Seidel step on the normal equations of the effects, and conjugate gradients carry it to the tolerance
(Halperin 1962; Gaure 2013; Correia 2016). A pass costs one sparse product per pair of factors.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from heartland.measures.scores import Floats

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["Effects", "codes"]

Codes: TypeAlias = npt.NDArray[np.int64]


def codes(labels: Sequence[Any] | npt.NDArray[Any]) -> Codes:
    """Whole numbers 0, 1, ... for the levels of a factor, in sorted order of the labels."""
    return np.unique(np.asarray(labels), return_inverse=True)[1].astype(np.int64).reshape(-1)


class Effects:
    """Factors over rows.

    Parameters
    ----------
    factors : one array (row,) of level numbers per factor, each level used; none: a single constant
    n_rows : number of rows
    """

    def __init__(self, factors: Sequence[Codes], n_rows: int) -> None:
        from scipy.sparse import csr_array

        self.factors = [np.asarray(f, dtype=np.int64) for f in factors] or [np.zeros(n_rows, dtype=np.int64)]
        self.sizes = [int(f.max()) + 1 if len(f) else 0 for f in self.factors]
        self.starts = np.concatenate([[0], np.cumsum(self.sizes)])
        ones, rows = np.ones(n_rows), np.arange(n_rows)
        self._groups = [
            csr_array((ones, (f, rows)), shape=(size, n_rows))
            for f, size in zip(self.factors, self.sizes, strict=True)
        ]
        self._pairs = {
            (g, h): _Crossing(self.factors[g], self.factors[h], self.sizes[g], self.sizes[h])
            for g in range(len(self.factors)) for h in range(g)
        }

    @property
    def count(self) -> int:
        """Number of effects of all factors."""
        return int(self.starts[-1])

    def sums(self, columns: Floats) -> Floats:
        """Sums by level, all factors below each other: (row, column) -> (effect, column)."""
        return np.concatenate([np.asarray(group @ columns) for group in self._groups])

    def spread(self, effects: Floats) -> Floats:
        """Effects at each row, added over the factors: (effect, column) -> (row, column)."""
        total: Floats | float = 0.0
        for start, factor in zip(self.starts, self.factors, strict=False):
            total = total + effects[start + factor]
        return np.asarray(total)

    def fit(
        self, columns: Floats, weights: Floats, *, start: Floats | None = None, tolerance: float = 1e-10,
        passes: int = 1000,
    ) -> Floats:
        """Effects whose weighted sum of squared distances to the columns is least.

        Parameters
        ----------
        columns : (row, column);  weights : (row,), > 0
        start : (effect, column) first guess;  tolerance : of the remaining gradient, relative to the columns'

        Returns
        -------
        (effect, column); not unique where factors overlap, their sum at each row is
        """
        system = _System(self, weights)
        target = self.sums(weights[:, None] * columns)
        found = np.zeros_like(target) if start is None else start.copy()
        left = target - system.times(found)
        whole = (target / system.diagonal[:, None] * target).sum(axis=0)
        limit = tolerance * np.maximum(np.sqrt(whole), 1e-300)
        step = change = system.swept(left)
        size = (left * change).sum(axis=0)
        for _ in range(passes):
            if (np.sqrt(np.maximum(size, 0.0)) <= limit).all():
                break
            along = system.times(step)
            length = _ratio(size, (step * along).sum(axis=0))
            found += length * step
            left -= length * along
            change = system.swept(left)
            new = (left * change).sum(axis=0)
            step = change + _ratio(new, size) * step
            size = new
        return found


class _Crossing:
    """Where two factors meet: the sparse table of summed weights by pair of levels, cheap to refill."""

    def __init__(self, first: Codes, second: Codes, rows: int, columns: int) -> None:
        self.shape = (rows, columns)
        cells, self._place = np.unique(first * columns + second, return_inverse=True)
        self._place = self._place.reshape(-1)
        self._column = cells % columns
        self._pointer = np.searchsorted(cells // columns, np.arange(rows + 1))
        self._size = len(cells)

    def filled(self, weights: Floats) -> csr_array:
        from scipy.sparse import csr_array

        data = np.bincount(self._place, weights=weights, minlength=self._size)
        return csr_array((data, self._column, self._pointer), shape=self.shape)


class _System:
    """Normal equations of the effects under weights."""

    def __init__(self, effects: Effects, weights: Floats) -> None:
        ends = zip(effects.starts, effects.starts[1:], strict=False)
        self._slices = [slice(int(a), int(b)) for a, b in ends]
        self.diagonal = effects.sums(weights[:, None])[:, 0]
        self._cross = {}
        for (g, h), crossing in effects._pairs.items():
            table = crossing.filled(weights)
            self._cross[g, h] = table
            self._cross[h, g] = table.T.tocsr()

    def times(self, effects: Floats) -> Floats:
        """The system's matrix applied to effects."""
        out = self.diagonal[:, None] * effects
        for (g, h), table in self._cross.items():
            out[self._slices[g]] += table @ effects[self._slices[h]]
        return np.asarray(out)

    def swept(self, gradient: Floats) -> Floats:
        """One symmetric pass over the factors, forth and back, from zero effects."""
        out = np.zeros_like(gradient)
        order = list(range(len(self._slices)))
        for g in (*order, *order[-2::-1]):
            own = self._slices[g]
            rest = gradient[own].copy()
            for h in order:
                if h != g:
                    rest -= self._cross[g, h] @ out[self._slices[h]]
            out[own] = rest / self.diagonal[own][:, None]
        return out


def _ratio(top: Floats, bottom: Floats) -> Floats:
    """Quotient, 0 where the bottom is 0: nothing is left to do there."""
    return np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0)
