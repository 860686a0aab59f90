"""Does a newcomer grow where an incumbent led? Shares of strength by domain at two dates. Ours.

Arrays are (domain, power, ...rest), NaN unknown; a rest of the world, where known, is (domain, ...rest). Only
powers known at both dates enter the shares of a domain, so that nobody gains because another was counted
once and not again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from heartland.measures.influence import LEAST_COVERAGE
from heartland.measures.scores import Floats

__all__ = ["SURE", "Change", "changes", "gain", "lead_domains"]

Bools = npt.NDArray[np.bool_]
SURE = 0.8


@dataclass(frozen=True)
class Change:
    """Change of every power's share in every domain, (domain, power, ...rest); NaN not comparable.

    share : share at the second date less share at the first
    own, others : its exact split into "the power grew" and "the others changed", mean of the two orders
    """

    share: Floats
    own: Floats
    others: Floats


def lead_domains(central: Floats, drawn: Floats | None = None, *, sure: float = SURE) -> Bools:
    """Domains in which each power leads for sure.

    Parameters
    ----------
    central : (domain, power, ...rest) strengths at the first date
    drawn : the same with a last axis of draws; without draws the centres alone decide
    sure : least probability of being first

    Returns
    -------
    (domain, power, ...rest): the power is first and alone, in at least `sure` of the draws as well (ties are
    shared), where at least half of the powers that are unknown or above 0 are known
    """
    known = ~np.isnan(central)
    strong = (known & (np.nan_to_num(central) > 0)).sum(axis=1, keepdims=True)
    enough = strong >= LEAST_COVERAGE * (strong + (~known).sum(axis=1, keepdims=True))
    first = _first(np.where(known, central, -np.inf)) >= 1.0
    if drawn is not None:
        chance = _first(np.where(known[..., None] & ~np.isnan(drawn), drawn, -np.inf)).mean(axis=-1)
        first &= chance >= sure - 1e-12
    return np.asarray(first & enough & known & (np.nan_to_num(central) > 0))


def _first(filled: Floats) -> Floats:
    """1 where a power (second axis) is first, shared among ties, else 0."""
    top = filled == filled.max(axis=1, keepdims=True)
    return np.asarray(top / top.sum(axis=1, keepdims=True))


def changes(
    before: Floats, after: Floats, rest_before: Floats | None = None, rest_after: Floats | None = None,
) -> Change:
    """Changes of shares between two dates.

    Parameters
    ----------
    before, after : (domain, power, ...rest) strengths on one scale
    rest_before, rest_after : (domain, ...rest) strength of everybody else; None leaves them out
    """
    common = ~np.isnan(before) & ~np.isnan(after)
    a0, a1 = np.where(common, before, 0.0), np.where(common, after, 0.0)
    zero = np.zeros(a0.shape[:1] + a0.shape[2:])
    whole0 = a0.sum(axis=1) + (zero if rest_before is None else rest_before)
    whole1 = a1.sum(axis=1) + (zero if rest_after is None else rest_after)
    o0, o1 = whole0[:, None] - a0, whole1[:, None] - a1
    start, end = _part(a0, o0), _part(a1, o1)
    grown_first, grown_last = _part(a1, o0), _part(a0, o1)
    defined = common & ((whole0 > 0) & (whole1 > 0))[:, None]
    own = ((grown_first - start) + (end - grown_last)) / 2
    others = ((end - grown_first) + (grown_last - start)) / 2
    return Change(*(np.where(defined, part, np.nan) for part in (end - start, own, others)))


def _part(own: Floats, others: Floats) -> Floats:
    whole = own + others
    return np.asarray(own / np.where(whole > 0, whole, 1.0))


def gain(change: Floats, weight: Floats, lead: Bools) -> tuple[Floats, Floats]:
    """Mean change of a share over the domains an incumbent led, weighted by its strength there then.

    Parameters
    ----------
    change : (domain, ...rest) of the newcomer (encroachment) or the incumbent (loss)
    weight : (domain, ...rest) the incumbent's strength at the first date
    lead : (domain, ...rest), broadcasts to the rest

    Returns
    -------
    value : (...rest) share points, [-1, 1]; NaN where the incumbent led nowhere, or where the domains that
        can be compared carry less than half of its weight
    cover : (...rest) part of the weight that can be compared
    """
    mass = np.where(lead & ~np.isnan(weight), weight, 0.0)
    live = np.where(np.isnan(change), 0.0, mass)
    total, known = mass.sum(axis=0), live.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        cover = np.where(total > 0, known / total, np.nan)
        value = (live * np.nan_to_num(change)).sum(axis=0) / known
    return np.where(cover >= LEAST_COVERAGE - 1e-12, value, np.nan), np.asarray(cover)
