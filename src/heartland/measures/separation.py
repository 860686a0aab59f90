"""Rows whose expected flow no finite coefficient can fit: found before a Poisson regression and left out.

A row with flow 0 is separated if some combination of regressors and fixed effects is 0 wherever the flow is
positive, at least 0 elsewhere, and positive there: its fitted value runs to 0 and some coefficient to
infinity (Santos Silva & Tenreyro 2010; Correia, Guimaraes & Zylkin 2020).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from heartland.measures.effects import Codes, Effects
from heartland.measures.scores import Floats

__all__ = ["separated"]

# A fitted value above the first separates its row; the rectifier ends when none is below minus the second.
_FOUND, _SETTLED = 1e-5, 1e-7
# Weight of rows with a positive flow; multipliers make their zeros exact, so it need not be huge.
_HEAVY = 100.0
_RIDGE = 1e-9
_ROUNDS = 5000
_INNER = 200


def separated(y: Floats, x: Floats, factors: Sequence[Codes]) -> npt.NDArray[np.bool_]:
    """Rows to leave out.

    Parameters
    ----------
    y : (row,) flows, >= 0;  x : (row, regressor)
    factors : fixed effects, one array (row,) of level numbers each; none: a constant

    Returns
    -------
    (row,), true where separated: first rows of groups without any flow, then those that the iterative
    rectifier finds
    """
    zero = y == 0
    out = np.zeros(len(y), dtype=bool)
    for factor in factors:
        flows = np.bincount(factor, weights=(y > 0).astype(np.float64))
        out |= flows[factor] == 0
    rest = np.flatnonzero(~out)
    if zero[rest].any():
        out[rest[_rectified(zero[rest], x[rest], [_dense(factor[rest]) for factor in factors])]] = True
    return out


def _dense(factor: Codes) -> Codes:
    return np.unique(factor, return_inverse=True)[1].astype(np.int64).reshape(-1)


def _rectified(zero: npt.NDArray[np.bool_], x: Floats, factors: Sequence[Codes]) -> npt.NDArray[np.bool_]:
    """The iterative rectifier: regress a candidate on everything, cut it off at 0, until it is a certificate.

    The regression holds its fitted value at 0 on rows with a flow (method of multipliers), so that what is
    left on the other rows is a combination of regressors that does the separating.
    """
    fit = _ZeroedFit(zero, x, factors)
    candidate = np.ones(int(zero.sum()))
    for _ in range(_ROUNDS):
        fitted = fit(candidate)
        if (fitted >= -_SETTLED).all():
            found = np.zeros(len(zero), dtype=bool)
            found[zero] = fitted > _FOUND
            return found
        candidate = np.maximum(fitted, 0.0)
    raise ArithmeticError("the rectifier did not settle: the regressors are too nearly collinear")


class _ZeroedFit:
    """Least squares on rows without a flow under the constraint of a fitted 0 on rows with one."""

    def __init__(self, zero: npt.NDArray[np.bool_], x: Floats, factors: Sequence[Codes]) -> None:
        from scipy.sparse import csr_array, diags_array, hstack
        from scipy.sparse.linalg import splu

        effects = Effects(factors, len(zero))
        rows = np.arange(len(zero))
        parts = [csr_array(_scaled(x))] if x.shape[1] else []
        parts += [
            csr_array((np.ones(len(rows)), (rows, factor)), shape=(len(rows), size))
            for factor, size in zip(effects.factors, effects.sizes, strict=True)
        ]
        design = hstack(parts).tocsr()
        self._free, self._held = design[zero], design[~zero]
        self._normal = (self._free.T @ self._free + _HEAVY * (self._held.T @ self._held)).tocsc()
        ridge = _RIDGE * max(float(self._normal.diagonal().max()), 1.0)
        # Overlapping effects leave the equations singular; the ridge is undone by refinement.
        damped = (self._normal + diags_array(np.full(self._normal.shape[0], ridge))).tocsc()
        self._damped = splu(damped, permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True}).solve
        self._price = np.zeros(self._held.shape[0])

    def __call__(self, candidate: Floats) -> Floats:
        target = np.asarray(self._free.T @ candidate)
        fitted = candidate
        for _ in range(_INNER):
            found = self._solve(target - np.asarray(self._held.T @ self._price))
            off = np.asarray(self._held @ found)
            fitted = np.asarray(self._free @ found)
            self._price += _HEAVY * off
            if np.abs(off).max(initial=0.0) < _SETTLED / 10:
                break
        return fitted

    def _solve(self, right: Floats) -> Floats:
        found = self._damped(right)
        return np.asarray(found + self._damped(right - self._normal @ found))


def _scaled(x: Floats) -> Floats:
    size = np.abs(x).max(axis=0)
    return np.asarray(x / np.where(size > 0, size, 1.0))
