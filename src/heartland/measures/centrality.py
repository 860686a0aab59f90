"""Centrality of actors in a weighted network, for many networks at once.

A network is (..., node, node), entry [i, j] the weight of the edge from i to j, 0 for no edge; the leading
axes are networks (dates, draws). Nothing here loops over networks.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from heartland.measures.scores import Floats

__all__ = ["betweenness", "constraint", "eigenvector", "joined", "pagerank", "undirected"]

DAMPING = 0.85
_LEVEL = 1e-9
_SQUARINGS = 64


def undirected(weights: Floats) -> Floats:
    """Sum of both directions; the diagonal is left out."""
    both = weights + np.swapaxes(weights, -1, -2)
    return np.asarray(both * ~np.eye(weights.shape[-1], dtype=bool))


def pagerank(weights: Floats, *, damping: float = DAMPING) -> Floats:
    """Share of a walk's time at each node; it follows edges by weight and starts anew now and then.

    Parameters
    ----------
    weights : (..., node, node); edges from a receiver to its givers make the givers high
    damping : probability of following an edge; a node without one goes anywhere

    Returns
    -------
    (..., node), summing to 1. Solved directly, not iterated (Page, Brin, Motwani & Winograd 1999).
    """
    n = weights.shape[-1]
    out = weights.sum(axis=-1, keepdims=True)
    steps = np.where(out > 0, weights / np.where(out > 0, out, 1.0), 1.0 / n)
    system = np.eye(n) - damping * np.swapaxes(steps, -1, -2)
    start = np.full((n, 1), (1.0 - damping) / n)
    return np.asarray(np.linalg.solve(system, start)[..., 0])


def betweenness(weights: Floats) -> Floats:
    """Share of shortest paths between two others that pass through a node, mean over all pairs of others.

    Parameters
    ----------
    weights : (..., node, node); the length of an edge is 1 / weight

    Returns
    -------
    (..., node) in [0, 1]; 0 for a node without ties and in networks of fewer than three nodes with ties.
    Pairs are counted among nodes with ties, so that a node without any changes nothing (Freeman 1977).
    """
    n = weights.shape[-1]
    with np.errstate(divide="ignore"):
        far = np.where(weights > 0, 1.0 / np.where(weights > 0, weights, 1.0), np.inf)
    ways = (weights > 0).astype(np.float64)
    for k in range(n):  # each path is found once, at the highest of the nodes inside it
        far[..., k, k], ways[..., k, k] = np.inf, 0.0
        through = far[..., :, k, None] + far[..., None, k, :]
        paths = ways[..., :, k, None] * ways[..., None, k, :]
        limit = far * (1 - _LEVEL)
        shorter = through < limit
        level = ~shorter & (through <= far * (1 + _LEVEL)) & np.isfinite(through)
        ways = np.where(shorter, paths, ways + level * paths)
        far = np.where(shorter, through, far)
    itself = np.eye(n, dtype=bool)
    far, ways = np.where(itself, np.inf, far), np.where(itself, 0.0, ways)
    count = np.where(ways > 0, ways, 1.0)
    reached = np.isfinite(far)
    found = np.zeros(weights.shape[:-1])
    for v in range(n):
        through = far[..., :, v, None] + far[..., None, v, :]
        on = reached & (through <= far * (1 + _LEVEL))
        found[..., v] = (on * (ways[..., :, v, None] * ways[..., None, v, :]) / count).sum(axis=(-2, -1))
    alive = _tied(weights).sum(axis=-1)
    pairs = np.maximum((alive - 1) * (alive - 2), 1)
    return np.asarray(found / pairs[..., None])


def constraint(weights: Floats) -> Floats:
    """How far a node's contacts are tied to each other; low for a broker between them.

    Parameters
    ----------
    weights : (..., node, node); both directions are added

    Returns
    -------
    (..., node); NaN for a node without ties (Burt 1992)
    """
    both = undirected(weights)
    whole = both.sum(axis=-1, keepdims=True)
    part = both / np.where(whole > 0, whole, 1.0)
    reach = (part + part @ part) * (both > 0)
    value = (reach * reach).sum(axis=-1)
    return np.where(whole[..., 0] > 0, value, np.nan)


def _tied(weights: Floats) -> npt.NDArray[np.bool_]:
    """Nodes with an edge in or out, (..., node)."""
    return np.asarray((weights > 0).any(axis=-1) | (weights > 0).any(axis=-2))


def joined(weights: Floats) -> npt.NDArray[np.bool_]:
    """Whether every node with ties can reach every other such node along edges; (...)."""
    n = weights.shape[-1]
    tied = _tied(weights)
    reach = ((weights > 0) | np.eye(n, dtype=bool)).astype(np.float64)
    for _ in range(max(n - 1, 1).bit_length()):
        reach = ((reach @ reach) > 0).astype(np.float64)
    wanted = tied[..., :, None] & tied[..., None, :]
    return np.asarray(((reach > 0) | ~wanted).all(axis=(-2, -1)) & tied.any(axis=-1))


def eigenvector(weights: Floats) -> Floats:
    """Centrality that a node draws from the centrality of those with edges to it.

    Parameters
    ----------
    weights : (..., node, node)

    Returns
    -------
    (..., node) of length 1 per network; NaN for nodes without ties, and everywhere in a network that is not
    one strongly connected part, where it is not defined (Bonacich 1972)
    """
    n = weights.shape[-1]
    tied = _tied(weights)
    top = weights.max(axis=(-2, -1), keepdims=True)
    # Adding the identity keeps the vector and makes the powers converge; squaring reaches high powers fast.
    power = np.swapaxes(weights, -1, -2) / np.where(top > 0, top, 1.0) + np.eye(n)
    live = np.ones((*weights.shape[:-2], 1, 1), dtype=bool)
    for _ in range(_SQUARINGS):  # a network stops when it has converged, whatever the others do
        following = power @ power
        following /= following.max(axis=(-2, -1), keepdims=True)
        moved = np.abs(following - power).max(axis=(-2, -1), keepdims=True) >= 1e-15
        power = np.where(live, following, power)
        live &= moved
        if not live.any():
            break
    vector = (power * tied[..., None, :]).sum(axis=-1) * tied
    length = np.sqrt((vector * vector).sum(axis=-1, keepdims=True))
    value = vector / np.where(length > 0, length, 1.0)
    return np.where(tied & joined(weights)[..., None], value, np.nan)
