"""How exposed a user of routes is: concentration, transit, what a closure costs or leaves unserved (ours).

A user's goods go by several routes with shares q (sum 1), unit costs c and spare capacities a in shares.
Arrays are (route, ...); trailing axes such as draws are carried along.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from heartland.errors import HeartlandInputError
from heartland.measures.scores import Floats

__all__ = [
    "SPREAD", "Closing", "bottleneck", "close_routes", "cost_shares", "least_cut", "route_hhi", "through",
]

Bools = npt.NDArray[np.bool_]
# Width of the choice among routes without observed shares, as part of the cheapest cost; an assumption.
SPREAD = 0.2
# Cuts of more states are not searched: their number grows with the power of it, and no user has so many.
_LARGEST_CUT = 6


@dataclass(frozen=True)
class Closing:
    """What happens when routes are closed.

    unserved : share of all volume that finds no open route
    extra_cost : added cost of what moved over the cost before, may be negative; NaN where no route is open
    moved : (route, ...) volume taken on by each open route
    """

    unserved: Floats
    extra_cost: Floats
    moved: Floats


def cost_shares(cost: Floats) -> Floats:
    """Shares by cost where none were observed: exp(-c / tau), tau = `SPREAD` of the cheapest cost."""
    cheapest = cost.min(axis=0)
    weight = np.exp(-(cost - cheapest) / (SPREAD * cheapest))
    return np.asarray(weight / weight.sum(axis=0))


def route_hhi(share: Floats) -> Floats:
    """Sum of squared shares, in [1/n, 1]; its inverse is the effective number of routes."""
    return np.asarray((share**2).sum(axis=0))


def through(share: Floats, crossing: Bools) -> Floats:
    """Share of volume that crosses a state; crossing : (route,)."""
    return np.asarray(share[crossing].sum(axis=0))


def close_routes(share: Floats, cost: Floats, spare: Floats, closed: Bools) -> Closing:
    """Close some routes: their volume moves to open ones in order of cost, up to their spare capacity.

    Parameters
    ----------
    share, cost : (route, ...), cost in any unit;  spare : (route, ...) in shares, infinity for no limit
    closed : (route,)

    Examples
    --------
    >>> q, c = np.array([.5, .3, .2]), np.array([100., 140., 160.])
    >>> found = close_routes(q, c, np.array([0., .2, .1]), np.array([True, False, False]))
    >>> round(float(found.unserved), 10), round(float(found.extra_cost), 10)
    (0.2, 0.1129032258)
    """
    share, cost, spare = np.broadcast_arrays(share, cost, spare)
    moved = np.zeros(share.shape)
    volume = share[closed].sum(axis=0)
    if not volume.any():
        return Closing(np.zeros_like(volume), np.zeros_like(volume), moved)
    if closed.all():
        return Closing(np.array(volume), np.full(volume.shape, np.nan), moved)
    left = np.array(volume)
    order = np.argsort(cost[~closed], axis=0, kind="stable")
    room = np.take_along_axis(spare[~closed], order, axis=0)
    taken = np.zeros(room.shape)
    for place in range(len(room)):
        taken[place] = np.minimum(left, room[place])
        left = left - taken[place]
    back = np.zeros(room.shape)
    np.put_along_axis(back, order, taken, axis=0)
    moved[~closed] = back
    before = (share[closed] * cost[closed]).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        usual = np.where(volume > 0, before / volume, 0.0)
        added = (moved * cost).sum(axis=0) - moved.sum(axis=0) * usual
        extra = added / (share * cost).sum(axis=0)
    # Rounding must not leave a remainder where all found room.
    return Closing(np.where(left < 1e-12, 0.0, left), np.asarray(extra), moved)


def least_cut(crossed: Sequence[frozenset[str]]) -> tuple[int, tuple[str, ...]]:
    """Least number of transit states whose closure leaves no route, and one such set.

    crossed : transit states of each route, the endpoints left out

    Returns
    -------
    number and states; (0, ()) without routes, (-1, ()) where some route crosses no transit state

    Raises
    ------
    HeartlandInputError
        If more than six states would be needed: such a table is not what this measure is for.
    """
    if not crossed:
        return 0, ()
    if not all(crossed):
        return -1, ()
    states = sorted(set().union(*crossed))
    for count in range(1, min(len(states), _LARGEST_CUT) + 1):
        for chosen in combinations(states, count):
            if all(route.intersection(chosen) for route in crossed):
                return count, chosen
    raise HeartlandInputError.at(
        f"no {_LARGEST_CUT} transit states cut all routes.", check="routes",
        why="The least cut is found by trying all sets.", fix="Split the table by goods or market.",
    )


def bottleneck(share: Floats, closing: Closing) -> Floats:
    """Exposure to one state: share through it times what its closure leaves unserved or makes dearer."""
    extra = np.where(np.isnan(closing.extra_cost), 0.0, closing.extra_cost)
    return np.asarray(share * (closing.unserved + extra))
