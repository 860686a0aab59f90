"""Why an index of influence changed between two dates: rows that sum to the change.

With exponent 1 an index is linear in the scores of its inputs, so a product F = B D changes by
dB (D0 + D1)/2 + dD (B0 + B1)/2 exactly, one row for each part and channel. A share of a whole is split
further into the giver's own volume and everything else by the mean of the two orders (the Shapley value of
two players, Shapley 1953). All arrays may carry a last axis of draws; paired draws give each row an interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from heartland.measures.scores import Floats

__all__ = ["Part", "Side", "common_weights", "product_rows", "share_rows", "whole"]

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Side:
    """Bandwidth or dependence of one cell at one date.

    score : (item, ...) scores or capped shares, NaN unknown
    weight : (item, ...) declared or drawn weights inside the domains;  over : (domain, ...) of the domains
    domain : position of each item's domain
    """

    score: Floats
    weight: Floats
    over: Floats
    domain: tuple[int, ...]


@dataclass(frozen=True)
class Part:
    """What one row of a change is about.

    part : bandwidth or dependence;  item : its position;  value : (...) contribution
    """

    part: str
    item: int
    value: Floats


def common_weights(side: Side, known: Bools, single: bool) -> Floats:
    """Weights over the known items, renormalised inside domains and then over domains; (item, ...).

    Parameters
    ----------
    known : (item,) items that count;  single : the index is of one domain alone
    """
    out = np.zeros(np.broadcast_shapes(side.weight.shape, (len(side.domain), *side.over.shape[1:])))
    if not known.any():
        return out
    domains = np.array(side.domain)
    reach = 0.0 if not single else 1.0
    for domain in sorted(set(side.domain)):
        mine = (domains == domain) & known
        if not mine.any():
            continue
        own = side.weight[mine]
        with np.errstate(invalid="ignore", divide="ignore"):
            out[mine] = own / own.sum(axis=0)
        if not single:
            out[mine] *= side.over[domain]
            reach = reach + side.over[domain]
    with np.errstate(invalid="ignore", divide="ignore"):
        return out / reach


def whole(side: Side, known: Bools, single: bool) -> Floats:
    """The index over the known items, (...); NaN where there is none."""
    if not known.any():
        return np.full(side.score.shape[1:], np.nan)
    weights = common_weights(side, known, single)
    return np.asarray((weights[known] * side.score[known]).sum(axis=0))


def product_rows(
    before: Sequence[Side], after: Sequence[Side], known: Sequence[Bools], single: bool,
) -> list[Part]:
    """Rows of the change of a product of two indices (or of a single one), on items known at both dates.

    Parameters
    ----------
    before, after : bandwidth and dependence, or one of them;  known : items counted, one array each
    single : the index is of one domain alone

    Returns
    -------
    One row per part and item; they sum to the change of the product.
    """
    names = ("bandwidth", "dependence")
    weights = [common_weights(side, mine, single) for side, mine in zip(before, known, strict=True)]
    levels = [
        [(w[k] * side.score[k]).sum(axis=0) for w, side, k in zip(weights, sides, known, strict=True)]
        for sides in (before, after)
    ]
    rows = []
    for place, (old, new, weight, mine) in enumerate(zip(before, after, weights, known, strict=True)):
        other = 1 - place
        factor = 1.0 if len(before) == 1 else (levels[0][other] + levels[1][other]) / 2
        for item in np.flatnonzero(mine).tolist():
            change = weight[item] * (new.score[item] - old.score[item]) * factor
            rows.append(Part(names[place], item, np.asarray(change)))
    return rows


def share_rows(
    own: tuple[Floats, Floats], rest: tuple[Floats, Floats], *, total: bool,
) -> tuple[Floats, Floats]:
    """A change of a capped share split into the giver's own volume and the other side of it.

    Parameters
    ----------
    own : volume before and after
    rest : before and after, what others give (`total`) or the base the volume is set against

    Returns
    -------
    own, rest : parts that sum to the change of min(1, share); the mean of both orders
    """
    def share(x: Floats, o: Floats) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):
            whole_of = x + o if total else o
            return np.where(whole_of > 0, np.minimum(np.maximum(x, 0.0) / whole_of, 1.0), np.nan)

    start, end = share(own[0], rest[0]), share(own[1], rest[1])
    own_first, rest_first = share(own[1], rest[0]), share(own[0], rest[1])
    # where only one order exists (the whole would vanish on the way) that order alone is used
    by_own = np.where(np.isnan(own_first), end - rest_first, own_first - start)
    by_own_last = np.where(np.isnan(rest_first), own_first - start, end - rest_first)
    mine = (by_own + by_own_last) / 2
    return mine, end - start - mine
