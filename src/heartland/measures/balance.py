"""Balance of signed ties: is the friend of a friend a friend, and can all be put into two camps?

A network is (..., node, node), symmetric, entries +1 (alliance or accord), -1 (dispute or sanction) and 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from heartland.measures.scores import Floats

__all__ = ["EXACT_NODES", "SYMMETRY", "Frustration", "frustration", "symmetric", "triangles", "walk"]

Signs = npt.NDArray[np.int64]
EXACT_NODES = 22
SYMMETRY = ("negative-wins", "both-agree")
_STARTS = 24  # eigenvectors whose signs the search beyond `EXACT_NODES` begins from


@dataclass(frozen=True)
class Frustration:
    """Least number of ties that any split into two camps violates, between two bounds.

    edges : number of ties;  least, most : bounds of the number violated, equal where it is exact
    """

    edges: int
    least: int
    most: int


def symmetric(signs: Floats, *, rule: str = "negative-wins") -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Directed signs made mutual.

    Parameters
    ----------
    signs : (..., node, node) of -1, 0, 1
    rule : `negative-wins`, one hostile direction makes the pair hostile; `both-agree`, a pair with opposite
        signs counts as no tie

    Returns
    -------
    signs : symmetric, the diagonal 0;  disputed : pairs whose directions contradict each other

    Raises
    ------
    ValueError
        On another rule.
    """
    if rule not in SYMMETRY:
        raise ValueError(f"no such rule: {rule}")
    back = np.swapaxes(signs, -1, -2)
    disputed = signs * back < 0
    either = np.sign(signs + back)
    found = np.where(disputed, -1.0 if rule == "negative-wins" else 0.0, either)
    return np.asarray(found * ~np.eye(signs.shape[-1], dtype=bool)), np.asarray(disputed)


def triangles(signs: Floats) -> Floats:
    """Share of triangles with an even number of negative ties, [0, 1]; NaN without a triangle.

    (tr A^3 + tr |A|^3) / (2 tr |A|^3), Cartwright & Harary 1956.
    """
    size = np.abs(signs)
    every = np.einsum("...ij,...ji->...", size @ size, size)
    kept = np.einsum("...ij,...ji->...", signs @ signs, signs)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((kept + every) / (2.0 * np.where(every > 0, every, np.nan)))


def walk(signs: Floats) -> Floats:
    """Balance over closed walks of all lengths, short ones weighing most: tr e^A / tr e^|A|.

    In [0, 1], 1 for balance; 1 without ties as well, where it says nothing (Estrada & Benzi 2014).
    """
    own, size = np.linalg.eigvalsh(signs), np.linalg.eigvalsh(np.abs(signs))
    top = size.max(axis=-1, keepdims=True)
    return np.asarray(np.exp(own - top).sum(axis=-1) / np.exp(size - top).sum(axis=-1))


def frustration(signs: Floats, *, exact: int = EXACT_NODES) -> Frustration:
    """Fewest ties violated by a split into two camps: positive across camps, negative inside one.

    Parameters
    ----------
    signs : (node, node)
    exact : largest part, after trimming trees and splitting components, that is searched completely

    Returns
    -------
    Frustration. Larger parts get a split improved step by step (`most`) and the number of triangles with an
    odd number of negative ties that share no tie (`least`). NP-hard in general (Aref & Wilson 2019).
    """
    whole = np.asarray(np.rint(signs), dtype=np.int64)
    least = most = 0
    for part in _parts(whole):
        own = whole[np.ix_(part, part)]
        if len(part) <= exact:
            found = _search(own)
            least, most = least + found, most + found
        else:
            least, most = least + _packed(own), most + _improved(own)
    return Frustration(int(np.count_nonzero(np.triu(whole, 1))), least, most)


def _parts(signs: Signs) -> Iterable[list[int]]:
    """Connected components after nodes of degree 1 or less are taken off again and again."""
    ties = signs != 0
    alive = np.ones(len(signs), dtype=bool)
    while True:
        leaf = alive & ((ties & alive).sum(axis=1) <= 1)
        if not leaf.any():
            break
        alive &= ~leaf
    left = set(np.flatnonzero(alive).tolist())
    while left:
        part = {left.pop()}
        edge = set(part)
        while edge:
            near = set(np.flatnonzero(ties[sorted(edge)].any(axis=0)).tolist()) & left
            part |= near
            left -= near
            edge = near
        yield sorted(part)


def _search(signs: Signs) -> int:
    """Least number violated over all splits; entry b of an array belongs to the split with bits b."""
    order = np.argsort(-np.count_nonzero(signs, axis=1), kind="stable")
    own = signs[np.ix_(order, order)]
    violated = np.zeros(1, dtype=np.int16)
    for k in range(1, len(own)):
        # Ties of node k to the earlier ones, of which node 0 always stays in camp 0.
        same = np.array([own[k, 0] < 0], dtype=np.int16)
        for j in range(1, k):
            here = np.int16(own[k, j] < 0)
            across = np.int16(own[k, j] > 0)
            same = np.concatenate([same + here, same + across])
        degree = np.int16(np.count_nonzero(own[k, :k]))
        violated = np.concatenate([violated + same, violated + (degree - same)])
    return int(violated.min())


def _improved(signs: Signs) -> int:
    """Ties violated by the best of several splits, each improved by moving single nodes; a fixed sequence."""
    n = len(signs)
    vectors = np.linalg.eigh(signs.astype(np.float64))[1]
    camps = np.where(vectors[:, ::-1][:, :_STARTS] >= 0, 1, -1)
    best = int(np.count_nonzero(np.triu(signs, 1)))
    for start in camps.T:
        camp = start.copy()
        for _ in range(50 * n):
            gain = camp * (signs @ camp)
            worst = int(gain.argmin())
            if gain[worst] >= 0:
                break
            camp[worst] = -camp[worst]
        violated = int((np.triu(signs, 1) * np.outer(camp, camp) < 0).sum())
        best = min(best, violated)
    return best


def _packed(signs: Signs) -> int:
    """Number of frustrated triangles without a common tie, taken greedily: each violates at least one."""
    left = signs.copy()
    count = 0
    for i, j in zip(*np.nonzero(np.triu(signs < 0, 1)), strict=True):
        third = np.flatnonzero(left[i] * left[j] > 0)
        if left[i, j] and len(third):
            k = int(third[0])
            for a, b in ((i, j), (i, k), (j, k)):
                left[a, b] = left[b, a] = 0
            count += 1
    return count
